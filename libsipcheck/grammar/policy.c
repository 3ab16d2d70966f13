/* SPDX-License-Identifier: MIT */
/* Headers of consent and session policies; some carry a URI that no brackets end. */
#include "grammar/grammar.h"

/* What may stand in a URI: also the brackets of IPv6 and the "#" of a telephone number. */
static bool at_uri_char(const sc_cursor *c)
{
    return sc_at_class(c, SC_URIC) || sc_at(c, '%') || sc_at(c, '[') || sc_at(c, ']') ||
           sc_at(c, '#');
}

/* The "@" behind the userinfo of a SIP-URI, which has one colon at most; NULL: it has none. */
static const uint8_t *end_of_userinfo(const sc_cursor *c)
{
    sc_cursor look = *c;
    bool password = false;
    if (!sc_literal_nocase(&look, "sip:", "") && !sc_literal_nocase(&look, "sips:", ""))
        return NULL;
    for (; at_uri_char(&look) && *look.p != '@'; look.p++) {
        if (*look.p == ':' && password) return NULL;
        password = password || *look.p == ':';
    }
    return sc_at(&look, '@') ? look.p : NULL;
}

/* Where the URI ends at the latest: what no URI may hold does not belong to it. A comma may stand
 * in the userinfo of a SIP-URI; any other cannot be told from the list's. */
static const uint8_t *latest_end(const sc_cursor *c)
{
    sc_cursor look = *c;
    const uint8_t *at = end_of_userinfo(c);
    if (at) look.p = at;
    while (at_uri_char(&look) && !sc_at(&look, ','))
        look.p++;
    return look.p;
}

/* The last ";" or "," in front of p, behind which no part of the URI may stand; NULL: none. */
static const uint8_t *earlier_end(const sc_cursor *c, const uint8_t *p)
{
    while (p > c->p)
        if (*--p == ';' || *p == ',') return p;
    return NULL;
}

enum { TRIES_MAX = 16 }; /* for nobody's header has as many parameters that are not the URI's */

/* A URI without brackets: as much as its own grammar takes and lets the rest be parameters or the
 * next of the list; in the end one that ends in front of the first ";", "?" or ",". */
static bool open_uri(sc_cursor *c, sipcheck_uri *out)
{
    c->mapped = false; /* up to no end but the line's */
    sc_cursor before = *c;
    const uint8_t *end = latest_end(c);
    for (int i = 0; end && i < TRIES_MAX; i++) {
        c->end = end;
        bool ok = sc_uri(c, false, out);
        c->end = before.end;
        if (ok && sc_before_params(c)) return true;
        *c = before;
        *out = (sipcheck_uri){ .port = 0 };
        end = earlier_end(c, end);
    }
    return sc_uri(c, true, out) && sc_before_params(c);
}

static bool open_uri_with(sc_cursor *c, bool head(sc_cursor *, sipcheck_uri *),
                          const sc_param_grammar *params, sipcheck_value *value)
{
    sipcheck_address *out = (sipcheck_address *)value;
    const uint8_t *start = c->p;
    if (!head(c, &out->uri)) {
        sc_report(c);
        c->p = start;
        sc_resync(c, ';');
        sc_uri_salvage(c, sc_slice(start, c->p), &out->uri);
    }
    return sc_params(c, params, &out->params);
}

/* SIP-URI / SIPS-URI */
static bool open_sip_uri(sc_cursor *c, sipcheck_uri *out)
{
    const uint8_t *start = c->p;
    if (!open_uri(c, out)) return false;
    return out->is_sip || out->is_sips || sc_miss_at(c, start, "SIP-URI or SIPS-URI");
}

/* LDQUOT *( qdtext / quoted-pair ) RDQUOT */
static bool quoted(sc_cursor *c)
{
    if (!sc_quoted_string(c, NULL)) return false;
    sc_lws(c, 1);
    return true;
}

/* trigger-cons-spec  =  ( SIP-URI / SIPS-URI ) *( SEMI trigger-param )
 * trigger-param      =  target-uri / generic-param
 * target-uri         =  "target-uri" EQUAL LDQUOT *( qdtext / quoted-pair ) RDQUOT
 * RFC 5360 §5.11.2 */
bool sc_parse_trigger_consent(sc_cursor *c, sipcheck_value *out)
{
    static const sc_known_param known[] = {
        { "target-uri", quoted, { "target-uri", "5.11.2", 5360 } },
    };
    static const sc_param_grammar params = { .known = { known, 1 },
                                             .production = { "trigger-param", "5.11.2", 5360 } };
    return open_uri_with(c, open_sip_uri, &params, out);
}

/* per-miss-spec  =  ( name-addr / addr-spec ) *( SEMI generic-param )      RFC 5360 §5.9.3 */
bool sc_parse_permission_missing(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar params = { .production = { "per-miss-spec", "5.9.3", 5360 } };
    return sc_address_with(c, &params, out);
}

/* policyURI    =  ( SIP-URI / SIPS-URI / absoluteURI ) [ SEMI token-param ] *( SEMI generic-param )
 * token-param  =  "token=" token      RFC 6794 §4.4.5.1 */
bool sc_parse_policy_id(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar params = { .production = { "policyURI", "4.4.5.1", 6794 } };
    return open_uri_with(c, open_uri, &params, out);
}

/* policyContact-info     =  LAQUOT policyContact-uri RAQUOT *( SEMI policyContact-param )
 * policyContact-uri      =  ( SIP-URI / SIPS-URI / absoluteURI )
 * policyContact-param    =  ( "non-cacheable" / policyContact-alt-uri / generic-param )
 * policyContact-alt-uri  =  "alt-uri" EQUAL hostname      RFC 6794 §4.4.5.2 */
bool sc_parse_policy_contact(sc_cursor *c, sipcheck_value *out)
{
    static const sc_known_param known[] = {
        { "alt-uri", sc_domain, { "policyContact-alt-uri", "4.4.5.2", 6794 } },
    };
    static const sc_param_grammar params = {
        .known = { known, 1 }, .production = { "policyContact-param", "4.4.5.2", 6794 }
    };
    return sc_bracketed_with(c, &params, out);
}
