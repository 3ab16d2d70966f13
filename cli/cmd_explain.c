/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck explain: a rule in full. */
#include "command.h"
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
    printf("\n%sA message that %s%s%s%s\n\n", output_style(STYLE_BOLD, samples->colour),
           passing ? "passes" : "fails", failing ? ": " : "", failing ? outcome->text : "",
           output_style(STYLE_PLAIN, samples->colour));
    output_message(stdout, "    ", outcome->bytes, outcome->length, outcome->mark_offset,
                   failing ? outcome->mark_length : 0, samples->colour);
}

static void print_roles(unsigned binds)
{
    const char *separator = "";
    for (unsigned bit = 1; bit <= SIPCHECK_ROLE_REDIRECT; bit <<= 1) {
        if (!(binds & bit)) continue;
        printf("%s%s", separator, sipcheck_role_name((enum sipcheck_role)bit));
        separator = ", ";
    }
    putchar('\n');
}

static void paragraph(const char *label, const char *text, gboolean colour)
{
    if (!text || !*text) return;
    printf("\n%s%s%s\n", output_style(STYLE_BOLD, colour), label,
           output_style(STYLE_PLAIN, colour));
    g_autofree char *copy = g_strdup(text);
    g_strchomp(copy);
    g_auto(GStrv) words = g_strsplit_set(copy, " \n", -1);
    size_t column = 0;
    for (char **word = words; *word; word++) {
        if (!**word) continue;
        size_t n = (size_t)g_utf8_strlen(*word, -1);
        if (column && column + 1 + n > 92) column = 0, putchar('\n');
        printf("%s%s", column ? " " : "    ", *word);
        column += n + 1;
    }
    putchar('\n');
}

static void print_rule(const sipcheck_rule *rule, gboolean colour)
{
    printf("%s%s%s\n%s\n\n", output_style(STYLE_BOLD, colour), rule->id,
           output_style(STYLE_PLAIN, colour), rule->title);
    printf("  RFC %u §%s, %s; severity %s%s\n", rule->rfc, rule->section,
           sipcheck_level_name(rule->level), sipcheck_severity_name(rule->severity),
           rule->enabled ? "" : "; switched off by the profile");
    printf("  statements:");
    for (const char *const *id = rule->statements; id && *id; id++)
        printf(" %s", *id);
    printf("\n  scope: %s\n  binds: ", sipcheck_scope_name(rule->scope));
    print_roles(rule->binds);
    if (*rule->applies) printf("  applies: %s\n", rule->applies);
    if (*rule->assertion) printf("  assert: %s\n", rule->assertion);
    if (rule->line) printf("  from: %s:%u\n", rule->file, rule->line);
    paragraph("What is asked", rule->asks, colour);
    paragraph("Why it matters", rule->why, colour);
    paragraph("What to do", rule->fix, colour);
}

/* The ids that hold the word that was asked for, for somebody who remembers half of one. */
static void suggest(const sipcheck_rules *rules, const char *wanted)
{
    complain("there is no rule '%s'; `sipcheck rules list` shows all", wanted);
    unsigned shown = 0;
    for (size_t i = 0; i < sipcheck_rules_count(rules) && shown < 8; i++) {
        const sipcheck_rule *rule = sipcheck_rules_at(rules, i);
        if (!strstr(rule->id, wanted)) continue;
        fprintf(stderr, "%s %s\n", shown++ ? "     " : "  perhaps", rule->id);
    }
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
    sipcheck_rules *rules = fine && argc > 1 ? ruleset_load(&options) : NULL;
    ruleset_options_clear(&options);
    if (!rules) return EXIT_USAGE;

    int code = EXIT_CLEAN;
    gboolean colour = output_wants_colour();
    for (char **id = args + 1; *id; id++) {
        const sipcheck_rule *rule = sipcheck_rules_find(rules, *id, NULL);
        if (!rule) {
            suggest(rules, *id);
            code = EXIT_USAGE;
            continue;
        }
        if (id != args + 1) printf("\n");
        print_rule(rule, colour);
        struct samples samples = { .colour = colour };
        sipcheck_rules_test(rules, rule, show_sample, &samples);
    }
    sipcheck_rules_free(rules);
    return code;
}
