/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 128 bits that tell messages apart. Nobody is kept from making two that agree: what hangs on it is
 * whether one of them counts as a copy of the other. */
#ifndef SIPCHECK_CAPTURE_DIGEST_H
#define SIPCHECK_CAPTURE_DIGEST_H

#include <sipcheck/engine.h>

typedef struct capture_digest {
    uint64_t hash[2];
} capture_digest;

/* Of bytes alone. */
capture_digest capture_digest_bytes(const uint8_t *p, size_t n);

/* Of the bytes with this digest, sent from there to there. */
capture_digest capture_digest_from(const capture_digest *content, const sipcheck_address_port *src,
                                   const sipcheck_address_port *dst);

/* hash, and an address. */
uint64_t capture_digest_address(uint64_t hash, const sipcheck_address_port *address);

#endif
