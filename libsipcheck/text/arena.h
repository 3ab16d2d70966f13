/* SPDX-License-Identifier: MIT */
/* What the library takes from an arena. */
#ifndef SC_TEXT_ARENA_H
#define SC_TEXT_ARENA_H

#include <sipcheck/base.h>

/* Bytes for any type, not cleared; NULL when there is no memory or the arena is full. */
void *sc_arena_alloc(sipcheck_arena *arena, size_t size);

/* The same, cleared. */
void *sc_arena_zalloc(sipcheck_arena *arena, size_t size);

/* What to return after an allocation gave NULL: SIPCHECK_TOO_BIG or SIPCHECK_NOMEM. */
int sc_arena_error(const sipcheck_arena *arena);

#endif
