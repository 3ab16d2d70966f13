/* SPDX-License-Identifier: MIT */
/* How much of a text can be copied as it is. */
#ifndef SC_TEXT_PLAIN_H
#define SC_TEXT_PLAIN_H

#include <stddef.h>
#include <stdint.h>

/* The bytes at p that are printable ASCII, up to n. */
size_t sc_printable_length(const uint8_t *p, size_t n);

/* Those that mean themselves in a JSON string: neither '"' nor '\' either. RFC 8259 §7 */
size_t sc_json_plain_length(const uint8_t *p, size_t n);

#endif
