/* SPDX-License-Identifier: MIT */
/* What a program will say of every message of a class, before it is run on each.
 *
 * Messages that agree in a few cheap facts (sc_class_key) are a class. A program is run once with
 * these facts alone; what it reads besides is anybody's guess, and so is what follows from it. */
#ifndef SC_FORESEE_H
#define SC_FORESEE_H

#include "rules/program.h"

/* The facts, packed; equal keys: the same class. 0: the message is in no class, since its start
 * line was not read or the capture cut it. passed_on: the only fact that programs can't read. */
uint64_t sc_class_key(const sc_observed *observed, uint8_t transport, bool passed_on);

/* What a message may have: headers (SIPCHECK_HEADER_UNKNOWN stands for all that headers.def does
 * not have) and, behind them, traits of its values and its body (facts.h), 16 bits an owner. */
#define SC_TRAITS_EACH 16
#define SC_TRAIT_OWNERS 23
#define SC_TRAITS_FROM                                                                             \
    ((SIPCHECK_HEADER_COUNT + SC_TRAITS_EACH - 1) / SC_TRAITS_EACH * SC_TRAITS_EACH)
#define SC_MARK_COUNT (SC_TRAITS_FROM + SC_TRAIT_OWNERS * SC_TRAITS_EACH)
#define SC_MARK_WORDS ((SC_MARK_COUNT + 63) / 64)
typedef struct sc_marks {
    uint64_t word[SC_MARK_WORDS];
} sc_marks;

static inline void sc_mark_put(sc_marks *marks, unsigned mark)
{
    marks->word[mark / 64] |= (uint64_t)1 << (mark % 64);
}

static inline bool sc_mark_in(const sc_marks *marks, unsigned mark)
{
    return marks->word[mark / 64] >> (mark % 64) & 1;
}

/* The headers that the message has; more: those of which it has several lines. */
void sc_note_headers(const sipcheck_message *message, sc_marks *sent, sc_marks *more);
/* Its traits beside them. Of a message that is in a class. */
void sc_note_traits(const sc_observed *observed, sc_marks *sent);

/* How many lines of one header a message has; a trait is there or not. */
enum sc_lines { SC_LINES_NONE, SC_LINES_ONE, SC_LINES_MORE, SC_LINES_ANY };

/* Of a message of the class: its facts, what it lacks, what it has once, or several times. */
typedef struct sc_foresight {
    const sc_observed *sample; /* any message of the class: only what the key holds is read */
    uint64_t key;
    sc_marks none, one, more;
    sc_marks *asked; /* NULL, or: takes the marks on which what was foreseen may depend */
} sc_foresight;

enum { SC_VARIES = SC_UNKNOWN + 1 }; /* beside enum sc_outcome: nobody can tell */

/* Of a condition or a truth in message scope; `next` is not looked at. enum sc_outcome or
 * SC_VARIES. */
unsigned sc_foresee(const sc_program *program, const sc_foresight *f, sc_scratch *scratch);

#endif
