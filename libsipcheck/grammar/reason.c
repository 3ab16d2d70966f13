/* SPDX-License-Identifier: MIT */
/* Reason. RFC 3326 §2 */
#include "grammar/grammar.h"

/* Reason            =  "Reason" HCOLON reason-value *(COMMA reason-value)
 * reason-value      =  protocol *(SEMI reason-params)
 * protocol          =  "SIP" / "Q.850" / token
 * reason-params     =  protocol-cause / reason-text / reason-extension
 * protocol-cause    =  "cause" EQUAL cause
 * cause             =  1*DIGIT
 * reason-text       =  "text" EQUAL quoted-string
 * reason-extension  =  generic-param */
bool sc_parse_reason(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "protocol", "2", 3326 };
    static const sc_known_param known[] = {
        { "cause", sc_delta_seconds, { "protocol-cause", "2", 3326 } },
        { "text", sc_any_quoted, { "reason-text", "2", 3326 } },
    };
    static const sc_param_grammar params = { .known = { known, 2 },
                                             .production = { "reason-params", "2", 3326 } };
    return sc_token_with(c, &self, &params, out);
}
