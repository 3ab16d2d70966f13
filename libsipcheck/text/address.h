/* SPDX-License-Identifier: MIT */
#ifndef SC_TEXT_ADDRESS_H
#define SC_TEXT_ADDRESS_H

#include <sipcheck/packet.h>

#include <string.h>

static inline bool sc_same_address(const sipcheck_address_port *a, const sipcheck_address_port *b)
{
    return a->family == b->family && a->port == b->port &&
           memcmp(a->bytes, b->bytes, a->family == 6 ? 16 : 4) == 0;
}

/* "10.0.0.1", "[2001:db8::1]"; "" where it is not known. */
void sc_host_text(const sipcheck_address_port *address, char buf[SIPCHECK_ADDRESS_TEXT]);

#endif
