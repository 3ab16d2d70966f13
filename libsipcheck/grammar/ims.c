/* SPDX-License-Identifier: MIT */
/* Access networks, charging, services and resources. RFC 3313, RFC 3329, RFC 4412, RFC 6050,
 * RFC 7315 */
#include "grammar/grammar.h"

/* vnetwork-spec   =  (token / quoted-string) *(SEMI vnetwork-param)
 * vnetwork-param  =  generic-param      RFC 7315 §5.3 */
bool sc_parse_visited_network(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .production = { "vnetwork-param", "5.3", 7315 } };
    sipcheck_token *network = (sipcheck_token *)out;
    sc_fold_before(c, "\"");
    bool ok = sc_at_class(c, SC_TOKEN) ? sc_token(c, &network->token)
                                       : sc_quoted_string(c, &network->token);
    return sc_params_behind(c, ok, &grammar, &network->params);
}

/* cgi-3gpp         =  "cgi-3gpp" EQUAL (token / quoted-string)
 * local-time-zone  =  "local-time-zone" EQUAL quoted-string ; and so on      RFC 7315 §5.4 */
static const sc_known_param access_info[] = {
    { "cgi-3gpp", sc_m_value, { "cgi-3gpp", "5.4", 7315 } },
    { "utran-cell-id-3gpp", sc_m_value, { "utran-cell-id-3gpp", "5.4", 7315 } },
    { "utran-sai-3gpp", sc_m_value, { "utran-sai-3gpp", "5.4", 7315 } },
    { "i-wlan-node-id", sc_m_value, { "i-wlan-node-id", "5.4", 7315 } },
    { "dsl-location", sc_m_value, { "dsl-location", "5.4", 7315 } },
    { "eth-location", sc_m_value, { "eth-location", "5.4", 7315 } },
    { "fiber-location", sc_m_value, { "fiber-location", "5.4", 7315 } },
    { "gstn-location", sc_m_value, { "gstn-location", "5.4", 7315 } },
    { "ci-3gpp2", sc_m_value, { "ci-3gpp2", "5.4", 7315 } },
    { "ci-3gpp2-femto", sc_m_value, { "ci-3gpp2-femto", "5.4", 7315 } },
    { "operator-specific-gi", sc_m_value, { "operator-specific-GI", "5.4", 7315 } },
    { "dvb-rcs2-node-id", sc_any_quoted, { "dvb-rcs2-node-id", "5.4", 7315 } },
    { "local-time-zone", sc_any_quoted, { "local-time-zone", "5.4", 7315 } },
};

/* access-net-spec        =  (access-type / access-class) *(SEMI access-info)
 * access-info            =  cgi-3gpp / ... / np / extension-access-info
 * np                     =  "network-provided"
 * extension-access-info  =  gen-value ; erratum 4474: generic-param. Both are taken. */
bool sc_parse_access_network(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "access-type", "5.4", 7315 };
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(access_info),
                                              .value_alone = true,
                                              .production = { "access-info", "5.4", 7315 } };
    return sc_token_with(c, &self, &grammar, out);
}

/* ccf    =  "ccf" EQUAL gen-value
 * ecf    =  "ecf" EQUAL gen-value
 * ccf-2  =  "ccf-2" EQUAL gen-value
 * ecf-2  =  "ecf-2" EQUAL gen-value */
static const sc_known_param charging_functions[] = {
    { "ccf", sc_gen_value, { "ccf", "5.5", 7315 } },
    { "ecf", sc_gen_value, { "ecf", "5.5", 7315 } },
    { "ccf-2", sc_gen_value, { "ccf-2", "5.5", 7315 } },
    { "ecf-2", sc_gen_value, { "ecf-2", "5.5", 7315 } },
};

/* charge-addr-params  =  charge-addr-param *(SEMI charge-addr-param)
 * charge-addr-param   =  ccf / ecf / ccf-2 /ecf-2 / generic-param      RFC 7315 §5.5 */
bool sc_parse_charging_addresses(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(charging_functions),
                                              .production = { "charge-addr-param", "5.5", 7315 } };
    return sc_params_only(c, &grammar, &((sipcheck_params *)out)->params);
}

/* transit-ioi-param          =  transit-ioi-indexed-value / transit-ioi-void-value
 * transit-ioi-indexed-value  =  transit-ioi-name "." transit-ioi-index
 * transit-ioi-name           =  ALPHA *(ALPHA / DIGIT)
 * transit-ioi-index          =  1*DIGIT
 * transit-ioi-void-value     =  "void" */
static bool transit_ioi_param(sc_cursor *c)
{
    const uint8_t *start = c->p;
    if (!sc_at_class(c, SC_ALPHA)) return sc_miss(c, "ALPHA");
    sc_span(c, SC_ALNUM);
    sipcheck_slice name = sc_slice(start, c->p);
    if (sc_same_nocase(name, "void") && !sc_at(c, '.')) return true;
    return sc_take(c, '.', "\".\"") && sc_digits(c, NULL);
}

/* transit-ioi-list  =  DQUOTE transit-ioi-param *(COMMA transit-ioi-param) DQUOTE */
static bool transit_ioi_list(sc_cursor *c)
{
    bool ok = sc_take(c, '"', "DQUOTE");
    do
        ok = ok && transit_ioi_param(c);
    while (ok && sc_separator(c, ','));
    return ok && sc_take(c, '"', "DQUOTE");
}

/* icid-value             =  "icid-value" EQUAL gen-value
 * icid-gen-addr          =  "icid-generated-at" EQUAL host
 * orig-ioi               =  "orig-ioi" EQUAL gen-value
 * term-ioi               =  "term-ioi" EQUAL gen-value
 * transit-ioi            =  "transit-ioi" EQUAL transit-ioi-list
 * related-icid           =  "related-icid" EQUAL gen-value
 * related-icid-gen-addr  =  "related-icid-generated-at" EQUAL host */
static const sc_known_param charging[] = {
    { "icid-value", sc_gen_value, { "icid-value", "5.6", 7315 } },
    { "icid-generated-at", sc_host_value, { "icid-gen-addr", "5.6", 7315 } },
    { "orig-ioi", sc_gen_value, { "orig-ioi", "5.6", 7315 } },
    { "term-ioi", sc_gen_value, { "term-ioi", "5.6", 7315 } },
    { "transit-ioi", transit_ioi_list, { "transit-ioi", "5.6", 7315 } },
    { "related-icid", sc_gen_value, { "related-icid", "5.6", 7315 } },
    { "related-icid-generated-at", sc_host_value, { "related-icid-gen-addr", "5.6", 7315 } },
};

/* What begins here is icid-value, or no parameter at all. */
static void icid_value_first(sc_cursor *c)
{
    sc_cursor look = *c;
    sipcheck_slice name;
    if (!sc_token(&look, &name) || sc_same_nocase(name, "icid-value")) return;
    sc_miss(c, "icid-value");
    sc_report(c);
}

/* P-Charging-Vector  =  "P-Charging-Vector" HCOLON icid-value *(SEMI charge-params)
 * charge-params      =  icid-gen-addr / orig-ioi / term-ioi / transit-ioi / related-icid /
 *                       related-icid-gen-addr / generic-param      RFC 7315 §5.6 */
bool sc_parse_charging_vector(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(charging),
                                              .production = { "charge-params", "5.6", 7315 } };
    icid_value_first(c);
    return sc_params_only(c, &grammar, &((sipcheck_params *)out)->params);
}

/* P-Media-Authorization-Token  =  1*HEXDIG      RFC 3313 §5.1 */
bool sc_parse_media_token(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "P-Media-Authorization-Token", "5.1", 3313 };
    (void)out;
    const sc_production *outer = sc_enter(c, &self);
    return sc_leave(c, outer, sc_take_span(c, SC_HEXDIG, "HEXDIG", NULL));
}

/* 1*most(let-dig)
 * let-dig  =  ALPHA / DIGIT / "-" */
static bool label(sc_cursor *c, size_t most)
{
    const uint8_t *start = c->p;
    do
        sc_span(c, SC_ALNUM);
    while (sc_skip(c, '-'));
    if (c->p == start) return sc_miss(c, "let-dig");
    return (size_t)(c->p - start) <= most || sc_miss_at(c, start + most, "end of top-level");
}

/* Service-ID      =  "urn:urn-7:" urn-service-id      RFC 6050 §4.4
 * urn-service-id  =  top-level *("." sub-service-id)
 * top-level       =  let-dig [ *26let-dig ]
 * sub-service-id  =  let-dig [ *let-dig ] */
bool sc_parse_service_id(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "Service-ID", "4.4", 6050 };
    (void)out;
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_literal_nocase(c, "urn:urn-7:", "urn:urn-7:") && label(c, 27);
    while (ok && sc_skip(c, '.'))
        ok = label(c, SIZE_MAX);
    return sc_leave(c, outer, ok);
}

/* r-value     =  namespace "." r-priority      RFC 4412 §3.1
 * namespace   =  token-nodot
 * r-priority  =  token-nodot */
bool sc_parse_r_value(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "r-value", "3.1", 4412 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = sc_token_nodot(c, "token-nodot") && sc_take(c, '.', "\".\"") &&
              sc_token_nodot(c, "token-nodot");
    if (ok) ((sipcheck_token *)out)->token = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

static bool hex_digest(sc_cursor *c)
{
    return sc_take_count(c, SC_LHEX, 32, 32, "32LHEX", NULL);
}

static bool digest_verify(sc_cursor *c)
{
    return sc_between_quotes(c, hex_digest);
}

static bool spi_value(sc_cursor *c)
{
    return sc_take_count(c, SC_DIGIT, 1, 10, "one to ten digits", NULL);
}

/* preference        =  "q" EQUAL qvalue      RFC 3329 §2.2
 * digest-algorithm  =  "d-alg" EQUAL token
 * digest-qop        =  "d-qop" EQUAL token
 * digest-verify     =  "d-ver" EQUAL LDQUOT 32LHEX RDQUOT
 * spivalue          =  1*10DIGIT      appendix A, erratum 3799
 * The algorithms of appendix A are no closed list: 3GPP TS 33.203 has others by now. */
static const sc_known_param mechanism[] = {
    { "q", sc_qvalue, { "preference", "2.2", 3329 } },
    { "d-alg", sc_any_token, { "digest-algorithm", "2.2", 3329 } },
    { "d-qop", sc_any_token, { "digest-qop", "2.2", 3329 } },
    { "d-ver", digest_verify, { "digest-verify", "2.2", 3329 } },
    { "alg", sc_any_token, { "algorithm", "A", 3329 } },
    { "prot", sc_any_token, { "protocol", "A", 3329 } },
    { "mod", sc_any_token, { "mode", "A", 3329 } },
    { "ealg", sc_any_token, { "encrypt-algorithm", "A", 3329 } },
    { "spi", spi_value, { "spi", "A", 3329 } },
    { "port1", sc_delta_seconds, { "port1", "A", 3329 } },
    { "port2", sc_delta_seconds, { "port2", "A", 3329 } },
};

/* sec-mechanism    =  mechanism-name *(SEMI mech-parameters)
 * mech-parameters  =  preference / digest-algorithm / digest-qop / digest-verify / extension
 * extension        =  generic-param */
bool sc_parse_sec_mechanism(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "mechanism-name", "2.2", 3329 };
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(mechanism),
                                              .production = { "mech-parameters", "2.2", 3329 } };
    return sc_token_with(c, &self, &grammar, out);
}
