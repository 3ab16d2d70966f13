/* SPDX-License-Identifier: MIT */
/* A stateless proxy has no transactions: what it only passes on is held against nobody. */
#include "sequence_flow.h"

#define NEVER(ID, BINDS, ON)                                                                       \
    SEQUENCE_RULE(ID, BINDS, "  scope: transaction\n  on: " ON "\n  assert: false\n")
#define AGAIN NEVER("r", "[uac, proxy]", "retransmission(request)")
#define CANCELS NEVER("r", "[uac, proxy]", "cancel")
#define TRYING NEVER("r", "[uas, proxy]", "provisional")
#define ACKED                                                                                      \
    SEQUENCE_RULE("r", "[uac, proxy]",                                                             \
                  "  scope: transaction\n  on: final\n  expect: {event: ack, within: 4s}\n")
#define IN                                                                                         \
    {                                                                                              \
        0, "a>p", "INVITE"                                                                         \
    }
#define OUT                                                                                        \
    {                                                                                              \
        10, "p>b", "INVITE", NULL, "p a"                                                           \
    }
#define OWN                                                                                        \
    {                                                                                              \
        5, "p>a", "100"                                                                            \
    }
#define TIME                                                                                       \
    {                                                                                              \
        9000, NULL, "time"                                                                         \
    }

static void repetitions_that_came_are_passed_on(void **state)
{
    (void)state;
    static const flow flows[] = {
        { AGAIN,
          { IN, OUT, { 500, "a>p", "INVITE" }, { 501, "p>b", "INVITE", NULL, "p a" } },
          "r:fail@3/a r:unknown@4/p" },
        /* it sent more than came, or came by then */
        { AGAIN, { IN, OUT, { 510, "p>b", "INVITE", NULL, "p a" } }, "r:fail@3/p" },
        { AGAIN,
          { IN,
            OUT,
            { 500, "a>p", "INVITE" },
            { 501, "p>b", "INVITE", NULL, "p a" },
            { 1000, "p>b", "INVITE", NULL, "p a" } },
          "r:fail@3/a r:unknown@4/p r:fail@5/p" },
        /* what the network doubles is seen once as it comes */
        { AGAIN,
          { IN,
            OUT,
            { 500, "a>p", "INVITE" },
            { 501, "p>b", "INVITE", NULL, "p a" },
            { 600, "p>b", "INVITE", NULL, "p a" } },
          "r:fail@3/a r:unknown@4/p r:unknown@5/p" },
        /* it has a transaction */
        { AGAIN,
          { IN, OWN, OUT, { 500, "a>p", "INVITE" }, { 501, "p>b", "INVITE", NULL, "p a" } },
          "r:fail@4/a r:fail@5/p" },
        /* what came to it was not seen */
        { AGAIN, { OUT, { 510, "p>b", "INVITE", NULL, "p a" } }, "r:unknown@2/p" },
    };
    RUN_ALL(flows)
}

static void a_cancel_that_came_is_passed_on(void **state)
{
    (void)state;
    static const flow flows[] = {
        { CANCELS,
          { IN, OUT, { 50, "a>p", "CANCEL" }, { 51, "p>b", "CANCEL", NULL, "p a" } },
          "r:fail@3/a r:unknown@4/p" },
        { CANCELS, { IN, OUT, { 51, "p>b", "CANCEL", NULL, "p" } }, "r:fail@3/p" },
        { CANCELS,
          { IN, OWN, OUT, { 50, "a>p", "CANCEL" }, { 51, "p>b", "CANCEL", NULL, "p" } },
          "r:fail@4/a r:fail@5/p" },
    };
    RUN_ALL(flows)
}

static void responses_are_passed_on(void **state)
{
    (void)state;
    static const flow flows[] = {
        { TRYING,
          { IN, OUT, { 20, "b>p", "180", NULL, "p a" }, { 21, "p>a", "180" } },
          "r:fail@3/b r:unknown@4/p" },
        { TRYING, { IN, OWN }, "r:fail@2/p" },
        /* a 100 that may be another's shows nothing */
        { TRYING,
          { IN, OUT, { 20, "b>p", "100", NULL, "p a" }, { 21, "p>a", "100" } },
          "r:fail@3/b r:unknown@4/p" },
        { TRYING, { IN, OUT, { 15, "p>a", "100" } }, "r:fail@3/p" },
    };
    RUN_ALL(flows)
}

static void what_comes_by_nobody_is_not_missed(void **state)
{
    (void)state;
    static const flow flows[] = {
        { IN_TIME, { IN, OUT, TIME }, "r:unknown@1/p r:fail@2/b" },
        { IN_TIME, { IN, TIME }, "r:fail@1/p" },
        { ACKED, { IN, OUT, { 20, "b>p", "486", NULL, "p a" }, TIME }, "r:unknown@3/p" },
        { ACKED, { IN, OWN, OUT, { 20, "b>p", "486", NULL, "p a" }, TIME }, "r:fail@4/p" },
    };
    RUN_ALL(flows)
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repetitions_that_came_are_passed_on),
        cmocka_unit_test(a_cancel_that_came_is_passed_on),
        cmocka_unit_test(responses_are_passed_on),
        cmocka_unit_test(what_comes_by_nobody_is_not_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
