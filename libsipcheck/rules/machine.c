/* SPDX-License-Identifier: MIT */
/* What users of a set ask of its machines. */
#include "rules/machine.h"

#include <string.h>

#include "rules/set.h"

const char *sipcheck_maker_name(enum sipcheck_maker maker)
{
    static const char *const names[] = { "owner", "peer", "inside", "timer" };
    return (size_t)maker < sizeof names / sizeof *names ? names[maker] : "?";
}

const char *sipcheck_cell_kind_name(enum sipcheck_cell_kind kind)
{
    static const char *const names[] = { "unsaid", "moves", "ignored", "illegal" };
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "?";
}

const sipcheck_machine *sipcheck_machine_at(const sipcheck_rules *rules, size_t index)
{
    const sipcheck_machine *machine = rules->machines;
    while (machine != NULL && index-- > 0)
        machine = machine->next;
    return machine;
}

const sipcheck_machine *sipcheck_machine_find(const sipcheck_rules *rules, const char *name)
{
    const sipcheck_machine *machine = rules->machines;
    while (machine != NULL && strcmp(machine->info.name, name) != 0)
        machine = machine->next;
    return machine;
}

const sipcheck_machine_info *sipcheck_machine_describe(const sipcheck_machine *machine)
{
    return &machine->info;
}

const sipcheck_machine_state *sipcheck_machine_state_at(const sipcheck_machine *machine,
                                                        size_t state)
{
    return state < machine->info.states ? &machine->states[state] : NULL;
}

const sipcheck_machine_event *sipcheck_machine_event_at(const sipcheck_machine *machine,
                                                        size_t event)
{
    return event < machine->info.events ? &machine->events[event] : NULL;
}

const sipcheck_machine_timer *sipcheck_machine_timer_at(const sipcheck_machine *machine,
                                                        size_t timer)
{
    return timer < machine->info.timers ? &machine->timers[timer] : NULL;
}

void sc_machine_clear(sipcheck_machine *machine)
{
    for (size_t e = 0; e < machine->info.events; e++)
        sc_program_free(machine->signs[e].where);
}

sipcheck_machine_cell sipcheck_machine_cell_at(const sipcheck_machine *machine, size_t state,
                                               size_t event)
{
    sipcheck_machine_cell unsaid = { .kind = SIPCHECK_CELL_UNSAID, .next = state, .text = "" };
    if (state >= machine->info.states || event >= machine->info.events) return unsaid;
    sc_transition step = sc_machine_step(machine, state, event);
    if (step.kind == SIPCHECK_CELL_UNSAID) return unsaid;
    sipcheck_machine_cell cell = machine->rows[step.row].cell;
    cell.next = step.next;
    return cell;
}
