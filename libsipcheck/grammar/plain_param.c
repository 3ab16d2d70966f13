/* SPDX-License-Identifier: MIT */
/* Parameters of headers:
 *
 *     *( ";" token [ "=" value ] )      value  =  token / 1*DIGIT / host / "0." 0*3DIGIT
 *
 * where one of these is all that the grammar has to say of a name, and it may lack or not. The host
 * is one of plain_host.c. Another parameter, the next element of a list or the end comes at once.
 */
#include "grammar/plain.h"

static inline const uint8_t *qvalue_end(const sc_cursor *c, const uint8_t *p)
{
    if (p[0] != '0' || p[1] != '.') return NULL;
    const uint8_t *end = sc_plain_run(c, SC_MAP_DIGIT, p + 2);
    return end - p <= 5 ? end : NULL;
}

static inline const uint8_t *run_end(const sc_cursor *c, enum sc_map which, const uint8_t *p)
{
    const uint8_t *end = sc_plain_run(c, which, p);
    return end > p ? end : NULL;
}

/* The end of the value at p of a known parameter, or of another one; NULL: it is for param.c. */
static inline const uint8_t *value_end(const sc_cursor *c, const uint8_t *p,
                                       const sc_known_param *known)
{
    uint8_t kind;
    if (!known || known->value == sc_any_token) return run_end(c, SC_MAP_TOKEN, p);
    if (known->value == sc_delta_seconds) return run_end(c, SC_MAP_DIGIT, p);
    if (known->value == sc_qvalue) return qvalue_end(c, p);
    const uint8_t *end = sc_plain_host(c, p, &kind);
    bool host = end && known->value == sc_host_value;
    bool address = end && known->value == sc_received && kind == SIPCHECK_HOST_IPV4;
    return host || address ? end : NULL;
}

/* A name that the grammar does not read as something else than a token. */
static inline bool is_token(const sc_param_grammar *grammar, sipcheck_slice name)
{
    return name.n && (!grammar->name || (grammar->name == sc_feature_or_token && *name.p != '+'));
}

/* *ret_needed: it must have a value. false: the name is for param.c. */
static inline bool find(const sc_cursor *c, const sc_param_grammar *grammar, sipcheck_slice name,
                        const sc_known_param **ret_known, bool *ret_needed)
{
    uint64_t word = sc_name_word(c, name);
    const sc_known_param *known = sc_find_word(grammar->known, word, name);
    *ret_needed = known || grammar->value_needed;
    if (!known) known = sc_find_word(grammar->optional, word, name);
    *ret_known = known;
    return known || !grammar->family;
}

void sc_plain_params(sc_cursor *c, const sc_param_grammar *grammar, sc_param_list *list)
{
    const uint8_t *p = c->p;
    while (p < c->end && *p == ';') {
        const sc_known_param *known;
        bool needed;
        const uint8_t *end = sc_plain_run(c, SC_MAP_TOKEN, p + 1);
        sipcheck_slice name = sc_slice(p + 1, end), value = { NULL, 0 };
        if (!is_token(grammar, name) || !find(c, grammar, name, &known, &needed)) break;
        if (*end == '=') {
            const uint8_t *start = end + 1;
            end = value_end(c, start, known);
            if (!end) break;
            value = sc_slice(start, end);
        } else if (needed) {
            break;
        }
        if (!sc_plain_end(c, end)) break;
        sipcheck_param *param = sc_arena_take(c->faults->arena, sizeof *param);
        if (!param) break;
        param->next = NULL;
        param->name = name;
        param->value = value;
        param->quoted = false;
        *list->tail = param;
        list->tail = &param->next;
        p = end;
    }
    c->p = p;
}
