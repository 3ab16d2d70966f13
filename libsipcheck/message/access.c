/* SPDX-License-Identifier: MIT */
#include <sipcheck/message.h>

#include "text/slice.h"

const sipcheck_value *sipcheck_first(const sipcheck_message *msg, enum sipcheck_header_id id)
{
    return (unsigned)id < SIPCHECK_HEADER_COUNT ? msg->values[id] : NULL;
}

/* By the lines, of which there are fewer than values may be, from the first that has one. */
uint32_t sipcheck_count(const sipcheck_message *msg, enum sipcheck_header_id id)
{
    const sipcheck_value *value = sipcheck_first(msg, id);
    if (!value) return 0;
    uint32_t count = msg->headers[value->line].values;
    if (msg->line_count[id] == 1) return count;
    for (size_t i = value->line + 1; i < msg->header_count; i++)
        count += msg->headers[i].id == id ? msg->headers[i].values : 0;
    return count;
}

const sipcheck_param *sipcheck_param_find(const sipcheck_param *list, const char *name)
{
    while (list && !sc_same_nocase(list->name, name))
        list = list->next;
    return list;
}
