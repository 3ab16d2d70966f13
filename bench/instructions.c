/* SPDX-License-Identifier: MIT */
/* instructions parse|rules|calls|alone: the same generated messages each time, for callgrind to
 * count what is spent in measured(). Everything else, rounds to warm up included, lies outside it.
 * parse, rules: messages that have nothing to do with each other, parsed, and judged each by
 * itself. calls: whole calls with all rules; alone: the same calls, each message by itself. */
#include "calls.h"
#include "generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipcheck/engine.h>

#define MESSAGES 1000
#define WARM_UP 40 /* rounds until every kind of message is known to the engine */
#define CALL_ROUNDS 6
#define SEED UINT64_C(0x9e3779b97f4a7c15)

typedef struct corpus {
    uint8_t *bytes;
    size_t offset[MESSAGES + 1];
} corpus;

typedef struct machine {
    sipcheck_arena *arena;
    sipcheck_rules *rules;
    sipcheck *engine; /* NULL: messages are only parsed */
} machine;

static bool generate(corpus *all)
{
    bench_random random = { SEED };
    all->bytes = malloc((size_t)MESSAGES * BENCH_MESSAGE_MAX);
    for (size_t i = 0; all->bytes && i < MESSAGES; i++)
        all->offset[i + 1] = all->offset[i] + bench_generate(&random, all->bytes + all->offset[i]);
    return all->bytes != NULL;
}

static bool start(machine *m, bool judge, bool alone)
{
    const sipcheck_options options = { .messages_only = alone };
    sipcheck_error error = { 0 };
    *m = (machine){ .arena = sipcheck_arena_new(NULL) };
    if (!judge) return m->arena != NULL;
    m->rules = sipcheck_rules_new(NULL);
    if (!m->rules || sipcheck_rules_add_builtin(m->rules, &error) ||
        sipcheck_rules_seal(m->rules, &error))
        return false;
    m->engine = sipcheck_new(m->rules, &options);
    return m->arena && m->engine;
}

static void stop(machine *m)
{
    sipcheck_free(m->engine);
    sipcheck_rules_free(m->rules);
    sipcheck_arena_free(m->arena);
}

static int one_round(machine *m, const corpus *all)
{
    int code = 0;
    for (size_t i = 0; i < MESSAGES && code == 0; i++) {
        const sipcheck_message *message;
        const sipcheck_packet packet = { .bytes = all->bytes + all->offset[i],
                                         .length = all->offset[i + 1] - all->offset[i],
                                         .transport = SIPCHECK_TRANSPORT_UDP };
        sipcheck_arena_reset(m->arena);
        code = m->engine ? sipcheck_feed(m->engine, &packet)
                         : sipcheck_parse(m->arena, packet.bytes, packet.length, 0, &message);
    }
    return code;
}

/* Callgrind counts from its entry to its end: it must not become a part of main(). */
int measured(machine *m, const corpus *all);
__attribute__((noinline)) int measured(machine *m, const corpus *all)
{
    return one_round(m, all);
}

static int feed_calls(machine *m, const bench_calls *calls)
{
    int code = 0;
    for (size_t i = 0; i < BENCH_CALL_MESSAGES && code == 0; i++)
        code = sipcheck_feed(m->engine, &calls->packets[i]);
    return code;
}

int measured_calls(machine *m, const bench_calls *calls);
__attribute__((noinline)) int measured_calls(machine *m, const bench_calls *calls)
{
    return feed_calls(m, calls);
}

/* Rounds of 15 seconds, until transactions are over as fast as new ones come. */
static bool count_calls(bool alone)
{
    static bench_calls calls;
    machine m = { 0 };
    bool ok = start(&m, true, alone);
    for (unsigned round = 0; ok && round < CALL_ROUNDS; round++) {
        bench_calls_make(&calls, round);
        ok = feed_calls(&m, &calls) == 0;
    }
    bench_calls_make(&calls, CALL_ROUNDS);
    ok = ok && measured_calls(&m, &calls) == 0;
    if (ok) printf("%d messages\n", BENCH_CALL_MESSAGES);
    stop(&m);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "calls") == 0) return count_calls(false) ? 0 : 1;
    if (argc == 2 && strcmp(argv[1], "alone") == 0) return count_calls(true) ? 0 : 1;

    corpus all = { 0 };
    machine m = { 0 };
    bool judge = argc == 2 && strcmp(argv[1], "rules") == 0;
    bool known = judge || (argc == 2 && strcmp(argv[1], "parse") == 0);
    bool ok = known && generate(&all) && start(&m, judge, true);
    for (unsigned i = 0; ok && i < WARM_UP; i++)
        ok = one_round(&m, &all) == 0;
    ok = ok && measured(&m, &all) == 0;
    if (ok) printf("%d messages of %zu bytes\n", MESSAGES, all.offset[MESSAGES] / MESSAGES);
    stop(&m);
    free(all.bytes);
    return ok ? 0 : 1;
}
