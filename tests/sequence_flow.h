/* SPDX-License-Identifier: MIT */
/* Flows with the rules that they are put to and what is wanted, and the lines that they share. */
#ifndef TESTS_SEQUENCE_FLOW_H
#define TESTS_SEQUENCE_FLOW_H

#include "sequence.h"

#define LINES 12

typedef struct flow {
    const char *rules;
    line lines[LINES]; /* start NULL: the end */
    const char *want;
    char vantage; /* beside this host; 0: not known */
} flow;

static inline size_t length_of(const flow *f)
{
    size_t n = 0;
    while (n < LINES && f->lines[n].start != NULL)
        n++;
    return n;
}

static inline void run(const flow *f, const sipcheck_options *more, heard *h)
{
    const sipcheck_address_port vantage = { 4, { 10, 0, 0, (uint8_t)(f->vantage - 'a' + 1) }, 0 };
    sipcheck_options options = *more;
    options.on_finding = hear;
    options.user = h;
    options.vantage = &vantage;
    options.vantage_count = f->vantage != 0;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(f->rules));
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    assert_int_equal(play(engine, f->lines, length_of(f)), 0);
    assert_int_equal(sipcheck_finish(engine), 0);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static inline void want(const flow *f, const char *what, const heard *h)
{
    if (strcmp(h->list, f->want) != 0) fail_msg("%s: wanted %s, got %s", what, f->want, h->list);
}

/* The grammar's rules pass on each message, so only the other verdicts are looked at. */
enum { NO_PASS = 1u << SIPCHECK_FAIL | 1u << SIPCHECK_UNKNOWN };

#define RUN_ALL(FLOWS)                                                                             \
    for (size_t i = 0; i < sizeof FLOWS / sizeof *FLOWS; i++) {                                    \
        heard h = { .count = 0 };                                                                  \
        const sipcheck_options options = { .verdicts = NO_PASS };                                  \
        run(&FLOWS[i], &options, &h);                                                              \
        char what[32];                                                                             \
        snprintf(what, sizeof what, "flow %zu", i);                                                \
        want(&FLOWS[i], what, &h);                                                                 \
    }

#define IN_TIME                                                                                    \
    SEQUENCE_RULE("r", "[uas, proxy]",                                                             \
                  "  scope: transaction\n  on: request\n"                                          \
                  "  applies: request.sip.Method == \"INVITE\"\n"                                  \
                  "  expect: {event: [provisional, final], within: 200ms, unless: cancel}\n")
#define ASK                                                                                        \
    {                                                                                              \
        0, "a>b", "INVITE"                                                                         \
    }
#define OK(MS_)                                                                                    \
    {                                                                                              \
        MS_, "b>a", "200"                                                                          \
    }
#define LATER                                                                                      \
    {                                                                                              \
        5000, NULL, "time"                                                                         \
    }

#define IN_DIALOG(MS_, CSEQ)                                                                       \
    {                                                                                              \
        MS_, "a>b", "INFO", NULL, CSEQ, CSEQ " INFO"                                               \
    }

#endif
