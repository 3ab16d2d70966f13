/* SPDX-License-Identifier: MIT */
/* The trees that the build packed are those of the files' texts, and the rules that it loaded are
 * those of the texts, but for their tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failing.h"
#include "rules/image.h"
#include "rules/load.h"
#include "rules/machine.h"

/* Where two trees differ; NULL: nowhere. */
static const sc_yaml_node *differs(const sc_yaml_node *parsed, const sc_yaml_node *packed);

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_node(const sc_yaml_node *a, const sc_yaml_node *b)
{
    return a->kind == b->kind && a->block == b->block && a->line == b->line &&
           a->column == b->column && a->length == b->length && same_text(a->text, b->text) &&
           a->source.p == b->source.p && a->source.n == b->source.n &&
           (a->source.p == NULL ||
            (a->source_line == b->source_line && a->source_column == b->source_column)) &&
           !a->key == !b->key && !a->first == !b->first;
}

static const sc_yaml_node *differing_entry(const sc_yaml_node *a, const sc_yaml_node *b)
{
    for (; a != NULL; a = a->next, b = b->next) {
        const sc_yaml_node *place = b == NULL ? a : differs(a, b);
        if (place != NULL) return place;
    }
    return b;
}

static const sc_yaml_node *differs(const sc_yaml_node *parsed, const sc_yaml_node *packed)
{
    if (!same_node(parsed, packed)) return parsed;
    const sc_yaml_node *place = parsed->key != NULL ? differs(parsed->key, packed->key) : NULL;
    return place != NULL ? place : differing_entry(parsed->first, packed->first);
}

static void trees_are_those_of_the_texts(void **state)
{
    (void)state;
    sipcheck_error error = { .line = 0 };
    const sc_builtin *builtin;
    unsigned trees = 0;
    for (size_t i = 0; (builtin = sc_builtin_at(i)) != NULL; i++) {
        if (builtin->tree.bytes == NULL) continue;
        const sc_yaml_file file = { builtin->file.path,
                                    { (const uint8_t *)builtin->file.text, builtin->file.length } };
        sipcheck_arena *arena = sipcheck_arena_new(NULL);
        const sc_yaml_node *parsed, *packed;
        assert_int_equal(sc_yaml_parse(arena, &file, &parsed, &error), SIPCHECK_OK);
        assert_int_equal(sc_packed_read(arena, &builtin->tree, &file, &packed), SIPCHECK_OK);
        const sc_yaml_node *place = differs(parsed, packed);
        if (place != NULL) fail_msg("%s:%u:%u differs", file.name, place->line, place->column);
        sipcheck_arena_free(arena);
        trees++;
    }
    assert_true(trees > 10);
}

/* Profiles, machines and bases are packed, rules are loaded, files of the grammar's tests and
 * ledgers are neither. */
static void files_are_what_they_need_to_be(void **state)
{
    (void)state;
    const sc_builtin *builtin;
    for (size_t i = 0; (builtin = sc_builtin_at(i)) != NULL; i++) {
        const char *path = builtin->file.path;
        bool rules = strncmp(path, "rfc", 3) == 0;
        bool tree = strstr(path, ".yaml") != NULL && strncmp(path, "syntax/", 7) != 0 && !rules;
        if ((builtin->tree.bytes != NULL) != tree)
            fail_msg("%s: %s a tree", path, tree ? "not" : "");
        if ((builtin->tree.rules != NULL) != rules) fail_msg("%s: rules", path);
    }
}

static sipcheck_rules *of_texts(void)
{
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    const sc_builtin *builtin;
    for (size_t i = 0; (builtin = sc_builtin_at(i)) != NULL; i++) {
        const sipcheck_builtin *file = &builtin->file;
        const sc_load_source source = { file->path, file->text, file->length, NULL };
        sc_add_fn *add = sc_kind_of_file(file->path);
        if (add != NULL) assert_int_equal(add(rules, &source, &error), SIPCHECK_OK);
    }
    assert_int_equal(sipcheck_rules_seal(rules, &error), SIPCHECK_OK);
    return rules;
}

static sipcheck_rules *of_images(void)
{
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_int_equal(sipcheck_rules_add_builtin(rules, &error), SIPCHECK_OK);
    assert_int_equal(sipcheck_rules_seal(rules, &error), SIPCHECK_OK);
    return rules;
}

typedef struct written {
    uint8_t bytes[65536];
    size_t n;
} written;

static void put(void *user, const void *bytes, size_t n)
{
    written *w = user;
    assert_true(n <= sizeof w->bytes - w->n);
    if (n > 0) memcpy(w->bytes + w->n, bytes, n);
    w->n += n;
}

static void write_rule(sc_rule *rule, written *w)
{
    sc_image image = { .put = put, .user = w };
    w->n = 0;
    assert_int_equal(sc_image_rule(&image, NULL, rule), SIPCHECK_OK);
}

/* What was read and what was loaded is written alike. */
static void same_image(sc_rule *a, sc_rule *b)
{
    static written of_text, of_image;
    write_rule(a, &of_text);
    write_rule(b, &of_image);
    assert_int_equal(of_text.n, of_image.n);
    assert_memory_equal(of_text.bytes, of_image.bytes, of_text.n);
}

static void same_needs(const sc_preconditions *a, const sc_preconditions *b)
{
    assert_int_equal(a->kinds, b->kinds);
    assert_int_equal(a->methods, b->methods);
    assert_int_equal(a->response_methods, b->response_methods);
    assert_memory_equal(a->statuses, b->statuses, sizeof a->statuses);
    assert_memory_equal(a->headers, b->headers, sizeof a->headers);
    assert_int_equal(a->header_count, b->header_count);
    assert_int_equal(a->names, b->names);
}

static void same_moment(const sc_rule *a, const sc_rule *b)
{
    assert_int_equal(a->expect.events, b->expect.events);
    assert_int_equal(a->expect.unless, b->expect.unless);
    assert_int_equal(a->expect.no, b->expect.no);
    assert_int_equal(a->expect.swapped, b->expect.swapped);
    assert_int_equal(a->expect.own, b->expect.own);
    assert_int_equal(a->on, b->on);
    assert_int_equal(a->vantage, b->vantage);
    assert_int_equal(a->machine != NULL, b->machine != NULL);
    if (a->machine != NULL && b->machine != NULL)
        assert_string_equal(a->machine->info.name, b->machine->info.name);
}

/* All of it, but for the tests. */
static void same_rule(sc_rule *a, sc_rule *b)
{
    const sipcheck_rule *p = &a->pub, *q = &b->pub;
    assert_string_equal(p->id, q->id);
    const char *const texts[][2] = {
        { p->title, q->title },     { p->section, q->section },
        { p->asks, q->asks },       { p->why, q->why },
        { p->message, q->message }, { p->fix, q->fix },
        { p->applies, q->applies }, { p->assertion, q->assertion },
        { p->expect, q->expect },   { p->swapped, q->swapped },
        { p->on, q->on },           { p->vantage, q->vantage },
        { p->machine, q->machine }, { p->file, q->file },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(texts[i][0], texts[i][1]);
    size_t i = 0;
    for (; p->statements[i] != NULL && q->statements[i] != NULL; i++)
        assert_string_equal(p->statements[i], q->statements[i]);
    assert_ptr_equal(p->statements[i], q->statements[i]);
    assert_int_equal(p->line, q->line);
    assert_int_equal(p->rfc, q->rfc);
    assert_int_equal(p->binds, q->binds);
    assert_int_equal(p->level, q->level);
    assert_int_equal(p->severity, q->severity);
    assert_int_equal(p->scope, q->scope);
    assert_int_equal(p->enabled, q->enabled);
    assert_int_equal(p->syntax, q->syntax);
    same_moment(a, b);
    same_needs(&a->needs, &b->needs);
    same_needs(&a->response_needs, &b->response_needs);
    same_image(a, b);
}

static void rules_are_those_of_the_texts(void **state)
{
    (void)state;
    sipcheck_rules *texts = of_texts(), *images = of_images();
    assert_int_equal(sipcheck_rules_count(texts), sipcheck_rules_count(images));
    for (size_t i = 0; i < sipcheck_rules_count(texts); i++)
        same_rule(texts->by_id[i], images->by_id[i]);
    sipcheck_rules_free(texts);
    sipcheck_rules_free(images);
}

/* Of a user's rule and one that is built in, the second to come is told of. */
static void ids_are_not_used_twice(void **state)
{
    (void)state;
    static const char text[] = "- id: rfc3261-20-contact-where\n  title: a\n  cites: [3261-20-1]\n"
                               "  level: MUST\n  binds: uac\n  scope: message\n"
                               "  assert: sip.is_request\n  message: a\n  fix: a\n  asks: a\n"
                               "  why: a\n  tests:\n    pass: [{base: invite}]\n"
                               "    fail: [{base: invite}]\n";
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_int_equal(sipcheck_rules_add(rules, "own.yaml", text, sizeof text - 1, &error),
                     SIPCHECK_OK);
    assert_int_equal(sipcheck_rules_add_builtin(rules, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message, "a rule \"rfc3261-20-contact-where\" is there already");
    assert_non_null(strstr(error.excerpt, "id: rfc3261-20-contact-where"));
    assert_true(error.line > 0);
    sipcheck_rules_free(rules);
}

static size_t rules_with_tests(const sipcheck_rules *rules)
{
    size_t count = 0;
    for (size_t i = 0; i < rules->count; i++)
        count += rules->by_id[i]->tests != NULL;
    return count;
}

static void tests_come_where_they_are_asked_for(void **state)
{
    (void)state;
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_int_equal(sipcheck_rules_add_builtin_tests(rules, &error), SIPCHECK_INVALID);
    assert_non_null(strstr(error.message, "not in the set"));
    assert_int_equal(sipcheck_rules_add_builtin(rules, &error), SIPCHECK_OK);
    assert_int_equal(rules_with_tests(rules), 0);
    assert_int_equal(sipcheck_rules_add_builtin_tests(rules, &error), SIPCHECK_OK);
    assert_true(rules_with_tests(rules) + SC_OWN_COUNT > sipcheck_rules_count(rules));
    sipcheck_rules_free(rules);
}

/* Adds all, and its tests, with memory for so many allocations; nothing is left behind. */
static int add_with(failing *memory)
{
    const sipcheck_allocator allocator = failing_allocator(memory);
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(&allocator);
    int code = rules != NULL ? sipcheck_rules_add_builtin(rules, &error) : SIPCHECK_NOMEM;
    if (code == SIPCHECK_OK) code = sipcheck_rules_add_builtin_tests(rules, &error);
    if (code != SIPCHECK_OK && rules != NULL) assert_int_equal(rules_with_tests(rules), 0);
    sipcheck_rules_free(rules);
    assert_int_equal(memory->out, 0);
    return code;
}

/* There are thousands: of all but the first and the last few only some. */
static void no_memory_is_said_and_nothing_is_lost(void **state)
{
    (void)state;
    failing enough = { .left = -1 };
    assert_int_equal(add_with(&enough), SIPCHECK_OK);
    for (long n = 0; n < enough.given;
         n += n < 40 || n > enough.given - 8 ? 1 : enough.given / 60) {
        failing memory = { .left = n };
        assert_int_equal(add_with(&memory), SIPCHECK_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_are_those_of_the_texts),
        cmocka_unit_test(files_are_what_they_need_to_be),
        cmocka_unit_test(rules_are_those_of_the_texts),
        cmocka_unit_test(ids_are_not_used_twice),
        cmocka_unit_test(tests_come_where_they_are_asked_for),
        cmocka_unit_test(no_memory_is_said_and_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
