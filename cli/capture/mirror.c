/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message that is on the wire and in a mirror of it, or in two mirrors, was sent once. From each
 * place it is seen as often as it was sent: retransmissions look the same, so they are counted
 * place by place, and the highest count is how often it is handed on. */
#include "decoder.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW_NS 2000000000u /* further apart are two sendings */
#define PLACES 4              /* more share the last count */

_Static_assert(sizeof(capture_digest) == CAPTURE_SIGHT_KEY_SIZE, "no padding");

typedef struct sight {
    capture_node node;
    capture_digest key;
    uint64_t ns; /* when it was seen last */
    uint64_t places[PLACES];
    uint32_t counts[PLACES];
    uint32_t handed_on;
} sight;

static uint64_t mix(uint64_t hash, const void *bytes, size_t n, uint64_t factor)
{
    const uint8_t *p = bytes;
    uint64_t word;
    hash ^= n;
    for (; n >= sizeof word; p += sizeof word, n -= sizeof word) {
        memcpy(&word, p, sizeof word);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, p, n);
    hash = (hash ^ word) * factor;
    return hash ^ hash >> 29;
}

static uint64_t mix_address(uint64_t hash, const sipcheck_address_port *address, uint64_t factor)
{
    uint8_t bytes[19] = { address->family, (uint8_t)(address->port >> 8), (uint8_t)address->port };
    memcpy(bytes + 3, address->bytes, sizeof address->bytes);
    return mix(hash, bytes, sizeof bytes, factor);
}

capture_digest capture_digest_of(sipcheck_slice bytes, const capture_path *path)
{
    static const uint64_t factors[2] = { 0x9E3779B97F4A7C15u, 0xC2B2AE3D27D4EB4Fu };
    capture_digest key;
    for (int i = 0; i < 2; i++) {
        uint64_t hash = mix_address(factors[!i], &path->src, factors[i]);
        hash = mix_address(hash, &path->dst, factors[i]);
        key.hash[i] = mix(hash, bytes.p, bytes.n, factors[i]);
    }
    return key;
}

/* 1: the wire itself. */
static uint64_t place_of(const capture_vantage *vantage)
{
    if (!vantage->mirror) return 1;
    uint64_t hash = mix_address(vantage->agent, &vantage->from, 0x9E3779B97F4A7C15u);
    return hash < 2 ? 2 : hash;
}

static sight *find_or_add(capture_decoder *decoder, const capture_digest *key)
{
    sight *s = (sight *)capture_table_find(&decoder->sights, key);
    if (s) return s;
    s = (sight *)capture_table_victim(&decoder->sights, key);
    if (s)
        capture_table_remove(&decoder->sights, &s->node);
    else
        s = malloc(sizeof *s);
    if (!s) return NULL;
    *s = (sight){ .key = *key };
    capture_table_insert(&decoder->sights, &s->node);
    return s;
}

static uint32_t count_at(sight *s, uint64_t place)
{
    size_t i = 0;
    while (i < PLACES - 1 && s->places[i] && s->places[i] != place)
        i++;
    s->places[i] = place;
    return ++s->counts[i];
}

bool capture_first_sight(capture_decoder *decoder, const capture_vantage *vantage,
                         sipcheck_slice bytes, const capture_path *path, capture_origin origin)
{
    if (decoder->limits.keep_duplicates) return true;
    const capture_digest key = capture_digest_of(bytes, path);
    sight *s = find_or_add(decoder, &key);
    if (!s) return true;
    uint64_t apart = origin.ns > s->ns ? origin.ns - s->ns : s->ns - origin.ns;
    if (apart > WINDOW_NS) *s = (sight){ .node = s->node, .key = key };
    s->ns = origin.ns;
    if (count_at(s, place_of(vantage)) > s->handed_on) {
        s->handed_on++;
        return true;
    }
    capture_count(decoder->stats, CAPTURE_MIRRORED, origin.place, 0);
    return false;
}

void capture_drop_sights(capture_decoder *decoder)
{
    for (capture_node *node = decoder->sights.newest, *older; node; node = older) {
        older = node->older;
        free(node);
    }
}
