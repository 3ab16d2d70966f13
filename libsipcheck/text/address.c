/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <string.h>

#include <sipcheck/packet.h>

#include "text/digits.h"

const char *sipcheck_transport_name(enum sipcheck_transport transport)
{
    static const char *const names[] = { "unknown", "udp", "tcp", "tls", "sctp", "ws", "wss" };
    return (unsigned)transport < sizeof names / sizeof *names ? names[transport] : names[0];
}

static char *put_v4(char *to, const uint8_t bytes[4])
{
    for (int i = 0; i < 4; i++) {
        if (i > 0) *to++ = '.';
        to = sc_put_decimal(to, bytes[i]);
    }
    return to;
}

/* NULL: the system can't. */
static char *put_v6(char *to, const uint8_t bytes[16])
{
    *to = '[';
    if (inet_ntop(AF_INET6, bytes, to + 1, INET6_ADDRSTRLEN) == NULL) return NULL;
    to += strlen(to);
    *to = ']';
    return to + 1;
}

const char *sipcheck_address_text(const sipcheck_address_port *address,
                                  char buf[SIPCHECK_ADDRESS_TEXT])
{
    char *to = address->family == 4   ? put_v4(buf, address->bytes)
               : address->family == 6 ? put_v6(buf, address->bytes)
                                      : NULL;
    if (to == NULL) return memcpy(buf, "?", 2);
    *to++ = ':';
    *sc_put_decimal(to, address->port) = '\0';
    return buf;
}
