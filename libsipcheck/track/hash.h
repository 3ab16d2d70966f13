/* SPDX-License-Identifier: MIT */
/* 64 bits that stand for texts and numbers. Equal bits are taken for equal texts: a sender that
 * makes texts meet could as well send equal ones. */
#ifndef SC_TRACK_HASH_H
#define SC_TRACK_HASH_H

#include <string.h>

#include "text/slice.h"

#define SC_HASH_SEED UINT64_C(0xcbf29ce484222325)

static inline uint64_t sc_mix_word(uint64_t key, uint64_t word)
{
    key = (key ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return key ^ key >> 32;
}

static inline uint64_t sc_word_at(const uint8_t *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* Less than eight bytes; without a loop, whose end nobody foresees. */
static inline uint64_t sc_few_bytes(const uint8_t *p, size_t n)
{
    uint32_t first, last;
    if (n == 0) return 0;
    if (n < 4) return p[0] | (uint64_t)p[n / 2] << n / 2 * 8 | (uint64_t)p[n - 1] << (n - 1) * 8;
    memcpy(&first, p, sizeof first);
    memcpy(&last, p + n - sizeof last, sizeof last);
    return first | (uint64_t)last << (n - sizeof last) * 8;
}

/* What n bytes leave over behind words of eight. */
static inline uint64_t sc_rest_of(const uint8_t *p, size_t n)
{
    if (n < 8) return sc_few_bytes(p, n);
    return sc_word_at(p + n - 8) >> 8 >> (7 - n % 8) * 8;
}

/* Eight bytes at a time. */
static inline uint64_t sc_mix(uint64_t key, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i + 8 <= n; i += 8)
        key = sc_mix_word(key, sc_word_at(p + i));
    return sc_mix_word(key, sc_rest_of(p, n));
}

/* Of a whole message: four words at a time, as none of them waits for the one before. */
static inline uint64_t sc_mix_long(const void *bytes, size_t n)
{
    enum { LANES = 4, STEP = LANES * sizeof(uint64_t) };
    uint64_t lanes[LANES] = { n, 1, 2, 3 };
    const uint8_t *p = bytes;
    for (; n >= STEP; p += STEP, n -= STEP)
        for (size_t i = 0; i < LANES; i++)
            lanes[i] = sc_mix_word(lanes[i], sc_word_at(p + i * sizeof(uint64_t)));
    return sc_mix(sc_mix(SC_HASH_SEED, lanes, sizeof lanes), p, n);
}

/* With its length, so that two texts in a row can't be cut elsewhere. */
static inline uint64_t sc_mix_text(uint64_t key, sipcheck_slice text)
{
    key = sc_mix_word(key, text.n);
    return text.n > 0 ? sc_mix(key, text.p, text.n) : key;
}

/* The same whatever the case of ASCII letters. */
static inline uint64_t sc_mix_nocase(uint64_t key, sipcheck_slice text)
{
    key = sc_mix_word(key, text.n);
    for (size_t i = 0; i + 8 <= text.n; i += 8)
        key = sc_mix_word(key, sc_lower_word(sc_word_at(text.p + i)));
    if (text.n % 8 == 0) return key;
    return sc_mix_word(key, sc_lower_word(sc_rest_of(text.p, text.n)));
}

/* Of one text; 0 stands for none. */
static inline uint64_t sc_hash_text(sipcheck_slice text)
{
    uint64_t hash = sc_mix_text(SC_HASH_SEED, text);
    return text.p == NULL ? 0 : hash != 0 ? hash : 1;
}

#endif
