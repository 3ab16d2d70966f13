/* SPDX-License-Identifier: MIT */
#include <sipcheck/message.h>

#include "text/slice.h"

const sipcheck_value *sipcheck_first(const sipcheck_message *msg, enum sipcheck_header_id id)
{
    return (unsigned)id < SIPCHECK_HEADER_COUNT ? msg->values[id] : NULL;
}

const sipcheck_param *sipcheck_param_find(const sipcheck_param *list, const char *name)
{
    while (list && !sc_same_nocase(list->name, name))
        list = list->next;
    return list;
}
