/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP: which datagrams are SIP, and what the others are. RFC 768, RFC 3261 §18 */
#include "hep.h"

#include <string.h>

/* CRLFs before a start line are stepped over. RFC 3261 §7.5 */
static size_t leading_crlf(const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (i < n && (p[i] == '\r' || p[i] == '\n'))
        i++;
    return i;
}

/* RFC 5626 §3.5.1, and the NULs that phones send to keep a binding open. */
static bool is_keepalive(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != '\r' && p[i] != '\n' && p[i] != 0 && p[i] != ' ') return false;
    return true;
}

static bool is_dtls(const uint8_t *p, size_t n)
{
    return n >= 13 && p[0] >= 20 && p[0] <= 23 && p[1] == 0xFE;
}

bool capture_is_sip(capture_decoder *decoder, const capture_path *path, const uint8_t *p, size_t n)
{
    size_t skip = leading_crlf(p, n);
    if (skip == n || p[skip] >= 0x7F || p[skip] < 0x20) return false;
    switch (sipcheck_looks_like_sip(p + skip, n - skip)) {
    case SIPCHECK_IS_SIP:
        capture_learn_path(decoder, path);
        return true;
    case SIPCHECK_MAYBE_SIP:
        return capture_known_path(decoder, path);
    case SIPCHECK_NOT_SIP:
        break;
    }
    return false;
}

static void not_sip(capture_decoder *decoder, const capture_path *path, capture_span span)
{
    const uint8_t *p = span.p;
    size_t n = span.n;
    if (n && capture_udp_tunnel(decoder, path, span)) return;
    if (is_keepalive(p, n) && capture_known_path(decoder, path))
        capture_note(decoder, CAPTURE_KEEPALIVES);
    else if (is_dtls(p, n) && capture_known_path(decoder, path))
        capture_note(decoder, CAPTURE_DTLS);
    else if (path->dst.port == 5060)
        capture_note(decoder, CAPTURE_NOT_SIP_ON_PORT);
    else
        capture_note(decoder, CAPTURE_NOT_SIP);
}

void capture_udp(capture_decoder *decoder, const capture_path *ip, capture_span span)
{
    const uint8_t *h = span.p;
    if (!capture_skip(&span, 8)) {
        if (span.wire == span.n) capture_note(decoder, CAPTURE_UDP_MALFORMED);
        return;
    }
    capture_path path = *ip;
    path.src.port = capture_u16(h);
    path.dst.port = capture_u16(h + 2);
    size_t length = capture_u16(h + 4);
    /* 0: longer than 16 bits can say, or left to the network card (RFC 2675 §4). How long a
     * datagram was that lacks fragments, nobody knows. */
    if (length && (length < 8 || (length - 8 > span.wire && span.n == span.wire)))
        capture_note(decoder, CAPTURE_UDP_MALFORMED);
    if (length >= 8) capture_trim(&span, length - 8);
    bool hep = span.n && capture_begins_hep(span.p, span.n) == CAPTURE_SCAN_YES;
    bool sip = !hep && capture_is_sip(decoder, &path, span.p, span.n);
    capture_digest content;
    if (hep || sip) content = capture_digest_bytes(span.p, span.n);
    if ((hep || sip) && capture_seen_before(decoder, &path, span, &content)) return;
    if (hep)
        capture_hep(decoder, &path, span, decoder->origin);
    else if (sip)
        capture_deliver_datagram(decoder, span, &content, &path);
    else if (!capture_hep_old(decoder, &path, span))
        not_sip(decoder, &path, span);
}
