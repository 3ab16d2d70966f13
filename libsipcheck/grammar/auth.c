/* SPDX-License-Identifier: MIT */
/* Challenges and credentials. RFC 3261 §20.6, §20.7, §25.1; RFC 7616, RFC 8760 */
#include "grammar/plain.h"

#include <string.h>

/* A URI as HTTP has them: "*", abs-path, absoluteURI, authority. */
static bool uri_text(sc_cursor *c)
{
    const uint8_t *start = c->p;
    do
        sc_span_escaped(c, SC_URIC);
    while (sc_skip(c, '[') || sc_skip(c, ']'));
    return c->p > start || sc_miss(c, "URI");
}

/* digest-uri-value  =  request-uri ; as HTTP/1.1 has it      RFC 3261 §25.1, erratum 316 */
static bool digest_uri(sc_cursor *c)
{
    return sc_between_quotes(c, uri_text);
}

/* URI  =  absoluteURI / abs-path, which may have a query (RFC 2396 §3) */
static bool uri(sc_cursor *c)
{
    static const sc_production self = { "URI", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    sipcheck_uri unused = { .port = 0 };
    bool ok = true;
    if (sc_at(c, '/'))
        sc_span_escaped(c, SC_URIC);
    else
        ok = sc_uri(c, false, &unused);
    return sc_leave(c, outer, ok);
}

/* URI *( 1*SP URI ); RFC 7616 §3.3 speaks of an empty one */
static bool uri_list(sc_cursor *c)
{
    if (sc_at(c, '"')) return true;
    while (uri(c)) {
        if (!sc_at(c, ' ')) return true;
        while (sc_skip(c, ' '))
            ;
    }
    return false;
}

/* domain  =  "domain" EQUAL LDQUOT URI *( 1*SP URI ) RDQUOT */
static bool domain(sc_cursor *c)
{
    return sc_between_quotes(c, uri_list);
}

static SC_HOT bool lhex(sc_cursor *c)
{
    sc_span(c, SC_LHEX);
    return true;
}

/* request-digest   =  LDQUOT *LHEX RDQUOT      RFC 8760 §2.7
 * response-digest  =  LDQUOT *LHEX RDQUOT */
static bool digest(sc_cursor *c)
{
    return sc_between_quotes(c, lhex);
}

/* nc-value  =  8LHEX */
static bool nc_value(sc_cursor *c)
{
    return sc_take_count(c, SC_LHEX, 8, 8, "8LHEX", NULL);
}

static bool skip_one_of(sc_cursor *c, const char *bytes)
{
    bool one = c->p < c->end && *c->p && strchr(bytes, *c->p);
    if (one) c->p++;
    return one;
}

/* value-chars  =  *( pct-encoded / attr-char )
 * attr-char    =  ALPHA / DIGIT / "!" / "#" / "$" / "&" / "+" / "-" / "." / "^" / "_" / "`" / "|" /
 *                 "~"      RFC 5987 §3.2.1 */
static bool value_chars(sc_cursor *c)
{
    do
        sc_span_escaped(c, SC_ALNUM);
    while (skip_one_of(c, "!#$&+-.^_`|~"));
    return true;
}

/* ext-value  =  charset "'" [ language ] "'" value-chars; every token without an apostrophe is
 *               taken for a charset, and letters, digits and hyphens for a language
 * What username* has, in no quotes. RFC 7616 §3.4, RFC 5987 §3.2.1 */
static bool ext_value(sc_cursor *c)
{
    const uint8_t *start = c->p;
    do
        sc_span(c, SC_ALNUM);
    while (skip_one_of(c, "!#$%&+-^_`{}~"));
    if (c->p == start) return sc_miss(c, "charset");
    if (!sc_take(c, '\'', "\"'\"")) return false;
    do
        sc_span(c, SC_ALNUM);
    while (sc_skip(c, '-'));
    return sc_take(c, '\'', "\"'\"") && value_chars(c);
}

/* stale  =  "stale" EQUAL ( "true" / "false" ) */
static bool true_or_false(sc_cursor *c)
{
    return sc_literal_nocase(c, "true", "true or false") ||
           sc_literal_nocase(c, "false", "true or false");
}

/* qop-value *("," qop-value); RFC 7616 §3.9.1 has white space behind the comma */
static bool qop_list(sc_cursor *c)
{
    do
        if (!sc_token(c, NULL)) return false;
    while (sc_separator(c, ','));
    return true;
}

/* qop-options  =  "qop" EQUAL LDQUOT qop-value *("," qop-value) RDQUOT */
static bool qop_options(sc_cursor *c)
{
    return sc_between_quotes(c, qop_list);
}

/* digest-cln  =  realm / domain / nonce / opaque / stale / algorithm / qop-options / auth-param */
static const sc_known_param challenge_params[] = {
    { "realm", sc_any_quoted, { "realm", "25.1", 3261 } },
    { "domain", domain, { "domain", "25.1", 3261 } },
    { "nonce", sc_any_quoted, { "nonce", "25.1", 3261 } },
    { "opaque", sc_any_quoted, { "opaque", "25.1", 3261 } },
    { "stale", true_or_false, { "stale", "25.1", 3261 } },
    { "algorithm", sc_any_token, { "algorithm", "2.7", 8760 } },
    { "qop", qop_options, { "qop-options", "25.1", 3261 } },
};

/* dig-resp  =  username / username* / realm / nonce / digest-uri / dresponse / algorithm / cnonce /
 * opaque / message-qop / nonce-count / auth-param */
static const sc_known_param credentials_params[] = {
    { "username", sc_any_quoted, { "username", "25.1", 3261 } },
    { "username*", ext_value, { "ext-value", "3.4", 7616 } },
    { "realm", sc_any_quoted, { "realm", "25.1", 3261 } },
    { "nonce", sc_any_quoted, { "nonce", "25.1", 3261 } },
    { "uri", digest_uri, { "digest-uri", "25.1", 3261 } },
    { "response", digest, { "dresponse", "2.7", 8760 } },
    { "algorithm", sc_any_token, { "algorithm", "2.7", 8760 } },
    { "cnonce", sc_any_quoted, { "cnonce", "25.1", 3261 } },
    { "opaque", sc_any_quoted, { "opaque", "25.1", 3261 } },
    { "qop", sc_any_token, { "message-qop", "25.1", 3261 } },
    { "nc", nc_value, { "nonce-count", "25.1", 3261 } },
};

/* ainfo  =  nextnonce / message-qop / response-auth / cnonce / nonce-count */
static const sc_known_param info_params[] = {
    { "nextnonce", sc_any_quoted, { "nextnonce", "25.1", 3261 } },
    { "qop", sc_any_token, { "message-qop", "25.1", 3261 } },
    { "rspauth", digest, { "response-auth", "25.1", 3261 } },
    { "cnonce", sc_any_quoted, { "cnonce", "25.1", 3261 } },
    { "nc", nc_value, { "nonce-count", "25.1", 3261 } },
};

/* auth-param  =  auth-param-name EQUAL ( token / quoted-string ) */
static bool auth_param(sc_cursor *c, sc_known_params known, sc_param_list *list)
{
    static const sc_production self = { "auth-param", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    sipcheck_slice name = { NULL, 0 };
    bool ok = sc_token(c, &name);
    sipcheck_param *param = ok ? sc_param_add(c, list) : NULL;
    if (!param) return sc_leave(c, outer, false);
    param->name = name;
    const sc_known_param *found = sc_find_known(c, known, name);
    if (found) sc_enter(c, &found->production);
    ok = sc_need_separator(c, '=', "EQUAL") &&
         sc_spaced_value(c, found ? found->value : sc_m_value, ',', param);
    return sc_leave(c, outer, ok);
}

/* token "=" value, and "," or the end at once: see plain.h */
static bool plain_param(sc_cursor *c, sc_known_params known, sc_param_list *list)
{
    const uint8_t *p = c->p, *end = sc_plain_run(c, SC_MAP_TOKEN, p), *start = end + 1;
    if (end == p || *end != '=') return false;
    sipcheck_slice name = sc_slice(p, end);
    end = sc_plain_value(c, start, sc_find_known(c, known, name));
    if (!end || (end != c->end && *end != ',')) return false;
    sipcheck_param *param = sc_param_add(c, list);
    if (!param) return false;
    param->name = name;
    param->value = sc_slice(start, end);
    param->quoted = *start == '"';
    c->p = end;
    return true;
}

/* A bad parameter does not keep the ones behind it from being read. */
static SC_HOT bool auth_params(sc_cursor *c, sc_known_params known, sipcheck_auth *out)
{
    sc_param_list list = { &out->params };
    do {
        if (c->mapped && plain_param(c, known, &list)) continue;
        if (auth_param(c, known, &list)) continue;
        if (c->faults->no_memory) return false;
        sc_report(c);
        sc_resync(c, ',');
    } while (sc_separator(c, ','));
    return true;
}

/* b64token  =  1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="      RFC 6750 §2.1
 * What Bearer brings in a request. RFC 8898 §2.1 */
static bool bearer_token(sc_cursor *c)
{
    const uint8_t *start = c->p;
    sc_span(c, SC_B64TOKEN);
    bool any = c->p > start;
    while (sc_skip(c, '='))
        ;
    if (any && c->p == c->end) return true;
    c->p = start;
    return false;
}

static SC_HOT bool scheme(sc_cursor *c, sipcheck_auth *out)
{
    static const sc_production self = { "auth-scheme", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_token(c, &out->scheme);
    out->digest = sc_same_nocase(out->scheme, "Digest");
    return sc_leave(c, outer, ok && (sc_lws(c, 1) || sc_miss(c, "LWS")));
}

/* credentials     =  ("Digest" LWS digest-response) / other-response
 * other-response  =  auth-scheme LWS auth-param *(COMMA auth-param) */
bool sc_parse_credentials(sc_cursor *c, sipcheck_value *value)
{
    static const sc_known_params none = { NULL, 0 };
    sipcheck_auth *out = (sipcheck_auth *)value;
    if (!scheme(c, out)) return false;
    if (sc_same_nocase(out->scheme, "Bearer") && bearer_token(c)) return true;
    return auth_params(c, out->digest ? SC_KNOWN(credentials_params) : none, out);
}

/* challenge        =  ("Digest" LWS digest-cln *(COMMA digest-cln)) / other-challenge
 * other-challenge  =  auth-scheme LWS auth-param *(COMMA auth-param) */
bool sc_parse_challenge(sc_cursor *c, sipcheck_value *value)
{
    static const sc_known_params none = { NULL, 0 };
    sipcheck_auth *out = (sipcheck_auth *)value;
    return scheme(c, out) && auth_params(c, out->digest ? SC_KNOWN(challenge_params) : none, out);
}

/* Authentication-Info  =  "Authentication-Info" HCOLON ainfo *(COMMA ainfo)
 * Any other auth-param may stand there too. RFC 7615 §3 */
bool sc_parse_auth_info(sc_cursor *c, sipcheck_value *value)
{
    sc_param_list list = { &((sipcheck_auth *)value)->params };
    return auth_param(c, SC_KNOWN(info_params), &list);
}
