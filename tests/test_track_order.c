/* SPDX-License-Identifier: MIT */
/* What was seen in another order than it was sent in makes doubtful what it belongs to, and nothing
 * else. Each flow is fed in its own order, too. */
#include "track.h"
#include "track/internal.h"

#define CALLER "Contact: <sip:a@192.0.2.97>\r\n"
#define CALLEE "Contact: <sip:b@192.0.2.98>\r\n"
#define EVENT "Event: presence\r\n"
#define STEPS_MAX 8

typedef struct swap {
    const char *what;
    enum sipcheck_scope scope; /* of what becomes doubtful */
    unsigned count;
    unsigned late;  /* place of the message that is fed late */
    unsigned until; /* behind the message at this place */
    unsigned shown; /* the place, as they are fed, of a message that shows the object */
    sight flow[STEPS_MAX];
} swap;

#define SENT(MS_, WAY, START, CSEQ, VIAS, TO)                                                      \
    .ms = (MS_), .way = (WAY), .start = (START), .cseq = (CSEQ), .vias = (VIAS), .from = "f",      \
    .to = (TO)

static const swap swaps[] = {
    { "the ACK of a fork's second 2xx",
      SIPCHECK_SCOPE_TRANSACTION,
      5,
      3,
      4,
      4,
      { { SENT(0, "a>p", "INVITE", "1 INVITE", "a1", "-"), .more = CALLER },
        { SENT(10, "p>a", "200", "1 INVITE", "a1", "t"), .more = CALLEE },
        { SENT(20, "a>p", "ACK", "1 ACK", "a2", "t") },
        { SENT(30, "p>a", "200", "1 INVITE", "a1", "u"), .more = CALLEE },
        { SENT(40, "a>p", "ACK", "1 ACK", "a3", "u") } } },
    { "the ACK past a proxy whose caller has the 2xx last",
      SIPCHECK_SCOPE_TRANSACTION,
      5,
      3,
      4,
      4,
      { { SENT(0, "a>p", "INVITE", "1 INVITE", "a1", "-"), .more = CALLER },
        { SENT(10, "p>b", "INVITE", "1 INVITE", "p1 a1", "-"), .more = CALLER },
        { SENT(20, "b>p", "200", "1 INVITE", "p1 a1", "t"), .more = CALLEE },
        { SENT(30, "p>a", "200", "1 INVITE", "a1", "t"), .more = CALLEE },
        { SENT(40, "a>b", "ACK", "1 ACK", "a2", "t") } } },
    { "the ACK that is seen before the callee's 2xx",
      SIPCHECK_SCOPE_DIALOG,
      7,
      2,
      4,
      6,
      { { SENT(0, "a>p", "INVITE", "1 INVITE", "a1", "-"), .more = CALLER },
        { SENT(10, "p>b", "INVITE", "1 INVITE", "p1 a1", "-"), .more = CALLER },
        { SENT(20, "b>p", "200", "1 INVITE", "p1 a1", "t"), .more = CALLEE },
        { SENT(30, "p>a", "200", "1 INVITE", "a1", "t"), .more = CALLEE },
        { SENT(40, "a>p", "ACK", "1 ACK", "a2", "t") },
        { SENT(50, "p>b", "ACK", "1 ACK", "p2 a2", "t") },
        { SENT(900, "a>p", "BYE", "2 BYE", "a3", "t") } } },
    { "a SUBSCRIBE that is seen behind its 2xx and the NOTIFY",
      SIPCHECK_SCOPE_SUBSCRIPTION,
      5,
      2,
      4,
      3,
      { { SENT(0, "a>b", "SUBSCRIBE", "1 SUBSCRIBE", "a1", "-"), .more = EVENT },
        { SENT(10, "b>a", "200", "1 SUBSCRIBE", "a1", "t"), .more = "Expires: 600\r\n" },
        { SENT(9000, "a>b", "SUBSCRIBE", "2 SUBSCRIBE", "a2", "t"), .more = EVENT },
        { SENT(9010, "b>a", "200", "2 SUBSCRIBE", "a2", "t"), .more = "Expires: 900\r\n" },
        { .ms = 9020,
          .way = "b>a",
          .start = "NOTIFY",
          .cseq = "1 NOTIFY",
          .vias = "b1",
          .from = "t",
          .to = "f",
          .more = EVENT "Subscription-State: active;expires=900\r\n" } } },
    { "a request that is seen behind its copy",
      SIPCHECK_SCOPE_HOP,
      3,
      0,
      1,
      2,
      { { SENT(0, "a>p", "INVITE", "1 INVITE", "a1", "-"), .more = CALLER },
        { SENT(10, "p>b", "INVITE", "1 INVITE", "p1 a1", "-"), .more = CALLER },
        { SENT(20, "p>c", "INVITE", "1 INVITE", "p2 a1", "-"), .more = CALLER } } },
};

/* Is the object that the message at `shown` tells of doubtful in the end? */
static bool damages(const swap *s, const unsigned *order)
{
    watch w;
    const sc_track_options options = watch_options();
    const sc_object *object = NULL;
    watch_begin(&w, &options);
    for (unsigned i = 0; i < s->count; i++) {
        sight fed = s->flow[order[i]];
        fed.ms = s->flow[i].ms;
        assert_int_equal(watch_feed(&w, &fed), 0);
        for (size_t k = 0; k < w.events.count; k++)
            if (order[i] == order[s->shown] && w.events.list[k].scope == s->scope)
                object = w.events.list[k].object;
    }
    if (object == NULL) fail_msg("%s: nothing is told", s->what);
    bool damaged = object != NULL && object->damaged;
    watch_end(&w);
    return damaged;
}

static void what_changed_places_is_doubtful(void **state)
{
    (void)state;
    for (const swap *s = swaps; s < swaps + sizeof swaps / sizeof *swaps; s++) {
        unsigned order[STEPS_MAX] = { 0 }, swapped[STEPS_MAX] = { 0 };
        for (unsigned i = 0; i < s->count; i++)
            order[i] = swapped[i] = i;
        for (unsigned i = s->late; i < s->until; i++)
            swapped[i] = i + 1;
        swapped[s->until] = s->late;
        if (damages(s, order)) fail_msg("%s: doubtful though nothing changed places", s->what);
        if (!damages(s, swapped)) fail_msg("%s: not doubtful", s->what);
    }
}

/* Two answers are two in any order; a branch may have begun before the answer. */
static void what_is_sent_right_behind_an_answer(void **state)
{
    (void)state;
    static const struct {
        unsigned ms;
        const char *way, *start, *vias, *to;
        uint8_t want; /* enum sc_certainty */
    } cases[] = { { 70, "p>c", "INVITE", "p2 a1", "-", SC_UNSURE },
                  { 90, "p>c", "INVITE", "p2 a1", "-", SC_YES },
                  { 70, "p>a", "404", "a1", "u", SC_YES } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch w;
        const sc_track_options options = watch_options();
        watch_begin(&w, &options);
        const sight flow[] = {
            { SENT(0, "a>p", "INVITE", "1 INVITE", "a1", "-"), .more = CALLER },
            { SENT(10, "p>b", "INVITE", "1 INVITE", "p1 a1", "-"), .more = CALLER },
            { SENT(20, "b>p", "486", "1 INVITE", "p1 a1", "t") },
            { SENT(30, "p>a", "486", "1 INVITE", "a1", "t") },
            { SENT(cases[i].ms, cases[i].way, cases[i].start, "1 INVITE", cases[i].vias,
                   cases[i].to) },
        };
        watch_flow(&w, "H", flow, sizeof flow / sizeof *flow);
        const sc_hop *hop = last_object(&w, SIPCHECK_SCOPE_HOP);
        assert_int_equal(hop->answered_before, cases[i].want);
        watch_end(&w);
    }
}

/* ACKs of 2xx are remembered, the last few: one may be seen before its INVITE. */
static void acks_that_came_first(void **state)
{
    (void)state;
    for (unsigned others = SC_ACKS_MAX - 1; others <= SC_ACKS_MAX; others++) {
        watch w;
        const sc_track_options options = watch_options();
        char name[16];
        watch_begin(&w, &options);
        watch_feed(&w, &(sight){ SENT(0, "a>b", "ACK", "1 ACK", "a2", "t") });
        for (unsigned i = 0; i < others; i++) {
            snprintf(name, sizeof name, "other%u", i);
            w.call_id = name;
            watch_feed(&w, &(sight){ SENT(1, "a>b", "ACK", "1 ACK", "a3", "t") });
        }
        w.call_id = "call";
        watch_feed(&w, &(sight){ SENT(10, "a>b", "INVITE", "1 INVITE", "a1", "-") });
        const sc_object *transaction = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
        assert_int_equal(transaction->damaged, others < SC_ACKS_MAX);
        watch_feed(&w, &(sight){ SENT(70, "a>b", "INVITE", "1 INVITE", "a4", "-") });
        transaction = last_object(&w, SIPCHECK_SCOPE_TRANSACTION);
        assert_false(transaction->damaged); /* too late to have changed places with it */
        watch_end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changed_places_is_doubtful),
        cmocka_unit_test(what_is_sent_right_behind_an_answer),
        cmocka_unit_test(acks_that_came_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
