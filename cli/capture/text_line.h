/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a line of a log may be. */
#ifndef SIPCHECK_CAPTURE_TEXT_LINE_H
#define SIPCHECK_CAPTURE_TEXT_LINE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct text_line {
    const char *p;
    size_t n;
} text_line;

static inline bool text_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Without the white space at its end. */
text_line text_trimmed(text_line l);

/* How much white space it begins with. */
size_t text_indentation(text_line l);
size_t text_count_words(text_line l);

/* Where a start line begins in it, of the kinds that RFC 3261 §7.1 and §7.2 allow; false: nowhere.
 * What stands for a CR may be behind it. */
bool text_find_start(text_line l, size_t *ret_at);

/* name HCOLON, and no clock */
bool text_header_name(text_line l, size_t *ret_name);
bool text_is_known_header(text_line l);

/* How long that is which stands for a CR at its end: "." of ngrep, "^M", "#015" of rsyslog; 0:
 * there is none. */
enum { TEXT_CR_DOT = 1 };
size_t text_cr_mark(text_line l);

/* A dot, or what rsyslog has for a tab, stands where white space may have been. */
bool text_may_hide_tab(text_line l, size_t mark);

/* It opens a quote or an angle bracket and does not close it. */
bool text_leaves_open(text_line l);

/* It holds a value that the log hides, or whose end it leaves out. */
bool text_is_masked(text_line l);

#endif
