/* SPDX-License-Identifier: MIT */
/* Whose a NOTIFY is, and when a subscription is over. */
#include "track.h"
#include "track/subscription.h"

#define SUBSCRIBE .ms = 0, "a>b", "SUBSCRIBE", "1 SUBSCRIBE", "a1", "f", "-"
#define EVENT "Event: presence\r\n"
#define NOTIFY(number)                                                                             \
    .way = "b>a", .start = "NOTIFY", .cseq = number " NOTIFY", .vias = "b" number, .from = "t",    \
    .to = "f"
#define ACTIVE EVENT "Subscription-State: active;expires=600\r\n"
#define OVER EVENT "Subscription-State: terminated;reason=timeout\r\n"

static void from_subscribe_to_the_last_notify(void **state)
{
    (void)state;
    EXPECT(
        "U", { SUBSCRIBE, .more = EVENT, .want = "" },
        { .ms = 1,
          "b>a",
          "200",
          .to = "t",
          .more = "Expires: 600\r\n",
          .want = "U.begin(request#1 response* previous?) "
                  "U.response(request#1 response* previous?)" },
        { .ms = 2, NOTIFY("1"), .more = ACTIVE, .want = "U.request(request*) U.notify(request*)" },
        { .ms = 3, "a>b", "200", .want = "U.response(request#3 response* previous?)" },
        { .ms = 4,
          "a>b",
          "SUBSCRIBE",
          "2 SUBSCRIBE",
          "a2",
          "f",
          "t",
          .more = EVENT,
          .want = "U.request(request* previous#1)" },
        { .ms = 5,
          "b>a",
          "200",
          .more = "Expires: 600\r\n",
          .want = "U.response(request#5 response* previous?)" },
        { .ms = 6,
          NOTIFY("2"),
          .more = OVER,
          .want = "U.request(request* previous#3) U.notify(request* previous#3) "
                  "U.terminated(request* previous#3) U.end(request* previous#3)" },
        { .ms = 7, .more = OVER, .want = "" },
        { .ms = 8,
          NOTIFY("3"),
          .more = ACTIVE,
          .want = "U.request(request* previous#7) U.notify(request* previous#7)" });
}

static void a_notify_may_come_first(void **state)
{
    (void)state;
    EXPECT("DU", { SUBSCRIBE, .more = EVENT, .want = "" },
           { .ms = 2,
             NOTIFY("1"),
             .more = ACTIVE,
             .want = "D.begin(request*) D.request(request*) U.begin(request*) U.request(request*) "
                     "U.notify(request*)" },
           { .ms = 3,
             "b>a",
             "200",
             "1 SUBSCRIBE",
             "a1",
             "f",
             "t",
             .more = "Expires: 600\r\n",
             .want = "D.response(request#1 response* previous?) "
                     "D.final(request#1 response* previous?) "
                     "U.response(request#1 response* previous?)" },
           { .ms = 4,
             NOTIFY("2"),
             .more = OVER,
             .want = "D.request(request* previous#2) U.request(request* previous#2) "
                     "U.notify(request* previous#2) U.terminated(request* previous#2) "
                     "U.end(request* previous#2) D.end(request* previous?)" });
}

static void a_fork_makes_several(void **state)
{
    (void)state;
    EXPECT("U", { SUBSCRIBE, .more = EVENT }, { .ms = 2, NOTIFY("1"), .more = ACTIVE },
           { .ms = 3,
             "c>a",
             .vias = "c1",
             .from = "u",
             .more = ACTIVE,
             .want = "U.begin(request*) U.request(request*) U.notify(request*)" });
}

static void events_and_ids_are_told_apart(void **state)
{
    (void)state;
    EXPECT("U", { SUBSCRIBE, .more = "Event: presence;id=7\r\n" },
           { .ms = 1, "b>a", "200", .to = "t", .more = "Expires: 600\r\n" },
           { .ms = 2,
             NOTIFY("1"),
             .more = "Event: presence;id=7\r\n",
             .want = "U.request(request*) U.notify(request*)" },
           { .ms = 3, NOTIFY("2"), .more = "Event: presence;id=8\r\n" },
           { .ms = 4,
             NOTIFY("3"),
             .more = "Event: presence;id=7\r\n",
             .want = "U.request(request* previous#3) U.notify(request* previous#3)" });
}

#define INVITE .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-"
#define REFER(number)                                                                              \
    .way = "a>b", .start = "REFER", .cseq = number " REFER", .vias = "a" number, .from = "f",      \
    .to = "t"

static void refers_of_a_call(void **state)
{
    (void)state;
    EXPECT("U", { INVITE }, { .ms = 1, "b>a", "200", .to = "t" },
           { .ms = 2, REFER("2"), .want = "" },
           { .ms = 3,
             "b>a",
             "202",
             .want = "U.begin(request#3 response* previous?) "
                     "U.response(request#3 response* previous?)" },
           { .ms = 4,
             NOTIFY("1"),
             .more = "Event: refer\r\nSubscription-State: active\r\n",
             .want = "U.request(request*) U.notify(request*)" },
           { .ms = 5, REFER("3"), .want = "" },
           { .ms = 6,
             "b>a",
             "202",
             .want = "U.begin(request#6 response* previous?) "
                     "U.response(request#6 response* previous?)" },
           { .ms = 7,
             NOTIFY("2"),
             .more = "Event: refer;id=3\r\nSubscription-State: active\r\n",
             .want = "U.request(request*) U.notify(request*)" },
           { .ms = 8,
             NOTIFY("3"),
             .more = "Event: refer;id=2\r\nSubscription-State: active\r\n",
             .want = "U.request(request* previous#5) U.notify(request* previous#5)" },
           { .ms = 9,
             NOTIFY("4"),
             .more = "Event: refer;id=3\r\nSubscription-State: terminated\r\n",
             .want = "U.request(request* previous#8) U.notify(request* previous#8) "
                     "U.terminated(request* previous#8) U.end(request* previous#8)" });
}

static void a_refer_without_subscription(void **state)
{
    (void)state;
    EXPECT("U", { INVITE }, { .ms = 1, "b>a", "200", .to = "t" },
           { .ms = 2, REFER("2"), .want = "" },
           { .ms = 3, "b>a", "200", .more = "Refer-Sub: false\r\n", .want = "" });
}

static void a_refused_refresh_ends_it(void **state)
{
    (void)state;
    EXPECT("U", { SUBSCRIBE, .more = EVENT }, { .ms = 1, "b>a", "200", .to = "t" },
           { .ms = 2, "a>b", "SUBSCRIBE", "2 SUBSCRIBE", "a2", "f", "t", .more = EVENT },
           { .ms = 3,
             "b>a",
             "481",
             .want = "U.response(request#3 response* previous?) "
                     "U.end(request#3 response* previous?)" });
}

static void a_notify_in_the_midst(void **state)
{
    (void)state;
    EXPECT("U",
           { .ms = 0,
             NOTIFY("9"),
             .more = ACTIVE,
             .want = "U.request(request* response? previous?) "
                     "U.notify(request* response? previous?)" },
           { .ms = 1,
             NOTIFY("10"),
             .more = ACTIVE,
             .want = "U.request(request* response? previous#1) "
                     "U.notify(request* response? previous#1)" });
}

static void it_expires_in_time(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight flow[] = { { SUBSCRIBE, .more = EVENT },
                           { .ms = 1000, "b>a", "200", .to = "t", .more = "Expires: 600\r\n" } };
    watch_feed(&w, &flow[0]);
    watch_feed(&w, &flow[1]);
    const sc_subscription *s = last_object(&w, SIPCHECK_SCOPE_SUBSCRIPTION);
    assert_true(s->until == 601000 * MS && s->until_before == UINT64_MAX);
    do {
        sc_tracker_advance(w.tracker, 632999 * MS, &w.events);
        assert_string_equal(watch_text(&w, "UD"), "");
    } while (w.events.count > 0);
    sc_tracker_advance(w.tracker, 633000 * MS, &w.events);
    assert_string_equal(watch_text(&w, "UD"), "U.terminated(request#1) U.end(request#1) "
                                              "D.end(request? response? previous?)");
    sc_tracker_advance(w.tracker, 700000 * MS, &w.events);
    assert_int_equal(w.events.count, 0);
    watch_end(&w);
}

static void states_as_a_notify_says(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        uint8_t state;
    } cases[] = {
        { "active", SC_SUBSCRIPTION_ACTIVE },
        { "Pending", SC_SUBSCRIPTION_PENDING },
        { "terminated", SC_SUBSCRIPTION_TERMINATED },
        { "frozen", SC_SUBSCRIPTION_UNKNOWN },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch w;
        char more[128];
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        watch_feed(&w, &(sight){ SUBSCRIBE, .more = EVENT });
        snprintf(more, sizeof more, EVENT "Subscription-State: %s\r\n", cases[i].word);
        watch_feed(&w, &(sight){ .ms = 1, NOTIFY("1"), .more = more });
        const sc_subscription *s = last_object(&w, SIPCHECK_SCOPE_SUBSCRIPTION);
        assert_int_equal(s->state, cases[i].state);
        assert_int_equal(s->state_before, SC_SUBSCRIPTION_UNKNOWN);
        watch_end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_subscribe_to_the_last_notify),
        cmocka_unit_test(a_notify_may_come_first),
        cmocka_unit_test(a_fork_makes_several),
        cmocka_unit_test(events_and_ids_are_told_apart),
        cmocka_unit_test(refers_of_a_call),
        cmocka_unit_test(a_refer_without_subscription),
        cmocka_unit_test(a_refused_refresh_ends_it),
        cmocka_unit_test(a_notify_in_the_midst),
        cmocka_unit_test(it_expires_in_time),
        cmocka_unit_test(states_as_a_notify_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
