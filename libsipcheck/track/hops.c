/* SPDX-License-Identifier: MIT */
/* Hops: the same message before and behind an element. RFC 3261 §16.6, §16.7 */
#include "track/internal.h"

/* The nodes of what was sent on, by the transaction that it was received in. */
static uint64_t upper_key(uint64_t branch_key)
{
    return sc_mix_word(4, branch_key);
}

static bool has_names_of(const sc_transaction *t, const sc_transaction *other)
{
    return t->call_id == other->call_id && t->from_tag == other->from_tag &&
           t->cseq == other->cseq && t->method == other->method;
}

/* The transaction of what was received: one Via less, of which the first is the second of what is
 * sent. NULL: not seen, or there are several. */
static sc_transaction *upper_of(const sc_step *step)
{
    sc_transaction *found = NULL;
    sc_node *node =
        sc_table_find(&step->tracker->table, step->upper_key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_transaction *t = (sc_transaction *)node->owner;
        if (t == step->transaction || t->request == NULL || !has_names_of(t, step->transaction) ||
            t->vias + 1 != step->transaction->vias || node != &t->by_branch)
            continue;
        bool nearer = sc_same_host(&t->server, &step->packet->src);
        if (found != NULL && sc_same_host(&found->server, &step->packet->src) == nearer)
            return NULL;
        if (found == NULL || nearer) found = t;
    }
    return found;
}

/* RFC 3261 §16.7 item 6 */
static bool is_declined(const sc_step *step, const sc_transaction *upper)
{
    if (upper->hop.branches < 2) return false;
    sc_node *node = sc_table_find(&step->tracker->table, upper_key(upper->by_branch.key),
                                  SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (t->declined && t->vias == upper->vias + 1 && has_names_of(t, upper)) return true;
    }
    return false;
}

static sc_event *tell(const sc_step *step, sc_transaction *upper, const sc_kept *in)
{
    sc_object *object = &upper->hop.object;
    object->last_ns = step->packet->ns;
    object->damaged = object->damaged || upper->tracked.object.damaged;
    upper->hop.declined = is_declined(step, upper);
    sc_event *event = sc_tell(step->events, object, SC_EVENT_FORWARDED);
    sc_bind(event, SC_NAME_IN, in);
    sc_bind_fed(event, SC_NAME_OUT);
    return event;
}

static void track_request(sc_step *step)
{
    sc_transaction *t = step->transaction;
    sc_transaction *upper = t->vias > 1 ? upper_of(step) : NULL;
    if (upper == NULL) return;
    sc_hop *hop = &upper->hop;
    if (hop->branches++ == 0) {
        hop->object = (sc_object){ .scope = SIPCHECK_SCOPE_HOP, .first_ns = step->packet->ns };
        step->tracker->counts.hops++;
    }
    sc_table_remove(&step->tracker->table, &t->by_upper);
    if (!sc_chain_is_full(step->tracker, upper_key(upper->by_branch.key)))
        sc_table_add(&step->tracker->table, &t->by_upper, &t->tracked,
                     upper_key(upper->by_branch.key));
    (void)tell(step, upper, upper->request);
}

/* A 100 goes no further than one hop. The response of a branch that was received last, as it is
 * sent on. */
static void track_response(sc_step *step)
{
    sc_transaction *upper = step->transaction;
    if (step->message->status == 100 || upper->hop.branches == 0) return;
    sc_node *node = sc_table_find(&step->tracker->table, upper_key(upper->by_branch.key),
                                  SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (has_names_of(t, upper) && t->last_answer == step->answer &&
            t->response_vias == step->vias + 1) {
            sc_event *event = tell(step, upper, t->response);
            sc_bind_lost(event, SC_NAME_REQUEST, upper->request);
            sc_bind_lost(event, SC_NAME_COPY, t->request);
            return;
        }
    }
}

void sc_hops_track(sc_step *step)
{
    const sc_transaction *t = step->transaction;
    if (t == NULL || step->again || step->method == SIPCHECK_METHOD_ACK) return;
    if (step->message->is_response)
        track_response(step);
    else
        track_request(step);
}
