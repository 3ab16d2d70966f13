/* SPDX-License-Identifier: MIT */
/* The states that one end of something can be in by a machine, as far as an observer can tell.
 *
 * What an end sends says what state it is in; what was sent to it may not have come yet, or never
 * will. So of each end the states are kept that it can be in after what it sent itself, and what it
 * may have heard since. It may not send something only if all of those states forbid it. */
#ifndef SC_ENGINE_STATES_H
#define SC_ENGINE_STATES_H

#include "engine/internal.h"
#include "rules/machine.h"
#include "track/transaction.h"

typedef struct sc_end_event {
    const sipcheck_machine *machine;
    unsigned event;
    uint64_t others; /* bits: events that are sent to the end */
    uint64_t unseen; /* bits: those that may come at any time and are not seen */
    bool beside;     /* the observer stands beside it: what was sent to it has come */
    bool dropped;    /* of what is sent to it: perhaps, for what it is like */
    bool lost;       /* the capture lost something since all this began */
    bool unreliable; /* datagrams overtake each other */
    uint64_t now;
    uint64_t crossing; /* nanoseconds within which messages may have crossed, or changed places */
} sc_end_event;

/* It sends that; end->may and end->row say what its machine says of it. */
void sc_end_sends(const sc_end_event *happened, sc_end_states *end);
/* That is sent to it. */
void sc_end_hears(const sc_end_event *happened, sc_end_states *end);

/* The states behind the event of those before it; those that it means nothing to stay. */
uint32_t sc_states_behind(const sipcheck_machine *machine, uint32_t states, unsigned event);
/* Those that it can be in when any of these events may have come, in any order, lost or not. */
uint32_t sc_states_may_be(const sipcheck_machine *machine, uint32_t states, uint64_t events);

/* The observer stands beside that address. */
bool sc_end_is_beside(const sipcheck *engine, const sipcheck_address_port *end);

#endif
