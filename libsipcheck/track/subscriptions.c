/* SPDX-License-Identifier: MIT */
/* Subscriptions: whose a NOTIFY is, and how long. RFC 6665 §4, RFC 3515 §2.4
 *
 * One begins with the 2xx to its SUBSCRIBE or REFER, or with a NOTIFY that overtook it. */
#include "track/subscriptions.h"

void sc_subscription_release(sc_tracker *tracker, sc_subscription *s)
{
    sc_table_remove(&tracker->table, &s->by_name);
    sc_table_remove(&tracker->table, &s->by_dialog);
    sc_table_remove(&tracker->table, &s->by_wish);
    sc_due_clear(&tracker->dues, &s->due);
    sc_tracker_drop(tracker, s->request);
    sc_tracker_drop(tracker, s->notify);
}

static uint64_t key_of(const sc_subscription *s)
{
    const uint64_t names[] = { s->call_id, s->subscriber, s->notifier, s->package, s->id };
    return sc_mix(6, names, sizeof names);
}

static bool is_named(const sc_subscription *s, const sc_subscription *name)
{
    return s->call_id == name->call_id && s->subscriber == name->subscriber &&
           s->notifier == name->notifier && s->package == name->package && s->id == name->id;
}

static sc_subscription *find_exact(const sc_tracker *tracker, const sc_subscription *name)
{
    sc_node *node = sc_table_find(&tracker->table, key_of(name), SIPCHECK_SCOPE_SUBSCRIPTION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_subscription *s = (sc_subscription *)node->owner;
        if (is_named(s, name)) return s;
    }
    return NULL;
}

/* A REFER's may be named by its number; the first of a dialog need not. RFC 3515 §2.4.6 */
static sc_subscription *find(const sc_tracker *tracker, sc_subscription name, uint64_t id)
{
    name.id = id;
    sc_subscription *s = find_exact(tracker, &name);
    if (s != NULL || name.package != sc_refer_package() || id == 0) return s;
    name.id = 0;
    s = find_exact(tracker, &name);
    return s != NULL && (s->refer_id == id || s->refer_id == 0) ? s : NULL;
}

/* What the message's subscription is called, but for its id. */
static sc_subscription name_of(const sc_step *step, bool from_subscriber)
{
    const sc_transaction *t = step->transaction;
    return (sc_subscription){ .call_id = step->call_id,
                              .subscriber = from_subscriber ? step->from_tag : step->to_tag,
                              .notifier = from_subscriber ? step->to_tag : step->from_tag,
                              .package = t->package };
}

/* asked: the SUBSCRIBE or REFER; NULL: it was not seen. */
static sc_subscription *make(sc_step *step, const sc_subscription *name, uint64_t id,
                             const sc_transaction *asked)
{
    sc_tracker *tracker = step->tracker;
    sc_dialog *dialog = sc_dialog_find(step);
    sc_subscription full = *name;
    full.id = id;
    if (sc_chain_is_full(tracker, key_of(&full))) {
        tracker->subscription_lost = true;
        return NULL;
    }
    sc_subscription *s = sc_tracker_make(step, SIPCHECK_SCOPE_SUBSCRIPTION, SC_RING_LIVE);
    tracker->counts.subscriptions++;
    s->call_id = name->call_id;
    s->subscriber = name->subscriber;
    s->notifier = name->notifier;
    s->package = name->package;
    s->id = id;
    s->until = s->until_before = s->granted = s->granted_before = s->late_cseq = UINT64_MAX;
    s->tracked.object.began_unseen = dialog == NULL || dialog->tracked.object.began_unseen;
    s->tracked.object.damaged |=
        step->disordered || (dialog != NULL && dialog->tracked.object.damaged);
    if (dialog != NULL && dialog->usages < UINT8_MAX) dialog->usages++;
    sc_table_add(&tracker->table, &s->by_name, &s->tracked, key_of(s));
    sc_subscription_place(step, s, asked);
    if (asked == NULL) return s;
    sc_keep_other(tracker, &s->request, asked->request);
    s->asked_cseq = asked->cseq;
    s->asking = asked->finals == 0;
    sc_subscription_set_fed(s);
    return s;
}

void sc_subscription_set_fed(sc_subscription *s)
{
    s->until_before = s->until;
    s->granted_before = s->granted;
    s->notify_before = s->notify_ns;
    s->state_before = s->state;
    s->notifies_before = s->notifies;
    s->over_before = s->over;
    s->asking_before = s->asking;
    s->notified_before = s->notified;
    s->answered_before = s->answered;
}

void sc_subscription_tell(const sc_step *step, sc_subscription *s, enum sc_event_kind kind,
                          const sc_kept *previous)
{
    sc_event *event = sc_tell(step->events, &s->tracked.object, kind);
    bool response = step->message->is_response;
    sc_bind_lost(event, SC_NAME_SUBSCRIBE, s->request);
    sc_bind_lost(event, SC_NAME_REQUEST, step->transaction->request);
    sc_bind(event, SC_NAME_RESPONSE, NULL);
    sc_bind_lost(event, SC_NAME_PREVIOUS, NULL);
    sc_bind_fed(event, response ? SC_NAME_RESPONSE : SC_NAME_REQUEST);
    if (!response) sc_bind(event, SC_NAME_PREVIOUS, previous);
}

/* Some time for what is under way when it expires; UINT64_MAX: nobody knows when that is.
 * RFC 6665 §4.1.2.4 */
static void expire_in(const sc_step *step, sc_subscription *s, uint64_t ns)
{
    sc_tracker *tracker = step->tracker;
    s->until = UINT64_MAX;
    sc_due_clear(&tracker->dues, &s->due);
    if (ns == UINT64_MAX) return;
    uint64_t grace = sc_sum(ns, sc_64_t1(tracker));
    s->until = sc_sum(step->packet->ns, ns);
    sc_due_set(&tracker->dues, &s->due, &s->tracked, sc_sum(tracker->clock, grace));
}

/* The dialog that ends with its last subscription; NULL: it goes on. */
static sc_dialog *left_dialog(const sc_tracker *tracker, const sc_subscription *s)
{
    sc_dialog *dialog = sc_dialog_of(tracker, s->call_id, s->subscriber, s->notifier);
    if (dialog == NULL || dialog->usages == 0 || --dialog->usages > 0) return NULL;
    bool own =
        dialog->method == SIPCHECK_METHOD_SUBSCRIBE || dialog->method == SIPCHECK_METHOD_REFER;
    return own && !dialog->tracked.object.began_unseen ? dialog : NULL;
}

static void end(const sc_step *step, sc_subscription *s)
{
    if (s->over) return;
    s->over = true;
    s->over_ns = step->packet->ns;
    s->state = SC_SUBSCRIPTION_TERMINATED;
    sc_due_clear(&step->tracker->dues, &s->due);
    sc_subscription_tell(step, s, SC_EVENT_END, s->notify);
    sc_dialog *dialog = left_dialog(step->tracker, s);
    s->alone = dialog != NULL;
    if (dialog == NULL) return;
    dialog->state_before = dialog->state;
    sc_dialog_end(step, dialog);
}

static void touch(const sc_step *step, sc_subscription *s)
{
    bool brief = s->over && s->due.place == 0;
    sc_touch(step->tracker, &s->tracked, brief ? SC_RING_BRIEF : SC_RING_LIVE);
}

static void track_subscribe(sc_step *step)
{
    sc_subscription name = name_of(step, true);
    sc_subscription *s = find(step->tracker, name, step->transaction->package_id);
    sc_subscription_note_asked(step);
    if (step->method != SIPCHECK_METHOD_SUBSCRIBE) return;
    if (s == NULL) {
        sc_subscription_stray(step);
        return;
    }
    sc_subscription_set_fed(s);
    sc_subscription_tell(step, s, SC_EVENT_REQUEST, s->request);
    sc_subscription_tell(step, s, SC_EVENT_SUBSCRIBE, s->request);
    sc_keep_fed(step, &s->request);
    s->asked_cseq = step->cseq;
    s->asking = true;
    s->notified = false;
    touch(step, s);
}

/* RFC 4488 §4, RFC 7614 */
static bool makes_none(const sc_step *step)
{
    const sipcheck_token *sub =
        (const sipcheck_token *)step->message->values[SIPCHECK_HEADER_REFER_SUB];
    return step->transaction->no_subscription ||
           (sub != NULL && sc_same_nocase(sub->token, "false"));
}

/* It has an id where the dialog has another that lives. */
static sc_subscription *begin_refer(sc_step *step, const sc_subscription *name)
{
    if (makes_none(step)) return NULL;
    sc_subscription *first = find_exact(step->tracker, name);
    bool replaced = first != NULL && first->over;
    if (replaced) sc_table_remove(&step->tracker->table, &first->by_name);
    bool alone = first == NULL || replaced;
    sc_subscription *s =
        make(step, name, alone ? 0 : step->transaction->package_id, step->transaction);
    sc_party *notifier = s != NULL ? sc_party_of(step, s->notifier) : NULL;
    if (notifier == NULL) return s;
    s->earlier = notifier->referred;
    notifier->referred = true;
    return s;
}

static sc_subscription *begin(sc_step *step, const sc_subscription *name)
{
    if (step->message->status / 100 != 2) return NULL;
    sc_subscription *s = step->method == SIPCHECK_METHOD_REFER
                             ? begin_refer(step, name)
                             : make(step, name, step->transaction->package_id, step->transaction);
    if (s != NULL) sc_subscription_tell(step, s, SC_EVENT_BEGIN, NULL);
    return s;
}

/* How long it goes on from here is not known where the 2xx does not say it. One to a REFER never
 * does: its NOTIFYs do. */
static void accept(sc_step *step, sc_subscription *s)
{
    const sipcheck_number *expires =
        (const sipcheck_number *)step->message->values[SIPCHECK_HEADER_EXPIRES];
    if (step->cseq >= s->asked_cseq)
        sc_keep_other(step->tracker, &s->request, step->transaction->request);
    if (step->method == SIPCHECK_METHOD_REFER) s->refer_id = step->transaction->package_id;
    if (expires == NULL && step->method == SIPCHECK_METHOD_REFER) return;
    s->granted = expires != NULL ? sc_seconds(expires->digits) : UINT64_MAX;
    expire_in(step, s, s->granted);
}

/* RFC 6665 §4.1.2.2, §4.2.2 */
static bool ends_it(uint32_t status)
{
    return status == 404 || status == 405 || status == 410 || status == 416 ||
           (status >= 480 && status <= 485) || status == 489 || status == 501 || status == 604;
}

/* Its SUBSCRIBE or its NOTIFY got its final response. */
static void settle(sc_step *step, sc_subscription *s)
{
    uint32_t status = step->message->status;
    bool notify = step->method == SIPCHECK_METHOD_NOTIFY;
    if (status < 200) return;
    if (notify && step->cseq == s->notify_cseq) {
        s->answered = status < 300;
        s->notify_ns = 0;
    }
    if (!notify && step->cseq >= s->asked_cseq) s->asking = false;
    if (status < 300 && !notify && !s->over) accept(step, s);
    if (!ends_it(status) || step->method == SIPCHECK_METHOD_REFER || s->over) return;
    if (notify)
        s->notify_refused = (uint16_t)status;
    else
        s->refresh_refused = (uint16_t)status;
    end(step, s);
}

/* A SUBSCRIBE in the dialog where that subscription ended makes another, unless it ended by the
 * NOTIFY that overtook the 2xx. */
static sc_subscription *make_way(const sc_step *step, sc_subscription *s)
{
    bool again = s != NULL && s->over && step->method == SIPCHECK_METHOD_SUBSCRIBE &&
                 step->message->status / 100 == 2;
    if (!again || (s->notified && s->asked_cseq == step->cseq)) return s;
    sc_table_remove(&step->tracker->table, &s->by_name);
    return NULL;
}

static void track_response(sc_step *step)
{
    const sc_transaction *t = step->transaction;
    bool notify = step->method == SIPCHECK_METHOD_NOTIFY;
    sc_subscription name = name_of(step, !notify);
    if (t->request == NULL) return;
    sc_subscription *s = make_way(step, find(step->tracker, name, t->package_id));
    if (s != NULL) sc_subscription_set_fed(s);
    if (s != NULL) s->late = notify && step->cseq >= s->late_cseq;
    if (s == NULL && !notify) s = begin(step, &name);
    if (s == NULL) return;
    sc_subscription_tell(step, s, SC_EVENT_RESPONSE, NULL);
    settle(step, s);
    touch(step, s);
}

static void note_state(sc_step *step, sc_subscription *s)
{
    const sipcheck_token *state =
        (const sipcheck_token *)step->message->values[SIPCHECK_HEADER_SUBSCRIPTION_STATE];
    s->state = SC_SUBSCRIPTION_UNKNOWN;
    if (state == NULL) return;
    const sipcheck_param *expires = sipcheck_param_find(state->params, "expires");
    if (sc_same_nocase(state->token, "active")) s->state = SC_SUBSCRIPTION_ACTIVE;
    if (sc_same_nocase(state->token, "pending")) s->state = SC_SUBSCRIPTION_PENDING;
    if (sc_same_nocase(state->token, "terminated")) s->state = SC_SUBSCRIPTION_TERMINATED;
    if (expires != NULL && !s->over) expire_in(step, s, sc_seconds(expires->value));
}

/* NOTIFYs repeat the id of their SUBSCRIBE; of a REFER they may leave it out. RFC 6665 §4.5.2 */
static bool is_about(const sc_transaction *subscribe, const sc_transaction *notify)
{
    bool refer = subscribe->method == SIPCHECK_METHOD_REFER;
    if (notify->package != subscribe->package || subscribe->no_subscription) return false;
    return notify->package_id == subscribe->package_id || (refer && notify->package_id == 0);
}

/* It overtook the 2xx, or what it is about was not seen to begin. */
static sc_subscription *make_by_notify(sc_step *step, const sc_subscription *name)
{
    const sc_transaction *subscribe = sc_subscribe_of(step), *other = sc_subscription_asked(step);
    if (subscribe == NULL) subscribe = other;
    if (subscribe != NULL && !is_about(subscribe, step->transaction)) subscribe = NULL;
    if (subscribe == NULL && (other == NULL || other->finals > 0)) sc_subscription_stray(step);
    sc_subscription *s = make(step, name, step->transaction->package_id, subscribe);
    if (s == NULL) return NULL;
    if (subscribe == NULL) {
        s->tracked.object.began_unseen = true;
        return s;
    }
    sc_subscription_tell(step, s, SC_EVENT_BEGIN, NULL);
    return s;
}

static void track_notify(sc_step *step)
{
    const sc_transaction *t = step->transaction;
    sc_subscription name = name_of(step, false);
    sc_subscription *s = find(step->tracker, name, t->package_id);
    if (s == NULL) {
        s = make_by_notify(step, &name);
        if (s == NULL) return;
    }
    if (s->notify != NULL && s->notify_cseq == step->cseq) return;
    sc_subscription_set_fed(s);
    s->late = s->over;
    if (s->over && s->late_cseq == UINT64_MAX) s->late_cseq = step->cseq;
    sc_subscription_tell(step, s, SC_EVENT_REQUEST, s->notify);
    sc_subscription_tell(step, s, SC_EVENT_NOTIFY, s->notify);
    note_state(step, s);
    bool last = s->state == SC_SUBSCRIPTION_TERMINATED;
    if (last) sc_subscription_tell(step, s, SC_EVENT_TERMINATED, s->notify);
    if (last && !s->over) {
        end(step, s);
        sc_subscription_remember(step, s);
    }
    sc_keep_fed(step, &s->notify);
    s->notify_cseq = step->cseq;
    s->outrun = s->outrun || s->notify_ns != 0;
    s->notify_ns = step->packet->ns != 0 ? step->packet->ns : 1;
    s->notifies++;
    s->notified = true;
    s->answered = false;
    touch(step, s);
}

/* Another hop's copy was seen before what answers it: what its author sent may have been, too. */
static void note_order(const sc_step *step)
{
    bool subscribe = step->method == SIPCHECK_METHOD_SUBSCRIBE;
    if (!step->disordered || (!subscribe && step->method != SIPCHECK_METHOD_NOTIFY)) return;
    sc_subscription *s =
        find(step->tracker, name_of(step, subscribe), step->transaction->package_id);
    if (s != NULL) s->tracked.object.damaged = true;
}

void sc_subscriptions_track(sc_step *step)
{
    const sc_transaction *t = step->transaction;
    bool subscribe =
        step->method == SIPCHECK_METHOD_SUBSCRIBE || step->method == SIPCHECK_METHOD_REFER;
    if (t == NULL || step->again) return;
    if (step->method == SIPCHECK_METHOD_SUBSCRIBE && t->request == NULL)
        sc_subscription_unasked(step);
    if (t->package == 0) return;
    note_order(step);
    if (step->passed_on) return;
    if (step->to_tag == 0) {
        if (step->message->is_request && subscribe) sc_subscription_wished(step);
        return;
    }
    if (step->message->is_response && (subscribe || step->method == SIPCHECK_METHOD_NOTIFY))
        track_response(step);
    else if (subscribe)
        track_subscribe(step);
    else if (step->method == SIPCHECK_METHOD_NOTIFY)
        track_notify(step);
}

/* Nobody refreshed it in time; its dialog may go on. */
void sc_subscription_expire(sc_tracker *tracker, sc_subscription *s, sc_events *events)
{
    static const enum sc_event_kind kinds[] = { SC_EVENT_TERMINATED, SC_EVENT_END };
    sc_due_clear(&tracker->dues, &s->due);
    if (s->over) {
        sc_touch(tracker, &s->tracked, SC_RING_BRIEF);
        return;
    }
    sc_subscription_set_fed(s);
    s->over = true;
    s->over_ns = tracker->base;
    s->state = SC_SUBSCRIPTION_TERMINATED;
    for (size_t i = 0; i < 2; i++) {
        sc_event *event = sc_tell(events, &s->tracked.object, kinds[i]);
        sc_bind(event, SC_NAME_REQUEST, NULL);
        sc_bind_lost(event, SC_NAME_SUBSCRIBE, s->request);
        sc_bind(event, SC_NAME_RESPONSE, NULL);
        sc_bind(event, SC_NAME_PREVIOUS, s->notify);
    }
    sc_touch(tracker, &s->tracked, SC_RING_BRIEF);
    sc_dialog *dialog = left_dialog(tracker, s);
    s->alone = dialog != NULL;
    if (dialog == NULL) return;
    sc_dialog_forget(tracker, dialog, events);
    sc_touch(tracker, &dialog->tracked, SC_RING_BRIEF);
}
