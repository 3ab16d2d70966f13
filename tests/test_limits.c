/* SPDX-License-Identifier: MIT */
/* Limits of rule files, expressions and profiles: each is just kept, then broken by one, which is
 * said. docs/limits.md names the test of every limit. */
#include "ruleset.h"

#include "rules/compiler.h"
#include "rules/expr.h"
#include "rules/load.h"
#include "rules/yaml.h"
#include "text/arena.h"

static const sc_environment environment = { .bindings = sc_message_bindings, .binding_count = 1 };

/* A text that grows at its end. */
typedef struct text {
    char *p;
    size_t n, room;
} text;

static void put(text *t, const char *more)
{
    size_t n = strlen(more);
    if (t->n + n + 1 > t->room) {
        t->room = (t->n + n + 1) * 2;
        t->p = realloc(t->p, t->room);
        assert_non_null(t->p);
    }
    memcpy(t->p + t->n, more, n + 1);
    t->n += n;
}

static void put_times(text *t, const char *more, size_t times)
{
    while (times--)
        put(t, more);
}

static void put_number(text *t, const char *format, size_t number)
{
    char buf[256];
    snprintf(buf, sizeof buf, format, number);
    put(t, buf);
}

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
            text t = { 0 };
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

static void put_set(text *t, size_t items)
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
    text t = { 0 };
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

/* "define" beginning around end, and so on, each with the one before it inside; the last is used.
 */
static int compile_nested(const char *part, size_t parts, const char *close, size_t levels,
                          sipcheck_error *error)
{
    static char names[8][4];
    sc_definition definitions[8];
    text texts[8] = { 0 };
    assert_true(levels <= 8);
    for (size_t i = 0; i < levels; i++) {
        snprintf(names[i], sizeof names[i], "d%zu", i);
        put_times(&texts[i], part, parts);
        put(&texts[i], i ? names[i - 1] : "1");
        put_times(&texts[i], close, parts);
        const sc_source source = { .text = { (const uint8_t *)texts[i].p, texts[i].n },
                                   .line = 1,
                                   .column = 1 };
        definitions[i] = (sc_definition){ names[i], source };
    }
    const sc_environment nested = { sc_message_bindings, 1, definitions, levels };
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

/* --- files */

static int parse_yaml(const text *t, sipcheck_error *error)
{
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sc_yaml_node *root = NULL;
    const sc_yaml_file file = { "x.yaml", { (const uint8_t *)t->p, t->n } };
    int code = sc_yaml_parse(arena, &file, &root, error);
    sipcheck_arena_free(arena);
    return code;
}

typedef struct file_limit {
    const char *what, *begin, *part, *middle, *close; /* as many closes as parts */
    size_t most;
    const char *message;
} file_limit;

static const file_limit file_limits[] = {
    { "SC_YAML_BYTES_MAX", "- x", "\n", "", "", SC_YAML_BYTES_MAX - 3, "the file is too long" },
    { "SC_YAML_NODES_MAX", "", "- x\n", "", "", SC_YAML_NODES_MAX - 1,
      "too many values in one file" },
    { "SC_YAML_DEPTH_MAX", "", "[", "x", "]", SC_YAML_DEPTH_MAX, "nested too deep" },
    { "SC_YAML_SCALAR_MAX", "- ", "a", "", "", SC_YAML_SCALAR_MAX, "this text is too long" },
};

static void yaml_ends_at_its_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof file_limits / sizeof *file_limits; i++) {
        const file_limit *limit = &file_limits[i];
        for (size_t more = 0; more < 2; more++) {
            sipcheck_error error = { .line = 0 };
            text t = { 0 };
            put(&t, limit->begin);
            put_times(&t, limit->part, limit->most + more);
            put(&t, limit->middle);
            put_times(&t, limit->close, limit->most + more);
            int code = parse_yaml(&t, &error);
            if (code != (more ? SIPCHECK_TOO_BIG : SIPCHECK_OK) ||
                (more && strcmp(error.message, limit->message) != 0))
                fail_msg("%s: %d: %s", limit->what, code, error.message);
            free(t.p);
        }
    }
}

static void a_mapping_ends_at_its_limit(void **state)
{
    (void)state;
    sipcheck_error error = { .line = 0 };
    text t = { 0 };
    for (size_t i = 0; i < SC_YAML_KEYS_MAX; i++)
        put_number(&t, "k%zu: x\n", i);
    assert_int_equal(parse_yaml(&t, &error), SIPCHECK_OK);
    put(&t, "k: x\n");
    assert_int_equal(parse_yaml(&t, &error), SIPCHECK_TOO_BIG);
    assert_string_equal(error.message, "too many keys");
    free(t.p);
}

/* Rules with `count` of something in them. */
typedef void make_fn(text *t, size_t count);

static void make_definitions(text *t, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_number(t, "- {define: d%zu, as: sip.is_request}\n", i);
}

static void make_rule(text *t, const char *cites, const char *message, const char *edits)
{
    put(t, "- id: a-b\n  title: a title\n  cites: [3261-1-1");
    put(t, cites);
    put(t, "]\n  level: MUST\n  binds: [uac]\n  scope: message\n  asks: x\n  why: x\n"
           "  assert: sip.CSeq.method == sip.Method\n  message: \"");
    put(t, message);
    put(t, "\"\n  fix: x\n  tests:\n    pass: [{base: ping}]\n    fail:\n      - base: ping\n"
           "        set: {CSeq: 1 BYE}\n        add: {X: [x");
    put(t, edits);
    put(t, "]}\n");
}

static void make_cites(text *t, size_t count)
{
    text cites = { 0 };
    for (size_t i = 2; i <= count; i++)
        put_number(&cites, ", 3261-1-%zu", i);
    make_rule(t, cites.p, "m", "");
    free(cites.p);
}

static void make_values(text *t, size_t count)
{
    text message = { 0 };
    put_times(&message, "{sip.Method}", count);
    make_rule(t, "", message.p, "");
    free(message.p);
}

/* One is `set`, and one stands in `add` already. */
static void make_edits(text *t, size_t count)
{
    text edits = { 0 };
    put_times(&edits, ", x", count - 2);
    make_rule(t, "", "m", edits.p);
    free(edits.p);
}

typedef struct rule_limit {
    const char *what;
    make_fn *make;
    size_t most;
    const char *message;
} rule_limit;

static const rule_limit rule_limits[] = {
    { "SC_DEFINITIONS_MAX", make_definitions, SC_DEFINITIONS_MAX,
      "more than 64 definitions in one file" },
    { "CITES_MAX", make_cites, 64, "too many statements" },
    { "PIECES_MAX", make_values, 32, "too many values in this template" },
    { "SC_TEST_EDITS_MAX", make_edits, SC_TEST_EDITS_MAX, "more than 64 edits" },
};

static void rules_end_at_their_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rule_limits / sizeof *rule_limits; i++) {
        const rule_limit *limit = &rule_limits[i];
        for (size_t more = 0; more < 2; more++) {
            sipcheck_error error = { .line = 0 };
            text t = { 0 };
            limit->make(&t, limit->most + more);
            sipcheck_rules *rules = ruleset_open("");
            int code = ruleset_add(rules, t.p, &error);
            if (code != (more ? SIPCHECK_INVALID : SIPCHECK_OK) ||
                (more && strcmp(error.message, limit->message) != 0))
                fail_msg("%s: %d: %s", limit->what, code, error.message);
            sipcheck_rules_free(rules);
            free(t.p);
        }
    }
}

/* SC_RULES_MAX */
static void a_set_ends_at_its_limit(void **state)
{
    (void)state;
    enum { EACH = 1000 };
    sipcheck_rules *rules = ruleset_open("");
    sipcheck_error error = { .line = 0 };
    int code = SIPCHECK_OK;
    for (size_t file = 0; code == SIPCHECK_OK; file++) {
        text t = { 0 };
        for (size_t i = 0; i < EACH; i++) {
            put_number(&t, "- id: a-%zu\n", file * EACH + i);
            put(&t, strchr(RULE_HEAD(""), '\n') + 1);
            put(&t, "  assert: sip.is_request\n  message: m\n  fix: f\n" RULE_TESTS);
        }
        size_t before = sipcheck_rules_count(rules);
        code = ruleset_add(rules, t.p, &error);
        assert_int_equal(sipcheck_rules_count(rules), before + (code ? 0 : EACH));
        free(t.p);
        assert_true(file <= SC_RULES_MAX / EACH);
    }
    assert_int_equal(code, SIPCHECK_TOO_BIG);
    assert_string_equal(error.message, "more than 10000 rules");
    assert_string_equal(error.file, "test.yaml");
    sipcheck_rules_free(rules);
}

/* --- profiles */

static int add_profile(sipcheck_rules *rules, const char *profile, sipcheck_error *error)
{
    return sipcheck_rules_add_profile(rules, "profile.yaml", profile, strlen(profile), error);
}

/* SC_PATTERN_MAX, of `rules` and of a waiver */
static void patterns_have_a_limit(void **state)
{
    (void)state;
    static const char *const formats[] = {
        "name: x\nrules: {\"%s\": {severity: info}}\n",
        "name: x\nwaivers: [{rule: \"%s\", owner: z, party: 10.0.0.1, reason: y, expires: "
        "2030-01-01}]\n",
    };
    for (size_t i = 0; i < 4; i++) {
        char pattern[SC_PATTERN_MAX + 2], profile[SC_PATTERN_MAX + 100];
        size_t n = SC_PATTERN_MAX + i / 2;
        memset(pattern, '*', n);
        pattern[0] = 'a';
        pattern[n] = '\0';
        snprintf(profile, sizeof profile, formats[i % 2], pattern);
        sipcheck_error error = { .line = 0 };
        sipcheck_rules *rules = ruleset_open("");
        int code = add_profile(rules, profile, &error);
        if (code != (i < 2 ? SIPCHECK_OK : SIPCHECK_INVALID)) fail_msg("%s", error.message);
        if (i >= 2) assert_string_equal(error.message, "this pattern is too long");
        sipcheck_rules_free(rules);
    }
}

/* EXTENDS_MAX */
static void profiles_extend_each_other_so_far(void **state)
{
    (void)state;
    enum { MOST = 16 };
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = ruleset_open(RULE_CSEQ("a-b"));
    assert_int_equal(add_profile(rules, "name: p0\nrules: {a-b: {severity: info}}\n", &error), 0);
    for (unsigned i = 1; i <= MOST + 1; i++) {
        char profile[64];
        snprintf(profile, sizeof profile, "name: p%u\nextends: p%u\n", i, i - 1);
        assert_int_equal(add_profile(rules, profile, &error), 0);
    }
    assert_int_equal(sipcheck_rules_use_profile(rules, "p17", NULL, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message,
                        "profiles extend each other in a circle, or more than 16 deep");
    assert_int_equal(sipcheck_rules_use_profile(rules, "p16", NULL, &error), SIPCHECK_OK);
    ruleset_seal(rules);
    size_t at = 0;
    assert_int_equal(sipcheck_rules_find(rules, "a-b", &at)->severity, SIPCHECK_INFO);
    sipcheck_rules_free(rules);
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
    const sc_observed observed = { message, { 0 }, { 0 }, NULL };
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

/* SC_MARKS_MAX: so many fields of a rule are tried when a finding looks for bytes to point at. */
static void marks_end_at_their_limit(void **state)
{
    (void)state;
    static char bytes[256];
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_message *message = with_subject(arena, 'x', 4, bytes);
    for (size_t more = 0; more < 2; more++) {
        sipcheck_slice mark = { NULL, 0 };
        text t = { 0 };
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
        const sc_observed observed = {
            with_subject(arena, 'x', MOST + more, bytes), { 0 }, { 0 }, NULL
        };
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
        cmocka_unit_test(definitions_in_definitions_have_limits),
        cmocka_unit_test(names_and_loops_have_limits),
        cmocka_unit_test(yaml_ends_at_its_limits),
        cmocka_unit_test(a_mapping_ends_at_its_limit),
        cmocka_unit_test(rules_end_at_their_limits),
        cmocka_unit_test(a_set_ends_at_its_limit),
        cmocka_unit_test(patterns_have_a_limit),
        cmocka_unit_test(profiles_extend_each_other_so_far),
        cmocka_unit_test(made_texts_end_at_their_limit),
        cmocka_unit_test(marks_end_at_their_limit),
        cmocka_unit_test(printed_values_end_at_their_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
