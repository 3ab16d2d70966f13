/* SPDX-License-Identifier: MIT */
/* What rules of several messages are left out for, and what a message has answered before, changes
 * nothing, nor what is not asked of headers that are the same: an engine that asks each rule of
 * each event, anew for each message, says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "engine/sequence.h"
#include "random_next.h"

enum { ROUNDS = 3, MESSAGE_MAX = 4096 };

#define SECOND UINT64_C(1000000000)

/* What one engine said. */
typedef struct said {
    uint64_t hash;
    unsigned findings;
} said;

typedef struct both {
    const sipcheck_rules *rules;
    sipcheck *fast, *slow;
    said by_fast, by_slow;
    uint64_t ns, frame, random;
    unsigned flows;
} both;

static uint32_t below(both *b, uint32_t bound)
{
    return random_next(&b->random, bound);
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
    heard->findings++;
    heard->hash = mix(heard->hash, finding->rule->id, strlen(finding->rule->id));
    heard->hash = mix(heard->hash, &finding->verdict, sizeof finding->verdict);
    heard->hash = mix(heard->hash, &finding->offset, sizeof finding->offset);
    heard->hash = mix(heard->hash, finding->text, strlen(finding->text));
}

static sipcheck *engine_of(const sipcheck_rules *rules, said *heard)
{
    const sipcheck_options options = { .verdicts = 1u << SIPCHECK_FAIL | 1u << SIPCHECK_UNKNOWN,
                                       .on_finding = hear,
                                       .user = heard };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    return engine;
}

static void open_bunches(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    for (unsigned i = 0; i < s->lists[SC_LISTS]; i++)
        s->bunches[i].narrow = 0, s->bunches[i].names = 0;
    for (unsigned i = 0; i < s->lists[SC_LISTS]; i++)
        for (unsigned k = 0; k < s->bunches[i].count; k++)
            s->rules[s->bunches[i].first + k].alike.count = 0;
}

static void forget_answers(sipcheck *engine)
{
    for (size_t i = 0; i < SC_RECENTS; i++)
        memset(engine->sequence->recents[i]->answers, 0,
               engine->rules->message_answer_count * sizeof(sc_answer));
}

static void feed(both *b, const sipcheck_packet *packet)
{
    b->by_fast = b->by_slow = (said){ 0 };
    assert_int_equal(sipcheck_feed(b->fast, packet), sipcheck_feed(b->slow, packet));
    forget_answers(b->slow);
    if (b->by_fast.hash != b->by_slow.hash)
        fail_msg("flow %u: %u findings, %u where all are asked\n%.*s", b->flows,
                 b->by_fast.findings, b->by_slow.findings, (int)packet->length,
                 (const char *)packet->bytes);
}

/* Some messages are lost, some cut, of some a byte is another. */
static void feed_step(both *b, const sipcheck_test_step *step, enum sipcheck_transport transport)
{
    uint8_t bytes[MESSAGE_MAX];
    if (step->length > sizeof bytes || step->length == 0 || below(b, 16) == 0) return;
    memcpy(bytes, step->bytes, step->length);
    if (below(b, 8) == 0) bytes[below(b, (uint32_t)step->length)] = (uint8_t)below(b, 256);
    bool cut = below(b, 16) == 0;
    const sipcheck_packet packet = {
        .bytes = bytes,
        .length = cut ? below(b, (uint32_t)step->length) : step->length,
        .flags = cut ? SIPCHECK_CUT : 0,
        .frame = ++b->frame,
        .ns = b->ns + step->ns,
        .src = sc_flow_address(step->from, "udp"),
        .dst = sc_flow_address(step->to, "udp"),
        .transport = transport,
    };
    if (below(b, 64) == 0) {
        sipcheck_gap(b->fast, packet.ns);
        sipcheck_gap(b->slow, packet.ns);
    }
    feed(b, &packet);
}

/* Names are the same in all flows: those of one that is not over meet those of the next. */
static void feed_flow(void *user, const sipcheck_test_outcome *outcome)
{
    both *b = user;
    if (outcome->step_count == 0) return;
    bool datagrams = below(b, 4) > 0;
    b->flows++;
    for (size_t i = 0; i < outcome->step_count; i++)
        feed_step(b, &outcome->steps[i],
                  datagrams ? SIPCHECK_TRANSPORT_UDP : SIPCHECK_TRANSPORT_TCP);
    b->ns += outcome->steps[outcome->step_count - 1].ns + (below(b, 2) == 0 ? 300 * SECOND : 0);
}

static void expect_same_counts(const both *b)
{
    for (size_t i = 0; i < sipcheck_rules_count(b->rules); i++) {
        sipcheck_counts x = sipcheck_rule_counts(b->fast, i);
        sipcheck_counts y = sipcheck_rule_counts(b->slow, i);
        for (unsigned v = 0; v < 4; v++)
            if (x.verdict[v] != y.verdict[v])
                fail_msg("%s %s: %lu, and %lu where all are asked",
                         sipcheck_rules_at(b->rules, i)->id,
                         sipcheck_verdict_name((enum sipcheck_verdict)v),
                         (unsigned long)x.verdict[v], (unsigned long)y.verdict[v]);
    }
}

/* The flows of all rules' own tests, through one engine each, one after the other. */
static void what_is_left_out_would_not_apply(void **state)
{
    (void)state;
    sipcheck_error error = { 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    if (sipcheck_rules_add_builtin(rules, &error) ||
        sipcheck_rules_add_builtin_tests(rules, &error) || sipcheck_rules_seal(rules, &error))
        fail_msg("%s", error.message);
    both b = { .rules = rules, .random = 1, .ns = SC_FLOW_BEGIN_NS };
    b.fast = engine_of(rules, &b.by_fast);
    b.slow = engine_of(rules, &b.by_slow);
    open_bunches(b.slow);
    for (unsigned round = 0; round < ROUNDS; round++)
        assert_int_equal(sipcheck_rules_test(rules, NULL, NULL, feed_flow, &b), 0);
    assert_true(b.flows > 1000);
    assert_int_equal(sipcheck_finish(b.fast), sipcheck_finish(b.slow));
    expect_same_counts(&b);
    sipcheck_free(b.fast);
    sipcheck_free(b.slow);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_left_out_would_not_apply) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
