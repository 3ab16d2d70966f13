/* SPDX-License-Identifier: MIT */
/* What the rules' own tests share: of one message (selftest.c), of a flow (flow_test.c). */
#ifndef SC_ENGINE_SELFTEST_H
#define SC_ENGINE_SELFTEST_H

#include "rules/set.h"

typedef struct sc_test_run {
    const sipcheck_rules *set;
    const sipcheck_digest *digest; /* its hashes; NULL: none */
    sipcheck_digest known;         /* those, and the passwords of the test */
    const sc_test *test;           /* that is run */
    sipcheck_arena *messages;      /* what tests make */
    sipcheck_arena *parsed;
    sc_scratch *scratch;
    sipcheck_test_fn fn;
    void *user;
    char text[SC_FINDING_TEXT_MAX], rendered[SC_FINDING_TEXT_MAX];
} sc_test_run;

/* What the test that is run knows; NULL: nothing. */
const sipcheck_digest *sc_test_digest(const sc_test_run *r);

/* Fills what the flow of the test gave. 0 or SIPCHECK_NOMEM. */
int sc_flow_test(sc_test_run *r, const sc_rule *rule, const sc_test *test,
                 sipcheck_test_outcome *outcome);

#endif
