/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames that a device of a network sends elsewhere over UDP: a sniffer's stream (TZSP), what an
 * access point has from the air (CAPWAP). */
#include "decoder.h"

#define TAG_PADDING 0
#define TAG_END 1

static const struct {
    uint16_t number;
    enum capture_link link;
} sniffed[] = {
    { 1, CAPTURE_LINK_ETHERNET },
    { 18, CAPTURE_LINK_WLAN },
    { 119, CAPTURE_LINK_PRISM },
    { 127, CAPTURE_LINK_AVS },
};

/* Step over the tags: a kind, and a length and a value of all but two. */
static bool skip_tags(capture_span *span)
{
    while (span->n) {
        uint8_t kind = span->p[0];
        size_t length = kind == TAG_PADDING || kind == TAG_END ? 1
                        : span->n > 1                          ? 2 + (size_t)span->p[1]
                                                               : SIZE_MAX;
        if (!capture_skip(span, length)) return false;
        if (kind == TAG_END) return true;
    }
    return false;
}

/* Version 1, a received packet or one to send, what it is, tags. */
bool capture_tzsp(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    if (span.n < 5 || span.p[0] != 1 || span.p[1] > 1) return false;
    unsigned number = capture_u16(span.p + 2);
    size_t i = 0, count = sizeof sniffed / sizeof *sniffed;
    while (i < count && sniffed[i].number != number)
        i++;
    capture_skip(&span, 4);
    if (i == count || !skip_tags(&span)) return false;
    capture_note(decoder, CAPTURE_IN_TZSP);
    if (capture_enter(decoder)) capture_link(decoder, sniffed[i].link, span);
    return true;
}

/* RFC 5415 §4.3: version and kind; in 24 bits the header's length in words, the radio, its kind
 * (1: 802.11) and flags: T, the frame is the radio's; F, a fragment; K, a keep-alive. */
bool capture_capwap(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    (void)path;
    if (span.n < 8 || span.p[0] > 1) return false;
    unsigned fields = (unsigned)capture_u32(span.p) & 0xFFFFFF;
    bool own = fields & 0x100, fragment = fields & 0x80, keepalive = fields & 8;
    size_t length = (size_t)(fields >> 19) * 4;
    bool known = !own || (fields >> 9 & 31) == 1;
    if (keepalive && span.p[0] == 0) return true;
    if (span.p[0] == 1 || fragment || !known || length < 8 || !capture_skip(&span, length)) {
        capture_note(decoder, CAPTURE_CAPWAP);
        return true;
    }
    capture_note(decoder, CAPTURE_IN_CAPWAP);
    if (capture_enter(decoder))
        capture_link(decoder, own ? CAPTURE_LINK_WLAN : CAPTURE_LINK_ETHERNET, span);
    return true;
}
