/* SPDX-License-Identifier: MIT */
/* Geolocation, Geolocation-Routing, Geolocation-Error. RFC 6442 §4 */
#include "grammar/grammar.h"

/* locationValue  =  LAQUOT locationURI RAQUOT *( SEMI geoloc-param )
 * locationURI    =  sip-URI / sips-URI / pres-URI / http-URI / https-URI / cid-url / absoluteURI
 * geoloc-param   =  generic-param */
bool sc_parse_location_value(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .production = { "geoloc-param", "4.1", 6442 } };
    return sc_bracketed_with(c, &grammar, out);
}

/* Georouting-header  =  "Geolocation-Routing" HCOLON ( "yes" / "no" / generic-value )
 * generic-value      =  generic-param */
bool sc_parse_georouting(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "Georouting-header", "4.2", 6442 };
    const sc_production *outer = sc_enter(c, &self);
    sipcheck_param unused = { .next = NULL };
    bool ok = sc_token(c, &((sipcheck_token *)out)->token);
    if (ok && sc_separator(c, '=')) ok = sc_spaced_value(c, sc_gen_value, ';', &unused);
    return sc_leave(c, outer, ok);
}

/* location-error-code-text  =  "code" EQUAL quoted-string */
static const sc_known_param code_text[] = {
    { "code", sc_any_quoted, { "location-error-code-text", "4.4", 6442 } },
};

/* locationErrorValue     =  location-error-code *( SEMI location-error-params )
 * location-error-code    =  1*3DIGIT
 * location-error-params  =  location-error-code-text / generic-param */
bool sc_parse_location_error(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "location-error-code", "4.4", 6442 };
    static const sc_param_grammar grammar = {
        .known = { code_text, 1 }, .production = { "location-error-params", "4.4", 6442 }
    };
    sipcheck_number *out = (sipcheck_number *)value;
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_take_count(c, SC_DIGIT, 1, 3, "one to three digits", &out->digits);
    if (ok) sc_number(out->digits, &out->number);
    sc_leave(c, outer, ok);
    return sc_params_behind(c, ok, &grammar, &out->params);
}
