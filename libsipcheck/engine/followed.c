/* SPDX-License-Identifier: MIT */
/* Machines that rules name, followed for each thing of their scope: each has two ends, its owner
 * and the peer across. docs/machines.md, Following. */
#include <string.h>

#include "engine/sequence.h"
#include "engine/states.h"

enum { OWNER, PEER };

/* Where one machine is with one thing. */
typedef struct sc_followed {
    sc_end_states ends[2];
    uint64_t fed;  /* number of the message that may, row and event are about */
    uint16_t row;  /* of SC_MAY_NOT */
    uint8_t may;   /* enum sc_may */
    uint8_t event; /* SC_NO_EVENT: it can't be told which, or that it is any */
} sc_followed;

/* --- which machines */

static bool is_followed(const sipcheck *engine, const sipcheck_machine *machine)
{
    for (size_t i = 0; i < engine->rules->count; i++)
        if (engine->rules->by_id[i]->machine == machine &&
            sc_sequence_judges(engine, engine->rules->by_id[i]))
            return true;
    return false;
}

void sc_followed_open(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    const sipcheck_machine *machine = engine->rules->machines;
    for (; machine != NULL; machine = machine->next) {
        unsigned scope = machine->info.scope;
        if (!machine->shows || !is_followed(engine, machine)) continue;
        s->followed[s->followed_count++] = machine;
        s->followed_of[scope]++;
    }
}

/* Its place among those of its scope. */
static unsigned place_of(const sc_sequence *s, const sipcheck_machine *machine)
{
    unsigned place = 0;
    for (unsigned i = 0; s->followed[i] != machine; i++)
        place += s->followed[i]->info.scope == machine->info.scope;
    return place;
}

/* --- where they are */

static uint32_t all_states(const sipcheck_machine *machine)
{
    return UINT32_MAX >> (SC_MACHINE_STATES_MAX - machine->info.states);
}

static void begin(const sc_object *object, const sipcheck_machine *machine, sc_followed *f)
{
    uint32_t states =
        object->began_unseen ? all_states(machine) : (uint32_t)1 << machine->info.start;
    *f = (sc_followed){ .event = SC_NO_EVENT };
    f->ends[OWNER].states = f->ends[PEER].states = states;
}

static size_t size_of(const sc_sequence *s, const sc_object *object)
{
    return s->followed_of[object->scope] * sizeof(sc_followed);
}

/* NULL: no memory; the thing is damaged then. */
static sc_followed *followed_of(sipcheck *engine, sc_object *object)
{
    const sc_sequence *s = engine->sequence;
    if (object->followed != NULL) return object->followed;
    sc_followed *all = sc_tracker_take(s->group->tracker, size_of(s, object));
    if (all == NULL) {
        engine->lost = object->damaged = true;
        return NULL;
    }
    for (unsigned i = 0; i < s->followed_count; i++)
        if (s->followed[i]->info.scope == object->scope)
            begin(object, s->followed[i], &all[place_of(s, s->followed[i])]);
    object->followed = all;
    return all;
}

void sc_followed_end(sipcheck *engine, sc_object *object)
{
    sc_tracker_give(engine->sequence->group->tracker, object->followed,
                    size_of(engine->sequence, object));
    object->followed = NULL;
}

/* --- what a message is to a machine */

typedef struct sc_recognised {
    unsigned event; /* the first that it surely is; SC_NO_EVENT: none */
    uint64_t maybe; /* bits: those before it that it may be */
} sc_recognised;

static enum sc_outcome fits(sipcheck *engine, const sc_event *event, const sc_machine_sign *sign)
{
    const sc_bound bound = { .event = event };
    if (sign->where == NULL) return SC_TRUE;
    const sc_context context = sc_slots_fill(engine, &bound, sc_program_slots(sign->where),
                                             sc_program_reads_body(sign->where));
    return sc_program_eval(sign->where, &context, engine->scratch).outcome;
}

/* By any of what the message is to the thing, of which the tracker told `first` first. */
static enum sc_outcome is_event(sipcheck *engine, const sc_event *first,
                                const sc_machine_sign *sign)
{
    const sc_events *events = &engine->sequence->events;
    bool unknown = false;
    for (const sc_event *event = first; event < events->list + events->count; event++) {
        if (event->object != first->object || event->kind != sign->on) continue;
        enum sc_outcome outcome = fits(engine, event, sign);
        if (outcome == SC_TRUE) return outcome;
        unknown = unknown || outcome == SC_UNKNOWN;
    }
    return unknown ? SC_UNKNOWN : SC_FALSE;
}

static sc_recognised recognise(sipcheck *engine, const sipcheck_machine *machine,
                               const sc_event *first)
{
    sc_recognised found = { .event = SC_NO_EVENT };
    for (unsigned e = 0; e < machine->info.events; e++) {
        const sc_machine_sign *sign = &machine->signs[e];
        if (!sign->shows) continue;
        enum sc_outcome outcome = is_event(engine, first, sign);
        if (outcome == SC_UNKNOWN) found.maybe |= UINT64_C(1) << e;
        if (outcome != SC_TRUE) continue;
        found.event = e;
        break;
    }
    return found;
}

/* The events of each end, and those that nobody sees. */
typedef struct sc_sides {
    uint64_t of[2], unseen;
} sc_sides;

static sc_sides sides_of(const sipcheck_machine *machine)
{
    sc_sides sides = { 0 };
    for (unsigned e = 0; e < machine->info.events; e++) {
        uint64_t bit = UINT64_C(1) << e;
        enum sipcheck_maker by = machine->events[e].by;
        if (by == SIPCHECK_BY_OWNER || by == SIPCHECK_BY_PEER)
            sides.of[by == SIPCHECK_BY_PEER] |= bit;
        if (!machine->signs[e].shows) sides.unseen |= bit;
    }
    return sides;
}

/* What was lost since an end showed its state may have been anything. */
static bool widen(const sc_sequence *s, const sc_object *object, const sipcheck_machine *machine,
                  sc_end_states *end)
{
    uint64_t since = end->moved_ns > object->first_ns ? end->moved_ns : object->first_ns;
    bool lost = sc_lost_since(s, object, since);
    size_t events = machine->info.events;
    uint64_t any = events < 64 ? (UINT64_C(1) << events) - 1 : UINT64_MAX;
    if (lost) end->states = sc_states_may_be(machine, end->states, any);
    return lost;
}

static void note(sc_followed *f, uint64_t fed, unsigned event, const sc_end_states *sender)
{
    if (f->fed == fed && f->may == SC_MAY_NOT) return;
    f->fed = fed;
    f->event = (uint8_t)event;
    f->may = sender->may;
    f->row = sender->row;
}

static void step(const sipcheck *engine, const sc_object *object, const sipcheck_machine *machine,
                 unsigned event, const sipcheck_packet *packet, sc_followed *f)
{
    const sc_sides sides = sides_of(machine);
    const sc_sequence *s = engine->sequence;
    unsigned sender = machine->events[event].by == SIPCHECK_BY_PEER ? PEER : OWNER;
    sc_end_event happened = { .machine = machine,
                              .event = event,
                              .others = sides.of[!sender],
                              .unseen = sides.unseen,
                              .beside = sc_end_is_beside(engine, &packet->src),
                              .lost = widen(s, object, machine, &f->ends[sender]),
                              .unreliable = sc_may_be_udp(packet),
                              .now = packet->ns,
                              .crossing = engine->rules->parameters.t1 +
                                          engine->rules->parameters.reorder };
    sc_end_sends(&happened, &f->ends[sender]);
    note(f, s->fed, event, &f->ends[sender]);
    happened.others = sides.of[sender];
    happened.beside = sc_end_is_beside(engine, &packet->dst);
    sc_end_hears(&happened, &f->ends[!sender]);
}

/* It can't be told which of these it was, or whether it was any. */
static void step_perhaps(const sc_sequence *s, const sipcheck_machine *machine, uint64_t events,
                         sc_followed *f)
{
    static const sc_end_states unseen = { .may = SC_MAY_UNSEEN };
    for (unsigned side = OWNER; side <= PEER; side++) {
        f->ends[side].heard |= events;
        f->ends[side].states = sc_states_may_be(machine, f->ends[side].states, events);
    }
    note(f, s->fed, SC_NO_EVENT, &unseen);
}

/* The message was another event of that thing already. */
static bool was_heard(const sc_sequence *s, const sc_event *event)
{
    for (const sc_event *before = s->events.list; before < event; before++)
        if (before->object == event->object) return true;
    return false;
}

void sc_followed_hear(sipcheck *engine, const sc_event *event, const sc_subject *fed)
{
    sc_sequence *s = engine->sequence;
    if (s->followed_of[event->scope] == 0 || was_heard(s, event)) return;
    sc_followed *all = followed_of(engine, event->object);
    for (unsigned i = 0; all != NULL && i < s->followed_count; i++) {
        const sipcheck_machine *machine = s->followed[i];
        if (machine->info.scope != event->scope) continue;
        sc_followed *f = &all[place_of(s, machine)];
        const sc_recognised found = recognise(engine, machine, event);
        uint64_t sure = found.event != SC_NO_EVENT ? UINT64_C(1) << found.event : 0;
        if (found.maybe != 0)
            step_perhaps(s, machine, found.maybe | sure, f);
        else if (sure != 0)
            step(engine, event->object, machine, found.event, fed->packet, f);
    }
}

/* --- as facts */

static sc_value text_of(const char *text)
{
    return (sc_value){ .raw = { (const uint8_t *)text, strlen(text) } };
}

sc_value sc_followed_facts(sipcheck *engine, const sc_event *event, const sipcheck_machine *machine)
{
    sc_sequence *s = engine->sequence;
    sc_value *facts = s->machine_facts;
    const sc_followed *all = event->object->followed;
    const sc_followed *f = all != NULL ? &all[place_of(s, machine)] : NULL;
    const sc_value absent = { .state = SC_ABSENT_VALUE };
    for (unsigned i = 0; i < SC_FACTS_OF_MACHINE; i++)
        facts[i] = absent;
    if (f != NULL && f->fed == s->fed) {
        facts[SC_FACT_MACHINE_MAY] = sc_machines_may(f->may);
        facts[SC_FACT_MACHINE_EVENT] = f->event != SC_NO_EVENT
                                           ? text_of(machine->events[f->event].name)
                                           : sc_machines_may(SC_MAY_UNSEEN);
        if (f->may == SC_MAY_NOT)
            facts[SC_FACT_MACHINE_FORBIDDEN] = text_of(machine->rows[f->row].cell.text);
    }
    return (sc_value){ .record = facts };
}
