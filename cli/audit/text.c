/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report for people: capture quality first, then element by element what it broke. */
#include "../output.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipcheck/report.h>

static const char *style(const struct audit_summary *s, enum output_style style)
{
    return output_style(style, s->colour);
}

static int by_place(const void *a, const void *b)
{
    const struct tally_place *x = a, *y = b;
    int order = g_strcmp0(x->source, y->source);
    return order ? order : (x->frame > y->frame) - (x->frame < y->frame);
}

/* "frames 3, 7, …", or "frames 3, 7 of a.pcap, 3 of b.pcap, …": the first. "": none. */
static char *frames_text(const struct tally_place *places, gsize n, gboolean more)
{
    struct tally_place sorted[TALLY_FRAMES];
    GString *text = g_string_new(NULL);
    memcpy(sorted, places, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_place);
    for (gsize i = 0; i < n; i++) {
        const char *source = sorted[i].source;
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT,
                               i               ? ", "
                               : n > 1 || more ? "frames "
                                               : "frame ",
                               sorted[i].frame);
        if (source && (i + 1 == n || sorted[i + 1].source != source))
            g_string_append_printf(text, " of %s", source);
    }
    if (n && more) g_string_append(text, ", …");
    return g_string_free(text, FALSE);
}

char *report_frames(const struct tally_group *group)
{
    return frames_text(group->places, group->place_count, group->more_places);
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

static const char *plural(guint64 n)
{
    return n == 1 ? "" : "s";
}

static void print_source(const struct audit_summary *s, const capture_source *source)
{
    fputs("  ", stdout);
    output_visible(stdout, output_slice(source->path));
    printf(": %" G_GUINT64_FORMAT " %s%s\n", source->frames,
           s->options->text_log ? "message" : "frame", plural(source->frames));
    if (*source->damage)
        printf("  %s! damaged behind frame %" G_GUINT64_FORMAT ", at byte %" G_GUINT64_FORMAT
               ": %s%s\n",
               style(s, STYLE_YELLOW), source->frames, source->damage_offset, source->damage,
               style(s, STYLE_PLAIN));
}

static void print_decryption(const struct audit_summary *s, const capture_source *source)
{
    if (!source->decrypted) return;
    if (!*source->decrypt_problem) {
        printf(source->secrets
                   ? "  TLS in it was decrypted by tshark, as far as there are secrets\n"
                   : "  tshark found nothing in it that the secrets decrypt\n");
        return;
    }
    g_autofree char *text =
        g_strconcat("TLS in it could not be decrypted to the end: ", source->decrypt_problem, NULL);
    printf("  %s!%s ", style(s, STYLE_YELLOW), style(s, STYLE_PLAIN));
    output_visible(stdout, output_slice(text));
    putchar('\n');
}

static void print_counter(const struct audit_summary *s, unsigned id)
{
    const capture_counter *counter = &s->capture.counters[id];
    const capture_counter_info *info = capture_counter_info_of(id);
    gboolean loss = info->kind == CAPTURE_KIND_LOSS, several = s->capture.source_count > 1;
    struct tally_place places[CAPTURE_FIRST_MAX];
    gsize n = 0;
    for (; n < CAPTURE_FIRST_MAX && n < counter->count && counter->first[n].frame; n++)
        places[n] = (struct tally_place){
            .frame = counter->first[n].frame,
            .source = several ? s->capture.sources[counter->first[n].source].path : NULL,
        };
    g_autofree char *frames = frames_text(places, n, counter->count > n);
    g_autofree char *text =
        g_strdup_printf("%s: %" G_GUINT64_FORMAT "%s%s%s", info->text, counter->count,
                        *frames ? " (" : "", frames, *frames ? ")" : "");
    printf("  %s%s%s ", style(s, loss ? STYLE_YELLOW : STYLE_DIM), loss ? "!" : "-",
           style(s, STYLE_PLAIN));
    output_wrapped(stdout, 4, 4, text);
}

static void print_dut(const struct audit_summary *s)
{
    const char *const *dut = (const char *const *)s->options->duts;
    for (gsize i = 0; dut && dut[i]; i++) {
        guint64 n = s->dut_messages[i];
        if (n)
            printf("  Only what %s sent is judged: %" G_GUINT64_FORMAT " message%s\n", dut[i], n,
                   plural(n));
        else
            printf("  %s! %s sent no SIP message in this capture%s\n", style(s, STYLE_YELLOW),
                   dut[i], style(s, STYLE_PLAIN));
    }
}

static void print_sequences(const struct audit_summary *s)
{
    const sipcheck_sequence_counts *n = &s->sequences;
    if (n->tracked && s->tally.messages)
        printf("  %" G_GUINT64_FORMAT " transaction%s, %" G_GUINT64_FORMAT " dialog%s\n",
               n->transactions, plural(n->transactions), n->dialogs, plural(n->dialogs));
    if (n->evicted)
        printf("  %s! memory ran out (--memory): %" G_GUINT64_FORMAT
               " things were forgotten too soon, what they would show is unknown%s\n",
               style(s, STYLE_YELLOW), n->evicted, style(s, STYLE_PLAIN));
    if (n->refused)
        printf("  %s! more had to be waited for at once than can be: %" G_GUINT64_FORMAT
               " verdicts are unknown%s\n",
               style(s, STYLE_YELLOW), n->refused, style(s, STYLE_PLAIN));
}

/* The report's own lines say these. */
static gboolean is_said_elsewhere(unsigned id)
{
    return id == CAPTURE_MESSAGES || id == CAPTURE_FILE_DAMAGED || id == CAPTURE_UNDECRYPTED;
}

void report_capture(const struct audit_summary *s)
{
    char first[SIPCHECK_TIME_TEXT], last[SIPCHECK_TIME_TEXT];
    const struct tally *tally = &s->tally;
    printf("%sCapture%s\n", style(s, STYLE_BOLD), style(s, STYLE_PLAIN));
    for (size_t i = 0; i < s->capture.source_count; i++) {
        print_source(s, &s->capture.sources[i]);
        print_decryption(s, &s->capture.sources[i]);
    }
    if (tally->messages)
        printf("  %" G_GUINT64_FORMAT " SIP message%s", tally->messages, plural(tally->messages));
    else
        printf("  %s! no SIP message was found%s", style(s, STYLE_YELLOW), style(s, STYLE_PLAIN));
    print_transports(tally);
    if (tally->last_ns)
        printf(", %s to %s", sipcheck_time_text(tally->first_ns, first),
               sipcheck_time_text(tally->last_ns, last));
    else if (tally->messages)
        printf(", no times");
    putchar('\n');
    print_sequences(s);
    print_dut(s);
    if (s->options->filter) {
        printf("  Only messages for which this is true are judged: ");
        output_visible(stdout, output_slice(s->options->filter));
        putchar('\n');
    }
    for (unsigned id = 0; id < CAPTURE_COUNTER_COUNT; id++)
        if (!is_said_elsewhere(id) && s->capture.counters[id].count) print_counter(s, id);
    if (s->not_judged)
        printf("  ! messages beyond a limit, not judged: %" G_GUINT64_FORMAT "\n", s->not_judged);
    if (s->interrupted)
        printf("  %s! stopped by ^C: what follows was not read%s\n", style(s, STYLE_YELLOW),
               style(s, STYLE_PLAIN));
    if (tally->messages && !s->totals.exercised)
        printf("  %s! no message was there to judge by any rule%s\n", style(s, STYLE_YELLOW),
               style(s, STYLE_PLAIN));
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
    if (group->verdict == SIPCHECK_UNKNOWN || group->waived) return STYLE_DIM;
    if (group->severity == SIPCHECK_ERROR) return STYLE_RED;
    return group->severity == SIPCHECK_WARNING ? STYLE_YELLOW : STYLE_BLUE;
}

enum { GROUP_INDENT = 11 };
#define GROUP_SPACES "           "

/* "  error    A title  ×3  frames 1, 2, 3" */
static void print_group_head(const struct audit_summary *s, const struct tally_group *group)
{
    const char *title = group->rule->title;
    const char *label = group->verdict == SIPCHECK_UNKNOWN ? "unknown"
                        : group->waived                    ? "waived"
                                        : sipcheck_severity_name(group->severity);
    printf("\n  %s%-7s%s  %s%s%s", style(s, severity_style(group)), label, style(s, STYLE_PLAIN),
           style(s, STYLE_BOLD), title, style(s, STYLE_PLAIN));
    size_t at = GROUP_INDENT + (size_t)g_utf8_strlen(title, -1);
    g_autofree char *count = g_strdup_printf("  ×%" G_GUINT64_FORMAT "  ", group->count);
    g_autofree char *frames = report_frames(group);
    if (group->count) printf("%s", count);
    output_wrapped(stdout, at + (size_t)g_utf8_strlen(count, -1), GROUP_INDENT, frames);
}

static void print_fix(const struct tally_group *group)
{
    if (!*group->fix) return;
    printf(GROUP_SPACES "fix: ");
    output_wrapped(stdout, GROUP_INDENT + 5, GROUP_INDENT + 5, group->fix);
}

/* element: NULL: it is about a waiver. */
static void print_group(const struct audit_summary *s, const struct tally_element *element,
                        const struct tally_group *group)
{
    const sipcheck_rule *rule = group->rule;
    print_group_head(s, group);
    printf(GROUP_SPACES "%s", rule->id);
    if (rule->rfc)
        printf("  RFC %u §%s, %s", rule->rfc, rule->section, sipcheck_level_name(rule->level));
    putchar('\n');
    gboolean unknown = group->verdict == SIPCHECK_UNKNOWN;
    g_autofree char *text = g_strconcat(unknown ? "missing: " : "", group->text, NULL);
    output_wrapped(stdout, 0, GROUP_INDENT, text);
    if (!unknown && group->line_length)
        output_excerpt(stdout, GROUP_SPACES "  ", group->line, group->line_length, group->mark,
                       group->mark_end - group->mark, s->colour);
    excerpts_print(s->excerpts, element ? &group->at : NULL, group, GROUP_SPACES,
                   s->capture.source_count > 1);
    if (!unknown) print_fix(group);
}

static void print_element(const struct audit_summary *s, const struct tally_element *element)
{
    char text[SIPCHECK_ADDRESS_TEXT];
    printf("\n%s%s%s", style(s, STYLE_BOLD), sipcheck_address_text(&element->address, text),
           style(s, STYLE_PLAIN));
    if (element->folded) printf(" (+%u port%s)", element->folded, plural(element->folded));
    print_roles(element->roles);
    if (element->agent) {
        fputs("  ", stdout);
        output_visible(stdout, output_slice(element->agent));
    }
    printf("  sent %" G_GUINT64_FORMAT, element->sent);
    print_number(element->errors, "error", "errors");
    print_number(element->warnings, "warning", "warnings");
    print_number(element->infos, "note", "notes");
    putchar('\n');
    for (guint i = 0; i < element->groups->len; i++)
        print_group(s, element, element->groups->pdata[i]);
}

static void print_waivers(const struct audit_summary *s)
{
    const GPtrArray *waivers = s->tally.waivers;
    if (waivers->len) printf("\n%sWaivers%s\n", style(s, STYLE_BOLD), style(s, STYLE_PLAIN));
    for (guint i = 0; i < waivers->len; i++)
        print_group(s, NULL, waivers->pdata[i]);
}

/* One of the verdicts that are asked for was given. */
static gboolean has_shown(const struct audit_summary *s, const guint64 n[4])
{
    gboolean any = FALSE;
    for (int v = SIPCHECK_PASS; v <= SIPCHECK_UNKNOWN; v++)
        any |= n[v] && s->options->shown & 1u << v;
    return any;
}

static void print_rules(const struct audit_summary *s)
{
    printf("\n%sRules%s\n     pass     fail  unknown       na\n", style(s, STYLE_BOLD),
           style(s, STYLE_PLAIN));
    for (size_t i = 0; i < sipcheck_rules_count(s->rules); i++) {
        const guint64 *n = s->totals.counts[i].verdict;
        if (!has_shown(s, n)) continue;
        printf(" %8" G_GUINT64_FORMAT " %8" G_GUINT64_FORMAT " %8" G_GUINT64_FORMAT
               " %8" G_GUINT64_FORMAT "  %s\n",
               n[SIPCHECK_PASS], n[SIPCHECK_FAIL], n[SIPCHECK_UNKNOWN], n[SIPCHECK_NA],
               sipcheck_rules_at(s->rules, i)->id);
    }
}

static void print_summary(const struct audit_summary *s)
{
    const guint64 *n = s->tally.findings;
    printf(
        "\n%sSummary%s\n  %u rule%s exercised: %u kept throughout, %u broken, %u with unknowns\n",
        style(s, STYLE_BOLD), style(s, STYLE_PLAIN), s->totals.exercised,
        plural(s->totals.exercised), s->totals.passed, s->totals.failed, s->totals.unknown);
    printf("  %" G_GUINT64_FORMAT " error%s, %" G_GUINT64_FORMAT " warning%s, %" G_GUINT64_FORMAT
           " note%s",
           n[SIPCHECK_ERROR], plural(n[SIPCHECK_ERROR]), n[SIPCHECK_WARNING],
           plural(n[SIPCHECK_WARNING]), n[SIPCHECK_INFO], plural(n[SIPCHECK_INFO]));
    if (s->tally.waived) printf(", %" G_GUINT64_FORMAT " waived", s->tally.waived);
    printf("; `sipcheck explain RULE` says more\n");
    if (s->totals.unknown && !(s->options->shown & 1u << SIPCHECK_UNKNOWN))
        printf("  `--verdicts fail,unknown` shows what could not be known, and why\n");
}

/* Elements without a finding; with --dut nothing is known of the others. */
static void print_quiet(const struct audit_summary *s, guint quiet)
{
    gboolean known = !s->options->duts && s->options->shown & 1u << SIPCHECK_FAIL;
    if (quiet && known)
        printf("\n%u element%s sent messages without a finding.\n", quiet, plural(quiet));
    if (s->tally.elements_lost)
        printf("\n%" G_GUINT64_FORMAT
               " messages of elements beyond the first %d are only counted in the summary.\n",
               s->tally.elements_lost, TALLY_ELEMENTS);
}

/* Elements beyond --max, which are the milder ones. */
static void print_further(const struct tally_element *all)
{
    printf("\n%u further element%s, not shown (--max)", all->folded, plural(all->folded));
    print_number(all->errors, "error", "errors");
    print_number(all->warnings, "warning", "warnings");
    print_number(all->infos, "note", "notes");
    putchar('\n');
}

static void print_elements(const struct audit_summary *s)
{
    guint quiet = 0, shown = 0;
    struct tally_element further = { .folded = 0 }; /* folded: how many they are */
    for (guint i = 0; i < s->tally.order->len; i++) {
        const struct tally_element *element = s->tally.order->pdata[i];
        if (!element->groups->len) {
            quiet += element->sent > 0;
        } else if (shown < (guint)s->options->max) {
            shown++;
            print_element(s, element);
        } else {
            further.folded++;
            further.errors += element->errors;
            further.warnings += element->warnings;
            further.infos += element->infos;
        }
    }
    if (further.folded) print_further(&further);
    print_quiet(s, quiet);
}

void report_text(const struct audit_summary *s)
{
    report_capture(s);
    print_elements(s);
    print_waivers(s);
    if (s->options->shown & (1u << SIPCHECK_PASS | 1u << SIPCHECK_NA)) print_rules(s);
    print_summary(s);
}
