/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PDUs that Wireshark exported: tags of a type, a length and a value, then the PDU. Of a packet
 * with several messages it exports all of its bytes as often as there are messages, and once more
 * where they came out of TLS. wsutil/exported_pdu_tlvs.h */
#include "exported.h"

#include "scan.h"
#include "stream.h"

#include <stdlib.h>
#include <string.h>

enum tag {
    TAG_END = 0,
    TAG_DISSECTOR = 12,
    TAG_HEURISTIC = 13,
    TAG_TABLE = 14,
    TAG_IP4_SRC = 20,
    TAG_IP4_DST = 21,
    TAG_IP6_SRC = 22,
    TAG_IP6_DST = 23,
    TAG_PORT_TYPE = 24,
    TAG_SRC_PORT = 25,
    TAG_DST_PORT = 26,
    TAG_FRAME = 30,
    TAG_TABLE_VALUE = 32,
};
enum port_type { PORT_SCTP = 1, PORT_TCP = 2, PORT_UDP = 3 };

typedef struct exported {
    capture_path path;
    uint32_t port_type, frame, table_value;
    bool named;  /* something like sip */
    bool tabled; /* a table of dissectors by port */
} exported;

static bool begins_with(capture_span value, const char *text)
{
    size_t n = strlen(text);
    return value.n >= n && memcmp(value.p, text, n) == 0;
}

static void take_address(sipcheck_address_port *to, capture_span value, size_t size)
{
    if (value.n != size) return;
    to->family = size == 4 ? 4 : 6;
    memcpy(to->bytes, value.p, size);
}

static void take_tag(exported *e, unsigned tag, capture_span value)
{
    uint32_t number = value.n == 4 ? capture_u32(value.p) : 0;
    switch (tag) {
    case TAG_DISSECTOR:
    case TAG_HEURISTIC:
        e->named = e->named || begins_with(value, "sip") || begins_with(value, "raw_sip");
        break;
    case TAG_TABLE:
        e->named = e->named || begins_with(value, "sip");
        e->tabled = begins_with(value, "udp.port") || begins_with(value, "tcp.port") ||
                    begins_with(value, "tls.port") || begins_with(value, "sctp.port");
        break;
    case TAG_IP4_SRC:
    case TAG_IP6_SRC:
        take_address(&e->path.src, value, tag == TAG_IP4_SRC ? 4 : 16);
        break;
    case TAG_IP4_DST:
    case TAG_IP6_DST:
        take_address(&e->path.dst, value, tag == TAG_IP4_DST ? 4 : 16);
        break;
    case TAG_PORT_TYPE:
        e->port_type = number;
        break;
    case TAG_SRC_PORT:
        e->path.src.port = (uint16_t)number;
        break;
    case TAG_DST_PORT:
        e->path.dst.port = (uint16_t)number;
        break;
    case TAG_FRAME:
        e->frame = number;
        break;
    case TAG_TABLE_VALUE:
        e->table_value = number;
        break;
    default:
        break;
    }
}

/* On true, span is the PDU. False: its tags are not whole. */
static bool take_tags(exported *e, capture_span *span)
{
    while (span->n >= 4) {
        unsigned tag = capture_u16(span->p);
        capture_span value = *span;
        size_t length = capture_u16(span->p + 2);
        capture_skip(&value, 4);
        capture_trim(&value, length);
        if (value.n < length || !capture_skip(span, 4 + length)) return false;
        if (tag == TAG_END) return true;
        take_tag(e, tag, value);
    }
    return false;
}

static bool read_tags(capture_decoder *decoder, exported *e, capture_span *span)
{
    *e = (exported){ 0 };
    if (take_tags(e, span)) {
        e->named = e->named || (e->tabled && (e->table_value == 5060 || e->table_value == 5061));
        return true;
    }
    if (span->wire == span->n) capture_note(decoder, CAPTURE_EXPORTED_MALFORMED);
    return false;
}

/* --- messages */

/* Over TCP it may have been TLS or WebSocket as well. */
static enum sipcheck_transport transport_of(const exported *e)
{
    if (e->port_type == PORT_UDP) return SIPCHECK_TRANSPORT_UDP;
    return e->port_type == PORT_SCTP ? SIPCHECK_TRANSPORT_SCTP : SIPCHECK_TRANSPORT_UNKNOWN;
}

static bool is_sip(const exported *e, capture_span span)
{
    if (!span.n || span.p[0] <= ' ' || span.p[0] >= 0x7F) return false;
    enum sipcheck_likeness likeness = sipcheck_looks_like_sip(span.p, span.n);
    return likeness == SIPCHECK_IS_SIP || (likeness == SIPCHECK_MAYBE_SIP && e->named);
}

static void hand_on(capture_decoder *decoder, const exported *e, capture_span span)
{
    capture_learn_path(decoder, &e->path);
    while (span.n && !decoder->stopped) {
        bool is_short = false;
        size_t n =
            e->port_type == PORT_TCP ? capture_first_message(span.p, span.n, &is_short) : span.n;
        bool cut = n == span.n && span.wire > span.n;
        /* What lacks its end is exported again when that has come. */
        if (is_short && !cut)
            capture_note(decoder, CAPTURE_EXPORTED_PARTIAL);
        else
            capture_deliver(decoder, (sipcheck_slice){ span.p, n }, cut ? SIPCHECK_CUT : 0u,
                            decoder->origin, &e->path, transport_of(e));
        capture_skip(&span, n);
    }
}

/* The same bytes of the same packet are exported already. */
static bool is_repeated(capture_decoder *decoder, const exported *e, capture_span span)
{
    capture_exports *last = &decoder->exports;
    const capture_digest content = capture_digest_bytes(span.p, span.n);
    const capture_digest digest = capture_digest_from(&content, &e->path.src, &e->path.dst);
    if (last->frame != e->frame || last->ns != decoder->origin.ns)
        *last = (capture_exports){ .frame = e->frame, .ns = decoder->origin.ns };
    for (unsigned i = 0; i < last->count; i++)
        if (memcmp(&last->digests[i], &digest, sizeof digest) == 0) return true;
    if (last->count < CAPTURE_EXPORTS_MAX) last->digests[last->count++] = digest;
    return false;
}

void capture_exported(capture_decoder *decoder, capture_span span)
{
    exported e;
    if (!read_tags(decoder, &e, &span)) return;
    while (span.n && (*span.p == '\r' || *span.p == '\n'))
        capture_skip(&span, 1);
    if (!is_sip(&e, span))
        capture_note(decoder, span.n || !e.named ? CAPTURE_EXPORTED_OTHER : CAPTURE_KEEPALIVES);
    else if (is_repeated(decoder, &e, span))
        capture_note(decoder, CAPTURE_EXPORTED_TWICE);
    else
        hand_on(decoder, &e, span);
}

/* --- what tshark decrypted: the bytes of TLS connections, record by record, in order */

typedef struct secret_key {
    uint8_t src[16], dst[16];
    uint16_t src_port, dst_port;
    uint8_t family, zero[3];
} secret_key;
_Static_assert(sizeof(secret_key) == CAPTURE_FLOW_KEY_SIZE, "no padding");

typedef struct secret {
    capture_node node;
    secret_key key;
    capture_path path;
    capture_stream stream;
    unsigned source; /* the file that it was read from: of another one the same comes again */
} secret;

static secret_key key_of(const capture_path *path)
{
    secret_key key = { .src_port = path->src.port,
                       .dst_port = path->dst.port,
                       .family = path->src.family };
    memcpy(key.src, path->src.bytes, sizeof key.src);
    memcpy(key.dst, path->dst.bytes, sizeof key.dst);
    return key;
}

static void end_secret(capture_decoder *decoder, secret *s)
{
    capture_stream_end(decoder, &s->stream, &s->path, false);
    capture_table_remove(&decoder->secrets, &s->node);
    free(s);
}

static secret *open_secret(capture_decoder *decoder, const capture_path *path, bool whole)
{
    secret_key key = key_of(path);
    secret *s = (secret *)capture_table_find(&decoder->secrets, &key);
    if (s) return s;
    s = (secret *)capture_table_victim(&decoder->secrets, &key);
    if (s) end_secret(decoder, s);
    s = calloc(1, sizeof *s);
    if (!s) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return NULL;
    }
    s->key = key;
    s->path = *path;
    s->stream.from_start = whole;
    s->stream.decrypted = true;
    s->source = decoder->origin.place.source;
    capture_table_insert(&decoder->secrets, &s->node);
    return s;
}

/* Its other direction was found to carry SIP before. */
static bool is_known(capture_decoder *decoder, const capture_path *path)
{
    const capture_path back = { path->dst, path->src };
    secret_key key = key_of(&back);
    const secret *s = (secret *)capture_table_find(&decoder->secrets, &key);
    return s && s->stream.was_sip;
}

void capture_decrypted(capture_decoder *decoder, capture_span span)
{
    exported e;
    if (!read_tags(decoder, &e, &span) || e.port_type != PORT_TCP || !span.n) return;
    if (e.frame) decoder->origin.place.frame = e.frame;
    bool whole = capture_flow_decrypted(decoder, &e.path);
    secret *s = open_secret(decoder, &e.path, whole);
    if (!s || s->source != decoder->origin.place.source) return;
    bool was_sip = s->stream.was_sip;
    capture_stream_feed(decoder, &s->stream, &s->path, (sipcheck_slice){ span.p, span.n },
                        decoder->origin);
    if (s->stream.was_sip && !was_sip && !is_known(decoder, &e.path))
        capture_note(decoder, CAPTURE_TLS_DECRYPTED);
    while (decoder->kept_bytes > decoder->limits.total_bytes && decoder->secrets.oldest != &s->node)
        end_secret(decoder, (secret *)decoder->secrets.oldest);
}

/* Of how many bytes within TLS is not known. */
void capture_secret_gap(capture_decoder *decoder, const capture_path *path)
{
    secret_key key = key_of(path);
    secret *s = (secret *)capture_table_find(&decoder->secrets, &key);
    if (!s) return;
    bool was_sip = s->stream.was_sip;
    capture_stream_end(decoder, &s->stream, &s->path, false);
    s->stream.was_sip = was_sip;
    s->stream.decrypted = true;
}

void capture_forget_secrets(capture_decoder *decoder, const capture_path *path)
{
    const secret_key keys[2] = { key_of(path), key_of(&(capture_path){ path->dst, path->src }) };
    for (int i = 0; i < 2; i++) {
        secret *s = (secret *)capture_table_find(&decoder->secrets, &keys[i]);
        if (s) end_secret(decoder, s);
    }
}

void capture_end_secrets(capture_decoder *decoder)
{
    while (decoder->secrets.oldest)
        end_secret(decoder, (secret *)decoder->secrets.oldest);
}

void capture_drop_secrets(capture_decoder *decoder)
{
    for (secret *s = (secret *)decoder->secrets.oldest; s; s = (secret *)decoder->secrets.oldest) {
        capture_stream_drop(decoder, &s->stream);
        capture_table_remove(&decoder->secrets, &s->node);
        free(s);
    }
}
