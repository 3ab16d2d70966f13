/* SPDX-License-Identifier: MIT */
#include "engine/plan.h"

#include <string.h>

enum { MARKS_TRIED = 32, CONDITIONS_MAX = 16 };

/* What is known of a rule beforehand. */
enum fate { FATE_ASKED, FATE_NA, FATE_KEPT };

typedef struct outlook {
    enum fate fate;
    sc_plan_entry entry;
    const sc_program *condition; /* of its `applies`, the first that is not known */
} outlook;

/* Walks `applies`; false: it does not hold. */
static bool look_at_conditions(const sc_planner *p, const sc_foresight *f, const sc_rule *rule,
                               outlook *out)
{
    unsigned at = 0;
    for (const sc_program *c = rule->applies; c != NULL; c = c->next, at++) {
        unsigned outcome = sc_foresee(c, f, p->scratch);
        if (outcome == SC_FALSE) return false;
        if (outcome == SC_TRUE && at < CONDITIONS_MAX)
            out->entry.known |= (uint16_t)(1u << at);
        else if (out->condition == NULL)
            out->condition = c;
    }
    return true;
}

static outlook look_at(const sc_planner *p, const sc_foresight *f, size_t index)
{
    const sc_rule *rule = p->rules->by_id[index];
    outlook out = { .fate = FATE_ASKED, .entry.rule = (uint16_t)index };
    if (!look_at_conditions(p, f, rule, &out)) {
        out.fate = FATE_NA;
        return out;
    }
    unsigned outcome = sc_foresee(rule->assertion, f, p->scratch);
    out.entry.kept = outcome == SC_TRUE;
    bool applies = out.condition == NULL;
    if (applies && outcome == SC_TRUE) out.fate = FATE_KEPT;
    if (applies && outcome == SC_ABSENT) out.fate = FATE_NA;
    return out;
}

/* --- one rule */

static void add_item(sc_planner *p, uint32_t list, const outlook *out)
{
    p->items[p->item_count++] = (sc_plan_item){ list, out->condition, out->entry };
}

static void add_pass(sc_planner *p, size_t rule, uint16_t mark, unsigned lines)
{
    p->passes[p->pass_count++] = (sc_plan_pass){ (uint16_t)rule, mark, (uint8_t)lines };
}

/* How many lines of it the sample has. */
static enum sc_lines sent_of(const sc_planner *p, uint16_t mark)
{
    if (!sc_mark_in(&p->sent, mark)) return SC_LINES_NONE;
    return sc_mark_in(&p->more, mark) ? SC_LINES_MORE : SC_LINES_ONE;
}

static void look_by(const sc_planner *p, const sc_foresight *f, uint16_t mark, size_t rule,
                    outlook by_lines[SC_LINES_ANY])
{
    for (unsigned lines = 0; lines < SC_LINES_ANY; lines++) {
        sc_foresight g = *f;
        sc_mark_put(lines == SC_LINES_NONE  ? &g.none
                    : lines == SC_LINES_ONE ? &g.one
                                            : &g.more,
                    mark);
        by_lines[lines] = look_at(p, &g, rule);
    }
}

/* The rule by the number of lines of a header. */
static void plan_by(sc_planner *p, const sc_foresight *f, uint16_t mark, size_t rule)
{
    unsigned kept = 0;
    outlook by_lines[SC_LINES_ANY];
    look_by(p, f, mark, rule, by_lines);
    for (unsigned lines = 0; lines < SC_LINES_ANY; lines++) {
        uint32_t list = 1 + (uint32_t)mark * SC_LINES_ANY + lines;
        if (by_lines[lines].fate == FATE_ASKED) add_item(p, list, &by_lines[lines]);
        if (by_lines[lines].fate == FATE_KEPT) kept |= 1u << lines;
    }
    if (kept != 0) add_pass(p, rule, mark, kept);
}

/* The number of two sets of marks; SC_PLAN_ANY_MAX: there is no room for others. */
static size_t number_of(sc_planner *p, const sc_marks *none, const sc_marks *once)
{
    size_t i = 0;
    while (i < p->any_count && (memcmp(&p->any[i].none, none, sizeof *none) != 0 ||
                                memcmp(&p->any[i].once, once, sizeof *once) != 0))
        i++;
    if (i < p->any_count || i == SC_PLAN_ANY_MAX) return i;
    p->any[p->any_count++] = (sc_plan_any){ .none = *none, .once = *once };
    return i;
}

/* What need not be known for the rule to have this fate: the less is left, the more messages are
 * like that. */
static void leave_out(const sc_planner *p, sc_foresight *f, sc_marks *set, size_t rule,
                      enum fate fate, const uint16_t *marks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sc_marks before = *set;
        set->word[marks[i] / 64] &= ~((uint64_t)1 << (marks[i] % 64));
        if (look_at(p, f, rule).fate != fate) *set = before;
    }
}

/* The only mark that is known, if that is a header. */
static bool is_one_header(const sc_foresight *f, uint16_t *ret_header)
{
    unsigned count = 0;
    for (unsigned w = 0; w < SC_MARK_WORDS; w++) {
        uint64_t known = f->none.word[w] | f->one.word[w];
        if (known != 0) count += known & (known - 1) ? 2 : 1;
        if (known != 0) *ret_header = (uint16_t)(w * 64 + (unsigned)__builtin_ctzll(known));
    }
    return count == 1 && *ret_header < SIPCHECK_HEADER_COUNT;
}

/* What there is to know of a rule with marks as the sample has them; *g: as little of it as will
 * do. FATE_ASKED: it does not do. */
static enum fate like_sample(const sc_planner *p, sc_foresight *g, size_t rule,
                             const uint16_t *marks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum sc_lines lines = sent_of(p, marks[i]);
        if (lines != SC_LINES_MORE)
            sc_mark_put(lines == SC_LINES_NONE ? &g->none : &g->one, marks[i]);
    }
    enum fate fate = look_at(p, g, rule).fate;
    if (fate == FATE_ASKED) return fate;
    leave_out(p, g, &g->one, rule, fate, marks, count);
    leave_out(p, g, &g->none, rule, fate, marks, count);
    return fate;
}

/* The rule need not be asked where marks are as in the sample. */
static bool plan_by_any(sc_planner *p, const sc_foresight *f, const outlook *plain,
                        const uint16_t *marks, size_t count)
{
    sc_foresight g = *f;
    uint16_t header = SIPCHECK_HEADER_UNKNOWN;
    size_t rule = plain->entry.rule;
    enum fate fate = like_sample(p, &g, rule, marks, count);
    if (fate == FATE_ASKED) return false;
    if (is_one_header(&g, &header)) {
        plan_by(p, f, header, rule);
        return true;
    }
    size_t number = number_of(p, &g.none, &g.one);
    if (number == SC_PLAN_ANY_MAX) return false;
    add_item(p, 1 + SC_MARK_COUNT * SC_LINES_ANY + (uint32_t)number, plain);
    if (fate == FATE_KEPT) add_pass(p, rule, (uint16_t)(SC_BY_ANY + number), 0);
    return true;
}

/* A header without which the rule need not be asked, though the sample has it; UNKNOWN: none. */
static uint16_t header_wanted(const sc_planner *p, const sc_foresight *f, size_t rule,
                              const uint16_t *marks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sc_foresight g = *f;
        if (marks[i] >= SIPCHECK_HEADER_COUNT || marks[i] == SIPCHECK_HEADER_UNKNOWN) continue;
        sc_mark_put(&g.none, marks[i]);
        if (look_at(p, &g, rule).fate != FATE_ASKED) return marks[i];
    }
    return SIPCHECK_HEADER_UNKNOWN;
}

/* The rule depends on marks, or on what nobody can tell. */
static void plan_asked(sc_planner *p, const sc_foresight *f, const outlook *plain)
{
    size_t index = plain->entry.rule;
    const sc_rule *rule = p->rules->by_id[index];
    uint16_t marks[MARKS_TRIED];
    size_t count = sc_program_marks(rule->applies, marks, 0, MARKS_TRIED);
    count = sc_program_marks(rule->assertion, marks, count, MARKS_TRIED);
    if (plan_by_any(p, f, plain, marks, count)) return;
    uint16_t header = header_wanted(p, f, index, marks, count);
    if (header != SIPCHECK_HEADER_UNKNOWN)
        plan_by(p, f, header, index);
    else
        add_item(p, 0, plain);
}

static void plan_rule(sc_planner *p, const sc_foresight *f, size_t index)
{
    outlook plain = look_at(p, f, index);
    if (plain.fate == FATE_KEPT) add_pass(p, index, SC_BY_NOTHING, 0);
    if (plain.fate == FATE_ASKED) plan_asked(p, f, &plain);
}

/* --- all of them */

static uint16_t answer_of(const sc_program *condition)
{
    return condition != NULL ? condition->answer : 0;
}

/* Together what is asked together: a condition that several rules share has a number. */
static bool comes_before(const sc_plan_item *a, const sc_plan_item *b)
{
    if (a->list != b->list) return a->list < b->list;
    uint16_t x = answer_of(a->condition), y = answer_of(b->condition);
    return x != y ? x < y : a->entry.rule < b->entry.rule;
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

static sc_plan_list *list_of(sc_plan *plan, uint32_t list)
{
    if (list == 0) return &plan->always;
    if (list > SC_MARK_COUNT * SC_LINES_ANY)
        return &plan->any[list - 1 - SC_MARK_COUNT * SC_LINES_ANY].list;
    unsigned mark = (list - 1) / SC_LINES_ANY, lines = (list - 1) % SC_LINES_ANY;
    sc_mark_put(lines == SC_LINES_NONE ? &plan->missed : &plan->noticed, mark);
    return &plan->lists[lines][mark];
}

static bool same_group(const sc_plan_item *a, const sc_plan_item *b)
{
    return a->list == b->list && answer_of(a->condition) == answer_of(b->condition);
}

static void fill(const sc_planner *p, sc_plan *plan, sc_plan_entry *entries, sc_plan_group *groups)
{
    uint32_t n = 0;
    for (size_t i = 0; i < p->any_count; i++)
        plan->any[i] = p->any[i];
    for (size_t i = 0; i < p->item_count; i++) {
        const sc_plan_item *item = &p->items[i];
        entries[i] = item->entry;
        if (i == 0 || !same_group(item, item - 1)) {
            bool shared = answer_of(item->condition) != 0;
            sc_plan_list *list = list_of(plan, item->list);
            if (list->count++ == 0) list->first = n;
            groups[n++] = (sc_plan_group){ shared ? item->condition : NULL, (uint32_t)i, 0 };
        }
        groups[n - 1].count++;
    }
    for (size_t i = 0; i < p->pass_count; i++)
        if (p->passes[i].by < SC_BY_ANY) sc_mark_put(&plan->noticed, p->passes[i].by);
}

static size_t round_up(size_t size)
{
    return (size + 15) / 16 * 16;
}

/* One block: the plan, then its arrays. There are no more groups than items. */
static sc_plan *allocate(const sc_planner *p, sc_plan_entry **ret_entries,
                         sc_plan_group **ret_groups)
{
    size_t groups = round_up(sizeof(sc_plan));
    size_t passes = groups + round_up(p->item_count * sizeof(sc_plan_group));
    size_t any = passes + round_up(p->pass_count * sizeof(sc_plan_pass));
    size_t entries = any + round_up(p->any_count * sizeof(sc_plan_any));
    size_t size = entries + p->item_count * sizeof(sc_plan_entry);
    uint8_t *block = p->allocator->alloc(p->allocator->user, size);
    if (block == NULL) return NULL;
    memset(block, 0, size);
    sc_plan *plan = (sc_plan *)(void *)block;
    plan->groups = *ret_groups = (sc_plan_group *)(void *)(block + groups);
    plan->passes = memcpy(block + passes, p->passes, p->pass_count * sizeof(sc_plan_pass));
    plan->any = (sc_plan_any *)(void *)(block + any);
    plan->pass_count = p->pass_count;
    plan->any_count = p->any_count;
    plan->entries = *ret_entries = (sc_plan_entry *)(void *)(block + entries);
    return plan;
}

sc_plan *sc_plan_make(sc_planner *planner, const sc_foresight *f, bool excused)
{
    const sipcheck_rules *rules = planner->rules;
    unsigned bucket = sc_index_bucket(f->sample->message);
    sc_note_marks(f->sample, &planner->sent, &planner->more);
    planner->item_count = planner->pass_count = planner->any_count = 0;
    for (uint32_t i = rules->index.start[bucket]; i < rules->index.start[bucket + 1]; i++) {
        size_t index = rules->index.entries[i].rule;
        if (!excused || (rules->by_id[index]->pub.binds & SIPCHECK_ROLE_PROXY))
            plan_rule(planner, f, index);
    }
    sort_items(planner->items, planner->item_count);
    sc_plan_entry *entries;
    sc_plan_group *groups;
    sc_plan *plan = allocate(planner, &entries, &groups);
    if (plan != NULL) fill(planner, plan, entries, groups);
    return plan;
}

/* --- counts */

static uint64_t kept_by(const sc_plan *plan, const sc_plan_pass *pass)
{
    if (pass->by == SC_BY_NOTHING) return plan->seen;
    if (pass->by >= SC_BY_ANY) return plan->seen - plan->any[pass->by - SC_BY_ANY].asked;
    uint64_t one = plan->lines[SC_LINES_ONE][pass->by];
    uint64_t more = plan->lines[SC_LINES_MORE][pass->by];
    return (pass->lines & 1u << SC_LINES_NONE ? plan->seen - one - more : 0) +
           (pass->lines & 1u << SC_LINES_ONE ? one : 0) +
           (pass->lines & 1u << SC_LINES_MORE ? more : 0);
}

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
    return found ? kept_by(plan, &plan->passes[low]) : 0;
}
