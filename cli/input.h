/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and folders as the commands take them. */
#ifndef SIPCHECK_CLI_INPUT_H
#define SIPCHECK_CLI_INPUT_H

#include <glib.h>

/* The paths, and every regular file below those that are folders, in order of name. Adds owned
 * strings to files. Folders that can't be read, or are nested deeper than a limit, are complained
 * about; returns FALSE then. */
gboolean input_collect(char *const *paths, GPtrArray *files);

/* As input_collect, but of folders only the files whose name ends in suffix. */
gboolean input_collect_suffix(char *const *paths, const char *suffix, GPtrArray *files);

/* The whole file, or standard input for "-". NULL: *error says why, without the name. */
GBytes *input_read(const char *path, GError **error);

#endif
