/* SPDX-License-Identifier: MIT */
/* The hop that a flow ends with. */
#ifndef TESTS_HOPS_H
#define TESTS_HOPS_H

#include "track.h"

/* The hop behind the last message of a flow. */
static const sc_hop *hop_behind(watch *w, const sight *flow, size_t count)
{
    sc_track_options options = watch_options();
    watch_begin(w, &options);
    watch_flow(w, "H", flow, count);
    return last_object(w, SIPCHECK_SCOPE_HOP);
}
#define HOP_BEHIND(w, ...)                                                                         \
    hop_behind(w, (const sight[]){ __VA_ARGS__ },                                                  \
               sizeof((const sight[]){ __VA_ARGS__ }) / sizeof(const sight))

#endif
