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

/* Returns the size of all rows. */
static size_t place_rows(sc_plan *plan)
{
    size_t at = 0;
    for (unsigned lines = 0; lines < SC_LINES_ANY; lines++)
        for (unsigned mark = 0; mark < SC_MARK_COUNT; mark++)
            if (sc_mark_in(&plan->breaks[lines], mark)) {
                plan->row[lines][mark] = (uint16_t)at;
                at += plan->words;
            }
    return at;
}

static void fill_rows(const sc_plan_book *leading, const sc_plan *plan, uint64_t *rows)
{
    for (size_t i = 1; i < leading->count; i++)
        for (unsigned k = 0; k < SC_LINES_ANY * SC_MARK_WORDS; k++) {
            unsigned lines = k / SC_MARK_WORDS, w = k % SC_MARK_WORDS;
            uint64_t left = leading->patterns[i].lines[lines].word[w];
            for (; left != 0; left &= left - 1) {
                unsigned mark = w * 64 + (unsigned)__builtin_ctzll(left);
                for (unsigned other = 0; other < SC_LINES_ANY; other++)
                    if (other != lines)
                        rows[plan->row[other][mark] + i / 64] |= (uint64_t)1 << (i % 64);
            }
        }
}

/* --- more patterns */

/* A pattern's marks; returns how many. */
static size_t write_pattern(const sc_plan_likeness *like, uint8_t fate, sc_plan_sign *out)
{
    size_t n = 0;
    for (unsigned k = 0; k < SC_LINES_ANY * SC_MARK_WORDS; k++) {
        unsigned lines = k / SC_MARK_WORDS, w = k % SC_MARK_WORDS;
        for (uint64_t left = like->lines[lines].word[w]; left != 0; left &= left - 1) {
            unsigned mark = w * 64 + (unsigned)__builtin_ctzll(left);
            out[n++] = (sc_plan_sign){ .mark = (uint16_t)mark, .lines = (uint8_t)lines };
        }
    }
    if (n > 0) out[n - 1].fate = fate;
    return n;
}

static size_t write_others(const sc_planner *p, const sc_plan_others *others, sc_plan_sign *out)
{
    size_t n = 0;
    for (unsigned i = 0; i < SC_PLAN_OTHERS && others->pattern[i] != 0; i++)
        n += write_pattern(&p->others.patterns[others->pattern[i]], others->fate[i], out + n);
    out[n++] = (sc_plan_sign){ .lines = SC_LINES_ANY };
    return n;
}

static size_t count_marks(const sc_plan_likeness *like)
{
    size_t n = 0;
    for (unsigned k = 0; k < SC_LINES_ANY * SC_MARK_WORDS; k++)
        for (uint64_t left = like->lines[k / SC_MARK_WORDS].word[k % SC_MARK_WORDS]; left != 0; n++)
            left &= left - 1;
    return n;
}

/* As many as write_others makes of all groups. */
static size_t count_signs(const sc_planner *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->item_count; i++) {
        if (!begins_group(p, i)) continue;
        for (unsigned k = 0; k < SC_PLAN_OTHERS; k++)
            n += count_marks(&p->others.patterns[p->items[i].others.pattern[k]]);
        n++;
    }
    return n;
}

/* --- all of it */

/* Room that is filled. */
typedef struct groups {
    sc_plan_entry *entries;
    sc_plan_group *groups;
    sc_plan_sign *signs;
} groups;

static void fill_groups(const sc_planner *p, sc_plan *plan, const groups *out)
{
    uint32_t n = 0, sign = 0;
    for (size_t i = 0; i < p->item_count; i++) {
        const sc_plan_item *item = &p->items[i];
        out->entries[i] = item->entry;
        if (begins_group(p, i)) {
            bool shared = answer_of(item->condition) != 0;
            sc_plan_pattern *pattern = &plan->patterns[item->pattern];
            if (pattern->count++ == 0) pattern->first = n;
            out->groups[n++] = (sc_plan_group){ .condition = shared ? item->condition : NULL,
                                                .first = (uint16_t)i,
                                                .signs = sign };
            sign += (uint32_t)write_others(p, &item->others, out->signs + sign);
        }
        out->groups[n - 1].count++;
    }
}

static size_t round_up(size_t size)
{
    return (size + 15) / 16 * 16;
}

/* One block: the plan, then its arrays. There are no more groups than items. head: the plan as far
 * as it is known. */
static sc_plan *build(const sc_planner *p, const sc_plan *head, size_t rows)
{
    size_t groups_at = round_up(sizeof(sc_plan));
    size_t patterns = groups_at + round_up(p->item_count * sizeof(sc_plan_group));
    size_t broken = patterns + round_up(head->pattern_count * sizeof(sc_plan_pattern));
    size_t entries = broken + round_up(rows * sizeof(uint64_t));
    size_t signs = entries + round_up(p->item_count * sizeof(sc_plan_entry));
    size_t passes = signs + round_up(count_signs(p) * sizeof(sc_plan_sign));
    size_t size = passes + p->pass_count * sizeof(sc_plan_pass);
    uint8_t *block = p->allocator->alloc(p->allocator->user, size);
    if (block == NULL) return NULL;
    memset(block, 0, size);
    sc_plan *plan = memcpy(block, head, sizeof *head);
    const groups out = { .entries = (sc_plan_entry *)(void *)(block + entries),
                         .groups = (sc_plan_group *)(void *)(block + groups_at),
                         .signs = (sc_plan_sign *)(void *)(block + signs) };
    plan->groups = out.groups;
    plan->entries = out.entries;
    plan->signs = out.signs;
    plan->passes = memcpy(block + passes, p->passes, p->pass_count * sizeof(sc_plan_pass));
    plan->patterns = (sc_plan_pattern *)(void *)(block + patterns);
    plan->broken = (uint64_t *)(void *)(block + broken);
    fill_rows(&p->leading, plan, (uint64_t *)(void *)(block + broken));
    fill_groups(p, plan, &out);
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
    sc_plan head = { .pass_count = planner->pass_count, .pattern_count = planner->leading.count };
    head.words = (head.pattern_count + 63) / 64;
    note_breaks(&planner->leading, head.breaks);
    size_t rows = place_rows(&head);
    return build(planner, &head, rows);
}

/* --- counts */

uint64_t sc_plan_passes(const sc_plan *plan, size_t rule)
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
    return plan->seen - (pattern != 0 ? plan->patterns[pattern].unlike : 0);
}
