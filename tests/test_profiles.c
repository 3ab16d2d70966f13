/* SPDX-License-Identifier: MIT */
/* Profiles: inheritance, overrides, parameters, and what is refused. */
#include "ruleset.h"

#include "rules/set.h"

static int add_profile(sipcheck_rules *rules, const char *text, sipcheck_error *error)
{
    return sipcheck_rules_add_profile(rules, "profile.yaml", text, strlen(text), error);
}

static sipcheck_rules *open_with(const char *profile, const char *other)
{
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = ruleset_open(RULE_CSEQ("a-b") RULE_CSEQ("a-c") RULE_CSEQ("d-e"));
    if (add_profile(rules, profile, &error) != 0 || add_profile(rules, other, &error) != 0)
        fail_msg("%u:%u: %s", error.line, error.column, error.message);
    return rules;
}

static const sipcheck_rule *rule(const sipcheck_rules *rules, const char *id)
{
    const sipcheck_rule *found = sipcheck_rules_find(rules, id, NULL);
    assert_non_null(found);
    return found;
}

static void severity_follows_from_level_unless_said(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(RULE_CSEQ("a-b")));
    assert_int_equal(rule(rules, "a-b")->level, SIPCHECK_MUST);
    assert_int_equal(rule(rules, "a-b")->severity, SIPCHECK_ERROR);
    assert_true(rule(rules, "a-b")->enabled);
    assert_int_equal(rules->parameters.t1, 500000000);
    sipcheck_rules_free(rules);
}

static void a_later_entry_wins_over_an_earlier_one(void **state)
{
    (void)state;
    sipcheck_error error;
    sipcheck_rules *rules =
        open_with("name: one\n"
                  "rules:\n"
                  "  \"a-*\": {severity: info, enabled: false}\n"
                  "  a-c: {enabled: true}\n",
                  "name: two\n"
                  "extends: one\n"
                  "params: {T1: 250ms, TIMER_C: 1h, reorder: 0ms, tolerance: 0.25}\n"
                  "rules: {a-b: {severity: warning}}\n");
    assert_int_equal(sipcheck_rules_use_profile(rules, "two", NULL, &error), 0);
    ruleset_seal(rules);
    assert_int_equal(rule(rules, "a-b")->severity, SIPCHECK_WARNING);
    assert_false(rule(rules, "a-b")->enabled);
    assert_int_equal(rule(rules, "a-c")->severity, SIPCHECK_INFO);
    assert_true(rule(rules, "a-c")->enabled);
    assert_int_equal(rule(rules, "d-e")->severity, SIPCHECK_ERROR);
    assert_int_equal(rules->parameters.t1, 250000000);
    assert_int_equal(rules->parameters.t2, 4000000000);
    assert_int_equal(rules->parameters.timer_c, 3600000000000);
    assert_int_equal(rules->parameters.reorder, 0);
    assert_int_equal(rules->parameters.tolerance, 250000);
    sipcheck_rules_free(rules);
}

static void only_the_profile_in_use_counts(void **state)
{
    (void)state;
    sipcheck_error error;
    sipcheck_rules *rules = open_with("name: one\nrules: {a-b: {enabled: false}}\n", "name: two\n");
    assert_int_equal(sipcheck_rules_use_profile(rules, "one", NULL, &error), 0);
    assert_int_equal(sipcheck_rules_use_profile(rules, "two", NULL, &error), 0);
    ruleset_seal(rules);
    assert_true(rule(rules, "a-b")->enabled);
    sipcheck_rules_free(rules);
}

typedef struct bad_profile {
    const char *what, *text;
    unsigned line, column;
    const char *message;
} bad_profile;

#define WAIVER "rule: a-b, reason: r, owner: o"

static const bad_profile bad_profiles[] = {
    { "an empty file", "", 1, 1, "a mapping is wanted" },
    { "no name", "extends: x\n", 1, 1, "\"name\" is missing" },
    { "an unknown key", "name: x\nextend: y\n", 2, 1, "did you mean \"extends\"?" },
    { "a level", "name: x\nrules: {a-b: {level: MAY}}\n", 2, 15, "\"level\" is not a key" },
    { "a severity nobody knows", "name: x\nrules: {a-b: {severity: eror}}\n", 2, 25,
      "did you mean \"error\"?" },
    { "enabled is no truth", "name: x\nrules: {a-b: {enabled: yes}}\n", 2, 24,
      "one of false true" },
    { "a time without a unit", "name: x\nparams: {T1: 500}\n", 2, 14, "a time is wanted" },
    { "a time of zero", "name: x\nparams: {T1: 0s}\n", 2, 14, "a time is wanted" },
    { "a huge time", "name: x\nparams: {T1: 99999999999999999999s}\n", 2, 14, "a time is wanted" },
    { "more than an hour", "name: x\nparams: {T1: 3601s}\n", 2, 14, "a time is wanted" },
    { "more hours than one", "name: x\nparams: {TIMER_C: 2h}\n", 2, 19, "of 60 min at most" },
    { "minutes of another language", "name: x\nparams: {TIMER_C: 3m}\n", 2, 19,
      "a time is wanted" },
    { "a tolerance above one", "name: x\nparams: {tolerance: 2}\n", 2, 21, "a part of 1" },
    { "a tolerance of seven digits", "name: x\nparams: {tolerance: 0.1234567}\n", 2, 21,
      "a part of 1" },
    { "a timer that is none", "name: x\nparams: {T3: 1s}\n", 2, 10, "\"T3\" is not a key" },
    { "a waiver without a reason",
      "name: x\nwaivers: [{rule: a-b, party: 10.0.0.1, owner: o, expires: 2026-01-01}]\n", 2, 11,
      "\"reason\" is missing" },
    { "a waiver for a name", "name: x\nwaivers: [{party: pbx, expires: 2026-01-01, " WAIVER "}]\n",
      2, 19, "an address is wanted" },
    { "a waiver for a port that does not exist",
      "name: x\nwaivers: [{party: \"10.0.0.1:70000\", expires: 2026-01-01, " WAIVER "}]\n", 2, 19,
      "an address is wanted" },
    { "a waiver for no day",
      "name: x\nwaivers: [{party: 10.0.0.1, expires: 2026-13-01, " WAIVER "}]\n", 2, 38,
      "a date is wanted" },
    { "a waiver for ever", "name: x\nwaivers: [{party: 10.0.0.1, expires: never, " WAIVER "}]\n", 2,
      38, "a date is wanted" },
};

static void errors_name_their_place_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_profiles / sizeof *bad_profiles; i++) {
        const bad_profile *bad = &bad_profiles[i];
        sipcheck_error error = { .line = 0 };
        sipcheck_rules *rules = ruleset_open("");
        int code = add_profile(rules, bad->text, &error);
        bool here = error.line == bad->line && error.column == bad->column;
        if (code != SIPCHECK_INVALID || !here || strstr(error.message, bad->message) == NULL)
            fail_msg("%s: %d: %u:%u: %s", bad->what, code, error.line, error.column, error.message);
        sipcheck_rules_free(rules);
    }
}

static void a_mistyped_rule_is_an_error_on_sealing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "name: x\nrules: {a-bb: {enabled: false}}\n",
        "name: x\nwaivers:\n- {rule: a-bb, party: 10.0.0.1, reason: r, owner: o, expires: "
        "2026-01-01}\n",
    };
    for (unsigned i = 0; i < 2; i++) {
        sipcheck_error error = { .line = 0 };
        sipcheck_rules *rules = open_with(texts[i], "name: y\n");
        assert_int_equal(sipcheck_rules_use_profile(rules, "x", NULL, &error), 0);
        assert_int_equal(sipcheck_rules_seal(rules, &error), SIPCHECK_INVALID);
        assert_int_equal(error.line, i + 2);
        assert_non_null(strstr(error.message, "did you mean \"a-b\"?"));
        sipcheck_rules_free(rules);
    }
}

static void profiles_that_cannot_be_used_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *profile, *today, *message;
    } cases[] = {
        { "onee", NULL, "no profile is called \"onee\", did you mean \"one\"?" },
        { "one", NULL, "no profile is called \"nobody\"" },
        { "two", NULL, "circle" },
        { "three", "today", "\"today\" is no date" },
        { "three", "2026-1-1", "is no date" },
    };
    sipcheck_rules *rules = open_with("name: one\nextends: nobody\n", "name: two\nextends: two\n");
    sipcheck_error error = { .line = 0 };
    assert_int_equal(add_profile(rules, "name: three\n", &error), 0);
    assert_int_equal(add_profile(rules, "name: three\n", &error), SIPCHECK_INVALID);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(
            sipcheck_rules_use_profile(rules, cases[i].profile, cases[i].today, &error),
            SIPCHECK_INVALID);
        assert_non_null(strstr(error.message, cases[i].message));
    }
    ruleset_seal(rules);
    assert_int_equal(sipcheck_rules_use_profile(rules, "three", NULL, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message, "the set is sealed: its profile can't change");
    sipcheck_rules_free(rules);
}

static void patterns_match_whole_ids(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool match;
    } cases[] = {
        { "a-b", "a-b", true },
        { "a-b", "a-bc", false },
        { "*", "anything", true },
        { "*", "", true },
        { "rfc3261-20.*", "rfc3261-20.14-x", true },
        { "rfc3261-20.*", "rfc3261-20", false },
        { "*-x", "a-x-x", true },
        { "a*b*c", "aXXbYYc", true },
        { "a*b*c", "aXXcYYb", false },
        { "a**c", "abc", true },
        { "a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (sc_pattern_match(cases[i].pattern, cases[i].text) != cases[i].match)
            fail_msg("%s and %s", cases[i].pattern, cases[i].text);
}

static void parties_are_addresses_with_or_without_a_port(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint8_t family; /* 0: refused */
        uint16_t port;
    } cases[] = {
        { "10.0.0.1", 4, 0 },
        { "10.0.0.1:5060", 4, 5060 },
        { "2001:db8::1", 6, 0 },
        { "[2001:db8::1]", 6, 0 },
        { "[2001:db8::1]:5060", 6, 5060 },
        { "::1", 6, 0 },
        { "10.0.0", 0, 0 },
        { "10.0.0.1:", 0, 0 },
        { "10.0.0.1:0", 0, 0 },
        { "10.0.0.1:65536", 0, 0 },
        { "[10.0.0.1]:5060", 0, 0 },
        { "[2001:db8::1", 0, 0 },
        { "[2001:db8::1]5060", 0, 0 },
        { "2001:db8::g", 0, 0 },
        { "example.com", 0, 0 },
        { "", 0, 0 },
        { ":", 0, 0 },
        { "[]", 0, 0 },
        { "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_waived party;
        bool good = sc_waived_parse(cases[i].text, &party);
        if (good != (cases[i].family != 0) ||
            (good && (party.family != cases[i].family || party.port != cases[i].port)))
            fail_msg("%s", cases[i].text);
    }
}

static void profiles_that_are_built_in_choose_by_rfc(void **state)
{
    (void)state;
    static const struct {
        const char *profile, *id;
        bool enabled;
    } cases[] = {
        { "default", "rfc3261-8.1.1-to", true },
        { "default", "rfc3261-syntax-via", true },
        { "default", "rfc3325-9.1-asserted-scheme", true },
        { "default", "rfc7315-4.6-one-charging-vector", false },
        { "default", "rfc4412-3.1-namespace-once", false },
        { "default", "rfc7315-syntax-p-charging-vector", true },
        { "default", "rfc3329-syntax-security-client", true },
        { "ims", "rfc3261-8.1.1-to", true },
        { "ims", "rfc7315-4.6-one-charging-vector", true },
        { "ims", "rfc4412-3.1-namespace-once", true },
        { "ims", "rfc7315-syntax-p-charging-vector", true },
        { "rfc3261-only", "rfc3261-8.1.1-to", true },
        { "rfc3261-only", "rfc3261-syntax-via", true },
        { "rfc3261-only", "rfc3325-9.1-asserted-scheme", false },
        { "rfc3261-only", "rfc3262-syntax-rack", false },
        { "rfc3261-only", "sipcheck-waiver-expired", true },
        { "rfc3261-only", "a-b", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sipcheck_error error = { .line = 0 };
        sipcheck_rules *rules = ruleset_open(RULE_CSEQ("a-b"));
        if (sipcheck_rules_add_builtin(rules, &error) != 0 ||
            sipcheck_rules_use_profile(rules, cases[i].profile, NULL, &error) != 0)
            fail_msg("%u:%u: %s", error.line, error.column, error.message);
        ruleset_seal(rules);
        if (rule(rules, cases[i].id)->enabled != cases[i].enabled)
            fail_msg("%s: %s", cases[i].profile, cases[i].id);
        sipcheck_rules_free(rules);
    }
}

/* What default.yaml switches off, ims.yaml switches on: nothing is on in neither. */
static void no_rule_is_off_everywhere(void **state)
{
    (void)state;
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_int_equal(sipcheck_rules_add_builtin(rules, &error), 0);
    assert_int_equal(sipcheck_rules_use_profile(rules, "ims", NULL, &error), 0);
    ruleset_seal(rules);
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++)
        if (!sipcheck_rules_at(rules, i)->enabled)
            fail_msg("%s is off in ims", sipcheck_rules_at(rules, i)->id);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(severity_follows_from_level_unless_said),
        cmocka_unit_test(a_later_entry_wins_over_an_earlier_one),
        cmocka_unit_test(only_the_profile_in_use_counts),
        cmocka_unit_test(errors_name_their_place_and_reason),
        cmocka_unit_test(a_mistyped_rule_is_an_error_on_sealing),
        cmocka_unit_test(profiles_that_cannot_be_used_are_refused),
        cmocka_unit_test(patterns_match_whole_ids),
        cmocka_unit_test(parties_are_addresses_with_or_without_a_port),
        cmocka_unit_test(profiles_that_are_built_in_choose_by_rfc),
        cmocka_unit_test(no_rule_is_off_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
