/* SPDX-License-Identifier: MIT */
/* The rules of several messages that are judged at an event. */
#include "engine/sequence.h"

#include <string.h>

/* Of what the message is compared with, a proxy may have changed what was seen of it: the copy that
 * its author sent was not. */
static bool is_other_copy(sipcheck *engine, const sc_sequence_rule *entry, const sc_case *c)
{
    static const enum sc_name before[] = { SC_NAME_PREVIOUS, SC_NAME_PREVIOUS_OFFER };
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        const sc_kept *kept = c->bound.event->bound[before[i]];
        if (kept == NULL || !(entry->slots >> before[i] & 1)) continue;
        const sc_read *read = sc_read_kept(engine, kept, false);
        if (read == NULL || sc_case_author_unseen(c->rule, read)) return true;
    }
    return false;
}

static sc_judgement asserted(sipcheck *engine, const sc_sequence_rule *entry, const sc_case *c,
                             const sc_context *context)
{
    if (sc_are_alike(&entry->alike, context)) return (sc_judgement){ .verdict = SIPCHECK_PASS };
    sc_judgement ret = sc_judge_assertion(c->rule, context, engine->scratch, c->about->message);
    if (ret.verdict == SIPCHECK_FAIL &&
        (sc_case_author_unseen(c->rule, c->about) || is_other_copy(engine, entry, c)))
        ret = (sc_judgement){ .verdict = SIPCHECK_UNKNOWN, .missing = SC_MISSING_AUTHOR };
    if (ret.verdict == SIPCHECK_FAIL && sc_case_may_be_stateless(engine, c->rule, c->bound.event))
        ret = (sc_judgement){ .verdict = SIPCHECK_UNKNOWN, .missing = SC_MISSING_STATE };
    return ret;
}

/* It applies: what follows from that. false: that is to be seen. */
static bool decide(sipcheck *engine, const sc_sequence_rule *entry, const sc_case *c,
                   const sc_context *context, sc_judgement *ret)
{
    const sc_rule *rule = c->rule;
    enum sc_missing missing = SC_MISSING_VANTAGE;
    bool seen = sc_case_in_sight(engine, rule, c->about);
    if (seen && rule->assertion != NULL) {
        *ret = asserted(engine, entry, c, context);
        if (ret->verdict != SIPCHECK_FAIL || !rule->expect.swapped) return true;
    }
    if (seen && sc_wait_set(engine, entry, c->bound.event, c->about, &missing)) return false;
    *ret = (sc_judgement){ .verdict = SIPCHECK_UNKNOWN, .missing = missing };
    return true;
}

static sc_case case_of(const sipcheck *engine, const sc_sequence_rule *entry, const sc_event *event,
                       sc_read *about)
{
    const sc_rule *rule = engine->rules->by_id[entry->rule];
    return (sc_case){ .index = entry->rule,
                      .rule = rule,
                      .bound = { .event = event, .machine = rule->machine },
                      .about = about };
}

/* It does not apply: that is counted by the bunch already. */
static void leave_out(sipcheck *engine, const sc_sequence_rule *entry, const sc_event *event,
                      sc_read *about)
{
    if (!sc_engine_wants(engine, SIPCHECK_NA)) return;
    const sc_judgement judgement = { .verdict = SIPCHECK_NA };
    const sc_case c = case_of(engine, entry, event, about);
    sc_case_keep(engine, &c, &judgement, true);
}

static void judge_rule(sipcheck *engine, const sc_sequence_rule *entry, const sc_event *event,
                       sc_read *about)
{
    sc_sequence *s = engine->sequence;
    const sc_rule *rule = engine->rules->by_id[entry->rule];
    const sc_bound bound = { .event = event, .machine = entry->machine };
    sc_slots_fill(engine, &bound, entry->applies_slots, entry->applies_body);
    const sc_context context = { .slots = s->slots,
                                 .slot_count = SC_SLOT_COUNT,
                                 .answers = s->answers,
                                 .of_messages = s->of_messages };
    sc_judgement judgement = sc_judge_kept_rule(rule, &context, engine->scratch);
    if (judgement.verdict == SIPCHECK_NA) {
        leave_out(engine, entry, event, about);
        return;
    }
    engine->counts[entry->rule].verdict[SIPCHECK_NA]--;
    const sc_case c = case_of(engine, entry, event, about);
    if (judgement.verdict == SIPCHECK_PASS) {
        sc_slots_fill(engine, &bound, entry->slots, entry->reads_body);
        if (!decide(engine, entry, &c, &context, &judgement)) return;
    }
    sc_case_give(engine, &c, &judgement, true);
}

static void judge_bunch(sipcheck *engine, sc_bunch *bunch, const sc_event *event, sc_read *about)
{
    const sc_sequence_rule *rules = &engine->sequence->rules[bunch->first];
    uint64_t left = sc_bunch_left(engine, bunch, event, about);
    bunch->events++;
    uint64_t out = sc_engine_wants(engine, SIPCHECK_NA) ? sc_bunch_all(bunch) & ~left : 0;
    for (; out != 0; out &= out - 1)
        leave_out(engine, &rules[__builtin_ctzll(out)], event, about);
    for (; left != 0; left &= left - 1)
        judge_rule(engine, &rules[__builtin_ctzll(left)], event, about);
}

static bool is_wanted(sipcheck *engine, sc_read *read)
{
    const sipcheck_filter *filter = engine->options.filter;
    if (filter == NULL) return true;
    if (sc_filter_reads_body(filter) && sc_read_kept(engine, read->kept, true) == NULL)
        return false;
    return sc_filter_match(filter, &read->observed, engine->scratch);
}

void sc_judge_event(sipcheck *engine, const sc_event *event)
{
    sc_sequence *s = engine->sequence;
    unsigned list = sc_list_of(event->scope, event->kind);
    if (s->lists[list] < s->lists[list + 1]) {
        sc_read *about = sc_read_of(engine, event);
        memset(s->answers, 0, engine->rules->event_answer_count * sizeof *s->answers);
        bool wanted = about != NULL && is_wanted(engine, about);
        for (uint16_t i = s->lists[list]; wanted && i < s->lists[list + 1]; i++)
            judge_bunch(engine, &s->bunches[i], event, about);
    }
    if (event->kind == SC_EVENT_END) sc_waits_end(engine, event->object);
}
