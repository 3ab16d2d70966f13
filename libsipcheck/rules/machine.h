/* SPDX-License-Identifier: MIT */
/* State machines as tables. docs/machines.md is the reference of their files. */
#ifndef SC_MACHINE_H
#define SC_MACHINE_H

#include <sipcheck/rules.h>

#include "rules/expr.h"

#define SC_MACHINES_MAX 64       /* of a set */
#define SC_MACHINE_STATES_MAX 32 /* so many bits has a set of states */
#define SC_MACHINE_TIMERS_MAX 16 /* of one machine */
#define SC_MACHINE_EVENTS_MAX 48 /* of one machine, besides its timers */
#define SC_MACHINE_ROWS_MAX 512  /* of one machine */
#define SC_MACHINE_CITES_MAX 16  /* of one row */

/* What one event does in one state. */
typedef struct sc_transition {
    uint8_t kind; /* enum sipcheck_cell_kind */
    uint8_t next; /* the state behind it */
    uint16_t row; /* of a cell that is said */
} sc_transition;

/* How an event of the owner or of the peer shows to an observer. */
typedef struct sc_machine_sign {
    bool shows;
    uint8_t on;        /* enum sc_event_kind of the machine's scope */
    sc_program *where; /* NULL: whatever comes */
} sc_machine_sign;

typedef struct sc_machine_row {
    sipcheck_machine_cell cell; /* its next counts where the row moves */
    uint64_t events;            /* bits of those it claims */
    uint32_t states;
    bool others; /* all states that no other row claims for the event */
} sc_machine_row;

struct sipcheck_machine {
    struct sipcheck_machine *next; /* in the order of loading */
    sipcheck_machine_info info;
    sipcheck_machine_state *states;
    sipcheck_machine_event *events;
    sc_machine_sign *signs; /* of each event */
    bool shows;             /* some event does */
    sipcheck_machine_timer *timers;
    sc_machine_row *rows;
    sc_transition *steps; /* of state s and event e: [s * info.events + e] */
};

/* No text is touched. state, event: of that machine. */
static inline sc_transition sc_machine_step(const sipcheck_machine *machine, size_t state,
                                            size_t event)
{
    return machine->steps[state * machine->info.events + event];
}

void sc_machine_clear(sipcheck_machine *machine); /* frees its programs */

#endif
