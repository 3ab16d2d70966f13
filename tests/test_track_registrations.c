/* SPDX-License-Identifier: MIT */
/* The REGISTERs of an address of record, and how long their bindings live. */
#include "track.h"
#include "track/registration.h"

#define REGISTER(number) .way = "a>r", .start = "REGISTER", .cseq = number " REGISTER"
#define HERE "Contact: <sip:a@192.0.2.97>"

static void a_challenge_a_binding_and_a_refresh(void **state)
{
    (void)state;
    EXPECT(
        "R",
        { REGISTER("1"), .vias = "a1", .from = "f", .to = "-", .more = HERE "\r\n",
          .want = "R.request(request*) R.register(request*)" },
        { .ms = 1, "r>a", "401", .to = "t", .want = "R.response(request#1 response* previous?)" },
        { .ms = 2,
          REGISTER("2"),
          .vias = "a2",
          .to = "-",
          .more = HERE "\r\n",
          .want = "R.request(request* previous#1) R.register(request* previous#1)" },
        { .ms = 3, .more = HERE "\r\n", .want = "" },
        { .ms = 4,
          "r>a",
          "200",
          .to = "t",
          .more = HERE ";expires=60\r\n",
          .want = "R.response(request#3 response* previous?) "
                  "R.bound(request#3 response* previous?)" },
        { .ms = 50000,
          REGISTER("3"),
          .vias = "a3",
          .to = "-",
          .more = HERE "\r\n",
          .want = "R.request(request* previous#3) R.register(request* previous#3)" });
}

/* RFC 3261 §22.2 asks for another CSeq; who forgets it sends another REGISTER all the same. */
static void credentials_make_another_of_one_cseq(void **state)
{
    (void)state;
    EXPECT(
        "R",
        { REGISTER("1"), .vias = "a1", .from = "f", .to = "-", .more = HERE "\r\n",
          .want = "R.request(request*) R.register(request*)" },
        { .ms = 1, .vias = "a2", .want = "" },
        { .ms = 2,
          .vias = "a3",
          .more = "Authorization: Digest username=\"a\"\r\n",
          .want = "R.request(request* previous#1) R.register(request* previous#1)" },
        { .ms = 3, .vias = "a4", .more = "Authorization: Digest username=\"a\"\r\n", .want = "" });
}

static void copies_are_not_told(void **state)
{
    (void)state;
    EXPECT("R",
           { .ms = 0,
             "a>p",
             "REGISTER",
             "1 REGISTER",
             "a1",
             "f",
             "-",
             .want = "R.request(request*) R.register(request*)" },
           { .ms = 1, "p>r", .vias = "p1 a1", .want = "" },
           { .ms = 2,
             "r>p",
             "200",
             .to = "t",
             .want = "R.response(request#2 response* previous?) "
                     "R.bound(request#2 response* previous?)" },
           { .ms = 3, "p>a", .vias = "a1", .want = "" });
}

static const sc_registration *bind_with(watch *w, const char *request, const char *answer)
{
    const sight flow[] = {
        { REGISTER("1"), .vias = "a1", .from = "f", .to = "-", .more = request },
        { .ms = 1000, "r>a", "200", .to = "t", .more = answer },
    };
    watch_feed(w, &flow[0]);
    watch_feed(w, &flow[1]);
    return last_object(w, SIPCHECK_SCOPE_REGISTRATION);
}

static void what_was_granted(void **state)
{
    (void)state;
    static const struct {
        const char *request, *answer;
        uint64_t seconds; /* UINT64_MAX: not known */
    } cases[] = {
        { HERE "\r\n", HERE ";expires=60\r\n", 60 },
        { HERE ";expires=600\r\n", "Expires: 90\r\n" HERE "\r\n", 90 },
        { HERE "\r\n", "Contact: <sip:other@192.0.2.1>;expires=1, <sip:a@192.0.2.97>;expires=2\r\n",
          2 },
        { HERE "\r\n", HERE "\r\n", UINT64_MAX },
        { HERE "\r\n", HERE ";expires=x\r\n", UINT64_MAX },
        { HERE "\r\n", "", UINT64_MAX },
        { HERE ", <sip:b@192.0.2.98>\r\n", HERE ";expires=60\r\n", UINT64_MAX },
        { HERE "\r\n", HERE ";expires=99999999999999999999\r\n", UINT64_MAX },
        { HERE "\r\n", HERE ";expires=9999999999\r\n", UINT32_MAX },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        const sc_registration *r = bind_with(&w, cases[i].request, cases[i].answer);
        uint64_t wanted =
            cases[i].seconds == UINT64_MAX ? UINT64_MAX : cases[i].seconds * 1000 * MS;
        assert_true(r->granted == wanted);
        assert_true(r->granted_before == UINT64_MAX);
        assert_int_equal(r->answer->packet.frame, 2);
        assert_null(r->answer_before);
        watch_end(&w);
    }
}

static void a_binding_ends_in_time(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    bind_with(&w, HERE "\r\n", HERE ";expires=60\r\n");
    sc_tracker_advance(w.tracker, 60999 * MS, &w.events);
    assert_string_equal(watch_text(&w, "R"), "");
    assert_int_equal(sc_tracker_deadline(w.tracker), 61000 * MS);
    sc_tracker_advance(w.tracker, 61000 * MS, &w.events);
    assert_string_equal(watch_text(&w, "R"), "R.expired(request#1 response#2 previous?)");
    sc_tracker_advance(w.tracker, 200000 * MS, &w.events);
    assert_int_equal(w.events.count, 0);
    assert_true(sc_tracker_deadline(w.tracker) == UINT64_MAX);
    watch_end(&w);
}

static void a_refresh_moves_the_end(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    bind_with(&w, HERE "\r\n", HERE ";expires=60\r\n");
    watch_feed(
        &w, &(sight){ .ms = 50000, REGISTER("2"), .vias = "a2", .to = "-", .more = HERE "\r\n" });
    watch_feed(&w,
               &(sight){ .ms = 50000, "r>a", "200", .to = "t", .more = HERE ";expires=60\r\n" });
    sc_tracker_advance(w.tracker, 109999 * MS, &w.events);
    assert_string_equal(watch_text(&w, "R"), "");
    watch_feed(
        &w,
        &(sight){
            .ms = 109999, REGISTER("3"), .vias = "a3", .to = "-", .more = HERE ";expires=0\r\n" });
    watch_feed(&w,
               &(sight){ .ms = 109999, "r>a", "200", .to = "t", .more = HERE ";expires=0\r\n" });
    sc_tracker_advance(w.tracker, 500000 * MS, &w.events);
    assert_string_equal(watch_text(&w, "R"), "");
    watch_end(&w);
}

static void many_ends_come_in_their_order(void **state)
{
    (void)state;
    enum { MANY = 500 };
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    for (unsigned i = 0; i < MANY; i++) {
        char answer[64], uri[64];
        snprintf(uri, sizeof uri, "REGISTER sip:%u.example SIP/2.0", i);
        w.request_line = uri;
        snprintf(answer, sizeof answer, HERE ";expires=%u\r\n", 1000 + i * 7919 % MANY);
        char call_id[16];
        snprintf(call_id, sizeof call_id, "c%u", i);
        w.call_id = call_id;
        bind_with(&w, HERE "\r\n", answer);
    }
    uint64_t before = 0;
    unsigned ended = 0;
    for (uint64_t at; (at = sc_tracker_deadline(w.tracker)) != UINT64_MAX;) {
        assert_true(at >= before);
        before = at;
        sc_tracker_advance(w.tracker, at, &w.events);
        for (size_t i = 0; i < w.events.count; i++)
            ended += w.events.list[i].kind == SC_EVENT_EXPIRED;
    }
    assert_int_equal(ended, MANY);
    assert_int_equal(sc_tracker_counts(w.tracker).registrations, MANY);
    watch_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_challenge_a_binding_and_a_refresh),
        cmocka_unit_test(credentials_make_another_of_one_cseq),
        cmocka_unit_test(copies_are_not_told),
        cmocka_unit_test(what_was_granted),
        cmocka_unit_test(a_binding_ends_in_time),
        cmocka_unit_test(a_refresh_moves_the_end),
        cmocka_unit_test(many_ends_come_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
