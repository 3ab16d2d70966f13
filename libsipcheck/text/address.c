/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <string.h>

#include <sipcheck/packet.h>

#include "text/address.h"
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
        unsigned n = bytes[i];
        if (n >= 100) *to++ = (char)('0' + n / 100);
        if (n >= 10) *to++ = (char)('0' + n / 10 % 10);
        *to++ = (char)('0' + n % 10);
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

static char *put_host(char *to, const sipcheck_address_port *address)
{
    return address->family == 4   ? put_v4(to, address->bytes)
           : address->family == 6 ? put_v6(to, address->bytes)
                                  : NULL;
}

void sc_host_text(const sipcheck_address_port *address, char buf[SIPCHECK_ADDRESS_TEXT])
{
    char *end = put_host(buf, address);
    *(end != NULL ? end : buf) = '\0';
}

const char *sipcheck_address_text(const sipcheck_address_port *address,
                                  char buf[SIPCHECK_ADDRESS_TEXT])
{
    char *to = put_host(buf, address);
    if (to == NULL) return memcpy(buf, "?", 2);
    *to++ = ':';
    *sc_put_decimal(to, address->port) = '\0';
    return buf;
}
