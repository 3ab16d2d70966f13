/* SPDX-License-Identifier: MIT */
/* What one more message, or the passing of time, means to the things that are tracked. */
#ifndef SC_TRACK_EVENT_H
#define SC_TRACK_EVENT_H

#include "fields/scopes.h"
#include "track/kept.h"

/* A message bound to a name. */
enum sc_presence {
    SC_NOT_SENT,     /* it need not exist: absent */
    SC_NOT_CAPTURED, /* it was sent, or may have been: unknown */
    SC_THERE,
};

/* What all tracked things begin with. */
typedef struct sc_object {
    enum sipcheck_scope scope;
    bool began_unseen; /* the capture began in its midst */
    bool damaged;      /* lost bytes, a cut message, an eviction: what depends on it is unknown */
    uint64_t first_ns, last_ns;
    void *waits;    /* the engine's: what has to follow, or must not; NULL: nothing */
    void *followed; /* the engine's: where its machines are; NULL: none is followed */
} sc_object;

typedef struct sc_event {
    enum sipcheck_scope scope;
    enum sc_event_kind kind;
    sc_object *object; /* of that scope */
    /* Where presence says SC_THERE: a kept message, or NULL for the one that is fed just now. */
    const sc_kept *bound[SC_NAME_COUNT];
    uint8_t presence[SC_NAME_COUNT]; /* enum sc_presence */
} sc_event;

/* More than any one message can mean. */
#define SC_EVENTS_AT_ONCE 32

typedef struct sc_events {
    sc_event list[SC_EVENTS_AT_ONCE];
    size_t count;
    uint64_t serial; /* of the message that is fed; no other has it */
} sc_events;

#endif
