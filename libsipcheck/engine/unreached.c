/* SPDX-License-Identifier: MIT */
/* Between whom a datagram could not be delivered, as the network said. RFC 792, RFC 4443 §3 */
#include "engine/sequence.h"
#include "text/address.h"

/* Where the pair stands, else where the one stands that was told of longest ago. */
static sc_unreached_pair *place_of(sc_unreached *u, const sipcheck_packet *undelivered)
{
    sc_unreached_pair *oldest = u->pairs;
    for (sc_unreached_pair *p = u->pairs; p < u->pairs + u->count; p++) {
        if (sc_same_address(&p->src, &undelivered->src) &&
            sc_same_address(&p->dst, &undelivered->dst))
            return p;
        if (p->ns < oldest->ns) oldest = p;
    }
    if (u->count < SC_UNREACHED_MAX) return &u->pairs[u->count++];
    u->forgotten = true;
    if (oldest->ns > u->forgotten_ns) u->forgotten_ns = oldest->ns;
    return oldest;
}

void sc_unreached_note(sc_sequence *s, const sipcheck_packet *undelivered)
{
    *place_of(&s->unreached, undelivered) =
        (sc_unreached_pair){ undelivered->src, undelivered->dst, undelivered->ns };
}

static bool is_of(const sc_unreached_pair *pair, const sipcheck_address_port *address)
{
    return sc_same_address(&pair->src, address) || sc_same_address(&pair->dst, address);
}

/* An element that was not there a moment ago may still be away: who says so for a router or a host
 * does that only so often (RFC 1812 §4.3.2.8). */
bool sc_unreached_since(const sc_sequence *s, const sipcheck_packet *packet, uint64_t ns)
{
    const sc_unreached *u = &s->unreached;
    uint64_t since = ns > SIPCHECK_UNREACHED_NS ? ns - SIPCHECK_UNREACHED_NS : 0;
    if (u->forgotten && u->forgotten_ns >= since) return true;
    for (const sc_unreached_pair *p = u->pairs; p < u->pairs + u->count; p++)
        if (p->ns >= since && (is_of(p, &packet->src) || is_of(p, &packet->dst))) return true;
    return false;
}
