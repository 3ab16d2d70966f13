/* SPDX-License-Identifier: MIT */
/* Rules of wider scopes than the message, as they are loaded, and the flows that test them. */
#include "scoped_rule.h"

#include "long_text.h"
#include "rules/program.h"
#include "rules/set.h"
#include "text/slice.h"

#define UNKNOWN "    unknown: [{flow: [" STEP "]}]\n"

static const sc_rule *only_rule(const sipcheck_rules *rules)
{
    const sipcheck_rule *rule = sipcheck_rules_find(rules, "a-b", NULL);
    assert_non_null(rule);
    return (const sc_rule *)rule;
}

static void rules_say_when_and_what_they_need(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(
        "- {define: busy, as: sip.Status-Code == 486}\n"
        "- {define: busy, scope: transaction, as: response.sip.Status-Code == 486}\n" HEAD(
            "transaction") "  on: retransmission(response)\n  vantage: server\n"
                           "  applies: busy and transaction.gap > 64 * T1\n" PAIR PASS_AND_FAIL
                               UNKNOWN));
    const sc_rule *rule = only_rule(rules);
    assert_int_equal(rule->pub.scope, SIPCHECK_SCOPE_TRANSACTION);
    assert_int_equal(rule->on, SC_EVENT_RESPONSE_AGAIN);
    assert_int_equal(rule->vantage, SC_VANTAGE_SERVER);
    assert_string_equal(rule->pub.on, "retransmission(response)");
    assert_string_equal(rule->pub.vantage, "server");
    assert_string_equal(rule->pub.expect, "");
    assert_int_equal(rule->expect.events, 0);
    assert_int_equal(sc_program_slots(rule->applies),
                     1u << SC_NAME_RESPONSE | 1u << SC_SLOT_TRANSACTION | 1u << SC_SLOT_T1);
    /* kept with the response, though no other rule asks it; the second operand nowhere */
    assert_true(rule->applies->of_message);
    assert_int_equal(rule->applies->answer, 1);
    assert_int_equal(rules->message_answer_count, 2);
    assert_false(rule->applies->next->of_message);
    assert_int_equal(rule->applies->next->answer, 0);
    sipcheck_rules_free(rules);
}

static void rules_expect_events(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(HEAD(
        "transaction") "  on: final\n  expect: {event: [retransmission(response), end], within: "
                       "T1 * (1 + tolerance), unless: ack}\n" PASS_AND_FAIL));
    const sc_rule *rule = only_rule(rules);
    assert_null(rule->assertion);
    assert_int_equal(rule->expect.events, 1u << SC_EVENT_RESPONSE_AGAIN | 1u << SC_EVENT_END);
    assert_int_equal(rule->expect.unless, 1u << SC_EVENT_ACK);
    assert_false(rule->expect.no);
    assert_null(rule->expect.where);
    assert_non_null(rule->expect.within);
    assert_int_equal(sc_program_slots(rule->expect.within),
                     1u << SC_SLOT_T1 | 1u << SC_SLOT_TOLERANCE);
    assert_string_equal(rule->pub.assertion, "");
    assert_string_equal(rule->pub.expect, "event: [retransmission(response), end], within: "
                                          "T1 * (1 + tolerance), unless: ack");
    sipcheck_rules_free(rules);
}

static void who_should_have_sent_it_may_be_said(void **state)
{
    (void)state;
    sipcheck_rules *rules =
        ruleset_seal(ruleset_open(HEAD("dialog") "  on: final\n  expect: {event: request, of: "
                                                 "sender, within: T1}\n" PASS_AND_FAIL));
    assert_true(only_rule(rules)->expect.own);
    assert_string_equal(only_rule(rules)->pub.expect, "event: request, of: sender, within: T1");
    sipcheck_rules_free(rules);
}

/* What came is `next`, in the condition and in the texts. */
static void rules_forbid_events(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(
        ruleset_open("- id: a-b\n  title: t\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n"
                     "  binds: uas\n  scope: dialog\n  asks: a\n  why: w\n"
                     "  message: \"{next.sip.Status-Code}\"\n  fix: f\n  on: final\n"
                     "  expect:\n    no: final\n"
                     "    where: next.sip.CSeq.seq == response.sip.CSeq.seq\n" PASS_AND_FAIL));
    const sc_rule *rule = only_rule(rules);
    assert_int_equal(rule->expect.events, 1u << SC_EVENT_FINAL);
    assert_true(rule->expect.no);
    assert_null(rule->expect.within);
    assert_int_equal(sc_program_slots(rule->expect.where),
                     1u << SC_NAME_NEXT | 1u << SC_NAME_RESPONSE);
    assert_int_equal(sc_template_slots(rule->message), 1u << SC_NAME_NEXT);
    assert_string_equal(rule->pub.expect,
                        "no: final, where: next.sip.CSeq.seq == response.sip.CSeq.seq");
    sipcheck_rules_free(rules);
}

/* --- flows */

#define FLOW                                                                                       \
    HEAD("dialog")                                                                                 \
    OPTIONS "  tests:\n    pass: [{flow: [" STEP "]}]\n    fail:\n"                                \
            "    - flow:\n"                                                                        \
            "      - {from: alice, to: bob, base: ping, set: {CSeq: 7 OPTIONS}}\n"                 \
            "      - {at: 500ms, like: 1}\n"                                                       \
            "      - {like: 2, from: bob, to: carol, transport: tls, cut: 20,\n"                   \
            "         remove: [Via], set: {Subject: a}, add: {Via: b}}\n"                          \
            "      - {at: 2min, from: \"[2001:db8::1]:5070\", to: 10.0.0.1,\n"                     \
            "         like: 3}\n"                                                                  \
            "      transport: tcp\n      end: 1h\n      vantage: carol\n"                          \
            "      culprit: alice\n      frame: 2\n      text: m\n"

static const sc_test *failing_test(const sipcheck_rules *rules)
{
    const sc_test *test = only_rule(rules)->tests;
    while (test->wanted != SIPCHECK_FAIL)
        test = test->next;
    return test;
}

static void check_ends(const sipcheck_packet *packet, const char *from, const char *to)
{
    char text[SIPCHECK_ADDRESS_TEXT];
    assert_string_equal(sipcheck_address_text(&packet->src, text), from);
    assert_string_equal(sipcheck_address_text(&packet->dst, text), to);
}

static bool has(const sipcheck_packet *packet, const char *text)
{
    for (size_t i = 0, n = strlen(text); i + n <= packet->length; i++)
        if (memcmp(packet->bytes + i, text, n) == 0) return true;
    return false;
}

static void flows_become_packets(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(FLOW));
    const sc_test *test = failing_test(rules);
    const sc_flow *flow = test->flow;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    sipcheck_packet packets[4];
    char why[SC_TEST_WHY_MAX];
    size_t count = 0;
    assert_int_equal(flow->count, 4);
    assert_int_equal(flow->end_ns, UINT64_C(3600) * 1000000000);
    assert_string_equal(flow->vantage, "carol");
    assert_string_equal(flow->culprit, "alice");
    assert_int_equal(flow->frame, 2);
    assert_string_equal(test->text, "m");
    assert_int_equal(sc_flow_build(rules, test, arena, packets, 4, &count, why), 0);
    assert_int_equal(count, 4);
    check_ends(&packets[0], "192.0.2.1:5060", "192.0.2.4:5060");
    check_ends(&packets[1], "192.0.2.1:5060", "192.0.2.4:5060");
    check_ends(&packets[3], "[2001:db8::1]:5070", "10.0.0.1:5061");
    assert_int_equal(packets[2].src.port, 5061);
    static const uint64_t at_ms[] = { 0, 500, 510, 120000 };
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(packets[i].frame, i + 1);
        assert_int_equal(packets[i].ns - SC_FLOW_BEGIN_NS, at_ms[i] * 1000000);
    }
    assert_int_equal(packets[1].transport, SIPCHECK_TRANSPORT_TCP);
    assert_int_equal(packets[1].flags, SIPCHECK_STREAM);
    assert_int_equal(packets[1].length, packets[0].length);
    assert_memory_equal(packets[1].bytes, packets[0].bytes, packets[0].length);
    assert_true(has(&packets[1], "CSeq: 7 OPTIONS\r\n"));
    /* a step like one that was cut has all of it */
    assert_int_equal(packets[2].transport, SIPCHECK_TRANSPORT_TLS);
    assert_int_equal(packets[2].length, 20);
    assert_int_equal(packets[2].flags, SIPCHECK_STREAM | SIPCHECK_CUT);
    assert_true(has(&packets[3], "Subject: a\r\nVia: b\r\n"));
    assert_false(has(&packets[3], "z9hG4bK"));
    sipcheck_arena_free(arena);
    sipcheck_rules_free(rules);
}

static void a_flow_that_can_not_be_made_says_why(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(
        ruleset_open(HEAD("dialog") FAILING("flow: [" STEP ", {like: 1, remove: [X]}]")));
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    sipcheck_packet packets[2];
    char why[SC_TEST_WHY_MAX] = "";
    size_t count = 9;
    const sc_test *test = failing_test(rules);
    assert_int_equal(sc_flow_build(rules, test, arena, packets, 2, &count, why), 0);
    assert_int_equal(count, 0);
    assert_string_equal(why, "remove: there is no X");
    assert_int_equal(sc_flow_build(rules, test, arena, packets, 1, &count, why), 0);
    assert_int_equal(count, 0);
    sipcheck_arena_free(arena);
    sipcheck_rules_free(rules);
}

static void a_name_has_one_address(void **state)
{
    (void)state;
    static const char *const names[] = { "alice", "bob", "carol", "proxy", "registrar", "b2bua" };
    enum { COUNT = sizeof names / sizeof *names };
    for (size_t i = 0; i < COUNT; i++) {
        sipcheck_address_port one = sc_flow_address(names[i], "udp");
        for (size_t k = 0; k < COUNT; k++) {
            sipcheck_address_port other = sc_flow_address(names[k], "tcp");
            assert_int_equal(memcmp(&one, &other, sizeof one) == 0, i == k);
        }
    }
}

/* --- limits */

static void put_rule_of_steps(long_text *t, size_t steps)
{
    put(t, HEAD("dialog") OPTIONS "  tests:\n    pass: [{flow: [" STEP
                                  "]}]\n    fail:\n    - flow:\n");
    for (size_t i = 0; i < steps; i++)
        put(t, "      - " STEP "\n");
}

static void put_rule_of_a_name(long_text *t, size_t length)
{
    put(t, HEAD("dialog") OPTIONS "  tests:\n    pass: [{flow: [" STEP "]}]\n    fail:\n"
                                  "    - flow: [{to: bob, base: ping, from: ");
    put_times(t, "a", length);
    put(t, "}]\n");
}

static void put_rule_of_a_time(long_text *t, size_t seconds)
{
    put(t, HEAD("dialog") OPTIONS "  tests:\n    pass: [{flow: [" STEP "]}]\n    fail:\n");
    put_number(t, "    - flow: [" STEP ", {like: 1, at: %zus}]\n", seconds);
}

static void put_rule_of_an_end(long_text *t, size_t seconds)
{
    put(t, HEAD("dialog") OPTIONS "  tests:\n    pass: [{flow: [" STEP "]}]\n    fail:\n");
    put_number(t, "    - {flow: [" STEP "], end: %zus}\n", seconds);
}

static void put_rule_of_edits(long_text *t, size_t edits)
{
    put(t, HEAD("dialog") OPTIONS "  tests:\n    pass: [{flow: [" STEP "]}]\n    fail:\n"
                                  "    - flow: [" STEP ", {like: 1, add: {X: [a");
    put_times(t, ", a", edits - 1);
    put(t, "]}}]\n");
}

static void flows_end_at_their_limits(void **state)
{
    (void)state;
    static const struct {
        void (*make)(long_text *, size_t);
        size_t most;
        const char *message;
    } limits[] = {
        { put_rule_of_steps, SC_FLOW_STEPS_MAX, "more than 64 messages" },
        { put_rule_of_a_name, SC_FLOW_NAME_MAX, "this name is longer than 40 bytes" },
        { put_rule_of_a_time, SC_FLOW_TIME_MAX / 1000000000,
          "a time is wanted here, such as 500ms or 4s, of 1440 min at most" },
        { put_rule_of_an_end, SC_FLOW_TIME_MAX / 1000000000,
          "a time is wanted here, such as 500ms or 4s, of 1440 min at most" },
        { put_rule_of_edits, SC_TEST_EDITS_MAX, "more than 64 edits" },
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        for (size_t more = 0; more < 2; more++) {
            sipcheck_error error = { .line = 0 };
            long_text t = { 0 };
            limits[i].make(&t, limits[i].most + more);
            sipcheck_rules *rules = ruleset_open("");
            int code = ruleset_add(rules, t.p, &error);
            if (code != (more ? SIPCHECK_INVALID : SIPCHECK_OK) ||
                (more && strcmp(error.message, limits[i].message) != 0))
                fail_msg("%s: %d: %s", limits[i].message, code, error.message);
            sipcheck_rules_free(rules);
            free(t.p);
        }
    }
}

/* --- docs/sequence-rules.md */

/* The lines of an indented block without their four spaces; what the reference leaves out is put
 * behind them. */
static size_t put_rule(long_text *t, const char *at)
{
    const char *begin = at;
    while (strncmp(at, "    ", 4) == 0 || *at == '\n') {
        const char *end = strchr(at, '\n') + 1;
        if (*at == '\n' && strncmp(end, "    ", 4) != 0) break;
        for (const char *p = at + (*at == '\n' ? 0 : 4); p < end; p++) {
            const char letter[2] = { *p, '\0' };
            put(t, letter);
        }
        at = end;
    }
    put(t, "  title: t\n  level: MUST\n  message: m\n  fix: f\n  asks: a\n  why: w\n" PASS_AND_FAIL
               UNKNOWN);
    return (size_t)(at - begin);
}

static void the_rules_of_the_reference_load(void **state)
{
    (void)state;
    enum { SIZE = 1 << 16 };
    static char doc[SIZE];
    unsigned count = 0;
    FILE *file = fopen(SIPCHECK_SOURCE_DIR "/docs/sequence-rules.md", "rb");
    assert_non_null(file);
    assert_true(fread(doc, 1, SIZE - 1, file) > 0);
    fclose(file);
    const char *at = strstr(doc, "\n## Ten rules\n");
    assert_non_null(at);
    while ((at = strstr(at, "\n    - id: ")) != NULL) {
        long_text t = { 0 };
        sipcheck_error error = { .line = 0 };
        sipcheck_rules *rules = ruleset_open("");
        at += 1 + put_rule(&t, at + 1);
        if (ruleset_add(rules, t.p, &error) != SIPCHECK_OK)
            fail_msg("%s\n%u:%u: %s", t.p, error.line, error.column, error.message);
        sipcheck_rules_free(rules);
        free(t.p);
        count++;
    }
    assert_int_equal(count, 10);
}

/* --- hostile files */

static const char whole[] =
    "- {define: busy, scope: dialog, as: response.sip.Status-Code == 486}\n" HEAD(
        "dialog") "  on: final\n  vantage: sender\n  applies: busy\n"
                  "  expect: {event: [ack, cancel], where: next.sip.is_request, within: 64 * T1,\n"
                  "           unless: end}\n"
                  "  tests:\n    pass: [{flow: [" STEP
                  ", {at: 1s, like: 1, set: {To: x}}], end: 40s}]\n"
                  "    fail: [{flow: [" STEP
                  "], culprit: bob, frame: 1, vantage: alice, text: m}]\n";

static void every_prefix_of_a_file_is_survived(void **state)
{
    (void)state;
    char text[sizeof whole];
    for (size_t n = 0; n < sizeof whole; n++) {
        sipcheck_rules *rules = ruleset_open("");
        sipcheck_error error = { .line = 0 };
        memcpy(text, whole, n);
        text[n] = '\0';
        int code = ruleset_add(rules, text, &error);
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_INVALID);
        if (n == sizeof whole - 1) assert_int_equal(code, SIPCHECK_OK);
        sipcheck_rules_free(rules);
    }
}

static int load_whole(const sipcheck_allocator *allocator, sipcheck_rules **ret)
{
    sipcheck_error error = { .line = 0 };
    *ret = sipcheck_rules_new(allocator);
    if (*ret == NULL) return SIPCHECK_NOMEM;
    int code = sipcheck_rules_add_bases(*ret, "bases", bases_text, strlen(bases_text), &error);
    if (code == SIPCHECK_OK) code = ruleset_add(*ret, whole, &error);
    return code == SIPCHECK_OK ? sipcheck_rules_seal(*ret, &error) : code;
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    loading_survives(load_whole, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_say_when_and_what_they_need),
        cmocka_unit_test(rules_expect_events),
        cmocka_unit_test(who_should_have_sent_it_may_be_said),
        cmocka_unit_test(rules_forbid_events),
        cmocka_unit_test(flows_become_packets),
        cmocka_unit_test(a_flow_that_can_not_be_made_says_why),
        cmocka_unit_test(a_name_has_one_address),
        cmocka_unit_test(flows_end_at_their_limits),
        cmocka_unit_test(the_rules_of_the_reference_load),
        cmocka_unit_test(every_prefix_of_a_file_is_survived),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
