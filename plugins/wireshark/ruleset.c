/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules that the preferences ask for: those built in, a folder of one's own, a profile. */
#include "sipcheck_plugin.h"

#include <string.h>

#include <wsutil/report_message.h>

typedef int (*add_fn)(sipcheck_rules *rules, const char *name, const char *text, size_t length,
                      sipcheck_error *error);

static void refuse(sipcheck_error *error, const char *path, const char *why)
{
    *error = (sipcheck_error){ 0 };
    g_strlcpy(error->file, path, sizeof error->file);
    g_strlcpy(error->message, why, sizeof error->message);
}

static int add_file(sipcheck_rules *rules, const char *path, add_fn add, sipcheck_error *error)
{
    char *text = NULL;
    gsize length = 0;
    GError *problem = NULL;
    int code = SIPCHECK_INVALID;
    if (g_file_get_contents(path, &text, &length, &problem))
        code = add(rules, path, text, length, error);
    else
        refuse(error, path, problem->message);
    g_clear_error(&problem);
    g_free(text);
    return code;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every file of the folder that ends in .yaml, and how many; there may be no such folder. */
static GPtrArray *files_of(const char *folder)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));)
        if (g_str_has_suffix(name, ".yaml"))
            g_ptr_array_add(files, g_build_filename(folder, name, NULL));
    if (dir) g_dir_close(dir);
    g_ptr_array_sort(files, by_name);
    return files;
}

static add_fn kind_of(const char *path, add_fn most)
{
    return g_str_has_suffix(path, G_DIR_SEPARATOR_S "bases.yaml") ? sipcheck_rules_add_bases : most;
}

static int add_files(sipcheck_rules *rules, const char *folder, const char *below, add_fn most,
                     sipcheck_error *error)
{
    char *path = g_build_filename(folder, below, NULL);
    GPtrArray *files = files_of(path);
    int code = SIPCHECK_OK;
    for (guint i = 0; i < files->len && !code; i++)
        code = add_file(rules, files->pdata[i], kind_of(files->pdata[i], most), error);
    if (!files->len && !*below) {
        refuse(error, folder, "no file in this folder ends in .yaml, as those of rules do");
        code = SIPCHECK_INVALID;
    }
    g_ptr_array_unref(files);
    g_free(path);
    return code;
}

/* Rules name machines, and profiles rules. */
static int add_folder(sipcheck_rules *rules, const char *folder, sipcheck_error *error)
{
    int code = add_files(rules, folder, "machines", sipcheck_rules_add_machine, error);
    if (!code) code = add_files(rules, folder, "", sipcheck_rules_add, error);
    if (!code) code = add_files(rules, folder, "profiles", sipcheck_rules_add_profile, error);
    return code;
}

static int use_profile(sipcheck_rules *rules, const char *profile, sipcheck_error *error)
{
    gboolean is_file = g_str_has_suffix(profile, ".yaml") || strchr(profile, '/');
    int code = is_file ? add_file(rules, profile, sipcheck_rules_add_profile, error) : SIPCHECK_OK;
    GDateTime *now = g_date_time_new_now_utc();
    char *today = g_date_time_format(now, "%Y-%m-%d");
    if (!code)
        code = sipcheck_rules_use_profile(rules, *profile ? profile : "default", today, error);
    g_free(today);
    g_date_time_unref(now);
    return code;
}

sipcheck_rules *ruleset_load(const char *folder, const char *profile)
{
    sipcheck_error error = { 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    int code = rules ? sipcheck_rules_add_builtin(rules, &error) : SIPCHECK_NOMEM;
    if (!code && *folder) code = add_folder(rules, folder, &error);
    if (!code) code = use_profile(rules, profile, &error);
    if (!code) code = sipcheck_rules_seal(rules, &error);
    if (!code) return rules;
    report_failure("sipcheck judges nothing: %s:%u:%u: %s", error.file, error.line, error.column,
                   error.message[0] ? error.message : sipcheck_strerror(code));
    sipcheck_rules_free(rules);
    return NULL;
}
