/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses as users write them: ADDR, ADDR:PORT, [V6], [V6]:PORT. */
#ifndef SIPCHECK_CLI_ADDRESS_H
#define SIPCHECK_CLI_ADDRESS_H

#include <glib.h>
#include <sipcheck/packet.h>

/* Without a port it is 0 in *address. FALSE: it is none. */
gboolean address_parse(const char *text, sipcheck_address_port *address);

/* The address is that one; a port of 0 in `wanted` stands for any. NULL: nobody. */
gboolean address_is(const sipcheck_address_port *wanted, const sipcheck_address_port *address);

/* As keys of a hash table. */
guint address_hash(gconstpointer key);
gboolean address_equal(gconstpointer a, gconstpointer b);

#endif
