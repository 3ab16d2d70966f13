/* SPDX-License-Identifier: MIT */
/* Slices: comparing and trimming bytes that somebody else owns. */
#ifndef SC_TEXT_SLICE_H
#define SC_TEXT_SLICE_H

#include <sipcheck/base.h>

#include <string.h>

#include "text/cold.h"

/* The bytes [p, end); never absent as long as p is not NULL. */
static inline sipcheck_slice sc_slice(const uint8_t *p, const uint8_t *end)
{
    return (sipcheck_slice){ p, (size_t)(end - p) };
}

/* ASCII only; other bytes are returned as they are. */
static inline uint8_t sc_lower(uint8_t byte)
{
    return (uint8_t)(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
}

/* Eight bytes with their ASCII letters in lower case. Of a byte below 0x80, a sum with 0x3f has the
 * upper bit from A on, one with 0x25 from behind Z on. */
static inline uint64_t sc_lower_word(uint64_t word)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t low = word & 0x7f * each;
    uint64_t letters = (low + 0x3f * each) & ~(low + 0x25 * each) & ~word & 0x80 * each;
    return word | letters >> 2;
}

static inline bool sc_is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static inline sipcheck_slice sc_slice_of(const char *text)
{
    return (sipcheck_slice){ (const uint8_t *)text, strlen(text) };
}

static inline bool sc_slices_same(sipcheck_slice a, sipcheck_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* n bytes at p and q are the same but for the case of ASCII letters. */
bool sc_equal_nocase(const void *p, const void *q, size_t n);

/* Most of those that are others differ in their first byte, by more than the bit of the case. */
static inline bool sc_slices_same_nocase(sipcheck_slice a, sipcheck_slice b)
{
    if (a.n != b.n) return false;
    return a.n == 0 || (((a.p[0] ^ b.p[0]) & 0xdf) == 0 && sc_equal_nocase(a.p, b.p, a.n));
}

/* The same bytes. */
bool sc_same(sipcheck_slice slice, const char *text);

/* The same bytes but for the case of ASCII letters. */
static inline bool sc_same_nocase(sipcheck_slice slice, const char *text)
{
    if (!slice.p || slice.n != strlen(text)) return false;
    return memcmp(slice.p, text, slice.n) == 0 || sc_equal_nocase(slice.p, text, slice.n);
}

/* Without the SP, HTAB, CR and LF at its ends. */
SC_COLD sipcheck_slice sc_trim_blanks(sipcheck_slice slice);
static inline sipcheck_slice sc_trim(sipcheck_slice slice)
{
    bool blanks = slice.n && (slice.p[0] <= ' ' || slice.p[slice.n - 1] <= ' ');
    return blanks ? sc_trim_blanks(slice) : slice;
}

/* Decimal digits as a number; false when they do not fit into 64 bits, *ret is UINT64_MAX then. */
bool sc_number(sipcheck_slice digits, uint64_t *ret);

/* 1 to 8 digits as a number; eight bytes can be read there. */
static inline uint32_t sc_short_number(const uint8_t *p, size_t n)
{
    const uint64_t ones = UINT64_C(0x00ff00ff00ff00ff), twos = UINT64_C(0x0000ffff0000ffff);
    uint64_t v;
    memcpy(&v, p, 8);
    v = v << (64 - n * 8) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    v = (v & ones) * 10 + (v >> 8 & ones);
    v = (v & twos) * 100 + (v >> 16 & twos);
    return (uint32_t)v * 10000 + (uint32_t)(v >> 32);
}

/* The same for 32 bits, UINT32_MAX when they do not fit. */
uint32_t sc_number32(sipcheck_slice digits);

#endif
