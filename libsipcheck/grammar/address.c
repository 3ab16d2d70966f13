/* SPDX-License-Identifier: MIT */
/* name-addr and addr-spec, and the headers made of them. RFC 3261 §20.10, §25.1 */
#include "grammar/plain.h"

/* tag-param  =  "tag" EQUAL token */
static const sc_known_param tag[] = {
    { "tag", sc_any_token, { "tag-param", "25.1", 3261 } },
};

/* "<" instance-val ">"
 * instance-val  =  1*uric */
static bool instance_in_brackets(sc_cursor *c)
{
    return sc_take(c, '<', "\"<\"") && sc_take_escaped(c, SC_URIC, "instance-val", NULL) &&
           sc_take(c, '>', "\">\"");
}

/* DQUOTE "<" instance-val ">" DQUOTE      RFC 5626 §10
 * White space around the quotes is as RFC 3840 §9 has it for every feature tag. */
static bool instance(sc_cursor *c)
{
    return sc_between_quotes(c, instance_in_brackets);
}

/* c-p-q            =  "q" EQUAL qvalue
 * c-p-expires      =  "expires" EQUAL delta-seconds
 * c-p-reg          =  "reg-id" EQUAL 1*DIGIT      RFC 5626 §10
 * c-p-instance     =  "+sip.instance" EQUAL DQUOTE "<" instance-val ">" DQUOTE
 * pub-gruu         =  "pub-gruu" EQUAL quoted-string      RFC 5627 §7
 * temp-gruu        =  "temp-gruu" EQUAL quoted-string
 * hi-target-param  =  rc-param / mp-param / np-param      RFC 7044 §5 */
static const sc_known_param contact[] = {
    { "q", sc_qvalue, { "c-p-q", "25.1", 3261 } },
    { "expires", sc_delta_seconds, { "c-p-expires", "25.1", 3261 } },
    { "reg-id", sc_delta_seconds, { "c-p-reg", "10", 5626 } },
    { "+sip.instance", instance, { "c-p-instance", "10", 5626 } },
    { "pub-gruu", sc_any_quoted, { "pub-gruu", "7", 5627 } },
    { "temp-gruu", sc_any_quoted, { "temp-gruu", "7", 5627 } },
    { "rc", sc_index_val, { "rc-param", "5", 7044 } },
    { "mp", sc_index_val, { "mp-param", "5", 7044 } },
    { "np", sc_index_val, { "np-param", "5", 7044 } },
};

/* info-param  =  ( "purpose" EQUAL ( "icon" / "info" / "card" / token ) ) / generic-param */
static const sc_known_param info[] = {
    { "purpose", sc_any_token, { "info-param", "25.1", 3261 } },
};

/* display-name  =  *(token LWS) / quoted-string      erratum 5598: token *(LWS token)
 * Both readings are taken: white space before "<" may be there or not. */
static bool display_name(sc_cursor *c, sipcheck_slice *out)
{
    static const sc_production self = { "display-name", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    const uint8_t *start = c->p, *end = start;
    bool quoted = sc_at(c, '"'), ok = !quoted || sc_quoted_string(c, NULL);
    if (quoted) end = c->p;
    while (!quoted && end == c->p && sc_at_class(c, SC_TOKEN)) {
        sc_token(c, NULL);
        end = c->p;
        if (!sc_lws(c, 1)) break;
        if (sc_at_class(c, SC_TOKEN)) end = c->p;
    }
    if (ok && end > start) *out = sc_slice(start, end);
    return sc_leave(c, outer, ok);
}

/* RAQUOT  =  ">" SWS */
static bool raquot(sc_cursor *c)
{
    if (!sc_take(c, '>', "\">\"")) return false;
    sc_lws(c, 1);
    return true;
}

/* name-addr  =  [ display-name ] LAQUOT addr-spec RAQUOT */
static SC_HOT bool name_addr(sc_cursor *c, sipcheck_address *out)
{
    static const sc_production self = { "name-addr", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = display_name(c, &out->display);
    if (ok && out->display.p) sc_lws(c, 1);
    ok = ok && sc_take(c, '<', "\"<\"");
    if (ok) out->brackets = true;
    ok = ok && sc_uri(c, false, &out->uri) && raquot(c);
    return sc_leave(c, outer, ok);
}

/* The token of a scheme is followed by a colon, which a display-name cannot hold. */
static bool at_addr_spec(const sc_cursor *c)
{
    const uint8_t *p = c->p;
    while (p < c->end && sc_classes[*p] & SC_TOKEN)
        p++;
    return p > c->p && p < c->end && *p == ':';
}

static bool address(sc_cursor *c, sipcheck_address *out)
{
    return at_addr_spec(c) ? sc_uri(c, true, &out->uri) : name_addr(c, out);
}

static bool brackets_only(sc_cursor *c, sipcheck_address *out)
{
    static const sc_production self = { "absoluteURI", "25.1", 3261 };
    const sc_production *outer = sc_enter(c, &self);
    bool ok = sc_take(c, '<', "\"<\"");
    if (ok) out->brackets = true;
    ok = ok && sc_uri(c, false, &out->uri) && raquot(c);
    return sc_leave(c, outer, ok);
}

/* The next "<" outside quotes, or NULL. */
static const uint8_t *find_open(const sc_cursor *c)
{
    sc_cursor look = *c;
    look.unangled = true;
    sc_resync(&look, '<');
    return sc_at(&look, '<') ? look.p : NULL;
}

static void salvage_brackets(sc_cursor *c, const uint8_t *open, sipcheck_address *out)
{
    const uint8_t *start = c->p;
    c->p = open + 1;
    while (c->p < c->end && *c->p != '>')
        c->p++;
    sc_uri_salvage(c, sc_slice(open + 1, c->p), &out->uri);
    sipcheck_slice display = sc_trim(sc_slice(start, open));
    if (display.n) out->display = display;
    out->brackets = true;
    sc_skip(c, '>');
}

/* A second reading of what the grammar refused: where a "<" is, the URI is behind it; else it goes
 * up to the next semicolon. */
static SC_COLD void salvage(sc_cursor *c, const uint8_t *start, sipcheck_address *out)
{
    sc_report(c);
    c->p = start;
    const uint8_t *open = find_open(c);
    if (open) {
        salvage_brackets(c, open, out);
    } else {
        sc_resync(c, ';');
        sc_uri_salvage(c, sc_slice(start, c->p), &out->uri);
    }
    sc_resync(c, ';');
}

/* LDQUOT addr-spec RDQUOT */
static bool quoted_uri(sc_cursor *c, sipcheck_address *out)
{
    bool ok = sc_take(c, '"', "DQUOTE") && sc_uri(c, false, &out->uri) && sc_take(c, '"', "DQUOTE");
    if (ok) sc_lws(c, 1);
    return ok;
}

/* What is in front of parameters. */
static SC_COLD void parse_head(sc_cursor *c, bool head(sc_cursor *, sipcheck_address *),
                               sipcheck_address *out)
{
    const uint8_t *start = c->p;
    /* LAQUOT and quoted-string begin with SWS of their own. */
    sc_fold_before(c, "<\"");
    if (!head(c, out) || !sc_before_params(c)) salvage(c, start, out);
}

/* head: as much of an address as the header takes, a name-addr without display-name at least */
static bool with_params(sc_cursor *c, bool head(sc_cursor *, sipcheck_address *),
                        const sc_param_grammar *grammar, sipcheck_value *value)
{
    sipcheck_address *out = (sipcheck_address *)value;
    const sc_production *outer = sc_enter(c, &grammar->production);
    bool plain = c->mapped && head != brackets_only && head != quoted_uri;
    if (!plain || !sc_plain_name_addr(c, out)) parse_head(c, head, out);
    if (c->p == c->end) return sc_leave(c, outer, true); /* as most are, without a call */
    return sc_leave(c, outer, sc_params(c, grammar, &out->params));
}

bool sc_address_with(sc_cursor *c, const sc_param_grammar *params, sipcheck_value *out)
{
    return with_params(c, address, params, out);
}

bool sc_name_addr_with(sc_cursor *c, const sc_param_grammar *params, sipcheck_value *out)
{
    return with_params(c, name_addr, params, out);
}

bool sc_bracketed_with(sc_cursor *c, const sc_param_grammar *params, sipcheck_value *out)
{
    return with_params(c, brackets_only, params, out);
}

SC_HOT bool sc_address_alone(sc_cursor *c, sipcheck_value *value)
{
    sipcheck_address *out = (sipcheck_address *)value;
    const uint8_t *start = c->p;
    if (c->mapped && sc_plain_name_addr(c, out)) return true;
    sc_fold_before(c, "<\"");
    if (address(c, out)) return true;
    salvage(c, start, out);
    if (c->separator)
        sc_resync(c, c->separator);
    else
        c->p = c->end;
    return true;
}

bool sc_quoted_uri_with(sc_cursor *c, const sc_param_grammar *params, sipcheck_value *out)
{
    return with_params(c, quoted_uri, params, out);
}

/* from-spec   =  ( name-addr / addr-spec ) *( SEMI from-param )
 * from-param  =  tag-param / generic-param */
SC_HOT bool sc_parse_from_to(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = { tag, 1 },
                                              .production = { "from-param", "25.1", 3261 } };
    return with_params(c, address, &grammar, out);
}

/* STAR  =  SWS "*" SWS; it is alone. A display-name may begin with "*" too */
static bool star(sc_cursor *c, sipcheck_address *out)
{
    if (c->p<c->end && * c->p> ' ' && *c->p != '*') return false;
    sc_cursor look = *c;
    sc_fold(&look, 1);
    if (c->later || !sc_skip(&look, '*')) return false;
    sc_lws(&look, 1);
    if (look.p != look.end) return false;
    out->star = true;
    c->p = look.p;
    return true;
}

/* Contact         =  ("Contact" / "m" ) HCOLON ( STAR / (contact-param *(COMMA contact-param)))
 * contact-param   =  (name-addr / addr-spec) *(SEMI contact-params)
 * contact-params  =  c-p-q / c-p-expires / feature-param / contact-extension      RFC 3840 §9 */
SC_HOT bool sc_parse_contact(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = SC_KNOWN_ALL(contact),
                                              .family = sc_feature_family,
                                              .name = sc_feature_or_token,
                                              .production = { "contact-params", "25.1", 3261 } };
    if (star(c, (sipcheck_address *)out)) return true;
    return with_params(c, address, &grammar, out);
}

/* rec-route    =  name-addr *( SEMI rr-param )
 * route-param  =  name-addr *( SEMI rr-param )
 * rr-param     =  generic-param */
SC_HOT bool sc_parse_route(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .production = { "rr-param", "25.1", 3261 } };
    return with_params(c, name_addr, &grammar, out);
}

/* rplyto-spec  =  ( name-addr / addr-spec ) *( SEMI rplyto-param ) */
bool sc_parse_address(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .production = { "rplyto-param", "25.1", 3261 } };
    return with_params(c, address, &grammar, out);
}

/* alert-param  =  LAQUOT absoluteURI RAQUOT *( SEMI generic-param )
 * error-uri    =  LAQUOT absoluteURI RAQUOT *( SEMI generic-param ) */
bool sc_parse_info_uri(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .production = { "generic-param", "25.1", 3261 } };
    return with_params(c, brackets_only, &grammar, out);
}

/* info  =  LAQUOT absoluteURI RAQUOT *( SEMI info-param) */
bool sc_parse_call_info(sc_cursor *c, sipcheck_value *out)
{
    static const sc_param_grammar grammar = { .known = { info, 1 },
                                              .production = { "info-param", "25.1", 3261 } };
    return with_params(c, brackets_only, &grammar, out);
}
