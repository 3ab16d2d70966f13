/* SPDX-License-Identifier: MIT */
#include <sipcheck/message.h>

#include "text/slice.h"

const sipcheck_value *sipcheck_first(const sipcheck_message *msg, enum sipcheck_header_id id)
{
    return (unsigned)id < SIPCHECK_HEADER_COUNT ? msg->values[id] : NULL;
}

uint32_t sipcheck_count(const sipcheck_message *msg, enum sipcheck_header_id id)
{
    uint32_t count = 0;
    const sipcheck_value *value = sipcheck_first(msg, id);
    if (value && msg->line_count[id] == 1) return msg->headers[value->line].values;
    for (; value; value = value->next)
        count++;
    return count;
}

const sipcheck_param *sipcheck_param_find(const sipcheck_param *list, const char *name)
{
    while (list && !sc_same_nocase(list->name, name))
        list = list->next;
    return list;
}
