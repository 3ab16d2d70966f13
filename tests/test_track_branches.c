/* SPDX-License-Identifier: MIT */
/* The branches that an element makes of one request, and how many are remembered. */
#include "hops.h"
#include "track/branches.h"

/* Alice's request, and the two branches that p makes of it. */
#define FORKED                                                                                     \
    { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .want = "" },                          \
        { .ms = 1, "p>b", .vias = "p1 a1", .want = "H.forwarded(request#1 in#1 out*)" },           \
    {                                                                                              \
        .ms = 2, "p>c", .vias = "p2 a1", .want = "H.forwarded(request#1 in#1 out*)"                \
    }

static void a_fork(void **state)
{
    (void)state;
    watch w;
    const sight answers[] = {
        { .ms = 3,
          "b>p",
          "486",
          .vias = "p1 a1",
          .to = "t",
          .want = "H.received(request#1 in* copy#2)" },
        { .ms = 4,
          "c>p",
          "404",
          .vias = "p2 a1",
          .to = "u",
          .want = "H.received(request#1 in* copy#3)" },
        { .ms = 5,
          "p>a",
          "486",
          .vias = "a1",
          .to = "t",
          .want = "H.forwarded(request#1 in#4 out* copy#2)" },
    };
    const sc_hop *hop = HOP_BEHIND(&w, FORKED);
    assert_int_equal(hop->branches, 2);
    assert_int_equal(hop->waiting, 2);
    watch_flow(&w, "H", answers, 2);
    assert_int_equal(hop->waiting, 0);
    assert_int_equal(hop->finals, 2);
    assert_true(hop->answered_ns == 0);
    watch_flow(&w, "H", answers + 2, 1);
    assert_true(hop->known);
    assert_true(hop->answered_ns != 0);
    assert_false(hop->answered_before);
    assert_ptr_equal(hop, last_object(&w, SIPCHECK_SCOPE_HOP));
    assert_int_equal(sc_tracker_counts(w.tracker).hops, 1);
    watch_end(&w);
}

static void what_branches_have_of_the_breadth(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second;
        uint64_t both, left;
    } cases[] = {
        { "Max-Breadth: 20\r\n", "Max-Breadth: 40\r\n", 60, 40 },
        { "Max-Breadth: 20\r\n", "", UINT64_MAX, UINT64_MAX },
        { "Max-Breadth: 4294967295\r\n", "Max-Breadth: 1\r\n", UINT64_MAX, 1 },
        { "Max-Breadth: 20x\r\n", "Max-Breadth: 1\r\n", UINT64_MAX, 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch w;
        const sight flow[] = { { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
                               { .ms = 1, "p>b", .vias = "p1 a1", .more = cases[i].first },
                               { .ms = 2, "p>c", .vias = "p2 a1", .more = cases[i].second },
                               { .ms = 3, "b>p", "486", .vias = "p1 a1", .to = "t" } };
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        watch_flow(&w, "H", flow, 3);
        const sc_hop *hop = last_object(&w, SIPCHECK_SCOPE_HOP);
        assert_true(hop->breadth == cases[i].both);
        watch_feed(&w, &flow[3]);
        assert_true(hop->breadth == cases[i].left);
        watch_end(&w);
    }
}

static void a_request_that_went_in_a_circle(void **state)
{
    (void)state;
    static const struct {
        const char *again; /* what it came with */
        bool forked, looped;
    } cases[] = {
        { "Subject: x\r\n", true, true },
        { "Route: <sip:q;lr>\r\n", true, false },
        { "", false, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch w;
        const sight flow[] = { { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
                               { .ms = 1, "p>q", .vias = "p1 a1" },
                               { .ms = 2, "p>c", .vias = cases[i].forked ? "p2 a1" : "p1 a1" },
                               { .ms = 3, "q>p", .vias = "q1 p1 a1", .more = cases[i].again },
                               { .ms = 4, "p>c", .vias = "p3 q1 p1 a1" } };
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        watch_flow(&w, "H", flow, 5);
        const sc_hop *hop = last_object(&w, SIPCHECK_SCOPE_HOP);
        assert_int_equal(hop->looped, cases[i].looped);
        watch_end(&w);
    }
}

static void a_fork_that_a_branch_declined(void **state)
{
    (void)state;
    watch w;
    const sight answers[] = {
        { .ms = 3, "b>p", "180", .vias = "p1 a1", .to = "t" },
        { .ms = 4,
          "c>p",
          "603",
          .vias = "p2 a1",
          .to = "u",
          .want = "H.received(request#1 in* copy#3) H.open(declined)(request#1 in* copy#2)" },
        { .ms = 5,
          "p>b",
          "CANCEL",
          "1 CANCEL",
          .vias = "p1",
          .to = "-",
          .want = "H.cancelled(request#1 out* copy#2)" },
        { .ms = 6, "b>p", "487", "1 INVITE", .vias = "p1 a1", .to = "t" },
        { .ms = 7, "p>a", .vias = "a1", .want = "H.forwarded(request#1 in#7 out* copy#2)" },
    };
    const sc_hop *hop = HOP_BEHIND(&w, FORKED);
    assert_false(hop->declined);
    watch_flow(&w, "H", answers, 2);
    assert_int_equal(hop->open, 1);
    watch_flow(&w, "H", answers + 2, 3);
    assert_true(hop->declined);
    assert_int_equal(hop->open, 0);
    watch_end(&w);
}

static void branches_that_are_open(void **state)
{
    (void)state;
    EXPECT("H", FORKED, { .ms = 3, "b>p", "180", .vias = "p1 a1", .to = "t" },
           { .ms = 4, "c>p", "180", .vias = "p2 a1", .to = "u" }, { .ms = 5, "c>p", "200" },
           { .ms = 6,
             "p>a",
             .vias = "a1",
             .want = "H.forwarded(request#1 in#6 out* copy#3) "
                     "H.open(answered)(request#1 out* copy#2)" },
           { .ms = 7,
             "a>p",
             "CANCEL",
             "1 CANCEL",
             .to = "-",
             .want = "H.open(cancelled)(request#1 in* copy#2)" });
}

static void more_open_branches_than_are_told(void **state)
{
    (void)state;
    watch w;
    char branch[8];
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight first = { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" };
    watch_flow(&w, "H", &first, 1);
    for (unsigned i = 0; i < SC_HOP_OPEN_MAX + 1; i++) {
        snprintf(branch, sizeof branch, "p%u a1", i);
        const sight out[] = { { .ms = 1, "p>b", "INVITE", .vias = branch, .to = "-" },
                              { .ms = 1, "b>p", "180", .to = "t" } };
        watch_flow(&w, "H", out, 2);
    }
    const sight cancel = { .ms = 2, "a>p", "CANCEL", "1 CANCEL", .vias = "a1", .to = "-" };
    watch_flow(&w, "H", &cancel, 1);
    assert_int_equal(w.events.count, SC_HOP_OPEN_MAX + 3); /* and those of two transactions */
    watch_end(&w);
}

/* The table can't grow, and there is no room for the branch in its chain: it may wait for its
 * answer. */
static void a_branch_without_room_is_missed(void **state)
{
    (void)state;
    enum { BEFORE = 6000, ROUNDS = 40 };
    watch w;
    char vias[2][24];
    unsigned missed = 0;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    w.memory.below = 4096;
    for (unsigned i = 0; i < BEFORE + ROUNDS; i++) {
        unsigned ms = i < BEFORE ? i : 40000 * (i - BEFORE + 1);
        snprintf(vias[0], sizeof vias[0], "a%u", i);
        snprintf(vias[1], sizeof vias[1], "p%u a%u", i, i);
        w.call_id = vias[0];
        watch_feed(&w, &(sight){ .ms = ms, "a>p", "OPTIONS", "1 OPTIONS", vias[0], "f", "-" });
        if (i < BEFORE) continue;
        watch_feed(&w, &(sight){ .ms = ms + 1, "p>b", .vias = vias[1] });
        const sc_transaction *t = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
        const sc_hop *hop = last_object(&w, SIPCHECK_SCOPE_HOP);
        assert_int_equal(hop->object.damaged, t->by_upper.owner == NULL);
        missed += t->by_upper.owner == NULL;
    }
    assert_in_range(missed, 1, ROUNDS - 1);
    watch_end(&w);
}

/* Memory ends, and the branch was heard of longest ago. */
static void a_branch_that_is_forgotten(void **state)
{
    (void)state;
    const sight flow[] = { { .ms = 0, "a>p", "OPTIONS", "1 OPTIONS", "a1", "f", "-" },
                           { .ms = 1, "p>b", .vias = "p1 a1" },
                           { .ms = 2, "p>c", .vias = "p2 a1" },
                           { .ms = 3, "a>p", .vias = "a1" },
                           { .ms = 4, "c>p", "404", .vias = "p2 a1", .to = "t" } };
    size_t memory = 0;
    for (unsigned i = 0; i < 2; i++) {
        watch w;
        sc_track_options options = watch_options();
        options.memory_max = memory;
        watch_begin(&w, &options);
        watch_flow(&w, "H", flow, 4);
        memory = sc_tracker_counts(w.tracker).memory;
        watch_flow(&w, "H", flow + 4, 1);
        const sc_hop *hop = last_object(&w, SIPCHECK_SCOPE_HOP);
        assert_int_equal(sc_tracker_counts(w.tracker).evicted, i);
        assert_int_equal(hop->waiting, 1 - i);
        assert_int_equal(hop->object.damaged, i);
        watch_end(&w);
    }
}

/* Of answers there may be more than are told from each other. */
static void what_is_remembered_has_an_end(void **state)
{
    (void)state;
    watch w;
    char branch[16], status[8], more[256];
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight first = { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" };
    watch_flow(&w, "H", &first, 1);
    for (unsigned i = 0; i < 9; i++) {
        snprintf(branch, sizeof branch, "p%u a1", i);
        const sight out = { .ms = 1, "p>b", "INVITE", .vias = branch, .to = "-" };
        watch_flow(&w, "H", &out, 1);
    }
    for (unsigned i = 0; i < 9; i++) {
        snprintf(branch, sizeof branch, "p%u a1", i);
        snprintf(status, sizeof status, "4%02u", i);
        snprintf(more, sizeof more, "WWW-Authenticate: Digest realm=\"%u\", nonce=\"%u\"\r\n", i,
                 i);
        const sight in[] = {
            { .ms = 2, "b>p", status, .vias = branch, .to = "t", .more = more },
            { .ms = 2, "b>p", i % 2 ? "407" : "401", .vias = branch, .to = "t", .more = more },
        };
        watch_flow(&w, "H", in, 2);
    }
    const sc_hop *hop = last_object(&w, SIPCHECK_SCOPE_HOP);
    assert_int_equal(hop->status_count, SC_HOP_STATUSES_MAX);
    assert_true(hop->statuses_lost);
    assert_int_equal(hop->challenge_count, SC_HOP_CHALLENGES_MAX);
    snprintf(more, sizeof more, "%s",
             "Contact: <sip:a@x>, <sip:b@x>, <sip:b@x>, <sip:c@x>, <sip:d@x>, <sip:e@x>\r\n");
    const sight moved = { .ms = 3, "b>p", "302", .vias = "p0 a1", .to = "v", .more = more };
    watch_flow(&w, "H", &moved, 1);
    assert_int_equal(hop->target_count, SC_HOP_TARGETS_MAX);
    watch_end(&w);
}

static void a_redirection_that_is_followed(void **state)
{
    (void)state;
    watch w;
    const char *contact = "Contact: <sip:c@c.example>\r\n";
    const sc_hop *hop = HOP_BEHIND(&w, { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
                                   { .ms = 1, "p>b", .vias = "p1 a1" },
                                   { .ms = 2, "b>p", "302", .to = "t", .more = contact });
    assert_int_equal(hop->target_count, 1);
    w.request_line = "INVITE sip:c@c.example SIP/2.0";
    const sight further = { .ms = 3, "p>c", "INVITE", .vias = "p2 a1", .to = "-" };
    watch_flow(&w, "H", &further, 1);
    assert_true(hop->to_target);
    assert_true(hop->followed);
    const sight back = { .ms = 4, "p>a", "302", .vias = "a1", .to = "t", .more = contact };
    watch_flow(&w, "H", &back, 1);
    assert_true(hop->lists_tried);
    watch_end(&w);
}

static void a_branch_that_goes_elsewhere_is_the_same(void **state)
{
    (void)state;
    watch w;
    const sc_hop *hop = HOP_BEHIND(&w, { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
                                   { .ms = 1, "p>b", .vias = "p1 a1" },
                                   { .ms = 600,
                                     "p>c",
                                     .vias = "p1 a1",
                                     .want = "H.forwarded(request#1 previous#2 in#1 out*)" });
    assert_int_equal(hop->branches, 1);
    const sight again = {
        .ms = 700, "p>b", .vias = "p2 a1", .want = "H.forwarded(request#1 previous#2 in#1 out*)"
    };
    watch_flow(&w, "H", &again, 1);
    assert_int_equal(hop->branches, 2);
    watch_end(&w);
}

/* Behind n the same branch is seen once more: its answers are heard where it was seen first. */
static void a_branch_behind_a_nat_is_the_same(void **state)
{
    (void)state;
    EXPECT("H", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
           { .ms = 1, "p>n", .vias = "p1 a1" }, { .ms = 2, "n>b", .vias = "p1 a1" },
           { .ms = 3, "b>n", "180", .to = "t", .want = "" },
           { .ms = 4, "n>p", .want = "H.received(request#1 in* copy#2)" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fork),
        cmocka_unit_test(what_branches_have_of_the_breadth),
        cmocka_unit_test(a_request_that_went_in_a_circle),
        cmocka_unit_test(a_fork_that_a_branch_declined),
        cmocka_unit_test(branches_that_are_open),
        cmocka_unit_test(more_open_branches_than_are_told),
        cmocka_unit_test(a_branch_without_room_is_missed),
        cmocka_unit_test(a_branch_that_is_forgotten),
        cmocka_unit_test(what_is_remembered_has_an_end),
        cmocka_unit_test(a_redirection_that_is_followed),
        cmocka_unit_test(a_branch_that_goes_elsewhere_is_the_same),
        cmocka_unit_test(a_branch_behind_a_nat_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
