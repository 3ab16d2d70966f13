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
static inline uint32_t three(const void *text)
{
    const uint8_t *p = text;
    return ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16) | 0x202020;
}

static inline bool one_of(const uint8_t *p, const char *names)
{
    uint32_t wanted = three(p);
    for (; *names; names += 3)
        if (three(names) == wanted) return true;
    return false;
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

bool sc_plain_date(sc_cursor *c, sipcheck_date *out)
{
    const uint8_t *p = c->p;
    if (!has_shape(c, p) || !one_of(p, "montuewedthufrisatsun") || !one_of(p + 26, "gmt") ||
        !one_of(p + 8, "janfebmaraprmayjunjulaugsepoctnovdec"))
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
