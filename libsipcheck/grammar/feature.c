/* SPDX-License-Identifier: MIT */
/* Feature tags in Contact, Accept-Contact, Reject-Contact and Feature-Caps. RFC 3840 §9 */
#include "grammar/grammar.h"

static bool at_ftag_char(const sc_cursor *c)
{
    if (sc_at(c, '!') || sc_at(c, '\'') || sc_at(c, '%')) return true;
    return sc_at_class(c, SC_SCHEME) && !sc_at(c, '+');
}

/* "+" ftag-name
 * ftag-name  =  ALPHA *( ALPHA / DIGIT / "!" / "'" / "." / "-" / "%" ) */
static bool plus_name(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "ftag-name", "9", 3840 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = sc_take(c, '+', "\"+\"") && (sc_at_class(c, SC_ALPHA) || sc_miss(c, "ftag-name"));
    while (ok && at_ftag_char(c))
        c->p++;
    if (ok && sc_at_class(c, SC_TOKEN)) ok = sc_miss(c, "end of ftag-name");
    *out = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* other-tags  =  "+" ftag-name */
bool sc_feature_or_token(sc_cursor *c, sipcheck_slice *out)
{
    return sc_at(c, '+') ? plus_name(c, out) : sc_token(c, out);
}

/* number  =  [ "+" / "-" ] 1*DIGIT ["." 0*DIGIT] */
static bool number(sc_cursor *c)
{
    if (!sc_skip(c, '+')) sc_skip(c, '-');
    if (!sc_digits(c, NULL)) return false;
    if (sc_skip(c, '.')) sc_span(c, SC_DIGIT);
    return true;
}

/* numeric           =  "#" numeric-relation number
 * numeric-relation  =  ">=" / "<=" / "=" / (number ":") */
static bool numeric_behind(sc_cursor *c)
{
    static const sc_production self = { "numeric", "9", 3840 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok;
    if (sc_skip(c, '>') || sc_skip(c, '<') || sc_at(c, '='))
        ok = sc_take(c, '=', "\"=\"");
    else
        ok = number(c) && sc_take(c, ':', "\":\"");
    return sc_leave(c, outer, ok && number(c));
}

/* tag-value     =  ["!"] (token-nobang / boolean / numeric)
 * token-nobang  =  1*(alphanum / "-" / "." / "%" / "*" / "_" / "+" / "`" / "'" / "~" )
 * boolean       =  "TRUE" / "FALSE" */
static bool tag_value(sc_cursor *c)
{
    static const sc_production self = { "tag-value", "9", 3840 };
    const sc_production *outer = sc_enter(c, &self);
    sc_skip(c, '!');
    if (sc_skip(c, '#')) return sc_leave(c, outer, numeric_behind(c));
    const uint8_t *start = c->p;
    while (sc_at_class(c, SC_TOKEN) && !sc_at(c, '!'))
        c->p++;
    return sc_leave(c, outer, c->p > start || sc_miss(c, "tag-value"));
}

/* string-value    =  "<" *(qdtext-no-abkt / quoted-pair ) ">"
 * qdtext-no-abkt  =  LWS / %x21 / %x23-3B / %x3D / %x3F-5B / %x5D-7E / UTF8-NONASCII */
static bool string_value(sc_cursor *c)
{
    static const sc_production self = { "string-value", "9", 3840 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_take(c, '<', "\"<\"");
    while (ok && !sc_skip(c, '>')) {
        if (sc_at_class(c, SC_QDTEXT) && !sc_at(c, '<'))
            c->p++;
        else
            ok = !sc_at(c, '<') ? sc_odd_piece(c, "\">\" or qdtext-no-abkt")
                                : sc_miss(c, "\">\" or qdtext-no-abkt");
    }
    return sc_leave(c, outer, ok);
}

/* tag-value-list  =  tag-value *("," tag-value) */
static bool list_or_string(sc_cursor *c)
{
    if (sc_at(c, '<')) return string_value(c);
    do
        if (!tag_value(c)) return false;
    while (sc_skip(c, ','));
    return true;
}

/* LDQUOT (tag-value-list / string-value ) RDQUOT */
static bool feature_value(sc_cursor *c)
{
    return sc_between_quotes(c, list_or_string);
}

static bool is_base_tag(sipcheck_slice name)
{
    static const char *const tags[] = {
        "actor",       "application", "audio",   "automata",   "class",   "control",  "data",
        "description", "duplex",      "events",  "extensions", "isfocus", "language", "methods",
        "mobility",    "priority",    "schemes", "text",       "type",    "video",
    };
    uint8_t first = sc_lower(name.p[0]);
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (first == (uint8_t)tags[i][0] && sc_same_nocase(name, tags[i])) return true;
    return false;
}

/* feature-param    =  enc-feature-tag [EQUAL LDQUOT (tag-value-list / string-value ) RDQUOT]
 * enc-feature-tag  =  base-tags / other-tags
 * base-tags        =  one of the names above */
const sc_known_param *sc_feature_family(sipcheck_slice name)
{
    static const sc_known_param feature = { "", feature_value, { "feature-param", "9", 3840 } };
    return name.p[0] == '+' || is_base_tag(name) ? &feature : NULL;
}

/* "*" and parameters, for all that carry features but no contact; `self` says which. */
static bool star_with(sc_cursor *c, const sc_production *self, const sc_param_grammar *params,
                      sipcheck_value *value)
{
    sipcheck_token *out = (sipcheck_token *)value;
    const sc_production *outer = sc_enter(c, self);
    const uint8_t *start = c->p;
    bool ok = sc_take(c, '*', "\"*\"");
    if (ok) out->token = sc_slice(start, c->p);
    ok = sc_leave(c, outer, ok && sc_before_params(c));
    return sc_params_behind(c, ok, params, &out->params);
}

/* ac-value   =  "*" *(SEMI ac-params)
 * ac-params  =  feature-param / req-param / explicit-param / generic-param      RFC 3841 §10 */
bool sc_parse_accept_contact(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "ac-value", "10", 3841 };
    static const sc_param_grammar params = { .family = sc_feature_family,
                                             .name = sc_feature_or_token,
                                             .production = { "ac-params", "10", 3841 } };
    return star_with(c, &self, &params, out);
}

/* rc-value   =  "*" *(SEMI rc-params)
 * rc-params  =  feature-param / generic-param      RFC 3841 §10 */
bool sc_parse_reject_contact(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "rc-value", "10", 3841 };
    static const sc_param_grammar params = { .family = sc_feature_family,
                                             .name = sc_feature_or_token,
                                             .production = { "rc-params", "10", 3841 } };
    return star_with(c, &self, &params, out);
}

/* fc-value     =  "*" *(SEMI feature-cap)                                        RFC 6809 §6.2.1
 * feature-cap  =  "+" fcap-name [EQUAL LDQUOT (fcap-value-list / fcap-string-value ) RDQUOT]
 * fcap-name    =  ftag-name                                                      RFC 6809 §6.3.2 */
bool sc_parse_feature_caps(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "fc-value", "6.2.1", 6809 };
    static const sc_param_grammar params = { .family = sc_feature_family,
                                             .name = plus_name,
                                             .production = { "feature-cap", "6.3.2", 6809 } };
    return star_with(c, &self, &params, out);
}

/* directive            =  proxy-directive / cancel-directive / fork-directive /
 *                         recurse-directive / parallel-directive / queue-directive
 * proxy-directive      =  "proxy" / "redirect"
 * cancel-directive     =  "cancel" / "no-cancel"
 * fork-directive       =  "fork" / "no-fork"
 * recurse-directive    =  "recurse" / "no-recurse"
 * parallel-directive   =  "parallel" / "sequential"
 * queue-directive      =  "queue" / "no-queue"      RFC 3841 §10 */
bool sc_parse_directive(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "directive", "10", 3841 };
    static const char *const words[] = {
        "proxy",   "redirect",   "cancel",   "no-cancel",  "fork",  "no-fork",
        "recurse", "no-recurse", "parallel", "sequential", "queue", "no-queue",
    };
    sipcheck_token *out = (sipcheck_token *)value;
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = sc_token(c, &out->token), known = false;
    for (size_t i = 0; ok && i < sizeof words / sizeof *words; i++)
        known |= sc_same_nocase(out->token, words[i]);
    if (ok && !known) ok = sc_miss_at(c, start, "a directive");
    return sc_leave(c, outer, ok);
}
