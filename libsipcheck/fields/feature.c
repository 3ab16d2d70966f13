/* SPDX-License-Identifier: MIT */
/* What the values of feature parameters name. RFC 3840 §5 */
#include <string.h>

#include "fields/get.h"
#include "fields/words.h"
#include "text/chars.h"
#include "text/slice.h"

/* Every word between commas is known; "!" in front of one negates it and says nothing of it. */
static bool all_known(sipcheck_slice list, bool known(sipcheck_slice word))
{
    while (true) {
        const uint8_t *comma = list.n ? memchr(list.p, ',', list.n) : NULL;
        sipcheck_slice word = comma ? sc_slice(list.p, comma) : list;
        if (word.n && *word.p == '!') word = sc_slice(word.p + 1, word.p + word.n);
        if (!known(word)) return false;
        if (!comma) return true;
        list = sc_slice(comma + 1, list.p + list.n);
    }
}

/* The tokens of RFC 2533 §3.1 have no case. */
static bool is_method(sipcheck_slice word)
{
    uint8_t upper[16];
    if (word.n > sizeof upper) return false;
    for (size_t i = 0; i < word.n; i++)
        upper[i] = sc_classes[word.p[i]] & SC_ALPHA ? word.p[i] & 0xdf : word.p[i];
    return sc_method_of((sipcheck_slice){ upper, word.n }) > SIPCHECK_METHOD_OTHER;
}

static sc_value truth_of(const sipcheck_param *param, bool known(sipcheck_slice word))
{
    if (!param->value.p) return sc_give_none(true);
    return sc_give_truth(all_known(sc_without_quotes(param->value), known));
}

sc_value sc_field_param_names_methods(const sc_field *self, const void *record)
{
    (void)self;
    return truth_of(record, is_method);
}

sc_value sc_field_param_names_option_tags(const sc_field *self, const void *record)
{
    (void)self;
    return truth_of(record, sc_known_option_tag);
}
