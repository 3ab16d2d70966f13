/* SPDX-License-Identifier: MIT */
/* Which messages are one transaction, and what each means to it. */
#define SHOW_TRIED /* which requests were tried before */
#include "track.h"

static void a_request_and_its_answers(void **state)
{
    (void)state;
    EXPECT("T",
           { .ms = 0,
             "a>b",
             "OPTIONS",
             "1 OPTIONS",
             "a1",
             "f",
             "-",
             NULL,
             .want = "T.request(request*)" },
           { .ms = 9,
             "b>a",
             "100",
             .want = "T.response(request#1 response*) "
                     "T.provisional(request#1 response*)" },
           { .ms = 20,
             "b>a",
             "200",
             .to = "t",
             .want = "T.response(request#1 response* previous#2) "
                     "T.final(request#1 response* previous#2)" });
}

static void an_invite_that_is_refused(void **state)
{
    (void)state;
    EXPECT("T",
           { .ms = 0,
             "a>b",
             "INVITE",
             "1 INVITE",
             "a1",
             "f",
             "-",
             NULL,
             .want = "T.request(request*)" },
           { .ms = 20,
             "b>a",
             "486",
             .to = "t",
             .want = "T.response(request#1 response*) T.final(request#1 response*)" },
           { .ms = 30, "a>b", "ACK", "1 ACK", .want = "T.ack(request#1 response#2 ack*)" },
           { .ms = 40,
             "b>a",
             "486",
             "1 INVITE",
             .want = "T.retransmission(response)(request#1 response* ack#3 previous#2)" });
}

static void an_invite_that_is_taken(void **state)
{
    (void)state;
    EXPECT("T",
           { .ms = 0,
             "a>b",
             "INVITE",
             "1 INVITE",
             "a1",
             "f",
             "-",
             NULL,
             .want = "T.request(request*)" },
           { .ms = 20, "b>a", "200", .to = "t" },
           { .ms = 30, "a>b", "ACK", "1 ACK", "a2", .want = "T.ack(request#1 response#2 ack*)" });
}

static void repetitions(void **state)
{
    (void)state;
    EXPECT("T",
           { .ms = 0,
             "a>b",
             "INVITE",
             "1 INVITE",
             "a1",
             "f",
             "-",
             NULL,
             .want = "T.request(request*)" },
           { .ms = 500, .want = "T.retransmission(request)(request* previous#1)" },
           { .ms = 1500,
             .more = "Subject: other bytes\r\n",
             .want = "T.retransmission(request)(request* previous#1)" },
           { .ms = 1600, "b>a", "180", .to = "t" },
           { .ms = 1700, .want = "T.retransmission(response)(request#1 response* previous#4)" },
           { .ms = 1800,
             "b>a",
             "180",
             .to = "u",
             .want = "T.response(request#1 response* previous#4) "
                     "T.provisional(request#1 response* previous#4)" },
           { .ms = 1900,
             .to = "t",
             .want = "T.retransmission(response)(request#1 response* previous?)" });
}

static void reliable_answers_are_told_by_their_number(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-" },
           { .ms = 10, "b>a", "183", .to = "t", .more = "RSeq: 1\r\n" },
           { .ms = 11,
             .more = "RSeq: 1\r\n",
             .want = "T.retransmission(response)(request#1 response* previous#2)" },
           { .ms = 12,
             .more = "RSeq: 2\r\n",
             .want = "T.response(request#1 response* previous#2) "
                     "T.provisional(request#1 response* previous#2)" });
}

static void what_is_known_of_repetitions(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight flow[] = { { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-" },
                           { .ms = 500 },
                           { .ms = 1500 },
                           { .ms = 1600, .more = "Subject: x\r\n" } };
    watch_feed(&w, &flow[0]);
    const sc_transaction *t = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
    assert_int_equal(t->state_before, SC_STATE_UNKNOWN);
    assert_int_equal(t->state, SC_STATE_CALLING);
    assert_true(t->unreliable);
    assert_false(t->repeated);
    watch_feed(&w, &flow[1]);
    assert_true(t->repeated && t->identical);
    assert_int_equal(t->gap, 500 * MS);
    watch_feed(&w, &flow[2]);
    assert_int_equal(t->gap, 1000 * MS);
    assert_int_equal(t->requested.number, 2);
    watch_feed(&w, &flow[3]);
    assert_false(t->identical);
    watch_end(&w);
}

static void states_follow_the_messages(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    static const struct {
        sight s;
        uint8_t state;
    } cases[] = {
        { { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-" }, SC_STATE_CALLING },
        { { .ms = 1, "b>a", "100" }, SC_STATE_PROCEEDING },
        { { .ms = 2, "b>a", "404", .to = "t" }, SC_STATE_COMPLETED },
        { { .ms = 3, "b>a", "180", .to = "t" }, SC_STATE_COMPLETED },
        { { .ms = 4, "a>b", "ACK", "1 ACK" }, SC_STATE_CONFIRMED },
        { { .ms = 5, "a>b", "INVITE", "2 INVITE", "a2", "f", "-" }, SC_STATE_CALLING },
        { { .ms = 6, "b>a", "200", .to = "t" }, SC_STATE_ACCEPTED },
        { { .ms = 7, "a>b", "BYE", "3 BYE", "a3" }, SC_STATE_TRYING },
        { { .ms = 8, "b>a", "200" }, SC_STATE_COMPLETED },
    };
    watch_begin(&w, &options);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch_feed(&w, &cases[i].s);
        const sc_transaction *t = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
        assert_int_equal(t->state, cases[i].state);
    }
    watch_end(&w);
}

static void a_cancel_is_one_of_its_own_and_told_to_the_invite(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-" },
           { .ms = 5, "b>a", "180", .to = "t" },
           { .ms = 10,
             "a>b",
             "CANCEL",
             "1 CANCEL",
             .to = "-",
             .want = "T.request(request* tried#1 outcome#2) "
                     "T.cancel(request#1 response#2 cancel*)" },
           { .ms = 11, .want = "T.retransmission(request)(request* previous#3 tried#1 outcome#2)" },
           { .ms = 12,
             "b>a",
             "200",
             .to = "t",
             .want = "T.response(request#3 response* tried#1 outcome#2) "
                     "T.final(request#3 response* tried#1 outcome#2)" },
           { .ms = 13,
             "b>a",
             "487",
             "1 INVITE",
             .want = "T.response(request#1 response* cancel#3 previous#2) "
                     "T.final(request#1 response* cancel#3 previous#2)" });
}

static void each_hop_is_a_transaction(void **state)
{
    (void)state;
    EXPECT("T",
           { .ms = 0,
             "a>p",
             "INVITE",
             "1 INVITE",
             "a1",
             "f",
             "-",
             NULL,
             .want = "T.request(request*)" },
           { .ms = 1, "p>b", .vias = "p1 a1", .want = "T.request(request*)" },
           { .ms = 2,
             "b>p",
             "200",
             .to = "t",
             .want = "T.response(request#2 response*) T.final(request#2 response*)" },
           { .ms = 3,
             "p>a",
             "200",
             .vias = "a1",
             .want = "T.response(request#1 response*) T.final(request#1 response*)" },
           { .ms = 4, "a>p", "ACK", "1 ACK", "a2", .want = "T.ack(request#1 response#4 ack*)" },
           { .ms = 5, "p>b", .vias = "p2 a2", .want = "T.ack(request#2 response#3 ack*)" });
}

/* Past the proxy, from end to end: the caller's hop and the callee's both have it. */
static void an_ack_may_go_its_own_way(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
           { .ms = 1, "p>b", .vias = "p1 a1" }, { .ms = 2, "b>p", "200", .to = "t" },
           { .ms = 3, "p>a", "200", .vias = "a1" },
           { .ms = 4,
             "a>b",
             "ACK",
             "1 ACK",
             "a2",
             .want = "T.ack(request#2 response#3 ack*) T.ack(request#1 response#4 ack*)" });
}

static void several_may_take_an_invite(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" },
           { .ms = 1, "p>a", "200", .to = "t" },
           { .ms = 2,
             .to = "u",
             .want = "T.response(request#1 response* previous#2) "
                     "T.final(request#1 response* previous#2)" },
           { .ms = 3,
             "a>p",
             "ACK",
             "1 ACK",
             "a2",
             .to = "t",
             .want = "T.ack(request#1 response#2 ack*)" },
           { .ms = 4, .vias = "a3", .to = "u", .want = "T.ack(request#1 response#3 ack*)" });
}

static void what_was_asked_before(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, "a>b", "MESSAGE", "1 MESSAGE", "a1", "f", "-" },
           { .ms = 5, "b>a", "415", .to = "t" },
           { .ms = 9,
             "a>b",
             "MESSAGE",
             "2 MESSAGE",
             "a2",
             "f",
             "-",
             .want = "T.request(request* tried#1 outcome#2)" },
           /* not answered yet; another client; a number between them; another dialog */
           { .ms = 10, "a>b", "MESSAGE", "3 MESSAGE", "a3", .want = "T.request(request* tried#3)" },
           { .ms = 11, "c>b", "MESSAGE", "4 MESSAGE", "c4", .want = "T.request(request*)" },
           { .ms = 12, "a>b", "MESSAGE", "6 MESSAGE", "a6", .want = "T.request(request*)" },
           { .ms = 13,
             "a>b",
             "MESSAGE",
             "7 MESSAGE",
             "a7",
             .to = "t",
             .want = "T.request(request*)" });
}

static void of_two_at_once_neither_was_before(void **state)
{
    (void)state;
    EXPECT(
        "T", { .ms = 0, "a>b", "MESSAGE", "1 MESSAGE", "a1", "f", "-" },
        { .ms = 1, "a>c", "MESSAGE", "1 MESSAGE", "a2", "f", "-" },
        { .ms = 9, "a>b", "MESSAGE", "2 MESSAGE", "a3", "f", "-", .want = "T.request(request*)" });
}

static void behind_the_answer_a_name_that_differs_is_no_fault(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-" },
           { .ms = 10,
             "b>a",
             "183",
             "2 INVITE",
             .to = "t",
             .want = "T.response(request#1 response*) T.provisional(request#1 response*)" },
           { .ms = 20, "b>a", "407", "1 INVITE", .to = "t" },
           { .ms = 30, "a>b", "ACK", "1 ACK", .to = "t" },
           { .ms = 90,
             "b>a",
             "200",
             "2 INVITE",
             .to = "u",
             .want = "T.response(request? response* ack? cancel? previous? challenge? earlier?) "
                     "T.final(request? response* ack? cancel? previous? challenge? earlier?)" });
}

static void branches_of_rfc_2543(void **state)
{
    (void)state;
    static const char *const branches[] = { "", "x", "z9hG4b" };
    for (size_t i = 0; i < sizeof branches / sizeof *branches; i++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        w.branch = branches[i];
        static const sight flow[] = {
            { .ms = 0,
              "a>b",
              "INVITE",
              "1 INVITE",
              "a",
              "f",
              "-",
              NULL,
              .want = "T.request(request*)" },
            { .ms = 1, .want = "T.retransmission(request)(request* previous#1)" },
            { .ms = 2,
              "b>a",
              "404",
              .to = "t",
              .want = "T.response(request#1 response*) T.final(request#1 response*)" },
            { .ms = 3, "a>b", "ACK", "1 ACK", .want = "T.ack(request#1 response#3 ack*)" },
            { .ms = 4,
              .start = "INVITE",
              .cseq = "2 INVITE",
              .to = "-",
              .want = "T.request(request* tried#1 outcome#3)" },
        };
        watch_flow(&w, "T", flow, sizeof flow / sizeof *flow);
        watch_end(&w);
    }
}

static void without_a_branch_each_place_is_asked_apart(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    w.branch = "";
    static const sight first[] = {
        { .ms = 0, "p>b", "INVITE", "1 INVITE", "p a", "f", "-", .want = "T.request(request*)" },
        { .ms = 9, "b>p", "302", .to = "t" }
    };
    static const sight other[] = {
        { .ms = 20, "p>b", "INVITE", .to = "-", .want = "T.request(request*)" },
        { .ms = 30, .want = "T.retransmission(request)(request* previous#3)" },
        { .ms = 40, "b>p", "180", .to = "u", .want = "" }, /* of which, nobody knows */
    };
    watch_flow(&w, "T", first, sizeof first / sizeof *first);
    w.request_line = "INVITE sip:c@b.example SIP/2.0";
    watch_flow(&w, "T", other, sizeof other / sizeof *other);
    watch_end(&w);
}

static void they_end_in_time(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    static const sight flow[] = { { .ms = 0, "a>b", "OPTIONS", "1 OPTIONS", "a1", "f", "-" },
                                  { .ms = 10, "b>a", "200", .to = "t" },
                                  { .ms = 20, "a>b", "INVITE", "2 INVITE", "a2", .to = "-" },
                                  { .ms = 30, "b>a", "100" } };
    assert_true(sc_tracker_deadline(w.tracker) == UINT64_MAX);
    watch_flow(&w, "T", flow, 4);
    assert_int_equal(sc_tracker_deadline(w.tracker), 32010 * MS);
    sc_tracker_advance(w.tracker, 32009 * MS, &w.events);
    assert_int_equal(w.events.count, 0);
    sc_tracker_advance(w.tracker, 32010 * MS, &w.events);
    assert_string_equal(watch_text(&w, "T"), "T.end(request#1 response#2)");
    const sc_transaction *t = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
    assert_int_equal(t->state_before, SC_STATE_COMPLETED);
    assert_int_equal(sc_tracker_deadline(w.tracker), 212030 * MS);
    sc_tracker_advance(w.tracker, 212030 * MS, &w.events);
    assert_string_equal(watch_text(&w, "T"), "T.end(request#3 response#4 tried#1 outcome#2)");
    sc_tracker_advance(w.tracker, UINT64_MAX, &w.events);
    assert_int_equal(w.events.count, 0);
    watch_end(&w);
}

#define TEXT(number, tag) "a>b", "MESSAGE", number " MESSAGE", "a" number, "f" number, tag

static void a_message_that_did_not_wait(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, TEXT("1", "-") }, { .ms = 1, TEXT("2", "-") },
           { .ms = 2, TEXT("3", "t") },
           { .ms = 300,
             "b>a",
             "200",
             "1 MESSAGE",
             "a1",
             "f1",
             "t",
             .want = "T.response(request#1 response*) T.final(request#1 response*) "
                     "T.overlap(request#2 previous#1)" },
           { .ms = 301, TEXT("4", "-") },
           { .ms = 500,
             "b>a",
             "200",
             "2 MESSAGE",
             "a2",
             "f2",
             "t",
             .want = "T.response(request#2 response*) T.final(request#2 response*) "
                     "T.overlap(request#5 previous#2)" },
           { .ms = 501, TEXT("5", "-") },
           { .ms = 502, "c>b", "MESSAGE", "6 MESSAGE", "c6", "f6", "-" },
           { .ms = 900,
             "b>a",
             "200",
             "5 MESSAGE",
             "a5",
             "f5",
             "t",
             .want = "T.response(request#7 response*) T.final(request#7 response*)" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_and_its_answers),
        cmocka_unit_test(an_invite_that_is_refused),
        cmocka_unit_test(an_invite_that_is_taken),
        cmocka_unit_test(repetitions),
        cmocka_unit_test(reliable_answers_are_told_by_their_number),
        cmocka_unit_test(what_is_known_of_repetitions),
        cmocka_unit_test(states_follow_the_messages),
        cmocka_unit_test(a_cancel_is_one_of_its_own_and_told_to_the_invite),
        cmocka_unit_test(each_hop_is_a_transaction),
        cmocka_unit_test(an_ack_may_go_its_own_way),
        cmocka_unit_test(several_may_take_an_invite),
        cmocka_unit_test(what_was_asked_before),
        cmocka_unit_test(of_two_at_once_neither_was_before),
        cmocka_unit_test(behind_the_answer_a_name_that_differs_is_no_fault),
        cmocka_unit_test(branches_of_rfc_2543),
        cmocka_unit_test(without_a_branch_each_place_is_asked_apart),
        cmocka_unit_test(they_end_in_time),
        cmocka_unit_test(a_message_that_did_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
