/* SPDX-License-Identifier: MIT */
/* Whole calls: what a proxy's or gateway's port sees, each with names of its own. */
#ifndef BENCH_CALLS_H
#define BENCH_CALLS_H

#include <sipcheck/packet.h>
#include <stdbool.h>

#define BENCH_CALLS 150
#define BENCH_CALL_STEPS 7
#define BENCH_CALL_MESSAGES (BENCH_CALLS * BENCH_CALL_STEPS)
#define BENCH_CALL_BYTES 1024

typedef struct bench_calls {
    uint8_t bytes[BENCH_CALL_MESSAGES][BENCH_CALL_BYTES];
    sipcheck_packet packets[BENCH_CALL_MESSAGES];
} bench_calls;

/* Each round has other calls, later ones. */
void bench_calls_make(bench_calls *calls, unsigned round);

#endif
