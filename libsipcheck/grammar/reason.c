/* SPDX-License-Identifier: MIT */
/* Reason. RFC 3326 §2 */
#include "grammar/grammar.h"

/* reason-text  =  "text" EQUAL quoted-string */
static bool reason_text(sc_cursor *c)
{
    return sc_quoted_string(c, NULL);
}

/* Reason            =  "Reason" HCOLON reason-value *(COMMA reason-value)
 * reason-value      =  protocol *(SEMI reason-params)
 * protocol          =  "SIP" / "Q.850" / token
 * reason-params     =  protocol-cause / reason-text / reason-extension
 * protocol-cause    =  "cause" EQUAL cause
 * cause             =  1*DIGIT
 * reason-extension  =  generic-param */
bool sc_parse_reason(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "protocol", "2", 3326 };
    static const sc_known_param known[] = {
        { "cause", sc_delta_seconds, { "protocol-cause", "2", 3326 } },
        { "text", reason_text, { "reason-text", "2", 3326 } },
    };
    static const sc_param_grammar params = { .known = { known, 2 },
                                             .production = { "reason-params", "2", 3326 } };
    sipcheck_token *out = (sipcheck_token *)value;
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_leave(c, outer, sc_token(c, &out->token));
    return sc_params_behind(c, ok, &params, &out->params);
}
