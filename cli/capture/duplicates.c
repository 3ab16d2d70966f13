/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same datagram captured twice: by two taps, on a mirror port, inside and outside of a tunnel.
 * Its addresses, ports, identification and bytes are the same; time to live, tags and checksums (a
 * network card's work on the sender's side) may differ. A message that is sent again is another
 * datagram, with another identification, and half a second later at the earliest (T1, RFC 3261
 * §17.1.1.1). The identification is no proof where it is zero, where fragmenting is forbidden or in
 * IPv6 (RFC 6864 §4.1: it may be anything there): then only time tells a copy. */
#include "decoder.h"

#include <stdlib.h>
#include <string.h>

#define PROVED_NS 400000000u   /* of another tap, whose clock may differ */
#define UNPROVED_NS 100000000u /* on the way from tap to tap */
#define SHARE_OF_BYTES 16      /* of what the decoder may keep: what copies may take */
#define SPARE_BYTES ((size_t)1 << 20)

typedef struct copy_key {
    uint8_t src[16], dst[16];
    uint64_t hash; /* of the bytes */
    uint32_t id, length;
    uint16_t src_port, dst_port;
    uint8_t family, cut;
    uint8_t zero[2];
} copy_key;
_Static_assert(sizeof(copy_key) == CAPTURE_COPY_KEY_SIZE, "no padding");

typedef struct copy {
    capture_node node;
    copy_key key;
    uint64_t ns; /* of the first one */
    size_t size; /* of its memory */
    uint8_t bytes[];
} copy;

/* A copy that is forgotten leaves its memory to one that comes: nothing is allocated a message. */
static copy *take_memory(capture_decoder *decoder, size_t n)
{
    capture_spares *spares = &decoder->spares;
    size_t class = n / CAPTURE_SPARE_STEP, size = (class + 1) * CAPTURE_SPARE_STEP;
    copy *c = class < CAPTURE_SPARE_CLASSES ? (copy *)spares->lists[class] : NULL;
    if (c) {
        spares->lists[class] = c->node.chain;
        spares->bytes -= size;
    } else {
        c = malloc(size);
    }
    if (c) c->size = size;
    return c;
}

static void leave_memory(capture_decoder *decoder, copy *c)
{
    capture_spares *spares = &decoder->spares;
    size_t class = c->size / CAPTURE_SPARE_STEP - 1;
    if (class >= CAPTURE_SPARE_CLASSES || spares->bytes + c->size > SPARE_BYTES) {
        free(c);
        return;
    }
    c->node.chain = spares->lists[class];
    spares->lists[class] = &c->node;
    spares->bytes += c->size;
}

static void free_spares(capture_spares *spares)
{
    for (size_t class = 0; class < CAPTURE_SPARE_CLASSES; class ++)
        for (capture_node *node = spares->lists[class], *next; node; node = next) {
            next = node->chain;
            free(node);
        }
    *spares = (capture_spares){ 0 };
}

static copy_key key_of(const capture_decoder *decoder, const capture_path *path,
                       const capture_span *span, const capture_digest *content)
{
    copy_key key = { .hash = content->hash[0],
                     .id = decoder->identity.id,
                     .length = (uint32_t)span->n,
                     .src_port = path->src.port,
                     .dst_port = path->dst.port,
                     .family = path->src.family,
                     .cut = span->n < span->wire };
    memcpy(key.src, path->src.bytes, sizeof key.src);
    memcpy(key.dst, path->dst.bytes, sizeof key.dst);
    return key;
}

static void forget(capture_decoder *decoder, copy *c)
{
    capture_table_remove(&decoder->copies, &c->node);
    decoder->copied_bytes -= c->size;
    leave_memory(decoder, c);
}

/* Files that were merged may step back a little. */
static bool within(const capture_decoder *decoder, const copy *c, uint64_t ns)
{
    uint64_t now = decoder->origin.ns;
    return (now > c->ns ? now - c->ns : c->ns - now) <= ns;
}

static void expire(capture_decoder *decoder)
{
    copy *oldest = (copy *)decoder->copies.oldest;
    while (oldest && !within(decoder, oldest, PROVED_NS)) {
        forget(decoder, oldest);
        oldest = (copy *)decoder->copies.oldest;
    }
}

/* For want of room, though a copy of it may still come. */
static void give_way(capture_decoder *decoder, copy *c)
{
    capture_note(decoder, CAPTURE_DUPLICATES_FORGOTTEN);
    forget(decoder, c);
}

static void remember(capture_decoder *decoder, const copy_key *key, uint64_t hash,
                     const uint8_t *bytes)
{
    copy *c = (copy *)capture_table_victim_hashed(&decoder->copies, hash);
    if (c) give_way(decoder, c);
    c = take_memory(decoder, sizeof *c + key->length);
    if (!c) return;
    c->key = *key;
    c->ns = decoder->origin.ns;
    memcpy(c->bytes, bytes, key->length);
    capture_table_insert_hashed(&decoder->copies, &c->node, hash);
    decoder->copied_bytes += c->size;
    while (decoder->copied_bytes > decoder->limits.total_bytes / SHARE_OF_BYTES)
        give_way(decoder, (copy *)decoder->copies.oldest);
}

bool capture_seen_before(capture_decoder *decoder, const capture_path *path, capture_span span,
                         const capture_digest *content)
{
    if (decoder->limits.keep_duplicates) return false;
    expire(decoder);
    copy_key key = key_of(decoder, path, &span, content);
    uint64_t hash = capture_hash(&key, sizeof key);
    copy *c = (copy *)capture_table_find_hashed(&decoder->copies, &key, hash);
    uint64_t window = decoder->identity.proves ? PROVED_NS : UNPROVED_NS;
    if (c && within(decoder, c, window) && memcmp(c->bytes, span.p, span.n) == 0) {
        capture_note(decoder, CAPTURE_DUPLICATES);
        return true;
    }
    if (c) forget(decoder, c);
    remember(decoder, &key, hash, span.p);
    return false;
}

void capture_forget_copies(capture_decoder *decoder)
{
    while (decoder->copies.oldest)
        forget(decoder, (copy *)decoder->copies.oldest);
    free_spares(&decoder->spares);
}
