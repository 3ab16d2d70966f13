/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IEEE 802.11: data frames that are not encrypted, down to 802.2. */
#include "decoder.h"

#define TYPE_DATA 2
#define SUBTYPE_NULL 4 /* no data; 8: with QoS control */
#define SUBTYPE_QOS 8
#define TO_DS 0x01
#define FROM_DS 0x02
#define MORE_FRAGMENTS 0x04
#define PROTECTED 0x40
#define HT_CONTROL 0x80
#define AMSDU 0x80 /* of QoS control */

static void short_frame(capture_decoder *decoder, const capture_span *span)
{
    if (span->wire == span->n) capture_note(decoder, CAPTURE_LINK_MALFORMED);
}

/* Several frames in one: destination, source, length, 802.2, padding to four bytes. §9.3.2.2 */
static void amsdu(capture_decoder *decoder, capture_span span)
{
    unsigned depth = decoder->depth;
    while (span.n >= 14) {
        size_t length = capture_u16(span.p + 12), whole = (14 + length + 3) & ~(size_t)3;
        capture_span part = span;
        capture_trim(&part, 14 + length);
        capture_skip(&part, 14);
        decoder->depth = depth;
        capture_ethertype(decoder, CAPTURE_TYPE_LLC, part);
        if (!capture_skip(&span, whole)) return;
    }
}

/* The header's length, §9.3.2.1: a fourth address between access points, QoS, HT control. */
static size_t header_length(unsigned subtype, unsigned flags)
{
    size_t length = (flags & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS) ? 30 : 24;
    if (subtype & SUBTYPE_QOS) length += flags & HT_CONTROL ? 6 : 2;
    return length;
}

/* padded: zeros bring what follows the header to a multiple of four bytes. */
static void wlan(capture_decoder *decoder, capture_span span, bool padded)
{
    const uint8_t *h = span.p;
    if (span.n < 24) {
        bool control = span.n >= 2 && (h[0] >> 2 & 3) == 1; /* they are shorter */
        if (control) capture_note(decoder, CAPTURE_NOT_IP);
        if (!control) short_frame(decoder, &span);
        return;
    }
    unsigned subtype = h[0] >> 4, flags = h[1];
    size_t length = header_length(subtype, flags);
    if ((h[0] >> 2 & 3) != TYPE_DATA || subtype & SUBTYPE_NULL) {
        capture_note(decoder, CAPTURE_NOT_IP);
    } else if (flags & PROTECTED) {
        capture_note(decoder, CAPTURE_WLAN_ENCRYPTED);
    } else if (flags & MORE_FRAGMENTS || h[22] & 15) {
        capture_note(decoder, CAPTURE_WLAN_FRAGMENTS);
    } else if (!capture_skip(&span, padded ? (length + 3) & ~(size_t)3 : length)) {
        short_frame(decoder, &span);
    } else if (subtype & SUBTYPE_QOS && h[flags & TO_DS && flags & FROM_DS ? 30 : 24] & AMSDU) {
        amsdu(decoder, span);
    } else {
        capture_ethertype(decoder, CAPTURE_TYPE_LLC, span);
    }
}

void capture_wlan(capture_decoder *decoder, capture_span span)
{
    wlan(decoder, span, false);
}

/* radiotap.org: which fields follow is said by words of bits, more of them where the top one is
 * set; the second field, of one byte behind a time of eight, has the padding's flag. */
static bool radiotap_pads(const uint8_t *h, size_t length)
{
    size_t at = 4;
    uint32_t present = capture_little32(h + 4);
    do {
        at += 4;
        if (at > length) return false;
    } while (capture_little32(h + at - 4) >> 31);
    if (present & 1) at = ((at + 7) & ~(size_t)7) + 8;
    return present & 2 && at < length && h[at] & 0x20;
}

void capture_radiotap(capture_decoder *decoder, capture_span span)
{
    const uint8_t *h = span.p;
    size_t length = span.n >= 8 ? (size_t)h[3] << 8 | h[2] : 0;
    if (length < 8 || !capture_skip(&span, length)) {
        short_frame(decoder, &span);
        return;
    }
    wlan(decoder, span, radiotap_pads(h, length));
}

/* A header whose length stands in its second word. AVS begins with a magic of its own. */
void capture_prism(capture_decoder *decoder, capture_span span)
{
    if (span.n >= 8 && capture_u32(span.p) >> 12 == 0x80211) {
        capture_avs(decoder, span);
        return;
    }
    size_t length = span.n >= 8 ? capture_little32(span.p + 4) : 0;
    if (length < 8 || !capture_skip(&span, length))
        short_frame(decoder, &span);
    else
        wlan(decoder, span, false);
}

void capture_avs(capture_decoder *decoder, capture_span span)
{
    size_t length = span.n >= 8 ? capture_u32(span.p + 4) : 0;
    if (length < 8 || !capture_skip(&span, length))
        short_frame(decoder, &span);
    else
        wlan(decoder, span, false);
}
