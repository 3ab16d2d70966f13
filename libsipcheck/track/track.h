/* SPDX-License-Identifier: MIT */
/* The tracker: which messages belong together. A passive observer: it sees what passes, in the
 * order of the capture, and knows that it may not see all.
 *
 * Everything is bounded: kept bytes and objects count against `memory_max`; what was touched least
 * recently is evicted, which is counted and makes what depended on it unknown. Time is that of the
 * packets; time that goes back is taken as no time. */
#ifndef SC_TRACK_TRACK_H
#define SC_TRACK_TRACK_H

#include "track/event.h"

typedef struct sc_tracker sc_tracker;

#define SC_TRACK_MEMORY_DEFAULT ((size_t)512 << 20) /* bytes */

typedef struct sc_track_options {
    size_t memory_max;            /* 0: SC_TRACK_MEMORY_DEFAULT */
    uint64_t t1, t2, t4, timer_c; /* nanoseconds: they say when something is over */
    uint64_t reorder;             /* nanoseconds between messages that may have changed places */
    /* Told of every object with `waits` or `followed` right before it is released: it is over, or
     * evicted (then it is damaged), or its tracker is freed. NULL: nobody is. */
    void (*gone)(void *user, sc_object *object);
    void *user;
} sc_track_options;

/* allocator: complete, copied. NULL: no memory. */
sc_tracker *sc_tracker_new(const sipcheck_allocator *allocator, const sc_track_options *options);
void sc_tracker_free(sc_tracker *tracker);       /* NULL is allowed */
void sc_tracker_begin_anew(sc_tracker *tracker); /* forgets all; its counts go on */

/* The message is fed. message, packet: valid during the call and, where an event says "the one that
 * is fed just now", as long as the caller keeps them. passed_on: track/forwarded.h says so. Returns
 * 0 or SIPCHECK_NOMEM (then nothing of it is remembered). Events are valid until the next call. */
int sc_track(sc_tracker *tracker, const sipcheck_packet *packet, const sipcheck_message *message,
             bool passed_on, sc_events *ret);

/* The message that was fed last, to be held beyond the next call: the tracker's own copy, or one
 * made for the caller. packet, as it was fed, has to be valid. NULL: no memory. Hold another's with
 * sc_tracker_hold; give each back with sc_tracker_drop. Counted against memory_max. */
const sc_kept *sc_tracker_keep(sc_tracker *tracker);
const sc_kept *sc_tracker_hold(sc_tracker *tracker, const sc_kept *kept); /* gives it back */
void sc_tracker_drop(sc_tracker *tracker, const sc_kept *dropped);

/* Memory for what the caller remembers of an object, to be given back before that is released:
 * counted against memory_max, cleared. NULL: none. given: NULL is allowed. */
void *sc_tracker_take(sc_tracker *tracker, size_t size);
void sc_tracker_give(sc_tracker *tracker, void *given, size_t size);

/* A message that shows none of its names is lost: it may have been any's. */
bool sc_track_is_lost(const sipcheck_message *message);
void sc_tracker_lose(sc_tracker *tracker);

/* How time passes: the clock does not go back, whatever the times of packets do. Several trackers
 * may go by one clock. */
typedef struct sc_clock {
    uint64_t ns;   /* that passed */
    uint64_t base; /* the capture's time at that */
} sc_clock;
void sc_clock_set(sc_clock *clock, uint64_t now_ns);
#define SC_CLOCK_AHEAD_MAX (30ULL * 24 * 3600 * 1000000000) /* at once; more is taken as this */
void sc_tracker_set_clock(sc_tracker *tracker, const sc_clock *clock);

/* Time has come to now: what is over ends, at most SC_EVENTS_AT_ONCE of it at once; again, until it
 * gives none. Objects of `end` events are released at the next call. */
void sc_tracker_advance(sc_tracker *tracker, uint64_t now_ns, sc_events *ret);
uint64_t sc_tracker_deadline(const sc_tracker *tracker); /* UINT64_MAX: none */

/* How many there were, and how many had to be forgotten. */
typedef struct sc_track_counts {
    uint64_t transactions, dialogs, sessions, registrations, subscriptions, hops, evicted;
    size_t memory, memory_most; /* bytes */
} sc_track_counts;
sc_track_counts sc_tracker_counts(const sc_tracker *tracker);

#endif
