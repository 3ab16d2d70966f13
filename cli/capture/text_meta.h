/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a log says about a message in the lines before it: when, from whom, to whom. */
#ifndef SIPCHECK_CAPTURE_TEXT_META_H
#define SIPCHECK_CAPTURE_TEXT_META_H

#include "decoder.h"
#include "text_cursor.h"

typedef struct text_meta {
    capture_path path; /* family 0: not known */
    uint64_t ns;
    enum text_time time;
} text_meta;

/* Take what one line says, over what was said before. False: it says nothing of that. */
bool text_meta_take(text_meta *meta, const char *line, size_t n);

#endif
