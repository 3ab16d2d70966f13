/* SPDX-License-Identifier: MIT */
/* Messages out of a stream: the headers up to the empty line, then as many bytes as Content-Length
 * says. RFC 3261 §7.5, §18.3 */
#include "message/likeness.h"
#include "message/parse.h"

#include <string.h>

/* Longer than this without a line end is not the beginning of a message. */
enum { START_LINE_MAX = 64 * 1024 };

static sipcheck_frame frame(enum sipcheck_frame_kind kind, size_t length)
{
    return (sipcheck_frame){ .kind = kind, .length = length };
}

/* The digits of a Content-Length line, folds included; false when there are none. */
static bool read_length(const sc_line *line, uint64_t *ret)
{
    const uint8_t *colon = memchr(line->start, ':', (size_t)(line->end - line->start));
    if (!colon) return false;
    sipcheck_slice name = sc_trim(sc_slice(line->start, colon));
    if (sipcheck_header_lookup(name) != SIPCHECK_HEADER_CONTENT_LENGTH) return false;
    sipcheck_slice value = sc_trim(sc_slice(colon + 1, line->end));
    size_t n = 0;
    while (n < value.n && sc_classes[value.p[n]] & SC_DIGIT)
        n++;
    value.n = n;
    return n && sc_number(value, ret);
}

/* Where the headers end, behind the empty line; NULL: not yet. *sized: there is a Content-Length.
 */
static const uint8_t *headers_end(const uint8_t *p, const uint8_t *end, uint64_t *length,
                                  bool *sized)
{
    *sized = false;
    while (p < end) {
        sc_line line = sc_next_line(p, end, false);
        if (line.ended && line.start == line.end) return line.next;
        line = sc_next_line(p, end, true);
        if (!line.ended) return NULL;
        if (!*sized) *sized = read_length(&line, length);
        p = line.next;
    }
    return NULL;
}

static bool hopeless(const uint8_t *p, const uint8_t *end)
{
    return p < end && (*p <= ' ' || *p > '~' || (size_t)(end - p) > START_LINE_MAX);
}

/* The first line behind the one at p that begins a message; NULL: none. *tail is the last line,
 * which more bytes may complete. */
static const uint8_t *next_start(const uint8_t *p, const uint8_t *end, const uint8_t **tail)
{
    sc_line line = sc_next_line(p, end, false);
    while (line.ended) {
        p = line.next;
        line = sc_next_line(p, end, false);
        if (line.ended && sc_is_start_line(sc_slice(line.start, line.end))) return p;
    }
    *tail = p;
    return NULL;
}

/* No message begins here. Unless `sure`, a line may yet turn out to be a broken start line. */
static sipcheck_frame garbage(const uint8_t *bytes, const uint8_t *end, bool ended, bool sure)
{
    const uint8_t *tail = bytes, *start = next_start(bytes, end, &tail);
    if (start) return frame(SIPCHECK_FRAME_GARBAGE, (size_t)(start - bytes));
    if (!sure && !hopeless(bytes, end)) return frame(SIPCHECK_FRAME_MORE, 0);
    if (ended || hopeless(tail, end)) tail = end;
    return tail > bytes ? frame(SIPCHECK_FRAME_GARBAGE, (size_t)(tail - bytes))
                        : frame(SIPCHECK_FRAME_MORE, 0);
}

static sipcheck_frame message(const uint8_t *bytes, const uint8_t *end, bool ended)
{
    size_t there = (size_t)(end - bytes);
    uint64_t length = 0;
    bool sized;
    const uint8_t *body = headers_end(bytes, end, &length, &sized);
    if (!body) {
        if (there > SIPCHECK_MESSAGE_MAX) return garbage(bytes, end, true, true);
        return ended ? frame(SIPCHECK_FRAME_MESSAGE, there) : frame(SIPCHECK_FRAME_MORE, 0);
    }
    size_t head = (size_t)(body - bytes);
    /* Nothing of that size is waited for: the headers are a message, and what follows is looked at
     * afresh. */
    if (head > SIPCHECK_MESSAGE_MAX || length > SIPCHECK_MESSAGE_MAX - head) {
        length = 0;
        sized = false;
    }
    if (length <= there - head)
        return (sipcheck_frame){ SIPCHECK_FRAME_MESSAGE, sized, head + (size_t)length };
    return ended ? frame(SIPCHECK_FRAME_MESSAGE, there) : frame(SIPCHECK_FRAME_MORE, 0);
}

static size_t count_line_ends(const uint8_t *bytes, size_t len)
{
    size_t n = 0;
    while (n < len && (bytes[n] == '\r' || bytes[n] == '\n'))
        n++;
    return n;
}

sipcheck_frame sipcheck_frame_next(const uint8_t *bytes, size_t len, bool end)
{
    size_t ends = count_line_ends(bytes, len);
    if (ends) return frame(SIPCHECK_FRAME_KEEPALIVE, ends);
    if (!len) return frame(SIPCHECK_FRAME_MORE, 0);
    const uint8_t *limit = bytes + len;
    sc_line line = sc_next_line(bytes, limit, false);
    if (!line.ended && !end) return garbage(bytes, limit, false, true);
    if (sc_is_start_line(sc_slice(line.start, line.end))) return message(bytes, limit, end);
    /* A broken start line is told by the headers behind it, so these must be there, and must not be
     * those of another start line: then this is what a wrong Content-Length left over. */
    uint64_t length;
    bool sized;
    const uint8_t *body = headers_end(bytes, limit, &length, &sized), *tail;
    const uint8_t *start = next_start(bytes, body ? body : limit, &tail);
    if (start) return frame(SIPCHECK_FRAME_GARBAGE, (size_t)(start - bytes));
    bool whole = end || body;
    if (sipcheck_looks_like_sip(bytes, len) != SIPCHECK_NOT_SIP) return message(bytes, limit, end);
    return garbage(bytes, limit, end, whole || len > SIPCHECK_MESSAGE_MAX);
}
