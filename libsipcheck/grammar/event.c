/* SPDX-License-Identifier: MIT */
/* Headers of events, Info Packages, session timers, user-to-user data and answering modes. */
#include "grammar/grammar.h"

static bool token_nodot(sc_cursor *c)
{
    static const sc_production self = { "token-nodot", "8.4", 6665 };
    const sc_production *outer = sc_enter(c, &self);
    return sc_leave(c, outer, sc_token_nodot(c, "token-nodot"));
}

/* event-type      =  event-package *( "." event-template )
 * event-package   =  token-nodot
 * event-template  =  token-nodot      RFC 6665 §8.4 */
bool sc_parse_event_type(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "event-type", "8.4", 6665 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok;
    do
        ok = token_nodot(c);
    while (ok && sc_skip(c, '.'));
    ((sipcheck_token *)out)->token = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* Event        =  ( "Event" / "o" ) HCOLON event-type *( SEMI event-param )
 * event-param  =  generic-param / ( "id" EQUAL token )      RFC 6665 §8.4 */
bool sc_parse_event(sc_cursor *c, sipcheck_value *out)
{
    static const sc_known_param known[] = {
        { "id", sc_any_token, { "event-param", "8.4", 6665 } },
    };
    static const sc_param_grammar params = { .known = { known, 1 },
                                             .production = { "event-param", "8.4", 6665 } };
    bool ok = sc_parse_event_type(c, out);
    return sc_params_behind(c, ok, &params, &((sipcheck_token *)out)->params);
}

/* Subscription-State  =  "Subscription-State" HCOLON substate-value *( SEMI subexp-params )
 * substate-value      =  "active" / "pending" / "terminated" / extension-substate
 * extension-substate  =  token
 * subexp-params       =  ("reason" EQUAL event-reason-value) / ("expires" EQUAL delta-seconds) /
 *                        ("retry-after" EQUAL delta-seconds) / generic-param
 * event-reason-value  =  "deactivated" / "probation" / "rejected" / "timeout" / "giveup" /
 *                        "noresource" / "invariant" / event-reason-extension
 * event-reason-extension  =  token      RFC 6665 §8.4 */
bool sc_parse_subscription_state(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "substate-value", "8.4", 6665 };
    static const sc_known_param known[] = {
        { "reason", sc_any_token, { "event-reason-value", "8.4", 6665 } },
        { "expires", sc_delta_seconds, { "subexp-params", "8.4", 6665 } },
        { "retry-after", sc_delta_seconds, { "subexp-params", "8.4", 6665 } },
    };
    static const sc_param_grammar params = { .known = { known, 3 },
                                             .production = { "subexp-params", "8.4", 6665 } };
    return sc_token_with(c, &self, &params, out);
}

/* Info-package-type   =  Info-package-name *( SEMI Info-package-param )
 * Info-package-name   =  token
 * Info-package-param  =  generic-param      RFC 6086 §9.2 */
bool sc_parse_info_package(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "Info-package-name", "9.2", 6086 };
    static const sc_param_grammar params = { .production = { "Info-package-param", "9.2", 6086 } };
    return sc_token_with(c, &self, &params, out);
}

/* Answer-Mode        =  "Answer-Mode" HCOLON answer-mode-value *(SEMI answer-mode-param)
 * answer-mode-value  =  "Manual" / "Auto" / token
 * answer-mode-param  =  "require" / generic-param      RFC 5373 §2 */
bool sc_parse_answer_mode(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "answer-mode-value", "2", 5373 };
    static const sc_param_grammar params = { .production = { "answer-mode-param", "2", 5373 } };
    return sc_token_with(c, &self, &params, out);
}

/* "uas" / "uac" */
static SC_HOT bool refresher(sc_cursor *c)
{
    const uint8_t *start = c->p;
    sipcheck_slice text;
    if (!sc_token(c, &text)) return false;
    uint64_t word = sc_name_word(c, text);
    if (sc_is_word(word, "uas\0\0\0\0") || sc_is_word(word, "uac\0\0\0\0")) return true;
    return sc_miss_at(c, start, "uas or uac");
}

/* Session-Expires  =  ("Session-Expires" / "x") HCOLON delta-seconds *(SEMI se-params)
 * se-params        =  refresher-param / generic-param
 * refresher-param  =  "refresher" EQUAL  ("uas" / "uac")      RFC 4028 §4 */
SC_HOT bool sc_parse_session_expires(sc_cursor *c, sipcheck_value *value)
{
    static const sc_known_param known[] = {
        { "refresher", refresher, { "refresher-param", "4", 4028 } },
    };
    static const sc_param_grammar params = { .known = { known, 1 },
                                             .production = { "se-params", "4", 4028 } };
    bool ok = sc_parse_digits_only(c, value);
    return sc_params_behind(c, ok, &params, &((sipcheck_number *)value)->params);
}

/* uui-value         =  uui-data *(SEMI uui-param)
 * uui-data          =  token / quoted-string
 * uui-param         =  pkg-param / cont-param / enc-param / generic-param
 * pkg-param         =  "purpose" EQUAL pkg-param-value
 * pkg-param-value   =  token
 * cont-param        =  "content" EQUAL cont-param-value
 * cont-param-value  =  token
 * enc-param         =  "encoding" EQUAL enc-param-value
 * enc-param-value   =  token / "hex"      RFC 7433 §4.1 */
bool sc_parse_uui_value(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "uui-data", "4.1", 7433 };
    static const sc_known_param known[] = {
        { "purpose", sc_any_token, { "pkg-param", "4.1", 7433 } },
        { "content", sc_any_token, { "cont-param", "4.1", 7433 } },
        { "encoding", sc_any_token, { "enc-param", "4.1", 7433 } },
    };
    static const sc_param_grammar params = { .known = { known, 3 },
                                             .production = { "uui-param", "4.1", 7433 } };
    sipcheck_token *out = (sipcheck_token *)value;
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start;
    /* quoted-string begins with SWS of its own. */
    sc_fold_before(c, "\"");
    start = c->p;
    bool ok = sc_leave(c, outer, sc_m_value(c));
    if (ok) out->token = sc_slice(start, c->p);
    return sc_params_behind(c, ok, &params, &out->params);
}
