/* SPDX-License-Identifier: MIT */
/* Messages without sense, from few names so that they meet: what holds whatever is sent. */
#include "random_next.h"
#include "track.h"
#include "track/subscription.h"

#define PICK(list) list[random_next(rng, sizeof list / sizeof *list)]

static sight make_sight(uint64_t *rng, char cseq[32], unsigned ms)
{
    static const char *const starts[] = { "INVITE",    "ACK",    "BYE",   "CANCEL",   "PRACK",
                                          "UPDATE",    "NOTIFY", "REFER", "REGISTER", "INFO",
                                          "SUBSCRIBE", "100",    "180",   "183",      "200",
                                          "200",       "202",    "401",   "481",      "487" };
    static const char *const methods[] = { "INVITE", "INVITE", "BYE",   "CANCEL",   "PRACK",
                                           "UPDATE", "NOTIFY", "REFER", "REGISTER", "SUBSCRIBE" };
    static const char *const ways[] = { "a>p", "p>a", "p>b", "b>p", "a>b", "b>a" };
    static const char *const vias[] = {
        "a1", "a2", "a3", "p1 a1", "p2 a2", "p3 a1", "b1", "p1 b1"
    };
    static const char *const tags[] = { "f", "t", "u" }, *const to_tags[] = { "-", "f", "t", "u" };
    static const char *const mores[] = {
        NULL,
        NULL,
        "Event: e\r\nSubscription-State: active;expires=1\r\n",
        "Event: refer\r\nSubscription-State: terminated\r\n",
        "Event: refer;id=1\r\nSubscription-State: active\r\nExpires: 2\r\n",
        "Contact: <sip:a@a>;expires=1\r\nEvent: e\r\nExpires: 3\r\n",
        "Contact: <sip:b@b>\r\nRecord-Route: <sip:p;lr>\r\n",
        "RSeq: 1\r\n",
    };
    const char *start = PICK(starts);
    bool request = start[0] > '9';
    snprintf(cseq, 32, "%u %s", random_next(rng, 3), request ? start : PICK(methods));
    return (sight){ .ms = ms,
                    .way = PICK(ways),
                    .start = start,
                    .cseq = cseq,
                    .vias = PICK(vias),
                    .from = PICK(tags),
                    .to = PICK(to_tags),
                    .more = PICK(mores),
                    .sdp = random_next(rng, 2) == 0 };
}

static unsigned long told[SIPCHECK_SCOPE_HOP + 1][SC_EVENT_COUNT];
static uint64_t released;
static void note_gone(void *user, sc_object *object)
{
    (void)user;
    released++;
    object->waits = NULL;
}

/* What an event shows can be read, and belongs to its scope. */
static void check_events(const sc_events *events)
{
    assert_in_range(events->count, 0, SC_EVENTS_AT_ONCE);
    for (size_t i = 0; i < events->count; i++) {
        const sc_event *event = &events->list[i];
        assert_int_equal(event->scope, event->object->scope);
        told[event->scope][event->kind]++;
        event->object->waits = (void *)event->object;
        for (size_t n = 0; n < SC_NAME_COUNT; n++) {
            const sc_kept *kept = event->bound[n];
            assert_true(kept == NULL || event->presence[n] == SC_THERE);
            if (kept == NULL) continue;
            assert_true(kept->holders > 0 || kept->retired);
            assert_true(kept->packet.bytes[0] >= 'A');
        }
    }
}

/* Every other response answers the request before it. */
static void answer(sight *s, const sight *request, char way[4])
{
    memcpy(way, (const char[]){ request->way[2], '>', request->way[0], '\0' }, 4);
    s->way = way;
    s->cseq = request->cseq;
    s->vias = request->vias;
    s->from = request->from;
    if (request->to[0] != '-') s->to = request->to;
}

/* A message of a call that a proxy forks. */
static sight make_proxied(uint64_t *rng, unsigned ms)
{
    static const char *const statuses[] = { "100", "180", "180", "200", "486", "603" };
    static const sight sights[] = {
        { .way = "a>p", .start = "INVITE", .vias = "a1" },
        { .way = "p>b", .start = "INVITE", .vias = "p1 a1" },
        { .way = "p>b", .start = "INVITE", .vias = "p3 a1" },
        { .way = "b>p", .vias = "p1 a1" },
        { .way = "b>p", .vias = "p3 a1" },
        { .way = "p>a", .vias = "a1" },
        { .way = "a>p", .start = "CANCEL", .vias = "a1" },
        { .way = "p>b", .start = "CANCEL", .vias = "p1" },
    };
    sight s = PICK(sights);
    s.ms = ms;
    s.cseq = s.start != NULL && s.start[0] == 'C' ? "7 CANCEL" : "7 INVITE";
    s.from = "f";
    s.to = s.start != NULL ? "-" : random_next(rng, 2) == 0 ? "t" : "u";
    if (s.start == NULL) s.start = PICK(statuses);
    return s;
}

/* A message of subscriptions that end and are asked for again, or of a chat. */
static sight make_subscribed(uint64_t *rng, unsigned ms)
{
    static const char event[] = "Contact: <sip:a@a>\r\nEvent: e\r\nExpires: 9\r\n";
    static const char over[] = "Event: e\r\nSubscription-State: terminated;retry-after=9\r\n";
    static const sight sights[] = {
        { .way = "a>b", .start = "SUBSCRIBE", .cseq = "1 SUBSCRIBE", .vias = "a1", .more = event },
        { .way = "a>b", .start = "SUBSCRIBE", .cseq = "2 SUBSCRIBE", .vias = "a2", .more = event },
        { .way = "b>a", .start = "200", .cseq = "1 SUBSCRIBE", .vias = "a1", .more = event },
        { .way = "b>a", .start = "NOTIFY", .cseq = "1 NOTIFY", .vias = "b1", .more = over },
        { .way = "b>a", .start = "NOTIFY", .cseq = "2 NOTIFY", .vias = "b2", .more = over },
    };
    static const sight texts[] = {
        { .way = "a>b", .start = "MESSAGE", .cseq = "3 MESSAGE", .vias = "a3" },
        { .way = "a>b", .start = "MESSAGE", .cseq = "4 MESSAGE", .vias = "a4" },
        { .way = "b>a", .start = "200", .cseq = "3 MESSAGE", .vias = "a3" },
    };
    sight s = random_next(rng, 3) == 0 ? PICK(texts) : PICK(sights);
    bool notify = s.start[0] == 'N';
    s.ms = ms;
    s.from = notify ? "t" : "f";
    s.to = notify ? "f" : s.start[0] == '2' ? "t" : "-";
    return s;
}

static void run(uint64_t seed, unsigned messages, size_t memory)
{
    static const char *const call_ids[] = { "c1", "c2", "c3" };
    watch w;
    uint64_t *rng = &seed;
    unsigned ms = 1000000;
    char cseqs[2][32], way[4];
    sight request = { .way = NULL };
    sc_track_options options = watch_options();
    options.memory_max = memory;
    options.gone = note_gone;
    watch_begin(&w, &options);
    for (unsigned i = 0; i < messages; i++) {
        const unsigned steps[] = { 0, 1, 10, 1000, 40000, 300000 };
        ms += random_next(rng, 20) == 0 ? PICK(steps) : 1;
        if (random_next(rng, 2000) == 0) ms = 1000000;
        sight s = make_sight(rng, cseqs[1], ms);
        bool proxied = random_next(rng, 4) == 0;
        bool subscribed = !proxied && random_next(rng, 8) == 0;
        if (proxied) s = make_proxied(rng, ms);
        if (subscribed) s = make_subscribed(rng, ms);
        bool apart = proxied || subscribed;
        bool answers =
            !apart && s.start[0] <= '9' && request.way != NULL && random_next(rng, 2) == 0;
        if (answers) answer(&s, &request, way);
        if (!answers) w.call_id = proxied ? "c4" : subscribed ? "c5" : PICK(call_ids);
        if (!apart && s.start[0] > '9') {
            request = s;
            request.cseq = memcpy(cseqs[0], cseqs[1], sizeof cseqs[0]);
        }
        w.branch = random_next(rng, 50) == 0 ? "x" : NULL;
        for (unsigned tries = 0; tries < 100 && random_next(rng, 4) == 0; tries++) {
            sc_tracker_advance(w.tracker, ms * MS, &w.events);
            check_events(&w.events);
        }
        w.memory.left = random_next(rng, 100) == 0 ? 0 : -1;
        w.memory.once = true;
        (void)watch_feed(&w, &s);
        w.memory.left = -1;
        check_events(&w.events);
        assert_true(sc_tracker_counts(w.tracker).memory <= memory + 4096);
    }
    watch_end(&w);
}

static void whatever_is_sent(void **state)
{
    (void)state;
    static const unsigned scopes[] = {
#define X(ID, NAME, SCOPES) SCOPES,
#include "fields/events.def"
#undef X
    };
    for (unsigned seed = 1; seed <= 40; seed++) {
        run(seed, 2000, (size_t)1 << 20);
        run(seed, 2000, 20000);
    }
    assert_true(released > 1000);
    for (unsigned scope = SIPCHECK_SCOPE_TRANSACTION; scope <= SIPCHECK_SCOPE_HOP; scope++) {
        for (unsigned kind = 0; kind < SC_EVENT_COUNT; kind++) {
            bool stated = scopes[kind] >> scope & 1;
            if (stated != (told[scope][kind] > 0))
                fail_msg("scope %u, event %u: %lu times", scope, kind, told[scope][kind]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(whatever_is_sent) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
