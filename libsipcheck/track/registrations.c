/* SPDX-License-Identifier: MIT */
/* Registrations: REGISTERs of one address of record, whoever sends them. RFC 3261 §10.2, §10.3 */
#include "track/internal.h"

void sc_registration_release(sc_tracker *tracker, sc_registration *r)
{
    sc_table_remove(&tracker->table, &r->by_name);
    sc_due_clear(&tracker->dues, &r->due);
    sc_tracker_drop(tracker, r->request);
    sc_tracker_drop(tracker, r->asked);
    sc_tracker_drop(tracker, r->answer);
    sc_tracker_drop(tracker, r->answer_before);
}

static uint64_t key_of(uint64_t aor, uint64_t registrar)
{
    return sc_mix_word(sc_mix_word(5, aor), registrar);
}

static uint64_t aor_of(const sc_step *step)
{
    const sipcheck_address *to =
        (const sipcheck_address *)step->message->values[SIPCHECK_HEADER_TO];
    return to != NULL ? sc_uri_hash(&to->uri) : 0;
}

static sc_registration *find(const sc_step *step, uint64_t registrar)
{
    uint64_t aor = aor_of(step), key = key_of(aor, registrar);
    sc_node *node = sc_table_find(&step->tracker->table, key, SIPCHECK_SCOPE_REGISTRATION);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_registration *r = (sc_registration *)node->owner;
        if (r->aor == aor && r->registrar == registrar) return r;
    }
    return NULL;
}

static sc_registration *make(sc_step *step)
{
    uint64_t key = key_of(aor_of(step), step->transaction->registrar);
    if (sc_chain_is_full(step->tracker, key)) return NULL;
    sc_registration *r = sc_tracker_make(step, SIPCHECK_SCOPE_REGISTRATION, SC_RING_BRIEF);
    step->tracker->counts.registrations++;
    r->aor = aor_of(step);
    r->registrar = step->transaction->registrar;
    r->granted = r->granted_before = UINT64_MAX;
    sc_table_add(&step->tracker->table, &r->by_name, &r->tracked, key);
    return r;
}

static sc_event *tell(sc_events *events, sc_registration *r, enum sc_event_kind kind)
{
    sc_event *event = sc_tell(events, &r->tracked.object, kind);
    sc_bind_lost(event, SC_NAME_REQUEST, r->request);
    sc_bind(event, SC_NAME_RESPONSE, NULL);
    sc_bind_lost(event, SC_NAME_PREVIOUS, NULL);
    return event;
}

/* What waits for a deadline asks later, when this 2xx may be no one's any more: it is held. */
static void set_fed(sc_tracker *tracker, sc_registration *r)
{
    sc_keep_other(tracker, &r->answer_before, r->answer);
    r->granted_before = r->granted;
    r->confirmed_before = r->confirmed;
}

/* It is remembered as long as a binding may live. */
static void touch(const sc_step *step, sc_registration *r)
{
    bool bound = r->due.place != 0 || (r->answer != NULL && r->granted == UINT64_MAX);
    sc_touch(step->tracker, &r->tracked, bound ? SC_RING_LIVE : SC_RING_BRIEF);
}

static bool has_credentials(const sipcheck_message *message)
{
    return message->values[SIPCHECK_HEADER_AUTHORIZATION] != NULL ||
           message->values[SIPCHECK_HEADER_PROXY_AUTHORIZATION] != NULL;
}

/* The same request on another way; one that answers a challenge is another. RFC 3261 §22.2 */
static bool is_last(const sc_registration *r, const sc_step *step, bool credentials)
{
    return r->request != NULL && r->call_id == step->call_id && r->cseq == step->cseq &&
           (r->credentials || !credentials);
}

static void track_request(sc_step *step)
{
    static const enum sc_event_kind kinds[] = { SC_EVENT_REQUEST, SC_EVENT_REGISTER };
    sc_registration *r = find(step, step->transaction->registrar);
    if (step->again || step->passed_on) return;
    if (r == NULL) r = make(step);
    if (r == NULL) return;
    bool credentials = has_credentials(step->message);
    if (is_last(r, step, credentials)) return;
    set_fed(step->tracker, r);
    for (size_t i = 0; i < 2; i++) {
        sc_event *event = tell(step->events, r, kinds[i]);
        sc_bind_fed(event, SC_NAME_REQUEST);
        sc_bind(event, SC_NAME_PREVIOUS, r->request);
    }
    sc_keep_fed(step, &r->request);
    r->call_id = step->call_id;
    r->cseq = step->cseq;
    r->credentials = credentials;
    r->confirmed = false;
    touch(step, r);
}

/* The binding of the request's one Contact. Which of several ends first is not known. */
static uint64_t granted(const sc_step *step)
{
    const sipcheck_message *message = step->message;
    const sipcheck_value *value = message->values[SIPCHECK_HEADER_CONTACT];
    const sipcheck_number *header =
        (const sipcheck_number *)message->values[SIPCHECK_HEADER_EXPIRES];
    const sc_transaction *t = step->transaction;
    for (; value != NULL && t->contacts == 1; value = value->next) {
        const sipcheck_address *contact = (const sipcheck_address *)value;
        if (sc_uri_hash(&contact->uri) != t->contact_uri) continue;
        const sipcheck_param *expires = sipcheck_param_find(contact->params, "expires");
        if (expires != NULL) return sc_seconds(expires->value);
        return header != NULL ? sc_seconds(header->digits) : UINT64_MAX;
    }
    return UINT64_MAX;
}

static void bind_it(sc_step *step, sc_registration *r)
{
    sc_tracker *tracker = step->tracker;
    r->granted = granted(step);
    r->confirmed = step->call_id == r->call_id && step->cseq == r->cseq;
    sc_keep_other(tracker, &r->asked, step->transaction->request);
    sc_keep_fed(step, &r->answer);
    if (r->granted == UINT64_MAX || r->granted == 0)
        sc_due_clear(&tracker->dues, &r->due);
    else
        sc_due_set(&tracker->dues, &r->due, &r->tracked, sc_sum(tracker->clock, r->granted));
}

static void track_response(sc_step *step)
{
    const sc_transaction *t = step->transaction;
    uint32_t status = step->message->status;
    sc_registration *r = t->request != NULL ? find(step, t->registrar) : NULL;
    if (r == NULL || step->again || step->passed_on) return;
    set_fed(step->tracker, r);
    for (unsigned i = 0; i < (status / 100 == 2 ? 2 : 1); i++) {
        sc_event *event = tell(step->events, r, i == 0 ? SC_EVENT_RESPONSE : SC_EVENT_BOUND);
        sc_bind_lost(event, SC_NAME_REQUEST, t->request);
        sc_bind_fed(event, SC_NAME_RESPONSE);
    }
    if (status / 100 == 2) bind_it(step, r);
    touch(step, r);
}

void sc_registrations_track(sc_step *step)
{
    if (step->method != SIPCHECK_METHOD_REGISTER || step->transaction == NULL || aor_of(step) == 0)
        return;
    if (step->message->is_response)
        track_response(step);
    else
        track_request(step);
}

/* Nobody refreshed it in time. */
void sc_registration_expire(sc_tracker *tracker, sc_registration *r, sc_events *events)
{
    sc_due_clear(&tracker->dues, &r->due);
    set_fed(tracker, r);
    sc_event *event = tell(events, r, SC_EVENT_EXPIRED);
    sc_bind_lost(event, SC_NAME_REQUEST, r->asked);
    sc_bind(event, SC_NAME_RESPONSE, r->answer);
    r->granted = 0;
    sc_touch(tracker, &r->tracked, SC_RING_BRIEF);
}
