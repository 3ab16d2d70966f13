/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Four lanes, since one word a multiplication would wait for the one before. Each step can be
 * undone, so that two messages that differ in one word of a lane never agree in it. */
#include "digest.h"

#include <string.h>

#define FACTOR UINT64_C(0x9E3779B97F4A7C15)
#define OTHER_FACTOR UINT64_C(0xC2B2AE3D27D4EB4F)
enum { LANES = 4, WORD = sizeof(uint64_t) };

static uint64_t mix(uint64_t hash, uint64_t word, uint64_t factor)
{
    hash = (hash ^ word) * factor;
    return hash ^ hash >> 32;
}

static uint64_t word_at(const uint8_t *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* What is less than LANES words, zeros behind it: the length is in the lanes already. */
static void mix_rest(uint64_t lanes[LANES], const uint8_t *p, size_t n)
{
    uint8_t rest[LANES * WORD] = { 0 };
    if (n > 0) memcpy(rest, p, n);
    for (size_t i = 0; i < LANES; i++)
        lanes[i] = mix(lanes[i], word_at(rest + i * WORD), FACTOR);
}

capture_digest capture_digest_bytes(const uint8_t *p, size_t n)
{
    uint64_t lanes[LANES] = { n, ~(uint64_t)n, n ^ FACTOR, n ^ OTHER_FACTOR };
    for (; n >= sizeof lanes; p += sizeof lanes, n -= sizeof lanes)
        for (size_t i = 0; i < LANES; i++)
            lanes[i] = mix(lanes[i], word_at(p + i * WORD), FACTOR);
    mix_rest(lanes, p, n);
    capture_digest digest = { { FACTOR, OTHER_FACTOR } };
    for (size_t i = 0; i < LANES; i++) {
        digest.hash[0] = mix(digest.hash[0], lanes[i], FACTOR);
        digest.hash[1] = mix(digest.hash[1], lanes[i], OTHER_FACTOR);
    }
    return digest;
}

uint64_t capture_digest_address(uint64_t hash, const sipcheck_address_port *address)
{
    hash = mix(hash, (uint64_t)address->family << 16 | address->port, OTHER_FACTOR);
    hash = mix(hash, word_at(address->bytes), OTHER_FACTOR);
    return mix(hash, word_at(address->bytes + WORD), OTHER_FACTOR);
}

capture_digest capture_digest_from(const capture_digest *content, const sipcheck_address_port *src,
                                   const sipcheck_address_port *dst)
{
    capture_digest digest;
    for (size_t i = 0; i < 2; i++) {
        uint64_t hash = capture_digest_address(content->hash[i], src);
        digest.hash[i] = capture_digest_address(hash, dst);
    }
    return digest;
}
