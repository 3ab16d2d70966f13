/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The opening handshake of a WebSocket: HTTP/1.1. RFC 6455 §4, RFC 7118 §4 */
#include "websocket.h"

#include <string.h>

#define HEAD_MAX 16384

static bool same_letter(uint8_t a, uint8_t b)
{
    return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b);
}

/* words are in lower case. */
static bool begins_with(const uint8_t *p, size_t n, const char *words)
{
    size_t length = strlen(words);
    if (n < length) return false;
    for (size_t i = 0; i < length; i++)
        if (!same_letter(p[i], (uint8_t)words[i])) return false;
    return true;
}

static bool is_delimiter(uint8_t c)
{
    return c == ' ' || c == '\t' || c == ',' || c == '\r' || c == '\n' || c == ':';
}

/* Is the token among those of a comma-separated list? */
static bool lists(const uint8_t *p, size_t n, const char *token)
{
    size_t length = strlen(token);
    for (size_t i = 0; i + length < n; i++)
        if (is_delimiter(p[i]) && begins_with(p + i + 1, n - i - 1, token) &&
            (i + 1 + length == n || is_delimiter(p[i + 1 + length])))
            return true;
    return false;
}

/* One of the lines of a head is that header and lists the token. */
static bool has_header(const uint8_t *p, size_t n, const char *name, const char *token)
{
    while (n) {
        size_t line = capture_line_length(p, n);
        if (!line) line = n;
        if (begins_with(p, line, name) &&
            lists(p + strlen(name) - 1, line - strlen(name) + 1, token))
            return true;
        p += line;
        n -= line;
    }
    return false;
}

/* The length of a head with its empty line; 0: it has none yet. */
static size_t head_length(const uint8_t *p, size_t n)
{
    for (size_t at = 0, line; (line = capture_line_length(p + at, n - at)) > 0; at += line)
        if (line <= 2 && (line == 1 || p[at] == '\r')) return at + line;
    return 0;
}

static bool may_begin_with(const uint8_t *p, size_t n, const char *text)
{
    size_t length = strlen(text);
    return memcmp(p, text, n < length ? n : length) == 0;
}

enum capture_scan capture_websocket_upgrade(const uint8_t *p, size_t n, size_t *ret_head,
                                            bool *ret_sip)
{
    if (!may_begin_with(p, n, "GET ") && !may_begin_with(p, n, "HTTP/1.1 101"))
        return CAPTURE_SCAN_NO;
    size_t head = head_length(p, n);
    if (!head) return n < HEAD_MAX ? CAPTURE_SCAN_MORE : CAPTURE_SCAN_NO;
    if (!has_header(p, head, "upgrade:", "websocket")) return CAPTURE_SCAN_NO;
    *ret_head = head;
    *ret_sip = has_header(p, head, "sec-websocket-protocol:", "sip");
    return CAPTURE_SCAN_YES;
}
