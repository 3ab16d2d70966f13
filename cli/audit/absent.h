/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements that --vantage and --role name and the capture has no message of: mistyped, most likely.
 */
#ifndef SIPCHECK_CLI_AUDIT_ABSENT_H
#define SIPCHECK_CLI_AUDIT_ABSENT_H

#include <glib.h>
#include <sipcheck/packet.h>

/* The words of the options, which were read before; NULL: none. Borrowed. Free with g_array_unref.
 */
GArray *absent_new(char **vantages, char **roles);

/* Who sent the packet, and who was to get it, are there. */
void absent_meet(GArray *absent, const sipcheck_packet *packet);

/* Names on stderr those that were never met. */
void absent_complain(const GArray *absent);

#endif
