/* SPDX-License-Identifier: MIT */
/* The flows of a rule's own tests: the engine judges them with that rule alone. */
#include <stdio.h>
#include <string.h>

#include "engine/internal.h"
#include "engine/selftest.h"
#include "text/arena.h"

/* What the engine found. */
typedef struct flow_seen {
    sc_test_run *run;
    sipcheck_test_outcome *outcome;
    bool judged;    /* the rule gave some verdict */
    uint64_t frame; /* of the first fail */
    sipcheck_address_port culprit;
} flow_seen;

/* The worst verdict of the rule is the flow's: fail, unknown, pass, na. */
static unsigned weight(enum sipcheck_verdict verdict)
{
    static const unsigned weights[] = {
        [SIPCHECK_FAIL] = 3, [SIPCHECK_UNKNOWN] = 2, [SIPCHECK_PASS] = 1, [SIPCHECK_NA] = 0
    };
    return weights[verdict];
}

static void show_message(flow_seen *seen, const sipcheck_finding *f)
{
    sipcheck_test_outcome *outcome = seen->outcome;
    const sipcheck_packet *packet = f->packet;
    uint8_t *copy = sc_arena_alloc(seen->run->parsed, packet->length + 1);
    if (copy == NULL) return;
    if (packet->length > 0) memcpy(copy, packet->bytes, packet->length);
    outcome->bytes = copy;
    outcome->length = packet->length;
    outcome->mark_offset = f->offset;
    outcome->mark_length = f->length;
}

/* The first of the worst ones is what the outcome shows. */
static void on_finding(void *user, const sipcheck_finding *f)
{
    flow_seen *seen = user;
    sipcheck_test_outcome *outcome = seen->outcome;
    seen->judged = seen->judged || f->rule == outcome->rule;
    if (f->rule != outcome->rule || weight(f->verdict) <= weight(outcome->got)) return;
    outcome->got = f->verdict;
    seen->frame = f->packet->frame;
    seen->culprit = *f->culprit;
    snprintf(seen->run->text, sizeof seen->run->text, "%s", f->text);
    show_message(seen, f);
}

static int judge(flow_seen *seen, const sc_rule *rule, const sc_flow *flow,
                 const sipcheck_packet *packets, size_t count)
{
    const sc_test_run *r = seen->run;
    sipcheck_address_port vantage = { 0 };
    if (flow->vantage != NULL) vantage = sc_flow_address(flow->vantage, flow->transport);
    vantage.port = 0;
    const sipcheck_options options = { .allocator = &r->set->allocator,
                                       .verdicts = 15,
                                       .on_finding = on_finding,
                                       .user = seen,
                                       .digest = sc_test_digest(r),
                                       .vantage = &vantage,
                                       .vantage_count = flow->vantage != NULL };
    sipcheck *engine = sc_engine_new(r->set, &options, rule);
    int code = engine != NULL ? SIPCHECK_OK : SIPCHECK_NOMEM;
    for (size_t i = 0; i < count && code == SIPCHECK_OK; i++)
        code = sipcheck_feed(engine, &packets[i]);
    if (code == SIPCHECK_OK && flow->end_ns > 0)
        code = sipcheck_advance(engine, SC_FLOW_BEGIN_NS + flow->end_ns);
    if (code == SIPCHECK_OK) code = sipcheck_finish(engine);
    sipcheck_free(engine);
    return code;
}

static bool same_place(const sipcheck_address_port *a, const sipcheck_address_port *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* Where the test says more of the finding than its verdict; the reason why it is another. */
static bool is_as_told(flow_seen *seen, const sc_test *test)
{
    sc_test_run *r = seen->run;
    const sc_flow *flow = test->flow;
    memcpy(r->rendered, r->text, sizeof r->rendered);
    if (test->text != NULL && strcmp(test->text, r->text) != 0) {
        snprintf(r->text, sizeof r->text, "the text is \"%.800s\", wanted is \"%.800s\"",
                 r->rendered, test->text);
        return false;
    }
    if (flow->frame != 0 && flow->frame != seen->frame) {
        snprintf(r->text, sizeof r->text, "the finding is about message %llu, wanted is %u",
                 (unsigned long long)seen->frame, flow->frame);
        return false;
    }
    if (flow->culprit == NULL) return true;
    sipcheck_address_port wanted = sc_flow_address(flow->culprit, flow->transport);
    char address[SIPCHECK_ADDRESS_TEXT];
    if (same_place(&wanted, &seen->culprit)) return true;
    snprintf(r->text, sizeof r->text, "the culprit is %s, wanted is %s",
             sipcheck_address_text(&seen->culprit, address), flow->culprit);
    return false;
}

/* What it was made of, for who is shown the outcome. */
static bool show_steps(const sc_test_run *r, const sc_flow *flow, const sipcheck_packet *packets,
                       size_t count, sipcheck_test_outcome *outcome)
{
    sipcheck_test_step *steps = sc_arena_alloc(r->messages, count * sizeof *steps + 1);
    if (steps == NULL) return false;
    const sc_step *step = flow->steps;
    for (size_t i = 0; i < count; i++, step = step->next)
        steps[i] = (sipcheck_test_step){ .ns = step->at_ns,
                                         .from = step->from,
                                         .to = step->to,
                                         .bytes = packets[i].bytes,
                                         .length = packets[i].length };
    outcome->steps = steps;
    outcome->step_count = count;
    return true;
}

int sc_flow_test(sc_test_run *r, const sc_rule *rule, const sc_test *test,
                 sipcheck_test_outcome *outcome)
{
    sipcheck_packet packets[SC_FLOW_STEPS_MAX];
    size_t count = 0;
    flow_seen seen = { .run = r, .outcome = outcome };
    int code =
        sc_flow_build(r->set, test, r->messages, packets, SC_FLOW_STEPS_MAX, &count, r->text);
    if (code != SIPCHECK_OK || r->text[0] != '\0') return code;
    if (!show_steps(r, test->flow, packets, count, outcome)) return SIPCHECK_NOMEM;
    outcome->got = SIPCHECK_NA;
    code = judge(&seen, rule, test->flow, packets, count);
    if (code == SIPCHECK_NOMEM) return code;
    if (code != SIPCHECK_OK)
        snprintf(r->text, sizeof r->text, "not judged: %s", sipcheck_strerror(code));
    else if (!seen.judged)
        snprintf(r->text, sizeof r->text, "the flow has no event at which the rule is judged");
    outcome->ok = code == SIPCHECK_OK && outcome->got == outcome->wanted && is_as_told(&seen, test);
    return SIPCHECK_OK;
}
