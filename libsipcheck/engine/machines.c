/* SPDX-License-Identifier: MIT */
/* The machines of both ends of a transaction, stepped by what passes the observer. */
#include <string.h>

#include "engine/sequence.h"
#include "engine/states.h"

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

static uint64_t bit_of(unsigned event)
{
    return event != SC_NO_EVENT ? UINT64_C(1) << event : 0;
}

static void step(const sipcheck *engine, sc_transaction *t, unsigned wire, bool server,
                 const sc_subject *fed)
{
    unsigned kind = t->method == SIPCHECK_METHOD_INVITE ? INVITE_CLIENT : OTHER_CLIENT;
    const sc_stepped *stepped = &engine->sequence->machines[kind + server];
    sc_end_states *end = server ? &t->server_end : &t->client_end;
    unsigned event = stepped->machine != NULL ? stepped->events[wire] : SC_NO_EVENT;
    end->may = SC_MAY_NOTHING;
    if (event == SC_NO_EVENT || !is_part(t, wire, server)) return;
    if (end->states == 0) end->states = 1u << stepped->machine->info.start;
    sc_end_event happened = {
        .machine = stepped->machine,
        .event = event,
        .others = stepped->peers,
        .unseen = t->unreliable && t->transport_known ? 0 : bit_of(stepped->instant),
        .beside = sc_end_is_beside(engine, server ? &t->server : &t->client),
        .lost = sc_lost_since(engine->sequence, &t->tracked.object, t->tracked.object.first_ns),
        .unreliable = t->unreliable,
        .now = fed->packet->ns,
        .crossing = engine->rules->parameters.t1 + engine->rules->parameters.reorder,
    };
    if (stepped->machine->events[event].by == SIPCHECK_BY_OWNER) {
        sc_end_sends(&happened, end);
    } else {
        happened.dropped = sc_may_be_dropped(fed->message);
        sc_end_hears(&happened, end);
    }
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
    step(engine, t, wire, false, fed);
    step(engine, t, wire, true, fed);
}

/* --- as facts */

sc_value sc_machines_may(unsigned may)
{
    static const uint8_t missing[] = { [SC_MAY_BESIDE] = SC_MISSING_VANTAGE,
                                       [SC_MAY_UNSEEN] = SC_MISSING_MESSAGE,
                                       [SC_MAY_ORDER] = SC_MISSING_ORDER,
                                       [SC_MAY_TAKEN] = SC_MISSING_TAKEN };
    if (may == SC_MAY_NOTHING) return (sc_value){ .state = SC_ABSENT_VALUE };
    if (may == SC_MAY || may == SC_MAY_NOT) return (sc_value){ .truth = may == SC_MAY };
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = missing[may] };
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
