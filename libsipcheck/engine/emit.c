/* SPDX-License-Identifier: MIT */
/* From verdicts to findings: order, words, waivers. */
#include <stdio.h>
#include <string.h>

#include "engine/internal.h"

/* --- order: offset, then rule id (the set is sorted by it), then as they came */

static bool comes_before(const sc_pending *a, const sc_pending *b)
{
    return a->judgement.offset != b->judgement.offset ? a->judgement.offset < b->judgement.offset
                                                      : a->rule < b->rule;
}

/* Few findings, mostly in order already; and qsort may allocate. */
static void sort_pending(sipcheck *engine)
{
    for (size_t i = 1; i < engine->pending_count; i++) {
        sc_pending moved = engine->pending[i];
        size_t at = i;
        for (; at > 0 && comes_before(&moved, &engine->pending[at - 1]); at--)
            engine->pending[at] = engine->pending[at - 1];
        engine->pending[at] = moved;
    }
}

/* --- waivers */

static bool is_party(const sc_waived *party, const sipcheck_address_port *address)
{
    return address != NULL && party->family == address->family &&
           memcmp(party->bytes, address->bytes, party->family == 4 ? 4 : 16) == 0 &&
           (party->port == 0 || party->port == address->port);
}

/* Every waiver that covers a finding is used, not only the first. */
static bool is_waived(sipcheck *engine, const char *rule, const sipcheck_address_port *culprit)
{
    bool waived = false;
    sc_waiver_walk walk = { 0 };
    const sc_waiver *waiver;
    for (size_t i = 0; (waiver = sc_waiver_next(engine->rules, &walk)) != NULL; i++) {
        if (!sc_waiver_expired(engine->rules, waiver) && is_party(&waiver->party, culprit) &&
            sc_pattern_match(waiver->rule, rule)) {
            engine->waiver_used[i] = true;
            waived = true;
        }
    }
    return waived;
}

/* --- findings */

static sipcheck_slice call_id_of(const sipcheck_message *message)
{
    const sipcheck_value *first = message != NULL ? message->values[SIPCHECK_HEADER_CALL_ID] : NULL;
    return first != NULL ? first->raw : (sipcheck_slice){ 0 };
}

static const char *write_vantage(sipcheck *engine, const sipcheck_address_port *beside)
{
    char address[SIPCHECK_ADDRESS_TEXT];
    snprintf(engine->text, sizeof engine->text, "the capture was not taken beside %s",
             sipcheck_address_text(beside, address));
    return engine->text;
}

static void write_texts(sipcheck *engine, const sc_pending *pending, const sc_subject *subject,
                        sipcheck_finding *finding)
{
    const sc_rule *rule = engine->rules->by_id[pending->rule];
    if (pending->fault != NULL) {
        sc_fault_text(pending->fault, subject->message, engine->text, sizeof engine->text);
        finding->text = engine->text;
        finding->fix = rule->pub.fix;
        return;
    }
    finding->text = sc_judgement_text(rule, &pending->judgement, subject->context, engine->scratch,
                                      engine->text, sizeof engine->text);
    if (pending->judgement.missing == SC_MISSING_VANTAGE && subject->beside != NULL)
        finding->text = write_vantage(engine, subject->beside);
    if (pending->judgement.verdict == SIPCHECK_FAIL) {
        finding->fix = sc_template_text(rule->fix, subject->context, engine->scratch, engine->fix,
                                        sizeof engine->fix);
    }
}

void sc_engine_emit_one(sipcheck *engine, const sc_pending *pending, const sc_subject *subject)
{
    const sipcheck_rule *rule = &engine->rules->by_id[pending->rule]->pub;
    enum sipcheck_verdict verdict = pending->judgement.verdict;
    bool waived = verdict == SIPCHECK_FAIL && is_waived(engine, rule->id, subject->culprit);
    if (!(engine->verdicts & 1u << verdict)) return;
    sipcheck_finding finding = {
        .rule = rule,
        .verdict = verdict,
        .severity = rule->severity,
        .packet = subject->packet,
        .message_parsed = subject->message,
        .call_id = call_id_of(subject->message),
        .culprit = subject->culprit,
        .role = (enum sipcheck_role)subject->role,
        .offset = pending->judgement.offset,
        .length = pending->judgement.length,
        .text = "",
        .fix = "",
        .related = subject->related,
        .related_count = subject->related_count,
        .fault = pending->fault,
        .waived = waived,
        .due = engine->due,
        .group = engine->group,
    };
    if (engine->options.wants_texts == NULL ||
        engine->options.wants_texts(engine->options.user, &finding))
        write_texts(engine, pending, subject, &finding);
    engine->options.on_finding(engine->options.user, &finding);
}

static bool is_beside(const sc_pending *a, const sc_pending *b)
{
    return a->rule == b->rule && a->judgement.offset == b->judgement.offset &&
           a->judgement.length == b->judgement.length && a->event != NULL && b->event != NULL;
}

static uint64_t words_of(sipcheck *engine, sc_pending *pending)
{
    if (pending->words == 0) pending->words = sc_sequence_words(engine, pending);
    return pending->words;
}

/* One message may be what several expectations forbid, and be a single fault. */
static bool was_said(sipcheck *engine, size_t index)
{
    sc_pending *pending = &engine->pending[index];
    if (pending->judgement.verdict != SIPCHECK_FAIL) return false;
    for (sc_pending *p = pending; p-- > engine->pending && is_beside(p, pending);)
        if (p->judgement.verdict == SIPCHECK_FAIL &&
            words_of(engine, p) == words_of(engine, pending))
            return true;
    return false;
}

void sc_engine_emit(sipcheck *engine, const sc_subject *subject)
{
    if (engine->pending_count == 0) return;
    sc_subject fed = { 0 };
    if (subject != NULL) fed = *subject;
    if (subject != NULL)
        fed.role = sc_role_told(engine, &subject->packet->src, subject->message, engine->passed_on);
    sort_pending(engine);
    for (size_t i = 0; i < engine->pending_count; i++) {
        const sc_pending *pending = &engine->pending[i];
        if (was_said(engine, i)) continue;
        if (pending->event != NULL)
            sc_sequence_emit(engine, pending);
        else
            sc_engine_emit_one(engine, pending, &fed);
    }
    engine->pending_count = 0;
}

/* --- notices about waivers: findings without a message */

static void emit_waiver(sipcheck *engine, enum sc_own_rule own, const sc_waiver *waiver)
{
    static const sipcheck_packet no_packet = { .bytes = (const uint8_t *)"" };
    size_t index = engine->rules->own_rule[own];
    const sipcheck_rule *rule = &engine->rules->by_id[index]->pub;
    if (!rule->enabled) return;
    engine->counts[index].verdict[SIPCHECK_FAIL]++;
    if (!(engine->verdicts & 1u << SIPCHECK_FAIL)) return;
    sipcheck_address_port party = { .family = waiver->party.family, .port = waiver->party.port };
    memcpy(party.bytes, waiver->party.bytes, sizeof party.bytes);
    snprintf(engine->text, sizeof engine->text,
             "waiver of %s for %s, owner %s, until %s: %s (%s line %u)", waiver->rule,
             waiver->party_text, waiver->owner, waiver->expires, waiver->reason, waiver->place.file,
             waiver->place.line);
    const sipcheck_finding finding = { .rule = rule,
                                       .verdict = SIPCHECK_FAIL,
                                       .severity = rule->severity,
                                       .packet = &no_packet,
                                       .culprit = &party,
                                       .due = UINT64_MAX,
                                       .text = engine->text,
                                       .fix = rule->fix };
    engine->options.on_finding(engine->options.user, &finding);
}

void sc_engine_notices(sipcheck *engine)
{
    sc_waiver_walk walk = { 0 };
    const sc_waiver *waiver;
    for (size_t i = 0; (waiver = sc_waiver_next(engine->rules, &walk)) != NULL; i++)
        if (sc_waiver_expired(engine->rules, waiver))
            emit_waiver(engine, SC_OWN_WAIVER_EXPIRED, waiver);
        else if (!engine->waiver_used[i])
            emit_waiver(engine, SC_OWN_WAIVER_UNUSED, waiver);
}
