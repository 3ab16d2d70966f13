/* SPDX-License-Identifier: MIT */
/* Request-Line and Status-Line. RFC 3261 §7.1, §7.2, §25.1 */
#include "grammar/grammar.h"

#include <string.h>

/* Each method has a row of its own by its first letter and its length; in the other rows n is 0. */
typedef struct method_row {
    uint8_t name[14], n, id;
} method_row;

#define ROW(FIRST, LENGTH) (((size_t)3 * (FIRST) + (LENGTH)) % 32)
#define METHOD(FIRST, NAME)                                                                        \
    [ROW(FIRST, sizeof #NAME - 1)] = { #NAME, sizeof #NAME - 1, SIPCHECK_METHOD_##NAME }

static const method_row methods[32] = {
    METHOD('A', ACK),    METHOD('B', BYE),       METHOD('C', CANCEL), METHOD('I', INFO),
    METHOD('I', INVITE), METHOD('M', MESSAGE),   METHOD('N', NOTIFY), METHOD('O', OPTIONS),
    METHOD('P', PRACK),  METHOD('P', PUBLISH),   METHOD('R', REFER),  METHOD('R', REGISTER),
    METHOD('U', UPDATE), METHOD('S', SUBSCRIBE),
};

uint8_t sc_method_id(sipcheck_slice method)
{
    if (!method.n) return SIPCHECK_METHOD_NONE;
    const method_row *row = &methods[ROW(method.p[0], method.n)];
    bool same = row->n == method.n && memcmp(method.p, row->name, method.n) == 0;
    return same ? row->id : SIPCHECK_METHOD_OTHER;
}

SC_HOT uint8_t sc_method_at(const sc_cursor *c, sipcheck_slice method)
{
    size_t n = method.n;
    if (n - 1 > 8 || c->faults->end - method.p < 8) return sc_method_id(method);
    const method_row *row = &methods[ROW(method.p[0], n)];
    size_t in_word = n < 8 ? n : 8;
    uint64_t there, wanted, mask = UINT64_MAX >> (64 - in_word * 8);
    memcpy(&there, method.p, 8);
    memcpy(&wanted, row->name, 8);
    bool same = ((there & mask) == wanted) & (row->n == n) & (method.p[n - 1] == row->name[n - 1]);
    return same ? row->id : SIPCHECK_METHOD_OTHER;
}

/* SIP-Version  =  "SIP" "/" 1*DIGIT "." 1*DIGIT */
static SC_HOT bool sip_version(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "SIP-Version", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool plain = c->end - start >= 7 && memcmp(start, "SIP/2.0", 7) == 0 &&
                 !(c->end - start > 7 && sc_classes[start[7]] & SC_DIGIT);
    if (plain) {
        c->p += 7;
        *out = sc_slice(start, c->p);
        return sc_leave(c, outer, true);
    }
    bool ok = sc_literal_nocase(c, "SIP/", "\"SIP/\"") && sc_digits(c, NULL) &&
              sc_take(c, '.', "\".\"") && sc_digits(c, NULL);
    if (ok) *out = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* Request-Line  =  Method SP Request-URI SP SIP-Version CRLF */
static bool request_line(sc_cursor *c, sc_start_line *out)
{
    return sc_token(c, &out->method) && sc_take(c, ' ', "SP") && sc_uri(c, false, out->uri) &&
           sc_take(c, ' ', "SP") && sip_version(c, &out->version) &&
           (c->p == c->end || sc_miss(c, "CRLF"));
}

/* Reason-Phrase  =  *(reserved / unreserved / escaped / UTF8-NONASCII / UTF8-CONT / SP / HTAB)
 * UTF8-CONT alone is refused: it is not UTF-8 as of RFC 3629. */
static bool reason_phrase(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "Reason-Phrase", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    *out = sc_slice(c->p, c->end);
    bool ok = true;
    while (ok && c->p < c->end) {
        const uint8_t *before = c->p;
        sc_span_escaped(c, SC_REASON);
        if (c->p < c->end && *c->p >= 0x80)
            ok = sc_utf8(c);
        else if (c->p == before)
            ok = sc_miss(c, "character of a Reason-Phrase");
    }
    return sc_leave(c, outer, ok);
}

/* Status-Code  =  3DIGIT, with all that its names allow */
static bool status_code(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "Status-Code", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = sc_digits(c, out);
    size_t n = (size_t)(c->p - start);
    if (ok && n < 3) ok = sc_miss(c, "digit");
    if (ok && n > 3) ok = sc_miss_at(c, start + 3, "SP");
    return sc_leave(c, outer, ok);
}

/* Status-Line  =  SIP-Version SP Status-Code SP Reason-Phrase CRLF */
static bool status_line(sc_cursor *c, sc_start_line *out)
{
    return sip_version(c, &out->version) && sc_take(c, ' ', "SP") &&
           status_code(c, &out->status_text) && sc_take(c, ' ', "SP") &&
           reason_phrase(c, &out->reason);
}

static void skip_blanks(sc_cursor *c)
{
    while (c->p < c->end && sc_is_blank(*c->p))
        c->p++;
}

static sipcheck_slice word(sc_cursor *c)
{
    skip_blanks(c);
    const uint8_t *start = c->p;
    while (c->p < c->end && !sc_is_blank(*c->p))
        c->p++;
    return sc_slice(start, c->p);
}

static bool begins_sip(sipcheck_slice text)
{
    return text.n >= 4 && sc_same_nocase((sipcheck_slice){ text.p, 4 }, "SIP/");
}

/* The version is the last word, if it looks like one; what is between is the URI. */
static SC_COLD void salvage_request(sc_cursor *c, sc_start_line *out)
{
    sipcheck_slice method = word(c);
    sipcheck_slice rest = sc_trim(sc_slice(c->p, c->end));
    size_t n = rest.n;
    while (n && !sc_is_blank(rest.p[n - 1]))
        n--;
    sipcheck_slice last = { rest.p + n, rest.n - n };
    if (begins_sip(last)) {
        out->version = last;
        rest = sc_trim((sipcheck_slice){ rest.p, n });
    }
    if (rest.n > 1 && rest.p[0] == '<' && rest.p[rest.n - 1] == '>')
        rest = (sipcheck_slice){ rest.p + 1, rest.n - 2 };
    out->method = method;
    if (!out->uri->valid) sc_uri_salvage(c, rest, out->uri);
    out->is_request = method.n && (out->version.n || out->uri->is_sip || out->uri->is_sips);
}

static SC_COLD void salvage_response(sc_cursor *c, sc_start_line *out)
{
    out->version = word(c);
    sc_cursor before = *c;
    sipcheck_slice code = word(c);
    const uint8_t *p = code.p, *end = code.p + code.n;
    while (p < end && sc_classes[*p] & SC_DIGIT)
        p++;
    out->status_text = sc_slice(code.p, p);
    if (!out->status_text.n) c->p = before.p;
    out->reason = sc_trim(sc_slice(c->p, c->end));
    out->is_response = out->status_text.n > 0;
}

SC_HOT bool sc_parse_start_line(sc_cursor *c, sc_start_line *out)
{
    static const sc_production request = { "Request-Line", "25.1", 3261 };
    static const sc_production status = { "Status-Line", "25.1", 3261 };
    const uint8_t *start = c->p;
    skip_blanks(c);
    bool response = begins_sip(sc_slice(c->p, c->end));
    c->p = start;
    const sc_production *outer = sc_enter(c, response ? &status : &request);
    bool ok = response ? status_line(c, out) : request_line(c, out);
    if (ok) {
        out->is_response = response;
        out->is_request = !response;
    } else {
        sc_report(c);
        c->p = start;
        response ? salvage_response(c, out) : salvage_request(c, out);
    }
    return sc_leave(c, outer, ok);
}
