/* SPDX-License-Identifier: MIT */
#ifndef SC_MESSAGE_HEADERS_H
#define SC_MESSAGE_HEADERS_H

#include "grammar/grammar.h"

/* How the value of a known header is read. */
typedef struct sc_header_grammar {
    bool (*parse)(sc_cursor *c, sipcheck_value *out);
    uint8_t separator; /* of a list; 0: a line is one value */
    bool may_be_empty; /* a list of nothing */
    uint8_t kind;      /* enum sipcheck_kind */
    sc_production production;
} sc_header_grammar;

/* id: of a header in headers.def, not UNKNOWN. */
const sc_header_grammar *sc_header_grammar_of(uint16_t id);

#endif
