/* SPDX-License-Identifier: MIT */
/* Limits of rule files and profiles: each is just kept, then broken by one, which is
 * said. docs/limits.md names the test of every limit. */
#include "ruleset.h"

#include "long_text.h"

#include "rules/load.h"
#include "rules/yaml.h"
#include "text/arena.h"

/* --- files */

static int parse_yaml(const long_text *t, sipcheck_error *error)
{
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sc_yaml_node *root = NULL;
    const sc_yaml_file file = { "x.yaml", { (const uint8_t *)t->p, t->n } };
    int code = sc_yaml_parse(arena, &file, &root, error);
    sipcheck_arena_free(arena);
    return code;
}

typedef struct file_limit {
    const char *what, *begin, *part, *middle, *close; /* as many closes as parts */
    size_t most;
    const char *message;
} file_limit;

static const file_limit file_limits[] = {
    { "SC_YAML_BYTES_MAX", "- x", "\n", "", "", SC_YAML_BYTES_MAX - 3, "the file is too long" },
    { "SC_YAML_NODES_MAX", "", "- x\n", "", "", SC_YAML_NODES_MAX - 1,
      "too many values in one file" },
    { "SC_YAML_DEPTH_MAX", "", "[", "x", "]", SC_YAML_DEPTH_MAX, "nested too deep" },
    { "SC_YAML_SCALAR_MAX", "- ", "a", "", "", SC_YAML_SCALAR_MAX, "this text is too long" },
};

static void yaml_ends_at_its_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof file_limits / sizeof *file_limits; i++) {
        const file_limit *limit = &file_limits[i];
        for (size_t more = 0; more < 2; more++) {
            sipcheck_error error = { .line = 0 };
            long_text t = { 0 };
            put(&t, limit->begin);
            put_times(&t, limit->part, limit->most + more);
            put(&t, limit->middle);
            put_times(&t, limit->close, limit->most + more);
            int code = parse_yaml(&t, &error);
            if (code != (more ? SIPCHECK_TOO_BIG : SIPCHECK_OK) ||
                (more && strcmp(error.message, limit->message) != 0))
                fail_msg("%s: %d: %s", limit->what, code, error.message);
            free(t.p);
        }
    }
}

static void a_mapping_ends_at_its_limit(void **state)
{
    (void)state;
    sipcheck_error error = { .line = 0 };
    long_text t = { 0 };
    for (size_t i = 0; i < SC_YAML_KEYS_MAX; i++)
        put_number(&t, "k%zu: x\n", i);
    assert_int_equal(parse_yaml(&t, &error), SIPCHECK_OK);
    put(&t, "k: x\n");
    assert_int_equal(parse_yaml(&t, &error), SIPCHECK_TOO_BIG);
    assert_string_equal(error.message, "too many keys");
    free(t.p);
}

/* Rules with `count` of something in them. */
typedef void make_fn(long_text *t, size_t count);

static void make_definitions(long_text *t, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_number(t, "- {define: d%zu, as: sip.is_request}\n", i);
}

static void make_rule(long_text *t, const char *cites, const char *message, const char *edits)
{
    put(t, "- id: a-b\n  title: a title\n  cites: [3261-1-1");
    put(t, cites);
    put(t, "]\n  level: MUST\n  binds: [uac]\n  scope: message\n  asks: x\n  why: x\n"
           "  assert: sip.CSeq.method == sip.Method\n  message: \"");
    put(t, message);
    put(t, "\"\n  fix: x\n  tests:\n    pass: [{base: ping}]\n    fail:\n      - base: ping\n"
           "        set: {CSeq: 1 BYE}\n        add: {X: [x");
    put(t, edits);
    put(t, "]}\n");
}

static void make_cites(long_text *t, size_t count)
{
    long_text cites = { 0 };
    for (size_t i = 2; i <= count; i++)
        put_number(&cites, ", 3261-1-%zu", i);
    make_rule(t, cites.p, "m", "");
    free(cites.p);
}

static void make_values(long_text *t, size_t count)
{
    long_text message = { 0 };
    put_times(&message, "{sip.Method}", count);
    make_rule(t, "", message.p, "");
    free(message.p);
}

/* One is `set`, and one stands in `add` already. */
static void make_edits(long_text *t, size_t count)
{
    long_text edits = { 0 };
    put_times(&edits, ", x", count - 2);
    make_rule(t, "", "m", edits.p);
    free(edits.p);
}

static void make_secrets(long_text *t, size_t count)
{
    make_rule(t, "", "m", "");
    put(t, "        credentials:\n");
    put_times(t, "        - {user: a, realm: b, password: c}\n", count);
}

typedef struct rule_limit {
    const char *what;
    make_fn *make;
    size_t most;
    const char *message;
} rule_limit;

static const rule_limit rule_limits[] = {
    { "SC_DEFINITIONS_MAX", make_definitions, SC_DEFINITIONS_MAX,
      "more than 64 definitions in one file" },
    { "CITES_MAX", make_cites, 64, "too many statements" },
    { "PIECES_MAX", make_values, 32, "too many values in this template" },
    { "SC_TEST_EDITS_MAX", make_edits, SC_TEST_EDITS_MAX, "more than 64 edits" },
    { "SC_TEST_SECRETS_MAX", make_secrets, SC_TEST_SECRETS_MAX, "more than 8 credentials" },
};

static void rules_end_at_their_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rule_limits / sizeof *rule_limits; i++) {
        const rule_limit *limit = &rule_limits[i];
        for (size_t more = 0; more < 2; more++) {
            sipcheck_error error = { .line = 0 };
            long_text t = { 0 };
            limit->make(&t, limit->most + more);
            sipcheck_rules *rules = ruleset_open("");
            int code = ruleset_add(rules, t.p, &error);
            if (code != (more ? SIPCHECK_INVALID : SIPCHECK_OK) ||
                (more && strcmp(error.message, limit->message) != 0))
                fail_msg("%s: %d: %s", limit->what, code, error.message);
            sipcheck_rules_free(rules);
            free(t.p);
        }
    }
}

/* SC_RULES_MAX */
static void a_set_ends_at_its_limit(void **state)
{
    (void)state;
    enum { EACH = 1000 };
    sipcheck_rules *rules = ruleset_open("");
    sipcheck_error error = { .line = 0 };
    int code = SIPCHECK_OK;
    for (size_t file = 0; code == SIPCHECK_OK; file++) {
        long_text t = { 0 };
        for (size_t i = 0; i < EACH; i++) {
            put_number(&t, "- id: a-%zu\n", file * EACH + i);
            put(&t, strchr(RULE_HEAD(""), '\n') + 1);
            put(&t, "  assert: sip.is_request\n  message: m\n  fix: f\n" RULE_TESTS);
        }
        size_t before = sipcheck_rules_count(rules);
        code = ruleset_add(rules, t.p, &error);
        assert_int_equal(sipcheck_rules_count(rules), before + (code ? 0 : EACH));
        free(t.p);
        assert_true(file <= SC_RULES_MAX / EACH);
    }
    assert_int_equal(code, SIPCHECK_TOO_BIG);
    assert_string_equal(error.message, "more than 10000 rules");
    assert_string_equal(error.file, "test.yaml");
    sipcheck_rules_free(rules);
}

/* --- profiles */

static int add_profile(sipcheck_rules *rules, const char *profile, sipcheck_error *error)
{
    return sipcheck_rules_add_profile(rules, "profile.yaml", profile, strlen(profile), error);
}

/* SC_PATTERN_MAX, of `rules` and of a waiver */
static void patterns_have_a_limit(void **state)
{
    (void)state;
    static const char *const formats[] = {
        "name: x\nrules: {\"%s\": {severity: info}}\n",
        "name: x\nwaivers: [{rule: \"%s\", owner: z, party: 10.0.0.1, reason: y, expires: "
        "2030-01-01}]\n",
    };
    for (size_t i = 0; i < 4; i++) {
        char pattern[SC_PATTERN_MAX + 2], profile[SC_PATTERN_MAX + 100];
        size_t n = SC_PATTERN_MAX + i / 2;
        memset(pattern, '*', n);
        pattern[0] = 'a';
        pattern[n] = '\0';
        snprintf(profile, sizeof profile, formats[i % 2], pattern);
        sipcheck_error error = { .line = 0 };
        sipcheck_rules *rules = ruleset_open("");
        int code = add_profile(rules, profile, &error);
        if (code != (i < 2 ? SIPCHECK_OK : SIPCHECK_INVALID)) fail_msg("%s", error.message);
        if (i >= 2) assert_string_equal(error.message, "this pattern is too long");
        sipcheck_rules_free(rules);
    }
}

/* EXTENDS_MAX */
static void profiles_extend_each_other_so_far(void **state)
{
    (void)state;
    enum { MOST = 16 };
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = ruleset_open(RULE_CSEQ("a-b"));
    assert_int_equal(add_profile(rules, "name: p0\nrules: {a-b: {severity: info}}\n", &error), 0);
    for (unsigned i = 1; i <= MOST + 1; i++) {
        char profile[64];
        snprintf(profile, sizeof profile, "name: p%u\nextends: p%u\n", i, i - 1);
        assert_int_equal(add_profile(rules, profile, &error), 0);
    }
    assert_int_equal(sipcheck_rules_use_profile(rules, "p17", NULL, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message,
                        "profiles extend each other in a circle, or more than 16 deep");
    assert_int_equal(sipcheck_rules_use_profile(rules, "p16", NULL, &error), SIPCHECK_OK);
    ruleset_seal(rules);
    size_t at = 0;
    assert_int_equal(sipcheck_rules_find(rules, "a-b", &at)->severity, SIPCHECK_INFO);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_ends_at_its_limits),
        cmocka_unit_test(a_mapping_ends_at_its_limit),
        cmocka_unit_test(rules_end_at_their_limits),
        cmocka_unit_test(a_set_ends_at_its_limit),
        cmocka_unit_test(patterns_have_a_limit),
        cmocka_unit_test(profiles_extend_each_other_so_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
