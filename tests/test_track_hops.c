/* SPDX-License-Identifier: MIT */
/* The same message before and behind an element. */
#include "hops.h"

static void a_request_and_its_answer(void **state)
{
    (void)state;
    EXPECT(
        "H", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .want = "" },
        { .ms = 1, "p>a", "100", .want = "" },
        { .ms = 2, "p>b", "INVITE", .vias = "p1 a1", .want = "H.forwarded(request#1 in#1 out*)" },
        { .ms = 3, .want = "H.retransmission(request)(request#1 out* copy#3)" },
        { .ms = 4, "b>p", "100", .want = "H.received(request#1 in* copy#3)" },
        { .ms = 5, "b>p", "180", .to = "t", .want = "H.received(request#1 in* copy#3)" },
        { .ms = 6, "p>a", "180", .vias = "a1", .want = "H.forwarded(request#1 in#6 out* copy#3)" },
        { .ms = 7, "b>p", "200", .vias = "p1 a1", .want = "H.received(request#1 in* copy#3)" },
        { .ms = 8, "p>a", .vias = "a1", .want = "H.forwarded(request#1 in#8 out* copy#3)" },
        { .ms = 9, .want = "H.retransmission(response)(request#1 out*)" });
}

static void a_chain_of_two(void **state)
{
    (void)state;
    EXPECT("H", { .ms = 0, "a>p", "MESSAGE", "1 MESSAGE", "a1", "f", "-", .want = "" },
           { .ms = 1, "p>q", .vias = "p1 a1", .want = "H.forwarded(request#1 in#1 out*)" },
           { .ms = 2, "q>b", .vias = "q1 p1 a1", .want = "H.forwarded(request#2 in#2 out*)" },
           { .ms = 3, "b>q", "200", .to = "t", .want = "H.received(request#2 in* copy#3)" },
           { .ms = 4,
             "q>p",
             .vias = "p1 a1",
             .want = "H.received(request#1 in* copy#2) H.forwarded(request#2 in#4 out* copy#3)" },
           { .ms = 5, "p>a", .vias = "a1", .want = "H.forwarded(request#1 in#5 out* copy#2)" });
}

static void who_changes_the_body_is_a_b2bua(void **state)
{
    (void)state;
    watch w;
    const sc_hop *hop =
        HOP_BEHIND(&w, { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .sdp = true },
                   { .ms = 1, "p>b", .vias = "p1 a1", .sdp = true },
                   { .ms = 2, "b>p", "200", .to = "t", .sdp = true },
                   { .ms = 3, "p>a", .vias = "a1", .sdp = true });
    assert_false(hop->rewrites);
    watch_end(&w);
    hop = HOP_BEHIND(&w, { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .sdp = true },
                     { .ms = 1, "p>b", .vias = "p1 a1" });
    assert_true(hop->rewrites);
    watch_end(&w);
    hop = HOP_BEHIND(&w, { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
                     { .ms = 1, "p>b", .vias = "p1 a1" }, { .ms = 2, "b>p", "200", .to = "t" },
                     { .ms = 3, "p>a", .vias = "a1", .sdp = true });
    assert_true(hop->rewrites);
    watch_end(&w);
}

static void who_writes_a_tag_is_a_b2bua(void **state)
{
    (void)state;
    watch w;
    const sc_hop *hop = HOP_BEHIND(
        &w, { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
        { .ms = 1, "p>b", .vias = "p1 a1" }, { .ms = 2, "b>p", "180", .to = "t" },
        { .ms = 3, "p>a", .vias = "a1", .to = "u", .want = "H.replied(request#1 out*)" });
    assert_true(hop->rewrites);
    watch_end(&w);
}

/* It has a tag that only the server can have written. */
static void a_100_that_goes_on(void **state)
{
    (void)state;
    EXPECT("H", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
           { .ms = 1, "p>b", .vias = "p1 a1" }, { .ms = 2, "b>p", "100", .to = "t" },
           { .ms = 3, "p>a", .vias = "a1", .want = "H.forwarded(request#1 in#3 out* copy#2)" });
}

/* Two responses in a row: the first is sent back behind the second. */
static void a_response_that_was_overtaken(void **state)
{
    (void)state;
    EXPECT(
        "H", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
        { .ms = 1, "p>b", .vias = "p1 a1" }, { .ms = 2, "b>p", "180", .to = "t" },
        { .ms = 3, "b>p", "200" },
        { .ms = 4, "p>a", "180", .vias = "a1", .want = "H.forwarded(request#1 in? out* copy#2)" });
}

/* It writes messages of its own, though it keeps their names. */
static void a_b2bua_is_no_proxy(void **state)
{
    (void)state;
    EXPECT("H", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .want = "" },
           { .ms = 1, "p>b", .vias = "p1", .want = "" },
           { .ms = 2, "b>p", "200", .to = "t", .want = "" },
           { .ms = 3, "p>a", .vias = "a1", .want = "" });
}

/* Two elements lie between: what each did was not seen. */
static void a_hop_that_was_not_captured(void **state)
{
    (void)state;
    EXPECT("H", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .want = "" },
           { .ms = 1, "q>b", .vias = "q1 p1 a1", .want = "" },
           { .ms = 2, "b>q", "200", .to = "t", .want = "" },
           { .ms = 3, "p>a", .vias = "a1", .want = "" });
}

static void an_answer_of_its_own_was_not_forwarded(void **state)
{
    (void)state;
    EXPECT("H", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .want = "" },
           { .ms = 1, "p>b", .vias = "p1 a1", .want = "H.forwarded(request#1 in#1 out*)" },
           { .ms = 2, "p>a", "408", .vias = "a1", .to = "p", .want = "H.replied(request#1 out*)" },
           { .ms = 3,
             "b>p",
             "180",
             .vias = "p1 a1",
             .to = "t",
             .want = "H.received(request#1 in* copy#2)" });
}

static void a_cancel_is_not_forwarded(void **state)
{
    (void)state;
    EXPECT("H", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .want = "" },
           { .ms = 1, "p>b", .vias = "p1 a1", .want = "H.forwarded(request#1 in#1 out*)" },
           { .ms = 2, "a>p", "CANCEL", "1 CANCEL", .vias = "a1", .want = "" },
           { .ms = 3, "p>b", .vias = "p1", .want = "H.cancelled(request#1 out* copy#2)" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_and_its_answer),
        cmocka_unit_test(a_chain_of_two),
        cmocka_unit_test(who_changes_the_body_is_a_b2bua),
        cmocka_unit_test(who_writes_a_tag_is_a_b2bua),
        cmocka_unit_test(a_100_that_goes_on),
        cmocka_unit_test(a_response_that_was_overtaken),
        cmocka_unit_test(a_b2bua_is_no_proxy),
        cmocka_unit_test(a_hop_that_was_not_captured),
        cmocka_unit_test(an_answer_of_its_own_was_not_forwarded),
        cmocka_unit_test(a_cancel_is_not_forwarded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
