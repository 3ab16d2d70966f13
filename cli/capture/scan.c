/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan.h"

#include <sipcheck/message.h>

#include <string.h>

size_t capture_line_length(const uint8_t *p, size_t n)
{
    const uint8_t *lf = memchr(p, '\n', n);
    return lf ? (size_t)(lf - p) + 1 : 0;
}

bool capture_printable(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] < 0x20 && p[i] != '\t' && p[i] != '\r' && p[i] != '\n') return false;
    return true;
}

/* "name:" as a header begins. RFC 3261 §7.3 */
static bool header_like(const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (i < n && p[i] > ' ' && p[i] < 0x7F && p[i] != ':')
        i++;
    size_t name = i;
    while (i < n && (p[i] == ' ' || p[i] == '\t'))
        i++;
    return name && i < n && p[i] == ':';
}

/* "SIP/" or a method that is no other one's tail: not "ITE" that lost its "INV". */
static bool begins_as_known(const uint8_t *p, size_t n)
{
    static const char *const known[] = { "SIP/",     "INVITE ",  "ACK ",       "BYE ",
                                         "CANCEL ",  "OPTIONS ", "INFO ",      "REFER ",
                                         "PRACK ",   "UPDATE ",  "SUBSCRIBE ", "NOTIFY ",
                                         "PUBLISH ", "MESSAGE ", "REGISTER " };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (n >= strlen(known[i]) && memcmp(p, known[i], strlen(known[i])) == 0) return true;
    return false;
}

/* A lone start line proves nothing (message/sipfrag carries such): a header has to follow it. Nor
 * is "From: <sip:a@b>" one, which has as much of it as broken ones have. */
enum capture_scan capture_starts_message(const uint8_t *p, size_t n, bool line_start)
{
    if (p[0] <= ' ' || p[0] >= 0x7F) return CAPTURE_SCAN_NO;
    size_t line = capture_line_length(p, n);
    if (!line)
        return n < CAPTURE_START_LINE_MAX && capture_printable(p, n) ? CAPTURE_SCAN_MORE
                                                                     : CAPTURE_SCAN_NO;
    if (!line_start && !begins_as_known(p, line)) return CAPTURE_SCAN_NO;
    if (header_like(p, line)) return CAPTURE_SCAN_NO;
    if (sipcheck_looks_like_sip(p, n) != SIPCHECK_IS_SIP) return CAPTURE_SCAN_NO;
    if (!capture_line_length(p + line, n - line) && n - line < CAPTURE_START_LINE_MAX)
        return CAPTURE_SCAN_MORE;
    return header_like(p + line, n - line) ? CAPTURE_SCAN_YES : CAPTURE_SCAN_NO;
}

bool capture_head_names(const uint8_t *p, size_t n, enum sipcheck_header_id id)
{
    for (size_t line; (line = capture_line_length(p, n)) > 2; p += line, n -= line) {
        const uint8_t *colon = memchr(p, ':', line);
        size_t name = colon ? (size_t)(colon - p) : 0;
        while (name && (p[name - 1] == ' ' || p[name - 1] == '\t'))
            name--;
        if (name && sipcheck_header_lookup((sipcheck_slice){ p, name }) == id) return true;
    }
    return false;
}

enum capture_scan capture_find_start(const uint8_t *p, size_t n, size_t segment, size_t *ret_at)
{
    size_t at = 0;
    while (at < n) {
        enum capture_scan verdict = capture_starts_message(p + at, n - at, at && p[at - 1] == '\n');
        *ret_at = at;
        if (verdict != CAPTURE_SCAN_NO) return verdict;
        size_t line = capture_line_length(p + at, n - at);
        size_t next = line ? at + line : n;
        at = at < segment && segment < next ? segment : next;
    }
    *ret_at = n;
    return CAPTURE_SCAN_NO;
}

size_t capture_first_message(const uint8_t *p, size_t n, bool *ret_short)
{
    sipcheck_frame frame = sipcheck_frame_next(p, n, true);
    *ret_short = sipcheck_frame_next(p, n, false).kind == SIPCHECK_FRAME_MORE;
    if (frame.kind != SIPCHECK_FRAME_MESSAGE || frame.length >= n) return n;
    size_t next = frame.length;
    while (next < n && (p[next] == '\r' || p[next] == '\n'))
        next++;
    if (next == n) return n;
    bool another = capture_starts_message(p + next, n - next, true) == CAPTURE_SCAN_YES;
    return another ? next : n;
}

bool capture_is_tls(const uint8_t *p, size_t n)
{
    return n >= 3 && p[0] >= 20 && p[0] <= 23 && p[1] == 3;
}

bool capture_contains(const uint8_t *p, size_t n, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= n; i++)
        if (memcmp(p + i, text, length) == 0) return true;
    return false;
}
