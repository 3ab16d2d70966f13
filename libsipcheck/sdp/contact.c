/* SPDX-License-Identifier: MIT */
/* u=, e= and p=, and what they borrow. RFC 8866 §5.5, §5.6, §9; RFC 3986; RFC 5322 §3.4.1 */
#include "sdp/sdp.h"

#include <string.h>

/* --- URI-reference */

/* *( class / pct-encoded ) */
static bool escaped_span(sc_cursor *c, unsigned classes, const char *others)
{
    for (;;) {
        while (sc_sdp_at(c, classes) || (c->p < c->end && *c->p && strchr(others, *c->p)))
            c->p++;
        if (!sc_skip(c, '%')) return true;
        for (int i = 0; i < 2; i++) {
            if (!sc_at_class(c, SC_HEXDIG)) return sc_miss(c, "HEXDIG");
            c->p++;
        }
    }
}

/* IP-literal  =  "[" ( IPv6address / IPvFuture  ) "]"
 * IPvFuture   =  "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool ip_literal(sc_cursor *c)
{
    bool ok;
    sc_skip(c, '[');
    if (sc_skip(c, 'v') || sc_skip(c, 'V')) {
        ok = sc_take_span(c, SC_HEXDIG, "HEXDIG", NULL) && sc_take(c, '.', "\".\"");
        const uint8_t *start = c->p;
        while (sc_sdp_at(c, SC_SDP_REGNAME) || sc_at(c, ':'))
            c->p++;
        ok = ok && (c->p > start || sc_miss(c, "unreserved"));
    } else {
        ok = sc_ipv6(c);
    }
    return ok && sc_take(c, ']', "\"]\"");
}

/* The userinfo in front of an "@", if there is one in the authority. */
static bool has_userinfo(const sc_cursor *c)
{
    const uint8_t *p = c->p;
    while (p < c->end && *p != '/' && *p != '?' && *p != '#' && *p != '@')
        p++;
    return p < c->end && *p == '@';
}

/* authority  =  [ userinfo "@" ] host [ ":" port ]
 * userinfo   =  *( unreserved / pct-encoded / sub-delims / ":" )
 * host       =  IP-literal / IPv4address / reg-name
 * reg-name   =  *( unreserved / pct-encoded / sub-delims )
 * port       =  *DIGIT */
static bool authority(sc_cursor *c)
{
    static const sc_production self = { "authority", "3.2", 3986 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = true;
    if (has_userinfo(c)) ok = escaped_span(c, SC_SDP_REGNAME, ":") && sc_take(c, '@', "\"@\"");
    if (ok) ok = sc_at(c, '[') ? ip_literal(c) : escaped_span(c, SC_SDP_REGNAME, "");
    if (ok && sc_skip(c, ':')) sc_span(c, SC_DIGIT);
    return sc_leave(c, outer, ok);
}

/* scheme ":" where it is there */
static bool skip_scheme(sc_cursor *c)
{
    const uint8_t *start = c->p;
    if (sc_at_class(c, SC_ALPHA)) sc_span(c, SC_SCHEME);
    if (c->p > start && sc_skip(c, ':')) return true;
    c->p = start;
    return false;
}

/* A relative path has no colon in its first segment: it would be a scheme. */
static bool path(sc_cursor *c, bool relative, bool behind_authority)
{
    const uint8_t *start = c->p;
    bool rooted = sc_at(c, '/');
    if (behind_authority && !rooted) return true;
    if (!escaped_span(c, SC_SDP_PCHAR, "/")) return false;
    if (!relative || rooted) return true;
    for (const uint8_t *p = start; p < c->p && *p != '/'; p++)
        if (*p == ':') return sc_miss_at(c, p, "pchar but \":\"");
    return true;
}

/* URI-reference  =  URI / relative-ref
 * URI            =  scheme ":" hier-part [ "?" query ] [ "#" fragment ]
 * relative-ref   =  relative-part [ "?" query ] [ "#" fragment ]      RFC 3986 §4.1 */
bool sc_sdp_uri_reference(sc_cursor *c)
{
    static const sc_production self = { "URI-reference", "4.1", 3986 };
    const sc_production *outer = sc_enter(c, &self);
    bool relative = !skip_scheme(c), net = false;
    if (c->end - c->p >= 2 && c->p[0] == '/' && c->p[1] == '/') {
        c->p += 2;
        net = true;
    }
    bool ok = (!net || authority(c)) && path(c, relative && !net, net) &&
              (!sc_skip(c, '?') || escaped_span(c, SC_SDP_PCHAR, "/?")) &&
              (!sc_skip(c, '#') || escaped_span(c, SC_SDP_PCHAR, "/?"));
    return sc_leave(c, outer, ok);
}

/* uri-field  =  %s"u" "=" uri CRLF
 * uri        =  URI-reference */
bool sc_sdp_uri(sc_cursor *c, sipcheck_value *out)
{
    (void)out;
    return sc_sdp_uri_reference(c);
}

/* --- addr-spec: what RFC 5322 calls obsolete is not taken, and no line of SDP is folded */

static void blanks(sc_cursor *c)
{
    while (sc_skip(c, ' ') || sc_skip(c, '\t'))
        ;
}

/* VCHAR / WSP, but for `others` */
static bool quoted_char(sc_cursor *c, const char *others)
{
    bool plain = sc_at_class(c, SC_TEXT) || sc_at(c, ' ') || sc_at(c, '\t');
    if (!plain || strchr(others, *c->p)) return sc_miss(c, "VCHAR or WSP");
    c->p++;
    return true;
}

/* quoted-pair  =  "\" (VCHAR / WSP) */
static bool quoted_pair(sc_cursor *c)
{
    return sc_skip(c, '\\') && quoted_char(c, "");
}

/* comment  =  "(" *([FWS] ccontent) [FWS] ")" */
static bool comment(sc_cursor *c)
{
    size_t depth = 0;
    do {
        if (sc_skip(c, '('))
            depth++;
        else if (sc_skip(c, ')'))
            depth--;
        else if (sc_at(c, '\\') ? !quoted_pair(c) : !quoted_char(c, "()"))
            return false;
    } while (depth);
    return true;
}

/* [CFWS]; a comment that nothing closes is left. */
static void cfws(sc_cursor *c)
{
    bool more = true;
    while (more) {
        blanks(c);
        sc_cursor look = *c;
        more = sc_at(c, '(') && comment(&look);
        if (more) c->p = look.p;
    }
}

/* dot-atom-text  =  1*atext *("." 1*atext) */
static bool dot_atom_text(sc_cursor *c)
{
    bool ok;
    do
        ok = sc_sdp_take(c, SC_SDP_ATEXT, "atext", NULL);
    while (ok && sc_skip(c, '.'));
    return ok;
}

/* quoted-string   =  [CFWS] DQUOTE *([FWS] qcontent) [FWS] DQUOTE [CFWS]
 * domain-literal  =  [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS] */
static bool between(sc_cursor *c, uint8_t close, const char *others, bool pairs)
{
    c->p++;
    while (!sc_at(c, close))
        if (sc_at(c, '\\') && pairs ? !quoted_pair(c) : !quoted_char(c, others))
            return sc_miss(c, close == '"' ? "DQUOTE" : "\"]\"");
    c->p++;
    return true;
}

/* local-part  =  dot-atom / quoted-string */
static bool local_part(sc_cursor *c)
{
    cfws(c);
    bool ok = sc_at(c, '"') ? between(c, '"', "\"", true) : dot_atom_text(c);
    cfws(c);
    return ok;
}

/* domain  =  dot-atom / domain-literal */
static bool domain(sc_cursor *c)
{
    cfws(c);
    bool ok = sc_at(c, '[') ? between(c, ']', "[]\\", false) : dot_atom_text(c);
    cfws(c);
    return ok;
}

/* addr-spec  =  local-part "@" domain */
bool sc_sdp_addr_spec(sc_cursor *c)
{
    static const sc_production self = { "addr-spec", "3.4.1", 5322 };
    const sc_production *outer = sc_enter(c, &self);
    return sc_leave(c, outer, local_part(c) && sc_take(c, '@', "\"@\"") && domain(c));
}

/* --- e= and p=: three forms each, told by the bracket at the end */

/* A part of the line by a production of its own; its misses count. */
static bool within(sc_cursor *c, const uint8_t *p, const uint8_t *end, bool part(sc_cursor *c))
{
    const uint8_t *line_end = c->end;
    c->p = p;
    c->end = end;
    bool ok = part(c) && sc_sdp_end(c);
    c->end = line_end;
    return ok;
}

static bool email_safe(sc_cursor *c)
{
    return sc_sdp_take(c, SC_SDP_EMAIL, "email-safe", NULL);
}

/* The last `open` of a line that ends with `close`; NULL: it does not end so, or has none. */
static const uint8_t *bracket(const sc_cursor *c, uint8_t open, uint8_t close)
{
    const uint8_t *p = c->end;
    if (c->p == c->end || p[-1] != close) return NULL;
    while (--p > c->p)
        if (*p == open) return p;
    return NULL;
}

static bool whole(sc_cursor *c, bool part(sc_cursor *c))
{
    return part(c) && sc_sdp_end(c);
}

/* address-and-comment  =  addr-spec 1*SP "(" 1*email-safe ")" */
static bool address_and_comment(sc_cursor *c)
{
    const uint8_t *start = c->p, *open = bracket(c, '(', ')');
    return open && open[-1] == ' ' && within(c, start, open - 1, sc_sdp_addr_spec) &&
           within(c, open + 1, c->end - 1, email_safe);
}

/* dispname-and-address  =  1*email-safe 1*SP "<" addr-spec ">"
 * A "<" cannot stand in the name; the last of its characters may be a space. */
static bool dispname_and_address(sc_cursor *c)
{
    const uint8_t *start = c->p;
    const uint8_t *open = c->p < c->end ? memchr(start, '<', (size_t)(c->end - start)) : NULL;
    return open && open - start > 1 && open[-1] == ' ' && c->end[-1] == '>' &&
           within(c, start, open - 1, email_safe) &&
           within(c, open + 1, c->end - 1, sc_sdp_addr_spec);
}

/* email-field    =  %s"e" "=" email-address CRLF
 * email-address  =  address-and-comment / dispname-and-address / addr-spec */
bool sc_sdp_email(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "email-address", "9", 8866 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    (void)out;
    bool ok = whole(c, sc_sdp_addr_spec);
    c->p = ok ? c->p : start;
    ok = ok || address_and_comment(c);
    c->p = ok ? c->p : start;
    ok = ok || dispname_and_address(c);
    if (ok) c->p = c->end;
    return sc_leave(c, outer, ok);
}

/* phone  =  ["+"] DIGIT 1*(SP / "-" / DIGIT) */
static bool phone(sc_cursor *c)
{
    static const sc_production self = { "phone", "9", 8866 };
    const sc_production *outer = sc_enter(c, &self);
    sc_skip(c, '+');
    const uint8_t *start = c->p;
    bool ok = sc_at_class(c, SC_DIGIT) || sc_miss(c, "digit");
    while (ok && (sc_at_class(c, SC_DIGIT) || sc_at(c, ' ') || sc_at(c, '-')))
        c->p++;
    if (ok && c->p - start < 2) ok = sc_miss(c, "SP, \"-\" or digit");
    return sc_leave(c, outer, ok);
}

/* phone *SP "(" 1*email-safe ")" : the spaces may belong to the phone */
static bool phone_and_comment(sc_cursor *c)
{
    const uint8_t *start = c->p, *open = bracket(c, '(', ')');
    return open && within(c, start, open, phone) && within(c, open + 1, c->end - 1, email_safe);
}

/* 1*email-safe "<" phone ">" */
static bool name_and_phone(sc_cursor *c)
{
    const uint8_t *start = c->p, *open = bracket(c, '<', '>');
    return open && within(c, start, open, email_safe) && within(c, open + 1, c->end - 1, phone);
}

/* phone-field   =  %s"p" "=" phone-number CRLF
 * phone-number  =  phone *SP "(" 1*email-safe ")" / 1*email-safe "<" phone ">" / phone */
bool sc_sdp_phone(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "phone-number", "9", 8866 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    (void)out;
    bool ok = whole(c, phone);
    c->p = ok ? c->p : start;
    ok = ok || phone_and_comment(c);
    c->p = ok ? c->p : start;
    ok = ok || name_and_phone(c);
    if (ok) c->p = c->end;
    return sc_leave(c, outer, ok);
}
