/* SPDX-License-Identifier: MIT */
/* The registered option tags. RFC 3261 §19.2, §27.1 */
#include "fields/fields.h"
#include "text/slice.h"

static const char *const tags[] = {
#define X(TAG, RFC) TAG,
#include "fields/option_tags.def"
#undef X
};

bool sc_known_option_tag(sipcheck_slice tag)
{
    size_t i = 0;
    while (i < sizeof tags / sizeof *tags && !sc_same_nocase(tag, tags[i]))
        i++;
    return i < sizeof tags / sizeof *tags;
}
