/* SPDX-License-Identifier: MIT */
/* How accessors make values: only fields/ includes this. */
#ifndef SC_FIELDS_GET_H
#define SC_FIELDS_GET_H

#include "fields/fields.h"

/* What could not be found: absent where the grammar took the whole, else nobody knows. */
static inline sc_value sc_give_none(bool whole)
{
    return (sc_value){ .state = whole ? SC_ABSENT_VALUE : SC_UNKNOWN_VALUE,
                       .missing = whole ? SC_MISSING_NOTHING : SC_MISSING_SYNTAX };
}

static inline sc_value sc_give_unknown(enum sc_missing missing)
{
    return (sc_value){ .state = SC_UNKNOWN_VALUE, .missing = (uint8_t)missing };
}

static inline sc_value sc_give_text(sipcheck_slice text, bool whole)
{
    return text.p ? (sc_value){ .raw = text } : sc_give_none(whole);
}

static inline sc_value sc_give_truth(bool truth)
{
    return (sc_value){ .truth = truth };
}

/* Numbers of the wire saturate: what does not fit compares as larger than all that do. */
static inline sc_value sc_give_number(uint64_t number, sipcheck_slice raw)
{
    return (sc_value){ .raw = raw, .number = number > INT64_MAX ? INT64_MAX : (int64_t)number };
}

/* A 32-bit number of message.h, whose largest value stands for "does not fit". */
static inline sc_value sc_give_number32(uint32_t number, sipcheck_slice text, bool whole)
{
    if (!text.p || text.n == 0) return sc_give_none(whole && !text.p);
    return sc_give_number(number == UINT32_MAX ? UINT64_MAX : number, text);
}

static inline sc_value sc_give_record(const void *record, sipcheck_slice raw)
{
    return (sc_value){ .raw = raw, .record = record };
}

/* whole: the strict grammar took what the list stands in, so nothing of it is missing. */
static inline sc_value sc_give_params(const sipcheck_param *first, bool whole)
{
    return (sc_value){ .record = first,
                       .list = SC_LIST_PARAMS,
                       .cut_at = UINT32_MAX,
                       .missing = whole ? SC_MISSING_NOTHING : SC_MISSING_SYNTAX };
}

sc_value sc_give_digits(sipcheck_slice text,
                        bool whole); /* absent when there are not only digits */
sipcheck_slice sc_without_quotes(sipcheck_slice text);
sc_value sc_give_param(const sipcheck_param *list, const char *name, bool whole);
sipcheck_slice sc_param_raw(const sipcheck_param *param); /* name, or name=value */
sc_value sc_give_uri(const sipcheck_uri *uri, bool whole);

#endif
