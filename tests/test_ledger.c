/* SPDX-License-Identifier: MIT */
/* rules/statements/rfc3261.csv, the ledger of every statement, held against the rules: a row that
 * says `rule` names rules that cite its statement, and a rule's statements name the rule. */
#define _GNU_SOURCE /* strtok_r */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipcheck/rules.h>

/* Rows without an outcome: none may be left. */
enum { OPEN_ROWS_ALLOWED = 0 };

enum { ROWS_MAX = 4096, FIELDS = 4 };

typedef struct row {
    char *field[FIELDS]; /* id, outcome, refs, reason */
} row;

typedef struct ledger {
    char *text;
    row *rows;
    size_t count;
    sipcheck_rules *rules;
    unsigned faults;
} ledger;

static void complain(ledger *l, const row *r, const char *what, const char *name)
{
    l->faults++;
    printf("rfc3261.csv: %s: %s%s%s\n", r->field[0], what, *name != '\0' ? ": " : "", name);
}

/* --- CSV of RFC 4180, taken apart in place */

static char *take_field(char **at)
{
    char *from = *at, *to = from;
    bool quoted = *from == '"';
    char *p = from + quoted;
    for (from = p, to = p; *p != '\0'; p++) {
        if (quoted && *p == '"' && p[1] == '"')
            p++;
        else if (quoted ? *p == '"' : (*p == ',' || *p == '\n'))
            break;
        *to++ = *p;
    }
    p += quoted && *p == '"';
    *at = *p != '\0' ? p + 1 : p;
    *to = '\0';
    return from;
}

static size_t read_rows(char *text, row *rows, size_t fields)
{
    size_t n = 0;
    while (*text != '\0' && n < ROWS_MAX) {
        for (size_t i = 0; i < fields; i++) {
            char *field = take_field(&text);
            if (i < FIELDS) rows[n].field[i] = field;
        }
        n++;
    }
    return n;
}

static row *find_row(ledger *l, const char *id)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->rows[i].field[0], id) == 0) return &l->rows[i];
    return NULL;
}

/* --- set-up */

static const sipcheck_builtin *find_builtin(const char *path)
{
    const sipcheck_builtin *file = NULL;
    for (size_t i = 0; (file = sipcheck_builtin_at(i)) != NULL; i++)
        if (strcmp(file->path, path) == 0) break;
    return file;
}

static int set_up(void **state)
{
    static ledger l;
    sipcheck_error error = { 0 };
    const sipcheck_builtin *file = find_builtin("statements/rfc3261.csv");
    l.rules = sipcheck_rules_new(NULL);
    if (file == NULL || sipcheck_rules_add_builtin(l.rules, &error) != SIPCHECK_OK) {
        printf("%s:%u: %s\n", error.file, error.line, error.message);
        return -1;
    }
    l.text = calloc(1, file->length + 1);
    l.rows = calloc(ROWS_MAX, sizeof *l.rows);
    memcpy(l.text, file->text, file->length);
    l.count = read_rows(l.text, l.rows, FIELDS);
    *state = &l;
    return 0;
}

static int tear_down(void **state)
{
    ledger *l = *state;
    if (l == NULL) return 0;
    sipcheck_rules_free(l->rules);
    free(l->rows);
    free(l->text);
    return 0;
}

/* --- tests */

static bool cites(const sipcheck_rule *rule, const char *id)
{
    for (const char *const *s = rule->statements; *s != NULL; s++)
        if (strcmp(*s, id) == 0) return true;
    return false;
}

/* A syntax rule stands for a whole grammar and needs not cite each statement about it. */
static void check_rule_row(ledger *l, row *r)
{
    char refs[4096];
    snprintf(refs, sizeof refs, "%s", r->field[2]);
    unsigned named = 0;
    char *save = NULL;
    for (char *id = strtok_r(refs, " ", &save); id != NULL; id = strtok_r(NULL, " ", &save)) {
        const sipcheck_rule *rule = sipcheck_rules_find(l->rules, id, NULL);
        named++;
        if (rule == NULL)
            complain(l, r, "there is no such rule", id);
        else if (!rule->syntax && !cites(rule, r->field[0]))
            complain(l, r, "this rule does not cite it", id);
    }
    if (named == 0) complain(l, r, "names no rule", "");
}

static void check_duplicate_of(ledger *l, row *r, const char *id)
{
    const row *other = find_row(l, id);
    bool ours = strncmp(id, "3261-", 5) == 0;
    if (ours && (other == NULL || other == r))
        complain(l, r, "is a duplicate of no statement", id);
    else if (ours && strcmp(other->field[1], "duplicate") == 0)
        complain(l, r, "is a duplicate of a duplicate", id);
}

/* One statement may say again what several others say. */
static void check_duplicate_row(ledger *l, row *r)
{
    char refs[4096], *save = NULL;
    snprintf(refs, sizeof refs, "%s", r->field[2]);
    for (char *id = strtok_r(refs, " ", &save); id != NULL; id = strtok_r(NULL, " ", &save))
        check_duplicate_of(l, r, id);
    if (r->field[2][0] == '\0') complain(l, r, "a duplicate of what?", "");
}

static void check_row(ledger *l, row *r)
{
    static const char *const outcomes[] = { "rule",     "duplicate",  "probe",
                                            "internal", "permission", "planned" };
    unsigned outcome = 0;
    while (outcome < 6 && strcmp(r->field[1], outcomes[outcome]) != 0)
        outcome++;
    if (outcome == 6)
        complain(l, r, "this is no outcome", r->field[1]);
    else if (outcome == 0)
        check_rule_row(l, r);
    else if (r->field[3][0] == '\0')
        complain(l, r, "a reason is demanded for", r->field[1]);
    if (outcome == 1) check_duplicate_row(l, r);
}

static void every_row_says_what_became_of_its_statement(void **state)
{
    ledger *l = *state;
    unsigned open = 0;
    l->faults = 0;
    assert_string_equal(l->rows[0].field[1], "outcome");
    for (size_t i = 1; i < l->count; i++)
        if (l->rows[i].field[1][0] == '\0')
            open++;
        else
            check_row(l, &l->rows[i]);
    printf("%zu statements, %u without an outcome\n", l->count - 1, open);
    assert_int_equal(l->faults, 0);
    assert_int_equal(open, OPEN_ROWS_ALLOWED);
}

/* "rfc3261-x rfc3261-y" has it as a word. */
static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = words; (p = strstr(p, word)) != NULL; p += n)
        if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0')) return true;
    return false;
}

static void check_citations(ledger *l, const sipcheck_rule *rule)
{
    for (const char *const *id = rule->statements; *id != NULL; id++) {
        row missing = { { (char[64]){ 0 } } };
        const row *r = find_row(l, *id);
        if (r == NULL) {
            snprintf(missing.field[0], 64, "%s", *id);
            complain(l, &missing, "no such statement, but cited by", rule->id);
        } else if (strcmp(r->field[1], "rule") != 0 || !has_word(r->field[2], rule->id)) {
            complain(l, r, "does not name a rule that cites it", rule->id);
        }
    }
}

static void every_rule_is_named_by_what_it_cites(void **state)
{
    ledger *l = *state;
    l->faults = 0;
    for (size_t i = 0; i < sipcheck_rules_count(l->rules); i++) {
        const sipcheck_rule *rule = sipcheck_rules_at(l->rules, i);
        if (rule->rfc == 3261 && !rule->syntax) check_citations(l, rule);
    }
    assert_int_equal(l->faults, 0);
}

static char *read_shared(void)
{
    FILE *file = fopen(SIPCHECK_SHARED_DIR "/statements/rfc3261.csv", "rb");
    if (file == NULL) return NULL;
    enum { SIZE = 4 << 20 };
    char *text = calloc(1, SIZE + 1);
    size_t n = text != NULL ? fread(text, 1, SIZE, file) : 0;
    fclose(file);
    assert_true(n > 0);
    return text;
}

static void rows_are_the_statements_in_their_order(void **state)
{
    ledger *l = *state;
    char *text = read_shared();
    if (text == NULL) {
        printf("SKIPPED: ../shared/statements/rfc3261.csv is not there\n");
        skip();
    }
    row *rows = calloc(ROWS_MAX, sizeof *rows);
    size_t count = read_rows(text, rows, 5); /* id, section, title, level, sentence */
    assert_int_equal(count, l->count);
    for (size_t i = 1; i < count; i++)
        assert_string_equal(rows[i].field[0], l->rows[i].field[0]);
    free(rows);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_says_what_became_of_its_statement),
        cmocka_unit_test(every_rule_is_named_by_what_it_cites),
        cmocka_unit_test(rows_are_the_statements_in_their_order),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
