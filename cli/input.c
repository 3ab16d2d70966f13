/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"
#include "command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>

enum { DEPTH_MAX = 64, STDIN_MAX = 1 << 26 };

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean collect(const char *path, const char *suffix, unsigned depth, GPtrArray *files);

static gboolean collect_folder(const char *path, const char *suffix, unsigned depth,
                               GPtrArray *files)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(path, 0, &error);
    if (!dir || depth > DEPTH_MAX) {
        complain("%s: %s", path, dir ? "folders are nested too deeply" : error->message);
        return FALSE;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir));)
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_ptr_array_sort(names, by_name);
    gboolean fine = TRUE;
    for (guint i = 0; i < names->len; i++)
        fine &= collect(names->pdata[i], suffix, depth + 1, files);
    return fine;
}

static gboolean collect(const char *path, const char *suffix, unsigned depth, GPtrArray *files)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        if (depth && g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            return TRUE; /* it may lead in a circle */
        return collect_folder(path, suffix, depth, files);
    }
    if (!depth || g_str_has_suffix(path, suffix)) g_ptr_array_add(files, g_strdup(path));
    return TRUE;
}

gboolean input_collect_suffix(char *const *paths, const char *suffix, GPtrArray *files)
{
    gboolean fine = TRUE;
    for (; *paths; paths++)
        fine &= collect(*paths, suffix, 0, files);
    return fine;
}

gboolean input_collect(char *const *paths, GPtrArray *files)
{
    return input_collect_suffix(paths, "", files);
}

static GBytes *read_stdin(GError **error)
{
    g_autoptr(GByteArray) all = g_byte_array_new();
    guint8 block[65536];
    for (ssize_t n; (n = read(STDIN_FILENO, block, sizeof block)) != 0;) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 || all->len + (guint)n > STDIN_MAX) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s",
                        n < 0 ? g_strerror(errno) : "more than 64 MiB on standard input");
            return NULL;
        }
        g_byte_array_append(all, block, (guint)n);
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}

GBytes *input_read(const char *path, GError **error)
{
    if (!strcmp(path, "-")) return read_stdin(error);
    char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error)) return NULL;
    return g_bytes_new_take(text, length);
}
