/* SPDX-License-Identifier: MIT */
/* Hostile rule files end in an error, and so does a failing allocation. */
#include "rule_rest.h"

#include "rules/yaml.h"

/* --- files made of one text again and again */

typedef struct flood {
    const char *what, *head, *again, *tail;
    size_t times;
    int code;
} flood;

static const flood floods[] = {
    { "lists in lists", "", "[", "", 500000, SIPCHECK_TOO_BIG },
    { "mappings in mappings", "", "{a: ", "", 200000, SIPCHECK_TOO_BIG },
    { "list items in list items", "", "- ", "x", 500000, SIPCHECK_TOO_BIG },
    { "keys of keys", "", "? ", "x", 400000, SIPCHECK_INVALID },
    { "open parentheses", RULE_HEAD("a-b") "  assert: ", "(",
      "\n  message: m\n  fix: f\n" RULE_TESTS, 8000, SIPCHECK_INVALID },
    { "a long chain of not", RULE_HEAD("a-b") "  assert: ", "not ",
      "sip.is_request\n  message: m\n  fix: f\n" RULE_TESTS, 2000, SIPCHECK_INVALID },
    { "a long text", "- id: ", "aaaaaaaaaa", "\n", 10000, SIPCHECK_TOO_BIG },
    { "many values", "", "- x\n", "", 200000, SIPCHECK_TOO_BIG },
    { "many small lists", "", "- []\n", "", 200000, SIPCHECK_TOO_BIG },
    { "many anchors", "", "- &a x\n", "", 50000, SIPCHECK_INVALID },
    { "a long file", "", "# nothing at all\n", "", 100000, SIPCHECK_TOO_BIG },
    { "many documents", "", "--- []\n", "", 100000, SIPCHECK_INVALID },
    { "a long key", "- ", "k", ": x\n", 70000, SIPCHECK_TOO_BIG },
    { "quotes that do not close", "- \"", "\\n", "", 500000, SIPCHECK_INVALID },
    { "only line ends", "", "\n", "", 1000000, SIPCHECK_OK },
    { "many comments", "", "# x\n", "", 250000, SIPCHECK_OK },
};

static char *flood_text(const flood *f, size_t *length)
{
    size_t head = strlen(f->head), again = strlen(f->again), tail = strlen(f->tail);
    *length = head + again * f->times + tail;
    char *text = malloc(*length + 1), *p = text + head;
    assert_non_null(text);
    memcpy(text, f->head, head);
    for (size_t i = 0; i < f->times; i++, p += again)
        memcpy(p, f->again, again);
    memcpy(p, f->tail, tail + 1);
    return text;
}

static void hostile_files_end_in_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        size_t length;
        char *text = flood_text(&floods[i], &length);
        sipcheck_rules *rules = ruleset_open("");
        sipcheck_error error = { .line = 0 };
        int code = sipcheck_rules_add(rules, "test.yaml", text, length, &error);
        if (code != floods[i].code || (code != 0 && error.message[0] == '\0')) {
            fail_msg("%s: %d: %u:%u: %s", floods[i].what, code, error.line, error.column,
                     error.message);
        }
        sipcheck_rules_free(rules);
        free(text);
    }
}

/* ten levels of ten aliases each would be 10^10 values */
static void an_alias_bomb_is_refused(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_open("");
    sipcheck_error error = { .line = 0 };
    const char *bomb = "- &a [x,x,x,x,x,x,x,x,x,x]\n- &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                       "- &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n- [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n";
    assert_int_equal(ruleset_add(rules, bomb, &error), SIPCHECK_INVALID);
    assert_int_equal(error.line, 1);
    sipcheck_rules_free(rules);
}

static void a_mapping_has_a_limit_of_keys(void **state)
{
    (void)state;
    enum { KEYS = 20000, EACH = 12 };
    char *text = malloc(KEYS * EACH + 3), *p = text;
    *p++ = '-';
    *p++ = ' ';
    for (unsigned i = 0; i < KEYS; i++)
        p += snprintf(p, EACH + 1, "%sk%05u: x\n", i > 0 ? "  " : "", i);
    sipcheck_rules *rules = ruleset_open("");
    sipcheck_error error = { .line = 0 };
    int code = sipcheck_rules_add(rules, "test.yaml", text, (size_t)(p - text), &error);
    assert_int_equal(code, SIPCHECK_TOO_BIG);
    assert_int_equal(error.line, SC_YAML_KEYS_MAX + 1);
    sipcheck_rules_free(rules);
    free(text);
}

/* Every prefix of a good file is taken or refused; none does harm. */
static void every_prefix_of_a_file_is_survived(void **state)
{
    (void)state;
    static const char text[] =
        "# é\n- define: big\n  as: sip.Content-Length > 10\n" RULE_CSEQ("a-b") RULE_HEAD("c-d")
            AND_REST;
    for (size_t n = 0; n < sizeof text; n++) {
        char *copy = malloc(n + 1); /* exact, so that a sanitizer sees a read behind it */
        memcpy(copy, text, n);
        sipcheck_rules *rules = ruleset_open("");
        sipcheck_error error = { .line = 0 };
        int code = sipcheck_rules_add(rules, "test.yaml", copy, n, &error);
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_INVALID);
        sipcheck_rules_free(rules);
        free(copy);
    }
}

/* --- memory */

static int load_all(const sipcheck_allocator *allocator, sipcheck_rules **ret)
{
    static const char text[] =
        "- define: asks\n  as: sip.is_request\n" RULE_CSEQ("a-b") RULE_CSEQ("c-d");
    static const char profile[] = "name: p\nrules: {a-b: {enabled: false}}\n"
                                  "waivers: [{rule: a*, party: 10.0.0.1, reason: r, owner: o, "
                                  "expires: 2026-01-01}]\n";
    sipcheck_error error;
    *ret = sipcheck_rules_new(allocator);
    if (*ret == NULL) return SIPCHECK_NOMEM;
    int code = sipcheck_rules_add_bases(*ret, "bases", bases_text, strlen(bases_text), &error);
    code = code == 0 ? sipcheck_rules_add(*ret, "test.yaml", text, strlen(text), &error) : code;
    code =
        code == 0 ? sipcheck_rules_add_profile(*ret, "p", profile, strlen(profile), &error) : code;
    code = code == 0 ? sipcheck_rules_use_profile(*ret, "p", "2026-06-01", &error) : code;
    code = code == 0 ? sipcheck_rules_seal(*ret, &error) : code;
    return code == 0 ? sipcheck_rules_test(*ret, NULL, NULL, NULL, NULL) : code;
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    loading_survives(load_all, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_files_end_in_an_error),
        cmocka_unit_test(an_alias_bomb_is_refused),
        cmocka_unit_test(a_mapping_has_a_limit_of_keys),
        cmocka_unit_test(every_prefix_of_a_file_is_survived),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
