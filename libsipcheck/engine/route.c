/* SPDX-License-Identifier: MIT */
/* Which group a message belongs to: that of its Call-ID, or of what a REGISTER registers, as
 * several elements may do so. What is sent on a request has the branch of that: where it has
 * another Call-ID, which is a fault that is to be seen, it follows the branch. */
#include "engine/internal.h"
#include "track/glance.h"
#include "track/hash.h"

/* Branches that are remembered. Newer ones take the place of older ones: what is sent on a request
 * that was forgotten goes by its own names. */
#define SC_ROUTES_MAX 4096

typedef struct route {
    uint32_t branch; /* some bits of its hash; 0: none */
    uint16_t groups; /* of requests with that branch: bits */
} route;
_Static_assert(SIPCHECK_GROUPS <= 16, "a bit each");

struct sipcheck_router {
    sipcheck_allocator allocator;
    route seen[SC_ROUTES_MAX];
};

sipcheck_router *sipcheck_router_new(const sipcheck_allocator *allocator)
{
    sipcheck_allocator chosen = allocator != NULL ? *allocator : sc_default_allocator();
    sipcheck_router *router = chosen.alloc(chosen.user, sizeof *router);
    if (router == NULL) return NULL;
    memset(router, 0, sizeof *router);
    router->allocator = chosen;
    return router;
}

void sipcheck_router_free(sipcheck_router *router)
{
    if (router == NULL) return;
    sipcheck_allocator allocator = router->allocator;
    allocator.release(allocator.user, router);
}

/* SIPCHECK_GROUPS: what would tell was not read. */
static unsigned home_of(const sc_glance *glance)
{
    sipcheck_slice name = glance->is_register ? glance->to : glance->call_id;
    bool told = name.p != NULL && (!glance->is_response || glance->cseq.p != NULL);
    if (!told) return SIPCHECK_GROUPS;
    uint64_t hash = glance->is_register ? sc_mix_nocase(SC_HASH_SEED, name) : sc_hash_text(name);
    return (unsigned)(hash >> 40) % SIPCHECK_GROUPS;
}

static route *route_of(sipcheck_router *router, sipcheck_slice branch, uint32_t *ret_bits)
{
    uint64_t hash = sc_hash_text(branch);
    *ret_bits = (uint32_t)(hash >> 32) | 1;
    return &router->seen[hash % SC_ROUTES_MAX];
}

static void note(sipcheck_router *router, sipcheck_slice branch, unsigned group)
{
    uint32_t bits;
    route *seen = route_of(router, branch, &bits);
    unsigned groups = seen->branch == bits ? seen->groups : 0;
    seen->branch = bits;
    seen->groups = (uint16_t)(groups | 1u << group);
}

/* Where requests with that branch are. One that stands for several tells nothing. */
static unsigned follow(sipcheck_router *router, sipcheck_slice branch, unsigned home)
{
    uint32_t bits;
    const route *seen = route_of(router, branch, &bits);
    unsigned groups = seen->branch == bits ? seen->groups : 0;
    bool at_home = home < SIPCHECK_GROUPS && groups >> home & 1;
    bool one = groups != 0 && (groups & (groups - 1)) == 0;
    return one && !at_home ? (unsigned)__builtin_ctz(groups) : home;
}

static unsigned group_of(sipcheck_router *router, const sc_glance *glance)
{
    unsigned home = home_of(glance);
    if (glance->branch.p == NULL) return home;
    if (glance->is_response || glance->follows || home == SIPCHECK_GROUPS)
        return follow(router, glance->branch, home);
    note(router, glance->branch, home);
    return home;
}

unsigned sipcheck_route(sipcheck_router *router, const sipcheck_packet *packet)
{
    const sc_glance glance = sc_glance_at(packet->bytes, packet->length);
    return group_of(router, &glance);
}

unsigned sc_route_parsed(sipcheck_router *router, const sipcheck_packet *packet,
                         const sipcheck_message *message)
{
    sc_glance glance;
    if (message == NULL || !sc_glance_of(message, &glance)) return sipcheck_route(router, packet);
    return group_of(router, &glance);
}
