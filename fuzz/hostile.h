/* SPDX-License-Identifier: MIT */
/* What the targets of parsers demand of what these say: it lies within the bytes. */
#ifndef FUZZ_HOSTILE_H
#define FUZZ_HOSTILE_H

#include <stdlib.h>

#include <sipcheck/message.h>

static inline void demand(bool condition)
{
    if (!condition) abort();
}

static inline void within(const sipcheck_message *message, sipcheck_slice slice)
{
    if (!slice.p) return;
    demand(slice.p >= message->bytes && slice.p + slice.n <= message->bytes + message->length);
}

/* Sorted, within the bytes, complete; returns how many there are. */
static inline size_t check_faults(const sipcheck_message *message, const sipcheck_fault *fault)
{
    uint32_t before = 0;
    size_t faults = 0;
    for (; fault; fault = fault->next, faults++) {
        demand(fault->offset >= before && fault->offset <= message->length);
        demand(fault->length <= message->length - fault->offset);
        demand(fault->wanted && fault->production && fault->section && fault->rfc);
        before = fault->offset;
    }
    demand(faults <= SIPCHECK_FAULT_MAX);
    return faults;
}

static inline void check_values(const sipcheck_message *message, const sipcheck_value *value,
                                size_t lines)
{
    for (; value; value = value->next) {
        within(message, value->raw);
        demand(value->line < lines);
    }
}

#endif
