/* SPDX-License-Identifier: MIT */
/* A message that outlives its packet: bytes and what is known of the packet, counted by those who
 * hold it. It is parsed again by who needs its fields. */
#ifndef SC_TRACK_KEPT_H
#define SC_TRACK_KEPT_H

#include <sipcheck/packet.h>

typedef struct sc_kept {
    struct sc_kept *next; /* the tracker's: nobody holds it any more, but events may show it */
    uint32_t holders;
    bool passed_on;         /* its sender only passed it on (track/forwarded.h) */
    bool retired;           /* the tracker's: it is in the list that `next` makes */
    sipcheck_packet packet; /* bytes lie behind this structure */
    uint64_t serial;        /* of the message, as sc_events has it */
} sc_kept;

#endif
