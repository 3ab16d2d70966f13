/* SPDX-License-Identifier: MIT */
/* Running the rules' own tests. */
#include <stdio.h>
#include <string.h>

#include "engine/selftest.h"
#include "text/slice.h"

static void report(const sc_test_run *r, const sipcheck_test_outcome *outcome)
{
    if (r->fn != NULL) r->fn(r->user, outcome);
}

static sc_judgement fault_found(sc_test_run *r, const sipcheck_message *message,
                                const sipcheck_fault *fault)
{
    sc_fault_text(fault, message, r->text, sizeof r->text);
    return (
        sc_judgement){ .verdict = SIPCHECK_FAIL, .offset = fault->offset, .length = fault->length };
}

/* The first fault that is the rule's; a message that passes has no fault at all. */
static sc_judgement judge_syntax(sc_test_run *r, const sc_rule *rule,
                                 const sipcheck_message *message, const sipcheck_body *body)
{
    const sipcheck_rules *set = r->set;
    for (const sipcheck_fault *fault = message->faults; fault != NULL; fault = fault->next)
        if (set->by_id[sc_rule_of_fault(set, message, fault)] == rule)
            return fault_found(r, message, fault);
    for (const sipcheck_fault *fault = body->faults; fault != NULL; fault = fault->next) {
        size_t index = sc_rule_of_body_fault(set, fault);
        if (index < set->count && set->by_id[index] == rule) return fault_found(r, message, fault);
    }
    bool clean = message->valid && body->valid;
    return (sc_judgement){ .verdict = clean ? SIPCHECK_PASS : SIPCHECK_NA };
}

static sc_judgement judge_message(sc_test_run *r, const sc_rule *rule, const sc_test *test,
                                  const sipcheck_message *message, const sipcheck_body *body)
{
    sc_observed observed = { .message = message,
                             .transport = sc_slice_of(test->transport),
                             .body = body,
                             .digest = sc_test_digest(r) };
    if (test->group != NULL) observed.group = sc_slice_of(test->group);
    sc_value slot = sc_value_observed(&observed);
    sc_context context = { .slots = &slot, .slot_count = 1 };
    sc_judgement judgement = sc_judge_rule(rule, &context, r->scratch, message);
    const char *text =
        sc_judgement_text(rule, &judgement, &context, r->scratch, r->text, sizeof r->text);
    if (text != r->text) snprintf(r->text, sizeof r->text, "%s", text);
    return judgement;
}

static int judge(sc_test_run *r, const sc_rule *rule, const sc_test *test,
                 sipcheck_test_outcome *outcome)
{
    bool stream = strcmp(test->transport, "tcp") == 0 || strcmp(test->transport, "tls") == 0;
    bool cut = test->cut < outcome->length;
    unsigned flags = (stream ? SIPCHECK_STREAM : 0u) | (cut ? SIPCHECK_CUT : 0u);
    const sipcheck_message *message = NULL;
    const sipcheck_body *body = NULL;
    outcome->length = cut ? test->cut : outcome->length;
    int code = sipcheck_parse(r->parsed, outcome->bytes, outcome->length, flags, &message);
    if (code == SIPCHECK_OK) code = sipcheck_body_parse(r->parsed, message, &body);
    if (code != SIPCHECK_OK) {
        snprintf(r->text, sizeof r->text, "not parsed: %s", sipcheck_strerror(code));
        return code == SIPCHECK_NOMEM ? code : SIPCHECK_OK;
    }
    sc_judgement judgement = rule->pub.syntax ? judge_syntax(r, rule, message, body)
                                              : judge_message(r, rule, test, message, body);
    outcome->got = judgement.verdict;
    outcome->mark_offset = judgement.offset;
    outcome->mark_length = judgement.length;
    outcome->ok = outcome->got == outcome->wanted;
    if (outcome->ok && test->text != NULL && strcmp(test->text, r->text) != 0) {
        outcome->ok = false;
        memcpy(r->rendered, r->text, sizeof r->rendered);
        snprintf(r->text, sizeof r->text, "the text is \"%.800s\", wanted is \"%.800s\"",
                 r->rendered, test->text);
    }
    return code;
}

static int run_message(sc_test_run *r, const sc_rule *rule, const sc_test *test)
{
    sipcheck_slice bytes;
    int code = sc_test_build(r->set, test, r->messages, &bytes, r->text);
    if (code != SIPCHECK_OK) return code;
    sipcheck_test_outcome outcome = { .rule = &rule->pub,
                                      .wanted = test->wanted,
                                      .got = SIPCHECK_UNKNOWN,
                                      .line = test->place.line,
                                      .bytes = bytes.p,
                                      .length = bytes.n,
                                      .text = r->text };
    if (bytes.p != NULL) code = judge(r, rule, test, &outcome);
    if (code == SIPCHECK_OK) report(r, &outcome);
    return code;
}

/* hashed: by H(username ":" realm), all of it. RFC 7616 §3.4.4 */
static bool is_user(const sc_test_run *r, const sc_secret *s, enum sipcheck_hash hash,
                    sipcheck_slice name, bool hashed)
{
    const sipcheck_slice parts[] = { s->user, sc_slice_of(":"), s->realm };
    size_t digits = hash == SIPCHECK_HASH_MD5 ? SIPCHECK_HASH_HEX / 2 : SIPCHECK_HASH_HEX;
    char want[SIPCHECK_HASH_HEX];
    if (!hashed) return sc_slices_same(name, s->user);
    return name.n == digits && r->digest->hash(r->digest->user, hash, parts, 3, want) &&
           memcmp(name.p, want, digits) == 0;
}

/* H(username ":" realm ":" password) of the test's passwords. */
static bool secret_of(void *user, enum sipcheck_hash hash, sipcheck_slice username, bool hashed,
                      sipcheck_slice realm, char *ret)
{
    const sc_test_run *r = user;
    for (const sc_secret *s = r->test->secrets; s != NULL; s = s->next) {
        const sipcheck_slice colon = sc_slice_of(":");
        const sipcheck_slice parts[] = { s->user, colon, s->realm, colon, s->password };
        if (sc_slices_same(realm, s->realm) && is_user(r, s, hash, username, hashed))
            return r->digest->hash(r->digest->user, hash, parts, 5, ret);
    }
    return false;
}

static bool hash_of(void *user, enum sipcheck_hash hash, const sipcheck_slice *parts, size_t count,
                    char *ret)
{
    const sc_test_run *r = user;
    return r->digest->hash(r->digest->user, hash, parts, count, ret);
}

const sipcheck_digest *sc_test_digest(const sc_test_run *r)
{
    return r->test->secrets != NULL ? &r->known : NULL;
}

static int run_test(sc_test_run *r, const sc_rule *rule, const sc_test *test)
{
    if (test->secrets != NULL && r->digest == NULL) return SIPCHECK_OK;
    r->test = test;
    r->known = (sipcheck_digest){ hash_of, secret_of, r };
    sipcheck_arena_reset(r->messages);
    sipcheck_arena_reset(r->parsed);
    r->text[0] = '\0';
    if (test->flow == NULL) return run_message(r, rule, test);
    sipcheck_test_outcome outcome = { .rule = &rule->pub,
                                      .wanted = test->wanted,
                                      .got = SIPCHECK_UNKNOWN,
                                      .line = test->place.line,
                                      .bytes = (const uint8_t *)"",
                                      .text = r->text };
    int code = sc_flow_test(r, rule, test, &outcome);
    if (code == SIPCHECK_OK) report(r, &outcome);
    return code;
}

static int run_rule(sc_test_run *r, const sc_rule *rule)
{
    int code = SIPCHECK_OK;
    for (const sc_test *test = rule->tests; test != NULL && code == SIPCHECK_OK; test = test->next)
        code = run_test(r, rule, test);
    return code;
}

static int run(sc_test_run *r, const sipcheck_rule *only)
{
    if (only != NULL) return run_rule(r, (const sc_rule *)only);
    int code = SIPCHECK_OK;
    for (const sc_rule *rule = r->set->first; rule != NULL && code == SIPCHECK_OK;
         rule = rule->next)
        code = run_rule(r, rule);
    return code;
}

int sipcheck_rules_test(const sipcheck_rules *rules, const sipcheck_rule *rule,
                        const sipcheck_digest *digest, sipcheck_test_fn fn, void *user)
{
    sc_test_run r = { .set = rules, .digest = digest, .fn = fn, .user = user };
    r.messages = sipcheck_arena_new(&rules->allocator);
    r.parsed = sipcheck_arena_new(&rules->allocator);
    r.scratch = sc_set_alloc(rules, sizeof *r.scratch);
    bool memory = r.messages != NULL && r.parsed != NULL && r.scratch != NULL;
    int code = memory ? run(&r, rule) : SIPCHECK_NOMEM;
    sc_set_release(rules, r.scratch);
    sipcheck_arena_free(r.parsed);
    sipcheck_arena_free(r.messages);
    return code;
}
