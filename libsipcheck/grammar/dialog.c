/* SPDX-License-Identifier: MIT */
/* Headers that name another dialog: Replaces, Join, Target-Dialog. */
#include "grammar/grammar.h"

/* callid *( SEMI param ) */
static bool dialog(sc_cursor *c, const sc_param_grammar *params, sipcheck_value *value)
{
    bool ok = sc_parse_call_id(c, value);
    return sc_params_behind(c, ok, params, &((sipcheck_call_id *)value)->params);
}

/* Replaces        =  "Replaces" HCOLON callid *(SEMI replaces-param)
 * replaces-param  =  to-tag / from-tag / early-flag / generic-param
 * to-tag          =  "to-tag" EQUAL token
 * from-tag        =  "from-tag" EQUAL token
 * early-flag      =  "early-only"      RFC 3891 §6.1
 * By the letter early-only with a value is a generic-param, and is taken. */
bool sc_parse_replaces(sc_cursor *c, sipcheck_value *out)
{
    static const sc_known_param known[] = {
        { "to-tag", sc_any_token, { "to-tag", "6.1", 3891 } },
        { "from-tag", sc_any_token, { "from-tag", "6.1", 3891 } },
    };
    static const sc_param_grammar params = { .known = { known, 2 },
                                             .production = { "replaces-param", "6.1", 3891 } };
    return dialog(c, &params, out);
}

/* Join        =  "Join" HCOLON callid *(SEMI join-param)
 * join-param  =  to-tag / from-tag / generic-param
 * to-tag      =  "to-tag" EQUAL token
 * from-tag    =  "from-tag" EQUAL token      RFC 3911 §7.1 */
bool sc_parse_join(sc_cursor *c, sipcheck_value *out)
{
    static const sc_known_param known[] = {
        { "to-tag", sc_any_token, { "to-tag", "7.1", 3911 } },
        { "from-tag", sc_any_token, { "from-tag", "7.1", 3911 } },
    };
    static const sc_param_grammar params = { .known = { known, 2 },
                                             .production = { "join-param", "7.1", 3911 } };
    return dialog(c, &params, out);
}

/* Target-Dialog  =  "Target-Dialog" HCOLON callid *(SEMI td-param)
 * td-param       =  remote-param / local-param / generic-param
 * remote-param   =  "remote-tag" EQUAL token
 * local-param    =  "local-tag" EQUAL token      RFC 4538 §7 */
bool sc_parse_target_dialog(sc_cursor *c, sipcheck_value *out)
{
    static const sc_known_param known[] = {
        { "remote-tag", sc_any_token, { "remote-param", "7", 4538 } },
        { "local-tag", sc_any_token, { "local-param", "7", 4538 } },
    };
    static const sc_param_grammar params = { .known = { known, 2 },
                                             .production = { "td-param", "7", 4538 } };
    return dialog(c, &params, out);
}
