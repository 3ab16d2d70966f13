/* SPDX-License-Identifier: MIT */
/* What the tests of rule sets share: a rule to vary, sets made from texts, an allocator that fails.
 */
#ifndef TESTS_RULESET_H
#define TESTS_RULESET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <sipcheck/engine.h>

#include "failing.h"

#define RULE_HEAD(ID)                                                                              \
    "- id: " ID "\n"                                                                               \
    "  title: a title\n"                                                                           \
    "  cites: [3261-8.1.1.5-2]\n"                                                                  \
    "  level: MUST\n"                                                                              \
    "  binds: [uac, uas, proxy]\n"                                                                 \
    "  scope: message\n"                                                                           \
    "  asks: what is asked\n"                                                                      \
    "  why: why it matters\n"

#define RULE_TESTS                                                                                 \
    "  tests:\n"                                                                                   \
    "    pass: [{base: ping}]\n"                                                                   \
    "    fail: [{base: ping, set: {CSeq: 1 BYE}}]\n"

/* A whole rule about the method in CSeq. */
#define RULE_CSEQ(ID)                                                                              \
    RULE_HEAD(ID)                                                                                  \
    "  assert: sip.CSeq.method == sip.Method\n"                                                    \
    "  message: \"CSeq says {sip.CSeq.method}\"\n"                                                 \
    "  fix: \"Send CSeq: {sip.CSeq.seq} {sip.Method}\"\n" RULE_TESTS

#define PING                                                                                       \
    "OPTIONS sip:bob@example.com SIP/2.0\r\n"                                                      \
    "Via: SIP/2.0/UDP desk.example.com;branch=z9hG4bK371decbad5b\r\n"                              \
    "Max-Forwards: 70\r\n"                                                                         \
    "From: <sip:alice@example.com>;tag=1ezbbd31pd2s\r\n"                                           \
    "To: <sip:bob@example.com>\r\n"                                                                \
    "Call-ID: 3119849255785412322@desk.example.com\r\n"                                            \
    "CSeq: 1 OPTIONS\r\n"                                                                          \
    "Content-Length: 0\r\n\r\n"

static const char bases_text[] = "ping: |\n"
                                 "  OPTIONS sip:bob@example.com SIP/2.0\n"
                                 "  Via: SIP/2.0/UDP desk.example.com;branch=z9hG4bK371decbad5b\n"
                                 "  Max-Forwards: 70\n"
                                 "  From: <sip:alice@example.com>;tag=1ezbbd31pd2s\n"
                                 "  To: <sip:bob@example.com>\n"
                                 "  Call-ID: 3119849255785412322@desk.example.com\n"
                                 "  CSeq: 1 OPTIONS\n"
                                 "  Content-Length: auto\n";

static inline int ruleset_add(sipcheck_rules *rules, const char *text, sipcheck_error *error)
{
    return sipcheck_rules_add(rules, "test.yaml", text, strlen(text), error);
}

/* The bases above, and the rules of a text. Not sealed. */
static inline sipcheck_rules *ruleset_open(const char *text)
{
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_non_null(rules);
    if (sipcheck_rules_add_bases(rules, "bases", bases_text, strlen(bases_text), &error) != 0 ||
        ruleset_add(rules, text, &error) != 0) {
        fail_msg("%s:%u:%u: %s", error.file, error.line, error.column, error.message);
    }
    return rules;
}

static inline sipcheck_rules *ruleset_seal(sipcheck_rules *rules)
{
    sipcheck_error error = { .line = 0 };
    if (sipcheck_rules_seal(rules, &error) != 0) {
        fail_msg("%s:%u:%u: %s", error.file, error.line, error.column, error.message);
    }
    return rules;
}

/* Loading survives the nth allocation failing, whichever it is, and gives everything back. */
static inline void loading_survives(int load(const sipcheck_allocator *, sipcheck_rules **),
                                    long at_least)
{
    int code = SIPCHECK_NOMEM;
    long n = 0;
    for (; code != SIPCHECK_OK; n++) {
        failing f = { .left = n };
        const sipcheck_allocator allocator = failing_allocator(&f);
        sipcheck_rules *rules = NULL;
        code = load(&allocator, &rules);
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_NOMEM);
        sipcheck_rules_free(rules);
        assert_int_equal(f.out, 0);
    }
    assert_true(n > at_least);
}

static inline sipcheck_packet packet_of(const char *text)
{
    return (sipcheck_packet){ .bytes = (const uint8_t *)text,
                              .length = strlen(text),
                              .frame = 1,
                              .src = { 4, { 10, 0, 0, 1 }, 5060 },
                              .dst = { 4, { 10, 0, 0, 2 }, 5060 },
                              .transport = SIPCHECK_TRANSPORT_UDP };
}

#endif
