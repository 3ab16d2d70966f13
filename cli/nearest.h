/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean …?" */
#ifndef SIPCHECK_CLI_NEAREST_H
#define SIPCHECK_CLI_NEAREST_H

#include <glib.h>

/* The first of the names (NULL-terminated) that takes the fewest edits of a byte to get to from
 * word, at most `most`; NULL: none is as near. */
const char *nearest(const char *word, const char *const *names, guint most);

#endif
