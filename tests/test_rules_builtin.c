/* SPDX-License-Identifier: MIT */
/* The rules that are built in: they load, their own tests hold, and the clean messages of
 * bases.yaml draw no finding.
 *
 * For authors of rules:
 *   test_rules_builtin rules/rfc3261/8.1.1.yaml    tests of a file on disk
 *   test_rules_builtin rfc3261-8.1.1-something     tests of one built-in rule
 *   test_rules_builtin all                         tests of every built-in rule */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipcheck/engine.h>

#include "rules/set.h"

/* --- printing */

static void show_error(const sipcheck_error *error)
{
    printf("%s:%u:%u: %s\n", error->file, error->line, error->column, error->message);
    if (error->excerpt[0] != '\0') printf("  %s\n  %*s\n", error->excerpt, (int)error->column, "^");
}

/* One line of a message, and carets under what of [from, to) lies in it. Returns the next line. */
static size_t show_line(const uint8_t *bytes, size_t length, size_t at, size_t from, size_t to)
{
    const uint8_t *newline = memchr(bytes + at, '\n', length - at);
    size_t end = newline != NULL ? (size_t)(newline - bytes) + 1 : length;
    printf("    | ");
    for (size_t i = at; i < end && bytes[i] != '\r' && bytes[i] != '\n'; i++)
        putchar(bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '.');
    putchar('\n');
    if (from < to && from < end && to > at) {
        printf("      ");
        for (size_t i = at; i < end && i < to; i++)
            putchar(i < from ? ' ' : '^');
        putchar('\n');
    }
    return end;
}

static void show_message(const uint8_t *bytes, size_t length, size_t from, size_t to)
{
    for (size_t at = 0; at < length;)
        at = show_line(bytes, length, at, from, to);
}

typedef struct tally {
    unsigned run, failed;
} tally;

/* What is not there has to be said in words, not by a template's stopgap. */
static bool reads_well(const sipcheck_test_outcome *o)
{
    return o->got != SIPCHECK_FAIL || strstr(o->text, "(absent)") == NULL;
}

static void on_outcome(void *user, const sipcheck_test_outcome *o)
{
    tally *t = user;
    t->run++;
    if (o->ok && reads_well(o)) return;
    t->failed++;
    printf("%s:%u: %s: wanted %s, got %s%s%s\n", o->rule->file, o->line, o->rule->id,
           sipcheck_verdict_name(o->wanted), sipcheck_verdict_name(o->got),
           *o->text != '\0' ? ": " : "", o->text);
    show_message(o->bytes, o->length, o->mark_offset, o->mark_offset + o->mark_length);
}

/* --- sets */

static sipcheck_rules *builtin_rules(void)
{
    sipcheck_error error = { 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_non_null(rules);
    bool good = sipcheck_rules_add_builtin(rules, &error) == SIPCHECK_OK &&
                sipcheck_rules_add_builtin_tests(rules, &error) == SIPCHECK_OK &&
                sipcheck_rules_use_profile(rules, "default", NULL, &error) == SIPCHECK_OK &&
                sipcheck_rules_seal(rules, &error) == SIPCHECK_OK;
    if (!good) show_error(&error);
    assert_true(good);
    return rules;
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = file != NULL ? malloc(SC_YAML_BYTES_MAX) : NULL;
    *length = text != NULL ? fread(text, 1, SC_YAML_BYTES_MAX, file) : 0;
    if (file != NULL) fclose(file);
    return text;
}

static int add_builtin_bases(sipcheck_rules *rules, sipcheck_error *error)
{
    const sipcheck_builtin *file = NULL;
    for (size_t i = 0; (file = sipcheck_builtin_at(i)) != NULL; i++)
        if (strcmp(file->path, "bases.yaml") == 0)
            return sipcheck_rules_add_bases(rules, file->path, file->text, file->length, error);
    return SIPCHECK_INVALID;
}

static sipcheck_rules *rules_of_file(const char *path)
{
    sipcheck_error error = { 0 };
    size_t length;
    char *text = read_file(path, &length);
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    bool good = text != NULL && rules != NULL && add_builtin_bases(rules, &error) == SIPCHECK_OK &&
                sipcheck_rules_add(rules, path, text, length, &error) == SIPCHECK_OK &&
                sipcheck_rules_seal(rules, &error) == SIPCHECK_OK;
    free(text);
    if (!good) {
        text != NULL ? show_error(&error) : perror(path);
        sipcheck_rules_free(rules);
        return NULL;
    }
    return rules;
}

/* --- for authors */

static int run_for_author(const char *what)
{
    bool file = strstr(what, ".yaml") != NULL;
    sipcheck_rules *rules = file ? rules_of_file(what) : builtin_rules();
    bool all = file || strcmp(what, "all") == 0;
    const sipcheck_rule *rule =
        rules != NULL && !all ? sipcheck_rules_find(rules, what, NULL) : NULL;
    tally t = { 0 };
    if (rules == NULL || (!all && rule == NULL)) {
        printf("%s: no such rule, or it does not load\n", what);
        sipcheck_rules_free(rules);
        return EXIT_FAILURE;
    }
    sipcheck_rules_test(rules, rule, NULL, on_outcome, &t);
    printf("%u tests, %u failed\n", t.run, t.failed);
    sipcheck_rules_free(rules);
    return t.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- tests */

static void every_rule_loads(void **state)
{
    (void)state;
    sipcheck_rules *rules = builtin_rules();
    unsigned syntax = 0;
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++)
        syntax += sipcheck_rules_at(rules, i)->syntax;
    printf("%zu rules, %u of them of the grammar\n", sipcheck_rules_count(rules), syntax);
    assert_true(syntax > SIPCHECK_HEADER_COUNT);
    sipcheck_rules_free(rules);
}

static void every_rule_keeps_its_own_tests(void **state)
{
    (void)state;
    sipcheck_rules *rules = builtin_rules();
    tally t = { 0 };
    assert_int_equal(sipcheck_rules_test(rules, NULL, NULL, on_outcome, &t), SIPCHECK_OK);
    printf("%u tests of rules\n", t.run);
    assert_int_equal(t.failed, 0);
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++) {
        const sc_rule *rule = (const sc_rule *)sipcheck_rules_at(rules, i);
        if (rule->tests == NULL && rule->pub.rfc != 0) fail_msg("%s has no test", rule->pub.id);
    }
    sipcheck_rules_free(rules);
}

typedef struct accusation {
    const char *base;
    unsigned count;
} accusation;

static void on_finding(void *user, const sipcheck_finding *f)
{
    accusation *a = user;
    if (f->severity == SIPCHECK_INFO) return;
    a->count++;
    printf("bases.yaml: %s: %s: %s\n", a->base, f->rule->id, f->text);
    show_message(f->packet->bytes, f->packet->length, f->offset, f->offset + f->length);
}

/* The transport that the message was written for. */
static enum sipcheck_transport transport_of(sipcheck_slice bytes)
{
    static const struct {
        const char *via;
        enum sipcheck_transport transport;
    } table[] = { { "SIP/2.0/TLS ", SIPCHECK_TRANSPORT_TLS },
                  { "SIP/2.0/TCP ", SIPCHECK_TRANSPORT_TCP } };
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        if (memmem(bytes.p, bytes.n, table[i].via, strlen(table[i].via)) != NULL)
            return table[i].transport;
    return SIPCHECK_TRANSPORT_UDP;
}

static void base_messages_are_clean(void **state)
{
    (void)state;
    sipcheck_rules *rules = builtin_rules();
    accusation a = { 0 };
    const sipcheck_options options = { .on_finding = on_finding, .user = &a };
    unsigned bases = 0;
    for (const sc_base *base = rules->bases; base != NULL; base = base->next, bases++) {
        sipcheck *engine = sipcheck_new(rules, &options); /* none is a copy of another */
        assert_non_null(engine);
        const sipcheck_packet packet = { .bytes = base->bytes.p,
                                         .length = base->bytes.n,
                                         .transport = transport_of(base->bytes) };
        a.base = base->name;
        assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_OK);
        sipcheck_free(engine);
    }
    assert_int_equal(a.count, 0);
    assert_true(bases > 50);
    sipcheck_rules_free(rules);
}

/* Who is told neither where the capture was taken nor what ICMP says, as the Wireshark plugin,
 * accuses nobody of silence. */
static void silence_is_judged_beside_an_element_alone(void **state)
{
    (void)state;
    sipcheck_rules *rules = builtin_rules();
    unsigned silences = 0;
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++) {
        const sc_rule *rule = (const sc_rule *)(const void *)sipcheck_rules_at(rules, i);
        bool silence = rule->expect.events != 0 && !rule->expect.no && !rule->expect.swapped;
        if (silence && rule->vantage == SC_VANTAGE_ANY) fail_msg("%s: no vantage", rule->pub.id);
        silences += silence;
    }
    assert_true(silences > 20);
    sipcheck_rules_free(rules);
}

int main(int argc, char **argv)
{
    if (argc > 1) return run_for_author(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_loads),
        cmocka_unit_test(every_rule_keeps_its_own_tests),
        cmocka_unit_test(base_messages_are_clean),
        cmocka_unit_test(silence_is_judged_beside_an_element_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
