/* SPDX-License-Identifier: MIT */
/* URIs of schemes without a grammar here, and what can be read of bad ones. RFC 3261 §25.1 */
#include "grammar/grammar.h"

#include <string.h>

/* srvr  =  [ [ userinfo ] hostport ]      RFC 3261 erratum 1051
 * Only with an IPv6reference does it hold what reg-name does not. */
static bool ipv6_server(sc_cursor *c, bool bare, sipcheck_uri *out)
{
    const uint8_t *start = c->p;
    sipcheck_uri found = { .port = 0 };
    sc_hostport server = { .port = 0 };
    sc_userinfo(c, bare, &found);
    if (!sc_at(c, '[') || !sc_hostport_tight(c, &server)) {
        c->p = start;
        return false;
    }
    out->user = found.user;
    out->password = found.password;
    out->host = server.host;
    out->host_kind = server.kind;
    out->port_text = server.port_text;
    out->port = server.port;
    return true;
}

static bool at_authority(const sc_cursor *c)
{
    return c->end - c->p >= 2 && c->p[0] == '/' && c->p[1] == '/';
}

/* absoluteURI  =  scheme ":" ( hier-part / opaque-part )
 * hier-part    =  ( net-path / abs-path ) [ "?" query ]
 * net-path     =  "//" authority [ abs-path ]
 * opaque-part  =  uric-no-slash *uric
 * uric         =  reserved / unreserved / escaped
 * All that these say together is 1*uric, but for the brackets of an IPv6 server. */
bool sc_absolute_rest(sc_cursor *c, bool bare, sipcheck_uri *out)
{
    static const sc_production self = { "absoluteURI", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    uint32_t uric = bare ? SC_URIC_BARE : SC_URIC;
    bool ok = true, server = false;
    if (at_authority(c)) {
        c->p += 2;
        server = ipv6_server(c, bare, out);
        if (!server) c->p -= 2;
    }
    if (!server)
        ok = sc_take_escaped(c, uric, "uric", NULL);
    else if (sc_at(c, '/') || (!bare && sc_at(c, '?')))
        sc_span_escaped(c, uric);
    return sc_leave(c, outer, ok);
}

static const uint8_t *find_any(sipcheck_slice in, const char *set)
{
    for (size_t i = 0; i < in.n; i++)
        if (in.p[i] && strchr(set, in.p[i])) return in.p + i;
    return in.p + in.n;
}

/* Cut `in` at the first of these bytes; the rest begins behind it. */
static sipcheck_slice split(sipcheck_slice *in, const char *set)
{
    const uint8_t *end = in->p + in->n, *at = find_any(*in, set);
    sipcheck_slice head = sc_slice(in->p, at);
    *in = sc_slice(at < end ? at + 1 : end, end);
    return head;
}

static void salvage_params(sc_cursor *c, sipcheck_slice text, const sipcheck_param **out)
{
    sc_param_list list = { out };
    while (text.n) {
        sipcheck_slice value = split(&text, ";");
        const uint8_t *equal = memchr(value.p, '=', value.n);
        sipcheck_slice name = sc_trim(split(&value, "="));
        sipcheck_param *param = name.n ? sc_param_add(c, &list) : NULL;
        if (!name.n) continue;
        if (!param) return;
        param->name = name;
        if (equal) param->value = sc_trim(value);
    }
}

static uint8_t salvage_kind(sipcheck_slice host)
{
    if (!host.n) return SIPCHECK_HOST_NONE;
    if (host.p[0] == '[') return SIPCHECK_HOST_IPV6;
    for (size_t i = 0; i < host.n; i++)
        if (!(sc_classes[host.p[i]] & SC_DIGIT) && host.p[i] != '.') return SIPCHECK_HOST_NAME;
    return SIPCHECK_HOST_IPV4;
}

void sc_hostport_salvage(sipcheck_slice text, sipcheck_uri *out)
{
    const uint8_t *close = text.n && text.p[0] == '[' ? memchr(text.p, ']', text.n) : NULL;
    const uint8_t *end = text.p + text.n, *from = close ? close + 1 : text.p;
    const uint8_t *colon = memchr(from, ':', (size_t)(end - from));
    out->host = sc_trim(sc_slice(text.p, colon ? colon : end));
    out->host_kind = salvage_kind(out->host);
    if (!colon) return;
    out->port_text = sc_trim(sc_slice(colon + 1, end));
    for (size_t i = 0; i < out->port_text.n; i++)
        if (!(sc_classes[out->port_text.p[i]] & SC_DIGIT)) return;
    out->port = sc_number32(out->port_text);
}

static void salvage_sip(sc_cursor *c, sipcheck_slice rest, sipcheck_uri *out)
{
    const uint8_t *at = memchr(rest.p, '@', rest.n);
    if (at) {
        sipcheck_slice user = split(&rest, "@");
        bool password = memchr(user.p, ':', user.n) != NULL;
        out->user = split(&user, ":");
        if (password) out->password = user;
    }
    const uint8_t *query = memchr(rest.p, '?', rest.n);
    sipcheck_slice params = split(&rest, "?");
    if (query) out->headers_text = rest;
    sc_hostport_salvage(split(&params, ";"), out);
    salvage_params(c, params, &out->params);
}

void sc_uri_salvage(sc_cursor *c, sipcheck_slice raw, sipcheck_uri *out)
{
    raw = sc_trim(raw);
    *out = (sipcheck_uri){ .raw = raw };
    const uint8_t *colon = raw.n ? memchr(raw.p, ':', raw.n) : NULL;
    if (!colon) return;
    out->scheme = split(&raw, ":");
    out->is_sip = sc_same_nocase(out->scheme, "sip");
    out->is_sips = sc_same_nocase(out->scheme, "sips");
    out->is_tel = sc_same_nocase(out->scheme, "tel");
    if (out->is_sip || out->is_sips)
        salvage_sip(c, raw, out);
    else if (out->is_tel)
        out->user = split(&raw, ";?");
}
