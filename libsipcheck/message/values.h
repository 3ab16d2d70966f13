/* SPDX-License-Identifier: MIT */
/* The values of one header line, and their links across lines. RFC 3261 §7.3.1 */
#ifndef SC_MESSAGE_VALUES_H
#define SC_MESSAGE_VALUES_H

#include "message/parse.h"

/* Cleared memory for a value; NULL when there is none. As much as most values have is cleared of
 * what is free, whatever the size is: a branch that follows it is often foreseen wrongly. */
static inline sipcheck_value *sc_take_value(sc_cursor *c, const sc_header_grammar *grammar)
{
    const size_t piece = 32;
    sipcheck_arena *arena = c->faults->arena;
    uint8_t *block = arena->next;
    if (arena->end - block < grammar->room) return sc_take_memory(c, grammar->size);
    arena->next += grammar->size;
    memset(block, 0, piece);
    memset(block + 1 * piece, 0, piece);
    memset(block + 2 * piece, 0, piece);
    memset(block + 3 * piece, 0, piece);
    memset(block + 4 * piece, 0, piece);
    memset(block + 5 * piece, 0, piece);
    memset(block + 6 * piece, 0, piece);
    return (sipcheck_value *)block;
}

/* a or b; not by a branch, which would be foreseen wrongly. */
static inline const sipcheck_value **sc_either(bool first, const sipcheck_value **a,
                                               const sipcheck_value **b)
{
    uintptr_t mask = -(uintptr_t)first;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): it is one of two pointers */
    return (const sipcheck_value **)(((uintptr_t)a & mask) | ((uintptr_t)b & ~mask));
}

/* Where the next value of a header is linked. */
static inline const sipcheck_value **sc_value_tail(const sc_parse *in, uint16_t id)
{
    const sipcheck_value **first = &in->msg->values[id];
    return sc_either(*first == NULL, first, in->tail[id]);
}

/* The first value of a line was parsed as `value`, its parser said `ok`; complete it and parse what
 * is behind it. Of the header all is set up to where its value begins. */
void sc_parse_behind(sc_parse *in, sc_cursor *c, sipcheck_header *header, sipcheck_value *value,
                     bool ok);

/* The values of a known header: c is behind its colon and white space, and nothing was missed yet.
 */
void sc_parse_values(sc_parse *in, sc_cursor *c, sipcheck_header *header);

#endif
