/* SPDX-License-Identifier: MIT */
/* Where runs of the commonest character classes end, for a stretch of bytes at once: a bit a byte.
 * A token is then as long as the zeros in front of the next bit, and no loop over its bytes, whose
 * length no branch predictor knows, is needed. */
#ifndef SC_TEXT_CLASSMAP_H
#define SC_TEXT_CLASSMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "text/chars.h"

enum sc_map {
    SC_MAP_TOKEN,
    SC_MAP_HOST,
    SC_MAP_DIGIT,
    SC_MAP_USER,
    SC_MAP_QDTEXT,
    /* Of these, a bit is set where the byte is that one: */
    SC_MAP_DOT,
    SC_MAP_HYPHEN,
    SC_MAP_COUNT,
    SC_MAP_CLASSES = SC_MAP_DOT,
    SC_MAP_NONE = SC_MAP_COUNT,
};

/* Bytes that are mapped at a time. */
#define SC_MAP_BYTES 2048

/* bits[m]: bit i is set where base[i] is not of class m, or is the byte m. Bits from n on are
 * clear. What is not mapped is looked at byte by byte, with the same result. */
typedef struct sc_classmap {
    const uint8_t *base;
    size_t n;
    uint8_t bits[SC_MAP_COUNT][SC_MAP_BYTES / 8 + 8];
    size_t lf_count;
    uint16_t lf[SC_MAP_BYTES + 16]; /* where the line feeds are */
} sc_classmap;

/* The machine code that may be used at most: the widest of it that this processor has is taken. */
enum sc_simd { SC_SIMD_NONE, SC_SIMD_AVX2, SC_SIMD_AVX512, SC_SIMD_BEST = SC_SIMD_AVX512 };

/* Whether this processor has it. */
bool sc_simd_here(enum sc_simd simd);

/* Map the bytes at p, up to end, to SC_MAP_BYTES, or to the 64 that hold the empty line behind
 * headers (or a line of one character), whichever comes first. Without such machine code none: n is
 * 0 then. */
void sc_classmap_fill(sc_classmap *map, const uint8_t *p, const uint8_t *end, enum sc_simd simd);

/* The map of a set of classes; SC_MAP_NONE: there is none. A constant where classes is one. */
static inline enum sc_map sc_map_of(uint32_t classes)
{
    return classes == SC_TOKEN    ? SC_MAP_TOKEN
           : classes == SC_HOST   ? SC_MAP_HOST
           : classes == SC_DIGIT  ? SC_MAP_DIGIT
           : classes == SC_USER   ? SC_MAP_USER
           : classes == SC_QDTEXT ? SC_MAP_QDTEXT
                                  : SC_MAP_NONE;
}

/* A map of most of what is of these classes, and of nothing else, where they have none of their
 * own. */
static inline enum sc_map sc_map_within(uint32_t classes)
{
    return classes == SC_WORD || classes == SC_CTEXT       ? SC_MAP_TOKEN
           : classes == SC_PARAMCHAR || classes == SC_URIC ? SC_MAP_HOST
           : classes == SC_REASON                          ? SC_MAP_HOST
           : classes == SC_TEXT                            ? SC_MAP_QDTEXT
                                                           : sc_map_of(classes);
}

/* 57 to 64 bits of a map from byte `at` on, the lowest first. at < map->n */
static inline uint64_t sc_map_bits(const sc_classmap *map, enum sc_map which, size_t at)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &map->bits[which][at / 8], sizeof bits);
    return bits >> (at % 8);
}

/* Where what is of that class from p on ends. In front of the map's end something else follows, as
 * of a line that ends in CRLF. */
const uint8_t *sc_long_run(const sc_classmap *map, enum sc_map which, const uint8_t *p);
static inline const uint8_t *sc_run(const sc_classmap *map, enum sc_map which, const uint8_t *p)
{
    uint64_t bits = sc_map_bits(map, which, (size_t)(p - map->base));
    return __builtin_expect(bits != 0, 1) ? p + (unsigned)__builtin_ctzll(bits)
                                          : sc_long_run(map, which, p);
}

#endif
