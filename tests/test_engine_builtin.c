/* SPDX-License-Identifier: MIT */
/* The engine with every built-in rule, on messages that a generator of fixed seed damages. */
#include "ruleset.h"

#include <sipcheck/report.h>

#include "rules/set.h"

enum { DAMAGED = 3000 };

typedef struct generator {
    uint32_t state;
    const sipcheck_rules *rules;
    const sc_base *base;
    uint8_t bytes[4096];
} generator;

static uint32_t next_random(generator *g)
{
    g->state = g->state * 1664525u + 1013904223u;
    return g->state >> 8;
}

static sipcheck_packet next_message(generator *g)
{
    g->base = g->base != NULL && g->base->next != NULL ? g->base->next : g->rules->bases;
    size_t n = g->base->bytes.n;
    assert_true(n <= sizeof g->bytes);
    memcpy(g->bytes, g->base->bytes.p, n);
    for (uint32_t edits = next_random(g) % 4; edits > 0; edits--) {
        static const uint8_t values[] = "\r\n :;,<>@\"%=\\()a0\xC3\xA9\0/";
        g->bytes[next_random(g) % n] = values[next_random(g) % sizeof values];
    }
    uint32_t cut = next_random(g) % 8;
    sipcheck_packet packet = packet_of("");
    packet.bytes = g->bytes;
    packet.length = cut == 0 ? next_random(g) % n : n;
    packet.flags = cut == 0 ? SIPCHECK_CUT : 0;
    packet.transport = (enum sipcheck_transport)(next_random(g) % 7);
    return packet;
}

static sipcheck_rules *builtin_rules(const sipcheck_allocator *allocator)
{
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(allocator);
    assert_non_null(rules);
    assert_int_equal(sipcheck_rules_add_builtin(rules, &error), 0);
    return ruleset_seal(rules);
}

typedef struct digest {
    uint64_t hash;
    uint64_t bytes;
} digest;

/* FNV-1a */
static int hash_text(void *user, const char *text, size_t length)
{
    digest *d = user;
    d->bytes += length;
    for (size_t i = 0; i < length; i++)
        d->hash = (d->hash ^ (uint8_t)text[i]) * UINT64_C(1099511628211);
    return 0;
}

static void hash_finding(void *user, const sipcheck_finding *f)
{
    assert_true(f->offset + f->length <= f->packet->length);
    sipcheck_finding_json(f, hash_text, user);
}

/* Every verdict of every rule over the damaged messages. */
static digest run_all(const sipcheck_rules *rules, unsigned verdicts, sipcheck **ret)
{
    digest d = { 14695981039346656037u, 0 };
    generator g = { .state = 3261, .rules = rules };
    const sipcheck_options options = { .verdicts = verdicts,
                                       .on_finding = hash_finding,
                                       .user = &d };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    for (unsigned i = 0; i < DAMAGED; i++) {
        const sipcheck_packet packet = next_message(&g);
        assert_int_equal(sipcheck_feed(engine, &packet), 0);
    }
    *ret = engine;
    return d;
}

static void the_same_messages_give_the_same_bytes(void **state)
{
    (void)state;
    digest d[2];
    for (unsigned i = 0; i < 2; i++) {
        sipcheck_rules *rules = builtin_rules(NULL);
        sipcheck *engine;
        d[i] = run_all(rules, 15, &engine);
        sipcheck_free(engine);
        sipcheck_rules_free(rules);
    }
    assert_true(d[0].bytes > 1000000);
    assert_true(d[0].hash == d[1].hash && d[0].bytes == d[1].bytes);
}

/* With NA among the verdicts every rule is asked, else the index chooses: no verdict may differ. */
static void the_index_leaves_out_no_rule(void **state)
{
    (void)state;
    sipcheck_rules *rules = builtin_rules(NULL);
    sipcheck *asked, *chosen;
    run_all(rules, 15, &asked);
    run_all(rules, 1u << SIPCHECK_FAIL, &chosen);
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++) {
        sipcheck_counts a = sipcheck_rule_counts(asked, i), b = sipcheck_rule_counts(chosen, i);
        if (memcmp(&a, &b, sizeof a) != 0) fail_msg("%s", sipcheck_rules_at(rules, i)->id);
    }
    sipcheck_free(asked);
    sipcheck_free(chosen);
    sipcheck_rules_free(rules);
}

static void message_rules_allocate_nothing_once_they_are_warm(void **state)
{
    (void)state;
    failing f = { .left = -1 };
    const sipcheck_allocator allocator = failing_allocator(&f);
    sipcheck_rules *rules = builtin_rules(NULL);
    digest d = { 0, 0 };
    const sipcheck_options options = {
        .allocator = &allocator, .on_finding = hash_finding, .user = &d, .messages_only = true
    }; /* what is tracked is kept */
    sipcheck *engine = sipcheck_new(rules, &options);
    long warm = 0;
    for (unsigned round = 0; round < 3; round++) {
        generator g = { .state = 3261, .rules = rules };
        for (unsigned i = 0; i < 300; i++) {
            const sipcheck_packet packet = next_message(&g);
            assert_int_equal(sipcheck_feed(engine, &packet), 0);
        }
        /* What is tracked was made in the first round; the copy of a repetition takes a block of
         * its size in the second, which is used again. */
        if (round == 2 && f.given != warm) fail_msg("%ld", f.given - warm);
        warm = f.given;
    }
    sipcheck_free(engine);
    assert_int_equal(f.out, 0);
    sipcheck_rules_free(rules);
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    sipcheck_rules *rules = builtin_rules(NULL);
    int code = SIPCHECK_NOMEM;
    long n = 0;
    for (; code != SIPCHECK_OK; n++) {
        failing f = { .left = n };
        const sipcheck_allocator allocator = failing_allocator(&f);
        const sipcheck_options options = { .allocator = &allocator };
        sipcheck *engine = sipcheck_new(rules, &options);
        const sipcheck_packet packet = packet_of(PING);
        code = engine != NULL ? sipcheck_feed(engine, &packet) : SIPCHECK_NOMEM;
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_NOMEM);
        if (engine != NULL) assert_int_equal(sipcheck_unjudged_count(engine), code != SIPCHECK_OK);
        sipcheck_free(engine);
        assert_int_equal(f.out, 0);
    }
    assert_true(n > 8);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_messages_give_the_same_bytes),
        cmocka_unit_test(the_index_leaves_out_no_rule),
        cmocka_unit_test(message_rules_allocate_nothing_once_they_are_warm),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
