/* SPDX-License-Identifier: MIT */
/* An index over the rules, so that the cost of a message follows the rules that can concern it. */
#include "engine/internal.h"

/* Headers that nearly every message has: a rule is better found by another one it needs. */
static bool is_common(uint16_t header)
{
    switch (header) {
    case SIPCHECK_HEADER_VIA:
    case SIPCHECK_HEADER_FROM:
    case SIPCHECK_HEADER_TO:
    case SIPCHECK_HEADER_CALL_ID:
    case SIPCHECK_HEADER_CSEQ:
    case SIPCHECK_HEADER_CONTENT_LENGTH:
    case SIPCHECK_HEADER_MAX_FORWARDS:
        return true;
    default:
        return false;
    }
}

/* The header under which a rule is filed. */
static uint16_t header_of(const sc_preconditions *needs)
{
    uint16_t header = SIPCHECK_HEADER_UNKNOWN;
    for (unsigned i = 0; i < needs->header_count; i++) {
        if (header == SIPCHECK_HEADER_UNKNOWN || is_common(header)) {
            header = needs->headers[i];
        }
    }
    return header;
}

static bool any_status(const sc_preconditions *needs, unsigned from)
{
    for (unsigned code = from; code < from + 100; code++) {
        if ((unsigned)needs->statuses[code / 8] >> (code % 8) & 1u) {
            return true;
        }
    }
    return false;
}

static bool belongs(const sc_preconditions *needs, unsigned bucket)
{
    if (bucket < SC_BUCKET_METHODS) {
        return (needs->kinds & SC_REQUEST) && (needs->methods >> bucket & 1u);
    }
    unsigned class = bucket - SC_BUCKET_METHODS;
    bool other = class == 0 || class >= SC_PRE_STATUS_MAX / 100;
    return (needs->kinds & SC_RESPONSE) && (other || any_status(needs, class * 100));
}

static bool is_judged(const sc_rule *rule)
{
    return rule->pub.enabled && rule->assertion != NULL;
}

/* Fill the lists, or only count them where to is NULL. Returns how many entries there are. */
static uint32_t fill(const sipcheck_rules *set, sc_index *index, uint16_t *to)
{
    uint32_t n = 0;
    for (unsigned bucket = 0; bucket < SC_BUCKETS; bucket++) {
        for (unsigned header = 0; header < SIPCHECK_HEADER_COUNT; header++) {
            index->start[bucket][header] = n;
            for (uint32_t i = 0; i < index->all_count; i++) {
                const sc_preconditions *needs = &set->by_id[index->all[i]]->needs;
                if (header_of(needs) != header || !belongs(needs, bucket)) {
                    continue;
                }
                if (to != NULL) {
                    to[n] = index->all[i];
                }
                n++;
            }
        }
        index->start[bucket][SIPCHECK_HEADER_COUNT] = n;
    }
    return n;
}

int sc_index_build(const sipcheck_allocator *allocator, const sipcheck_rules *set, sc_index *index)
{
    index->all = allocator->alloc(allocator->user, (set->count + 1) * sizeof *index->all);
    if (index->all == NULL) {
        return SIPCHECK_NOMEM;
    }
    for (size_t i = 0; i < set->count; i++) {
        if (is_judged(set->by_id[i])) {
            index->all[index->all_count++] = (uint16_t)i;
        }
    }
    size_t entries = fill(set, index, NULL);
    index->rules = allocator->alloc(allocator->user, (entries + 1) * sizeof *index->rules);
    if (index->rules == NULL) {
        return SIPCHECK_NOMEM;
    }
    fill(set, index, index->rules);
    return SIPCHECK_OK;
}

static void release(const sipcheck_allocator *allocator, void *block)
{
    if (block != NULL) {
        allocator->release(allocator->user, block);
    }
}

void sc_index_free(const sipcheck_allocator *allocator, sc_index *index)
{
    release(allocator, index->rules);
    release(allocator, index->all);
}

unsigned sc_index_bucket(const sipcheck_message *message)
{
    if ((!message->is_request && !message->is_response) ||
        (message->cut && !message->headers_whole)) {
        return SC_BUCKETS;
    }
    if (message->is_request) {
        return message->method_id;
    }
    unsigned class = message->status / 100;
    return SC_BUCKET_METHODS + (class < SC_PRE_STATUS_MAX / 100 ? class : 0);
}
