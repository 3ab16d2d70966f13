/* SPDX-License-Identifier: MIT */
/* How rule files are told what is wrong with them: a place, a line of the file, a near name. */
#ifndef SC_ERROR_H
#define SC_ERROR_H

#include <sipcheck/rules.h>

/* A place in a file of rules. */
typedef struct sc_place {
    const char *file;
    sipcheck_slice whole;  /* the file's text, for the excerpt; may be absent */
    unsigned line, column; /* from 1; columns count characters */
} sc_place;

/* Fill the record (which may be NULL). Returns SIPCHECK_INVALID. */
int sc_error_set(sipcheck_error *error, const sc_place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The best match so far of a name that nobody knows. */
typedef struct sc_nearest {
    sipcheck_slice name; /* what was written */
    const char *best;    /* NULL: nothing is near */
    size_t distance;
} sc_nearest;

/* Offer a known name: it is kept when it is nearer than those before, and near enough to be meant.
 * Case does not count. */
void sc_nearest_offer(sc_nearest *nearest, const char *known);

/* ", did you mean \"Via\"?" or "". Returns buf. */
const char *sc_nearest_text(const sc_nearest *nearest, char *buf, size_t size);

#endif
