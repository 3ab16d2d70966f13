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

/* --- marks that break patterns */

/* Every other number of lines than the one that a pattern has. */
static void note_breaks(const sc_planner *p, sc_marks breaks[SC_LINES_ANY])
{
    for (size_t i = 1; i < p->pattern_count; i++)
        for (unsigned lines = 0; lines < SC_LINES_ANY * SC_LINES_ANY; lines++) {
            unsigned wanted = lines / SC_LINES_ANY, other = lines % SC_LINES_ANY;
            for (unsigned w = 0; wanted != other && w < SC_MARK_WORDS; w++)
                breaks[other].word[w] |= p->patterns[i].lines[wanted].word[w];
        }
}

static size_t number_rows(sc_plan *plan)
{
    size_t count = 0;
    for (unsigned lines = 0; lines < SC_LINES_ANY; lines++)
        for (unsigned mark = 0; mark < SC_MARK_COUNT; mark++)
            if (sc_mark_in(&plan->breaks[lines], mark)) plan->row[lines][mark] = (uint16_t)count++;
    return count;
}

static void fill_rows(const sc_planner *p, const sc_plan *plan, sc_pattern_set *rows)
{
    for (size_t i = 1; i < p->pattern_count; i++)
        for (unsigned k = 0; k < SC_LINES_ANY * SC_MARK_WORDS; k++) {
            unsigned lines = k / SC_MARK_WORDS, w = k % SC_MARK_WORDS;
            uint64_t left = p->patterns[i].lines[lines].word[w];
            for (; left != 0; left &= left - 1) {
                unsigned mark = w * 64 + (unsigned)__builtin_ctzll(left);
                for (unsigned other = 0; other < SC_LINES_ANY; other++)
                    if (other != lines)
                        rows[plan->row[other][mark]].word[i / 64] |= (uint64_t)1 << (i % 64);
            }
        }
}

/* --- all of it */

static void fill_groups(const sc_planner *p, sc_plan *plan, sc_plan_entry *entries,
                        sc_plan_group *groups)
{
    uint32_t n = 0;
    for (size_t i = 0; i < p->item_count; i++) {
        const sc_plan_item *item = &p->items[i];
        entries[i] = item->entry;
        if (i == 0 || order_of_groups(item, item - 1) != 0) {
            bool shared = answer_of(item->condition) != 0;
            sc_plan_pattern *pattern = &plan->patterns[item->pattern];
            if (pattern->count++ == 0) pattern->first = n;
            groups[n++] = (sc_plan_group){ .condition = shared ? item->condition : NULL,
                                           .first = (uint32_t)i,
                                           .others = item->others };
        }
        groups[n - 1].count++;
    }
}

/* The others only excuse entries of these. */
static void note_leading(const sc_planner *p, sc_pattern_set *leading)
{
    for (size_t i = 0; i < p->item_count; i++)
        leading->word[p->items[i].pattern / 64] |= (uint64_t)1 << (p->items[i].pattern % 64);
    for (size_t i = 0; i < p->pass_count; i++)
        leading->word[p->passes[i].pattern / 64] |= (uint64_t)1 << (p->passes[i].pattern % 64);
}

static size_t round_up(size_t size)
{
    return (size + 15) / 16 * 16;
}

/* One block: the plan, then its arrays. There are no more groups than items. head: the plan as far
 * as it is known. */
static sc_plan *build(const sc_planner *p, const sc_plan *head, size_t rows)
{
    size_t groups = round_up(sizeof(sc_plan));
    size_t passes = groups + round_up(p->item_count * sizeof(sc_plan_group));
    size_t patterns = passes + round_up(p->pass_count * sizeof(sc_plan_pass));
    size_t broken = patterns + round_up(p->pattern_count * sizeof(sc_plan_pattern));
    size_t entries = broken + round_up(rows * sizeof(sc_pattern_set));
    size_t size = entries + p->item_count * sizeof(sc_plan_entry);
    uint8_t *block = p->allocator->alloc(p->allocator->user, size);
    if (block == NULL) return NULL;
    memset(block, 0, size);
    sc_plan *plan = memcpy(block, head, sizeof *head);
    plan->groups = (sc_plan_group *)(void *)(block + groups);
    plan->passes = memcpy(block + passes, p->passes, p->pass_count * sizeof(sc_plan_pass));
    plan->patterns = (sc_plan_pattern *)(void *)(block + patterns);
    plan->broken = (sc_pattern_set *)(void *)(block + broken);
    plan->entries = (sc_plan_entry *)(void *)(block + entries);
    plan->pass_count = p->pass_count;
    plan->pattern_count = p->pattern_count;
    fill_rows(p, plan, (sc_pattern_set *)(void *)(block + broken));
    fill_groups(p, plan, (sc_plan_entry *)(void *)(block + entries),
                (sc_plan_group *)(void *)(block + groups));
    return plan;
}

sc_plan *sc_plan_make(sc_planner *planner, const sc_foresight *f, bool excused)
{
    const sipcheck_rules *rules = planner->rules;
    unsigned bucket = sc_index_bucket(f->sample->message);
    planner->item_count = planner->pass_count = 0;
    planner->pattern_count = 1;
    for (uint32_t i = rules->index.start[bucket]; i < rules->index.start[bucket + 1]; i++) {
        size_t index = rules->index.entries[i].rule;
        if (!excused || (rules->by_id[index]->pub.binds & SIPCHECK_ROLE_PROXY))
            sc_plan_rule(planner, f, index);
    }
    sort_items(planner->items, planner->item_count);
    sc_plan head = { 0 };
    note_breaks(planner, head.breaks);
    note_leading(planner, &head.leading);
    size_t rows = number_rows(&head);
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
