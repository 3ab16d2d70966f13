/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP: what could not be delivered, by the head of it that an error quotes. RFC 792, RFC 4443 §3
 */
#include "decoder.h"

#include <string.h>

#define HEADER 8 /* of every error, in front of what is quoted */

/* Not delivered for one reason or another: destination unreachable, time exceeded, parameter
 * problem. */
static bool is_error4(uint8_t type)
{
    return type == 3 || type == 11 || type == 12;
}

/* The same, and too big a packet. */
static bool is_error6(uint8_t type)
{
    return type >= 1 && type <= 4;
}

static bool has_ports(uint8_t protocol)
{
    return protocol == 6 || protocol == 17 || protocol == 132;
}

static enum sipcheck_transport transport_of(uint8_t protocol)
{
    return protocol == 6     ? SIPCHECK_TRANSPORT_TCP
           : protocol == 132 ? SIPCHECK_TRANSPORT_SCTP
                             : SIPCHECK_TRANSPORT_UDP;
}

/* Steps over what stands between IP and its payload; returns what that is, 0 as below. */
static uint8_t quoted_payload(uint8_t protocol, const capture_path *path, capture_span *span)
{
    for (unsigned i = 0; i < CAPTURE_EXTENSIONS_MAX; i++) {
        const uint8_t *h = span->p;
        bool fragment = protocol == 44 && path->src.family == 6;
        size_t length = fragment ? 8 : capture_extension_length(protocol, path, span);
        if (!length) return protocol;
        if (!capture_skip(span, length)) return 0;
        if (fragment && capture_u16(h + 2) & 0xFFF8) return 0;
        protocol = h[0];
    }
    return 0;
}

/* Steps over the IP header, of the version that ICMP is of; 0: of fragments other than the first,
 * of what has no ports, of what is too short nothing can be told. */
static uint8_t quoted_header(capture_span *span, uint8_t version, capture_path *path)
{
    const uint8_t *h = span->p;
    bool four = version == 4;
    if (!span->n || h[0] >> 4 != version) return 0;
    size_t header = four ? (size_t)(h[0] & 15) * 4 : 40;
    if (header < 20 || !capture_skip(span, header)) return 0;
    if (four && capture_u16(h + 6) & 0x1FFF) return 0;
    *path = (capture_path){ .src.family = version, .dst.family = version };
    memcpy(path->src.bytes, h + (four ? 12 : 8), four ? 4 : 16);
    memcpy(path->dst.bytes, h + (four ? 16 : 24), four ? 4 : 16);
    return quoted_payload(four ? h[9] : h[6], path, span);
}

/* False: not of SIP, or it can't be told. */
static bool undelivered(capture_decoder *decoder, uint8_t version, capture_span span)
{
    capture_path path;
    uint8_t protocol = quoted_header(&span, version, &path);
    if (!has_ports(protocol) || span.n < 4) return false;
    path.src.port = capture_u16(span.p);
    path.dst.port = capture_u16(span.p + 2);
    if (!capture_known_path(decoder, &path)) return false;
    capture_note(decoder, CAPTURE_UNDELIVERED);
    const sipcheck_packet packet = { .frame = decoder->origin.place.frame,
                                     .ns = decoder->origin.ns,
                                     .src = path.src,
                                     .dst = path.dst,
                                     .transport = transport_of(protocol) };
    if (decoder->on_undelivered) decoder->on_undelivered(decoder->undelivered_user, &packet);
    return true;
}

static void icmp(capture_decoder *decoder, uint8_t version, capture_span span)
{
    const uint8_t *h = span.p;
    bool (*is_error)(uint8_t type) = version == 4 ? is_error4 : is_error6;
    bool error = capture_skip(&span, HEADER) && is_error(h[0]);
    if (!error || !undelivered(decoder, version, span)) capture_note(decoder, CAPTURE_IP_OTHER);
}

void capture_icmp4(capture_decoder *decoder, const capture_path *ip, capture_span span)
{
    (void)ip; /* of who says it */
    icmp(decoder, 4, span);
}

void capture_icmp6(capture_decoder *decoder, const capture_path *ip, capture_span span)
{
    (void)ip;
    icmp(decoder, 6, span);
}
