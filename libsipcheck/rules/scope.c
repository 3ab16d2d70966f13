/* SPDX-License-Identifier: MIT */
/* What scopes bind. docs/sequence-rules.md, Scopes, Time. */
#include "fields/scopes.h"
#include "rules/expr.h"

static const struct {
    const char *name;
    unsigned scopes;
} names[SC_NAME_COUNT] = {
#define X(ID, NAME, SCOPES) { NAME, SCOPES },
#include "fields/names.def"
#undef X
};

/* What is bound besides messages; scopes 0: in all of them. */
static const struct {
    sc_binding binding;
    unsigned scopes;
} others[] = {
    { { "transaction", SC_TYPE_TRANSACTION, SC_SLOT_TRANSACTION }, SC_T },
    { { "dialog", SC_TYPE_DIALOG, SC_SLOT_DIALOG }, SC_D },
    { { "session", SC_TYPE_SESSION, SC_SLOT_SESSION }, SC_S },
    { { "registration", SC_TYPE_REGISTRATION, SC_SLOT_REGISTRATION }, SC_R },
    { { "subscription", SC_TYPE_SUBSCRIPTION, SC_SLOT_SUBSCRIPTION }, SC_U },
    { { "hop", SC_TYPE_HOP, SC_SLOT_HOP }, SC_H },
    { { "T1", SC_TYPE_DURATION, SC_SLOT_T1 }, 0 },
    { { "T2", SC_TYPE_DURATION, SC_SLOT_T2 }, 0 },
    { { "T4", SC_TYPE_DURATION, SC_SLOT_T4 }, 0 },
    { { "TIMER_C", SC_TYPE_DURATION, SC_SLOT_TIMER_C }, 0 },
    { { "reorder", SC_TYPE_DURATION, SC_SLOT_REORDER }, 0 },
    { { "tolerance", SC_TYPE_RATIO, SC_SLOT_TOLERANCE }, 0 },
};

size_t sc_scope_bindings(enum sipcheck_scope scope, unsigned more, sc_binding *ret)
{
    size_t n = 0;
    for (unsigned i = 0; i < SC_NAME_COUNT; i++)
        if (names[i].scopes >> scope & 1 && (i != SC_NAME_NEXT || more & SC_BIND_NEXT))
            ret[n++] = (sc_binding){ names[i].name, SC_TYPE_OBSERVED, (uint16_t)i };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].scopes == 0 || others[i].scopes >> scope & 1) ret[n++] = others[i].binding;
    if (more & SC_BIND_MACHINE)
        ret[n++] = (sc_binding){ "machine", SC_TYPE_MACHINE, SC_SLOT_MACHINE };
    return n;
}
