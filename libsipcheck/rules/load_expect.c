/* SPDX-License-Identifier: MIT */
/* What has to follow an event, or must not, and what shows that it was seen in the wrong order.
 * docs/sequence-rules.md, expect, swapped. */
#include <string.h>

#include "rules/load.h"

/* One event, or a list of them. */
static int load_events(const sc_loader *loader, const sc_yaml_node *node, enum sipcheck_scope scope,
                       uint32_t *ret)
{
    bool list = node->kind == SC_YAML_SEQUENCE;
    unsigned event = 0;
    int code = SIPCHECK_OK;
    if (list && node->first == NULL)
        return sc_load_fault(loader, node, "at least one event is wanted here");
    const sc_yaml_node *one = list ? node->first : node;
    for (; one != NULL && code == SIPCHECK_OK; one = list ? one->next : NULL) {
        code = sc_load_event(loader, one, scope, &event);
        if (code == SIPCHECK_OK && *ret >> event & 1)
            code = sc_load_fault(loader, one, "this event is said twice");
        *ret |= (uint32_t)1 << event;
    }
    return code;
}

/* --- expect */

/* event: what must come, or no: what must not */
static int load_awaited(const sc_loader *loader, const sc_yaml_node *node, sc_rule *rule)
{
    const sc_yaml_node *event = sc_yaml_get(node, "event"), *no = sc_yaml_get(node, "no");
    const sc_yaml_node *awaited = event != NULL ? event : no;
    sc_expectation *expect = &rule->expect;
    if (awaited == NULL || (event != NULL && no != NULL))
        return sc_load_fault(loader, node, "an expectation has \"event\" or \"no\"");
    if (event != NULL && sc_yaml_get(node, "within") == NULL)
        return sc_load_fault(loader, node, "\"within\" is missing: until when the event must come");
    expect->no = no != NULL;
    return load_events(loader, awaited, rule->pub.scope, &expect->events);
}

/* Whose they are, where the kinds of both do not tell it. */
static int load_of(const sc_loader *loader, const sc_yaml_node *node, sc_rule *rule)
{
    static const char *const words[] = { "sender" };
    const sc_yaml_node *of;
    unsigned index;
    int code = sc_load_entry(loader, node, "of", SC_YAML_SCALAR, SC_OPTIONAL, &of);
    if (code != SIPCHECK_OK || of == NULL) return code;
    rule->expect.own = true;
    if (rule->expect.no)
        return sc_load_fault(loader, of->key, "\"of\" says who should have sent \"event\"");
    return sc_load_word(loader, of, words, 1, &index);
}

static int load_unless(const sc_loader *loader, const sc_yaml_node *node, sc_rule *rule)
{
    const sc_yaml_node *unless = sc_yaml_get(node, "unless");
    sc_expectation *expect = &rule->expect;
    int code = unless != NULL ? load_events(loader, unless, rule->pub.scope, &expect->unless)
                              : SIPCHECK_OK;
    if (code == SIPCHECK_OK && expect->where == NULL && expect->events & expect->unless)
        code = sc_load_fault(loader, unless, "what is awaited can't release from it, too");
    return code;
}

static size_t put(char *to, size_t n, const char *text)
{
    size_t length = strlen(text);
    if (to != NULL) memcpy(to + n, text, length + 1);
    return n + length;
}

static size_t put_list(char *to, size_t n, const sc_yaml_node *list)
{
    n = put(to, n, "[");
    for (const sc_yaml_node *one = list->first; one != NULL; one = one->next) {
        n = put(to, n, one->text);
        n = put(to, n, one->next != NULL ? ", " : "]");
    }
    return n;
}

/* As it is read, on one line. Returns its length; to: NULL, or room for it. */
static size_t write_expect(const sc_yaml_node *node, char *to)
{
    size_t n = 0;
    for (const sc_yaml_node *entry = node->first; entry != NULL; entry = entry->next) {
        n = put(to, n, entry->key->text);
        n = put(to, n, ": ");
        n = entry->kind == SC_YAML_SEQUENCE ? put_list(to, n, entry) : put(to, n, entry->text);
        n = put(to, n, entry->next != NULL ? ", " : "");
    }
    return n;
}

static int keep_text(const sc_loader *loader, const sc_yaml_node *node, const char **ret)
{
    char *text = sc_load_alloc(loader, write_expect(node, NULL) + 1);
    if (text == NULL) return SIPCHECK_NOMEM;
    write_expect(node, text);
    *ret = text;
    return SIPCHECK_OK;
}

/* A condition sees what comes. */
static int load_expression(const sc_loader *loader, const sc_yaml_node *node, const char *key,
                           enum sc_want want, const sc_rule *rule, sc_program **ret)
{
    unsigned more = want == SC_WANT_CONDITION ? SC_BIND_NEXT : 0;
    return sc_load_expression(loader, node, key, want, rule->pub.scope, more, ret);
}

int sc_load_expect(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    static const char *const keys[] = { "event", "no", "of", "where", "within", "unless" };
    const sc_yaml_node *node;
    sc_expectation *expect = &rule->expect;
    int code = sc_load_entry(loader, item, "expect", SC_YAML_MAPPING, SC_OPTIONAL, &node);
    if (code != SIPCHECK_OK || node == NULL) return code;
    code = sc_load_check_keys(loader, node, keys, 6);
    if (code == SIPCHECK_OK) code = load_awaited(loader, node, rule);
    if (code == SIPCHECK_OK) code = load_of(loader, node, rule);
    if (code == SIPCHECK_OK)
        code = load_expression(loader, node, "where", SC_WANT_CONDITION, rule, &expect->where);
    if (code == SIPCHECK_OK)
        code = load_expression(loader, node, "within", SC_WANT_DURATION, rule, &expect->within);
    if (code == SIPCHECK_OK) code = load_unless(loader, node, rule);
    if (code != SIPCHECK_OK) return code;
    return keep_text(loader, node, &rule->pub.expect);
}

/* --- swapped */

static int load_overtaken(const sc_loader *loader, const sc_yaml_node *node, sc_rule *rule)
{
    const sc_yaml_node *event = sc_yaml_get(node, "event");
    sc_expectation *expect = &rule->expect;
    if (event == NULL)
        return sc_load_fault(loader, node, "\"event\" is missing: what may have been overtaken");
    expect->swapped = expect->own = true;
    int code = load_events(loader, event, rule->pub.scope, &expect->events);
    return code == SIPCHECK_OK
               ? load_expression(loader, node, "where", SC_WANT_CONDITION, rule, &expect->where)
               : code;
}

int sc_load_swapped(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    static const char *const keys[] = { "event", "where" };
    const sc_yaml_node *node;
    int code = sc_load_entry(loader, item, "swapped", SC_YAML_MAPPING, SC_OPTIONAL, &node);
    if (code != SIPCHECK_OK || node == NULL) return code;
    if (rule->assertion == NULL)
        return sc_load_fault(loader, node->key, "\"swapped\" is for rules with \"assert\"");
    code = sc_load_check_keys(loader, node, keys, 2);
    if (code == SIPCHECK_OK) code = load_overtaken(loader, node, rule);
    return code == SIPCHECK_OK ? keep_text(loader, node, &rule->pub.swapped) : code;
}
