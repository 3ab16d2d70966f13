/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HEP, the Homer Encapsulation Protocol (EEP by its later name): a proxy or an agent mirrors
 * messages, each with the addresses that it was sent with. Version 3 is a row of chunks behind
 * "HEP3" and a length, over UDP or TCP; versions 1 and 2 are a fixed header, over UDP. */
#include "hep.h"
#include "inflate.h"

#include <sipcheck/message.h>

#include <string.h>

#define HEAD 6 /* of a packet of version 3, and of a chunk */
#define DAY_NS (86400ull * 1000000000u)
#define TYPE_SIP 1

enum chunk {
    CHUNK_FAMILY = 1,
    CHUNK_PROTOCOL = 2,
    CHUNK_SRC4 = 3,
    CHUNK_DST4 = 4,
    CHUNK_SRC6 = 5,
    CHUNK_DST6 = 6,
    CHUNK_SRC_PORT = 7,
    CHUNK_DST_PORT = 8,
    CHUNK_SECONDS = 9,
    CHUNK_MICROSECONDS = 10,
    CHUNK_TYPE = 11,
    CHUNK_AGENT = 12,
    CHUNK_PAYLOAD = 15,
    CHUNK_COMPRESSED = 16,
};

typedef struct hep_packet {
    capture_path path;
    capture_span payload;
    uint32_t seconds, microseconds, agent;
    uint8_t protocol;
    uint8_t type; /* TYPE_SIP; 0: it does not say */
    bool compressed;
} hep_packet;

/* TCP may be TLS or WebSocket to the agent, for most of them say no more; 22 and 50 stand for those
 * two where Kamailio writes them. */
static enum sipcheck_transport transport_of(uint8_t protocol)
{
    switch (protocol) {
    case 17:
        return SIPCHECK_TRANSPORT_UDP;
    case 22:
        return SIPCHECK_TRANSPORT_TLS;
    case 132:
        return SIPCHECK_TRANSPORT_SCTP;
    default:
        return SIPCHECK_TRANSPORT_UNKNOWN;
    }
}

/* The agent's clock, unless that is a day away from the capture's. */
static uint64_t time_of(capture_decoder *decoder, const hep_packet *packet, capture_origin origin)
{
    if (!packet->seconds) return origin.ns;
    uint64_t ns = packet->seconds * 1000000000ull + packet->microseconds % 1000000u * 1000ull;
    uint64_t apart = ns > origin.ns ? ns - origin.ns : origin.ns - ns;
    if (apart <= DAY_NS) return ns;
    capture_count(decoder->stats, CAPTURE_HEP_CLOCK, origin.place, 0);
    return origin.ns;
}

static bool is_blank(capture_span span)
{
    for (size_t i = 0; i < span.n; i++)
        if (span.p[i] != '\r' && span.p[i] != '\n' && span.p[i]) return false;
    return true;
}

static bool is_sip(const hep_packet *packet)
{
    if (!packet->payload.n || packet->type > TYPE_SIP || packet->compressed) return false;
    switch (sipcheck_looks_like_sip(packet->payload.p, packet->payload.n)) {
    case SIPCHECK_IS_SIP:
        return true;
    case SIPCHECK_MAYBE_SIP:
        return packet->type == TYPE_SIP;
    case SIPCHECK_NOT_SIP:
        break;
    }
    return false;
}

static void hand_on(capture_decoder *decoder, const hep_packet *packet, const capture_path *outer,
                    sipcheck_slice bytes, bool cut, capture_origin origin)
{
    const uint64_t then = time_of(decoder, packet, origin);
    const capture_vantage vantage = { outer->src, packet->agent, then, true };
    const capture_digest content = capture_digest_bytes(bytes.p, bytes.n);
    const capture_digest key = capture_digest_from(&content, &packet->path.src, &packet->path.dst);
    if (!capture_first_sight(decoder, &vantage, &key, origin)) return;
    origin.ns = then;
    capture_hand_on(decoder, bytes, cut ? SIPCHECK_CUT : 0u, origin, &packet->path,
                    transport_of(packet->protocol));
}

/* What agents pick up of a stream may be a part of a message, or several; and a datagram without
 * its further fragments. */
static void hand_on_all(capture_decoder *decoder, const hep_packet *packet,
                        const capture_path *outer, capture_origin origin)
{
    capture_span rest = packet->payload;
    bool datagram = packet->protocol == 17;
    capture_learn_path(decoder, &packet->path);
    while (rest.n && !decoder->stopped) {
        bool is_short;
        size_t first = capture_first_message(rest.p, rest.n, &is_short);
        size_t n = datagram ? rest.n : first;
        bool cut = is_short || (n == rest.n && rest.wire > rest.n);
        hand_on(decoder, packet, outer, (sipcheck_slice){ rest.p, n }, cut, origin);
        capture_skip(&rest, n);
    }
}

/* Takes what is inside, if it can be read. */
static bool take_compressed(capture_decoder *decoder, hep_packet packet, const capture_path *outer,
                            capture_origin origin)
{
    capture_inflated to = { 0 };
    sipcheck_slice payload = { packet.payload.p, packet.payload.n };
    bool fine = packet.payload.n == packet.payload.wire && capture_unzip(decoder, payload, &to);
    packet.compressed = false;
    packet.payload = (capture_span){ to.bytes, to.n, to.n };
    fine = fine && is_sip(&packet);
    if (fine) hand_on_all(decoder, &packet, outer, origin);
    capture_inflated_free(decoder, &to);
    return fine;
}

static void take(capture_decoder *decoder, const hep_packet *packet, const capture_path *outer,
                 capture_origin origin)
{
    enum capture_counter_id other = CAPTURE_HEP_OTHER;
    if (is_sip(packet)) {
        hand_on_all(decoder, packet, outer, origin);
        return;
    }
    bool may_be = packet->compressed && packet->type <= TYPE_SIP;
    if (may_be && take_compressed(decoder, *packet, outer, origin)) return;
    if (may_be)
        other = CAPTURE_HEP_COMPRESSED;
    else if (packet->payload.p && packet->type <= TYPE_SIP && is_blank(packet->payload))
        other = CAPTURE_KEEPALIVES;
    capture_count(decoder->stats, other, origin.place, 0);
}

/* --- version 3 */

static void take_address(sipcheck_address_port *to, const uint8_t *value, size_t n, size_t size)
{
    if (n != size) return;
    to->family = size == 4 ? 4 : 6;
    memcpy(to->bytes, value, size);
}

static uint32_t number(const uint8_t *value, size_t n)
{
    return n == 4 ? capture_u32(value) : n == 2 ? capture_u16(value) : n == 1 ? value[0] : 0;
}

static void take_payload(hep_packet *packet, capture_span value, bool compressed)
{
    packet->payload = value;
    packet->compressed = compressed;
}

static void take_chunk(hep_packet *packet, unsigned type, capture_span value)
{
    switch (type) {
    case CHUNK_PROTOCOL:
        packet->protocol = (uint8_t)number(value.p, value.n);
        break;
    case CHUNK_SRC4:
    case CHUNK_SRC6:
        take_address(&packet->path.src, value.p, value.n, type == CHUNK_SRC4 ? 4 : 16);
        break;
    case CHUNK_DST4:
    case CHUNK_DST6:
        take_address(&packet->path.dst, value.p, value.n, type == CHUNK_DST4 ? 4 : 16);
        break;
    case CHUNK_SRC_PORT:
        packet->path.src.port = (uint16_t)number(value.p, value.n);
        break;
    case CHUNK_DST_PORT:
        packet->path.dst.port = (uint16_t)number(value.p, value.n);
        break;
    case CHUNK_SECONDS:
        packet->seconds = number(value.p, value.n);
        break;
    case CHUNK_MICROSECONDS:
        packet->microseconds = number(value.p, value.n);
        break;
    case CHUNK_TYPE:
        packet->type = (uint8_t)number(value.p, value.n);
        break;
    case CHUNK_AGENT:
        packet->agent = number(value.p, value.n);
        break;
    case CHUNK_PAYLOAD:
    case CHUNK_COMPRESSED:
        take_payload(packet, value, type == CHUNK_COMPRESSED);
        break;
    default:
        break;
    }
}

/* False: a chunk contradicts the packet's length. */
static bool take_chunks(hep_packet *packet, capture_span span)
{
    while (span.n >= HEAD) {
        unsigned vendor = capture_u16(span.p), type = capture_u16(span.p + 2);
        size_t length = capture_u16(span.p + 4);
        if (length < HEAD || length > span.wire) return false;
        capture_span value = span;
        capture_skip(&value, HEAD);
        capture_trim(&value, length - HEAD);
        if (!vendor) take_chunk(packet, type, value);
        if (!capture_skip(&span, length)) return true; /* the capture ends within it */
    }
    return span.n == 0 || span.n < span.wire;
}

size_t capture_hep_length(const uint8_t *p)
{
    return capture_u16(p + 4);
}

enum capture_scan capture_begins_hep(const uint8_t *p, size_t n)
{
    size_t told = n < 4 ? n : 4;
    if (memcmp(p, "HEP3", told) != 0 && memcmp(p, "EEP3", told) != 0) return CAPTURE_SCAN_NO;
    if (n < HEAD) return CAPTURE_SCAN_MORE;
    return capture_hep_length(p) < HEAD ? CAPTURE_SCAN_NO : CAPTURE_SCAN_YES;
}

void capture_hep(capture_decoder *decoder, const capture_path *outer, capture_span span,
                 capture_origin origin)
{
    hep_packet packet = { 0 };
    size_t length = capture_hep_length(span.p);
    bool fine = length <= span.wire;
    capture_trim(&span, length);
    capture_skip(&span, HEAD);
    fine = take_chunks(&packet, span) && fine;
    if (!fine) capture_count(decoder->stats, CAPTURE_HEP_MALFORMED, origin.place, 0);
    if (fine || is_sip(&packet)) take(decoder, &packet, outer, origin);
}

/* --- versions 1 and 2: version, length of the headers, family and protocol (a byte each), ports,
 * addresses; in version 2 seconds, microseconds and agent follow, in the byte order of Intel. */

/* 0: it is no address family of Linux or a BSD. */
static size_t address_size(uint8_t family)
{
    if (family == 2) return 4;
    return family == 10 || family == 24 || family == 28 || family == 30 ? 16 : 0;
}

bool capture_hep_old(capture_decoder *decoder, const capture_path *outer, capture_span span)
{
    const uint8_t *h = span.p;
    if (span.n < 8 || (h[0] != 1 && h[0] != 2)) return false;
    size_t address = address_size(h[2]), head = 8 + 2 * address;
    size_t all = h[0] == 1 ? head : head + 10; /* with or without two bytes of padding */
    if (!address || span.n < all || (h[1] != all && (h[0] == 1 || h[1] != all + 2))) return false;
    hep_packet packet = { .protocol = h[3], .path.src.port = capture_u16(h + 4) };
    packet.path.dst.port = capture_u16(h + 6);
    take_address(&packet.path.src, h + 8, address, address);
    take_address(&packet.path.dst, h + 8 + address, address, address);
    if (h[0] == 2) {
        packet.seconds = capture_little32(h + head);
        packet.microseconds = capture_little32(h + head + 4);
        packet.agent = (uint32_t)(h[head + 8] | h[head + 9] << 8);
    }
    packet.payload = span;
    if (!capture_skip(&packet.payload, h[1]) || !is_sip(&packet)) return false;
    take(decoder, &packet, outer, decoder->origin);
    return true;
}
