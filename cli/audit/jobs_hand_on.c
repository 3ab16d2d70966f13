/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A block that all engines are done with: what they found in it is put in order. */
#include "jobs_block.h"

static void forget_details(struct record *record)
{
    g_free(record->text);
    g_free(record->fix);
    g_free(record->kept);
    if (record->transaction) g_bytes_unref(record->transaction);
}

static void hand_on_record(struct jobs *jobs, struct share *share)
{
    static const sipcheck_message message; /* only whether there was one is asked */
    struct record *record = &g_array_index(share->records, struct record, share->next++);
    sipcheck_finding *finding = &record->finding;
    if (!record->bytes) record->packet.length = 0;
    record->packet.bytes = record->bytes ? record->bytes : (const guint8 *)"";
    finding->packet = &record->packet;
    finding->message_parsed = &message;
    finding->call_id = (sipcheck_slice){ 0 };
    finding->text = record->text ? record->text : "";
    finding->fix = record->fix ? record->fix : "";
    finding->related = NULL;
    finding->related_count = 0;
    finding->fault = NULL;
    if (finding->culprit) finding->culprit = &record->culprit;
    jobs->face.finding(jobs->face.user, finding, record->transaction,
                       share->lines->str + record->line, record->line_length);
    forget_details(record);
}

/* The share's next record, if it is of that item; due: and not of a message. */
static const struct record *next_of(const struct share *share, guint item, gboolean due)
{
    if (share->next == share->records->len) return NULL;
    const struct record *record = &g_array_index(share->records, struct record, share->next);
    return record->item == item && (!due || record->finding.due != UINT64_MAX) ? record : NULL;
}

static gboolean comes_before(const sipcheck_finding *a, const sipcheck_finding *b)
{
    return a->due != b->due ? a->due < b->due : a->group < b->group;
}

void jobs_hand_on_due(struct jobs *jobs, struct block *block, guint item)
{
    for (;;) {
        struct share *first = NULL;
        const struct record *best = NULL;
        for (guint i = 0; i < jobs->count; i++) {
            const struct record *record = next_of(&block->shares[i], item, TRUE);
            if (!record || (best && !comes_before(&record->finding, &best->finding))) continue;
            best = record;
            first = &block->shares[i];
        }
        if (!first) return;
        hand_on_record(jobs, first);
    }
}

static void hand_on_item(struct jobs *jobs, struct block *block, guint number)
{
    struct item *item = &block->items[number];
    jobs_hand_on_due(jobs, block, number);
    if (item->heard_of)
        jobs->face.message(jobs->face.user, &item->packet, &item->heard, item->transaction,
                           item->step);
    for (guint i = 0; i < jobs->count; i++)
        while (next_of(&block->shares[i], number, FALSE))
            hand_on_record(jobs, &block->shares[i]);
    if (!item->judged) jobs->face.not_judged(jobs->face.user);
}

void jobs_clear_block(struct jobs *jobs, struct block *block)
{
    for (guint i = 0; i < jobs->count; i++) {
        struct share *share = &block->shares[i];
        for (; share->failed; share->failed--)
            jobs->face.not_judged(jobs->face.user);
        g_array_set_size(share->records, 0);
        g_string_truncate(share->lines, 0);
        share->next = 0;
    }
    g_byte_array_set_size(block->bytes, 0);
    block->count = 0;
}

void jobs_hand_on(struct jobs *jobs, struct block *block)
{
    for (guint i = 0; i < block->count; i++)
        hand_on_item(jobs, block, i);
    jobs_clear_block(jobs, block);
}
