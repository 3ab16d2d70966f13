/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bytes of a stream look like, where nobody knows what they are. */
#ifndef SIPCHECK_CAPTURE_SCAN_H
#define SIPCHECK_CAPTURE_SCAN_H

#include <sipcheck/message.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_START_LINE_MAX 1024 /* whether a line begins a message is decided by then */

enum capture_scan { CAPTURE_SCAN_YES, CAPTURE_SCAN_NO, CAPTURE_SCAN_MORE };

/* With its LF; 0: it has none. */
size_t capture_line_length(const uint8_t *p, size_t n);

/* No control bytes but white space: it may become a start line. */
bool capture_printable(const uint8_t *p, size_t n);

/* Does a message begin at p, n > 0, in the middle of bytes that nobody knows? line_start: a line is
 * known to begin there. MORE: tell when more bytes are there. */
enum capture_scan capture_starts_message(const uint8_t *p, size_t n, bool line_start);

/* The offset of the next start of a message: a candidate is where a line or a segment begins.
 * Returns MORE when the rest from there on has to be seen with more bytes behind it. */
enum capture_scan capture_find_start(const uint8_t *p, size_t n, size_t segment, size_t *ret_at);

/* Has the head that begins at p, with its empty line or up to n, that header? By its first lines:
 * no header stands in a fold. */
bool capture_head_names(const uint8_t *p, size_t n, enum sipcheck_header_id id);

/* Bytes that somebody took out of a stream begin with a message, n > 0: how many are its own, up to
 * where another one begins. *ret_short: its end is not among them. */
size_t capture_first_message(const uint8_t *p, size_t n, bool *ret_short);

bool capture_contains(const uint8_t *p, size_t n, const char *text);
bool capture_is_tls(const uint8_t *p, size_t n);

#endif
