/* SPDX-License-Identifier: MIT */
/* Where faults go while a message is parsed. */
#ifndef SC_TEXT_FAULTS_H
#define SC_TEXT_FAULTS_H

#include <sipcheck/message.h>

#include "text/classmap.h"

/* A rule of a grammar, by the name its RFC gives it. */
typedef struct sc_production {
    const char *name;
    const char *section;
    uint16_t rfc;
} sc_production;

typedef struct sc_faults {
    sipcheck_arena *arena;
    const uint8_t *base, *end; /* the message */
    const sc_classmap *map;    /* of a part of it; NULL: none */
    const sipcheck_fault *first;
    size_t count;
    bool lost;                     /* there were more than SIPCHECK_FAULT_MAX */
    bool muted;                    /* the line is cut: what it lacks may have been there */
    bool no_memory;                /* parsing is to stop: see sc_arena_error */
    const sipcheck_header *header; /* the line that is parsed; NULL: none */
    uint8_t body, sdp_line;        /* and these three, in a body */
    uint16_t attribute;
} sc_faults;

/* Something else than `wanted` stands at `at`. A second fault at the same byte is dropped. */
void sc_fault_add(sc_faults *faults, const uint8_t *at, size_t length,
                  const sc_production *production, const char *wanted);

#endif
