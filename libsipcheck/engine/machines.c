/* SPDX-License-Identifier: MIT */
/* The machines of both ends of a transaction, stepped by what passes the observer.
 *
 * What one end sends says what state it is in; what was sent to it may not have come yet, or never
 * will. So of each end the states are kept that it can be in after what it sent itself, and what it
 * may have heard since. It may not send something only if all of those states forbid it. */
#include <string.h>

#include "engine/sequence.h"

enum { INVITE_CLIENT, INVITE_SERVER, OTHER_CLIENT, OTHER_SERVER, MACHINES };
_Static_assert(MACHINES == SC_STEPPED_MACHINES, "each has its place in the sequence");

/* What can be seen of a transaction. */
enum wire {
    WIRE_REQUEST,
    WIRE_REQUEST_AGAIN,
    WIRE_ACK,
    WIRE_CANCEL,
    WIRE_TRYING,
    WIRE_TRYING_AGAIN,
    WIRE_PROVISIONAL,
    WIRE_PROVISIONAL_AGAIN,
    WIRE_SUCCESS,
    WIRE_SUCCESS_AGAIN,
    WIRE_TIMEOUT,
    WIRE_TIMEOUT_AGAIN,
    WIRE_FAILURE,
    WIRE_FAILURE_AGAIN,
    WIRES
};
_Static_assert(WIRES == SC_STEPPED_EVENTS, "each has its event in a machine");

/* The events of rules/machines/. instant: the timer that runs 0 s where nothing gets lost. */
static const struct {
    const char *name, *instant, *events[WIRES];
} known[MACHINES] = {
    { "invite-client",
      "timer D",
      { "invite", "invite-again", "ack", "cancel", "1xx", "1xx", "1xx", "1xx", "2xx", "2xx",
        "3xx-6xx", "3xx-6xx", "3xx-6xx", "3xx-6xx" } },
    { "invite-server",
      "timer I",
      { "invite", "invite-again", "ack", "cancel", "1xx", "1xx-again", "1xx", "1xx-again", "2xx",
        "2xx-again", "3xx-6xx", "3xx-6xx-again", "3xx-6xx", "3xx-6xx-again" } },
    { "non-invite-client",
      "timer K",
      { "request", "request-again", NULL, "cancel", "1xx", "1xx", "1xx", "1xx", "final", "final",
        "final", "final", "final", "final" } },
    { "non-invite-server",
      "timer J",
      { "request", "request-again", NULL, "cancel", "100", "100", "101-199", "101-199", "final",
        "final-again", "408", "final-again", "final", "final-again" } },
};

/* --- the machines of a rule set */

static uint8_t event_of(const sipcheck_machine *machine, const char *name)
{
    for (size_t e = 0; name != NULL && e < machine->info.events; e++)
        if (strcmp(machine->events[e].name, name) == 0) return (uint8_t)e;
    return SC_NO_EVENT;
}

void sc_machines_open(sipcheck *engine)
{
    for (unsigned m = 0; m < MACHINES; m++) {
        sc_stepped *stepped = &engine->sequence->machines[m];
        stepped->machine = sipcheck_machine_find(engine->rules, known[m].name);
        if (stepped->machine == NULL) continue;
        stepped->instant = event_of(stepped->machine, known[m].instant);
        for (unsigned w = 0; w < WIRES; w++)
            stepped->events[w] = event_of(stepped->machine, known[m].events[w]);
        for (size_t e = 0; e < stepped->machine->info.events; e++)
            if (stepped->machine->events[e].by == SIPCHECK_BY_PEER)
                stepped->peers |= UINT64_C(1) << e;
    }
}

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

/* Those that it can be in when any of these events may have come, in any order, lost or not. */
static uint32_t may_have_heard(const sipcheck_machine *machine, uint32_t states, uint64_t events)
{
    for (uint32_t before = 0; before != states;) {
        before = states;
        states = heard_once(machine, states, events);
    }
    return states;
}

/* Of a set of states: which an event moves, and where to; which forbid it. */
typedef struct sc_meaning {
    uint32_t moves, forbid, ignore, behind;
    uint16_t row; /* of the first that forbids */
} sc_meaning;

static sc_meaning meaning_of(const sipcheck_machine *machine, uint32_t states, unsigned event)
{
    sc_meaning meaning = { 0 };
    for (uint32_t s = states; s != 0; s &= s - 1) {
        unsigned state = (unsigned)__builtin_ctz(s);
        sc_transition next = sc_machine_step(machine, state, event);
        uint32_t bit = 1u << state;
        meaning.ignore |= next.kind == SIPCHECK_CELL_IGNORED ? bit : 0;
        if (next.kind == SIPCHECK_CELL_MOVES) {
            meaning.moves |= bit;
            meaning.behind |= 1u << next.next;
        }
        if (next.kind == SIPCHECK_CELL_ILLEGAL) {
            if (meaning.forbid == 0) meaning.row = next.row;
            meaning.forbid |= bit;
        }
    }
    return meaning;
}

/* --- one end */

/* The observer stands beside it: what was sent to it has come, unless it went lost within. */
static bool is_beside(const sipcheck *engine, const sipcheck_address_port *end)
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

static void hear(const sc_stepped *stepped, sc_end_states *end, unsigned event, bool beside,
                 uint64_t now)
{
    if (!beside) {
        end->heard |= UINT64_C(1) << event;
        return;
    }
    const sc_meaning meaning = meaning_of(stepped->machine, end->states, event);
    uint32_t states = meaning.behind | (end->states & ~meaning.moves);
    end->by_hearing |= states != end->states;
    if (states != end->states) end->moved_ns = now;
    end->states = states;
}

/* One end of a transaction, and what it sends. */
typedef struct sc_sending {
    const sipcheck *engine;
    const sc_stepped *stepped;
    const sc_transaction *t;
    sc_end_states *end;
    unsigned event;
    bool beside;
    uint64_t now;
} sc_sending;

/* All that was sent to it was seen: the observer stands beside it, and lost nothing. */
static bool sees_all(const sc_sending *s)
{
    const sc_sequence *sequence = s->engine->sequence;
    return s->beside && !(sequence->gap && sequence->gap_ns >= s->t->tracked.object.first_ns);
}

/* Datagrams overtake each other, and what has come to its host is not read yet. */
static bool is_close(const sc_sending *s)
{
    bool may_cross = s->t->unreliable || s->end->by_hearing;
    uint64_t t1 = s->engine->rules->parameters.t1;
    return may_cross && (s->now < s->end->moved_ns || s->now - s->end->moved_ns < t1);
}

static enum sc_may judge(const sc_sending *s, uint32_t states, const sc_meaning *meaning)
{
    if (meaning->forbid == 0) return SC_MAY;
    if (meaning->moves != 0 || meaning->ignore != 0) return SC_MAY_BESIDE;
    const sipcheck_machine *machine = s->stepped->machine;
    uint32_t all = may_have_heard(machine, states, s->stepped->peers);
    if (!sees_all(s) && meaning_of(machine, all, s->event).moves != 0) return SC_MAY_UNSEEN;
    return is_close(s) ? SC_MAY_ORDER : SC_MAY_NOT;
}

static void send(const sc_sending *s)
{
    const sipcheck_machine *machine = s->stepped->machine;
    sc_end_states *end = s->end;
    uint64_t heard = end->heard;
    if (!s->t->unreliable && s->stepped->instant != SC_NO_EVENT)
        heard |= UINT64_C(1) << s->stepped->instant;
    uint32_t states = may_have_heard(machine, end->states, heard);
    sc_meaning meaning = meaning_of(machine, states, s->event);
    end->may = (uint8_t)judge(s, states, &meaning);
    end->row = meaning.row;
    if (end->may == SC_MAY_UNSEEN) {
        states = may_have_heard(machine, states, s->stepped->peers);
        meaning = meaning_of(machine, states, s->event);
    }
    if (meaning.behind == 0) return;
    end->states = meaning.behind;
    end->moved_ns = s->now;
    end->by_hearing = false;
}

/* --- what was seen */

static bool is_of_event(unsigned kind, unsigned *ret)
{
    switch (kind) {
    case SC_EVENT_REQUEST:
        *ret = WIRE_REQUEST;
        return true;
    case SC_EVENT_REQUEST_AGAIN:
        *ret = WIRE_REQUEST_AGAIN;
        return true;
    case SC_EVENT_ACK:
        *ret = WIRE_ACK;
        return true;
    case SC_EVENT_CANCEL:
        *ret = WIRE_CANCEL;
        return true;
    default:
        return false;
    }
}

static unsigned wire_of_status(uint32_t status, bool again)
{
    unsigned wire = status == 100   ? WIRE_TRYING
                    : status < 200  ? WIRE_PROVISIONAL
                    : status < 300  ? WIRE_SUCCESS
                    : status == 408 ? WIRE_TIMEOUT
                                    : WIRE_FAILURE;
    return wire + again;
}

static bool wire_of(const sc_event *event, const sipcheck_message *message, unsigned *ret)
{
    bool again = event->kind == SC_EVENT_RESPONSE_AGAIN;
    bool response = again || event->kind == SC_EVENT_PROVISIONAL || event->kind == SC_EVENT_FINAL;
    if (!response) return is_of_event(event->kind, ret);
    *ret = wire_of_status(message->status, again);
    return true;
}

/* The ACK of a 2xx is no part of its client's machine. */
static bool is_part(const sc_transaction *t, unsigned wire, bool server)
{
    return wire != WIRE_ACK || server || t->answered == 0;
}

static void step(const sipcheck *engine, sc_transaction *t, unsigned wire, bool server,
                 const sipcheck_packet *packet)
{
    unsigned kind = t->method == SIPCHECK_METHOD_INVITE ? INVITE_CLIENT : OTHER_CLIENT;
    const sc_stepped *stepped = &engine->sequence->machines[kind + server];
    sc_end_states *end = server ? &t->server_end : &t->client_end;
    unsigned event = stepped->machine != NULL ? stepped->events[wire] : SC_NO_EVENT;
    end->may = SC_MAY_NOTHING;
    if (event == SC_NO_EVENT || !is_part(t, wire, server)) return;
    if (end->states == 0) end->states = 1u << stepped->machine->info.start;
    bool beside = is_beside(engine, server ? &t->server : &t->client);
    const sc_sending sending = { engine, stepped, t, end, event, beside, packet->ns };
    if (stepped->machine->events[event].by == SIPCHECK_BY_OWNER)
        send(&sending);
    else
        hear(stepped, end, event, beside, packet->ns);
}

/* Who sends from elsewhere than where the request went is perhaps another element. */
static bool is_from_end(const sc_transaction *t, const sipcheck_packet *packet, bool request)
{
    const sipcheck_address_port *end = request ? &t->client : &t->server;
    return end->family == packet->src.family &&
           memcmp(end->bytes, packet->src.bytes, sizeof end->bytes) == 0;
}

void sc_machines_hear(const sipcheck *engine, const sc_event *event, const sc_subject *fed)
{
    unsigned wire;
    if (event->scope != SIPCHECK_SCOPE_TRANSACTION || !wire_of(event, fed->message, &wire)) return;
    sc_transaction *t = (sc_transaction *)(void *)event->object;
    t->client_end.may = t->server_end.may = SC_MAY_NOTHING;
    if (!is_from_end(t, fed->packet, fed->message->is_request)) t->ends_differ = true;
    if (t->tracked.object.began_unseen || t->tracked.object.damaged || t->ends_differ) {
        sc_end_states *sender = fed->message->is_request ? &t->client_end : &t->server_end;
        sender->may = SC_MAY_UNSEEN;
        return;
    }
    step(engine, t, wire, false, fed->packet);
    step(engine, t, wire, true, fed->packet);
}

/* --- as facts */

sc_value sc_machines_may(const sc_end_states *end)
{
    static const uint8_t missing[] = { [SC_MAY_BESIDE] = SC_MISSING_VANTAGE,
                                       [SC_MAY_UNSEEN] = SC_MISSING_MESSAGE,
                                       [SC_MAY_ORDER] = SC_MISSING_ORDER };
    if (end->may == SC_MAY_NOTHING) return (sc_value){ .state = SC_ABSENT_VALUE };
    if (end->may == SC_MAY || end->may == SC_MAY_NOT)
        return (sc_value){ .truth = end->may == SC_MAY };
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = missing[end->may] };
}

sc_value sc_machines_forbidden(const sc_sequence *s, const sc_transaction *t)
{
    bool client = t->client_end.may == SC_MAY_NOT, server = t->server_end.may == SC_MAY_NOT;
    if (!client && !server) return (sc_value){ .state = SC_ABSENT_VALUE };
    unsigned kind = t->method == SIPCHECK_METHOD_INVITE ? INVITE_CLIENT : OTHER_CLIENT;
    const sipcheck_machine *machine = s->machines[kind + server].machine;
    const char *text = machine->rows[server ? t->server_end.row : t->client_end.row].cell.text;
    return (sc_value){ .raw = { (const uint8_t *)text, strlen(text) } };
}
