/* SPDX-License-Identifier: MIT */
/* One message from its first byte to its last. RFC 3261 §7, §18.3, §25 */
#include "message/bodies.h"

#include "text/arena.h"

#include <string.h>

/* Servers ignore CRLF in front of the start line. RFC 3261 §7.5 */
static const uint8_t *skip_empty_lines(sc_parse *in, const uint8_t *p, const uint8_t *end)
{
    while (p < end && (*p == '\r' || *p == '\n')) {
        sc_line line = sc_next_line(p, end, false);
        if (line.start != line.end || !line.ended) break;
        sc_report_bare(in, &line);
        p = line.next;
    }
    return p;
}

static void fill_start(sipcheck_message *msg, const sc_cursor *c, const sc_start_line *start)
{
    msg->is_request = start->is_request;
    msg->is_response = start->is_response;
    msg->version = start->version;
    if (!start->is_request && !start->is_response) msg->request_uri = (sipcheck_uri){ .port = 0 };
    if (start->is_request) {
        msg->method = start->method;
        msg->method_id = sc_method_at(c, start->method);
    } else if (start->is_response) {
        msg->status_text = start->status_text;
        msg->status = sc_number32(start->status_text);
        msg->reason = start->reason;
    }
}

/* Nothing is mapped yet of what begins at p. */
static void forget_map(sc_parse *in, const uint8_t *p)
{
    in->map.base = p;
    in->map.n = in->map.lf_count = in->line = 0;
}

static SC_HOT const uint8_t *parse_start(sc_parse *in, const uint8_t *p)
{
    static const sc_production self = { "SIP-message", "25.1", 3261 };
    sc_line line = sc_take_line(in, p, false);
    in->msg->start_line = sc_slice(line.start, line.end);
    in->faults.muted = in->cut && !line.ended;
    if (line.bare) sc_report_bare(in, &line);
    sc_cursor c = sc_cursor_over(line.start, line.end, &in->faults, &self);
    c.mapped = line.ended && !line.bare && (size_t)(line.next - in->map.base) <= in->map.n;
    sc_start_line start = { .uri = &in->msg->request_uri };
    sc_parse_start_line(&c, &start);
    fill_start(in->msg, &c, &start);
    in->faults.muted = false;
    return line.next;
}

/* At first for as many lines as the map shows. */
static SC_HOT int grow(sc_parse *in)
{
    size_t mapped = in->map.lf_count - in->line;
    size_t capacity = in->capacity ? in->capacity * 2 : mapped > 8 ? mapped : 8;
    if (in->msg->header_count == SIPCHECK_HEADER_FIELD_MAX) return SIPCHECK_TOO_BIG;
    if (capacity > SIPCHECK_HEADER_FIELD_MAX) capacity = SIPCHECK_HEADER_FIELD_MAX;
    sipcheck_header *headers = sc_arena_take(in->faults.arena, capacity * sizeof *headers);
    if (!headers) return sc_arena_error(in->faults.arena);
    if (in->capacity) memcpy(headers, in->headers, in->capacity * sizeof *headers);
    in->headers = headers;
    in->capacity = capacity;
    return SIPCHECK_OK;
}

static int parse_header(sc_parse *in, const sc_line *line)
{
    if (in->msg->header_count == in->capacity) {
        int error = grow(in);
        if (error) return error;
    }
    if (!sc_parse_header(in, line, &in->headers[in->msg->header_count]))
        return sc_arena_error(in->faults.arena);
    in->msg->header_count++;
    return SIPCHECK_OK;
}

static bool at_line_end(const uint8_t *p, const uint8_t *end)
{
    if (*p == '\r' && end - p > 1) p++;
    return *p == '\n';
}

static bool at_crlf(const uint8_t *p, const uint8_t *end)
{
    return end - p > 1 && p[0] == '\r' && p[1] == '\n';
}

/* *( message-header ) CRLF; *rest is what is behind. */
static SC_HOT int parse_headers(sc_parse *in, const uint8_t *p, const uint8_t *end,
                                const uint8_t **rest)
{
    int error = grow(in);
    while (!error && !in->msg->headers_whole) {
        p = sc_parse_plain_lines(in, p);
        if (p == end || in->faults.no_memory) break;
        if (at_crlf(p, end)) {
            in->msg->headers_whole = true;
            p += 2;
            break;
        }
        /* A fold cannot follow the empty line: what begins with a space there is the body. */
        in->msg->headers_whole = at_line_end(p, end);
        sc_line line = sc_take_line(in, p, !in->msg->headers_whole);
        if (in->msg->headers_whole)
            sc_report_bare(in, &line);
        else
            error = parse_header(in, &line);
        p = line.next;
    }
    *rest = p;
    return error;
}

static void report_missing_end(sc_parse *in)
{
    static const sc_production request = { "Request", "7", 3261 };
    static const sc_production response = { "Response", "7", 3261 };
    if (in->msg->headers_whole || in->cut || in->fragment) return;
    sc_fault_add(&in->faults, in->faults.end, 0, in->msg->is_response ? &response : &request,
                 "empty line behind the headers");
}

static SC_HOT void finish(sc_parse *in, const uint8_t *rest)
{
    sipcheck_message *msg = in->msg;
    msg->headers = in->headers;
    const sipcheck_value *cseq = msg->values[SIPCHECK_HEADER_CSEQ];
    if (msg->is_response && cseq) msg->method_id = ((const sipcheck_cseq *)cseq)->method_id;
    msg->head = sc_slice(msg->bytes, rest);
    report_missing_end(in);
    sc_split_body(msg, rest, in->cut);
    msg->faults = in->faults.first;
    msg->fault_count = in->faults.count;
    msg->faults_lost = in->faults.lost;
    msg->valid = !in->faults.count;
}

static int parse_all(sc_parse *in, const uint8_t *bytes, size_t len)
{
    const uint8_t *end = bytes + len, *rest = NULL;
    const uint8_t *p = skip_empty_lines(in, bytes, end);
    forget_map(in, p);
    p = parse_start(in, p);
    int error = parse_headers(in, p, end, &rest);
    if (error) return error;
    finish(in, rest);
    return in->faults.no_memory ? sc_arena_error(in->faults.arena) : SIPCHECK_OK;
}

SC_HOT int sc_parse_message(sipcheck_arena *arena, const uint8_t *bytes, size_t len, unsigned flags,
                            enum sc_simd simd, const sipcheck_message **ret_msg)
{
    if (len > SIPCHECK_MESSAGE_MAX) return SIPCHECK_TOO_BIG;
    static const uint8_t nothing[1];
    if (!bytes) bytes = nothing;
    sipcheck_message *msg = sc_arena_alloc(arena, sizeof *msg);
    if (!msg) return sc_arena_error(arena);
    msg->bytes = bytes;
    msg->length = len;
    msg->scalar = simd == SC_SIMD_NONE;
    sc_parse in;
    in.faults = (sc_faults){ .arena = arena, .base = bytes, .end = bytes + len, .map = &in.map };
    in.msg = msg;
    in.headers = NULL;
    in.capacity = 0;
    in.cut = (flags & SIPCHECK_CUT) != 0;
    in.fragment = false;
    in.simd = simd;
    int error = parse_all(&in, bytes, len);
    if (error == SIPCHECK_OK) *ret_msg = msg;
    return error;
}

SC_HOT int sipcheck_parse(sipcheck_arena *arena, const uint8_t *bytes, size_t len, unsigned flags,
                          const sipcheck_message **ret_msg)
{
    enum sc_simd simd = flags & SIPCHECK_SCALAR ? SC_SIMD_NONE : SC_SIMD_BEST;
    return sc_parse_message(arena, bytes, len, flags, simd, ret_msg);
}

/* --- a message inside of another's body, or a part of one */

/* A name and a colon: no start line. */
static bool begins_header(sipcheck_slice text)
{
    const uint8_t *p = text.p, *end = text.p + text.n;
    while (p < end && sc_classes[*p] & SC_TOKEN)
        p++;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p < end && *p == ':';
}

static int parse_fragment(sc_parse *in, enum sc_fragment what)
{
    const uint8_t *p = in->msg->bytes, *end = p + in->msg->length, *rest = end;
    bool start = what == SC_FRAGMENT_ALL;
    if (what == SC_FRAGMENT_ANY)
        start = p < end && !at_line_end(p, end) && !begins_header(sc_slice(p, end));
    if (what == SC_FRAGMENT_ALL) p = skip_empty_lines(in, p, end);
    forget_map(in, p);
    if (start) p = parse_start(in, p);
    int error = parse_headers(in, p, end, &rest);
    if (error) return error;
    finish(in, rest);
    if (what == SC_FRAGMENT_HEAD) { /* a boundary ends the content, and no Content-Length */
        in->msg->body = sc_slice(rest, end);
        in->msg->surplus = (sipcheck_slice){ NULL, 0 };
    }
    return in->faults.no_memory ? sc_arena_error(in->faults.arena) : SIPCHECK_OK;
}

/* What was found goes to the outer message's body, but for faults of a part's head. */
static void give_faults(sc_parse *in, enum sc_fragment what, sc_faults *faults)
{
    in->msg->valid = in->faults.count == (what == SC_FRAGMENT_HEAD ? 0 : faults->count);
    in->msg->faults = NULL;
    in->msg->fault_count = 0;
    in->msg->faults_lost = false;
    if (what == SC_FRAGMENT_HEAD) return;
    faults->first = in->faults.first;
    faults->count = in->faults.count;
    faults->lost = in->faults.lost;
}

int sc_parse_fragment(sc_faults *faults, sipcheck_slice text, enum sc_fragment what,
                      const sipcheck_message **ret)
{
    sipcheck_message *msg = sc_arena_alloc(faults->arena, sizeof *msg);
    if (!msg) return sc_arena_error(faults->arena);
    msg->bytes = text.p;
    msg->length = text.n;
    sc_parse in;
    in.faults = *faults;
    in.faults.end = text.p + text.n;
    in.faults.map = &in.map;
    in.msg = msg;
    in.headers = NULL;
    in.capacity = 0;
    in.cut = false;
    in.fragment = what != SC_FRAGMENT_ALL;
    in.simd = SC_SIMD_NONE;
    if (what == SC_FRAGMENT_HEAD) {
        in.faults.first = NULL;
        in.faults.count = 0;
        in.faults.lost = false;
    }
    int error = parse_fragment(&in, what);
    if (error) return error;
    give_faults(&in, what, faults);
    *ret = msg;
    return SIPCHECK_OK;
}
