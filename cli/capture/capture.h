/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures in, SIP messages out: files in any format that libwiretap reads, merged by time. */
#ifndef SIPCHECK_CAPTURE_H
#define SIPCHECK_CAPTURE_H

#include <glib.h>

#include "decode.h"

/* read, total: bytes of the files as they lie on disk; total is 0 for a pipe. Called about every
 * thousand frames. Return true to go on. */
typedef bool (*capture_progress_fn)(void *user, uint64_t read, uint64_t total);

typedef struct capture_options {
    capture_limits limits;
    capture_progress_fn on_progress; /* may be NULL */
    void *progress_user;
    bool text; /* the files are text logs, read one after another: see decode_text.h */
    capture_part_fn on_part; /* see decode.h; may be NULL */
    void *part_user;
    capture_undelivered_fn on_undelivered; /* see decode.h; may be NULL */
    void *undelivered_user;
    const char *keylog; /* secrets of TLS for all files: see decrypt.h; NULL: none but their own */
} capture_options;

#define CAPTURE_ERROR (capture_error_quark())
GQuark capture_error_quark(void);
typedef enum {
    CAPTURE_ERROR_OPEN,       /* not there, not allowed, not a file */
    CAPTURE_ERROR_FORMAT,     /* empty, or damaged before its first frame; a log that is none */
    CAPTURE_ERROR_NO_CAPTURE, /* no capture format that is known */
    CAPTURE_ERROR_NOMEM,
} CaptureError;

/* Read the files ("-": stdin, also a live pipe) and hand on every SIP message in them. options: may
 * be NULL. stats: zeroed by the caller, filled in also while it runs; to be cleared by the caller
 * also on failure. Returns false with *error set when a file could not be read at all (nothing was
 * handed on then); a file that is damaged further on is in stats->sources. The message of *error
 * names the file. Stopped by a callback: true. */
bool capture_run(const char *const *paths, size_t path_count, const capture_options *options,
                 capture_packet_fn on_packet, void *user, capture_stats *stats, GError **error);

#endif
