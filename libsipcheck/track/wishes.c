/* SPDX-License-Identifier: MIT */
/* Subscriptions beside each other: those of one dialog, and what is asked for again behind the end.
 * RFC 6665 §4.1.3, §4.5.2 */
#include "track/subscriptions.h"

static uint64_t uri_of(const sipcheck_message *message, enum sipcheck_header_id id)
{
    const sipcheck_address *address = (const sipcheck_address *)message->values[id];
    return address != NULL ? sc_uri_hash(&address->uri) : 0;
}

/* The same user's client and the same resource, package and id, and the same Call-ID, as others are
 * another tracker's. A user's other client stands elsewhere, or has another Contact. */
static uint64_t wish_of(const sc_step *step, const sc_transaction *asked)
{
    bool notify = step->method == SIPCHECK_METHOD_NOTIFY;
    const sipcheck_message *message = step->message;
    uint64_t from = uri_of(message, notify ? SIPCHECK_HEADER_TO : SIPCHECK_HEADER_FROM);
    uint64_t to = uri_of(message, notify ? SIPCHECK_HEADER_FROM : SIPCHECK_HEADER_TO);
    const sipcheck_address_port *client = &asked->client;
    if (asked->method != SIPCHECK_METHOD_SUBSCRIBE || asked->to_tag != 0 || from == 0 || to == 0 ||
        asked->contact == 0 || asked->request == NULL || asked->request->passed_on)
        return 0;
    const uint64_t names[] = { step->call_id,
                               from,
                               to,
                               asked->contact,
                               asked->package,
                               asked->package_id,
                               sc_mix(client->port, client->bytes, client->family == 4 ? 4 : 16) };
    return sc_mix(9, names, sizeof names);
}

static uint64_t dialog_key(const sc_step *step)
{
    return sc_mix_word(8, sc_dialog_key(step->call_id, step->from_tag, step->to_tag));
}

static bool has_other_dialogs(const sc_step *step, uint64_t subscriber, uint64_t notifier)
{
    sc_node *node = sc_table_find(&step->tracker->table, sc_leg_key(step->call_id, subscriber),
                                  SIPCHECK_SCOPE_DIALOG);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_dialog *dialog = (const sc_dialog *)node->owner;
        if (dialog->call_id == step->call_id && dialog->party[SC_CALLER].tag == subscriber &&
            dialog->party[SC_CALLEE].tag != notifier)
            return true;
    }
    return false;
}

void sc_subscription_place(const sc_step *step, sc_subscription *s, const sc_transaction *asked)
{
    sc_table *table = &step->tracker->table;
    if (asked != NULL) s->wish = wish_of(step, asked);
    s->forked =
        asked != NULL && asked->to_tag == 0 && has_other_dialogs(step, s->subscriber, s->notifier);
    if (!sc_chain_is_full(step->tracker, dialog_key(step)))
        sc_table_add(table, &s->by_dialog, &s->tracked, dialog_key(step));
}

void sc_subscription_remember(const sc_step *step, sc_subscription *s)
{
    sc_tracker *tracker = step->tracker;
    const sipcheck_token *state =
        (const sipcheck_token *)step->message->values[SIPCHECK_HEADER_SUBSCRIPTION_STATE];
    const sipcheck_param *after =
        state != NULL ? sipcheck_param_find(state->params, "retry-after") : NULL;
    uint64_t ns = after != NULL ? sc_seconds(after->value) : UINT64_MAX;
    if (s->wish == 0 || sc_chain_is_full(tracker, s->wish)) return;
    sc_table_add(&tracker->table, &s->by_wish, &s->tracked, s->wish);
    if (ns != UINT64_MAX)
        sc_due_set(&tracker->dues, &s->due, &s->tracked, sc_sum(tracker->clock, ns));
}

void sc_subscription_wished(const sc_step *step)
{
    sc_table *table = &step->tracker->table;
    uint64_t wish = wish_of(step, step->transaction);
    if (wish == 0) return;
    sc_node *node = sc_table_find(table, wish, SIPCHECK_SCOPE_SUBSCRIPTION), *following;
    for (; node != NULL; node = following) {
        sc_subscription *s = (sc_subscription *)node->owner;
        following = sc_table_more(node);
        if (node != &s->by_wish) continue;
        sc_table_remove(table, node);
        sc_subscription_set_fed(s);
        sc_subscription_tell(step, s, SC_EVENT_RESUBSCRIBE, s->notify);
    }
}

sc_party *sc_party_of(const sc_step *step, uint64_t tag)
{
    sc_dialog *dialog = sc_dialog_find(step);
    if (dialog == NULL) return NULL;
    return &dialog->party[dialog->party[SC_CALLER].tag == tag ? SC_CALLER : SC_CALLEE];
}

void sc_subscription_note_asked(const sc_step *step)
{
    sc_party *party = sc_party_of(step, step->from_tag);
    if (party != NULL) party->wanted_cseq = (uint32_t)step->cseq;
}

const sc_transaction *sc_subscription_asked(const sc_step *step)
{
    const sc_party *party = sc_party_of(step, step->to_tag);
    if (party == NULL || party->wanted_cseq == 0) return NULL;
    sc_node *node = sc_table_find(&step->tracker->table,
                                  sc_call_key(step->call_id, step->to_tag, party->wanted_cseq),
                                  SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (t->request != NULL && !t->request->passed_on && t->call_id == step->call_id &&
            t->from_tag == step->to_tag && t->cseq == party->wanted_cseq && t->package != 0)
            return t;
    }
    return NULL;
}

void sc_subscription_unasked(const sc_step *step)
{
    sc_node *node =
        sc_table_find(&step->tracker->table, dialog_key(step), SIPCHECK_SCOPE_SUBSCRIPTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_subscription *s = (sc_subscription *)node->owner;
        if (node == &s->by_dialog && s->call_id == step->call_id) s->tracked.object.damaged = true;
    }
}

void sc_subscription_stray(const sc_step *step)
{
    bool notify = step->method == SIPCHECK_METHOD_NOTIFY;
    uint64_t subscriber = notify ? step->to_tag : step->from_tag;
    sc_node *node =
        sc_table_find(&step->tracker->table, dialog_key(step), SIPCHECK_SCOPE_SUBSCRIPTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_subscription *s = (sc_subscription *)node->owner;
        bool names = s->call_id == step->call_id && s->subscriber == subscriber;
        bool seen = s->request != NULL && !s->tracked.object.began_unseen;
        if (!names || s->over || !seen || node != &s->by_dialog) continue;
        if (step->tracker->subscription_lost) s->tracked.object.damaged = true; /* it may be that */
        sc_subscription_set_fed(s);
        sc_subscription_tell(step, s, SC_EVENT_STRAY, s->notify);
        return;
    }
}
