/* SPDX-License-Identifier: MIT */
/* Who is served, asserted, charged, and how private that is: Privacy, P-Asserted-Identity and the
 * P- headers that hold an address. RFC 3323, RFC 3325, RFC 4457, RFC 5002, RFC 5318, RFC 5502,
 * RFC 5806, RFC 7315, RFC 8496 */
#include "grammar/grammar.h"

/* priv-value  =  "header" / "session" / "user" / "none" / "critical" / token      RFC 3323 §4.2 */
bool sc_parse_priv_value(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "priv-value", "4.2", 3323 };
    const sc_production *outer = sc_enter(c, &self);
    return sc_leave(c, outer, sc_token(c, &((sipcheck_token *)out)->token));
}

/* PAssertedID-value   =  name-addr / addr-spec      RFC 3325 §9.1
 * PPreferredID-value  =  name-addr / addr-spec      RFC 3325 §9.2
 * P-Charge-Info       =  "P-Charge-Info" HCOLON (name-addr / addr-spec)      RFC 8496 §6 */
bool sc_parse_address_alone(sc_cursor *c, sipcheck_value *out)
{
    return sc_address_alone(c, out);
}

/* p-aso-uri-spec  =  name-addr *(SEMI ai-param)
 * ai-param        =  generic-param      RFC 7315 §5.1 */
bool sc_parse_associated_uri(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .production = { "ai-param", "5.1", 7315 } };
    return sc_name_addr_with(c, &grammar, out);
}

/* called-pty-id-spec  =  name-addr *(SEMI cpid-param)
 * cpid-param          =  generic-param      RFC 7315 §5.2 */
bool sc_parse_called_party(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .production = { "cpid-param", "5.2", 7315 } };
    return sc_name_addr_with(c, &grammar, out);
}

/* The token is one of the words, in any case. */
static bool word(sc_cursor *c, const char *first, const char *second, const char *wanted)
{
    const uint8_t *start = c->p;
    sipcheck_slice token;
    if (!sc_token(c, &token)) return false;
    if (sc_same_nocase(token, first) || sc_same_nocase(token, second)) return true;
    c->p = start;
    return sc_miss(c, wanted);
}

static bool session_case(sc_cursor *c)
{
    return word(c, "orig", "term", "orig or term");
}

static bool registration_state(sc_cursor *c)
{
    return word(c, "unreg", "reg", "unreg or reg");
}

/* sessioncase-param         =  "sescase" EQUAL ( "orig" / "term" )      RFC 5502 §6, erratum 4827
 * registration-state-param  =  "regstate" EQUAL ( "unreg" / "reg" ) */
static const sc_known_param served_user[] = {
    { "sescase", session_case, { "sessioncase-param", "6", 5502 } },
    { "regstate", registration_state, { "registration-state-param", "6", 5502 } },
};

/* P-Served-User  =  "P-Served-User" HCOLON PServedUser-value *(SEMI served-user-param) */
bool sc_parse_served_user(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(served_user),
                                              .production = { "served-user-param", "6", 5502 } };
    return sc_address_with(c, &grammar, out);
}

/* database  =  LAQUOT DiameterURI RAQUOT      RFC 4457 §4
 * A DiameterURI is an absoluteURI. */
bool sc_parse_user_database(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .production = { "generic-param", "25.1", 3261 } };
    return sc_bracketed_with(c, &grammar, out);
}

/* members-param  =  "members" EQUAL LDQUOT *( qdtext / quoted-pair ) RDQUOT */
static const sc_known_param refused[] = {
    { "members", sc_any_quoted, { "members-param", "5", 5318 } },
};

/* uri-list-entry  =  ( name-addr / addr-spec ) *( SEMI refused-param )
 * refused-param   =  members-param / generic-param      RFC 5318 §5 */
bool sc_parse_refused_uri(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(refused),
                                              .production = { "refused-param", "5", 5318 } };
    return sc_address_with(c, &grammar, out);
}

static bool two_digits(sc_cursor *c)
{
    return sc_take_count(c, SC_DIGIT, 1, 2, "one or two digits", NULL);
}

/* diversion-reason   =  "reason" "=" ( "unknown" / ... / token / quoted-string )
 * diversion-counter  =  "counter" "=" 1*2DIGIT
 * diversion-limit    =  "limit" "=" 1*2DIGIT
 * diversion-privacy  =  "privacy" "=" ( "full" / "name" / "uri" / "off" / token / quoted-string )
 * diversion-screen   =  "screen" "=" ( "yes" / "no" / token / quoted-string ) */
static const sc_known_param diversion[] = {
    { "reason", sc_m_value, { "diversion-reason", "4", 5806 } },
    { "counter", two_digits, { "diversion-counter", "4", 5806 } },
    { "limit", two_digits, { "diversion-limit", "4", 5806 } },
    { "privacy", sc_m_value, { "diversion-privacy", "4", 5806 } },
    { "screen", sc_m_value, { "diversion-screen", "4", 5806 } },
};

/* diversion-params  =  name-addr *(SEMI (diversion-reason / diversion-counter / diversion-limit /
 *                      diversion-privacy / diversion-screen / diversion-extension))
 *                                                                   RFC 5806 §4, erratum 3177 */
bool sc_parse_diversion(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(diversion),
                                              .production = { "diversion-params", "4", 5806 } };
    return sc_name_addr_with(c, &grammar, out);
}
