/* SPDX-License-Identifier: MIT */
/* Two lists side by side: are they equal, in their order, or is one the end of the other? Where an
 * element may be missing nobody knows which belong together. */
#include "rules/ops.h"

static sc_value unknown(unsigned missing)
{
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = (uint8_t)missing };
}

/* How many elements there are; the loop itself stays where it is. Returns why there may be more. */
static unsigned count(sc_loop loop, uint32_t *budget, size_t *ret)
{
    size_t n = 0;
    while (sc_loop_next(&loop, budget))
        n++;
    *ret = n;
    return loop.missing;
}

static sc_value elements_equal(enum sc_compare compare, const sc_value *a, const sc_value *b,
                               uint32_t *budget)
{
    if (compare != SC_COMPARE_URI && compare != SC_COMPARE_VIA)
        return sc_equal(compare, a, b, budget);
    if (a->state != SC_VALUE) return *a;
    if (b->state != SC_VALUE) return *b;
    return compare == SC_COMPARE_URI ? sc_uris_equal(a->record, b->record, budget)
                                     : sc_vias_equal(a->record, b->record, budget);
}

/* Of loops that have as many elements. *ret_apart: the first element of a that is another. */
static sc_value pairs_equal(enum sc_compare compare, sc_loop *a, sc_loop *b, uint32_t *budget,
                            sipcheck_slice *ret_apart)
{
    sc_value outcome = sc_value_truth(true);
    while (sc_loop_next(a, budget) && sc_loop_next(b, budget)) {
        sc_value equal = elements_equal(compare, &a->element, &b->element, budget);
        outcome = sc_and(&outcome, &equal);
        if (outcome.state == SC_VALUE && !outcome.truth) {
            *ret_apart = a->element.raw;
            return outcome;
        }
    }
    if (a->missing || b->missing) return unknown(a->missing ? a->missing : b->missing);
    return outcome;
}

sc_value sc_list_pair(const sc_program *program, const sc_instruction *i, const sc_value *held,
                      const sc_value *second, sc_scratch *scratch)
{
    sc_loop *a = &scratch->loops[i->b - 1], *b = &scratch->loops[i->b];
    uint32_t *budget = &scratch->budget;
    enum sc_compare compare = (enum sc_compare)(i->flags >> SC_FLAG_COMPARE_SHIFT);
    size_t n = 0, m = 0;
    if (held->state == SC_ABSENT_VALUE || second->state == SC_ABSENT_VALUE)
        return (sc_value){ .state = SC_ABSENT_VALUE };
    if (held->state != SC_VALUE) return *held;
    if (second->state != SC_VALUE) return *second;
    sc_loop_begin(b, second, program->paths + i->c, i->a, i->flags & SC_FLAG_LIST);
    unsigned missing = count(*a, budget, &n);
    if (!missing) missing = count(*b, budget, &m);
    if (missing) return unknown(missing);
    bool end = i->flags & SC_FLAG_ALL;
    if (end ? n < m : n != m) return sc_value_truth(false);
    for (; n > m && sc_loop_next(a, budget); n--) {}
    sipcheck_slice apart = { NULL, 0 };
    sc_value equal = pairs_equal(compare, a, b, budget, &apart);
    if (apart.p && i->flags & SC_FLAG_MARK && !scratch->broken.p) scratch->broken = apart;
    return equal;
}
