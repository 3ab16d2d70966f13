/* SPDX-License-Identifier: MIT */
/* Dates, which are 29 characters long and nothing else:
 *
 *     "Sat, 13 Nov 2010 23:29:00 GMT"      letters in any case */
#include "grammar/plain.h"

enum { LENGTH = 29 };

/* Where digits stand, as bits. */
#define DIGITS                                                                                     \
    (UINT64_C(3) << 5 | UINT64_C(15) << 12 | UINT64_C(3) << 17 | UINT64_C(3) << 20 |               \
     UINT64_C(3) << 23)

/* Three letters as a number, made small: see sc_name_word. */
static inline uint32_t three(const uint8_t *p)
{
    return ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16) | 0x202020;
}

/* Each name has a row of its own, so that none is looked for. */
#define NUMBER(A, B, C) ((uint32_t)(A) | (uint32_t)(B) << 8 | (uint32_t)(C) << 16)
#define ROW(NUMBER) ((uint32_t)((NUMBER)*UINT32_C(42645)) >> 28)
#define NAME(A, B, C) [ROW(NUMBER(A, B, C))] = NUMBER(A, B, C)

static const uint32_t weekdays[16] = {
    NAME('m', 'o', 'n'), NAME('t', 'u', 'e'), NAME('w', 'e', 'd'), NAME('t', 'h', 'u'),
    NAME('f', 'r', 'i'), NAME('s', 'a', 't'), NAME('s', 'u', 'n'),
};
static const uint32_t months[16] = {
    NAME('j', 'a', 'n'), NAME('f', 'e', 'b'), NAME('m', 'a', 'r'), NAME('a', 'p', 'r'),
    NAME('m', 'a', 'y'), NAME('j', 'u', 'n'), NAME('j', 'u', 'l'), NAME('a', 'u', 'g'),
    NAME('s', 'e', 'p'), NAME('o', 'c', 't'), NAME('n', 'o', 'v'), NAME('d', 'e', 'c'),
};

static inline bool one_of(const uint8_t *p, const uint32_t names[16])
{
    uint32_t name = three(p);
    return names[ROW(name)] == name;
}

static inline uint32_t two_digits(const uint8_t *p)
{
    return (p[0] - (uint32_t)'0') * 10 + p[1] - '0';
}

static inline bool has_shape(const sc_cursor *c, const uint8_t *p)
{
    return c->end - p == LENGTH && p[3] == ',' && p[4] == ' ' && p[7] == ' ' && p[11] == ' ' &&
           p[16] == ' ' && p[19] == ':' && p[22] == ':' && p[25] == ' ' &&
           !(sc_map_bits(c->map, SC_MAP_DIGIT, (size_t)(p - c->map->base)) & DIGITS);
}

SC_HOT bool sc_plain_date(sc_cursor *c, sipcheck_date *out)
{
    const uint8_t *p = c->p;
    if (!has_shape(c, p) || !one_of(p, weekdays) || !one_of(p + 8, months) ||
        three(p + 26) != NUMBER('g', 'm', 't'))
        return false;
    out->weekday = sc_slice(p, p + 3);
    out->day = two_digits(p + 5);
    out->month = sc_slice(p + 8, p + 11);
    out->year = two_digits(p + 12) * 100 + two_digits(p + 14);
    out->hour = two_digits(p + 17);
    out->minute = two_digits(p + 20);
    out->second = two_digits(p + 23);
    out->zone = sc_slice(p + 26, p + LENGTH);
    c->p = p + LENGTH;
    return true;
}
