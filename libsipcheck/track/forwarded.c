/* SPDX-License-Identifier: MIT */
#include "track/forwarded.h"

#include "fields/tag.h"
#include "track/hash.h"

#include <string.h>

/* A 100 goes from hop to hop (§16.7 step 5). */
static bool names_its_author(const sipcheck_message *message)
{
    if (message->values[SIPCHECK_HEADER_CALL_ID] == NULL ||
        message->values[SIPCHECK_HEADER_CSEQ] == NULL)
        return false;
    return message->is_request || (message->is_response && message->status != 100);
}

static uint64_t hash_of(const sipcheck_message *message)
{
    const sipcheck_cseq *cseq = (const sipcheck_cseq *)message->values[SIPCHECK_HEADER_CSEQ];
    uint64_t key = SC_HASH_SEED;
    key = sc_mix_text(key, message->is_request ? message->method : message->status_text);
    key = sc_mix_text(key, message->values[SIPCHECK_HEADER_CALL_ID]->raw);
    key = sc_mix_text(key, sc_tag_of(message, SIPCHECK_HEADER_FROM));
    key = sc_mix_text(key, sc_tag_of(message, SIPCHECK_HEADER_TO));
    key = sc_mix_text(key, cseq->method);
    return sc_mix_word(key, cseq->seq);
}

/* Without a branch on what was read: what follows need not wait for it. */
static size_t way_of(const uint64_t seen[SC_FORWARDS_WAYS], uint64_t name)
{
    size_t way = SC_FORWARDS_WAYS;
    for (size_t i = SC_FORWARDS_WAYS; i-- > 0;)
        way = seen[i] >> SC_FORWARD_VIA_BITS == name ? i : way;
    return way;
}

/* Those that are remembered of the same hash. */
static uint64_t *seen_of(sc_forwards *forwards, size_t count, uint64_t hash)
{
    const size_t sets = SC_FORWARDS_MAX / SC_FORWARDS_WAYS;
    return forwards[hash / sets & (count - 1)].seen[hash % sets];
}

bool sc_forwards_note(sc_forwards *forwards, size_t count, const sipcheck_message *message)
{
    uint32_t vias = sipcheck_count(message, SIPCHECK_HEADER_VIA);
    if (vias == 0 || !names_its_author(message)) return false;
    uint64_t hash = hash_of(message), name = hash >> SC_FORWARD_VIA_BITS;
    if (name == 0) name = 1;
    uint64_t now = name << SC_FORWARD_VIA_BITS | vias;
    uint64_t *seen = seen_of(forwards, count, hash);
    size_t way = way_of(seen, name);
    if (way == SC_FORWARDS_WAYS) {
        memmove(seen + 1, seen, (SC_FORWARDS_WAYS - 1) * sizeof *seen);
        *seen = now;
        return false;
    }
    bool nearer = message->is_request ? now < seen[way] : now > seen[way];
    bool other = now != seen[way];
    if (nearer) seen[way] = now;
    return other && !nearer;
}
