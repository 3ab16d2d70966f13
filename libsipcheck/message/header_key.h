/* SPDX-License-Identifier: MIT */
/* What the hash of header names is made of; the build (cmake/header_names.c) uses it as well. */
#ifndef SC_MESSAGE_HEADER_KEY_H
#define SC_MESSAGE_HEADER_KEY_H

#include <stddef.h>
#include <stdint.h>

/* Its length and some of its characters, which tell the names of headers.def apart; the case of
 * letters is lost. n > 0 */
static inline uint64_t sc_header_key(const uint8_t *name, size_t n)
{
    uint64_t key = (uint64_t)name[0] | (uint64_t)name[n / 4] << 8 | (uint64_t)name[n / 2] << 16 |
                   (uint64_t)name[n - n / 4 - 1] << 24 | (uint64_t)name[n - 1] << 32;
    return (key | UINT64_C(0x2020202020)) + ((uint64_t)n << 40);
}

#endif
