/* SPDX-License-Identifier: MIT */
#include "engine/plan.h"

#include <string.h>

/* --- order */

static uint16_t answer_of(const sc_program *condition)
{
    return condition != NULL ? condition->answer : 0;
}

/* Together what is asked together: a condition that several rules share has a number. */
static int order_of_groups(const sc_plan_item *a, const sc_plan_item *b)
{
    int others = memcmp(&a->others, &b->others, sizeof a->others);
    if (a->pattern != b->pattern) return a->pattern < b->pattern ? -1 : 1;
    return others != 0 ? others : answer_of(a->condition) - answer_of(b->condition);
}

static bool comes_before(const sc_plan_item *a, const sc_plan_item *b)
{
    int order = order_of_groups(a, b);
    return order != 0 ? order < 0 : a->entry.rule < b->entry.rule;
}

/* Shell's; qsort may allocate. */
static void sort_items(sc_plan_item *items, size_t count)
{
    for (size_t gap = count / 2; gap > 0; gap /= 2)
        for (size_t i = gap; i < count; i++) {
            sc_plan_item moved = items[i];
            size_t at = i;
            for (; at >= gap && comes_before(&moved, &items[at - gap]); at -= gap)
                items[at] = items[at - gap];
            items[at] = moved;
        }
}

static bool begins_group(const sc_planner *p, size_t i)
{
    return i == 0 || order_of_groups(&p->items[i], &p->items[i - 1]) != 0;
}

/* --- marks that break patterns */

/* Every other number of lines than the one that a pattern has. */
static void note_breaks(const sc_plan_book *leading, sc_marks breaks[SC_LINES_ANY])
{
    for (size_t i = 1; i < leading->count; i++)
        for (unsigned lines = 0; lines < SC_LINES_ANY * SC_LINES_ANY; lines++) {
            unsigned wanted = lines / SC_LINES_ANY, other = lines % SC_LINES_ANY;
            for (unsigned w = 0; wanted != other && w < SC_MARK_WORDS; w++)
                breaks[other].word[w] |= leading->patterns[i].lines[wanted].word[w];
        }
}

/* Returns how many rows there are. */
static size_t place_rows(sc_plan *plan)
{
    size_t at = 0;
    for (unsigned lines = 0; lines < SC_LINES_ANY; lines++)
        for (unsigned w = 0; w < SC_MARK_WORDS; w++) {
            plan->first_row[lines][w] = (uint16_t)at;
            at += sc_count_bits(plan->breaks[lines].word[w]);
        }
    return at;
}

static void fill_rows(const sc_plan_book *leading, const sc_plan *plan, sc_pattern_set *rows)
{
    for (size_t i = 1; i < leading->count; i++)
        for (unsigned k = 0; k < SC_LINES_ANY * SC_MARK_WORDS; k++) {
            unsigned lines = k / SC_MARK_WORDS, w = k % SC_MARK_WORDS;
            uint64_t left = leading->patterns[i].lines[lines].word[w];
            for (; left != 0; left &= left - 1)
                for (unsigned other = 0; other < SC_LINES_ANY; other++) {
                    if (other == lines) continue;
                    const sc_pattern_set *row = sc_plan_row(plan, other, w, left & -left);
                    rows[row - plan->rows].word[i / 64] |= (uint64_t)1 << (i % 64);
                }
        }
}

/* --- patterns, as they are read */

/* bytes: NULL where only their number is wanted. */
typedef struct writer {
    uint8_t *bytes;
    size_t at;
} writer;

static void put(writer *out, const void *from, size_t size)
{
    if (out->bytes != NULL) memcpy(out->bytes + out->at, from, size);
    out->at += size;
}

/* A pattern's marks; returns how many. */
static size_t put_signs(const sc_plan_likeness *like, uint8_t fate, writer *out)
{
    sc_plan_sign last = { 0 };
    size_t n = 0;
    for (unsigned k = 0; k < SC_LINES_ANY * SC_MARK_WORDS; k++) {
        unsigned lines = k / SC_MARK_WORDS, w = k % SC_MARK_WORDS;
        for (uint64_t left = like->lines[lines].word[w]; left != 0; left &= left - 1) {
            unsigned mark = w * 64 + (unsigned)__builtin_ctzll(left);
            if (n++ > 0) put(out, &last, sizeof last);
            last = (sc_plan_sign){ .mark = (uint16_t)mark, .lines = (uint8_t)lines };
        }
    }
    last.fate = fate;
    if (n > 0) put(out, &last, sizeof last);
    return n;
}

static size_t put_others(const sc_planner *p, const sc_plan_others *others, writer *out)
{
    size_t n = 0;
    for (unsigned i = 0; i < SC_PLAN_OTHERS && others->pattern[i] != 0; i++)
        n += put_signs(&p->others.patterns[others->pattern[i]], others->fate[i], out);
    return n;
}

/* From an item on; returns the one behind it. */
static size_t put_group(const sc_planner *p, size_t first, writer *out)
{
    const sc_plan_item *item = &p->items[first];
    size_t end = first + 1;
    writer count = { NULL, 0 };
    while (end < p->item_count && !begins_group(p, end))
        end++;
    const sc_plan_group group = { .shared = answer_of(item->condition) != 0,
                                  .signs = (uint16_t)put_others(p, &item->others, &count),
                                  .entries = (uint16_t)(end - first) };
    put(out, &group, sizeof group);
    put_others(p, &item->others, out);
    for (size_t i = first; i < end; i++)
        put(out, &p->items[i].entry, sizeof p->items[i].entry);
    return end;
}

static size_t count_groups(const sc_planner *p, size_t first)
{
    size_t n = 0, pattern = p->items[first].pattern;
    for (size_t i = first; i < p->item_count && p->items[i].pattern == pattern; i++)
        n += begins_group(p, i);
    return n;
}

static void round_up(writer *out)
{
    static const uint8_t nothing[SC_PLAN_STEP] = { 0 };
    put(out, nothing, (SC_PLAN_STEP - out->at % SC_PLAN_STEP) % SC_PLAN_STEP);
}

/* All of them; items are in the order of their patterns. */
static void put_patterns(const sc_planner *p, sc_plan *plan, writer *out)
{
    size_t i = 0;
    for (size_t number = 0; number < p->leading.count; number++) {
        bool asks = i < p->item_count && p->items[i].pattern == number;
        sc_plan_pattern pattern;
        memset(&pattern, 0, sizeof pattern);
        if (asks) pattern.groups = (uint16_t)count_groups(p, i);
        if (plan != NULL) plan->pattern_at[number] = (uint16_t)(out->at / SC_PLAN_STEP);
        put(out, &pattern, sizeof pattern);
        for (unsigned n = 0; n < pattern.groups; n++)
            i = put_group(p, i, out);
        round_up(out);
    }
}

/* --- all of it */

/* One block: the plan, rows, patterns, passes. head: the plan as far as it is known. */
static sc_plan *build(const sc_planner *p, const sc_plan *head, size_t rows)
{
    writer out = { NULL, sizeof *head + head->pattern_count * sizeof *head->pattern_at };
    round_up(&out);
    const writer rows_at = out;
    out.at += rows * sizeof(sc_pattern_set);
    const writer patterns_at = out;
    put_patterns(p, NULL, &out);
    size_t passes_size = p->pass_count * sizeof(sc_plan_pass);
    uint8_t *block = p->allocator->alloc(p->allocator->user, out.at + passes_size);
    if (block == NULL) return NULL;
    memset(block, 0, out.at);
    sc_plan *plan = memcpy(block, head, sizeof *head);
    plan->passes = memcpy(block + out.at, p->passes, passes_size);
    sc_pattern_set *set = (sc_pattern_set *)(void *)(block + rows_at.at);
    plan->rows = set;
    fill_rows(&p->leading, plan, set);
    out = (writer){ block, patterns_at.at };
    put_patterns(p, plan, &out);
    return plan;
}

sc_plan *sc_plan_make(sc_planner *planner, const sc_foresight *f, bool excused)
{
    const sipcheck_rules *rules = planner->rules;
    unsigned bucket = sc_index_bucket(f->sample->message);
    planner->item_count = planner->pass_count = 0;
    planner->leading.count = planner->others.count = 1;
    for (uint32_t i = rules->index.start[bucket]; i < rules->index.start[bucket + 1]; i++) {
        size_t index = rules->index.entries[i].rule;
        if (!excused || (rules->by_id[index]->pub.binds & SIPCHECK_ROLE_PROXY))
            sc_plan_rule(planner, f, index);
    }
    sort_items(planner->items, planner->item_count);
    sc_plan head = { .pass_count = (uint16_t)planner->pass_count,
                     .pattern_count = (uint16_t)planner->leading.count };
    note_breaks(&planner->leading, head.breaks);
    size_t rows = place_rows(&head);
    return build(planner, &head, rows);
}

/* --- counts */

uint64_t sc_plan_passes(sc_plan *plan, size_t rule)
{
    size_t low = 0, high = plan->pass_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plan->passes[middle].rule < rule)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < plan->pass_count && plan->passes[low].rule == rule;
    if (!found) return 0;
    unsigned pattern = plan->passes[low].pattern;
    return plan->seen - (pattern != 0 ? sc_plan_pattern_of(plan, pattern)->unlike : 0);
}
