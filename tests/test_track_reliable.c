/* SPDX-License-Identifier: MIT */
/* What a dialog remembers of reliable responses, UPDATEs and its session timer. */
#include "track.h"

static const sc_dialog *feed(watch *w, const sight *s)
{
    watch_feed(w, s);
    return last_object(w, SIPCHECK_SCOPE_DIALOG);
}

static void begin(watch *w)
{
    sc_track_options options = watch_options();
    watch_begin(w, &options);
    watch_feed(
        w,
        &(sight){
            .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-", .more = "Supported: timer\r\n" });
}

/* Contacts are there where UPDATEs are looked at. */
static const sc_dialog *reliable(watch *w, unsigned ms, unsigned rseq, bool sdp)
{
    static char more[64];
    snprintf(more, sizeof more, "Require: 100rel\r\nRSeq: %u\r\n", rseq);
    return feed(w, &(sight){ ms, "b>a", "183", "1 INVITE", "a1", "f", "t", more, sdp, NULL });
}

static const sc_dialog *prack(watch *w, unsigned ms, unsigned cseq, const char *rack)
{
    static char more[64], number[32], via[16];
    snprintf(more, sizeof more, "RAck: %s\r\n", rack);
    snprintf(number, sizeof number, "%u PRACK", cseq);
    snprintf(via, sizeof via, "a%u", cseq);
    return feed(w, &(sight){ ms, "a>b", "PRACK", number, via, "f", "t", more, false, NULL });
}

static const sc_dialog *answer(watch *w, unsigned ms, const char *status)
{
    return feed(w, &(sight){ .ms = ms, .way = "b>a", .start = status });
}

static void each_prack_names_a_response(void **state)
{
    (void)state;
    watch w;
    begin(&w);
    const sc_reliable *r = &reliable(&w, 1, 7, true)->reliable;
    assert_false(r->any_before);
    reliable(&w, 2, 8, false);
    assert_true(r->any_before);
    assert_int_equal(r->last_before, 7);
    assert_int_equal(r->count_before, 1);
    assert_int_equal(r->open_before, 1);
    assert_int_equal(r->open_described_before, 1);
    prack(&w, 3, 2, "9 1 INVITE");
    assert_int_equal(r->rack, SC_RACK_NOTHING);
    prack(&w, 4, 3, "7 1 INVITE");
    assert_int_equal(r->rack, SC_RACK_OPEN);
    assert_int_equal(r->open_before, 2);
    answer(&w, 5, "401");
    assert_int_equal(r->rack, SC_RACK_OPEN);
    assert_int_equal(r->open_before, 1);
    prack(&w, 6, 4, "7 1 INVITE");
    assert_int_equal(r->rack, SC_RACK_OPEN);
    prack(&w, 7, 5, "7 1 INVITE");
    assert_int_equal(r->rack, SC_RACK_ACKNOWLEDGED);
    answer(&w, 8, "200");
    reliable(&w, 9, 7, true);
    assert_int_equal(r->rack, SC_RACK_ANSWERED);
    assert_int_equal(r->open_before, 1);
    assert_int_equal(r->open_described_before, 0);
    prack(&w, 10, 6, "7 2 INVITE");
    assert_int_equal(r->rack, SC_RACK_UNKNOWN);
    prack(&w, 11, 7, "7 1 OPTIONS");
    assert_int_equal(r->rack, SC_RACK_NOTHING);
    watch_end(&w);
}

/* CSeq numbers of both may be the same. */
static void an_answer_to_the_other_ones_prack(void **state)
{
    (void)state;
    watch w;
    begin(&w);
    const sc_reliable *r = &reliable(&w, 1, 7, false)->reliable;
    feed(&w,
         &(sight){
             .ms = 2, "b>a", "PRACK", "2 PRACK", "b2", "t", "f", .more = "RAck: 7 1 INVITE\r\n" });
    prack(&w, 3, 2, "7 1 INVITE");
    feed(&w, &(sight){ .ms = 4, "a>b", "200", "2 PRACK", "b2", "t", "f" });
    assert_int_equal(r->rack, SC_RACK_UNKNOWN);
    reliable(&w, 5, 7, false);
    assert_int_equal(r->rack, SC_RACK_ACKNOWLEDGED);
    feed(&w, &(sight){ .ms = 6, "b>a", "200", "2 PRACK", "a2", "f", "t" });
    reliable(&w, 7, 7, false);
    assert_int_equal(r->rack, SC_RACK_ANSWERED);
    watch_end(&w);
}

static void numbers_in_a_row(void **state)
{
    (void)state;
    watch w;
    begin(&w);
    const sc_reliable *r = &reliable(&w, 1, 7, false)->reliable;
    reliable(&w, 2, 9, false);
    assert_int_equal(r->last, 9);
    assert_int_equal(r->in_row, 7);
    reliable(&w, 3, 8, false);
    assert_int_equal(r->last, 8);
    assert_int_equal(r->in_row, 9);
    watch_end(&w);
}

static void more_than_are_remembered(void **state)
{
    (void)state;
    watch w;
    begin(&w);
    const sc_reliable *r = NULL;
    for (unsigned i = 0; i < SC_RELIABLE_MAX; i++)
        r = &reliable(&w, 1 + i, 7 + i, false)->reliable;
    prack(&w, 20, 2, "8 1 INVITE");
    reliable(&w, 21, 7 + SC_RELIABLE_MAX, false);
    assert_int_equal(r->count, SC_RELIABLE_MAX);
    assert_false(r->lost);
    prack(&w, 22, 3, "8 1 INVITE");
    assert_int_equal(r->rack, SC_RACK_UNKNOWN);
    assert_int_equal(r->open_before, SC_RELIABLE_MAX);
    prack(&w, 23, 4, "9 1 INVITE");
    assert_int_equal(r->rack, SC_RACK_OPEN);
    reliable(&w, 24, 8 + SC_RELIABLE_MAX, false);
    reliable(&w, 25, 9 + SC_RELIABLE_MAX, false);
    assert_int_equal(r->count, SC_RELIABLE_MAX);
    assert_true(r->lost);
    watch_end(&w);
}

static void a_refused_invite_has_none(void **state)
{
    (void)state;
    watch w;
    begin(&w);
    const sc_dialog *dialog = reliable(&w, 1, 7, false);
    feed(&w, &(sight){ .ms = 2, "a>b", "CANCEL", "1 CANCEL", "a1", "f", "-" });
    prack(&w, 3, 2, "7 1 INVITE");
    assert_int_equal(dialog->reliable.rack, SC_RACK_UNKNOWN);
    watch_end(&w);
}

static void what_was_not_seen_is_unknown(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    assert_true(reliable(&w, 1, 7, false)->reliable.lost);
    assert_int_equal(prack(&w, 2, 2, "6 1 INVITE")->reliable.rack, SC_RACK_UNKNOWN);
    watch_end(&w);
}

/* --- session timers */

static void the_last_2xx_sets_the_timer(void **state)
{
    (void)state;
    watch w;
    begin(&w);
    const sc_dialog *dialog = feed(
        &w,
        &(sight){
            .ms = 1, "b>a", "200", .to = "t", .more = "Session-Expires: 1800;refresher=uac\r\n" });
    const sc_timer *timer = &dialog->timer;
    assert_int_equal(dialog->timer_before.refreshed_ns, 0);
    assert_int_equal(timer->interval, 1800);
    assert_true(timer->caller_refreshes);
    assert_false(timer->callee_refreshes);
    feed(&w, &(sight){
                 .ms = 2, "b>a", "UPDATE", "5 UPDATE", "b1", "t", "f", .more = "Min-SE: 300\r\n" });
    assert_false(dialog->timer_before.tried);
    assert_true(timer->tried);
    feed(&w, &(sight){ .ms = 3, "a>b", "422", .more = "Min-SE: 600\r\n" });
    assert_int_equal(timer->interval, 1800);
    assert_int_equal(timer->min_se[SC_CALLER], 300);
    assert_int_equal(timer->min_se[SC_CALLEE], 600);
    feed(&w,
         &(sight){ .ms = 4, "b>a", "UPDATE", "6 UPDATE", "b2", .more = "Supported: timer\r\n" });
    feed(&w, &(sight){ .ms = 5, "a>b", "200", .more = "Session-Expires: 900;refresher=uac\r\n" });
    assert_int_equal(timer->interval, 900);
    assert_true(timer->callee_refreshes);
    assert_false(timer->caller_refreshes);
    assert_int_equal(timer->refreshed_ns, 5 * MS);
    assert_false(timer->tried);
    assert_false(timer->unsure);
    feed(&w, &(sight){ .ms = 6, "b>a", "UPDATE", "7 UPDATE", "b3" });
    feed(&w, &(sight){ .ms = 7, "a>b", "200" });
    assert_int_equal(timer->interval, 0);
    assert_false(timer->caller_refreshes || timer->callee_refreshes);
    feed(&w, &(sight){ .ms = 8, "b>a", "UPDATE", "8 UPDATE", "b4" });
    feed(&w, &(sight){ .ms = 9, "a>b", "200", .more = "Session-Expires: 900;refresher=uas\r\n" });
    assert_true(timer->caller_refreshes);
    assert_false(timer->callee_refreshes);
    watch_end(&w);
}

static void a_timer_that_a_proxy_sets_is_unsure(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const char *timer = "Session-Expires: 1800;refresher=uac\r\n";
    watch_feed(&w, &(sight){ .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" });
    watch_feed(&w, &(sight){ .ms = 1, "p>b", .vias = "p1 a1" });
    const sc_dialog *dialog = feed(&w, &(sight){ .ms = 2, "b>p", "200", .to = "t" });
    watch_feed(&w, &(sight){ .ms = 3, "p>a", .vias = "a1", .more = timer });
    assert_true(dialog->timer.unsure);
    watch_end(&w);
}

/* The callee's request was told of before the copy of the answer to the caller's came. */
static void a_late_copy_tells_the_same_timer(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const char *timer = "Session-Expires: 1800;refresher=uas\r\n";
    watch_feed(&w, &(sight){ .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-" });
    watch_feed(&w, &(sight){ .ms = 1, "p>b", .vias = "p1 a1" });
    const sc_dialog *dialog = feed(&w, &(sight){ .ms = 2, "b>p", "200", .to = "t", .more = timer });
    watch_feed(&w, &(sight){ .ms = 3, "b>p", "INFO", "1 INFO", "b1", "t", "f" });
    watch_feed(&w, &(sight){ .ms = 4, "p>a", "200", "1 INVITE", "a1", "f", "t", .more = timer });
    assert_true(dialog->timer.callee_refreshes);
    assert_false(dialog->timer.unsure);
    watch_end(&w);
}

static void a_retry_knows_why_the_first_was_refused(void **state)
{
    (void)state;
    watch w;
    begin(&w);
    const sight flow[] = {
        { .ms = 1, "b>a", "422", .to = "t", .more = "Min-SE: 600\r\n" },
        { .ms = 2, "a>b", "INVITE", "2 INVITE", "a2", "f", "-" },
        { .ms = 3, "b>a", "422", .to = "u", .more = "Min-SE: 300\r\n" },
        { .ms = 4, "a>b", "INVITE", "3 INVITE", "a3", "f", "-" },
        { .ms = 5, "a>b", "INVITE", "4 INVITE", "a4", "g", "-" },
    };
    static const uint32_t want[] = { 0, 600, 600, 600, 0 };
    for (size_t i = 0; i < 5; i++) {
        watch_feed(&w, &flow[i]);
        const sc_transaction *t = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
        assert_int_equal(t->too_small, want[i]);
    }
    watch_end(&w);
}

/* --- UPDATE */

#define HERE "Contact: <sip:b@b.example>\r\nAllow: INVITE, UPDATE\r\n"
#define THERE "Contact: <sip:b@c.example>\r\n"

static void updates_that_come_too_soon(void **state)
{
    (void)state;
    watch w;
    begin(&w);
    const sc_dialog *dialog = feed(&w, &(sight){ .ms = 1, "b>a", "200", .to = "t", .more = HERE });
    const sc_updating *a = &dialog->party[SC_CALLER].updating;
    assert_int_equal(a->allow, 0);
    assert_int_equal(dialog->party[SC_CALLEE].updating.allow, SC_ALLOW_SENT | SC_ALLOW_UPDATE);
    feed(&w, &(sight){ .ms = 2, "a>b", "UPDATE", "2 UPDATE", "a2", .sdp = true });
    assert_false(a->is_hasty);
    feed(&w, &(sight){ .ms = 3, "a>b", "UPDATE", "3 UPDATE", "a3" });
    assert_true(a->is_hasty);
    assert_false(a->is_crossing);
    feed(&w, &(sight){ .ms = 4, "b>a", "200", "2 UPDATE", "a2", .sdp = true });
    assert_false(a->is_hasty);
    feed(&w, &(sight){ .ms = 5, "b>a", "500", "3 UPDATE", "a3" });
    assert_true(a->is_hasty);
    feed(&w, &(sight){ .ms = 6, "b>a", "UPDATE", "9 UPDATE", "b1", "t", "f", .sdp = true });
    feed(&w, &(sight){ .ms = 7, "a>b", "UPDATE", "4 UPDATE", "a4", "f", "t", .sdp = true });
    assert_true(a->is_crossing);
    assert_false(a->is_hasty);
    feed(&w, &(sight){ .ms = 40000, "a>b", "UPDATE", "5 UPDATE", "a5" });
    assert_false(a->is_hasty);
    watch_end(&w);
}

static void a_contact_is_that_of_the_update_before(void **state)
{
    (void)state;
    for (int moved = 0; moved < 2; moved++) {
        watch w;
        begin(&w);
        const sc_dialog *dialog = reliable(&w, 1, 7, false);
        const sc_updating *b = &dialog->party[SC_CALLEE].updating;
        feed(&w, &(sight){ .ms = 2, "a>b", "UPDATE", "2 UPDATE", "a2" });
        feed(&w, &(sight){ .ms = 3, "b>a", "200", .more = THERE });
        assert_int_equal(b->as_updated, SC_AS_NOTHING);
        feed(&w, &(sight){ 4, "b>a", "200", "1 INVITE", "a1", "f", "t", moved ? HERE : THERE, false,
                           NULL });
        assert_int_equal(b->as_updated, moved ? SC_AS_OTHER : SC_AS_UPDATED);
        watch_end(&w);
    }
}

static void a_refused_update_moves_nothing(void **state)
{
    (void)state;
    watch w;
    begin(&w);
    const sc_updating *b = &reliable(&w, 1, 7, false)->party[SC_CALLEE].updating;
    feed(&w, &(sight){ .ms = 2, "b>a", "UPDATE", "9 UPDATE", "b1", "t", "f", .more = THERE });
    feed(&w, &(sight){ .ms = 3, "a>b", "500" });
    feed(&w, &(sight){ .ms = 4, "b>a", "200", "1 INVITE", "a1", "f", "t", .more = HERE });
    assert_int_equal(b->as_updated, SC_AS_NOTHING);
    watch_end(&w);
}

/* What became of the responses to the caller's INVITE is forgotten where the callee's has some. */
static void invites_of_both(void **state)
{
    (void)state;
    watch w;
    begin(&w);
    const sc_reliable *r = &reliable(&w, 1, 7, false)->reliable;
    feed(&w, &(sight){ .ms = 2, "b>a", "INVITE", "9 INVITE", "b1", "t", "f" });
    feed(&w, &(sight){ .ms = 3, "a>b", "183", .more = "Require: 100rel\r\nRSeq: 1\r\n" });
    assert_int_equal(r->asker, SC_CALLEE);
    prack(&w, 4, 2, "7 1 INVITE");
    assert_int_equal(r->rack, SC_RACK_UNKNOWN);
    watch_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_prack_names_a_response),
        cmocka_unit_test(an_answer_to_the_other_ones_prack),
        cmocka_unit_test(numbers_in_a_row),
        cmocka_unit_test(more_than_are_remembered),
        cmocka_unit_test(a_refused_invite_has_none),
        cmocka_unit_test(what_was_not_seen_is_unknown),
        cmocka_unit_test(the_last_2xx_sets_the_timer),
        cmocka_unit_test(a_timer_that_a_proxy_sets_is_unsure),
        cmocka_unit_test(a_late_copy_tells_the_same_timer),
        cmocka_unit_test(a_retry_knows_why_the_first_was_refused),
        cmocka_unit_test(updates_that_come_too_soon),
        cmocka_unit_test(a_contact_is_that_of_the_update_before),
        cmocka_unit_test(a_refused_update_moves_nothing),
        cmocka_unit_test(invites_of_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
