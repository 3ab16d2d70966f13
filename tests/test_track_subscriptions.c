/* SPDX-License-Identifier: MIT */
/* Whose a NOTIFY is, and when a subscription is over. */
#include "subscribe.h"
#include "track/internal.h"

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
          .want = "U.begin(request#1 response* previous? subscribe#1) U.response(request#1 "
                  "response* previous? subscribe#1)" },
        { .ms = 2,
          NOTIFY("1"),
          .more = ACTIVE,
          .want = "U.request(request* subscribe#1) U.notify(request* subscribe#1)" },
        { .ms = 3, "a>b", "200", .want = "U.response(request#3 response* previous? subscribe#1)" },
        { .ms = 4,
          "a>b",
          "SUBSCRIBE",
          "2 SUBSCRIBE",
          "a2",
          "f",
          "t",
          .more = EVENT,
          .want = "U.request(request* previous#1 subscribe#1) U.subscribe(request* previous#1 "
                  "subscribe#1)" },
        { .ms = 5,
          "b>a",
          "200",
          .more = "Expires: 600\r\n",
          .want = "U.response(request#5 response* previous? subscribe#5)" },
        { .ms = 6,
          NOTIFY("2"),
          .more = OVER,
          .want = "U.request(request* previous#3 subscribe#5) U.notify(request* previous#3 "
                  "subscribe#5) U.terminated(request* previous#3 subscribe#5) U.end(request* "
                  "previous#3 subscribe#5)" },
        { .ms = 7, .more = OVER, .want = "" },
        { .ms = 8,
          NOTIFY("3"),
          .more = ACTIVE,
          .want = "U.request(request* previous#7 subscribe#5) U.notify(request* previous#7 "
                  "subscribe#5)" });
}

static void a_notify_may_come_first(void **state)
{
    (void)state;
    EXPECT("DU", { SUBSCRIBE, .more = EVENT, .want = "" },
           { .ms = 2,
             NOTIFY("1"),
             .more = ACTIVE,
             .want = "D.begin(request*) D.request(request*) U.begin(request* subscribe#1) "
                     "U.request(request* subscribe#1) U.notify(request* subscribe#1)" },
           { .ms = 3,
             "b>a",
             "200",
             "1 SUBSCRIBE",
             "a1",
             "f",
             "t",
             .more = "Expires: 600\r\n",
             .want = "D.response(request#1 response* previous?) D.final(request#1 response* "
                     "previous?) U.response(request#1 response* previous? subscribe#1)" },
           { .ms = 4,
             NOTIFY("2"),
             .more = OVER,
             .want =
                 "D.request(request* previous#2) U.request(request* previous#2 subscribe#1) "
                 "U.notify(request* previous#2 subscribe#1) U.terminated(request* previous#2 "
                 "subscribe#1) U.end(request* previous#2 subscribe#1) D.end(request* previous?)" });
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
             .want = "U.begin(request* subscribe#1) U.request(request* subscribe#1) "
                     "U.notify(request* subscribe#1)" });
}

static void events_and_ids_are_told_apart(void **state)
{
    (void)state;
    EXPECT("U", { SUBSCRIBE, .more = "Event: presence;id=7\r\n" },
           { .ms = 1, "b>a", "200", .to = "t", .more = "Expires: 600\r\n" },
           { .ms = 2,
             NOTIFY("1"),
             .more = "Event: presence;id=7\r\n",
             .want = "U.request(request* subscribe#1) U.notify(request* subscribe#1)" },
           { .ms = 3, NOTIFY("2"), .more = "Event: presence;id=8\r\n" },
           { .ms = 4,
             NOTIFY("3"),
             .more = "Event: presence;id=7\r\n",
             .want = "U.request(request* previous#3 subscribe#1) U.notify(request* previous#3 "
                     "subscribe#1)" });
}

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
             .want = "U.begin(request#3 response* previous? subscribe#3) U.response(request#3 "
                     "response* previous? subscribe#3)" },
           { .ms = 4,
             NOTIFY("1"),
             .more = "Event: refer\r\nSubscription-State: active\r\n",
             .want = "U.request(request* subscribe#3) U.notify(request* subscribe#3)" },
           { .ms = 5, REFER("3"), .want = "" },
           { .ms = 6,
             "b>a",
             "202",
             .want = "U.begin(request#6 response* previous? subscribe#6) U.response(request#6 "
                     "response* previous? subscribe#6)" },
           { .ms = 7,
             NOTIFY("2"),
             .more = "Event: refer;id=3\r\nSubscription-State: active\r\n",
             .want = "U.request(request* subscribe#6) U.notify(request* subscribe#6)" },
           { .ms = 8,
             NOTIFY("3"),
             .more = "Event: refer;id=2\r\nSubscription-State: active\r\n",
             .want = "U.request(request* previous#5 subscribe#3) U.notify(request* previous#5 "
                     "subscribe#3)" },
           { .ms = 9,
             NOTIFY("4"),
             .more = "Event: refer;id=3\r\nSubscription-State: terminated\r\n",
             .want = "U.request(request* previous#8 subscribe#6) U.notify(request* previous#8 "
                     "subscribe#6) U.terminated(request* previous#8 subscribe#6) U.end(request* "
                     "previous#8 subscribe#6)" });
}

static void a_refer_without_subscription(void **state)
{
    (void)state;
    EXPECT("U", { INVITE }, { .ms = 1, "b>a", "200", .to = "t" },
           { .ms = 2, REFER("2"), .want = "" },
           { .ms = 3, "b>a", "200", .more = "Refer-Sub: false\r\n", .want = "" });
}

static void a_refer_that_demands_none(void **state)
{
    (void)state;
    EXPECT("U", { INVITE }, { .ms = 1, "b>a", "200", .to = "t" },
           { .ms = 2, REFER("2"), .more = "Require: x, NoSub\r\n" },
           { .ms = 3, "b>a", "202", .want = "" });
}

static void a_notify_overtakes_within_a_dialog(void **state)
{
    (void)state;
    EXPECT("U", { INVITE }, { .ms = 1, "b>a", "200", .to = "t" }, { .ms = 2, REFER("2") },
           { .ms = 3, "b>a", "202" }, { .ms = 4, REFER("3") },
           { .ms = 5, "a>b", "INFO", "4 INFO", "a4", "f", "t" },
           { .ms = 6,
             NOTIFY("1"),
             .more = "Event: refer;id=3\r\nSubscription-State: active\r\n",
             .want = "U.begin(request* subscribe#5) U.request(request* subscribe#5) "
                     "U.notify(request* subscribe#5)" },
           { .ms = 7,
             "b>a",
             "202",
             "3 REFER",
             "a3",
             "f",
             "t",
             .want = "U.response(request#5 response* previous? subscribe#5)" });
}

static void a_notify_in_the_midst(void **state)
{
    (void)state;
    EXPECT("U",
           { .ms = 0,
             NOTIFY("9"),
             .more = ACTIVE,
             .want = "U.request(request* response? previous? subscribe?) U.notify(request* "
                     "response? previous? subscribe?)" },
           { .ms = 1,
             NOTIFY("10"),
             .more = ACTIVE,
             .want = "U.request(request* response? previous#1 subscribe?) U.notify(request* "
                     "response? previous#1 subscribe?)" });
}

static void what_names_no_subscription_of_its_dialog(void **state)
{
    (void)state;
    EXPECT("U", { SUBSCRIBE, .more = "Event: presence;id=7\r\n" },
           { .ms = 1, "b>a", "200", .to = "t", .more = "Expires: 600\r\n" },
           { .ms = 2, NOTIFY("1"), .more = "Event: presence;id=7\r\n" },
           { .ms = 3,
             NOTIFY("2"),
             .more = EVENT,
             .want =
                 "U.stray(request* previous#3 subscribe#1) U.request(request* response? previous? "
                 "subscribe?) U.notify(request* response? previous? subscribe?)" },
           { .ms = 4,
             "a>b",
             "SUBSCRIBE",
             "2 SUBSCRIBE",
             "a2",
             "f",
             "t",
             .more = "Event: presence;id=8\r\n",
             .want = "U.stray(request* previous#3 subscribe#1)" });
}

/* Memory ends, and the NOTIFY may be of the subscription that was forgotten. */
static void what_names_none_behind_a_loss_is_unknown(void **state)
{
    (void)state;
    const sight flow[] = {
        { SUBSCRIBE, .more = EVENT },
        { .ms = 1, "b>a", "200", .to = "t", .more = "Expires: 600\r\n" },
        { .ms = 2, NOTIFY("1"), .more = ACTIVE },
        { .ms = 3, "a>b", "SUBSCRIBE", "2 SUBSCRIBE", "a2", "f", "t", .more = "Event: dialog\r\n" },
        { .ms = 40000, "b>a", "200", .more = "Expires: 600\r\n" },
        { .ms = 40001, NOTIFY("2"), .more = "Event: other\r\n" },
    };
    for (unsigned i = 0; i < 2; i++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        watch_flow(&w, "U", flow, 5);
        const sc_object *second = last_object(&w, SIPCHECK_SCOPE_SUBSCRIPTION);
        for (unsigned n = 0; n < 2; n++)
            sc_tracker_advance(w.tracker, 40000 * MS, &w.events);
        if (i == 1) w.tracker->options.memory_max = sc_tracker_counts(w.tracker).memory;
        watch_flow(&w, "U", flow + 5, 1);
        assert_non_null(strstr(watch_text(&w, "U"), "U.stray"));
        assert_int_equal(sc_tracker_counts(w.tracker).evicted, i);
        assert_int_equal(second->damaged, i);
        watch_end(&w);
    }
}

static void what_it_was_before_the_message(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    static const struct {
        sight sight;
        bool asking, notified;
        unsigned notifies, granted;
    } cases[] = {
        { { SUBSCRIBE, .more = EVENT }, false, false, 0, 0 },
        { { .ms = 1, "b>a", "NOTIFY", "1 NOTIFY", "b1", "t", "f", .more = ACTIVE },
          true,
          false,
          0,
          0 },
        { { .ms = 2, "b>a", "200", "1 SUBSCRIBE", "a1", "f", "t", .more = "Expires: 600\r\n" },
          true,
          true,
          1,
          0 },
        { { .ms = 3, "a>b", "SUBSCRIBE", "2 SUBSCRIBE", "a2", "f", "t", .more = EVENT },
          false,
          true,
          1,
          600 },
        { { .ms = 4, "b>a", "100" }, true, false, 1, 600 },
        { { .ms = 5, "b>a", "200", .more = "Expires: 60\r\n" }, true, false, 1, 600 },
        { { .ms = 6, NOTIFY("2"), .more = ACTIVE }, false, false, 1, 60 },
        { { .ms = 7, "a>b", "SUBSCRIBE", "3 SUBSCRIBE", "a3", "f", "t", .more = EVENT },
          false,
          true,
          2,
          60 },
        { { .ms = 8, "b>a", "200" }, true, false, 2, 60 },
        { { .ms = 9, NOTIFY("3"), .more = EVENT "Subscription-State: active\r\n" },
          false,
          false,
          2,
          0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch_feed(&w, &cases[i].sight);
        if (i == 0) continue;
        const sc_subscription *s = last_object(&w, SIPCHECK_SCOPE_SUBSCRIPTION);
        uint64_t granted = cases[i].granted ? cases[i].granted * 1000 * MS : UINT64_MAX;
        assert_int_equal(s->asking_before, cases[i].asking);
        assert_int_equal(s->notified_before, cases[i].notified);
        assert_int_equal(s->notifies_before, cases[i].notifies);
        assert_true(s->granted_before == granted);
    }
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
        cmocka_unit_test(a_notify_in_the_midst),
        cmocka_unit_test(a_refer_that_demands_none),
        cmocka_unit_test(a_notify_overtakes_within_a_dialog),
        cmocka_unit_test(what_names_no_subscription_of_its_dialog),
        cmocka_unit_test(what_names_none_behind_a_loss_is_unknown),
        cmocka_unit_test(what_it_was_before_the_message),
        cmocka_unit_test(states_as_a_notify_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
