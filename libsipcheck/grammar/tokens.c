/* SPDX-License-Identifier: MIT */
/* Headers made of tokens with parameters. RFC 3261 §20.1-§20.3, §20.11-§20.15, §25.1 */
#include "grammar/plain.h"

/* accept-param  =  ("q" EQUAL qvalue) / generic-param */
static const sc_known_param q[] = {
    { "q", sc_qvalue, { "accept-param", "25.1", 3261 } },
};
static const sc_param_grammar accept_params = { .known = { q, 1 },
                                                .production = { "accept-param", "25.1", 3261 } };

/* handling-param  =  "handling" EQUAL ( "optional" / "required" / other-handling ) */
static const sc_known_param handling[] = {
    { "handling", sc_any_token, { "handling-param", "25.1", 3261 } },
};

/* token, where `self` says which one */
static bool named_token(sc_cursor *c, const sc_production *self, sipcheck_value *out)
{
    const sc_production *outer = sc_enter(c, self);
    return sc_leave(c, outer, sc_token(c, &((sipcheck_token *)out)->token));
}

/* option-tag, content-coding, priority-value  =  token */
SC_HOT bool sc_parse_token_item(sc_cursor *c, sipcheck_value *out)
{
    return sc_token(c, &((sipcheck_token *)out)->token);
}

/* Allow  =  "Allow" HCOLON [Method *(COMMA Method)] */
SC_HOT bool sc_parse_method_item(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "Method", "25.1", 3261 };
    return named_token(c, &self, out);
}

/* encoding  =  codings *(SEMI accept-param)
 * codings   =  content-coding / "*" */
bool sc_parse_accept_encoding(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "codings", "25.1", 3261 };
    bool ok = named_token(c, &self, out);
    return sc_params_behind(c, ok, &accept_params, &((sipcheck_token *)out)->params);
}

/* 1*8ALPHA *( "-" 1*8ALPHA ) */
static bool tags(sc_cursor *c, sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    bool ok;
    do
        ok = sc_take_count(c, SC_ALPHA, 1, 8, "one to eight letters", NULL);
    while (ok && sc_skip(c, '-'));
    *out = sc_slice(start, c->p);
    return ok;
}

/* language-tag  =  primary-tag *( "-" subtag )
 * primary-tag   =  1*8ALPHA
 * subtag        =  1*8ALPHA */
bool sc_parse_language_tag(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "language-tag", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    return sc_leave(c, outer, tags(c, &((sipcheck_token *)out)->token));
}

/* language        =  language-range *(SEMI accept-param)
 * language-range  =  ( ( 1*8ALPHA *( "-" 1*8ALPHA ) ) / "*" ) */
bool sc_parse_accept_language(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "language-range", "25.1", 3261 };
    sipcheck_token *range = (sipcheck_token *)out;
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = sc_skip(c, '*') || tags(c, &range->token);
    range->token = sc_slice(start, c->p);
    sc_leave(c, outer, ok);
    return sc_params_behind(c, ok, &accept_params, &range->params);
}

/* Content-Disposition  =  "Content-Disposition" HCOLON disp-type *( SEMI disp-param )
 * disp-param           =  handling-param / generic-param */
bool sc_parse_disposition(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "disp-type", "25.1", 3261 };
    static const sc_param_grammar grammar = { .known = { handling, 1 },
                                              .production = { "disp-param", "25.1", 3261 } };
    bool ok = named_token(c, &self, out);
    return sc_params_behind(c, ok, &grammar, &((sipcheck_token *)out)->params);
}

/* token "/" token, by the map: see plain.h */
static bool plain_type(sc_cursor *c, sipcheck_media *out)
{
    const uint8_t *start = c->p, *slash = sc_plain_run(c, SC_MAP_TOKEN, start);
    if (slash == start || *slash != '/') return false;
    const uint8_t *end = sc_plain_run(c, SC_MAP_TOKEN, slash + 1);
    if (end == slash + 1 || !sc_plain_end(c, end)) return false;
    out->type = sc_slice(start, slash);
    out->subtype = sc_slice(slash + 1, end);
    c->p = end;
    return true;
}

/* m-type SLASH m-subtype; a "*" is a token too */
static bool type_and_subtype(sc_cursor *c, const sc_production *self, sipcheck_media *out)
{
    if (c->mapped && plain_type(c, out)) return true;
    const sc_production *outer = sc_enter(c, self);
    bool ok =
        sc_token(c, &out->type) && sc_need_separator(c, '/', "SLASH") && sc_token(c, &out->subtype);
    return sc_leave(c, outer, ok);
}

/* accept-range  =  media-range *(SEMI accept-param)
 * media-range   =  ( "*" "/" "*" / ( m-type SLASH "*" ) / ( m-type SLASH m-subtype ) )
 *                  *( SEMI m-parameter )
 * Where the one kind of parameter ends and the other begins cannot be told (erratum 832). */
SC_HOT bool sc_parse_accept_range(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "media-range", "25.1", 3261 };
    sipcheck_media *media = (sipcheck_media *)out;
    bool ok = type_and_subtype(c, &self, media);
    return sc_params_behind(c, ok, &accept_params, &media->params);
}

/* media-type  =  m-type SLASH m-subtype *(SEMI m-parameter) */
SC_HOT bool sc_parse_media_type(sc_cursor *c, sipcheck_value *out)
{
    static const sc_production self = { "media-type", "25.1", 3261 };
    static const sc_param_grammar grammar = { .value_needed = true,
                                              .production = { "m-parameter", "25.1", 3261 } };
    sipcheck_media *media = (sipcheck_media *)out;
    bool ok = type_and_subtype(c, &self, media);
    return sc_params_behind(c, ok, &grammar, &media->params);
}

bool sc_token_with(sc_cursor *c, const sc_production *self, const sc_param_grammar *params,
                   sipcheck_value *value)
{
    sipcheck_token *out = (sipcheck_token *)value;
    const sc_production *outer = sc_enter(c, self);
    bool ok = sc_leave(c, outer, sc_token(c, &out->token));
    return sc_params_behind(c, ok, params, &out->params);
}

/* token *( SEMI generic-param ): what the simpler headers of the family are made of */
bool sc_parse_token_params(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .production = { "generic-param", "25.1", 3261 } };
    sipcheck_token *token = (sipcheck_token *)out;
    bool ok = sc_token(c, &token->token);
    return sc_params_behind(c, ok, &grammar, &token->params);
}
