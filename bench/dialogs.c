/* SPDX-License-Identifier: MIT */
/* dialogs [COUNT]: calls that are answered and go on, a hundred a second, through all rules. What
 * is kept of each in the end, and how many messages a second of CPU time that was. */
#define _GNU_SOURCE /* clock_gettime */
#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <sipcheck/engine.h>

#define DEFAULT_COUNT 1000000
#define MEMORY_MAX ((size_t)16 << 30)
#define AFTER_NS (UINT64_C(600) * 1000000000) /* by then all transactions are over */

static void die(const char *what)
{
    fprintf(stderr, "dialogs: %s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static sipcheck_rules *load(void)
{
    sipcheck_error error;
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    if (rules == NULL || sipcheck_rules_add_builtin(rules, &error) != 0 ||
        sipcheck_rules_seal(rules, &error) != 0)
        die("no rules");
    return rules;
}

/* All but the BYE and its answer. */
static unsigned long feed(sipcheck *engine, bench_calls *calls, unsigned rounds)
{
    unsigned long messages = 0;
    for (unsigned round = 0; round < rounds; round++) {
        bench_calls_make(calls, round);
        for (unsigned i = 0; i < BENCH_CALL_MESSAGES; i++) {
            if (i % BENCH_CALL_STEPS >= BENCH_CALL_STEPS - 2) continue;
            if (sipcheck_feed(engine, &calls->packets[i]) != 0) die("a message was not judged");
            messages++;
        }
    }
    return messages;
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : DEFAULT_COUNT;
    unsigned rounds = (unsigned)((count + BENCH_CALLS - 1) / BENCH_CALLS);
    const sipcheck_options options = { .memory_max = MEMORY_MAX };
    sipcheck_rules *rules = load();
    bench_calls *calls = malloc(sizeof *calls);
    sipcheck *engine = sipcheck_new(rules, &options);
    if (rounds == 0) die("COUNT is a number from 1 on");
    if (engine == NULL || calls == NULL) die("out of memory");
    double start = now();
    unsigned long messages = feed(engine, calls, rounds);
    double took = now() - start;
    if (sipcheck_advance(engine, calls->packets[BENCH_CALL_MESSAGES - 1].ns + AFTER_NS) != 0)
        die("out of memory");
    const sipcheck_sequence_counts s = sipcheck_sequences(engine);
    if (s.evicted > 0) die("some had to be forgotten");
    printf("%lu open dialogs, %.0f bytes each; %lu messages, %.0f a second\n",
           (unsigned long)s.dialogs, (double)s.memory / (double)s.dialogs, messages,
           (double)messages / took);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
    free(calls);
    return 0;
}
