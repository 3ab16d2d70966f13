/* SPDX-License-Identifier: MIT */
/* Reading a tree of YAML into a rule set: what the loaders of rules, tests, profiles share.
 * Functions return 0, SIPCHECK_NOMEM or SIPCHECK_INVALID with the loader's error filled. */
#ifndef SC_LOAD_H
#define SC_LOAD_H

#include "rules/packed.h"
#include "rules/set.h"

#define SC_DEFINITIONS_MAX 64 /* in one file */

/* What is loaded. */
typedef struct sc_load_source {
    const char *name, *text; /* copied where there is no tree */
    size_t length;
    const sc_packed *tree; /* of a file that was built in; NULL: the text has to be parsed */
} sc_load_source;

typedef struct sc_loader {
    sipcheck_rules *set;
    sc_file *file; /* its arena takes what stays */
    bool built_in; /* texts of the tree stay */
    sipcheck_error *error;
    sipcheck_arena *tree; /* goes away after loading */
    const sc_yaml_node *root;
    sc_definition definitions[SC_DEFINITIONS_MAX];
    sc_environment environment;
    sc_rule *rules, **last_rule; /* of this file */
    size_t rule_count;
} sc_loader;

/* Read a file into a tree. Behind it sc_load_end, whatever was returned. code: what loading came
 * to; on 0 the file becomes part of the set. Returns code. */
int sc_load_begin(sc_loader *loader, sipcheck_rules *set, const sc_load_source *source,
                  sipcheck_error *error);
int sc_load_end(sc_loader *loader, int code);

int sc_load_fault(const sc_loader *loader, const sc_yaml_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The place of a node, for the time after loading. */
sc_place sc_load_place(const sc_loader *loader, const sc_yaml_node *node);

/* Memory that stays. */
void *sc_load_alloc(const sc_loader *loader, size_t size);
int sc_load_text(const sc_loader *loader, const sc_yaml_node *node, const char **ret);

/* Every key of the mapping is one of the known ones. */
int sc_load_check_keys(const sc_loader *loader, const sc_yaml_node *mapping,
                       const char *const *known, size_t count);
int sc_load_want_kind(const sc_loader *loader, const sc_yaml_node *node, enum sc_yaml_kind kind);

/* The entry of a key: of that kind, NULL where it is not there; demanded: an error then. An empty
 * text is an error, too. */
enum sc_need { SC_OPTIONAL, SC_DEMANDED };
int sc_load_entry(const sc_loader *loader, const sc_yaml_node *mapping, const char *key,
                  enum sc_yaml_kind kind, enum sc_need need, const sc_yaml_node **ret);

/* A scalar that is one of the words: its index. */
int sc_load_word(const sc_loader *loader, const sc_yaml_node *node, const char *const *words,
                 size_t count, unsigned *ret);

/* Digits only, up to limit. */
int sc_load_number(const sc_loader *loader, const sc_yaml_node *node, uint64_t limit,
                   uint64_t *ret);

/* credentials: [{user: alice, realm: example.com, password: secret}] of a test. */
int sc_load_secrets(const sc_loader *loader, const sc_yaml_node *node, sc_test *test);

/* A time with its unit, in nanoseconds, from least to most. */
int sc_load_duration(const sc_loader *loader, const sc_yaml_node *node, uint64_t least,
                     uint64_t most, uint64_t *ret);

int sc_load_rule(sc_loader *loader, const sc_yaml_node *item);
/* The rules of a file that was built in: load_image.c. */
int sc_load_images(sc_loader *loader, const char *images);
/* Behind those that were loaded. */
void sc_load_append(sc_loader *loader, sc_rule *rule);
/* What a rule, which was loaded without, has as its tests. */
int sc_load_own_tests(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule);

/* sipcheck_rules_add and its like, of any source. */
typedef int sc_add_fn(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error);
/* What takes a file of rules/ with that path; NULL: it is a ledger, or has tests alone. */
sc_add_fn *sc_kind_of_file(const char *path);
int sc_add_rules(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error);
int sc_add_bases(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error);
int sc_add_profile(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error);
int sc_add_machine(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error);
/* Give the grammar's rules their tests. Where this or the next one fails, they point at what is
 * freed: sc_drop_tests. */
int sc_add_syntax_tests(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error);
/* Give the rules of a file that was built in theirs. */
int sc_add_rule_tests(sipcheck_rules *set, const sc_load_source *source, sipcheck_error *error);
void sc_drop_tests(sipcheck_rules *set);

/* A scope's word where it is said, else of the message. */
int sc_load_scope(const sc_loader *loader, const sc_yaml_node *item, enum sc_need need,
                  enum sipcheck_scope *ret);
/* An event of the scope, by its name: enum sc_event_kind. */
int sc_load_event(const sc_loader *loader, const sc_yaml_node *node, enum sipcheck_scope scope,
                  unsigned *ret);
/* The expression of a key, which may be missing, in a scope wider than the message; more:
 * enum SC_BIND_... */
int sc_load_expression(const sc_loader *loader, const sc_yaml_node *mapping, const char *key,
                       enum sc_want want, enum sipcheck_scope scope, unsigned more,
                       sc_program **ret);
/* Of a rule whose scope is known: on, vantage, machine, assert or expect, as far as they
 * are no expressions. */
int sc_load_moment(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule);
/* The expressions of expect, and what it says. */
int sc_load_expect(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule);
/* Behind its assertion: what shows that it failed for the order in which messages were seen. */
int sc_load_swapped(const sc_loader *loader, const sc_yaml_node *item, sc_rule *rule);

/* tests: of a rule of that scope. */
int sc_load_tests(const sc_loader *loader, const sc_yaml_node *tests, enum sipcheck_scope scope,
                  const sc_test **ret);
/* The keys of a test's message, or of one step of a flow with `more` keys besides, which the caller
 * reads. test: its defaults. */
int sc_load_message(const sc_loader *loader, const sc_yaml_node *node, const char *const *more,
                    size_t more_count, sc_test *test);
/* The keys of a test with a flow. */
int sc_load_flow(const sc_loader *loader, const sc_yaml_node *node, sc_test *test);
int sc_load_transport(const sc_loader *loader, const sc_yaml_node *node, const char **ret);

#endif
