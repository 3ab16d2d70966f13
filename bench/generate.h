/* SPDX-License-Identifier: MIT */
/* SIP messages as they come from many networks at once: no two alike, header order shuffled. A
 * bench of a few messages trains the branch predictor and flatters every parser. */
#ifndef BENCH_GENERATE_H
#define BENCH_GENERATE_H

#include <stddef.h>
#include <stdint.h>

#define BENCH_MESSAGE_MAX 4096

typedef struct bench_random {
    uint64_t state; /* never 0 */
} bench_random;

/* A number below bound, which is not 0. */
uint32_t bench_below(bench_random *random, uint32_t bound);

/* Write one message and return its length, less than BENCH_MESSAGE_MAX. The same random state gives
 * the same message. */
size_t bench_generate(bench_random *random, uint8_t bytes[BENCH_MESSAGE_MAX]);

#endif
