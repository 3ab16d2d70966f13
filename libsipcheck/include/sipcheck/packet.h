/* SPDX-License-Identifier: MIT */
/* A message as it was seen: its bytes, when, between whom. */
#ifndef SIPCHECK_PACKET_H
#define SIPCHECK_PACKET_H

#include <sipcheck/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sipcheck_transport {
    SIPCHECK_TRANSPORT_UNKNOWN,
    SIPCHECK_TRANSPORT_UDP,
    SIPCHECK_TRANSPORT_TCP,
    SIPCHECK_TRANSPORT_TLS,
    SIPCHECK_TRANSPORT_SCTP,
    SIPCHECK_TRANSPORT_WS,
    SIPCHECK_TRANSPORT_WSS,
};

/* "udp"; never NULL: what is none of them is "unknown". */
SIPCHECK_API const char *sipcheck_transport_name(enum sipcheck_transport transport);

typedef struct sipcheck_address_port {
    uint8_t family;    /* 0: not known, 4, 6 */
    uint8_t bytes[16]; /* network order; the first four for IPv4 */
    uint16_t port;
} sipcheck_address_port;

/* "10.0.0.1:5060", "[2001:db8::1]:5060", "?" when not known. Returns buf. RFC 5952 */
#define SIPCHECK_ADDRESS_TEXT 56
SIPCHECK_API const char *sipcheck_address_text(const sipcheck_address_port *address,
                                               char buf[SIPCHECK_ADDRESS_TEXT]);

/* One SIP message as it was seen: a datagram, or what sipcheck_frame_next cut out of a stream. A
 * packet of zeros is an empty message of which nothing is known. */
typedef struct sipcheck_packet {
    const uint8_t *bytes; /* borrowed during the call that it is given to; NULL where length is 0 */
    size_t length;
    unsigned flags; /* of enum sipcheck_parse_flag */
    uint64_t
        frame;   /* number of the packet that completed it, from 1, as Wireshark counts; 0: none */
    uint64_t ns; /* capture time, nanoseconds since 1970; 0: not known */
    sipcheck_address_port src, dst;
    enum sipcheck_transport transport;
    uint32_t source; /* the caller's: which of its captures this is from */
} sipcheck_packet;

#ifdef __cplusplus
}
#endif

#endif
