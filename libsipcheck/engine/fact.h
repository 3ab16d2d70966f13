/* SPDX-License-Identifier: MIT */
/* Values that facts are made of. */
#ifndef SC_ENGINE_FACT_H
#define SC_ENGINE_FACT_H

#include "engine/sequence.h"
#include "text/slice.h"
#include "track/dialog.h"

static inline sc_value absent(void)
{
    return (sc_value){ .state = SC_ABSENT_VALUE };
}

static inline sc_value unknown(enum sc_missing missing)
{
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = (uint8_t)missing };
}

static inline sc_value truth(bool is_true)
{
    return (sc_value){ .truth = is_true };
}

static inline sc_value number(uint64_t n)
{
    return sc_value_number(n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

static inline sc_value word(const char *text)
{
    return (sc_value){ .raw = sc_slice_of(text) };
}

static inline uint64_t age_of(const sc_sequence *s, const sc_object *object)
{
    return s->now_ns > object->first_ns ? s->now_ns - object->first_ns : 0;
}

/* How long what was sent at `ns` has waited; 0: nothing waits. Its end may have been lost, and
 * `unseen` says that it may have been sent before the capture began. */
static inline sc_value waiting(const sc_sequence *s, uint64_t ns, bool unseen)
{
    if (ns == 0 && unseen) return unknown(SC_MISSING_REQUEST);
    if (ns != 0 && s->group->gap && s->group->gap_ns >= ns) return unknown(SC_MISSING_LOST);
    return ns == 0 ? absent() : number(s->now_ns > ns ? s->now_ns - ns : 0);
}

/* What facts.c leaves to files of its own: hops, subscriptions, and of a dialog reliable responses,
 * UPDATEs and session timers. */
void sc_fill_hop(sipcheck *engine, const sc_event *event, sc_value *facts);
void sc_fill_subscription(const sc_sequence *s, const sc_object *object, sc_value *facts);
void sc_fill_reliable(const sc_sequence *s, const sc_dialog *d, sc_value *facts);
void sc_fill_timer(const sc_sequence *s, const sc_dialog *d, sc_value *facts);
void sc_fill_party(const sc_sequence *s, const sc_dialog *d, unsigned index, sc_value *facts);

#endif
