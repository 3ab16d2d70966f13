/* SPDX-License-Identifier: MIT */
/* Tests of the rules that no file states: a mapping of their ids to tests. rules/syntax/ */
#include <string.h>

#include "rules/load.h"

static sc_rule *find_syntax_rule(const sipcheck_rules *set, const char *id)
{
    size_t index = 0;
    const sipcheck_rule *rule = sipcheck_rules_find(set, id, &index);
    return rule != NULL && rule->syntax ? set->by_id[index] : NULL;
}

static int load_entries(const sc_loader *loader)
{
    const sc_yaml_node *root = loader->root;
    int code = root == NULL ? SIPCHECK_OK : sc_load_want_kind(loader, root, SC_YAML_MAPPING);
    const sc_yaml_node *node = code == SIPCHECK_OK && root != NULL ? root->first : NULL;
    for (; node != NULL && code == SIPCHECK_OK; node = node->next) {
        sc_rule *rule = find_syntax_rule(loader->set, node->key->text);
        code = rule == NULL
                   ? sc_load_fault(loader, node->key, "no rule of the grammar is called so")
                   : sc_load_tests(loader, node, SIPCHECK_SCOPE_MESSAGE, &rule->tests);
    }
    return code;
}

/* What was loaded goes away with the file. */
static void drop_tests(sipcheck_rules *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->by_id[i]->pub.syntax) set->by_id[i]->tests = NULL;
}

int sc_add_syntax_tests(sipcheck_rules *set, const char *name, const char *text, size_t length,
                        sipcheck_error *error)
{
    sc_loader loader;
    int code = sc_load_begin(&loader, set, name, text, length, error);
    if (code == SIPCHECK_OK) {
        code = load_entries(&loader);
        if (code != SIPCHECK_OK) drop_tests(set);
    }
    return sc_load_end(&loader, code);
}
