/* SPDX-License-Identifier: MIT */
/* Which description is an offer, and which one answers it. */
#include "track.h"

#define INVITE .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-"

static void an_offer_in_the_invite(void **state)
{
    (void)state;
    EXPECT("S", { INVITE, .sdp = true, .want = "" },
           { .ms = 1,
             "b>a",
             "200",
             .to = "t",
             .sdp = true,
             .want = "S.begin(offer#1 answer*) S.answer(offer#1 answer*)" },
           { .ms = 2, .sdp = true, .want = "" },
           { .ms = 3, "a>b", "ACK", "1 ACK", "a2", .want = "" },
           { .ms = 4, "b>a", "BYE", "1 BYE", "b1", "t", "f", .want = "" },
           { .ms = 5, "a>b", "200", .want = "S.end(offer#1 answer#2 previous_offer#1)" });
}

static void a_preview_and_its_answer(void **state)
{
    (void)state;
    EXPECT("S", { INVITE, .sdp = true, .want = "" },
           { .ms = 1,
             "b>a",
             "183",
             .to = "t",
             .sdp = true,
             .want = "S.begin(offer#1 answer*) S.answer(offer#1 answer*)" },
           { .ms = 2, "b>a", "200", .sdp = true, .want = "S.answer(offer#1 answer*)" });
}

static void a_reliable_answer_is_the_only_one(void **state)
{
    (void)state;
    EXPECT("S", { INVITE, .sdp = true, .want = "" },
           { .ms = 1,
             "b>a",
             "183",
             .to = "t",
             .more = "RSeq: 1\r\n",
             .sdp = true,
             .want = "S.begin(offer#1 answer*) S.answer(offer#1 answer*)" },
           { .ms = 2, "a>b", "PRACK", "2 PRACK", "a2", .want = "" },
           { .ms = 3, "b>a", "200", .want = "" },
           { .ms = 4, "b>a", "200", "1 INVITE", "a1", .sdp = true, .want = "" });
}

static void an_offer_in_the_2xx(void **state)
{
    (void)state;
    EXPECT(
        "S", { INVITE, .want = "" }, { .ms = 1, "b>a", "180", .to = "t", .want = "" },
        { .ms = 1, "b>a", "200", .sdp = true, .want = "S.begin(offer*) S.offer(offer*)" },
        { .ms = 2, "a>b", "ACK", "1 ACK", "a2", .sdp = true, .want = "S.answer(offer#3 answer*)" },
        { .ms = 3, .sdp = true, .want = "" });
}

static void an_offer_in_a_reliable_provisional(void **state)
{
    (void)state;
    EXPECT("S", { INVITE, .want = "" },
           { .ms = 1,
             "b>a",
             "183",
             .to = "t",
             .more = "RSeq: 1\r\n",
             .sdp = true,
             .want = "S.begin(offer*) S.offer(offer*)" },
           { .ms = 2,
             "a>b",
             "PRACK",
             "2 PRACK",
             "a2",
             .sdp = true,
             .want = "S.answer(offer#2 answer*)" },
           { .ms = 3, "b>a", "200", .want = "" },
           { .ms = 4,
             "a>b",
             "PRACK",
             "3 PRACK",
             "a3",
             .sdp = true,
             .want = "S.offer(previous#3 offer* previous_offer#2)" },
           { .ms = 5,
             "b>a",
             "200",
             .sdp = true,
             .want = "S.answer(previous#2 offer#5 answer* previous_offer#2)" },
           { .ms = 6, "b>a", "200", "1 INVITE", "a1", .sdp = true, .want = "" });
}

static void an_unreliable_provisional_offers_nothing(void **state)
{
    (void)state;
    EXPECT("S", { INVITE, .want = "" },
           { .ms = 1, "b>a", "183", .to = "t", .sdp = true, .want = "" });
}

static void updates_and_refusals(void **state)
{
    (void)state;
    EXPECT("S", { INVITE, .sdp = true }, { .ms = 1, "b>a", "200", .to = "t", .sdp = true },
           { .ms = 3,
             "b>a",
             "UPDATE",
             "1 UPDATE",
             "b1",
             "t",
             "f",
             .sdp = true,
             .want = "S.offer(previous#2 offer* previous_offer#1)" },
           { .ms = 4, "a>b", "488", .want = "" },
           { .ms = 5,
             "b>a",
             "UPDATE",
             "2 UPDATE",
             "b2",
             .sdp = true,
             .want = "S.offer(previous#2 offer* previous_offer#1)" },
           { .ms = 6,
             "a>b",
             "200",
             .sdp = true,
             .want = "S.answer(previous#1 offer#5 answer* previous_offer#1)" },
           { .ms = 7,
             "a>b",
             "INVITE",
             "2 INVITE",
             "a3",
             "f",
             "t",
             .sdp = true,
             .want = "S.offer(previous#6 offer* previous_offer#5)" });
}

static void what_the_sender_knew(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight flow[] = {
        { INVITE, .sdp = true },
        { .ms = 1, "b>a", "200", .to = "t", .sdp = true },
        { .ms = 3, "b>a", "UPDATE", "1 UPDATE", "b1", "t", "f", .sdp = true },
        { .ms = 4, "a>b", "UPDATE", "2 UPDATE", "a2", "f", "t", .sdp = true },
        { .ms = 5, "a>b", "UPDATE", "3 UPDATE", "a3", "f", "t", .sdp = true },
    };
    static const struct {
        uint8_t pending, sender;
        unsigned described; /* frame; 0: none */
        uint8_t vain;
    } wants[] = {
        { 0, 0, 0, 0 },
        { SC_UNSURE, SC_CALLEE, 0, 0 },
        { SC_NO, SC_CALLEE, 2, 0 },
        { SC_UNSURE, SC_CALLER, 1, 0 },
        { SC_YES, SC_CALLER, 1, 1 },
    };
    for (size_t i = 0; i < 5; i++) {
        watch_feed(&w, &flow[i]);
        if (i == 0) continue;
        const sc_session *session = last_object(&w, SIPCHECK_SCOPE_SESSION);
        const sc_kept *described = session->described;
        assert_int_equal(session->pending_before, wants[i].pending);
        assert_int_equal(session->sender, wants[i].sender);
        assert_int_equal(session->vain_before, wants[i].vain);
        assert_int_equal(described ? described->packet.frame : 0, wants[i].described);
    }
    watch_end(&w);
}

/* Who waits for a deadline asks for it long after the last description. */
static void the_description_before_is_held(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight flow[] = {
        { INVITE, .sdp = true },
        { .ms = 1, "b>a", "200", .to = "t", .sdp = true },
        { .ms = 2, "a>b", "UPDATE", "2 UPDATE", "a2", "f", "t", .sdp = true },
        { .ms = 3, "b>a", "200", .sdp = true },
        { .ms = 4, "a>b", "UPDATE", "3 UPDATE", "a3", "f", "t", .sdp = true },
        { .ms = 5, "b>a", "200", .sdp = true },
    };
    for (size_t i = 0; i < sizeof flow / sizeof *flow; i++)
        watch_feed(&w, &flow[i]);
    const sc_session *session = last_object(&w, SIPCHECK_SCOPE_SESSION);
    sc_tracker_advance(w.tracker, 100000 * MS, &w.events);
    sc_tracker_advance(w.tracker, 100000 * MS, &w.events);
    assert_int_equal(session->described->packet.frame, 4);
    assert_int_equal(session->described->holders, 1);
    watch_end(&w);
}

/* The answer is compared with what its author got, the next offer with what its author sent. */
static void behind_a_proxy(void **state)
{
    (void)state;
    EXPECT("S", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", .sdp = true },
           { .ms = 1, "p>b", .vias = "p1 a1", .sdp = true },
           { .ms = 2,
             "b>p",
             "200",
             .to = "t",
             .sdp = true,
             .want = "S.begin(offer#2 answer*) S.answer(offer#2 answer*)" },
           { .ms = 3, "p>a", "200", .vias = "a1", .sdp = true, .want = "" },
           { .ms = 4,
             "a>p",
             "INVITE",
             "2 INVITE",
             "a2",
             .sdp = true,
             .want = "S.offer(previous#1 offer* previous_offer#1)" },
           { .ms = 5, "p>b", .vias = "p2 a2", .sdp = true, .want = "" },
           { .ms = 6,
             "b>p",
             "200",
             .sdp = true,
             .want = "S.answer(previous#3 offer#6 answer* previous_offer#1)" });
}

static void in_the_midst(void **state)
{
    (void)state;
    EXPECT("S",
           { .ms = 0,
             "a>b",
             "INVITE",
             "5 INVITE",
             "a1",
             "f",
             "t",
             .sdp = true,
             .want = "S.offer(previous? offer* answer? previous_offer?)" },
           { .ms = 1,
             "b>a",
             "200",
             .sdp = true,
             .want = "S.answer(previous? offer#1 answer* previous_offer?)" });
}

static void descriptions_in_parts(void **state)
{
    (void)state;
    static const char parts[] =
        "Content-Type: multipart/mixed;boundary=x\r\n\r\n--x\r\nContent-Type: application/sdp\r\n"
        "\r\nv=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n\r\n--x--\r\n";
    static const char other[] =
        "Content-Type: multipart/mixed;boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n"
        "\r\nno\r\n--x--\r\n";
    EXPECT("S", { INVITE, .more = parts, .want = "" },
           { .ms = 1, "b>a", "183", .to = "t", .more = other, .want = "" },
           { .ms = 2,
             "b>a",
             "200",
             .more = parts,
             .want = "S.begin(offer#1 answer*) S.answer(offer#1 answer*)" });
}

static void an_encoded_description_damages(void **state)
{
    (void)state;
    EXPECT("S", { INVITE, .more = "Content-Encoding: gzip\r\n", .sdp = true },
           { .ms = 1, "b>a", "200", .to = "t", .sdp = true, .want = "" },
           { .ms = 4,
             "a>b",
             "INVITE",
             "2 INVITE",
             "a2",
             .sdp = true,
             .want = "S.begin(previous? offer* answer? previous_offer?) "
                     "S.offer(previous? offer* answer? previous_offer?)" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_in_the_invite),
        cmocka_unit_test(a_preview_and_its_answer),
        cmocka_unit_test(a_reliable_answer_is_the_only_one),
        cmocka_unit_test(an_offer_in_the_2xx),
        cmocka_unit_test(an_offer_in_a_reliable_provisional),
        cmocka_unit_test(an_unreliable_provisional_offers_nothing),
        cmocka_unit_test(updates_and_refusals),
        cmocka_unit_test(what_the_sender_knew),
        cmocka_unit_test(the_description_before_is_held),
        cmocka_unit_test(behind_a_proxy),
        cmocka_unit_test(in_the_midst),
        cmocka_unit_test(descriptions_in_parts),
        cmocka_unit_test(an_encoded_description_damages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
