/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruleset.h"
#include "command.h"
#include "input.h"
#include "nearest.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

enum { SUGGESTIONS = 8 };

typedef int (*add_fn)(sipcheck_rules *rules, const char *name, const char *text, size_t length,
                      sipcheck_error *error);

static void complain_about(const sipcheck_error *error)
{
    if (!error->line) {
        complain("%s%s%s", error->file, *error->file ? ": " : "", error->message);
        return;
    }
    complain("%s:%u:%u: %s", error->file, error->line, error->column, error->message);
    g_autofree char *excerpt = g_utf8_make_valid(error->excerpt, -1);
    glong column = (glong)error->column; /* counts characters; the excerpt may end before it */
    if (!column || !*excerpt || g_utf8_strlen(excerpt, -1) < column - 1) return;
    const char *at = g_utf8_offset_to_pointer(excerpt, column - 1);
    output_excerpt(stderr, "  ", (const uint8_t *)excerpt, strlen(excerpt), (size_t)(at - excerpt),
                   *at ? (size_t)(g_utf8_next_char(at) - at) : 0, FALSE);
}

gboolean ruleset_worked(int code, const sipcheck_error *error)
{
    if (code == SIPCHECK_NOMEM)
        complain("%s", sipcheck_strerror(code));
    else if (code)
        complain_about(error);
    return code == 0;
}

static gboolean add_file(sipcheck_rules *rules, const char *path, add_fn add)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GBytes) bytes = input_read(path, &problem);
    if (!bytes) {
        complain("%s: %s", path, problem->message);
        return FALSE;
    }
    sipcheck_error error = { 0 };
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    if (!length) {
        complain("%s: the file is empty", path);
        return FALSE;
    }
    return ruleset_worked(add(rules, path, text, length, &error), &error);
}

/* A folder may hold a bases.yaml for its own tests, profiles/ and machines/, which rules name. */
static add_fn kind_of(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *parent = g_path_get_basename(folder);
    if (!strcmp(name, "bases.yaml")) return sipcheck_rules_add_bases;
    if (!strcmp(parent, "profiles")) return sipcheck_rules_add_profile;
    if (!strcmp(parent, "machines")) return sipcheck_rules_add_machine;
    return sipcheck_rules_add;
}

/* A folder without rules is the wrong folder. */
static gboolean collect_folder(char *folder, GPtrArray *files)
{
    guint before = files->len;
    char *paths[] = { folder, NULL };
    if (!input_collect_suffix(paths, ".yaml", files)) return FALSE;
    if (files->len == before)
        complain("%s: no file in this folder ends in .yaml, as those of rules do", folder);
    return files->len > before;
}

static gboolean add_folders(sipcheck_rules *rules, char **folders)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    gboolean fine = TRUE;
    for (; fine && folders && *folders; folders++)
        fine = collect_folder(*folders, files);
    for (int machines = 1; machines >= 0; machines--)
        for (guint i = 0; fine && i < files->len; i++)
            if ((kind_of(files->pdata[i]) == sipcheck_rules_add_machine) == machines)
                fine = add_file(rules, files->pdata[i], kind_of(files->pdata[i]));
    return fine;
}

/* --profile is a file when it looks like one. */
static gboolean use_profile(sipcheck_rules *rules, const char *profile)
{
    gboolean is_file = g_str_has_suffix(profile, ".yaml") || strchr(profile, '/');
    if (is_file && !add_file(rules, profile, sipcheck_rules_add_profile)) return FALSE;

    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *today = g_date_time_format(now, "%Y-%m-%d");
    sipcheck_error error = { 0 };
    return ruleset_worked(sipcheck_rules_use_profile(rules, profile, today, &error), &error);
}

static int add_builtin(sipcheck_rules *rules, gboolean tests, sipcheck_error *error)
{
    int code = sipcheck_rules_add_builtin(rules, error);
    return code || !tests ? code : sipcheck_rules_add_builtin_tests(rules, error);
}

sipcheck_rules *ruleset_load(const struct ruleset_options *options)
{
    sipcheck_error error = { 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    gboolean fine =
        ruleset_worked(rules ? add_builtin(rules, options->tests, &error) : SIPCHECK_NOMEM,
                       &error) &&
        add_folders(rules, options->folders) &&
        use_profile(rules, options->profile ? options->profile : "default") &&
        ruleset_worked(sipcheck_rules_seal(rules, &error), &error);
    if (fine) return rules;
    sipcheck_rules_free(rules);
    return NULL;
}

void ruleset_options_clear(struct ruleset_options *options)
{
    g_strfreev(options->folders);
    g_free(options->profile);
}

static gboolean is_like(const sipcheck_rule *rule, const char *wanted)
{
    if (strstr(rule->id, wanted)) return TRUE;
    return rule->statements && g_strv_contains(rule->statements, wanted);
}

void ruleset_suggest(const sipcheck_rules *rules, const char *wanted)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autofree char *lower = g_ascii_strdown(wanted, -1);
    unsigned shown = 0;

    complain("there is no rule '%s'; `sipcheck rules list` shows all", wanted);
    for (size_t i = 0; i < sipcheck_rules_count(rules) && *wanted; i++) {
        const sipcheck_rule *rule = sipcheck_rules_at(rules, i);
        g_ptr_array_add(ids, (gpointer)rule->id);
        if (shown < SUGGESTIONS && is_like(rule, lower))
            fprintf(stderr, "  %s %s\n", shown++ ? "       " : "perhaps", rule->id);
    }
    if (shown) return;
    g_ptr_array_add(ids, NULL);
    const char *near = nearest(lower, (const char *const *)ids->pdata, (guint)strlen(lower) / 3);
    if (near) fprintf(stderr, "  perhaps %s\n", near);
}

void ruleset_show_flow(const sipcheck_test_outcome *outcome)
{
    for (size_t i = 0; outcome->steps != NULL && i < outcome->step_count; i++) {
        const sipcheck_test_step *step = &outcome->steps[i];
        size_t n = 0;
        while (n < step->length && step->bytes[n] != '\r' && step->bytes[n] != '\n')
            n++;
        printf("    %9.1f ms  %s > %s  ", (double)step->ns / 1e6, step->from, step->to);
        output_visible(stdout, (sipcheck_slice){ step->bytes, n });
        putchar('\n');
    }
}
