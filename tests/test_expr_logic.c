/* SPDX-License-Identifier: MIT */
/* The four outcomes, exhaustively; and arithmetic, comparison, durations. No message is needed: the
 * scope binds values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rules/expr.h"

#define MS INT64_C(1000000)

static const sc_binding bindings[] = {
    { "t", SC_TYPE_BOOL, 0 },
    { "f", SC_TYPE_BOOL, 1 },
    { "a", SC_TYPE_BOOL, 2 },
    { "u", SC_TYPE_BOOL, 3 },
    { "five", SC_TYPE_INT, 4 },
    { "na", SC_TYPE_INT, 5 },
    { "nu", SC_TYPE_INT, 6 },
    { "max", SC_TYPE_INT, 7 },
    { "T1", SC_TYPE_DURATION, 8 },
    { "tolerance", SC_TYPE_RATIO, 9 },
    { "token", SC_TYPE_TOKEN, 10 },
    { "text", SC_TYPE_STRING, 11 },
    { "transaction.gap", SC_TYPE_DURATION, 12 },
    { "transaction.retransmissions", SC_TYPE_INT, 13 },
    { "quoted", SC_TYPE_STRING, 14 },
    { "sa", SC_TYPE_STRING, 15 },
    { "su", SC_TYPE_STRING, 16 },
};
#define TEXT(s)                                                                                    \
    {                                                                                              \
        .raw = {(const uint8_t *)(s), sizeof(s) - 1 }                                              \
    }
#define ABSENT                                                                                     \
    {                                                                                              \
        .state = SC_ABSENT_VALUE                                                                   \
    }
#define UNKNOWN                                                                                    \
    {                                                                                              \
        .state = SC_UNKNOWN_VALUE, .missing = SC_MISSING_SYNTAX                                    \
    }
static const sc_value slots[] = {
    { .truth = true },
    { .truth = false },
    ABSENT,
    UNKNOWN,
    { .number = 5 },
    ABSENT,
    UNKNOWN,
    { .number = INT64_MAX },
    { .number = 500 * MS },
    { .number = 100000 },
    TEXT("UDP"),
    TEXT("Hello"),
    { .number = 1800 * MS },
    { .number = 3 },
    TEXT("\"a \\\"b\\\\\""),
    ABSENT,
    UNKNOWN,
};
static const sc_context context = { .slots = slots, .slot_count = sizeof slots / sizeof *slots };
static const sc_environment environment = { .bindings = bindings,
                                            .binding_count = sizeof bindings / sizeof *bindings };

static sc_scratch scratch;

static enum sc_outcome outcome_of(const char *expression, enum sc_want want)
{
    sc_program *program = NULL;
    sipcheck_error error = { .line = 0 };
    sc_source source = { .text = { (const uint8_t *)expression, strlen(expression) },
                         .line = 1,
                         .column = 1 };
    if (sc_expr_compile(NULL, &source, &environment, want, &program, &error) != SIPCHECK_OK)
        fail_msg("%s: %u: %s", expression, error.column, error.message);
    enum sc_outcome outcome = sc_program_eval(program, &context, &scratch).outcome;
    sc_program_free(program);
    return outcome;
}

static const char names[4] = { 'f', 't', 'a', 'u' }; /* by enum sc_outcome */

/* Rows: the left operand; columns: the right one; both in the order t f a u. */
static const struct {
    const char *operator;
    const char *table;
} truths[] = {
    { "and", "t f a u "
             "f f f f "
             "a f a u "
             "u f u u " },
    { "or", "t t t t "
            "t f a u "
            "t a a u "
            "t u u u " },
    { "==", "t f a u "
            "f t a u "
            "a a a a "
            "u u a u " },
    { "!=", "f t a u "
            "t f a u "
            "a a a a "
            "u u a u " },
};

static void logic_has_four_outcomes(void **state)
{
    (void)state;
    static const char order[] = "tfau";
    for (size_t k = 0; k < sizeof truths / sizeof *truths; k++)
        for (int i = 0; i < 16; i++) {
            char expression[32];
            snprintf(expression, sizeof expression, "%c %s %c", order[i / 4], truths[k].operator,
                     order[i % 4]);
            char got = names[outcome_of(expression, SC_WANT_TRUTH)];
            if (got != truths[k].table[2 * i])
                fail_msg("%s is %c, wanted %c", expression, got, truths[k].table[2 * i]);
        }
}

/* In a condition absent counts as false, in `and` and `or` of any depth, not under `not`. */
static void conditions_take_absent_for_false(void **state)
{
    (void)state;
    static const char order[] = "tfau";
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            char expression[32], plain[32];
            char left = order[i] == 'a' ? 'f' : order[i], right = order[j] == 'a' ? 'f' : order[j];
            for (int k = 0; k < 2; k++) {
                const char *op = k ? "or" : "and";
                snprintf(expression, sizeof expression, "%c %s %c", order[i], op, order[j]);
                snprintf(plain, sizeof plain, "%c %s %c", left, op, right);
                assert_int_equal(outcome_of(expression, SC_WANT_CONDITION),
                                 outcome_of(plain, SC_WANT_TRUTH));
            }
        }
    assert_int_equal(outcome_of("a", SC_WANT_CONDITION), SC_FALSE);
    assert_int_equal(outcome_of("not a", SC_WANT_CONDITION), SC_FALSE);
    assert_int_equal(outcome_of("t and (f or a)", SC_WANT_CONDITION), SC_FALSE);
    assert_int_equal(outcome_of("not (a and u)", SC_WANT_CONDITION), SC_UNKNOWN);
}

typedef struct row {
    const char *expression;
    enum sc_outcome wanted;
} row;

static const row rows[] = {
    { "true", SC_TRUE },
    { "false", SC_FALSE },
    { "t", SC_TRUE },
    { "not t", SC_FALSE },
    { "not f", SC_TRUE },
    { "not a", SC_ABSENT },
    { "not u", SC_UNKNOWN },
    { "not not t", SC_TRUE },
    { "not t == f", SC_TRUE }, /* not (t == f) */

    /* precedence */
    { "1 + 2 * 3 == 7", SC_TRUE },
    { "(1 + 2) * 3 == 9", SC_TRUE },
    { "7 - 2 - 1 == 4", SC_TRUE },
    { "12 / 3 / 2 == 2", SC_TRUE },
    { "7 % 4 == 3", SC_TRUE },
    { "2 ** 3 ** 2 == 512", SC_TRUE },
    { "2 * 3 ** 2 == 18", SC_TRUE },
    { "-2 ** 2 == -4", SC_TRUE },
    { "2 ** -1 == 0", SC_UNKNOWN },
    { "- five == -5", SC_TRUE },

    /* comparison */
    { "five < 6", SC_TRUE },
    { "five < 5", SC_FALSE },
    { "five <= 5", SC_TRUE },
    { "five > 4", SC_TRUE },
    { "five >= 6", SC_FALSE },
    { "five != 5", SC_FALSE },
    { "text == \"Hello\"", SC_TRUE },
    { "text == \"hello\"", SC_FALSE },
    { "token == \"udp\"", SC_TRUE },
    { "\"udp\" == token", SC_TRUE },
    { "token != \"udp\"", SC_FALSE },
    { "token == text", SC_FALSE },
    { "\"a\\\"b\\\\\" == \"a\\\"b\\\\\"", SC_TRUE },

    /* absent and unknown operands */
    { "na == 1", SC_ABSENT },
    { "nu == 1", SC_UNKNOWN },
    { "na == nu", SC_ABSENT },
    { "nu < na", SC_ABSENT },
    { "na + 1 == 1", SC_ABSENT },
    { "nu * 0 == 0", SC_UNKNOWN },
    { "na - nu == 1", SC_ABSENT },
    { "sa == \"\"", SC_ABSENT },
    { "su == \"\"", SC_UNKNOWN },
    { "exists(na)", SC_FALSE },
    { "exists(nu)", SC_UNKNOWN },
    { "exists(five)", SC_TRUE },
    { "count(five) == 1", SC_TRUE },
    { "count(na) == 0", SC_TRUE },
    { "count(nu) == 0", SC_UNKNOWN },

    /* sets */
    { "five in {1, 5}", SC_TRUE },
    { "five in {1..4, 6..9}", SC_FALSE },
    { "five in {1..5}", SC_TRUE },
    { "five not in {1..5}", SC_FALSE },
    { "five in {-5..-1, 5}", SC_TRUE },
    { "na in {1}", SC_ABSENT },
    { "na not in {1}", SC_ABSENT },
    { "nu in {1}", SC_UNKNOWN },
    { "text in {\"x\", \"Hello\"}", SC_TRUE },
    { "text in {\"hello\"}", SC_FALSE },
    { "token in {\"tcp\", \"udp\"}", SC_TRUE },
    { "token not in {\"tcp\"}", SC_TRUE },

    /* what does not fit */
    { "max + 1 > 0", SC_UNKNOWN },
    { "max * 2 > 0", SC_UNKNOWN },
    { "- max - 2 < 0", SC_UNKNOWN },
    { "2 ** 62 > 0", SC_TRUE },
    { "2 ** 63 > 0", SC_UNKNOWN },
    { "0 ** 0 == 1", SC_TRUE },
    { "five / 0 == 0", SC_UNKNOWN },
    { "five % 0 == 0", SC_UNKNOWN },
    { "(- max - 1) / -1 > 0", SC_UNKNOWN },
    { "(- max - 1) % -1 == 0", SC_UNKNOWN },
    { "max >= 9223372036854775807", SC_TRUE },
    { "max > 9223372036854775806", SC_TRUE },

    /* time */
    { "T1 == 500ms", SC_TRUE },
    { "T1 * 64 == 32s", SC_TRUE },
    { "64 * T1 == 32s", SC_TRUE },
    { "T1 + 1s == 1500ms", SC_TRUE },
    { "T1 / 2 == 250ms", SC_TRUE },
    { "1min == 60s", SC_TRUE },
    { "1h == 60min", SC_TRUE },
    { "tolerance == 0.1", SC_TRUE },
    { "1 - tolerance == 0.9", SC_TRUE },
    { "T1 * (1 - tolerance) == 450ms", SC_TRUE },
    { "T1 / 0.5 == 1s", SC_TRUE },
    { "0.5 * 0.5 == 0.25", SC_TRUE },
    { "0.5 + 1 == 1.5", SC_TRUE },
    { "five * 0.5 == 2.5", SC_TRUE },
    { "2 > tolerance", SC_TRUE },
    { "transaction.gap >= T1 * 2 ** (transaction.retransmissions - 1) * (1 - tolerance)", SC_TRUE },
    { "transaction.gap >= T1 * 2 ** (transaction.retransmissions - 1)", SC_FALSE },
    { "transaction.gap in {1s..2s}", SC_TRUE },

    /* texts */
    { "length(text) == 5", SC_TRUE },
    { "length(\"\") == 0", SC_TRUE },
    { "length(sa) == 0", SC_ABSENT },
    { "starts_with(text, \"He\")", SC_TRUE },
    { "starts_with(text, \"he\")", SC_FALSE },
    { "starts_with(token, \"ud\")", SC_TRUE },
    { "starts_with(text, \"Hello!\")", SC_FALSE },
    { "starts_with(text, \"\")", SC_TRUE },
    { "starts_with(su, \"x\")", SC_UNKNOWN },
    { "starts_with(su, sa)", SC_ABSENT },
    { "ends_with(text, \"lo\")", SC_TRUE },
    { "ends_with(text, \"LO\")", SC_FALSE },
    { "contains(text, \"ell\")", SC_TRUE },
    { "contains(text, \"elo\")", SC_FALSE },
    { "contains(text, \"\")", SC_TRUE },
    { "contains(token, \"dp\")", SC_TRUE },
    { "unquote(quoted) == \"a \\\"b\\\\\"", SC_TRUE },
    { "unquote(text) == text", SC_TRUE },
    { "unquote(\"\\\"\\\"\") == \"\"", SC_TRUE },
    { "number(\"0070\") == 70", SC_TRUE },
    { "number(\"7x\") == 7", SC_ABSENT },
    { "number(\"\") == 0", SC_ABSENT },
    { "number(\"99999999999999999999\") == max", SC_TRUE },
    { "is_hex(\"09afAF\")", SC_TRUE },
    { "is_hex(\"0g\")", SC_FALSE },
    { "is_hex(\"\")", SC_FALSE },
    { "hex_number(\"00000010\") == 16", SC_TRUE },
    { "hex_number(\"aF\") == 175", SC_TRUE },
    { "hex_number(\"ffffffffffffffffff\") > 4611686018427387904", SC_TRUE },
    { "hex_number(\"\") == 0", SC_ABSENT },
    { "hex_number(\"0x1\") == 1", SC_ABSENT },
    { "is_lhex(\"09af\")", SC_TRUE },
    { "is_lhex(\"0A\")", SC_FALSE },
    { "uuid_version(\"0f1e2d3c4b5a49788796a5b4c3d2e1f0\") == 4", SC_TRUE },
    { "uuid_version(\"0F1E2D3C4B5AF9788796A5B4C3D2E1F0\") == 15", SC_TRUE },
    { "uuid_version(\"00000000000000000000000000000000\") == 0", SC_TRUE },
    { "uuid_version(\"0f1e2d3c4b5a49788796a5b4c3d2e1f\") == 4", SC_ABSENT },
    { "uuid_version(\"0f1e2d3c-4b5a-4978-8796-a5b4c3d2\") == 4", SC_ABSENT },
    { "is_lower(\"a1.\")", SC_TRUE },
    { "is_lower(\"aB\")", SC_FALSE },
    { "is_lower(\"\")", SC_TRUE },
    { "is_base64(\"aZ0+/-_==\")", SC_TRUE },
    { "is_base64(\"a===\")", SC_FALSE },
    { "is_base64(\"a=b\")", SC_FALSE },
    { "is_base64(\"a.b\")", SC_FALSE },
    { "is_base64(\"\")", SC_FALSE },
    { "is_base64(\"==\")", SC_FALSE },
    { "known_method(\"INVITE\")", SC_TRUE },
    { "known_method(\"invite\")", SC_FALSE },
    { "known_method(\"PUBLISH\")", SC_TRUE },
    { "known_method(\"FOO\")", SC_FALSE },
    { "known_method(sa)", SC_ABSENT },
    { "known_option_tag(\"100rel\")", SC_TRUE },
    { "known_option_tag(\"UUI\")", SC_TRUE },
    { "known_option_tag(\"100re\")", SC_FALSE },
    { "known_option_tag(\"\")", SC_FALSE },
};

static void expressions_have_their_outcome(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum sc_outcome got = outcome_of(rows[i].expression, SC_WANT_TRUTH);
        if (got != rows[i].wanted)
            fail_msg("%s is %c, wanted %c", rows[i].expression, names[got], names[rows[i].wanted]);
    }
}

static void unknown_says_what_was_missing(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *missing;
    } cases[] = { { "u and t", "bytes that can be read" },
                  { "max + 1 == 0", "a number that fits" },
                  { "five == 5 and five / 0 == 1", "a number that fits" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_program *program = NULL;
        sipcheck_error error;
        sc_source source = { .text = { (const uint8_t *)cases[i].expression,
                                       strlen(cases[i].expression) },
                             .line = 1,
                             .column = 1 };
        assert_int_equal(
            sc_expr_compile(NULL, &source, &environment, SC_WANT_TRUTH, &program, &error), 0);
        sc_result result = sc_program_eval(program, &context, &scratch);
        assert_int_equal(result.outcome, SC_UNKNOWN);
        assert_string_equal(sc_missing_text(result.missing), cases[i].missing);
        sc_program_free(program);
    }
}

/* A message that no slot has is unknown, not read from nowhere. */
static void unbound_slots_are_unknown(void **state)
{
    (void)state;
    const sc_context empty = { .slots = NULL };
    sc_program *program = NULL;
    sipcheck_error error;
    sc_source source = { .text = { (const uint8_t *)"t", 1 }, .line = 1, .column = 1 };
    assert_int_equal(sc_expr_compile(NULL, &source, &environment, SC_WANT_TRUTH, &program, &error),
                     0);
    assert_int_equal(sc_program_eval(program, &empty, &scratch).outcome, SC_UNKNOWN);
    sc_program_free(program);
}

static void templates_print_values(void **state)
{
    (void)state;
    static const struct {
        const char *template, *wanted;
        size_t size;
    } cases[] = {
        { "plain", "plain", 100 },
        { "", "", 100 },
        { "{five} of {{5}", "5 of {5}", 100 },
        { "{five + 1}{text}", "6Hello", 100 },
        { "{na} {nu}", "(absent) (unknown)", 100 },
        { "{na else none}, {nu else none}, {five else none}", "none, (unknown), 5", 100 },
        { "{five + na else no {number}|{na else}", "no {number|", 100 },
        { "{t} {f} {T1} {tolerance} {T1 / 3}", "true false 500 ms 0.1 166.666666 ms", 100 },
        { "{- tolerance} {1.5} {2.0}", "-0.1 1.5 2", 100 },
        { "{- five}", "-5", 100 },
        { "{quoted}", "\"a \\\"b\\\\\"", 100 },
        { "{length(\"}\")}", "1", 100 },
        { "{text}{text}", "HelloHello", 11 },
        { "{text}{text}", "HelloH...", 10 },
        { "{text}", "", 1 },
        { "{text}", "..", 3 },
        { "{\"a\x01\xC3\xA4\xFF\xC2\x85\r\n\"}", "a\\x01\xC3\xA4\\xFF\\xC2\\x85\\x0D\\x0A", 100 },
        { "\xC3\xA4\xC3\xA4\xC3\xA4", "\xC3\xA4...", 6 + 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buf[100];
        sc_template *template = NULL;
        sipcheck_error error = { .line = 0 };
        sc_source source = { .text = { (const uint8_t *)cases[i].template,
                                       strlen(cases[i].template) },
                             .line = 1,
                             .column = 1 };
        if (sc_template_compile(NULL, &source, &environment, &template, &error) != SIPCHECK_OK)
            fail_msg("%s: %u: %s", cases[i].template, error.column, error.message);
        size_t n = sc_template_render(template, &context, &scratch, buf, cases[i].size);
        assert_string_equal(buf, cases[i].wanted);
        assert_int_equal(n, strlen(buf));
        sc_template_free(template);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logic_has_four_outcomes),
        cmocka_unit_test(conditions_take_absent_for_false),
        cmocka_unit_test(expressions_have_their_outcome),
        cmocka_unit_test(unknown_says_what_was_missing),
        cmocka_unit_test(unbound_slots_are_unknown),
        cmocka_unit_test(templates_print_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
