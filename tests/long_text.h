/* SPDX-License-Identifier: MIT */
/* Texts that hit limits. */
#ifndef TESTS_LONG_TEXT_H
#define TESTS_LONG_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A text that grows at its end. */
typedef struct long_text {
    char *p;
    size_t n, room;
} long_text;

static inline void put(long_text *t, const char *more)
{
    size_t n = strlen(more);
    if (t->n + n + 1 > t->room) {
        t->room = (t->n + n + 1) * 2;
        t->p = realloc(t->p, t->room);
        assert_non_null(t->p);
    }
    memcpy(t->p + t->n, more, n + 1);
    t->n += n;
}

static inline void put_times(long_text *t, const char *more, size_t times)
{
    while (times--)
        put(t, more);
}

static inline void put_number(long_text *t, const char *format, size_t number)
{
    char buf[256];
    snprintf(buf, sizeof buf, format, number);
    put(t, buf);
}

#endif
