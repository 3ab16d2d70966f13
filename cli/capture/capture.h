/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures in, SIP messages out: files in any format that libwiretap reads, merged by time. */
#ifndef SIPCHECK_CAPTURE_H
#define SIPCHECK_CAPTURE_H

#include <glib.h>

#include <sipcheck/engine.h>

#include "quality.h"

/* One SIP message, in the order in which its last byte could be reached. packet->frame counts the
 * frames of its own file, as Wireshark does, and is the last frame that carried bytes of the
 * message; source: which path. packet->ns is that frame's time, so it may step back a little
 * where segments were reordered. Everything is valid during the call. Return true to go on. */
typedef bool (*capture_packet_fn)(void *user, const sipcheck_packet *packet, unsigned source);

/* read, total: bytes of the files as they lie on disk; total is 0 for a pipe. Called about every
 * thousand frames. Return true to go on. */
typedef bool (*capture_progress_fn)(void *user, uint64_t read, uint64_t total);

/* What may grow with the input. 0: the default. */
typedef struct capture_limits {
    size_t flows;         /* TCP connections open at once (65,536) */
    size_t datagrams;     /* IP datagrams being put together (1,024) */
    size_t stream_bytes;  /* bytes kept of one direction of a connection (2 MiB) */
    size_t segments;      /* segments kept behind a gap of one direction (1,024) */
    size_t total_bytes;   /* bytes kept of all connections (256 MiB) */
    size_t endpoints;     /* addresses with ports known to speak SIP (65,536) */
    uint64_t fragment_ns; /* how long a datagram waits for its fragments (30 s) */
    uint64_t gap_ns;      /* how long a stream waits for a missing segment (10 s) */
} capture_limits;

typedef struct capture_options {
    capture_limits limits;
    capture_progress_fn on_progress; /* may be NULL */
    void *progress_user;
} capture_options;

#define CAPTURE_ERROR (capture_error_quark())
GQuark capture_error_quark(void);
typedef enum {
    CAPTURE_ERROR_OPEN,   /* not there, not allowed, not a file */
    CAPTURE_ERROR_FORMAT, /* no capture format that is known, or damaged before its first frame */
    CAPTURE_ERROR_NOMEM,
} CaptureError;

/* Read the files ("-": stdin, also a live pipe) and hand on every SIP message in them. options: may
 * be NULL. stats: zeroed by the caller, filled in also while it runs; to be cleared by the caller
 * also on failure. Returns false with *error set when a file could not be read at all (nothing was
 * handed on if it could not be opened); a file that is damaged further on is in stats->sources.
 * The message of *error names the file. Stopped by a callback: true. */
bool capture_run(const char *const *paths, size_t path_count, const capture_options *options,
                 capture_packet_fn on_packet, void *user, capture_stats *stats, GError **error);

#endif
