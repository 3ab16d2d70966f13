/* SPDX-License-Identifier: MIT */
/* An engine that goes by plans says of every message what one says that asks every rule, and counts
 * the same where nobody hears what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "random_next.h"

enum { MESSAGES_MAX = 4000, MESSAGE_MAX = 4096, ROUNDS = 30 };

typedef struct samples {
    uint8_t *bytes[MESSAGES_MAX];
    size_t length[MESSAGES_MAX];
    size_t count;
} samples;

/* What one engine said of one message. */
typedef struct said {
    uint64_t hash;
    unsigned findings;
} said;

static uint64_t random_state = 1;

static uint32_t below(uint32_t bound)
{
    return random_next(&random_state, bound);
}

static void keep_message(void *user, const sipcheck_test_outcome *outcome)
{
    samples *all = user;
    if (all->count == MESSAGES_MAX || !outcome->bytes || outcome->length > MESSAGE_MAX / 2) return;
    all->bytes[all->count] = malloc(outcome->length + 1);
    assert_non_null(all->bytes[all->count]);
    memcpy(all->bytes[all->count], outcome->bytes, outcome->length);
    all->length[all->count++] = outcome->length;
}

/* The messages of the rules' own tests. */
static samples *gather(const sipcheck_rules *rules)
{
    samples *all = calloc(1, sizeof *all);
    assert_non_null(all);
    assert_int_equal(sipcheck_rules_test(rules, NULL, NULL, keep_message, all), 0);
    assert_true(all->count > 500);
    return all;
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void hear(void *user, const sipcheck_finding *finding)
{
    said *heard = user;
    if (finding->verdict != SIPCHECK_FAIL) return;
    heard->findings++;
    heard->hash = mix(heard->hash, finding->rule->id, strlen(finding->rule->id));
    heard->hash = mix(heard->hash, &finding->offset, sizeof finding->offset);
    heard->hash = mix(heard->hash, &finding->length, sizeof finding->length);
    heard->hash = mix(heard->hash, finding->text, strlen(finding->text));
    heard->hash = mix(heard->hash, finding->fix, strlen(finding->fix));
}

static sipcheck_rules *all_rules(void)
{
    sipcheck_error error = { 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    if (sipcheck_rules_add_builtin(rules, &error) ||
        sipcheck_rules_add_builtin_tests(rules, &error) || sipcheck_rules_seal(rules, &error))
        fail_msg("%s", error.message);
    return rules;
}

static sipcheck *engine_of(const sipcheck_rules *rules, unsigned verdicts, said *heard)
{
    const sipcheck_options options = { .verdicts = verdicts, .on_finding = hear, .user = heard };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    return engine;
}

/* --- changes */

static size_t line_at(const uint8_t *bytes, size_t n, size_t from, size_t *ret_end)
{
    while (from > 0 && bytes[from - 1] != '\n')
        from--;
    const uint8_t *lf = memchr(bytes + from, '\n', n - from);
    *ret_end = lf ? (size_t)(lf - bytes) + 1 : n;
    return from;
}

static size_t drop_line(uint8_t *bytes, size_t n)
{
    size_t end, begin = line_at(bytes, n, below((uint32_t)n), &end);
    memmove(bytes + begin, bytes + end, n - end);
    return n - (end - begin);
}

static size_t repeat_line(uint8_t *bytes, size_t n)
{
    size_t end, begin = line_at(bytes, n, below((uint32_t)n), &end);
    memmove(bytes + end, bytes + begin, n - begin);
    return n + (end - begin);
}

/* Another status code, so that there are more classes than plans. */
static size_t change_status(uint8_t *bytes, size_t n)
{
    if (n < 12 || memcmp(bytes, "SIP/2.0 ", 8) != 0) return n;
    uint32_t status = 100 + below(600);
    for (int i = 2; i >= 0; i--, status /= 10)
        bytes[8 + i] = (uint8_t)('0' + status % 10);
    return n;
}

static size_t change(uint8_t *bytes, size_t n)
{
    switch (below(6)) {
    case 0:
        return drop_line(bytes, n);
    case 1:
        return repeat_line(bytes, n);
    case 2:
        return change_status(bytes, n);
    case 3:
        bytes[below((uint32_t)n)] = (uint8_t)below(256);
        return n;
    default:
        return n;
    }
}

static sipcheck_packet changed_packet(const samples *all, size_t i, uint8_t bytes[MESSAGE_MAX])
{
    memcpy(bytes, all->bytes[i], all->length[i]);
    size_t n = all->length[i] > 0 ? change(bytes, all->length[i]) : 0;
    bool cut = below(20) == 0;
    return (sipcheck_packet){
        .bytes = bytes,
        .length = cut ? below((uint32_t)n + 1) : n,
        .flags = cut ? SIPCHECK_CUT : 0,
        .src = { 4, { 10, 0, 0, 1 }, 5060 },
        .dst = { 4, { below(10) ? 10 : 224, 0, 1, 75 }, 5060 },
        .transport = below(3) ? SIPCHECK_TRANSPORT_UDP : SIPCHECK_TRANSPORT_TCP,
    };
}

/* --- */

static void expect_same_counts(const sipcheck_rules *rules, const sipcheck *a, const sipcheck *b)
{
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++) {
        sipcheck_counts x = sipcheck_rule_counts(a, i), y = sipcheck_rule_counts(b, i);
        for (unsigned v = 0; v < 4; v++)
            if (x.verdict[v] != y.verdict[v])
                fail_msg("%s %s: %lu by plans, %lu one by one", sipcheck_rules_at(rules, i)->id,
                         sipcheck_verdict_name((enum sipcheck_verdict)v),
                         (unsigned long)x.verdict[v], (unsigned long)y.verdict[v]);
    }
}

static size_t plans_of(const sipcheck *engine)
{
    size_t count = 0;
    for (size_t i = 0; i < SC_PLANS_MAX; i++)
        count += engine->plans[i].plan != NULL;
    return count;
}

static void plans_change_nothing(void **state)
{
    (void)state;
    sipcheck_rules *rules = all_rules();
    samples *all = gather(rules);
    said by_plan, one_by_one;
    sipcheck *fast = engine_of(rules, 0, &by_plan), *slow = engine_of(rules, 15, &one_by_one);
    sipcheck *unheard = sipcheck_new(rules, NULL);
    assert_non_null(unheard);
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < all->count; i++) {
            uint8_t bytes[MESSAGE_MAX];
            sipcheck_packet packet = changed_packet(all, i, bytes);
            by_plan = one_by_one = (said){ 0 };
            assert_int_equal(sipcheck_feed(fast, &packet), sipcheck_feed(slow, &packet));
            (void)sipcheck_feed(unheard, &packet);
            if (by_plan.hash != one_by_one.hash)
                fail_msg("round %zu, message %zu: %u findings by plan, %u one by one\n%.*s", round,
                         i, by_plan.findings, one_by_one.findings, (int)packet.length,
                         (const char *)packet.bytes);
        }
    expect_same_counts(rules, fast, slow);
    expect_same_counts(rules, unheard, slow);
    assert_true(plans_of(fast) > 20);
    assert_int_equal(plans_of(slow), 0);
    sipcheck_free(fast);
    sipcheck_free(slow);
    sipcheck_free(unheard);
    for (size_t i = 0; i < all->count; i++)
        free(all->bytes[i]);
    free(all);
    sipcheck_rules_free(rules);
}

/* --- */

/* What is remembered of messages takes less; a plan, with all that is in it, takes more. */
#define PLAN_AT_LEAST ((size_t)4096)

/* `left` blocks that may be plans are given, and no more. */
static void *some(void *user, size_t size)
{
    size_t *left = user;
    if (size < PLAN_AT_LEAST) return malloc(size);
    if (*left == 0) return NULL;
    --*left;
    return malloc(size);
}

static void release(void *user, void *block)
{
    (void)user;
    free(block);
}

static const char register_text[] =
    "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP a.example.com;branch=z9hG4bK1\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=f\r\nTo: <sip:a@example.com>\r\n"
    "Call-ID: 1@a.example.com\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n";

/* A class without a plan is judged all the same. */
static void no_memory_for_a_plan(void **state)
{
    (void)state;
    sipcheck_rules *rules = all_rules();
    size_t left = SIZE_MAX;
    said heard = { 0 };
    const sipcheck_allocator allocator = { some, release, &left };
    const sipcheck_options options = { .allocator = &allocator,
                                       .on_finding = hear,
                                       .user = &heard };
    sipcheck *engine = sipcheck_new(rules, &options);
    const sipcheck_packet packet = { .bytes = (const uint8_t *)register_text,
                                     .length = sizeof register_text - 1,
                                     .transport = SIPCHECK_TRANSPORT_UDP };
    assert_non_null(engine);
    assert_int_equal(sipcheck_feed(engine, &packet), 0);
    left = 0;
    unsigned each = heard.findings;
    for (unsigned i = 1; i < 3 * SC_PLAN_AFTER; i++)
        assert_int_equal(sipcheck_feed(engine, &packet), 0);
    assert_int_equal(heard.findings, each * 3 * SC_PLAN_AFTER);
    assert_int_equal(plans_of(engine), 0);
    left = 1;
    assert_int_equal(sipcheck_feed(engine, &packet), 0);
    assert_int_equal(plans_of(engine), 1);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_change_nothing),
        cmocka_unit_test(no_memory_for_a_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
