/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>

enum { DEPTH_MAX = 64, INPUT_MAX = 1 << 26 };

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
    if (!dir) complain("%s", error->message);
    if (depth > DEPTH_MAX) complain("%s: folders are nested too deeply", path);
    if (!dir || depth > DEPTH_MAX) return FALSE;
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
    gboolean wanted = g_str_has_suffix(path, suffix) && g_file_test(path, G_FILE_TEST_IS_REGULAR);
    if (!depth || wanted) g_ptr_array_add(files, g_strdup(path));
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

static GBytes *read_all(int fd, GError **error)
{
    g_autoptr(GByteArray) all = g_byte_array_new();
    guint8 block[65536];
    for (ssize_t n; (n = read(fd, block, sizeof block)) != 0;) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 || all->len + (guint)n > INPUT_MAX) {
            g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                                n < 0 ? g_strerror(errno) : "longer than 64 MiB");
            return NULL;
        }
        g_byte_array_append(all, block, (guint)n);
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}

GBytes *input_read(const char *path, GError **error)
{
    if (!strcmp(path, "-")) return read_all(STDIN_FILENO, error);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, g_strerror(errno));
        return NULL;
    }
    GBytes *bytes = read_all(fd, error);
    close(fd);
    return bytes;
}
