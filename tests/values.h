/* SPDX-License-Identifier: MIT */
/* Tables of header values: each is put into a message, and the first fault is where the case says.
 */
#ifndef TESTS_VALUES_H
#define TESTS_VALUES_H

#include "sample.h"

#include <sipcheck/message.h>

typedef struct value_case {
    const char *what;
    const char *value;
    int miss;           /* offset of the fault into the value; -1: there is none */
    const char *wanted; /* what would have fitted */
} value_case;

typedef struct value_bench {
    sipcheck_arena *arena;
    fenced fence;
    size_t at; /* where the value begins in the message */
} value_bench;

static inline value_bench bench_new(void)
{
    return (value_bench){ sipcheck_arena_new(NULL), fence_new(8192), 0 };
}

static inline void bench_free(value_bench *b)
{
    fence_free(&b->fence);
    sipcheck_arena_free(b->arena);
}

/* A message with one header; what was parsed before is gone. */
static inline const sipcheck_message *bench_parse(value_bench *b, const char *name,
                                                  const char *value, size_t n)
{
    static const char start[] = "OPTIONS sip:a.example SIP/2.0\r\n";
    char text[8192];
    int head = snprintf(text, sizeof text, "%s%s:", start, name);
    assert_true(head > 0 && (size_t)head + n + 4 < sizeof text);
    memcpy(text + head, value, n);
    memcpy(text + head + n, "\r\n\r\n", 4);
    b->at = (size_t)head;
    const sipcheck_message *msg = NULL;
    size_t len = (size_t)head + n + 4;
    sipcheck_arena_reset(b->arena);
    assert_int_equal(sipcheck_parse(b->arena, fence_put(&b->fence, text, len), len, 0, &msg), 0);
    return msg;
}

/* Says what is wrong, and whether anything is. */
static inline bool value_fails(value_bench *b, const char *name, const value_case *t)
{
    const sipcheck_message *msg = bench_parse(b, name, t->value, strlen(t->value));
    const sipcheck_fault *fault = msg->faults;
    int miss = fault ? (int)(fault->offset - b->at) : -1;
    const char *wanted = fault ? fault->wanted : "none";
    bool right = miss == t->miss && (!fault || !t->wanted || !strcmp(wanted, t->wanted));
    if (!right)
        print_error("%s: %s: \"%s\": fault at %d (%s), not %d (%s)\n", name, t->what, t->value,
                    miss, wanted, t->miss, t->wanted ? t->wanted : "none");
    return !right || msg->valid != (t->miss == -1);
}

static inline void check_values(const char *name, const value_case *cases, size_t count)
{
    value_bench b = bench_new();
    size_t failures = 0;
    for (size_t i = 0; i < count; i++)
        failures += value_fails(&b, name, &cases[i]);
    bench_free(&b);
    assert_int_equal(failures, 0);
}

#define CHECK_VALUES(NAME, CASES) check_values(NAME, CASES, sizeof(CASES) / sizeof *(CASES))

static inline bool slice_is(sipcheck_slice slice, const char *text)
{
    return slice.p && slice.n == strlen(text) && memcmp(slice.p, text, slice.n) == 0;
}

#define assert_slice(SLICE, TEXT) assert_true(slice_is(SLICE, TEXT))
#define assert_absent(SLICE) assert_null((SLICE).p)

#endif
