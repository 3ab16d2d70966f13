/* SPDX-License-Identifier: MIT */
/* 16 bytes compared at once: a bit a byte, the first one's the lowest. */
#ifndef SC_TEXT_SIXTEEN_H
#define SC_TEXT_SIXTEEN_H

#include <stdint.h>

#if defined(__x86_64__)
#include <emmintrin.h>

/* Those that are `byte`. */
static inline uint64_t sc_equal16(const uint8_t *p, char byte)
{
    __m128i v = _mm_loadu_si128((const __m128i *)p);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(byte)));
}

/* Those of ASCII that are greater. */
static inline uint64_t sc_above16(const uint8_t *p, char byte)
{
    __m128i v = _mm_loadu_si128((const __m128i *)p);
    return (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(v, _mm_set1_epi8(byte)));
}
#else
static inline uint64_t sc_equal16(const uint8_t *p, char byte)
{
    uint64_t bits = 0;
    for (int i = 0; i < 16; i++)
        bits |= (uint64_t)(p[i] == (uint8_t)byte) << i;
    return bits;
}

static inline uint64_t sc_above16(const uint8_t *p, char byte)
{
    uint64_t bits = 0;
    for (int i = 0; i < 16; i++)
        bits |= (uint64_t)(p[i] > (uint8_t)byte && p[i] < 0x80) << i;
    return bits;
}
#endif

#endif
