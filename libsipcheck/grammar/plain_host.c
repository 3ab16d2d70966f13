/* SPDX-License-Identifier: MIT */
/* Hosts, by masks:
 *
 *     hostname / IPv4address      up to 56 characters, no dot at the end */
#include "grammar/plain.h"

/* A text of SC_HOST as bits, the first byte's the lowest. */
typedef struct host_bits {
    uint64_t dots, hyphens, others; /* others: neither digit nor dot */
    unsigned n;
} host_bits;

static inline bool read_bits(const sc_cursor *c, const uint8_t *p, host_bits *out)
{
    size_t at = (size_t)(p - c->map->base);
    uint64_t stops = sc_map_bits(c->map, SC_MAP_HOST, at);
    if (!stops || stops & 1) return false;
    uint64_t inside = (stops & -stops) - 1;
    out->n = (unsigned)__builtin_ctzll(stops);
    out->dots = sc_map_bits(c->map, SC_MAP_DOT, at) & inside;
    out->hyphens = sc_map_bits(c->map, SC_MAP_HYPHEN, at) & inside;
    out->others = sc_map_bits(c->map, SC_MAP_DIGIT, at) & inside & ~out->dots;
    return true;
}

/* A hostname without a dot at its end, which is another way to be right. */
static inline bool is_hostname(const uint8_t *p, const host_bits *host)
{
    uint64_t edges = host->dots | host->hyphens;
    uint64_t begin = host->dots << 1 | 1, end = host->dots >> 1 | (uint64_t)1 << (host->n - 1);
    uint8_t last = p[63 - __builtin_clzll(begin)];
    return !(edges & (begin | end)) && sc_classes[last] & SC_ALPHA;
}

/* n digits in front of `end` are a dec-octet, n < 4; four bytes can be read there. Digits in a row
 * compare as their number does, and no branch follows them. */
static inline unsigned is_octet(const uint8_t *end, unsigned n)
{
    static const struct {
        uint32_t mask, least, range, fill;
    } of[4] = {
        { 0, 1, 0, 0 }, /* none */
        { 0xff, '0', 9, 0 },
        { 0xffff, 0x3130, 0x0809, 0 },       /* 10 to 99 */
        { 0xffffff, 0x313030, 0x010505, 0 }, /* 100 to 255 */
    };
    uint32_t text;
    memcpy(&text, end - 4, 4);
    return (__builtin_bswap32(text) & of[n].mask) - of[n].least <= of[n].range;
}

/* Of a text of digits and dots. */
static inline bool is_ipv4(const uint8_t *p, const host_bits *host)
{
    uint64_t first = host->dots, second = first & (first - 1), third = second & (second - 1);
    if (!third || third & (third - 1)) return false;
    unsigned a = (unsigned)__builtin_ctzll(first), b = (unsigned)__builtin_ctzll(second);
    unsigned d = (unsigned)__builtin_ctzll(third), n = host->n;
    if ((a | (b - a - 1) | (d - b - 1) | (n - d - 1)) > 3) return false;
    return is_octet(p + a, a) & is_octet(p + b, b - a - 1) & is_octet(p + d, d - b - 1) &
           is_octet(p + n, n - d - 1);
}

const uint8_t *sc_plain_host(const sc_cursor *c, const uint8_t *p, uint8_t *kind)
{
    host_bits host;
    if (!read_bits(c, p, &host)) return NULL;
    *kind = host.others ? SIPCHECK_HOST_NAME : SIPCHECK_HOST_IPV4;
    bool plain =
        host.others ? is_hostname(p, &host) : p - c->faults->base >= 4 && is_ipv4(p, &host);
    return plain ? p + host.n : NULL;
}
