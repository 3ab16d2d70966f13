/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `--format junit`: a test case a rule that was exercised, as servers of CI show them, and one that
 * says whether the judgement is complete. */
#include "../flow/step.h"
#include "../output.h"
#include "report.h"

#include <stdio.h>

/* What a rule came to. */
enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_SKIPPED };

struct junit {
    const struct audit_summary *s;
    GPtrArray **broken; /* by rule index: of struct blame; NULL: none */
};

struct blame {
    const struct tally_element *element; /* NULL: it is about a waiver */
    const struct tally_group *group;
};

static void put(const char *text)
{
    g_autofree char *visible = text_visible(output_slice(text));
    g_autofree char *escaped = g_markup_escape_text(visible, -1);
    fputs(escaped, stdout);
}

static void attribute(const char *name, const char *text)
{
    printf(" %s=\"", name);
    put(text);
    putchar('"');
}

static gboolean is_failure(const struct junit *j, const struct tally_group *group)
{
    return !group->waived && (int)group->severity >= j->s->options->fail_level;
}

static void note(struct junit *j, const struct tally_element *element, const GPtrArray *groups)
{
    for (guint i = 0; i < groups->len; i++) {
        const struct tally_group *group = groups->pdata[i];
        size_t index = 0;
        if (group->verdict != SIPCHECK_FAIL) continue;
        if (!sipcheck_rules_find(j->s->rules, group->rule->id, &index)) continue;
        if (!j->broken[index]) j->broken[index] = g_ptr_array_new_with_free_func(g_free);
        struct blame *blame = g_new(struct blame, 1);
        *blame = (struct blame){ element, group };
        g_ptr_array_add(j->broken[index], blame);
    }
}

static void gather(struct junit *j)
{
    const struct tally *tally = &j->s->tally;
    for (guint i = 0; i < tally->order->len; i++) {
        const struct tally_element *element = tally->order->pdata[i];
        note(j, element, element->groups);
    }
    note(j, NULL, tally->waivers);
}

static const struct tally_group *first_failure(const struct junit *j, size_t index)
{
    const GPtrArray *blames = j->broken[index];
    for (guint i = 0; blames && i < blames->len; i++) {
        const struct blame *blame = blames->pdata[i];
        if (is_failure(j, blame->group)) return blame->group;
    }
    return NULL;
}

/* Of elements beyond those that are told apart it is only known that one broke it. */
static gboolean is_broken_by_others(const struct junit *j, size_t index)
{
    gboolean fails =
        (int)sipcheck_rules_at(j->s->rules, index)->severity >= j->s->options->fail_level;
    return fails && j->s->tally.elements_lost && !j->broken[index] &&
           j->s->totals.counts[index].verdict[SIPCHECK_FAIL];
}

/* A waiver's rules are exercised when they found something; what was only asked and not known is
 * neither kept nor broken. */
static gboolean is_exercised(const struct junit *j, size_t index)
{
    const uint64_t *n = j->s->totals.counts[index].verdict;
    return n[SIPCHECK_PASS] || n[SIPCHECK_FAIL] || n[SIPCHECK_UNKNOWN] || j->broken[index];
}

static enum outcome outcome_of(const struct junit *j, size_t index)
{
    const uint64_t *n = j->s->totals.counts[index].verdict;
    if (first_failure(j, index) || is_broken_by_others(j, index)) return OUTCOME_FAILED;
    return n[SIPCHECK_UNKNOWN] && !n[SIPCHECK_PASS] && !j->broken[index] ? OUTCOME_SKIPPED
                                                                         : OUTCOME_PASSED;
}

/* "error 198.51.100.7:5060: what is wrong  ×3  frames 5, 8, 11" */
static void put_blame(const struct blame *blame)
{
    char address[SIPCHECK_ADDRESS_TEXT];
    const struct tally_group *group = blame->group;
    g_autofree char *frames = report_frames(group);
    const char *who =
        blame->element ? sipcheck_address_text(&blame->element->address, address) : "waiver";
    g_autofree char *line =
        g_strdup_printf("%s %s: %s  ×%" G_GUINT64_FORMAT "  %s",
                        group->waived ? "waived" : sipcheck_severity_name(group->severity), who,
                        group->text, MAX(group->count, 1), frames);
    put(line);
    putchar('\n');
    if (*group->fix) printf("  fix: ");
    put(group->fix);
    if (*group->fix) putchar('\n');
}

static void put_blames(const struct junit *j, size_t index)
{
    const GPtrArray *blames = j->broken[index];
    for (guint i = 0; i < blames->len; i++)
        put_blame(blames->pdata[i]);
}

static void put_failure(const struct junit *j, size_t index)
{
    const struct tally_group *group = first_failure(j, index);
    if (!group) {
        printf("<failure message=\"by elements beyond the first %d\"/>", TALLY_ELEMENTS);
        return;
    }
    fputs("<failure", stdout);
    attribute("type", sipcheck_severity_name(group->severity));
    attribute("message", group->text);
    putchar('>');
    put(group->rule->title);
    putchar('\n');
    put_blames(j, index);
    fputs("</failure>", stdout);
}

static void put_case(const struct junit *j, size_t index)
{
    const sipcheck_rule *rule = sipcheck_rules_at(j->s->rules, index);
    g_autofree char *class = rule->rfc ? g_strdup_printf("rfc%u", rule->rfc) : g_strdup("waivers");
    fputs("<testcase", stdout);
    attribute("classname", class);
    attribute("name", rule->id);
    putchar('>');
    enum outcome outcome = outcome_of(j, index);
    if (outcome == OUTCOME_FAILED) put_failure(j, index);
    if (outcome == OUTCOME_SKIPPED)
        fputs("<skipped message=\"the capture can't tell; --verdicts unknown says why\"/>", stdout);
    if (outcome == OUTCOME_PASSED && j->broken[index]) {
        fputs("<system-out>", stdout);
        put_blames(j, index);
        fputs("</system-out>", stdout);
    }
    puts("</testcase>");
}

static void put_capture_case(const struct audit_summary *s)
{
    fputs("<testcase classname=\"capture\" name=\"the judgement is complete\">", stdout);
    if (s->incomplete) {
        puts("<error type=\"incomplete\" message=\"what was not captured can't be judged\">");
        for (unsigned id = 0; id < CAPTURE_COUNTER_COUNT; id++) {
            const capture_counter_info *info = capture_counter_info_of(id);
            guint64 n = s->capture.counters[id].count;
            if (n && info->kind == CAPTURE_KIND_LOSS)
                printf("%s: %" G_GUINT64_FORMAT "\n", info->text, n);
        }
        if (!s->totals.exercised) puts("no message was there to judge by any rule");
        fputs("</error>", stdout);
    }
    puts("</testcase>");
}

void report_junit(const struct audit_summary *s)
{
    size_t rules = sipcheck_rules_count(s->rules);
    struct junit j = { .s = s, .broken = g_new0(GPtrArray *, rules) };
    guint n[OUTCOME_SKIPPED + 1] = { 0 };
    gather(&j);
    for (size_t i = 0; i < rules; i++)
        if (is_exercised(&j, i)) n[outcome_of(&j, i)]++;
    puts("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>");
    fputs("<testsuite", stdout);
    attribute("name", "sipcheck audit");
    printf(" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n",
           n[OUTCOME_PASSED] + n[OUTCOME_FAILED] + n[OUTCOME_SKIPPED] + 1, n[OUTCOME_FAILED],
           s->incomplete ? 1u : 0u, n[OUTCOME_SKIPPED]);
    put_capture_case(s);
    for (size_t i = 0; i < rules; i++) {
        if (is_exercised(&j, i)) put_case(&j, i);
        if (j.broken[i]) g_ptr_array_unref(j.broken[i]);
    }
    puts("</testsuite>\n</testsuites>");
    g_free(j.broken);
}
