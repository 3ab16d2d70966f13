/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inflate.h"

#include <sipcheck/message.h>

#include <stdlib.h>
#include <string.h>

#define WINDOW 32768 /* how far back what is repeated may lie */
#define WORD_BITS 15
#define LITERALS 288
#define DISTANCES 30
#define END_OF_BLOCK 256

/* Bits of bytes, the lowest first. */
typedef struct bits {
    const uint8_t *p, *end;
    uint32_t hold;
    unsigned count;
    bool short_of; /* more were wanted than there are */
} bits;

/* A prefix code: how many words of each length there are, and their symbols in order. */
typedef struct prefix_code {
    uint16_t counts[WORD_BITS + 1], symbols[LITERALS];
} prefix_code;

typedef struct block_codes {
    prefix_code literals, distances;
} block_codes;

typedef struct inflation {
    capture_decoder *decoder;
    capture_inflated *to;
    bits in;
} inflation;

static unsigned take_bits(bits *b, unsigned wanted)
{
    while (b->count < wanted) {
        if (b->p == b->end) {
            b->short_of = true;
            return 0;
        }
        b->hold |= (uint32_t)*b->p++ << b->count;
        b->count += 8;
    }
    unsigned value = b->hold & ((1u << wanted) - 1);
    b->hold >>= wanted;
    b->count -= wanted;
    return value;
}

/* §3.2.2: words of one length count up in the order of their symbols, and begin behind those of the
 * length before. False: there are more than fit. */
static bool make_code(prefix_code *code, const uint8_t *lengths, unsigned n)
{
    uint16_t at[WORD_BITS + 2] = { 0 };
    int room = 1;
    *code = (prefix_code){ 0 };
    for (unsigned i = 0; i < n; i++)
        if (lengths[i]) code->counts[lengths[i]]++;
    for (unsigned length = 1; length <= WORD_BITS; length++) {
        room = room * 2 - code->counts[length];
        if (room < 0) return false;
        at[length + 1] = (uint16_t)(at[length] + code->counts[length]);
    }
    for (unsigned i = 0; i < n; i++)
        if (lengths[i]) code->symbols[at[lengths[i]]++] = (uint16_t)i;
    return true;
}

/* -1: no word of the code. */
static int take_symbol(bits *b, const prefix_code *code)
{
    int word = 0, first = 0, before = 0;
    for (unsigned length = 1; length <= WORD_BITS; length++) {
        word = word * 2 + (int)take_bits(b, 1);
        if (b->short_of) return -1;
        first *= 2;
        int count = code->counts[length];
        if (word - first < count) return code->symbols[before + word - first];
        before += count;
        first += count;
    }
    return -1;
}

static bool reserve(inflation *i, size_t n)
{
    if (i->to->n - i->to->past + n > SIPCHECK_MESSAGE_MAX) return false;
    size_t before = i->to->allocated;
    bool fine = capture_grow(i->decoder, &i->to->bytes, &i->to->allocated, i->to->n + n);
    i->decoder->kept_bytes += i->to->allocated - before;
    return fine;
}

/* §3.2.4 */
static bool stored(inflation *i)
{
    i->in.hold = 0;
    i->in.count = 0; /* the rest of a byte: whole ones are never taken in advance */
    if (i->in.end - i->in.p < 4) return false;
    size_t n = (size_t)(i->in.p[0] | i->in.p[1] << 8);
    if ((n ^ (size_t)(i->in.p[2] | i->in.p[3] << 8)) != 0xFFFF) return false;
    i->in.p += 4;
    if ((size_t)(i->in.end - i->in.p) < n || !reserve(i, n)) return false;
    if (n) memcpy(i->to->bytes + i->to->n, i->in.p, n);
    i->in.p += n;
    i->to->n += n;
    return true;
}

/* §3.2.5: symbols from 257 on, and those of distances, stand for ranges. */
static bool repeat(inflation *i, unsigned symbol, const prefix_code *distances)
{
    static const uint16_t length_base[] = { 3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                            15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                            67, 83, 99, 115, 131, 163, 195, 227, 258 };
    static const uint8_t length_bits[] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                           2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0 };
    if (symbol >= sizeof length_bits) return false;
    size_t length = length_base[symbol] + take_bits(&i->in, length_bits[symbol]);
    int code = take_symbol(&i->in, distances);
    if (code < 0 || code >= DISTANCES) return false;
    unsigned extra = code < 4 ? 0 : (unsigned)code / 2 - 1;
    size_t distance = code < 4 ? (size_t)code + 1 : ((size_t)(2 + code % 2) << extra) + 1;
    distance += take_bits(&i->in, extra);
    if (i->in.short_of || distance > i->to->n || !reserve(i, length)) return false;
    for (uint8_t *to = i->to->bytes + i->to->n; length; length--, to++, i->to->n++)
        *to = to[-(ptrdiff_t)distance];
    return true;
}

static bool coded(inflation *i, const block_codes *codes)
{
    for (;;) {
        int symbol = take_symbol(&i->in, &codes->literals);
        if (symbol < 0) return false;
        if (symbol == END_OF_BLOCK) return true;
        if (symbol > END_OF_BLOCK) {
            if (!repeat(i, (unsigned)symbol - END_OF_BLOCK - 1, &codes->distances)) return false;
        } else {
            if (!reserve(i, 1)) return false;
            i->to->bytes[i->to->n++] = (uint8_t)symbol;
        }
    }
}

/* §3.2.6 */
static bool fixed(inflation *i)
{
    uint8_t lengths[LITERALS];
    block_codes codes;
    memset(lengths, 8, LITERALS);
    memset(lengths + 144, 9, 256 - 144);
    memset(lengths + 256, 7, 280 - 256);
    make_code(&codes.literals, lengths, LITERALS);
    memset(lengths, 5, DISTANCES);
    make_code(&codes.distances, lengths, DISTANCES);
    return coded(i, &codes);
}

/* §3.2.7: lengths 0 to 15; 16 repeats the one before, 17 and 18 zeros. */
static bool take_lengths(bits *b, const prefix_code *code, uint8_t *lengths, unsigned n)
{
    for (unsigned at = 0; at < n;) {
        int symbol = take_symbol(b, code);
        if (symbol < 0 || (symbol == 16 && !at)) return false;
        uint8_t value = symbol < 16 ? (uint8_t)symbol : symbol == 16 ? lengths[at - 1] : 0;
        unsigned times = symbol < 16    ? 1
                         : symbol == 16 ? 3 + take_bits(b, 2)
                         : symbol == 17 ? 3 + take_bits(b, 3)
                                        : 11 + take_bits(b, 7);
        if (times > n - at) return false;
        memset(lengths + at, value, times);
        at += times;
    }
    return !b->short_of;
}

static bool dynamic(inflation *i)
{
    static const uint8_t order[] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                     11, 4,  12, 3, 13, 2, 14, 1, 15 };
    uint8_t lengths[LITERALS + 32] = { 0 };
    prefix_code code;
    block_codes codes;
    unsigned literals = 257 + take_bits(&i->in, 5), distances = 1 + take_bits(&i->in, 5);
    unsigned n = 4 + take_bits(&i->in, 4);
    if (literals > 286 || distances > DISTANCES) return false;
    for (unsigned k = 0; k < n; k++)
        lengths[order[k]] = (uint8_t)take_bits(&i->in, 3);
    if (i->in.short_of || !make_code(&code, lengths, sizeof order)) return false;
    memset(lengths, 0, sizeof lengths);
    if (!take_lengths(&i->in, &code, lengths, literals + distances)) return false;
    return make_code(&codes.literals, lengths, literals) &&
           make_code(&codes.distances, lengths + literals, distances) && coded(i, &codes);
}

bool capture_inflate(capture_decoder *decoder, sipcheck_slice in, capture_inflated *to)
{
    inflation i = { decoder, to, { .p = in.p, .end = in.p + in.n } };
    bool last = false, fine = true;
    while (fine && !last && i.in.p < i.in.end) {
        last = take_bits(&i.in, 1);
        unsigned kind = take_bits(&i.in, 2);
        fine = !i.in.short_of && (kind == 0   ? stored(&i)
                                  : kind == 1 ? fixed(&i)
                                  : kind == 2 ? dynamic(&i)
                                              : false);
    }
    return fine;
}

/* How long the header of gzip is; 0: it is none, or not whole. */
static size_t gzip_header(sipcheck_slice in)
{
    if (in.n < 10 || in.p[0] != 0x1F || in.p[1] != 0x8B || in.p[2] != 8) return 0;
    size_t at = 10;
    if (in.p[3] & 4) at += in.n < 12 ? 2 : 2 + (size_t)(in.p[10] | in.p[11] << 8);
    for (unsigned text = 8; text <= 16; text *= 2) { /* a name, a comment */
        const uint8_t *end = at < in.n && in.p[3] & text ? memchr(in.p + at, 0, in.n - at) : NULL;
        if (end) at = (size_t)(end - in.p) + 1;
    }
    if (in.p[3] & 2) at += 2;
    return at < in.n ? at : 0;
}

bool capture_unzip(capture_decoder *decoder, sipcheck_slice in, capture_inflated *to)
{
    size_t header = gzip_header(in);
    bool zlib = in.n >= 2 && (in.p[0] & 15) == 8 && (in.p[0] << 8 | in.p[1]) % 31 == 0;
    if (!header && zlib) header = 2;
    return capture_inflate(decoder, (sipcheck_slice){ in.p + header, in.n - header }, to);
}

void capture_inflated_keep(capture_inflated *of)
{
    if (of->n > WINDOW) {
        memmove(of->bytes, of->bytes + of->n - WINDOW, WINDOW);
        of->n = WINDOW;
    }
    of->past = of->n;
}

void capture_inflated_free(capture_decoder *decoder, capture_inflated *of)
{
    decoder->kept_bytes -= of->allocated;
    free(of->bytes);
    *of = (capture_inflated){ 0 };
}
