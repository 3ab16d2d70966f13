/* SPDX-License-Identifier: MIT */
/* What wider scopes than the message bind and have: names, events, facts. docs/sequence-rules.md is
 * the reference; rules/ compiles against these tables, track/ and engine/ fill them. */
#ifndef SC_FIELDS_SCOPES_H
#define SC_FIELDS_SCOPES_H

#include <sipcheck/rules.h>

#include "fields/fields.h"

#define SC_T (1u << SIPCHECK_SCOPE_TRANSACTION)
#define SC_D (1u << SIPCHECK_SCOPE_DIALOG)
#define SC_S (1u << SIPCHECK_SCOPE_SESSION)
#define SC_R (1u << SIPCHECK_SCOPE_REGISTRATION)
#define SC_U (1u << SIPCHECK_SCOPE_SUBSCRIPTION)
#define SC_H (1u << SIPCHECK_SCOPE_HOP)

enum sc_event_kind {
#define X(ID, NAME, SCOPES) SC_EVENT_##ID,
#include "fields/events.def"
#undef X
    SC_EVENT_COUNT
};

/* The messages that a scope binds by name. */
enum sc_name {
#define X(ID, NAME, SCOPES) SC_NAME_##ID,
#include "fields/names.def"
#undef X
    SC_NAME_COUNT
};

/* The slots of an sc_context in scopes wider than the message: messages by enum sc_name first. */
enum sc_slot {
    SC_SLOT_TRANSACTION = SC_NAME_COUNT,
    SC_SLOT_DIALOG,
    SC_SLOT_SESSION,
    SC_SLOT_REGISTRATION,
    SC_SLOT_SUBSCRIPTION,
    SC_SLOT_HOP,
    SC_SLOT_MACHINE, /* of the rule */
    SC_SLOT_T1,      /* parameters: durations, the last a ratio */
    SC_SLOT_T2,
    SC_SLOT_T4,
    SC_SLOT_TIMER_C,
    SC_SLOT_REORDER,
    SC_SLOT_TOLERANCE,
    SC_SLOT_COUNT
};

/* Facts: what the tracker knows besides the messages. A record of them is an array of sc_value in
 * the order of facts.def; a value that is not known says what is missing, as any other. */
enum {
#define X(RECORD, ID, NAME, TYPE, DOC) SC_FACT_##RECORD##_##ID,
#define SC_FACTS_END(RECORD) SC_FACTS_OF_##RECORD, SC_FACTS_BEHIND_##RECORD = -1,
#include "fields/facts.def"
#undef SC_FACTS_END
#undef X
};

#endif
