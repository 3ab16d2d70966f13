/* SPDX-License-Identifier: MIT */
/* Whole programs, measured: a capture of generated messages and the CPU time of a command on it. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include "generate.h"

#include <stdbool.h>
#include <stdio.h>

/* Write `count` generated messages as a pcap file of UDP datagrams. Returns the file's size, 0 on
 * failure. */
size_t bench_write_capture(const char *path, bench_random *random, size_t count);

/* What a run of a command took. */
typedef struct bench_cost {
    double ns; /* CPU time of user and system; < 0: the command could not be run */
    long kib;  /* most memory resident */
} bench_cost;

/* Run a command without its output; argv[0] is looked up in PATH. */
bench_cost bench_run(const char *const argv[]);

/* Instructions that callgrind counts in a run of the command; < 0: no valgrind, or it failed. */
double bench_instructions(const char *program, const char *argument);

#endif
