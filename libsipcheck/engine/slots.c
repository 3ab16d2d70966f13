/* SPDX-License-Identifier: MIT */
/* What the names of a rule stand for at an event. */
#include "engine/sequence.h"

/* Parameters stay what they are. */
#define OF_PARAMETERS (((UINT64_C(1) << SC_SLOT_COUNT) - 1) & ~((UINT64_C(1) << SC_SLOT_T1) - 1))

void sc_slots_reset(sc_sequence *sequence)
{
    sequence->filled = OF_PARAMETERS;
    sequence->filled_bodies = 0;
    sequence->filled_event = sequence->filled_next = NULL;
}

static sc_value unknown(enum sc_missing missing)
{
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = (uint8_t)missing };
}

static sc_value absent(void)
{
    return (sc_value){ .state = SC_ABSENT_VALUE };
}

/* Of what came of a request that was tried before, it may have been lost since that. */
static uint64_t since_tried(const sipcheck *engine, const sc_event *event)
{
    const sc_kept *tried = event->bound[SC_NAME_TRIED];
    uint64_t first = event->object->first_ns, memory = 64 * engine->rules->parameters.t1;
    if (tried != NULL) return tried->packet.ns;
    return first > memory ? first - memory : 0;
}

/* Of a nonce that seems not to have been used before it may have been lost since it was given. */
static uint64_t since(const sipcheck *engine, const sc_event *event, unsigned name)
{
    const sc_kept *given = name == SC_NAME_EARLIER ? event->bound[SC_NAME_CHALLENGE] : NULL;
    if (name == SC_NAME_TRIED || name == SC_NAME_OUTCOME) return since_tried(engine, event);
    return given != NULL ? given->packet.ns : event->object->first_ns;
}

/* What seems not to have been sent may have been lost; what seems to be the message before, too,
 * when another came between. */
static bool is_doubtful(const sipcheck *engine, const sc_event *event, unsigned name)
{
    if (name == SC_NAME_CHALLENGE) return false; /* whether there was one, the credentials say */
    const sc_sequence *s = engine->sequence;
    const sc_object *object = event->object;
    bool before =
        name == SC_NAME_PREVIOUS || name == SC_NAME_PREVIOUS_OFFER || name == SC_NAME_EARLIER;
    if (event->presence[name] == SC_NOT_SENT)
        return sc_lost_since(s, object, since(engine, event, name));
    const sc_kept *kept = before ? event->bound[name] : NULL;
    return kept != NULL && sc_lost_since(s, object, kept->packet.ns);
}

bool sc_name_is_absent(const sipcheck *engine, const sc_event *event, unsigned name)
{
    return event->presence[name] == SC_NOT_SENT && !is_doubtful(engine, event, name);
}

/* A message that was not sent says the same at each event, and so does one that was not captured.
 */
static sc_answer *answers_of_unseen(const sipcheck *engine, unsigned name, bool captured)
{
    size_t place = (size_t)2 * name + captured;
    return engine->sequence->of_unseen + place * engine->rules->message_answer_count;
}

static sc_value message_of(sipcheck *engine, const sc_event *event, unsigned name, bool body)
{
    sc_sequence *s = engine->sequence;
    enum sc_missing not_captured = (enum sc_missing)(SC_MISSING_REQUEST + name);
    unsigned presence = event->presence[name];
    bool captured = presence != SC_NOT_CAPTURED && !is_doubtful(engine, event, name);
    s->of_messages[name] = answers_of_unseen(engine, name, captured);
    if (!captured) return unknown(not_captured);
    if (presence != SC_THERE) return absent();
    s->of_messages[name] = s->answers;
    const sc_read *read = sc_read_kept(engine, event->bound[name], body);
    if (read != NULL && read->answers != NULL) s->of_messages[name] = read->answers;
    return read != NULL ? sc_value_observed(&read->observed) : unknown(SC_MISSING_MEMORY);
}

static sc_value next_of(sipcheck *engine, const sc_event *next)
{
    const sc_read *read = next != NULL ? sc_read_of(engine, next) : NULL;
    return read != NULL ? sc_value_observed(&read->observed) : absent();
}

void sc_slots_open(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    const sc_parameters *p = &engine->rules->parameters;
    const int64_t numbers[] = { (int64_t)p->t1,      (int64_t)p->t2,      (int64_t)p->t4,
                                (int64_t)p->timer_c, (int64_t)p->reorder, (int64_t)p->tolerance };
    for (unsigned slot = SC_SLOT_T1; slot < SC_SLOT_COUNT; slot++)
        s->slots[slot] = sc_value_number(numbers[slot - SC_SLOT_T1]);
    sc_slots_reset(s);
}

/* The record of the event's own scope. */
static bool is_own_record(const sc_event *event, unsigned slot)
{
    return slot == SC_SLOT_TRANSACTION + (unsigned)event->scope - SIPCHECK_SCOPE_TRANSACTION;
}

static sc_value fill(sipcheck *engine, const sc_bound *bound, unsigned slot, bool bodies)
{
    if (slot == SC_NAME_NEXT) return next_of(engine, bound->next);
    if (slot < SC_NAME_COUNT) return message_of(engine, bound->event, slot, bodies);
    if (slot == SC_SLOT_MACHINE)
        return bound->machine != NULL ? sc_followed_facts(engine, bound->event, bound->machine)
                                      : absent();
    return is_own_record(bound->event, slot) ? sc_facts_of(engine, bound->event) : absent();
}

void sc_slots_turn(sipcheck *engine, const sc_bound *bound, uint64_t slots, bool bodies)
{
    sc_sequence *s = engine->sequence;
    if (s->filled_event != bound->event || s->filled_next != bound->next) sc_slots_reset(s);
    if (bodies) s->filled &= ~(slots & SC_SLOTS_OF_MESSAGES & ~s->filled_bodies);
    if (s->filled_machine != bound->machine) s->filled &= ~(UINT64_C(1) << SC_SLOT_MACHINE);
    s->filled_event = bound->event;
    s->filled_machine = bound->machine;
    s->filled_next = bound->next;
    for (uint64_t left = slots & ~s->filled; left != 0; left &= left - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(left);
        if (slot >= SC_SLOT_COUNT) break;
        const sc_value value = fill(engine, bound, slot, bodies);
        sc_value_copy(&s->slots[slot], &value);
    }
    s->filled |= slots;
    if (bodies) s->filled_bodies |= slots;
}
