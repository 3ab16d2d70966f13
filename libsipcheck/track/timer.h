/* SPDX-License-Identifier: MIT */
/* The session timer of a dialog. RFC 4028 */
#ifndef SC_TRACK_TIMER_H
#define SC_TRACK_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/* A dialog has two of these: members are as small as they can be. */
typedef struct sc_timer {
    uint64_t refreshed_ns; /* when the last 2xx to INVITE or UPDATE was sent; 0: none was seen */
    uint32_t interval;     /* in seconds, as it said; 0: none */
    uint32_t min_se[2];    /* the largest that this party received; 0: none */
    uint16_t refused;      /* status of the last refusals in a row */
    uint8_t refusals;      /* how many; 255: or more */
    bool caller_refreshes : 1, callee_refreshes : 1; /* neither: it is not known who */
    bool tried : 1;                                  /* an INVITE or UPDATE was sent since */
    bool unsure : 1; /* the two ends were told different things, or what can't be read */
} sc_timer;

#endif
