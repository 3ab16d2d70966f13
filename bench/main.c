/* SPDX-License-Identifier: MIT */
/* bench [--format ndjson]: how fast sipcheck is, beside others, in one run. Figures are printed,
 * never asserted: every rate depends on the machine, and the ratios less. */
#define _GNU_SOURCE /* clock_gettime */
#include "generate.h"
#include "peers.h"
#include "process.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sipcheck/engine.h>

#define MESSAGES 3000
#define ROUNDS 21
#define WARM_UP 40
#define AUDIT_ROUNDS_MAX 15
#define SEED UINT64_C(0x9e3779b97f4a7c15)

typedef struct corpus {
    uint8_t *bytes;
    size_t offset[MESSAGES + 1];
} corpus;

static bool ndjson;

static void show(const char *bench, double ns, const char *peer, double peer_ns)
{
    const char *format =
        ndjson ? "{\"bench\":\"%s\",\"ns\":%.1f,\"peer\":\"%s\",\"peer_ns\":%.1f,\"ratio\":%.2f}\n"
               : "%-11s %10.1f ns a message   %-10s %10.1f ns   ratio %.2f\n";
    printf(format, bench, ns, peer, peer_ns, peer_ns / ns);
    fflush(stdout);
}

static void die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static corpus generate(void)
{
    corpus all = { .bytes = malloc((size_t)MESSAGES * BENCH_MESSAGE_MAX) };
    bench_random random = { SEED };
    if (!all.bytes) die("out of memory");
    for (size_t i = 0; i < MESSAGES; i++)
        all.offset[i + 1] = all.offset[i] + bench_generate(&random, all.bytes + all.offset[i]);
    return all;
}

static bool ours_parse(void *state, const uint8_t *bytes, size_t length)
{
    const sipcheck_message *message;
    sipcheck_arena_reset(state);
    return sipcheck_parse(state, bytes, length, 0, &message) == 0 && message->fault_count == 0;
}

static bool ours_judge(void *state, const uint8_t *bytes, size_t length)
{
    const sipcheck_packet packet = { .bytes = bytes,
                                     .length = length,
                                     .transport = SIPCHECK_TRANSPORT_UDP };
    return sipcheck_feed(state, &packet) == 0;
}

typedef struct runner {
    const char *name;
    bench_parser parse;
    void *state;
    double ns[ROUNDS];
} runner;

static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static size_t pass(const runner *r, const corpus *all)
{
    size_t refused = 0;
    for (size_t i = 0; i < MESSAGES; i++)
        refused +=
            !r->parse(r->state, all->bytes + all->offset[i], all->offset[i + 1] - all->offset[i]);
    return refused;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

/* Rounds are interleaved, so that a machine that slows down does so for all. Those before them are
 * for what an engine learns of messages that it meets often. */
static void race(runner *runners, size_t count, const corpus *all)
{
    for (size_t round = 0; round < WARM_UP; round++)
        for (size_t i = 0; i < count; i++)
            pass(&runners[i], all);
    for (size_t i = 0; i < count; i++) {
        size_t refused = pass(&runners[i], all);
        if (refused)
            fprintf(stderr, "bench: %s refused %zu of %d messages\n", runners[i].name, refused,
                    MESSAGES);
    }
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < count; i++) {
            double start = cpu_ns();
            pass(&runners[i], all);
            runners[i].ns[round] = (cpu_ns() - start) / MESSAGES;
        }
}

/* The messages have nothing to do with each other: nothing is tracked. */
static sipcheck *new_engine(sipcheck_rules *rules)
{
    static const sipcheck_options options = { .messages_only = true };
    sipcheck_error error = { 0 };
    if (!rules || sipcheck_rules_add_builtin(rules, &error) || sipcheck_rules_seal(rules, &error))
        die(error.message[0] ? error.message : "the rules could not be loaded");
    return sipcheck_new(rules, &options);
}

static void bench_parsers(const corpus *all)
{
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    sipcheck *engine = new_engine(rules);
    if (!arena || !engine) die("out of memory");
    static runner runners[] = { { .name = "parse", .parse = ours_parse },
                                { .name = "rules", .parse = ours_judge },
                                { .name = "sofia-sip", .parse = peer_sofia },
                                { .name = "osip2", .parse = peer_osip } };
    runners[0].state = arena;
    runners[1].state = engine;
    race(runners, 4, all);
    double ns[4];
    for (size_t i = 0; i < 4; i++)
        ns[i] = median(runners[i].ns, ROUNDS);
    for (size_t ours = 0; ours < 2; ours++)
        for (size_t peer = 2; peer < 4; peer++)
            show(runners[ours].name, ns[ours], runners[peer].name, ns[peer]);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
    sipcheck_arena_free(arena);
}

typedef struct audited {
    const char *name;
    unsigned messages, rounds;
} audited;

/* Begin and end are part of it: in a small capture most of it. */
static bool race_audits(const audited *what, const char *command, const char *path,
                        bench_cost *cost, bench_cost *peer_cost)
{
    const char *const ours[] = { command, "audit", "--format", "ndjson", path, NULL };
    const char *const theirs[] = { "tshark", "-q", "-z", "sip,stat", "-r", path, NULL };
    double ns[AUDIT_ROUNDS_MAX], peer_ns[AUDIT_ROUNDS_MAX];
    for (size_t i = 0; i < what->rounds; i++) {
        *cost = bench_run(ours);
        *peer_cost = bench_run(theirs);
        ns[i] = cost->ns / what->messages;
        peer_ns[i] = peer_cost->ns / what->messages;
        if (!(ns[i] > 0 && peer_ns[i] > 0)) return false;
    }
    show(what->name, median(ns, what->rounds), "tshark", median(peer_ns, what->rounds));
    return true;
}

static void bench_audit(const audited *what, const char *command)
{
    char path[] = "/tmp/sipcheck-bench-XXXXXX";
    bench_random random = { SEED };
    bench_cost cost = { 0 }, peer_cost = { 0 };
    int file = mkstemp(path);
    if (file < 0) die("no temporary file");
    close(file);
    bool ran = bench_write_capture(path, &random, what->messages) > 0 &&
               race_audits(what, command, path, &cost, &peer_cost);
    unlink(path);
    if (!ran) {
        fprintf(stderr, "bench: audit skipped: %s or tshark could not be run\n", command);
        return;
    }
    printf(ndjson ? "{\"bench\":\"%s-memory\",\"kib\":%ld,\"peer\":\"tshark\",\"peer_kib\":%ld}\n"
                  : "%-11s %7ld KiB at most      tshark     %10ld KiB\n",
           what->name, cost.kib, peer_cost.kib);
}

static void parse_only(const corpus *all, long rounds)
{
    runner ours = { .name = "parse", .parse = ours_parse, .state = sipcheck_arena_new(NULL) };
    for (long i = 0; ours.state && i < rounds; i++)
        pass(&ours, all);
    sipcheck_arena_free(ours.state);
}

/* What a second round costs more than one: start and generator cancel out. */
static void bench_instructions_a_byte(const char *self, size_t bytes)
{
    double one = bench_instructions(self, "1"), two = bench_instructions(self, "2");
    if (one < 0 || two < 0) {
        fprintf(stderr, "bench: instructions skipped: valgrind could not be run\n");
        return;
    }
    printf(ndjson ? "{\"bench\":\"parse-instructions\",\"per_byte\":%.3f}\n"
                  : "parse       %10.3f instructions a byte (callgrind)\n",
           (two - one) / (double)bytes);
}

static void beside(const char *self, const char *name, char *path, size_t size)
{
    const char *slash = strrchr(self, '/');
    snprintf(path, size, "%.*s%s", slash ? (int)(slash - self + 1) : 0, self, name);
}

int main(int argc, char **argv)
{
    static const audited audits[] = { { "audit", 150000, 3 },
                                      { "audit-small", 200, AUDIT_ROUNDS_MAX } };
    char command[4096];
    corpus all = generate();
    if (argc == 3 && strcmp(argv[1], "--parse-only") == 0) {
        parse_only(&all, strtol(argv[2], NULL, 10));
        free(all.bytes);
        return 0;
    }
    ndjson = argc == 3 && strcmp(argv[1], "--format") == 0 && strcmp(argv[2], "ndjson") == 0;
    fprintf(stderr, "bench: %d messages of %zu bytes on average\n", MESSAGES,
            all.offset[MESSAGES] / MESSAGES);
    beside(argv[0], "sipcheck", command, sizeof command);
    peers_start();
    bench_parsers(&all);
    for (size_t i = 0; i < sizeof audits / sizeof *audits; i++)
        bench_audit(&audits[i], command);
    bench_instructions_a_byte(argv[0], all.offset[MESSAGES]);
    free(all.bytes);
    return 0;
}
