/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report for people: capture quality first, then element by element what it broke. */
#include "../output.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

#include <sipcheck/report.h>

static const char *style(const struct audit_summary *s, enum output_style style)
{
    return output_style(style, s->colour);
}

/* "frames 3, 7, …": the first of count. */
static void print_frames(const guint64 *frames, gsize n, gboolean more)
{
    if (!n) return;
    printf("%s", n == 1 && !more ? "frame " : "frames ");
    for (gsize i = 0; i < n; i++)
        printf("%s%" G_GUINT64_FORMAT, i ? ", " : "", frames[i]);
    if (more) printf(", …");
}

static void print_transports(const struct tally *tally)
{
    const char *separator = " (";
    for (int i = 0; i <= SIPCHECK_TRANSPORT_WSS; i++) {
        if (!tally->transports[i]) continue;
        printf("%s%s %" G_GUINT64_FORMAT, separator,
               sipcheck_transport_name((enum sipcheck_transport)i), tally->transports[i]);
        separator = ", ";
    }
    if (*separator == ',') putchar(')');
}

static void print_source(const struct audit_summary *s, const capture_source *source)
{
    printf("  %s: %" G_GUINT64_FORMAT " frames\n", source->path, source->frames);
    if (*source->damage)
        printf("  %s! damaged behind frame %" G_GUINT64_FORMAT ", at byte %" G_GUINT64_FORMAT
               ": %s%s\n",
               style(s, STYLE_YELLOW), source->frames, source->damage_offset, source->damage,
               style(s, STYLE_PLAIN));
}

static void print_counter(const struct audit_summary *s, unsigned id)
{
    const capture_counter *counter = &s->capture.counters[id];
    const capture_counter_info *info = capture_counter_info_of(id);
    gboolean loss = info->kind == CAPTURE_KIND_LOSS;
    guint64 frames[CAPTURE_FIRST_MAX];
    gsize n = 0;
    for (; n < CAPTURE_FIRST_MAX && n < counter->count && counter->first[n].frame; n++)
        frames[n] = counter->first[n].frame;
    printf("  %s%s %" G_GUINT64_FORMAT " %s%s%s", style(s, loss ? STYLE_YELLOW : STYLE_DIM),
           loss ? "!" : "-", counter->count, info->text, style(s, STYLE_PLAIN), n ? ": " : "");
    print_frames(frames, n, counter->count > n);
    putchar('\n');
}

static void print_capture(const struct audit_summary *s)
{
    char first[SIPCHECK_TIME_TEXT], last[SIPCHECK_TIME_TEXT];
    const struct tally *tally = &s->tally;
    printf("%sCapture%s\n", style(s, STYLE_BOLD), style(s, STYLE_PLAIN));
    for (size_t i = 0; i < s->capture.source_count; i++)
        print_source(s, &s->capture.sources[i]);
    printf("  %" G_GUINT64_FORMAT " SIP messages", tally->messages);
    print_transports(tally);
    if (tally->messages)
        printf(", %s to %s", sipcheck_time_text(tally->first_ns, first),
               sipcheck_time_text(tally->last_ns, last));
    putchar('\n');
    for (unsigned id = 0; id < CAPTURE_COUNTER_COUNT; id++)
        if (id != CAPTURE_MESSAGES && s->capture.counters[id].count) print_counter(s, id);
    if (s->not_judged)
        printf("  ! %" G_GUINT64_FORMAT " messages beyond a limit, not judged\n", s->not_judged);
    if (s->incomplete)
        printf("  The judgement is incomplete: what was not captured can't be judged.\n");
}

static void print_roles(unsigned roles)
{
    const char *separator = "  as ";
    for (unsigned bit = 1; bit <= SIPCHECK_ROLE_REDIRECT; bit <<= 1) {
        if (!(roles & bit)) continue;
        printf("%s%s", separator, sipcheck_role_name((enum sipcheck_role)bit));
        separator = ", ";
    }
}

static void print_number(guint64 n, const char *one, const char *many)
{
    if (n) printf(", %" G_GUINT64_FORMAT " %s", n, n == 1 ? one : many);
}

static enum output_style severity_style(const struct tally_group *group)
{
    if (group->verdict == SIPCHECK_UNKNOWN) return STYLE_DIM;
    if (group->severity == SIPCHECK_ERROR) return STYLE_RED;
    return group->severity == SIPCHECK_WARNING ? STYLE_YELLOW : STYLE_BLUE;
}

static void print_group(const struct audit_summary *s, const struct tally_group *group)
{
    const sipcheck_rule *rule = group->rule;
    const char *label =
        group->verdict == SIPCHECK_UNKNOWN ? "unknown" : sipcheck_severity_name(group->severity);
    printf("\n  %s%-7s%s  %s%s%s  ×%" G_GUINT64_FORMAT "  ", style(s, severity_style(group)), label,
           style(s, STYLE_PLAIN), style(s, STYLE_BOLD), rule->title, style(s, STYLE_PLAIN),
           group->count);
    print_frames(group->frames, group->frame_count, group->more_frames);
    if (group->source) printf(" of %s", group->source);
    printf("\n           %s  RFC %u §%s, %s\n", rule->id, rule->rfc, rule->section,
           sipcheck_level_name(rule->level));
    if (group->waived)
        printf("           waived by the profile: %" G_GUINT64_FORMAT "\n", group->waived);
    printf("           %s\n", group->text);
    if (group->verdict == SIPCHECK_UNKNOWN) return;
    if (group->line_length)
        output_excerpt(stdout, "             ", group->line, group->line_length, group->mark,
                       group->mark_end - group->mark, s->colour);
    if (*group->fix) printf("           fix: %s\n", group->fix);
}

static void print_element(const struct audit_summary *s, const struct tally_element *element)
{
    char text[SIPCHECK_ADDRESS_TEXT];
    printf("\n%s%s%s", style(s, STYLE_BOLD), sipcheck_address_text(&element->address, text),
           style(s, STYLE_PLAIN));
    print_roles(element->roles);
    if (element->agent) printf("  %s", element->agent);
    printf("  sent %" G_GUINT64_FORMAT, element->sent);
    print_number(element->errors, "error", "errors");
    print_number(element->warnings, "warning", "warnings");
    print_number(element->infos, "note", "notes");
    putchar('\n');
    for (guint i = 0; i < element->groups->len; i++)
        print_group(s, element->groups->pdata[i]);
}

static void print_rules(const struct audit_summary *s)
{
    printf("\n%sRules%s\n     pass     fail  unknown       na\n", style(s, STYLE_BOLD),
           style(s, STYLE_PLAIN));
    for (size_t i = 0; i < sipcheck_rules_count(s->rules); i++) {
        const guint64 *n = s->totals.counts[i].verdict;
        if (!(n[SIPCHECK_PASS] + n[SIPCHECK_FAIL] + n[SIPCHECK_UNKNOWN] + n[SIPCHECK_NA])) continue;
        printf(" %8" G_GUINT64_FORMAT " %8" G_GUINT64_FORMAT " %8" G_GUINT64_FORMAT
               " %8" G_GUINT64_FORMAT "  %s\n",
               n[SIPCHECK_PASS], n[SIPCHECK_FAIL], n[SIPCHECK_UNKNOWN], n[SIPCHECK_NA],
               sipcheck_rules_at(s->rules, i)->id);
    }
}

static void print_summary(const struct audit_summary *s)
{
    const guint64 *n = s->tally.findings;
    printf("\n%sSummary%s\n  %u rules exercised: %u kept throughout, %u broken, %u with unknowns\n",
           style(s, STYLE_BOLD), style(s, STYLE_PLAIN), s->totals.exercised, s->totals.passed,
           s->totals.failed, s->totals.unknown);
    printf("  %" G_GUINT64_FORMAT " errors, %" G_GUINT64_FORMAT " warnings, %" G_GUINT64_FORMAT
           " notes",
           n[SIPCHECK_ERROR], n[SIPCHECK_WARNING], n[SIPCHECK_INFO]);
    if (s->tally.waived) printf(", %" G_GUINT64_FORMAT " waived", s->tally.waived);
    printf("; `sipcheck explain RULE` says more\n");
}

void report_text(const struct audit_summary *s)
{
    print_capture(s);
    guint quiet = 0;
    for (guint i = 0; i < s->tally.order->len; i++) {
        const struct tally_element *element = s->tally.order->pdata[i];
        if (element->groups->len)
            print_element(s, element);
        else
            quiet += element->sent > 0;
    }
    if (quiet)
        printf("\n%u %s sent messages without a finding.\n", quiet,
               quiet == 1 ? "element" : "elements");
    if (s->tally.elements_lost)
        printf("\n%" G_GUINT64_FORMAT
               " messages of elements beyond the first %d are only counted in the summary.\n",
               s->tally.elements_lost, TALLY_ELEMENTS);
    if (s->verdicts & (1u << SIPCHECK_PASS | 1u << SIPCHECK_NA)) print_rules(s);
    print_summary(s);
}
