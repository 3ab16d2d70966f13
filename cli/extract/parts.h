/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which frames a message was put together from: fragments of IP datagrams, segments of TCP, chunks
 * of SCTP. The latest parts are remembered. */
#ifndef SIPCHECK_CLI_EXTRACT_PARTS_H
#define SIPCHECK_CLI_EXTRACT_PARTS_H

#include "../capture/capture.h"

enum { PARTS_MAX = 65536 }; /* that are remembered */

struct parts;
struct parts *parts_new(void);
void parts_free(struct parts *parts);

/* Of capture_options; user: the parts. */
void parts_note(void *user, enum capture_part kind, guint64 key, capture_place place, guint64 ns);

typedef void (*parts_fn)(void *user, guint64 frame);

/* The frames of the message that ends in `frame`, that one too; some more than once. Of a stream
 * they begin with the one in which the message before it ended, or with its SYN. FALSE: the first
 * are forgotten. */
gboolean parts_of(const struct parts *parts, guint64 frame, parts_fn fn, void *user);

/* A message ended in that frame: behind parts_of, for each message. */
void parts_end(struct parts *parts, guint64 frame);

#endif
