/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sipcheck extract` was asked for: frames by number, findings, calls; and the frames that it
 * comes down to. */
#ifndef SIPCHECK_CLI_EXTRACT_WANTED_H
#define SIPCHECK_CLI_EXTRACT_WANTED_H

#include <glib.h>
#include <sipcheck/engine.h>

enum {
    WANTED_MAX = 100000,       /* frames, and findings */
    WANTED_COMMENT_MAX = 2000, /* bytes that are said of one frame */
    WANTED_LINE_MAX = 1 << 20, /* bytes of a finding that is read */
};

/* What else is taken of the call in which a message stands. */
enum context {
    CONTEXT_SCOPE,       /* by a finding's scope: its transaction or its call */
    CONTEXT_MESSAGE,     /* nothing */
    CONTEXT_TRANSACTION, /* what has its Call-ID and its CSeq's number */
    CONTEXT_CALL,        /* what has its Call-ID */
};

struct wanted {
    enum context context;
    GHashTable *named;        /* frame → struct named */
    GHashTable *calls;        /* Call-IDs */
    GHashTable *transactions; /* Call-IDs with numbers behind them */
    GHashTable *frames;       /* frame → what is said of it ("": nothing): the outcome */
    guint64 lost;             /* of frames and findings beyond the limit */
    guint64 elsewhere;        /* findings of another file */
};

void wanted_init(struct wanted *wanted, enum context context);
void wanted_clear(struct wanted *wanted);

/* A frame by number; comment: NULL, or what a finding says. */
void wanted_name(struct wanted *wanted, guint64 frame, enum context context, const char *comment);
void wanted_call(struct wanted *wanted, const char *call_id);
void wanted_finding(struct wanted *wanted, const sipcheck_finding *finding);

/* "3,4,9-12". FALSE: that is none. */
gboolean wanted_numbers(struct wanted *wanted, const char *text);

/* Findings as `audit --format ndjson` writes them, a line each, from standard input; those that
 * name another file than `path` are passed over. FALSE: a line is none, complained about. */
gboolean wanted_read(struct wanted *wanted, const char *path);

/* The first time over the capture: a message in a frame that is named stands for its context. */
void wanted_meet(struct wanted *wanted, const sipcheck_packet *packet,
                 const sipcheck_message *message);
/* The second time: is the message one of those? */
gboolean wanted_takes(const struct wanted *wanted, const sipcheck_packet *packet,
                      const sipcheck_message *message);

/* Into the outcome. */
void wanted_add_frame(struct wanted *wanted, guint64 frame);

#endif
