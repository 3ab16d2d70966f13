/* SPDX-License-Identifier: MIT */
/* One item of a file of rules: a rule or a definition. */
#include <string.h>

#include "rules/ids.h"
#include "rules/load.h"

enum { BIND_COUNT = 5, CITES_MAX = 64 };

static const char *const level_words[] = { "MUST", "SHOULD", "MAY" };
static const char *const severity_words[] = { "info", "warning", "error" };
static const char *const bind_words[BIND_COUNT] = { "uac", "uas", "proxy", "registrar",
                                                    "redirect" };

/* --- ids */

static bool id_known(const sc_loader *loader, const char *id)
{
    for (const sc_rule *rule = loader->rules; rule != NULL; rule = rule->next)
        if (strcmp(rule->pub.id, id) == 0) return true;
    return sipcheck_rules_find(loader->set, id, NULL) != NULL;
}

static int check_id(const sc_loader *loader, const sc_yaml_node *node)
{
    const char *id = node->text;
    if (!sc_is_rule_id(id)) {
        return sc_load_fault(loader, node,
                             "an id is made of lower-case letters, digits, \".\" and \"-\"");
    }
    return strncmp(id, "rfc", 3) != 0 || sc_section_of_rule_id(id).p != NULL
               ? SIPCHECK_OK
               : sc_load_fault(loader, node, "an id that begins with rfc is rfcN-SECTION-words");
}

static int load_id(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    const sc_yaml_node *node;
    int code = sc_load_entry(loader, item, "id", SC_YAML_SCALAR, SC_DEMANDED, &node);
    if (code != SIPCHECK_OK) return code;
    code = check_id(loader, node);
    if (code == SIPCHECK_OK && id_known(loader, node->text))
        code = sc_load_fault(loader, node, "a rule \"%.120s\" is there already", node->text);
    rule->pub.line = node->line;
    return code == SIPCHECK_OK ? sc_load_text(loader, node, &rule->pub.id) : code;
}

/* --- texts and words */

static int load_text_of(const sc_loader *loader, const sc_yaml_node *item, const char *key,
                        enum sc_need need, const char **ret)
{
    const sc_yaml_node *node;
    int code = sc_load_entry(loader, item, key, SC_YAML_SCALAR, need, &node);
    *ret = "";
    return code == SIPCHECK_OK && node != NULL ? sc_load_text(loader, node, ret) : code;
}

static int load_texts(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    sipcheck_rule *pub = &rule->pub;
    const struct {
        const char *key;
        enum sc_need need;
        const char **to;
    } texts[] = {
        { "title", SC_DEMANDED, &pub->title },      { "asks", SC_DEMANDED, &pub->asks },
        { "why", SC_DEMANDED, &pub->why },          { "message", SC_DEMANDED, &pub->message },
        { "fix", SC_DEMANDED, &pub->fix },          { "applies", SC_OPTIONAL, &pub->applies },
        { "assert", SC_OPTIONAL, &pub->assertion },
    };
    int code = SIPCHECK_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && code == SIPCHECK_OK; i++)
        code = load_text_of(loader, item, texts[i].key, texts[i].need, texts[i].to);
    return code;
}

static int load_word_of(const sc_loader *loader, const sc_yaml_node *item, const char *key,
                        enum sc_need need, const char *const *words, size_t count, unsigned *ret)
{
    const sc_yaml_node *node;
    int code = sc_load_entry(loader, item, key, SC_YAML_SCALAR, need, &node);
    return code == SIPCHECK_OK && node != NULL ? sc_load_word(loader, node, words, count, ret)
                                               : code;
}

static int load_words(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    sipcheck_rule *pub = &rule->pub;
    unsigned level = 0;
    int code = load_word_of(loader, item, "level", SC_DEMANDED, level_words, 3, &level);
    unsigned severity = SIPCHECK_ERROR - level;
    if (code == SIPCHECK_OK)
        code = load_word_of(loader, item, "severity", SC_OPTIONAL, severity_words, 3, &severity);
    if (code == SIPCHECK_OK) code = sc_load_scope(loader, item, SC_DEMANDED, &pub->scope);
    pub->level = (enum sipcheck_level)level;
    pub->severity = (enum sipcheck_severity)severity;
    return code;
}

/* --- binds and cites: one text, or a list of them */

static int load_bind(const sc_loader *loader, const sc_yaml_node *node, sipcheck_rule *pub)
{
    unsigned role = 0;
    int code = sc_load_word(loader, node, bind_words, BIND_COUNT, &role);
    pub->binds |= 1u << role;
    return code;
}

static int load_binds(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    sipcheck_rule *pub = &rule->pub;
    const sc_yaml_node *node = sc_yaml_get(item, "binds");
    if (node == NULL) return sc_load_fault(loader, item, "\"binds\" is missing");
    if (node->kind != SC_YAML_SEQUENCE) return load_bind(loader, node, pub);
    int code =
        node->first != NULL ? SIPCHECK_OK : sc_load_fault(loader, node, "somebody has to be bound");
    for (node = node->first; node != NULL && code == SIPCHECK_OK; node = node->next)
        code = load_bind(loader, node, pub);
    return code;
}

static int check_cite(const sc_loader *loader, const sc_yaml_node *node, const char **earlier,
                      size_t count, sipcheck_slice *ret_section)
{
    int code = sc_load_want_kind(loader, node, SC_YAML_SCALAR);
    if (code == SIPCHECK_OK && !sc_is_statement_id(node->text, ret_section)) {
        code = sc_load_fault(loader, node,
                             "a statement id is RFC-SECTION-NUMBER, such as 3261-8.1.1.5-2");
    }
    for (size_t i = 0; i < count && code == SIPCHECK_OK; i++)
        if (strcmp(earlier[i], node->text) == 0)
            code = sc_load_fault(loader, node, "this statement is cited twice");
    return code;
}

static int load_cites(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    const sc_yaml_node *list;
    int code = sc_load_entry(loader, item, "cites", SC_YAML_SEQUENCE, SC_DEMANDED, &list);
    if (code != SIPCHECK_OK) return code;
    const char *ids[CITES_MAX];
    size_t count = 0;
    sipcheck_slice section;
    for (const sc_yaml_node *node = list->first; node != NULL; node = node->next) {
        code = count < CITES_MAX ? check_cite(loader, node, ids, count, &section)
                                 : sc_load_fault(loader, node, "too many statements");
        if (code == SIPCHECK_OK) code = sc_load_text(loader, node, &ids[count]);
        if (code != SIPCHECK_OK) return code;
        count++;
    }
    if (count == 0) return sc_load_fault(loader, list, "at least one statement has to be cited");
    const char **kept = sc_load_alloc(loader, (count + 1) * sizeof *kept);
    if (kept == NULL) return SIPCHECK_NOMEM;
    memcpy(kept, ids, count * sizeof *kept);
    kept[count] = NULL;
    rule->pub.statements = kept;
    return SIPCHECK_OK;
}

static int copy_slice(const sc_loader *loader, sipcheck_slice slice, const char **ret)
{
    char *copy = sc_load_alloc(loader, slice.n + 1);
    if (copy == NULL) return SIPCHECK_NOMEM;
    memcpy(copy, slice.p, slice.n);
    copy[slice.n] = '\0';
    *ret = copy;
    return SIPCHECK_OK;
}

/* RFC and section: those of the id where it has them, else those of the first statement. */
static int derive_section(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    (void)item;
    sipcheck_rule *pub = &rule->pub;
    sipcheck_slice section = sc_section_of_rule_id(pub->id);
    const char *number = pub->id + 3;
    if (section.p == NULL) {
        number = pub->statements[0];
        sc_is_statement_id(number, &section);
    }
    for (; *number >= '0' && *number <= '9'; number++)
        pub->rfc = pub->rfc * 10 + (unsigned)(*number - '0');
    return copy_slice(loader, section, &pub->section);
}

/* --- expressions */

static int compile(const sc_loader *loader, const sc_environment *environment,
                   const sc_yaml_node *item, const char *key, enum sc_want want, sc_program **ret)
{
    const sc_yaml_node *node;
    int code = sc_load_entry(loader, item, key, SC_YAML_SCALAR, SC_OPTIONAL, &node);
    if (code != SIPCHECK_OK || node == NULL) return code;
    sc_source source = sc_yaml_expression(&loader->file->yaml, node);
    return sc_expr_compile(&loader->set->allocator, &source, environment, want, ret, loader->error);
}

static int compile_template(const sc_loader *loader, const sc_environment *environment,
                            const sc_yaml_node *item, const char *key, sc_template **ret)
{
    sc_source source = sc_yaml_template(&loader->file->yaml, sc_yaml_get(item, key));
    return sc_template_compile(&loader->set->allocator, &source, environment, ret, loader->error);
}

/* What rules of a scope see, and more of enum SC_BIND_...; bindings: room for it. */
static sc_environment environment_of(const sc_loader *loader, enum sipcheck_scope scope,
                                     unsigned more, sc_binding bindings[SC_SLOT_COUNT])
{
    sc_environment environment = loader->environment;
    environment.scope = scope;
    if (scope == SIPCHECK_SCOPE_MESSAGE) return environment;
    environment.bindings = bindings;
    environment.binding_count = sc_scope_bindings(scope, more, bindings);
    return environment;
}

static unsigned more_of(const sc_rule *rule)
{
    return rule->machine != NULL ? SC_BIND_MACHINE : 0;
}

/* The texts of a rule that forbids something can name what came. */
static int compile_texts(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    sc_binding bindings[SC_SLOT_COUNT];
    const sc_environment environment = environment_of(
        loader, rule->pub.scope, more_of(rule) | (rule->expect.no ? SC_BIND_NEXT : 0), bindings);
    int code = compile(loader, &environment, item, "mark", SC_WANT_ANY, &rule->mark);
    if (code == SIPCHECK_OK)
        code = compile_template(loader, &environment, item, "message", &rule->message);
    if (code == SIPCHECK_OK) code = compile_template(loader, &environment, item, "fix", &rule->fix);
    return code;
}

static bool reads_gap(const sc_rule *rule)
{
    return sc_program_reads_gap(rule->applies) || sc_program_reads_gap(rule->assertion) ||
           sc_program_reads_gap(rule->expect.where) || sc_program_reads_gap(rule->expect.within) ||
           sc_program_reads_gap(rule->mark) || sc_template_reads_gap(rule->message) ||
           sc_template_reads_gap(rule->fix);
}

static int check_vantage(const sc_loader *loader, const sc_yaml_node *item, const sc_rule *rule)
{
    return rule->vantage != SC_VANTAGE_ANY || !reads_gap(rule)
               ? SIPCHECK_OK
               : sc_load_fault(loader, item,
                               "\"vantage\" is missing: transaction.gap is what the sender did "
                               "only beside him");
}

static int compile_asked(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    sc_binding bindings[SC_SLOT_COUNT];
    const sc_environment environment =
        environment_of(loader, rule->pub.scope, more_of(rule), bindings);
    int code = compile(loader, &environment, item, "applies", SC_WANT_CONDITION, &rule->applies);
    return code == SIPCHECK_OK
               ? compile(loader, &environment, item, "assert", SC_WANT_TRUTH, &rule->assertion)
               : code;
}

static int compile_all(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    int code = compile_asked(loader, item, rule);
    if (code == SIPCHECK_OK) code = sc_load_expect(loader, item, rule);
    if (code == SIPCHECK_OK) code = sc_load_swapped(loader, item, rule);
    if (code == SIPCHECK_OK) code = compile_texts(loader, item, rule);
    if (code != SIPCHECK_OK) return code;
    bool always = rule->applies == NULL;
    rule->needs = sc_program_preconditions(always ? rule->assertion : rule->applies);
    rule->response_needs = sc_program_preconditions_of_response(rule->applies);
    return check_vantage(loader, item, rule);
}

/* --- items */

/* A rule of several messages has to say what it is where one of them was not captured. */
static int check_tests(const sc_loader *loader, const sc_yaml_node *tests, const sc_rule *rule)
{
    uint64_t reads = sc_program_slots(rule->applies) | sc_program_slots(rule->assertion) |
                     (rule->expect.swapped ? 0 : sc_program_slots(rule->expect.where));
    unsigned messages = 0;
    if (rule->pub.scope == SIPCHECK_SCOPE_MESSAGE) return SIPCHECK_OK;
    for (unsigned i = 0; i < SC_NAME_NEXT; i++)
        messages += (unsigned)(reads >> i & 1);
    return messages < 2 || sc_yaml_get(tests, "unknown") != NULL
               ? SIPCHECK_OK
               : sc_load_fault(loader, tests->key,
                               "\"unknown\" is missing: this rule needs a second message, which "
                               "may not be captured");
}

int sc_load_own_tests(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    const sc_yaml_node *tests;
    int code = sc_load_entry(loader, item, "tests", SC_YAML_MAPPING, SC_DEMANDED, &tests);
    if (code == SIPCHECK_OK) code = sc_load_tests(loader, tests, rule->pub.scope, &rule->tests);
    return code == SIPCHECK_OK ? check_tests(loader, tests, rule) : code;
}

static int load_parts(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule)
{
    static int (*const steps[])(const sc_loader *, const sc_yaml_node *, sc_rule *) = {
        load_id,    load_texts,     load_words,  sc_load_moment,    load_binds,
        load_cites, derive_section, compile_all, sc_load_own_tests,
    };
    int code = SIPCHECK_OK;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && code == SIPCHECK_OK; i++)
        code = steps[i](loader, item, rule);
    return code;
}

static int load_rule(sc_loader *loader, const sc_yaml_node *item)
{
    static const char *const keys[] = { "id",     "title", "cites",    "level",   "binds",
                                        "scope",  "on",    "vantage",  "applies", "assert",
                                        "expect", "mark",  "message",  "fix",     "asks",
                                        "why",    "tests", "severity", "machine", "swapped" };
    int code = sc_load_check_keys(loader, item, keys, sizeof keys / sizeof *keys);
    if (code != SIPCHECK_OK) return code;
    sc_rule *rule = sc_load_alloc(loader, sizeof *rule);
    if (rule == NULL) return SIPCHECK_NOMEM;
    *rule = (sc_rule){ .pub = { .enabled = true, .file = loader->file->yaml.name } };
    code = load_parts(loader, item, rule);
    if (code != SIPCHECK_OK) {
        sc_rule_clear(rule);
        return code;
    }
    sc_load_append(loader, rule);
    return SIPCHECK_OK;
}

static int check_definition_name(const sc_loader *loader, const sc_environment *environment,
                                 const sc_yaml_node *name)
{
    if (environment->definition_count == SC_DEFINITIONS_MAX) {
        return sc_load_fault(loader, name, "more than %d definitions in one file",
                             SC_DEFINITIONS_MAX);
    }
    const char *fault = sc_definition_name_fault(environment, name->text);
    return fault == NULL ? SIPCHECK_OK
                         : sc_load_fault(loader, name, "\"%.64s\" %s", name->text, fault);
}

static int load_definition(sc_loader *loader, const sc_yaml_node *item)
{
    static const char *const keys[] = { "define", "scope", "as" };
    const sc_yaml_node *name, *as;
    enum sipcheck_scope scope = SIPCHECK_SCOPE_MESSAGE;
    sc_binding bindings[SC_SLOT_COUNT];
    int code = sc_load_check_keys(loader, item, keys, 3);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(loader, item, "define", SC_YAML_SCALAR, SC_DEMANDED, &name);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(loader, item, "as", SC_YAML_SCALAR, SC_DEMANDED, &as);
    if (code == SIPCHECK_OK) code = sc_load_scope(loader, item, SC_OPTIONAL, &scope);
    const sc_environment environment = environment_of(loader, scope, 0, bindings);
    if (code == SIPCHECK_OK) code = check_definition_name(loader, &environment, name);
    sc_program *alone = NULL;
    if (code == SIPCHECK_OK) code = compile(loader, &environment, item, "as", SC_WANT_ANY, &alone);
    sc_program_free(alone);
    if (code != SIPCHECK_OK) return code;
    loader->definitions[loader->environment.definition_count++] = (sc_definition){
        .name = name->text, .source = sc_yaml_expression(&loader->file->yaml, as), .scope = scope
    };
    return SIPCHECK_OK;
}

int sc_load_rule(sc_loader *loader, const sc_yaml_node *item)
{
    int code = sc_load_want_kind(loader, item, SC_YAML_MAPPING);
    if (code != SIPCHECK_OK) return code;
    bool definition = sc_yaml_get(item, "define") != NULL;
    return definition ? load_definition(loader, item) : load_rule(loader, item);
}
