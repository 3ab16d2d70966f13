/* SPDX-License-Identifier: MIT */
/* What the hash of header names is made of; the build (cmake/header_names.c) uses it as well. */
#ifndef SC_MESSAGE_HEADER_KEY_H
#define SC_MESSAGE_HEADER_KEY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The first and the last eight bytes of a name, the bit set in each that tells small letters from
 * capital ones. Of a shorter name both are all of it, with zeros behind. */
typedef struct sc_header_words {
    uint64_t first, last;
} sc_header_words;

#define SC_SMALL UINT64_C(0x2020202020202020)

/* Of n > 0 bytes, the length being no part of it. */
static inline uint64_t sc_header_key(sc_header_words words, size_t n)
{
    return words.first ^ (words.last << 21 | words.last >> 43) ^ n;
}

static inline sc_header_words sc_header_words_of(const void *name, size_t n)
{
    sc_header_words words = { 0, 0 };
    const unsigned char *p = name;
    size_t word = n < 8 ? n : 8;
    memcpy(&words.first, p, word);
    memcpy(&words.last, p + n - word, word);
    uint64_t mask = n < 8 ? ((uint64_t)1 << n * 8) - 1 : UINT64_MAX;
    words.first |= SC_SMALL & mask;
    words.last |= SC_SMALL & mask;
    return words;
}

/* The same where eight bytes can be read at its beginning: no branch follows its length. n > 0 */
static inline sc_header_words sc_header_words_at(const unsigned char *p, size_t n)
{
    sc_header_words words;
    size_t word = n < 8 ? n : 8;
    uint64_t mask = UINT64_MAX >> (64 - word * 8);
    memcpy(&words.first, p, 8);
    memcpy(&words.last, p + n - word, 8);
    words.first = (words.first | SC_SMALL) & mask;
    words.last = (words.last | SC_SMALL) & mask;
    return words;
}

#endif
