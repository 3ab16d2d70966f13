/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP: the bytes of each direction in order. What comes early waits for what is missing; what the
 * capture does not have is a gap. RFC 9293 §3 */
#include "exported.h"
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10

#define FAR_AHEAD (16 << 20) /* further on is another connection */
#define FAR_BEHIND (1 << 20) /* likewise: no retransmission is that late */
#define ACKED_NS 1000000000u /* the receiver has it, the capture will not get it any more */
#define ACKED_PACKETS 16

typedef struct flow_key {
    uint8_t low[16], high[16];
    uint16_t low_port, high_port;
    uint8_t family;
    uint8_t zero[3];
} flow_key;
_Static_assert(sizeof(flow_key) == CAPTURE_FLOW_KEY_SIZE, "no padding");

typedef struct segment {
    struct segment *next;
    capture_origin origin;
    uint32_t seq;
    uint32_t n, wire;
    uint8_t bytes[];
} segment;

/* One direction. */
typedef struct half {
    capture_stream stream;
    capture_path path;
    segment *waiting; /* by sequence number, all of them ahead of next */
    size_t waiting_count, waiting_bytes;
    uint64_t waiting_ns; /* since when */
    uint64_t acked_ns;
    unsigned acked_packets; /* of the connection since then */
    uint32_t base, next;    /* sequence numbers: of the first byte seen, of the next one wanted */
    uint32_t fin;
    bool started, has_fin;
    bool acked; /* the other side has what is missing here */
} half;

typedef struct flow {
    capture_node node;
    flow_key key;
    half halves[2];   /* [0]: from low to high */
    bool tls;         /* counted as encrypted */
    bool decrypted;   /* what it carries is known from elsewhere */
    capture_place at; /* where it was counted */
} flow;

typedef struct tcp_header {
    uint32_t seq, ack;
    unsigned flags;
} tcp_header;

static int32_t distance(uint32_t to, uint32_t from)
{
    return (int32_t)(to - from);
}

static void drop_segment(capture_decoder *decoder, half *h)
{
    segment *s = h->waiting;
    h->waiting = s->next;
    h->waiting_count--;
    h->waiting_bytes -= s->n;
    decoder->kept_bytes -= sizeof *s + s->n;
    free(s);
}

/* Bytes that are next in their stream; those that were not captured are a gap at once. */
static void consume(capture_decoder *decoder, half *h, capture_span span, capture_origin origin)
{
    if (span.n)
        capture_stream_feed(decoder, &h->stream, &h->path, (sipcheck_slice){ span.p, span.n },
                            origin);
    if (span.wire > span.n) capture_stream_gap(decoder, &h->stream, &h->path, span.wire - span.n);
    h->next += (uint32_t)span.wire;
}

/* Step over what the stream has already. False where nothing new is left. */
static bool trim_old(const half *h, uint32_t seq, capture_span *span)
{
    size_t old = (size_t) - (int64_t)distance(seq, h->next);
    if (old >= span->wire) return false;
    size_t there = old < span->n ? old : span->n;
    *span = (capture_span){ span->p + there, span->n - there, span->wire - old };
    return true;
}

static void close_if_whole(capture_decoder *decoder, half *h)
{
    if (!h->has_fin || h->next != h->fin) return;
    capture_stream_end(decoder, &h->stream, &h->path, true);
    h->has_fin = false;
    h->next++;
}

/* Whatever has become next. */
static void drain(capture_decoder *decoder, half *h)
{
    while (h->waiting && distance(h->waiting->seq, h->next) <= 0) {
        segment *s = h->waiting;
        capture_span span = { s->bytes, s->n, s->wire };
        if (trim_old(h, s->seq, &span)) consume(decoder, h, span, s->origin);
        drop_segment(decoder, h);
    }
    if (!h->waiting) h->acked = false;
    close_if_whole(decoder, h);
}

static bool hopeless(const capture_decoder *decoder, const half *h)
{
    uint64_t now = decoder->origin.ns;
    if (h->waiting_count > decoder->limits.segments) return true;
    if (h->waiting_bytes > SIPCHECK_MESSAGE_MAX) return true;
    if (now > h->waiting_ns && now - h->waiting_ns > decoder->limits.gap_ns) return true;
    if (!h->acked) return false;
    return h->acked_packets > ACKED_PACKETS || (now > h->acked_ns && now - h->acked_ns > ACKED_NS);
}

/* Go on behind what is missing. The frame to name is the first one behind the gap. */
static void skip_hole(capture_decoder *decoder, half *h)
{
    capture_origin current = decoder->origin;
    decoder->origin = h->waiting->origin;
    capture_stream_gap(decoder, &h->stream, &h->path, h->waiting->seq - h->next);
    h->next = h->waiting->seq;
    decoder->origin = current;
    h->acked = false;
    h->waiting_ns = current.ns;
    drain(decoder, h);
}

static void end_half(capture_decoder *decoder, half *h, bool clean)
{
    while (h->waiting)
        skip_hole(decoder, h);
    capture_stream_end(decoder, &h->stream, &h->path, clean);
    h->has_fin = false;
}

/* Where a segment with that number belongs in the list. */
static segment **place_of(half *h, uint32_t seq)
{
    segment **at = &h->waiting;
    while (*at && distance((*at)->seq, seq) < 0)
        at = &(*at)->next;
    return at;
}

static void wait_for_hole(capture_decoder *decoder, half *h, uint32_t seq, capture_span span)
{
    segment **at = place_of(h, seq);
    if (*at && (*at)->seq == seq && (*at)->wire >= span.wire) {
        capture_note(decoder, CAPTURE_TCP_RETRANSMITTED);
        return;
    }
    segment *s = malloc(sizeof *s + span.n);
    if (!s) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return;
    }
    *s = (segment){ *at, decoder->origin, seq, (uint32_t)span.n, (uint32_t)span.wire };
    memcpy(s->bytes, span.p, span.n);
    *at = s;
    if (h->waiting_count++ == 0) h->waiting_ns = decoder->origin.ns;
    h->waiting_bytes += span.n;
    decoder->kept_bytes += sizeof *s + span.n;
    capture_note(decoder, CAPTURE_TCP_REORDERED);
}

static void start(half *h, uint32_t seq)
{
    h->started = true;
    h->base = h->next = seq;
}

static void old_segment(capture_decoder *decoder, const half *h, uint32_t seq)
{
    bool before = !h->stream.from_start && distance(seq, h->base) < 0 && h->stream.was_sip;
    capture_note(decoder, before ? CAPTURE_TCP_BEFORE_START : CAPTURE_TCP_RETRANSMITTED);
}

static void take_payload(capture_decoder *decoder, half *h, uint32_t seq, capture_span span)
{
    if (!h->started) start(h, seq);
    int32_t ahead = distance(seq, h->next);
    if (ahead > FAR_AHEAD || ahead < -FAR_BEHIND) {
        end_half(decoder, h, false);
        start(h, seq);
        ahead = 0;
    }
    if (ahead > 0 && h->stream.state == STREAM_OTHER && !h->stream.was_sip) {
        h->next = seq;
        h->stream.from_start = false;
        ahead = 0;
    }
    if (ahead > 0) {
        wait_for_hole(decoder, h, seq, span);
    } else if (trim_old(h, seq, &span)) {
        consume(decoder, h, span, decoder->origin);
        drain(decoder, h);
    } else {
        old_segment(decoder, h, seq);
    }
}

/* A SYN opens a connection, also on ports that were used before; a late or repeated one does not.
 */
static void take_syn(capture_decoder *decoder, flow *f, half *h, const tcp_header *header)
{
    uint32_t seq = header->seq + 1;
    int32_t behind = distance(h->next, seq);
    bool known =
        h->started && (h->stream.from_start ? seq == h->base : behind >= 0 && behind < 65536);
    if (known) {
        h->stream.from_start = true;
        return;
    }
    bool opener = !(header->flags & ACK);
    if (opener) {
        f->tls = f->decrypted = false;
        capture_forget_secrets(decoder, &h->path);
    }
    for (int i = 0; i < 2; i++) {
        half *other = &f->halves[i];
        if (!other->started || (other != h && !opener)) continue;
        end_half(decoder, other, false);
        other->started = false;
    }
    start(h, seq);
    h->stream.from_start = true;
    capture_tell_stream(decoder, CAPTURE_PART_START, &h->path, decoder->origin);
}

static void take_ack(capture_decoder *decoder, half *h, uint32_t ack)
{
    if (!h->waiting) return;
    if (h->acked) {
        h->acked_packets++;
    } else if (distance(ack, h->next) > 0) {
        h->acked = true;
        h->acked_ns = decoder->origin.ns;
        h->acked_packets = 0;
    }
}

static void take_reset(capture_decoder *decoder, flow *f)
{
    for (int i = 0; i < 2; i++)
        end_half(decoder, &f->halves[i], false);
}

static void end_flow(capture_decoder *decoder, flow *f)
{
    take_reset(decoder, f);
    capture_table_remove(&decoder->flows, &f->node);
    free(f);
}

static void evict(capture_decoder *decoder, flow *f)
{
    if (f->halves[0].stream.was_sip || f->halves[1].stream.was_sip)
        capture_note(decoder, CAPTURE_TCP_EVICTED);
    end_flow(decoder, f);
}

/* Which half of its flow a path is: 0 from the lower address and port to the higher. */
static int key_of(const capture_path *path, flow_key *key)
{
    const sipcheck_address_port *low = &path->src, *high = &path->dst;
    int order = memcmp(low->bytes, high->bytes, sizeof low->bytes);
    int half_index = order > 0 || (order == 0 && low->port > high->port);
    if (half_index) {
        low = &path->dst;
        high = &path->src;
    }
    *key = (flow_key){ .low_port = low->port, .high_port = high->port, .family = low->family };
    memcpy(key->low, low->bytes, sizeof key->low);
    memcpy(key->high, high->bytes, sizeof key->high);
    return half_index;
}

static flow *open_flow(capture_decoder *decoder, const flow_key *key, const capture_path *path,
                       int half_index)
{
    flow *f = (flow *)capture_table_victim(&decoder->flows, key);
    if (f) evict(decoder, f);
    f = calloc(1, sizeof *f);
    if (!f) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return NULL;
    }
    f->key = *key;
    f->halves[half_index].path = *path;
    f->halves[!half_index].path = (capture_path){ .src = path->dst, .dst = path->src };
    capture_table_insert(&decoder->flows, &f->node);
    return f;
}

static void note_tls(capture_decoder *decoder, flow *f)
{
    if (f->tls || f->decrypted || !(f->halves[0].stream.tls || f->halves[1].stream.tls)) return;
    capture_note(decoder, CAPTURE_TLS);
    f->tls = true;
    f->at = decoder->origin.place;
}

bool capture_flow_decrypted(capture_decoder *decoder, const capture_path *path)
{
    flow_key key;
    int half_index = key_of(path, &key);
    flow *f = (flow *)capture_table_find(&decoder->flows, &key);
    if (!f) return false;
    bool whole = f->halves[half_index].stream.from_start;
    if (f->decrypted) return whole;
    if (f->tls) capture_uncount(decoder->stats, CAPTURE_TLS, f->at);
    f->tls = false;
    f->decrypted = true;
    /* What it lacks is a loss like any other's. */
    f->halves[0].stream.was_sip = f->halves[1].stream.was_sip = true;
    return whole;
}

static void take_segment(capture_decoder *decoder, flow *f, half *h, const tcp_header *header,
                         capture_span span)
{
    half *other = &f->halves[h == &f->halves[0]];
    uint32_t seq = header->seq;
    if (header->flags & SYN) {
        take_syn(decoder, f, h, header);
        seq++;
    }
    if (span.wire) take_payload(decoder, h, seq, span);
    note_tls(decoder, f);
    if (header->flags & FIN && h->started) {
        h->fin = seq + (uint32_t)span.wire;
        h->has_fin = distance(h->fin, h->next) >= 0;
        close_if_whole(decoder, h);
    }
    if (header->flags & ACK) take_ack(decoder, other, header->ack);
    if (h->waiting && hopeless(decoder, h)) skip_hole(decoder, h);
    if (other->waiting && hopeless(decoder, other)) skip_hole(decoder, other);
    if (header->flags & RST) take_reset(decoder, f);
}

void capture_tcp(capture_decoder *decoder, const capture_path *ip, capture_span span)
{
    const uint8_t *p = span.p;
    size_t length = span.n >= 20 ? (size_t)(p[12] >> 4) * 4 : 0;
    if (length < 20 || length > span.wire) {
        if (span.n >= 20 || span.wire == span.n) capture_note(decoder, CAPTURE_TCP_MALFORMED);
        return;
    }
    tcp_header header = { capture_u32(p + 4), capture_u32(p + 8), p[13] };
    size_t there = length < span.n ? length : span.n; /* cut inside the options */
    span = (capture_span){ p + there, span.n - there, span.wire - length };
    capture_path path = *ip;
    path.src.port = capture_u16(p);
    path.dst.port = capture_u16(p + 2);
    flow_key key;
    int half_index = key_of(&path, &key);
    flow *f = (flow *)capture_table_find(&decoder->flows, &key);
    if (!f && (span.wire || header.flags & SYN)) f = open_flow(decoder, &key, &path, half_index);
    if (!f) return;
    take_segment(decoder, f, &f->halves[half_index], &header, span);
    while (decoder->kept_bytes > decoder->limits.total_bytes && decoder->flows.oldest != &f->node)
        evict(decoder, (flow *)decoder->flows.oldest);
}

void capture_end_flows(capture_decoder *decoder)
{
    while (decoder->flows.oldest)
        end_flow(decoder, (flow *)decoder->flows.oldest);
}

static void drop_half(capture_decoder *decoder, half *h)
{
    while (h->waiting)
        drop_segment(decoder, h);
    capture_stream_drop(decoder, &h->stream);
}

void capture_drop_flows(capture_decoder *decoder)
{
    for (flow *f = (flow *)decoder->flows.oldest; f; f = (flow *)decoder->flows.oldest) {
        for (int i = 0; i < 2; i++)
            drop_half(decoder, &f->halves[i]);
        capture_table_remove(&decoder->flows, &f->node);
        free(f);
    }
}
