/* SPDX-License-Identifier: MIT */
/* Eight bytes at a time. In a word whose bytes all are below 0x80 no addition here carries into the
 * next byte; where one is not, the word is refused by that byte, whatever the others became. */
#include "text/plain.h"
#include "text/cold.h"

#include <stdbool.h>
#include <string.h>

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGH EACH(0x80)

static inline uint64_t word_at(const uint8_t *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* The high bit of each byte that is not in 0x20 to 0x7E. */
static inline uint64_t unprintable(uint64_t word)
{
    uint64_t control = ~(word + EACH(0x60)), del = word + EACH(1);
    return (word | control | del) & HIGH;
}

/* The high bit of each byte that is this one. */
static inline uint64_t equal(uint64_t word, uint8_t byte)
{
    return ~((word ^ EACH(byte)) + EACH(0x7F)) & HIGH;
}

static inline bool is_printable(uint8_t byte)
{
    return byte >= 0x20 && byte <= 0x7E;
}

SC_HOT size_t sc_printable_length(const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (n - i >= sizeof(uint64_t) && unprintable(word_at(p + i)) == 0)
        i += sizeof(uint64_t);
    while (i < n && is_printable(p[i]))
        i++;
    return i;
}

static inline bool is_plain_word(uint64_t word)
{
    return (unprintable(word) | equal(word, '"') | equal(word, '\\')) == 0;
}

size_t sc_json_plain_length(const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (n - i >= sizeof(uint64_t) && is_plain_word(word_at(p + i)))
        i += sizeof(uint64_t);
    while (i < n && is_printable(p[i]) && p[i] != '"' && p[i] != '\\')
        i++;
    return i;
}
