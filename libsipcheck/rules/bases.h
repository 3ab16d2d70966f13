/* SPDX-License-Identifier: MIT */
/* Bytes of messages that tests start from. */
#ifndef SC_BASES_H
#define SC_BASES_H

#include <sipcheck/base.h>

/* The text with each lone LF as CRLF. out: room for twice the text. Returns the length. */
size_t sc_crlf(sipcheck_slice text, uint8_t *out);

/* Where bytes begin inside others; SIZE_MAX: nowhere. */
size_t sc_find_bytes(sipcheck_slice in, sipcheck_slice what);

/* Where the empty line behind the headers begins ("\r\n\r\n"); SIZE_MAX: there is none. */
size_t sc_find_empty_line(sipcheck_slice message);

#endif
