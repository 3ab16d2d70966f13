/* SPDX-License-Identifier: MIT */
/* What holds of two messages where some header lines of both are the same bytes: most of what a
 * response copies from its request, and a later request from the one before. */
#ifndef SC_ALIKE_H
#define SC_ALIKE_H

#include "rules/program.h"

#define SC_ALIKE_HEADERS_MAX 2
/* Bytes of all values of a header: what is longer may be more than a budget lets. */
#define SC_ALIKE_LENGTH_MAX 512

/* The program is true where both messages have the same of these headers, all of it readable. */
typedef struct sc_alike {
    uint8_t slots[2], count; /* 0: nothing is known */
    uint16_t headers[SC_ALIKE_HEADERS_MAX];
} sc_alike;

sc_alike sc_alike_of(const sc_program *program); /* NULL: none */
/* false: they are not, or nobody can tell. */
bool sc_are_alike(const sc_alike *alike, const sc_context *context);

#endif
