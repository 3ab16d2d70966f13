/* SPDX-License-Identifier: MIT */
/* How the events of a machine show on the wire. docs/machines.md, Following. */
#include "rules/machine_load.h"

/* What tells of a message. The others come when time passes. */
static bool is_seen(unsigned kind)
{
    return kind != SC_EVENT_END && kind != SC_EVENT_EXPIRED;
}

static int load_kind(const sc_machine_draft *draft, const sc_yaml_node *on,
                     const sipcheck_machine_event *event, sc_machine_sign *ret)
{
    unsigned kind = 0;
    if (event->by != SIPCHECK_BY_OWNER && event->by != SIPCHECK_BY_PEER)
        return sc_load_fault(&draft->load, on->key, "nobody sees what happens inside");
    int code = sc_load_event(&draft->load, on, draft->machine->info.scope, &kind);
    if (code == SIPCHECK_OK && !is_seen(kind))
        code = sc_load_fault(&draft->load, on, "no message is sent at \"%s\"", on->text);
    *ret = (sc_machine_sign){ .shows = true, .on = (uint8_t)kind };
    return code;
}

static int load_text_of(const sc_machine_draft *draft, const sc_yaml_node *node, const char **ret)
{
    return node != NULL ? sc_load_text(&draft->load, node, ret) : SIPCHECK_OK;
}

int sc_machine_load_sign(const sc_machine_draft *draft, const sc_yaml_node *item,
                         sipcheck_machine_event *event, sc_machine_sign *ret)
{
    const sc_loader *load = &draft->load;
    const sc_yaml_node *on, *where;
    int code = sc_load_entry(load, item, "on", SC_YAML_SCALAR, SC_OPTIONAL, &on);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(load, item, "where", SC_YAML_SCALAR, SC_OPTIONAL, &where);
    if (code != SIPCHECK_OK) return code;
    if (on == NULL && where != NULL)
        return sc_load_fault(load, where->key, "\"on\" is missing: what \"where\" is about");
    if (on == NULL) return SIPCHECK_OK;
    code = load_kind(draft, on, event, ret);
    if (code == SIPCHECK_OK) code = load_text_of(draft, on, &event->on);
    if (code == SIPCHECK_OK) code = load_text_of(draft, where, &event->where);
    if (code == SIPCHECK_OK)
        code = sc_load_expression(load, item, "where", SC_WANT_CONDITION,
                                  draft->machine->info.scope, 0, &ret->where);
    return code;
}
