/* SPDX-License-Identifier: MIT */
/* Quoted strings, comments, free text, qvalue. RFC 3261 §25.1 */
#include "grammar/grammar.h"

#include "text/plain.h"

/* quoted-pair  =  "\" (%x00-09 / %x0B-0C / %x0E-7F) */
static bool quoted_pair(sc_cursor *c)
{
    static const sc_production self = { "quoted-pair", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *at = c->p + 1;
    bool ok = at < c->end && *at < 0x80 && *at != '\r' && *at != '\n';
    if (ok)
        c->p += 2;
    else
        sc_miss_at(c, at, "any ASCII character but CR and LF");
    return sc_leave(c, outer, ok);
}

SC_HOT bool sc_odd_piece(sc_cursor *c, const char *wanted)
{
    if (c->p == c->end) return sc_miss(c, wanted);
    if (*c->p == '\\') return quoted_pair(c);
    if (*c->p >= 0x80) return sc_utf8(c);
    return sc_lws(c, SC_ANY_FOLDS) || sc_miss(c, wanted);
}

/* LDQUOT = SWS DQUOTE, RDQUOT = DQUOTE SWS */
SC_HOT bool sc_between_quotes(sc_cursor *c, bool inside(sc_cursor *c))
{
    sc_lws(c, 1);
    if (!sc_take(c, '"', "DQUOTE") || !inside(c) || !sc_take(c, '"', "DQUOTE")) return false;
    sc_lws(c, 1);
    return true;
}

/* quoted-string  =  SWS DQUOTE *(qdtext / quoted-pair ) DQUOTE
 * qdtext         =  LWS / %x21 / %x23-5B / %x5D-7E / UTF8-NONASCII */
SC_HOT bool sc_quoted_string(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "quoted-string", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    sc_lws(c, 1);
    const uint8_t *start = c->p;
    bool ok = sc_take(c, '"', "quoted-string");
    while (ok) {
        sc_span(c, SC_QDTEXT);
        if (sc_skip(c, '"')) break;
        ok = sc_odd_piece(c, "DQUOTE or qdtext");
    }
    if (ok && out) *out = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* quoted-string, where the value is all that is wanted */
bool sc_any_quoted(sc_cursor *c)
{
    return sc_quoted_string(c, NULL);
}

/* comment  =  LPAREN *(ctext / quoted-pair / comment) RPAREN
 * ctext    =  %x21-27 / %x2A-5B / %x5D-7E / UTF8-NONASCII / LWS
 * The white space in front of LPAREN is the caller's, that behind RPAREN too. */
bool sc_comment(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "comment", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = sc_take(c, '(', "comment");
    for (size_t depth = 1; ok && depth;) {
        sc_span(c, SC_CTEXT);
        if (sc_skip(c, '('))
            depth++;
        else if (sc_skip(c, ')'))
            depth--;
        else
            ok = sc_odd_piece(c, "RPAREN or ctext");
    }
    if (ok && out) *out = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* qvalue  =  ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ) */
bool sc_qvalue(sc_cursor *c)
{
    uint8_t high = sc_at(c, '1') ? '0' : '9';
    if (!sc_skip(c, '1') && !sc_take(c, '0', "0 or 1")) return false;
    if (!sc_skip(c, '.')) return true;
    for (int i = 0; i < 3 && sc_at_class(c, SC_DIGIT) && *c->p <= high; i++)
        c->p++;
    return !sc_at_class(c, SC_DIGIT) || sc_miss(c, "end of qvalue");
}

/* delta-seconds  =  1*DIGIT */
bool sc_delta_seconds(sc_cursor *c)
{
    return sc_digits(c, NULL);
}

/* token, where the value is all that is wanted */
bool sc_any_token(sc_cursor *c)
{
    return sc_token(c, NULL);
}

/* token-nodot  =  1*( alphanum / "-" / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~" ) */
bool sc_token_nodot(sc_cursor *c, const char *wanted)
{
    const uint8_t *start = c->p;
    while (sc_at_class(c, SC_TOKEN) && *c->p != '.')
        c->p++;
    return c->p > start || sc_miss(c, wanted);
}

/* All of the field is TEXT-UTF8char of ASCII and SP, as most texts are: LWS is, too. */
static inline bool plain_text(sc_cursor *c)
{
    size_t n = (size_t)(c->end - c->p);
    if (sc_printable_length(c->p, n) < n) return false;
    c->p = c->end;
    return true;
}

/* *TEXT-UTF8char
 * TEXT-UTF8char  =  %x21-7E / UTF8-NONASCII */
static bool text_chars(sc_cursor *c)
{
    sc_span(c, SC_TEXT);
    while (c->p < c->end && *c->p >= 0x80) {
        if (!sc_utf8(c)) return false;
        sc_span(c, SC_TEXT);
    }
    return true;
}

/* TEXT-UTF8-TRIM  =  1*TEXT-UTF8char *(*LWS TEXT-UTF8char), or nothing
 * White space at either end is left: it is not part of it. */
SC_HOT bool sc_text_utf8_trim(sc_cursor *c)
{
    const uint8_t *behind = c->p, *before;
    if (behind < c->end && *behind != ' ' && c->end[-1] != ' ' && plain_text(c)) return true;
    do {
        before = c->p;
        if (!text_chars(c)) return false;
        if (c->p > before) behind = c->p;
    } while (c->p > before && sc_lws(c, SC_ANY_FOLDS));
    c->p = behind;
    return true;
}

/* header-value  =  *(TEXT-UTF8char / UTF8-CONT / LWS)
 * UTF8-CONT alone is refused: it is not UTF-8 as of RFC 3629. */
SC_HOT bool sc_header_value(sc_cursor *c)
{
    if (plain_text(c)) return true;
    do
        if (!text_chars(c)) return false;
    while (sc_lws(c, SC_ANY_FOLDS));
    return c->p == c->end || sc_miss(c, "TEXT-UTF8char or LWS");
}
