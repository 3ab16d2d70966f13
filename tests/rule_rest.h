/* SPDX-License-Identifier: MIT */
/* What every rule has behind the part that is tried. */
#ifndef TESTS_RULE_REST_H
#define TESTS_RULE_REST_H

#include "ruleset.h"

#define AND_REST                                                                                   \
    "  assert: sip.is_request\n"                                                                   \
    "  message: m\n"                                                                               \
    "  fix: f\n" RULE_TESTS

#endif
