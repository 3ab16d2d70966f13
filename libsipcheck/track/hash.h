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

/* Eight bytes at a time. */
static inline uint64_t sc_mix(uint64_t key, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    uint64_t word;
    for (; n >= sizeof word; p += sizeof word, n -= sizeof word) {
        memcpy(&word, p, sizeof word);
        key = sc_mix_word(key, word);
    }
    word = 0;
    memcpy(&word, p, n);
    return sc_mix_word(key, word);
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
    const uint8_t *p = text.p;
    size_t n = text.n;
    uint64_t word;
    key = sc_mix_word(key, n);
    for (; n >= sizeof word; p += sizeof word, n -= sizeof word) {
        memcpy(&word, p, sizeof word);
        key = sc_mix_word(key, sc_lower_word(word));
    }
    if (n == 0) return key;
    word = 0;
    memcpy(&word, p, n);
    return sc_mix_word(key, sc_lower_word(word));
}

/* Of one text; 0 stands for none. */
static inline uint64_t sc_hash_text(sipcheck_slice text)
{
    uint64_t hash = sc_mix_text(SC_HASH_SEED, text);
    return text.p == NULL ? 0 : hash != 0 ? hash : 1;
}

#endif
