/* SPDX-License-Identifier: MIT */
/* Checked trees to instructions: names, lists, functions. */
#include "rules/compiler.h"

/* What a finding may point at when nothing better is known. */
static void remember_mark(sc_compiler *c, const sc_node *path, unsigned length)
{
    if (path->root != SC_ROOT_SLOT || c->mark_count == SC_MARKS_MAX) return;
    c->marks[c->mark_count++] =
        (sc_mark){ .slot = path->index, .length = (uint8_t)length, .path = path->path };
}

/* The first of several members is `sip` of a message: that is the message itself, and not read. */
static unsigned is_itself(const sc_compiler *c, const sc_node *node, unsigned length)
{
    return length > 1 && c->paths[node->path]->get == sc_field_observed_sip;
}

static bool with_path(const sc_compiler *c, sc_instruction *i, const sc_node *node, unsigned length)
{
    if (!i) return false;
    unsigned skipped = is_itself(c, node, length);
    i->a = (uint8_t)(length - skipped);
    i->c = node->path + skipped;
    return true;
}

/* The value behind the first `length` members of a path. */
static bool emit_path_part(sc_compiler *c, const sc_node *node, unsigned length)
{
    sc_instruction *i;
    if (node->root == SC_ROOT_NODE) {
        if (!sc_emit(c, node->a)) return false;
        return length == 0 || with_path(c, sc_emit_op(c, node, SC_OP_GET, 0), node, length);
    }
    i = sc_emit_op(c, node, node->root == SC_ROOT_SLOT ? SC_OP_SLOT : SC_OP_LOCAL, 1);
    if (i) i->b = node->index;
    return with_path(c, i, node, length);
}

bool sc_emit_path(sc_compiler *c, const sc_node *node)
{
    remember_mark(c, node, node->path_length);
    return emit_path_part(c, node, node->path_length);
}

/* An operation on the elements of a list, or on one value as if it were a list of one. */
bool sc_emit_list(sc_compiler *c, const sc_node *list, enum sc_op op, unsigned flags)
{
    unsigned length = list->kind == SC_N_PATH ? list->path_length : 0;
    if (c->loops + 1 >= SC_LOOPS_MAX)
        return sc_fail_node(c, list, "more than %d loops inside each other", SC_LOOPS_MAX - 1);
    if (list->kind == SC_N_PATH) {
        remember_mark(c, list, length);
        if (!emit_path_part(c, list, 0)) return false;
    } else if (!sc_emit(c, list)) {
        return false;
    }
    sc_instruction *i = sc_emit_op(c, list, op, 0);
    if (!with_path(c, i, list, length)) return false;
    bool list_of_its_own = (list->type & SC_LIST) != 0;
    for (unsigned k = 0; k < length; k++)
        if (c->paths[list->path + k]->type & SC_LIST) list_of_its_own = false;
    i->b = (uint8_t)c->loops;
    i->flags = (uint8_t)(flags | (list_of_its_own ? SC_FLAG_LIST : 0u));
    return true;
}

bool sc_emit_in_list(sc_compiler *c, const sc_node *in)
{
    if (!sc_emit(c, in->a)) return false;
    unsigned compare = (unsigned)in->compare << SC_FLAG_COMPARE_SHIFT;
    if (!sc_emit_list(c, in->b, SC_OP_LIST_IN, compare)) return false;
    c->stack--;
    return true;
}

bool sc_emit_each(sc_compiler *c, const sc_node *each)
{
    unsigned flags = each->op | (c->under_not ? 0u : SC_FLAG_MARK);
    if (!sc_emit_list(c, each->a, SC_OP_LOOP, flags)) return false;
    size_t top = c->code_count;
    sc_instruction *next = sc_emit_op(c, each, SC_OP_LOOP_NEXT, 0);
    if (!next) return false;
    next->b = (uint8_t)c->loops++;
    bool ok = sc_emit(c, each->b);
    c->loops--;
    sc_instruction *step = ok ? sc_emit_op(c, each, SC_OP_LOOP_STEP, -1) : NULL;
    if (!step) return false;
    step->b = (uint8_t)c->loops;
    step->flags = (uint8_t)flags;
    step->c = (uint32_t)top;
    next->c = (uint32_t)c->code_count;
    return true;
}

/* sip.Via at the end of a path: its record knows more of it than its values do. */
static const sc_field *header_at_end(const sc_compiler *c, const sc_node *node)
{
    if (node->kind != SC_N_PATH || node->path_length == 0) return NULL;
    const sc_field *last = c->paths[node->path + node->path_length - 1];
    return last->header != SIPCHECK_HEADER_UNKNOWN ? last : NULL;
}

static bool emit_header_fact(sc_compiler *c, const sc_node *node, enum sc_function function)
{
    unsigned last = node->path_length - 1u;
    bool of_slot = node->root == SC_ROOT_SLOT && last == is_itself(c, node, node->path_length);
    remember_mark(c, node, node->path_length);
    if (!of_slot && !emit_path_part(c, node, last)) return false;
    sc_instruction *i = of_slot ? sc_emit_op(c, node, SC_OP_SLOT_FACT, 1)
                                : sc_emit_op(c, node, SC_OP_HEADER_FACT, 0);
    if (!i) return false;
    i->a = node->index;
    i->b = (uint8_t)function;
    i->c = node->path + last;
    return true;
}

static bool emit_exists(sc_compiler *c, const sc_node *field)
{
    if (header_at_end(c, field)) return emit_header_fact(c, field, SC_FUNCTION_EXISTS);
    if (field->type & SC_LIST) return sc_emit_list(c, field, SC_OP_LIST_EXISTS, 0);
    return sc_emit(c, field) && sc_emit_op(c, field, SC_OP_EXISTS, 0);
}

/* The argument of has_param() and param() is the list itself; a finding points at what has it. */
static bool emit_find_param(sc_compiler *c, const sc_node *call)
{
    const sc_node *list = call->a;
    remember_mark(c, list, list->path_length - 1u);
    return emit_path_part(c, list, list->path_length) && sc_emit(c, list->next) &&
           sc_emit_op(c, call, SC_OP_FIND_PARAM, -1);
}

static bool emit_param_value(sc_compiler *c, const sc_node *call)
{
    static const sipcheck_slice value = { (const uint8_t *)"value", 5 };
    if (!emit_find_param(c, call)) return false;
    if (c->path_count == SC_PATHS_MAX) return sc_fail_node(c, call, "there are too many names");
    sc_instruction *i = sc_emit_op(c, call, SC_OP_GET, 0);
    if (!i) return false;
    i->a = 1;
    i->c = (uint32_t)c->path_count;
    c->paths[c->path_count++] = sc_field_find(SC_TYPE_PARAM, value);
    return true;
}

static bool emit_distinct(sc_compiler *c, const sc_node *list)
{
    sc_type element = list->type & (sc_type)~SC_LIST;
    enum sc_compare compare = element == SC_TYPE_TOKEN    ? SC_COMPARE_TOKEN
                              : element == SC_TYPE_STRING ? SC_COMPARE_STRING
                              : element == SC_TYPE_BOOL   ? SC_COMPARE_BOOL
                                                          : SC_COMPARE_NUMBER;
    unsigned mark = c->under_not ? 0u : SC_FLAG_MARK;
    return sc_emit_list(c, list, SC_OP_LIST_DISTINCT,
                        (unsigned)compare << SC_FLAG_COMPARE_SHIFT | mark);
}

static enum sc_compare pair_compare(const sc_node *call)
{
    sc_type a = call->a->type & (sc_type)~SC_LIST, b = call->a->next->type & (sc_type)~SC_LIST;
    if (a == SC_TYPE_URI) return SC_COMPARE_URI;
    if (a == SC_TYPE_VIA) return SC_COMPARE_VIA;
    return a == SC_TYPE_TOKEN || b == SC_TYPE_TOKEN ? SC_COMPARE_TOKEN : SC_COMPARE_STRING;
}

/* Two lists: the first waits in its loop while the second is looked for. */
static bool emit_pair_of_lists(sc_compiler *c, const sc_node *call, bool end)
{
    unsigned flags = (unsigned)pair_compare(call) << SC_FLAG_COMPARE_SHIFT |
                     (end ? SC_FLAG_ALL : 0u) | (c->under_not ? 0u : SC_FLAG_MARK);
    if (!sc_emit_list(c, call->a, SC_OP_LIST_HOLD, 0)) return false;
    c->loops++;
    bool ok = sc_emit_list(c, call->a->next, SC_OP_LIST_PAIR, flags);
    c->loops--;
    c->stack--;
    return ok;
}

/* A function of plain values. */
static bool emit_plain_call(sc_compiler *c, const sc_node *call)
{
    unsigned arguments = 0;
    bool token = false;
    for (const sc_node *argument = call->a; argument; argument = argument->next, arguments++) {
        if (!sc_emit(c, argument)) return false;
        token = token || argument->type == SC_TYPE_TOKEN;
    }
    sc_instruction *i = sc_emit_op(c, call, SC_OP_CALL, 1 - (int)arguments);
    if (!i) return false;
    i->b = call->op;
    i->a = token ? SC_COMPARE_TOKEN : SC_COMPARE_STRING;
    i->flags = (uint8_t)arguments;
    return true;
}

bool sc_emit_call(sc_compiler *c, const sc_node *call)
{
    switch ((enum sc_function)call->op) {
    case SC_FUNCTION_EXISTS:
        return emit_exists(c, call->a);
    case SC_FUNCTION_COUNT:
        if (header_at_end(c, call->a)) return emit_header_fact(c, call->a, SC_FUNCTION_COUNT);
        return sc_emit_list(c, call->a, SC_OP_LIST_COUNT, 0);
    case SC_FUNCTION_LINES:
        return emit_header_fact(c, call->a, SC_FUNCTION_LINES);
    case SC_FUNCTION_FIRST:
        return sc_emit_list(c, call->a, SC_OP_LIST_FIRST, 0);
    case SC_FUNCTION_LAST:
        return sc_emit_list(c, call->a, SC_OP_LIST_LAST, 0);
    case SC_FUNCTION_DISTINCT:
        return emit_distinct(c, call->a);
    case SC_FUNCTION_LIST_EQUAL:
    case SC_FUNCTION_URI_LIST_EQUAL:
    case SC_FUNCTION_VIA_LIST_EQUAL:
        return emit_pair_of_lists(c, call, false);
    case SC_FUNCTION_LIST_ENDS_WITH:
    case SC_FUNCTION_URI_LIST_ENDS_WITH:
    case SC_FUNCTION_VIA_LIST_ENDS_WITH:
        return emit_pair_of_lists(c, call, true);
    case SC_FUNCTION_HAS_PARAM:
        return emit_find_param(c, call) && sc_emit_op(c, call, SC_OP_EXISTS, 0);
    case SC_FUNCTION_PARAM:
        return emit_param_value(c, call);
    default:
        return emit_plain_call(c, call);
    }
}
