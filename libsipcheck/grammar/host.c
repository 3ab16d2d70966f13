/* SPDX-License-Identifier: MIT */
/* Hosts and ports. RFC 3261 §25.1, RFC 5954 §4.1, RFC 3986 §3.2.2 */
#include "grammar/plain.h"

/* dec-octet  =  DIGIT / %x31-39 DIGIT / "1" 2DIGIT / "2" %x30-34 DIGIT / "25" %x30-35 */
static bool dec_octet(sc_cursor *c)
{
    unsigned number = 0;
    const uint8_t *start = c->p;
    while (sc_at_class(c, SC_DIGIT)) {
        number = number * 10 + (*c->p - (unsigned)'0');
        if (number > 255 || (c->p > start && *start == '0')) return sc_miss(c, "end of dec-octet");
        c->p++;
    }
    return c->p > start || sc_miss(c, "digit");
}

/* IPv4address  =  dec-octet "." dec-octet "." dec-octet "." dec-octet     RFC 3986 §3.2.2 */
SC_HOT bool sc_ipv4(sc_cursor *c)
{
    static const sc_production self = { "IPv4address", "3.2.2", 3986 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = dec_octet(c);
    for (int i = 0; ok && i < 3; i++)
        ok = sc_take(c, '.', "\".\"") && dec_octet(c);
    return sc_leave(c, outer, ok);
}

/* Eight groups of 16 bits, or fewer with one "::" for the zeros left out. */
typedef struct ipv6 {
    unsigned groups;
    bool gap;
} ipv6;

/* The last 32 bits in dotted form. */
static bool ipv6_tail(sc_cursor *c, ipv6 *in)
{
    if (in->groups > 6) return sc_miss(c, "end of IPv6address");
    in->groups += 2;
    return sc_ipv4(c);
}

/* h16  =  1*4HEXDIG */
static bool h16(sc_cursor *c, ipv6 *in)
{
    if (in->groups == 8) return sc_miss(c, "end of IPv6address");
    in->groups++;
    return sc_take_count(c, SC_HEXDIG, 1, 4, "h16", NULL);
}

static bool at_ipv4(const sc_cursor *c)
{
    const uint8_t *p = c->p;
    while (p < c->end && sc_classes[*p] & SC_DIGIT)
        p++;
    return p > c->p && p < c->end && *p == '.';
}

/* Behind "::". The grammar of RFC 3261 also led to "2001:db8:::192.0.2.1"; RFC 5954 put it right,
 * but RFC 5118 §4.10 asks to bear with the extra colon, and so this one form is taken. */
static bool behind_gap(sc_cursor *c, ipv6 *in, bool *more)
{
    *more = sc_at_class(c, SC_HEXDIG);
    if (!sc_skip(c, ':')) return true;
    if (at_ipv4(c)) return ipv6_tail(c, in);
    return sc_miss_at(c, c->p - 1, "h16 or end of IPv6address");
}

static bool ipv6_gap(sc_cursor *c, ipv6 *in, bool *more)
{
    if (in->gap) return sc_miss_at(c, c->p + 1, "h16");
    c->p += 2;
    in->gap = true;
    return behind_gap(c, in, more);
}

static bool at_gap(const sc_cursor *c)
{
    return c->end - c->p >= 2 && c->p[0] == ':' && c->p[1] == ':';
}

static bool ipv6_groups(sc_cursor *c, ipv6 *in)
{
    bool more = true;
    if (at_gap(c) && !ipv6_gap(c, in, &more)) return false;
    while (more) {
        if (at_ipv4(c)) return ipv6_tail(c, in);
        if (!h16(c, in)) return false;
        if (!at_gap(c))
            more = sc_skip(c, ':');
        else if (!ipv6_gap(c, in, &more))
            return false;
    }
    return true;
}

/* IPv6address  =                            6( h16 ":" ) ls32
 *              /                       "::" 5( h16 ":" ) ls32
 *              / [               h16 ] "::" 4( h16 ":" ) ls32
 *              / [ *1( h16 ":" ) h16 ] "::" 3( h16 ":" ) ls32
 *              / [ *2( h16 ":" ) h16 ] "::" 2( h16 ":" ) ls32
 *              / [ *3( h16 ":" ) h16 ] "::"    h16 ":"   ls32
 *              / [ *4( h16 ":" ) h16 ] "::"              ls32
 *              / [ *5( h16 ":" ) h16 ] "::"              h16
 *              / [ *6( h16 ":" ) h16 ] "::"                          RFC 5954 §4.1
 * ls32         =  ( h16 ":" h16 ) / IPv4address */
bool sc_ipv6(sc_cursor *c)
{
    static const sc_production self = { "IPv6address", "4.1", 5954 };
    const sc_production *outer = sc_enter(c, &self);
    ipv6 in = { 0, false };
    bool ok = ipv6_groups(c, &in);
    if (ok && !in.gap && in.groups < 8) ok = sc_miss(c, "\":\"");
    if (ok && in.gap && in.groups > 7) ok = sc_miss(c, "at most 7 groups beside \"::\"");
    return sc_leave(c, outer, ok);
}

/* domainlabel  =  alphanum / alphanum *( alphanum / "-" ) alphanum */
static bool label(sc_cursor *c, const uint8_t *end)
{
    if (c->p == end || !(sc_classes[*c->p] & SC_ALNUM)) return sc_miss(c, "alphanum");
    while (c->p < end && *c->p != '.')
        c->p++;
    return c->p[-1] != '-' || sc_miss(c, "alphanum");
}

/* hostname  =  *( domainlabel "." ) toplabel [ "." ]
 * toplabel  =  ALPHA / ALPHA *( alphanum / "-" ) alphanum */
static bool hostname(sc_cursor *c, const uint8_t *end)
{
    static const sc_production self = { "hostname", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *last = c->p;
    bool ok = label(c, end);
    while (ok && c->p < end) {
        c->p++;
        if (c->p == end) break;
        last = c->p;
        ok = label(c, end);
    }
    if (ok && !(sc_classes[*last] & SC_ALPHA))
        ok = sc_miss(c, "toplabel, which begins with a letter");
    return sc_leave(c, outer, ok);
}

bool sc_domain(sc_cursor *c)
{
    return hostname(c, sc_span_end(c, c->p, SC_HOST));
}

static bool looks_dotted(const uint8_t *p, const uint8_t *end)
{
    while (p < end && (sc_classes[*p] & SC_DIGIT || *p == '.'))
        p++;
    return p == end;
}

/* What is wrong, or odd, or not mapped. */
static bool name_or_ipv4_slow(sc_cursor *c, uint8_t *kind)
{
    const uint8_t *end = sc_span_end(c, c->p, SC_HOST);
    if (end == c->p) return sc_miss(c, "host");
    *kind = looks_dotted(c->p, end) ? SIPCHECK_HOST_IPV4 : SIPCHECK_HOST_NAME;
    if (*kind == SIPCHECK_HOST_NAME) return hostname(c, end);
    return sc_ipv4(c) && (c->p == end || sc_miss(c, "end of IPv4address"));
}

static bool name_or_ipv4(sc_cursor *c, uint8_t *kind)
{
    const uint8_t *end = c->mapped ? sc_plain_host(c, c->p, kind) : NULL;
    if (!end) return name_or_ipv4_slow(c, kind);
    c->p = end;
    return true;
}

/* host           =  hostname / IPv4address / IPv6reference
 * IPv6reference  =  "[" IPv6address "]" */
bool sc_host(sc_cursor *c, sipcheck_slice *out, uint8_t *kind)
{
    static const sc_production self = { "host", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok;
    if (sc_skip(c, '[')) {
        *kind = SIPCHECK_HOST_IPV6;
        ok = sc_ipv6(c) && sc_take(c, ']', "\"]\"");
    } else {
        ok = name_or_ipv4(c, kind);
    }
    if (ok)
        *out = sc_slice(start, c->p);
    else
        *kind = SIPCHECK_HOST_NONE;
    return sc_leave(c, outer, ok);
}

bool sc_host_value(sc_cursor *c)
{
    sipcheck_slice host;
    uint8_t kind;
    return sc_host(c, &host, &kind);
}

/* port  =  1*DIGIT */
static bool port(sc_cursor *c, sc_hostport *out)
{
    static const sc_production self = { "port", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_digits(c, &out->port_text);
    if (ok) out->port = sc_number32(out->port_text);
    return sc_leave(c, outer, ok);
}

/* hostport  =  host [ ":" port ] */
bool sc_hostport_tight(sc_cursor *c, sc_hostport *out)
{
    return sc_host(c, &out->host, &out->kind) && (!sc_skip(c, ':') || port(c, out));
}

/* sent-by  =  host [ COLON port ] */
bool sc_hostport_spaced(sc_cursor *c, sc_hostport *out)
{
    return sc_host(c, &out->host, &out->kind) && (!sc_separator(c, ':') || port(c, out));
}
