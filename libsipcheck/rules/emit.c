/* SPDX-License-Identifier: MIT */
/* Checked trees to instructions: constants, operators, logic. */
#include "rules/compiler.h"

sc_instruction *sc_emit_op(sc_compiler *c, const sc_node *node, enum sc_op op, int pushes)
{
    c->stack = (unsigned)((int)c->stack + pushes);
    if (c->stack >= SC_STACK_MAX || c->code_count == SC_CODE_MAX) {
        sc_fail_node(c, node, "this expression is too large");
        return NULL;
    }
    sc_instruction *i = &c->code[c->code_count++];
    *i = (sc_instruction){ .op = (uint8_t)op };
    return i;
}

static bool emit_constant(sc_compiler *c, const sc_node *node, uint32_t *ret_index)
{
    if (c->constant_count == SC_CONSTANTS_MAX)
        return sc_fail_node(c, node, "there are too many constants in this expression");
    sc_value v = sc_value_number(0);
    if (node->type == SC_TYPE_BOOL)
        v.truth = node->number != 0;
    else if (sc_is_number(node->type))
        v.number = node->number;
    else
        v.raw = node->text;
    *ret_index = (uint32_t)c->constant_count;
    c->constants[c->constant_count++] = v;
    return true;
}

static bool emit_literal(sc_compiler *c, const sc_node *node)
{
    uint32_t index = 0;
    if (!emit_constant(c, node, &index)) return false;
    sc_instruction *i = sc_emit_op(c, node, SC_OP_CONSTANT, 1);
    if (i) i->c = index;
    return i != NULL;
}

/* A literal at the right is not pushed. */
static bool emit_comparison(sc_compiler *c, const sc_node *node)
{
    static const enum sc_op ops[] = {
        [SC_T_EQUAL] = SC_OP_EQUAL,     [SC_T_UNEQUAL] = SC_OP_UNEQUAL,
        [SC_T_LESS] = SC_OP_LESS,       [SC_T_LESS_EQUAL] = SC_OP_LESS_EQUAL,
        [SC_T_GREATER] = SC_OP_GREATER, [SC_T_GREATER_EQUAL] = SC_OP_GREATER_EQUAL,
    };
    bool literal = node->b->kind == SC_N_LITERAL;
    uint32_t index = 0;
    if (!sc_emit(c, node->a)) return false;
    if (literal ? !emit_constant(c, node->b, &index) : !sc_emit(c, node->b)) return false;
    sc_instruction *i = sc_emit_op(c, node, ops[node->op], literal ? 0 : -1);
    if (!i) return false;
    i->a = node->compare;
    i->b = literal;
    i->c = index;
    return true;
}

/* Products and quotients with a ratio are scaled back from its millionths. */
static enum sc_op arithmetic_op(const sc_node *node)
{
    bool ratio = node->b->type == SC_TYPE_RATIO || node->a->type == SC_TYPE_RATIO;
    switch (node->op) {
    case SC_T_PLUS:
        return SC_OP_ADD;
    case SC_T_MINUS:
        return SC_OP_SUBTRACT;
    case SC_T_TIMES:
        return ratio ? SC_OP_MULTIPLY_RATIO : SC_OP_MULTIPLY;
    case SC_T_DIVIDE:
        return ratio ? SC_OP_DIVIDE_RATIO : SC_OP_DIVIDE;
    case SC_T_MODULO:
        return SC_OP_MODULO;
    default:
        return SC_OP_POWER;
    }
}

static bool emit_pair(sc_compiler *c, const sc_node *node, enum sc_op op)
{
    return sc_emit(c, node->a) && sc_emit(c, node->b) && sc_emit_op(c, node, op, -1);
}

static bool emit_one(sc_compiler *c, const sc_node *node, enum sc_op op)
{
    bool outer = c->under_not;
    if (op == SC_OP_NOT) c->under_not = true;
    bool ok = sc_emit(c, node->a) && sc_emit_op(c, node, op, 0);
    c->under_not = outer;
    return ok;
}

/* a; done when it decides; b; both. condition: an absent operand counts as false. */
static bool emit_logic(sc_compiler *c, const sc_node *node, bool condition);

static bool emit_operand(sc_compiler *c, const sc_node *node, bool condition)
{
    if (node->kind == SC_N_AND || node->kind == SC_N_OR) return emit_logic(c, node, condition);
    return sc_emit(c, node);
}

static sc_instruction *emit_joint(sc_compiler *c, const sc_node *node, enum sc_op op, int pushes,
                                  bool condition)
{
    sc_instruction *i = sc_emit_op(c, node, op, pushes);
    if (i && condition) i->flags = SC_FLAG_CONDITION;
    return i;
}

static bool emit_logic(sc_compiler *c, const sc_node *node, bool condition)
{
    bool both = node->kind == SC_N_AND;
    if (!emit_operand(c, node->a, condition)) return false;
    sc_instruction *jump =
        emit_joint(c, node, both ? SC_OP_JUMP_FALSE : SC_OP_JUMP_TRUE, 0, condition);
    if (!jump || !emit_operand(c, node->b, condition)) return false;
    if (!emit_joint(c, node, both ? SC_OP_AND : SC_OP_OR, -1, condition)) return false;
    jump->c = (uint32_t)c->code_count;
    return true;
}

static bool emit_set_items(sc_compiler *c, const sc_node *set, uint32_t *ret_first, unsigned *ret_n)
{
    *ret_first = (uint32_t)c->constant_count;
    *ret_n = 0;
    for (const sc_node *item = set->a; item; item = item->next, ++*ret_n) {
        bool range = item->kind == SC_N_RANGE;
        uint32_t ignored;
        if (!emit_constant(c, range ? item->a : item, &ignored)) return false;
        if (!emit_constant(c, range ? item->b : item, &ignored)) return false;
    }
    return *ret_n <= UINT8_MAX || sc_fail_node(c, set, "more than %d items in a set", UINT8_MAX);
}

static bool emit_in_set(sc_compiler *c, const sc_node *in)
{
    uint32_t first = 0;
    unsigned n = 0;
    if (!sc_emit(c, in->a) || !emit_set_items(c, in->b, &first, &n)) return false;
    sc_instruction *i = sc_emit_op(c, in, SC_OP_IN_SET, 0);
    if (!i) return false;
    i->a = in->compare;
    i->b = (uint8_t)n;
    i->c = first;
    return true;
}

static bool emit_in(sc_compiler *c, const sc_node *in)
{
    bool ok = in->b->kind == SC_N_SET ? emit_in_set(c, in) : sc_emit_in_list(c, in);
    return ok && (!in->op || sc_emit_op(c, in, SC_OP_NOT, 0));
}

bool sc_emit(sc_compiler *c, const sc_node *node)
{
    switch ((enum sc_node_kind)node->kind) {
    case SC_N_LITERAL:
        return emit_literal(c, node);
    case SC_N_PATH:
        return sc_emit_path(c, node);
    case SC_N_CALL:
        return sc_emit_call(c, node);
    case SC_N_EACH:
        return sc_emit_each(c, node);
    case SC_N_NOT:
        return emit_one(c, node, SC_OP_NOT);
    case SC_N_NEGATE:
        return emit_one(c, node, SC_OP_NEGATE);
    case SC_N_SCALE:
        return emit_one(c, node, SC_OP_SCALE);
    case SC_N_AND:
    case SC_N_OR:
        return emit_logic(c, node, false);
    case SC_N_COMPARE:
        return emit_comparison(c, node);
    case SC_N_ARITHMETIC:
        return emit_pair(c, node, arithmetic_op(node));
    case SC_N_IN:
        return emit_in(c, node);
    default:
        return sc_fail_node(c, node, "this can't stand here");
    }
}

/* What a jump's value does at its target: pass a condition, jump on, or not jump. Following it now
 * makes of the steps down a chain of `and` one. */
static uint32_t final_target(const sc_compiler *c, const sc_instruction *jump)
{
    uint32_t to = jump->c;
    for (;;) {
        const sc_instruction *i = &c->code[to];
        bool jumps = i->op == SC_OP_JUMP_FALSE || i->op == SC_OP_JUMP_TRUE;
        if (i->op == jump->op)
            to = i->c;
        else if (jumps || i->op == SC_OP_CONDITION)
            to++;
        else
            return to;
    }
}

static void thread_jumps(sc_compiler *c)
{
    for (size_t k = c->code_count; k-- > 0;) {
        sc_instruction *i = &c->code[k];
        if (i->op == SC_OP_JUMP_FALSE || i->op == SC_OP_JUMP_TRUE) i->c = final_target(c, i);
    }
}

bool sc_emit_program(sc_compiler *c, const sc_node *node, enum sc_want want)
{
    bool ok;
    if (want == SC_WANT_CONDITION)
        ok = emit_operand(c, node, true) && sc_emit_op(c, node, SC_OP_CONDITION, 0);
    else if (node->type & SC_LIST)
        ok = sc_emit_list(c, node, SC_OP_LIST_FIRST, 0);
    else
        ok = sc_emit(c, node);
    if (!ok || !sc_emit_op(c, node, SC_OP_END, 0)) return false;
    thread_jumps(c);
    return true;
}
