/* SPDX-License-Identifier: MIT */
/* The values of one header line, and their links across lines. RFC 3261 §7.3.1
 * Inline, for a call a line is a tenth of what it costs. */
#ifndef SC_MESSAGE_VALUES_H
#define SC_MESSAGE_VALUES_H

#include "message/parse.h"

/* --- values.c */

/* Behind a value: the end, or the separator of a list, with white space; or else that is missed. A
 * value that holds a list itself ends at what is no comma. */
bool sc_undelimited(sc_cursor *c, bool holds_list);

/* Go behind what could not be read: to the next element of a list. */
void sc_recover(sc_cursor *c);

/* token *( "," [ SP ] token ): as much of it as the map shows, linked from *tail on. Returns where
 * the next value is linked; c->p is behind the last one. */
const sipcheck_value **sc_plain_tokens(sc_cursor *c, sipcheck_header *header, uint32_t line,
                                       const sipcheck_value **tail);

/* What parts the values of a list is there, and is skipped. Privacy has semicolons in RFC 3323 §4.2
 * and commas in its erratum 5184: both are taken. */
static inline bool sc_next_value(sc_cursor *c)
{
    return c->separator &&
           (sc_separator(c, c->separator) || (c->separator == ';' && sc_separator(c, ',')));
}

static inline bool sc_delimited(const sc_cursor *c, const uint8_t *p)
{
    return p == c->end || (c->separator && *p == c->separator);
}

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

/* NULL when there is no memory. Nothing was missed yet. */
static inline sipcheck_value *sc_parse_value(sc_cursor *c, const sc_header_grammar *grammar)
{
    sipcheck_value *value = sc_take_value(c, grammar);
    if (!value) return NULL;
    const uint8_t *start = c->p;
    value->kind = grammar->kind;
    bool ok = grammar->parse(c, value);
    if (!ok || (!sc_delimited(c, c->p) && !sc_undelimited(c, grammar->kind == SIPCHECK_KIND_AUTH)))
        sc_recover(c);
    value->raw = sc_trim(sc_slice(start, c->p));
    value->valid = !c->failed;
    return value;
}

static inline bool sc_holds_tokens(const sc_header_grammar *grammar)
{
    return grammar->kind == SIPCHECK_KIND_TOKEN &&
           (grammar->parse == sc_parse_method_item || grammar->parse == sc_parse_token_item);
}

/* More values behind the first one. */
static inline bool sc_more_values(sc_cursor *c)
{
    return c->p != c->end && sc_next_value(c) && !c->faults->no_memory;
}

/* The values of the line, linked from *tail on; returns where the next one of the header is linked.
 * What depends on the header is asked behind the call of its parser, whose target says it: in front
 * of it nobody foresees that. */
static inline const sipcheck_value **sc_link_values(sc_cursor *c, const sc_header_grammar *grammar,
                                                    sipcheck_header *header, uint32_t line,
                                                    const sipcheck_value **tail)
{
    for (;;) {
        sipcheck_value *value = sc_parse_value(c, grammar);
        if (!value) break;
        value->line = line;
        header->valid &= value->valid;
        if (!header->values++) header->first = value;
        *tail = value;
        tail = &value->next;
        if (!sc_more_values(c)) break;
        c->later = true;
        c->far = NULL;
        c->failed = false;
        if (c->mapped && sc_holds_tokens(grammar)) {
            const sipcheck_value **before = tail;
            tail = sc_plain_tokens(c, header, line, tail);
            if (tail != before && !sc_more_values(c)) break;
        }
    }
    return tail;
}

/* a or b; not by a branch, which would be foreseen wrongly. */
static inline const sipcheck_value **sc_either(bool first, const sipcheck_value **a,
                                               const sipcheck_value **b)
{
    uintptr_t mask = -(uintptr_t)first;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): it is one of two pointers */
    return (const sipcheck_value **)(((uintptr_t)a & mask) | ((uintptr_t)b & ~mask));
}

/* The values of a known header: c is behind its colon and white space, and nothing was missed yet.
 */
static inline void sc_parse_values(sc_parse *in, sc_cursor *c, sipcheck_header *header,
                                   uint32_t line)
{
    uint16_t id = header->id;
    const sipcheck_value **first = &in->msg->values[id];
    const sc_header_grammar *grammar = &sc_header_grammars[id];
    c->production = &grammar->production;
    c->separator = grammar->separator;
    if (c->p == c->end && grammar->may_be_empty) return;
    in->tail[id] =
        sc_link_values(c, grammar, header, line, sc_either(*first == NULL, first, in->tail[id]));
}

#endif
