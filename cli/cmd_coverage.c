/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck coverage: the ledger of an RFC, what became of each of its normative statements; without
 * an RFC, how many of each outcome every ledger has. */
#include "command.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

#include <sipcheck/rules.h>

enum { COLUMNS = 4 };
enum column { ID, OUTCOME, REFS, REASON };

struct totals {
    GPtrArray *outcomes; /* names, as first met */
    GArray *counts;      /* guint */
};

static void count(struct totals *totals, const char *outcome)
{
    for (guint i = 0; i < totals->outcomes->len; i++) {
        if (strcmp(totals->outcomes->pdata[i], outcome) != 0) continue;
        g_array_index(totals->counts, guint, i)++;
        return;
    }
    guint one = 1;
    g_ptr_array_add(totals->outcomes, g_strdup(outcome));
    g_array_append_val(totals->counts, one);
}

/* One field of a CSV record (RFC 4180) into text; returns what lies behind it. */
static const char *next_field(const char *p, const char *end, GString *text)
{
    g_string_truncate(text, 0);
    gboolean quoted = p < end && *p == '"';
    for (p += quoted; p < end; p++) {
        if (quoted && *p == '"') {
            if (p + 1 == end || p[1] != '"') {
                quoted = FALSE;
                continue;
            }
            p++;
        } else if (!quoted && (*p == ',' || *p == '\n')) {
            break;
        }
        if (*p != '\r') g_string_append_c(text, *p);
    }
    return p;
}

/* One file of statements/, record by record. */
struct ledger {
    const char *p, *end;
    GString *fields[COLUMNS];
};

/* False: there are no more. */
static gboolean ledger_next(struct ledger *ledger)
{
    if (ledger->p == ledger->end) return FALSE;
    for (int i = 0; i < COLUMNS; i++) {
        ledger->p = next_field(ledger->p, ledger->end, ledger->fields[i]);
        if (ledger->p < ledger->end && *ledger->p == ',') ledger->p++;
    }
    while (ledger->p < ledger->end && *ledger->p++ != '\n')
        ;
    return TRUE;
}

/* The first record, a heading, is stepped over. */
static void ledger_open(struct ledger *ledger, const sipcheck_builtin *file)
{
    *ledger = (struct ledger){ .p = file->text, .end = file->text + file->length };
    for (int i = 0; i < COLUMNS; i++)
        ledger->fields[i] = g_string_new(NULL);
    ledger_next(ledger);
}

static void ledger_close(struct ledger *ledger)
{
    for (int i = 0; i < COLUMNS; i++)
        g_string_free(ledger->fields[i], TRUE);
}

/* "rfc3261" of statements/rfc3261.csv, to be freed; NULL: the file is no ledger. */
static char *ledger_name(const sipcheck_builtin *file)
{
    if (!g_str_has_prefix(file->path, "statements/")) return NULL;
    char *name = g_path_get_basename(file->path);
    name[strcspn(name, ".")] = '\0';
    return name;
}

static void print_row(GString *const fields[COLUMNS])
{
    size_t at = (size_t)printf("%-20s %-10s ", fields[ID]->str, fields[OUTCOME]->str);
    const char *between = fields[REFS]->len && fields[REASON]->len ? "; " : "";
    g_autofree char *text = g_strconcat(fields[REFS]->str, between, fields[REASON]->str, NULL);
    output_wrapped(stdout, at, 32, text);
}

static void print_ledger(const sipcheck_builtin *file)
{
    struct totals totals = { g_ptr_array_new_with_free_func(g_free),
                             g_array_new(FALSE, FALSE, sizeof(guint)) };
    guint rows = 0;
    struct ledger ledger;
    for (ledger_open(&ledger, file); ledger_next(&ledger); rows++) {
        count(&totals, ledger.fields[OUTCOME]->str);
        print_row(ledger.fields);
    }
    ledger_close(&ledger);
    printf("\n");
    for (guint i = 0; i < totals.outcomes->len; i++)
        printf("%6u %s\n", g_array_index(totals.counts, guint, i),
               (char *)totals.outcomes->pdata[i]);
    printf("%6u statements\n", rows);
    g_ptr_array_unref(totals.outcomes);
    g_array_unref(totals.counts);
}

/* --- all ledgers */

static const char *const outcomes[] = { "rule",       "planned",   "probe", "internal",
                                        "permission", "duplicate", NULL };
enum { OUTCOMES = G_N_ELEMENTS(outcomes) - 1, ALL = OUTCOMES };

typedef guint ledger_counts[OUTCOMES + 1];

static void count_ledger(const sipcheck_builtin *file, ledger_counts counts)
{
    struct ledger ledger;
    for (ledger_open(&ledger, file); ledger_next(&ledger); counts[ALL]++)
        for (int i = 0; i < OUTCOMES; i++)
            counts[i] += !strcmp(ledger.fields[OUTCOME]->str, outcomes[i]);
    ledger_close(&ledger);
}

static void print_counts(gboolean csv, const char *name, const ledger_counts counts)
{
    printf(csv ? "%s,%u" : "%-8s %10u", name, counts[ALL]);
    for (int i = 0; i < OUTCOMES; i++)
        printf(csv ? ",%u" : " %10u", counts[i]);
    printf("\n");
}

static void print_heading(gboolean csv)
{
    printf(csv ? "rfc,statements" : "%-8s %10s", "", "statements");
    for (int i = 0; i < OUTCOMES; i++)
        printf(csv ? ",%s" : " %10s", outcomes[i]);
    printf("\n");
}

static void print_overview(gboolean csv)
{
    ledger_counts all = { 0 };
    print_heading(csv);
    for (size_t i = 0; sipcheck_builtin_at(i); i++) {
        g_autofree char *name = ledger_name(sipcheck_builtin_at(i));
        if (!name) continue;
        ledger_counts counts = { 0 };
        count_ledger(sipcheck_builtin_at(i), counts);
        for (int k = 0; k <= ALL; k++)
            all[k] += counts[k];
        print_counts(csv, name, counts);
    }
    if (!csv) print_counts(csv, "all", all);
}

/* --- one */

static const sipcheck_builtin *find_ledger(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    const char *number = g_str_has_prefix(lower, "rfc") ? lower + 3 : lower;
    g_autofree char *path = g_strdup_printf("statements/rfc%s.csv", number);
    for (size_t i = 0; sipcheck_builtin_at(i); i++)
        if (!strcmp(sipcheck_builtin_at(i)->path, path)) return sipcheck_builtin_at(i);
    return NULL;
}

static void complain_unknown(const char *name)
{
    complain("there is no ledger of '%s'; there are:", name);
    for (size_t i = 0; sipcheck_builtin_at(i); i++) {
        g_autofree char *known = ledger_name(sipcheck_builtin_at(i));
        if (known) fprintf(stderr, "  %s\n", known);
    }
}

int cmd_coverage(int argc, char **argv)
{
    g_autofree char *format = NULL;
    const GOptionEntry entries[] = { { "format", 'f', 0, G_OPTION_ARG_STRING, &format,
                                       "text (default) or csv", "FORMAT" },
                                     G_OPTION_ENTRY_NULL };
    gboolean fine = command_options(
        &argc, &argv, "[RFC]",
        "Prints every normative statement of an RFC by its id and what became of it:\n"
        "rule (its rules), planned, probe (needs a stimulus), internal "
        "(never on a wire),\n"
        "permission (nothing to break), duplicate (of which).\n"
        "Without an RFC: how many there are of each, for every RFC that has a ledger.",
        entries);
    g_auto(GStrv) args = argv;
    int csv = fine ? command_format(format, "csv") : -1;
    if (fine && argc > 2) complain("coverage wants one RFC, such as rfc3261, or none");
    if (csv < 0 || argc > 2) return EXIT_USAGE;
    if (argc == 1) {
        print_overview(csv);
        return EXIT_CLEAN;
    }
    const sipcheck_builtin *file = find_ledger(args[1]);
    if (!file) {
        complain_unknown(args[1]);
        return EXIT_USAGE;
    }
    if (csv)
        fwrite(file->text, 1, file->length, stdout);
    else
        print_ledger(file);
    return EXIT_CLEAN;
}
