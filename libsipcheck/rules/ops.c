/* SPDX-License-Identifier: MIT */
/* Logic, comparison, arithmetic. */
#include "rules/ops.h"

#include "text/slice.h"

#define MILLION 1000000

static sc_value unknown(enum sc_missing missing)
{
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = (uint8_t)missing };
}

/* The first of two operands in that state, or NULL. */
static inline const sc_value *in_state(enum sc_state state, const sc_value *a, const sc_value *b)
{
    if (a->state == state) return a;
    return b->state == state ? b : NULL;
}

/* The operand that keeps two from having a result; NULL: both are there. What was not sent stays so
 * whatever the unknown one is: absent goes first. */
static inline const sc_value *obstacle(const sc_value *a, const sc_value *b)
{
    if (a->state == SC_VALUE && b->state == SC_VALUE) return NULL;
    const sc_value *absent = in_state(SC_ABSENT_VALUE, a, b);
    return absent ? absent : in_state(SC_UNKNOWN_VALUE, a, b);
}

/* `and`: false decides; `or`: true does. An unknown operand may be what decides; an absent one is
 * not. */
static sc_value logic(const sc_value *a, const sc_value *b, bool decisive)
{
    if (a->state == SC_VALUE && a->truth == decisive) return sc_value_truth(decisive);
    if (b->state == SC_VALUE && b->truth == decisive) return sc_value_truth(decisive);
    const sc_value *unknown_one = in_state(SC_UNKNOWN_VALUE, a, b);
    if (unknown_one) return *unknown_one;
    const sc_value *absent = in_state(SC_ABSENT_VALUE, a, b);
    return absent ? *absent : sc_value_truth(!decisive);
}

sc_value sc_and(const sc_value *a, const sc_value *b)
{
    return logic(a, b, false);
}

sc_value sc_or(const sc_value *a, const sc_value *b)
{
    return logic(a, b, true);
}

/* Of two values that are there. SC_UNKNOWN: for want of budget. */
static enum sc_outcome equal(enum sc_compare compare, const sc_value *a, const sc_value *b,
                             uint32_t *budget)
{
    switch (compare) {
    case SC_COMPARE_NUMBER:
        return a->number == b->number;
    case SC_COMPARE_BOOL:
        return a->truth == b->truth;
    default:
        if (a->raw.n != b->raw.n) return SC_FALSE;
        if (!sc_charge(budget, a->raw.n / 64)) return SC_UNKNOWN;
        return compare == SC_COMPARE_TOKEN ? sc_slices_same_nocase(a->raw, b->raw)
                                           : sc_slices_same(a->raw, b->raw);
    }
}

sc_value sc_equal(enum sc_compare compare, const sc_value *a, const sc_value *b, uint32_t *budget)
{
    const sc_value *in_the_way = obstacle(a, b);
    if (in_the_way) return *in_the_way;
    enum sc_outcome outcome = equal(compare, a, b, budget);
    return outcome == SC_UNKNOWN ? unknown(SC_MISSING_BUDGET) : sc_value_truth(outcome);
}

/* Where it stays, so that nobody copies it. */
static void set_outcome(sc_value *v, enum sc_outcome outcome)
{
    if (outcome == SC_UNKNOWN)
        *v = (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = SC_MISSING_BUDGET };
    else
        *v = (sc_value){ .truth = outcome };
}

static enum sc_outcome in_numbers(const sc_value *item, unsigned count, int64_t number)
{
    for (unsigned k = 0; k < count; k++, item += 2)
        if (number >= item[0].number && number <= item[1].number) return SC_TRUE;
    return SC_FALSE;
}

static enum sc_outcome in_set(const sc_run_state *r, const sc_instruction *i, const sc_value *v)
{
    const sc_value *item = r->program->constants + i->c;
    if (i->a == SC_COMPARE_NUMBER) return in_numbers(item, i->b, v->number);
    for (unsigned k = 0; k < i->b; k++, item += 2) {
        enum sc_outcome outcome = equal((enum sc_compare)i->a, v, item, &r->scratch->budget);
        if (outcome != SC_FALSE) return outcome;
    }
    return SC_FALSE;
}

/* base ** exponent; false: it does not fit, or the exponent is negative. */
static bool power(int64_t base, int64_t exponent, int64_t *ret)
{
    int64_t result = 1;
    if (exponent < 0) return false;
    while (exponent > 0) {
        if (exponent & 1 && __builtin_mul_overflow(result, base, &result)) return false;
        exponent >>= 1;
        if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) return false;
    }
    *ret = result;
    return true;
}

static bool divisible(int64_t a, int64_t b)
{
    return b != 0 && !(a == INT64_MIN && b == -1);
}

/* a * b / 1000000 without losing what the product would not hold */
static bool multiply_ratio(int64_t a, int64_t b, int64_t *ret)
{
    int64_t whole, part;
    return !__builtin_mul_overflow(a / MILLION, b, &whole) &&
           !__builtin_mul_overflow(a % MILLION, b, &part) &&
           !__builtin_add_overflow(whole, part / MILLION, ret);
}

static bool divide_ratio(int64_t a, int64_t b, int64_t *ret)
{
    int64_t scaled;
    if (__builtin_mul_overflow(a, MILLION, &scaled) || !divisible(scaled, b)) return false;
    *ret = scaled / b;
    return true;
}

static bool calculate(enum sc_op op, int64_t a, int64_t b, int64_t *ret)
{
    switch (op) {
    case SC_OP_ADD:
        return !__builtin_add_overflow(a, b, ret);
    case SC_OP_SUBTRACT:
        return !__builtin_sub_overflow(a, b, ret);
    case SC_OP_MULTIPLY:
        return !__builtin_mul_overflow(a, b, ret);
    case SC_OP_MULTIPLY_RATIO:
        return multiply_ratio(a, b, ret);
    case SC_OP_DIVIDE:
        if (!divisible(a, b)) return false;
        *ret = a / b;
        return true;
    case SC_OP_DIVIDE_RATIO:
        return divide_ratio(a, b, ret);
    case SC_OP_MODULO:
        if (!divisible(a, b)) return false;
        *ret = a % b;
        return true;
    default:
        return power(a, b, ret);
    }
}

static sc_value arithmetic(enum sc_op op, const sc_value *a, const sc_value *b)
{
    const sc_value *in_the_way = obstacle(a, b);
    sc_value result = { .number = 0 };
    if (in_the_way) return *in_the_way;
    return calculate(op, a->number, b->number, &result.number) ? result
                                                               : unknown(SC_MISSING_NUMBER);
}

static enum sc_outcome negated(enum sc_outcome outcome)
{
    return outcome == SC_UNKNOWN ? outcome : !outcome;
}

/* Two values that are there. */
static enum sc_outcome compared(const sc_instruction *i, const sc_value *a, const sc_value *b,
                                uint32_t *budget)
{
    switch ((enum sc_op)i->op) {
    case SC_OP_EQUAL:
        return equal((enum sc_compare)i->a, a, b, budget);
    case SC_OP_UNEQUAL:
        return negated(equal((enum sc_compare)i->a, a, b, budget));
    case SC_OP_LESS:
        return a->number < b->number;
    case SC_OP_LESS_EQUAL:
        return a->number <= b->number;
    case SC_OP_GREATER:
        return a->number > b->number;
    default: /* SC_OP_GREATER_EQUAL */
        return a->number >= b->number;
    }
}

sc_value *sc_compare_op(const sc_run_state *r, const sc_instruction *i, sc_value *top)
{
    const sc_value *right = i->b ? r->program->constants + i->c : top--;
    /* a > b is b < a */
    bool turned = i->op == SC_OP_GREATER || i->op == SC_OP_GREATER_EQUAL;
    const sc_value *in_the_way = turned ? obstacle(right, top) : obstacle(top, right);
    if (in_the_way)
        sc_value_copy(top, in_the_way);
    else
        set_outcome(top, compared(i, top, right, &r->scratch->budget));
    return top;
}

static sc_value find_param(const sc_value *list, const sc_value *name, uint32_t *budget)
{
    const sc_value *in_the_way = obstacle(list, name);
    if (in_the_way) return *in_the_way;
    for (const sipcheck_param *p = list->record; p; p = p->next) {
        if (!sc_charge(budget, 1 + p->name.n / 64)) return unknown(SC_MISSING_BUDGET);
        if (sc_slices_same_nocase(p->name, name->raw))
            return (sc_value){ .raw = p->name, .record = p };
    }
    if (list->missing) return unknown((enum sc_missing)list->missing);
    return (sc_value){ .state = SC_ABSENT_VALUE };
}

/* The argument that keeps a call from having a result: as of two operands. */
static const sc_value *obstacle_in(const sc_value *arguments, unsigned count)
{
    const sc_value *found = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (arguments[i].state == SC_ABSENT_VALUE) return &arguments[i];
        if (arguments[i].state == SC_UNKNOWN_VALUE && found == NULL) found = &arguments[i];
    }
    return found;
}

static sc_value call(const sc_run_state *r, const sc_instruction *i, const sc_value *arguments)
{
    const sc_value *in_the_way = obstacle_in(arguments, i->flags);
    if (in_the_way) return *in_the_way;
    return sc_call((enum sc_function)i->b, i->a == SC_COMPARE_TOKEN, arguments, r->scratch);
}

sc_value *sc_plain_op(const sc_run_state *r, const sc_instruction *i, sc_value *top)
{
    enum sc_op op = (enum sc_op)i->op;
    uint32_t *budget = &r->scratch->budget;
    static const sc_value zero = { .number = 0 };
    sc_value result;
    switch (op) {
    case SC_OP_NOT:
        if (top->state == SC_VALUE) *top = (sc_value){ .truth = !top->truth };
        return top;
    case SC_OP_NEGATE:
        *top = arithmetic(SC_OP_SUBTRACT, &zero, top);
        return top;
    case SC_OP_SCALE:
        *top = arithmetic(SC_OP_MULTIPLY, top, &(sc_value){ .number = MILLION });
        return top;
    case SC_OP_IN_SET:
        if (top->state == SC_VALUE) set_outcome(top, in_set(r, i, top));
        return top;
    case SC_OP_CALL:
        top -= i->flags - 1;
        result = call(r, i, top);
        sc_value_copy(top, &result);
        return top;
    default:
        break;
    }
    top--;
    result =
        op == SC_OP_FIND_PARAM ? find_param(top, top + 1, budget) : arithmetic(op, top, top + 1);
    sc_value_copy(top, &result);
    return top;
}
