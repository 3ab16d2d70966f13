/* SPDX-License-Identifier: MIT */
/* What the network says could not be delivered: who was not reached is not told as silent, nor is
 * who was told so told as giving up. */
#include "sequence_flow.h"

#include "engine/sequence.h"

#define NOT_DELIVERED(MS_, WAY_)                                                                   \
    {                                                                                              \
        MS_, WAY_, "unreached"                                                                     \
    }
#define ASK_AT(MS_)                                                                                \
    {                                                                                              \
        MS_, "a>b", "INVITE"                                                                       \
    }
#define LATER_THAN(MS_)                                                                            \
    {                                                                                              \
        MS_ + 60000, NULL, "time"                                                                  \
    }
/* The client repeats its request until something comes. */
#define REPEATED                                                                                   \
    SEQUENCE_RULE("r", "uac",                                                                      \
                  "  scope: transaction\n  on: request\n  vantage: client\n"                       \
                  "  expect: {event: retransmission(request), within: 1s, unless: final}\n")

/* The assertion fails at once, and waits for what may have been overtaken. */
#define SWAPPED                                                                                    \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: final\n"                                            \
                  "  assert: response.sip.Status-Code == 486\n"                                    \
                  "  swapped: {event: provisional}\n")

static const flow flows[] = {
    { IN_TIME, { ASK, LATER_THAN(0) }, "r:fail@1/b" },
    { IN_TIME, { ASK, NOT_DELIVERED(5, "a>b"), LATER_THAN(0) }, "r:unknown@1/b" },
    /* an answer to the request did not arrive */
    { IN_TIME, { ASK, NOT_DELIVERED(5, "b>a"), LATER_THAN(0) }, "r:unknown@1/b" },
    /* of a proxy: neither does it know what to say */
    { IN_TIME, { ASK, NOT_DELIVERED(5, "b>c"), LATER_THAN(0) }, "r:unknown@1/b" },
    /* of others nothing is said */
    { IN_TIME, { ASK, NOT_DELIVERED(5, "c>d"), LATER_THAN(0) }, "r:fail@1/b" },
    { IN_TIME, { ASK_AT(0), { 10, "b>a", "100" }, NOT_DELIVERED(50, "a>b"), LATER_THAN(0) }, "" },
    /* a moment ago it was not there */
    { IN_TIME, { NOT_DELIVERED(5000, "a>b"), ASK_AT(9000), LATER_THAN(9000) }, "r:unknown@1/b" },
    { IN_TIME, { NOT_DELIVERED(3000, "a>b"), ASK_AT(9000), LATER_THAN(9000) }, "r:fail@1/b" },
    /* what is said last counts, in whatever order */
    { IN_TIME,
      { NOT_DELIVERED(3000, "c>b"), NOT_DELIVERED(8000, "c>b"), ASK_AT(9000), LATER_THAN(9000) },
      "r:unknown@1/b" },
    { IN_TIME,
      { NOT_DELIVERED(5, "a>b"), { 10, NULL, "clock" }, ASK_AT(20), LATER_THAN(20) },
      "r:fail@1/b" },
    /* what it says of a message that came is no silence */
    { SWAPPED, { ASK, OK(10), NOT_DELIVERED(15, "a>b"), LATER_THAN(10) }, "r:fail@2/b" },
    { REPEATED, { ASK, LATER_THAN(0) }, "r:fail@1/a", 'a' },
    { REPEATED, { ASK, NOT_DELIVERED(5, "a>b"), LATER_THAN(0) }, "r:unknown@1/a", 'a' },
};

static void what_was_not_delivered_accuses_nobody(void **state)
{
    (void)state;
    RUN_ALL(flows);
}

/* Many elements are not reached, each at its own time, then one does not answer. */
static void verdict_behind(unsigned pairs, unsigned ask_ms, const char *wanted)
{
    heard h = { .count = 0 };
    const sipcheck_options options = { .verdicts = NO_PASS, .on_finding = hear, .user = &h };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(IN_TIME));
    sipcheck *engine = sipcheck_new(rules, &options);
    for (unsigned i = 0; i < pairs; i++) {
        const sipcheck_packet packet = {
            .src = { 4, { 10, 1, 0, 1 }, 5060 },
            .dst = { 4, { 10, 2, (uint8_t)(i >> 8), (uint8_t)i }, 5060 },
            .ns = 1000 * MS + i
        };
        sipcheck_unreached(engine, &packet);
    }
    const line lines[] = { ASK_AT(ask_ms), LATER_THAN(ask_ms) };
    assert_int_equal(play(engine, lines, 2), 0);
    assert_int_equal(sipcheck_finish(engine), 0);
    assert_string_equal(h.list, wanted);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static void where_more_were_not_reached_than_are_remembered_all_are_in_doubt(void **state)
{
    (void)state;
    verdict_behind(SC_UNREACHED_MAX, 1, "r:fail@1/b");
    verdict_behind(SC_UNREACHED_MAX + 1, 1, "r:unknown@1/b");
    verdict_behind(SC_UNREACHED_MAX + 1, 10000, "r:fail@1/b");
}

static void rules_of_one_message_have_nothing_to_hear(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(IN_TIME));
    const sipcheck_options options = { .messages_only = true };
    sipcheck *engine = sipcheck_new(rules, &options);
    sipcheck_unreached(engine, &(sipcheck_packet){ .ns = 1 });
    assert_int_equal(sipcheck_finish(engine), 0);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_delivered_accuses_nobody),
        cmocka_unit_test(where_more_were_not_reached_than_are_remembered_all_are_in_doubt),
        cmocka_unit_test(rules_of_one_message_have_nothing_to_hear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
