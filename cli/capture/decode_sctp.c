/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SCTP: the messages of each direction of an association, out of chunks that may be bundled,
 * fragmented, out of order and sent again. A message is handed on as soon as it is whole; the order
 * within its stream is the receiver's affair. RFC 9260 §3.3.1, §6.9; RFC 4168 §5. Messages may be
 * interleaved: RFC 8260 §2 */
#include "decoder.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_DATA 0
#define CHUNK_I_DATA 64
#define DATA_HEADER 16
#define I_DATA_HEADER 20

#define FLAG_END 1
#define FLAG_BEGIN 2
#define FLAG_UNORDERED 4

#define WINDOW 1024          /* TSNs up to the highest one of which it is known whether they came */
#define FAR_BEHIND (1 << 16) /* further back is another association */
#define SHARE_OF_BYTES 16    /* of what the decoder may keep: what chunks may take */

typedef struct association_key {
    uint8_t src[16], dst[16];
    uint32_t tag; /* the receiver's verification tag */
    uint16_t src_port, dst_port;
    uint8_t family;
    uint8_t zero[7];
} association_key;
_Static_assert(sizeof(association_key) == CAPTURE_ASSOCIATION_KEY_SIZE, "no padding");

typedef struct chunk {
    struct chunk *before, *behind; /* by TSN; interleaved ones by stream and place */
    capture_origin origin;
    uint32_t tsn;
    uint32_t place;  /* its TSN; of an interleaved one the number within its message */
    uint64_t stream; /* with the message's number there, which an unordered one has not, unless it
                        is interleaved */
    uint8_t flags;
    bool interleaved;
    size_t n, wire;
    uint8_t bytes[];
} chunk;

/* One direction. */
typedef struct association {
    capture_node node;
    association_key key;
    capture_path path;
    chunk *first, *last; /* of messages that are not whole */
    size_t chunk_count, chunk_bytes;
    uint32_t top;               /* the highest TSN */
    uint64_t seen[WINDOW / 64]; /* a bit a TSN, by its remainder */
    bool started, was_sip;
} association;

static void drop_chunk(capture_decoder *decoder, association *a, chunk *c)
{
    *(c->before ? &c->before->behind : &a->first) = c->behind;
    *(c->behind ? &c->behind->before : &a->last) = c->before;
    a->chunk_count--;
    a->chunk_bytes -= c->n;
    decoder->chunk_bytes -= sizeof *c + c->n;
    free(c);
}

static bool is_behind(const chunk *c, const chunk *other)
{
    if (c->interleaved && c->stream != other->stream) return c->stream > other->stream;
    return (int32_t)(c->place - other->place) > 0;
}

static bool follows(const chunk *c, const chunk *before)
{
    return c->place == before->place + 1 && !(c->flags & FLAG_BEGIN) &&
           !(before->flags & FLAG_END) && c->stream == before->stream;
}

static void message(capture_decoder *decoder, association *a, capture_span span)
{
    if (capture_is_sip(decoder, &a->path, span.p, span.n)) {
        a->was_sip = true;
        capture_deliver(decoder, (sipcheck_slice){ span.p, span.n },
                        span.n < span.wire ? SIPCHECK_CUT : 0, decoder->origin, &a->path,
                        SIPCHECK_TRANSPORT_SCTP);
    } else {
        bool port = a->path.dst.port == 5060;
        capture_note(decoder, port ? CAPTURE_NOT_SIP_ON_PORT : CAPTURE_SCTP_OTHER);
    }
}

/* Copy the chunks from c to end behind each other, up to the first that was cut. */
static size_t join(const chunk *c, const chunk *end, uint8_t *out)
{
    size_t n = 0;
    for (; c != end; c = c->behind) {
        memcpy(out + n, c->bytes, c->n);
        n += c->n;
        if (c->n < c->wire) break;
    }
    return n;
}

/* The message that begins with c and ends before end, and perhaps lacks its rest. */
static void hand_on(capture_decoder *decoder, association *a, chunk *c, chunk *end, bool whole)
{
    size_t wire = whole ? 0 : 1;
    capture_origin latest = c->origin, current = decoder->origin;
    for (const chunk *at = c; at != end; at = at->behind) {
        wire += at->wire;
        if (at->origin.ns >= latest.ns) latest = at->origin;
    }
    uint8_t *bytes = malloc(wire);
    if (!bytes) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return;
    }
    size_t n = join(c, end, bytes);
    decoder->origin = latest;
    message(decoder, a,
            (capture_span){ bytes, n < SIPCHECK_MESSAGE_MAX ? n : SIPCHECK_MESSAGE_MAX, wire });
    decoder->origin = current;
    free(bytes);
}

static void drop_run(capture_decoder *decoder, association *a, chunk *c, const chunk *end)
{
    while (c != end) {
        chunk *behind = c->behind;
        drop_chunk(decoder, a, c);
        c = behind;
    }
}

/* The last chunk that belongs to c and what follows it. */
static chunk *last_of(chunk *c)
{
    while (c->behind && follows(c->behind, c))
        c = c->behind;
    return c;
}

/* The first chunks that belong together, whose rest will not come. Without its head nobody can say
 * what a message was. */
static void give_up(capture_decoder *decoder, association *a)
{
    chunk *c = a->first, *end = last_of(c)->behind;
    if (c->flags & FLAG_BEGIN)
        hand_on(decoder, a, c, end, false);
    else if (a->was_sip)
        capture_count(decoder->stats, CAPTURE_SCTP_INCOMPLETE, c->origin.place, 0);
    drop_run(decoder, a, c, end);
}

static bool hopeless(const capture_decoder *decoder, const association *a)
{
    uint64_t now = decoder->origin.ns, then = a->first->origin.ns;
    return a->chunk_count > decoder->limits.segments || a->chunk_bytes > SIPCHECK_MESSAGE_MAX ||
           (now > then && now - then > decoder->limits.gap_ns);
}

/* Is the message whole that c is a part of? */
static void complete(capture_decoder *decoder, association *a, chunk *c)
{
    const chunk *last = last_of(c);
    while (c->before && follows(c, c->before))
        c = c->before;
    if (!(c->flags & FLAG_BEGIN) || !(last->flags & FLAG_END)) return;
    chunk *end = last->behind;
    hand_on(decoder, a, c, end, true);
    drop_run(decoder, a, c, end);
}

/* Keep a part of a message. */
static void keep(capture_decoder *decoder, association *a, const chunk *head, capture_span span)
{
    chunk *c = malloc(sizeof *c + span.n), *before = a->last;
    if (!c) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return;
    }
    while (before && is_behind(before, head))
        before = before->before;
    *c = *head;
    memcpy(c->bytes, span.p, span.n);
    c->before = before;
    c->behind = before ? before->behind : a->first;
    *(c->before ? &c->before->behind : &a->first) = c;
    *(c->behind ? &c->behind->before : &a->last) = c;
    a->chunk_count++;
    a->chunk_bytes += c->n;
    decoder->chunk_bytes += sizeof *c + c->n;
    complete(decoder, a, c);
}

static void end_all(capture_decoder *decoder, association *a)
{
    while (a->first)
        give_up(decoder, a);
}

/* Forget which numbers came, up to tsn as the highest one. */
static void restart(association *a, uint32_t tsn)
{
    memset(a->seen, 0, sizeof a->seen);
    a->started = true;
    a->top = tsn;
}

/* Note that a chunk of that number came. False: it came before. */
static bool is_new(capture_decoder *decoder, association *a, uint32_t tsn)
{
    int32_t ahead = (int32_t)(tsn - a->top);
    if (!a->started || ahead >= WINDOW) restart(a, tsn);
    if (ahead < -FAR_BEHIND) {
        end_all(decoder, a);
        restart(a, tsn);
    }
    if ((int32_t)(a->top - tsn) >= WINDOW) return false;
    for (; (int32_t)(tsn - a->top) > 0; a->top++) {
        uint32_t next = a->top + 1;
        a->seen[next % WINDOW / 64] &= ~(UINT64_C(1) << next % 64);
    }
    uint64_t bit = UINT64_C(1) << tsn % 64, *word = &a->seen[tsn % WINDOW / 64];
    bool seen = *word & bit;
    *word |= bit;
    return !seen;
}

static association_key key_of(const capture_path *path, uint32_t tag)
{
    association_key key = { .tag = tag,
                            .src_port = path->src.port,
                            .dst_port = path->dst.port,
                            .family = path->src.family };
    memcpy(key.src, path->src.bytes, sizeof key.src);
    memcpy(key.dst, path->dst.bytes, sizeof key.dst);
    return key;
}

static void end_association(capture_decoder *decoder, association *a)
{
    end_all(decoder, a);
    capture_table_remove(&decoder->associations, &a->node);
    free(a);
}

static void evict(capture_decoder *decoder, association *a)
{
    if (a->was_sip) capture_note(decoder, CAPTURE_SCTP_EVICTED);
    end_association(decoder, a);
}

static association *association_of(capture_decoder *decoder, const capture_path *path, uint32_t tag)
{
    association_key key = key_of(path, tag);
    association *a = (association *)capture_table_find(&decoder->associations, &key);
    if (a) return a;
    a = (association *)capture_table_victim(&decoder->associations, &key);
    if (a) evict(decoder, a);
    a = calloc(1, sizeof *a);
    if (!a) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return NULL;
    }
    a->key = key;
    a->path = *path;
    capture_table_insert(&decoder->associations, &a->node);
    return a;
}

static chunk data_head(const uint8_t *h)
{
    bool unordered = h[1] & FLAG_UNORDERED;
    return (chunk){ .tsn = capture_u32(h + 4),
                    .place = capture_u32(h + 4),
                    .stream = unordered ? (uint32_t)capture_u16(h + 8) << 16 : capture_u32(h + 8),
                    .flags = h[1] };
}

/* RFC 8260 §2.1: the numbers of messages that are ordered and of those that are not count apart. A
 * first chunk says what it carries where the others have their number. */
static chunk i_data_head(const uint8_t *h)
{
    uint64_t unordered = h[1] & FLAG_UNORDERED, stream = capture_u16(h + 8);
    return (chunk){ .tsn = capture_u32(h + 4),
                    .place = h[1] & FLAG_BEGIN ? 0 : capture_u32(h + 16),
                    .stream = unordered << 48 | stream << 32 | capture_u32(h + 12),
                    .flags = h[1],
                    .interleaved = true };
}

static void take_data(capture_decoder *decoder, association *a, capture_span span)
{
    const uint8_t *h = span.p;
    bool interleaved = h[0] == CHUNK_I_DATA;
    chunk head = interleaved ? i_data_head(h) : data_head(h);
    capture_skip(&span, interleaved ? I_DATA_HEADER : DATA_HEADER);
    head.origin = decoder->origin;
    head.n = span.n;
    head.wire = span.wire;
    capture_tell_part(decoder, CAPTURE_PART_STREAM, &a->key, sizeof a->key, decoder->origin);
    bool alone = (h[1] & FLAG_BEGIN) && (h[1] & FLAG_END);
    if (!is_new(decoder, a, head.tsn))
        capture_note(decoder, CAPTURE_SCTP_RETRANSMITTED);
    else if (alone)
        message(decoder, a, span);
    else
        keep(decoder, a, &head, span);
    while (a->first && hopeless(decoder, a))
        give_up(decoder, a);
}

static void take_chunk(capture_decoder *decoder, const capture_path *path, uint32_t tag,
                       capture_span span)
{
    bool interleaved = span.p[0] == CHUNK_I_DATA;
    size_t header = interleaved ? I_DATA_HEADER : DATA_HEADER;
    if (!interleaved && span.p[0] != CHUNK_DATA) return;
    if (span.wire <= header) capture_note(decoder, CAPTURE_SCTP_MALFORMED);
    if (span.n <= header) return; /* cut */
    association *a = association_of(decoder, path, tag);
    if (!a) return;
    take_data(decoder, a, span);
    while (decoder->chunk_bytes > decoder->limits.total_bytes / SHARE_OF_BYTES &&
           decoder->associations.oldest != &a->node)
        evict(decoder, (association *)decoder->associations.oldest);
}

void capture_sctp(capture_decoder *decoder, const capture_path *ip, capture_span span)
{
    const uint8_t *h = span.p;
    if (!capture_skip(&span, 12)) {
        if (span.wire == span.n) capture_note(decoder, CAPTURE_SCTP_MALFORMED);
        return;
    }
    capture_path path = *ip;
    path.src.port = capture_u16(h);
    path.dst.port = capture_u16(h + 2);
    while (span.n >= 4) {
        size_t length = capture_u16(span.p + 2), padded = (length + 3) & ~(size_t)3;
        if (length < 4 || (length > span.wire && span.n == span.wire)) {
            capture_note(decoder, CAPTURE_SCTP_MALFORMED);
            return;
        }
        if (length > span.wire) span.wire = length; /* a datagram that lacks fragments */
        capture_span chunk_span = span;
        capture_trim(&chunk_span, length);
        take_chunk(decoder, &path, capture_u32(h + 4), chunk_span);
        if (!capture_skip(&span, padded)) return;
    }
}

void capture_end_associations(capture_decoder *decoder)
{
    while (decoder->associations.oldest)
        end_association(decoder, (association *)decoder->associations.oldest);
}

void capture_drop_associations(capture_decoder *decoder)
{
    for (association *a = (association *)decoder->associations.oldest; a;
         a = (association *)decoder->associations.oldest) {
        drop_run(decoder, a, a->first, NULL);
        capture_table_remove(&decoder->associations, &a->node);
        free(a);
    }
}
