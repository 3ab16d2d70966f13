/* SPDX-License-Identifier: MIT */
/* What follows of a message from the headers that it does not have, whatever else it says. Most
 * rules are about a header that most messages lack. */
#include "rules/compiler.h"

static uint64_t holds_without(const sc_compiler *c, const sc_node *node, bool wanted);

/* The bit of the header that a field is, or is a part of, or that says what a description is; 0: it
 * is neither. */
static uint64_t bit_of(const sc_compiler *c, const sc_node *node)
{
    bool path = node->kind == SC_N_PATH && node->root == SC_ROOT_SLOT && node->path_length > 0;
    if (!path) return 0;
    const sc_field *field = c->paths[node->path];
    if (field->type == SC_TYPE_SDP) return sc_header_bit(SIPCHECK_HEADER_CONTENT_TYPE);
    bool header = field->record == SC_TYPE_MESSAGE && field->header != SIPCHECK_HEADER_UNKNOWN;
    return header ? sc_header_bit(field->header) : 0;
}

static uint64_t call_holds(const sc_compiler *c, const sc_node *call, bool wanted)
{
    switch ((enum sc_function)call->op) {
    case SC_FUNCTION_EXISTS:
    case SC_FUNCTION_HAS_PARAM:
        return wanted ? 0 : bit_of(c, call->a);
    case SC_FUNCTION_DISTINCT:
        return wanted ? bit_of(c, call->a) : 0;
    default:
        return 0;
    }
}

/* lines(FIELD) == 0 and the like: what of 0 is as wanted. */
static uint64_t count_holds(const sc_compiler *c, const sc_node *test, bool wanted)
{
    const sc_node *call = test->a, *literal = test->b;
    bool counts =
        call->kind == SC_N_CALL && (call->op == SC_FUNCTION_LINES || call->op == SC_FUNCTION_COUNT);
    if (!counts || literal->kind != SC_N_LITERAL) return 0;
    return sc_relation_holds(test->op, 0, literal->number) == wanted ? bit_of(c, call->a) : 0;
}

/* "text" in FIELD: not in a list of nothing. */
static uint64_t in_holds(const sc_compiler *c, const sc_node *in, bool wanted)
{
    bool list = in->b->kind == SC_N_PATH && in->a->kind == SC_N_LITERAL;
    return list && wanted == (in->op != 0) ? bit_of(c, in->b) : 0;
}

/* One side that holds decides, or both sides have to hold. */
static uint64_t logic_holds(const sc_compiler *c, const sc_node *node, bool wanted)
{
    uint64_t a = holds_without(c, node->a, wanted), b = holds_without(c, node->b, wanted);
    if ((node->kind == SC_N_AND) == wanted) return a && b ? a | b : 0;
    return a ? a : b;
}

static uint64_t holds_without(const sc_compiler *c, const sc_node *node, bool wanted)
{
    switch ((enum sc_node_kind)node->kind) {
    case SC_N_NOT:
        return holds_without(c, node->a, !wanted);
    case SC_N_AND:
    case SC_N_OR:
        return logic_holds(c, node, wanted);
    case SC_N_CALL:
        return call_holds(c, node, wanted);
    case SC_N_EACH: /* over nothing all() is true, any() is false */
        return (node->op == SC_FLAG_ALL) == wanted ? bit_of(c, node->a) : 0;
    case SC_N_COMPARE:
        return count_holds(c, node, wanted);
    case SC_N_IN:
        return in_holds(c, node, wanted);
    default:
        return 0;
    }
}

sc_shortcuts sc_find_shortcuts(const sc_compiler *c, const sc_node *truth)
{
    return (sc_shortcuts){ holds_without(c, truth, true), holds_without(c, truth, false) };
}
