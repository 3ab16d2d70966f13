/* SPDX-License-Identifier: MIT */
/* When a subscription is over, and what asks for it again. */
#include "subscribe.h"
#include "track/internal.h"

static void a_refused_refresh_ends_it(void **state)
{
    (void)state;
    EXPECT("U", { SUBSCRIBE, .more = EVENT }, { .ms = 1, "b>a", "200", .to = "t" },
           { .ms = 2, "a>b", "SUBSCRIBE", "2 SUBSCRIBE", "a2", "f", "t", .more = EVENT },
           { .ms = 3,
             "b>a",
             "481",
             .want = "U.response(request#3 response* previous? subscribe#3) U.end(request#3 "
                     "response* previous? subscribe#3)" });
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
    assert_string_equal(watch_text(&w, "UD"), "U.terminated(subscribe#1) U.end(subscribe#1) "
                                              "D.end(request? response? previous?)");
    sc_tracker_advance(w.tracker, 700000 * MS, &w.events);
    assert_int_equal(w.events.count, 0);
    watch_end(&w);
}

/* ... that a NOTIFY set anew, so that nobody can read it. */
static void a_notify_that_does_not_say_how_long(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    const sight flow[] = {
        { SUBSCRIBE, .more = EVENT },
        { .ms = 1000, "b>a", "200", .to = "t", .more = "Expires: 600\r\n" },
        { .ms = 2000, NOTIFY("1"), .more = EVENT "Subscription-State: active;expires=soon\r\n" }
    };
    for (size_t k = 0; k < sizeof flow / sizeof *flow; k++)
        watch_feed(&w, &flow[k]);
    const sc_subscription *s = last_object(&w, SIPCHECK_SCOPE_SUBSCRIPTION);
    assert_true(s->until == UINT64_MAX && s->until_before == 601000 * MS);
    sc_tracker_advance(w.tracker, 700000 * MS, &w.events);
    assert_string_equal(watch_text(&w, "U"), "");
    watch_end(&w);
}

/* It was refreshed for a time that nobody knows, as if it had been for ever. */
static void a_2xx_that_does_not_say_how_long(void **state)
{
    (void)state;
    static const char *const expires[] = { "", "Expires: soon\r\n" };
    for (size_t i = 0; i < sizeof expires / sizeof *expires; i++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        const sight flow[] = {
            { SUBSCRIBE, .more = EVENT },
            { .ms = 1000, "b>a", "200", .to = "t", .more = "Expires: 600\r\n" },
            { .ms = 2000, "a>b", "SUBSCRIBE", "2 SUBSCRIBE", "a2", "f", "t", .more = EVENT },
            { .ms = 3000, "b>a", "200", .more = expires[i] }
        };
        for (size_t k = 0; k < sizeof flow / sizeof *flow; k++)
            watch_feed(&w, &flow[k]);
        const sc_subscription *s = last_object(&w, SIPCHECK_SCOPE_SUBSCRIPTION);
        assert_true(s->until == UINT64_MAX && s->granted == UINT64_MAX);
        do {
            sc_tracker_advance(w.tracker, 900000 * MS, &w.events);
            assert_string_equal(watch_text(&w, "UD"), "");
        } while (w.events.count > 0);
        assert_false(s->over);
        watch_end(&w);
    }
}

#define CONTACT "Contact: <sip:a@desk.example>\r\n"
#define AGAIN(number)                                                                              \
    "a>b", "SUBSCRIBE", number " SUBSCRIBE", "a" number, "f" number, "-", .more = CONTACT EVENT

/* It began with SUBSCRIBE and 2xx; the NOTIFY ends it. */
static void watch_ended(watch *w, const char *over)
{
    const sight flow[] = { { SUBSCRIBE, .more = CONTACT EVENT },
                           { .ms = 1, "b>a", "200", .to = "t", .more = "Expires: 600\r\n" },
                           { .ms = 2, "a>b", "NOTIFY", "1 NOTIFY", "b1", "t", "f", .more = over } };
    sc_track_options options = watch_options();
    watch_begin(w, &options);
    for (size_t i = 0; i < 3; i++)
        watch_feed(w, &flow[i]);
}

static void advance(watch *w, uint64_t to)
{
    do
        sc_tracker_advance(w->tracker, to, &w->events);
    while (w->events.count > 0);
}

static void what_ended_is_asked_for_again(void **state)
{
    (void)state;
    static const struct {
        const char *over;
        sight again;
        const char *want;
    } cases[] = {
        { OVER, { .ms = 31000, AGAIN("9") }, "U.resubscribe(request* previous#3 subscribe#1)" },
        { OVER, { .ms = 33000, AGAIN("9") }, "" }, /* forgotten */
        { EVENT "Subscription-State: terminated;retry-after=60\r\n",
          { .ms = 50000, AGAIN("9") },
          "U.resubscribe(request* previous#3 subscribe#1)" },
        { EVENT "Subscription-State: terminated;retry-after=60\r\n",
          { .ms = 95000, AGAIN("9") },
          "" },
        { ACTIVE, { .ms = 31000, AGAIN("9") }, "" },
        { OVER, /* another client, another Contact, another package */
          { .ms = 9000, "c>b", "SUBSCRIBE", "9 SUBSCRIBE", "c9", "f9", "-", .more = CONTACT EVENT },
          "" },
        { OVER,
          { .ms = 9000,
            "a>b",
            "SUBSCRIBE",
            "9 SUBSCRIBE",
            "a9",
            "f9",
            "-",
            .more = "Contact: <sip:a@tablet.example>\r\n" EVENT },
          "" },
        { OVER,
          { .ms = 9000,
            "a>b",
            "SUBSCRIBE",
            "9 SUBSCRIBE",
            "a9",
            "f9",
            "-",
            .more = CONTACT "Event: dialog\r\n" },
          "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch w;
        watch_ended(&w, cases[i].over);
        for (unsigned ms = 0; ms <= cases[i].again.ms; ms += 1000)
            advance(&w, ms * MS);
        watch_feed(&w, &cases[i].again);
        assert_string_equal(watch_text(&w, "U"), cases[i].want);
        watch_feed(&w, &(sight){ .ms = cases[i].again.ms + 1, AGAIN("10") });
        if (cases[i].want[0] != '\0') assert_string_equal(watch_text(&w, "U"), "");
        watch_end(&w);
    }
}

static void what_has_another_call_id_is_not_known_again(void **state)
{
    (void)state;
    watch w;
    watch_ended(&w, OVER);
    w.call_id = "other";
    watch_feed(&w, &(sight){ .ms = 9000, AGAIN("9") });
    assert_string_equal(watch_text(&w, "U"), "");
    watch_end(&w);
}

static void a_refused_notify_ends_it(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        bool over;
    } cases[] = { { "200", false }, { "400", false }, { "401", false }, { "404", true },
                  { "480", true },  { "485", true },  { "486", false }, { "489", true },
                  { "500", false }, { "501", true },  { "604", true } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch w;
        watch_ended(&w, ACTIVE);
        watch_feed(&w, &(sight){ .ms = 3, .way = "b>a", .start = cases[i].status });
        const sc_subscription *s = last_object(&w, SIPCHECK_SCOPE_SUBSCRIPTION);
        assert_int_equal(s->over, cases[i].over);
        assert_int_equal(s->notify_refused, cases[i].over ? atoi(cases[i].status) : 0);
        assert_int_equal(s->answered, i == 0);
        assert_int_equal(s->alone, cases[i].over);
        watch_end(&w);
    }
}

static void another_in_the_dialog_of_one_that_ended(void **state)
{
    (void)state;
    EXPECT("U", { INVITE }, { .ms = 1, "b>a", "200", .to = "t" },
           { .ms = 2, "a>b", "SUBSCRIBE", "2 SUBSCRIBE", "a2", "f", "t", .more = EVENT },
           { .ms = 3, "b>a", "200", .more = "Expires: 600\r\n" },
           { .ms = 4, NOTIFY("1"), .more = OVER },
           { .ms = 5,
             "a>b",
             "SUBSCRIBE",
             "3 SUBSCRIBE",
             "a3",
             "f",
             "t",
             .more = EVENT,
             .want = "U.request(request* previous#3 subscribe#3) U.subscribe(request* previous#3 "
                     "subscribe#3)" },
           { .ms = 6,
             "b>a",
             "200",
             .more = "Expires: 600\r\n",
             .want = "U.begin(request#6 response* previous? subscribe#6) U.response(request#6 "
                     "response* previous? subscribe#6)" },
           { .ms = 7,
             NOTIFY("2"),
             .more = ACTIVE,
             .want = "U.request(request* subscribe#6) U.notify(request* subscribe#6)" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_refresh_ends_it),
        cmocka_unit_test(it_expires_in_time),
        cmocka_unit_test(a_2xx_that_does_not_say_how_long),
        cmocka_unit_test(a_notify_that_does_not_say_how_long),
        cmocka_unit_test(what_ended_is_asked_for_again),
        cmocka_unit_test(what_has_another_call_id_is_not_known_again),
        cmocka_unit_test(a_refused_notify_ends_it),
        cmocka_unit_test(another_in_the_dialog_of_one_that_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
