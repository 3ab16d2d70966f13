/* SPDX-License-Identifier: MIT */
/* Hosts and ports, by masks:
 *
 *     hostname / IPv4address      up to 56 characters, no dot at the end
 *     1*8DIGIT                    a port */
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
    unsigned last = host->dots ? 64 - (unsigned)__builtin_clzll(host->dots) : 0;
    return !(edges & (begin | end)) && sc_classes[p[last]] & SC_ALPHA;
}

/* n digits are a dec-octet; four bytes can be read. Digits in a row compare as their number does,
 * and no branch follows them. */
static inline unsigned is_octet(const uint8_t *p, unsigned n)
{
    static const uint32_t least[4] = { 1, '0', 0x3130, 0x313030 }; /* none, 0, 10, 100 */
    static const uint32_t range[4] = { 0, 9, 0x0809, 0x010505 };   /* to 9, 99, 255 */
    uint32_t text = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    uint32_t digits = (uint32_t)((uint64_t)text >> (32 - n % 4 * 8));
    return (n < 4) & (digits - least[n % 4] <= range[n % 4]);
}

/* Four bytes can be read at each of its numbers where they can be at the last. Behind that come
 * CRLF and one more byte; a start line may end the message, and then a last number of one digit is
 * too near to its end. */
static inline bool is_ipv4(const uint8_t *p, const host_bits *host, const uint8_t *end)
{
    uint64_t first = host->dots, second = first & (first - 1), third = second & (second - 1);
    if (!third || third & (third - 1)) return false;
    unsigned a = (unsigned)__builtin_ctzll(first), b = (unsigned)__builtin_ctzll(second);
    unsigned d = (unsigned)__builtin_ctzll(third);
    if ((size_t)(end - p) < d + 5) return false;
    return is_octet(p, a) & is_octet(p + a + 1, b - a - 1) & is_octet(p + b + 1, d - b - 1) &
           is_octet(p + d + 1, host->n - d - 1);
}

const uint8_t *sc_plain_host(const sc_cursor *c, const uint8_t *p, uint8_t *kind)
{
    host_bits host;
    if (!read_bits(c, p, &host)) return NULL;
    *kind = host.others ? SIPCHECK_HOST_NAME : SIPCHECK_HOST_IPV4;
    bool plain = host.others ? is_hostname(p, &host) : is_ipv4(p, &host, c->faults->end);
    return plain ? p + host.n : NULL;
}

const uint8_t *sc_plain_hostport(const sc_cursor *c, const uint8_t *p, sc_hostport *out)
{
    const uint8_t *end = sc_plain_host(c, p, &out->kind);
    if (!end) return NULL;
    out->host = sc_slice(p, end);
    out->port_text = (sipcheck_slice){ NULL, 0 };
    out->port = 0;
    if (*end != ':') return end;
    const uint8_t *digits = end + 1;
    end = sc_plain_run(c, SC_MAP_DIGIT, digits);
    if (end == digits || end - digits > 8 || c->faults->end - digits < 8) return NULL;
    out->port_text = sc_slice(digits, end);
    out->port = sc_short_number(digits, (size_t)(end - digits));
    return end;
}
