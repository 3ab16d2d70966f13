/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames behind what the tool that captured them noted about them; the notes say what they are. */
#include "decoder.h"

#define NFLOG_PAYLOAD 9

static uint16_t little16(const uint8_t *p)
{
    return (uint16_t)(p[1] << 8 | p[0]);
}

static void short_notes(capture_decoder *decoder, const capture_span *span)
{
    if (span->wire == span->n) capture_note(decoder, CAPTURE_LINK_MALFORMED);
}

/* By the numbers of pcap's link types. */
static void of_link(capture_decoder *decoder, uint32_t type, capture_span span)
{
    static const struct {
        uint8_t type, link;
    } links[] = {
        { 0, CAPTURE_LINK_NULL },       { 1, CAPTURE_LINK_ETHERNET }, { 9, CAPTURE_LINK_PPP },
        { 12, CAPTURE_LINK_IP },        { 14, CAPTURE_LINK_IP },      { 101, CAPTURE_LINK_IP },
        { 105, CAPTURE_LINK_WLAN },     { 108, CAPTURE_LINK_LOOP },   { 113, CAPTURE_LINK_SLL },
        { 127, CAPTURE_LINK_RADIOTAP },
    };
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (links[i].type != type) continue;
        capture_link(decoder, (enum capture_link)links[i].link, span);
        return;
    }
    capture_note(decoder, CAPTURE_LINK_UNKNOWN);
}

/* PPI: version, flags, length in two bytes, link type. */
void capture_ppi(capture_decoder *decoder, capture_span span)
{
    const uint8_t *h = span.p;
    if (span.n < 8 || little16(h + 2) < 8 || !capture_skip(&span, little16(h + 2)))
        short_notes(decoder, &span);
    else
        of_link(decoder, capture_little32(h + 4), span);
}

/* Apple's: length, kind of record, link type. */
void capture_pktap(capture_decoder *decoder, capture_span span)
{
    const uint8_t *h = span.p;
    if (span.n < 12 || capture_little32(h) < 12 || !capture_skip(&span, capture_little32(h)))
        short_notes(decoder, &span);
    else
        of_link(decoder, capture_little32(h + 8), span);
}

/* Juniper's: "MGC", flags, values behind their length if the top flag says
 * so. Without a link header four bytes stand for it. */
static void juniper(capture_decoder *decoder, capture_span span, enum capture_link link)
{
    const uint8_t *h = span.p;
    bool fine = span.n >= 6 && h[0] == 0x4D && h[1] == 0x47 && h[2] == 0x43;
    size_t values = fine && h[3] & 0x80 ? 2 + (size_t)capture_u16(h + 4) : 0;
    bool no_link = fine && h[3] & 2;
    if (!fine || !capture_skip(&span, 4 + values + (no_link ? 4 : 0)))
        short_notes(decoder, &span);
    else
        capture_link(decoder, no_link ? CAPTURE_LINK_IP : link, span);
}

void capture_juniper(capture_decoder *decoder, capture_span span)
{
    juniper(decoder, span, CAPTURE_LINK_ETHERNET);
}

void capture_juniper_ppp(capture_decoder *decoder, capture_span span)
{
    juniper(decoder, span, CAPTURE_LINK_PPP);
}

void capture_juniper_chdlc(capture_decoder *decoder, capture_span span)
{
    juniper(decoder, span, CAPTURE_LINK_CHDLC);
}

void capture_juniper_frelay(capture_decoder *decoder, capture_span span)
{
    juniper(decoder, span, CAPTURE_LINK_FRELAY);
}

/* The packet filter's log: its first byte says how long the header is, without what pads it. */
void capture_pflog(capture_decoder *decoder, capture_span span)
{
    size_t length = span.n ? ((size_t)span.p[0] + 3) & ~(size_t)3 : 0;
    if (length < 48 || !capture_skip(&span, length))
        short_notes(decoder, &span);
    else
        capture_ip(decoder, span);
}

static void behind(capture_decoder *decoder, capture_span span, size_t header,
                   enum capture_link link)
{
    if (capture_skip(&span, header))
        capture_link(decoder, link, span);
    else
        short_notes(decoder, &span);
}

/* Address family, SPI, flags; then what IPsec carried. */
void capture_enc(capture_decoder *decoder, capture_span span)
{
    behind(decoder, span, 12, CAPTURE_LINK_IP);
}

void capture_fddi(capture_decoder *decoder, capture_span span)
{
    behind(decoder, span, 13, CAPTURE_LINK_LLC);
}

/* RFC 2625 §3.2 */
void capture_ip_over_fc(capture_decoder *decoder, capture_span span)
{
    behind(decoder, span, 16, CAPTURE_LINK_LLC);
}

/* A header of 40 bytes for the addresses; RFC 4391 §6: an Ethernet type, two bytes for nothing. */
void capture_ipoib(capture_decoder *decoder, capture_span span)
{
    if (capture_skip(&span, 44))
        capture_ethertype(decoder, capture_u16(span.p - 4), span);
    else
        short_notes(decoder, &span);
}

/* Q.922 addresses end with a byte that is odd. Behind them RFC 2427 §3 (control, NLPID) or an
 * Ethernet type, as Cisco has it. */
void capture_frelay(capture_decoder *decoder, capture_span span)
{
    size_t address = 2;
    while (address < 4 && address <= span.n && !(span.p[address - 1] & 1))
        address++;
    const uint8_t *h = span.p + address;
    if (span.n < address + 3) {
        short_notes(decoder, &span);
    } else if (h[0] == 3 && (h[1] == 0xCC || h[1] == 0x8E)) {
        behind(decoder, span, address + 2, CAPTURE_LINK_IP);
    } else if (h[0] == 3 && h[1] == 0 && h[2] == 0x80 && span.n >= address + 8) { /* SNAP */
        capture_skip(&span, address + 8);
        capture_ethertype(decoder, capture_u16(span.p - 2), span);
    } else {
        capture_skip(&span, address + 2);
        capture_ethertype(decoder, capture_u16(h), span);
    }
}

/* Netfilter's log: family, version, resource, then values with their length and type in the byte
 * order of the machine; lengths count these four bytes, not the padding to a multiple of four. */
void capture_nflog(capture_decoder *decoder, capture_span span)
{
    if (!capture_skip(&span, 4)) {
        short_notes(decoder, &span);
        return;
    }
    while (span.n >= 4) {
        bool big = !span.p[2]; /* types are small, and none is 0 */
        size_t length = big ? capture_u16(span.p) : little16(span.p);
        unsigned type = (big ? capture_u16(span.p + 2) : little16(span.p + 2)) & 0x3FFF;
        capture_span value = span;
        capture_trim(&value, length);
        if (length < 4 || !capture_skip(&value, 4)) break;
        if (type == NFLOG_PAYLOAD) {
            capture_ip(decoder, value);
            return;
        }
        if (!capture_skip(&span, (length + 3) & ~(size_t)3)) break;
    }
    short_notes(decoder, &span);
}
