/* SPDX-License-Identifier: MIT */
#include <sipcheck/message.h>

#include "text/slice.h"

const sipcheck_value *sipcheck_first(const sipcheck_message *msg, enum sipcheck_header_id id)
{
    return (unsigned)id < SIPCHECK_HEADER_COUNT ? msg->values[id] : NULL;
}

/* By the lines, of which there are fewer than values may be. */
uint32_t sipcheck_count(const sipcheck_message *msg, enum sipcheck_header_id id)
{
    uint32_t count = 0;
    unsigned lines = sipcheck_first(msg, id) ? msg->line_count[id] : 0;
    for (const sipcheck_header *header = msg->headers; lines; header++) {
        if (header->id != id) continue;
        count += header->values;
        lines--;
    }
    return count;
}

const sipcheck_param *sipcheck_param_find(const sipcheck_param *list, const char *name)
{
    while (list && !sc_same_nocase(list->name, name))
        list = list->next;
    return list;
}
