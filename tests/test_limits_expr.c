/* SPDX-License-Identifier: MIT */
/* Limits of expressions: each is just kept, then broken by one, which is
 * said. docs/limits.md names the test of every limit. */
#include "expr.h"

#include "long_text.h"

#include "rules/compiler.h"

static const sc_environment environment = { .bindings = sc_message_bindings, .binding_count = 1 };

/* --- expressions */

/* begin, part as often as is said, end */
typedef struct expression_limit {
    const char *what, *begin, *part, *end;
    size_t most; /* so many parts are taken */
    const char *message;
} expression_limit;

static const expression_limit expression_limits[] = {
    { "SC_EXPR_LENGTH_MAX", "true", " ", "", SC_EXPR_LENGTH_MAX - 4, "longer than 8192 bytes" },
    { "SC_EXPR_DEPTH_MAX", "", "not ", "true", SC_EXPR_DEPTH_MAX - 1,
      "nested too deeply (more than 64 levels)" },
    { "SC_EXPR_DEPTH_MAX", "true", " and true", "", SC_EXPR_DEPTH_MAX - 1,
      "nested too deeply (more than 64 levels)" },
    { "items of a set", "1 in {1", ",1", "}", UINT8_MAX - 1, "more than 255 items in a set" },
};

static int compile(const char *expression, sipcheck_error *error)
{
    const sc_source source = { .text = { (const uint8_t *)expression, strlen(expression) },
                               .line = 1,
                               .column = 1 };
    sc_program *program = NULL;
    int code = sc_expr_compile(NULL, &source, &environment, SC_WANT_TRUTH, &program, error);
    sc_program_free(program);
    return code;
}

static void expect_refused(const char *what, const char *expression, const char *message)
{
    sipcheck_error error = { .line = 0 };
    if (compile(expression, &error) != SIPCHECK_INVALID || strcmp(error.message, message) != 0)
        fail_msg("%s: %s", what, error.message);
}

static void expect_taken(const char *what, const char *expression)
{
    sipcheck_error error = { .line = 0 };
    if (compile(expression, &error) != SIPCHECK_OK) fail_msg("%s: %s", what, error.message);
}

static void expressions_end_at_their_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expression_limits / sizeof *expression_limits; i++) {
        const expression_limit *limit = &expression_limits[i];
        for (size_t more = 0; more < 2; more++) {
            long_text t = { 0 };
            put(&t, limit->begin);
            put_times(&t, limit->part, limit->most + more);
            put(&t, limit->end);
            if (more)
                expect_refused(limit->what, t.p, limit->message);
            else
                expect_taken(limit->what, t.p);
            free(t.p);
        }
    }
}

static void put_set(long_text *t, size_t items)
{
    put(t, "1 in {1");
    put_times(t, ",1", items - 1);
    put(t, "}");
}

/* SC_EXPR_NODES_MAX: a set is a node, and so is each of its items, `in`, and what is looked for;
 * SC_CONSTANTS_MAX: an item is two constants. */
static void large_sets_fill_an_expression(void **state)
{
    (void)state;
    long_text t = { 0 };
    put_set(&t, 255);
    put(&t, " or ");
    put_set(&t, 255);
    expect_taken("constants", t.p);
    put(&t, " or ");
    put_set(&t, 255);
    expect_refused("SC_CONSTANTS_MAX", t.p, "there are too many constants in this expression");
    put(&t, " or ");
    put_set(&t, 255);
    expect_refused("SC_EXPR_NODES_MAX", t.p, "this expression is too large (more than 1024 parts)");
    free(t.p);
}

/* SC_EXPR_LENGTH_MAX holds for the texts with backslashes of all definitions together, too. */
static void decoded_texts_have_a_limit(void **state)
{
    (void)state;
    long_text t = { 0 };
    put(&t, "sip.Subject == \"");
    put_times(&t, "\\\\", 1500);
    put(&t, "\"");
    const sipcheck_slice text = { (const uint8_t *)t.p, t.n };
    const sc_definition d = { .name = "d", .source = { .text = text, .line = 1, .column = 1 } };
    const sc_environment with_text = { .bindings = sc_message_bindings,
                                       .binding_count = 1,
                                       .definitions = &d,
                                       .definition_count = 1 };
    static const char *const uses[] = { "d or d or d or d", "d or d or d or d or d" };
    for (size_t i = 0; i < 2; i++) {
        const sc_source source = expr_source(uses[i]);
        sipcheck_error error = { .line = 0 };
        sc_program *program = NULL;
        int code = sc_expr_compile(NULL, &source, &with_text, SC_WANT_TRUTH, &program, &error);
        assert_int_equal(code, i ? SIPCHECK_INVALID : SIPCHECK_OK);
        if (i) assert_string_equal(error.message, "the texts of this expression are too long");
        sc_program_free(program);
    }
    free(t.p);
}

/* "define" beginning around end, and so on, each with the one before it inside; the last is used.
 */
static int compile_nested(const char *part, size_t parts, const char *close, size_t levels,
                          sipcheck_error *error)
{
    static char names[8][4];
    sc_definition definitions[8];
    long_text texts[8] = { 0 };
    assert_true(levels <= 8);
    for (size_t i = 0; i < levels; i++) {
        snprintf(names[i], sizeof names[i], "d%zu", i);
        put_times(&texts[i], part, parts);
        put(&texts[i], i ? names[i - 1] : "1");
        put_times(&texts[i], close, parts);
        const sc_source source = { .text = { (const uint8_t *)texts[i].p, texts[i].n },
                                   .line = 1,
                                   .column = 1 };
        definitions[i] = (sc_definition){ .name = names[i], .source = source };
    }
    const sc_environment nested = { .bindings = sc_message_bindings,
                                    .binding_count = 1,
                                    .definitions = definitions,
                                    .definition_count = levels };
    const sc_source source = { .text = { (const uint8_t *)names[levels - 1], 2 },
                               .line = 1,
                               .column = 1 };
    sc_program *program = NULL;
    int code = sc_expr_compile(NULL, &source, &nested, SC_WANT_ANY, &program, error);
    sc_program_free(program);
    for (size_t i = 0; i < levels; i++)
        free(texts[i].p);
    return code;
}

/* SC_CHECK_DEPTH_MAX and SC_STACK_MAX */
static void definitions_in_definitions_have_limits(void **state)
{
    (void)state;
    sipcheck_error error = { .line = 0 };
    assert_int_equal(compile_nested("- ", 60, "", 4, &error), SIPCHECK_OK);
    assert_int_equal(compile_nested("- ", 60, "", 5, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message, "nested too deeply");
    assert_int_equal(compile_nested("1+(", 30, ")", 3, &error), SIPCHECK_OK);
    assert_int_equal(compile_nested("1+(", 30, ")", 4, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message, "this expression is too large");
}

static void names_and_loops_have_limits(void **state)
{
    (void)state;
    expect_taken("SC_PATH_LISTS_MAX", "exists(sdp.media.crypto.session)");
    expect_refused("SC_PATH_LISTS_MAX", "exists(sip.parts.sdp.media.crypto.session)",
                   "there are too many lists inside lists in this name");
    expect_taken("SC_LOOPS_MAX",
                 "any(a in sip.Via: any(b in sip.Via: any(c in sip.Via: any(d in sip.Via: "
                 "any(e in sip.Via: any(f in sip.Via: any(g in sip.Via: true)))))))");
    expect_refused("SC_LOOPS_MAX",
                   "any(a in sip.Via: any(b in sip.Via: any(c in sip.Via: any(d in sip.Via: "
                   "any(e in sip.Via: any(f in sip.Via: any(g in sip.Via: any(h in sip.Via: "
                   "true))))))))",
                   "more than 7 of any and all inside each other");
    expect_refused("SC_LOOPS_MAX",
                   "any(a in sip.Via: any(b in sip.Via: any(c in sip.Via: any(d in sip.Via: "
                   "any(e in sip.Via: any(f in sip.Via: any(g in sip.Via: "
                   "count(g.params) == 1)))))))",
                   "more than 7 loops inside each other");
}

/* --- evaluation */

/* Subject is `n` times `c` between quotes. */
static const sipcheck_message *with_subject(sipcheck_arena *arena, char c, size_t n, char *bytes)
{
    static const char head[] = "OPTIONS sip:x SIP/2.0\r\nSubject: \"";
    const sipcheck_message *message = NULL;
    size_t at = sizeof head - 1;
    memcpy(bytes, head, at);
    memset(bytes + at, c, n);
    memcpy(bytes + at + n, "\"\r\n\r\n", 5);
    sipcheck_arena_reset(arena);
    assert_int_equal(sipcheck_parse(arena, (const uint8_t *)bytes, at + n + 5, 0, &message), 0);
    return message;
}

static sc_result evaluate(const char *expression, const sipcheck_message *message,
                          sipcheck_slice *ret_mark)
{
    static sc_scratch scratch;
    const sc_observed observed = { .message = message };
    const sc_value slot = sc_value_observed(&observed);
    const sc_context context = { .slots = &slot, .slot_count = 1 };
    const sc_source source = { .text = { (const uint8_t *)expression, strlen(expression) },
                               .line = 1,
                               .column = 1 };
    sc_program *program = NULL;
    sipcheck_error error;
    assert_int_equal(sc_expr_compile(NULL, &source, &environment, SC_WANT_TRUTH, &program, &error),
                     SIPCHECK_OK);
    sc_result result = sc_program_eval(program, &context, &scratch);
    if (ret_mark) *ret_mark = sc_program_mark(program, &context, &scratch);
    sc_program_free(program);
    return result;
}

/* SC_TEXT_MAX: beyond it the outcome is unknown. */
static void made_texts_end_at_their_limit(void **state)
{
    (void)state;
    static char bytes[SC_TEXT_MAX + 256];
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_message *message = with_subject(arena, '\\', SC_TEXT_MAX, bytes);
    sc_result result = evaluate("length(unquote(sip.Subject)) == 1024", message, NULL);
    assert_int_equal(result.outcome, SC_TRUE);
    message = with_subject(arena, '\\', SC_TEXT_MAX + 1, bytes);
    result = evaluate("length(unquote(sip.Subject)) > 0", message, NULL);
    assert_int_equal(result.outcome, SC_UNKNOWN);
    assert_int_equal(result.missing, SC_MISSING_BUDGET);
    sipcheck_arena_free(arena);
}

/* SC_BUDGET, of what comparing two URIs costs */
static void long_uris_are_not_compared(void **state)
{
    (void)state;
    enum { LONG = 6000 };
    static char bytes[2 * LONG + 256];
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_message *message = NULL;
    for (int n = 1; n <= LONG; n += LONG - 1) {
        long_text user = { 0 };
        put_times(&user, "x", (size_t)n);
        int length = snprintf(bytes, sizeof bytes,
                              "OPTIONS sip:a SIP/2.0\r\nFrom: <sip:%s@h>;tag=1\r\n"
                              "To: <sip:%s@h>\r\n\r\n",
                              user.p, user.p);
        sipcheck_arena_reset(arena);
        assert_int_equal(sipcheck_parse(arena, (const uint8_t *)bytes, (size_t)length, 0, &message),
                         0);
        sc_result result = evaluate("uri_equal(sip.From.uri, sip.To.uri)", message, NULL);
        assert_int_equal(result.outcome, n > 1 ? SC_UNKNOWN : SC_TRUE);
        if (n > 1) assert_int_equal(result.missing, SC_MISSING_BUDGET);
        free(user.p);
    }
    sipcheck_arena_free(arena);
}

/* SC_MARKS_MAX: so many fields of a rule are tried when a finding looks for bytes to point at. */
static void marks_end_at_their_limit(void **state)
{
    (void)state;
    static char bytes[256];
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_message *message = with_subject(arena, 'x', 4, bytes);
    for (size_t more = 0; more < 2; more++) {
        sipcheck_slice mark = { NULL, 0 };
        long_text t = { 0 };
        put_times(&t, "sip.Priority == \"x\" or ", SC_MARKS_MAX - 1 + more);
        put(&t, "sip.Subject == \"y\"");
        evaluate(t.p, message, &mark);
        assert_int_equal(mark.n, more ? 0 : 6);
        free(t.p);
    }
    sipcheck_arena_free(arena);
}

/* SHOWN_MAX: of a longer value so many bytes are printed, and dots. */
static void printed_values_end_at_their_limit(void **state)
{
    (void)state;
    enum { MOST = 256 };
    static char bytes[1024], printed[1024];
    static sc_scratch scratch;
    static const char shown[] = "{unquote(sip.Subject)}";
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    sc_template *template = NULL;
    sipcheck_error error;
    const sc_source source = { .text = { (const uint8_t *)shown, sizeof shown - 1 },
                               .line = 1,
                               .column = 1 };
    assert_int_equal(sc_template_compile(NULL, &source, &environment, &template, &error), 0);
    for (size_t more = 0; more < 2; more++) {
        const sc_observed observed = { .message = with_subject(arena, 'x', MOST + more, bytes) };
        const sc_value slot = sc_value_observed(&observed);
        const sc_context context = { .slots = &slot, .slot_count = 1 };
        size_t n = sc_template_render(template, &context, &scratch, printed, sizeof printed);
        assert_int_equal(n, MOST + 3 * more);
        assert_int_equal(printed[n - 1], more ? '.' : 'x');
    }
    sc_template_free(template);
    sipcheck_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_end_at_their_limits),
        cmocka_unit_test(large_sets_fill_an_expression),
        cmocka_unit_test(decoded_texts_have_a_limit),
        cmocka_unit_test(definitions_in_definitions_have_limits),
        cmocka_unit_test(names_and_loops_have_limits),
        cmocka_unit_test(made_texts_end_at_their_limit),
        cmocka_unit_test(long_uris_are_not_compared),
        cmocka_unit_test(marks_end_at_their_limit),
        cmocka_unit_test(printed_values_end_at_their_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
