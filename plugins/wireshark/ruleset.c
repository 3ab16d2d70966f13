/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules that the preferences ask for: those built in, a folder of one's own, a profile. */
#include "sipcheck_plugin.h"

#include <string.h>

#include <wsutil/report_message.h>

enum { DEPTH_MAX = 64 }; /* of folders */

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

static gboolean is_folder(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK);
}

/* Every file in the folder, and in those in it, that ends in .yaml; a link may lead in a circle. */
// NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX
static gboolean gather(const char *folder, unsigned depth, GPtrArray *files, sipcheck_error *error)
{
    GError *problem = NULL;
    GDir *dir = g_dir_open(folder, 0, &problem);
    gboolean fine = dir && depth < DEPTH_MAX;
    if (!fine) refuse(error, folder, dir ? "folders are nested too deeply" : problem->message);
    for (const char *name; fine && (name = g_dir_read_name(dir));) {
        char *path = g_build_filename(folder, name, NULL);
        if (is_folder(path))
            fine = gather(path, depth + 1, files, error);
        else if (g_str_has_suffix(path, ".yaml"))
            g_ptr_array_add(files, g_strdup(path));
        g_free(path);
    }
    if (dir) g_dir_close(dir);
    g_clear_error(&problem);
    return fine;
}

/* By the name of the file, or of the folder that it is in. */
static add_fn kind_of(const char *path)
{
    char *name = g_path_get_basename(path), *folder = g_path_get_dirname(path);
    char *parent = g_path_get_basename(folder);
    add_fn add = strcmp(name, "bases.yaml") == 0   ? sipcheck_rules_add_bases
                 : strcmp(parent, "profiles") == 0 ? sipcheck_rules_add_profile
                 : strcmp(parent, "machines") == 0 ? sipcheck_rules_add_machine
                                                   : sipcheck_rules_add;
    g_free(parent);
    g_free(folder);
    g_free(name);
    return add;
}

/* Rules name machines. */
static int add_files(sipcheck_rules *rules, const GPtrArray *files, sipcheck_error *error)
{
    int code = SIPCHECK_OK;
    for (int machines = 1; machines >= 0; machines--)
        for (guint i = 0; i < files->len && !code; i++) {
            add_fn add = kind_of(files->pdata[i]);
            if ((add == sipcheck_rules_add_machine) == machines)
                code = add_file(rules, files->pdata[i], add, error);
        }
    return code;
}

static int add_folder(sipcheck_rules *rules, const char *folder, sipcheck_error *error)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    int code = gather(folder, 0, files, error) ? SIPCHECK_OK : SIPCHECK_INVALID;
    if (!code && !files->len) {
        refuse(error, folder, "no file in this folder ends in .yaml, as those of rules do");
        code = SIPCHECK_INVALID;
    }
    g_ptr_array_sort(files, by_name);
    if (!code) code = add_files(rules, files, error);
    g_ptr_array_unref(files);
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
