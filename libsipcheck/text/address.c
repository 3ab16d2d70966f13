/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <stdio.h>

#include <sipcheck/packet.h>

const char *sipcheck_transport_name(enum sipcheck_transport transport)
{
    static const char *const names[] = { "unknown", "udp", "tcp", "tls", "sctp", "ws", "wss" };
    return (unsigned)transport < sizeof names / sizeof *names ? names[transport] : names[0];
}

const char *sipcheck_address_text(const sipcheck_address_port *address,
                                  char buf[SIPCHECK_ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN];
    bool v6 = address->family == 6;
    bool known = (v6 || address->family == 4) &&
                 inet_ntop(v6 ? AF_INET6 : AF_INET, address->bytes, host, sizeof host) != NULL;
    if (!known)
        snprintf(buf, SIPCHECK_ADDRESS_TEXT, "?");
    else if (v6)
        snprintf(buf, SIPCHECK_ADDRESS_TEXT, "[%s]:%u", host, (unsigned)address->port);
    else
        snprintf(buf, SIPCHECK_ADDRESS_TEXT, "%s:%u", host, (unsigned)address->port);
    return buf;
}
