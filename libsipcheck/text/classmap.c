/* SPDX-License-Identifier: MIT */
#include "text/classmap.h"
#include "text/cold.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define ALWAYS __attribute__((always_inline))
#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define AVX512 __attribute__((target("avx512bw,avx512vl,avx512vbmi2,bmi,bmi2,popcnt,lzcnt")))

/* Map 64 bytes, of which the first is base[at]; returns where line feeds are. */
typedef uint64_t classify_fn(const uint8_t bytes[64], sc_classmap *map, size_t at);

/* Note the line feeds of 64 bytes; returns where the next is noted. */
typedef uint16_t *note_fn(uint16_t *to, size_t at, uint64_t lf);

/* clang-format off */
/* A row a map: for each low half of a byte, a bit for each high half (0 to 7) with which it is of the
 * class. What has its highest bit set is of none. */
static const uint8_t halves[SC_MAP_CLASSES][16] = {
    [SC_MAP_TOKEN] = { 0xe8, 0xfc, 0xf8, 0xf8, 0xf8, 0xfc, 0xf8, 0xfc, 0xf8, 0xf8, 0xf4, 0x54, 0x50, 0x54, 0xd4, 0x70 },
    [SC_MAP_HOST] = { 0xa8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf0, 0x50, 0x50, 0x54, 0x54, 0x50 },
    [SC_MAP_DIGIT] = { 0x08, 0x08, 0x08, 0x08, 0x08, 0x08, 0x08, 0x08, 0x08, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 },
    [SC_MAP_USER] = { 0xa8, 0xfc, 0xf8, 0xf8, 0xfc, 0xf8, 0xfc, 0xfc, 0xfc, 0xfc, 0xf4, 0x5c, 0x54, 0x5c, 0xd4, 0x7c },
    [SC_MAP_QDTEXT] = { 0xf8, 0xfc, 0xf8, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xdc, 0xfc, 0xfc, 0x7c },
};
/* clang-format on */

/* The bit of each high half. */
static const uint8_t high_bits[16] = { 1, 2, 4, 8, 16, 32, 64, 128 };

static inline AVX2 __m256i twice(const uint8_t table[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

static inline AVX2 void put32(uint8_t *to, uint32_t mask)
{
    memcpy(to, &mask, sizeof mask);
}

static inline AVX2 uint32_t mask_of(__m256i v)
{
    return (uint32_t)_mm256_movemask_epi8(v);
}

static inline AVX2 uint32_t equal_mask(__m256i v, char byte)
{
    return mask_of(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(byte)));
}

static inline AVX2 uint32_t outside_mask(const uint8_t table[16], __m256i low, __m256i high)
{
    __m256i in = _mm256_and_si256(_mm256_shuffle_epi8(twice(table), low), high);
    return mask_of(_mm256_cmpeq_epi8(in, _mm256_setzero_si256()));
}

/* One half after the other: the tables of all classes have room in 16 registers beside one vector
 * and what is made of it, but not beside two. */
static inline AVX2 uint64_t classify_avx2(const uint8_t bytes[64], sc_classmap *map, size_t at)
{
    const __m256i nibble = _mm256_set1_epi8(0x0f), bits = twice(high_bits);
    uint64_t lf = 0;
    for (size_t half = 0; half < 64; half += 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(bytes + half));
        __m256i low = _mm256_and_si256(v, nibble);
        __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);
        high = _mm256_shuffle_epi8(bits, high);
        for (unsigned m = 0; m < SC_MAP_CLASSES; m++)
            put32(&map->bits[m][(at + half) / 8], outside_mask(halves[m], low, high));
        put32(&map->bits[SC_MAP_DOT][(at + half) / 8], equal_mask(v, '.'));
        put32(&map->bits[SC_MAP_HYPHEN][(at + half) / 8], equal_mask(v, '-'));
        lf |= (uint64_t)equal_mask(v, '\n') << half;
    }
    return lf;
}

/* 64 of none. */
static inline AVX2 size_t trailing_zeros(uint64_t bits)
{
    return (size_t)_tzcnt_u64(bits);
}

/* Mostly there are few, and to write three without asking costs less than to ask. */
static inline AVX2 uint16_t *note_avx2(uint16_t *to, size_t at, uint64_t lf)
{
    uint16_t *behind = to + __builtin_popcountll(lf);
    do
        for (int i = 0; i < 3; i++, lf &= lf - 1)
            *to++ = (uint16_t)(at + trailing_zeros(lf));
    while (lf);
    return behind;
}

static inline AVX512 __m512i four_times(const uint8_t table[16])
{
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)table));
}

static inline AVX512 void put64(uint8_t *to, uint64_t mask)
{
    memcpy(to, &mask, sizeof mask);
}

static inline AVX512 uint64_t classify_avx512(const uint8_t bytes[64], sc_classmap *map, size_t at)
{
    const __m512i nibble = _mm512_set1_epi8(0x0f);
    __m512i v = _mm512_loadu_si512(bytes);
    __m512i low = _mm512_and_si512(v, nibble);
    __m512i high = _mm512_and_si512(_mm512_srli_epi16(v, 4), nibble);
    high = _mm512_shuffle_epi8(four_times(high_bits), high);
    for (unsigned m = 0; m < SC_MAP_CLASSES; m++) {
        __m512i in = _mm512_shuffle_epi8(four_times(halves[m]), low);
        put64(&map->bits[m][at / 8], _mm512_testn_epi8_mask(in, high));
    }
    put64(&map->bits[SC_MAP_DOT][at / 8], _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('.')));
    put64(&map->bits[SC_MAP_HYPHEN][at / 8], _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('-')));
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n'));
}

/* Mostly 16 are far more than there are. */
static inline AVX512 uint16_t *note_avx512(uint16_t *to, size_t at, uint64_t lf)
{
    const __m512i places = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
        40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
        17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    uint16_t *behind = to + __builtin_popcountll(lf);
    __m128i of_lf = _mm512_castsi512_si128(_mm512_maskz_compress_epi8(lf, places));
    __m256i first = _mm256_add_epi16(_mm256_cvtepu8_epi16(of_lf), _mm256_set1_epi16((short)at));
    _mm256_storeu_si256((__m256i *)to, first);
    return behind - to <= 16 ? behind : note_avx2(to, at, lf);
}

/* An empty line ends in this block: LF behind LF, or with one byte between, which is CR mostly.
 * before: the line ends of the block in front, for those that go over its end. */
static inline ALWAYS bool has_empty_line(uint64_t lf, uint64_t *before)
{
    uint64_t lf1 = lf << 1 | *before >> 63, lf2 = lf << 2 | *before >> 62;
    *before = lf;
    return (lf & (lf1 | lf2)) != 0;
}

/* The last bytes, of which there are less than a block: they are mapped as the end of one, and the
 * bits of what is in front of them are shifted out. Returns where line feeds are. */
static inline ALWAYS uint64_t fill_rest(sc_classmap *map, size_t at, size_t rest,
                                        classify_fn *classify)
{
    uint8_t bytes[64] = { 0 };
    size_t before = 64 - rest;
    const uint8_t *block = at ? map->base + at - before : bytes;
    if (at == 0) memcpy(bytes + before, map->base, rest);
    uint64_t lf = classify(block, map, at) >> before;
    for (unsigned m = 0; m < SC_MAP_COUNT; m++) {
        uint64_t bits;
        memcpy(&bits, &map->bits[m][at / 8], sizeof bits);
        bits >>= before;
        memcpy(&map->bits[m][at / 8], &bits, sizeof bits);
    }
    return lf;
}

/* One copy of it for each kind of machine code, with its functions in it. */
static inline ALWAYS void fill(sc_classmap *map, const uint8_t *p, size_t n, classify_fn *classify,
                               note_fn *note)
{
    size_t at = 0;
    uint64_t before = 0;
    uint16_t *to = map->lf;
    bool done = false;
    for (; n - at >= 64 && !done; at += 64) {
        uint64_t lf = classify(p + at, map, at);
        to = note(to, at, lf);
        done = has_empty_line(lf, &before);
    }
    map->n = done ? at : n;
    if (map->n > at) {
        to = note(to, at, fill_rest(map, at, n - at, classify));
        at += 64;
    }
    map->lf_count = (size_t)(to - map->lf);
    for (unsigned m = 0; m < SC_MAP_COUNT; m++)
        memset(&map->bits[m][at / 8], 0, 8);
}

static SC_HOT AVX2 void fill_avx2(sc_classmap *map, const uint8_t *p, size_t n)
{
    fill(map, p, n, classify_avx2, note_avx2);
}

static SC_HOT AVX512 void fill_avx512(sc_classmap *map, const uint8_t *p, size_t n)
{
    fill(map, p, n, classify_avx512, note_avx512);
}
#endif

const uint8_t *sc_long_run(const sc_classmap *map, enum sc_map which, const uint8_t *p)
{
    const uint8_t *last = map->base + map->n;
    uint64_t bits = 0;
    for (; p < last && !bits; p += bits ? __builtin_ctzll(bits) : 56)
        bits = sc_map_bits(map, which, (size_t)(p - map->base));
    return bits ? p : last;
}

bool sc_simd_here(enum sc_simd simd)
{
#if defined(__x86_64__)
    if (simd == SC_SIMD_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    if (simd == SC_SIMD_AVX512)
        return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2") &&
               __builtin_cpu_supports("bmi2");
#endif
    return simd == SC_SIMD_NONE;
}

SC_HOT void sc_classmap_fill(sc_classmap *map, const uint8_t *p, const uint8_t *end,
                             enum sc_simd simd)
{
    map->base = p;
    map->n = map->lf_count = 0;
#if defined(__x86_64__)
    size_t n = (size_t)(end - p) < SC_MAP_BYTES ? (size_t)(end - p) : SC_MAP_BYTES;
    if (simd >= SC_SIMD_AVX512 && sc_simd_here(SC_SIMD_AVX512))
        fill_avx512(map, p, n);
    else if (simd >= SC_SIMD_AVX2 && sc_simd_here(SC_SIMD_AVX2))
        fill_avx2(map, p, n);
#else
    (void)p, (void)end, (void)simd;
#endif
}
