/* SPDX-License-Identifier: MIT */
/* Headers of references: Refer-To, Refer-Sub, Referred-By. */
#include "grammar/grammar.h"

/* Refer-To  =  ("Refer-To" / "r") HCOLON ( name-addr / addr-spec ) *(SEMI generic-param)
 * RFC 3515 §2.1 */
bool sc_parse_refer_to(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar params = { .production = { "generic-param", "2.1", 3515 } };
    return sc_address_with(c, &params, out);
}

/* Refer-Sub        =  "Refer-Sub" HCOLON refer-sub-value *(SEMI exten)
 * refer-sub-value  =  "true" / "false"
 * exten            =  generic-param      RFC 4488 §4 */
bool sc_parse_refer_sub(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "refer-sub-value", "4", 4488 };
    static const sc_param_grammar params = { .production = { "exten", "4", 4488 } };
    sipcheck_token *out = (sipcheck_token *)value;
    const sc_production *outer = sc_enter(c, &self);
    sc_cursor word = *c;
    sc_token(&word, &out->token);
    bool ok = sc_literal_nocase(c, "true", "true or false") ||
              sc_literal_nocase(c, "false", "true or false");
    sc_leave(c, outer, ok);
    return sc_params_behind(c, ok, &params, &out->params);
}

/* atom *( "." atom )
 * atom      =  1*( alphanum / "-" / "!" / "%" / "*" / "_" / "+" / "'" / "`" / "~" )
 * That is token without dots. */
static bool dot_atom(sc_cursor *c)
{
    static const sc_production self = { "dot-atom", "3", 3892 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok;
    do
        ok = sc_token_nodot(c, "atom");
    while (ok && sc_skip(c, '.'));
    return sc_leave(c, outer, ok);
}

/* dot-atom / host
 * A hostname is a dot-atom, but that it may end with a dot. */
static bool dot_atom_or_host(sc_cursor *c)
{
    const uint8_t *start = c->p;
    if (!sc_at(c, '[') && dot_atom(c)) return true;
    c->p = start;
    return sc_host_value(c);
}

static bool msg_id(sc_cursor *c)
{
    return dot_atom(c) && sc_take(c, '@', "\"@\"") && dot_atom_or_host(c);
}

/* sip-clean-msg-id  =  LDQUOT dot-atom "@" (dot-atom / host) RDQUOT */
static bool sip_clean_msg_id(sc_cursor *c)
{
    return sc_between_quotes(c, msg_id);
}

/* Referred-By          =  ("Referred-By" / "b") HCOLON referrer-uri
 *                         *( SEMI (referredby-id-param / generic-param) )
 * referrer-uri         =  ( name-addr / addr-spec )
 * referredby-id-param  =  "cid" EQUAL sip-clean-msg-id      RFC 3892 §3 */
bool sc_parse_referred_by(sc_cursor *c, sipcheck_value *out)
{
    static const sc_known_param known[] = {
        { "cid", sip_clean_msg_id, { "referredby-id-param", "3", 3892 } },
    };
    static const sc_param_grammar params = { .known = { known, 1 },
                                             .production = { "referredby-id-param", "3", 3892 } };
    return sc_address_with(c, &params, out);
}
