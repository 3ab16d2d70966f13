/* SPDX-License-Identifier: MIT */
/* What must follow an event, or must not. docs/sequence-rules.md has the table of what decides. */
#include "engine/sequence.h"
#include "rules/program.h"

static sc_judgement verdict(enum sipcheck_verdict verdict, enum sc_missing missing)
{
    return (sc_judgement){ .verdict = verdict, .missing = missing };
}

static const sc_rule *rule_of(const sipcheck *engine, const sc_wait *wait)
{
    return engine->rules->by_id[wait->rule];
}

/* --- setting */

/* Segments of a stream that come early wait so long for what is missing, so that a message may be
 * handed on after later ones, with its own time (docs/captures.md). */
static const uint64_t late_ns = UINT64_C(10000000000);

static uint64_t later(uint64_t moment, uint64_t by)
{
    return moment > UINT64_MAX - by ? UINT64_MAX : moment + by;
}

/* When the event was; by the engine's time where the capture's clock went back. */
static uint64_t moment_of(const sc_sequence *s, const sc_read *about)
{
    uint64_t ns = about->packet->ns;
    return later(ns, late_ns) < s->now_ns ? s->now_ns : ns;
}

/* The moment up to which it may come; false: it can't be told. */
static bool deadline_of(sipcheck *engine, const sc_sequence_rule *rule, const sc_event *event,
                        const sc_read *about, uint64_t *ret, enum sc_missing *missing)
{
    const sc_expectation *expect = &engine->rules->by_id[rule->rule]->expect;
    const sc_program *within = expect->within;
    *ret = UINT64_MAX;
    if (expect->swapped)
        *ret = later(moment_of(engine->sequence, about), engine->rules->parameters.reorder);
    if (within == NULL) return true;
    const sc_bound bound = { .event = event };
    const sc_context context = sc_slots_fill(engine, &bound, rule->slots, rule->reads_body);
    const sc_value *v = sc_run(within, &context, engine->scratch);
    *missing = v->state == SC_UNKNOWN_VALUE ? (enum sc_missing)v->missing : SC_MISSING_NUMBER;
    if (v->state != SC_VALUE || v->number < 0) return false;
    *ret = later(moment_of(engine->sequence, about), (uint64_t)v->number);
    return true;
}

bool sc_wait_set(sipcheck *engine, const sc_sequence_rule *rule, const sc_event *event,
                 const sc_read *about, enum sc_missing *missing)
{
    uint64_t deadline;
    if (!deadline_of(engine, rule, event, about, &deadline, missing)) return false;
    bool datagrams = about->packet->transport == SIPCHECK_TRANSPORT_UDP;
    *missing = SC_MISSING_MEMORY;
    sc_wait *wait = sc_wait_new(engine, event, datagrams ? deadline : later(deadline, late_ns));
    if (wait == NULL) {
        engine->sequence->group->refused++;
        return false;
    }
    wait->rule = rule->rule;
    wait->deadline = deadline;
    wait->begun_ns = engine->sequence->now_ns;
    return true;
}

/* --- deciding */

/* About the message that set it. What failed at once is related to what it was compared with. */
static void settle(sipcheck *engine, sc_wait *wait, sc_judgement judgement)
{
    const sc_rule *rule = rule_of(engine, wait);
    const sc_bound bound = { .event = &wait->event };
    sc_reads_trim(engine->sequence);
    const sc_case c = { wait->rule, rule, bound, sc_read_of(engine, &wait->event),
                        rule->expect.swapped ? NULL : wait };
    if (judgement.verdict == SIPCHECK_FAIL && c.about != NULL) {
        const sc_context context = sc_slots_fill(engine, &bound, UINT64_MAX, true);
        judgement = sc_judgement_at(rule, &context, engine->scratch, c.about->message);
    }
    if (c.about != NULL) sc_case_give(engine, &c, &judgement, false);
    sc_wait_take(engine, wait);
}

/* Why what did not come may have come; SC_MISSING_NOTHING: it did not. */
static enum sc_missing doubt(const sc_sequence *s, const sc_wait *wait, bool swapped)
{
    const sc_object *object = wait->event.object;
    bool lost = (object->began_unseen && !swapped) || sc_lost_since(s, object, wait->begun_ns);
    return lost ? SC_MISSING_LOST : SC_MISSING_NOTHING;
}

/* What releases from the expectation may have come before what must not come. */
static bool may_be_released(const sipcheck *engine, const sc_wait *wait)
{
    return rule_of(engine, wait)->expect.unless != 0 &&
           sc_lost_since(engine->sequence, wait->event.object, wait->begun_ns);
}

/* A proxy that sent the request on can't answer it before a branch is answered (RFC 4320 §4.2). */
static bool waits_for_others(const sc_rule *rule, const sc_event *event)
{
    const sc_transaction *t = (const sc_transaction *)(const void *)event->object;
    return rule->pub.scope == SIPCHECK_SCOPE_TRANSACTION &&
           rule->expect.events == 1u << SC_EVENT_FINAL && t->hop != NULL && t->hop->waiting > 0;
}

/* A proxy may stand where the rule binds none: who received it need not be whom the rule binds. */
static enum sc_missing doubt_about_other(const sc_rule *rule, const sc_event *event,
                                         const sc_read *about)
{
    if (rule->pub.binds & SIPCHECK_ROLE_PROXY && waits_for_others(rule, event))
        return SC_MISSING_ROLE;
    if (about != NULL && sc_case_awaits_other(rule) && sc_may_be_dropped(about->message))
        return SC_MISSING_TAKEN;
    bool told = rule->pub.binds & SIPCHECK_ROLE_PROXY || !sc_case_awaits_other(rule) ||
                about == NULL || about->message->is_response;
    return told ? SC_MISSING_NOTHING : SC_MISSING_ROLE;
}

/* An assertion that waited for its doubt has failed already, whoever was reached since. */
static enum sc_missing doubt_about_ends(sipcheck *engine, const sc_wait *wait)
{
    const sc_rule *rule = rule_of(engine, wait);
    const sc_read *about = sc_read_of(engine, &wait->event);
    bool unreached = about != NULL && !rule->expect.swapped &&
                     sc_unreached_since(engine->sequence, about->packet, wait->begun_ns);
    return unreached ? SC_MISSING_REACHED : doubt_about_other(rule, &wait->event, about);
}

/* It did not come. */
static void settle_absent(sipcheck *engine, sc_wait *wait)
{
    const sc_rule *rule = rule_of(engine, wait);
    enum sc_missing missing = doubt(engine->sequence, wait, rule->expect.swapped);
    enum sipcheck_verdict absent = rule->expect.no ? SIPCHECK_PASS : SIPCHECK_FAIL;
    if (missing == SC_MISSING_NOTHING && absent == SIPCHECK_FAIL)
        missing = doubt_about_ends(engine, wait);
    if (missing == SC_MISSING_NOTHING && absent == SIPCHECK_FAIL && !rule->expect.swapped &&
        sc_case_stateless_awaited(engine, rule, &wait->event))
        missing = SC_MISSING_STATE;
    settle(engine, wait,
           missing != SC_MISSING_NOTHING ? verdict(SIPCHECK_UNKNOWN, missing)
                                         : verdict(absent, SC_MISSING_NOTHING));
}

/* What must not come has come: a finding about that message. */
static void settle_came(sipcheck *engine, sc_wait *wait, const sc_event *next, sc_read *fed)
{
    const sc_rule *rule = rule_of(engine, wait);
    const sc_bound bound = { .event = &wait->event, .next = next };
    const sc_case c = { wait->rule, rule, bound, fed, NULL };
    sc_judgement judgement = verdict(SIPCHECK_NA, SC_MISSING_NOTHING);
    if (sc_case_author_unseen(rule, fed)) {
        judgement = verdict(SIPCHECK_UNKNOWN, SC_MISSING_AUTHOR);
    } else if (!sc_case_sees_sender(engine, rule, fed)) {
        judgement = verdict(SIPCHECK_UNKNOWN, SC_MISSING_VANTAGE);
    } else if (may_be_released(engine, wait)) {
        judgement = verdict(SIPCHECK_UNKNOWN, SC_MISSING_LOST);
    } else if (sc_case_may_be_stateless(engine, rule, next)) {
        judgement = verdict(SIPCHECK_UNKNOWN, SC_MISSING_STATE);
    } else if (!sc_case_excuses(rule, fed)) {
        const sc_context context = sc_slots_fill(engine, &bound, UINT64_MAX, true);
        judgement = sc_judgement_at(rule, &context, engine->scratch, fed->message);
    }
    sc_case_give(engine, &c, &judgement, true);
    sc_wait_take(engine, wait);
}

static sc_result meets(sipcheck *engine, const sc_wait *wait, const sc_event *next)
{
    const sc_program *where = rule_of(engine, wait)->expect.where;
    const sc_bound bound = { .event = &wait->event, .next = next };
    if (where == NULL) return (sc_result){ SC_TRUE, SC_MISSING_NOTHING };
    const sc_context context =
        sc_slots_fill(engine, &bound, sc_program_slots(where), sc_program_reads_body(where));
    return sc_program_eval(where, &context, engine->scratch);
}

static void hear(sipcheck *engine, sc_wait *wait, const sc_event *event, sc_read *fed)
{
    const sc_expectation *expect = &rule_of(engine, wait)->expect;
    sc_result met = { SC_FALSE, SC_MISSING_NOTHING };
    if (expect->events >> event->kind & 1) met = meets(engine, wait, event);
    if (met.outcome == SC_UNKNOWN)
        settle(engine, wait, verdict(SIPCHECK_UNKNOWN, met.missing));
    else if (met.outcome == SC_TRUE && expect->no)
        settle_came(engine, wait, event, fed);
    else if (met.outcome == SC_TRUE && expect->swapped)
        settle(engine, wait, verdict(SIPCHECK_UNKNOWN, SC_MISSING_ORDER));
    else if (met.outcome == SC_TRUE)
        settle(engine, wait, verdict(SIPCHECK_PASS, SC_MISSING_NOTHING));
    else if (expect->unless >> event->kind & 1)
        settle(engine, wait, verdict(SIPCHECK_NA, SC_MISSING_NOTHING));
}

static void note_since(sc_wait *wait, uint64_t frame)
{
    bool noted = wait->since_count > 0 && wait->since[wait->since_count - 1] == frame;
    if (frame != 0 && !noted && wait->since_count < SC_SINCE_MAX)
        wait->since[wait->since_count++] = frame;
}

void sc_waits_hear(sipcheck *engine, const sc_event *event)
{
    sc_wait *following;
    for (sc_wait *wait = event->object->waits; wait != NULL; wait = following) {
        following = wait->next;
        sc_reads_trim(engine->sequence);
        sc_read *about = sc_read_of(engine, event);
        if (about == NULL) return;
        bool fed = about->kept == NULL;
        if (fed) note_since(wait, about->packet->frame);
        if (fed && about->packet->ns > wait->deadline)
            settle_absent(engine, wait);
        else
            hear(engine, wait, event, about);
    }
}

void sc_waits_end(sipcheck *engine, sc_object *object)
{
    while (object->waits != NULL)
        settle_absent(engine, object->waits);
}

void sc_waits_give_up(sipcheck *engine, sc_object *object, enum sc_missing missing)
{
    while (object->waits != NULL)
        settle(engine, object->waits, verdict(SIPCHECK_UNKNOWN, missing));
}

void sc_waits_fire(sipcheck *engine)
{
    settle_absent(engine, engine->sequence->group->heap[0]);
}

void sc_waits_finish(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    sc_wait *first = s->group->heap[0];
    sc_reads_reset(s);
    if (first->deadline < s->now_ns)
        settle_absent(engine, first);
    else
        settle(engine, first, verdict(SIPCHECK_UNKNOWN, SC_MISSING_END));
    sc_waits_release(engine);
}
