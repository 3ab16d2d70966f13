/* SPDX-License-Identifier: MIT */
/* The text of a rule of wider scope than the message, in parts. */
#ifndef TESTS_SCOPED_RULE_H
#define TESTS_SCOPED_RULE_H

#include "ruleset.h"

/* Ten lines. */
#define HEAD(SCOPE)                                                                                \
    "- id: a-b\n  title: t\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n  binds: uas\n"              \
    "  scope: " SCOPE "\n  asks: a\n  why: w\n  message: m\n  fix: f\n"

#define STEP "{from: alice, to: bob, base: ping}"
#define PASS_AND_FAIL "  tests:\n    pass: [{flow: [" STEP "]}]\n    fail: [{flow: [" STEP "]}]\n"
#define OPTIONS "  on: request\n  assert: request.sip.Method == \"OPTIONS\"\n"
#define PAIR "  assert: response.sip.Call-ID == request.sip.Call-ID\n"
/* Line 13 of a rule: the failing test, of which a line is 14. */
#define FAILING(TEST)                                                                              \
    OPTIONS "  tests:\n    pass: [{flow: [" STEP "]}]\n    fail:\n    - " TEST "\n"

#endif
