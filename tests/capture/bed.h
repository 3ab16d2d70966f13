/* SPDX-License-Identifier: MIT */
/* Hand-made packets for the decoder, and what came of them. */
#ifndef SIPCHECK_TEST_BED_H
#define SIPCHECK_TEST_BED_H

#include "decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BED_GOT_MAX 64

typedef struct bed_message {
    uint8_t *bytes;
    size_t n;
    unsigned flags;
    uint64_t frame, ns;
    sipcheck_address_port src, dst;
    enum sipcheck_transport transport;
} bed_message;

typedef struct bed {
    capture_decoder *decoder;
    capture_stats stats;
    uint64_t frame, ns; /* of the next frame; a millisecond apart */
    size_t count;
    bed_message got[BED_GOT_MAX];
} bed;

bed *bed_new(const capture_limits *limits);
void bed_free(bed *b);
uint64_t bed_count(const bed *b, enum capture_counter_id id);

/* A frame of which only `captured` bytes were kept. Its bytes lie flush against the end of their
 * allocation. */
void bed_frame_cut(bed *b, enum capture_link link, const uint8_t *p, size_t n, size_t captured);
void bed_frame(bed *b, enum capture_link link, const uint8_t *p, size_t n);

/* Numbers in network order. */
void bed_put16(uint8_t *p, size_t value);
void bed_put32(uint8_t *p, uint32_t value);

/* Bytes as hexadecimal digits, blanks between them. Returns how many there are. */
size_t bed_hex(const char *hex, uint8_t *out);

/* Headers before n bytes of payload, which may already stand at out + the header's length. Return
 * the whole length. */
size_t bed_udp(uint8_t *out, uint16_t src, uint16_t dst, const void *payload, size_t n);
size_t bed_tcp(uint8_t *out, uint16_t src, uint16_t dst, uint32_t seq, uint32_t ack, uint8_t flags,
               const void *payload, size_t n);
/* offset: in bytes. 10.0.0.`from` to 10.0.0.`to`; 2001:db8::`from` to ... */
size_t bed_ipv4(uint8_t *out, uint8_t protocol, uint8_t from, uint8_t to, const void *payload,
                size_t n);
size_t bed_ipv4_fragment(uint8_t *out, uint16_t id, size_t offset, bool more, const void *payload,
                         size_t n);
size_t bed_ipv6(uint8_t *out, uint8_t next, uint8_t from, uint8_t to, const void *payload,
                size_t n);
size_t bed_ipv6_fragment(uint8_t *out, uint32_t id, size_t offset, bool more, const void *payload,
                         size_t n);

/* A message of that length, at least 70: a head, and a body of 20 bytes that ends a line. */
void bed_sip(char *out, size_t n, char mark);

/* One UDP datagram in IPv4 without a link header. */
void bed_datagram(bed *b, uint16_t src, uint16_t dst, const void *payload, size_t n);

#endif
