/* SPDX-License-Identifier: MIT */
/* Rules' own flows: a flow that expects another finding than the one there is fails, and says so.
 * What is known of registrations and subscriptions, as users' rules read it. */
#include "ruleset.h"

#include "sequence.h"

/* The library's rules with one more, which is called r. */
static sipcheck_rules *with_rule(const char *text)
{
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    if (sipcheck_rules_add_builtin(rules, &error) != 0 || ruleset_add(rules, text, &error) != 0)
        fail_msg("%s:%u:%u: %s", error.file, error.line, error.column, error.message);
    return ruleset_seal(rules);
}

typedef struct outcomes {
    unsigned count, bad;
    char text[512]; /* of the last one that is not as it was wanted */
} outcomes;

static void note(void *user, const sipcheck_test_outcome *outcome)
{
    outcomes *o = user;
    o->count++;
    if (outcome->ok) return;
    o->bad++;
    snprintf(o->text, sizeof o->text, "%s", outcome->text);
}

static outcomes outcomes_of(const char *text)
{
    outcomes o = { .count = 0 };
    sipcheck_rules *rules = with_rule(text);
    const sipcheck_rule *rule = sipcheck_rules_find(rules, "r", NULL);
    assert_int_equal(sipcheck_rules_test(rules, rule, NULL, note, &o), 0);
    sipcheck_rules_free(rules);
    return o;
}

#define RULE(SCOPE, ON, ASSERT, TESTS)                                                             \
    "- id: r\n  title: t\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n  binds: uas\n"                \
    "  scope: " SCOPE "\n  on: " ON "\n  assert: >-\n    " ASSERT "\n"                             \
    "  message: \"it is {response.sip.Status-Code}\"\n  fix: f\n  asks: a\n  why: w\n"             \
    "  tests:\n" TESTS

/* --- what a failing flow expects of the finding */

#define BUSY "{from: alice, to: bob, base: invite}, {from: bob, to: alice, base: 486}"
#define RING "{from: alice, to: bob, base: invite}, {from: bob, to: alice, base: 180}"
#define FAILING(WANT)                                                                              \
    RULE("transaction", "response", "response.sip.Status-Code < 200",                              \
         "    pass: [{flow: [" RING "]}]\n    fail: [{flow: [" BUSY "], " WANT "}]\n")

static const struct {
    const char *rule, *text; /* text: NULL: the flow is as it says */
} told[] = {
    { FAILING("frame: 2, culprit: bob, text: it is 486"), NULL },
    { FAILING("frame: 1"), "the finding is about message 2, wanted is 1" },
    { FAILING("culprit: alice"), "the culprit is 192.0.2.4:5060, wanted is alice" },
    { FAILING("text: it is 180"), "the text is \"it is 486\", wanted is \"it is 180\"" },
};

static void what_a_flow_expects_is_held_against_the_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        const outcomes o = outcomes_of(told[i].rule);
        assert_int_equal(o.count, 2);
        assert_int_equal(o.bad, told[i].text != NULL);
        assert_string_equal(o.text, told[i].text != NULL ? told[i].text : "");
    }
}

/* --- facts */

#define SUBSCRIBED                                                                                 \
    "{from: alice, to: bob, base: subscribe}, {from: bob, to: alice, base: 200-subscribe}"
#define NOTIFIED                                                                                   \
    ", {from: bob, to: alice, base: sub-notify}, {from: alice, to: bob, base: 200-sub-notify}"
#define REFRESH "17767 SUBSCRIBE"
#define REFRESHED ", {at: 600s, from: alice, to: bob, base: sub-refresh}"
#define REGISTERED                                                                                 \
    "{from: alice, to: bob, base: register}, {from: bob, to: alice, base: 200-register}"
#define AGAIN                                                                                      \
    ", {at: 600s, from: alice, to: bob, base: register, set: {CSeq: 1827 REGISTER, "               \
    "Via: \"SIP/2.0/UDP desk.example.com:5060;branch=z9hG4bKagain\"}}"

#define ON_REQUEST(SCOPE, WHICH, ASSERT, TESTS)                                                    \
    "- id: r\n  title: t\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n  binds: [uac, uas]\n"         \
    "  scope: " SCOPE "\n  on: request\n  applies: request.sip.CSeq == \"" WHICH "\"\n"            \
    "  assert: >-\n    " ASSERT "\n"                                                               \
    "  message: m\n  fix: f\n  asks: a\n  why: w\n  tests:\n" TESTS

static const char *const facts[] = {
    /* ten minutes of the hour are over */
    ON_REQUEST("subscription", REFRESH,
               "subscription.expires > 40min and subscription.expires < 55min",
               "    pass: [{flow: [" SUBSCRIBED NOTIFIED REFRESHED "]}]\n"
               "    fail: [{flow: [" SUBSCRIBED NOTIFIED
               ", {at: 3500s, from: alice, to: bob, base: sub-refresh}]}]\n"),
    ON_REQUEST("subscription", REFRESH, "subscription.state == \"active\"",
               "    pass: [{flow: [" SUBSCRIBED NOTIFIED REFRESHED "]}]\n"
               "    fail: [{flow: [" SUBSCRIBED
               ", {from: bob, to: alice, base: sub-notify, set: {Subscription-State: pending}}"
               ", {from: alice, to: bob, base: 200-sub-notify}" REFRESHED "]}]\n"
               "    unknown: [{flow: [" SUBSCRIBED REFRESHED "]}]\n"),
    ON_REQUEST(
        "registration", "1827 REGISTER", "registration.granted == 2h",
        "    pass: [{flow: [" REGISTERED AGAIN "]}]\n"
        "    fail: [{flow: [{from: alice, to: bob, base: register}, {from: bob, to: alice, "
        "base: 200-register, set: {Contact: \"<sip:alice@desk.example.com>;expires=1800\"}}" AGAIN
        "]}]\n"),
    ON_REQUEST("registration", "1827 REGISTER", "count(registration.bindings) == 1",
               "    pass: [{flow: [" REGISTERED AGAIN "]}]\n"
               "    fail: [{flow: [{from: alice, to: bob, base: register}, {from: bob, to: alice, "
               "base: 200-register, add: {Contact: \"<sip:alice@192.0.2.9>;expires=60\"}}" AGAIN
               "]}]\n"),
};

static void facts_are_as_the_messages_before_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const outcomes o = outcomes_of(facts[i]);
        if (o.count < 2 || o.bad > 0) fail_msg("rule %zu: %u of %u: %s", i, o.bad, o.count, o.text);
    }
}

/* --- the next moment at which something that did not happen is told */

static void the_deadline_is_the_next_of_what_waits(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(SEQUENCE_RULE(
        "r", "[uas, proxy]",
        "  scope: transaction\n  on: request\n  expect: {event: final, within: 2s}\n")));
    sipcheck *engine = sipcheck_new(rules, &(sipcheck_options){ .verdicts = 0 });
    assert_true(sipcheck_deadline(engine) == UINT64_MAX);
    const line asked[] = { { 0, "a>b", "OPTIONS" } };
    assert_int_equal(play(engine, asked, 1), 0);
    uint64_t due = sipcheck_deadline(engine);
    assert_true(due < UINT64_MAX);
    size_t index = 0;
    assert_non_null(sipcheck_rules_find(rules, "r", &index));
    assert_int_equal(sipcheck_advance(engine, due - 1), 0);
    assert_int_equal(sipcheck_rule_counts(engine, index).verdict[SIPCHECK_FAIL], 0);
    assert_int_equal(sipcheck_advance(engine, due), 0);
    assert_int_equal(sipcheck_rule_counts(engine, index).verdict[SIPCHECK_FAIL], 1);
    assert_true(sipcheck_deadline(engine) > due);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_flow_expects_is_held_against_the_finding),
        cmocka_unit_test(facts_are_as_the_messages_before_told),
        cmocka_unit_test(the_deadline_is_the_next_of_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
