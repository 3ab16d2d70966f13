/* SPDX-License-Identifier: MIT */
/* The tag of From or To, which is asked of every message, several times. */
#ifndef SC_FIELDS_TAG_H
#define SC_FIELDS_TAG_H

#include <sipcheck/message.h>

#include "text/slice.h"

static inline bool sc_is_tag(const sipcheck_param *param)
{
    return param->name.n == 3 &&
           (memcmp(param->name.p, "tag", 3) == 0 || sc_equal_nocase(param->name.p, "tag", 3));
}

/* As it was sent, with its quotes where it has some. Absent: there is no address, or no tag. */
static inline sipcheck_slice sc_tag_of(const sipcheck_message *message, enum sipcheck_header_id id)
{
    const sipcheck_address *address = (const sipcheck_address *)message->values[id];
    const sipcheck_param *param = address ? address->params : NULL;
    while (param && !sc_is_tag(param))
        param = param->next;
    return param ? param->value : (sipcheck_slice){ NULL, 0 };
}

#endif
