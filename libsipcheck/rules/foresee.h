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

/* A bit for each header; SIPCHECK_HEADER_UNKNOWN stands for all that headers.def does not have. */
#define SC_HEADER_WORDS ((SIPCHECK_HEADER_COUNT + 63) / 64)
typedef struct sc_header_set {
    uint64_t word[SC_HEADER_WORDS];
} sc_header_set;

static inline void sc_header_put(sc_header_set *set, unsigned header)
{
    set->word[header / 64] |= (uint64_t)1 << (header % 64);
}

static inline bool sc_header_in(const sc_header_set *set, unsigned header)
{
    return set->word[header / 64] >> (header % 64) & 1;
}

/* How many lines of one header a message has. */
enum sc_lines { SC_LINES_NONE, SC_LINES_ONE, SC_LINES_MORE, SC_LINES_ANY };

/* Of a message of the class: its facts, headers that it lacks, headers that it has. */
typedef struct sc_foresight {
    const sc_observed *sample; /* any message of the class: only what the key holds is read */
    uint64_t key;
    sc_header_set none, one, more;
} sc_foresight;

enum { SC_VARIES = SC_UNKNOWN + 1 }; /* beside enum sc_outcome: nobody can tell */

/* Of a condition or a truth in message scope; `next` is not looked at. enum sc_outcome or
 * SC_VARIES. */
unsigned sc_foresee(const sc_program *program, const sc_foresight *f, sc_scratch *scratch);

/* The headers that a program names (sip.headers: UNKNOWN), each once, behind the `count` that are
 * there already; those beyond max are left out. Returns the new count. */
size_t sc_program_headers(const sc_program *program, uint16_t *headers, size_t count, size_t max);

#endif
