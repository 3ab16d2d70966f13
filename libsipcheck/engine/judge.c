/* SPDX-License-Identifier: MIT */
/* What syntax rules and message rules say about one message. */
#include <string.h>

#include "engine/internal.h"

/* --- syntax */

void sc_engine_give_clean(sipcheck *engine, size_t rule, enum sc_missing missing)
{
    if (engine->faulty[rule] == engine->messages) return;
    if (sc_engine_excuses(engine, rule)) return;
    if (!missing && !(engine->verdicts & 1u << SIPCHECK_PASS)) {
        sc_engine_count(engine, rule, SIPCHECK_PASS);
        return;
    }
    const sc_judgement judgement = { .verdict = missing ? SIPCHECK_UNKNOWN : SIPCHECK_PASS,
                                     .missing = missing };
    sc_engine_give(engine, rule, &judgement, NULL);
}

static void give_clean(sipcheck *engine, size_t rule, bool whole)
{
    sc_engine_give_clean(engine, rule, whole ? SC_MISSING_NOTHING : SC_MISSING_HEADERS);
}

static void give_own(sipcheck *engine, enum sc_own_rule own, bool whole)
{
    give_clean(engine, engine->rules->own_rule[own], whole);
}

/* The header line that the capture cut; header_count: none. */
static size_t cut_line(const sipcheck_message *message)
{
    bool open = message->cut && !message->headers_whole;
    return open && message->header_count > 0 ? message->header_count - 1 : message->header_count;
}

/* Headers, once each. */
typedef struct met {
    uint64_t bits[(SIPCHECK_HEADER_COUNT + 63) / 64];
} met;

static bool is_first(met *seen, unsigned header)
{
    uint64_t bit = (uint64_t)1 << (header % 64);
    bool first = !(seen->bits[header / 64] & bit);
    seen->bits[header / 64] |= bit;
    return first;
}

static void give_clean_headers(sipcheck *engine, const sipcheck_message *message)
{
    size_t open = cut_line(message);
    unsigned open_id = open < message->header_count ? message->headers[open].id : 0u;
    met seen = { { 1u << SIPCHECK_HEADER_UNKNOWN } };
    for (size_t i = 0; i < message->header_count; i++) {
        unsigned id = message->headers[i].id;
        if (is_first(&seen, id)) give_clean(engine, engine->rules->header_rule[id], id != open_id);
    }
}

static void give_clean_parts(sipcheck *engine, const sipcheck_message *message)
{
    bool whole = !message->cut || message->headers_whole;
    bool line = whole || message->header_count > 0; /* the start line is not the cut one */
    if (message->is_request) give_own(engine, SC_OWN_REQUEST_LINE, line);
    if (message->is_response) give_own(engine, SC_OWN_STATUS_LINE, line);
    if (message->is_request || message->is_response) give_own(engine, SC_OWN_START_LINE, true);
    give_own(engine, SC_OWN_LINE_END, whole);
    give_own(engine, SC_OWN_HEADER_LINE, whole);
    give_own(engine, SC_OWN_EMPTY_LINE, whole);
}

/* Why nobody is blamed for it. SC_MISSING_NOTHING: the sender is. */
static enum sc_missing excuse_of(const sipcheck *engine, const sipcheck_message *message,
                                 const sipcheck_fault *fault, size_t rule)
{
    if (sc_may_be_copied(message, fault)) return SC_MISSING_SOURCE;
    return sc_engine_author_unseen(engine, rule) ? SC_MISSING_AUTHOR : SC_MISSING_NOTHING;
}

static void give_unknown(sipcheck *engine, size_t rule, enum sc_missing missing)
{
    const sc_judgement judgement = { .verdict = SIPCHECK_UNKNOWN, .missing = missing };
    if (engine->faulty[rule] != engine->messages) sc_engine_give(engine, rule, &judgement, NULL);
}

static void give_fault(sipcheck *engine, size_t rule, const sipcheck_fault *fault)
{
    const sc_judgement judgement = { .verdict = SIPCHECK_FAIL,
                                     .offset = fault->offset,
                                     .length = fault->length };
    sc_engine_give(engine, rule, &judgement, fault);
}

static bool is_clean(const sipcheck *engine, const sipcheck_message *message)
{
    return message->faults == NULL && !message->faults_lost && !message->cut &&
           (message->is_request || message->is_response) && !engine->passed_on &&
           !(engine->verdicts & 1u << SIPCHECK_PASS);
}

static uint64_t in_planes(const sc_clean *clean, size_t header)
{
    uint64_t count = 0;
    for (unsigned p = 0; p < SC_CLEAN_PLANES; p++)
        count |= (clean->planes[p][header / 64] >> header % 64 & 1) << p;
    return count;
}

static void empty_planes(sc_clean *clean)
{
    for (size_t i = 0; i < SIPCHECK_HEADER_COUNT; i++)
        clean->with[i] += in_planes(clean, i);
    memset(clean->planes, 0, sizeof clean->planes);
    clean->noted = 0;
}

/* Digit by digit, with what is carried. */
static void count_clean(sc_clean *clean, const sipcheck_message *message, const sc_marks *sent)
{
    uint64_t carried[SC_HEADER_WORDS];
    memcpy(carried, sent->word, sizeof carried);
    for (unsigned p = 0; p < SC_CLEAN_PLANES; p++)
        for (unsigned w = 0; w < SC_HEADER_WORDS; w++) {
            uint64_t digit = clean->planes[p][w];
            clean->planes[p][w] = digit ^ carried[w];
            carried[w] &= digit;
        }
    clean->requests += message->is_request;
    clean->responses += message->is_response;
    if (++clean->noted == (1u << SC_CLEAN_PLANES) - 1) empty_planes(clean);
}

uint64_t sc_engine_clean_passes(const sipcheck *engine, size_t rule)
{
    const uint16_t *own = engine->rules->own_rule, *of_header = engine->rules->header_rule;
    const sc_clean *clean = &engine->clean;
    if (rule == own[SC_OWN_REQUEST_LINE]) return clean->requests;
    if (rule == own[SC_OWN_STATUS_LINE]) return clean->responses;
    if (rule == own[SC_OWN_START_LINE] || rule == own[SC_OWN_LINE_END] ||
        rule == own[SC_OWN_HEADER_LINE] || rule == own[SC_OWN_EMPTY_LINE])
        return clean->requests + clean->responses;
    for (size_t i = SIPCHECK_HEADER_UNKNOWN + 1; i < SIPCHECK_HEADER_COUNT; i++)
        if (of_header[i] == rule) return clean->with[i] + in_planes(clean, i);
    return 0;
}

void sc_judge_syntax(sipcheck *engine, const sipcheck_message *message)
{
    if (is_clean(engine, message)) {
        count_clean(&engine->clean, message, &engine->sent);
        return;
    }
    for (const sipcheck_fault *fault = message->faults; fault != NULL; fault = fault->next) {
        size_t rule = sc_rule_of_fault(engine->rules, message, fault);
        if (sc_engine_excuses(engine, rule)) continue;
        enum sc_missing missing = excuse_of(engine, message, fault, rule);
        if (missing != SC_MISSING_NOTHING)
            give_unknown(engine, rule, missing);
        else
            give_fault(engine, rule, fault);
        engine->faulty[rule] = engine->messages;
    }
    if (!message->faults_lost) {
        give_clean_headers(engine, message);
        give_clean_parts(engine, message);
    }
}

/* --- message rules */

/* kept: the message has nothing that could break the rule, it is only asked whether it applies. */
static sc_judgement judged(const sipcheck *engine, const sc_subject *subject, uint16_t index,
                           bool kept)
{
    const sc_rule *rule = engine->rules->by_id[index];
    const sipcheck_message *message = sc_engine_pointed_at(engine, subject->message);
    if (sc_engine_excuses(engine, index)) return (sc_judgement){ .verdict = SIPCHECK_NA };
    return kept ? sc_judge_kept_rule(rule, subject->context, engine->scratch)
                : sc_judge_rule(rule, subject->context, engine->scratch, message);
}

static void judge_one(sipcheck *engine, const sc_subject *subject, uint16_t index, bool kept)
{
    sc_judgement judgement = judged(engine, subject, index, kept);
    if (judgement.verdict == SIPCHECK_FAIL && sc_engine_author_unseen(engine, index))
        judgement = (sc_judgement){ .verdict = SIPCHECK_UNKNOWN, .missing = SC_MISSING_AUTHOR };
    sc_engine_give(engine, index, &judgement, NULL);
}

static void judge_all(sipcheck *engine, const sc_subject *subject)
{
    const sc_index *index = &engine->rules->index;
    for (uint32_t i = index->start[SC_BUCKETS]; i < index->start[SC_BUCKETS + 1]; i++)
        judge_one(engine, subject, index->entries[i].rule, false);
}

/* Asked first, as it costs least. The status and method of a response are not in the list. */
static bool concerns(const sipcheck *engine, const sc_index_entry *entry, uint64_t headers,
                     const sipcheck_message *message)
{
    return !(entry->headers & ~headers) && (!entry->na_without || entry->na_without & headers) &&
           (message->is_request ||
            sc_preconditions_match_response(&engine->rules->by_id[entry->rule]->needs, message));
}

void sc_judge_rules(sipcheck *engine, const sc_subject *subject)
{
    if (sc_judge_by_plan(engine, subject)) return;
    unsigned bucket = sc_index_bucket(subject->message);
    if (bucket == SC_BUCKETS || (engine->verdicts & 1u << SIPCHECK_NA)) {
        judge_all(engine, subject);
        return;
    }
    const sc_index *index = &engine->rules->index;
    uint64_t headers = sc_index_headers(subject->message);
    for (uint32_t i = index->start[bucket]; i < index->start[bucket + 1]; i++) {
        const sc_index_entry *entry = &index->entries[i];
        if (concerns(engine, entry, headers, subject->message)) {
            bool kept = entry->pass_without && !(entry->pass_without & headers);
            judge_one(engine, subject, entry->rule, kept);
        }
    }
}
