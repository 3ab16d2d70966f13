/* SPDX-License-Identifier: MIT */
/* Which transaction a message belongs to. RFC 3261 §17.1.3, §17.2.3
 *
 * A branch alone does not tell: some user agents send one for ever, and the same message is seen on
 * several hops. Call-ID, From tag and CSeq, and the two addresses, tell candidates apart; what is
 * still ambiguous belongs to none, and damages those that it might belong to. */
#include "track/internal.h"

bool sc_same_host(const sipcheck_address_port *a, const sipcheck_address_port *b)
{
    if (a->family == 0 || b->family == 0) return true;
    return a->family == b->family && memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : 16) == 0;
}

/* How many of Call-ID, From tag and CSeq number are those of the request. */
enum { ALL_NAMES = 3 };
static unsigned names_met(const sc_transaction *t, const sc_step *step)
{
    return (unsigned)(t->call_id == step->call_id) + (unsigned)(t->from_tag == step->from_tag) +
           (unsigned)(t->cseq == step->cseq);
}

/* Two: from client to server; one: one end is other than it was. */
static unsigned ends_met(const sc_transaction *t, const sipcheck_address_port *client,
                         const sipcheck_address_port *server)
{
    return (unsigned)sc_same_host(&t->client, client) + (unsigned)sc_same_host(&t->server, server);
}

/* Where no branch of RFC 3261 tells them apart, requests to two places are two transactions, as a
 * proxy of RFC 2543 forks. §17.2.3 */
static bool same_request(const sc_transaction *t, const sc_step *step)
{
    return t->to_tag == step->to_tag &&
           (step->cookie || t->target == sc_hash_text(step->message->request_uri.raw));
}

/* What began with a response waits for its request, whose To tag it can't know. */
sc_transaction *sc_match_request(const sc_step *step)
{
    const sc_table *table = &step->tracker->table;
    sc_node *node = sc_table_find(table, step->branch_key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_transaction *t = (sc_transaction *)node->owner;
        bool waits = t->request == NULL && t->tracked.object.began_unseen;
        if (names_met(t, step) == ALL_NAMES && (waits || same_request(t, step)) &&
            ends_met(t, &step->packet->src, &step->packet->dst) == 2)
            return t;
    }
    return NULL;
}

typedef struct sc_candidates {
    sc_transaction *sure, *likely; /* both ends are the same, or one */
    unsigned sures, likelies;
} sc_candidates;

static void look_at(sc_candidates *found, sc_transaction *t, unsigned ends)
{
    if (ends == 2) {
        found->sure = t;
        found->sures++;
    } else if (ends == 1) {
        found->likely = t;
        found->likelies++;
    }
}

static void damage_all(const sc_step *step, uint64_t key)
{
    sc_node *node = sc_table_find(&step->tracker->table, key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_transaction *t = (sc_transaction *)node->owner;
        if (names_met(t, step) == ALL_NAMES) t->tracked.object.damaged = true;
    }
}

/* Where the branch was never another's, one name that differs is the sender's fault. What answers
 * behind the final response may answer another request of that branch, which was not captured. */
static sc_transaction *nearly(const sc_step *step, uint64_t bare_key,
                              const sipcheck_address_port *client,
                              const sipcheck_address_port *server)
{
    sc_node *node = sc_table_find(&step->tracker->table, bare_key, SIPCHECK_SCOPE_TRANSACTION);
    sc_transaction *t = node != NULL ? (sc_transaction *)node->owner : NULL;
    if (t == NULL || !t->alone || t->request == NULL) return NULL;
    if (step->message->is_response && t->finals > 0) return NULL;
    bool near = names_met(t, step) == ALL_NAMES - 1 && ends_met(t, client, server) == 2;
    return near ? t : NULL;
}

typedef struct sc_keys {
    uint64_t full, bare;
} sc_keys;

static sc_transaction *match(const sc_step *step, sc_keys keys, const sipcheck_address_port *client,
                             const sipcheck_address_port *server, bool *ret_vague)
{
    sc_candidates found = { 0 };
    sc_node *node = sc_table_find(&step->tracker->table, keys.full, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_transaction *t = (sc_transaction *)node->owner;
        if (names_met(t, step) == ALL_NAMES) look_at(&found, t, ends_met(t, client, server));
    }
    *ret_vague = found.sures > 1 || (found.sures == 0 && found.likelies > 1);
    if (*ret_vague) damage_all(step, keys.full);
    if (*ret_vague) return NULL;
    if (found.sure != NULL || found.likely != NULL)
        return found.sure != NULL ? found.sure : found.likely;
    return nearly(step, keys.bare, client, server);
}

sc_transaction *sc_match_response(const sc_step *step, bool *ret_vague)
{
    const sipcheck_packet *packet = step->packet;
    return match(step, (sc_keys){ step->branch_key, step->bare_key }, &packet->dst, &packet->src,
                 ret_vague);
}

sc_transaction *sc_match_followup(const sc_step *step, bool *ret_vague)
{
    const sipcheck_packet *packet = step->packet;
    return match(step, (sc_keys){ step->invite_key, step->bare_invite_key }, &packet->src,
                 &packet->dst, ret_vague);
}
