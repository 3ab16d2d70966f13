/* SPDX-License-Identifier: MIT */
/* The productions of RFC 3261 §25 and of what replaces them; each stands above its function.
 *
 * A function takes what it can, moves the cursor behind it and says whether the grammar was kept;
 * if not, the cursor knows the farthest miss and the members read so far stay. */
#ifndef SC_GRAMMAR_GRAMMAR_H
#define SC_GRAMMAR_GRAMMAR_H

#include "text/arena.h"
#include "text/cursor.h"

/* --- basic.c --------------------------------------------------------------------------------- */

/* out: with its quotes; may be NULL. */
bool sc_quoted_string(sc_cursor *c, sipcheck_slice *out);
bool sc_any_quoted(sc_cursor *c);
bool sc_comment(sc_cursor *c, sipcheck_slice *out);

/* LDQUOT inside RDQUOT */
bool sc_between_quotes(sc_cursor *c, bool inside(sc_cursor *c));

bool sc_qvalue(sc_cursor *c);
bool sc_delta_seconds(sc_cursor *c);
bool sc_any_token(sc_cursor *c);
/* A token without dots; `wanted` is what a miss says. */
bool sc_token_nodot(sc_cursor *c, const char *wanted);
bool sc_text_utf8_trim(sc_cursor *c);
bool sc_header_value(sc_cursor *c);

/* One piece of LWS / UTF8-NONASCII / quoted-pair, for all that may hold them. */
bool sc_odd_piece(sc_cursor *c, const char *wanted);

/* --- param.c --------------------------------------------------------------------------------- */

/* A parameter whose value has a production of its own. */
typedef struct sc_known_param {
    char name[32]; /* in lower case */
    bool (*value)(sc_cursor *c);
    const sc_production production;
} sc_known_param;

/* All of a table, as a function takes it. */
typedef struct sc_known_params {
    const sc_known_param *at;
    size_t count;
} sc_known_params;
#define SC_KNOWN_ALL(table)                                                                        \
    {                                                                                              \
        (table), sizeof(table) / sizeof *(table)                                                   \
    } /* an initialiser */
#define SC_KNOWN(table) ((sc_known_params)SC_KNOWN_ALL(table))

/* name: not empty, a token or of SC_PARAMCHAR, within the cursor's message. NULL: not in the table.
 */
const sc_known_param *sc_find_known(const sc_cursor *c, sc_known_params known, sipcheck_slice name);

/* The first eight bytes of a name as a number, its letters made small by the bit 0x20; zeros are
 * behind a shorter one. What may be in a name is a letter, has that bit, or becomes by it what no
 * known name has in it. name.n > 0 */
static inline uint64_t sc_name_word(const sc_cursor *c, sipcheck_slice name)
{
    size_t in_word = name.n < 8 ? name.n : 8; /* no branch follows it */
    uint64_t number = 0, mask = UINT64_MAX >> (64 - in_word * 8);
    size_t there = (size_t)(c->faults->end - name.p);
    if (there >= 8)
        memcpy(&number, name.p, 8);
    else
        memcpy(&number, name.p, there);
    return (number | UINT64_C(0x2020202020202020)) & mask;
}

/* They agree in the first eight bytes; name.n >= 8 */
bool sc_is_long_name(sipcheck_slice name, const sc_known_param *known);

/* The known one of that name, whose sc_name_word it is; NULL: none. Names are compared as numbers,
 * and the rest of them where these agree. */
static inline const sc_known_param *sc_find_word(sc_known_params known, uint64_t word,
                                                 sipcheck_slice name)
{
    for (size_t i = 0; i < known.count; i++) {
        uint64_t there;
        memcpy(&there, known.at[i].name, 8);
        if (there == word && (name.n < 8 || sc_is_long_name(name, &known.at[i])))
            return &known.at[i];
    }
    return NULL;
}

/* The same of a known one, in lower case: eight bytes of text can be read. */
static inline bool sc_is_word(uint64_t word, const char *text)
{
    uint64_t wanted;
    memcpy(&wanted, text, 8);
    return word == wanted;
}

/* [ "=" value ] without white space, as in a URI; a known parameter has a value. */
bool sc_tight_value(sc_cursor *c, sc_known_params known, bool (*other)(sc_cursor *c),
                    sipcheck_param *param);

typedef struct sc_param_grammar {
    sc_known_params known;
    sc_known_params optional; /* likewise, but they may stand without a value */
    /* More of the latter, told by the form of their name. NULL: there are none. */
    const sc_known_param *(*family)(sipcheck_slice name);
    bool (*name)(sc_cursor *c, sipcheck_slice *out); /* NULL: a token */
    bool value_needed;                               /* every parameter has one: m-parameter */
    bool value_alone; /* a gen-value without a name may stand for a parameter; it is not kept */
    sc_production production;
} sc_param_grammar;

/* *( SEMI param ). A bad parameter is reported and left out or kept as far as it goes; false only
 * when there is no memory. */
bool sc_params(sc_cursor *c, const sc_param_grammar *grammar, const sipcheck_param **out);

/* param *( SEMI param ): likewise, where parameters are all there is. */
bool sc_params_only(sc_cursor *c, const sc_param_grammar *grammar, const sipcheck_param **out);

/* Parameters behind a head that was taken or not: a bad one is reported and keeps what was read;
 * the parameters behind it are read all the same. */
bool sc_params_behind(sc_cursor *c, bool ok, const sc_param_grammar *grammar,
                      const sipcheck_param **out);

/* token and parameters behind it; `self` says which token. out: sipcheck_token */
bool sc_token_with(sc_cursor *c, const sc_production *self, const sc_param_grammar *params,
                   sipcheck_value *out);

/* A value behind EQUAL. It may begin with the SWS of a quoted-string, which is not part of it. What
 * the grammar refuses reaches up to the separator. */
bool sc_spaced_value(sc_cursor *c, bool (*value)(sc_cursor *c), uint8_t separator,
                     sipcheck_param *out);

/* token / quoted-string */
bool sc_m_value(sc_cursor *c);

/* token / host / quoted-string */
bool sc_gen_value(sc_cursor *c);

/* What is in front of parameters ends here: a semicolon, or what ends the value, is next. */
bool sc_before_params(sc_cursor *c);

/* A list that grows at its end. */
typedef struct sc_param_list {
    const sipcheck_param **tail;
} sc_param_list;

/* NULL when there is no memory, which is then noted. */
sipcheck_param *sc_param_add(sc_cursor *c, sc_param_list *list);

/* Cleared memory for a grammar function; NULL when there is none, which is then noted. */
static inline void *sc_take_memory(sc_cursor *c, size_t size)
{
    void *memory = sc_arena_take(c->faults->arena, size);
    if (memory)
        memset(memory, 0, size);
    else
        c->faults->no_memory = true;
    return memory;
}

/* --- feature.c: feature tags, RFC 3840 §9 ------------------------------------------------------
 */

/* A name: "+" ftag-name where it begins with "+", else token. */
bool sc_feature_or_token(sc_cursor *c, sipcheck_slice *out);

/* sc_param_grammar.family: a base tag, or what begins with "+". */
const sc_known_param *sc_feature_family(sipcheck_slice name);

/* --- host.c ---------------------------------------------------------------------------------- */

typedef struct sc_hostport {
    sipcheck_slice host, port_text;
    uint32_t port;
    uint8_t kind;
} sc_hostport;

bool sc_ipv4(sc_cursor *c);
bool sc_ipv6(sc_cursor *c);
bool sc_domain(sc_cursor *c);
bool sc_host(sc_cursor *c, sipcheck_slice *out, uint8_t *kind);
bool sc_host_value(sc_cursor *c);
bool sc_hostport_tight(sc_cursor *c, sc_hostport *out);
bool sc_hostport_spaced(sc_cursor *c, sc_hostport *out);

/* --- uri.c, uri_absolute.c, uri_tel.c ----------------------------------------------------------
 */

/* bare: without angle brackets, where ",", ";" and "?" end the URI. RFC 3261 §20 */
bool sc_uri(sc_cursor *c, bool bare, sipcheck_uri *out);

/* The part behind "scheme:" of an absoluteURI. */
bool sc_absolute_rest(sc_cursor *c, bool bare, sipcheck_uri *out);
bool sc_tel_rest(sc_cursor *c, bool bare, sipcheck_uri *out);

/* *( class / escaped ): stops before what does not fit. */
void sc_span_escaped(sc_cursor *c, uint32_t classes);

/* 1*( class / escaped ); out may be NULL. */
bool sc_take_escaped(sc_cursor *c, uint32_t classes, const char *wanted, sipcheck_slice *out);

/* [ userinfo ]: takes nothing where there is none. */
void sc_userinfo(sc_cursor *c, bool bare, sipcheck_uri *out);

/* What can be read of a URI that the grammar refuses. */
void sc_uri_salvage(sc_cursor *c, sipcheck_slice raw, sipcheck_uri *out);

/* host, host_kind, port_text and port of a hostport that the grammar refuses. */
void sc_hostport_salvage(sipcheck_slice text, sipcheck_uri *out);

/* --- address.c -------------------------------------------------------------------------------
 * out is a sipcheck_address, cleared. */

/* ( name-addr / addr-spec ) *( SEMI param ). Without brackets ",", ";" and "?" end the URI: RFC
 * 3261 §20, for all headers RFC 8217 §3. */
bool sc_address_with(sc_cursor *c, const sc_param_grammar *params, sipcheck_value *out);

/* name-addr *( SEMI param ) */
bool sc_name_addr_with(sc_cursor *c, const sc_param_grammar *params, sipcheck_value *out);

/* LAQUOT absoluteURI RAQUOT *( SEMI param ) */
bool sc_bracketed_with(sc_cursor *c, const sc_param_grammar *params, sipcheck_value *out);

/* name-addr / addr-spec, and no parameters */
bool sc_address_alone(sc_cursor *c, sipcheck_value *out);

/* LDQUOT addr-spec RDQUOT *( SEMI param ) */
bool sc_quoted_uri_with(sc_cursor *c, const sc_param_grammar *params, sipcheck_value *out);

/* --- identity.c, passport.c
 * ------------------------------------------------------------------------ */

/* form, header, claims, orig and dest, from the digest. */
void sc_read_passport(sc_cursor *c, sipcheck_identity *out);

/* via-received of Via */
bool sc_received(sc_cursor *c);

/* index, rc, mp and np of History-Info, and of Contact */
bool sc_index_val(sc_cursor *c);

/* --- start_line.c ---------------------------------------------------------------------------- */

typedef struct sc_start_line {
    bool is_request, is_response;
    sipcheck_slice method, version, status_text, reason;
    sipcheck_uri *uri; /* filled; it is clear at first */
} sc_start_line;

/* The first line, without its line end. */
bool sc_parse_start_line(sc_cursor *c, sc_start_line *out);
uint8_t sc_method_id(sipcheck_slice method);

/* The same of a text within the cursor's message; no branch follows which method it is. */
uint8_t sc_method_at(const sc_cursor *c, sipcheck_slice method);

/* --- header values: the PARSER column of headers.def -------------------------------------------
 */

/* One element of a list, or all of a value. out is the structure of the header's KIND, cleared. */
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC)                                 \
    bool sc_parse_##PARSER(sc_cursor *c, sipcheck_value *out);
#include <sipcheck/headers.def>
#undef X

#endif
