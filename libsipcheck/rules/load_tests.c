/* SPDX-License-Identifier: MIT */
/* A rule's own tests. docs/rule-language.md, Tests. */
#include <string.h>

#include "rules/bases.h"
#include "rules/load.h"

static const char *const verdicts[] = { "pass", "fail", "na", "unknown" };

/* A test and the edits it has so far. */
typedef struct test_loader {
    const sc_loader *loader;
    sc_test *test;
    const sc_edit **tail;
    unsigned edits;
} test_loader;

static int slice_of(const sc_loader *loader, const sc_yaml_node *node, sipcheck_slice *ret)
{
    const char *text;
    int code = sc_load_want_kind(loader, node, SC_YAML_SCALAR);
    if (code == SIPCHECK_OK) code = sc_load_text(loader, node, &text);
    if (code == SIPCHECK_OK) *ret = (sipcheck_slice){ (const uint8_t *)text, node->length };
    return code;
}

/* name, value: NULL where the edit has none */
static int add_edit(test_loader *t, enum sc_edit_kind kind, const sc_yaml_node *name,
                    const sc_yaml_node *value)
{
    const sc_yaml_node *at = value != NULL ? value : name;
    if (t->edits++ == SC_TEST_EDITS_MAX)
        return sc_load_fault(t->loader, at, "more than %d edits", SC_TEST_EDITS_MAX);
    sc_edit *edit = sc_load_alloc(t->loader, sizeof *edit);
    if (edit == NULL) return SIPCHECK_NOMEM;
    *edit = (sc_edit){ .kind = (uint8_t)kind };
    int code = name != NULL ? slice_of(t->loader, name, &edit->name) : SIPCHECK_OK;
    if (code == SIPCHECK_OK && value != NULL) code = slice_of(t->loader, value, &edit->value);
    *t->tail = edit;
    t->tail = &edit->next;
    return code;
}

/* set: {Header: value} */
static int load_set(test_loader *t, const sc_yaml_node *node)
{
    int code = sc_load_want_kind(t->loader, node, SC_YAML_MAPPING);
    const sc_yaml_node *entry = code == SIPCHECK_OK ? node->first : NULL;
    for (; entry != NULL && code == SIPCHECK_OK; entry = entry->next)
        code = add_edit(t, SC_EDIT_SET, entry->key, entry);
    return code;
}

/* remove: [Header] */
static int load_remove(test_loader *t, const sc_yaml_node *node)
{
    int code = sc_load_want_kind(t->loader, node, SC_YAML_SEQUENCE);
    const sc_yaml_node *item = code == SIPCHECK_OK ? node->first : NULL;
    for (; item != NULL && code == SIPCHECK_OK; item = item->next)
        code = add_edit(t, SC_EDIT_REMOVE, item, NULL);
    return code;
}

/* add: {Header: value, Header: [value, value]} */
static int load_add(test_loader *t, const sc_yaml_node *node)
{
    int code = sc_load_want_kind(t->loader, node, SC_YAML_MAPPING);
    const sc_yaml_node *entry = code == SIPCHECK_OK ? node->first : NULL;
    for (; entry != NULL && code == SIPCHECK_OK; entry = entry->next) {
        if (entry->kind != SC_YAML_SEQUENCE) {
            code = add_edit(t, SC_EDIT_ADD, entry->key, entry);
            continue;
        }
        const sc_yaml_node *item = entry->first;
        for (; item != NULL && code == SIPCHECK_OK; item = item->next)
            code = add_edit(t, SC_EDIT_ADD, entry->key, item);
    }
    return code;
}

/* body: a quoted text as it is; a block's line ends become CRLF */
static int load_body(test_loader *t, const sc_yaml_node *node)
{
    int code = sc_load_want_kind(t->loader, node, SC_YAML_SCALAR);
    if (code != SIPCHECK_OK || !node->block)
        return code == SIPCHECK_OK ? add_edit(t, SC_EDIT_BODY, NULL, node) : code;
    sipcheck_slice text = { (const uint8_t *)node->text, node->length };
    char *converted = sc_load_alloc(t->loader, node->length * 2 + 1);
    if (converted == NULL) return SIPCHECK_NOMEM;
    sc_yaml_node with_crlf = *node;
    with_crlf.length = sc_crlf(text, (uint8_t *)converted);
    converted[with_crlf.length] = '\0';
    with_crlf.text = converted;
    return add_edit(t, SC_EDIT_BODY, NULL, &with_crlf);
}

static int hex_digit(char digit)
{
    const char *digits = "0123456789abcdef", *found = digit != '\0' ? strchr(digits, digit) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

/* hex: bytes that no YAML can hold, "ff00" */
static int load_hex(test_loader *t, const sc_yaml_node *from, const sc_yaml_node *hex)
{
    char *bytes = sc_load_alloc(t->loader, hex->length / 2 + 1);
    if (bytes == NULL) return SIPCHECK_NOMEM;
    for (size_t i = 0; i + 1 < hex->length; i += 2) {
        int high = hex_digit(hex->text[i]), low = hex_digit(hex->text[i + 1]);
        if (high < 0 || low < 0) return sc_load_fault(t->loader, hex, "no hex digits");
        bytes[i / 2] = (char)(high << 4 | low);
    }
    if (hex->length % 2 != 0) return sc_load_fault(t->loader, hex, "half a byte");
    sc_yaml_node made = *hex;
    made.text = bytes;
    made.length = hex->length / 2;
    return add_edit(t, SC_EDIT_REPLACE, from, &made);
}

static int load_pair(test_loader *t, const sc_yaml_node *node)
{
    static const char *const keys[] = { "from", "to", "hex" };
    const sc_yaml_node *from, *to = sc_yaml_get(node, "to"), *hex = sc_yaml_get(node, "hex");
    int code = sc_load_check_keys(t->loader, node, keys, 3);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(t->loader, node, "from", SC_YAML_SCALAR, SC_DEMANDED, &from);
    if (code == SIPCHECK_OK && (to == NULL) == (hex == NULL))
        code = sc_load_fault(t->loader, node, "\"to\" is missing");
    if (code == SIPCHECK_OK && hex != NULL)
        code = sc_load_want_kind(t->loader, hex, SC_YAML_SCALAR);
    if (code == SIPCHECK_OK && hex != NULL) return load_hex(t, from, hex);
    return code == SIPCHECK_OK ? add_edit(t, SC_EDIT_REPLACE, from, to) : code;
}

/* replace: {from: x, to: y}, or a list of such pairs */
static int load_replace(test_loader *t, const sc_yaml_node *node)
{
    if (node->kind != SC_YAML_SEQUENCE) return load_pair(t, node);
    int code = SIPCHECK_OK;
    for (node = node->first; node != NULL && code == SIPCHECK_OK; node = node->next)
        code = load_pair(t, node);
    return code;
}

static int load_base(test_loader *t, const sc_yaml_node *node)
{
    t->test->place = sc_load_place(t->loader, node);
    return sc_load_text(t->loader, node, &t->test->base);
}

int sc_load_transport(const sc_loader *loader, const sc_yaml_node *node, const char **ret)
{
    static const char *const words[] = { "udp", "tcp", "tls", "sctp", "ws", "wss", "unknown" };
    unsigned index = 0;
    int code = sc_load_word(loader, node, words, sizeof words / sizeof *words, &index);
    *ret = words[index];
    return code;
}

static int load_transport(test_loader *t, const sc_yaml_node *node)
{
    return sc_load_transport(t->loader, node, &t->test->transport);
}

static int load_group(test_loader *t, const sc_yaml_node *node)
{
    return sc_load_text(t->loader, node, &t->test->group);
}

static int load_credentials(test_loader *t, const sc_yaml_node *node)
{
    return sc_load_secrets(t->loader, node, t->test);
}

static int load_cut(test_loader *t, const sc_yaml_node *node)
{
    uint64_t bytes = 0;
    int code = sc_load_number(t->loader, node, SIPCHECK_MESSAGE_MAX, &bytes);
    t->test->cut = (size_t)bytes;
    return code;
}

static int load_expected_text(test_loader *t, const sc_yaml_node *node)
{
    return t->test->wanted == SIPCHECK_FAIL
               ? sc_load_text(t->loader, node, &t->test->text)
               : sc_load_fault(t->loader, node, "only a finding has a text: say it under fail");
}

/* In the order in which edits are applied, whatever their order in the file. */
static const struct {
    const char *key;
    int (*load)(test_loader *, const sc_yaml_node *);
    bool scalar;  /* else the loader says what it takes */
    bool of_step; /* a step of a flow can have it, too */
} parts[] = {
    { "base", load_base, true, true },
    { "set", load_set, false, true },
    { "remove", load_remove, false, true },
    { "add", load_add, false, true },
    { "body", load_body, false, true },
    { "replace", load_replace, false, true },
    { "transport", load_transport, true, true },
    { "cut", load_cut, true, true },
    { "group", load_group, true, false },
    { "text", load_expected_text, true, false },
    { "credentials", load_credentials, false, false },
};
enum { PARTS = sizeof parts / sizeof *parts, KEYS = PARTS + 8 };

static int check_message_keys(const sc_loader *loader, const sc_yaml_node *node,
                              const char *const *more, size_t more_count)
{
    const char *keys[KEYS];
    size_t n = 0;
    for (size_t i = 0; i < PARTS; i++)
        if (more == NULL || parts[i].of_step) keys[n++] = parts[i].key;
    for (size_t i = 0; i < more_count; i++)
        keys[n++] = more[i];
    return sc_load_check_keys(loader, node, keys, n);
}

int sc_load_message(const sc_loader *loader, const sc_yaml_node *node, const char *const *more,
                    size_t more_count, sc_test *test)
{
    test_loader t = { .loader = loader, .test = test, .tail = &test->edits };
    int code = check_message_keys(loader, node, more, more_count);
    for (size_t i = 0; i < PARTS && code == SIPCHECK_OK; i++) {
        const sc_yaml_node *part = sc_yaml_get(node, parts[i].key);
        if (part == NULL) continue;
        code = parts[i].scalar
                   ? sc_load_entry(loader, node, parts[i].key, SC_YAML_SCALAR, SC_DEMANDED, &part)
                   : SIPCHECK_OK;
        if (code == SIPCHECK_OK) code = parts[i].load(&t, part);
    }
    return code;
}

static int load_parts(const sc_loader *loader, const sc_yaml_node *node, enum sipcheck_scope scope,
                      sc_test *test)
{
    const sc_yaml_node *flow = node->kind == SC_YAML_MAPPING ? sc_yaml_get(node, "flow") : NULL;
    if (scope != SIPCHECK_SCOPE_MESSAGE && node->kind == SC_YAML_MAPPING) {
        return flow != NULL ? sc_load_flow(loader, node, test)
                            : sc_load_fault(loader, node,
                                            "\"flow\" is missing: a rule of scope %s "
                                            "is tested by messages in a row",
                                            sipcheck_scope_name(scope));
    }
    if (flow != NULL)
        return sc_load_fault(loader, flow->key, "a rule of one message is tested by one: \"base\"");
    int code = sc_load_message(loader, node, NULL, 0, test);
    return code == SIPCHECK_OK && test->base == NULL
               ? sc_load_fault(loader, node, "\"base\" is missing")
               : code;
}

static int load_test(const sc_loader *loader, const sc_yaml_node *node,
                     enum sipcheck_verdict wanted, enum sipcheck_scope scope, const sc_test ***tail)
{
    sc_test *test = sc_load_alloc(loader, sizeof *test);
    if (test == NULL) return SIPCHECK_NOMEM;
    *test = (sc_test){ .wanted = wanted, .transport = "udp", .cut = SIZE_MAX };
    **tail = test;
    *tail = &test->next;
    return load_parts(loader, node, scope, test);
}

static int load_list(const sc_loader *loader, const sc_yaml_node *tests, unsigned wanted,
                     enum sipcheck_scope scope, const sc_test ***tail)
{
    static const enum sc_need needs[] = { SC_DEMANDED, SC_DEMANDED, SC_OPTIONAL, SC_OPTIONAL };
    const sc_yaml_node *list;
    int code =
        sc_load_entry(loader, tests, verdicts[wanted], SC_YAML_SEQUENCE, needs[wanted], &list);
    if (code != SIPCHECK_OK || list == NULL) return code;
    if (list->first == NULL) return sc_load_fault(loader, list, "at least one test is wanted here");
    for (list = list->first; list != NULL && code == SIPCHECK_OK; list = list->next)
        code = load_test(loader, list, (enum sipcheck_verdict)wanted, scope, tail);
    return code;
}

int sc_load_tests(const sc_loader *loader, const sc_yaml_node *tests, enum sipcheck_scope scope,
                  const sc_test **ret)
{
    int code = sc_load_check_keys(loader, tests, verdicts, 4);
    const sc_test **tail = ret;
    for (unsigned i = 0; i < 4 && code == SIPCHECK_OK; i++)
        code = load_list(loader, tests, i, scope, &tail);
    return code;
}
