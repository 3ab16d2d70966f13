/* SPDX-License-Identifier: MIT */
/* SIP and SIPS URIs, and the way to the others. RFC 3261 §19.1, §25.1 */
#include "grammar/plain.h"

/* escaped  =  "%" HEXDIG HEXDIG */
static bool escaped(sc_cursor *c)
{
    static const sc_production self = { "escaped", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = true;
    for (int i = 1; ok && i <= 2; i++)
        if (c->end - c->p <= i || !(sc_classes[c->p[i]] & SC_HEXDIG))
            ok = sc_miss_at(c, c->end - c->p < i ? c->end : c->p + i, "HEXDIG");
    if (ok) c->p += 3;
    return sc_leave(c, outer, ok);
}

SC_HOT void sc_span_escaped(sc_cursor *c, uint32_t classes)
{
    do
        sc_span(c, classes);
    while (sc_at(c, '%') && escaped(c));
}

bool sc_take_escaped(sc_cursor *c, uint32_t classes, const char *wanted, sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    sc_span_escaped(c, classes);
    if (c->p == start) return sc_miss(c, wanted);
    if (out) *out = sc_slice(start, c->p);
    return true;
}

/* userinfo  =  ( user / telephone-subscriber ) [ ":" password ] "@"
 * user      =  1*( unreserved / escaped / user-unreserved )
 * password  =  *( unreserved / escaped / "&" / "=" / "+" / "$" / "," )
 * A telephone-subscriber is a user by its characters. */
void sc_userinfo(sc_cursor *c, bool bare, sipcheck_uri *out)
{
    const uint8_t *start = c->p;
    sc_span_escaped(c, bare ? SC_USER_BARE : SC_USER);
    sipcheck_slice user = sc_slice(start, c->p), password = { NULL, 0 };
    if (user.n && sc_skip(c, ':')) {
        const uint8_t *from = c->p;
        sc_span_escaped(c, bare ? SC_PASSWORD_BARE : SC_PASSWORD);
        password = sc_slice(from, c->p);
    }
    if (user.n && sc_skip(c, '@')) {
        out->user = user;
        out->password = password;
    } else {
        c->p = start;
    }
}

static bool hostport(sc_cursor *c, sipcheck_uri *out)
{
    sc_hostport found = { .port = 0 };
    bool ok = sc_hostport_tight(c, &found);
    out->host = found.host;
    out->host_kind = found.kind;
    out->port_text = found.port_text;
    out->port = found.port;
    return ok;
}

/* ttl  =  1*3DIGIT */
static bool ttl(sc_cursor *c)
{
    return sc_take_count(c, SC_DIGIT, 1, 3, "at most three digits", NULL);
}

/* pvalue  =  1*paramchar */
static bool pvalue(sc_cursor *c)
{
    return sc_take_escaped(c, SC_PARAMCHAR, "paramchar", NULL);
}

/* transport-param  =  "transport=" ( "udp" / "tcp" / "sctp" / "tls" / other-transport)
 * user-param       =  "user=" ( "phone" / "ip" / other-user)
 * method-param     =  "method=" Method
 * ttl-param        =  "ttl=" ttl
 * maddr-param      =  "maddr=" host
 * lr-param         =  "lr"
 * "lr=on" is an other-param by the letter, and is taken. */
static const sc_known_param uri_params[] = {
    { "transport", sc_any_token, { "transport-param", "25.1", 3261 } },
    { "user", sc_any_token, { "user-param", "25.1", 3261 } },
    { "method", sc_any_token, { "method-param", "25.1", 3261 } },
    { "ttl", ttl, { "ttl-param", "25.1", 3261 } },
    { "maddr", sc_host_value, { "maddr-param", "25.1", 3261 } },
};

/* uri-parameters  =  *( ";" uri-parameter)
 * other-param     =  pname [ "=" pvalue ] */
static bool uri_params_of(sc_cursor *c, sipcheck_uri *out)
{
    static const sc_production self = { "uri-parameter", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    sc_param_list list = { &out->params };
    bool ok = true;
    while (ok && sc_skip(c, ';')) {
        sipcheck_slice name;
        ok = sc_take_escaped(c, SC_PARAMCHAR, "uri-parameter", &name);
        sipcheck_param *param = ok ? sc_param_add(c, &list) : NULL;
        if (!param) return sc_leave(c, outer, false);
        param->name = name;
        ok = sc_tight_value(c, SC_KNOWN(uri_params), pvalue, param);
    }
    return sc_leave(c, outer, ok);
}

/* header  =  hname "=" hvalue
 * hname   =  1*( hnv-unreserved / unreserved / escaped )
 * hvalue  =  *( hnv-unreserved / unreserved / escaped ) */
static bool header(sc_cursor *c, sc_param_list *list)
{
    sipcheck_slice name;
    if (!sc_take_escaped(c, SC_HNV, "hname", &name)) return false;
    sipcheck_param *param = sc_param_add(c, list);
    if (!param) return false;
    param->name = name;
    if (!sc_take(c, '=', "\"=\"")) return false;
    const uint8_t *start = c->p;
    sc_span_escaped(c, SC_HNV);
    param->value = sc_slice(start, c->p);
    return true;
}

/* headers  =  "?" header *( "&" header ) */
static bool headers(sc_cursor *c, sipcheck_uri *out)
{
    static const sc_production self = { "headers", "25.1", 3261 };
    if (!sc_skip(c, '?')) return true;
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    sc_param_list list = { &out->headers };
    bool ok;
    do
        ok = header(c, &list);
    while (ok && sc_skip(c, '&'));
    out->headers_text = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* SIP-URI   =  "sip:" [ userinfo ] hostport uri-parameters [ headers ]
 * SIPS-URI  =  "sips:" [ userinfo ] hostport uri-parameters [ headers ] */
static bool sip_rest(sc_cursor *c, bool bare, sipcheck_uri *out)
{
    static const sc_production sip = { "SIP-URI", "25.1", 3261 };
    static const sc_production sips = { "SIPS-URI", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, out->is_sips ? &sips : &sip);
    sc_userinfo(c, bare, out);
    bool ok = hostport(c, out) && (bare || (uri_params_of(c, out) && headers(c, out)));
    return sc_leave(c, outer, ok);
}

/* The scheme that most have. */
static bool at_sip(const sc_cursor *c)
{
    const uint8_t *p = c->p;
    return c->end - p > 4 && sc_lower(p[0]) == 's' && sc_lower(p[1]) == 'i' &&
           sc_lower(p[2]) == 'p' && p[3] == ':';
}

/* scheme  =  ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) */
static SC_HOT bool scheme(sc_cursor *c, sipcheck_uri *out)
{
    const uint8_t *start = c->p;
    if (at_sip(c)) {
        c->p += 4;
        out->scheme = sc_slice(start, start + 3);
        return out->is_sip = true;
    }
    if (!sc_at_class(c, SC_ALPHA)) return sc_miss(c, "scheme");
    sc_span(c, SC_SCHEME);
    if (!sc_take(c, ':', "\":\" behind a scheme")) return false;
    out->scheme = sc_slice(start, c->p - 1);
    out->is_sip = sc_same_nocase(out->scheme, "sip");
    out->is_sips = sc_same_nocase(out->scheme, "sips");
    out->is_tel = sc_same_nocase(out->scheme, "tel");
    return true;
}

/* addr-spec  =  SIP-URI / SIPS-URI / absoluteURI
 * A scheme that has a grammar of its own is not an absoluteURI at large. */
static bool any_uri(sc_cursor *c, bool bare, sipcheck_uri *out)
{
    static const sc_production self = { "addr-spec", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = scheme(c, out);
    if (!ok)
        ;
    else if (out->is_sip || out->is_sips)
        ok = sip_rest(c, bare, out);
    else
        ok = out->is_tel ? sc_tel_rest(c, bare, out) : sc_absolute_rest(c, bare, out);
    out->raw = sc_slice(start, c->p);
    out->valid = ok;
    return sc_leave(c, outer, ok);
}

SC_HOT bool sc_uri(sc_cursor *c, bool bare, sipcheck_uri *out)
{
    const uint8_t *end = c->mapped && !bare ? sc_plain_uri(c, c->p, out) : NULL;
    if (!end) return any_uri(c, bare, out);
    c->p = end;
    return true;
}
