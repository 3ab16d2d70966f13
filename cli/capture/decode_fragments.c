/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP datagrams from their fragments, in any order. Bytes that came first stay; a fragment that says
 * otherwise is counted. A datagram that is whole is kept a while, so that a second tap's copy of a
 * fragment does not open it again. RFC 791 §3.2, RFC 8200 §4.5, RFC 5722 */
#include "decoder.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 8 /* fragments begin at multiples of it */
#define DATAGRAM_MAX 65535
#define NESTED_MAX 4 /* datagrams in fragments inside each other */
#define BLOCKS ((DATAGRAM_MAX + BLOCK) / BLOCK)

typedef struct datagram_key {
    uint8_t src[16], dst[16];
    uint32_t id;
    uint8_t protocol, family;
    uint8_t zero[2];
} datagram_key;
_Static_assert(sizeof(datagram_key) == CAPTURE_DATAGRAM_KEY_SIZE, "no padding");

typedef struct datagram {
    capture_node node;
    datagram_key key;
    capture_path path;
    capture_origin first, last; /* the frames of its first and last fragment as they came */
    uint8_t *bytes;
    size_t allocated;
    size_t end;   /* behind the last byte that any fragment announced */
    size_t total; /* 0: the last fragment has not come */
    size_t blocks;
    unsigned depth; /* of headers before it */
    bool done;
    bool was_sip;
    bool reading;                   /* it has to stay */
    uint8_t have[(BLOCKS + 7) / 8]; /* a bit a block */
} datagram;

static bool has_block(const datagram *d, size_t block)
{
    return d->have[block / 8] >> block % 8 & 1;
}

static void release(capture_decoder *decoder, datagram *d)
{
    decoder->kept_bytes -= d->allocated;
    free(d->bytes);
    free(d);
}

static void forget(capture_decoder *decoder, datagram *d)
{
    capture_table_remove(&decoder->datagrams, &d->node);
    release(decoder, d);
}

/* How many bytes from the first on are there. */
static size_t head_length(const datagram *d)
{
    size_t block = 0;
    while (block < BLOCKS && has_block(d, block))
        block++;
    size_t length = block * BLOCK;
    return d->total && length > d->total ? d->total : length;
}

/* Judge what there is, as if its frame were the one being decoded. Fragments may be inside of it.
 */
static void hand_on(capture_decoder *decoder, datagram *d, size_t length, size_t wire,
                    capture_origin origin)
{
    capture_origin current = decoder->origin;
    unsigned depth = decoder->depth;
    uint64_t before = decoder->stats->counters[CAPTURE_MESSAGES].count;
    decoder->origin = origin;
    decoder->depth = d->depth;
    decoder->identity = (capture_identity){ d->key.id, true };
    decoder->datagrams_open++;
    d->reading = true;
    capture_ip_payload(decoder, d->key.protocol, &d->path,
                       (capture_span){ d->bytes, length, wire });
    d->reading = false;
    d->was_sip = decoder->stats->counters[CAPTURE_MESSAGES].count > before;
    decoder->datagrams_open--;
    decoder->depth = depth;
    decoder->origin = current;
}

/* A datagram whose rest will not come. Without its head nobody can say whether it was SIP. */
static void give_up(capture_decoder *decoder, datagram *d)
{
    capture_table_remove(&decoder->datagrams, &d->node);
    if (!d->done) {
        size_t length = head_length(d);
        if (length) hand_on(decoder, d, length, d->end > length ? d->end : length + 1, d->last);
        bool other = length && !d->was_sip;
        capture_count(decoder->stats,
                      other ? CAPTURE_FRAGMENTS_OTHER : CAPTURE_FRAGMENTS_INCOMPLETE,
                      d->first.place, 0);
    }
    release(decoder, d);
}

static void expire(capture_decoder *decoder)
{
    datagram *d = (datagram *)decoder->datagrams.oldest;
    uint64_t now = decoder->origin.ns;
    while (d && now > d->last.ns && now - d->last.ns > decoder->limits.fragment_ns) {
        give_up(decoder, d);
        d = (datagram *)decoder->datagrams.oldest;
    }
}

static datagram_key key_of(const capture_fragment *fragment)
{
    datagram_key key = { .id = fragment->id,
                         .protocol = fragment->protocol,
                         .family = fragment->path->src.family };
    memcpy(key.src, fragment->path->src.bytes, sizeof key.src);
    memcpy(key.dst, fragment->path->dst.bytes, sizeof key.dst);
    return key;
}

static datagram *open_datagram(capture_decoder *decoder, const datagram_key *key,
                               const capture_path *path)
{
    datagram *d = (datagram *)capture_table_victim(&decoder->datagrams, key);
    if (d && d->reading) {
        capture_note(decoder, CAPTURE_NESTED_TOO_DEEP);
        return NULL;
    }
    if (d) {
        if (!d->done) capture_note(decoder, CAPTURE_FRAGMENTS_EVICTED);
        give_up(decoder, d);
    }
    d = calloc(1, sizeof *d);
    if (!d) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return NULL;
    }
    d->key = *key;
    d->path = *path;
    d->first = decoder->origin;
    d->depth = decoder->depth;
    capture_table_insert(&decoder->datagrams, &d->node);
    return d;
}

/* Room for [0, end). */
static bool reserve(capture_decoder *decoder, datagram *d, size_t end)
{
    size_t before = d->allocated;
    bool grown = capture_grow(decoder, &d->bytes, &d->allocated, end);
    if (d->allocated > before) memset(d->bytes + before, 0, d->allocated - before);
    decoder->kept_bytes += d->allocated - before;
    return grown;
}

/* Copy what is new. Returns false where bytes that are there already say something else. */
static bool copy_blocks(datagram *d, size_t offset, const uint8_t *p, size_t n, bool last)
{
    bool same = true;
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t size = n - at < BLOCK ? n - at : BLOCK;
        size_t block = (offset + at) / BLOCK;
        if (size < BLOCK && !last) break; /* cut: the block is not whole */
        if (has_block(d, block)) {
            same = same && memcmp(d->bytes + offset + at, p + at, size) == 0;
            continue;
        }
        memcpy(d->bytes + offset + at, p + at, size);
        d->have[block / 8] |= (uint8_t)(1u << block % 8);
        d->blocks++;
    }
    return same;
}

static bool is_copy(const datagram *d, const capture_fragment *fragment)
{
    size_t end = fragment->offset + fragment->span.n;
    return end <= d->total &&
           (fragment->more || fragment->offset + fragment->span.wire == d->total) &&
           memcmp(d->bytes + fragment->offset, fragment->span.p, fragment->span.n) == 0;
}

/* The datagram that a fragment belongs to; NULL: none is wanted, or there is no memory. */
static datagram *datagram_of(capture_decoder *decoder, const capture_fragment *fragment)
{
    datagram_key key = key_of(fragment);
    datagram *d = (datagram *)capture_table_find(&decoder->datagrams, &key);
    if (d && d->reading) {
        capture_note(decoder, CAPTURE_NESTED_TOO_DEEP);
        return NULL;
    }
    if (d && d->done) {
        if (is_copy(d, fragment)) {
            if (d->was_sip && !fragment->offset) capture_note(decoder, CAPTURE_DUPLICATES);
            return NULL;
        }
        forget(decoder, d); /* the identification is used again */
        d = NULL;
    }
    return d ? d : open_datagram(decoder, &key, fragment->path);
}

static void complete(capture_decoder *decoder, datagram *d)
{
    d->done = true;
    capture_note(decoder, CAPTURE_REASSEMBLED);
    hand_on(decoder, d, d->total, d->total, decoder->origin);
}

void capture_take_fragment(capture_decoder *decoder, const capture_fragment *fragment)
{
    if (decoder->datagrams_open >= NESTED_MAX) {
        capture_note(decoder, CAPTURE_NESTED_TOO_DEEP);
        return;
    }
    if (!decoder->datagrams_open) expire(decoder);
    capture_span span = fragment->span;
    size_t end = fragment->offset + span.wire;
    if (end > DATAGRAM_MAX || span.wire == 0) {
        capture_note(decoder, CAPTURE_IP_MALFORMED);
        return;
    }
    datagram *d = datagram_of(decoder, fragment);
    if (!d) return;
    d->last = decoder->origin;
    capture_tell_part(decoder, CAPTURE_PART_FRAGMENT, &d->key, sizeof d->key, decoder->origin);
    if (!reserve(decoder, d, end)) return;
    if (end > d->end) d->end = end;
    if (!fragment->more && !d->total) d->total = end;
    bool last = !fragment->more && span.n == span.wire;
    if (!copy_blocks(d, fragment->offset, span.p, span.n, last) || (d->total && d->end > d->total))
        capture_note(decoder, CAPTURE_FRAGMENTS_OVERLAP);
    if (d->total && d->blocks == (d->total + BLOCK - 1) / BLOCK) complete(decoder, d);
}

void capture_end_fragments(capture_decoder *decoder)
{
    while (decoder->datagrams.oldest)
        give_up(decoder, (datagram *)decoder->datagrams.oldest);
}

void capture_drop_fragments(capture_decoder *decoder)
{
    while (decoder->datagrams.oldest)
        forget(decoder, (datagram *)decoder->datagrams.oldest);
}
