/* SPDX-License-Identifier: MIT */
/* Questions about whole lists. An element whose value is unknown counts as one that could be
 * anything; what may stand behind the known elements likewise. */
#include "rules/ops.h"
#include "text/slice.h"

static sc_value unknown(unsigned missing)
{
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = (uint8_t)missing };
}

/* Where it stays, so that nobody copies it. */
static void set_truth(sc_value *v, bool value)
{
    *v = (sc_value){ .truth = value };
}

static void set_unknown(sc_value *v, unsigned missing)
{
    *v = (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = (uint8_t)missing };
}

static void list_exists(sc_loop *loop, uint32_t *budget, sc_value *ret)
{
    bool found = false;
    unsigned missing = 0;
    while (!found && sc_loop_next(loop, budget)) {
        found = loop->element.state == SC_VALUE;
        missing = loop->element.missing;
    }
    if (!missing) missing = loop->missing;
    if (found || !missing)
        set_truth(ret, found);
    else
        set_unknown(ret, missing);
}

static void list_count(sc_loop *loop, uint32_t *budget, sc_value *ret)
{
    int64_t n = 0;
    for (; sc_loop_next(loop, budget); n++) {
        if (loop->element.state == SC_VALUE) continue;
        set_unknown(ret, loop->element.missing);
        return;
    }
    if (loop->missing)
        set_unknown(ret, loop->missing);
    else
        *ret = (sc_value){ .number = n };
}

static void list_first(sc_loop *loop, uint32_t *budget, sc_value *ret)
{
    bool found = sc_loop_next(loop, budget);
    unsigned missing = sc_loop_missing_before(loop);
    if (missing)
        set_unknown(ret, missing);
    else if (found)
        sc_value_copy(ret, &loop->element);
    else
        *ret = (sc_value){ .state = SC_ABSENT_VALUE };
}

/* The first value of a header, where nothing is missing in front: no loop is needed. */
static bool first_at_once(const sc_run_state *r, const sc_instruction *i, sc_value *top)
{
    const sc_field *header = r->program->paths[i->c];
    if (i->a != 1 || header->header == SIPCHECK_HEADER_UNKNOWN || !(header->type & SC_LIST) ||
        top->state != SC_VALUE)
        return false;
    sc_value list = header->get(header, top->record);
    const sipcheck_value *first = list.record;
    if (list.state != SC_VALUE || list.missing || !first || !sc_charge(&r->scratch->budget, 1))
        return false;
    *top = (sc_value){ .raw = first->raw, .record = first };
    return true;
}

/* The last line of the message, where none is missing behind it. */
static bool last_at_once(const sc_run_state *r, const sc_instruction *i, sc_value *top)
{
    const sc_field *field = r->program->paths[i->c];
    if (i->a != 1 || field->get != sc_field_headers || top->state != SC_VALUE) return false;
    sc_value list = field->get(field, top->record);
    if (list.missing || list.raw.n == 0 || !sc_charge(&r->scratch->budget, 1)) return false;
    const sipcheck_header *last = (const sipcheck_header *)list.record + list.raw.n - 1;
    *top = (sc_value){ .raw = last->raw, .record = last };
    return true;
}

static sc_value list_last(sc_loop *loop, uint32_t *budget)
{
    sc_value last = { .state = SC_ABSENT_VALUE };
    while (sc_loop_next(loop, budget))
        last = loop->element;
    return loop->missing ? unknown(loop->missing) : last;
}

/* A text among the tokens of a header, where all of them could be read: Allow, Supported ... */
static bool in_tokens(const sc_loop *loop, enum sc_compare compare, const sc_value *v,
                      uint32_t *budget, sc_value *ret)
{
    if (!loop->plain || loop->plain_missing || loop->path_length != 2 ||
        loop->path[1]->get != sc_field_token_token || v->state != SC_VALUE)
        return false;
    bool found = false;
    for (const sipcheck_value *value = loop->next; value && !found; value = value->next) {
        sipcheck_slice token = ((const sipcheck_token *)value)->token;
        if (!token.p || !sc_charge(budget, 1 + token.n / 64)) return false;
        found = token.n == v->raw.n &&
                (compare == SC_COMPARE_TOKEN ? sc_slices_same_nocase(token, v->raw)
                                             : sc_slices_same(token, v->raw));
    }
    set_truth(ret, found);
    return true;
}

/* Is v equal to one of the first `limit` elements? */
static sc_value list_in(sc_loop *loop, enum sc_compare compare, const sc_value *v, size_t limit,
                        uint32_t *budget)
{
    sc_value outcome = { .truth = false };
    if (v->state != SC_VALUE) return *v;
    for (size_t n = 0; n < limit; n++) {
        if (!sc_loop_next(loop, budget)) {
            if (loop->missing && outcome.state == SC_VALUE) outcome = unknown(loop->missing);
            break;
        }
        bool text = compare == SC_COMPARE_STRING || compare == SC_COMPARE_TOKEN;
        if (text && loop->element.state == SC_VALUE && loop->element.raw.n != v->raw.n) continue;
        sc_value equal = sc_equal(compare, v, &loop->element, budget);
        outcome = sc_or(&outcome, &equal);
        if (outcome.state == SC_VALUE && outcome.truth) break;
    }
    return outcome;
}

/* Each element against those before it. */
static sc_value list_distinct(const sc_run_state *r, const sc_instruction *i, const sc_value *base)
{
    sc_loop *outer = &r->scratch->loops[i->b], *inner = outer + 1;
    const sc_field *const *path = r->program->paths + i->c;
    enum sc_compare compare = (enum sc_compare)(i->flags >> SC_FLAG_COMPARE_SHIFT);
    uint32_t *budget = &r->scratch->budget;
    sc_value repeated = { .truth = false };
    sc_loop_begin(outer, base, path, i->a, i->flags & SC_FLAG_LIST);
    for (size_t n = 0; sc_loop_next(outer, budget); n++) {
        sc_loop_begin(inner, base, path, i->a, i->flags & SC_FLAG_LIST);
        sc_value v = list_in(inner, compare, &outer->element, n, budget);
        if (v.state == SC_VALUE && v.truth) {
            if (i->flags & SC_FLAG_MARK) r->scratch->broken = outer->element.raw;
            return sc_value_truth(false);
        }
        repeated = sc_or(&repeated, &v);
    }
    if (repeated.state != SC_VALUE) return repeated;
    return outer->missing ? unknown(outer->missing) : sc_value_truth(true);
}

sc_value *sc_list_op(const sc_run_state *r, const sc_instruction *i, sc_value *top)
{
    sc_loop *loop = &r->scratch->loops[i->b];
    uint32_t *budget = &r->scratch->budget;
    enum sc_compare compare = (enum sc_compare)(i->flags >> SC_FLAG_COMPARE_SHIFT);
    if (i->op == SC_OP_LIST_FIRST && first_at_once(r, i, top)) return top;
    if (i->op == SC_OP_LIST_LAST && last_at_once(r, i, top)) return top;
    if (i->op == SC_OP_LIST_PAIR) {
        top--;
        *top = sc_list_pair(r->program, i, top, top + 1, r->scratch);
        return top;
    }
    if (i->op == SC_OP_LIST_DISTINCT) {
        *top = list_distinct(r, i, top);
        return top;
    }
    sc_loop_begin(loop, top, r->program->paths + i->c, i->a, i->flags & SC_FLAG_LIST);
    switch ((enum sc_op)i->op) {
    case SC_OP_LIST_HOLD:
        if (top->state == SC_VALUE) set_truth(top, true);
        return top;
    case SC_OP_LIST_EXISTS:
        list_exists(loop, budget, top);
        return top;
    case SC_OP_LIST_COUNT:
        list_count(loop, budget, top);
        return top;
    case SC_OP_LIST_FIRST:
        list_first(loop, budget, top);
        return top;
    case SC_OP_LIST_LAST:
        *top = list_last(loop, budget);
        return top;
    default: /* SC_OP_LIST_IN */
        top--;
        if (in_tokens(loop, compare, top, budget, top)) return top;
        *top = list_in(loop, compare, top, SIZE_MAX, budget);
        return top;
    }
}
