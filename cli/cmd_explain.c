/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck explain: a rule in full. */
#include "command.h"
#include "credentials.h"
#include "output.h"
#include "ruleset.h"

#include <stdio.h>
#include <string.h>

struct samples {
    gboolean colour;
    gboolean passing, failing; /* one of each was shown */
};

static void show_sample(void *user, const sipcheck_test_outcome *outcome)
{
    struct samples *samples = user;
    gboolean passing = outcome->wanted == SIPCHECK_PASS, failing = outcome->wanted == SIPCHECK_FAIL;
    gboolean *shown = passing ? &samples->passing : &samples->failing;
    if (!(passing || failing) || *shown || !outcome->ok) return;
    *shown = TRUE;
    printf("\n%sA %s that %s%s%s%s\n\n", output_style(STYLE_BOLD, samples->colour),
           outcome->steps ? "flow" : "message", passing ? "passes" : "fails", failing ? ": " : "",
           failing ? outcome->text : "", output_style(STYLE_PLAIN, samples->colour));
    ruleset_show_flow(outcome);
    if (outcome->steps && passing) return;
    if (outcome->steps) putchar('\n');
    output_message(stdout, "    ", outcome->bytes, outcome->length,
                   failing ? outcome->mark_offset : SIZE_MAX, failing ? outcome->mark_length : 0,
                   samples->colour);
}

static char *roles(unsigned binds)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned bit = 1; bit <= SIPCHECK_ROLE_REDIRECT; bit <<= 1)
        if (binds & bit)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "",
                                   sipcheck_role_name((enum sipcheck_role)bit));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void property(const char *label, const char *text)
{
    if (!text || !*text) return;
    size_t at = (size_t)printf("  %s: ", label);
    output_wrapped(stdout, at, at, text);
}

static void paragraph(const char *label, const char *text, gboolean colour)
{
    if (!text || !*text) return;
    printf("\n%s%s%s\n", output_style(STYLE_BOLD, colour), label,
           output_style(STYLE_PLAIN, colour));
    output_wrapped(stdout, 0, 4, text);
}

static void print_rule(const sipcheck_rule *rule, gboolean colour)
{
    printf("%s%s%s\n%s\n\n", output_style(STYLE_BOLD, colour), rule->id,
           output_style(STYLE_PLAIN, colour), rule->title);
    if (rule->rfc)
        printf("  RFC %u §%s, %s; ", rule->rfc, rule->section, sipcheck_level_name(rule->level));
    else
        printf("  a rule of sipcheck's own; ");
    printf("severity %s%s\n", sipcheck_severity_name(rule->severity),
           rule->enabled ? "" : "; switched off by the profile");
    g_autofree char *statements =
        rule->statements ? g_strjoinv(" ", (char **)rule->statements) : NULL;
    property("statements", statements);
    property("scope", sipcheck_scope_name(rule->scope));
    property("on", rule->on);
    property("vantage", rule->vantage);
    property("machine", rule->machine);
    g_autofree char *binds = roles(rule->binds);
    property("binds", binds);
    property("applies", rule->applies);
    property("assert", rule->assertion);
    property("expect", rule->expect);
    property("swapped", rule->swapped);
    g_autofree char *from = rule->line ? g_strdup_printf("%s:%u", rule->file, rule->line) : NULL;
    property("from", from);
    paragraph("What is asked", rule->asks, colour);
    paragraph("Why it matters", rule->why, colour);
    paragraph("What to do", rule->fix, colour);
}

int cmd_explain(int argc, char **argv)
{
    struct ruleset_options options = { 0 };
    const GOptionEntry entries[] = { RULESET_ENTRIES(options), G_OPTION_ENTRY_NULL };
    gboolean fine = command_options(
        &argc, &argv, "RULE…",
        "Says what a rule asks for, who is bound, why it matters, and shows messages "
        "that keep and break it.",
        entries);
    g_auto(GStrv) args = argv;
    if (fine && argc < 2)
        complain("explain wants a rule's id, as `sipcheck rules list` shows them");
    options.tests = TRUE;
    sipcheck_rules *rules = fine && argc > 1 ? ruleset_load(&options) : NULL;
    ruleset_options_clear(&options);
    if (!rules) return EXIT_USAGE;

    int code = EXIT_CLEAN;
    gboolean colour = output_wants_colour();
    for (char **id = args + 1; *id; id++) {
        const sipcheck_rule *rule = sipcheck_rules_find(rules, *id, NULL);
        if (!rule) {
            ruleset_suggest(rules, *id);
            code = EXIT_USAGE;
            continue;
        }
        if (id != args + 1) printf("\n");
        print_rule(rule, colour);
        struct samples samples = { .colour = colour };
        sipcheck_rules_test(rules, rule, credentials_hashes(), show_sample, &samples);
    }
    sipcheck_rules_free(rules);
    return code;
}
