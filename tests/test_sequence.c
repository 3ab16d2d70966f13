/* SPDX-License-Identifier: MIT */
/* Rules of several messages: on which event they are judged, what they expect, whom they blame, and
 * what they can't know. */
#include "sequence_flow.h"

#include "engine/sequence.h"

/* --- assert */

#define COPIED                                                                                     \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: response\n"                                         \
                  "  assert: response.sip.Subject == request.sip.Subject\n")
#define ONE "Subject: one\r\n"
#define TWO "Subject: two\r\n"

/* The mark reads a message that nothing else does. */
#define MARKED                                                                                     \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: final\n"                                            \
                  "  assert: response.sip.Status-Code == 486\n  mark: request.sip.Subject\n")

static const flow asserted[] = {
    { MARKED, { { 0, "a>b", "INVITE", ONE }, { 10, "b>a", "200", ONE } }, "r:fail@2/b+1" },
    { COPIED, { { 0, "a>b", "INVITE", ONE }, { 10, "b>a", "180", ONE } }, "" },
    { COPIED, { { 0, "a>b", "INVITE", ONE }, { 10, "b>a", "180", TWO } }, "r:fail@2/b+1" },
    { COPIED, { { 10, "b>a", "180", ONE } }, "r:unknown@1/b" },
    /* each response, but no repetition */
    { COPIED,
      { { 0, "a>b", "INVITE", ONE },
        { 10, "b>a", "180", TWO },
        { 20, "b>a", "180", TWO },
        { 30, "b>a", "200", TWO } },
      "r:fail@2/b+1 r:fail@4/b+1" },
    /* the proxy's copy is the server's: it was held against that */
    { COPIED,
      { { 0, "a>p", "INVITE", ONE },
        { 1, "p>b", "INVITE", ONE, "p a" },
        { 10, "b>p", "200", TWO, "p a" },
        { 11, "p>a", "200", TWO } },
      "r:fail@3/b+2" },
};

static void assertions_are_judged_on_their_event(void **state)
{
    (void)state;
    RUN_ALL(asserted);
}

/* Conditions that they share are answered once for each event. */
#define ASKED(ID, STATUS)                                                                          \
    SEQUENCE_RULE(ID, "uas",                                                                       \
                  "  scope: transaction\n  on: response\n"                                         \
                  "  applies: exists(request.sip.Subject) and not exists(request.sip.Expires)"     \
                  " and response.sip.Status-Code == " STATUS "\n"                                  \
                  "  assert: response.sip.Subject == request.sip.Subject\n")
#define EXPIRES "Expires: 1\r\n"

static const flow shared[] = {
    { ASKED("a", "180") ASKED("b", "200") ASKED("c", "180"),
      { { 0, "a>b", "INVITE", ONE },
        { 10, "b>a", "180", TWO },
        { 20, "b>a", "200", TWO },
        { 30, "a>b", "OPTIONS", EXPIRES, "o", "2 OPTIONS" },
        { 40, "b>a", "200", ONE, "o", "2 OPTIONS" },
        { 50, "a>b", "OPTIONS", TWO, "q", "3 OPTIONS" },
        { 60, "b>a", "200", ONE, "q", "3 OPTIONS" },
        { 70, "a>b", "OPTIONS", TWO EXPIRES, "s", "4 OPTIONS" },
        { 80, "b>a", "200", ONE, "s", "4 OPTIONS" } },
      "a:fail@2/b+1 c:fail@2/b+1 b:fail@3/b+1 b:fail@7/b+6" },
};

static void what_rules_share_is_asked_of_each_event(void **state)
{
    (void)state;
    RUN_ALL(shared);
}

/* --- messages that are kept as they were parsed for a while, and parsed again later */

/* The same header field in both, in other words behind its first `length` bytes. */
static void ask_and_answer(sipcheck *engine, unsigned between, unsigned length)
{
    char more[SC_RECENT_LENGTH + 100];
    int n = snprintf(more, sizeof more, "Subject: %0*u one\r\n", (int)length, 0);
    line ask = { 0, "a>b", "INVITE", more }, answer = { 10, "b>a", "180", more };
    line other = { 5, "c>d", "OPTIONS", NULL, "o", "2 OPTIONS" };
    assert_int_equal(play(engine, &ask, 1), 0);
    for (unsigned i = 0; i < between; i++)
        assert_int_equal(play(engine, &other, 1), 0);
    more[n - 3] = 'y';
    assert_int_equal(play(engine, &answer, 1), 0);
}

static void how_long_ago_it_was_and_how_long_it_is_does_not_matter(void **state)
{
    (void)state;
    static const unsigned betweens[] = { 0, SC_RECENTS - 2, SC_RECENTS - 1, SC_RECENTS, 100 };
    for (size_t i = 0; i < 10; i++) {
        heard h = { .count = 0 };
        const sipcheck_options options = { .verdicts = NO_PASS, .on_finding = hear, .user = &h };
        sipcheck_rules *rules = ruleset_seal(ruleset_open(COPIED));
        sipcheck *engine = sipcheck_new(rules, &options);
        ask_and_answer(engine, betweens[i % 5], i < 5 ? 1 : SC_RECENT_LENGTH);
        assert_string_equal(h.list, "r:fail@1/b");
        assert_string_equal(h.text, "said");
        sipcheck_free(engine);
        sipcheck_rules_free(rules);
    }
}

/* --- expect */

#define AGAIN                                                                                      \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: final\n  vantage: server\n"                         \
                  "  applies: response.sip.Status-Code == 200\n"                                   \
                  "  expect: {event: retransmission(response), within: T1 * (1 + tolerance),"      \
                  " unless: ack}\n")
#define BY_SERVER                                                                                  \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: request\n"                                          \
                  "  expect: {event: final, within: 200ms}\n")
#define ONE_FINAL                                                                                  \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: final\n"                                            \
                  "  expect: {no: final, where: next.sip.Status-Code != 200}\n")
/* The message's text says what the response was that it must not follow; or not. */
#define FINAL_AFTER(TEXT)                                                                          \
    "- id: r\n  title: a title\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n  binds: uas\n"          \
    "  asks: what is asked\n  why: why it matters\n  fix: Send it\n  message: \"" TEXT "\"\n"      \
    "  scope: transaction\n  on: provisional\n  expect: {no: final}\n" SEQUENCE_TESTS

static const flow expected[] = {
    { AGAIN, { ASK, OK(20), LATER }, "r:fail@2/b", 'b' },
    { AGAIN, { ASK, OK(20), OK(520), { 600, NULL, "time" } }, "", 'b' },
    { AGAIN, { ASK, OK(20), { 90, "a>b", "ACK", NULL, "k", "1 ACK" }, LATER }, "", 'b' },
    { AGAIN, { ASK, OK(20), { 300, "b>a", "180" }, LATER }, "r:fail@2/b+3", 'b' },
    { AGAIN, { ASK, OK(20) }, "r:unknown@2/b", 'b' },
    { AGAIN, { ASK, OK(20), { 30, NULL, "gap" }, LATER }, "r:unknown@2/b", 'b' },
    { AGAIN, { ASK, OK(20), LATER }, "r:unknown@2/b", 'a' },
    { AGAIN, { ASK, OK(20), LATER }, "r:unknown@2/b", 0 },
    /* it was due at 620 ms: in time up to there */
    { AGAIN, { ASK, OK(20), OK(620), LATER }, "", 'b' },
    { AGAIN, { ASK, OK(20), OK(621), LATER }, "r:fail@2/b", 'b' },
    /* who should have answered is the receiver */
    { IN_TIME, { ASK, LATER }, "r:fail@1/b", 0 },
    { IN_TIME, { ASK, { 100, "b>a", "100" }, LATER }, "", 0 },
    { IN_TIME, { ASK, { 100, "a>b", "CANCEL", NULL, NULL, "1 CANCEL", "" }, LATER }, "", 0 },
    { IN_TIME, { ASK, { 100, "a>b", "INVITE" }, LATER }, "r:fail@1/b+2", 0 },
    /* which may be a proxy */
    { BY_SERVER, { ASK, LATER }, "r:unknown@1/b", 0 },
    { ONE_FINAL,
      { ASK, { 10, "b>a", "486" }, { 20, "b>a", "500" }, LATER },
      "r:fail@3/b+1,2 r:unknown@3/b",
      0 },
    { ONE_FINAL,
      { ASK, { 10, "b>a", "486" }, { 20, "b>a", "200" }, { 90000, NULL, "time" } },
      "",
      0 },
    { ONE_FINAL, { ASK, { 10, "b>a", "486" } }, "r:unknown@2/b", 0 },
    /* what was forbidden twice is one fault, unless it is another one in words */
    { FINAL_AFTER("said"),
      { ASK, { 10, "b>a", "180" }, { 20, "b>a", "181" }, { 30, "b>a", "182" }, OK(40) },
      "r:fail@5/b+1,3,4" },
    { FINAL_AFTER("final after {response.sip.Status-Code}"),
      { ASK, { 10, "b>a", "180" }, { 20, "b>a", "181" }, OK(40) },
      "r:fail@4/b+1,2,3 r:fail@4/b+1,2" },
    { AGAIN, { ASK, OK(20), { 10, NULL, "clock" }, LATER }, "r:unknown@2/b", 'b' },
};

static void expectations_are_decided_by_what_happens_first(void **state)
{
    (void)state;
    RUN_ALL(expected);
}

/* --- time that is not that of the message before */

#define ASK_TCP                                                                                    \
    {                                                                                              \
        0, "a>b", "INVITE", .tcp = true                                                            \
    }
#define OTHER(MS_)                                                                                 \
    {                                                                                              \
        MS_, "c>d", "OPTIONS", NULL, "o", "2 OPTIONS"                                              \
    }

static const flow out_of_order[] = {
    /* a stream's message that waited for a segment */
    { IN_TIME, { ASK_TCP, OTHER(5000), { 100, "b>a", "100", .tcp = true } }, "", 0 },
    { IN_TIME, { ASK_TCP, OTHER(5000), { 300, "b>a", "100", .tcp = true } }, "r:fail@1/b+3", 0 },
    { IN_TIME, { ASK_TCP, OTHER(5000) }, "r:fail@1/b", 0 },
    { IN_TIME, { ASK_TCP, OTHER(50) }, "r:unknown@1/b", 0 },
    { IN_TIME, { ASK_TCP, { 12000, NULL, "time" } }, "r:fail@1/b", 0 },
    /* a clock that was set back */
    { IN_TIME, { OTHER(3600000), ASK, { 100, "b>a", "100" } }, "", 0 },
    { IN_TIME, { OTHER(3600000), ASK, { 2000, "b>a", "100" } }, "", 0 },
};

static void time_may_go_back(void **state)
{
    (void)state;
    RUN_ALL(out_of_order);
}

static void absences_are_found_before_the_message_that_passed_them(void **state)
{
    (void)state;
    static const flow f = { IN_TIME SEQUENCE_RULE("s", "[uac, uas, proxy]",
                                                  "  scope: transaction\n  on: request\n"
                                                  "  assert: request.sip.Subject == \"one\"\n"),
                            { ASK, { 900, "a>b", "OPTIONS", TWO, "o", "2 OPTIONS" } },
                            "r:fail@1/b s:fail@2/a",
                            0 };
    heard h = { .count = 0 };
    run(&f, &(sipcheck_options){ .verdicts = 1u << SIPCHECK_FAIL }, &h);
    want(&f, "absence", &h);
}

/* Whom a verdict is about does not depend on what it is. */
static void who_should_have_answered_is_named_in_any_case(void **state)
{
    (void)state;
    static const flow f = { SEQUENCE_RULE("r", "[uas, proxy]",
                                          "  scope: transaction\n  on: request\n  vantage: server\n"
                                          "  expect: {event: final, within: 200ms}\n"),
                            { ASK, LATER },
                            "r:unknown@1/b",
                            0 };
    heard h = { .count = 0 };
    run(&f, &(sipcheck_options){ .verdicts = NO_PASS }, &h);
    want(&f, "vantage", &h);
}

static void what_the_observer_did_not_stand_beside_is_told(void **state)
{
    (void)state;
    heard h = { .count = 0 };
    run(&expected[6], &(sipcheck_options){ .verdicts = 1u << SIPCHECK_UNKNOWN }, &h);
    assert_string_equal(h.text, "the capture was not taken beside 10.0.0.2:5060");
}

/* --- filter, counts, switches */

static void the_filter_chooses_messages_and_all_are_tracked(void **state)
{
    (void)state;
    sipcheck_filter *filter = NULL;
    sipcheck_error error;
    static const flow f = {
        COPIED,
        { { 0, "a>b", "INVITE", ONE }, { 10, "b>a", "180", TWO }, { 30, "b>a", "200", TWO } },
        "r:fail@3/b+1",
        0
    };
    assert_int_equal(sipcheck_filter_new(NULL, "sip.Status-Code == 200", &filter, &error), 0);
    heard h = { .count = 0 };
    run(&f, &(sipcheck_options){ .filter = filter }, &h);
    want(&f, "filter", &h);
    sipcheck_filter_free(filter);
}

static sipcheck_counts counts_after(const flow *f, sipcheck_options options,
                                    sipcheck_sequence_counts *sequences)
{
    sipcheck_rules *rules = ruleset_seal(ruleset_open(f->rules));
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    assert_int_equal(play(engine, f->lines, length_of(f)), 0);
    return counts_at_the_end(rules, engine, sequences);
}

static void verdicts_are_counted_by_event(void **state)
{
    (void)state;
    sipcheck_sequence_counts s;
    sipcheck_counts n = counts_after(&asserted[4], (sipcheck_options){ 0 }, &s);
    assert_int_equal(n.verdict[SIPCHECK_FAIL], 2);
    assert_int_equal(n.verdict[SIPCHECK_PASS] + n.verdict[SIPCHECK_NA], 0);
    assert_true(s.tracked);
    assert_int_equal(s.transactions, 1);
    assert_int_equal(s.dialogs, 1);
    n = counts_after(&expected[2], (sipcheck_options){ 0 }, &s);
    assert_int_equal(n.verdict[SIPCHECK_UNKNOWN], 1); /* without a vantage */
    n = counts_after(&expected[17], (sipcheck_options){ 0 }, &s);
    assert_int_equal(n.verdict[SIPCHECK_UNKNOWN], 1);
}

static void messages_only_tracks_nothing(void **state)
{
    (void)state;
    sipcheck_sequence_counts s;
    sipcheck_counts n = counts_after(&asserted[4], (sipcheck_options){ .messages_only = true }, &s);
    assert_int_equal(n.verdict[SIPCHECK_FAIL], 0);
    assert_false(s.tracked);
    assert_int_equal(s.transactions, 0);
}

/* --- the same every time */

static void the_same_packets_give_the_same_findings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        heard a = { .count = 0 }, b = { .count = 0 };
        const sipcheck_options options = { .verdicts = 15 };
        run(&expected[i], &options, &a);
        run(&expected[i], &options, &b);
        assert_string_equal(a.list, b.list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assertions_are_judged_on_their_event),
        cmocka_unit_test(what_rules_share_is_asked_of_each_event),
        cmocka_unit_test(how_long_ago_it_was_and_how_long_it_is_does_not_matter),
        cmocka_unit_test(expectations_are_decided_by_what_happens_first),
        cmocka_unit_test(time_may_go_back),
        cmocka_unit_test(absences_are_found_before_the_message_that_passed_them),
        cmocka_unit_test(who_should_have_answered_is_named_in_any_case),
        cmocka_unit_test(what_the_observer_did_not_stand_beside_is_told),
        cmocka_unit_test(the_filter_chooses_messages_and_all_are_tracked),
        cmocka_unit_test(verdicts_are_counted_by_event),
        cmocka_unit_test(messages_only_tracks_nothing),
        cmocka_unit_test(the_same_packets_give_the_same_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
