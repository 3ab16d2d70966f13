/* SPDX-License-Identifier: MIT */
/* What an engine counted, alone or for others that share its groups. */
#include "engine/sequence.h"

uint64_t sipcheck_message_count(const sipcheck *engine)
{
    return engine->messages;
}

uint64_t sipcheck_cut_count(const sipcheck *engine)
{
    return engine->cut;
}

uint64_t sipcheck_unjudged_count(const sipcheck *engine)
{
    return engine->unjudged;
}

static void add_sequences(sipcheck_sequence_counts *sum, const sipcheck_sequence_counts *more)
{
    sum->tracked = sum->tracked || more->tracked;
    sum->transactions += more->transactions;
    sum->dialogs += more->dialogs;
    sum->sessions += more->sessions;
    sum->registrations += more->registrations;
    sum->subscriptions += more->subscriptions;
    sum->hops += more->hops;
    sum->evicted += more->evicted;
    sum->refused += more->refused;
    sum->memory += more->memory;
    sum->memory_most += more->memory_most;
}

sipcheck_sequence_counts sipcheck_sequences(const sipcheck *engine)
{
    sipcheck_sequence_counts counts = engine->joined;
    if (engine->sequence == NULL) return counts;
    const sipcheck_sequence_counts own = sc_sequence_counts(engine);
    add_sequences(&counts, &own);
    return counts;
}

/* Passes of a rule of messages that were not counted one by one. */
static uint64_t passes_besides(const sipcheck *engine, size_t rule)
{
    return engine->rules->by_id[rule]->pub.syntax ? sc_engine_clean_passes(engine, rule)
                                                  : sc_engine_planned_passes(engine, rule);
}

sipcheck_counts sipcheck_rule_counts(const sipcheck *engine, size_t index)
{
    if (index >= engine->rules->count || !engine->rules->by_id[index]->pub.enabled)
        return (sipcheck_counts){ { 0 } };
    sipcheck_counts counts = engine->counts[index];
    const sc_rule *rule = engine->rules->by_id[index];
    if (rule->pub.scope != SIPCHECK_SCOPE_MESSAGE) {
        counts.verdict[SIPCHECK_NA] += sc_bunches_events(engine, index);
        return counts;
    }
    uint64_t passes = passes_besides(engine, index);
    counts.verdict[SIPCHECK_PASS] += passes;
    counts.verdict[SIPCHECK_NA] += passes;
    bool judged = rule->pub.syntax || rule->assertion != NULL;
    counts.verdict[SIPCHECK_NA] = judged ? engine->judged - counts.verdict[SIPCHECK_NA] : 0;
    return counts;
}

/* --- several engines */

void sipcheck_join(sipcheck *engine, const sipcheck *part)
{
    for (size_t rule = 0; rule < engine->rules->count; rule++) {
        for (unsigned v = 0; v < 4; v++)
            engine->counts[rule].verdict[v] += part->counts[rule].verdict[v];
        if (part->rules->by_id[rule]->pub.scope != SIPCHECK_SCOPE_MESSAGE) {
            engine->counts[rule].verdict[SIPCHECK_NA] += sc_bunches_events(part, rule);
            continue;
        }
        uint64_t passes = passes_besides(part, rule);
        engine->counts[rule].verdict[SIPCHECK_PASS] += passes;
        engine->counts[rule].verdict[SIPCHECK_NA] += passes;
    }
    for (size_t i = 0; i < sc_waiver_count(engine->rules); i++)
        engine->waiver_used[i] = engine->waiver_used[i] || part->waiver_used[i];
    engine->messages += part->messages;
    engine->judged += part->judged;
    engine->cut += part->cut;
    engine->unjudged += part->unjudged;
    const sipcheck_sequence_counts sequences = sipcheck_sequences(part);
    add_sequences(&engine->joined, &sequences);
}
