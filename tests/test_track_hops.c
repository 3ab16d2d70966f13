/* SPDX-License-Identifier: MIT */
/* The same message before and behind an element. */
#include "track.h"

static void a_request_and_its_answer(void **state)
{
    (void)state;
    EXPECT(
        "H", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .want = "" },
        { .ms = 1, "p>a", "100", .want = "" },
        { .ms = 2, "p>b", "INVITE", .vias = "p1 a1", .want = "H.forwarded(in#1 out*)" },
        { .ms = 3, .want = "" }, { .ms = 4, "b>p", "100", .want = "" },
        { .ms = 5, "b>p", "180", .to = "t", .want = "" },
        { .ms = 6, "p>a", "180", .vias = "a1", .want = "H.forwarded(request#1 in#6 out* copy#3)" },
        { .ms = 7, "b>p", "200", .vias = "p1 a1", .want = "" },
        { .ms = 8, "p>a", .vias = "a1", .want = "H.forwarded(request#1 in#8 out* copy#3)" },
        { .ms = 9, .want = "" });
}

static void a_chain_of_two(void **state)
{
    (void)state;
    EXPECT("H", { .ms = 0, "a>p", "MESSAGE", "1 MESSAGE", "a1", "f", "-", .want = "" },
           { .ms = 1, "p>q", .vias = "p1 a1", .want = "H.forwarded(in#1 out*)" },
           { .ms = 2, "q>b", .vias = "q1 p1 a1", .want = "H.forwarded(in#2 out*)" },
           { .ms = 3, "b>q", "200", .to = "t", .want = "" },
           { .ms = 4, "q>p", .vias = "p1 a1", .want = "H.forwarded(request#2 in#4 out* copy#3)" },
           { .ms = 5, "p>a", .vias = "a1", .want = "H.forwarded(request#1 in#5 out* copy#2)" });
}

static void a_fork(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight flow[] = {
        { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .want = "" },
        { .ms = 1, "p>b", .vias = "p1 a1", .want = "H.forwarded(in#1 out*)" },
        { .ms = 2, "p>c", .vias = "p2 a1", .want = "H.forwarded(in#1 out*)" },
    };
    const sight answers[] = {
        { .ms = 3, "b>p", "486", .vias = "p1 a1", .to = "t", .want = "" },
        { .ms = 4, "c>p", "404", .vias = "p2 a1", .to = "u", .want = "" },
        { .ms = 5,
          "p>a",
          "486",
          .vias = "a1",
          .to = "t",
          .want = "H.forwarded(request#1 in#4 out* copy#2)" },
    };
    watch_flow(&w, "H", flow, 3);
    const sc_hop *hop = last_object(&w, SIPCHECK_SCOPE_HOP);
    assert_int_equal(hop->branches, 2);
    watch_flow(&w, "H", answers, 3);
    assert_ptr_equal(hop, last_object(&w, SIPCHECK_SCOPE_HOP));
    assert_int_equal(sc_tracker_counts(w.tracker).hops, 1);
    watch_end(&w);
}

static void a_fork_that_a_branch_declined(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight flow[] = {
        { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .want = "" },
        { .ms = 1, "p>b", .vias = "p1 a1", .want = "H.forwarded(in#1 out*)" },
        { .ms = 2, "p>c", .vias = "p2 a1", .want = "H.forwarded(in#1 out*)" },
    };
    const sight answers[] = {
        { .ms = 3, "b>p", "486", .vias = "p1 a1", .to = "t", .want = "" },
        { .ms = 4, "c>p", "603", .vias = "p2 a1", .to = "u", .want = "" },
        { .ms = 5,
          "p>a",
          "486",
          .vias = "a1",
          .to = "t",
          .want = "H.forwarded(request#1 in#4 out* copy#2)" },
    };
    watch_flow(&w, "H", flow, 3);
    const sc_hop *hop = last_object(&w, SIPCHECK_SCOPE_HOP);
    assert_false(hop->declined);
    watch_flow(&w, "H", answers, 3);
    assert_true(hop->declined);
    watch_end(&w);
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
           { .ms = 1, "p>b", .vias = "p1 a1", .want = "H.forwarded(in#1 out*)" },
           { .ms = 2, "p>a", "408", .vias = "a1", .to = "p", .want = "" },
           { .ms = 3, "b>p", "180", .vias = "p1 a1", .to = "t", .want = "" });
}

static void a_cancel_is_not_forwarded(void **state)
{
    (void)state;
    EXPECT("H", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .want = "" },
           { .ms = 1, "p>b", .vias = "p1 a1", .want = "H.forwarded(in#1 out*)" },
           { .ms = 2, "a>p", "CANCEL", "1 CANCEL", .vias = "a1", .want = "" },
           { .ms = 3, "p>b", .vias = "p1", .want = "" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_and_its_answer),
        cmocka_unit_test(a_chain_of_two),
        cmocka_unit_test(a_fork),
        cmocka_unit_test(a_fork_that_a_branch_declined),
        cmocka_unit_test(a_b2bua_is_no_proxy),
        cmocka_unit_test(a_hop_that_was_not_captured),
        cmocka_unit_test(an_answer_of_its_own_was_not_forwarded),
        cmocka_unit_test(a_cancel_is_not_forwarded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
