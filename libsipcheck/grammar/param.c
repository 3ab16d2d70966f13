/* SPDX-License-Identifier: MIT */
/* Parameters behind semicolons. RFC 3261 §25.1 */
#include "grammar/plain.h"

SC_HOT sipcheck_param *sc_param_add(sc_cursor *c, sc_param_list *list)
{
    sipcheck_param *param = sc_take_memory(c, sizeof *param);
    if (!param) return NULL;
    *list->tail = param;
    list->tail = &param->next;
    return param;
}

SC_HOT bool sc_is_long_name(sipcheck_slice name, const sc_known_param *known)
{
    size_t i = 8;
    while (i < name.n && i < sizeof known->name && sc_lower(name.p[i]) == (uint8_t)known->name[i])
        i++;
    return i == name.n && i < sizeof known->name && !known->name[i];
}

SC_HOT const sc_known_param *sc_find_known(const sc_cursor *c, sc_known_params known,
                                           sipcheck_slice name)
{
    return sc_find_word(known, sc_name_word(c, name), name);
}

bool sc_tight_value(sc_cursor *c, sc_known_params known, bool (*other)(sc_cursor *c),
                    sipcheck_param *param)
{
    const sc_known_param *found = sc_find_known(c, known, param->name);
    if (!sc_skip(c, '=')) return !found || sc_miss(c, "\"=\"");
    const sc_production *outer = c->production;
    if (found) sc_enter(c, &found->production);
    const uint8_t *start = c->p;
    bool ok = found ? found->value(c) : other(c);
    param->value = sc_slice(start, c->p);
    return sc_leave(c, outer, ok);
}

/* gen-value  =  token / host / quoted-string
 * A hostname and an IPv4address are tokens. */
bool sc_gen_value(sc_cursor *c)
{
    if (sc_at_class(c, SC_TOKEN)) return sc_token(c, NULL);
    if (sc_at(c, '[')) return sc_host_value(c);
    return sc_quoted_string(c, NULL);
}

/* m-value  =  token / quoted-string */
bool sc_m_value(sc_cursor *c)
{
    return sc_at_class(c, SC_TOKEN) ? sc_token(c, NULL) : sc_quoted_string(c, NULL);
}

bool sc_spaced_value(sc_cursor *c, bool (*value)(sc_cursor *c), uint8_t separator,
                     sipcheck_param *out)
{
    const uint8_t *start = c->p;
    bool ok = value(c);
    if (!ok) {
        c->p = start;
        sc_resync(c, separator);
    }
    out->value = sc_trim(sc_slice(start, c->p));
    out->quoted = out->value.n && out->value.p[0] == '"';
    return ok;
}

static bool known_param(sc_cursor *c, const sc_known_param *known, sipcheck_param *out)
{
    const sc_production *outer = sc_enter(c, &known->production);
    bool ok = sc_need_separator(c, '=', "EQUAL") && sc_spaced_value(c, known->value, ';', out);
    return sc_leave(c, outer, ok);
}

static bool optional_value(sc_cursor *c, const sc_known_param *known, sipcheck_param *out)
{
    const sc_production *outer = sc_enter(c, &known->production);
    bool ok = !sc_separator(c, '=') || sc_spaced_value(c, known->value, ';', out);
    return sc_leave(c, outer, ok);
}

static const sc_known_param *find_optional(const sc_cursor *c, const sc_param_grammar *grammar,
                                           sipcheck_slice name)
{
    const sc_known_param *known = sc_find_known(c, grammar->optional, name);
    return known || !grammar->family ? known : grammar->family(name);
}

/* generic-param  =  token [ EQUAL gen-value ]
 * m-parameter    =  m-attribute EQUAL m-value
 * A name that has a production of its own is not a generic-param. */
static bool param(sc_cursor *c, const sc_param_grammar *grammar, sc_param_list *list)
{
    sipcheck_slice name = { NULL, 0 };
    if (grammar->value_alone && !sc_at_class(c, SC_TOKEN)) return sc_gen_value(c);
    if (!(grammar->name ? grammar->name(c, &name) : sc_token(c, &name))) return false;
    sipcheck_param *out = sc_param_add(c, list);
    if (!out) return false;
    out->name = name;
    const sc_known_param *known = sc_find_known(c, grammar->known, name);
    if (known) return known_param(c, known, out);
    known = find_optional(c, grammar, name);
    if (known) return optional_value(c, known, out);
    if (grammar->value_needed)
        return sc_need_separator(c, '=', "EQUAL") && sc_spaced_value(c, sc_m_value, ';', out);
    return !sc_separator(c, '=') || sc_spaced_value(c, sc_gen_value, ';', out);
}

bool sc_before_params(sc_cursor *c)
{
    if (c->p == c->end || sc_at(c, ';')) return true;
    const uint8_t *start = c->p;
    bool before = sc_separator(c, ';') || (c->separator && sc_separator(c, c->separator));
    c->p = start;
    if (before) return true;
    return sc_miss(c, c->separator ? "COMMA or end of field" : "end of field");
}

static void param_or_report(sc_cursor *c, const sc_param_grammar *grammar, sc_param_list *list)
{
    if (param(c, grammar, list)) return;
    sc_report(c);
    sc_resync(c, ';');
}

static SC_COLD bool odd_params(sc_cursor *c, const sc_param_grammar *grammar, sc_param_list *list)
{
    const sc_production *outer = sc_enter(c, &grammar->production);
    while (c->p != c->end && sc_separator(c, ';') && !c->faults->no_memory) {
        param_or_report(c, grammar, list);
        if (c->mapped) sc_plain_params(c, grammar, list);
    }
    return sc_leave(c, outer, !c->faults->no_memory);
}

SC_HOT bool sc_params(sc_cursor *c, const sc_param_grammar *grammar, const sipcheck_param **out)
{
    sc_param_list list = { out };
    if (sc_plain_over(c)) return true;
    if (c->mapped) sc_plain_params(c, grammar, &list);
    return sc_plain_over(c) || odd_params(c, grammar, &list);
}

bool sc_params_only(sc_cursor *c, const sc_param_grammar *grammar, const sipcheck_param **out)
{
    const sc_production *outer = sc_enter(c, &grammar->production);
    sc_param_list list = { out };
    do
        param_or_report(c, grammar, &list);
    while (sc_separator(c, ';') && !c->faults->no_memory);
    return sc_leave(c, outer, !c->faults->no_memory);
}

SC_HOT bool sc_params_behind(sc_cursor *c, bool ok, const sc_param_grammar *grammar,
                             const sipcheck_param **out)
{
    if (!ok || !sc_before_params(c)) {
        sc_report(c);
        sc_resync(c, ';');
    }
    return sc_params(c, grammar, out);
}
