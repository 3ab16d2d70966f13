/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "breaks.h"

unsigned breaks_since(struct breaks *seen, const capture_stats *stats)
{
    const struct breaks now = { capture_lost(stats),
                                stats->counters[CAPTURE_CLOCK_SET_BACK].count };
    unsigned breaks =
        (now.lost != seen->lost ? BREAK_GAP : 0) | (now.clocks != seen->clocks ? BREAK_CLOCK : 0);
    *seen = now;
    return breaks;
}

void breaks_tell(sipcheck *engine, unsigned breaks, const sipcheck_packet *next)
{
    if (breaks & BREAK_CLOCK) sipcheck_clock_set(engine, next->ns);
    if (breaks & BREAK_GAP) sipcheck_gap(engine, next->ns);
}
