/* SPDX-License-Identifier: MIT */
#include "fields/get.h"

sc_value sc_give_digits(sipcheck_slice text, bool whole)
{
    if (!text.p || text.n == 0) return sc_give_none(whole);
    uint64_t number = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') return sc_give_none(true);
        unsigned digit = text.p[i] - '0';
        number = number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : number * 10 + digit;
    }
    return sc_give_number(number, text);
}

sipcheck_slice sc_without_quotes(sipcheck_slice text)
{
    if (text.n < 2 || text.p[0] != '"' || text.p[text.n - 1] != '"') return text;
    return (sipcheck_slice){ text.p + 1, text.n - 2 };
}

sc_value sc_give_param(const sipcheck_param *list, const char *name, bool whole)
{
    const sipcheck_param *param = sipcheck_param_find(list, name);
    return param ? sc_give_text(sc_without_quotes(param->value), whole) : sc_give_none(whole);
}

sc_value sc_give_uri(const sipcheck_uri *uri, bool whole)
{
    return uri->raw.p ? sc_give_record(uri, uri->raw) : sc_give_none(whole);
}

sipcheck_slice sc_param_raw(const sipcheck_param *param)
{
    sipcheck_slice last = param->value.p ? param->value : param->name;
    if (last.p < param->name.p) return param->name; /* not out of one message */
    return (sipcheck_slice){ param->name.p, (size_t)(last.p - param->name.p) + last.n };
}
