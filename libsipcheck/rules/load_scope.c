/* SPDX-License-Identifier: MIT */
/* When a rule of a wider scope is judged, and beside whom. docs/sequence-rules.md, Keys, Events. */
#include <stdio.h>
#include <string.h>

#include "rules/load.h"
#include "rules/machine.h"

static const char *const scope_words[] = { "message",      "transaction",  "dialog", "session",
                                           "registration", "subscription", "hop" };
static const char *const vantage_words[] = { "client", "server", "sender" };

static const struct {
    const char *name;
    unsigned scopes;
} events[SC_EVENT_COUNT] = {
#define X(ID, NAME, SCOPES) { NAME, SCOPES },
#include "fields/events.def"
#undef X
};

int sc_load_scope(const sc_loader *loader, const sc_yaml_node *item, enum sc_need need,
                  enum sipcheck_scope *ret)
{
    const sc_yaml_node *node;
    unsigned scope = SIPCHECK_SCOPE_MESSAGE;
    int code = sc_load_entry(loader, item, "scope", SC_YAML_SCALAR, need, &node);
    if (code == SIPCHECK_OK && node != NULL)
        code = sc_load_word(loader, node, scope_words, 7, &scope);
    *ret = (enum sipcheck_scope)scope;
    return code;
}

/* --- events */

static int no_such_event(const sc_loader *loader, const sc_yaml_node *node,
                         enum sipcheck_scope scope)
{
    char list[256] = "", hint[128];
    sc_nearest nearest = { .name = { (const uint8_t *)node->text, node->length } };
    for (size_t i = 0; i < SC_EVENT_COUNT; i++) {
        size_t used = strlen(list);
        if (!(events[i].scopes >> scope & 1)) continue;
        snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", events[i].name);
        sc_nearest_offer(&nearest, events[i].name);
    }
    return sc_load_fault(loader, node, "scope %s has no event \"%.64s\"; it has %s%s",
                         sipcheck_scope_name(scope), node->text, list,
                         sc_nearest_text(&nearest, hint, sizeof hint));
}

int sc_load_event(const sc_loader *loader, const sc_yaml_node *node, enum sipcheck_scope scope,
                  unsigned *ret)
{
    int code = sc_load_want_kind(loader, node, SC_YAML_SCALAR);
    for (unsigned i = 0; i < SC_EVENT_COUNT && code == SIPCHECK_OK; i++) {
        if (!(events[i].scopes >> scope & 1) || strcmp(events[i].name, node->text) != 0) continue;
        *ret = i;
        return code;
    }
    return code == SIPCHECK_OK ? no_such_event(loader, node, scope) : code;
}

/* --- on, vantage, and which of assert and expect */

static int load_on(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    const sc_yaml_node *node;
    unsigned event = 0;
    int code = sc_load_entry(loader, item, "on", SC_YAML_SCALAR, SC_DEMANDED, &node);
    if (code == SIPCHECK_OK) code = sc_load_event(loader, node, rule->pub.scope, &event);
    rule->on = (uint8_t)event;
    rule->pub.on = events[event].name;
    return code;
}

static int load_vantage(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    const sc_yaml_node *node;
    unsigned index = 0;
    int code = sc_load_entry(loader, item, "vantage", SC_YAML_SCALAR, SC_OPTIONAL, &node);
    if (code != SIPCHECK_OK || node == NULL) return code;
    code = sc_load_word(loader, node, vantage_words, 3, &index);
    rule->vantage = (uint8_t)(SC_VANTAGE_CLIENT + index);
    rule->pub.vantage = vantage_words[index];
    return code;
}

/* --- machine */

static int no_such_machine(const sc_loader *loader, const sc_yaml_node *node)
{
    char hint[128];
    sc_nearest nearest = { .name = { (const uint8_t *)node->text, node->length } };
    const sipcheck_machine *machine = loader->set->machines;
    for (; machine != NULL; machine = machine->next)
        sc_nearest_offer(&nearest, machine->info.name);
    return sc_load_fault(loader, node, "no machine is called \"%.64s\"%s", node->text,
                         sc_nearest_text(&nearest, hint, sizeof hint));
}

static int load_machine(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    const sc_yaml_node *node;
    int code = sc_load_entry(loader, item, "machine", SC_YAML_SCALAR, SC_OPTIONAL, &node);
    if (code != SIPCHECK_OK || node == NULL) return code;
    const sipcheck_machine *machine = sipcheck_machine_find(loader->set, node->text);
    if (machine == NULL) return no_such_machine(loader, node);
    if (machine->info.scope != rule->pub.scope)
        return sc_load_fault(loader, node, "the machine's scope is %s",
                             sipcheck_scope_name(machine->info.scope));
    if (!machine->shows)
        return sc_load_fault(loader, node, "none of its events says \"on\": nothing moves it");
    if (sc_yaml_get(item, "expect") != NULL)
        return sc_load_fault(loader, node->key, "a machine is asked by \"assert\", not \"expect\"");
    rule->machine = machine;
    rule->pub.machine = machine->info.name;
    return SIPCHECK_OK;
}

/* Of a message nothing is seen before or behind it. */
static int check_message_scope(const sc_loader *loader, const sc_yaml_node *item)
{
    static const char *const wider[] = { "on", "vantage", "expect", "swapped", "machine" };
    for (size_t i = 0; i < sizeof wider / sizeof *wider; i++) {
        const sc_yaml_node *node = sc_yaml_get(item, wider[i]);
        if (node != NULL)
            return sc_load_fault(loader, node->key, "\"%s\" is for wider scopes than message",
                                 wider[i]);
    }
    return sc_yaml_get(item, "assert") != NULL
               ? SIPCHECK_OK
               : sc_load_fault(loader, item, "\"assert\" is missing");
}

int sc_load_moment(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    const sc_yaml_node *assertion = sc_yaml_get(item, "assert");
    const sc_yaml_node *expect = sc_yaml_get(item, "expect");
    rule->pub.on = rule->pub.vantage = rule->pub.expect = rule->pub.swapped = rule->pub.machine =
        "";
    if (rule->pub.scope == SIPCHECK_SCOPE_MESSAGE) return check_message_scope(loader, item);
    if (assertion == NULL && expect == NULL)
        return sc_load_fault(loader, item, "\"assert\" or \"expect\" is missing");
    if (assertion != NULL && expect != NULL)
        return sc_load_fault(loader, expect->key,
                             "a rule has \"assert\" or \"expect\", never both");
    int code = load_on(loader, item, rule);
    if (code == SIPCHECK_OK) code = load_vantage(loader, item, rule);
    return code == SIPCHECK_OK ? load_machine(loader, item, rule) : code;
}

/* --- expressions */

int sc_load_expression(const sc_loader *loader, const sc_yaml_node *mapping, const char *key,
                       enum sc_want want, enum sipcheck_scope scope, unsigned more,
                       sc_program **ret)
{
    sc_binding bindings[SC_SLOT_COUNT];
    sc_environment environment = loader->environment;
    const sc_yaml_node *entry;
    int code = sc_load_entry(loader, mapping, key, SC_YAML_SCALAR, SC_OPTIONAL, &entry);
    if (code != SIPCHECK_OK || entry == NULL) return code;
    environment.scope = scope;
    environment.bindings = bindings;
    environment.binding_count = sc_scope_bindings(scope, more, bindings);
    sc_source source = sc_yaml_expression(&loader->file->yaml, entry);
    return sc_expr_compile(&loader->set->allocator, &source, &environment, want, ret,
                           loader->error);
}
