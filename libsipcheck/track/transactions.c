/* SPDX-License-Identifier: MIT */
/* Transactions: what a message is to the one it belongs to. RFC 3261 §17, RFC 6026 */
#include "track/internal.h"

enum { NODES = 5 };
typedef struct sc_nodes {
    sc_node *list[NODES];
} sc_nodes;

static sc_nodes nodes_of(sc_transaction *t)
{
    return (sc_nodes){ { &t->by_branch, &t->by_bare, &t->by_call, &t->by_upper, &t->by_peer } };
}

void sc_transaction_expect_end(const sc_tracker *tracker, sc_transaction *t, unsigned steps)
{
    const sc_nodes nodes = nodes_of(t);
    for (size_t i = 0; i < NODES; i++) {
        if (nodes.list[i]->owner == NULL) continue;
        if (steps == 0)
            sc_table_expect_first(&tracker->table, nodes.list[i]->key);
        else
            sc_table_expect(&tracker->table, nodes.list[i]->key);
    }
    if (steps == 0) return;
    if (t->request != NULL) __builtin_prefetch(t->request);
    if (t->response != NULL) __builtin_prefetch(t->response);
}

static void forget_keys(sc_table *table, sc_transaction *t)
{
    const sc_nodes nodes = nodes_of(t);
    for (size_t i = 0; i < NODES; i++)
        sc_table_remove(table, nodes.list[i]);
}

void sc_transaction_release(sc_tracker *tracker, sc_transaction *t)
{
    forget_keys(&tracker->table, t);
    sc_tracker_drop(tracker, t->request);
    sc_tracker_drop(tracker, t->response);
    sc_tracker_drop(tracker, t->ack);
    sc_tracker_drop(tracker, t->cancel);
    sc_tracker_drop(tracker, t->challenge);
    sc_tracker_drop(tracker, t->earlier);
    sc_tracker_drop(tracker, t->tried);
    sc_tracker_drop(tracker, t->outcome);
    for (size_t i = 0; i < t->answered; i++)
        sc_tracker_drop(tracker, t->replies->answers[i]);
    sc_tracker_give(tracker, t->replies, sizeof *t->replies);
    sc_tracker_give(tracker, t->hop, sizeof *t->hop);
}

static void bind_nonce(sc_event *event, const sc_transaction *t)
{
    if (event == NULL) return;
    event->bound[SC_NAME_CHALLENGE] = t->challenge;
    event->presence[SC_NAME_CHALLENGE] = t->challenge_presence;
    event->bound[SC_NAME_EARLIER] = t->earlier;
    event->presence[SC_NAME_EARLIER] = t->earlier_presence;
}

static void bind_tried(sc_event *event, const sc_transaction *t)
{
    sc_bind(event, SC_NAME_TRIED, t->tried);
    if (t->outcome_lost)
        sc_bind_lost(event, SC_NAME_OUTCOME, t->outcome);
    else
        sc_bind(event, SC_NAME_OUTCOME, t->outcome);
}

sc_event *sc_transaction_tell(sc_events *events, sc_transaction *t, enum sc_event_kind kind)
{
    sc_event *event = sc_tell(events, &t->tracked.object, kind);
    sc_bind_lost(event, SC_NAME_REQUEST, t->request);
    sc_bind(event, SC_NAME_RESPONSE, t->response);
    sc_bind(event, SC_NAME_ACK, t->ack);
    sc_bind(event, SC_NAME_CANCEL, t->cancel);
    sc_bind(event, SC_NAME_PREVIOUS, NULL);
    bind_nonce(event, t);
    bind_tried(event, t);
    return event;
}

static void tell_fed(const sc_step *step, sc_transaction *t, enum sc_event_kind kind,
                     enum sc_name name)
{
    sc_bind_fed(sc_transaction_tell(step->events, t, kind), name);
}

void sc_transaction_touch(const sc_step *step, sc_transaction *t)
{
    bool rings = t->method == SIPCHECK_METHOD_INVITE && t->state == SC_STATE_PROCEEDING;
    sc_touch(step->tracker, &t->tracked, rings ? SC_RING_RINGING : SC_RING_BRIEF);
}

void sc_transaction_set(sc_transaction *t, const sc_sent *sent, const sc_step *step, bool repeated)
{
    const sipcheck_packet *packet = step->packet;
    t->state_before = t->state;
    t->passed_on = step->passed_on;
    t->repeated = repeated;
    t->gap = repeated && packet->ns > sent->ns ? packet->ns - sent->ns : 0;
    t->identical = repeated && sent->bytes == sc_mix_long(packet->bytes, packet->length);
}

static void note_sent(sc_sent *sent, const sc_step *step)
{
    if (sent->bytes == 0) {
        sent->what = step->what;
        sent->answer = step->answer;
        sent->bytes = sc_mix_long(step->packet->bytes, step->packet->length);
    } else {
        sent->number++;
    }
    sent->ns = step->packet->ns;
}

/* One client has one branch for two requests. Of one Call-ID: others may be tracked elsewhere.
 * Where addresses are translated another client may have the same sent-by. */
static bool same_branch(const sc_transaction *other, const sc_transaction *t)
{
    bool same = other->from_tag == t->from_tag && other->cseq == t->cseq;
    return other->call_id == t->call_id && !same && !other->tracked.object.began_unseen &&
           other->client.family != 0 && other->client.port == t->client.port &&
           sc_same_host(&other->client, &t->client);
}

/* Two of a branch suffice to know that it tells nothing. */
static void add_bare(sc_step *step, sc_transaction *t)
{
    sc_table *table = &step->tracker->table;
    sc_node *node = sc_table_find(table, step->bare_key, SIPCHECK_SCOPE_TRANSACTION);
    if (node != NULL && step->cookie && step->message->is_request)
        t->branch_used = same_branch((sc_transaction *)node->owner, t);
    t->alone = node == NULL && step->cookie;
    if (!t->alone && node != NULL) ((sc_transaction *)node->owner)->alone = false;
    if (t->alone) sc_table_add(table, &t->by_bare, &t->tracked, step->bare_key);
}

/* Its ACK was seen right before it. */
static bool was_acked(const sc_step *step)
{
    const sc_tracker *tracker = step->tracker;
    uint64_t ns = step->packet->ns;
    for (unsigned i = 0; i < SC_ACKS_MAX; i++) {
        const sc_acked *ack = &tracker->acks[i];
        if (ack->call_key == step->call_key && ns < sc_sum(ack->ns, tracker->options.reorder))
            return true;
    }
    return false;
}

static sc_transaction *make(sc_step *step, bool request)
{
    const sipcheck_packet *packet = step->packet;
    sc_tracker *tracker = step->tracker;
    sc_transaction *t = sc_tracker_make(step, SIPCHECK_SCOPE_TRANSACTION, SC_RING_BRIEF);
    tracker->counts.transactions++;
    t->tracked.object.began_unseen = !request;
    t->challenge_presence = t->earlier_presence = SC_NOT_CAPTURED;
    t->method = step->method;
    t->method_hash = step->method_hash;
    t->call_id = step->call_id;
    t->from_tag = step->from_tag;
    t->cseq = step->cseq;
    t->transport_known = packet->transport != SIPCHECK_TRANSPORT_UNKNOWN;
    t->unreliable = sc_may_be_udp(packet);
    t->client = request ? packet->src : packet->dst;
    t->server = request ? packet->dst : packet->src;
    sc_table_add(&tracker->table, &t->by_branch, &t->tracked, step->branch_key);
    add_bare(step, t);
    if (request) sc_find_tried(step, t);
    if (step->method != SIPCHECK_METHOD_CANCEL)
        sc_table_add(&tracker->table, &t->by_call, &t->tracked, sc_client_key(step, step->cseq));
    return t;
}

static void note_request(sc_step *step, sc_transaction *t)
{
    sc_keep_fed(step, &t->request);
    sc_note_asked(step, t);
    if (t->state == SC_STATE_UNKNOWN && !t->tracked.object.began_unseen)
        t->state = t->method == SIPCHECK_METHOD_INVITE ? SC_STATE_CALLING : SC_STATE_TRYING;
    note_sent(&t->requested, step);
    sc_overlaps_note(step, t);
}

static void request_again(sc_step *step, sc_transaction *t)
{
    step->again = true;
    sc_transaction_set(t, &t->requested, step, true);
    note_sent(&t->requested, step);
    sc_event *event = sc_transaction_tell(step->events, t, SC_EVENT_REQUEST_AGAIN);
    sc_bind_fed(event, SC_NAME_REQUEST);
    sc_bind_lost(event, SC_NAME_PREVIOUS, t->request);
    sc_transaction_touch(step, t);
}

static void cancel_invite(sc_step *step)
{
    bool vague;
    sc_transaction *t = sc_match_followup(step, &vague);
    step->cancelled = t;
    if (t == NULL) return;
    sc_transaction_set(t, NULL, step, false);
    tell_fed(step, t, SC_EVENT_CANCEL, SC_NAME_CANCEL);
    sc_keep_fed(step, &t->cancel);
    sc_transaction_touch(step, t);
}

static void track_request(sc_step *step)
{
    sc_transaction *t = sc_match_request(step);
    step->transaction = t;
    if (t != NULL && t->request != NULL) {
        request_again(step, t);
        return;
    }
    step->disordered = t != NULL;
    if (t == NULL) {
        t = make(step, true);
        if (step->method == SIPCHECK_METHOD_INVITE && was_acked(step))
            t->tracked.object.damaged = step->disordered = true;
    }
    step->transaction = t;
    sc_transaction_set(t, NULL, step, false);
    note_request(step, t);
    sc_nonces_request(step, t);
    tell_fed(step, t, SC_EVENT_REQUEST, SC_NAME_REQUEST);
    if (step->method == SIPCHECK_METHOD_CANCEL) cancel_invite(step);
    sc_transaction_touch(step, t);
}

static sc_sent *responded(sc_transaction *t, size_t kind)
{
    return kind == 0 ? &t->responded : &t->replies->more[kind - 1];
}

/* NULL: it is new. */
static sc_sent *sent_before(sc_transaction *t, uint64_t what)
{
    for (size_t i = 0; i < t->responses; i++) {
        if (responded(t, i)->what == what) return responded(t, i);
    }
    return NULL;
}

static void response_again(sc_step *step, sc_transaction *t, sc_sent *sent)
{
    step->again = true;
    sc_transaction_set(t, sent, step, true);
    note_sent(sent, step);
    t->response_repetitions = sent->number;
    bool last = sent == responded(t, t->responses - 1u);
    const sc_kept *first = last ? t->response : NULL;
    t->response_differs = t->response_differs || (last && !t->identical);
    sc_event *event = sc_transaction_tell(step->events, t, SC_EVENT_RESPONSE_AGAIN);
    sc_bind_fed(event, SC_NAME_RESPONSE);
    sc_bind_lost(event, SC_NAME_PREVIOUS, first);
    sc_transaction_touch(step, t);
}

static void note_answer(sc_step *step, sc_transaction *t)
{
    if (t->acked_ahead == step->to_tag && step->to_tag != 0)
        t->tracked.object.damaged = step->disordered = true;
    if (t->answered == SC_ANSWERS_MAX) {
        t->tracked.object.damaged = true;
        return;
    }
    t->replies->answer_tags[t->answered] = step->to_tag;
    sc_keep_fed(step, &t->replies->answers[t->answered++]);
}

static enum sc_transaction_state state_after(const sc_transaction *t, uint32_t status)
{
    bool invite = t->method == SIPCHECK_METHOD_INVITE;
    if (status < 200) return t->finals > 0 ? t->state : SC_STATE_PROCEEDING;
    if (invite && status < 300) return SC_STATE_ACCEPTED;
    return t->finals > 1 ? t->state : SC_STATE_COMPLETED;
}

static void note_response(sc_step *step, sc_transaction *t)
{
    uint32_t status = step->message->status;
    bool answer = t->method == SIPCHECK_METHOD_INVITE && status >= 200 && status < 300;
    sc_keep_fed(step, &t->response);
    if (t->replies == NULL && (t->responses > 0 || answer))
        t->replies = sc_tracker_make_replies(step->tracker);
    if (t->responses == 0 && step->packet->ns > t->tracked.object.first_ns)
        t->waited = step->packet->ns - t->tracked.object.first_ns;
    if (t->responses == SC_RESPONSES_MAX) {
        t->tracked.object.damaged = true;
        t->responses--;
        *responded(t, t->responses) = (sc_sent){ 0 };
    }
    note_sent(responded(t, t->responses++), step);
    t->response_repetitions = 0;
    t->response_differs = false;
    t->last_answer = step->answer;
    t->response_vias = step->vias;
    t->provisionals += status < 200;
    t->reliable += status < 200 && step->message->values[SIPCHECK_HEADER_RSEQ] != NULL;
    t->finals += status >= 200;
    sc_timer_refused(step, t);
    t->declined = t->declined || status >= 600;
    t->state = (uint8_t)state_after(t, status);
    if (answer) note_answer(step, t);
}

static void new_response(sc_step *step, sc_transaction *t)
{
    sc_transaction_set(t, NULL, step, false);
    enum sc_event_kind kind = step->message->status < 200 ? SC_EVENT_PROVISIONAL : SC_EVENT_FINAL;
    const enum sc_event_kind kinds[] = { SC_EVENT_RESPONSE, kind };
    for (size_t i = 0; i < 2; i++) {
        sc_event *event = sc_transaction_tell(step->events, t, kinds[i]);
        sc_bind_fed(event, SC_NAME_RESPONSE);
        sc_bind(event, SC_NAME_PREVIOUS, t->response);
    }
    note_response(step, t);
    if (step->message->status >= 200) sc_overlaps_tell(step, t);
    sc_transaction_touch(step, t);
}

static void track_response(sc_step *step)
{
    bool vague;
    sc_transaction *t = sc_match_response(step, &vague);
    if (vague) return;
    if (t == NULL) t = make(step, false);
    step->transaction = t;
    const sipcheck_address_port *src = &step->packet->src;
    step->what = sc_mix(step->what, src->bytes, src->family == 4 ? 4 : sizeof src->bytes);
    sc_sent *sent = sent_before(t, step->what);
    if (sent != NULL)
        response_again(step, t, sent);
    else
        new_response(step, t);
}

void sc_transactions_track(sc_step *step)
{
    if (step->message->is_response)
        track_response(step);
    else if (step->method == SIPCHECK_METHOD_ACK)
        sc_acks_track(step);
    else
        track_request(step);
}

void sc_transaction_end(sc_transaction *t, sc_events *events)
{
    t->state_before = t->state;
    t->state = SC_STATE_TERMINATED;
    t->repeated = false;
    t->client_end.may = t->server_end.may = SC_MAY_NOTHING;
    sc_transaction_tell(events, t, SC_EVENT_END);
}
