/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a capture does not go on as it was: an engine is told before the next message. */
#ifndef CLI_BREAKS_H
#define CLI_BREAKS_H

#include <glib.h>
#include <sipcheck/engine.h>

#include "capture/quality.h"

/* Bits: messages may be missing; its clock was set back; `next` is no message, but was not
 * delivered. */
enum { BREAK_GAP = 1, BREAK_CLOCK = 2, BREAK_UNDELIVERED = 4 };

struct breaks {
    unsigned bits;
    guint64 begin; /* before its first message: when the capture began; else 0 */
};

/* What was counted when the last message was fed. */
struct breaks_seen {
    guint64 lost, clocks;
    gboolean began;
};

/* What happened since. next: the message that is fed, of that file of the run. */
struct breaks breaks_since(struct breaks_seen *seen, const capture_stats *stats,
                           const sipcheck_packet *next, unsigned source);
/* Likewise, where the next is no message, but what was not delivered (sipcheck_unreached): the
 * clock has to be known first, the rest waits for a message. */
struct breaks breaks_undelivered(struct breaks_seen *seen, const capture_stats *stats);

void breaks_tell(sipcheck *engine, struct breaks breaks, const sipcheck_packet *next);

#endif
