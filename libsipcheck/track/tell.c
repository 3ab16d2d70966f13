/* SPDX-License-Identifier: MIT */
#include "track/internal.h"

sc_event *sc_tell(sc_events *events, sc_object *object, enum sc_event_kind kind)
{
    if (events->count == SC_EVENTS_AT_ONCE) {
        object->damaged = true;
        return NULL;
    }
    sc_event *event = &events->list[events->count++];
    *event = (sc_event){ .scope = object->scope, .kind = kind, .object = object };
    return event;
}

static void bind(sc_event *event, enum sc_name name, const sc_kept *kept, enum sc_presence presence)
{
    if (event == NULL) return;
    event->bound[name] = kept;
    event->presence[name] = (uint8_t)presence;
}

void sc_bind(sc_event *event, enum sc_name name, const sc_kept *kept)
{
    if (event == NULL) return;
    bool gaps = event->object->began_unseen || event->object->damaged;
    bind(event, name, kept, kept != NULL ? SC_THERE : gaps ? SC_NOT_CAPTURED : SC_NOT_SENT);
}

void sc_bind_lost(sc_event *event, enum sc_name name, const sc_kept *kept)
{
    bind(event, name, kept, kept != NULL ? SC_THERE : SC_NOT_CAPTURED);
}

void sc_bind_fed(sc_event *event, enum sc_name name)
{
    bind(event, name, NULL, SC_THERE);
}
