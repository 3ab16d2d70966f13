/* SPDX-License-Identifier: MIT */
/* Random expressions, well formed and not, over random pieces of messages: no crash, no read
 * outside (with sanitizers), every run the same; what the preconditions exclude is false or absent.
 */
#include "expr.h"
#include <sipcheck/engine.h>

#include "random_expr.h"
#include "random_message.h"
#include "rules/foresee.h"

#define ROUNDS 4000

static sc_scratch scratch;

/* What the class of a message and some of its headers tell of an expression is what it says. */
static void check_foresight(const sc_observed *observed, const sc_program *program,
                            enum sc_outcome outcome, const char *expression)
{
    sc_foresight f = { .sample = observed,
                       .key = sc_class_key(observed, SIPCHECK_TRANSPORT_UDP, false) };
    if (f.key == 0) return;
    sc_marks sent, more;
    sc_note_headers(observed->message, &sent, &more);
    sc_note_traits(observed, &sent);
    for (unsigned mark = 0; mark < SC_MARK_COUNT; mark++) {
        sc_marks *set = !sc_mark_in(&sent, mark)  ? &f.none
                        : sc_mark_in(&more, mark) ? &f.more
                                                  : &f.one;
        if (random_below(3) > 0) sc_mark_put(set, mark);
    }
    unsigned foreseen = sc_foresee(program, &f, &scratch);
    if (foreseen != SC_VARIES && foreseen != outcome)
        fail_msg("%s, foreseen %s:\n%s\n%.*s", expr_outcomes[outcome], expr_outcomes[foreseen],
                 expression, (int)observed->message->length,
                 (const char *)observed->message->bytes);
}

static void check_round(sipcheck_arena *arena, const sc_program *plain, const sc_program *condition,
                        const char *expression)
{
    writer w = { .n = 0 };
    char bytes[8192];
    if (random_below(2))
        put_message(&w);
    else
        put_good_message(&w);
    unsigned flags = 0;
    if (random_below(6) == 0) {
        w.text[random_below((unsigned)w.n + 1)] = '\0';
        flags = SIPCHECK_CUT;
    }
    sipcheck_arena_reset(arena);
    sc_observed observed = { .message = expr_parse(arena, w.text, flags, bytes, sizeof bytes),
                             .transport = { (const uint8_t *)"udp", 3 } };
    if (observed.message->line_count[SIPCHECK_HEADER_CONTENT_TYPE] > 0)
        assert_int_equal(sipcheck_body_parse(arena, observed.message, &observed.body), 0);
    const sc_value slot = sc_value_observed(&observed);
    const sc_context context = { .slots = &slot, .slot_count = 1 };

    enum sc_outcome first = sc_program_eval(plain, &context, &scratch).outcome;
    (void)sc_program_mark(plain, &context, &scratch);
    memset(&scratch, 0xA5, sizeof scratch);
    assert_int_equal(sc_program_eval(plain, &context, &scratch).outcome, first);

    enum sc_outcome applies = sc_program_eval(condition, &context, &scratch).outcome;
    assert_int_not_equal(applies, SC_ABSENT);
    if (first == SC_TRUE) assert_int_equal(applies, SC_TRUE);
    if (first == SC_FALSE || first == SC_ABSENT) assert_int_equal(applies, SC_FALSE);
    check_foresight(&observed, plain, first, expression);
    sc_preconditions pre = sc_program_preconditions(condition);
    if (!sc_preconditions_match(&pre, observed.message) && applies != SC_FALSE)
        fail_msg("excluded, but %s:\n%s\n%s", expr_outcomes[applies], expression, w.text);
}

static void random_expressions_hold_together(void **state)
{
    (void)state;
    const sc_environment environment = EXPR_ENVIRONMENT;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    random_state = 20260101;
    for (unsigned round = 0; round < ROUNDS; round++) {
        writer w = { .n = 0 };
        sc_program *plain = NULL, *condition = NULL;
        sipcheck_error error = { .line = 0 };
        put_truth(&w);
        const sc_source source = expr_source(w.text);
        int code = sc_expr_compile(NULL, &source, &environment, SC_WANT_TRUTH, &plain, &error);
        if (code != 0) continue; /* too large */
        assert_int_equal(
            sc_expr_compile(NULL, &source, &environment, SC_WANT_CONDITION, &condition, &error), 0);
        for (int i = 0; i < 8; i++)
            check_round(arena, plain, condition, w.text);
        sc_program_free(plain);
        sc_program_free(condition);
    }
    sipcheck_arena_free(arena);
}

/* Each by itself: what is foreseen of them is seldom more when they are joined. */
static void plain_truths_are_foreseen(void **state)
{
    (void)state;
    const sc_environment environment = EXPR_ENVIRONMENT;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    random_state = 20261126;
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        sc_program *plain = expr_compile(truths[i], &environment, SC_WANT_TRUTH);
        sc_program *condition = expr_compile(truths[i], &environment, SC_WANT_CONDITION);
        for (unsigned round = 0; round < ROUNDS; round++)
            check_round(arena, plain, condition, truths[i]);
        sc_program_free(plain);
        sc_program_free(condition);
    }
    sipcheck_arena_free(arena);
}

/* Words in any order: an error or a program, never a crash; the place of an error is in the text.
 */
static void random_words_end_in_an_error(void **state)
{
    (void)state;
    static const char *const words[] = {
        "sip",     ".",      "sip.Via",    "sip.CSeq.seq",
        "(",       ")",      "{",          "}",
        "any(",    "all(",   "in",         "not",
        "and",     "or",     "x",          ":",
        ",",       "..",     "==",         "<",
        "-",       "**",     "1",          "1.5",
        "500ms",   "\"a\"",  "\"\\\"\"",   "\"",
        "exists(", "first(", "has_param(", "true",
        "=",       "\n",     "\x80",       "first(sip.Via).",
        "branch",  "{{",     "}}",         "9223372036854775807",
    };
    const sc_environment environment = EXPR_ENVIRONMENT;
    random_state = 42;
    for (unsigned round = 0; round < 4 * ROUNDS; round++) {
        writer w = { .n = 0 };
        sc_program *program = NULL;
        sc_template *template = NULL;
        sipcheck_error error = { .line = 0 };
        for (unsigned n = 1 + random_below(14); n > 0; n--) {
            put(&w, PICK(words));
            put(&w, " ");
        }
        const sc_source source = expr_source(w.text);
        int code = sc_expr_compile(NULL, &source, &environment, SC_WANT_ANY, &program, &error);
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_INVALID);
        if (code == SIPCHECK_INVALID) {
            assert_true(error.line >= 1 && error.column >= 1 && error.column <= w.n + 1);
            assert_true(error.message[0] != '\0');
        }
        sc_program_free(program);
        code = sc_template_compile(NULL, &source, &environment, &template, &error);
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_INVALID);
        if (code == SIPCHECK_OK) sc_template_free(template);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_expressions_hold_together),
        cmocka_unit_test(plain_truths_are_foreseen),
        cmocka_unit_test(random_words_end_in_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
