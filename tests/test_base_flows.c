/* SPDX-License-Identifier: MIT */
/* The base messages that tests of flows start from make clean calls, registrations, subscriptions
 * as they are: bases.yaml names them in their order. */
#include "ruleset.h"

#include "fields/fields.h"
#include "rules/set.h"
#include "text/slice.h"

enum { FLOW_MAX = 16 };

/* Each base behind the initials of who sends it and who receives it. */
static const struct flow {
    const char *what;
    const char *bases[FLOW_MAX];
} flows[] = {
    { "a call",
      { "ab invite", "ba 100", "ba 180", "ba 200", "ab call-ack", "ab call-bye",
        "ba 200-call-bye" } },
    { "a call that bob ends",
      { "ab invite", "ba 180", "ba 200", "ab call-ack", "ba call-bye-bob",
        "ab 200-call-bye-bob" } },
    { "a call on hold",
      { "ab invite", "ba 200", "ab call-ack", "ab call-reinvite", "ba 200-call-reinvite",
        "ab call-ack-reinvite" } },
    { "a call with reliable responses",
      { "ab invite-100rel", "ba 183-reliable", "ab call-prack", "ba 200-call-prack",
        "ba 200-no-sdp", "ab call-ack", "ab call-update", "ba 200-call-update" } },
    { "an offer in the 200",
      { "ab invite-no-sdp", "ba 180", "ba 200-offer", "ab call-ack-answer" } },
    { "a transfer",
      { "ab invite", "ba 200", "ab call-ack", "ab call-refer", "ba 202-call-refer",
        "ba notify-refer", "ab 200-notify-refer", "ba notify-refer-end",
        "ab 200-notify-refer-end" } },
    { "a refusal", { "ab invite", "ba 100", "ba 486", "ab ack" } },
    { "a call that is given up",
      { "ab invite", "ba 180", "ab cancel", "ba 200-cancel", "ba 487", "ab ack" } },
    { "a call by way of a proxy",
      { "ap invite", "pb invite-proxied", "bp 180-rr", "pa 180-proxied", "bp 200-rr",
        "pa 200-proxied", "ap ack-2xx", "pb ack-2xx-proxied", "ap rr-bye", "pb rr-bye-proxied",
        "bp 200-rr-bye", "pa 200-rr-bye-proxied" } },
    { "a registration",
      { "ar register", "ra 401", "ar register-auth", "ra 200-register-auth", "ar register-remove",
        "ra 200-register-remove", "ar register-fetch", "ra 200-register-fetch" } },
    { "a registration without a challenge", { "ar register", "ra 200-register" } },
    { "a subscription",
      { "ab subscribe", "ba 200-subscribe", "ba sub-notify", "ab 200-sub-notify", "ab sub-refresh",
        "ba 200-sub-refresh", "ba sub-notify-end", "ab 200-sub-notify-end" } },
    { "a question", { "ab options", "ba 200-options" } },
    { "a message", { "ab message", "ba 200-message" } },
    { "what is published",
      { "ar publish", "ra 200-publish", "ar publish-refresh", "ra 412-publish" } },
};

static const char *const elements[] = { "alice", "bob", "proxy", "registrar" };

static const char *element_of(char initial)
{
    size_t i = 0;
    while (elements[i][0] != initial)
        i++;
    return elements[i];
}

static const char *base_of(const struct flow *flow, size_t i)
{
    return flow->bases[i] + 3;
}

typedef struct call {
    const struct flow *flow;
    size_t count;
    const sipcheck_message *messages[FLOW_MAX];
} call;

static sipcheck_slice branch_of(const sipcheck_message *m)
{
    const sipcheck_via *via = (const sipcheck_via *)sipcheck_first(m, SIPCHECK_HEADER_VIA);
    return sipcheck_param_find(via->params, "branch")->value;
}

static sipcheck_slice tag_of(const sipcheck_message *m, enum sipcheck_header_id header)
{
    const sipcheck_address *address = (const sipcheck_address *)sipcheck_first(m, header);
    const sipcheck_param *tag = sipcheck_param_find(address->params, "tag");
    return tag ? tag->value : (sipcheck_slice){ NULL, 0 };
}

static sipcheck_slice value_of(const sipcheck_message *m, enum sipcheck_header_id header)
{
    return sipcheck_first(m, header)->raw;
}

static uint64_t cseq_of(const sipcheck_message *m)
{
    return ((const sipcheck_cseq *)sipcheck_first(m, SIPCHECK_HEADER_CSEQ))->seq;
}

static const sipcheck_message *request_of(const call *c, size_t response)
{
    sipcheck_slice branch = branch_of(c->messages[response]);
    sipcheck_slice cseq = value_of(c->messages[response], SIPCHECK_HEADER_CSEQ);
    for (size_t i = 0; i < response; i++)
        if (c->messages[i]->is_request && sc_slices_same(branch_of(c->messages[i]), branch) &&
            sc_slices_same(value_of(c->messages[i], SIPCHECK_HEADER_CSEQ), cseq))
            return c->messages[i];
    fail_msg("%s: nobody asked for %s", c->flow->what, base_of(c->flow, response));
    return NULL;
}

static void check_response(const call *c, size_t i)
{
    const sipcheck_message *response = c->messages[i], *request = request_of(c, i);
    static const enum sipcheck_header_id copied[] = { SIPCHECK_HEADER_CALL_ID,
                                                      SIPCHECK_HEADER_FROM };
    for (size_t k = 0; k < 2; k++)
        assert_true(sc_slices_same(value_of(request, copied[k]), value_of(response, copied[k])));
    assert_int_equal(sipcheck_count(request, SIPCHECK_HEADER_VIA),
                     sipcheck_count(response, SIPCHECK_HEADER_VIA));
    sipcheck_slice asked = tag_of(request, SIPCHECK_HEADER_TO);
    if (asked.p && !sc_slices_same(asked, tag_of(response, SIPCHECK_HEADER_TO)))
        fail_msg("%s: another tag in To of %s", c->flow->what, base_of(c->flow, i));
}

/* By its method it takes a number of its own, and no proxy passed it on. */
static bool counts(const sipcheck_message *m)
{
    return m->is_request && m->method_id != SIPCHECK_METHOD_ACK &&
           m->method_id != SIPCHECK_METHOD_CANCEL && sipcheck_count(m, SIPCHECK_HEADER_VIA) == 1;
}

/* The next number of its sender, or that of the request that it goes with. */
static void check_request(const call *c, size_t i)
{
    const sipcheck_message *request = c->messages[i];
    bool first = true, right = false;
    for (size_t k = 0; k < i; k++) {
        const sipcheck_message *before = c->messages[k];
        if (!counts(before) || !sc_slices_same(tag_of(before, SIPCHECK_HEADER_FROM),
                                               tag_of(request, SIPCHECK_HEADER_FROM)))
            continue;
        assert_true(sc_slices_same(value_of(request, SIPCHECK_HEADER_CALL_ID),
                                   value_of(before, SIPCHECK_HEADER_CALL_ID)));
        first = false;
        right = counts(request) ? cseq_of(request) == cseq_of(before) + 1
                                : right || cseq_of(request) == cseq_of(before);
    }
    if (!first && !right) fail_msg("%s: CSeq of %s", c->flow->what, base_of(c->flow, i));
}

static void messages_of_a_flow_belong_together(void **state)
{
    const sipcheck_rules *rules = *state;
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
        sipcheck_arena *arena = sipcheck_arena_new(NULL);
        call c = { .flow = &flows[i] };
        for (; c.count < FLOW_MAX && flows[i].bases[c.count]; c.count++) {
            const sc_base *base = sc_base_find(rules, base_of(&flows[i], c.count));
            if (!base) fail_msg("there is no base %s", base_of(&flows[i], c.count));
            assert_int_equal(
                sipcheck_parse(arena, base->bytes.p, base->bytes.n, 0, &c.messages[c.count]), 0);
            if (c.messages[c.count]->is_request)
                check_request(&c, c.count);
            else
                check_response(&c, c.count);
        }
        sipcheck_arena_free(arena);
    }
}

static void on_finding(void *user, const sipcheck_finding *f)
{
    const struct flow *flow = user;
    if (f->severity == SIPCHECK_INFO) return;
    fail_msg("%s: %s: %s: %s", flow->what, base_of(flow, f->packet->frame - 1), f->rule->id,
             f->text);
}

/* All rules say nothing of the flow as a whole. */
static void flows_are_clean(void **state)
{
    const sipcheck_rules *rules = *state;
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
        struct flow flow = flows[i];
        const sipcheck_options options = { .on_finding = on_finding, .user = &flow };
        sipcheck *engine = sipcheck_new(rules, &options);
        assert_non_null(engine);
        for (size_t k = 0; k < FLOW_MAX && flow.bases[k]; k++) {
            const sc_base *base = sc_base_find(rules, base_of(&flow, k));
            const sipcheck_packet packet = {
                .bytes = base->bytes.p,
                .length = base->bytes.n,
                .frame = k + 1,
                .ns = SC_FLOW_BEGIN_NS + k * 10000000,
                .src = sc_flow_address(element_of(flow.bases[k][0]), "udp"),
                .dst = sc_flow_address(element_of(flow.bases[k][1]), "udp"),
                .transport = SIPCHECK_TRANSPORT_UDP
            };
            assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_OK);
        }
        sipcheck_free(engine);
    }
}

static int load(void **state)
{
    sipcheck_error error;
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    if (!rules || sipcheck_rules_add_builtin(rules, &error) != SIPCHECK_OK ||
        sipcheck_rules_use_profile(rules, "default", NULL, &error) != SIPCHECK_OK)
        return 1;
    *state = rules;
    return sipcheck_rules_seal(rules, &error);
}

static int unload(void **state)
{
    sipcheck_rules_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_a_flow_belong_together),
        cmocka_unit_test(flows_are_clean),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
