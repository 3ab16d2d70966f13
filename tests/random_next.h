/* SPDX-License-Identifier: MIT */
/* Random numbers of a fixed seed, which is not 0: a failure is repeatable. */
#ifndef TESTS_RANDOM_NEXT_H
#define TESTS_RANDOM_NEXT_H

#include <stdint.h>

/* xorshift64*: 0 up to below - 1 */
static inline uint32_t random_next(uint64_t *state, uint32_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * UINT64_C(2685821657736338717)) >> 33) % below;
}

#endif
