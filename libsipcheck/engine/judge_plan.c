/* SPDX-License-Identifier: MIT */
/* Message rules by the plan of the message's class. */
#include <string.h>

#include "engine/internal.h"

/* --- plans, a bounded number of them */

/* What it counted is not lost. */
static void give_up(sipcheck *engine, sc_plan *plan)
{
    for (size_t i = 0; i < plan->pass_count; i++) {
        size_t rule = plan->passes[i].rule;
        uint64_t passes = sc_plan_passes(plan, rule);
        engine->counts[rule].verdict[SIPCHECK_PASS] += passes;
        engine->counts[rule].verdict[SIPCHECK_NA] += passes;
    }
    engine->allocator.release(engine->allocator.user, plan);
}

void sc_engine_drop_plans(sipcheck *engine)
{
    for (size_t i = 0; i < SC_PLANS_MAX; i++)
        if (engine->plans[i].plan != NULL) give_up(engine, engine->plans[i].plan);
}

static void take_sample(sc_planner *planner, const sc_plan_sample *sample)
{
    size_t i = 0;
    while (i < planner->sample_count &&
           memcmp(planner->samples[i]->lines, sample->lines, sizeof sample->lines) != 0)
        i++;
    if (i == planner->sample_count) planner->samples[planner->sample_count++] = sample;
    planner->times[i]++;
}

/* The last messages of the class, this one first. */
static void gather_samples(const sipcheck *engine, uint64_t key, sc_planner *planner)
{
    size_t taken = 0;
    for (size_t i = 0; i < SC_PLAN_SAMPLES && i < engine->plan_sample_next; i++) {
        size_t at = (engine->plan_sample_next - 1 - i) % SC_PLAN_SAMPLES;
        if (engine->plan_samples[at].key != key) continue;
        take_sample(planner, &engine->plan_samples[at]);
        if (++taken == SC_PLAN_SAMPLES_OF_CLASS) return;
    }
}

static sc_plan *make_plan(sipcheck *engine, const sc_foresight *f)
{
    sc_planner planner = {
        .allocator = &engine->allocator,
        .rules = engine->rules,
        .scratch = engine->scratch,
        .points = sc_engine_wants(engine, SIPCHECK_FAIL),
        .items = engine->plan_items,
        .passes = engine->plan_passes,
        .leading = { .patterns = engine->plan_patterns },
        .others = { .patterns = engine->plan_patterns + SC_PLAN_PATTERNS_MAX },
    };
    gather_samples(engine, f->key, &planner);
    return sc_plan_make(&planner, f, engine->passed_on);
}

static void note_lines(const sipcheck *engine, const sc_observed *observed,
                       sc_marks lines[SC_LINES_ANY])
{
    sc_marks sent = engine->sent;
    const sc_marks more = engine->more;
    sc_note_traits(observed, &sent);
    for (unsigned w = 0; w < SC_MARK_WORDS; w++) {
        lines[SC_LINES_NONE].word[w] = ~sent.word[w];
        lines[SC_LINES_ONE].word[w] = sent.word[w] & ~more.word[w];
        lines[SC_LINES_MORE].word[w] = more.word[w];
    }
}

static void keep_sample(sipcheck *engine, const sc_observed *observed, uint64_t key)
{
    sc_plan_sample *sample = &engine->plan_samples[engine->plan_sample_next++ % SC_PLAN_SAMPLES];
    sample->key = key;
    note_lines(engine, observed, sample->lines);
}

/* The class's slot, or the one whose class was met least. */
static sc_plan_slot *slot_of(sipcheck *engine, uint64_t key)
{
    uint64_t hash = (key * UINT64_C(0x9e3779b97f4a7c15)) >> 32;
    sc_plan_slot *slots = engine->plans + hash % (SC_PLANS_MAX / SC_PLAN_WAYS) * SC_PLAN_WAYS;
    sc_plan_slot *least = slots;
    for (unsigned i = 0; i < SC_PLAN_WAYS; i++) {
        if (slots[i].key == key) return &slots[i];
        if (slots[i].credit < least->credit) least = &slots[i];
    }
    return least;
}

/* The slot becomes that of the class, unless it is another's that is met more often. */
static bool takes(sipcheck *engine, sc_plan_slot *slot, uint64_t key)
{
    if (slot->key == key) return true;
    if (slot->credit > 0) {
        slot->credit--;
        return false;
    }
    if (slot->plan != NULL) give_up(engine, slot->plan);
    *slot = (sc_plan_slot){ .key = key };
    return true;
}

/* A plan costs as much as some messages do, so that a class that is met once gets none. */
static sc_plan *plan_of(sipcheck *engine, const sc_subject *subject)
{
    const sc_observed *observed = subject->context->slots[0].record;
    uint64_t key = sc_class_key(observed, (uint8_t)subject->packet->transport, engine->passed_on);
    if (key == 0) return NULL;
    sc_plan_slot *slot = slot_of(engine, key);
    if (!takes(engine, slot, key)) return NULL;
    if (slot->credit < SC_PLAN_CREDIT_MAX) slot->credit++;
    if (slot->plan != NULL) return slot->plan;
    keep_sample(engine, observed, key);
    if (slot->credit >= SC_PLAN_AFTER) {
        const sc_foresight f = { .sample = observed, .key = key };
        slot->plan = make_plan(engine, &f);
    }
    return slot->plan;
}

/* --- running one */

/* As sc_program_eval, without the conditions that are known to hold. */
static sc_result still_applies(const sipcheck *engine, const sc_subject *subject,
                               const sc_plan_entry *entry)
{
    sc_result all = { SC_TRUE, SC_MISSING_NOTHING };
    unsigned known = entry->known;
    for (const sc_program *c = engine->rules->by_id[entry->rule]->applies; c; c = c->next) {
        bool holds = known & 1;
        known >>= 1;
        if (holds) continue;
        sc_result one = sc_program_ask(c, subject->context, engine->scratch);
        if (one.outcome == SC_FALSE) return one;
        if (all.outcome == SC_TRUE) all = one;
    }
    return all;
}

/* Where the rule applies. */
static sc_judgement judged(const sipcheck *engine, const sc_subject *subject, const sc_rule *rule,
                           enum sc_fate fate)
{
    const sipcheck_message *message = sc_engine_pointed_at(engine, subject->message);
    switch (fate) {
    case SC_FATE_NA:
        return sc_verdict_of(SC_ABSENT, SC_MISSING_NOTHING);
    case SC_FATE_KEPT:
        return sc_verdict_of(SC_TRUE, SC_MISSING_NOTHING);
    case SC_FATE_BROKEN:
        return sc_judge_broken_rule(rule, subject->context, engine->scratch, message);
    default:
        return sc_judge_assertion(rule, subject->context, engine->scratch, message);
    }
}

static void give(sipcheck *engine, uint16_t rule, sc_judgement judgement)
{
    if (judgement.verdict == SIPCHECK_FAIL && sc_engine_author_unseen(engine, rule))
        judgement = (sc_judgement){ .verdict = SIPCHECK_UNKNOWN, .missing = SC_MISSING_AUTHOR };
    if (sc_engine_wants(engine, judgement.verdict))
        sc_engine_give(engine, rule, &judgement, NULL);
    else if (judgement.verdict != SIPCHECK_NA)
        sc_engine_count(engine, rule, judgement.verdict);
}

static void judge_entry(sipcheck *engine, const sc_subject *subject, const sc_plan_entry *entry)
{
    sc_result applies = still_applies(engine, subject, entry);
    if (applies.outcome == SC_FALSE) return;
    give(engine, entry->rule,
         applies.outcome != SC_TRUE ? sc_verdict_of(applies.outcome, applies.missing)
                                    : judged(engine, subject, engine->rules->by_id[entry->rule],
                                             (enum sc_fate)entry->fate));
}

/* Of the first pattern that the message is like. */
static enum sc_fate fate_by(const sc_plan_sign *sign, unsigned count,
                            const sc_marks lines[SC_LINES_ANY])
{
    bool like = true;
    for (const sc_plan_sign *end = sign + count; sign < end; sign++) {
        like = like && sc_mark_in(&lines[sign->lines], sign->mark);
        if (sign->fate == SC_FATE_ASKED) continue;
        if (like) return (enum sc_fate)sign->fate;
        like = true;
    }
    return SC_FATE_ASKED;
}

/* What all entries of a group ask first. */
static bool shared_holds(const sipcheck *engine, const sc_subject *subject,
                         const sc_plan_entry *entry)
{
    const sc_program *condition = engine->rules->by_id[entry->rule]->applies;
    for (unsigned known = entry->known; known & 1; known >>= 1)
        condition = condition->next;
    return sc_program_ask(condition, subject->context, engine->scratch).outcome != SC_FALSE;
}

static void judge_entries(sipcheck *engine, const sc_subject *subject, const sc_plan_group *group,
                          const sc_plan_entry *entry, enum sc_fate fate)
{
    const sc_plan_entry *end = entry + group->entries;
    if (fate == SC_FATE_NA) return;
    if (fate != SC_FATE_ASKED) {
        for (; entry < end; entry++)
            give(engine, entry->rule,
                 judged(engine, subject, engine->rules->by_id[entry->rule], fate));
        return;
    }
    if (group->shared && !shared_holds(engine, subject, entry)) return;
    for (; entry < end; entry++)
        judge_entry(engine, subject, entry);
}

static void judge_pattern(sipcheck *engine, const sc_subject *subject, sc_plan_pattern *pattern,
                          const sc_marks lines[SC_LINES_ANY])
{
    const void *at = pattern + 1;
    pattern->unlike++;
    for (unsigned i = 0; i < pattern->groups; i++) {
        const sc_plan_group *group = at;
        const sc_plan_sign *signs = (const void *)(group + 1);
        const sc_plan_entry *entries = (const void *)(signs + group->signs);
        judge_entries(engine, subject, group, entries, fate_by(signs, group->signs, lines));
        at = entries + group->entries;
    }
}

/* The words of marks that break some pattern, as bits, and what of them does. */
static uint32_t broken_words(const sc_plan *plan, const sc_marks lines[SC_LINES_ANY],
                             sc_marks broken[SC_LINES_ANY])
{
    uint32_t words = 0;
    for (unsigned i = 0; i < SC_LINES_ANY * SC_MARK_WORDS; i++) {
        unsigned k = i / SC_MARK_WORDS, w = i % SC_MARK_WORDS;
        uint64_t left = lines[k].word[w] & plan->breaks[k].word[w];
        broken[k].word[w] = left;
        words |= (uint32_t)(left != 0) << i;
    }
    return words;
}

static sc_pattern_set broken_patterns(const sc_plan *plan, const sc_marks lines[SC_LINES_ANY])
{
    sc_pattern_set broken = { { 1 } };
    sc_marks marks[SC_LINES_ANY];
    for (uint32_t words = broken_words(plan, lines, marks); words != 0;) {
        unsigned i = (unsigned)__builtin_ctz(words), k = i / SC_MARK_WORDS, w = i % SC_MARK_WORDS;
        uint64_t left = marks[k].word[w];
        const sc_pattern_set *row = sc_plan_row(plan, k, w, left & -left);
        marks[k].word[w] = left &= left - 1;
        words &= ~((uint32_t)(left == 0) << i);
        for (size_t j = 0; j < SC_PATTERN_WORDS; j++)
            broken.word[j] |= row->word[j];
    }
    return broken;
}

/* Their numbers; the machine is told to fetch them meanwhile. */
static size_t list_patterns(sc_plan *plan, const sc_pattern_set *set,
                            uint8_t numbers[SC_PLAN_PATTERNS_MAX])
{
    size_t count = 0;
    for (unsigned w = 0; w < SC_PATTERN_WORDS; w++)
        for (uint64_t left = set->word[w]; left != 0; left &= left - 1) {
            numbers[count] = (uint8_t)(w * 64 + (unsigned)__builtin_ctzll(left));
            __builtin_prefetch(sc_plan_pattern_of(plan, numbers[count++]));
        }
    return count;
}

static void judge_by(sipcheck *engine, const sc_subject *subject, sc_plan *plan)
{
    sc_marks lines[SC_LINES_ANY];
    uint8_t numbers[SC_PLAN_PATTERNS_MAX];
    for (size_t i = 0; i < SC_PLAN_HEAD; i += 64)
        __builtin_prefetch((const uint8_t *)plan + i);
    note_lines(engine, subject->context->slots[0].record, lines);
    const sc_pattern_set broken = broken_patterns(plan, lines);
    size_t count = list_patterns(plan, &broken, numbers);
    plan->seen++;
    for (size_t i = 0; i < count; i++)
        judge_pattern(engine, subject, sc_plan_pattern_of(plan, numbers[i]), lines);
}

bool sc_judge_by_plan(sipcheck *engine, const sc_subject *subject)
{
    bool each = engine->verdicts & (1u << SIPCHECK_PASS | 1u << SIPCHECK_NA);
    sc_plan *plan = each ? NULL : plan_of(engine, subject);
    if (plan != NULL) judge_by(engine, subject, plan);
    return plan != NULL;
}

uint64_t sc_engine_planned_passes(const sipcheck *engine, size_t rule)
{
    uint64_t passes = 0;
    for (size_t i = 0; i < SC_PLANS_MAX && engine->plan_sample_next > 0; i++)
        if (engine->plans[i].plan != NULL) passes += sc_plan_passes(engine->plans[i].plan, rule);
    return passes;
}
