/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of a capture copied as they are, into a pcapng. */
#ifndef SIPCHECK_CAPTURE_WRITER_H
#define SIPCHECK_CAPTURE_WRITER_H

#include "capture.h"

/* What is said of a frame in the copy, UTF-8; "": nothing; NULL: it is not copied. */
typedef const char *(*capture_choose_fn)(void *user, uint64_t frame);

typedef struct capture_copy {
    const char *from, *to; /* to: "-": standard output */
    const char *comment;   /* on the copy as a whole */
    capture_choose_fn choose;
    void *user;
    uint64_t copied; /* frames, when it is done */
} capture_copy;

/* Secrets of TLS in the file are not copied. Where reading ends before the file does, what came
 * before is written. False with *error set: one of the files can't be used. */
bool capture_copy_run(capture_copy *copy, GError **error);

#endif
