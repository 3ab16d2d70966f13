/* SPDX-License-Identifier: MIT */
/* What the two halves of the loader of machines share. */
#ifndef SC_MACHINE_LOAD_H
#define SC_MACHINE_LOAD_H

#include "rules/load.h"
#include "rules/machine.h"

/* A machine that is being read, and where its parts stand. */
typedef struct sc_machine_draft {
    sc_loader load;
    sipcheck_machine *machine;
    const sc_yaml_node *state_nodes[SC_MACHINE_STATES_MAX];
    const sc_yaml_node *event_nodes[SC_MACHINE_EVENTS_MAX + SC_MACHINE_TIMERS_MAX];
    const sc_yaml_node *rows; /* the list of them */
    uint64_t named;           /* events that some row is about */
    uint32_t set, stopped;    /* timers */
} sc_machine_draft;

/* The position of a declared name; an error with the nearest one else. */
int sc_machine_state_of(const sc_machine_draft *draft, const sc_yaml_node *node, size_t *ret);
int sc_machine_event_of(const sc_machine_draft *draft, const sc_yaml_node *node, size_t *ret);
int sc_machine_timer_of(const sc_machine_draft *draft, const sc_yaml_node *node, size_t *ret);

/* cites, sets, stops: a text or a list of texts, kept; timers: the bits of those named, NULL: the
 * texts are citations. */
int sc_machine_texts(const sc_machine_draft *draft, const sc_yaml_node *node, uint32_t *timers,
                     const char *const **ret);

/* on, where: how the event shows; scope and maker are known. */
int sc_machine_load_sign(const sc_machine_draft *draft, const sc_yaml_node *item,
                         sipcheck_machine_event *event, sc_machine_sign *ret);

/* Both expect the states, events and timers to be read. */
int sc_machine_load_rows(sc_machine_draft *draft);
int sc_machine_compile(sc_machine_draft *draft);

#endif
