/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "breaks.h"

/* Its file shows from its first packet on what passed. Not so where a mirror gave the message a
 * time of its own, or where the clock was set back in between. 0: that is not known. */
static guint64 begin_of(const capture_source *file, guint64 clocks, const sipcheck_packet *first)
{
    gboolean comparable = !clocks && first->ns >= file->first_ns && first->ns <= file->last_ns;
    return comparable ? file->first_ns : 0;
}

struct breaks breaks_since(struct breaks_seen *seen, const capture_stats *stats,
                           const sipcheck_packet *next, unsigned source)
{
    const struct breaks_seen now = { capture_lost(stats),
                                     stats->counters[CAPTURE_CLOCK_SET_BACK].count, TRUE };
    struct breaks breaks = { 0 };
    if (now.lost != seen->lost) breaks.bits |= BREAK_GAP;
    if (now.clocks != seen->clocks) breaks.bits |= BREAK_CLOCK;
    if (!seen->began) breaks.begin = begin_of(&stats->sources[source], now.clocks, next);
    *seen = now;
    return breaks;
}

struct breaks breaks_undelivered(struct breaks_seen *seen, const capture_stats *stats)
{
    guint64 clocks = stats->counters[CAPTURE_CLOCK_SET_BACK].count;
    struct breaks breaks = { .bits = BREAK_UNDELIVERED };
    if (clocks != seen->clocks) breaks.bits |= BREAK_CLOCK;
    seen->clocks = clocks;
    return breaks;
}

void breaks_tell(sipcheck *engine, struct breaks breaks, const sipcheck_packet *next)
{
    if (breaks.begin) sipcheck_advance(engine, breaks.begin);
    if (breaks.bits & BREAK_CLOCK) sipcheck_clock_set(engine, next->ns);
    if (breaks.bits & BREAK_GAP) sipcheck_gap(engine, next->ns);
    if (breaks.bits & BREAK_UNDELIVERED) sipcheck_unreached(engine, next);
}
