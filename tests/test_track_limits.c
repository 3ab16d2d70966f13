/* SPDX-License-Identifier: MIT */
/* The tracker's memory ends, time jumps, and senders are hostile. */
#include "track.h"

static const sight whole_call[] = {
    { .ms = 0, "a>b", "INVITE", "1 INVITE", "a1", "f", "-", NULL },
    { .ms = 10, "b>a", "180", .to = "t" },
    { .ms = 20, "b>a", "200" },
    { .ms = 30, "a>b", "ACK", "1 ACK", "a2" },
    { .ms = 40, "b>a", "BYE", "1 BYE", "b1", "t", "f", NULL },
    { .ms = 50, "a>b", "200" },
};
enum { WHOLE_CALL = sizeof whole_call / sizeof *whole_call };

static void any_allocation_may_fail(void **state)
{
    (void)state;
    for (long n = 0; n < 40; n++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        w.memory.left = n;
        w.memory.once = true;
        for (size_t i = 0; i < WHOLE_CALL; i++) {
            if (watch_feed(&w, &whole_call[i]) == 0) continue;
            assert_int_equal(w.events.count, 0);
            w.frame--;
            assert_int_equal(watch_feed(&w, &whole_call[i]), 0);
        }
        assert_int_equal(sc_tracker_counts(w.tracker).transactions, 2);
        assert_int_equal(sc_tracker_counts(w.tracker).dialogs, 1);
        watch_end(&w);
    }
}

/* Registrations, subscriptions, bodies of several parts. */
static void any_allocation_may_fail_elsewhere(void **state)
{
    (void)state;
    static const char parts[] =
        "Content-Type: multipart/mixed;boundary=x\r\n\r\n--x\r\nContent-Type: application/sdp\r\n"
        "\r\nv=0\r\n\r\n--x--\r\n";
    const sight flow[] = {
        { .ms = 0, "a>b", "REGISTER", "1 REGISTER", "a1", "f", "-", "Contact: <sip:a@a>\r\n" },
        { .ms = 1, "b>a", "200", .to = "t", .more = "Contact: <sip:a@a>;expires=9\r\n" },
        { .ms = 2, "a>b", "SUBSCRIBE", "2 SUBSCRIBE", "a2", .to = "-", .more = "Event: e\r\n" },
        { .ms = 3, "b>a", "200", .to = "t", .more = "Expires: 60\r\n" },
        { .ms = 4, "a>b", "INVITE", "3 INVITE", "a3", .more = parts },
    };
    for (long n = 0; n < 60; n++) {
        watch w;
        sc_track_options options = watch_options();
        watch_begin(&w, &options);
        w.memory.left = n;
        w.memory.once = true;
        for (size_t i = 0; i < sizeof flow / sizeof *flow; i++) {
            if (watch_feed(&w, &flow[i]) == 0) continue;
            assert_int_equal(w.events.count, 0);
            assert_int_equal(watch_feed(&w, &flow[i]), 0);
        }
        sc_track_counts counts = sc_tracker_counts(w.tracker);
        assert_int_equal(counts.registrations, 1);
        assert_int_equal(counts.subscriptions, 1);
        assert_int_equal(counts.sessions, 1);
        watch_end(&w);
    }
}

static void no_tracker_without_memory(void **state)
{
    (void)state;
    sc_track_options options = watch_options();
    for (long n = 0; n < 2; n++) {
        failing memory = { .left = n };
        sipcheck_allocator allocator = failing_allocator(&memory);
        assert_null(sc_tracker_new(&allocator, &options));
        assert_int_equal(memory.out, 0);
    }
}

static unsigned gone;
static void count_gone(void *user, sc_object *object)
{
    (void)user;
    assert_true(object->damaged);
    gone++;
}

static void memory_is_bounded_and_forgets_the_oldest(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    options.memory_max = 100000;
    options.gone = count_gone;
    gone = 0;
    watch_begin(&w, &options);
    for (unsigned i = 0; i < 2000; i++) {
        char tag[16];
        snprintf(tag, sizeof tag, "f%u", i);
        watch_feed(&w, &(sight){ .ms = i, "a>b", "INVITE", "1 INVITE", "a1", tag, "-", NULL });
        sc_tracked *t = (sc_tracked *)w.events.list[0].object;
        if (i == 0) t->object.waits = t;
        watch_feed(&w, &(sight){ .ms = i, "b>a", "200", .to = "t" });
        assert_true(sc_tracker_counts(w.tracker).memory <= 100000 + 2000);
    }
    assert_int_equal(gone, 1);
    assert_true(sc_tracker_counts(w.tracker).evicted > 3000);
    assert_true(sc_tracker_counts(w.tracker).memory_most <= 100000 + 2000);
    watch_end(&w);
}

/* What comes next may be the repetition of what was forgotten. */
static void behind_an_eviction_nothing_is_sure_for_a_while(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    options.memory_max = 1;
    watch_begin(&w, &options);
    watch_feed(&w, &(sight){ .ms = 0, "a>b", "OPTIONS", "1 OPTIONS", "a1", "f", "-", NULL });
    assert_false(w.events.list[0].object->damaged);
    watch_feed(&w, &(sight){ .ms = 500 });
    assert_int_equal(sc_tracker_counts(w.tracker).evicted, 1);
    assert_true(w.events.list[0].object->damaged);
    watch_feed(&w, &(sight){ .ms = 100000, .vias = "a2" });
    assert_false(w.events.list[0].object->damaged);
    watch_end(&w);
}

/* The same request between ever other hosts, as a broken or hostile sender makes it. */
static void chains_end_at_their_limit(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    w.call_id = "limit"; /* its other names hash into other chains */
    for (unsigned i = 0; i < SC_CHAIN_MAX + 1; i++) {
        char way[] = "a>b";
        way[0] = (char)(' ' + i);
        assert_int_equal(sc_tracker_counts(w.tracker).evicted, 0);
        watch_feed(&w, &(sight){ .ms = i, way, "OPTIONS", "1 OPTIONS", "a1", "f", "-" });
    }
    assert_int_equal(sc_tracker_counts(w.tracker).evicted, 1);
    watch_end(&w);
}

/* NOTIFYs that overtake the 2xx of one SUBSCRIBE, each with a tag of its own: dialogs of one leg.
 */
static void notifies_of_one_subscribe_end_at_the_limit(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    watch_feed(
        &w,
        &(sight){
            .ms = 0, "a>b", "SUBSCRIBE", "1 SUBSCRIBE", "a1", "f", "-", .more = "Event: e\r\n" });
    for (unsigned i = 0; i < SC_CHAIN_MAX + 1; i++) {
        char tag[16], branch[16];
        snprintf(tag, sizeof tag, "t%u", i);
        snprintf(branch, sizeof branch, "b%u", i);
        const sight notify = {
            .ms = 1, "b>a", "NOTIFY", "1 NOTIFY", branch, tag, "f", .more = "Event: e\r\n"
        };
        watch_feed(&w, &notify);
    }
    assert_int_not_equal(sc_tracker_counts(w.tracker).evicted, 0);
    watch_end(&w);
}

static void one_branch_for_ever_evicts_nothing(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    for (unsigned i = 0; i < 20 * SC_CHAIN_MAX; i++) {
        char cseq[32];
        snprintf(cseq, sizeof cseq, "%u OPTIONS", i + 1);
        watch_feed(&w, &(sight){ .ms = i, "a>b", "OPTIONS", cseq, "a1", "f", "-" });
    }
    assert_int_equal(sc_tracker_counts(w.tracker).evicted, 0);
    watch_end(&w);
}

static void feed_at(watch *w, uint64_t ns, const char *cseq)
{
    const sipcheck_message *message;
    sight s = { .way = "a>b", "OPTIONS", cseq, cseq, "f", "-" };
    watch_inherit(w, &s);
    size_t n = watch_write(w, &s);
    sipcheck_arena_reset(w->arena);
    assert_int_equal(sipcheck_parse(w->arena, (const uint8_t *)w->bytes, n, 0, &message), 0);
    w->packet = (sipcheck_packet){ .bytes = (const uint8_t *)w->bytes, .length = n, .ns = ns };
    sc_tracker_advance(w->tracker, ns, &w->events);
    size_t ended = w->events.count;
    assert_int_equal(sc_track(w->tracker, &w->packet, message, false, &w->events), 0);
    w->frame = ended;
}

static void time_jumps(void **state)
{
    (void)state;
    static const struct {
        uint64_t ns, ended; /* how many ended before it */
    } cases[] = {
        { 1000 * 1000 * MS, 0 },              /* the first */
        { 1000 * 1000 * MS - 5000 * MS, 0 },  /* jitter: no time */
        { 1000 * 1000 * MS + 31000 * MS, 0 }, /* ... and those 5 s are not counted */
        { 1000 * 1000 * MS + 32000 * MS, 2 },
        { 5 * MS, 0 }, /* another clock */
        { 31005 * MS, 1 },
        { 32005 * MS, 2 }, /* ... on which time goes on */
        { UINT64_MAX, 2 },
        { 0, 0 },
        { 10000 * MS, 0 },
        { 32000 * MS, 2 },
    };
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char cseq[32];
        snprintf(cseq, sizeof cseq, "%u OPTIONS", (unsigned)i + 1);
        feed_at(&w, cases[i].ns, cseq);
        if (w.frame != cases[i].ended) fail_msg("case %zu: %u ended", i, (unsigned)w.frame);
    }
    watch_end(&w);
}

/* A capture whose clock jumps without end: nothing is known any more, and nothing breaks. */
static void time_without_end(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    for (unsigned i = 0; i < 4000; i++) {
        feed_at(&w, 0, "1 OPTIONS");
        feed_at(&w, UINT64_MAX, "2 OPTIONS");
    }
    assert_true(w.events.list[0].object->damaged);
    watch_end(&w);
}

/* Bytes that the capture left out may have been anybody's answer. */
static void a_cut_message_without_names_damages_all(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    watch_feed(&w, &whole_call[0]);
    const sc_object *invite = w.events.list[0].object;
    const sipcheck_message *message;
    static const char cut[] = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.exam";
    w.packet.bytes = (const uint8_t *)cut;
    w.packet.length = strlen(cut);
    assert_int_equal(
        sipcheck_parse(w.arena, w.packet.bytes, w.packet.length, SIPCHECK_CUT, &message), 0);
    assert_int_equal(sc_track(w.tracker, &w.packet, message, false, &w.events), 0);
    assert_int_equal(w.events.count, 0);
    assert_true(invite->damaged);
    watch_feed(&w, &(sight){ .ms = 10, .cseq = "2 INVITE", .vias = "a2" });
    assert_true(w.events.list[0].object->damaged);
    watch_feed(&w, &(sight){ .ms = 40000, .cseq = "3 INVITE", .vias = "a3" });
    assert_false(w.events.list[0].object->damaged);
    watch_end(&w);
}

static void memory_is_used_again(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    char call_id[32];
    long before = 0, after = 0;
    for (unsigned i = 0; i < 400; i++) {
        watch_feed(&w, &(sight){ .ms = i * 1000, "a>b", "OPTIONS", "1 OPTIONS", "a1", "f", "-" });
        watch_feed(&w, &(sight){ .ms = i * 1000, "b>a", "200", .to = "t" });
        do {
            sc_tracker_advance(w.tracker, i * 1000 * MS, &w.events);
        } while (w.events.count > 0);
        if (i == 199) before = w.memory.given;
        after = w.memory.given;
        snprintf(call_id, sizeof call_id, "call%u", 1000 + i);
        w.call_id = call_id;
    }
    assert_int_equal(after, before);
    watch_end(&w);
}

/* So many dialogs that not all of their memory is kept for others. */
static void little_memory_waits_for_others(void **state)
{
    (void)state;
    enum { MOST = 256 << 10 };
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    for (unsigned i = 0; i < 400; i++) {
        char call_id[32];
        snprintf(call_id, sizeof call_id, "call%u", i);
        w.call_id = call_id;
        watch_feed(&w, &(sight){ .ms = 0, "a>b", "OPTIONS", "1 OPTIONS", "a1", "f", "-" });
    }
    long full = w.memory.out;
    assert_true(sc_tracker_counts(w.tracker).memory > MOST + MOST / 4);
    do {
        sc_tracker_advance(w.tracker, 100000 * MS, &w.events);
    } while (w.events.count > 0);
    long left = w.memory.out;
    assert_true(left < full && left > full / 4);
    watch_end(&w);
}

static void messages_are_held_beyond_the_next(void **state)
{
    (void)state;
    watch w;
    sc_track_options options = watch_options();
    watch_begin(&w, &options);
    assert_null(sc_tracker_keep(w.tracker));
    watch_feed(&w, &whole_call[0]);
    const sc_kept *kept = sc_tracker_keep(w.tracker);
    watch_feed(&w, &(sight){ .ms = 1, .cseq = "x y" });
    const sc_kept *nameless = sc_tracker_keep(w.tracker);
    assert_int_equal(nameless->packet.frame, 2);
    sc_tracker_hold(w.tracker, kept);
    sc_tracker_drop(w.tracker, kept);
    do {
        sc_tracker_advance(w.tracker, 1000000 * MS, &w.events);
    } while (w.events.count > 0);
    assert_int_equal(kept->packet.frame, 1);
    assert_memory_equal(kept->packet.bytes, "INVITE", 6);
    sc_tracker_drop(w.tracker, kept);
    sc_tracker_drop(w.tracker, nameless);
    watch_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(any_allocation_may_fail_elsewhere),
        cmocka_unit_test(no_tracker_without_memory),
        cmocka_unit_test(memory_is_bounded_and_forgets_the_oldest),
        cmocka_unit_test(behind_an_eviction_nothing_is_sure_for_a_while),
        cmocka_unit_test(chains_end_at_their_limit),
        cmocka_unit_test(notifies_of_one_subscribe_end_at_the_limit),
        cmocka_unit_test(one_branch_for_ever_evicts_nothing),
        cmocka_unit_test(time_jumps),
        cmocka_unit_test(time_without_end),
        cmocka_unit_test(a_cut_message_without_names_damages_all),
        cmocka_unit_test(memory_is_used_again),
        cmocka_unit_test(little_memory_waits_for_others),
        cmocka_unit_test(messages_are_held_beyond_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
