/* SPDX-License-Identifier: MIT */
/* Numbers as text, without printf. Each returns where the text ends; nothing is put behind it. */
#ifndef SC_TEXT_DIGITS_H
#define SC_TEXT_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#define SC_DECIMAL_DIGITS 20 /* of 64 bits */

/* The last so many decimal digits. */
static inline char *sc_put_digits(char *to, uint64_t number, size_t count)
{
    for (size_t at = count; at > 0; number /= 10)
        to[--at] = (char)('0' + number % 10);
    return to + count;
}

/* Decimal, no zeros in front. */
static inline char *sc_put_decimal(char *to, uint64_t number)
{
    size_t count = 1;
    for (uint64_t limit = 10; number >= limit && count < SC_DECIMAL_DIGITS; limit *= 10)
        count++;
    return sc_put_digits(to, number, count);
}

#endif
