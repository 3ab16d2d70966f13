/* SPDX-License-Identifier: MIT */
/* An index over the rules, so that the cost of a message follows the rules that can concern it. */
#include "rules/set.h"

#include <string.h>

static bool any_status(const sc_preconditions *needs, unsigned from)
{
    for (unsigned code = from; code < from + 100; code++)
        if ((unsigned)needs->statuses[code / 8] >> (code % 8) & 1u) return true;
    return false;
}

static bool belongs(const sc_preconditions *needs, unsigned bucket)
{
    if (bucket < SC_BUCKET_METHODS)
        return (needs->kinds & SC_REQUEST) && (needs->methods >> bucket & 1u);
    unsigned class = bucket - SC_BUCKET_METHODS;
    bool other = class == 0 || class >= SC_PRE_STATUS_MAX / 100;
    return (needs->kinds & SC_RESPONSE) && (other || any_status(needs, class * 100));
}

static bool is_judged(const sc_rule *rule)
{
    return rule->pub.enabled && rule->assertion != NULL &&
           rule->pub.scope == SIPCHECK_SCOPE_MESSAGE;
}

static uint64_t headers_of(const sc_preconditions *needs)
{
    uint64_t headers = 0;
    for (unsigned i = 0; i < needs->header_count; i++)
        headers |= sc_header_bit(needs->headers[i]);
    return headers;
}

static sc_index_entry entry_of(const sipcheck_rules *set, size_t i)
{
    const sc_rule *rule = set->by_id[i];
    return (sc_index_entry){ .headers = headers_of(&rule->needs),
                             .na_without = sc_program_shortcuts(rule->applies).false_without,
                             .pass_without = sc_program_shortcuts(rule->assertion).true_without,
                             .rule = (uint16_t)i };
}

/* The lists that a rule stands in, as bits. */
static uint32_t lists_of(const sc_rule *rule)
{
    uint32_t lists = 0;
    if (!is_judged(rule)) return 0;
    for (unsigned bucket = 0; bucket < SC_BUCKETS; bucket++)
        lists |= (uint32_t)belongs(&rule->needs, bucket) << bucket;
    return lists | (uint32_t)1 << SC_BUCKETS;
}
_Static_assert(SC_BUCKETS < 32, "a bit each");

/* start[b + 1] counts what list b has, then each list's end is known. */
static void count_lists(const sipcheck_rules *set, sc_index *index)
{
    memset(index->start, 0, sizeof index->start);
    for (size_t i = 0; i < set->count; i++)
        for (uint32_t left = lists_of(set->by_id[i]); left != 0; left &= left - 1)
            index->start[__builtin_ctz(left) + 1]++;
    for (unsigned bucket = 0; bucket <= SC_BUCKETS; bucket++)
        index->start[bucket + 1] += index->start[bucket];
}

int sc_index_build(sipcheck_rules *set)
{
    sc_index *index = &set->index;
    uint32_t at[SC_BUCKETS + 1];
    count_lists(set, index);
    memcpy(at, index->start, sizeof at);
    index->entries = sc_set_alloc(set, (index->start[SC_BUCKETS + 1] + 1) * sizeof *index->entries);
    if (index->entries == NULL) return SIPCHECK_NOMEM;
    for (size_t i = 0; i < set->count; i++) {
        const sc_index_entry entry = entry_of(set, i);
        for (uint32_t left = lists_of(set->by_id[i]); left != 0; left &= left - 1)
            index->entries[at[__builtin_ctz(left)]++] = entry;
    }
    return SIPCHECK_OK;
}

unsigned sc_index_bucket(const sipcheck_message *message)
{
    if ((!message->is_request && !message->is_response) ||
        (message->cut && !message->headers_whole))
        return SC_BUCKETS;
    if (message->is_request) return message->method_id;
    unsigned class = message->status / 100;
    return SC_BUCKET_METHODS + (class < SC_PRE_STATUS_MAX / 100 ? class : 0);
}

uint64_t sc_index_headers(const sipcheck_message *message)
{
    uint64_t headers = 0;
    for (size_t i = 0; i < message->header_count; i++)
        headers |= sc_header_bit(message->headers[i].id);
    return headers;
}
