/* SPDX-License-Identifier: MIT */
/* A file of rules/machines/: what it declares. Its rows: machine_rows.c. */
#include "rules/machine_load.h"

#include <stdio.h>
#include <string.h>

#include "rules/ids.h"

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-()"

enum { NAME_LENGTH_MAX = 64, CITE_LENGTH_MAX = 120 };

_Static_assert(offsetof(sipcheck_machine_state, name) == 0 &&
                   offsetof(sipcheck_machine_event, name) == 0 &&
                   offsetof(sipcheck_machine_timer, name) == 0,
               "each begins with its name");

static const char *const scope_words[] = { "transaction",  "dialog",       "session",
                                           "registration", "subscription", "hop" };
static const char *const maker_words[] = { "owner", "peer", "inside" };
static const char *const truth_words[] = { "false", "true" };

/* --- names */

static int check_name(const sc_machine_draft *draft, const sc_yaml_node *node)
{
    bool reserved = strcmp(node->text, "same") == 0 || strcmp(node->text, "others") == 0;
    if (reserved)
        return sc_load_fault(&draft->load, node, "\"%s\" means something in rows", node->text);
    if (node->length > NAME_LENGTH_MAX || node->text[strspn(node->text, NAME_CHARACTERS)] != '\0') {
        return sc_load_fault(&draft->load, node,
                             "a name is made of letters, digits, \".\", \"-\", \"(\" and \")\"");
    }
    return SIPCHECK_OK;
}

/* The text of a key that names something new. */
static int load_name(const sc_machine_draft *draft, const sc_yaml_node *item, const char *key,
                     const sc_yaml_node **ret_node, const char **ret)
{
    int code = sc_load_entry(&draft->load, item, key, SC_YAML_SCALAR, SC_DEMANDED, ret_node);
    if (code == SIPCHECK_OK) code = check_name(draft, *ret_node);
    return code == SIPCHECK_OK ? sc_load_text(&draft->load, *ret_node, ret) : code;
}

static int load_text_of(const sc_machine_draft *draft, const sc_yaml_node *item, const char *key,
                        enum sc_need need, const char **ret)
{
    const sc_yaml_node *node;
    int code = sc_load_entry(&draft->load, item, key, SC_YAML_SCALAR, need, &node);
    *ret = "";
    return code == SIPCHECK_OK && node != NULL ? sc_load_text(&draft->load, node, ret) : code;
}

/* States, events or timers, each of which begins with its name. */
typedef struct named_items {
    const void *first;
    size_t count, size;
} named_items;

static const char *name_at(const named_items *items, size_t index)
{
    return *(const char *const *)(const void *)((const char *)items->first + index * items->size);
}

static int unknown(const sc_machine_draft *draft, const sc_yaml_node *node, const char *what,
                   const named_items *items)
{
    sc_nearest nearest = { .name = { (const uint8_t *)node->text, node->length } };
    for (size_t i = 0; i < items->count; i++)
        sc_nearest_offer(&nearest, name_at(items, i));
    char hint[128];
    return sc_load_fault(&draft->load, node, "no %s of this machine is called \"%.64s\"%s", what,
                         node->text, sc_nearest_text(&nearest, hint, sizeof hint));
}

static int find(const sc_machine_draft *draft, const sc_yaml_node *node, const char *what,
                named_items items, size_t *ret)
{
    for (size_t i = 0; i < items.count; i++) {
        if (strcmp(name_at(&items, i), node->text) == 0) {
            *ret = i;
            return SIPCHECK_OK;
        }
    }
    return unknown(draft, node, what, &items);
}

int sc_machine_state_of(const sc_machine_draft *draft, const sc_yaml_node *node, size_t *ret)
{
    const sipcheck_machine *m = draft->machine;
    named_items items = { m->states, m->info.states, sizeof *m->states };
    return find(draft, node, "state", items, ret);
}

int sc_machine_event_of(const sc_machine_draft *draft, const sc_yaml_node *node, size_t *ret)
{
    const sipcheck_machine *m = draft->machine;
    named_items items = { m->events, m->info.events, sizeof *m->events };
    return find(draft, node, "event", items, ret);
}

int sc_machine_timer_of(const sc_machine_draft *draft, const sc_yaml_node *node, size_t *ret)
{
    const sipcheck_machine *m = draft->machine;
    named_items items = { m->timers, m->info.timers, sizeof *m->timers };
    return find(draft, node, "timer", items, ret);
}

/* --- lists of texts */

/* citation = statement-id / RFC "-" section / title of another document, which does not begin with
 * a digit */
static int check_cite(const sc_machine_draft *draft, const sc_yaml_node *node)
{
    char statement[CITE_LENGTH_MAX + 3];
    sipcheck_slice section;
    if (node->length > CITE_LENGTH_MAX)
        return sc_load_fault(&draft->load, node, "a citation has %d bytes at most",
                             CITE_LENGTH_MAX);
    if (node->text[0] < '0' || node->text[0] > '9') return SIPCHECK_OK;
    snprintf(statement, sizeof statement, "%s-1", node->text);
    bool fine = sc_is_statement_id(node->text, &section) || sc_is_statement_id(statement, &section);
    return fine ? SIPCHECK_OK
                : sc_load_fault(&draft->load, node,
                                "a citation is RFC-SECTION-NUMBER, such as 3261-17.1.1.2-15, or "
                                "RFC-SECTION");
}

static int take_text(const sc_machine_draft *draft, const sc_yaml_node *node, uint32_t *timers,
                     const char **ret)
{
    int code = sc_load_want_kind(&draft->load, node, SC_YAML_SCALAR);
    if (code != SIPCHECK_OK) return code;
    if (node->length == 0) return sc_load_fault(&draft->load, node, "this text is empty");
    if (timers == NULL) {
        code = check_cite(draft, node);
        return code == SIPCHECK_OK ? sc_load_text(&draft->load, node, ret) : code;
    }
    size_t timer = 0;
    code = sc_machine_timer_of(draft, node, &timer);
    if (code != SIPCHECK_OK) return code;
    if (*timers & 1u << timer)
        return sc_load_fault(&draft->load, node, "this timer is named twice");
    *timers |= 1u << timer;
    *ret = draft->machine->timers[timer].name;
    return SIPCHECK_OK;
}

int sc_machine_texts(const sc_machine_draft *draft, const sc_yaml_node *node, uint32_t *timers,
                     const char *const **ret)
{
    const char *texts[SC_MACHINE_CITES_MAX];
    size_t count = 0;
    bool list = node->kind == SC_YAML_SEQUENCE;
    if (list && node->first == NULL) return sc_load_fault(&draft->load, node, "this list is empty");
    for (const sc_yaml_node *item = list ? node->first : node; item != NULL;
         item = list ? item->next : NULL) {
        if (count == SC_MACHINE_CITES_MAX) {
            return sc_load_fault(&draft->load, item, "more than %d in one row",
                                 SC_MACHINE_CITES_MAX);
        }
        int code = take_text(draft, item, timers, &texts[count++]);
        if (code != SIPCHECK_OK) return code;
    }
    const char **kept = sc_load_alloc(&draft->load, (count + 1) * sizeof *kept);
    if (kept == NULL) return SIPCHECK_NOMEM;
    memcpy(kept, texts, count * sizeof *kept);
    kept[count] = NULL;
    *ret = kept;
    return SIPCHECK_OK;
}

/* --- states, events, timers: a list of mappings each */

typedef int load_item_fn(sc_machine_draft *draft, const sc_yaml_node *item);

static int load_items(sc_machine_draft *draft, const char *key, enum sc_need need, size_t most,
                      load_item_fn *load)
{
    const sc_yaml_node *list;
    int code = sc_load_entry(&draft->load, draft->load.root, key, SC_YAML_SEQUENCE, need, &list);
    if (code != SIPCHECK_OK || list == NULL) return code;
    if (list->first == NULL) return sc_load_fault(&draft->load, list, "this list is empty");
    for (const sc_yaml_node *item = list->first; item != NULL && code == SIPCHECK_OK;
         item = item->next) {
        if (most-- == 0)
            return sc_load_fault(&draft->load, item, "too many %s in one machine", key);
        code = load(draft, item);
    }
    return code;
}

static int load_state(sc_machine_draft *draft, const sc_yaml_node *item)
{
    static const char *const keys[] = { "name", "title", "end" };
    const sc_yaml_node *name, *end;
    unsigned over = 0;
    size_t at = draft->machine->info.states;
    sipcheck_machine_state *state = &draft->machine->states[at];
    int code = sc_load_check_keys(&draft->load, item, keys, 3);
    if (code == SIPCHECK_OK) code = load_name(draft, item, "name", &name, &state->name);
    for (size_t i = 0; i < at && code == SIPCHECK_OK; i++)
        if (strcmp(draft->machine->states[i].name, state->name) == 0)
            code = sc_load_fault(&draft->load, name, "a name that is there already");
    if (code == SIPCHECK_OK) code = load_text_of(draft, item, "title", SC_DEMANDED, &state->title);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(&draft->load, item, "end", SC_YAML_SCALAR, SC_OPTIONAL, &end);
    if (code == SIPCHECK_OK && end != NULL)
        code = sc_load_word(&draft->load, end, truth_words, 2, &over);
    state->end = over == 1;
    draft->state_nodes[at] = item;
    draft->machine->info.states++;
    return code;
}

/* sign: the machine's, whatever is returned, if it is added. */
static int add_event(sc_machine_draft *draft, const sc_yaml_node *node,
                     const sipcheck_machine_event *event, const sc_machine_sign *sign)
{
    size_t at = draft->machine->info.events;
    for (size_t i = 0; i < at; i++)
        if (strcmp(draft->machine->events[i].name, event->name) == 0)
            return sc_load_fault(&draft->load, node, "a name that is there already");
    draft->machine->events[at] = *event;
    draft->machine->signs[at] = *sign;
    draft->machine->shows |= sign->shows;
    draft->event_nodes[at] = node;
    draft->machine->info.events++;
    return SIPCHECK_OK;
}

static int load_event(sc_machine_draft *draft, const sc_yaml_node *item)
{
    static const char *const keys[] = { "name", "title", "by", "on", "where" };
    const sc_yaml_node *name, *by;
    unsigned maker = 0;
    sipcheck_machine_event event = { .on = "", .where = "" };
    sc_machine_sign sign = { .shows = false };
    int code = sc_load_check_keys(&draft->load, item, keys, 5);
    if (code == SIPCHECK_OK) code = load_name(draft, item, "name", &name, &event.name);
    if (code == SIPCHECK_OK) code = load_text_of(draft, item, "title", SC_DEMANDED, &event.title);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(&draft->load, item, "by", SC_YAML_SCALAR, SC_DEMANDED, &by);
    if (code == SIPCHECK_OK) code = sc_load_word(&draft->load, by, maker_words, 3, &maker);
    event.by = (enum sipcheck_maker)maker;
    if (code == SIPCHECK_OK) code = sc_machine_load_sign(draft, item, &event, &sign);
    if (code == SIPCHECK_OK) code = add_event(draft, name, &event, &sign);
    if (code != SIPCHECK_OK) sc_program_free(sign.where);
    return code;
}

static int load_timer(sc_machine_draft *draft, const sc_yaml_node *item)
{
    static const char *const keys[] = { "name", "title", "value", "cites" };
    const sc_yaml_node *name;
    sipcheck_machine_timer *timer = &draft->machine->timers[draft->machine->info.timers];
    int code = sc_load_check_keys(&draft->load, item, keys, 4);
    if (code == SIPCHECK_OK) code = load_name(draft, item, "name", &name, &timer->name);
    if (code == SIPCHECK_OK) code = load_text_of(draft, item, "title", SC_DEMANDED, &timer->title);
    if (code == SIPCHECK_OK) code = load_text_of(draft, item, "value", SC_DEMANDED, &timer->value);
    const sc_yaml_node *cites = code == SIPCHECK_OK ? sc_yaml_get(item, "cites") : NULL;
    if (code != SIPCHECK_OK) return code;
    if (cites == NULL) return sc_load_fault(&draft->load, item, "\"cites\" is missing");
    code = sc_machine_texts(draft, cites, NULL, &timer->cites);
    size_t size = sizeof "timer " + name->length;
    char *event_name = sc_load_alloc(&draft->load, size);
    if (event_name == NULL) return SIPCHECK_NOMEM;
    snprintf(event_name, size, "timer %s", timer->name);
    const sipcheck_machine_event event = { event_name, timer->title, SIPCHECK_BY_TIMER, "", "" };
    const sc_machine_sign sign = { .shows = false };
    draft->machine->info.timers++;
    return code == SIPCHECK_OK ? add_event(draft, name, &event, &sign) : code;
}

/* --- the machine */

static int load_head(sc_machine_draft *draft)
{
    static const char *const keys[] = { "machine", "title",  "scope",  "owner",  "about",
                                        "start",   "states", "events", "timers", "rows" };
    sipcheck_machine_info *info = &draft->machine->info;
    const sc_yaml_node *root = draft->load.root, *name, *scope;
    unsigned word = 0;
    int code = sc_load_check_keys(&draft->load, root, keys, sizeof keys / sizeof *keys);
    if (code == SIPCHECK_OK) code = load_name(draft, root, "machine", &name, &info->name);
    if (code == SIPCHECK_OK && sipcheck_machine_find(draft->load.set, info->name) != NULL)
        return sc_load_fault(&draft->load, name, "a machine \"%s\" is there already", info->name);
    if (code == SIPCHECK_OK) code = load_text_of(draft, root, "title", SC_DEMANDED, &info->title);
    if (code == SIPCHECK_OK) code = load_text_of(draft, root, "owner", SC_DEMANDED, &info->owner);
    if (code == SIPCHECK_OK) code = load_text_of(draft, root, "about", SC_OPTIONAL, &info->about);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(&draft->load, root, "scope", SC_YAML_SCALAR, SC_DEMANDED, &scope);
    if (code == SIPCHECK_OK) code = sc_load_word(&draft->load, scope, scope_words, 6, &word);
    info->scope = (enum sipcheck_scope)(SIPCHECK_SCOPE_TRANSACTION + word);
    info->file = draft->load.file->yaml.name;
    info->line = root->line;
    return code;
}

static int load_start(sc_machine_draft *draft)
{
    const sc_yaml_node *start;
    int code =
        sc_load_entry(&draft->load, draft->load.root, "start", SC_YAML_SCALAR, SC_DEMANDED, &start);
    return code == SIPCHECK_OK ? sc_machine_state_of(draft, start, &draft->machine->info.start)
                               : code;
}

static int allocate(sc_machine_draft *draft)
{
    const sc_loader *load = &draft->load;
    sipcheck_machine *machine = sc_load_alloc(load, sizeof *machine);
    if (machine == NULL) return SIPCHECK_NOMEM;
    *machine = (sipcheck_machine){ .next = NULL };
    machine->states = sc_load_alloc(load, SC_MACHINE_STATES_MAX * sizeof *machine->states);
    machine->events = sc_load_alloc(load, (SC_MACHINE_EVENTS_MAX + SC_MACHINE_TIMERS_MAX) *
                                              sizeof *machine->events);
    machine->signs = sc_load_alloc(load, (SC_MACHINE_EVENTS_MAX + SC_MACHINE_TIMERS_MAX) *
                                             sizeof *machine->signs);
    machine->timers = sc_load_alloc(load, SC_MACHINE_TIMERS_MAX * sizeof *machine->timers);
    draft->machine = machine;
    bool enough = machine->states != NULL && machine->events != NULL && machine->signs != NULL &&
                  machine->timers != NULL;
    return enough ? SIPCHECK_OK : SIPCHECK_NOMEM;
}

static int load_machine(sc_machine_draft *draft)
{
    if (draft->load.root == NULL) {
        const sc_place place = { .file = draft->load.file->yaml.name };
        return sc_error_set(draft->load.error, &place, "there is no machine in this file");
    }
    int code = allocate(draft);
    if (code == SIPCHECK_OK) code = load_head(draft);
    if (code == SIPCHECK_OK)
        code = load_items(draft, "states", SC_DEMANDED, SC_MACHINE_STATES_MAX, load_state);
    if (code == SIPCHECK_OK)
        code = load_items(draft, "events", SC_DEMANDED, SC_MACHINE_EVENTS_MAX, load_event);
    if (code == SIPCHECK_OK)
        code = load_items(draft, "timers", SC_OPTIONAL, SC_MACHINE_TIMERS_MAX, load_timer);
    if (code == SIPCHECK_OK) code = load_start(draft);
    if (code == SIPCHECK_OK) code = sc_machine_load_rows(draft);
    return code == SIPCHECK_OK ? sc_machine_compile(draft) : code;
}

static int keep_machine(sc_machine_draft *draft)
{
    sipcheck_machine **tail = &draft->load.set->machines;
    size_t count = 0;
    for (; *tail != NULL; tail = &(*tail)->next)
        count++;
    if (count == SC_MACHINES_MAX) {
        sc_load_fault(&draft->load, draft->load.root, "more than %d machines", SC_MACHINES_MAX);
        return SIPCHECK_TOO_BIG;
    }
    *tail = draft->machine;
    return SIPCHECK_OK;
}

int sc_add_machine(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error)
{
    sc_machine_draft draft = { .named = 0 };
    int code = sc_load_begin(&draft.load, set, source, error);
    if (code == SIPCHECK_OK) code = load_machine(&draft);
    if (code == SIPCHECK_OK) code = keep_machine(&draft);
    if (code != SIPCHECK_OK && draft.machine != NULL) sc_machine_clear(draft.machine);
    return sc_load_end(&draft.load, code);
}
