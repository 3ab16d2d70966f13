/* SPDX-License-Identifier: MIT */
#ifndef SC_TEXT_ADDRESS_H
#define SC_TEXT_ADDRESS_H

#include <sipcheck/packet.h>

/* "10.0.0.1", "[2001:db8::1]"; "" where it is not known. */
void sc_host_text(const sipcheck_address_port *address, char buf[SIPCHECK_ADDRESS_TEXT]);

#endif
