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

/* 1: the wire itself. */
static uint64_t place_of(const capture_vantage *vantage)
{
    if (!vantage->mirror) return 1;
    uint64_t hash = capture_digest_address(vantage->agent, &vantage->from);
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

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* An agent's clock may be wrong, its packet may be late: the time that is nearer to the sight. */
static uint64_t moment_of(const capture_vantage *vantage, const sight *s, capture_origin origin)
{
    bool nearer = distance(vantage->ns, s->ns) < distance(origin.ns, s->ns);
    return vantage->mirror && nearer ? vantage->ns : origin.ns;
}

static bool is_first(capture_decoder *decoder, const capture_vantage *vantage,
                     const capture_digest *key, capture_origin origin)
{
    sight *s = find_or_add(decoder, key);
    if (!s) return true;
    uint64_t now = moment_of(vantage, s, origin);
    if (distance(now, s->ns) > WINDOW_NS) {
        *s = (sight){ .node = s->node, .key = *key };
        now = origin.ns;
    }
    s->ns = now;
    if (count_at(s, place_of(vantage)) > s->handed_on) {
        s->handed_on++;
        return true;
    }
    capture_count(decoder->stats, CAPTURE_MIRRORED, origin.place, 0);
    return false;
}

/* --- before the first mirror: what was on the wire last, in case that one comes */

static const capture_vantage wire = { .mirror = false };

static void note_sending(capture_decoder *decoder, const capture_digest *key, uint64_t ns)
{
    capture_sending *next = &decoder->sent[decoder->sent_count++ % decoder->limits.messages];
    *next = (capture_sending){ *key, ns };
}

/* The first mirror: what it may show has to be looked for from now on. */
static void expect_mirrors(capture_decoder *decoder)
{
    size_t count = decoder->sent_count, limit = decoder->limits.messages;
    decoder->has_mirrors = true;
    for (size_t i = count > limit ? count - limit : 0; i < count; i++) {
        const capture_sending *sending = &decoder->sent[i % limit];
        is_first(decoder, &wire, &sending->key, (capture_origin){ .ns = sending->ns });
    }
    free(decoder->sent);
    decoder->sent = NULL;
}

bool capture_first_sight(capture_decoder *decoder, const capture_vantage *vantage,
                         const capture_digest *key, capture_origin origin)
{
    if (decoder->limits.keep_duplicates) return true;
    if (!decoder->has_mirrors && !vantage->mirror) {
        note_sending(decoder, key, origin.ns);
        return true;
    }
    if (!decoder->has_mirrors) expect_mirrors(decoder);
    return is_first(decoder, vantage, key, origin);
}

bool capture_first_on_wire(capture_decoder *decoder, const capture_digest *key,
                           capture_origin origin)
{
    return capture_first_sight(decoder, &wire, key, origin);
}

void capture_drop_sights(capture_decoder *decoder)
{
    for (capture_node *node = decoder->sights.newest, *older; node; node = older) {
        older = node->older;
        free(node);
    }
    free(decoder->sent);
}
