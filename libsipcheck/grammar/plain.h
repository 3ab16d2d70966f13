/* SPDX-License-Identifier: MIT */
/* Fast ways through values of the shapes that most have. The cursor is mapped; a run of a class is
 * found by the map, and nothing is noted about what else would have fitted. Each function takes all
 * of the shape that stands above it, as the grammar takes it, or says so (NULL, false) and leaves
 * the cursor where it was: the productions then judge the same text. */
#ifndef SC_GRAMMAR_PLAIN_H
#define SC_GRAMMAR_PLAIN_H

#include "grammar/grammar.h"

/* --- plain_host.c */

/* The end of the host at p; NULL: not plain. */
const uint8_t *sc_plain_host(const sc_cursor *c, const uint8_t *p, uint8_t *kind);

/* --- plain_uri.c */

/* The end of the URI at p; NULL: not plain, and out is clear as before. */
const uint8_t *sc_plain_uri(sc_cursor *c, const uint8_t *p, sipcheck_uri *out);

/* --- plain_address.c */

bool sc_plain_name_addr(sc_cursor *c, sipcheck_address *out);

/* --- plain_date.c */

bool sc_plain_date(sc_cursor *c, sipcheck_date *out);

/* --- plain_param.c */

/* The end of a value at p, of a known parameter or (NULL) of another one: token / quoted-string;
 * NULL: it is for the productions. */
const uint8_t *sc_plain_value(sc_cursor *c, const uint8_t *p, const sc_known_param *known);

/* As many parameters as are plain, from the semicolon in front of them on. */
void sc_plain_params(sc_cursor *c, const sc_param_grammar *grammar, sc_param_list *list);

/* A value is over at p, or its parameters begin there. */
static inline bool sc_plain_end(const sc_cursor *c, const uint8_t *p)
{
    return p == c->end || *p == ';' || (c->separator && *p == c->separator);
}

/* The same where parameters are over. */
static inline bool sc_plain_over(const sc_cursor *c)
{
    return c->p == c->end || (c->separator == ',' && *c->p == ',');
}

/* The end of a run, which may be empty. */
static inline const uint8_t *sc_plain_run(const sc_cursor *c, enum sc_map which, const uint8_t *p)
{
    return sc_run(c->map, which, p);
}

/* DQUOTE *( qdtext / SP ) DQUOTE: the end of it; NULL: not plain. */
static inline const uint8_t *sc_plain_quoted(const sc_cursor *c, const uint8_t *p)
{
    do
        p = sc_plain_run(c, SC_MAP_QDTEXT, p + 1);
    while (*p == ' ');
    return *p == '"' ? p + 1 : NULL;
}

/* [ ":" 1*8DIGIT ]: the end of it; NULL: not plain. Inline, for what it finds stays in registers.
 */
static inline const uint8_t *sc_plain_port(const sc_cursor *c, const uint8_t *p,
                                           sipcheck_slice *text, uint32_t *port)
{
    *text = (sipcheck_slice){ NULL, 0 };
    *port = 0;
    if (*p != ':') return p;
    const uint8_t *digits = p + 1, *end = sc_plain_run(c, SC_MAP_DIGIT, digits);
    if (end == digits || end - digits > 8 || c->faults->end - digits < 8) return NULL;
    *text = sc_slice(digits, end);
    *port = sc_short_number(digits, (size_t)(end - digits));
    return end;
}

#endif
