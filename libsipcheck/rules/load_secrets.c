/* SPDX-License-Identifier: MIT */
/* The passwords that a test gives. docs/rule-language.md, Tests. */
#include "rules/load.h"

static int load_part(const sc_loader *loader, const sc_yaml_node *node, const char *key,
                     sipcheck_slice *ret)
{
    const sc_yaml_node *part;
    const char *text;
    int code = sc_load_entry(loader, node, key, SC_YAML_SCALAR, SC_DEMANDED, &part);
    if (code == SIPCHECK_OK) code = sc_load_text(loader, part, &text);
    if (code == SIPCHECK_OK) *ret = (sipcheck_slice){ (const uint8_t *)text, part->length };
    return code;
}

static int load_secret(const sc_loader *loader, const sc_yaml_node *node, sc_secret *secret)
{
    static const char *const keys[] = { "user", "realm", "password" };
    int code = sc_load_want_kind(loader, node, SC_YAML_MAPPING);
    if (code == SIPCHECK_OK) code = sc_load_check_keys(loader, node, keys, 3);
    if (code == SIPCHECK_OK) code = load_part(loader, node, "user", &secret->user);
    if (code == SIPCHECK_OK) code = load_part(loader, node, "realm", &secret->realm);
    if (code == SIPCHECK_OK) code = load_part(loader, node, "password", &secret->password);
    return code;
}

int sc_load_secrets(const sc_loader *loader, const sc_yaml_node *node, sc_test *test)
{
    unsigned count = 0;
    const sc_secret **tail = &test->secrets;
    int code = sc_load_want_kind(loader, node, SC_YAML_SEQUENCE);
    const sc_yaml_node *item = code == SIPCHECK_OK ? node->first : NULL;
    for (; item != NULL && code == SIPCHECK_OK; item = item->next) {
        if (count++ == SC_TEST_SECRETS_MAX)
            return sc_load_fault(loader, item, "more than %d credentials", SC_TEST_SECRETS_MAX);
        sc_secret *secret = sc_load_alloc(loader, sizeof *secret);
        if (secret == NULL) return SIPCHECK_NOMEM;
        *secret = (sc_secret){ 0 };
        *tail = secret;
        tail = &secret->next;
        code = load_secret(loader, item, secret);
    }
    return code;
}
