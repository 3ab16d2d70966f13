/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck rules list | test. */
#include "command.h"
#include "credentials.h"
#include "output.h"
#include "ruleset.h"

#include <stdio.h>
#include <string.h>

struct tally {
    unsigned passed, failed;
    gboolean colour;
};

static void report_outcome(void *user, const sipcheck_test_outcome *outcome)
{
    struct tally *tally = user;
    if (outcome->ok) {
        tally->passed++;
        return;
    }
    tally->failed++;
    if (!outcome->length && !outcome->steps) {
        printf("%s:%u: %s: this test can't be made: %s\n", outcome->rule->file, outcome->line,
               outcome->rule->id, outcome->text);
        return;
    }
    printf("%s:%u: %s: wanted %s, got %s%s%s\n", outcome->rule->file, outcome->line,
           outcome->rule->id, sipcheck_verdict_name(outcome->wanted),
           sipcheck_verdict_name(outcome->got), outcome->text && *outcome->text ? ": " : "",
           outcome->text ? outcome->text : "");
    ruleset_show_flow(outcome);
    if (outcome->steps && outcome->length) putchar('\n');
    gboolean failed = outcome->got == SIPCHECK_FAIL;
    output_message(stdout, "    ", outcome->bytes, outcome->length,
                   failed ? outcome->mark_offset : SIZE_MAX, failed ? outcome->mark_length : 0,
                   tally->colour);
}

/* A rule's id, or a pattern with * and ?. */
static gboolean fits(const sipcheck_rule *rule, const char *id)
{
    return !strcmp(id, rule->id) || g_pattern_match_simple(id, rule->id);
}

/* 0, SIPCHECK_NOMEM, or SIPCHECK_INVALID: nothing fits, which was complained about. */
static int test_those(const sipcheck_rules *rules, const char *id, struct tally *tally)
{
    int code = SIPCHECK_OK;
    gboolean any = FALSE;
    for (size_t i = 0; i < sipcheck_rules_count(rules) && !code; i++) {
        const sipcheck_rule *rule = sipcheck_rules_at(rules, i);
        if (!fits(rule, id)) continue;
        any = TRUE;
        code = sipcheck_rules_test(rules, rule, credentials_hashes(), report_outcome, tally);
    }
    if (any) return code;
    ruleset_suggest(rules, id);
    return SIPCHECK_INVALID;
}

static int run_tests(const sipcheck_rules *rules, char **ids)
{
    struct tally tally = { .colour = output_wants_colour() };
    int code =
        *ids ? 0 : sipcheck_rules_test(rules, NULL, credentials_hashes(), report_outcome, &tally);
    for (; *ids && !code; ids++)
        code = test_those(rules, *ids, &tally);
    if (code == SIPCHECK_INVALID) return EXIT_USAGE;
    if (code) complain("%s", sipcheck_strerror(code));
    printf("%u passed, %u failed\n", tally.passed, tally.failed);
    return tally.failed || code ? EXIT_FINDINGS : EXIT_CLEAN;
}

static void list_json(const sipcheck_rule *rule)
{
    printf("{\"rule\":\"%s\",\"rfc\":%u,\"section\":\"%s\",\"statements\":[", rule->id, rule->rfc,
           rule->section);
    for (const char *const *id = rule->statements; id && *id; id++)
        printf("%s\"%s\"", id == rule->statements ? "" : ",", *id);
    printf("],\"level\":\"%s\",\"severity\":\"%s\",\"scope\":\"%s\",",
           sipcheck_level_name(rule->level), sipcheck_severity_name(rule->severity),
           sipcheck_scope_name(rule->scope));
    if (*rule->on) printf("\"on\":\"%s\",", rule->on);
    if (*rule->vantage) printf("\"vantage\":\"%s\",", rule->vantage);
    if (*rule->machine) printf("\"machine\":\"%s\",", rule->machine);
    printf("\"enabled\":%s,\"title\":", rule->enabled ? "true" : "false");
    output_json_text(stdout, rule->title);
    fputs("}\n", stdout);
}

static int list_rules(const sipcheck_rules *rules, char **words, gboolean json)
{
    unsigned shown = 0;
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++) {
        const sipcheck_rule *rule = sipcheck_rules_at(rules, i);
        gboolean wanted = TRUE;
        for (char **word = words; *word; word++)
            wanted &= output_holds(rule->id, *word) || output_holds(rule->title, *word);
        if (!wanted) continue;
        shown++;
        if (json)
            list_json(rule);
        else
            printf("%-7s %-6s %-52s %s%s\n", sipcheck_severity_name(rule->severity),
                   sipcheck_level_name(rule->level), rule->id, rule->title,
                   rule->enabled ? "" : " (off)");
    }
    if (!shown) complain("no rule's id or title holds that");
    return EXIT_CLEAN;
}

int cmd_rules(int argc, char **argv)
{
    struct ruleset_options options = { 0 };
    g_autofree char *format = NULL;
    const GOptionEntry entries[] = { RULESET_ENTRIES(options),
                                     { "format", 'f', 0, G_OPTION_ARG_STRING, &format,
                                       "for list: text (default) or ndjson", "FORMAT" },
                                     G_OPTION_ENTRY_NULL };
    gboolean fine = command_options(
        &argc, &argv, "list [WORD…] | test [RULE…]",
        "Lists the rules whose id or title holds every WORD, or runs the tests that rules carry:\n"
        "of all, or of those with these ids, in which * stands for any characters.",
        entries);
    g_auto(GStrv) args = argv;
    const char *verb = argc > 1 ? args[1] : "";
    gboolean test = !strcmp(verb, "test"), list = !strcmp(verb, "list");
    if (fine && !test && !list) complain("rules wants `list` or `test`");
    int json = fine ? command_format(format, "ndjson") : -1;
    fine = fine && (test || list) && json >= 0;
    if (fine && test && format) {
        complain("--format is for list");
        fine = FALSE;
    }
    options.tests = test;
    sipcheck_rules *rules = fine ? ruleset_load(&options) : NULL;
    ruleset_options_clear(&options);
    if (!rules) return EXIT_USAGE;
    int code = test ? run_tests(rules, args + 2) : list_rules(rules, args + 2, json);
    sipcheck_rules_free(rules);
    return code;
}
