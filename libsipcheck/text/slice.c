/* SPDX-License-Identifier: MIT */
#include "text/slice.h"
#include "text/cold.h"

#include <string.h>

bool sc_same(sipcheck_slice slice, const char *text)
{
    size_t n = strlen(text);
    return slice.p && slice.n == n && memcmp(slice.p, text, n) == 0;
}

/* n of eight bytes at most, of which the last four may be some of the first again. */
static uint64_t few_bytes(const uint8_t *p, size_t n)
{
    uint32_t first = 0, last = 0;
    if (n < sizeof first) {
        for (size_t i = 0; i < n; i++)
            first = first << 8 | p[i];
        return first;
    }
    memcpy(&first, p, sizeof first);
    memcpy(&last, p + n - sizeof last, sizeof last);
    return first | (uint64_t)last << 32;
}

static bool same_words(const uint8_t *p, const uint8_t *q)
{
    uint64_t a, b;
    memcpy(&a, p, sizeof a);
    memcpy(&b, q, sizeof b);
    return a == b || sc_lower_word(a) == sc_lower_word(b);
}

/* Eight bytes at a time; the last eight may be some of those before again. */
SC_HOT bool sc_equal_nocase(const void *p, const void *q, size_t n)
{
    const uint8_t *a = p, *b = q;
    if (n < 8) return sc_lower_word(few_bytes(a, n)) == sc_lower_word(few_bytes(b, n));
    for (size_t i = 0; i + 8 < n; i += 8)
        if (!same_words(a + i, b + i)) return false;
    return same_words(a + n - 8, b + n - 8);
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

SC_HOT uint32_t sc_number32(sipcheck_slice digits)
{
    uint64_t number;
    return sc_number(digits, &number) && number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}
