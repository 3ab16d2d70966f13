/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Link headers down to IP. */
#include "exported.h"

#define DEPTH_MAX 24

typedef void link_fn(capture_decoder *decoder, capture_span span);

/* A header that is not whole: the snap length's doing, or the sender's. */
static void short_link(capture_decoder *decoder, const capture_span *span)
{
    if (span->wire == span->n) capture_note(decoder, CAPTURE_LINK_MALFORMED);
}

/* IEEE 802.2: IP, or SNAP with an Ethernet type. */
static void llc(capture_decoder *decoder, capture_span span)
{
    if (span.n >= 8 && span.p[0] == 0xAA && span.p[1] == 0xAA && span.p[2] == 3) {
        uint16_t type = capture_u16(span.p + 6);
        capture_skip(&span, 8);
        capture_ethertype(decoder, type, span);
    } else if (span.n >= 3 && span.p[0] == 6 && span.p[1] == 6 && span.p[2] == 3) {
        capture_skip(&span, 3);
        capture_ip(decoder, span);
    } else {
        capture_note(decoder, CAPTURE_NOT_IP);
    }
}

static void ethernet(capture_decoder *decoder, capture_span span)
{
    if (!capture_skip(&span, 14)) {
        short_link(decoder, &span);
        return;
    }
    capture_ethertype(decoder, capture_u16(span.p - 2), span);
}

static void other_ppp(capture_decoder *decoder, unsigned protocol, capture_span span)
{
    if (protocol == 0x0281)
        capture_mpls(decoder, NULL, span);
    else
        capture_note(decoder, CAPTURE_NOT_IP);
}

/* RFC 1661: the protocol takes one byte where it is odd. RFC 1662: FF 03 may come first. */
static void ppp(capture_decoder *decoder, capture_span span)
{
    if (span.n >= 2 && span.p[0] == 0xFF && span.p[1] == 3) capture_skip(&span, 2);
    size_t size = span.n && (span.p[0] & 1) ? 1 : 2;
    if (!capture_skip(&span, size)) {
        short_link(decoder, &span);
        return;
    }
    unsigned protocol = size == 1 ? span.p[-1] : capture_u16(span.p - 2);
    if (protocol == 0x0021 || protocol == 0x0057)
        capture_ip(decoder, span);
    else
        other_ppp(decoder, protocol, span);
}

/* RFC 2516 §4 */
static void pppoe(capture_decoder *decoder, capture_span span)
{
    if (!capture_skip(&span, 6)) {
        short_link(decoder, &span);
        return;
    }
    capture_trim(&span, capture_u16(span.p - 2));
    ppp(decoder, span);
}

/* IEEE 802.1AE §9: the tag says whether an identifier follows, and whether what is behind is
 * encrypted or changed. The check value at the end is a trailer. */
static void macsec(capture_decoder *decoder, capture_span span)
{
    const uint8_t *h = span.p;
    if (!capture_skip(&span, 8)) {
        short_link(decoder, &span);
        return;
    }
    bool readable = !(h[0] & 0x0C) && (!(h[0] & 0x20) || capture_skip(&span, 8));
    if (readable)
        capture_ethertype(decoder, capture_u16(span.p - 2), span);
    else
        capture_note(decoder, CAPTURE_NOT_IP);
}

/* RFC 8300 §2.2: a length in words and a protocol of its own numbers. */
static void nsh(capture_decoder *decoder, capture_span span)
{
    static const uint16_t types[] = { 0, 0x0800, 0x86DD, CAPTURE_TYPE_ETHERNET, 0, 0x8847 };
    const uint8_t *h = span.p;
    size_t length = span.n >= 8 ? (size_t)(h[1] & 63) * 4 : 0;
    if (length < 8 || !capture_skip(&span, length)) {
        short_link(decoder, &span);
        return;
    }
    uint16_t type = h[3] < sizeof types / sizeof *types ? types[h[3]] : 0;
    if (type)
        capture_ethertype(decoder, type, span);
    else
        capture_note(decoder, CAPTURE_NOT_IP);
}

static void mpls(capture_decoder *decoder, capture_span span)
{
    capture_mpls(decoder, NULL, span);
}

static const struct {
    uint16_t type;
    link_fn *decode;
} ethertypes[] = {
    { 0x0800, capture_ip },    { 0x86DD, capture_ip },    { 0x8864, pppoe },
    { 0x8847, mpls },          { 0x8848, mpls },          { CAPTURE_TYPE_ETHERNET, ethernet },
    { CAPTURE_TYPE_PPP, ppp }, { CAPTURE_TYPE_LLC, llc }, { 0x8870, llc }, /* of jumbo frames */
    { 0x894F, nsh },           { 0x88E5, macsec },
};

/* Tags: behind so many bytes comes another type (the last two of them), or a whole frame. */
static const struct {
    uint16_t type;
    uint8_t size;
    bool frame;
} tags[] = {
    { 0x8100, 4, false },                       /* IEEE 802.1Q */
    { 0x88A8, 4, false },                       /* IEEE 802.1ad */
    { 0x9100, 4, false },                       /* what came before it */
    { 0x9200, 4, false }, { 0x8926, 6, false }, /* VN-Tag */
    { 0x893F, 8, false },                       /* IEEE 802.1BR */
    { 0x892F, 6, false },                       /* HSR, IEC 62439-3 */
    { 0x8909, 8, false },                       /* Cisco's security group tag */
    { 0x88E7, 4, true },                        /* IEEE 802.1ah */
    { 0x8903, 2, true },                        /* FabricPath */
};

static bool tag(capture_decoder *decoder, uint16_t type, capture_span span)
{
    size_t i = 0, count = sizeof tags / sizeof *tags;
    while (i < count && tags[i].type != type)
        i++;
    if (i == count) return false;
    if (!capture_skip(&span, tags[i].size))
        short_link(decoder, &span);
    else
        capture_ethertype(decoder, tags[i].frame ? CAPTURE_TYPE_ETHERNET : capture_u16(span.p - 2),
                          span);
    return true;
}

bool capture_enter(capture_decoder *decoder)
{
    if (++decoder->depth <= DEPTH_MAX) return true;
    capture_note(decoder, CAPTURE_NESTED_TOO_DEEP);
    return false;
}

void capture_ethertype(capture_decoder *decoder, uint16_t type, capture_span span)
{
    if (!capture_enter(decoder) || tag(decoder, type, span)) return;
    for (size_t i = 0; i < sizeof ethertypes / sizeof *ethertypes; i++) {
        if (ethertypes[i].type != type) continue;
        ethertypes[i].decode(decoder, span);
        return;
    }
    if (type >= 0x0600) {
        capture_note(decoder, CAPTURE_NOT_IP);
    } else {
        capture_trim(&span, type); /* IEEE 802.3: it is a length */
        llc(decoder, span);
    }
}

static void cooked(capture_decoder *decoder, capture_span span)
{
    if (!capture_skip(&span, 16)) {
        short_link(decoder, &span);
        return;
    }
    capture_ethertype(decoder, capture_u16(span.p - 2), span);
}

static void cooked2(capture_decoder *decoder, capture_span span)
{
    if (!capture_skip(&span, 20)) {
        short_link(decoder, &span);
        return;
    }
    capture_ethertype(decoder, capture_u16(span.p - 20), span);
}

/* The address families of the BSDs, Darwin, Linux and Windows, in whichever byte order. */
static void loopback(capture_decoder *decoder, capture_span span)
{
    if (!capture_skip(&span, 4)) {
        short_link(decoder, &span);
        return;
    }
    uint32_t family = capture_u32(span.p - 4);
    if (family > 0xFFFF)
        family = family >> 24 | (family >> 8 & 0xFF00) | (family << 8 & 0xFF0000) | family << 24;
    if (family == 2 || family == 10 || family == 23 || family == 24 || family == 28 || family == 30)
        capture_ip(decoder, span);
    else
        capture_note(decoder, CAPTURE_NOT_IP);
}

static void chdlc(capture_decoder *decoder, capture_span span)
{
    if (!capture_skip(&span, 4)) {
        short_link(decoder, &span);
        return;
    }
    capture_ethertype(decoder, capture_u16(span.p - 2), span);
}

static link_fn *const links[] = {
    [CAPTURE_LINK_ETHERNET] = ethernet,
    [CAPTURE_LINK_SLL] = cooked,
    [CAPTURE_LINK_SLL2] = cooked2,
    [CAPTURE_LINK_IP] = capture_ip,
    [CAPTURE_LINK_NULL] = loopback,
    [CAPTURE_LINK_LOOP] = loopback,
    [CAPTURE_LINK_PPP] = ppp,
    [CAPTURE_LINK_CHDLC] = chdlc,
    [CAPTURE_LINK_WLAN] = capture_wlan,
    [CAPTURE_LINK_RADIOTAP] = capture_radiotap,
    [CAPTURE_LINK_PRISM] = capture_prism,
    [CAPTURE_LINK_AVS] = capture_avs,
    [CAPTURE_LINK_PPI] = capture_ppi,
    [CAPTURE_LINK_JUNIPER] = capture_juniper,
    [CAPTURE_LINK_JUNIPER_PPP] = capture_juniper_ppp,
    [CAPTURE_LINK_JUNIPER_CHDLC] = capture_juniper_chdlc,
    [CAPTURE_LINK_JUNIPER_FRELAY] = capture_juniper_frelay,
    [CAPTURE_LINK_PPPOE] = pppoe,
    [CAPTURE_LINK_LLC] = llc,
    [CAPTURE_LINK_FDDI] = capture_fddi,
    [CAPTURE_LINK_IP_OVER_FC] = capture_ip_over_fc,
    [CAPTURE_LINK_IPOIB] = capture_ipoib,
    [CAPTURE_LINK_FRELAY] = capture_frelay,
    [CAPTURE_LINK_PFLOG] = capture_pflog,
    [CAPTURE_LINK_ENC] = capture_enc,
    [CAPTURE_LINK_PKTAP] = capture_pktap,
    [CAPTURE_LINK_NFLOG] = capture_nflog,
    [CAPTURE_LINK_EXPORTED] = capture_exported,
    [CAPTURE_LINK_DECRYPTED] = capture_decrypted,
};

void capture_link(capture_decoder *decoder, enum capture_link link, capture_span span)
{
    if ((size_t)link < sizeof links / sizeof *links && links[link])
        links[link](decoder, span);
    else
        capture_note(decoder, CAPTURE_LINK_UNKNOWN);
}
