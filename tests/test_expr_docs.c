/* SPDX-License-Identifier: MIT */
/* The examples of docs/rule-language.md are what it says they are. */
#include "expr.h"

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s can't be read", path);
    char *text = calloc(1, (size_t)1 << 20);
    assert_true(fread(text, 1, ((size_t)1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

/* The base message `name` of rules/bases.yaml, a block scalar indented by two. */
static void take_base(const char *bases, const char *name, char *to, size_t size)
{
    char head[64];
    snprintf(head, sizeof head, "\n%s: |\n", name);
    const char *p = strstr(bases, head);
    assert_non_null(p);
    size_t n = 0;
    for (p += strlen(head); *p == ' ' || *p == '\n';) {
        const char *end = strchr(p, '\n');
        size_t skip = *p == ' ' ? 2 : 0, length = (size_t)(end - p) - skip;
        assert_true(n + length + 2 < size);
        memcpy(to + n, p + skip, length);
        n += length;
        to[n++] = '\n';
        p = end + 1;
    }
    to[n] = '\0';
}

static sc_scratch scratch;

static void try_example(const char *example, const sc_context *context)
{
    const sc_environment environment = EXPR_ENVIRONMENT;
    sipcheck_error error = { .line = 0 };
    sc_program *program = NULL;
    const sc_source source = expr_source(example);
    if (sc_expr_compile(NULL, &source, &environment, SC_WANT_TRUTH, &program, &error) == 0) {
        sc_result result = sc_program_eval(program, context, &scratch);
        if (result.outcome != SC_TRUE) fail_msg("%s is %s", example, expr_outcomes[result.outcome]);
        sc_program_free(program);
        return;
    }
    char braced[600], printed[300];
    sc_template *template = NULL;
    snprintf(braced, sizeof braced, "{%s}", example);
    const sc_source template_source = expr_source(braced);
    if (sc_template_compile(NULL, &template_source, &environment, &template, &error) != 0)
        fail_msg("%s: column %u: %s", example, error.column, error.message);
    sc_template_render(template, context, &scratch, printed, sizeof printed);
    assert_string_not_equal(printed, "(absent)");
    assert_string_not_equal(printed, "(unknown)");
    sc_template_free(template);
}

/* The texts in backticks in the second column. */
static unsigned try_row(const char *row, const sc_context *context)
{
    unsigned n = 0;
    const char *p = strchr(row + 1, '|');
    const char *end = p ? strstr(p + 1, " | ") : NULL;
    while (p && end && (p = strchr(p, '`')) != NULL && p < end) {
        char example[512];
        const char *close = strchr(p + 1, '`');
        assert_non_null(close);
        snprintf(example, sizeof example, "%.*s", (int)(close - p - 1), p + 1);
        try_example(example, context);
        p = close + 1;
        n++;
    }
    return n;
}

static void examples_hold_of_the_base_message(void **state)
{
    (void)state;
    static char message[4096], bytes[8192];
    char *bases = read_file(SIPCHECK_SOURCE_DIR "/rules/bases.yaml");
    char *reference = read_file(SIPCHECK_SOURCE_DIR "/docs/rule-language.md");
    take_base(bases, "invite", message, sizeof message);
    message[strlen(message) - 1] = '\0'; /* the empty line in front of the next base */
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_message *parsed = expr_parse(arena, message, 0, bytes, sizeof bytes);
    const sipcheck_body *body = NULL;
    assert_int_equal(sipcheck_body_parse(arena, parsed, &body), 0);
    const sc_observed observed = { .message = parsed,
                                   .transport = { (const uint8_t *)"udp", 3 },
                                   .body = body };
    const sc_value slot = sc_value_observed(&observed);
    const sc_context context = { .slots = &slot, .slot_count = 1 };
    char *row = strstr(reference, "| construct | example | meaning |");
    assert_non_null(row);
    row = strchr(strchr(row, '\n') + 1, '\n') + 1;
    unsigned rows = 0;
    for (; *row == '|'; row = strchr(row, '\n') + 1, rows++) {
        unsigned examples = try_row(row, &context);
        if (examples == 0) fail_msg("no example: %.60s", row);
    }
    assert_true(rows >= 20);
    sipcheck_arena_free(arena);
    free(reference);
    free(bases);
}

/* Every function of the language is in the reference. */
static void every_function_has_its_example(void **state)
{
    (void)state;
    static const char *const functions[] = {
        "any",
        "all",
#define X(ID, NAME, ARGUMENTS, RESULT) NAME,
#include "rules/functions.def"
#undef X
    };
    char *reference = read_file(SIPCHECK_SOURCE_DIR "/docs/rule-language.md");
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        char call[64];
        snprintf(call, sizeof call, "%s(", functions[i]);
        if (!strstr(reference, call)) fail_msg("%s is not in docs/rule-language.md", functions[i]);
    }
    free(reference);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_hold_of_the_base_message),
        cmocka_unit_test(every_function_has_its_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
