/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPsec ESP without encryption (RFC 4303, RFC 2410), as IMS networks use it between phone and
 * proxy. Nothing in the packet says that it is not encrypted, nor how long its check value is. So
 * each usual length is tried, and what is found has to prove itself: the padding counts 1, 2, 3
 * ..., the next header is one that is known, and the checksum or each length of what it names is
 * right. */
#include "decoder.h"

#define HEADER 8  /* SPI, sequence number */
#define TRAILER 2 /* pad length, next header */

static uint32_t add_words(uint32_t sum, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i += 2)
        sum += capture_u16(p + i);
    if (n & 1) sum += (uint32_t)p[n - 1] << 8;
    return sum;
}

static bool adds_up(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return sum == 0xFFFF;
}

/* RFC 9293 §3.1, RFC 768, RFC 8200 §8.1 */
static bool checksum_is_right(const capture_path *path, uint8_t protocol, const capture_span *span)
{
    size_t address = path->src.family == 6 ? 16 : 4;
    uint32_t sum = add_words((uint32_t)span->n + protocol, path->src.bytes, address);
    return adds_up(add_words(add_words(sum, path->dst.bytes, address), span->p, span->n));
}

static bool is_udp(const capture_path *path, const capture_span *span)
{
    if (span->n < 8 || capture_u16(span->p + 4) != span->n) return false;
    return (capture_u16(span->p + 6) && checksum_is_right(path, 17, span)) ||
           (span->n > 8 && sipcheck_looks_like_sip(span->p + 8, span->n - 8) == SIPCHECK_IS_SIP);
}

static bool is_tcp(const capture_path *path, const capture_span *span)
{
    size_t header = span->n >= 20 ? (size_t)(span->p[12] >> 4) * 4 : 0;
    return header >= 20 && header <= span->n && checksum_is_right(path, 6, span);
}

static bool is_ip(const capture_span *span)
{
    size_t length = capture_ip_length(span);
    if (!length || length != span->n) return false;
    size_t header = (size_t)(span->p[0] & 15) * 4;
    return span->p[0] >> 4 == 6 || adds_up(add_words(0, span->p, header));
}

static bool proves_itself(const capture_path *path, uint8_t next, const capture_span *span)
{
    switch (next) {
    case 6:
        return is_tcp(path, span);
    case 17:
        return is_udp(path, span);
    case 4:
    case 41:
        return is_ip(span);
    default:
        return false;
    }
}

/* RFC 4303 §2.4: padding is 1, 2, 3 ... where the cipher does not say otherwise. */
static bool padding_counts(const uint8_t *end, size_t pad)
{
    for (size_t i = 0; i < pad; i++)
        if (*(end - pad + i) != i + 1) return false;
    return true;
}

/* What the packet carries if its check value has that length. */
static bool open_with(const capture_path *path, const capture_span *esp, size_t check,
                      uint8_t *ret_next, capture_span *ret_payload)
{
    if (esp->n < HEADER + TRAILER + check) return false;
    const uint8_t *trailer = esp->p + esp->n - check - TRAILER;
    size_t room = (size_t)(trailer - esp->p) - HEADER, pad = trailer[0];
    if (pad > room || !padding_counts(trailer, pad)) return false;
    *ret_next = trailer[1];
    *ret_payload = (capture_span){ esp->p + HEADER, room - pad, room - pad };
    return proves_itself(path, *ret_next, ret_payload);
}

void capture_esp(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    static const uint8_t checks[] = { 12, 16, 24, 32 }; /* RFC 2403, RFC 2404, RFC 4868 §2.6 */
    uint8_t next;
    capture_span payload;
    for (size_t i = 0; i < sizeof checks && span.n == span.wire; i++) {
        if (!open_with(path, &span, checks[i], &next, &payload)) continue;
        capture_note(decoder, CAPTURE_IN_ESP);
        if (capture_enter(decoder)) capture_ip_payload(decoder, next, path, payload);
        return;
    }
    capture_note(decoder, CAPTURE_ESP);
}
