/* SPDX-License-Identifier: MIT */
/* Parameters of headers:
 *
 *     token [ "=" token ]      where the grammar has nothing more to say of the name than that its
 *                              value is a token, or digits, and may lack or not
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

bool sc_plain_param(sc_cursor *c, const sc_param_grammar *grammar, sc_param_list *list)
{
    const uint8_t *start = c->p, *end = sc_plain_run(c, SC_MAP_TOKEN, start);
    sipcheck_slice name = sc_slice(start, end), value = { NULL, 0 };
    bool token = !grammar->name || (grammar->name == sc_feature_or_token && *start != '+');
    if (!name.n || !token) return false;
    const sc_known_param *known = sc_find_known(c, grammar->known, name);
    bool needed = known || grammar->value_needed;
    if (!known && grammar->optional.count) known = sc_find_known(c, grammar->optional, name);
    if (!known && grammar->family) return false;
    enum sc_map which = known ? value_map(known) : SC_MAP_TOKEN;
    if (*end == '=' && which != SC_MAP_NONE) {
        start = end + 1;
        end = sc_plain_run(c, which, start);
        if (end == start) return false;
        value = sc_slice(start, end);
    } else if (needed) {
        return false;
    }
    if (!sc_plain_end(c, end)) return false;
    sipcheck_param *param = sc_arena_take(c->faults->arena, sizeof *param);
    if (!param) return false;
    *param = (sipcheck_param){ .name = name, .value = value };
    *list->tail = param;
    list->tail = &param->next;
    c->p = end;
    return true;
}
