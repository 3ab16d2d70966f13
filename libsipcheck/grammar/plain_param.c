/* SPDX-License-Identifier: MIT */
/* Parameters of headers:
 *
 *     *( ";" token [ "=" token ] )      where the grammar has nothing more to say of a name than
 *                                       that its value is a token, or digits, and may lack or not
 *
 * Another parameter, the next element of a list or the end comes at once. */
#include "grammar/plain.h"

/* What the value of a known parameter is; SC_MAP_NONE: something else than a run. */
static inline enum sc_map value_map(const sc_known_param *known)
{
    return known->value == sc_any_token       ? SC_MAP_TOKEN
           : known->value == sc_delta_seconds ? SC_MAP_DIGIT
                                              : SC_MAP_NONE;
}

/* A name that the grammar does not read as something else than a token. */
static inline bool is_token(const sc_param_grammar *grammar, sipcheck_slice name)
{
    return name.n && (!grammar->name || (grammar->name == sc_feature_or_token && *name.p != '+'));
}

/* Which values fit the name; *ret_needed: it must have one. SC_MAP_NONE: it is for param.c. */
static inline enum sc_map find_map(const sc_cursor *c, const sc_param_grammar *grammar,
                                   sipcheck_slice name, bool *ret_needed)
{
    uint64_t word = sc_name_word(c, name);
    const sc_known_param *known = sc_find_word(grammar->known, word, name);
    *ret_needed = known || grammar->value_needed;
    if (!known) known = sc_find_word(grammar->optional, word, name);
    if (known) return value_map(known);
    return grammar->family ? SC_MAP_NONE : SC_MAP_TOKEN;
}

static inline const uint8_t *value_end(const sc_cursor *c, const uint8_t *p, enum sc_map which)
{
    const uint8_t *end = sc_plain_run(c, which, p);
    return end > p ? end : NULL;
}

void sc_plain_params(sc_cursor *c, const sc_param_grammar *grammar, sc_param_list *list)
{
    const uint8_t *p = c->p;
    while (p < c->end && *p == ';') {
        bool needed;
        const uint8_t *end = sc_plain_run(c, SC_MAP_TOKEN, p + 1);
        sipcheck_slice name = sc_slice(p + 1, end), value = { NULL, 0 };
        if (!is_token(grammar, name)) break;
        enum sc_map which = find_map(c, grammar, name, &needed);
        if (which == SC_MAP_NONE || (needed && *end != '=')) break;
        if (*end == '=') {
            const uint8_t *start = end + 1;
            end = value_end(c, start, which);
            if (!end) break;
            value = sc_slice(start, end);
        }
        if (!sc_plain_end(c, end)) break;
        sipcheck_param *param = sc_arena_take(c->faults->arena, sizeof *param);
        if (!param) break;
        *param = (sipcheck_param){ .name = name, .value = value };
        *list->tail = param;
        list->tail = &param->next;
        p = end;
    }
    c->p = p;
}
