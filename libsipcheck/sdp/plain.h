/* SPDX-License-Identifier: MIT */
/* Fast ways through lines of the shapes that most have, by a map of the description. What is of
 * another shape is left to the productions, which take these as well, with the same outcome. */
#ifndef SC_SDP_PLAIN_H
#define SC_SDP_PLAIN_H

#include <sipcheck/body.h>

#include "text/cursor.h"

/* Bytes that must stand in front of a description: numbers are read from their end. */
#define SC_SDP_PLAIN_BEFORE 16

/* The value of a line, complete but for its place in lists; NULL: it is not plain, or there is no
 * memory, which is noted. c: mapped, from p to `end` without a fold, a CRLF is there. An
 * attribute's id and parsed value are only there where both are plain. */
sipcheck_value *sc_sdp_plain(const sc_cursor *c, enum sipcheck_sdp_line type, uint32_t line,
                             const uint8_t *p, const uint8_t *end);

#endif
