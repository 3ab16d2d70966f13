/* SPDX-License-Identifier: MIT */
/* Rules of several messages at their limits, and without memory. */
#include "sequence_flow.h"

#include "engine/sequence.h"

/* --- what an event shows may be no one's but the event's: it has to live as long as a wait */

#define NONE_AFTER                                                                                 \
    SEQUENCE_RULE(                                                                                 \
        "r", "[uac, uas]",                                                                         \
        "  scope: dialog\n  on: request\n"                                                         \
        "  applies: request.sip.Method == \"INFO\"\n"                                              \
        "  expect: {no: request, where: next.sip.CSeq.seq == previous.sip.CSeq.seq + 3}\n")

#define REFRESHED                                                                                  \
    SEQUENCE_RULE("r", "uac",                                                                      \
                  "  scope: registration\n  on: bound\n"                                           \
                  "  applies: response.sip.CSeq.seq == 2\n"                                        \
                  "  expect: {event: register, within: 50s}\n")
#define REGISTER(MS_, NUMBER)                                                                      \
    {                                                                                              \
        MS_, "a>b", "REGISTER", NULL, "a" NUMBER, NUMBER " REGISTER"                               \
    }

static const flow long_lived[] = {
    { NONE_AFTER,
      { ASK,
        OK(10),
        IN_DIALOG(20, "2"),
        IN_DIALOG(30, "3"),
        IN_DIALOG(40, "4"),
        { 90000, NULL, "time" } },
      "r:fail@5/a+1,3 r:unknown@4/a+5 r:unknown@5/a",
      0 },
    /* facts of the second wait read the first 2xx, which nothing else holds any more */
    { REFRESHED,
      { REGISTER(0, "1"),
        { 10, "b>a", "200", NULL, "a1", "1 REGISTER" },
        REGISTER(100000, "2"),
        { 100010, "b>a", "200", NULL, "a2", "2 REGISTER" },
        { 100020, "a>b", "OPTIONS", NULL, "c", "1 OPTIONS" },
        { 190000, NULL, "time" } },
      "r:fail@4/a",
      0 },
};

static void messages_live_as_long_as_what_waits(void **state)
{
    (void)state;
    RUN_ALL(long_lived);
}

/* --- without memory */

#define ROUTES                                                                                     \
    SEQUENCE_RULE(                                                                                 \
        "routes", "[uac, uas]",                                                                    \
        "  scope: dialog\n  on: request\n"                                                         \
        "  assert: uri_list_equal(request.sip.Route.uri, dialog.sender.route_set.uri)\n")

static void any_allocation_may_fail(void **state)
{
    (void)state;
    static const flow f = {
        IN_TIME ROUTES,
        { ASK, { 10, "b>a", "200", "Record-Route: <sip:p;lr>\r\n" }, IN_DIALOG(20, "2"), LATER },
        "",
        0
    };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(f.rules));
    bool failed = true;
    for (long left = 0; failed; left++) {
        failing memory = { .left = left, .once = true };
        const sipcheck_allocator allocator = failing_allocator(&memory);
        heard h = { .count = 0 };
        const sipcheck_options options = {
            .allocator = &allocator, .verdicts = 15, .on_finding = hear, .user = &h
        };
        sipcheck *engine = sipcheck_new(rules, &options);
        if (engine != NULL) {
            int code = play(engine, f.lines, length_of(&f));
            assert_true(code == 0 || code == SIPCHECK_NOMEM);
            code = sipcheck_finish(engine);
            assert_true(code == 0 || code == SIPCHECK_NOMEM);
        }
        sipcheck_free(engine);
        assert_int_equal(memory.out, 0);
        failed = memory.left < 0;
        assert_true(left < 999);
    }
    sipcheck_rules_free(rules);
}

#define DESCRIBED(ID, ON)                                                                          \
    SEQUENCE_RULE(ID, "uas", "  scope: transaction\n  on: " ON "\n  assert: exists(request.sdp)\n")

/* Too long to be kept as it was parsed; its description has many lines. */
static void write_described(char *more, size_t size)
{
    enum { LINES_OF_A = 200 };
    static const char head[] = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n";
    static const char attribute[] = "a=x\r\n";
    size_t length = sizeof head - 1 + LINES_OF_A * (sizeof attribute - 1);
    int n = snprintf(more, size,
                     "Subject: %0*u\r\nContent-Type: application/sdp\r\n"
                     "Content-Length: %zu\r\n\r\n%s",
                     SC_RECENT_LENGTH, 0, length, head);
    for (unsigned i = 0; i < LINES_OF_A; i++)
        n += snprintf(more + n, size - (size_t)n, "%s", attribute);
}

static void a_body_for_which_there_was_no_memory_is_not_missing(void **state)
{
    (void)state;
    char more[8000];
    write_described(more, sizeof more);
    const line lines[] = { { 0, "a>b", "INVITE", more }, { 10, "b>a", "200" } };
    sipcheck_rules *rules =
        ruleset_seal(ruleset_open(DESCRIBED("d1", "response") DESCRIBED("d2", "final")));
    bool failed = true;
    for (long left = 0; failed; left++) {
        failing memory = { .left = left, .once = true };
        const sipcheck_allocator allocator = failing_allocator(&memory);
        heard h = { .count = 0 };
        const sipcheck_options options = {
            .allocator = &allocator, .verdicts = NO_PASS, .on_finding = hear, .user = &h
        };
        sipcheck *engine = sipcheck_new(rules, &options);
        if (engine != NULL) (void)play(engine, lines, 2);
        sipcheck_free(engine);
        assert_null(strstr(h.list, "d1:fail"));
        assert_null(strstr(h.list, "d2:fail"));
        failed = memory.left < 0;
        assert_true(left < 999);
    }
    sipcheck_rules_free(rules);
}

/* --- limits */

/* Count INVITEs at once, each of a transaction of its own, and then silence. */
static sipcheck_counts counts_of_many(unsigned count, size_t memory_max,
                                      sipcheck_sequence_counts *s)
{
    char branch[16], cseq[24];
    heard h = { .count = 0 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(IN_TIME));
    const sipcheck_options options = { .on_finding = hear, .user = &h, .memory_max = memory_max };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    for (unsigned i = 0; i < count; i++) {
        snprintf(branch, sizeof branch, "n%u", i);
        snprintf(cseq, sizeof cseq, "%u INVITE", i);
        const line l = { .way = "a>b", .start = "INVITE", .vias = branch, .cseq = cseq };
        assert_int_equal(play(engine, &l, 1), 0);
    }
    const line later = { .ms = 5000, .start = "time" };
    assert_int_equal(play(engine, &later, 1), 0);
    return counts_at_the_end(rules, engine, s);
}

static void more_than_may_wait_is_unknown(void **state)
{
    (void)state;
    sipcheck_sequence_counts s;
    sipcheck_counts n = counts_of_many(SC_WAITS_MAX + 1, 0, &s);
    assert_int_equal(n.verdict[SIPCHECK_FAIL], SC_WAITS_MAX);
    assert_int_equal(n.verdict[SIPCHECK_UNKNOWN], 1);
    assert_int_equal(s.refused, 1);
    assert_int_equal(s.evicted, 0);
}

static void more_than_may_wait_on_one_dialog_is_unknown(void **state)
{
    (void)state;
    char number[16], cseq[24];
    static const line before[] = { ASK, OK(10) };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(NONE_AFTER));
    sipcheck *engine = sipcheck_new(rules, NULL);
    assert_non_null(engine);
    assert_int_equal(play(engine, before, 2), 0);
    for (unsigned i = 0; i <= SC_OBJECT_WAITS_MAX; i++) {
        snprintf(number, sizeof number, "%u", 10 + 10 * i);
        snprintf(cseq, sizeof cseq, "%s INFO", number);
        const line l = {
            .ms = 20 + i, .way = "a>b", .start = "INFO", .vias = number, .cseq = cseq
        };
        assert_int_equal(play(engine, &l, 1), 0);
    }
    assert_int_equal(sipcheck_sequences(engine).refused, 1);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static void what_was_forgotten_is_unknown(void **state)
{
    (void)state;
    sipcheck_sequence_counts s;
    sipcheck_counts n = counts_of_many(1000, (size_t)256 << 10, &s);
    assert_true(s.evicted > 0);
    assert_true(s.memory_most < (size_t)260 << 10);
    assert_int_equal(n.verdict[SIPCHECK_FAIL] + n.verdict[SIPCHECK_UNKNOWN], 1000);
    assert_true(n.verdict[SIPCHECK_UNKNOWN] >= s.evicted);
}

#define AFTER(MS_)                                                                                 \
    {                                                                                              \
        MS_, "a>b", "INVITE"                                                                       \
    }

static void an_absence_names_so_many_frames(void **state)
{
    (void)state;
    static const flow f = { IN_TIME,
                            { ASK, AFTER(10), AFTER(20), AFTER(30), AFTER(40), AFTER(50), AFTER(60),
                              AFTER(70), AFTER(80), AFTER(90), LATER },
                            "r:fail@1/b+2,3,4,5,6,7,8,9",
                            0 };
    heard h = { .count = 0 };
    run(&f, &(sipcheck_options){ .verdicts = 1u << SIPCHECK_FAIL }, &h);
    want(&f, "since", &h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_live_as_long_as_what_waits),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(a_body_for_which_there_was_no_memory_is_not_missing),
        cmocka_unit_test(more_than_may_wait_is_unknown),
        cmocka_unit_test(more_than_may_wait_on_one_dialog_is_unknown),
        cmocka_unit_test(what_was_forgotten_is_unknown),
        cmocka_unit_test(an_absence_names_so_many_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
