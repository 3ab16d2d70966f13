/* SPDX-License-Identifier: MIT */
/* track_captures [-v] FILE: what the tracker makes of a capture, as numbers; -v: each event. */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "track/forwarded.h"
#include "track/track.h"
#include "track/transaction.h"

typedef struct sums {
    sipcheck_arena *arena;
    sc_forwards *forwards;
    sc_tracker *tracker;
    bool verbose;
    unsigned long messages, nameless, unasked, damaged, unseen_dialogs, crowded;
    unsigned long events[SIPCHECK_SCOPE_HOP + 1][SC_EVENT_COUNT];
} sums;

static const char *const kinds[] = {
#define X(ID, NAME, SCOPES) NAME,
#include "fields/events.def"
#undef X
};

static void count_event(sums *s, const sc_event *event, unsigned long long frame)
{
    const sc_object *object = event->object;
    bool first = event->kind != SC_EVENT_END && object->first_ns == object->last_ns;
    if (s->verbose)
        printf("%llu\t%s.%s%s%s\n", frame, sipcheck_scope_name(event->scope), kinds[event->kind],
               object->began_unseen ? " unseen" : "", object->damaged ? " damaged" : "");
    s->events[event->scope][event->kind]++;
    s->damaged += object->damaged;
    if (event->scope == SIPCHECK_SCOPE_TRANSACTION && event->kind == SC_EVENT_RESPONSE)
        s->unasked += ((const sc_transaction *)object)->request == NULL;
    if (event->scope == SIPCHECK_SCOPE_DIALOG && event->kind == SC_EVENT_REQUEST && first)
        s->unseen_dialogs += object->began_unseen;
}

static void count_events(sums *s, const sc_events *events, unsigned long long frame)
{
    s->crowded += events->count == SC_EVENTS_AT_ONCE;
    for (size_t i = 0; i < events->count; i++)
        count_event(s, &events->list[i], frame);
}

static void advance(sums *s, uint64_t ns)
{
    sc_events events;
    do {
        sc_tracker_advance(s->tracker, ns, &events);
        count_events(s, &events, 0);
    } while (events.count > 0);
}

static bool track(void *user, const sipcheck_packet *packet, unsigned source)
{
    sums *s = user;
    sc_events events;
    const sipcheck_message *message;
    (void)source;
    s->messages++;
    sipcheck_arena_reset(s->arena);
    if (sipcheck_parse(s->arena, packet->bytes, packet->length, packet->flags, &message) != 0)
        return true;
    advance(s, packet->ns);
    if (sc_track(s->tracker, packet, message, sc_forwards_note(s->forwards, 1, message), &events) !=
        0)
        abort();
    s->nameless += events.count == 0;
    count_events(s, &events, packet->frame);
    return true;
}

static void print(const sums *s)
{
    sc_track_counts c = sc_tracker_counts(s->tracker);
    const unsigned long *session = s->events[SIPCHECK_SCOPE_SESSION];
    const unsigned long *t = s->events[SIPCHECK_SCOPE_TRANSACTION];
    printf("messages=%lu without-event=%lu transactions=%llu unasked=%lu again=%lu dialogs=%llu "
           "unseen-dialogs=%lu dialogs-ended=%lu sessions=%llu offers=%lu answers=%lu "
           "registrations=%llu bound=%lu subscriptions=%llu notifies=%lu hops=%llu forwarded=%lu "
           "damaged=%lu crowded=%lu evicted=%llu\n",
           s->messages, s->nameless, (unsigned long long)c.transactions, s->unasked,
           t[SC_EVENT_REQUEST_AGAIN] + t[SC_EVENT_RESPONSE_AGAIN], (unsigned long long)c.dialogs,
           s->unseen_dialogs, s->events[SIPCHECK_SCOPE_DIALOG][SC_EVENT_END],
           (unsigned long long)c.sessions, session[SC_EVENT_OFFER], session[SC_EVENT_ANSWER],
           (unsigned long long)c.registrations,
           s->events[SIPCHECK_SCOPE_REGISTRATION][SC_EVENT_BOUND],
           (unsigned long long)c.subscriptions,
           s->events[SIPCHECK_SCOPE_SUBSCRIPTION][SC_EVENT_NOTIFY], (unsigned long long)c.hops,
           s->events[SIPCHECK_SCOPE_HOP][SC_EVENT_FORWARDED], s->damaged, s->crowded,
           (unsigned long long)c.evicted);
}

static void *take(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void give(void *user, void *block)
{
    (void)user;
    free(block);
}

static sc_tracker *new_tracker(void)
{
    const uint64_t ms = 1000000;
    const sipcheck_allocator allocator = { take, give, NULL };
    const sc_track_options options = {
        .t1 = 500 * ms, .t2 = 4000 * ms, .t4 = 5000 * ms, .timer_c = 180000 * ms
    };
    return sc_tracker_new(&allocator, &options);
}

int main(int argc, char **argv)
{
    capture_stats stats = { 0 };
    GError *error = NULL;
    const char *path = argv[argc - 1];
    sums s = { .arena = sipcheck_arena_new(NULL),
               .forwards = calloc(1, sizeof(sc_forwards)),
               .tracker = new_tracker(),
               .verbose = argc > 2 && strcmp(argv[1], "-v") == 0 };
    bool ok = capture_run(&path, 1, NULL, track, &s, &stats, &error);
    if (ok) print(&s);
    advance(&s, UINT64_MAX);
    if (!ok) fprintf(stderr, "%s\n", error->message);
    g_clear_error(&error);
    capture_stats_clear(&stats);
    sc_tracker_free(s.tracker);
    sipcheck_arena_free(s.arena);
    free(s.forwards);
    return ok ? 0 : 3;
}
