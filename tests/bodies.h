/* SPDX-License-Identifier: MIT */
/* What the tests of bodies share: a message of a type and a body, both parsed. */
#ifndef TESTS_BODIES_H
#define TESTS_BODIES_H

#include "values.h"

#include <sipcheck/body.h>

typedef struct body_bench {
    sipcheck_arena *arena;
    fenced fence;
    const sipcheck_message *message;
    const sipcheck_body *body;
    size_t at; /* where the body begins in the message */
} body_bench;

static inline body_bench body_bench_new(void)
{
    return (body_bench){ .arena = sipcheck_arena_new(NULL), .fence = fence_new(1 << 20) };
}

static inline void body_bench_free(body_bench *b)
{
    fence_free(&b->fence);
    sipcheck_arena_free(b->arena);
}

/* head: header lines with their CRLF. What was parsed before is gone. */
static inline const sipcheck_body *body_parse(body_bench *b, const char *head, const void *text,
                                              size_t n, unsigned flags)
{
    static char bytes[1 << 20];
    int head_n = snprintf(bytes, sizeof bytes, "INFO sip:a.example SIP/2.0\r\n%s\r\n", head);
    assert_true(head_n > 0 && (size_t)head_n + n < sizeof bytes);
    memcpy(bytes + head_n, text, n);
    b->at = (size_t)head_n;
    size_t length = b->at + n;
    sipcheck_arena_reset(b->arena);
    assert_int_equal(
        sipcheck_parse(b->arena, fence_put(&b->fence, bytes, length), length, flags, &b->message),
        0);
    assert_int_equal(sipcheck_body_parse(b->arena, b->message, &b->body), 0);
    return b->body;
}

#define TYPE_SDP "Content-Type: application/sdp\r\n"

static inline const sipcheck_sdp *sdp_parse(body_bench *b, const char *text)
{
    return body_parse(b, TYPE_SDP, text, strlen(text), 0)->sdp;
}

#endif
