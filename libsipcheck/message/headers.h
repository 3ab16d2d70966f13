/* SPDX-License-Identifier: MIT */
#ifndef SC_MESSAGE_HEADERS_H
#define SC_MESSAGE_HEADERS_H

#include "grammar/grammar.h"

/* How the value of a known header is read. */
typedef struct sc_header_grammar {
    _Alignas(64) bool (*parse)(sc_cursor *c, sipcheck_value *out); /* a row is found by a shift */
    uint8_t separator; /* of a list; 0: a line is one value */
    bool may_be_empty; /* a list of nothing */
    uint8_t kind;      /* enum sipcheck_kind */
    uint16_t size;     /* of the structure that a value is, in steps of the arena */
    uint32_t room; /* at least that must be free, so that SC_VALUE_CLEARED bytes can be cleared */
    sc_production production;
} sc_header_grammar;

/* As much as all values have but a few. */
#define SC_VALUE_CLEARED 224

/* By id; nothing is there of UNKNOWN. */
extern const sc_header_grammar sc_header_grammars[SIPCHECK_HEADER_COUNT];

/* sipcheck_header_lookup of what is known to be a token; end: of the bytes that may be read. */
enum sipcheck_header_id sc_header_of(sipcheck_slice token, const uint8_t *end);

#endif
