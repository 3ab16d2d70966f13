/* SPDX-License-Identifier: MIT */
/* What vm.c's instructions do, where they do more than move a value. */
#ifndef SC_OPS_H
#define SC_OPS_H

#include "rules/program.h"

typedef struct sc_run_state {
    const sc_program *program;
    const sc_context *context;
    sc_scratch *scratch;
} sc_run_state;

/* All take the stack's top and return the new one. */
sc_value *sc_compare_op(const sc_run_state *r, const sc_instruction *i, sc_value *top);
sc_value *sc_plain_op(const sc_run_state *r, const sc_instruction *i, sc_value *top);
sc_value *sc_list_op(const sc_run_state *r, const sc_instruction *i, sc_value *top);

sc_value sc_and(const sc_value *a, const sc_value *b);
sc_value sc_or(const sc_value *a, const sc_value *b);
sc_value sc_equal(enum sc_compare compare, const sc_value *a, const sc_value *b, uint32_t *budget);

#endif
