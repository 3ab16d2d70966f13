/* SPDX-License-Identifier: MIT */
/* Which bytes a finding points at. */
#include "rules/program.h"

/* A slot that no program reads holds nothing. */
static bool lies_in(sipcheck_slice part, const sc_value *slot)
{
    if (slot->state != SC_VALUE || slot->record == NULL || !part.p) return false;
    const sipcheck_message *msg = ((const sc_observed *)slot->record)->message;
    uintptr_t begin = (uintptr_t)msg->bytes, at = (uintptr_t)part.p;
    return at >= begin && at - begin <= msg->length && part.n <= msg->length - (at - begin);
}

static bool lies_in_a_message(const sc_program *program, const sc_context *context,
                              sipcheck_slice part)
{
    for (size_t i = 0; i < context->slot_count && i < 64; i++)
        if (program->message_slots >> i & 1 && lies_in(part, &context->slots[i])) return true;
    return false;
}

/* The first element of what the field names. */
static sipcheck_slice first_bytes(const sc_program *program, const sc_mark *mark,
                                  const sc_context *context, sc_scratch *scratch)
{
    sc_loop *loop = &scratch->loops[0];
    sc_loop_begin(loop, &context->slots[mark->slot], program->paths + mark->path, mark->length,
                  false);
    while (sc_loop_next(loop, &scratch->budget))
        if (loop->element.state == SC_VALUE) return loop->element.raw;
    return (sipcheck_slice){ NULL, 0 };
}

sipcheck_slice sc_program_mark(const sc_program *program, const sc_context *context,
                               sc_scratch *scratch)
{
    sipcheck_slice found = { NULL, 0 };
    if (program->want == SC_WANT_TRUTH || program->want == SC_WANT_CONDITION) {
        found = scratch->broken;
    } else {
        const sc_value *v = sc_run(program, context, scratch);
        if (v->state == SC_VALUE) found = v->raw;
    }
    if (lies_in_a_message(program, context, found)) return found;
    scratch->budget = SC_BUDGET;
    for (size_t i = 0; i < program->mark_count; i++) {
        const sc_mark *mark = &program->marks[i];
        if (mark->slot >= context->slot_count || !(program->message_slots >> mark->slot & 1))
            continue;
        found = first_bytes(program, mark, context, scratch);
        if (lies_in_a_message(program, context, found)) return found;
    }
    return (sipcheck_slice){ NULL, 0 };
}
