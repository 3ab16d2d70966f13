/* SPDX-License-Identifier: MIT */
/* MESSAGEs to the same that did not wait for each other. RFC 3428 §8
 *
 * The answer to the first shows it, as it comes when the second has gone: wherever the observer
 * stands, who sent both did not have it yet. */
#include "track/internal.h"

/* Nanoseconds: what is seen within so short a time may have changed its order on the way. */
static const uint64_t order_ns = 100000000;

static uint64_t peer_of(const sc_transaction *t)
{
    uint64_t key = sc_mix_word(sc_mix_word(10, t->call_id), t->to_tag);
    return sc_mix_word(key, t->to_tag != 0 ? t->from_tag : t->target);
}

void sc_overlaps_note(const sc_step *step, sc_transaction *t)
{
    bool own = t->method == SIPCHECK_METHOD_MESSAGE && !step->passed_on && t->by_peer.owner == NULL;
    if (!own || sc_chain_is_full(step->tracker, peer_of(t))) return;
    t->text = ++step->tracker->texts;
    sc_table_add(&step->tracker->table, &t->by_peer, &t->tracked, peer_of(t));
}

static bool did_not_wait(const sc_transaction *second, const sc_transaction *first)
{
    const sipcheck_address_port *a = &second->client, *b = &first->client;
    bool same_peer = second->call_id == first->call_id && second->to_tag == first->to_tag &&
                     (first->to_tag != 0 ? second->from_tag == first->from_tag
                                         : second->target == first->target);
    bool repeated = second->from_tag == first->from_tag && second->cseq == first->cseq;
    return second->method == SIPCHECK_METHOD_MESSAGE && same_peer && !repeated &&
           !second->overlap_told && second->request != NULL && sc_same_host(a, b) &&
           a->port == b->port && second->text > first->text &&
           second->request->packet.ns > first->request->packet.ns;
}

void sc_overlaps_tell(const sc_step *step, const sc_transaction *first)
{
    bool own = first->by_peer.owner != NULL && first->request != NULL;
    if (first->method != SIPCHECK_METHOD_MESSAGE || !own || first->finals != 1) return;
    sc_node *node =
        sc_table_find(&step->tracker->table, first->by_peer.key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_transaction *second = (sc_transaction *)node->owner;
        if (node != &second->by_peer || !did_not_wait(second, first)) continue;
        if (step->packet->ns < sc_sum(second->request->packet.ns, order_ns)) continue;
        second->overlap_told = true;
        sc_event *event = sc_tell(step->events, &second->tracked.object, SC_EVENT_OVERLAP);
        sc_bind_lost(event, SC_NAME_REQUEST, second->request);
        sc_bind_lost(event, SC_NAME_PREVIOUS, first->request);
    }
}
