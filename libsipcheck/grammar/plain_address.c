/* SPDX-License-Identifier: MIT */
/* Addresses in angle brackets:
 *
 *     [ DQUOTE *( qdtext / SP ) DQUOTE *SP / token *( 1*SP token ) *SP ] "<" URI ">"
 *
 * with a URI of plain_uri.c; parameters, the next element of a list or the end come at once. */
#include "grammar/plain.h"

static inline const uint8_t *skip_spaces(const uint8_t *p)
{
    while (*p == ' ')
        p++;
    return p;
}

/* Behind the last of the tokens, or NULL. */
static inline const uint8_t *tokens(const sc_cursor *c, const uint8_t *p)
{
    const uint8_t *start = p, *end;
    do {
        end = sc_plain_run(c, SC_MAP_TOKEN, p);
        if (end == p) return NULL;
        p = skip_spaces(end);
    } while (p > end && *p != '<');
    return end > start ? end : NULL;
}

SC_HOT bool sc_plain_name_addr(sc_cursor *c, sipcheck_address *out)
{
    const uint8_t *p = c->p;
    sipcheck_slice display = { NULL, 0 };
    if (p == c->end) return false;
    if (*p != '<') {
        const uint8_t *end = *p == '"' ? sc_plain_quoted(c, p) : tokens(c, p);
        if (!end) return false;
        display = sc_slice(p, end);
        p = skip_spaces(end);
        if (*p != '<') return false;
    }
    p = sc_plain_uri(c, p + 1, &out->uri);
    if (!p || *p != '>' || !sc_plain_end(c, p + 1)) {
        out->uri = (sipcheck_uri){ .port = 0 };
        return false;
    }
    out->display = display;
    out->brackets = true;
    c->p = p + 1;
    return true;
}
