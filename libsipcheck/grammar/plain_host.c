/* SPDX-License-Identifier: MIT */
/* Hosts, by masks, with a bit a byte, the first one's the lowest:
 *
 *     hostname / IPv4address      up to 56 characters, no dot at the end; 16 bytes can be read
 *
 * Whether it is the one or the other no branch asks: nobody can foresee that. */
#include "grammar/plain.h"

#include "text/sixteen.h"

/* Where labels of digits begin that are no dec-octet: above 255, with a zero in front; and all that
 * begins four digits. */
static inline uint64_t no_octets(const uint8_t *p, uint64_t labels, uint64_t begin)
{
    uint64_t of_two = labels & labels >> 1, of_three = of_two & labels >> 2;
    uint64_t above_x5 = sc_above16(p, '5'), zero = sc_equal16(p, '0');
    uint64_t above_55 = above_x5 | (sc_equal16(p, '5') & above_x5 >> 1);
    uint64_t above_255 = sc_above16(p, '2') | (sc_equal16(p, '2') & above_55 >> 1);
    return (((of_three & above_255) | (of_two & zero)) & begin) | (of_two & of_two >> 2);
}

static inline unsigned is_one_bit(uint64_t bits)
{
    return (bits ^ (bits - 1)) > bits - 1;
}

SC_HOT const uint8_t *sc_plain_host(const sc_cursor *c, const uint8_t *p, uint8_t *kind)
{
    size_t at = (size_t)(p - c->map->base);
    uint64_t stops = sc_map_bits(c->map, SC_MAP_HOST, at), stop = stops & -stops;
    if (!stops || c->faults->end - p < 16) return NULL;
    uint64_t dots = sc_map_bits(c->map, SC_MAP_DOT, at) & (stop - 1), labels = dots ^ (stop - 1);
    uint64_t begin = dots << 1 | 1, end = (dots | stop) >> 1;
    /* Four labels of digits: three dots. */
    uint64_t others = sc_map_bits(c->map, SC_MAP_DIGIT, at) & labels;
    uint64_t dots_but_1 = dots & (dots - 1), dots_but_2 = dots_but_1 & (dots_but_1 - 1);
    unsigned octets = (others | no_octets(p, labels, begin)) == 0;
    /* toplabel  =  ALPHA / ALPHA *( alphanum / "-" ) alphanum */
    unsigned name = sc_classes[p[63 - (unsigned)__builtin_clzll(begin)]] & SC_ALPHA;
    /* No label is empty, or has a hyphen at its end: not the host itself either. */
    uint64_t edges = (sc_map_bits(c->map, SC_MAP_HYPHEN, at) & labels) | dots;
    unsigned tidy = (edges & (begin | end)) == 0;
    *kind = name ? SIPCHECK_HOST_NAME : SIPCHECK_HOST_IPV4;
    unsigned plain = tidy & (name | (octets & is_one_bit(dots_but_2)));
    return plain ? p + (unsigned)__builtin_ctzll(stops) : NULL;
}
