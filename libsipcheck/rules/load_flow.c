/* SPDX-License-Identifier: MIT */
/* A test with a flow of messages. docs/sequence-rules.md, Tests. */
#include <string.h>

#include "rules/load.h"
#include "text/address.h"

enum { STEP_GAP = 10000000 }; /* nanoseconds to the step before, where `at` is not said */

typedef struct flow_loader {
    const sc_loader *loader;
    sc_flow *flow;
    const sc_step *steps[SC_FLOW_STEPS_MAX];
} flow_loader;

/* --- elements */

/* A name, or an address. Two elements of a flow are never in one place. */
static int load_element(const sc_loader *loader, const sc_yaml_node *node, const char **ret)
{
    sc_waived ignored;
    bool name = strspn(node->text, "abcdefghijklmnopqrstuvwxyz0123456789-") == node->length;
    if (node->length > SC_FLOW_NAME_MAX)
        return sc_load_fault(loader, node, "this name is longer than %d bytes", SC_FLOW_NAME_MAX);
    if (!name && !sc_waived_parse(node->text, &ignored))
        return sc_load_fault(loader, node,
                             "an element is wanted here: a name of lower-case letters, digits and "
                             "\"-\", or an address such as 10.0.0.1:5070");
    return sc_load_text(loader, node, ret);
}

static bool same_place(const char *a, const char *b)
{
    sipcheck_address_port one = sc_flow_address(a, "udp"), other = sc_flow_address(b, "udp");
    return sc_same_address(&one, &other);
}

/* Another name has its place: two of them hash alike, or one is the other's address. */
static int check_place(const flow_loader *f, const sc_yaml_node *node, const char *element)
{
    for (size_t i = 0; i < f->flow->count; i++) {
        const char *const known[] = { f->steps[i]->from, f->steps[i]->to };
        for (unsigned k = 0; k < 2; k++)
            if (known[k] != NULL && strcmp(known[k], element) != 0 && same_place(known[k], element))
                return sc_load_fault(f->loader, node, "\"%s\" is at the same address as \"%s\"",
                                     element, known[k]);
    }
    return SIPCHECK_OK;
}

static int load_end(const flow_loader *f, const sc_yaml_node *node, const char *key,
                    const char *inherited, const char **ret)
{
    const sc_yaml_node *end;
    enum sc_need need = inherited == NULL ? SC_DEMANDED : SC_OPTIONAL;
    int code = sc_load_entry(f->loader, node, key, SC_YAML_SCALAR, need, &end);
    *ret = inherited;
    if (code != SIPCHECK_OK || end == NULL) return code;
    code = load_element(f->loader, end, ret);
    return code == SIPCHECK_OK ? check_place(f, end, *ret) : code;
}

static int load_ends(const flow_loader *f, const sc_yaml_node *node, sc_step *step)
{
    const sc_step *like = step->like > 0 ? f->steps[step->like - 1] : NULL;
    int code = load_end(f, node, "from", like != NULL ? like->from : NULL, &step->from);
    if (code == SIPCHECK_OK)
        code = load_end(f, node, "to", like != NULL ? like->to : NULL, &step->to);
    if (code == SIPCHECK_OK && same_place(step->from, step->to))
        code = sc_load_fault(f->loader, node, "nobody sends to himself here");
    return code;
}

/* --- steps */

static int load_at(const flow_loader *f, const sc_yaml_node *node, sc_step *step)
{
    const sc_yaml_node *at;
    size_t n = f->flow->count;
    uint64_t before = n > 0 ? f->steps[n - 1]->at_ns : 0;
    step->at_ns = n > 0 ? before + STEP_GAP : 0;
    int code = sc_load_entry(f->loader, node, "at", SC_YAML_SCALAR, SC_OPTIONAL, &at);
    if (code != SIPCHECK_OK || at == NULL) return code;
    code = sc_load_duration(f->loader, at, 0, SC_FLOW_TIME_MAX, &step->at_ns);
    if (code == SIPCHECK_OK && n > 0 && step->at_ns < before)
        code = sc_load_fault(f->loader, at, "steps stand in the order of time");
    return code;
}

/* The number of an earlier step; where its message comes from, else `base` is demanded. */
static int load_like(const flow_loader *f, const sc_yaml_node *node, sc_step *step)
{
    const sc_yaml_node *like;
    uint64_t number = 0;
    int code = sc_load_entry(f->loader, node, "like", SC_YAML_SCALAR, SC_OPTIONAL, &like);
    if (code != SIPCHECK_OK) return code;
    if ((like == NULL) == (sc_yaml_get(node, "base") == NULL))
        return sc_load_fault(f->loader, node, "a step has \"base\" or \"like\"");
    if (like == NULL) return code;
    code = sc_load_number(f->loader, like, SC_FLOW_STEPS_MAX, &number);
    if (code == SIPCHECK_OK && (number == 0 || number > f->flow->count))
        code = sc_load_fault(f->loader, like, "the number of a step before this is wanted here");
    step->like = (unsigned)number;
    return code;
}

static int load_step(flow_loader *f, const sc_yaml_node *node, const sc_step ***tail)
{
    static const char *const keys[] = { "at", "from", "to", "like" };
    sc_step *step = sc_load_alloc(f->loader, sizeof *step);
    if (step == NULL) return SIPCHECK_NOMEM;
    *step = (sc_step){ .message = { .transport = f->flow->transport, .cut = SIZE_MAX } };
    int code = sc_load_want_kind(f->loader, node, SC_YAML_MAPPING);
    if (code == SIPCHECK_OK) code = load_like(f, node, step);
    if (code == SIPCHECK_OK && step->like > 0)
        step->message.transport = f->steps[step->like - 1]->message.transport;
    if (code == SIPCHECK_OK) code = sc_load_message(f->loader, node, keys, 4, &step->message);
    if (code == SIPCHECK_OK) code = load_at(f, node, step);
    if (code == SIPCHECK_OK) code = load_ends(f, node, step);
    **tail = step;
    *tail = &step->next;
    f->steps[f->flow->count++] = step;
    return code;
}

static int load_steps(flow_loader *f, const sc_yaml_node *list)
{
    const sc_step **tail = &f->flow->steps;
    if (list->first == NULL)
        return sc_load_fault(f->loader, list, "at least one message is wanted here");
    int code = SIPCHECK_OK;
    for (const sc_yaml_node *node = list->first; node != NULL && code == SIPCHECK_OK;
         node = node->next) {
        if (f->flow->count == SC_FLOW_STEPS_MAX)
            return sc_load_fault(f->loader, node, "more than %d messages", SC_FLOW_STEPS_MAX);
        code = load_step(f, node, &tail);
    }
    return code;
}

/* --- what the whole of it says */

static int load_transport(flow_loader *f, const sc_yaml_node *node)
{
    return sc_load_transport(f->loader, node, &f->flow->transport);
}

static int load_capture_end(flow_loader *f, const sc_yaml_node *node)
{
    return sc_load_duration(f->loader, node, 0, SC_FLOW_TIME_MAX, &f->flow->end_ns);
}

static int load_vantage(flow_loader *f, const sc_yaml_node *node)
{
    return load_element(f->loader, node, &f->flow->vantage);
}

static int load_culprit(flow_loader *f, const sc_yaml_node *node)
{
    return load_element(f->loader, node, &f->flow->culprit);
}

static int load_frame(flow_loader *f, const sc_yaml_node *node)
{
    uint64_t number = 0;
    int code = sc_load_number(f->loader, node, SC_FLOW_STEPS_MAX, &number);
    f->flow->frame = (unsigned)number;
    return code;
}

/* wanted_fail: only a finding has it. */
static const struct {
    const char *key;
    int (*load)(flow_loader *, const sc_yaml_node *);
    bool of_finding;
} parts[] = {
    { "transport", load_transport, false }, { "end", load_capture_end, false },
    { "vantage", load_vantage, false },     { "frame", load_frame, true },
    { "culprit", load_culprit, true },
};
enum { PARTS = sizeof parts / sizeof *parts };

static int load_parts(flow_loader *f, const sc_yaml_node *node, const sc_test *test)
{
    int code = SIPCHECK_OK;
    for (size_t i = 0; i < PARTS && code == SIPCHECK_OK; i++) {
        const sc_yaml_node *part;
        code = sc_load_entry(f->loader, node, parts[i].key, SC_YAML_SCALAR, SC_OPTIONAL, &part);
        if (code != SIPCHECK_OK || part == NULL) continue;
        code = parts[i].of_finding && test->wanted != SIPCHECK_FAIL
                   ? sc_load_fault(f->loader, part->key,
                                   "only a finding has a %s: say it under fail", parts[i].key)
                   : parts[i].load(f, part);
    }
    return code;
}

static int load_text(const sc_loader *loader, const sc_yaml_node *node, sc_test *test)
{
    const sc_yaml_node *text;
    int code = sc_load_entry(loader, node, "text", SC_YAML_SCALAR, SC_OPTIONAL, &text);
    if (code != SIPCHECK_OK || text == NULL) return code;
    return test->wanted == SIPCHECK_FAIL
               ? sc_load_text(loader, text, &test->text)
               : sc_load_fault(loader, text->key, "only a finding has a text: say it under fail");
}

/* What is said of frames and of the end has to be there. */
static int check_ends(const flow_loader *f, const sc_yaml_node *node)
{
    const sc_flow *flow = f->flow;
    if (flow->frame > flow->count)
        return sc_load_fault(f->loader, sc_yaml_get(node, "frame"),
                             "the flow has no such message; it has %zu", flow->count);
    if (flow->end_ns > 0 && flow->end_ns < f->steps[flow->count - 1]->at_ns)
        return sc_load_fault(f->loader, sc_yaml_get(node, "end"),
                             "the capture ends before its last message");
    return SIPCHECK_OK;
}

int sc_load_flow(const sc_loader *loader, const sc_yaml_node *node, sc_test *test)
{
    enum { OTHERS = 3 };
    const char *keys[PARTS + OTHERS] = { "flow", "text", "credentials" };
    for (size_t i = 0; i < PARTS; i++)
        keys[i + OTHERS] = parts[i].key;
    sc_flow *flow = sc_load_alloc(loader, sizeof *flow);
    if (flow == NULL) return SIPCHECK_NOMEM;
    *flow = (sc_flow){ .transport = "udp" };
    flow_loader f = { .loader = loader, .flow = flow };
    const sc_yaml_node *list;
    int code = sc_load_check_keys(loader, node, keys, PARTS + OTHERS);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(loader, node, "flow", SC_YAML_SEQUENCE, SC_DEMANDED, &list);
    if (code == SIPCHECK_OK) code = load_parts(&f, node, test);
    if (code == SIPCHECK_OK) code = load_text(loader, node, test);
    const sc_yaml_node *secrets = sc_yaml_get(node, "credentials");
    if (code == SIPCHECK_OK && secrets != NULL) code = sc_load_secrets(loader, secrets, test);
    if (code != SIPCHECK_OK) return code;
    test->place = sc_load_place(loader, list->key);
    code = load_steps(&f, list);
    test->flow = flow;
    return code == SIPCHECK_OK ? check_ends(&f, node) : code;
}
