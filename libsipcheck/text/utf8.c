/* SPDX-License-Identifier: MIT */
#include "text/utf8.h"

#include <stdbool.h>

/* The second byte's range keeps out overlong forms, surrogates and what lies above U+10FFFF. */
static size_t shape_of(uint8_t first, uint8_t *low, uint8_t *high)
{
    *low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    *high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

size_t sc_utf8_length(const uint8_t *p, size_t left)
{
    uint8_t low, high;
    size_t length = left > 0 ? shape_of(*p, &low, &high) : 0;
    if (length > left) return 0;
    for (size_t i = 1; i < length; i++) {
        bool fits = i == 1 ? p[i] >= low && p[i] <= high : (p[i] & 0xC0) == 0x80;
        if (!fits) return 0;
    }
    return length;
}
