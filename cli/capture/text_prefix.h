/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a log puts around each line of a message. */
#ifndef SIPCHECK_CAPTURE_TEXT_PREFIX_H
#define SIPCHECK_CAPTURE_TEXT_PREFIX_H

#include "text_line.h"

enum text_prefix_kind {
    TEXT_PREFIX_NONE,  /* nothing, or as much white space as before the start line */
    TEXT_PREFIX_WORDS, /* as many words as before the start line, and a space */
    TEXT_PREFIX_WIDTH, /* as many bytes */
};

typedef struct text_prefix {
    enum text_prefix_kind kind;
    size_t width, visible, words; /* before the start line */
    char last;                    /* the last byte there that is no white space; 0: none */
    size_t mark;                  /* how long that is which stands for a CR at each line's end */
} text_prefix;

/* By the line with the start line, that begins at its byte `at`. */
text_prefix text_prefix_before(text_line l, size_t at);

/* By the line behind it, of which what is around is taken off. mark: the start line ends with one
 * that long. False: it is no header. */
bool text_prefix_learn(text_prefix *prefix, text_line *l, size_t mark);

/* False, and the line as before: it does not have it. */
bool text_prefix_strip(const text_prefix *prefix, text_line *l);

#endif
