/* SPDX-License-Identifier: MIT */
/* Which messages are one dialog, and what each means to it. */
#include "track.h"

#define CALLER "Contact: <sip:a@192.0.2.97>\r\n"
#define CALLEE "Contact: <sip:b@192.0.2.98>\r\n"

static void a_call_from_invite_to_bye(void **state)
{
    (void)state;
    EXPECT("D", { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-", CALLER, .want = "" },
           { .ms = 10, "b>a", "100", .want = "" },
           { .ms = 20,
             "b>a",
             "180",
             .to = "t",
             .want = "D.begin(request#1 response* previous?) "
                     "D.response(request#1 response* previous?) "
                     "D.provisional(request#1 response* previous?)" },
           { .ms = 30,
             "b>a",
             "200",
             .want = "D.response(request#1 response* previous?) "
                     "D.final(request#1 response* previous?)" },
           { .ms = 35, .want = "D.retransmission(response)(request#1 response* previous?)" },
           { .ms = 40,
             "a>b",
             "ACK",
             "1 ACK",
             "a2",
             .want = "D.ack(request#1 response#4 ack* previous?)" },
           { .ms = 50, "a>b", "INFO", "2 INFO", "a3", .want = "D.request(request* previous#1)" },
           { .ms = 51, .want = "" },
           { .ms = 52,
             "b>a",
             "200",
             .want = "D.response(request#7 response* previous?) "
                     "D.final(request#7 response* previous?)" },
           { .ms = 60, "b>a", "BYE", "9 BYE", "b1", "t", "f", .want = "D.request(request*)" },
           { .ms = 61,
             "a>b",
             "200",
             .want = "D.response(request#10 response* previous?) "
                     "D.final(request#10 response* previous?) "
                     "D.end(request#10 response* previous?)" },
           { .ms = 62, "b>a", "INFO", "10 INFO", "b2", .want = "D.request(request* previous#10)" });
}

static void each_to_tag_is_a_dialog(void **state)
{
    (void)state;
    EXPECT("D", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", CALLER, .want = "" },
           { .ms = 1, "p>a", "183", .to = "t" },
           { .ms = 2,
             .to = "u",
             .want = "D.begin(request#1 response* previous?) "
                     "D.response(request#1 response* previous?) "
                     "D.provisional(request#1 response* previous?)" },
           { .ms = 3,
             "p>a",
             "486",
             .to = "v",
             .want = "D.end(request#1 response* previous?) "
                     "D.end(request#1 response* previous?)" });
}

/* Behind a proxy that forked it a branch ends alone. */
static void a_branch_ends_alone(void **state)
{
    (void)state;
    EXPECT("D", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", CALLER, .want = "" },
           { .ms = 1, "p>b", .vias = "p1 a1" }, { .ms = 2, "p>c", .vias = "p2 a1" },
           { .ms = 3, "b>p", "180", .vias = "p1 a1", .to = "t" },
           { .ms = 4, "c>p", "180", .vias = "p2 a1", .to = "u" },
           { .ms = 5,
             "b>p",
             "486",
             .vias = "p1 a1",
             .to = "t",
             .want =
                 "D.response(request#2 response* previous?) "
                 "D.final(request#2 response* previous?) D.end(request#2 response* previous?)" },
           { .ms = 6,
             "c>p",
             "200",
             .vias = "p2 a1",
             .to = "u",
             .want = "D.response(request#3 response* previous?) "
                     "D.final(request#3 response* previous?)" });
}

static void a_copy_behind_a_proxy_is_not_told(void **state)
{
    (void)state;
    EXPECT("D", { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", CALLER, .want = "" },
           { .ms = 1, "p>b", .vias = "p1 a1", .more = CALLER },
           { .ms = 2,
             "b>p",
             "200",
             .to = "t",
             .more = CALLEE,
             .want = "D.begin(request#2 response* previous?) "
                     "D.response(request#2 response* previous?) "
                     "D.final(request#2 response* previous?)" },
           { .ms = 3, "p>a", "200", .vias = "a1", .more = CALLEE, .want = "" },
           { .ms = 4,
             "a>p",
             "ACK",
             "1 ACK",
             "a2",
             .want = "D.ack(request#1 response#4 ack* previous?)" },
           { .ms = 5, "p>b", .vias = "p2 a2", .want = "" },
           { .ms = 6, "a>p", "BYE", "2 BYE", "a3", .want = "D.request(request* previous#1)" },
           { .ms = 7, "p>b", .vias = "p3 a3", .want = "" });
}

/* Made of what was received, with the tags as they were: it is not the other side's. */
static void a_request_in_the_others_name_is_not_told(void **state)
{
    (void)state;
    EXPECT("D", { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-", CALLER, .want = "" },
           { .ms = 1, "b>a", "200", .to = "t" },
           { .ms = 2, "a>b", "BYE", "5 BYE", "a2", "t", "f", .want = "" },
           { .ms = 3,
             "b>a",
             "INFO",
             "5 INFO",
             "b1",
             .want = "D.request(request* response? ack? cancel? previous?)" },
           { .ms = 4, "a>b", "INFO", "6 INFO", "a3", .want = "" },
           { .ms = 5,
             "a>b",
             "BYE",
             "2 BYE",
             "a4",
             "f",
             "t",
             .want = "D.request(request* response? ack? cancel? previous#1)" });
    EXPECT("D", { .ms = 0, "a>b", "INFO", "2 INFO", "a1", "f", "t" },
           { .ms = 1,
             "c>b",
             "BYE",
             "3 BYE",
             "c1",
             .want = "D.request(request* response? ack? cancel? previous#1)" });
}

static void an_early_dialog_is_cancelled(void **state)
{
    (void)state;
    EXPECT("D", { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-" },
           { .ms = 1, "b>a", "180", .to = "t" },
           { .ms = 2,
             "a>b",
             "CANCEL",
             "1 CANCEL",
             .to = "-",
             .want = "D.cancel(request#1 cancel* previous?)" },
           { .ms = 3, "b>a", "200", .to = "t", .want = "" },
           { .ms = 4,
             "b>a",
             "487",
             "1 INVITE",
             .want = "D.response(request#1 response* previous?) "
                     "D.final(request#1 response* previous?) "
                     "D.end(request#1 response* previous?)" });
}

static void a_dialog_in_its_midst_began_unseen(void **state)
{
    (void)state;
    EXPECT("D",
           { .ms = 0,
             "a>b",
             "INFO",
             "5 INFO",
             "a1",
             "f",
             "t",
             .want = "D.request(request* response? ack? cancel? previous?)" },
           { .ms = 1,
             .cseq = "6 INFO",
             .vias = "a2",
             .want = "D.request(request* response? ack? cancel? previous#1)" },
           { .ms = 2,
             "b>a",
             "INFO",
             "1 INFO",
             "b1",
             "t",
             "f",
             .want = "D.request(request* response? ack? cancel? previous?)" });
}

static void what_lives_outside_of_dialogs(void **state)
{
    (void)state;
    EXPECT("D", { .ms = 0, "a>b", "REGISTER", "1 REGISTER", "a1", "f", "t", NULL, .want = "" },
           { .ms = 1, "a>b", "OPTIONS", "2 OPTIONS", "a2", "f", "-", NULL, .want = "" },
           { .ms = 2, "b>a", "200", .to = "t", .want = "" },
           { .ms = 3, "a>b", "INVITE", "3 INVITE", "a3", "f", "-", NULL, .want = "" },
           { .ms = 4, "b>a", "486", .to = "u", .want = "" },
           { .ms = 5, "a>b", "ACK", "3 ACK", .want = "" });
}

static sc_dialog *call(watch *w, const char *request, const char *answer)
{
    const sight flow[] = {
        { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-", request },
        { .ms = 1, "b>a", "200", .to = "t", .more = answer },
    };
    watch_feed(w, &flow[0]);
    watch_feed(w, &flow[1]);
    return (sc_dialog *)last_object(w, SIPCHECK_SCOPE_DIALOG);
}

static void what_is_known_of_both_parties(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sc_dialog *dialog = call(&w, CALLER, CALLEE "Record-Route: <sip:p;lr>\r\n");
    const sc_party *caller = &dialog->party[SC_CALLER], *callee = &dialog->party[SC_CALLEE];
    assert_int_equal(dialog->state_before, SC_DIALOG_EARLY);
    assert_int_equal(dialog->state, SC_DIALOG_CONFIRMED);
    assert_int_equal(dialog->sender, SC_CALLER);
    assert_int_equal(caller->target->packet.frame, 1);
    assert_int_equal(callee->target->packet.frame, 2);
    assert_int_equal(caller->routes->packet.frame, 2);
    assert_int_equal(callee->routes->packet.frame, 2);
    assert_true(caller->has_cseq && caller->cseq == 1 && !callee->has_cseq);
    watch_feed(&w, &(sight){ .ms = 3, "b>a", "BYE", "7 BYE", "b1", "t", "f", NULL });
    assert_int_equal(dialog->sender, SC_CALLEE);
    assert_true(callee->has_cseq && callee->cseq == 7 && !callee->had_cseq);
    watch_feed(&w, &(sight){ .ms = 4, .cseq = "8 BYE", .vias = "b2" });
    assert_true(callee->had_cseq && callee->cseq_before == 7 && callee->cseq == 8);
    watch_end(&w);
}

static void targets_are_refreshed_by_what_is_accepted(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sc_dialog *dialog = call(&w, CALLER, CALLEE);
    const sc_party *caller = &dialog->party[SC_CALLER], *callee = &dialog->party[SC_CALLEE];
    const sight flow[] = {
        { .ms = 3, "a>b", "INVITE", "2 INVITE", "a2", .more = "Contact: <sip:x@x>\r\n" },
        { .ms = 4, "b>a", "200", .more = "Contact: <sip:y@y>\r\n" },
        { .ms = 5, "a>b", "INVITE", "3 INVITE", "a3", .more = "Contact: <sip:z@z>\r\n" },
        { .ms = 6, "b>a", "488" },
    };
    watch_feed(&w, &flow[0]);
    assert_true(caller->refreshing);
    watch_feed(&w, &flow[1]);
    assert_false(caller->refreshing);
    assert_int_equal(caller->target->packet.frame, 3);
    assert_int_equal(callee->target->packet.frame, 4);
    watch_feed(&w, &flow[2]);
    watch_feed(&w, &flow[3]);
    assert_false(caller->refreshing);
    assert_int_equal(caller->target->packet.frame, 3);
    watch_end(&w);
}

/* RFC 6141 §4.6 */
static void a_refused_target_may_have_been_taken(void **state)
{
    (void)state;
    for (int told = 0; told < 3; told++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        const sc_dialog *dialog = call(&w, CALLER, CALLEE);
        const sight flow[] = {
            { .ms = 3, "a>b", "INVITE", "2 INVITE", "a2", .more = "Contact: <sip:z@z>\r\n" },
            { .ms = 4, "b>a", "183", .more = told == 1 ? "RSeq: 1\r\n" : "" },
            { .ms = 5, "b>a", "INFO", "1 INFO", "b1", "t", "f" },
            { .ms = 6, "b>a", "488", "2 INVITE", "a2", "f", "t" },
        };
        for (size_t i = 0; i < 4; i++)
            if (i != 2 || told == 2) watch_feed(&w, &flow[i]);
        if (told > 0)
            assert_null(dialog->party[SC_CALLER].target);
        else
            assert_int_equal(dialog->party[SC_CALLER].target->packet.frame, 1);
        watch_end(&w);
    }
}

static void a_contact_that_a_proxy_changed_is_not_known(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight flow[] = {
        { .ms = 0, "a>p", "INVITE", "1 INVITE", "a1", "f", "-", CALLER },
        { .ms = 1, "p>b", .vias = "p1 a1", .more = "Contact: <sip:a@192.0.2.1>\r\n" },
        { .ms = 2, "b>p", "200", .to = "t", .more = CALLEE },
        { .ms = 3, "p>a", .vias = "a1", .more = "Contact: <sip:b@192.0.2.1>\r\n" },
    };
    for (size_t i = 0; i < 3; i++)
        watch_feed(&w, &flow[i]);
    const sc_dialog *dialog = last_object(&w, SIPCHECK_SCOPE_DIALOG);
    assert_null(dialog->party[SC_CALLER].target);
    assert_int_equal(dialog->party[SC_CALLER].previous->packet.frame, 1);
    assert_int_equal(dialog->party[SC_CALLEE].target->packet.frame, 3);
    watch_feed(&w, &flow[3]);
    assert_null(dialog->party[SC_CALLEE].target);
    watch_end(&w);
}

static void routes_that_were_not_copied_are_not_known(void **state)
{
    (void)state;
    static const struct {
        const char *request, *answer;
        bool known;
    } cases[] = {
        { "Record-Route: <sip:p;lr>\r\n", "Record-Route: <sip:p;lr>\r\n", true },
        { "Record-Route: <sip:p;lr>\r\n", "Record-Route: <sip:q;lr>, <sip:p;lr>\r\n", true },
        { "Record-Route: <sip:p;lr>\r\n", "Record-Route: <sip:q;lr>\r\n", false },
        { "Record-Route: <sip:p;lr>\r\n", NULL, false },
        { NULL, NULL, true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        const sc_dialog *dialog = call(&w, cases[i].request, cases[i].answer);
        assert_int_equal(dialog->party[SC_CALLER].routes != NULL, cases[i].known);
        assert_int_equal(dialog->party[SC_CALLEE].routes != NULL, cases[i].known);
        watch_end(&w);
    }
}

/* Two taps, or two clocks. */
static void what_changed_places_damages(void **state)
{
    (void)state;
    static const struct {
        unsigned ms;
        bool damaged;
    } cases[] = { { 1040, true }, { 1030, true }, { 900, true }, { 1079, true }, { 1081, false } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        watch_feed(&w, &(sight){ .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-", CALLER });
        watch_feed(&w, &(sight){ .ms = 10, "b>a", "200", .to = "t", .more = CALLEE });
        watch_feed(&w, &(sight){ .ms = 20, "a>b", "ACK", "1 ACK", "a2" });
        watch_feed(&w, &(sight){ .ms = 1030, "a>b", "INFO", "3 INFO", "a4" });
        const sc_object *dialog = last_object(&w, SIPCHECK_SCOPE_DIALOG);
        assert_false(dialog->damaged);
        watch_feed(&w, &(sight){ .ms = cases[i].ms, "a>b", "INFO", "2 INFO", "a3" });
        assert_int_equal(dialog->damaged, cases[i].damaged);
        watch_end(&w);
    }
}

static void early_dialogs_are_forgotten_in_time(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight flow[] = { { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-", NULL },
                           { .ms = 1, "b>a", "180", .to = "t" } };
    watch_feed(&w, &flow[0]);
    watch_feed(&w, &flow[1]);
    sc_tracker_advance(w.tracker, 212001 * MS, &w.events);
    assert_string_equal(watch_text(&w, "D"), "D.end(request? response? previous?)");
    watch_end(&w);
}

/* Two messages, and what is known of them. */
static void an_idle_dialog_is_small(void **state)
{
    (void)state;
    enum { CALLS = 512, KNOWN = 1088 };
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    size_t first = 0, bytes = 0;
    for (unsigned i = 0; i < CALLS; i++) {
        char call_id[16];
        snprintf(call_id, sizeof call_id, "c%06u", i);
        w.call_id = call_id;
        watch_feed(
            &w,
            &(sight){
                .ms = i * 1000000, "a>b", "INVITE", "1 INVITE", "a1", "f", "-", .more = CALLER });
        bytes = w.packet.length;
        watch_feed(&w, &(sight){ .ms = i * 1000000, "b>a", "200", .to = "t", .more = CALLEE });
        bytes += w.packet.length;
        do {
            sc_tracker_advance(w.tracker, (i + 1) * 1000000 * MS, &w.events);
        } while (w.events.count > 0);
        if (i == 0) first = sc_tracker_counts(w.tracker).memory;
    }
    size_t used = (sc_tracker_counts(w.tracker).memory - first) / (CALLS - 1);
    assert_true(used > bytes);
    if (used > bytes + KNOWN) fail_msg("%zu bytes besides the messages", used - bytes);
    watch_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_from_invite_to_bye),
        cmocka_unit_test(each_to_tag_is_a_dialog),
        cmocka_unit_test(a_branch_ends_alone),
        cmocka_unit_test(a_copy_behind_a_proxy_is_not_told),
        cmocka_unit_test(a_request_in_the_others_name_is_not_told),
        cmocka_unit_test(an_early_dialog_is_cancelled),
        cmocka_unit_test(a_dialog_in_its_midst_began_unseen),
        cmocka_unit_test(what_lives_outside_of_dialogs),
        cmocka_unit_test(what_is_known_of_both_parties),
        cmocka_unit_test(targets_are_refreshed_by_what_is_accepted),
        cmocka_unit_test(a_refused_target_may_have_been_taken),
        cmocka_unit_test(a_contact_that_a_proxy_changed_is_not_known),
        cmocka_unit_test(routes_that_were_not_copied_are_not_known),
        cmocka_unit_test(what_changed_places_damages),
        cmocka_unit_test(early_dialogs_are_forgotten_in_time),
        cmocka_unit_test(an_idle_dialog_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
