/* SPDX-License-Identifier: MIT */
/* The registered option tags. RFC 3261 §19.2, §27.1 */
#include "fields/fields.h"
#include "text/slice.h"

static const struct tag {
    const char *text;
    size_t length;
} tags[] = {
#define X(TAG, RFC) { TAG, sizeof(TAG) - 1 },
#include "fields/option_tags.def"
#undef X
};

bool sc_known_option_tag(sipcheck_slice tag)
{
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (tags[i].length == tag.n && sc_equal_nocase(tag.p, tags[i].text, tag.n)) return true;
    return false;
}
