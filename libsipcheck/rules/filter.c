/* SPDX-License-Identifier: MIT */
/* Expressions as filters on messages. */
#include "rules/expr.h"
#include "rules/memory.h"
#include "text/slice.h"

struct sipcheck_filter {
    sipcheck_allocator allocator;
    sc_program *program;
};

int sipcheck_filter_new(const sipcheck_allocator *allocator, const char *expression,
                        sipcheck_filter **ret, sipcheck_error *error)
{
    const sc_environment environment = { .bindings = sc_message_bindings, .binding_count = 1 };
    const sc_source source = {
        .text = sc_slice_of(expression), .file = "filter", .line = 1, .column = 1
    };
    sipcheck_filter *filter = sc_allocate(allocator, sizeof *filter);
    if (!filter) return SIPCHECK_NOMEM;
    *filter = (sipcheck_filter){ .program = NULL };
    if (allocator) filter->allocator = *allocator;
    int code = sc_expr_compile(allocator, &source, &environment, SC_WANT_CONDITION,
                               &filter->program, error);
    if (code == SIPCHECK_OK)
        *ret = filter;
    else
        sipcheck_filter_free(filter);
    return code;
}

void sipcheck_filter_free(sipcheck_filter *filter)
{
    if (!filter) return;
    sipcheck_allocator allocator = filter->allocator;
    sc_program_free(filter->program);
    sc_release(&allocator, filter);
}

bool sc_filter_match(const sipcheck_filter *filter, const sc_observed *observed,
                     sc_scratch *scratch)
{
    const sc_value slot = sc_value_observed(observed);
    const sc_context context = { .slots = &slot, .slot_count = 1 };
    return sc_program_eval(filter->program, &context, scratch).outcome == SC_TRUE;
}

bool sc_filter_reads_body(const sipcheck_filter *filter)
{
    return sc_program_reads_body(filter->program);
}
