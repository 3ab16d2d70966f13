/* SPDX-License-Identifier: MIT */
#include "bed.h"

#include <stdio.h>

static bool take(void *user, const sipcheck_packet *packet, unsigned source)
{
    bed *b = user;
    (void)source;
    if (b->count == BED_GOT_MAX) return true;
    bed_message *m = &b->got[b->count++];
    *m = (bed_message){ malloc(packet->length + 1),
                        packet->length,
                        packet->flags,
                        packet->frame,
                        packet->ns,
                        packet->src,
                        packet->dst,
                        packet->transport };
    memcpy(m->bytes, packet->bytes, packet->length);
    m->bytes[packet->length] = 0;
    return true;
}

bed *bed_new(const capture_limits *limits)
{
    bed *b = calloc(1, sizeof *b);
    b->decoder = capture_decoder_new(limits, &b->stats, take, b);
    assert_non_null(b->decoder);
    b->ns = 1000000000;
    return b;
}

void bed_free(bed *b)
{
    capture_decoder_free(b->decoder);
    for (size_t i = 0; i < b->count; i++)
        free(b->got[i].bytes);
    free(b);
}

uint64_t bed_count(const bed *b, enum capture_counter_id id)
{
    return b->stats.counters[id].count;
}

void bed_frame_cut(bed *b, enum capture_link link, const uint8_t *p, size_t n, size_t captured)
{
    uint8_t *copy = malloc(captured ? captured : 1);
    memcpy(copy, p, captured);
    b->ns += 1000000;
    capture_frame frame = { copy, captured, n, b->ns, { ++b->frame, 0 }, link };
    capture_decode(b->decoder, &frame);
    free(copy);
}

void bed_frame(bed *b, enum capture_link link, const uint8_t *p, size_t n)
{
    bed_frame_cut(b, link, p, n, n);
}

size_t bed_hex(const char *hex, uint8_t *out)
{
    size_t n = 0;
    for (; *hex; hex++) {
        if (*hex == ' ') continue;
        char digits[3] = { hex[0], hex[1], 0 };
        out[n++] = (uint8_t)strtoul(digits, NULL, 16);
        hex++;
    }
    return n;
}

void bed_put16(uint8_t *p, size_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

void bed_put32(uint8_t *p, uint32_t value)
{
    bed_put16(p, value >> 16);
    bed_put16(p + 2, value & 0xFFFF);
}

size_t bed_udp(uint8_t *out, uint16_t src, uint16_t dst, const void *payload, size_t n)
{
    memmove(out + 8, payload, n);
    bed_put16(out, src);
    bed_put16(out + 2, dst);
    bed_put16(out + 4, n + 8);
    bed_put16(out + 6, 0xBAD);
    return n + 8;
}

size_t bed_tcp(uint8_t *out, uint16_t src, uint16_t dst, uint32_t seq, uint32_t ack, uint8_t flags,
               const void *payload, size_t n)
{
    memmove(out + 24, payload, n);
    memset(out, 0, 24);
    bed_put16(out, src);
    bed_put16(out + 2, dst);
    bed_put32(out + 4, seq);
    bed_put32(out + 8, ack);
    out[12] = 6 << 4; /* with four bytes of options */
    out[13] = flags;
    memset(out + 20, 1, 4);
    return n + 24;
}

static size_t ipv4(uint8_t *out, uint8_t protocol, uint16_t id, size_t place, uint8_t from,
                   uint8_t to, const void *payload, size_t n)
{
    memmove(out + 24, payload, n);
    memset(out, 0, 24);
    out[0] = 0x46; /* with four bytes of options */
    bed_put16(out + 2, n + 24);
    bed_put16(out + 4, id);
    bed_put16(out + 6, place);
    out[9] = protocol;
    out[12] = out[16] = 10;
    out[15] = from;
    out[19] = to;
    memset(out + 20, 1, 4);
    return n + 24;
}

size_t bed_ipv4(uint8_t *out, uint8_t protocol, uint8_t from, uint8_t to, const void *payload,
                size_t n)
{
    return ipv4(out, protocol, 7, 0x4000, from, to, payload, n);
}

size_t bed_ipv4_fragment(uint8_t *out, uint16_t id, size_t offset, bool more, const void *payload,
                         size_t n)
{
    return ipv4(out, 17, id, offset / 8 | (more ? 0x2000 : 0), 1, 2, payload, n);
}

size_t bed_ipv6(uint8_t *out, uint8_t next, uint8_t from, uint8_t to, const void *payload, size_t n)
{
    memmove(out + 40, payload, n);
    memset(out, 0, 40);
    out[0] = 0x60;
    bed_put16(out + 4, n);
    out[6] = next;
    bed_put32(out + 8, 0x20010DB8);
    bed_put32(out + 24, 0x20010DB8);
    out[23] = from;
    out[39] = to;
    return n + 40;
}

size_t bed_ipv6_fragment(uint8_t *out, uint32_t id, size_t offset, bool more, const void *payload,
                         size_t n)
{
    memmove(out + 48, payload, n);
    out[40] = 17;
    out[41] = 0;
    bed_put16(out + 42, offset | more);
    bed_put32(out + 44, id);
    return bed_ipv6(out, 44, 1, 2, out + 40, n + 8);
}

void bed_sip(char *out, size_t n, char mark)
{
    int head = snprintf(out, n, "OPTIONS sip:%c@h SIP/2.0\r\nl: 20\r\nX: ", mark);
    memset(out + head, mark, n - 24 - (size_t)head);
    static const char rest[] = "\r\n\r\nbody of the messag\r\n";
    memcpy(out + n - (sizeof rest - 1), rest, sizeof rest - 1);
}

void bed_datagram(bed *b, uint16_t src, uint16_t dst, const void *payload, size_t n)
{
    uint8_t frame[70000];
    size_t length = bed_udp(frame, src, dst, payload, n);
    bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 17, 1, 2, frame, length));
}
