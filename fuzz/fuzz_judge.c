/* SPDX-License-Identifier: MIT */
/* Any bytes through all message rules and the finding record; twice, with the same outcome. What
 * the grammar says of them is of the group that a look at the bytes alone tells. Rules of several
 * messages are fuzz_sequence's: to them the second time is a repetition. */
#include <stdlib.h>

#include <sipcheck/report.h>

#include "digest.h"

struct outcome {
    size_t findings, bytes;
    uint64_t hash;
};

static int count_bytes(void *user, const char *text, size_t length)
{
    struct outcome *outcome = user;
    for (size_t i = 0; i < length; i++)
        outcome->hash = (outcome->hash ^ (uint8_t)text[i]) * 1099511628211u;
    outcome->bytes += length;
    return 0;
}

static void on_finding(void *user, const sipcheck_finding *finding)
{
    struct outcome *outcome = user;
    outcome->findings++;
    if (finding->offset > finding->packet->length ||
        finding->length > finding->packet->length - finding->offset)
        abort();
    sipcheck_finding_json(finding, count_bytes, outcome);
}

/* One engine for all inputs: what one leaves behind must not change what is said of the next. */
static sipcheck *the_engine(struct outcome *outcome)
{
    static sipcheck *engine;
    static struct outcome now;
    sipcheck_error error;
    const sipcheck_options options = { .verdicts = 1u << SIPCHECK_FAIL | 1u << SIPCHECK_UNKNOWN,
                                       .on_finding = on_finding,
                                       .messages_only = true,
                                       .digest = &fuzz_digest,
                                       .user = &now };
    if (!engine) {
        sipcheck_rules *rules = sipcheck_rules_new(NULL);
        if (!rules || sipcheck_rules_add_builtin(rules, &error) ||
            sipcheck_rules_seal(rules, &error))
            abort();
        engine = sipcheck_new(rules, &options);
        if (!engine) abort();
    }
    if (outcome) *outcome = now;
    now = (struct outcome){ 0, 0, 14695981039346656037u };
    return engine;
}

/* --- groups */

static void check_group(void *user, const sipcheck_finding *finding)
{
    if (finding->group != *(const unsigned *)user) abort();
}

/* An engine that has the grammar's rules alone, which say something of any message. */
static sipcheck *grouping_engine(unsigned group)
{
    static sipcheck *engine;
    static unsigned wanted;
    const sipcheck_options options = { .verdicts = ~0u,
                                       .on_finding = check_group,
                                       .user = &wanted };
    sipcheck_error error;
    if (!engine) {
        sipcheck_rules *rules = sipcheck_rules_new(NULL);
        if (!rules || sipcheck_rules_seal(rules, &error)) abort();
        engine = sipcheck_new(rules, &options);
        if (!engine) abort();
    }
    wanted = group;
    return engine;
}

static void group(const sipcheck_packet *packet)
{
    static sipcheck_router *router;
    if (!router) router = sipcheck_router_new(NULL);
    if (!router) abort();
    sipcheck_feed(grouping_engine(sipcheck_route(router, packet) % SIPCHECK_GROUPS), packet);
}

/* --- */

static struct outcome judge(const uint8_t *data, size_t size, unsigned flags)
{
    struct outcome outcome;
    const sipcheck_packet packet = {
        .bytes = data,
        .length = size,
        .flags = flags,
        .frame = 1,
        .transport = flags & SIPCHECK_STREAM ? SIPCHECK_TRANSPORT_TCP : SIPCHECK_TRANSPORT_UDP,
    };
    group(&packet);
    sipcheck_feed(the_engine(NULL), &packet);
    the_engine(&outcome);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing[1];
    if (!size) data = nothing;
    struct outcome first = judge(data, size, 0), again = judge(data, size, 0);
    if (first.hash != again.hash || first.bytes != again.bytes) abort();
    judge(data, size, SIPCHECK_STREAM);
    judge(data, size, SIPCHECK_CUT);
    return 0;
}
