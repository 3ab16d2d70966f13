/* SPDX-License-Identifier: MIT */
/* Via. RFC 3261 §20.42, §25.1; RFC 3581 §5, RFC 7339 §9 */
#include "grammar/plain.h"

#include <string.h>

/* ttl  =  1*3DIGIT ; 0 to 255 */
static bool ttl(sc_cursor *c)
{
    return sc_take_count(c, SC_DIGIT, 1, 3, "at most three digits", NULL);
}

static bool has_colon_first(const sc_cursor *c)
{
    const uint8_t *p = c->p;
    while (p < c->end && sc_classes[*p] & SC_HEXDIG)
        p++;
    return p < c->end && *p == ':';
}

/* via-received  =  "received" EQUAL (IPv4address / IPv6address) */
bool sc_received(sc_cursor *c)
{
    return has_colon_first(c) ? sc_ipv6(c) : sc_ipv4(c);
}

/* 1*12DIGIT "." 1*5DIGIT */
static bool oc_seq(sc_cursor *c)
{
    return sc_take_count(c, SC_DIGIT, 1, 12, "one to twelve digits", NULL) &&
           sc_take(c, '.', "\".\"") && sc_take_count(c, SC_DIGIT, 1, 5, "one to five digits", NULL);
}

/* algo-list *(COMMA algo-list)
 * algo-list   =  "loss" / *(other-algo)
 * other-algo  =  %x41-5A / %x61-7A / %x30-39 */
static bool algo_lists(sc_cursor *c)
{
    do
        sc_span(c, SC_ALNUM);
    while (sc_separator(c, ','));
    return true;
}

/* oc-algo  =  "oc-algo" EQUAL DQUOTE algo-list *(COMMA algo-list) DQUOTE */
static bool oc_algo(sc_cursor *c)
{
    return sc_take(c, '"', "DQUOTE") && algo_lists(c) && sc_take(c, '"', "DQUOTE");
}

/* via-ttl     =  "ttl" EQUAL ttl
 * via-maddr   =  "maddr" EQUAL host
 * via-branch  =  "branch" EQUAL token
 * oc-seq      =  "oc-seq" EQUAL 1*12DIGIT "." 1*5DIGIT      RFC 7339 §9 */
static const sc_known_param known[] = {
    { "branch", sc_any_token, { "via-branch", "25.1", 3261 } },
    { "received", sc_received, { "via-received", "25.1", 3261 } },
    { "maddr", sc_host_value, { "via-maddr", "25.1", 3261 } },
    { "ttl", ttl, { "via-ttl", "25.1", 3261 } },
    { "oc-seq", oc_seq, { "oc-seq", "9", 7339 } },
    { "oc-algo", oc_algo, { "oc-algo", "9", 7339 } },
};

/* response-port  =  "rport" [EQUAL 1*DIGIT]      RFC 3581 §5
 * oc             =  "oc" [EQUAL oc-num]          RFC 7339 §9
 * oc-num         =  1*DIGIT
 * oc-validity    =  "oc-validity" [EQUAL delta-ms]
 * delta-ms       =  1*DIGIT */
static const sc_known_param optional[] = {
    { "rport", sc_delta_seconds, { "response-port", "5", 3581 } },
    { "oc", sc_delta_seconds, { "oc", "9", 7339 } },
    { "oc-validity", sc_delta_seconds, { "oc-validity", "9", 7339 } },
};

/* sent-protocol  =  protocol-name SLASH protocol-version SLASH transport */
static bool sent_protocol(sc_cursor *c, sipcheck_via *out)
{
    static const sc_production self = { "sent-protocol", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_token(c, &out->protocol) && sc_need_separator(c, '/', "SLASH") &&
              sc_token(c, &out->version) && sc_need_separator(c, '/', "SLASH") &&
              sc_token(c, &out->transport);
    return sc_leave(c, outer, ok);
}

/* sent-by  =  host [ COLON port ] */
static bool sent_by(sc_cursor *c, sipcheck_via *out)
{
    static const sc_production self = { "sent-by", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    sc_hostport found = { .port = 0 };
    bool ok = sc_hostport_spaced(c, &found);
    out->host = found.host;
    out->host_kind = found.kind;
    out->port_text = found.port_text;
    out->port = found.port;
    return sc_leave(c, outer, ok);
}

/* "SIP/2.0/" token SP host [ ":" port ]
 * where parameters, the next element of the list or the end come at once: what most look like, read
 * by the map. See plain.h */
static bool plain_head(sc_cursor *c, sipcheck_via *out)
{
    const uint8_t *p = c->p, *transport = p + 8;
    if (c->end - p <= 8 || memcmp(p, "SIP/2.0/", 8) != 0) return false;
    const uint8_t *space = sc_plain_run(c, SC_MAP_TOKEN, transport), *host = space + 1;
    sipcheck_slice port_text;
    uint32_t port;
    uint8_t kind;
    if (space == transport || *space != ' ') return false;
    const uint8_t *host_end = sc_plain_host(c, host, &kind);
    const uint8_t *end = host_end ? sc_plain_port(c, host_end, &port_text, &port) : NULL;
    if (!end || !sc_plain_end(c, end)) return false;
    out->protocol = sc_slice(p, p + 3);
    out->version = sc_slice(p + 4, p + 7);
    out->transport = sc_slice(transport, space);
    out->host = sc_slice(host, host_end);
    out->host_kind = kind;
    out->port_text = port_text;
    out->port = port;
    c->p = end;
    return true;
}

static SC_COLD bool head(sc_cursor *c, sipcheck_via *out)
{
    return sent_protocol(c, out) && (sc_lws(c, 1) || sc_miss(c, "LWS")) && sent_by(c, out);
}

static sipcheck_slice to_blank(sc_cursor *c)
{
    const uint8_t *start = c->p;
    while (c->p < c->end && !sc_is_blank(*c->p))
        c->p++;
    return sc_slice(start, c->p);
}

/* What was not read stands between the transport, or the first white space, and the parameters. */
static SC_COLD void salvage(sc_cursor *c, const uint8_t *start, sipcheck_via *out)
{
    sc_report(c);
    c->p = out->transport.p ? out->transport.p + out->transport.n : start;
    const uint8_t *from = c->p;
    sc_resync(c, ';');
    sc_cursor inner = sc_cursor_over(from, c->p, c->faults, c->production);
    inner.quiet = true;
    if (!out->transport.p) to_blank(&inner);
    sc_lws(&inner, SC_ANY_FOLDS);
    sipcheck_uri uri = { .port = 0 };
    sc_hostport_salvage(to_blank(&inner), &uri);
    if (uri.host.n) out->host = uri.host;
    out->host_kind = uri.host_kind;
    out->port_text = uri.port_text;
    out->port = uri.port;
}

static void note_param(const sc_cursor *c, sipcheck_via *out, const sipcheck_param *param)
{
    sipcheck_slice *value = NULL;
    uint64_t name = sc_name_word(c, param->name);
    if (sc_is_word(name, "branch\0")) {
        value = &out->branch;
    } else if (sc_is_word(name, "rport\0\0")) {
        value = &out->rport;
        out->has_rport = true;
    } else if (param->name.n == 8 && sc_is_word(name, "received")) {
        value = &out->received;
    } else if (sc_is_word(name, "maddr\0\0")) {
        value = &out->maddr;
    } else if (sc_is_word(name, "ttl\0\0\0\0")) {
        value = &out->ttl;
    }
    if (value && !value->p) *value = param->value;
}

/* via-parm    =  sent-protocol LWS sent-by *( SEMI via-params )
 * via-params  =  via-ttl / via-maddr / via-received / via-branch / response-port / oc /
 *                oc-validity / oc-seq / oc-algo / via-extension      RFC 3581 §5, RFC 7339 §9 */
SC_HOT bool sc_parse_via(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "via-parm", "25.1", 3261 };
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(known),
                                              .optional = SC_KNOWN_ALL(optional),
                                              .production = { "via-params", "25.1", 3261 } };
    sipcheck_via *out = (sipcheck_via *)value;
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool plain = c->mapped && plain_head(c, out);
    if (!plain && (!head(c, out) || !sc_before_params(c))) salvage(c, start, out);
    bool ok = sc_params(c, &grammar, &out->params);
    for (const sipcheck_param *p = out->params; p; p = p->next)
        note_param(c, out, p);
    return sc_leave(c, outer, ok);
}
