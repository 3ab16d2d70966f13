/* SPDX-License-Identifier: MIT */
/* Comparing bytes as ASCII, whatever the locale says. */
#ifndef SC_TEXT_SAME_H
#define SC_TEXT_SAME_H

#include <sipcheck/base.h>
#include <string.h>

static inline uint8_t sc_ascii_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static inline bool sc_slices_same(sipcheck_slice a, sipcheck_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool sc_slices_same_nocase(sipcheck_slice a, sipcheck_slice b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (a.p[i] != b.p[i] && sc_ascii_lower(a.p[i]) != sc_ascii_lower(b.p[i])) return false;
    return true;
}

static inline sipcheck_slice sc_slice_of(const char *text)
{
    return (sipcheck_slice){ (const uint8_t *)text, strlen(text) };
}

#endif
