/* SPDX-License-Identifier: MIT */
/* What the library takes from an arena. */
#ifndef SC_TEXT_ARENA_H
#define SC_TEXT_ARENA_H

#include <sipcheck/base.h>

#include <string.h>

#include "text/cold.h"

/* One step of the pointer: a type's alignment. */
#define SC_ARENA_STEP ((size_t)16)

typedef struct sc_chunk sc_chunk;

struct sipcheck_arena {
    uint8_t *next, *end; /* what is free in the current chunk */
    sipcheck_allocator allocator;
    sc_chunk *first, *current;
    size_t total;
    bool full;
};

/* The same where the current chunk does not suffice. */
SC_COLD void *sc_arena_grow(sipcheck_arena *arena, size_t size);

/* Bytes for any type, all of which the caller sets; NULL when there is no memory or the arena is
 * full. */
static inline void *sc_arena_take(sipcheck_arena *arena, size_t size)
{
    /* Of nothing, and of more than there can be, it is 0. */
    size_t taken = (size + SC_ARENA_STEP - 1) & ~(SC_ARENA_STEP - 1);
    if (taken - 1 >= (size_t)(arena->end - arena->next)) return sc_arena_grow(arena, size);
    void *block = arena->next;
    arena->next += taken;
    return block;
}

/* The same, cleared. */
void *sc_arena_alloc(sipcheck_arena *arena, size_t size);

/* What to return after an allocation gave NULL: SIPCHECK_TOO_BIG or SIPCHECK_NOMEM. */
int sc_arena_error(const sipcheck_arena *arena);

#endif
