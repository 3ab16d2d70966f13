/* SPDX-License-Identifier: MIT */
#include "engine/states.h"

#include <string.h>

/* --- sets of states */

static uint32_t heard_once(const sipcheck_machine *machine, uint32_t states, uint64_t events)
{
    uint32_t reached = states;
    for (uint32_t s = states; s != 0; s &= s - 1) {
        for (uint64_t e = events; e != 0; e &= e - 1) {
            unsigned state = (unsigned)__builtin_ctz(s), event = (unsigned)__builtin_ctzll(e);
            sc_transition next = sc_machine_step(machine, state, event);
            if (next.kind == SIPCHECK_CELL_MOVES) reached |= 1u << next.next;
        }
    }
    return reached;
}

uint32_t sc_states_may_be(const sipcheck_machine *machine, uint32_t states, uint64_t events)
{
    for (uint32_t before = 0; before != states;) {
        before = states;
        states = heard_once(machine, states, events);
    }
    return states;
}

/* Of a set of states: which an event moves, and where to; which forbid it, which let it pass. */
typedef struct sc_meaning {
    uint32_t moves, forbid, stay, behind;
    uint16_t row; /* of the first that forbids */
} sc_meaning;

static sc_meaning meaning_of(const sipcheck_machine *machine, uint32_t states, unsigned event)
{
    sc_meaning meaning = { 0 };
    for (uint32_t s = states; s != 0; s &= s - 1) {
        unsigned state = (unsigned)__builtin_ctz(s);
        sc_transition next = sc_machine_step(machine, state, event);
        uint32_t bit = 1u << state;
        if (next.kind == SIPCHECK_CELL_MOVES) {
            meaning.moves |= bit;
            meaning.behind |= 1u << next.next;
        } else if (next.kind == SIPCHECK_CELL_ILLEGAL) {
            if (meaning.forbid == 0) meaning.row = next.row;
            meaning.forbid |= bit;
        } else {
            meaning.stay |= bit;
        }
    }
    return meaning;
}

uint32_t sc_states_behind(const sipcheck_machine *machine, uint32_t states, unsigned event)
{
    const sc_meaning meaning = meaning_of(machine, states, event);
    return meaning.behind | (states & ~meaning.moves);
}

/* --- one end */

bool sc_end_is_beside(const sipcheck *engine, const sipcheck_address_port *end)
{
    for (size_t i = 0; i < engine->options.vantage_count; i++) {
        const sipcheck_address_port *place = &engine->options.vantage[i];
        if (place->family == end->family && place->family != 0 &&
            memcmp(place->bytes, end->bytes, place->family == 6 ? 16 : 4) == 0 &&
            (place->port == 0 || place->port == end->port))
            return true;
    }
    return false;
}

void sc_end_hears(const sc_end_event *happened, sc_end_states *end)
{
    end->dropped |= happened->dropped;
    if (!happened->beside || happened->dropped) {
        end->heard |= UINT64_C(1) << happened->event;
        return;
    }
    uint32_t states = sc_states_behind(happened->machine, end->states, happened->event);
    if (states != end->states) {
        end->by_hearing = true;
        end->moved_ns = happened->now;
    }
    end->states = states;
}

/* Datagrams overtake each other, and what has come to its host is not read yet. */
static bool is_close(const sc_end_event *h, const sc_end_states *end)
{
    bool may_cross = h->unreliable || end->by_hearing;
    return may_cross && (h->now < end->moved_ns || h->now - end->moved_ns < h->crossing);
}

static enum sc_may judge(const sc_end_event *h, const sc_end_states *end, uint32_t states,
                         const sc_meaning *meaning)
{
    if (meaning->forbid == 0) return SC_MAY;
    if (meaning->moves != 0 || meaning->stay != 0)
        return h->beside && end->dropped ? SC_MAY_TAKEN : SC_MAY_BESIDE;
    uint32_t all = sc_states_may_be(h->machine, states, h->others);
    bool sees_all = h->beside && !h->lost;
    if (!sees_all && meaning_of(h->machine, all, h->event).moves != 0) return SC_MAY_UNSEEN;
    return is_close(h, end) ? SC_MAY_ORDER : SC_MAY_NOT;
}

void sc_end_sends(const sc_end_event *happened, sc_end_states *end)
{
    const sipcheck_machine *machine = happened->machine;
    uint32_t states = sc_states_may_be(machine, end->states, end->heard | happened->unseen);
    sc_meaning meaning = meaning_of(machine, states, happened->event);
    end->may = (uint8_t)judge(happened, end, states, &meaning);
    end->row = meaning.row;
    if (end->may == SC_MAY_UNSEEN) {
        states = sc_states_may_be(machine, states, happened->others);
        meaning = meaning_of(machine, states, happened->event);
    }
    /* who sends it is where it leads on, rather than where it means nothing */
    uint32_t behind = meaning.behind != 0 ? meaning.behind : meaning.stay;
    if (behind == 0) return;
    end->states = behind;
    end->moved_ns = happened->now;
    end->by_hearing = false;
}
