/* SPDX-License-Identifier: MIT */
/* Stands in for the parser's framing until that has landed: only what the tests here need. */
#include <sipcheck/message.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static size_t find(const uint8_t *p, size_t n, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= n; i++)
        if (memcmp(p + i, text, length) == 0) return i;
    return n;
}

enum sipcheck_likeness sipcheck_looks_like_sip(const uint8_t *p, size_t n)
{
    size_t line = find(p, n, "\n");
    size_t at = find(p, line, "SIP/2.0");
    if (at == line) return find(p, line, "SIP/") < line ? SIPCHECK_MAYBE_SIP : SIPCHECK_NOT_SIP;
    if (at == 0 && n > 8 && p[7] == ' ' && p[8] >= '1' && p[8] <= '6') return SIPCHECK_IS_SIP;
    if (at > 2 && p[at - 1] == ' ' && find(p, at, ":") < at) return SIPCHECK_IS_SIP;
    return SIPCHECK_MAYBE_SIP;
}

sipcheck_frame sipcheck_frame_next(const uint8_t *p, size_t n, bool end)
{
    size_t crlf = 0;
    while (crlf < n && (p[crlf] == '\r' || p[crlf] == '\n'))
        crlf++;
    if (crlf) return (sipcheck_frame){ SIPCHECK_FRAME_KEEPALIVE, crlf };
    size_t head = find(p, n, "\r\n\r\n") + 4;
    if (head > n)
        return (sipcheck_frame){ end ? SIPCHECK_FRAME_MESSAGE : SIPCHECK_FRAME_MORE, end ? n : 0 };
    if (sipcheck_looks_like_sip(p, n) == SIPCHECK_NOT_SIP) {
        size_t line = find(p, n, "\n");
        return (sipcheck_frame){ SIPCHECK_FRAME_GARBAGE, line < n ? line + 1 : n };
    }
    size_t body = 0;
    for (size_t i = 0; i + 2 < head; i++) {
        if (p[i] != '\n') continue;
        const char *name = (const char *)p + i + 1;
        if (head - i > 16 && strncasecmp(name, "Content-Length:", 15) == 0)
            body = strtoul(name + 15, NULL, 10);
        else if (head - i > 4 && strncasecmp(name, "l:", 2) == 0)
            body = strtoul(name + 2, NULL, 10);
    }
    if (head + body <= n) return (sipcheck_frame){ SIPCHECK_FRAME_MESSAGE, head + body };
    return (sipcheck_frame){ end ? SIPCHECK_FRAME_MESSAGE : SIPCHECK_FRAME_MORE, end ? n : 0 };
}
