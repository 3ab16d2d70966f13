/* SPDX-License-Identifier: MIT */
/* What is wrong with a rule file is said with line, column and reason; the examples of
 * docs/rule-language.md load. */
#include "rule_rest.h"

typedef struct bad_file {
    const char *what, *text;
    unsigned line, column;
    const char *message; /* part of it */
} bad_file;

static const bad_file rule_files[] = {
    { "no list", "id: x\n", 1, 1, "a list is wanted here, this is a mapping" },
    { "an item that is no mapping", "- x\n", 1, 3, "a mapping is wanted here, this is a text" },
    { "an unknown key, a known one near", RULE_HEAD("a-b") "  asert: sip.is_request\n", 9, 3,
      "\"asert\" is not a key that is known here, did you mean \"assert\"?" },
    { "an unknown key, none near", RULE_HEAD("a-b") "  colour: red\n", 9, 3,
      "\"colour\" is not a key" },
    { "a key twice", RULE_HEAD("a-b") "  title: again\n", 9, 3, "this key is there already" },
    { "a key is missing", RULE_HEAD("a-b") "  message: m\n  fix: f\n" RULE_TESTS, 1, 3,
      "\"assert\" is missing" },
    { "a key without a value", RULE_HEAD("a-b") "  fix:\n", 1, 3, "\"message\" is missing" },
    { "an empty text", "- id:\n", 1, 3, "\"id\" is empty" },
    { "a list for a text", "- id: [x]\n", 1, 7, "a text is wanted here, this is a list" },
    { "an id with a space", "- id: a b\n", 1, 7, "an id is made of" },
    { "an id of an RFC without a section", "- id: rfc3261-cseq\n", 1, 7, "rfcN-SECTION-words" },
    { "an id twice", RULE_CSEQ("a-b") RULE_CSEQ("a-b"), 15, 7, "a rule \"a-b\" is there already" },
    { "an id of the grammar", "- id: rfc3261-syntax-via\n", 1, 7, "rfcN-SECTION-words" },
    { "an unknown level",
      "- {id: a-b, title: t, asks: a, why: w, message: m, fix: f, assert: x,\n"
      "   level: MUSST}\n",
      2, 11, "is not one of MUST SHOULD MAY, did you mean \"MUST\"?" },
    { "nobody is bound",
      "- {id: a-b, title: t, asks: a, why: w, message: m, fix: f, assert: x,\n"
      "   level: MUST, scope: message, binds: []}\n",
      2, 40, "somebody has to be bound" },
    { "a role nobody plays",
      "- {id: a-b, title: t, asks: a, why: w, message: m, fix: f, assert: x,\n"
      "   level: MUST, scope: message, binds: [uac, prxy]}\n",
      2, 46, "did you mean \"proxy\"?" },
    { "a scope that is none",
      "- {id: a-b, title: t, asks: a, why: w, message: m, fix: f, assert: x,\n"
      "   level: MUST, scope: dialogue}\n",
      2, 24, "did you mean \"dialog\"?" },
    { "a statement of another form",
      "- {id: a-b, title: t, asks: a, why: w, message: m, fix: f, assert: x,\n"
      "   level: MUST, scope: message, binds: uac, cites: [3261-1]}\n",
      2, 53, "RFC-SECTION-NUMBER" },
    { "no statement",
      "- {id: a-b, title: t, asks: a, why: w, message: m, fix: f, assert: x,\n"
      "   level: MUST, scope: message, binds: uac, cites: []}\n",
      2, 52, "at least one statement" },
    { "a statement twice",
      "- {id: a-b, title: t, asks: a, why: w, message: m, fix: f, assert: x, level: MUST,\n"
      "   scope: message, binds: uac, cites: [3261-1-1, 3261-1-1]}\n",
      2, 50, "cited twice" },
    { "an unknown field",
      RULE_HEAD("a-b") "  assert: sip.CSeq.metod == sip.Method\n"
                       "  message: m\n  fix: f\n" RULE_TESTS,
      9, 20, "method" },
    { "a text where a truth is wanted",
      RULE_HEAD("a-b") "  assert: sip.Method\n"
                       "  message: m\n  fix: f\n" RULE_TESTS,
      9, 11, "truth" },
    { "an unknown field in a quoted expression",
      RULE_HEAD("a-b") "  assert: \"sip.Nonsens\"\n"
                       "  message: m\n  fix: f\n" RULE_TESTS,
      9, 16, "Nonsens" },
    { "an unknown field in a folded block",
      RULE_HEAD("a-b") "  assert: >-\n    sip.is_request and\n"
                       "    sip.Nonsens\n  message: m\n  fix: f\n" RULE_TESTS,
      11, 9, "Nonsens" },
    { "an unknown field in a template",
      RULE_HEAD("a-b") "  assert: sip.is_request\n"
                       "  message: \"it says {sip.Nonsens}\"\n  fix: f\n" RULE_TESTS,
      10, 26, "Nonsens" },
    { "a brace that is not closed",
      RULE_HEAD("a-b") "  assert: sip.is_request\n"
                       "  message: \"{sip.Method\"\n  fix: f\n" RULE_TESTS,
      10, 0, "" },
    { "a colon and a space in a plain text", "- id: a-b\n  title: a: b\n", 2, 11,
      "put the text in quotes or behind" },
    { "no passing test",
      RULE_HEAD("a-b") "  assert: sip.is_request\n  message: m\n  fix: f\n"
                       "  tests: {fail: [{base: ping}]}\n",
      12, 10, "\"pass\" is missing" },
    { "no failing test",
      RULE_HEAD("a-b") "  assert: sip.is_request\n  message: m\n  fix: f\n"
                       "  tests: {pass: [{base: ping}], fail: []}\n",
      12, 39, "at least one test" },
    { "a test without a base",
      RULE_HEAD("a-b") "  assert: sip.is_request\n  message: m\n  fix: f\n"
                       "  tests: {pass: [{cut: 5}], fail: [{base: ping}]}\n",
      12, 18, "\"base\" is missing" },
    { "a test with an unknown edit",
      RULE_HEAD("a-b") "  assert: sip.is_request\n  message: m\n  fix: f\n"
                       "  tests: {pass: [{base: ping, sett: {}}], fail: [{base: ping}]}\n",
      12, 31, "did you mean \"set\"?" },
    { "a huge number",
      RULE_HEAD("a-b") "  assert: sip.is_request\n  message: m\n  fix: f\n"
                       "  tests: {pass: [{base: ping, cut: 99999999999999999999999}], fail: "
                       "[{base: ping}]}\n",
      12, 36, "larger than 1048576" },
    { "a negative number",
      RULE_HEAD("a-b") "  assert: sip.is_request\n  message: m\n  fix: f\n"
                       "  tests: {pass: [{base: ping, cut: -1}], fail: [{base: ping}]}\n",
      12, 36, "a number is wanted" },
    { "a huge number in an expression",
      RULE_HEAD("a-b") "  assert: sip.CSeq.seq < 99999999999999999999\n"
                       "  message: m\n  fix: f\n" RULE_TESTS,
      9, 26, "" },
    { "text of a passing test",
      RULE_HEAD("a-b") "  assert: sip.is_request\n  message: m\n  fix: f\n"
                       "  tests: {pass: [{base: ping, text: x}], fail: [{base: ping}]}\n",
      12, 37, "only a finding has a text" },
    { "a definition that names a function", "- define: count\n  as: sip.is_request\n", 1, 11,
      "\"count\" is" },
    { "a definition without a value", "- define: asks_much\n", 1, 3, "\"as\" is missing" },
    { "a definition with a key of rules", "- define: x\n  as: sip.is_request\n  level: MUST\n", 3,
      3, "\"level\" is not a key" },
    { "a definition of an unknown field", "- define: x\n  as: sip.nonsens\n", 2, 11, "nonsens" },
    { "an alias", "- &x {id: a}\n- *x\n", 1, 3, "anchors are not taken" },
    { "an alias without an anchor", "- *x\n", 1, 3, "" },
    { "a tag", "- !!str x\n", 1, 3, "tags are not taken" },
    { "two documents", "---\n- {define: x, as: sip.is_request}\n---\n- x\n", 3, 1, "one document" },
    { "a mapping for a key", "- {[a]: b}\n", 1, 4, "a key is a text" },
    { "bytes that are no UTF-8", "- id: a-b\n  title: \"\xC3\x28\"\n", 2, 12, "UTF-8" },
    { "a control byte", "- id: \"a\x01\"\n", 1, 9, "control" },
    { "a NUL by escape", "- id: \"a\\0b\"\n", 1, 7, "NUL" },
    { "a lone CR", "- id: a\r- id: b\n", 1, 8, "LF or CRLF" },
    { "a line separator", "- id: a\xE2\x80\xA8\n", 1, 8, "LF or CRLF" },
    { "a list that is not closed", "- id: [a, b\n- id: c\n", 2, 5, "" },
    { "a quote that is not closed", "- id: \"a\n", 2, 1, "" },
    { "a tab for indentation", "- id: a\n\ttitle: b\n", 2, 1, "" },
};

static void check_bad(const bad_file *bad, const sipcheck_error *error)
{
    bool here = error->line == bad->line && (bad->column == 0 || error->column == bad->column);
    if (!here || strstr(error->message, bad->message) == NULL || error->message[0] == '\0') {
        fail_msg("%s: got %u:%u: %s\n  %s", bad->what, error->line, error->column, error->message,
                 error->excerpt);
    }
    assert_string_equal(error->file, "test.yaml");
}

static void errors_name_their_place_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rule_files / sizeof *rule_files; i++) {
        sipcheck_rules *rules = ruleset_open("");
        sipcheck_error error = { .line = 0 };
        size_t count = sipcheck_rules_count(rules);
        if (ruleset_add(rules, rule_files[i].text, &error) != SIPCHECK_INVALID)
            fail_msg("%s: taken", rule_files[i].what);
        check_bad(&rule_files[i], &error);
        assert_int_equal(sipcheck_rules_count(rules), count);
        sipcheck_rules_free(rules);
    }
}

static void the_excerpt_is_the_line_with_the_error(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_open("");
    sipcheck_error error;
    ruleset_add(rules, "# é\r\n- id: rfc-é x\r\n", &error);
    assert_string_equal(error.excerpt, "- id: rfc-é x");
    assert_int_equal(error.line, 2);
    sipcheck_rules_free(rules);
}

/* An error is shown on a terminal: a file must not be able to speak to it. */
static void errors_carry_no_control_bytes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "- id: \"\\e[31m\"\n",              /* an escape by YAML's own escape */
        "- \"\\e[31m\": x\n",               /* a key */
        "- id: \x1B[31m\n",                 /* raw */
        "- id: x\n  title: \xC2\x9B[31m\n", /* CSI of ISO 6429 as UTF-8 */
        "- id: \xFF\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        sipcheck_rules *rules = ruleset_open("");
        sipcheck_error error = { .line = 0 };
        assert_int_equal(ruleset_add(rules, texts[i], &error), SIPCHECK_INVALID);
        assert_null(strpbrk(error.message, "\x1B\x9B\xFF"));
        assert_null(strpbrk(error.excerpt, "\x1B\x9B\xFF"));
        sipcheck_rules_free(rules);
    }
}

static void an_unsealed_set_judges_nothing(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_open(RULE_HEAD("a-b") AND_REST "    na: [{base: pong}]\n");
    assert_null(sipcheck_new(rules, NULL));
    assert_int_equal(sipcheck_rules_test(rules, NULL, NULL, NULL, NULL), SIPCHECK_OK);
    sipcheck_rules_free(rules);
}

static void an_unknown_base_is_found_on_sealing(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_open(RULE_HEAD("a-b") AND_REST "    na: [{base: pong}]\n");
    sipcheck_error error = { .line = 0 };
    assert_int_equal(sipcheck_rules_seal(rules, &error), SIPCHECK_INVALID);
    assert_int_equal(error.line, 15);
    assert_int_equal(error.column, 17);
    assert_non_null(strstr(error.message, "\"pong\", did you mean \"ping\"?"));
    sipcheck_rules_free(rules);
}

static void a_sealed_set_takes_nothing(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(RULE_CSEQ("a-b")));
    sipcheck_error error = { .line = 0 };
    assert_int_equal(ruleset_add(rules, RULE_CSEQ("c-d"), &error), SIPCHECK_INVALID);
    assert_non_null(strstr(error.message, "sealed"));
    sipcheck_rules_free(rules);
}

/* --- docs/rule-language.md */

/* The next indented block of a text, its four spaces taken off. Returns where it ends; NULL: none.
 */
static const char *next_block(const char *at, char *block, size_t size)
{
    while (at != NULL && strncmp(at, "    ", 4) != 0) {
        const char *newline = strchr(at, '\n');
        at = newline != NULL ? newline + 1 : NULL;
    }
    size_t n = 0;
    while (at != NULL && (strncmp(at, "    ", 4) == 0 || *at == '\n')) {
        size_t indent = *at == '\n' ? 0 : 4;
        const char *newline = strchr(at, '\n');
        size_t line = (size_t)(newline - at) + 1 - indent;
        assert_true(n + line < size);
        memcpy(block + n, at + indent, line);
        n += line;
        at = newline + 1;
    }
    block[n] = '\0';
    return at;
}

static const sipcheck_builtin *builtin_at(const char *path)
{
    const sipcheck_builtin *file = NULL;
    for (size_t i = 0; (file = sipcheck_builtin_at(i)) != NULL && strcmp(file->path, path) != 0;
         i++) {}
    return file;
}

static int add_block(sipcheck_rules *rules, const char *block, sipcheck_error *error)
{
    if (strncmp(block, "name:", 5) == 0)
        return sipcheck_rules_add_profile(rules, "doc", block, strlen(block), error);
    return *block == '-' ? sipcheck_rules_add(rules, "doc", block, strlen(block), error)
                         : sipcheck_rules_add_bases(rules, "doc", block, strlen(block), error);
}

static char *read_doc(void)
{
    enum { SIZE = 1 << 20 };
    FILE *file = fopen(SIPCHECK_SOURCE_DIR "/docs/rule-language.md", "rb");
    char *doc = calloc(1, SIZE);
    assert_non_null(file);
    assert_true(fread(doc, 1, SIZE - 1, file) > 0);
    fclose(file);
    return doc;
}

static void examples_of_the_reference_load(void **state)
{
    (void)state;
    char *doc = read_doc(), block[8192];
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = ruleset_open(RULE_CSEQ("rfc3261-20.4-of-a-pattern"));
    const sipcheck_builtin *bases = builtin_at("bases.yaml"),
                           *profile = builtin_at("profiles/default.yaml");
    assert_int_equal(sipcheck_rules_add_bases(rules, "b", bases->text, bases->length, &error), 0);
    assert_int_equal(sipcheck_rules_add_profile(rules, "p", profile->text, profile->length, &error),
                     0);
    unsigned blocks = 0;
    for (const char *at = next_block(doc, block, sizeof block); at != NULL;
         at = next_block(at, block, sizeof block), blocks++)
        if (add_block(rules, block, &error) != 0)
            fail_msg("%s\n%u:%u: %s", block, error.line, error.column, error.message);
    assert_true(blocks >= 4);
    assert_int_equal(sipcheck_rules_use_profile(rules, "our-lab", NULL, &error), 0);
    ruleset_seal(rules);
    sipcheck_rules_free(rules);
    free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_name_their_place_and_reason),
        cmocka_unit_test(the_excerpt_is_the_line_with_the_error),
        cmocka_unit_test(errors_carry_no_control_bytes),
        cmocka_unit_test(an_unsealed_set_judges_nothing),
        cmocka_unit_test(an_unknown_base_is_found_on_sealing),
        cmocka_unit_test(a_sealed_set_takes_nothing),
        cmocka_unit_test(examples_of_the_reference_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
