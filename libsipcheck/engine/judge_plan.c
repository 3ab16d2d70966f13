/* SPDX-License-Identifier: MIT */
/* Message rules by the plan of the message's class. */
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

static sc_plan *make_plan(sipcheck *engine, const sc_foresight *f)
{
    sc_plan_any any[SC_PLAN_ANY_MAX];
    sc_planner planner = {
        .allocator = &engine->allocator,
        .rules = engine->rules,
        .scratch = engine->scratch,
        .items = engine->plan_items,
        .passes = engine->plan_passes,
        .any = any,
    };
    return sc_plan_make(&planner, f, engine->passed_on);
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
    if (slot->plan == NULL && slot->credit >= SC_PLAN_AFTER) {
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

static void judge_entry(sipcheck *engine, const sc_subject *subject, const sc_plan_entry *entry)
{
    const sc_rule *rule = engine->rules->by_id[entry->rule];
    sc_result applies = still_applies(engine, subject, entry);
    if (applies.outcome == SC_FALSE) return;
    sc_judgement judgement =
        applies.outcome != SC_TRUE || entry->kept
            ? sc_verdict_of(applies.outcome, applies.missing)
            : sc_judge_assertion(rule, subject->context, engine->scratch, subject->message);
    if (judgement.verdict == SIPCHECK_PASS) {
        sc_engine_count(engine, entry->rule, SIPCHECK_PASS);
        return;
    }
    if (judgement.verdict == SIPCHECK_FAIL && sc_engine_author_unseen(engine, entry->rule))
        judgement = (sc_judgement){ .verdict = SIPCHECK_UNKNOWN, .missing = SC_MISSING_AUTHOR };
    sc_engine_give(engine, entry->rule, &judgement, NULL);
}

static void judge_list(sipcheck *engine, const sc_subject *subject, const sc_plan *plan,
                       const sc_plan_list *list)
{
    const sc_plan_group *group = plan->groups + list->first;
    for (uint32_t i = 0; i < list->count; i++, group++) {
        if (group->condition != NULL) {
            sc_result result = sc_program_ask(group->condition, subject->context, engine->scratch);
            if (result.outcome == SC_FALSE) continue;
        }
        for (uint32_t k = 0; k < group->count; k++)
            judge_entry(engine, subject, &plan->entries[group->first + k]);
    }
}

static void judge_sent(sipcheck *engine, const sc_subject *subject, sc_plan *plan, unsigned mark,
                       enum sc_lines lines)
{
    plan->lines[lines][mark]++;
    judge_list(engine, subject, plan, &plan->lists[lines][mark]);
}

static void judge_by_any(sipcheck *engine, const sc_subject *subject, const sc_plan *plan,
                         sc_plan_any *any, const sc_marks *sent, const sc_marks *once)
{
    uint64_t met = 0;
    for (unsigned w = 0; w < SC_MARK_WORDS; w++)
        met |= (any->none.word[w] & sent->word[w]) | (any->once.word[w] & ~once->word[w]);
    if (met == 0) return;
    any->asked++;
    judge_list(engine, subject, plan, &any->list);
}

static void judge_by(sipcheck *engine, const sc_subject *subject, sc_plan *plan)
{
    sc_marks sent, more, once;
    sc_note_marks(subject->context->slots[0].record, &sent, &more);
    for (unsigned w = 0; w < SC_MARK_WORDS; w++)
        once.word[w] = sent.word[w] & ~more.word[w];
    plan->seen++;
    judge_list(engine, subject, plan, &plan->always);
    for (size_t i = 0; i < plan->any_count; i++)
        judge_by_any(engine, subject, plan, &plan->any[i], &sent, &once);
    for (unsigned w = 0; w < SC_MARK_WORDS; w++) {
        uint64_t left = sent.word[w] & plan->noticed.word[w];
        for (; left != 0; left &= left - 1) {
            unsigned at = (unsigned)__builtin_ctzll(left);
            bool several = more.word[w] >> at & 1;
            judge_sent(engine, subject, plan, w * 64 + at, several ? SC_LINES_MORE : SC_LINES_ONE);
        }
        left = ~sent.word[w] & plan->missed.word[w];
        for (; left != 0; left &= left - 1) {
            unsigned mark = w * 64 + (unsigned)__builtin_ctzll(left);
            judge_list(engine, subject, plan, &plan->lists[SC_LINES_NONE][mark]);
        }
    }
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
    for (size_t i = 0; i < SC_PLANS_MAX; i++)
        if (engine->plans[i].plan != NULL) passes += sc_plan_passes(engine->plans[i].plan, rule);
    return passes;
}
