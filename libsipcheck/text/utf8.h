/* SPDX-License-Identifier: MIT */
#ifndef SC_TEXT_UTF8_H
#define SC_TEXT_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the well-formed character at p; 0: there is none. RFC 3629 §4 */
size_t sc_utf8_length(const uint8_t *p, size_t left);

#endif
