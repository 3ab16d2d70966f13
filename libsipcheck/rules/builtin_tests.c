/* SPDX-License-Identifier: MIT */
/* Tests of the rules that are built in, which are loaded without them: those of rules/syntax/, a
 * mapping of ids of the grammar's rules to tests, and those that stand in the rules' own files. */
#include <string.h>

#include "rules/load.h"

static sc_rule *find_rule(const sipcheck_rules *set, const char *id, bool syntax)
{
    size_t index = 0;
    const sipcheck_rule *rule = sipcheck_rules_find(set, id, &index);
    return rule != NULL && rule->syntax == syntax ? set->by_id[index] : NULL;
}

static int load_syntax_tests(const sc_loader *loader)
{
    const sc_yaml_node *root = loader->root;
    int code = root == NULL ? SIPCHECK_OK : sc_load_want_kind(loader, root, SC_YAML_MAPPING);
    const sc_yaml_node *node = code == SIPCHECK_OK && root != NULL ? root->first : NULL;
    for (; node != NULL && code == SIPCHECK_OK; node = node->next) {
        sc_rule *rule = find_rule(loader->set, node->key->text, true);
        code = rule == NULL
                   ? sc_load_fault(loader, node->key, "no rule of the grammar is called so")
                   : sc_load_tests(loader, node, SIPCHECK_SCOPE_MESSAGE, &rule->tests);
    }
    return code;
}

static int load_rule_tests(const sc_loader *loader)
{
    int code = SIPCHECK_OK;
    const sc_yaml_node *item = loader->root != NULL ? loader->root->first : NULL;
    for (; item != NULL && code == SIPCHECK_OK; item = item->next) {
        const sc_yaml_node *id = sc_yaml_get(item, "id");
        if (id == NULL) continue; /* a definition */
        sc_rule *rule = find_rule(loader->set, id->text, false);
        code = rule == NULL ? sc_load_fault(loader, id, "this rule is not in the set")
                            : sc_load_own_tests(loader, item, rule);
    }
    return code;
}

void sc_drop_tests(sipcheck_rules *set)
{
    for (size_t i = 0; i < set->count; i++)
        set->by_id[i]->tests = NULL;
}

static int add_tests(sipcheck_rules *set, const sc_load_source *source,
                     int (*load)(const sc_loader *loader), sipcheck_error *error)
{
    sc_loader loader;
    int code = sc_load_begin(&loader, set, source, error);
    if (code == SIPCHECK_OK) code = load(&loader);
    return sc_load_end(&loader, code);
}

int sc_add_syntax_tests(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error)
{
    return add_tests(set, source, load_syntax_tests, error);
}

int sc_add_rule_tests(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error)
{
    return add_tests(set, source, load_rule_tests, error);
}
