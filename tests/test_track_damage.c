/* SPDX-License-Identifier: MIT */
/* Messages that are out of order, lost or no answer to anything: what they leave in doubt. */
#define SHOW_TRIED /* which requests were tried before */
#include "track.h"

static void one_branch_for_ever(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    static const sight first[] = { { .ms = 0,
                                     "a>b",
                                     "OPTIONS",
                                     "1 OPTIONS",
                                     "a1",
                                     "f",
                                     "-",
                                     NULL,
                                     .want = "T.request(request*)" } };
    static const sight second[] = {
        { .ms = 1, .want = "T.request(request*)" },
        { .ms = 2, .cseq = "2 OPTIONS", .want = "T.request(request* tried#2)" },
        { .ms = 3,
          "b>a",
          "200",
          "1 OPTIONS",
          .want = "T.response(request#2 response*) T.final(request#2 response*)" },
        { .ms = 4,
          "b>a",
          "200",
          "2 OPTIONS",
          .want = "T.response(request#3 response* tried#2) "
                  "T.final(request#3 response* tried#2)" },
        { .ms = 5,
          "b>a",
          "200",
          "7 OPTIONS",
          .want = "T.response(request? response* ack? cancel? previous? challenge? earlier?) "
                  "T.final(request? response* ack? cancel? previous? challenge? earlier?)" }
    };
    watch_flow(&w, "T", first, 1);
    w.call_id = "other";
    watch_flow(&w, "T", second, 5);
    watch_end(&w);
}

/* Where the branch is nobody else's, a wrong name is the answer's fault. */
static void an_answer_with_one_wrong_name(void **state)
{
    (void)state;
    static const sight ask = { .ms = 0, "a>b", "OPTIONS", "1 OPTIONS", "a1", "f", "-" };
    static const sight answers[] = {
        { .ms = 1,
          "b>a",
          "200",
          "2 OPTIONS",
          .to = "t",
          .want = "T.response(request#1 response*) T.final(request#1 response*)" },
        { .ms = 2,
          "b>a",
          "404",
          "2 OPTIONS",
          .from = "g",
          .to = "t",
          .want = "T.response(request? response* ack? cancel? previous? challenge? earlier?) "
                  "T.final(request? response* ack? cancel? previous? challenge? earlier?)" }
    };
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    assert_int_equal(watch_feed(&w, &ask), 0);
    watch_flow(&w, "T", answers, 2);
    watch_end(&w);
}

static void an_answer_alone_began_unseen(void **state)
{
    (void)state;
    EXPECT("T",
           { .ms = 0,
             "b>a",
             "200",
             "1 BYE",
             "a1",
             "f",
             "t",
             .want = "T.response(request? response* ack? cancel? previous? challenge? earlier?) "
                     "T.final(request? response* ack? cancel? previous? challenge? earlier?)" },
           { .ms = 1,
             .want = "T.retransmission(response)(request? response* ack? cancel? previous#1 "
                     "challenge? earlier?)" });
}

/* Two taps, or two clocks: within a dialog, too, where the request has a To tag. */
static void an_answer_may_be_seen_first(void **state)
{
    (void)state;
    EXPECT(
        "T", { .ms = 0, "b>a", "200", "1 BYE", "a1", "f", "t" },
        { .ms = 1, "a>b", "BYE", .want = "T.request(request* response#1 ack? cancel? previous?)" });
}

/* The same packet before and behind a translator of addresses. */
static void a_translator_makes_no_repetition(void **state)
{
    (void)state;
    EXPECT(
        "T",
        { .ms = 0,
          "a>b",
          "OPTIONS",
          "1 OPTIONS",
          "a1",
          "f",
          "-",
          NULL,
          .want = "T.request(request*)" },
        { .ms = 1, "n>b", .want = "T.request(request*)" },
        { .ms = 2,
          "b>n",
          "200",
          .to = "t",
          .want = "T.response(request#2 response*) T.final(request#2 response*)" },
        { .ms = 3, "b>a", .want = "T.response(request#1 response*) T.final(request#1 response*)" });
}

static void an_answer_to_either_of_two_damages_both(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    static const sight asks[] = { { .ms = 0, "a>b", "OPTIONS", "1 OPTIONS", "a1", "f", "-" },
                                  { .ms = 1, "a>c" } };
    static const sight answer = { .ms = 2, "d>a", "200", .to = "t" };
    watch_feed(&w, &asks[0]);
    const sc_transaction *first = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
    watch_feed(&w, &asks[1]);
    const sc_transaction *second = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
    watch_feed(&w, &answer);
    assert_string_equal(watch_text(&w, "T"), "");
    assert_true(first->tracked.object.damaged && second->tracked.object.damaged);
    watch_end(&w);
}

/* A capture of a stream may have one direction before the other. */
static void an_ack_before_its_answer_damages(void **state)
{
    (void)state;
    static const char *const branches[] = { "a1", "a2" };
    for (size_t i = 0; i < 2; i++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        watch_feed(&w, &(sight){ .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-" });
        const sc_object *invite = w.events.list[0].object;
        watch_feed(&w, &(sight){ .ms = 1, "a>b", "ACK", "1 ACK", branches[i], .to = "t" });
        assert_true(invite->damaged);
        watch_end(&w);
    }
}

/* A proxy's 2xx, too, may be seen behind the ACK that goes the same way. */
static void an_ack_before_the_answer_of_its_hop_damages(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    watch_feed(&w, &(sight){ .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" });
    const sc_object *first = w.events.list[0].object;
    watch_feed(&w, &(sight){ .ms = 1, "p>b", "INVITE", "1 INVITE", "p1", "f", "-" });
    watch_feed(&w, &(sight){ .ms = 2, "b>p", "200", "1 INVITE", "p1", "f", "t" });
    const sc_object *dialog = last_object(&w, SIPCHECK_SCOPE_DIALOG);
    assert_false(dialog->damaged);
    watch_feed(&w, &(sight){ .ms = 3, "a>p", "ACK", "1 ACK", "a2", "f", "t" });
    assert_true(first->damaged);
    assert_true(dialog->damaged);
    watch_end(&w);
}

static void many_responses_damage_and_stay_bounded(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    static const sight ask = { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-" };
    watch_feed(&w, &ask);
    const sc_transaction *t = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
    size_t most = 0;
    for (unsigned i = 0; i < 2000; i++) {
        char tag[16];
        snprintf(tag, sizeof tag, "t%u", i);
        watch_feed(&w, &(sight){ .ms = 1, "b>a", "200", .to = tag });
        bool full = i >= SC_ANSWERS_MAX || i >= SC_RESPONSES_MAX;
        assert_int_equal(t->tracked.object.damaged, full);
        if (i == 20) most = sc_tracker_counts(w.tracker).memory;
    }
    assert_int_equal(t->finals, 2000);
    assert_int_equal(t->responses, SC_RESPONSES_MAX);
    /* Dialogs are as many as there are tags. */
    assert_true(sc_tracker_counts(w.tracker).memory > most);
    watch_end(&w);
}

static void no_message_without_names(void **state)
{
    (void)state;
    EXPECT(NULL, { .ms = 0, "a>b", "OPTIONS", "x OPTIONS", "a1", "f", "-", NULL, .want = "" },
           { .ms = 1, .cseq = "1 OPTIONS", .vias = "", .want = "" },
           { .ms = 2, "b>a", "200", "1 ACK", "a1", .want = "" });
}

/* An answer that can't be read as one is no proof that there was none. */
static void a_message_without_names_damages_its_branch(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    watch_feed(&w, &(sight){ .ms = 0, "a>b", "BYE", "1 BYE", "a1", "f", "t" });
    const sc_object *bye = w.events.list[0].object;
    watch_feed(&w, &(sight){ .ms = 1, "a>b", "BYE", "2 BYE", "a2", "f", "t" });
    const sc_object *other = w.events.list[0].object;
    watch_feed(&w, &(sight){ .ms = 2, "b>a", "200", "x", "a1" });
    assert_int_equal(w.events.count, 0);
    assert_true(bye->damaged && !other->damaged);
    watch_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_branch_for_ever),
        cmocka_unit_test(an_answer_with_one_wrong_name),
        cmocka_unit_test(an_answer_alone_began_unseen),
        cmocka_unit_test(an_answer_may_be_seen_first),
        cmocka_unit_test(a_translator_makes_no_repetition),
        cmocka_unit_test(an_answer_to_either_of_two_damages_both),
        cmocka_unit_test(an_ack_before_its_answer_damages),
        cmocka_unit_test(an_ack_before_the_answer_of_its_hop_damages),
        cmocka_unit_test(many_responses_damage_and_stay_bounded),
        cmocka_unit_test(no_message_without_names),
        cmocka_unit_test(a_message_without_names_damages_its_branch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
