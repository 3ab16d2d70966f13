/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a capture does not go on as it was: an engine is told before the next message. */
#ifndef CLI_BREAKS_H
#define CLI_BREAKS_H

#include <glib.h>
#include <sipcheck/engine.h>

#include "capture/quality.h"

enum { BREAK_GAP = 1, BREAK_CLOCK = 2 }; /* bits: messages may be missing; its clock was set back */

/* What was counted of them when the last message was fed. */
struct breaks {
    guint64 lost, clocks;
};

/* What happened since; bits. */
unsigned breaks_since(struct breaks *seen, const capture_stats *stats);
void breaks_tell(sipcheck *engine, unsigned breaks, const sipcheck_packet *next);

#endif
