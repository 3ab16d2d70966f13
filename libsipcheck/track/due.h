/* SPDX-License-Identifier: MIT */
/* What is over at a time of its own: the soonest first. */
#ifndef SC_TRACK_DUE_H
#define SC_TRACK_DUE_H

#include "track/table.h"

/* Within a tracked thing. */
typedef struct sc_due {
    uint64_t at; /* by the tracker's clock */
    sc_tracked *owner;
    size_t place; /* in the heap, from 1; 0: in none */
} sc_due;

/* A binary heap. */
typedef struct sc_heap {
    sc_due **list;
    size_t count, room;
} sc_heap;

/* There has to be room for one more. It may be in the heap already. */
void sc_due_set(sc_heap *heap, sc_due *due, sc_tracked *owner, uint64_t at);
void sc_due_clear(sc_heap *heap, sc_due *due); /* in no heap: nothing happens */
sc_due *sc_due_first(const sc_heap *heap);     /* NULL: none */

#endif
