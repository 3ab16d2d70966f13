/* SPDX-License-Identifier: MIT */
/* Segments of a stream of three messages. */
#ifndef TESTS_TCP_H
#define TESTS_TCP_H

#include "bed.h"

#define FIN 1
#define SYN 2
#define RST 4
#define ACK 16

static inline void make_stream(char stream[300])
{
    for (unsigned i = 0; i < 3; i++)
        bed_sip(stream + (size_t)100 * i, 100, (char)('a' + i));
}

static inline void send_segment(bed *b, uint32_t isn, char what, unsigned from, unsigned to,
                                size_t lost, const char *stream)
{
    uint8_t frame[512];
    uint8_t flags = what == 'S' ? SYN : what == 'F' ? FIN | ACK : what == 'R' ? RST : ACK;
    uint32_t seq = isn + (what == 'S' ? 0 : 1 + from);
    size_t n;
    if (what == 'a') {
        n = bed_tcp(frame, 5060, 33000, 1, isn + 1 + to, ACK, "", 0);
        n = bed_ipv4(frame, 6, 2, 1, frame, n);
    } else {
        n = bed_tcp(frame, 33000, 5060, seq, 1, flags, stream + from, to - from);
        n = bed_ipv4(frame, 6, 1, 2, frame, n);
    }
    bed_frame_cut(b, CAPTURE_LINK_IP, frame, n, n - lost);
}

static inline uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 16;
}

#endif
