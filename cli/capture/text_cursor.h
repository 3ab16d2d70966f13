/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a line of a log, piece by piece. */
#ifndef SIPCHECK_CAPTURE_TEXT_CURSOR_H
#define SIPCHECK_CAPTURE_TEXT_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

/* A line, and how far it was read. */
typedef struct text_cursor {
    const char *p, *end;
} text_cursor;

static inline bool text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool text_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool text_is_hex(char c)
{
    return text_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline bool text_take_char(text_cursor *c, char wanted)
{
    if (c->p == c->end || *c->p != wanted) return false;
    c->p++;
    return true;
}

/* least to most digits, and no digit behind them. */
static inline bool text_take_number(text_cursor *c, int least, int most, uint32_t *ret)
{
    text_cursor at = *c;
    uint32_t value = 0;
    int n = 0;
    for (; at.p < at.end && text_is_digit(*at.p) && n <= most; at.p++, n++)
        value = value * 10 + (uint32_t)(*at.p - '0');
    if (n < least || n > most) return false;
    *c = at;
    *ret = value;
    return true;
}

static inline bool text_take_space(text_cursor *c)
{
    const char *from = c->p;
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
        c->p++;
    return c->p > from;
}

/* What is known of a time, each more than the one before. */
enum text_time {
    TEXT_TIME_NONE,
    TEXT_TIME_CLOCK, /* its day is taken for the first one of 1970 */
    TEXT_TIME_DATE,
    TEXT_TIME_EPOCH,
};

/* A time that begins right there, in one of the shapes of docs/captures.md. */
bool text_take_time(text_cursor *c, uint64_t *ret_ns, enum text_time *ret_kind);

#endif
