/* SPDX-License-Identifier: MIT */
/* Any bytes through the parser, whole, cut and as a stream. What it says must lie within the bytes
 * and be said again, also without SIMD. */
#include <stdlib.h>

#include "same_message.h"

static void demand(bool condition)
{
    if (!condition) abort();
}

static void within(const sipcheck_message *message, sipcheck_slice slice)
{
    if (!slice.p) return;
    demand(slice.p >= message->bytes && slice.p + slice.n <= message->bytes + message->length);
}

static void check_values(const sipcheck_message *message)
{
    for (int id = 1; id < SIPCHECK_HEADER_COUNT; id++) {
        uint32_t count = 0;
        for (const sipcheck_value *value = message->values[id]; value;
             value = value->next, count++) {
            within(message, value->raw);
            demand(value->line < message->header_count);
        }
        demand(count == message->value_count[id]);
    }
}

static void check_message(const sipcheck_message *message)
{
    uint32_t before = 0;
    size_t faults = 0;
    for (const sipcheck_fault *fault = message->faults; fault; fault = fault->next, faults++) {
        demand(fault->offset >= before && fault->offset <= message->length);
        demand(fault->length <= message->length - fault->offset);
        demand(fault->wanted && fault->production && fault->section && fault->rfc);
        before = fault->offset;
    }
    demand(faults == message->fault_count && message->valid == (faults == 0));
    within(message, message->start_line);
    within(message, message->body);
    within(message, message->surplus);
    for (size_t i = 0; i < message->header_count; i++)
        within(message, message->headers[i].raw);
    check_values(message);
}

static void check_scalar(const sipcheck_message *message, unsigned flags)
{
    const sipcheck_message *scalar = NULL;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    if (arena &&
        !sipcheck_parse(arena, message->bytes, message->length, flags | SIPCHECK_SCALAR, &scalar))
        demand(same_message(message, scalar));
    sipcheck_arena_free(arena);
}

static size_t parse(sipcheck_arena *arena, const uint8_t *data, size_t size, unsigned flags)
{
    const sipcheck_message *message = NULL;
    sipcheck_arena_reset(arena);
    if (sipcheck_parse(arena, data, size, flags, &message)) return 0;
    check_message(message);
    check_scalar(message, flags);
    return message->fault_count;
}

static void frame(const uint8_t *data, size_t size, bool end)
{
    while (size) {
        sipcheck_frame next = sipcheck_frame_next(data, size, end);
        demand(next.length <= size);
        if (next.kind == SIPCHECK_FRAME_MORE) return;
        demand(next.length > 0);
        data += next.length;
        size -= next.length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing[1];
    if (!size) data = nothing;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    size_t first = parse(arena, data, size, 0);
    demand(parse(arena, data, size, 0) == first);
    parse(arena, data, size, SIPCHECK_STREAM);
    parse(arena, data, size, SIPCHECK_CUT);
    parse(arena, data, size, SIPCHECK_CUT | SIPCHECK_STREAM);
    sipcheck_arena_free(arena);
    (void)sipcheck_looks_like_sip(data, size);
    frame(data, size, false);
    frame(data, size, true);
    return 0;
}
