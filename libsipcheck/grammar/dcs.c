/* SPDX-License-Identifier: MIT */
/* Distributed call signalling of cable networks: the P-DCS headers. RFC 5503 */
#include "grammar/grammar.h"

/* 1*DIGIT ["." 1*DIGIT] */
static bool timestamp(sc_cursor *c)
{
    return sc_digits(c, NULL) && (!sc_skip(c, '.') || sc_digits(c, NULL));
}

/* timestamp-param  =  "timestamp=" 1*DIGIT ["." 1*DIGIT] */
static const sc_known_param trace[] = {
    { "timestamp", timestamp, { "timestamp-param", "5.1", 5503 } },
};

/* P-DCS-Trace-Party-ID  =  "P-DCS-Trace-Party-ID" HCOLON name-addr *1(SEMI timestamp-param)
 *                          *(SEMI trace-param) */
bool sc_parse_dcs_trace(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(trace),
                                              .production = { "trace-param", "5.1", 5503 } };
    return sc_name_addr_with(c, &grammar, out);
}

/* OSPS-Tag  =  "BLV" / "EI" / "RING" / token */
bool sc_parse_dcs_osps(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "OSPS-Tag", "6.1", 5503 };
    const sc_production *outer = sc_enter(c, &self);
    return sc_leave(c, outer, sc_token(c, &((sipcheck_token *)out)->token));
}

static bool addr_spec(sc_cursor *c)
{
    sipcheck_uri unused = { .port = 0 };
    return sc_uri(c, false, &unused);
}

/* LDQUOT addr-spec RDQUOT */
static bool quoted_uri(sc_cursor *c)
{
    return sc_between_quotes(c, addr_spec);
}

/* 1*phonedigit-hex jip-context
 * jip-context        =  ";jip-context=" jip-descriptor
 * jip-descriptor     =  global-hex-digits
 * global-hex-digits  =  "+" 1*3(phonedigit) *phonedigit-hex */
static bool jip_in_quotes(sc_cursor *c)
{
    return sc_take_span(c, SC_PHONE_HEX, "phonedigit-hex", NULL) &&
           sc_literal_nocase(c, ";jip-context=", ";jip-context=") && sc_take(c, '+', "\"+\"") &&
           (sc_at_class(c, SC_PHONE) || sc_miss(c, "phonedigit")) &&
           sc_take_span(c, SC_PHONE_HEX, "phonedigit", NULL);
}

/* jip  =  LDQUOT 1*phonedigit-hex jip-context RDQUOT */
static bool jip(sc_cursor *c)
{
    return sc_between_quotes(c, jip_in_quotes);
}

/* Billing-Info-param  =  RKS-Group-ID-param / Charge-param / Calling-param / Called-param /
 *                        Routing-param / Loc-Routing-param / JIP-param / generic-param */
static const sc_known_param billing[] = {
    { "rksgroup", sc_any_token, { "RKS-Group-ID-param", "7.1", 5503 } },
    { "charge", quoted_uri, { "Charge-param", "7.1", 5503 } },
    { "calling", quoted_uri, { "Calling-param", "7.1", 5503 } },
    { "called", quoted_uri, { "Called-param", "7.1", 5503 } },
    { "routing", quoted_uri, { "Routing-param", "7.1", 5503 } },
    { "locroute", quoted_uri, { "Loc-Routing-param", "7.1", 5503 } },
    { "jip", jip, { "JIP-param", "7.1", 5503 } },
};

/* Billing-Correlation-ID  =  1*48(HEXDIG)
 * FEID                    =  1*16(HEXDIG) "@" host */
static bool billing_ids(sc_cursor *c)
{
    static const sc_production self = { "FEID", "7.1", 5503 };
    if (!sc_take_count(c, SC_HEXDIG, 1, 48, "at most 48 HEXDIG", NULL)) return false;
    if (!sc_take(c, '/', "\"/\"")) return false;
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_take_count(c, SC_HEXDIG, 1, 16, "at most 16 HEXDIG", NULL) &&
              sc_take(c, '@', "\"@\"") && sc_host_value(c);
    return sc_leave(c, outer, ok);
}

/* P-DCS-Billing-Info  =  "P-DCS-Billing-Info" HCOLON Billing-Correlation-ID "/" FEID
 *                        *(SEMI Billing-Info-param) */
bool sc_parse_dcs_billing(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(billing),
                                              .production = { "Billing-Info-param", "7.1", 5503 } };
    sipcheck_token *ids = (sipcheck_token *)out;
    const uint8_t *start = c->p;
    bool ok = billing_ids(c) && sc_before_params(c);
    if (ok) ids->token = sc_slice(start, c->p);
    return sc_params_behind(c, ok, &grammar, &ids->params);
}

static bool hostport(sc_cursor *c)
{
    sc_hostport unused = { .port = 0 };
    return sc_hostport_tight(c, &unused);
}

static bool bcid(sc_cursor *c)
{
    return sc_take_count(c, SC_HEXDIG, 1, 48, "at most 48 HEXDIG", NULL);
}

static bool cccid(sc_cursor *c)
{
    return sc_take_count(c, SC_HEXDIG, 1, 8, "at most eight HEXDIG", NULL);
}

/* Laes-param  =  Laes-content / Laes-cccid / Laes-bcid / generic-param */
static const sc_known_param laes[] = {
    { "content", hostport, { "Laes-content", "8.1", 5503 } },
    { "bcid", bcid, { "Laes-bcid", "8.1", 5503 } },
    { "cccid", cccid, { "Laes-cccid", "8.1", 5503 } },
};

/* P-DCS-LAES  =  "P-DCS-LAES" HCOLON Laes-sig *(SEMI Laes-param)
 * Laes-sig    =  hostport */
bool sc_parse_dcs_laes(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(laes),
                                              .production = { "Laes-param", "8.1", 5503 } };
    sipcheck_token *sig = (sipcheck_token *)out;
    const uint8_t *start = c->p;
    bool ok = hostport(c) && sc_before_params(c);
    if (ok) sig->token = sc_slice(start, c->p);
    return sc_params_behind(c, ok, &grammar, &sig->params);
}

/* redir-params  =  redir-uri-param / redir-count-param / generic-param */
static const sc_known_param redirect[] = {
    { "redirector-uri", quoted_uri, { "redir-uri-param", "8.1", 5503 } },
    { "count", sc_delta_seconds, { "redir-count-param", "8.1", 5503 } },
};

/* P-DCS-Redirect  =  "P-DCS-Redirect" HCOLON Called-ID *(SEMI redir-params)
 * Called-ID       =  LDQUOT addr-spec RDQUOT */
bool sc_parse_dcs_redirect(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(redirect),
                                              .production = { "redir-params", "8.1", 5503 } };
    return sc_quoted_uri_with(c, &grammar, out);
}
