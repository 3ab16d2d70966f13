/* SPDX-License-Identifier: MIT */
/* What the tests of expressions share: parse a message, compile, evaluate. */
#ifndef TESTS_EXPR_H
#define TESTS_EXPR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "rules/expr.h"

#define EXPR_ENVIRONMENT                                                                           \
    {                                                                                              \
        .bindings = sc_message_bindings, .binding_count = 1                                        \
    }

static const char *const expr_outcomes[] = { "false", "true", "absent", "unknown" };

static inline sc_source expr_source(const char *text)
{
    return (sc_source){ .text = { (const uint8_t *)text, strlen(text) }, .line = 1, .column = 1 };
}

/* Fails the test when it can't be compiled. */
static inline sc_program *expr_compile(const char *text, const sc_environment *environment,
                                       enum sc_want want)
{
    sc_program *program = NULL;
    sipcheck_error error = { .line = 0 };
    const sc_source source = expr_source(text);
    if (sc_expr_compile(NULL, &source, environment, want, &program, &error) != SIPCHECK_OK)
        fail_msg("%s: column %u: %s", text, error.column, error.message);
    return program;
}

/* Line feeds become CRLF. Nothing is freed before the arena is. */
static inline const sipcheck_message *expr_parse(sipcheck_arena *arena, const char *text,
                                                 unsigned flags, char *bytes, size_t size)
{
    const sipcheck_message *message = NULL;
    size_t n = 0;
    for (const char *p = text; *p; p++) {
        assert_true(n + 2 < size);
        if (*p == '\n') bytes[n++] = '\r';
        bytes[n++] = *p;
    }
    assert_int_equal(sipcheck_parse(arena, (const uint8_t *)bytes, n, flags, &message), 0);
    return message;
}

#endif
