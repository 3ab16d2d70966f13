/* SPDX-License-Identifier: MIT */
/* Numbers as text, without printf. Each returns where the text ends; nothing is put behind it. */
#ifndef SC_TEXT_DIGITS_H
#define SC_TEXT_DIGITS_H

#include <stdint.h>
#include <string.h>

#define SC_DECIMAL_DIGITS 20 /* of 64 bits */

/* Decimal, no zeros in front. */
static inline char *sc_put_decimal(char *to, uint64_t number)
{
    char digits[SC_DECIMAL_DIGITS];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(to, digits + at, sizeof digits - at);
    return to + (sizeof digits - at);
}

/* The last so many decimal digits. */
static inline char *sc_put_digits(char *to, uint64_t number, size_t count)
{
    for (size_t at = count; at > 0; number /= 10)
        to[--at] = (char)('0' + number % 10);
    return to + count;
}

#endif
