/* SPDX-License-Identifier: MIT */
/* Runs programs where only the facts of a message are known. */
#include "rules/foresee.h"

#include "rules/facts.h"
#include "rules/ops.h"

typedef struct vision {
    sc_run_state run;
    const sc_foresight *f;
    enum sc_owner elements[SC_LOOPS_MAX]; /* of each loop */
    bool filled[SC_LOOPS_MAX];            /* there is an element */
} vision;

static bool is_known(const sc_value *v)
{
    return v->state <= SC_UNKNOWN_VALUE;
}

static bool decides(const sc_value *v, bool decisive)
{
    return v->state == SC_VALUE && v->truth == decisive;
}

/* --- operators */

/* Two operands: what was not sent stays so whatever the other is. */
static sc_value joint(const sc_value *a, const sc_value *b)
{
    bool absent = a->state == SC_ABSENT_VALUE || b->state == SC_ABSENT_VALUE;
    return absent ? sc_value_in(SC_ABSENT_VALUE) : sc_anything();
}

static sc_value logic(const sc_instruction *i, sc_value *a, sc_value *b)
{
    bool decisive = i->op == SC_OP_OR;
    for (int k = 0; k < 2 && i->flags & SC_FLAG_CONDITION; k++) {
        sc_value *v = k ? b : a;
        if (v->state == SC_ABSENT_VALUE) *v = sc_value_truth(false);
    }
    if (decides(a, decisive) || decides(b, decisive)) return sc_value_truth(decisive);
    if (!is_known(a) || !is_known(b)) return sc_anything();
    return decisive ? sc_or(a, b) : sc_and(a, b);
}

static sc_value exists(const sc_value *v)
{
    if (v->state == SC_ANY) return sc_anything();
    return v->state == SC_UNKNOWN_VALUE ? *v : sc_value_truth(v->state != SC_ABSENT_VALUE);
}

static sc_value *compare(const vision *v, const sc_instruction *i, sc_value *top)
{
    const sc_value *right = i->b ? v->run.program->constants + i->c : top;
    sc_value *left = i->b ? top : top - 1;
    if (is_known(left) && is_known(right)) return sc_compare_op(&v->run, i, top);
    sc_value result = joint(left, right);
    *left = result.state == SC_ANY ? sc_hint_compare(v->f, (enum sc_op)i->op, left, right) : result;
    return left;
}

/* How many operands it takes. */
static int operands(const sc_instruction *i)
{
    if (i->op == SC_OP_CALL) return i->flags;
    bool one = i->op == SC_OP_NOT || i->op == SC_OP_NEGATE || i->op == SC_OP_SCALE ||
               i->op == SC_OP_IN_SET;
    return one ? 1 : 2;
}

static sc_value by_hint(const vision *v, const sc_instruction *i, const sc_value *first,
                        const sc_value *last)
{
    switch ((enum sc_op)i->op) {
    case SC_OP_IN_SET:
        return sc_hint_in_set(v->f, i, first, v->run.program->constants + i->c);
    case SC_OP_FIND_PARAM:
        return sc_foretell_param(v->f, first, last);
    case SC_OP_MODULO:
        return sc_hint_modulo(first, last);
    case SC_OP_CALL:
        return sc_hint_call((enum sc_function)i->b, first);
    default:
        return sc_anything();
    }
}

static sc_value *plain(const vision *v, const sc_instruction *i, sc_value *top)
{
    sc_value *first = top - (operands(i) - 1);
    bool known = true;
    for (const sc_value *operand = first; operand <= top; operand++)
        known = known && is_known(operand);
    if (known) return sc_plain_op(&v->run, i, top);
    sc_value result = joint(first, top);
    *first = result.state == SC_ANY ? by_hint(v, i, first, top) : result;
    return first;
}

/* --- lists */

/* What the operations of lists give where the list is empty; below: the value of `in`. */
static sc_value of_nothing(const sc_instruction *i, const sc_value *below)
{
    switch ((enum sc_op)i->op) {
    case SC_OP_LIST_EXISTS:
        return sc_value_truth(false);
    case SC_OP_LIST_COUNT:
        return sc_value_number(0);
    case SC_OP_LIST_DISTINCT:
        return sc_value_truth(true);
    case SC_OP_LOOP:
        return sc_value_truth(i->flags & SC_FLAG_ALL);
    case SC_OP_LIST_IN:
        return below->state == SC_VALUE || below->state == SC_THERE ? sc_value_truth(false)
                                                                    : *below;
    default: /* first, last */
        return sc_value_in(SC_ABSENT_VALUE);
    }
}

static const sc_field *const *path_of(const vision *v, const sc_instruction *i)
{
    return v->run.program->paths + i->c;
}

static sc_value list_of(const vision *v, const sc_instruction *i, const sc_value *base)
{
    if (base->state == SC_ABSENT_VALUE)
        return (sc_value){ .state = SC_THERE, .number = SC_LIST_EMPTY };
    return sc_foretell_list(v->f, base, i->flags & SC_FLAG_LIST, path_of(v, i), i->a);
}

static sc_value of_list(const vision *v, const sc_instruction *i, const sc_value *list,
                        const sc_value *below)
{
    bool first = i->op == SC_OP_LIST_FIRST;
    switch ((enum sc_op)i->op) {
    case SC_OP_LIST_EXISTS:
        return list->number & SC_LIST_FILLED ? sc_value_truth(true) : sc_anything();
    case SC_OP_LIST_COUNT:
        return list->number & SC_LIST_ONE && list->number & SC_LIST_FILLED ? sc_value_number(1)
                                                                           : sc_anything();
    case SC_OP_LIST_DISTINCT:
        return list->number & SC_LIST_DISTINCT ? sc_value_truth(true) : sc_anything();
    case SC_OP_LIST_IN:
        return sc_foretell_in(v->f, list, below);
    default:
        return sc_foretell_end(v->f, list, first, path_of(v, i), i->a);
    }
}

/* Of two lists side by side nothing is foreseen. */
static sc_value *pair_op(const sc_instruction *i, sc_value *top)
{
    if (i->op == SC_OP_LIST_PAIR) top--;
    *top = sc_anything();
    return top;
}

static sc_value *list_op(const vision *v, const sc_instruction *i, sc_value *top)
{
    if (i->op == SC_OP_LIST_HOLD || i->op == SC_OP_LIST_PAIR) return pair_op(i, top);
    sc_value list = list_of(v, i, top);
    if (i->op == SC_OP_LIST_IN) top--;
    if (list.state != SC_THERE)
        *top = sc_anything();
    else if (list.number & SC_LIST_EMPTY)
        *top = of_nothing(i, top);
    else
        *top = of_list(v, i, &list, top);
    return top;
}

/* Goes into the body where something is known of all elements; else its end is the next. */
static const sc_instruction *loop_start(vision *v, const sc_instruction *i, sc_value *top)
{
    sc_value list = list_of(v, i, top);
    bool empty = list.state == SC_THERE && list.number & SC_LIST_EMPTY;
    enum sc_owner elements = list.state == SC_THERE ? sc_owner_of(&list) : SC_OWNER_NONE;
    *top = empty ? of_nothing(i, top) : sc_anything();
    v->elements[i->b] = elements;
    v->filled[i->b] = list.state == SC_THERE && list.number & SC_LIST_FILLED;
    return empty || elements == SC_OWNER_NONE ? v->run.program->code + i[1].c - 1 : i;
}

/* A body that leaves the loop undecided for each element: to its end it is what it is over
 * nothing. One that decides it for each does so with the first. */
static sc_value loop_end(const vision *v, const sc_instruction *i, const sc_value *body)
{
    bool all = i->flags & SC_FLAG_ALL;
    if (v->filled[i->b] && decides(body, !all)) return sc_value_truth(!all);
    bool passes = body->state == SC_ABSENT_VALUE || decides(body, all);
    return passes ? sc_value_truth(all) : sc_anything();
}

/* --- paths */

static sc_value slot_path(const vision *v, const sc_instruction *i)
{
    return i->b == 0 ? sc_foretell(v->f, SC_OWNER_MESSAGE, path_of(v, i), i->a) : sc_anything();
}

static sc_value got(const vision *v, const sc_instruction *i, const sc_value *from)
{
    if (from->state == SC_ABSENT_VALUE) return *from;
    enum sc_owner owner = sc_owner_of(from);
    return owner != SC_OWNER_NONE ? sc_foretell(v->f, owner, path_of(v, i), i->a) : sc_anything();
}

static sc_value fact(const vision *v, const sc_instruction *i)
{
    if (i->a != 0) return sc_anything();
    return sc_foretell_fact(v->f, (enum sc_function)i->b, path_of(v, i)[0]);
}

/* --- */

static sc_value *other_step(const vision *v, const sc_instruction *i, sc_value *top)
{
    if (i->op >= SC_OP_EQUAL && i->op <= SC_OP_GREATER_EQUAL) return compare(v, i, top);
    return i->op >= SC_OP_LIST_EXISTS ? list_op(v, i, top) : plain(v, i, top);
}

/* Every operand is looked at: jumping over one only saves time. */
static sc_value *step(const vision *v, const sc_instruction *i, sc_value *top)
{
    switch ((enum sc_op)i->op) {
    case SC_OP_CONSTANT:
        *++top = v->run.program->constants[i->c];
        return top;
    case SC_OP_SLOT:
        *++top = slot_path(v, i);
        return top;
    case SC_OP_LOCAL:
        *++top = sc_foretell(v->f, v->elements[i->b], path_of(v, i), i->a);
        return top;
    case SC_OP_GET:
        *top = got(v, i, top);
        return top;
    case SC_OP_CONDITION:
        if (top->state == SC_ABSENT_VALUE) *top = sc_value_truth(false);
        return top;
    case SC_OP_AND:
    case SC_OP_OR:
        top--;
        *top = logic(i, top, top + 1);
        return top;
    case SC_OP_JUMP_FALSE:
    case SC_OP_JUMP_TRUE:
    case SC_OP_LOOP_NEXT:
        return top;
    case SC_OP_LOOP_STEP:
        top--;
        *top = loop_end(v, i, top + 1);
        return top;
    case SC_OP_EXISTS:
        *top = exists(top);
        return top;
    case SC_OP_HEADER_FACT:
        *top = sc_anything();
        return top;
    case SC_OP_SLOT_FACT:
        *++top = fact(v, i);
        return top;
    default:
        return other_step(v, i, top);
    }
}

unsigned sc_foresee(const sc_program *program, const sc_foresight *f, sc_scratch *scratch)
{
    vision v = { .run = { program, NULL, scratch }, .f = f };
    sc_value *top = scratch->stack;
    scratch->budget = SC_BUDGET;
    scratch->text_used = 0;
    for (const sc_instruction *i = program->code; i->op != SC_OP_END; i++) {
        if (i->op == SC_OP_LOOP)
            i = loop_start(&v, i, top);
        else
            top = step(&v, i, top);
    }
    if (top->state == SC_VALUE) return top->truth ? SC_TRUE : SC_FALSE;
    if (top->state == SC_ABSENT_VALUE) return SC_ABSENT;
    return top->state == SC_UNKNOWN_VALUE ? SC_UNKNOWN : SC_VARIES;
}
