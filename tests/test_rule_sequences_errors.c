/* SPDX-License-Identifier: MIT */
/* Rules of wider scopes than the message that are refused: where, and why. */
#include "scoped_rule.h"

static const struct bad_rule {
    const char *what, *text;
    unsigned line, column;
    const char *message; /* part of it */
} bad_rules[] = {
    /* what belongs to which scope */
    { "an event of a message", HEAD("message") OPTIONS PASS_AND_FAIL, 11, 3,
      "\"on\" is for wider scopes than message" },
    { "a vantage of a message", HEAD("message") "  vantage: client\n" PASS_AND_FAIL, 11, 3,
      "\"vantage\" is for wider scopes" },
    { "an expectation of a message", HEAD("message") "  expect: {no: ack}\n" PASS_AND_FAIL, 11, 3,
      "\"expect\" is for wider scopes" },
    { "no event", HEAD("dialog") "  assert: request.sip.is_request\n" PASS_AND_FAIL, 1, 3,
      "\"on\" is missing" },
    { "neither assert nor expect", HEAD("dialog") "  on: request\n" PASS_AND_FAIL, 1, 3,
      "\"assert\" or \"expect\" is missing" },
    { "assert beside expect", HEAD("dialog") OPTIONS "  expect: {no: ack}\n" PASS_AND_FAIL, 13, 3,
      "a rule has \"assert\" or \"expect\", never both" },
    { "swapped of a message", HEAD("message") "  swapped: {event: request}\n" PASS_AND_FAIL, 11, 3,
      "\"swapped\" is for wider scopes" },
    { "swapped beside expect",
      HEAD("dialog") "  on: request\n  expect: {no: ack}\n  swapped: {event: "
                     "request}\n" PASS_AND_FAIL,
      13, 3, "\"swapped\" is for rules with \"assert\"" },
    { "swapped without an event",
      HEAD("dialog") OPTIONS "  swapped: {where: next.sip.is_request}\n" PASS_AND_FAIL, 13, 12,
      "\"event\" is missing: what may have been overtaken" },
    { "swapped within a time",
      HEAD("dialog") OPTIONS "  swapped: {event: request, within: 1s}\n" PASS_AND_FAIL, 13, 29,
      "\"within\" is not a key that is known here" },
    { "an event of another scope", HEAD("transaction") "  on: offer\n" PAIR PASS_AND_FAIL, 11, 7,
      "scope transaction has no event \"offer\"; it has request, response, provisional, final, "
      "retransmission(request), retransmission(response), overlap, ack, cancel, end" },
    { "an event that is none", HEAD("dialog") "  on: responce\n" PAIR PASS_AND_FAIL, 11, 7,
      "did you mean \"response\"?" },
    { "a list of events", HEAD("dialog") "  on: [request]\n" PAIR PASS_AND_FAIL, 11, 7,
      "a text is wanted here" },
    { "a vantage that is none",
      HEAD("dialog") "  on: request\n  vantage: sendr\n" PAIR PASS_AND_FAIL, 12, 12,
      "did you mean \"sender\"?" },
    /* names */
    { "a bare sip",
      HEAD("transaction") "  on: request\n  assert: sip.Method == \"BYE\"\n" PASS_AND_FAIL, 12, 11,
      "in scope transaction every message has a name: write `request.sip.Method`" },
    { "a bare sdp", HEAD("session") "  on: offer\n  assert: exists(sdp.media)\n" PASS_AND_FAIL, 12,
      18, "in scope session every message has a name: write `offer.sdp.media`" },
    { "a name of another scope",
      HEAD("dialog") "  on: request\n  assert: offer.sip.is_request\n" PASS_AND_FAIL, 12, 11,
      "scope dialog binds no `offer.sip.is_request`" },
    { "a record of another scope",
      HEAD("transaction") "  on: request\n  assert: dialog.secure\n" PASS_AND_FAIL, 12, 11,
      "scope transaction binds no `dialog.secure`" },
    { "a mistyped name",
      HEAD("transaction") "  on: request\n  assert: exists(prevous)\n" PASS_AND_FAIL, 12, 18,
      "scope transaction binds no `prevous`, did you mean \"previous\"?" },
    { "a fact that is none",
      HEAD("transaction") "  on: request\n  assert: transaction.agge > T1\n" PASS_AND_FAIL, 12, 23,
      "transaction has no member `agge`, did you mean \"age\"?" },
    { "next in an assertion",
      HEAD("transaction") "  on: request\n  assert: exists(next)\n" PASS_AND_FAIL, 12, 18,
      "binds no `next`" },
    { "next in the text about what did not come",
      "- id: a-b\n  title: t\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n  binds: uas\n"
      "  scope: dialog\n  asks: a\n  why: w\n  message: \"{next.sip.Method}\"\n  fix: f\n"
      "  on: request\n  expect: {event: final, within: 1s}\n" PASS_AND_FAIL,
      9, 14, "binds no `next" },
    { "a bare sip in a text",
      "- id: a-b\n  title: t\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n  binds: uas\n"
      "  scope: dialog\n  asks: a\n  why: w\n  message: \"{sip.Method}\"\n  fix: f\n" OPTIONS
          PASS_AND_FAIL,
      9, 14, "write `request.sip.Method`" },
    { "a definition of message scope",
      "- {define: busy, as: sip.Status-Code == 486}\n" HEAD(
          "dialog") "  on: final\n"
                    "  assert: busy\n" PASS_AND_FAIL,
      13, 11, "scope dialog binds no `busy`" },
    { "a definition of a scope that is none", "- {define: x, scope: hops, as: true}\n", 1, 22,
      "did you mean \"hop\"?" },
    { "a bare sip in a definition of a wider scope",
      "- {define: x, scope: hop, as: sip.is_request}\n", 1, 31, "write `in.sip.is_request`" },
    { "a definition that hides a name", "- {define: response, scope: dialog, as: true}\n", 1, 12,
      "names something of the scope already" },
    /* time */
    { "a duration beside a number",
      HEAD("transaction") "  on: request\n  vantage: client\n  assert: transaction.gap > "
                          "500\n" PASS_AND_FAIL,
      13, 27, "a duration can't be compared with an int" },
    { "two moments that are added",
      HEAD("transaction") "  on: response\n  assert: response.time + request.time > "
                          "T1\n" PASS_AND_FAIL,
      12, 25, "there is no such arithmetic of moment and moment" },
    { "a moment beside a duration",
      HEAD("transaction") "  on: response\n  assert: response.time > T1\n" PASS_AND_FAIL, 12, 25,
      "a moment can't be compared with a duration" },
    { "a moment that is printed",
      "- id: a-b\n  title: t\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n  binds: uas\n"
      "  scope: dialog\n  asks: a\n  why: w\n  message: \"{request.time}\"\n  fix: f\n" OPTIONS
          PASS_AND_FAIL,
      9, 14, "a moment can't be printed; the duration between two can" },
    { "a gap without a vantage",
      HEAD("transaction") "  on: retransmission(request)\n  assert: transaction.gap >= "
                          "T1\n" PASS_AND_FAIL,
      1, 3, "\"vantage\" is missing: transaction.gap is what the sender did only beside him" },
    { "a gap without a vantage in a text",
      "- id: a-b\n  title: t\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n  binds: uas\n"
      "  scope: transaction\n  asks: a\n  why: w\n  message: \"{transaction.gap}\"\n"
      "  fix: f\n" OPTIONS PASS_AND_FAIL,
      1, 3, "\"vantage\" is missing" },
    /* expectations */
    { "an expectation of nothing",
      HEAD("dialog") "  on: final\n  expect: {within: T1}\n" PASS_AND_FAIL, 12, 11,
      "an expectation has \"event\" or \"no\"" },
    { "an expectation of both",
      HEAD("dialog") "  on: final\n  expect: {event: ack, no: ack, within: T1}\n" PASS_AND_FAIL, 12,
      11, "an expectation has \"event\" or \"no\"" },
    { "an expectation without an end",
      HEAD("dialog") "  on: final\n  expect: {event: ack}\n" PASS_AND_FAIL, 12, 11,
      "\"within\" is missing: until when the event must come" },
    { "an expectation of no events",
      HEAD("dialog") "  on: final\n  expect: {event: [], within: T1}\n" PASS_AND_FAIL, 12, 19,
      "at least one event is wanted here" },
    { "an event that is awaited twice",
      HEAD("dialog") "  on: final\n  expect: {event: [ack, ack], within: T1}\n" PASS_AND_FAIL, 12,
      25, "this event is said twice" },
    { "an event of another scope that is awaited",
      HEAD("dialog") "  on: final\n  expect: {no: bound}\n" PASS_AND_FAIL, 12, 16,
      "scope dialog has no event \"bound\"" },
    { "an event that releases and is awaited",
      HEAD("dialog") "  on: final\n  expect: {event: ack, within: T1, unless: [ack, "
                     "end]}\n" PASS_AND_FAIL,
      12, 44, "what is awaited can't release from it, too" },
    { "a number for a duration",
      HEAD("dialog") "  on: final\n  expect: {event: ack, within: 64}\n" PASS_AND_FAIL, 12, 32,
      "found an int where a duration is wanted" },
    { "an unknown key of an expectation",
      HEAD("dialog") "  on: final\n  expect: {event: ack, withn: T1}\n" PASS_AND_FAIL, 12, 24,
      "did you mean \"within\"?" },
    { "nobody who sends it",
      HEAD("dialog") "  on: final\n  expect: {event: ack, within: T1, of: proxy}\n" PASS_AND_FAIL,
      12, 40, "sender" },
    { "whose is what must not come",
      HEAD("dialog") "  on: final\n  expect: {no: ack, of: sender}\n" PASS_AND_FAIL, 12, 21,
      "\"of\" says who should have sent \"event\"" },
    { "a number for a condition",
      HEAD("dialog") "  on: final\n  expect: {no: ack, where: next.frame}\n" PASS_AND_FAIL, 12, 28,
      "found an int where a truth (bool) is wanted" },
    /* tests */
    { "a test of one message", HEAD("dialog") OPTIONS "  tests: {pass: [{base: ping}]}\n", 13, 18,
      "\"flow\" is missing: a rule of scope dialog is tested by messages in a row" },
    { "a flow of a rule of one message", HEAD("message") "  assert: sip.is_request\n" PASS_AND_FAIL,
      13, 13, "a rule of one message is tested by one: \"base\"" },
    { "no passing flow", HEAD("dialog") OPTIONS "  tests: {fail: [{flow: [" STEP "]}]}\n", 13, 10,
      "\"pass\" is missing" },
    { "no failing flow", HEAD("dialog") OPTIONS "  tests: {pass: [{flow: [" STEP "]}]}\n", 13, 10,
      "\"fail\" is missing" },
    { "no unknown flow where a second message is read",
      HEAD("transaction") "  on: response\n" PAIR PASS_AND_FAIL, 13, 3,
      "\"unknown\" is missing: this rule needs a second message, which may not be captured" },
    { "a flow of nothing", HEAD("dialog") FAILING("flow: []"), 16, 13,
      "at least one message is wanted here" },
    { "a flow that is no list", HEAD("dialog") FAILING("flow: ping"), 16, 13,
      "a list is wanted here" },
    { "an unknown key of a flow", HEAD("dialog") FAILING("{flow: [" STEP "], culprt: bob}"), 16, 52,
      "did you mean \"culprit\"?" },
    { "an unknown key of a step",
      HEAD("dialog") FAILING("flow: [{from: alice, too: bob, base: ping}]"), 16, 28,
      "did you mean \"to\"?" },
    { "a group of a step",
      HEAD("dialog") FAILING("flow: [{from: alice, to: bob, base: ping, group: 224.0.1.75}]"), 16,
      49, "\"group\" is not a key" },
    { "a step without a sender", HEAD("dialog") FAILING("flow: [{to: bob, base: ping}]"), 16, 14,
      "\"from\" is missing" },
    { "a step without a message", HEAD("dialog") FAILING("flow: [{from: alice, to: bob}]"), 16, 14,
      "a step has \"base\" or \"like\"" },
    { "a step with two messages", HEAD("dialog") FAILING("flow: [" STEP ", {base: ping, like: 1}]"),
      16, 50, "a step has \"base\" or \"like\"" },
    { "a step like itself", HEAD("dialog") FAILING("flow: [{from: alice, to: bob, like: 1}]"), 16,
      43, "the number of a step before this" },
    { "a step like none", HEAD("dialog") FAILING("flow: [" STEP ", {like: 0}]"), 16, 57,
      "the number of a step before this" },
    { "a step back in time",
      HEAD("dialog") FAILING("flow: [{at: 2s, from: alice, to: bob, base: ping}, {at: 1s, like: "
                             "1}]"),
      16, 63, "steps stand in the order of time" },
    { "a time without its unit",
      HEAD("dialog") FAILING("flow: [{at: 500, from: alice, to: bob, base: ping}]"), 16, 19,
      "a time is wanted here, such as 500ms or 4s" },
    { "a sender of two words",
      HEAD("dialog") FAILING("flow: [{from: Alice A, to: bob, base: ping}]"), 16, 21,
      "an element is wanted here" },
    { "a sender who is the receiver",
      HEAD("dialog") FAILING("flow: [{from: bob, to: bob, base: ping}]"), 16, 14,
      "nobody sends to himself here" },
    { "two names of one address",
      HEAD("dialog") FAILING("flow: [" STEP ", {like: 1, from: 192.0.2.1:5060}]"), 16, 66,
      "\"192.0.2.1:5060\" is at the same address as \"alice\"" },
    { "the frame of a pass",
      HEAD("dialog") OPTIONS "  tests:\n    pass: [{flow: [" STEP "], frame: 1}]\n", 14, 57,
      "only a finding has a frame: say it under fail" },
    { "a frame that is none", HEAD("dialog") FAILING("{flow: [" STEP "], frame: 2}"), 16, 59,
      "the flow has no such message; it has 1" },
    { "an end before the last message",
      HEAD("dialog") FAILING("{flow: [" STEP ", {like: 1, at: 2s}], end: 1s}"), 16, 76,
      "the capture ends before its last message" },
    { "a text of a pass",
      HEAD("dialog") OPTIONS "  tests:\n    pass: [{flow: [" STEP "], text: m}]\n", 14, 57,
      "only a finding has a text" },
};

static unsigned differs(const struct bad_rule *bad)
{
    sipcheck_rules *rules = ruleset_open("");
    sipcheck_error error = { .line = 0 };
    size_t count = sipcheck_rules_count(rules);
    bool right = ruleset_add(rules, bad->text, &error) == SIPCHECK_INVALID &&
                 error.line == bad->line && error.column == bad->column &&
                 strstr(error.message, bad->message) != NULL &&
                 sipcheck_rules_count(rules) == count;
    sipcheck_rules_free(rules);
    if (right) return 0;
    print_error("%s: got %u:%u: %s\n%s\n", bad->what, error.line, error.column, error.message,
                error.excerpt);
    return 1;
}

static void errors_name_their_place_and_reason(void **state)
{
    (void)state;
    unsigned failures = 0;
    for (size_t i = 0; i < sizeof bad_rules / sizeof *bad_rules; i++)
        failures += differs(&bad_rules[i]);
    assert_int_equal(failures, 0);
}

static void an_unknown_base_of_a_flow_is_found_on_sealing(void **state)
{
    (void)state;
    sipcheck_rules *rules =
        ruleset_open(HEAD("dialog") FAILING("flow: [{from: alice, to: bob, base: pong}]"));
    sipcheck_error error = { .line = 0 };
    assert_int_equal(sipcheck_rules_seal(rules, &error), SIPCHECK_INVALID);
    assert_int_equal(error.line, 16);
    assert_int_equal(error.column, 43);
    assert_non_null(strstr(error.message, "\"pong\", did you mean \"ping\"?"));
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_name_their_place_and_reason),
        cmocka_unit_test(an_unknown_base_of_a_flow_is_found_on_sealing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
