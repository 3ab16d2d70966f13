/* SPDX-License-Identifier: MIT */
/* Which message gave the nonce of credentials, and who used it before. */
#include "track.h"
#include "track/internal.h"

#define ASKS(nonce) "WWW-Authenticate: Digest realm=\"r\", nonce=\"" nonce "\"\r\n"
#define GIVES(nonce) "Authorization: Digest username=\"u\", realm=\"r\", nonce=\"" nonce "\"\r\n"
#define NEXT(nonce) "Authentication-Info: qop=auth, nextnonce=\"" nonce "\"\r\n"
#define ANSWER(status) .way = "b>a", .start = status, .to = "t"
#define ASK(number)                                                                                \
    .way = "a>b", .start = "OPTIONS", .cseq = number " OPTIONS", .vias = "a" number, .from = "f",  \
    .to = "-"

static void a_challenge_and_its_uses(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, ASK("1"), .want = "T.request(request*)" },
           { .ms = 1,
             ANSWER("401"),
             .more = ASKS("n"),
             .want = "T.response(request#1 response*) T.final(request#1 response*)" },
           { .ms = 2, ASK("2"), .more = GIVES("n"), .want = "T.request(request* challenge#2)" },
           { .ms = 3,
             ANSWER("200"),
             .want = "T.response(request#3 response* challenge#2) "
                     "T.final(request#3 response* challenge#2)" },
           { .ms = 4,
             ASK("3"),
             .more = GIVES("n"),
             .want = "T.request(request* challenge#2 earlier#3)" },
           { .ms = 5,
             ASK("4"),
             .more = GIVES("n"),
             .want = "T.request(request* challenge#2 earlier#5)" },
           { .ms = 6, ASK("5"), .want = "T.request(request*)" });
}

static void what_was_not_seen_is_unknown(void **state)
{
    (void)state;
    EXPECT("T",
           { .ms = 0,
             ASK("1"),
             .more = GIVES("n"),
             .want = "T.request(request* challenge? earlier?)" },
           { .ms = 1,
             ASK("2"),
             .more = GIVES("n"),
             .want = "T.request(request* challenge? earlier#1)" },
           { .ms = 2, ANSWER("200"), .want = NULL }, { .ms = 3, .to = "t2", .want = NULL });
}

/* A server may give one nonce to several clients, and one client's proxy hears of it, too. */
static void a_nonce_is_of_one_client(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, ASK("1") }, { .ms = 1, ANSWER("401"), .more = ASKS("n") },
           { .ms = 2,
             .way = "c>b",
             .start = "OPTIONS",
             .cseq = "1 OPTIONS",
             .vias = "c1",
             .from = "g",
             .to = "-",
             .more = GIVES("n"),
             .want = "T.request(request* challenge? earlier?)" },
           { .ms = 3, ASK("2"), .more = GIVES("n"), .want = "T.request(request* challenge#2)" },
           { .ms = 4,
             .way = "p>b",
             .vias = "p2 a2",
             .more = GIVES("n"),
             .want = "T.request(request* challenge? earlier?)" });
}

static void other_words_for_one_nonce_are_vague(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, ASK("1") }, { .ms = 1, ANSWER("401"), .more = ASKS("n") },
           { .ms = 2, ASK("2") }, { .ms = 3, ANSWER("401"), .more = ASKS("n") },
           { .ms = 4, ASK("3"), .more = GIVES("n"), .want = "T.request(request* challenge#2)" },
           { .ms = 5,
             ANSWER("401"),
             .more = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", opaque=\"o\"\r\n" },
           { .ms = 6,
             ASK("4"),
             .more = GIVES("n"),
             .want = "T.request(request* challenge? earlier#5)" });
}

static void an_answer_may_give_the_next(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, ASK("1") }, { .ms = 1, ANSWER("401"), .more = ASKS("n") },
           { .ms = 2, ASK("2"), .more = GIVES("n") }, { .ms = 3, ANSWER("200"), .more = NEXT("m") },
           { .ms = 4, ASK("3"), .more = GIVES("m"), .want = "T.request(request* challenge#4)" });
}

/* Credentials of the INVITE come again in its ACK, and in a CANCEL. */
static void ack_and_cancel_are_no_uses(void **state)
{
    (void)state;
    EXPECT("T",
           { .ms = 0,
             .way = "a>b",
             .start = "INVITE",
             .cseq = "1 INVITE",
             .vias = "a1",
             .from = "f",
             .to = "-" },
           { .ms = 1, ANSWER("401"), .more = ASKS("n") },
           { .ms = 2,
             .way = "a>b",
             .start = "INVITE",
             .cseq = "2 INVITE",
             .vias = "a2",
             .to = "-",
             .more = GIVES("n") },
           { .ms = 3, .way = "a>b", .start = "CANCEL", .cseq = "2 CANCEL", .more = GIVES("n") },
           { .ms = 4, ANSWER("200"), .cseq = "2 INVITE" },
           { .ms = 5,
             .way = "a>b",
             .start = "ACK",
             .cseq = "2 ACK",
             .vias = "a3",
             .more = GIVES("n") },
           { .ms = 6,
             .way = "a>b",
             .start = "BYE",
             .cseq = "3 BYE",
             .vias = "a4",
             .more = GIVES("n"),
             .want = "T.request(request* challenge#2 earlier#3)" });
}

static void repetitions_are_no_uses(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, ASK("1") }, { .ms = 1, ANSWER("401"), .more = ASKS("n") },
           { .ms = 2, ASK("2"), .more = GIVES("n") },
           { .ms = 3,
             .more = GIVES("n"),
             .want = "T.retransmission(request)(request* previous#3 challenge#2)" },
           { .ms = 4,
             ASK("3"),
             .more = GIVES("n"),
             .want = "T.request(request* challenge#2 earlier#3)" });
}

/* SC_CHALLENGES_MAX */
static void of_many_challenges_the_first_count(void **state)
{
    (void)state;
    EXPECT("T", { .ms = 0, ASK("1") },
           { .ms = 1,
             ANSWER("401"),
             .more = ASKS("1") ASKS("2") ASKS("3") ASKS("4") ASKS("5") ASKS("6") ASKS("7") ASKS("8")
                 ASKS("9") },
           { .ms = 2, ASK("2"), .more = GIVES("8"), .want = "T.request(request* challenge#2)" },
           { .ms = 3,
             ASK("3"),
             .more = GIVES("9"),
             .want = "T.request(request* challenge? earlier?)" });
}

static void ask_with(watch *w, unsigned cseq, unsigned nonce, const char *want)
{
    char number[24], branch[24], more[120];
    snprintf(number, sizeof number, "%u OPTIONS", cseq);
    snprintf(branch, sizeof branch, "a%u", cseq);
    snprintf(more, sizeof more, GIVES("%u"), nonce);
    const sight s = { .ms = cseq,
                      .way = "a>b",
                      .start = "OPTIONS",
                      .cseq = number,
                      .vias = branch,
                      .from = "f",
                      .to = "-",
                      .more = more };
    assert_int_equal(watch_feed(w, &s), 0);
    if (want) assert_string_equal(watch_text(w, "T"), want);
}

/* SC_NONCES_MAX. Behind a use that was forgotten nobody knows whether a nonce is new. */
static void the_oldest_are_forgotten(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    watch_feed(&w, &(sight){ .ms = 0, ASK("1") });
    watch_feed(&w, &(sight){ .ms = 1, ANSWER("401"), .more = ASKS("1") });
    ask_with(&w, 2, 1, "T.request(request* challenge#2)");
    for (unsigned i = 0; i < SC_NONCES_MAX - 2; i++)
        ask_with(&w, 3 + i, 10 + i, NULL);
    ask_with(&w, 100000, 1, "T.request(request* challenge#2 earlier#3)");
    for (unsigned i = 0; i < SC_NONCES_MAX; i++)
        ask_with(&w, 200000 + i, 200000 + i, NULL);
    ask_with(&w, 300000, 1, "T.request(request* challenge? earlier?)");
    assert_int_equal(sc_tracker_counts(w.tracker).evicted, 0);
    watch_end(&w);
}

/* Another clock began when it was forgotten: what was later by the one before was not later. */
static void what_is_forgotten_is_so_on_any_clock(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    watch_feed(&w, &(sight){ .ms = 90000000, ASK("1") });
    watch_feed(&w, &(sight){ .ms = 90000000, ANSWER("401"), .more = ASKS("1") });
    ask_with(&w, 2, 1, "T.request(request* challenge#2)");
    watch_feed(&w, &(sight){ .ms = 3, ASK("3") });
    watch_feed(&w, &(sight){ .ms = 3, ANSWER("401"), .more = ASKS("1") });
    for (unsigned i = 0; i < SC_NONCES_MAX - 1; i++)
        ask_with(&w, 4 + i, 10 + i, NULL);
    ask_with(&w, 100000, 1, "T.request(request* challenge#2 earlier?)");
    watch_end(&w);
}

/* The table can't grow, and there is no room for a use in its chain. */
static void a_use_without_room_is_forgotten(void **state)
{
    (void)state;
    enum { BEFORE = 6000, ROUNDS = 200 };
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    w.memory.below = 4096;
    unsigned known = 0, unknown = 0;
    for (unsigned i = 0; i < BEFORE + ROUNDS; i++) {
        char asks[80], gives[80], vias[3][16];
        unsigned ms = i < BEFORE ? i : 40000 * (i - BEFORE + 1);
        for (unsigned n = 0; n < 3; n++)
            snprintf(vias[n], sizeof vias[n], "a%u.%u", i, n);
        snprintf(asks, sizeof asks, ASKS("%u"), i);
        snprintf(gives, sizeof gives, GIVES("%u"), i);
        w.call_id = vias[0];
        watch_feed(&w, &(sight){ .ms = ms, "a>b", "OPTIONS", "1 OPTIONS", vias[0], "f", "-" });
        if (i < BEFORE) continue;
        watch_feed(&w, &(sight){ .ms = ms + 1, ANSWER("401"), .more = asks });
        watch_feed(
            &w,
            &(sight){
                .ms = ms + 2, "a>b", "OPTIONS", "2 OPTIONS", vias[1], "f", "-", .more = gives });
        watch_feed(&w,
                   &(sight){ .ms = ms + 3, .cseq = "3 OPTIONS", .vias = vias[2], .more = gives });
        const sc_transaction *t = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
        assert_int_not_equal(t->earlier_presence, SC_NOT_SENT);
        known += t->earlier_presence == SC_THERE;
        unknown += t->earlier_presence == SC_NOT_CAPTURED;
    }
    assert_true(known > 0 && unknown > 0);
    watch_end(&w);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    const sight flow[] = {
        { .ms = 0, ASK("1") },
        { .ms = 1, ANSWER("401"), .more = ASKS("n") ASKS("m") },
        { .ms = 2, ASK("2"), .more = GIVES("n") },
        { .ms = 3, ANSWER("200"), .more = NEXT("o") },
        { .ms = 4, ASK("3"), .more = GIVES("o") },
    };
    for (long n = 0; n < 40; n++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        w.memory.left = n;
        w.memory.once = true;
        for (size_t i = 0; i < sizeof flow / sizeof *flow; i++)
            if (watch_feed(&w, &flow[i]) != 0) assert_int_equal(watch_feed(&w, &flow[i]), 0);
        assert_int_equal(sc_tracker_counts(w.tracker).transactions, 3);
        watch_end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_challenge_and_its_uses),
        cmocka_unit_test(what_was_not_seen_is_unknown),
        cmocka_unit_test(a_nonce_is_of_one_client),
        cmocka_unit_test(other_words_for_one_nonce_are_vague),
        cmocka_unit_test(an_answer_may_give_the_next),
        cmocka_unit_test(ack_and_cancel_are_no_uses),
        cmocka_unit_test(repetitions_are_no_uses),
        cmocka_unit_test(of_many_challenges_the_first_count),
        cmocka_unit_test(the_oldest_are_forgotten),
        cmocka_unit_test(what_is_forgotten_is_so_on_any_clock),
        cmocka_unit_test(a_use_without_room_is_forgotten),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
