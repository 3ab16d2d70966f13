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

/* What facts.c leaves to facts_timers.c: reliable responses, UPDATEs, session timers. */
void sc_fill_reliable(const sc_sequence *s, const sc_dialog *d, sc_value *facts);
void sc_fill_timer(const sc_sequence *s, const sc_dialog *d, sc_value *facts);
void sc_fill_party(const sc_sequence *s, const sc_dialog *d, unsigned index, sc_value *facts);

#endif
