/* SPDX-License-Identifier: MIT */
/* Runs programs. They jump backwards only in loops over lists, whose elements the budget counts, so
 * every run ends. The compiler saw to it that the stack suffices. */
#include "rules/ops.h"

static const sc_value nothing_bound = { .state = SC_UNKNOWN_VALUE, .missing = SC_MISSING_MESSAGE };

sc_value sc_value_observed(const sc_observed *observed)
{
    if (!observed) return (sc_value){ .state = SC_ABSENT_VALUE };
    return (sc_value){ .record = observed, .raw = observed->message->start_line };
}

sc_value sc_value_number(int64_t number)
{
    return (sc_value){ .number = number };
}

static sc_value unknown(unsigned missing)
{
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = (uint8_t)missing };
}

static bool is_false(const sc_value *v)
{
    return v->state == SC_VALUE && !v->truth;
}

static bool is_true(const sc_value *v)
{
    return v->state == SC_VALUE && v->truth;
}

static void absent_is_false(sc_value *v)
{
    if (v->state == SC_ABSENT_VALUE) *v = (sc_value){ .truth = false };
}

static bool jumps(const sc_run_state *r, const sc_instruction *i, sc_value *top)
{
    if (i->flags & SC_FLAG_CONDITION) absent_is_false(top);
    if (i->op == SC_OP_JUMP_FALSE) return is_false(top);
    if (is_true(top)) r->scratch->broken.p = NULL;
    return is_true(top);
}

/* The left operand did not decide; mostly it leaves it to the right one. */
static sc_value *join(const sc_run_state *r, const sc_instruction *i, sc_value *right)
{
    sc_value *left = right - 1;
    if (i->flags & SC_FLAG_CONDITION) absent_is_false(right);
    if (left->state == SC_VALUE)
        sc_value_copy(left, right);
    else
        *left = i->op == SC_OP_AND ? sc_and(left, right) : sc_or(left, right);
    if (i->op == SC_OP_OR && is_true(left)) r->scratch->broken.p = NULL;
    return left;
}

/* What any() and all() make of a body: absent is "not true" to one, "not false" to the other. */
static sc_value body_outcome(const sc_value *body, bool all)
{
    return body->state == SC_ABSENT_VALUE ? sc_value_truth(all) : *body;
}

static sc_value *loop_start(const sc_run_state *r, const sc_instruction *i, sc_value *top)
{
    sc_loop_begin(&r->scratch->loops[i->b], top, r->program->paths + i->c, i->a,
                  i->flags & SC_FLAG_LIST);
    *top = (sc_value){ .truth = (i->flags & SC_FLAG_ALL) != 0 };
    return top;
}

/* No more elements: what was not seen could still have decided. */
static void loop_exhausted(sc_value *outcome, const sc_loop *loop)
{
    if (loop->missing && outcome->state == SC_VALUE) *outcome = unknown(loop->missing);
}

/* Returns whether the loop is decided. */
static bool loop_step(const sc_run_state *r, const sc_instruction *i, sc_value *outcome,
                      const sc_value *body)
{
    bool all = i->flags & SC_FLAG_ALL;
    sc_value v = body_outcome(body, all);
    *outcome = all ? sc_and(outcome, &v) : sc_or(outcome, &v);
    if (all ? !is_false(outcome) : !is_true(outcome)) return false;
    sc_scratch *s = r->scratch;
    if (!all)
        s->broken.p = NULL;
    else if (!s->broken.p && i->flags & SC_FLAG_MARK)
        s->broken = s->loops[i->b].element.raw;
    return true;
}

/* Returns whether to jump. */
static bool loop_op(const sc_run_state *r, const sc_instruction *i, sc_value **top)
{
    sc_loop *loop = &r->scratch->loops[i->b];
    if (i->op == SC_OP_LOOP_STEP) {
        --*top;
        return !loop_step(r, i, *top, *top + 1);
    }
    if (i->op == SC_OP_LOOP_NEXT) {
        if (sc_loop_next(loop, &r->scratch->budget)) return false;
        loop_exhausted(*top, loop);
        return true;
    }
    *top = loop_start(r, i, *top);
    return false;
}

static void header_fact(const sc_run_state *r, const sc_instruction *i, const sc_value *of,
                        sc_value *top)
{
    if (of->state != SC_VALUE) {
        *top = *of;
        bool exists = i->b == SC_FUNCTION_EXISTS;
        if (of->state == SC_ABSENT_VALUE)
            *top = exists ? sc_value_truth(false) : sc_value_number(0);
        return;
    }
    const sc_field *header = r->program->paths[i->c];
    sc_getter *get = i->b == SC_FUNCTION_EXISTS  ? sc_header_exists
                     : i->b == SC_FUNCTION_COUNT ? sc_header_count
                                                 : sc_header_lines;
    *top = get(header, of->record);
}

static void exists(sc_value *top)
{
    if (top->state != SC_UNKNOWN_VALUE) *top = (sc_value){ .truth = top->state == SC_VALUE };
}

static const sc_value *slot(const sc_run_state *r, unsigned index)
{
    const sc_context *context = r->context;
    return index < context->slot_count ? &context->slots[index] : &nothing_bound;
}

static inline sc_value *fact_op(const sc_run_state *r, const sc_instruction *i, sc_value *top)
{
    bool of_slot = i->op == SC_OP_SLOT_FACT;
    const sc_value *of = of_slot ? slot(r, i->a) : top;
    top += of_slot;
    header_fact(r, i, of, top);
    return top;
}

static sc_value *push_path(const sc_run_state *r, const sc_instruction *i, const sc_value *from,
                           sc_value *top)
{
    top++;
    if (i->a == 0 || from->state != SC_VALUE) {
        sc_value_copy(top, from);
        return top;
    }
    const sc_field *const *path = r->program->paths + i->c;
    sc_value v = path[0]->get(path[0], from->record);
    for (unsigned k = 1; k < i->a && v.state == SC_VALUE; k++)
        v = path[k]->get(path[k], v.record);
    sc_value_copy(top, &v);
    return top;
}

static sc_value *other_op(const sc_run_state *r, const sc_instruction *i, sc_value *top)
{
    return i->op >= SC_OP_LIST_EXISTS ? sc_list_op(r, i, top) : sc_plain_op(r, i, top);
}

static void begin(sc_scratch *scratch)
{
    scratch->broken = (sipcheck_slice){ NULL, 0 };
    scratch->budget = SC_BUDGET;
    scratch->text_used = 0;
}

const sc_value *sc_run(const sc_program *program, const sc_context *context, sc_scratch *scratch)
{
    const sc_run_state r = { program, context, scratch };
    const sc_instruction *i = program->code;
    sc_value *top = scratch->stack; /* the last value; the first is never used */
    begin(scratch);
    for (;; i++) {
        switch ((enum sc_op)i->op) {
        case SC_OP_END:
            return top;
        case SC_OP_CONSTANT:
            *++top = program->constants[i->c];
            break;
        case SC_OP_SLOT:
            top = push_path(&r, i, slot(&r, i->b), top);
            break;
        case SC_OP_LOCAL:
            top = push_path(&r, i, &scratch->loops[i->b].element, top);
            break;
        case SC_OP_GET:
            sc_read_path(top, program->paths + i->c, i->a);
            break;
        case SC_OP_CONDITION:
            absent_is_false(top);
            break;
        case SC_OP_AND:
        case SC_OP_OR:
            top = join(&r, i, top);
            break;
        case SC_OP_JUMP_FALSE:
        case SC_OP_JUMP_TRUE:
            if (jumps(&r, i, top)) i = program->code + i->c - 1;
            break;
        case SC_OP_EQUAL:
        case SC_OP_UNEQUAL:
        case SC_OP_LESS:
        case SC_OP_LESS_EQUAL:
        case SC_OP_GREATER:
        case SC_OP_GREATER_EQUAL:
            top = sc_compare_op(&r, i, top);
            break;
        case SC_OP_EXISTS:
            exists(top);
            break;
        case SC_OP_HEADER_FACT:
        case SC_OP_SLOT_FACT:
            top = fact_op(&r, i, top);
            break;
        case SC_OP_LOOP:
        case SC_OP_LOOP_NEXT:
        case SC_OP_LOOP_STEP:
            if (loop_op(&r, i, &top)) i = program->code + i->c - 1;
            break;
        default:
            top = other_op(&r, i, top);
            break;
        }
    }
}

static sc_result ask(const sc_program *program, const sc_context *context, sc_scratch *scratch)
{
    const sc_value *v = sc_run(program, context, scratch);
    if (v->state == SC_UNKNOWN_VALUE) return (sc_result){ SC_UNKNOWN, (enum sc_missing)v->missing };
    if (v->state == SC_ABSENT_VALUE) return (sc_result){ SC_ABSENT, SC_MISSING_NOTHING };
    return (sc_result){ v->truth ? SC_TRUE : SC_FALSE, SC_MISSING_NOTHING };
}

/* What one message says is kept with it, for all events that it has a part in. */
static sc_answer *answer_of(const sc_program *program, const sc_context *context)
{
    if (!program->of_message) return &context->answers[program->answer];
    return &context->of_messages[__builtin_ctzll(program->slots)][program->answer];
}

static inline sc_result asked(const sc_program *program, const sc_context *context,
                              sc_scratch *scratch)
{
    if (!program->answer || !context->answers) return ask(program, context, scratch);
    sc_answer *answer = answer_of(program, context);
    if (!answer->outcome) {
        sc_result result = ask(program, context, scratch);
        *answer = (sc_answer){ (uint8_t)(result.outcome + 1), (uint8_t)result.missing };
    }
    return (sc_result){ (enum sc_outcome)(answer->outcome - 1), (enum sc_missing)answer->missing };
}

sc_result sc_program_ask(const sc_program *program, const sc_context *context, sc_scratch *scratch)
{
    return asked(program, context, scratch);
}

/* As `and` does: false decides, else the first that is unknown. */
sc_result sc_program_eval(const sc_program *program, const sc_context *context, sc_scratch *scratch)
{
    sc_result all = asked(program, context, scratch);
    while (all.outcome != SC_FALSE && (program = program->next) != NULL) {
        sc_result one = asked(program, context, scratch);
        if (one.outcome == SC_FALSE || all.outcome == SC_TRUE) all = one;
    }
    return all;
}
