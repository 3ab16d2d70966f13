/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring of blocks of messages. All engines look at each block: at their own messages, and in
 * passing at the others, for the time that they show. When the last one is done with it, what they
 * found is put in order. */
#include "jobs.h"
#include "../breaks.h"
#include "../flow/calls.h"

#include <pthread.h>
#include <string.h>

#include <sipcheck/report.h>

enum {
    BLOCKS = 8,
    BLOCK_ITEMS = 256,
    BLOCK_ITEMS_ALL = 16,      /* where passes and the like are reported: hundreds a message */
    BLOCK_BYTES = 1024 * 1024, /* a block is full with the message that reaches this */
};

struct item {
    sipcheck_packet packet;
    gsize offset; /* of its bytes in the block */
    unsigned group;
    unsigned breaks; /* bits, before it */
    /* By the engine that it was fed to: */
    gboolean judged, heard_of;
    struct tally_heard heard;
    GBytes *transaction;
    struct step *step;
};

struct record {
    guint item;
    sipcheck_finding finding;
    sipcheck_packet packet;
    sipcheck_address_port culprit;
    char *text, *fix;    /* NULL: it is not the first of its kind there; so `bytes` */
    const guint8 *bytes; /* the block's, or `kept` */
    guint8 *kept;        /* of a message before */
    GBytes *transaction;
    gsize line, line_length; /* in the share's lines */
};

/* What an engine made of a block. */
struct share {
    GArray *records; /* of struct record */
    GString *lines;
    guint next;   /* record that is to be handed on */
    guint failed; /* messages that it could not overhear for want of memory */
};

struct block {
    struct item items[BLOCK_ITEMS];
    guint count;
    GByteArray *bytes;
    struct share shares[JOBS_MAX];
    guint pending; /* engines that are not done with it */
};

struct worker {
    struct jobs *jobs;
    guint number;
    pthread_t thread;
    sipcheck *engine;
    sipcheck_json *json;
    struct tally seen; /* which kinds of findings there were */
    struct block *block;
    guint item;
};

struct jobs {
    struct jobs_face face;
    guint count, block_items; /* block_items: messages of a full block */
    struct worker workers[JOBS_MAX];
    sipcheck_router *router;
    struct block *blocks;
    guint64 merged;       /* blocks that were handed on; block n stands at n % BLOCKS */
    pthread_mutex_t lock; /* for what follows, and the blocks' `pending` */
    pthread_cond_t filled_more, done;
    guint64 filled;
    gboolean over;
};

/* --- in the engine's thread */

static void on_message(void *user, const sipcheck_packet *packet, const sipcheck_message *message)
{
    struct worker *worker = user;
    struct item *item = &worker->block->items[worker->item];
    item->heard_of = TRUE;
    item->heard = tally_hear(message);
    if (!worker->jobs->face.ladder) return;
    item->transaction = call_transaction(message);
    item->step = step_new(packet, message, packet->source);
}

static gboolean is_shown(const struct jobs_face *face, const sipcheck_finding *finding)
{
    return (face->shown & 1u << finding->verdict) != 0;
}

static int append(void *user, const char *text, size_t length)
{
    g_string_append_len(user, text, (gssize)length);
    return 0;
}

/* What the report shows of the first of a kind. What is the first of all is the first here. Passes
 * and the like are no kinds that are remembered. */
static void keep_details(struct worker *worker, struct record *record,
                         const sipcheck_finding *finding)
{
    if (!tally_is_new(&worker->seen, finding)) return;
    tally_finding(&worker->seen, finding, NULL, TRUE);
    if (worker->jobs->face.ladder) record->transaction = call_transaction(finding->message_parsed);
    if (finding->verdict != SIPCHECK_FAIL && finding->verdict != SIPCHECK_UNKNOWN) return;
    record->text = g_strdup(finding->text);
    record->fix = g_strdup(finding->fix);
    const struct block *block = worker->block;
    record->bytes = finding->packet->bytes;
    if (worker->item < block->count && record->bytes == block->items[worker->item].packet.bytes)
        return;
    record->bytes = record->kept = g_memdup2(finding->packet->bytes, finding->packet->length);
}

static void on_finding(void *user, const sipcheck_finding *finding)
{
    struct worker *worker = user;
    const struct jobs_face *face = &worker->jobs->face;
    struct share *share = &worker->block->shares[worker->number];
    if (!face->is_wanted(face->user, finding->culprit)) return;
    struct record record = {
        .item = worker->item,
        .finding = *finding,
        .packet = *finding->packet,
        .line = share->lines->len,
    };
    if (finding->culprit) record.culprit = *finding->culprit;
    if (is_shown(face, finding)) keep_details(worker, &record, finding);
    if (is_shown(face, finding) && worker->json)
        sipcheck_json_finding(worker->json, finding, append, share->lines);
    record.line_length = share->lines->len - record.line;
    g_array_append_val(share->records, record);
}

static bool wants_texts(void *user, const sipcheck_finding *finding)
{
    struct worker *worker = user;
    const struct jobs_face *face = &worker->jobs->face;
    return is_shown(face, finding) && face->is_wanted(face->user, finding->culprit) &&
           (worker->json || tally_is_new(&worker->seen, finding));
}

static void look_at(struct worker *worker, struct block *block)
{
    worker->block = block;
    for (guint i = 0; i < block->count; i++) {
        struct item *item = &block->items[i];
        worker->item = i;
        breaks_tell(worker->engine, item->breaks, &item->packet);
        if (item->group % SIPCHECK_GROUPS % worker->jobs->count == worker->number)
            item->judged = !sipcheck_feed_group(worker->engine, &item->packet, item->group);
        else if (sipcheck_overhear(worker->engine, &item->packet, item->group))
            block->shares[worker->number].failed++;
    }
}

static void *work(void *data)
{
    struct worker *worker = data;
    struct jobs *jobs = worker->jobs;
    pthread_mutex_lock(&jobs->lock);
    for (guint64 n = 0;; n++) {
        while (jobs->filled <= n && !jobs->over)
            pthread_cond_wait(&jobs->filled_more, &jobs->lock);
        if (jobs->filled <= n) break;
        struct block *block = &jobs->blocks[n % BLOCKS];
        pthread_mutex_unlock(&jobs->lock);
        look_at(worker, block);
        pthread_mutex_lock(&jobs->lock);
        if (!--block->pending) pthread_cond_signal(&jobs->done);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

/* --- handing on */

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

/* What time decided right before that message. */
static void hand_on_due(struct jobs *jobs, struct block *block, guint item)
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
    hand_on_due(jobs, block, number);
    if (item->heard_of)
        jobs->face.message(jobs->face.user, &item->packet, &item->heard, item->transaction,
                           item->step);
    for (guint i = 0; i < jobs->count; i++)
        while (next_of(&block->shares[i], number, FALSE))
            hand_on_record(jobs, &block->shares[i]);
    if (!item->judged) jobs->face.not_judged(jobs->face.user);
}

static void clear_block(struct jobs *jobs, struct block *block)
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

static void hand_on(struct jobs *jobs, struct block *block)
{
    for (guint i = 0; i < block->count; i++)
        hand_on_item(jobs, block, i);
    clear_block(jobs, block);
}

/* What is done with; more blocks than that under way are waited for. */
static void hand_on_what_is_done(struct jobs *jobs, guint64 under_way)
{
    while (jobs->merged < jobs->filled) {
        struct block *block = &jobs->blocks[jobs->merged % BLOCKS];
        pthread_mutex_lock(&jobs->lock);
        while (block->pending && jobs->filled - jobs->merged > under_way)
            pthread_cond_wait(&jobs->done, &jobs->lock);
        gboolean done = !block->pending;
        pthread_mutex_unlock(&jobs->lock);
        if (!done) return;
        hand_on(jobs, block);
        jobs->merged++;
    }
}

/* --- reading */

static void seal(struct jobs *jobs, struct block *block)
{
    for (guint i = 0; i < block->count; i++)
        block->items[i].packet.bytes = block->bytes->data + block->items[i].offset;
    pthread_mutex_lock(&jobs->lock);
    block->pending = jobs->count;
    jobs->filled++;
    pthread_cond_broadcast(&jobs->filled_more);
    pthread_mutex_unlock(&jobs->lock);
    hand_on_what_is_done(jobs, BLOCKS - 1);
}

void jobs_feed(struct jobs *jobs, const sipcheck_packet *packet, unsigned breaks)
{
    struct block *block = &jobs->blocks[jobs->filled % BLOCKS];
    block->items[block->count++] = (struct item){
        .packet = *packet,
        .offset = block->bytes->len,
        .group = sipcheck_route(jobs->router, packet),
        .breaks = breaks,
    };
    /* An empty message has a place as well. */
    g_byte_array_append(block->bytes, packet->bytes, (guint)packet->length);
    g_byte_array_append(block->bytes, (const guint8 *)"", 1);
    if (block->count == jobs->block_items || block->bytes->len >= BLOCK_BYTES) seal(jobs, block);
}

/* --- birth and death */

static gboolean worker_open(struct jobs *jobs, guint number)
{
    struct worker *worker = &jobs->workers[number];
    sipcheck_options options = jobs->face.options;
    options.on_message = on_message;
    options.on_finding = on_finding;
    options.wants_texts = wants_texts;
    options.user = worker;
    options.part = true;
    worker->jobs = jobs;
    worker->number = number;
    tally_init(&worker->seen);
    worker->engine = sipcheck_new(jobs->face.rules, &options);
    if (jobs->face.json) worker->json = sipcheck_json_new(jobs->face.rules, NULL);
    return worker->engine && (worker->json || !jobs->face.json);
}

static void jobs_free(struct jobs *jobs)
{
    for (guint i = 0; i < jobs->count; i++) {
        sipcheck_free(jobs->workers[i].engine);
        sipcheck_json_free(jobs->workers[i].json);
        tally_clear(&jobs->workers[i].seen);
    }
    for (guint b = 0; b < BLOCKS; b++) {
        g_byte_array_unref(jobs->blocks[b].bytes);
        for (guint i = 0; i < jobs->count; i++) {
            g_array_unref(jobs->blocks[b].shares[i].records);
            g_string_free(jobs->blocks[b].shares[i].lines, TRUE);
        }
    }
    sipcheck_router_free(jobs->router);
    pthread_mutex_destroy(&jobs->lock);
    pthread_cond_destroy(&jobs->filled_more);
    pthread_cond_destroy(&jobs->done);
    g_free(jobs->blocks);
    g_free(jobs);
}

/* Of so many that were begun. */
static void end_threads(struct jobs *jobs, guint count)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->over = TRUE;
    pthread_cond_broadcast(&jobs->filled_more);
    pthread_mutex_unlock(&jobs->lock);
    for (guint i = 0; i < count; i++)
        pthread_join(jobs->workers[i].thread, NULL);
}

static gboolean start_threads(struct jobs *jobs)
{
    for (guint i = 0; i < jobs->count; i++) {
        if (!pthread_create(&jobs->workers[i].thread, NULL, work, &jobs->workers[i])) continue;
        end_threads(jobs, i);
        return FALSE;
    }
    return TRUE;
}

struct jobs *jobs_new(const struct jobs_face *face, guint count)
{
    struct jobs *jobs = g_new0(struct jobs, 1);
    const unsigned many = 1u << SIPCHECK_PASS | 1u << SIPCHECK_NA;
    gboolean memory = TRUE;
    jobs->face = *face;
    jobs->count = count;
    jobs->block_items = face->options.verdicts & many ? BLOCK_ITEMS_ALL : BLOCK_ITEMS;
    jobs->router = sipcheck_router_new(NULL);
    jobs->blocks = g_new0(struct block, BLOCKS);
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->filled_more, NULL);
    pthread_cond_init(&jobs->done, NULL);
    for (guint b = 0; b < BLOCKS; b++) {
        jobs->blocks[b].bytes = g_byte_array_new();
        for (guint i = 0; i < count; i++) {
            jobs->blocks[b].shares[i].records = g_array_new(FALSE, FALSE, sizeof(struct record));
            jobs->blocks[b].shares[i].lines = g_string_new(NULL);
        }
    }
    for (guint i = 0; i < count; i++)
        memory = worker_open(jobs, i) && memory;
    if (memory && jobs->router && start_threads(jobs)) return jobs;
    jobs_free(jobs);
    return NULL;
}

void jobs_finish(struct jobs *jobs, sipcheck *whole)
{
    if (!jobs) return;
    struct block *last = &jobs->blocks[jobs->filled % BLOCKS];
    if (last->count) seal(jobs, last);
    hand_on_what_is_done(jobs, 0);
    end_threads(jobs, jobs->count);
    last = &jobs->blocks[jobs->filled % BLOCKS];
    for (guint i = 0; i < jobs->count; i++) {
        struct worker *worker = &jobs->workers[i];
        worker->block = last;
        worker->item = 0;
        if (sipcheck_finish(worker->engine)) last->shares[i].failed++;
        sipcheck_join(whole, worker->engine);
    }
    hand_on_due(jobs, last, 0);
    clear_block(jobs, last);
    jobs_free(jobs);
}
