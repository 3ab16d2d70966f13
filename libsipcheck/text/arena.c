/* SPDX-License-Identifier: MIT */
/* A chain of chunks that a pointer moves through. A reset moves it back to the first chunk. */
#include "text/arena.h"
#include "text/cold.h"

#include <stdlib.h>

enum { FIRST_CHUNK = 16 * 1024 };

/* What one message may take; a hostile one with a million list elements ends here. */
static const size_t ARENA_MAX = (size_t)64 << 20;

/* What a reset keeps, so that one huge message does not hold its memory for ever. */
static const size_t KEEP_MAX = (size_t)1 << 20;

struct sc_chunk {
    sc_chunk *next;
    size_t size;
    _Alignas(SC_ARENA_STEP) uint8_t bytes[];
};

static void *default_alloc(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void default_release(void *user, void *block)
{
    (void)user;
    free(block);
}

sipcheck_arena *sipcheck_arena_new(const sipcheck_allocator *allocator)
{
    sipcheck_allocator chosen =
        allocator ? *allocator : (sipcheck_allocator){ default_alloc, default_release, NULL };
    sipcheck_arena *arena = chosen.alloc(chosen.user, sizeof *arena);
    if (arena) *arena = (sipcheck_arena){ .allocator = chosen };
    return arena;
}

static void release_chain(sipcheck_arena *arena, sc_chunk *from)
{
    while (from) {
        sc_chunk *next = from->next;
        arena->total -= from->size;
        arena->allocator.release(arena->allocator.user, from);
        from = next;
    }
}

void sipcheck_arena_free(sipcheck_arena *arena)
{
    if (!arena) return;
    sipcheck_allocator allocator = arena->allocator;
    release_chain(arena, arena->first);
    allocator.release(allocator.user, arena);
}

static void enter_chunk(sipcheck_arena *arena, sc_chunk *into)
{
    arena->current = into;
    arena->next = into ? into->bytes : NULL;
    arena->end = into ? into->bytes + into->size : NULL;
}

void sipcheck_arena_reset(sipcheck_arena *arena)
{
    size_t kept = 0;
    for (sc_chunk *c = arena->first; c; c = c->next) {
        kept += c->size;
        if (c->next && kept + c->next->size > KEEP_MAX) {
            release_chain(arena, c->next);
            c->next = NULL;
        }
    }
    arena->full = false;
    enter_chunk(arena, arena->first);
}

static sc_chunk *add_chunk(sipcheck_arena *arena, size_t at_least)
{
    size_t size = arena->current ? arena->current->size * 2 : FIRST_CHUNK;
    if (size < at_least) size = at_least;
    arena->full = arena->total + size > ARENA_MAX;
    if (arena->full) return NULL;
    sc_chunk *added = arena->allocator.alloc(arena->allocator.user, sizeof *added + size);
    if (!added) return NULL;
    added->next = NULL;
    added->size = size;
    arena->total += size;
    if (arena->current)
        arena->current->next = added;
    else
        arena->first = added;
    return added;
}

/* Chunks behind the current one are left from before a reset; one that is too small is given up. */
static sc_chunk *next_chunk(sipcheck_arena *arena, size_t size)
{
    sc_chunk *next = arena->current ? arena->current->next : arena->first;
    if (!next || next->size >= size) return next;
    release_chain(arena, next);
    if (arena->current)
        arena->current->next = NULL;
    else
        arena->first = NULL;
    return NULL;
}

void *sc_arena_grow(sipcheck_arena *arena, size_t size)
{
    if (size > ARENA_MAX) {
        arena->full = true;
        return NULL;
    }
    size = (size + !size + SC_ARENA_STEP - 1) & ~(SC_ARENA_STEP - 1);
    if ((size_t)(arena->end - arena->next) < size) {
        sc_chunk *next = next_chunk(arena, size);
        if (!next) next = add_chunk(arena, size);
        if (!next) return NULL;
        enter_chunk(arena, next);
    }
    void *block = arena->next;
    arena->next += size;
    return block;
}

/* Not inline: where the size is known, compilers take an instruction to clear with that is slow to
 * start. */
SC_HOT void *sc_arena_alloc(sipcheck_arena *arena, size_t size)
{
    void *block = sc_arena_take(arena, size);
    return block ? memset(block, 0, size) : NULL;
}

int sc_arena_error(const sipcheck_arena *arena)
{
    return arena->full ? SIPCHECK_TOO_BIG : SIPCHECK_NOMEM;
}
