/* SPDX-License-Identifier: MIT */
/* Rules of what a proxy passes on: the order of header fields, and what it chose. */
#include "sequence_flow.h"

#define ORDERED                                                                                    \
    SEQUENCE_RULE("r", "proxy",                                                                    \
                  "  scope: hop\n  on: forwarded\n  applies: in.sip.is_request\n"                  \
                  "  assert: not hop.reordered\n")
#define SUBJECT "Subject: one\r\n"
#define AGENT "User-Agent: one\r\n"

static void header_fields_keep_their_order(void **state)
{
    (void)state;
    static const flow flows[] = {
        { ORDERED,
          { { 0, "a>p", "INVITE", SUBJECT AGENT },
            { 10, "p>b", "INVITE", SUBJECT "X-Mine: 1\r\n" AGENT, "p a" } },
          "" },
        { ORDERED,
          { { 0, "a>p", "INVITE", SUBJECT AGENT }, { 10, "p>b", "INVITE", AGENT SUBJECT, "p a" } },
          "r:fail@2/p+1" },
        /* another value is not the same line, nor is one of two */
        { ORDERED,
          { { 0, "a>p", "INVITE", SUBJECT AGENT },
            { 10, "p>b", "INVITE", AGENT "Subject: two\r\n", "p a" } },
          "" },
        { ORDERED,
          { { 0, "a>p", "INVITE", SUBJECT AGENT },
            { 10, "p>b", "INVITE", AGENT SUBJECT SUBJECT, "p a" } },
          "" },
        /* a proxy may have made it its own */
        { ORDERED,
          { { 0, "a>p", "INVITE", "P-Asserted-Identity: <sip:a@b>\r\n" AGENT },
            { 10, "p>b", "INVITE", AGENT "P-Asserted-Identity: <sip:a@b>\r\n", "p a" } },
          "" },
    };
    RUN_ALL(flows)
}

/* What counts as long as no branch begins behind it. */
#define CHOICE                                                                                     \
    SEQUENCE_RULE("informed", "proxy",                                                             \
                  "  scope: hop\n  on: forwarded\n  applies: out.sip.is_response\n"                \
                  "  assert: not hop.informed\n")                                                  \
    SEQUENCE_RULE("asked", "proxy",                                                                \
                  "  scope: hop\n  on: forwarded\n  applies: out.sip.is_response\n"                \
                  "  assert: hop.challenges == 0\n")                                               \
    SEQUENCE_RULE("class", "proxy",                                                                \
                  "  scope: hop\n  on: forwarded\n  applies: out.sip.is_response\n"                \
                  "  assert: hop.lowest >= 4\n")
#define BRANCHES                                                                                   \
    { 0, "a>p", "INVITE" }, { 10, "p>b", "INVITE", NULL, "p a" },                                  \
    {                                                                                              \
        20, "p>c", "INVITE", NULL, "p2 a"                                                          \
    }
#define CHALLENGED                                                                                 \
    {                                                                                              \
        30, "b>p", "407", "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n", "p a"         \
    }
#define REFUSED                                                                                    \
    { 90, "c>p", "486", NULL, "p2 a" },                                                            \
    {                                                                                              \
        100, "p>a", "486"                                                                          \
    }
#define LOST                                                                                       \
    {                                                                                              \
        50, NULL, "gap"                                                                            \
    }

static void what_a_branch_makes_good_is_unknown_where_one_may_be_lost(void **state)
{
    (void)state;
    static const flow flows[] = {
        { CHOICE, { BRANCHES, CHALLENGED, REFUSED }, "asked:fail@6/p informed:fail@6/p" },
        { CHOICE,
          { BRANCHES, CHALLENGED, LOST, REFUSED },
          "asked:unknown@6/p informed:unknown@6/p" },
        { CHOICE, { BRANCHES, { 30, "b>p", "302", NULL, "p a" }, REFUSED }, "class:fail@6/p" },
        { CHOICE,
          { BRANCHES, { 30, "b>p", "302", NULL, "p a" }, LOST, REFUSED },
          "class:unknown@6/p" },
        { CHOICE, { BRANCHES, { 30, "b>p", "404", NULL, "p a" }, LOST, REFUSED }, "" },
    };
    RUN_ALL(flows)
}

static void the_order_of_many_header_lines_is_unknown(void **state)
{
    (void)state;
    enum { OTHERS = 8, MOST = 100 }; /* that write_message and one Via make; compared */
    static const char line_[] = "X: 1\r\n";
    char more[(MOST + 1) * sizeof line_] = "";
    for (unsigned count = 1; count <= MOST - OTHERS + 1; count++) {
        strcat(more, line_);
        if (count < MOST - OTHERS) continue;
        const flow f = { ORDERED,
                         { { 0, "a>p", "INVITE", more }, { 10, "p>b", "INVITE", NULL, "p a" } },
                         count == MOST - OTHERS ? "" : "r:unknown@2/p+1" };
        heard h = { .count = 0 };
        run(&f, &(sipcheck_options){ .verdicts = NO_PASS }, &h);
        want(&f, "lines", &h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_fields_keep_their_order),
        cmocka_unit_test(what_a_branch_makes_good_is_unknown_where_one_may_be_lost),
        cmocka_unit_test(the_order_of_many_header_lines_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
