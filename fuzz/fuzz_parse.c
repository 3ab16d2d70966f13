/* SPDX-License-Identifier: MIT */
/* Any bytes through the parser, whole, cut and as a stream. What it says must lie within the bytes
 * and be said again, also without SIMD. */
#include "hostile.h"
#include "same_message.h"

static void check_headers(const sipcheck_message *message)
{
    for (int id = 1; id < SIPCHECK_HEADER_COUNT; id++) {
        uint32_t count = 0;
        check_values(message, message->values[id], message->header_count);
        for (const sipcheck_value *value = message->values[id]; value; value = value->next)
            count++;
        demand(count == sipcheck_count(message, (enum sipcheck_header_id)id));
    }
    for (size_t i = 0; i < message->header_count; i++)
        within(message, message->headers[i].raw);
}

static void check_message(const sipcheck_message *message)
{
    size_t faults = check_faults(message, message->faults);
    demand(faults == message->fault_count && message->valid == (faults == 0));
    within(message, message->start_line);
    within(message, message->body);
    within(message, message->surplus);
    check_headers(message);
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
