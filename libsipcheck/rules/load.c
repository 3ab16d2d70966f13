/* SPDX-License-Identifier: MIT */
#include "rules/load.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text/arena.h"

static int read_tree(sc_loader *loader, const sc_packed *packed)
{
    const sc_yaml_file *file = &loader->file->yaml;
    return packed != NULL ? sc_packed_read(loader->tree, packed, file, &loader->root)
                          : sc_yaml_parse(loader->tree, file, &loader->root, loader->error);
}

/* Some editors put a byte order mark before what they write. */
static sipcheck_slice behind_mark(const sc_load_source *source)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t n = source->length >= 3 && memcmp(source->text, mark, 3) == 0 ? 3 : 0;
    return (sipcheck_slice){ (const uint8_t *)source->text + n, source->length - n };
}

int sc_load_begin(sc_loader *loader, sipcheck_rules *set, const sc_load_source *source,
                  sipcheck_error *error)
{
    *loader = (sc_loader){ .set = set, .error = error, .built_in = source->tree != NULL };
    loader->last_rule = &loader->rules;
    loader->environment = (sc_environment){ .bindings = sc_message_bindings,
                                            .binding_count = 1,
                                            .definitions = loader->definitions,
                                            .definition_count = 0 };
    sc_place start = { .file = source->name };
    if (set->sealed)
        return sc_error_set(error, &start, "the set is sealed: nothing can be added any more");
    if (source->length > SC_YAML_BYTES_MAX) {
        sc_error_set(error, &start, "the file is longer than %zu bytes", SC_YAML_BYTES_MAX);
        return SIPCHECK_TOO_BIG;
    }
    const sc_yaml_file yaml = { source->name, behind_mark(source) };
    int code = sc_file_new(set, &yaml, loader->built_in, &loader->file);
    if (code != SIPCHECK_OK) return code;
    loader->tree = sipcheck_arena_new(&set->allocator);
    return loader->tree == NULL ? SIPCHECK_NOMEM : read_tree(loader, source->tree);
}

int sc_load_end(sc_loader *loader, int code)
{
    sipcheck_arena_free(loader->tree);
    if (code == SIPCHECK_OK) {
        sc_set_keep_file(loader->set, loader->file);
        return code;
    }
    for (sc_rule *rule = loader->rules; rule != NULL; rule = rule->next)
        sc_rule_clear(rule);
    sc_file_free(loader->set, loader->file);
    return code;
}

void sc_load_append(sc_loader *loader, sc_rule *rule)
{
    *loader->last_rule = rule;
    loader->last_rule = &rule->next;
    loader->rule_count++;
}

int sc_load_fault(const sc_loader *loader, const sc_yaml_node *node, const char *format, ...)
{
    char message[sizeof loader->error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    sc_place place = sc_load_place(loader, node);
    return sc_error_set(loader->error, &place, "%s", message);
}

sc_place sc_load_place(const sc_loader *loader, const sc_yaml_node *node)
{
    return sc_yaml_place(&loader->file->yaml, node);
}

void *sc_load_alloc(const sc_loader *loader, size_t size)
{
    return sc_arena_alloc(loader->file->arena, size);
}

int sc_load_text(const sc_loader *loader, const sc_yaml_node *node, const char **ret)
{
    if (loader->built_in) {
        *ret = node->text;
        return SIPCHECK_OK;
    }
    char *text = sc_load_alloc(loader, node->length + 1);
    if (text == NULL) return SIPCHECK_NOMEM;
    memcpy(text, node->text, node->length + 1);
    *ret = text;
    return SIPCHECK_OK;
}

static int unknown_word(const sc_loader *loader, const sc_yaml_node *node, const char *what,
                        const char *const *known, size_t count)
{
    sc_nearest nearest = { .name = { (const uint8_t *)node->text, node->length } };
    for (size_t i = 0; i < count; i++)
        sc_nearest_offer(&nearest, known[i]);
    char hint[128];
    return sc_load_fault(loader, node, "\"%.64s\" is not %s%s", node->text, what,
                         sc_nearest_text(&nearest, hint, sizeof hint));
}

static bool find_word(const char *text, const char *const *words, size_t count, unsigned *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (*text == *words[i] && strcmp(text, words[i]) == 0) {
            *ret = (unsigned)i;
            return true;
        }
    }
    return false;
}

int sc_load_check_keys(const sc_loader *loader, const sc_yaml_node *mapping,
                       const char *const *known, size_t count)
{
    if (loader->built_in) return SIPCHECK_OK; /* the build has looked */
    int code = sc_load_want_kind(loader, mapping, SC_YAML_MAPPING);
    const sc_yaml_node *entry = code == SIPCHECK_OK ? mapping->first : NULL;
    for (unsigned index; entry != NULL && code == SIPCHECK_OK; entry = entry->next)
        if (!find_word(entry->key->text, known, count, &index))
            code = unknown_word(loader, entry->key, "a key that is known here", known, count);
    return code;
}

int sc_load_want_kind(const sc_loader *loader, const sc_yaml_node *node, enum sc_yaml_kind kind)
{
    const sc_yaml_node wanted = { .kind = (uint8_t)kind };
    return node->kind == kind ? SIPCHECK_OK
                              : sc_load_fault(loader, node, "%s is wanted here, this is %s",
                                              sc_yaml_kind_name(&wanted), sc_yaml_kind_name(node));
}

int sc_load_entry(const sc_loader *loader, const sc_yaml_node *mapping, const char *key,
                  enum sc_yaml_kind kind, enum sc_need need, const sc_yaml_node **ret)
{
    const sc_yaml_node *node = sc_yaml_get(mapping, key);
    *ret = node;
    if (node == NULL) {
        return need == SC_DEMANDED ? sc_load_fault(loader, mapping, "\"%s\" is missing", key)
                                   : SIPCHECK_OK;
    }
    if (node->kind == SC_YAML_SCALAR && node->length == 0)
        return sc_load_fault(loader, node->key, "\"%s\" is empty", key);
    return sc_load_want_kind(loader, node, kind);
}

int sc_load_word(const sc_loader *loader, const sc_yaml_node *node, const char *const *words,
                 size_t count, unsigned *ret)
{
    int code = sc_load_want_kind(loader, node, SC_YAML_SCALAR);
    if (code != SIPCHECK_OK || find_word(node->text, words, count, ret)) return code;
    char what[256] = "one of";
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(what);
        snprintf(what + used, sizeof what - used, " %s", words[i]);
    }
    return unknown_word(loader, node, what, words, count);
}

int sc_load_number(const sc_loader *loader, const sc_yaml_node *node, uint64_t limit, uint64_t *ret)
{
    int code = sc_load_want_kind(loader, node, SC_YAML_SCALAR);
    uint64_t number = 0;
    for (const char *p = node->text; code == SIPCHECK_OK && *p != '\0'; p++) {
        if (*p < '0' || *p > '9') return sc_load_fault(loader, node, "a number is wanted here");
        number = number * 10 + (uint64_t)(*p - '0');
        if (number > limit) {
            return sc_load_fault(loader, node, "this number is larger than %llu",
                                 (unsigned long long)limit);
        }
    }
    *ret = number;
    return code;
}

/* duration = 1*10digit ("us" / "ms" / "s" / "min" / "h") */
int sc_load_duration(const sc_loader *loader, const sc_yaml_node *node, uint64_t least,
                     uint64_t most, uint64_t *ret)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = { { "us", 1000 },
                  { "ms", 1000000 },
                  { "s", 1000000000 },
                  { "min", 60000000000 },
                  { "h", 3600000000000 } };
    int code = sc_load_want_kind(loader, node, SC_YAML_SCALAR);
    if (code != SIPCHECK_OK) return code;
    size_t digits = strspn(node->text, "0123456789");
    uint64_t number = 0;
    for (size_t i = 0; i < digits && digits <= 10; i++)
        number = number * 10 + (uint64_t)(node->text[i] - '0');
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        bool fits = digits > 0 && digits <= 10 && number <= most / units[i].ns;
        if (!fits || number * units[i].ns < least) continue;
        if (strcmp(node->text + digits, units[i].name) == 0) {
            *ret = number * units[i].ns;
            return SIPCHECK_OK;
        }
    }
    return sc_load_fault(loader, node,
                         "a time is wanted here, such as 500ms or 4s, of %llu min at most",
                         (unsigned long long)(most / 60000000000));
}

/* A file of rules: a list of rules and definitions. */
static int load_items(sc_loader *loader)
{
    if (loader->root == NULL) return SIPCHECK_OK;
    int code = sc_load_want_kind(loader, loader->root, SC_YAML_SEQUENCE);
    const sc_yaml_node *item = code == SIPCHECK_OK ? loader->root->first : NULL;
    for (; item != NULL && code == SIPCHECK_OK; item = item->next)
        code = sc_load_rule(loader, item);
    return code;
}

static int reserve(const sc_loader *loader, const char *file)
{
    int code = sc_set_reserve(loader->set, loader->rule_count);
    if (code == SIPCHECK_TOO_BIG) {
        const sc_place place = { .file = file };
        sc_error_set(loader->error, &place, "more than %d rules", SC_RULES_MAX);
    }
    return code;
}

static void keep_rules(sc_loader *loader)
{
    for (sc_rule *rule = loader->rules; rule != NULL;) {
        sc_rule *next = rule->next;
        sc_set_insert(loader->set, rule);
        rule = next;
    }
}

int sc_add_rules(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error)
{
    sc_loader loader;
    int code = sc_load_begin(&loader, set, source, error);
    if (code == SIPCHECK_OK)
        code = source->tree != NULL ? sc_load_images(&loader, source->tree->rules)
                                    : load_items(&loader);
    if (code == SIPCHECK_OK) code = reserve(&loader, source->name);
    if (code == SIPCHECK_OK) keep_rules(&loader);
    return sc_load_end(&loader, code);
}

/* --- sources that users give */

int sipcheck_rules_add(sipcheck_rules *rules, const char *name, const char *text, size_t length,
                       sipcheck_error *error)
{
    return sc_add_rules(rules, &(sc_load_source){ name, text, length, NULL }, error);
}

int sipcheck_rules_add_bases(sipcheck_rules *rules, const char *name, const char *text,
                             size_t length, sipcheck_error *error)
{
    return sc_add_bases(rules, &(sc_load_source){ name, text, length, NULL }, error);
}

int sipcheck_rules_add_profile(sipcheck_rules *rules, const char *name, const char *text,
                               size_t length, sipcheck_error *error)
{
    return sc_add_profile(rules, &(sc_load_source){ name, text, length, NULL }, error);
}

int sipcheck_rules_add_machine(sipcheck_rules *rules, const char *name, const char *text,
                               size_t length, sipcheck_error *error)
{
    return sc_add_machine(rules, &(sc_load_source){ name, text, length, NULL }, error);
}
