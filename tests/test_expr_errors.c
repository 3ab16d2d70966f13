/* SPDX-License-Identifier: MIT */
/* What the compiler of expressions says: where, what was found, what was wanted, what is near. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing.h"
#include "rules/expr.h"

static sc_source source_of(const char *text)
{
    return (sc_source){
        .text = { (const uint8_t *)text, strlen(text) }, .file = "x.yaml", .line = 1, .column = 1
    };
}

static const sc_definition definitions[] = {
    { .name = "is_invite",
      .source = { { (const uint8_t *)"sip.Method == \"INVITE\"", 22 }, "x.yaml", 1, 1, { 0 } } },
    { .name = "vias", .source = { { (const uint8_t *)"sip.Via", 7 }, "x.yaml", 2, 1, { 0 } } },
};
static const sc_environment environment = {
    .bindings = sc_message_bindings,
    .binding_count = 1,
    .definitions = definitions,
    .definition_count = 2,
};

static int compile(const char *text, enum sc_want want, sipcheck_error *error)
{
    sc_program *program = NULL;
    sc_source source = source_of(text);
    memset(error, 0, sizeof *error);
    int code = sc_expr_compile(NULL, &source, &environment, want, &program, error);
    sc_program_free(program);
    return code;
}

typedef struct wrong {
    const char *expression;
    unsigned line, column;
    const char *message;
} wrong;

static const wrong wrongs[] = {
    /* words */
    { "", 1, 1, "found the end where an expression was wanted" },
    { "sip.is_request and", 1, 19,
      "found the end where a name, a text, a number or `(` was wanted" },
    { "sip.Method = \"INVITE\"", 1, 12, "equality is written `==`" },
    { "sip.is_request && true", 1, 16, "this is written `and`" },
    { "sip.is_request || true", 1, 16, "this is written `or`" },
    { "!sip.is_request", 1, 1, "this is written `not`" },
    { "sip.Method == 'INVITE'", 1, 15, "texts stand in double quotes" },
    { "sip.r-uri.host == 192.0.2.1", 1, 19, "an address is a text: it stands in double quotes" },
    { "sip.User-Agent contains \"x\"", 1, 16,
      "found `contains` where the end, `and` or `or` was wanted: write contains(a, b)" },
    { "sip.User-Agent matches \"x\"", 1, 16,
      "found `matches` where the end, `and` or `or` was wanted: there are no patterns; see "
      "starts_with, ends_with, contains" },
    { "exists(sip.X-Lab)", 1, 12,
      "sip has no member `X-Lab`; of a header that is not known here: any(h in sip.headers: h.name "
      "== \"...\")" },
    { "sip.Method == \"INVITE", 1, 15, "this text has no end: a `\"` is missing" },
    { "sip.Method == \"a\\n\"", 1, 17, "a backslash in a text stands before `\"` or `\\` only" },
    { "1.0000001 == 1", 1, 2, "a decimal number has at most six digits behind the dot" },
    { "9223372036855.5 == 1", 1, 1, "this number is too large" },
    { "9223372037s == 1s", 1, 1, "this time is too long" },
    { "9223372036855 == 1.5", 1, 1, "this number is too large beside a decimal one" },
    { "sip.Method in {-\"a\"}", 1, 17, "only a number can be negative" },
    { "any(sdp in sip.Via: true)", 1, 5,
      "`sdp` can't name an element: it names something of the scope already" },
    { "sip.Status-Code == 9223372036854775808", 1, 20,
      "this number is too large; the largest is 9223372036854775807" },
    { "sip.Status-Code == 20x", 1, 22,
      "behind a number only a unit of time may stand: ms, s, min or h" },
    { "sip.Via[0]", 1, 8, "there is no index; see first, last, any, all" },
    { "sip.Method == \x01", 1, 15, "no word of the language begins with this byte" },

    /* grammar */
    { "(sip.is_request", 1, 16, "found the end where `)` was wanted" },
    { "sip.is_request)", 1, 15, "found `)` where the end, `and` or `or` was wanted" },
    { "sip.is_request sip.is_response", 1, 16,
      "found `sip.is_response` where the end, `and` or `or` was wanted" },
    { "true and false or true", 1, 16,
      "`and` and `or` side by side: put parentheses to say what belongs together" },
    { "1 == 1 == 1", 1, 8, "comparisons can't be chained; join two with `and`" },
    { "sip.Method in {}", 1, 16, "found `}` where a text or a number was wanted" },
    { "sip.Method in {sip.Method}", 1, 16,
      "found `sip.Method` where a text or a number was wanted" },
    { "any(v sip.Via: true)", 1, 7, "found `sip.Via` where `in` was wanted" },
    { "any(v in sip.Via true)", 1, 18, "found `true` where `:` was wanted" },
    { "exists()", 1, 8, "found `)` where a name, a text, a number or `(` was wanted" },
    { "sip.Method not == \"x\"", 1, 16, "found `==` where `in` was wanted" },

    /* names */
    { "sip.Methd == \"INVITE\"", 1, 5, "sip has no member `Methd`, did you mean \"Method\"?" },
    { "spi.Method == \"x\"", 1, 1, "nothing is named `spi.Method` here" },
    { "sip.From.uri.hots == \"x\"", 1, 14, "uri has no member `hots`, did you mean \"host\"?" },
    { "sip.CSeq.seq-1 == 1", 1, 10, "cseq has no member `seq-1`, did you mean \"seq\"?" },
    { "sip.Method.x == 1", 1, 12, "a string has no member `x`" },
    { "exist(sip.Via)", 1, 1, "there is no function `exist`, did you mean \"exists\"?" },
    { "is_invit", 1, 1, "nothing is named `is_invit` here, did you mean \"is_invite\"?" },
    { "any(sip in sip.Via: true)", 1, 5,
      "`sip` can't name an element: it names something of the scope already" },
    { "any(v in sip.Via: any(v in v.params: true))", 1, 23,
      "`v` can't name an element: it names an element already" },
    { "any(is_invite in sip.Via: true)", 1, 5,
      "`is_invite` can't name an element: it is defined already" },

    /* types */
    { "sip.Method", 1, 1, "found a string where a truth (bool) is wanted" },
    { "sip.Method == 1", 1, 12, "a string can't be compared with an int" },
    { "sip.Max-Forwards == \"70\"", 1, 18, "an int can't be compared with a string" },
    { "sip.Method < \"x\"", 1, 12, "only numbers have an order; these are string and string" },
    { "sip.Via.branch == \"x\"", 1, 1,
      "found a list of string where one value is wanted: write any, all, first or last" },
    { "sip.Method + 1 == 2", 1, 12, "there is no such arithmetic of string and int" },
    { "sip.Method and true", 1, 1, "`and` wants a truth (bool); this is a string" },
    { "not sip.Method", 1, 5, "`not` wants a truth (bool); this is a string" },
    { "sip.Method in sip.CSeq", 1, 15, "`in` wants a list or a set {...}; this is a cseq" },
    { "1 in sip.Supported", 1, 3, "an int can't be in a list of token" },
    { "sip.Method in {\"a\", 1}", 1, 21, "a string can't be compared with an int" },
    { "sip.Status-Code in {299..200}", 1, 24,
      "nothing is in this range: its end is before its beginning" },
    { "sip.Method in {\"a\"..\"b\"}", 1, 19, "only numbers have ranges" },
    { "any(v in sip.CSeq: true)", 1, 10, "any() wants a list; this is a cseq" },
    { "all(v in sip.Via: v.branch)", 1, 19, "all() wants a truth (bool); this is a string" },
    { "length(sip.Status-Code) == 3", 1, 8, "length() wants a text; this is an int" },
    { "exists(1)", 1, 8, "exists() wants a field; this is an int" },
    { "lines(sip.Method) == 1", 1, 7, "lines() wants a header, as sip.Via; this is a string" },
    { "has_param(sip.CSeq, \"x\")", 1, 11,
      "has_param() wants something that can have parameters; this is a cseq" },
    { "has_param(sip.Via, \"x\")", 1, 11,
      "has_param() wants one value that can have parameters (any, all, first or last choose one); "
      "this is a list of via" },
    { "uri_equal(sip.From.uri, sip.Contact.uri)", 1, 25,
      "uri_equal() wants one URI; this is a list of uri" },
    { "starts_with(sip.Method)", 1, 1, "starts_with() takes 2 arguments; here is 1" },
    { "sip == sip", 1, 1, "found a sip where a text or a number is wanted" },
    { "1.5 == 500ms", 1, 5, "a ratio can't be compared with a duration" },
    { "32s + 1 == 33s", 1, 5, "there is no such arithmetic of duration and int" },

    /* places */
    { "sip.is_request and\n    sip.Methd == \"x\"", 2, 9,
      "sip has no member `Methd`, did you mean \"Method\"?" },
    { "\"\xC3\xA4\xC3\xB6\" == sip.Methd", 1, 13,
      "sip has no member `Methd`, did you mean \"Method\"?" },
};

static void errors_say_where_and_what(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        const wrong *w = &wrongs[i];
        sipcheck_error error;
        int code = compile(w->expression, SC_WANT_TRUTH, &error);
        if (code != SIPCHECK_INVALID || error.line != w->line || error.column != w->column ||
            strcmp(error.message, w->message) != 0)
            print_error("%s\n  wanted %u:%u %s\n  got    %u:%u %s\n", w->expression, w->line,
                        w->column, w->message, error.line, error.column, error.message);
        assert_int_equal(code, SIPCHECK_INVALID);
        assert_string_equal(error.message, w->message);
        assert_int_equal(error.line, w->line);
        assert_int_equal(error.column, w->column);
        assert_string_equal(error.file, "x.yaml");
    }
}

static void errors_count_from_where_the_expression_stands(void **state)
{
    (void)state;
    static const char file[] = "- id: x\n  assert: sip.Foo == 1\n";
    sc_program *program = NULL;
    sipcheck_error error = { .line = 0 };
    sc_source source = { .text = { (const uint8_t *)file + 18, 12 },
                         .file = "rules/a.yaml",
                         .line = 2,
                         .column = 11,
                         .whole = { (const uint8_t *)file, sizeof file - 1 } };
    assert_int_equal(sc_expr_compile(NULL, &source, &environment, SC_WANT_TRUTH, &program, &error),
                     SIPCHECK_INVALID);
    assert_string_equal(error.file, "rules/a.yaml");
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column, 15);
    assert_string_equal(error.excerpt, "  assert: sip.Foo == 1");
    assert_null(program);
}

/* Each limit just kept, and just broken. */
static char *put(char *to, const char *text)
{
    size_t n = strlen(text);
    memcpy(to, text, n + 1);
    return to + n;
}

static void repeated(char *to, const char *begin, const char *part, unsigned n, const char *end)
{
    to = put(to, begin);
    for (unsigned i = 0; i < n; i++)
        to = put(to, part);
    put(to, end);
}

static void limits_are_errors(void **state)
{
    (void)state;
    static char text[3 * SC_EXPR_LENGTH_MAX];
    sipcheck_error error;

    repeated(text, "", "(", SC_EXPR_DEPTH_MAX - 1, "true");
    repeated(text + strlen(text), "", ")", SC_EXPR_DEPTH_MAX - 1, "");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_OK);
    repeated(text, "", "(", SC_EXPR_DEPTH_MAX, "true");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message, "nested too deeply (more than 64 levels)");

    repeated(text, "", "not ", 2000, "true");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_INVALID);
    repeated(text, "1 == ", "- ", 2000, "1");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_INVALID);
    repeated(text, "1 == 1", "**1", 2000, "");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_INVALID);
    repeated(text, "1 == 1", "+1", 2000, "");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_INVALID);
    repeated(text, "true", " and true", 500, "");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_INVALID);
    repeated(text, "first(sip.Via)", " .params", 900, "");
    assert_int_equal(compile(text, SC_WANT_ANY, &error), SIPCHECK_INVALID);

    repeated(text, "\"", "x", SC_EXPR_LENGTH_MAX, "\" == \"\"");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message, "longer than 8192 bytes");

    repeated(text, "1 in {1", ",1", 254, "}");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_OK);
    repeated(text, "1 in {1", ",1", 255, "}");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_INVALID);
    repeated(text, "1 in {1", ",1", 2000, "}");
    assert_int_equal(compile(text, SC_WANT_TRUTH, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message, "this expression is too large (more than 1024 parts)");

    static const char nested[] = "any(a in sip.Via: any(b in sip.Via: any(c in sip.Via: "
                                 "any(d in sip.Via: any(e in sip.Via: any(f in sip.Via: "
                                 "any(g in sip.Via: any(h in sip.Via: true))))))))";
    assert_int_equal(compile(nested, SC_WANT_TRUTH, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message, "more than 7 of any and all inside each other");
}

/* Definitions that double each other end in an error, soon. */
static void definitions_do_not_explode(void **state)
{
    (void)state;
    static char names[40][8], texts[40][64];
    static sc_definition doubling[40];
    sipcheck_error error = { .line = 0 };
    sc_program *program = NULL;
    for (int i = 0; i < 40; i++) {
        snprintf(names[i], sizeof names[i], "d%d", i);
        if (i == 0)
            strcpy(texts[i], "sip.is_request");
        else
            snprintf(texts[i], sizeof texts[i], "d%d and d%d", i - 1, i - 1);
        doubling[i] = (sc_definition){ .name = names[i], .source = source_of(texts[i]) };
    }
    const sc_environment e = { .bindings = sc_message_bindings,
                               .binding_count = 1,
                               .definitions = doubling,
                               .definition_count = 40 };
    sc_source source = source_of("d39");
    assert_int_equal(sc_expr_compile(NULL, &source, &e, SC_WANT_TRUTH, &program, &error),
                     SIPCHECK_INVALID);
    source = source_of("d5");
    assert_int_equal(sc_expr_compile(NULL, &source, &e, SC_WANT_TRUTH, &program, &error),
                     SIPCHECK_OK);
    sc_program_free(program);
}

static void definitions_have_names_of_their_own(void **state)
{
    (void)state;
    assert_null(sc_definition_name_fault(&environment, "forms_dialog"));
    assert_string_equal(sc_definition_name_fault(&environment, "IS_invite"), "is defined already");
    assert_string_equal(sc_definition_name_fault(&environment, "sip"),
                        "names something of the scope already");
    assert_string_equal(sc_definition_name_fault(&environment, "exists"), "is a function");
    assert_string_equal(sc_definition_name_fault(&environment, "and"), "is a word of the language");
    assert_non_null(sc_definition_name_fault(&environment, "a.b"));
    assert_non_null(sc_definition_name_fault(&environment, "1a"));
    assert_non_null(sc_definition_name_fault(&environment, ""));
}

/* Templates: the place of an error counts from the template's beginning. */
static void templates_have_errors_too(void **state)
{
    (void)state;
    static const wrong templates[] = {
        { "x {sip.Methd}", 1, 8, "sip has no member `Methd`, did you mean \"Method\"?" },
        { "x {sip.Method", 1, 14, "found the end where `}` was wanted" },
        { "x {", 1, 4, "found the end where a name, a text, a number or `(` was wanted" },
        { "x {sip.Method else none", 1, 1, "behind `else` and its words `}` is wanted" },
        { "x {sip.Method otherwise none}", 1, 15, "found `otherwise` where `}` was wanted" },
        { "{sip.Via.branch}", 1, 2,
          "found a list of string where one value is wanted: write any, all, first or last" },
        { "{sip}", 1, 2, "found a sip where a text or a number is wanted" },
    };
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++) {
        sipcheck_error error = { .line = 0 };
        sc_template *template = NULL;
        sc_source source = source_of(templates[i].expression);
        assert_int_equal(sc_template_compile(NULL, &source, &environment, &template, &error),
                         SIPCHECK_INVALID);
        assert_string_equal(error.message, templates[i].message);
        assert_int_equal(error.line, templates[i].line);
        assert_int_equal(error.column, templates[i].column);
    }
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    int codes[3] = { SIPCHECK_NOMEM, SIPCHECK_NOMEM, SIPCHECK_NOMEM };
    for (long n = 0; n < 12; n++) {
        failing f = { .left = n };
        const sipcheck_allocator allocator = failing_allocator(&f);
        sipcheck_error error = { .line = 0 };
        sc_program *program = NULL;
        sc_template *template = NULL;
        sipcheck_filter *filter = NULL;
        sc_source source = source_of("is_invite and any(v in vias: v.branch == \"x\")");
        codes[0] =
            sc_expr_compile(&allocator, &source, &environment, SC_WANT_TRUTH, &program, &error);
        sc_program_free(program);
        f.left = n;
        source = source_of("a {sip.Method} b {sip.CSeq.seq + 1}");
        codes[1] = sc_template_compile(&allocator, &source, &environment, &template, &error);
        sc_template_free(template);
        f.left = n;
        codes[2] = sipcheck_filter_new(&allocator, "sip.is_request", &filter, &error);
        sipcheck_filter_free(filter);
        assert_int_equal(f.out, 0);
        for (int i = 0; i < 3; i++)
            assert_true(codes[i] == (codes[i] == SIPCHECK_OK ? SIPCHECK_OK : SIPCHECK_NOMEM));
        if (n == 0)
            for (int i = 0; i < 3; i++)
                assert_int_equal(codes[i], SIPCHECK_NOMEM);
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(codes[i], SIPCHECK_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_say_where_and_what),
        cmocka_unit_test(errors_count_from_where_the_expression_stands),
        cmocka_unit_test(limits_are_errors),
        cmocka_unit_test(definitions_do_not_explode),
        cmocka_unit_test(definitions_have_names_of_their_own),
        cmocka_unit_test(templates_have_errors_too),
        cmocka_unit_test(survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
