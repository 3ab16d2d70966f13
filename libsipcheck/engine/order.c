/* SPDX-License-Identifier: MIT */
/* Whether a proxy left the header fields of a request in their order. RFC 3261 §16.6 item 1 */
#include "engine/sequence.h"
#include "text/slice.h"

/* More is not compared. */
#define ORDER_LINES_MAX 100

/* What user agents alone write, by the tables of §20. Of the others a proxy may have made its own.
 */
static bool is_end_to_end(uint16_t id)
{
    static const uint16_t ids[] = {
        SIPCHECK_HEADER_ACCEPT,       SIPCHECK_HEADER_ACCEPT_ENCODING,
        SIPCHECK_HEADER_ALLOW,        SIPCHECK_HEADER_ACCEPT_LANGUAGE,
        SIPCHECK_HEADER_CALL_ID,      SIPCHECK_HEADER_CONTACT,
        SIPCHECK_HEADER_CONTENT_TYPE, SIPCHECK_HEADER_CONTENT_DISPOSITION,
        SIPCHECK_HEADER_CSEQ,         SIPCHECK_HEADER_CONTENT_ENCODING,
        SIPCHECK_HEADER_EVENT,        SIPCHECK_HEADER_CONTENT_LANGUAGE,
        SIPCHECK_HEADER_EXPIRES,      SIPCHECK_HEADER_FROM,
        SIPCHECK_HEADER_MIME_VERSION, SIPCHECK_HEADER_REPLY_TO,
        SIPCHECK_HEADER_SUBJECT,      SIPCHECK_HEADER_SUPPORTED,
        SIPCHECK_HEADER_TO,           SIPCHECK_HEADER_USER_AGENT,
    };
    bool found = false;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        found = found || ids[i] == id;
    return found;
}

static bool is_copy(const sipcheck_header *a, const sipcheck_header *b)
{
    return a->id == b->id && sc_slices_same(a->value, b->value);
}

/* The line that is a copy of `line`, from `at` on; header_count: none. */
static size_t find(const sipcheck_message *message, size_t at, const sipcheck_header *line)
{
    while (at < message->header_count && !is_copy(&message->headers[at], line))
        at++;
    return at;
}

/* A line of which there are two tells nothing. */
static bool is_single(const sipcheck_message *message, const sipcheck_header *line)
{
    return find(message, find(message, 0, line) + 1, line) >= message->header_count;
}

/* Lines that were copied as they are stand in another order. */
static bool is_reordered(const sipcheck_message *in, const sipcheck_message *out)
{
    size_t at = 0;
    for (size_t i = 0; i < out->header_count; i++) {
        const sipcheck_header *line = &out->headers[i];
        if (!is_end_to_end(line->id) || !is_single(in, line) || !is_single(out, line)) continue;
        size_t place = find(in, 0, line);
        if (place == in->header_count) continue;
        if (place < at) return true;
        at = place;
    }
    return false;
}

static bool is_readable(const sc_read *read)
{
    return read != NULL && read->message->header_count <= ORDER_LINES_MAX &&
           (read->message->headers_whole || !read->message->cut);
}

sc_value sc_order_changed(sipcheck *engine, const sc_event *event)
{
    const sc_value unknown = { .state = SC_UNKNOWN_VALUE, .missing = SC_MISSING_HEADERS };
    if (event->kind != SC_EVENT_FORWARDED) return (sc_value){ .state = SC_ABSENT_VALUE };
    if (event->presence[SC_NAME_IN] != SC_THERE || event->presence[SC_NAME_OUT] != SC_THERE)
        return unknown;
    const sc_read *in = sc_read_kept(engine, event->bound[SC_NAME_IN], false);
    const sc_read *out = sc_read_kept(engine, event->bound[SC_NAME_OUT], false);
    if (!is_readable(in) || !is_readable(out)) return unknown;
    return (sc_value){ .truth = is_reordered(in->message, out->message) };
}
