/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nearest.h"

#include <string.h>

enum { WORD_MAX = 128 };

/* Levenshtein's distance, a row at a time. */
static guint distance(const char *a, const char *b)
{
    gsize n = strlen(b);
    guint row[WORD_MAX + 1];
    if (n > WORD_MAX || strlen(a) > WORD_MAX) return G_MAXUINT;
    for (guint j = 0; j <= n; j++)
        row[j] = j;
    for (guint i = 1; *a; a++, i++) {
        guint diagonal = row[0];
        row[0] = i;
        for (gsize j = 1; j <= n; j++) {
            guint replace = diagonal + (*a != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(replace, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

const char *nearest(const char *word, const char *const *names, guint most)
{
    const char *best = NULL;
    for (; *names; names++) {
        guint d = distance(word, *names);
        if (d > most || (best && d == most)) continue;
        best = *names;
        most = d;
    }
    return best;
}
