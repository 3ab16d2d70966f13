/* SPDX-License-Identifier: MIT */
/* Texts put together by a generator of fixed seed. */
#ifndef TESTS_RANDOM_TEXT_H
#define TESTS_RANDOM_TEXT_H

#include <string.h>

#include "random_next.h"

static uint64_t random_state;

static inline unsigned random_below(unsigned n)
{
    return random_next(&random_state, n);
}

#define PICK(table) (table)[random_below(sizeof(table) / sizeof *(table))]

typedef struct writer {
    char text[4000];
    size_t n;
    unsigned depth, elements;
} writer;

static inline void put(writer *w, const char *text)
{
    size_t n = strlen(text);
    if (w->n + n >= sizeof w->text) return;
    memcpy(w->text + w->n, text, n + 1);
    w->n += n;
}

#endif
