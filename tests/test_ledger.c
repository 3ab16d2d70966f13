/* SPDX-License-Identifier: MIT */
/* rules/statements/rfcN.csv, the ledgers of every statement, held against the rules: a row that
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

enum { ROWS_MAX = 4096, FIELDS = 4 };

typedef struct row {
    char *field[FIELDS]; /* id, outcome, refs, reason */
} row;

typedef struct ledger {
    unsigned rfc;
    char *text;
    row *rows;
    size_t count;
} ledger;

typedef struct ledgers {
    ledger *of;
    size_t count;
    sipcheck_rules *rules;
    unsigned faults;
} ledgers;

static void complain(ledgers *l, const char *id, const char *what, const char *name)
{
    l->faults++;
    printf("%s: %s%s%s\n", id, what, *name != '\0' ? ": " : "", name);
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

/* The ledger of the RFC that a statement's id begins with; NULL: there is none. */
static const ledger *ledger_of(const ledgers *l, const char *id)
{
    unsigned long rfc = strtoul(id, NULL, 10);
    for (size_t i = 0; i < l->count; i++)
        if (l->of[i].rfc == rfc) return &l->of[i];
    return NULL;
}

static const row *find_row(const ledgers *l, const char *id)
{
    const ledger *one = ledger_of(l, id);
    for (size_t i = 0; one != NULL && i < one->count; i++)
        if (strcmp(one->rows[i].field[0], id) == 0) return &one->rows[i];
    return NULL;
}

/* --- set-up */

static void add_ledger(ledgers *l, const sipcheck_builtin *file)
{
    ledger one = { .text = calloc(1, file->length + 1), .rows = calloc(ROWS_MAX, sizeof(row)) };
    l->of = realloc(l->of, (l->count + 1) * sizeof *l->of);
    assert_int_equal(sscanf(file->path, "statements/rfc%u.csv", &one.rfc), 1);
    memcpy(one.text, file->text, file->length);
    one.count = read_rows(one.text, one.rows, FIELDS);
    l->of[l->count++] = one;
}

static int set_up(void **state)
{
    static ledgers l;
    sipcheck_error error = { 0 };
    l.rules = sipcheck_rules_new(NULL);
    if (sipcheck_rules_add_builtin(l.rules, &error) != SIPCHECK_OK) {
        printf("%s:%u: %s\n", error.file, error.line, error.message);
        return -1;
    }
    const sipcheck_builtin *file;
    for (size_t i = 0; (file = sipcheck_builtin_at(i)) != NULL; i++)
        if (strncmp(file->path, "statements/", 11) == 0) add_ledger(&l, file);
    *state = &l;
    return l.count > 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    ledgers *l = *state;
    if (l == NULL) return 0;
    sipcheck_rules_free(l->rules);
    for (size_t i = 0; i < l->count; i++) {
        free(l->of[i].rows);
        free(l->of[i].text);
    }
    free(l->of);
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
static void check_rule_row(ledgers *l, const row *r)
{
    char refs[4096];
    snprintf(refs, sizeof refs, "%s", r->field[2]);
    unsigned named = 0;
    char *save = NULL;
    for (char *id = strtok_r(refs, " ", &save); id != NULL; id = strtok_r(NULL, " ", &save)) {
        const sipcheck_rule *rule = sipcheck_rules_find(l->rules, id, NULL);
        named++;
        if (rule == NULL)
            complain(l, r->field[0], "there is no such rule", id);
        else if (!rule->syntax && !cites(rule, r->field[0]))
            complain(l, r->field[0], "this rule does not cite it", id);
    }
    if (named == 0) complain(l, r->field[0], "names no rule", "");
}

static void check_duplicate_of(ledgers *l, const row *r, const char *id)
{
    const row *other = find_row(l, id);
    bool ours = ledger_of(l, id) != NULL;
    if (ours && (other == NULL || other == r))
        complain(l, r->field[0], "is a duplicate of no statement", id);
    else if (ours && strcmp(other->field[1], "duplicate") == 0)
        complain(l, r->field[0], "is a duplicate of a duplicate", id);
}

/* One statement may say again what several others say. */
static void check_duplicate_row(ledgers *l, const row *r)
{
    char refs[4096], *save = NULL;
    snprintf(refs, sizeof refs, "%s", r->field[2]);
    for (char *id = strtok_r(refs, " ", &save); id != NULL; id = strtok_r(NULL, " ", &save))
        check_duplicate_of(l, r, id);
    if (r->field[2][0] == '\0') complain(l, r->field[0], "a duplicate of what?", "");
}

static void check_row(ledgers *l, const row *r)
{
    static const char *const outcomes[] = { "rule",     "duplicate",  "probe",
                                            "internal", "permission", "planned" };
    unsigned outcome = 0;
    while (outcome < 6 && strcmp(r->field[1], outcomes[outcome]) != 0)
        outcome++;
    if (outcome == 6)
        complain(l, r->field[0], "this is no outcome", r->field[1]);
    else if (outcome == 0)
        check_rule_row(l, r);
    else if (r->field[3][0] == '\0')
        complain(l, r->field[0], "a reason is demanded for", r->field[1]);
    if (outcome == 1) check_duplicate_row(l, r);
}

static void every_row_says_what_became_of_its_statement(void **state)
{
    ledgers *l = *state;
    l->faults = 0;
    for (size_t i = 0; i < l->count; i++) {
        const ledger *one = &l->of[i];
        assert_string_equal(one->rows[0].field[1], "outcome");
        for (size_t k = 1; k < one->count; k++)
            check_row(l, &one->rows[k]);
        printf("RFC %u: %zu statements\n", one->rfc, one->count - 1);
    }
    assert_int_equal(l->faults, 0);
}

/* "rfc3261-x rfc3261-y" has it as a word. */
static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = words; (p = strstr(p, word)) != NULL; p += n)
        if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0')) return true;
    return false;
}

static void check_citations(ledgers *l, const sipcheck_rule *rule)
{
    for (const char *const *id = rule->statements; *id != NULL; id++) {
        const row *r = find_row(l, *id);
        if (r == NULL)
            complain(l, *id, "no such statement, but cited by", rule->id);
        else if (strcmp(r->field[1], "rule") != 0 || !has_word(r->field[2], rule->id))
            complain(l, *id, "does not name a rule that cites it", rule->id);
    }
}

static void every_rule_is_named_by_what_it_cites(void **state)
{
    ledgers *l = *state;
    l->faults = 0;
    for (size_t i = 0; i < sipcheck_rules_count(l->rules); i++) {
        const sipcheck_rule *rule = sipcheck_rules_at(l->rules, i);
        if (!rule->syntax) check_citations(l, rule);
    }
    assert_int_equal(l->faults, 0);
}

static char *read_shared(unsigned rfc)
{
    char path[512];
    snprintf(path, sizeof path, SIPCHECK_SHARED_DIR "/statements/rfc%u.csv", rfc);
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    enum { SIZE = 4 << 20 };
    char *text = calloc(1, SIZE + 1);
    size_t n = text != NULL ? fread(text, 1, SIZE, file) : 0;
    fclose(file);
    assert_true(n > 0);
    return text;
}

static void check_rows(ledgers *l, const ledger *one, char *text)
{
    row *rows = calloc(ROWS_MAX, sizeof *rows);
    size_t count = read_rows(text, rows, 5); /* id, section, title, level, sentence */
    size_t i = 1;
    while (i < count && i < one->count && strcmp(rows[i].field[0], one->rows[i].field[0]) == 0)
        i++;
    if (i < count)
        complain(l, rows[i].field[0], "this statement has no row, or not in its order", "");
    else if (i < one->count)
        complain(l, one->rows[i].field[0], "the RFC has no such statement", "");
    free(rows);
}

static void rows_are_the_statements_in_their_order(void **state)
{
    ledgers *l = *state;
    l->faults = 0;
    for (size_t i = 0; i < l->count; i++) {
        char *text = read_shared(l->of[i].rfc);
        if (text == NULL) {
            printf("SKIPPED: ../shared/statements/rfc%u.csv is not there\n", l->of[i].rfc);
            skip();
        }
        check_rows(l, &l->of[i], text);
        free(text);
    }
    assert_int_equal(l->faults, 0);
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
