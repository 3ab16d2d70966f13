/* SPDX-License-Identifier: MIT */
/* What the files that make traits share: only they include this. */
#ifndef SC_TRAITS_H
#define SC_TRAITS_H

#include "rules/facts.h"

#include <string.h>

static inline unsigned sc_when(bool set, unsigned traits)
{
    return set ? traits : 0;
}

static inline bool sc_is_text(sipcheck_slice text, const char *wanted, size_t length)
{
    return text.n == length && memcmp(text.p, wanted, length) == 0;
}
#define SC_IS(SLICE, TEXT) sc_is_text(SLICE, TEXT, sizeof(TEXT) - 1)

/* --- traits_body.c */

/* Of a session description; odd: of any kind that is not said otherwise (rules/facts.h). */
unsigned sc_traits_of_sdp(const sipcheck_sdp *sdp);
/* Of the parts of a body. */
unsigned sc_traits_of_parts(const sc_observed *observed);

#endif
