/* SPDX-License-Identifier: MIT */
#include "text/slice.h"

#include <string.h>

bool sc_same(sipcheck_slice slice, const char *text)
{
    size_t n = strlen(text);
    return slice.p && slice.n == n && memcmp(slice.p, text, n) == 0;
}

bool sc_equal_nocase(const uint8_t *p, const char *q, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sc_lower(p[i]) != sc_lower((uint8_t)q[i])) return false;
    return true;
}

sipcheck_slice sc_trim_blanks(sipcheck_slice slice)
{
    while (slice.n && sc_is_blank(slice.p[0])) {
        slice.p++;
        slice.n--;
    }
    while (slice.n && sc_is_blank(slice.p[slice.n - 1]))
        slice.n--;
    return slice;
}

bool sc_number(sipcheck_slice digits, uint64_t *ret)
{
    uint64_t number = 0;
    size_t safe = digits.n < 19 ? digits.n : 19; /* 19 digits always fit */
    for (size_t i = 0; i < safe; i++)
        number = number * 10 + (digits.p[i] - (unsigned)'0');
    for (size_t i = safe; i < digits.n; i++) {
        unsigned digit = digits.p[i] - (unsigned)'0';
        if (number > (UINT64_MAX - digit) / 10) {
            *ret = UINT64_MAX;
            return false;
        }
        number = number * 10 + digit;
    }
    *ret = number;
    return true;
}

uint32_t sc_number32(sipcheck_slice digits)
{
    uint64_t number;
    return sc_number(digits, &number) && number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}
