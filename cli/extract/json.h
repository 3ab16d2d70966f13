/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of one JSON object on a line, as far as a finding needs them. */
#ifndef SIPCHECK_CLI_EXTRACT_JSON_H
#define SIPCHECK_CLI_EXTRACT_JSON_H

#include <glib.h>

enum { JSON_DEPTH_MAX = 32 }; /* of lists and objects inside each other */

/* What a member's value is; of strings `text` is what they say, else the value as written. */
enum json_kind { JSON_STRING, JSON_NUMBER, JSON_WORD, JSON_LIST, JSON_OBJECT };
typedef void (*json_fn)(void *user, const char *name, enum json_kind kind, const char *text);

/* FALSE: the line is no JSON object, or nested too deep; members before the fault were handed on.
 */
gboolean json_object(const char *line, json_fn fn, void *user);

/* The whole number that a text begins with, behind which *end points. FALSE: none, or too great. */
gboolean json_number(const char *text, const char **end, guint64 *number);

#endif
