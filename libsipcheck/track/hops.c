/* SPDX-License-Identifier: MIT */
/* Hops: the same message before and behind an element, and what the element does of its own with
 * the request's branches. RFC 3261 §16.6, §16.7, §16.10 */
#include <string.h>

#include "track/branches.h"

static sc_event *tell(const sc_step *step, sc_transaction *upper, enum sc_event_kind kind)
{
    sc_event *event = sc_tell(step->events, &upper->hop->object, kind);
    sc_bind_lost(event, SC_NAME_REQUEST, upper->request);
    return event;
}

static void tell_in(const sc_step *step, sc_transaction *upper, enum sc_event_kind kind,
                    const sc_transaction *branch)
{
    sc_event *event = tell(step, upper, kind);
    sc_bind_fed(event, SC_NAME_IN);
    sc_bind_lost(event, SC_NAME_COPY, branch->request);
}

static void tell_out(const sc_step *step, sc_transaction *upper, enum sc_event_kind kind,
                     const sc_transaction *branch)
{
    sc_event *event = tell(step, upper, kind);
    sc_bind_fed(event, SC_NAME_OUT);
    sc_bind_lost(event, SC_NAME_COPY, branch->request);
}

/* --- branches that are left when no answer to them is wanted any more */

static void tell_open(const sc_step *step, sc_transaction *upper, enum sc_event_kind kind)
{
    unsigned told = 0;
    for (sc_node *node = sc_hop_branch(step->tracker, upper); node != NULL;
         node = sc_hop_more(upper, node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (!sc_hop_is_open(t)) continue;
        if (told++ == SC_HOP_OPEN_MAX) break;
        if (kind == SC_EVENT_OPEN_ANSWERED)
            tell_out(step, upper, kind, t);
        else
            tell_in(step, upper, kind, t);
    }
}

/* --- a request is sent on */

/* The transaction of what was received: one Via less, of which the first is the second of what is
 * sent. NULL: not seen, or there are several. */
static sc_transaction *upper_of(const sc_step *step)
{
    sc_transaction *found = NULL;
    sc_node *node =
        sc_table_find(&step->tracker->table, step->upper_key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_transaction *t = (sc_transaction *)node->owner;
        if (t == step->transaction || t->request == NULL ||
            !sc_hop_same_names(t, step->transaction) || t->vias + 1 != step->transaction->vias ||
            node != &t->by_branch)
            continue;
        bool nearer = sc_same_host(&t->server, &step->packet->src);
        if (found != NULL && sc_same_host(&found->server, &step->packet->src) == nearer)
            return NULL;
        if (found == NULL || nearer) found = t;
    }
    return found;
}

static bool same_place(const sc_transaction *a, const sc_transaction *b)
{
    return sc_same_host(&a->server, &b->server) && a->server.port == b->server.port &&
           a->unreliable == b->unreliable;
}

/* What was sent before as this branch; else to the same user at the same place. NULL: nothing. */
static const sc_transaction *sent_before(const sc_step *step, const sc_transaction *upper)
{
    const sc_transaction *fed = step->transaction, *likely = NULL;
    for (sc_node *node = sc_hop_branch(step->tracker, upper); node != NULL;
         node = sc_hop_more(upper, node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (t == fed) continue;
        if (t->by_branch.key == fed->by_branch.key) return t;
        if (t->registrar == fed->registrar && same_place(t, fed)) likely = t;
    }
    return likely;
}

/* The Request-URI as it was written, of requests of one method. */
static bool same_start(const sc_kept *a, const sc_kept *b)
{
    const uint8_t *end = memchr(a->packet.bytes, '\n', a->packet.length);
    size_t n = end != NULL ? (size_t)(end - a->packet.bytes) : a->packet.length;
    return b->packet.length >= n && memcmp(a->packet.bytes, b->packet.bytes, n) == 0;
}

/* RFC 5393 §4.2: what the proxy sends somewhere by is the same. */
static bool came_by_before(const sc_step *step, const sc_transaction *upper)
{
    if (upper->by_call.owner == NULL) return false;
    sc_node *node =
        sc_table_find(&step->tracker->table, upper->by_call.key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (node == &t->by_call && t->vias < upper->vias && sc_branches(t) > 1 &&
            sc_hop_same_names(t, upper) && same_place(t, upper) && t->request != NULL &&
            t->route == upper->route && same_start(t->request, upper->request))
            return true;
    }
    return false;
}

static bool adds_route(const sc_tracker *tracker, const sc_transaction *upper)
{
    for (sc_node *node = sc_hop_branch(tracker, upper); node != NULL;
         node = sc_hop_more(upper, node)) {
        if (((const sc_transaction *)node->owner)->route_count > upper->route_count) return true;
    }
    return false;
}

/* A copy of the SUBSCRIBE, outside of a dialog, that the NOTIFY belongs to. */
static bool is_subscribed(const sc_transaction *t, const sc_step *step)
{
    return t->method == SIPCHECK_METHOD_SUBSCRIBE && t->request != NULL &&
           t->call_id == step->call_id && t->from_tag == step->to_tag && t->to_tag == 0;
}

/* RFC 6665 §4.3: what the element that the NOTIFY came to did with its SUBSCRIBE. In a circle that
 * may have come by before, unless each step of its way was seen. */
static enum sc_recorded recorded(const sc_step *step, const sc_transaction *upper)
{
    uint32_t seen = 1, wanted = 0; /* bits: by how many Vias a copy has */
    if (step->method != SIPCHECK_METHOD_NOTIFY) return SC_RECORDED_UNSEEN;
    sc_node *node = sc_table_find(&step->tracker->table, sc_leg_key(step->call_id, step->to_tag),
                                  SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (node != &t->by_call || !is_subscribed(t, step)) continue;
        if (t->tracked.object.damaged) return SC_RECORDED_LOST;
        if (t->vias >= 32) return SC_RECORDED_UNSEEN;
        seen |= UINT32_C(1) << t->vias;
        if (sc_branches(t) == 0 || !sc_same_host(&t->server, &upper->server)) continue;
        if (adds_route(step->tracker, t)) return SC_RECORDED;
        if (same_place(t, upper)) wanted |= (UINT32_C(1) << t->vias) - 1;
    }
    return wanted != 0 && (seen & wanted) == wanted ? SC_RECORDED_NOT : SC_RECORDED_UNSEEN;
}

/* What was answered before anything was sent on was seen out of order. */
static void begin(sc_step *step, sc_transaction *upper)
{
    sc_hop *hop = upper->hop = sc_tracker_make_hop(step->tracker);
    hop->object = (sc_object){ .scope = SIPCHECK_SCOPE_HOP,
                               .first_ns = step->packet->ns,
                               .damaged = upper->hop_damaged || upper->finals > 0 };
    hop->stateful = upper->responses > 0;
    step->tracker->counts.hops++;
}

/* What looks like a copy was seen before it: how many branches there are is not known. */
static bool was_sent_on_before(const sc_step *step)
{
    const sc_transaction *fed = step->transaction;
    if (fed->by_call.owner == NULL) return false;
    sc_node *node =
        sc_table_find(&step->tracker->table, fed->by_call.key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (node == &t->by_call && t->vias == fed->vias + 1 && t->by_upper.owner == NULL &&
            t->request != NULL && sc_hop_same_names(t, fed))
            return true;
    }
    return false;
}

/* One branch that is seen at several places is one: it was sent elsewhere, or an address was
 * translated between them, and its answers are heard where it was seen first. */
static void track_request(sc_step *step)
{
    sc_transaction *t = step->transaction;
    sc_transaction *upper = t->vias > 1 ? upper_of(step) : NULL;
    if (was_sent_on_before(step)) t->hop_damaged = true;
    if (upper == NULL) return;
    if (upper->hop == NULL) begin(step, upper);
    sc_hop *hop = upper->hop;
    const sc_transaction *before = sent_before(step, upper);
    bool new_branch = before == NULL || before->by_branch.key != t->by_branch.key;
    hop->branches += new_branch;
    if (new_branch || sc_same_host(&before->client, &t->client)) sc_hop_join(step, upper, t);
    sc_hop_look(step, upper);
    hop->rewrites = hop->rewrites || sc_hop_rewritten(step, upper->request);
    hop->looped = came_by_before(step, upper);
    hop->recorded = (uint8_t)recorded(step, upper);
    sc_event *event = tell(step, upper, SC_EVENT_FORWARDED);
    sc_bind(event, SC_NAME_IN, upper->request);
    sc_bind_fed(event, SC_NAME_OUT);
    sc_bind(event, SC_NAME_PREVIOUS, before != NULL ? before->request : NULL);
    if (new_branch) sc_hop_note_branch(step, hop);
}

static void track_request_again(const sc_step *step)
{
    const sc_transaction *t = step->transaction;
    sc_transaction *upper = sc_hop_upper(step->tracker, t);
    if (upper == NULL) return;
    sc_hop_look(step, upper);
    tell_out(step, upper, SC_EVENT_REQUEST_AGAIN, t);
}

/* --- a response comes from a branch */

static bool had_response(const sc_transaction *t, uint64_t answer)
{
    for (size_t i = 0; i < t->responses; i++) {
        if (sc_responded(t, i)->answer == answer) return true;
    }
    return false;
}

static void track_received(const sc_step *step)
{
    const sc_transaction *t = step->transaction;
    sc_transaction *upper = sc_hop_upper(step->tracker, t);
    if (upper == NULL) return;
    sc_hop_note_response(step, upper);
    if (step->message->status > 100 && had_response(upper, step->answer)) /* sent back before */
        upper->hop->object.damaged = true;
    sc_hop_look(step, upper);
    upper->hop->waited = t->waited;
    tell_in(step, upper, SC_EVENT_RECEIVED, t);
    if (step->message->status >= 600) tell_open(step, upper, SC_EVENT_OPEN_DECLINED);
}

/* --- a response is sent back */

/* The branch that it came from; NULL: none. */
static const sc_transaction *origin_of(const sc_step *step, const sc_transaction *upper)
{
    const sc_transaction *origin = NULL;
    for (sc_node *node = sc_hop_branch(step->tracker, upper); node != NULL;
         node = sc_hop_more(upper, node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (t->last_answer == step->answer && t->response_vias == step->vias + 1) return t;
        if (had_response(t, step->answer)) origin = t;
    }
    return origin;
}

/* Only a tag of the server's own shows that a 100 is a copy. */
static bool is_anyones(const sc_step *step, const sc_transaction *upper)
{
    return step->message->status == 100 && (step->to_tag == 0 || step->to_tag == upper->to_tag);
}

static void tell_forwarded(const sc_step *step, sc_transaction *upper, const sc_transaction *origin)
{
    bool last = origin->last_answer == step->answer && origin->response_vias == step->vias + 1;
    const sc_kept *in = last && !origin->response_differs ? origin->response : NULL;
    upper->hop->rewrites = upper->hop->rewrites || sc_hop_rewritten(step, in);
    sc_event *event = tell(step, upper, SC_EVENT_FORWARDED);
    sc_bind_lost(event, SC_NAME_IN, in);
    sc_bind_fed(event, SC_NAME_OUT);
    sc_bind_lost(event, SC_NAME_COPY, origin->request);
}

/* A 100 may be a copy where a branch gave one. */
static bool is_own(const sc_step *step, const sc_transaction *upper)
{
    sc_node *node = sc_hop_branch(step->tracker, upper);
    for (; step->message->status == 100 && node != NULL; node = sc_hop_more(upper, node)) {
        if (((const sc_transaction *)node->owner)->responses > 0) return false;
    }
    return true;
}

/* No proxy writes a tag into a 1xx or 2xx. RFC 3261 §16.7 item 6 */
static void tell_replied(const sc_step *step, sc_transaction *upper)
{
    uint32_t status = step->message->status;
    upper->hop->rewrites = upper->hop->rewrites || (status > 100 && status < 300);
    upper->hop->stateful = upper->hop->stateful || is_own(step, upper);
    sc_bind_fed(tell(step, upper, SC_EVENT_REPLIED), SC_NAME_OUT);
}

/* The same response once more; it may have come from another branch. */
static void track_sent_back_again(const sc_step *step)
{
    sc_transaction *upper = step->transaction;
    if (sc_branches(upper) == 0) return;
    sc_hop_look(step, upper);
    sc_bind_fed(tell(step, upper, SC_EVENT_RESPONSE_AGAIN), SC_NAME_OUT);
}

static void track_sent_back(const sc_step *step)
{
    sc_transaction *upper = step->transaction;
    if (sc_branches(upper) == 0) return;
    sc_hop_look(step, upper);
    const sc_transaction *origin = is_anyones(step, upper) ? NULL : origin_of(step, upper);
    if (origin != NULL)
        tell_forwarded(step, upper, origin);
    else
        tell_replied(step, upper);
    if (step->message->status < 200) return;
    if (upper->hop->answered_ns == 0) {
        tell_open(step, upper, SC_EVENT_OPEN_ANSWERED);
        upper->hop->answered_ns = step->packet->ns != 0 ? step->packet->ns : 1;
    }
    if (step->message->status < 300 && upper->hop->accepted == 0)
        upper->hop->accepted = step->packet->ns != 0 ? step->packet->ns : 1;
}

/* --- a CANCEL of the request, or of a branch */

static void track_cancel(const sc_step *step)
{
    sc_transaction *t = step->cancelled;
    sc_transaction *upper = sc_hop_upper(step->tracker, t);
    if (upper != NULL) {
        sc_hop_look(step, upper);
        tell_out(step, upper, SC_EVENT_CANCELLED, t);
    }
    if (sc_branches(t) == 0) return;
    sc_hop_look(step, t);
    t->hop->cancelled = true;
    tell_open(step, t, SC_EVENT_OPEN_CANCELLED);
}

void sc_hops_track(sc_step *step)
{
    const sc_transaction *t = step->transaction;
    if (step->cancelled != NULL) track_cancel(step);
    if (t == NULL || step->method == SIPCHECK_METHOD_ACK) return;
    if (!step->message->is_response && step->again) {
        track_request_again(step);
    } else if (!step->message->is_response) {
        track_request(step);
    } else if (step->again) {
        track_sent_back_again(step);
    } else {
        track_received(step);
        track_sent_back(step);
    }
}
