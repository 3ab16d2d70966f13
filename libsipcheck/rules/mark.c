/* SPDX-License-Identifier: MIT */
/* Which bytes a finding points at. */
#include "rules/program.h"

/* A slot that no program reads holds nothing. */
static bool lies_in(sipcheck_slice part, const sipcheck_message *message)
{
    if (!part.p) return false;
    uintptr_t begin = (uintptr_t)message->bytes, at = (uintptr_t)part.p;
    return at >= begin && at - begin <= message->length && part.n <= message->length - (at - begin);
}

static const sipcheck_message *message_in(const sc_value *slot)
{
    return slot->state == SC_VALUE ? ((const sc_observed *)slot->record)->message : NULL;
}

/* only: NULL, or the message in which it has to lie */
static bool lies_well(const sc_program *program, const sc_context *context,
                      const sipcheck_message *only, sipcheck_slice part)
{
    if (only) return lies_in(part, only);
    for (size_t i = 0; i < context->slot_count && i < 64; i++) {
        if (!(program->message_slots >> i & 1)) continue;
        const sipcheck_message *message = message_in(&context->slots[i]);
        if (message && lies_in(part, message)) return true;
    }
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

static sipcheck_slice first_field(const sc_program *program, const sc_context *context,
                                  const sipcheck_message *only, sc_scratch *scratch)
{
    scratch->budget = SC_BUDGET;
    for (size_t i = 0; i < program->mark_count; i++) {
        const sc_mark *mark = &program->marks[i];
        if (mark->slot >= context->slot_count || !(program->message_slots >> mark->slot & 1))
            continue;
        sipcheck_slice found = first_bytes(program, mark, context, scratch);
        if (lies_well(program, context, only, found)) return found;
    }
    return (sipcheck_slice){ NULL, 0 };
}

bool sc_program_breaks_at_element(const sc_program *program)
{
    for (size_t i = 0; i < program->code_count; i++)
        if (program->code[i].flags & SC_FLAG_MARK) return true;
    return false;
}

sipcheck_slice sc_program_mark_in(const sc_program *program, const sc_context *context,
                                  const sipcheck_message *only, sc_scratch *scratch)
{
    sipcheck_slice found = { NULL, 0 };
    if (program->want == SC_WANT_TRUTH || program->want == SC_WANT_CONDITION) {
        found = scratch->broken;
    } else {
        const sc_value *v = sc_run(program, context, scratch);
        if (v->state == SC_VALUE) found = v->raw;
    }
    if (lies_well(program, context, only, found)) return found;
    return first_field(program, context, only, scratch);
}

sipcheck_slice sc_program_mark(const sc_program *program, const sc_context *context,
                               sc_scratch *scratch)
{
    return sc_program_mark_in(program, context, NULL, scratch);
}
