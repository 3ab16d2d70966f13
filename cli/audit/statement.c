/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "statement.h"
#include "../output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_UNKNOWN, OUTCOME_NEVER, OUTCOMES };
static const char *const outcome_names[] = { "passed", "failed", "unknown", "never exercised" };

/* One statement, with the rules that cite it first. A rule that is about several can't tell which
 * of them a message was about: who breaks what it asks of every request has sent no bad CANCEL. The
 * grammar's rules cite none, and stand for themselves. */
struct statement {
    const char *id;
    unsigned rfc;
    char *section;
    guint64 verdict[4];
    GPtrArray *rules; /* their indices */
};

static void statement_free(gpointer data)
{
    struct statement *statement = data;
    g_free(statement->section);
    g_ptr_array_unref(statement->rules);
    g_free(statement);
}

/* "3261-8.1.1.5-1": RFC, section, number. */
static struct statement *statement_new(const sipcheck_rule *rule, const char *id)
{
    struct statement *statement = g_new0(struct statement, 1);
    const char *first = strchr(id, '-'), *last = strrchr(id, '-');
    gboolean cited = id != rule->id && first && last > first;
    statement->id = id;
    statement->rfc = cited ? (unsigned)strtoul(id, NULL, 10) : rule->rfc;
    statement->section =
        cited ? g_strndup(first + 1, (gsize)(last - first - 1)) : g_strdup(rule->section);
    statement->rules = g_ptr_array_new();
    return statement;
}

static enum outcome outcome_of(const struct statement *statement)
{
    if (statement->verdict[SIPCHECK_FAIL]) return OUTCOME_FAILED;
    if (statement->verdict[SIPCHECK_UNKNOWN]) return OUTCOME_UNKNOWN;
    return statement->verdict[SIPCHECK_PASS] ? OUTCOME_PASSED : OUTCOME_NEVER;
}

static void add(GHashTable *known, GPtrArray *list, const struct audit_summary *s, gsize index,
                const char *id)
{
    struct statement *statement = g_hash_table_lookup(known, id);
    if (!statement) {
        statement = statement_new(sipcheck_rules_at(s->rules, index), id);
        g_ptr_array_add(list, statement);
        g_hash_table_insert(known, (gpointer)id, statement);
    }
    for (int v = 0; v < 4; v++)
        statement->verdict[v] += s->totals.counts[index].verdict[v];
    g_ptr_array_add(statement->rules, GSIZE_TO_POINTER(index));
}

/* Digits as numbers, the rest by bytes: 8.1.1.5-2 is before 8.1.1.5-10 and 20.1. */
static int natural(const char *a, const char *b)
{
    while (*a && *b) {
        if (g_ascii_isdigit(*a) && g_ascii_isdigit(*b)) {
            char *behind_a, *behind_b;
            guint64 x = g_ascii_strtoull(a, &behind_a, 10), y = g_ascii_strtoull(b, &behind_b, 10);
            if (x != y) return x < y ? -1 : 1;
            a = behind_a;
            b = behind_b;
        } else if (*a != *b) {
            return (guchar)*a < (guchar)*b ? -1 : 1;
        } else {
            a++, b++;
        }
    }
    return (*a != 0) - (*b != 0);
}

static gint by_place(gconstpointer a, gconstpointer b)
{
    const struct statement *x = *(struct statement *const *)a, *y = *(struct statement *const *)b;
    if (x->rfc != y->rfc) return x->rfc < y->rfc ? -1 : 1;
    int order = natural(x->section, y->section);
    return order ? order : natural(x->id, y->id);
}

/* Of the rules that are switched on and stand for an RFC. */
static GPtrArray *gather(const struct audit_summary *s)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(statement_free);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < sipcheck_rules_count(s->rules); i++) {
        const sipcheck_rule *rule = sipcheck_rules_at(s->rules, i);
        if (!rule->enabled || !rule->rfc) continue;
        add(known, list, s, i,
            rule->statements && *rule->statements ? rule->statements[0] : rule->id);
    }
    g_ptr_array_sort(list, by_place);
    return list;
}

/* --- text */

static guint exercised(const guint count[OUTCOMES])
{
    return count[OUTCOME_PASSED] + count[OUTCOME_FAILED] + count[OUTCOME_UNKNOWN];
}

static void print_row(const struct audit_summary *s, const char *name, const guint count[OUTCOMES])
{
    enum output_style style = count[OUTCOME_FAILED] ? STYLE_RED : STYLE_PLAIN;
    printf("  %-14s %9u  %s%6u  %6u  %7u%s  %5u\n", name, exercised(count),
           output_style(style, s->colour), count[OUTCOME_PASSED], count[OUTCOME_FAILED],
           count[OUTCOME_UNKNOWN], output_style(STYLE_PLAIN, s->colour), count[OUTCOME_NEVER]);
}

static void print_failures(const struct audit_summary *s, const struct statement *statement)
{
    for (guint i = 0; i < statement->rules->len; i++) {
        gsize index = GPOINTER_TO_SIZE(statement->rules->pdata[i]);
        guint64 fails = s->totals.counts[index].verdict[SIPCHECK_FAIL];
        const char *rule = sipcheck_rules_at(s->rules, index)->id;
        if (!fails) continue;
        printf("      failed: %s", statement->id);
        if (strcmp(rule, statement->id) != 0) printf(", %s", rule);
        printf("  ×%" G_GUINT64_FORMAT "\n", fails);
    }
}

/* [from, to): of one section. A section that was not exercised has no row. */
static void print_section(const struct audit_summary *s, const GPtrArray *list, guint from,
                          guint to, guint total[OUTCOMES])
{
    guint count[OUTCOMES] = { 0 };
    const struct statement *first = list->pdata[from];
    g_autofree char *name = g_strdup_printf("§%s", first->section);
    for (guint i = from; i < to; i++)
        count[outcome_of(list->pdata[i])]++;
    for (int i = 0; i < OUTCOMES; i++)
        total[i] += count[i];
    if (!exercised(count)) return;
    print_row(s, name, count);
    for (guint i = from; i < to; i++)
        print_failures(s, list->pdata[i]);
}

static gboolean same_section(const struct statement *a, const struct statement *b)
{
    return a->rfc == b->rfc && !strcmp(a->section, b->section);
}

/* [from, to): of one RFC. */
static void print_rfc(const struct audit_summary *s, const GPtrArray *list, guint from, guint to)
{
    guint total[OUTCOMES] = { 0 };
    printf("\n%sRFC %u%s        exercised  passed  failed  unknown  never\n",
           output_style(STYLE_BOLD, s->colour), ((struct statement *)list->pdata[from])->rfc,
           output_style(STYLE_PLAIN, s->colour));
    for (guint i = from, next; i < to; i = next) {
        for (next = i + 1; next < to && same_section(list->pdata[i], list->pdata[next]);)
            next++;
        print_section(s, list, i, next, total);
    }
    print_row(s, "all sections", total);
}

static gboolean any_exercised(const GPtrArray *list, guint from, guint to)
{
    for (guint i = from; i < to; i++)
        if (outcome_of(list->pdata[i]) != OUTCOME_NEVER) return TRUE;
    return FALSE;
}

static void print_idle(const GString *idle)
{
    if (!idle->len) return;
    printf("\nNothing was exercised of RFC ");
    output_wrapped(stdout, 29, 2, idle->str);
}

void statement_text(const struct audit_summary *s)
{
    g_autoptr(GPtrArray) list = gather(s);
    g_autoptr(GString) idle = g_string_new(NULL);
    report_capture(s);
    printf("\n%sConformance statement of %s%s\n", output_style(STYLE_BOLD, s->colour),
           s->options->statement, output_style(STYLE_PLAIN, s->colour));
    for (guint i = 0, next; i < list->len; i = next) {
        unsigned rfc = ((struct statement *)list->pdata[i])->rfc;
        for (next = i + 1; next < list->len;)
            if (((struct statement *)list->pdata[next])->rfc == rfc)
                next++;
            else
                break;
        if (any_exercised(list, i, next))
            print_rfc(s, list, i, next);
        else
            g_string_append_printf(idle, "%s%u", idle->len ? ", " : "", rfc);
    }
    print_idle(idle);
}

/* --- ndjson */

static void print_rule_ids(const struct audit_summary *s, const struct statement *statement)
{
    for (guint i = 0; i < statement->rules->len; i++) {
        gsize index = GPOINTER_TO_SIZE(statement->rules->pdata[i]);
        printf("%s", i ? "," : "");
        output_json_text(stdout, sipcheck_rules_at(s->rules, index)->id);
    }
}

void statement_ndjson(const struct audit_summary *s)
{
    g_autoptr(GPtrArray) list = gather(s);
    for (guint i = 0; i < list->len; i++) {
        const struct statement *statement = list->pdata[i];
        printf("{\"statement\":");
        output_json_text(stdout, statement->id);
        printf(",\"rfc\":%u,\"section\":", statement->rfc);
        output_json_text(stdout, statement->section);
        printf(",\"element\":");
        output_json_text(stdout, s->options->statement);
        printf(",\"outcome\":\"%s\",\"pass\":%" G_GUINT64_FORMAT ",\"fail\":%" G_GUINT64_FORMAT
               ",\"unknown\":%" G_GUINT64_FORMAT ",\"rules\":[",
               outcome_names[outcome_of(statement)], statement->verdict[SIPCHECK_PASS],
               statement->verdict[SIPCHECK_FAIL], statement->verdict[SIPCHECK_UNKNOWN]);
        print_rule_ids(s, statement);
        puts("]}");
    }
}
