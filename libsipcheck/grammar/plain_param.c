/* SPDX-License-Identifier: MIT */
/* Parameters of headers:
 *
 *     *( ";" token [ "=" value ] )
 *
 * with a value that is found by the map, as a token or digits, or that the production of its name
 * takes, without white space around it. Another parameter, the next element of a list or the end
 * comes at once. */
#include "grammar/plain.h"

static inline const uint8_t *qvalue_end(const sc_cursor *c, const uint8_t *p)
{
    if (p[0] != '0' || p[1] != '.') return NULL;
    const uint8_t *end = sc_plain_run(c, SC_MAP_DIGIT, p + 2);
    return end - p <= 5 ? end : NULL;
}

/* An IPv4address */
static inline const uint8_t *received_end(const sc_cursor *c, const uint8_t *p)
{
    uint8_t kind;
    const uint8_t *end = sc_plain_host(c, p, &kind);
    return end && kind == SIPCHECK_HOST_IPV4 ? end : NULL;
}

static inline const uint8_t *run_end(const sc_cursor *c, enum sc_map which, const uint8_t *p)
{
    const uint8_t *end = sc_plain_run(c, which, p);
    return end > p ? end : NULL;
}

/* What the production takes. Should the value not be plain all the same, what is noted of it now
 * will be noted again. */
static SC_COLD const uint8_t *production_end(sc_cursor *c, const uint8_t *p,
                                             const sc_known_param *known)
{
    const sc_production *outer = sc_enter(c, &known->production);
    const uint8_t *start = c->p;
    c->p = p;
    bool ok = known->value(c);
    const uint8_t *end = c->p;
    c->p = start;
    sc_leave(c, outer, ok);
    return ok && end > p && *p > ' ' && end[-1] > ' ' ? end : NULL;
}

static inline const uint8_t *value_end(sc_cursor *c, const uint8_t *p, const sc_known_param *known)
{
    if (!known) return *p == '"' ? sc_plain_quoted(c, p) : run_end(c, SC_MAP_TOKEN, p);
    if (known->value == sc_any_token) return run_end(c, SC_MAP_TOKEN, p);
    if (known->value == sc_delta_seconds) return run_end(c, SC_MAP_DIGIT, p);
    if (known->value == sc_qvalue) return qvalue_end(c, p);
    if (known->value == sc_received) return received_end(c, p);
    return production_end(c, p, known);
}

SC_HOT const uint8_t *sc_plain_value(sc_cursor *c, const uint8_t *p, const sc_known_param *known)
{
    bool quoted = *p == '"' && (!known || known->value == sc_any_quoted);
    return quoted ? sc_plain_quoted(c, p) : value_end(c, p, known);
}

static inline bool add(sc_cursor *c, sipcheck_slice name, sipcheck_slice value, sc_param_list *list)
{
    sipcheck_param *param = sc_arena_take(c->faults->arena, sizeof *param);
    if (!param) return false;
    param->next = NULL;
    param->name = name;
    param->value = value;
    param->quoted = value.n && *value.p == '"';
    *list->tail = param;
    list->tail = &param->next;
    return true;
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

SC_HOT void sc_plain_params(sc_cursor *c, const sc_param_grammar *grammar, sc_param_list *list)
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
        if (!add(c, name, value, list)) break;
        p = end;
    }
    c->p = p;
}
