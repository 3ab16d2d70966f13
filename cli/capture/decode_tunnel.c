/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets that carry packets. What is inside goes through the decoder as if it had come alone: its
 * own addresses count, and the same datagram inside of a tunnel and outside of it is one. */
#include "decoder.h"

size_t capture_ip_length(const capture_span *span)
{
    const uint8_t *h = span->p;
    size_t length = 0, header = 40;
    if (span->n >= 20 && h[0] >> 4 == 4) {
        header = (size_t)(h[0] & 15) * 4;
        length = capture_u16(h + 2);
    } else if (span->n >= 40 && h[0] >> 4 == 6) {
        length = 40 + (size_t)capture_u16(h + 4);
    }
    return header >= 20 && length >= header && length <= span->wire ? length : 0;
}

static void enter(capture_decoder *decoder, enum capture_counter_id id, capture_span span)
{
    capture_note(decoder, id);
    capture_ip(decoder, span);
}

/* RFC 2003, RFC 4213 §3 */
void capture_ipip(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    enter(decoder, CAPTURE_IN_IPIP, span);
}

/* RFC 3378 §2: version 3 and nothing else in two bytes. */
void capture_etherip(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    if (span.n < 2 || capture_u16(span.p) != 0x3000) {
        capture_note(decoder, CAPTURE_IP_OTHER);
        return;
    }
    capture_skip(&span, 2);
    capture_note(decoder, CAPTURE_IN_ETHERIP);
    capture_ethertype(decoder, CAPTURE_TYPE_ETHERNET, span);
}

/* RFC 8986 §10.1 */
void capture_srv6_ethernet(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    capture_note(decoder, CAPTURE_IN_ETHERIP);
    capture_ethertype(decoder, CAPTURE_TYPE_ETHERNET, span);
}

/* ERSPAN: a mirrored frame behind a header whose version its first four bits say; without sequence
 * numbers (version 1) there is no header. */
static size_t erspan_length(unsigned type, bool sequence, const capture_span *span)
{
    if (type == 0x88BE) return sequence ? 8 : 0;
    if (type != 0x22EB || span->n < 12) return 0;
    return span->p[11] & 1 ? 20 : 12; /* a platform's own eight bytes */
}

/* RFC 2784 §2, RFC 2890 §2; version 1 is PPTP's: RFC 2637 §4.1. RFC 1701's routing is gone. */
void capture_gre(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    unsigned flags = span.n >= 4 ? capture_u16(span.p) : 0x4000;
    unsigned version = flags & 7, type = span.n >= 4 ? capture_u16(span.p + 2) : 0;
    size_t length = 4;
    for (unsigned bit = 0x8000; bit >= 0x1000; bit >>= 1) /* checksum, (routing), key, sequence */
        length += flags & bit ? 4 : 0;
    if (version == 1 && flags & 0x0080) length += 4; /* acknowledgement */
    if (flags & 0x4000 || version > 1 || !capture_skip(&span, length)) {
        capture_note(decoder, CAPTURE_GRE);
        return;
    }
    capture_note(decoder, CAPTURE_IN_GRE);
    bool mirrored = type == 0x88BE || type == 0x22EB;
    if (mirrored && !capture_skip(&span, erspan_length(type, flags & 0x1000, &span)))
        capture_note(decoder, CAPTURE_GRE);
    else
        capture_ethertype(decoder, mirrored ? CAPTURE_TYPE_ETHERNET : (uint16_t)type, span);
}

/* Does an Ethernet frame begin there whose payload could lead to IP? */
static bool is_frame(const capture_span *span)
{
    unsigned type = span->n >= 14 ? capture_u16(span->p + 12) : 0;
    return type == 0x0800 || type == 0x86DD || type == 0x8100 || type == 0x88A8;
}

/* RFC 3032 §2.1. What is behind the last label is not said: IP by its first bits, unless only a
 * pseudowire's Ethernet fits (RFC 4448 §4.3), which may come behind a control word. */
void capture_mpls(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    do {
        if (!capture_skip(&span, 4)) {
            capture_note(decoder, CAPTURE_MPLS);
            return;
        }
    } while (!(span.p[-2] & 1));
    unsigned version = span.n ? span.p[0] >> 4 : 0;
    capture_note(decoder, CAPTURE_IN_MPLS);
    if ((version == 4 || version == 6) && (capture_ip_length(&span) || !is_frame(&span))) {
        capture_ip(decoder, span);
        return;
    }
    if (version == 0 && !is_frame(&span)) capture_skip(&span, 4);
    capture_ethertype(decoder, CAPTURE_TYPE_ETHERNET, span);
}

/* Step over the header of a G-PDU: 3GPP TS 29.281 §5.1, §5.2. False: it is none. */
static bool skip_gtp(capture_span *span)
{
    const uint8_t *h = span->p;
    if (span->n < 8 || (h[0] & 0xF0) != 0x30 || h[1] != 0xFF) return false;
    capture_skip(span, 8);
    capture_trim(span, capture_u16(h + 2));
    if (!(h[0] & 7)) return true;
    if (!capture_skip(span, 4)) return false;
    unsigned next = h[0] & 4 ? span->p[-1] : 0;
    while (next) {
        size_t length = span->n ? (size_t)span->p[0] * 4 : 0;
        if (!length || !capture_skip(span, length)) return false;
        next = span->p[-1];
    }
    return true;
}

/* A tunnel by UDP. False: the datagram is none of that kind. */
typedef bool tunnel_fn(capture_decoder *decoder, const capture_path *path, capture_span span);

static bool gtp(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    if (span.n < 8 || (span.p[0] & 0xE0) != 0x20) return false;
    unsigned version = skip_gtp(&span) && span.n ? span.p[0] >> 4 : 0;
    if (version == 4 || version == 6)
        enter(decoder, CAPTURE_IN_GTP, span);
    else
        capture_note(decoder, CAPTURE_GTP);
    return true;
}

/* On a port that proves nothing each length has to fit to the byte. */
static bool gtp_anywhere(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    if (span.n < 8 || (size_t)capture_u16(span.p + 2) + 8 != span.wire) return false;
    if (!skip_gtp(&span) || capture_ip_length(&span) != span.wire || !span.wire) return false;
    enter(decoder, CAPTURE_IN_GTP, span);
    return true;
}

/* RFC 7348 §5 */
static bool vxlan(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    if (span.n < 8 || !(span.p[0] & 8)) return false;
    capture_skip(&span, 8);
    capture_note(decoder, CAPTURE_IN_VXLAN);
    capture_ethertype(decoder, CAPTURE_TYPE_ETHERNET, span);
    return true;
}

static bool vxlan_anywhere(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    const uint8_t *h = span.p;
    if (span.n < 22 || capture_u32(h) != 0x08000000 || h[7]) return false;
    unsigned type = capture_u16(h + 20);
    capture_span inner = { h + 22, span.n - 22, span.wire - 22 };
    bool fits = type == 0x8100 || ((type == 0x0800 || type == 0x86DD) && capture_ip_length(&inner));
    return fits && vxlan(decoder, path, span);
}

/* VXLAN with a next protocol (draft-ietf-nvo3-vxlan-gpe §3). */
static bool vxlan_gpe(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    if (span.n < 8 || !(span.p[0] & 8)) return false;
    if (!(span.p[0] & 4) || span.p[3] == 3) return vxlan(decoder, path, span);
    if (span.p[3] != 1 && span.p[3] != 2) return false;
    capture_skip(&span, 8);
    enter(decoder, CAPTURE_IN_VXLAN, span);
    return true;
}

/* RFC 8926 §3.4 */
static bool geneve(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    const uint8_t *h = span.p;
    if (span.n < 8 || h[0] >> 6 || !capture_skip(&span, 8 + (size_t)(h[0] & 63) * 4)) return false;
    capture_note(decoder, CAPTURE_IN_GENEVE);
    capture_ethertype(decoder, capture_u16(h + 2), span);
    return true;
}

/* RFC 2661 §3.1: data messages carry PPP; version 3 does not say how long its cookie is. */
static bool l2tp(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    unsigned flags = span.n >= 6 ? capture_u16(span.p) : 0;
    if ((flags & 15) != 2 && (flags & 15) != 3) return false;
    size_t length = 6 + (flags & 0x4000 ? 2u : 0u) + (flags & 0x0800 ? 4u : 0u);
    bool data = !(flags & 0x8000) && (flags & 15) == 2 && capture_skip(&span, length);
    if (data && flags & 0x0200)
        data = capture_skip(&span, 2) && capture_skip(&span, capture_u16(span.p - 2));
    capture_note(decoder, data ? CAPTURE_IN_L2TP : CAPTURE_L2TP);
    if (data) capture_ethertype(decoder, CAPTURE_TYPE_PPP, span);
    return true;
}

/* RFC 4380 §5.1.1: an authentication, then an origin indication, may come before the packet. */
static bool teredo(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    if (span.n >= 4 && capture_u16(span.p) == 1)
        capture_skip(&span, 13 + (size_t)span.p[2] + span.p[3]);
    if (span.n >= 2 && capture_u16(span.p) == 0) capture_skip(&span, 8);
    if (span.n < 40 || span.p[0] >> 4 != 6) return false;
    enter(decoder, CAPTURE_IN_TEREDO, span);
    return true;
}

/* RFC 3948 §2: four zeros instead of an SPI mark IKE, one byte a keep-alive. */
static bool esp_in_udp(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    if (span.n < 8 || !capture_u32(span.p)) return false;
    capture_esp(decoder, path, span);
    return true;
}

/* RFC 6951. The first chunk's length tells it from what else may use the port. */
static bool sctp_in_udp(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    size_t length = span.n >= 16 ? capture_u16(span.p + 14) : 0;
    if (length < 4 || length > span.wire - 12) return false;
    capture_sctp(decoder, path, span);
    return true;
}

/* RFC 7510; IP only. */
static bool mpls_in_udp(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    capture_span inner = span;
    do {
        if (!capture_skip(&inner, 4)) return false;
    } while (!(inner.p[-2] & 1));
    if (!capture_ip_length(&inner)) return false;
    capture_mpls(decoder, path, span);
    return true;
}

/* RFC 8086; reserved bits are zero, and the version is. */
static bool gre_in_udp(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    if (span.n < 4 || capture_u16(span.p) & 0x4FFF || capture_u16(span.p + 2) < 0x0600)
        return false;
    capture_gre(decoder, path, span);
    return true;
}

static const struct {
    uint16_t port; /* either one; 0: any */
    tunnel_fn *take;
} tunnels[] = {
    { 2152, gtp },
    { 4789, vxlan },
    { 8472, vxlan },
    { 4790, vxlan_gpe },
    { 6081, geneve },
    { 1701, l2tp },
    { 3544, teredo },
    { 4500, esp_in_udp },
    { 9899, sctp_in_udp },
    { 6635, mpls_in_udp },
    { 4754, gre_in_udp },
    { 37008, capture_tzsp },
    { 5247, capture_capwap },
    { 0, gtp_anywhere },
    { 0, vxlan_anywhere },
};

bool capture_udp_tunnel(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    for (size_t i = 0; i < sizeof tunnels / sizeof *tunnels; i++) {
        uint16_t port = tunnels[i].port;
        if (port && path->src.port != port && path->dst.port != port) continue;
        if (tunnels[i].take(decoder, path, span)) return true;
    }
    return false;
}
