/* SPDX-License-Identifier: MIT */
/* Who sent a request, and on what way it came: Identity, Identity-Info, History-Info, Session-ID.
 * RFC 8224 §4, RFC 4474 §9, RFC 7044 §5, RFC 7989 §5 */
#include "grammar/grammar.h"

/* base64url-char  =  ALPHA / DIGIT / "-" / "_"      erratum 6499 */
static bool digest_chars(sc_cursor *c)
{
    const uint8_t *start = c->p;
    do
        sc_span(c, SC_ALNUM);
    while (sc_skip(c, '-') || sc_skip(c, '_') || sc_skip(c, '.'));
    return c->p > start || sc_miss(c, "base64url-char");
}

/* signed-identity-digest  =  1*( base64url-char / "." ) */
static bool signed_identity_digest(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "signed-identity-digest", "4", 8224 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = digest_chars(c);
    if (ok) *out = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* ident-info-uri  =  LAQUOT absoluteURI RAQUOT */
static bool ident_info_uri(sc_cursor *c)
{
    sipcheck_uri unused = { .port = 0 };
    sc_lws(c, 1);
    if (!sc_take(c, '<', "\"<\"") || !sc_uri(c, false, &unused)) return false;
    if (!sc_take(c, '>', "\">\"")) return false;
    sc_lws(c, 1);
    return true;
}

/* token / LDQUOT token RDQUOT; erratum 6519 tells that the type should have been in quotes, and
 * both are sent */
static bool ident_type(sc_cursor *c)
{
    return sc_at_class(c, SC_TOKEN) ? sc_token(c, NULL) : sc_between_quotes(c, sc_any_token);
}

/* ident-info-alg  =  "alg" EQUAL token
 * ident-type      =  "ppt" EQUAL token */
static const sc_known_param ident_info_params[] = {
    { "alg", sc_any_token, { "ident-info-alg", "4", 8224 } },
    { "ppt", ident_type, { "ident-type", "4", 8224 } },
    { "info", ident_info_uri, { "ident-info", "4", 8224 } },
};

/* ident-info  =  "info" EQUAL ident-info-uri; it is the first parameter */
static bool ident_info(sc_cursor *c, sc_param_list *list)
{
    static const sc_production self = { "ident-info", "4", 8224 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    sipcheck_slice name = { NULL, 0 };
    bool ok = sc_need_separator(c, ';', "SEMI");
    const uint8_t *at = c->p;
    ok = ok && sc_token(c, &name) && (sc_same_nocase(name, "info") || sc_miss_at(c, at, "info"));
    sipcheck_param *param = ok ? sc_param_add(c, list) : NULL;
    if (!param) {
        c->p = start;
        return sc_leave(c, outer, false);
    }
    param->name = name;
    ok = sc_need_separator(c, '=', "EQUAL") && sc_spaced_value(c, ident_info_uri, ';', param);
    return sc_leave(c, outer, ok);
}

/* signed-identity-digest SEMI ident-info *( SEMI ident-info-params )
 * Where ident-info is not in its place, it may stand behind. */
static bool passport(sc_cursor *c, sipcheck_identity *out)
{
    static const sc_param_grammar behind = { .known = { ident_info_params, 2 },
                                             .production = { "ident-info-params", "4", 8224 } };
    static const sc_param_grammar anywhere = { .known = { ident_info_params, 3 },
                                               .production = { "ident-info-params", "4", 8224 } };
    sc_param_list list = { &out->params };
    bool head = signed_identity_digest(c, &out->digest), info = head && ident_info(c, &list);
    if (head) sc_read_passport(c, out);
    if (!info) {
        sc_report(c);
        sc_resync(c, ';');
    }
    return sc_params(c, info ? &behind : &anywhere, list.tail);
}

/* What the drafts of RFC 4474 had, and RFC 4475 §3.1.1.11 prints as a valid message: base64 without
 * quotes or parameters. A PASSporT has dots, so it can't be taken for one. */
static bool bare_digest(sc_cursor *c, sipcheck_slice *out)
{
    sc_cursor look = *c;
    do
        sc_span(&look, SC_ALNUM);
    while (sc_skip(&look, '+') || sc_skip(&look, '/'));
    const uint8_t *end = look.p;
    while (sc_skip(&look, '='))
        ;
    if (end == c->p || look.p != look.end) return false;
    *out = sc_slice(c->p, look.p);
    c->p = look.p;
    return true;
}

/* Identity  =  "Identity" HCOLON signed-identity-digest SEMI ident-info *( SEMI ident-info-params )
 *                                                                                   RFC 8224 §4
 * Identity  =  "Identity" HCOLON quoted-string      RFC 4474 §9, erratum 1058: still to be met */
bool sc_parse_identity(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_identity *out = (sipcheck_identity *)value;
    sc_fold_before(c, "\"");
    if (sc_at(c, '"')) return sc_quoted_string(c, &out->digest);
    return bare_digest(c, &out->digest) || passport(c, out);
}

/* ident-info         =  LAQUOT absoluteURI RAQUOT *( SEMI ident-info-params )
 * ident-info-params  =  ident-info-alg / ident-info-extension
 * ident-info-alg     =  "alg" EQUAL token */
bool sc_parse_identity_info(sc_cursor *c, sipcheck_value *out)
{
    static const sc_known_param alg[] = {
        { "alg", sc_any_token, { "ident-info-alg", "9", 4474 } },
    };
    static const sc_param_grammar grammar = { .known = { alg, 1 },
                                              .production = { "ident-info-params", "9", 4474 } };
    return sc_bracketed_with(c, &grammar, out);
}

/* number  =  [ %x31-39 *DIGIT ] DIGIT; a zero begins no other number */
static bool index_number(sc_cursor *c)
{
    if (!sc_skip(c, '0')) return sc_digits(c, NULL);
    return !sc_at_class(c, SC_DIGIT) || sc_miss(c, "end of number");
}

/* index-val  =  number *( "." number )      RFC 7044 §5 */
bool sc_index_val(sc_cursor *c)
{
    do
        if (!index_number(c)) return false;
    while (sc_skip(c, '.'));
    return true;
}

/* hi-index  =  "index" EQUAL index-val
 * rc-param  =  "rc" EQUAL index-val
 * mp-param  =  "mp" EQUAL index-val
 * np-param  =  "np" EQUAL index-val */
static const sc_known_param hi_params[] = {
    { "index", sc_index_val, { "hi-index", "5", 7044 } },
    { "rc", sc_index_val, { "rc-param", "5", 7044 } },
    { "mp", sc_index_val, { "mp-param", "5", 7044 } },
    { "np", sc_index_val, { "np-param", "5", 7044 } },
};

/* hi-entry            =  hi-targeted-to-uri *( SEMI hi-param )
 * hi-targeted-to-uri  =  name-addr
 * hi-param            =  hi-index / hi-target-param / hi-extension */
bool sc_parse_hi_entry(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = { hi_params, 4 },
                                              .production = { "hi-param", "5", 7044 } };
    return sc_name_addr_with(c, &grammar, out);
}

/* sess-uuid  =  32( DIGIT / %x61-66 ); nil  =  32( "0" ) is one of them */
static bool sess_uuid(sc_cursor *c)
{
    return sc_take_count(c, SC_LHEX, 32, 32, "32 digits of lower-case hex", NULL);
}

/* remote-param  =  "remote" EQUAL remote-uuid */
static const sc_known_param remote[] = {
    { "remote", sess_uuid, { "remote-param", "5", 7989 } },
};

/* session-id-value  =  local-uuid *( SEMI sess-id-param )
 * sess-id-param     =  remote-param / generic-param */
bool sc_parse_session_id(sc_cursor *c, sipcheck_value *value)
{
    static const sc_production self = { "local-uuid", "5", 7989 };
    static const sc_param_grammar grammar = { .known = { remote, 1 },
                                              .production = { "sess-id-param", "5", 7989 } };
    sipcheck_token *out = (sipcheck_token *)value;
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p;
    bool ok = sess_uuid(c);
    if (ok) out->token = sc_slice(start, c->p);
    sc_leave(c, outer, ok);
    return sc_params_behind(c, ok, &grammar, &out->params);
}
