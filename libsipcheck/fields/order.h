/* SPDX-License-Identifier: MIT */
/* The order of names that cmake/field_order.c sorts fields by, and table.c finds them by. */
#ifndef SC_FIELDS_ORDER_H
#define SC_FIELDS_ORDER_H

#include "text/slice.h"

/* Shorter ones first, letters without regard to case: less than 0, 0, more than 0. */
static inline int sc_name_order(sipcheck_slice a, sipcheck_slice b)
{
    if (a.n != b.n) return a.n < b.n ? -1 : 1;
    for (size_t i = 0; i < a.n; i++)
        if (sc_lower(a.p[i]) != sc_lower(b.p[i])) return sc_lower(a.p[i]) - sc_lower(b.p[i]);
    return 0;
}

#endif
