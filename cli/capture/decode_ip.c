/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 (RFC 791), IPv6 (RFC 8200) and what they carry. Checksums are not looked at: where segments
 * are cut or summed by the network card, a capture on the sender shows wrong ones. */
#include "decoder.h"

#include <string.h>

#define DONT_FRAGMENT 0x4000

static void malformed(capture_decoder *decoder, const capture_span *span)
{
    if (span->wire == span->n) capture_note(decoder, CAPTURE_IP_MALFORMED);
}

/* length: of the payload as its header says. A frame with less was cut by somebody who did not say
 * so. */
static void fit(capture_decoder *decoder, capture_span *span, size_t length)
{
    if (length > span->wire) {
        malformed(decoder, span);
        span->wire = length;
    }
    capture_trim(span, length);
}

static void ipv4(capture_decoder *decoder, capture_span span)
{
    const uint8_t *h = span.p;
    size_t header = (size_t)(h[0] & 15) * 4;
    if (header < 20 || !capture_skip(&span, header)) {
        malformed(decoder, &span);
        return;
    }
    size_t total = capture_u16(h + 2);
    if (total && total < header) {
        malformed(decoder, &span);
        return;
    }
    if (total) fit(decoder, &span, total - header); /* 0: left to the network card */
    capture_path path = { .src.family = 4, .dst.family = 4 };
    memcpy(path.src.bytes, h + 12, 4);
    memcpy(path.dst.bytes, h + 16, 4);
    unsigned place = capture_u16(h + 6), id = capture_u16(h + 4);
    decoder->identity = (capture_identity){ id, id && !(place & DONT_FRAGMENT) };
    capture_fragment fragment = {
        .path = &path,
        .id = id,
        .protocol = h[9],
        .offset = (size_t)(place & 0x1FFF) * 8,
        .more = place & 0x2000,
        .span = span,
    };
    if (fragment.offset || fragment.more)
        capture_take_fragment(decoder, &fragment);
    else
        capture_ip_payload(decoder, h[9], &path, span);
}

static void ipv6(capture_decoder *decoder, capture_span span)
{
    const uint8_t *h = span.p;
    if (!capture_skip(&span, 40)) {
        malformed(decoder, &span);
        return;
    }
    size_t length = capture_u16(h + 4);
    if (length) fit(decoder, &span, length);
    capture_path path = { .src.family = 6, .dst.family = 6 };
    memcpy(path.src.bytes, h + 8, 16);
    memcpy(path.dst.bytes, h + 24, 16);
    decoder->identity = (capture_identity){ 0 };
    capture_ip_payload(decoder, h[6], &path, span);
}

void capture_ip(capture_decoder *decoder, capture_span span)
{
    unsigned version = span.n ? span.p[0] >> 4 : 0;
    if (!capture_enter(decoder)) return;
    if (version == 4 && span.n >= 20)
        ipv4(decoder, span);
    else if (version == 6 && span.n >= 40)
        ipv6(decoder, span);
    else
        malformed(decoder, &span);
}

/* RFC 8200 §4.5 */
static void fragment_header(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    const uint8_t *h = span.p;
    if (!capture_skip(&span, 8)) {
        malformed(decoder, &span);
        return;
    }
    capture_fragment fragment = {
        .path = path,
        .id = capture_u32(h + 4),
        .protocol = h[0],
        .offset = capture_u16(h + 2) & 0xFFF8u,
        .more = h[3] & 1,
        .span = span,
    };
    if (fragment.offset || fragment.more)
        capture_take_fragment(decoder, &fragment);
    else
        capture_ip_payload(decoder, h[0], path, span);
}

/* RFC 8200 §4, RFC 4302 §2.2, RFC 6275 §6.1, RFC 7401 §5.1, RFC 5533 §5.1 */
size_t capture_extension_length(uint8_t protocol, const capture_path *path, const capture_span *at)
{
    if (at->n < 2) return 0;
    if (protocol == 51) return ((size_t)at->p[1] + 2) * 4;
    if (path->src.family != 6) return 0;
    bool known = protocol == 0 || protocol == 43 || protocol == 60 || protocol == 135 ||
                 protocol == 139 || protocol == 140;
    return known ? ((size_t)at->p[1] + 1) * 8 : 0;
}

static const struct {
    uint8_t protocol;
    void (*decode)(capture_decoder *decoder, const capture_path *path, capture_span span);
    enum capture_counter_id passed; /* where nothing decodes it */
} protocols[] = {
    { 17, capture_udp, 0 },
    { 6, capture_tcp, 0 },
    { 132, capture_sctp, 0 },
    { 4, capture_ipip, 0 },
    { 41, capture_ipip, 0 },
    { 47, capture_gre, 0 },
    { 50, capture_esp, 0 },
    { 137, capture_mpls, 0 },
    { 115, NULL, CAPTURE_L2TP },
    { 1, capture_icmp4, 0 },
    { 58, capture_icmp6, 0 },
    { 97, capture_etherip, 0 },
    { 143, capture_srv6_ethernet, 0 },
};

static void upper_layer(capture_decoder *decoder, uint8_t protocol, const capture_path *path,
                        capture_span span)
{
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        if (protocols[i].protocol != protocol) continue;
        if (protocols[i].decode)
            protocols[i].decode(decoder, path, span);
        else
            capture_note(decoder, protocols[i].passed);
        return;
    }
    capture_note(decoder, CAPTURE_IP_OTHER);
}

void capture_ip_payload(capture_decoder *decoder, uint8_t protocol, const capture_path *path,
                        capture_span span)
{
    for (unsigned i = 0; i < CAPTURE_EXTENSIONS_MAX; i++) {
        if (protocol == 44 && path->src.family == 6) {
            fragment_header(decoder, path, span);
            return;
        }
        const uint8_t *h = span.p;
        size_t length = capture_extension_length(protocol, path, &span);
        if (!length) {
            upper_layer(decoder, protocol, path, span);
            return;
        }
        if (!capture_skip(&span, length)) {
            malformed(decoder, &span);
            return;
        }
        protocol = h[0];
    }
    capture_note(decoder, CAPTURE_NESTED_TOO_DEEP);
}
