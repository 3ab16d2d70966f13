/* SPDX-License-Identifier: MIT */
/* Sessions: which description is an offer, and which one answers it. RFC 3264, RFC 3311, RFC 3262
 * §5, RFC 6337 §2
 *
 * An offer as its author sent it is compared with his earlier ones, and the copy nearest to who
 * answers with the answer: in between elements may change descriptions. */
#include "track/sessions.h"

void sc_session_release(sc_tracker *tracker, sc_session *session)
{
    for (size_t i = 0; i < 2; i++) {
        sc_tracker_drop(tracker, session->pending[i].sent);
        sc_tracker_drop(tracker, session->pending[i].received);
    }
    sc_tracker_drop(tracker, session->offer);
    sc_tracker_drop(tracker, session->answer);
    sc_tracker_drop(tracker, session->described);
}

static void discard(sc_tracker *tracker, sc_offer *offer)
{
    sc_keep_other(tracker, &offer->sent, NULL);
    sc_keep_other(tracker, &offer->received, NULL);
}

/* It comes to nothing: it was refused, or another came instead. */
static void withdraw(sc_tracker *tracker, sc_session *session, unsigned author)
{
    if (session->pending[author].sent == NULL) return;
    if (session->vain[author] < UINT8_MAX) session->vain[author]++;
    discard(tracker, &session->pending[author]);
}

/* Timers B and F, with T1 for clocks that differ. RFC 3261 §17.1 */
bool sc_offer_is_old(const sc_tracker *tracker, const sc_offer *offer)
{
    uint64_t now = tracker->fed->ns;
    return offer->sent != NULL && now > offer->sent->packet.ns &&
           sc_sum(now - offer->sent->packet.ns, tracker->options.t1) >= sc_64_t1(tracker);
}

/* What the sender knew: its own offer waits surely; whether the other one's reached it was not
 * seen. What waits for a deadline asks later for `described`, which may be no one's then: it is
 * held. */
static void set_fed(sc_tracker *tracker, sc_session *session, unsigned sender)
{
    bool own = session->pending[sender].sent != NULL,
         other = session->pending[!sender].sent != NULL;
    session->sender = (uint8_t)sender;
    session->pending_ns = own ? session->pending[sender].sent->packet.ns : 0;
    session->pending_before = own ? SC_YES : other ? SC_UNSURE : SC_NO;
    if (sc_offer_is_old(tracker, &session->pending[sender])) session->pending_before = SC_UNSURE;
    sc_keep_other(tracker, &session->described,
                  session->offerer == sender ? session->offer : session->answer);
    session->vain_before = session->vain[sender];
}

static sc_event *tell(sc_step *step, sc_session *session, enum sc_event_kind kind)
{
    sc_event *event = sc_tell(step->events, &session->object, kind);
    sc_bind(event, SC_NAME_OFFER, NULL);
    sc_bind(event, SC_NAME_ANSWER, NULL);
    sc_bind(event, SC_NAME_PREVIOUS_OFFER, session->offer);
    sc_bind(event, SC_NAME_PREVIOUS, session->described);
    return event;
}

static void tell_begin(sc_step *step, sc_session *session, const sc_kept *offer)
{
    if (session->begun) return;
    session->begun = true;
    session->object.first_ns = step->packet->ns;
    step->tracker->counts.sessions++;
    if (session->object.began_unseen) return;
    sc_event *event = tell(step, session, SC_EVENT_BEGIN);
    sc_bind_fed(event, offer != NULL ? SC_NAME_ANSWER : SC_NAME_OFFER);
    if (offer != NULL) sc_bind(event, SC_NAME_OFFER, offer);
}

static void take_offer(sc_step *step, sc_session *session, unsigned sender, enum sc_answer_way way)
{
    sc_offer *offer = &session->pending[sender];
    set_fed(step->tracker, session, sender);
    withdraw(step->tracker, session, sender);
    session->vain_before = session->vain[sender];
    tell_begin(step, session, NULL);
    sc_bind_fed(tell(step, session, SC_EVENT_OFFER), SC_NAME_OFFER);
    sc_keep_fed(step, &offer->sent);
    sc_keep_fed(step, &offer->received);
    offer->cseq = step->cseq;
    offer->method = step->method;
    offer->way = (uint8_t)way;
    offer->heard = false;
}

/* received: the offer as the sender of the answer got it; NULL: that was not seen. */
static void take_answer(sc_step *step, sc_session *session, unsigned sender,
                        const sc_kept *received, bool settled)
{
    sc_offer *offer = &session->pending[!sender];
    set_fed(step->tracker, session, sender);
    tell_begin(step, session, received);
    sc_event *event = tell(step, session, SC_EVENT_ANSWER);
    sc_bind_lost(event, SC_NAME_OFFER, received);
    sc_bind_fed(event, SC_NAME_ANSWER);
    offer->heard = true;
    if (!settled) return;
    sc_keep_other(step->tracker, &session->offer, offer->sent);
    sc_keep_fed(step, &session->answer);
    session->exchanges++;
    session->offerer = (uint8_t)!sender;
    session->vain[SC_CALLER] = session->vain[SC_CALLEE] = 0;
    discard(step->tracker, offer);
}

void sc_session_make(sc_step *step, sc_dialog *dialog, const sc_kept *authors)
{
    const sc_transaction *t = step->transaction;
    sc_session *session = &dialog->session;
    session->object.scope = SIPCHECK_SCOPE_SESSION;
    session->object.first_ns = session->object.last_ns = step->packet->ns;
    session->object.began_unseen = dialog->tracked.object.began_unseen;
    session->object.damaged =
        dialog->tracked.object.damaged || t == NULL || t->described == SC_UNSURE;
    if (t == NULL || t->described != SC_YES || step->method != SIPCHECK_METHOD_INVITE) return;
    sc_offer *offer = &session->pending[SC_CALLER];
    sc_keep_other(step->tracker, &offer->sent, authors);
    sc_keep_other(step->tracker, &offer->received, t->request);
    offer->cseq = step->cseq;
    offer->method = step->method;
    offer->way = SC_ANSWER_IN_RESPONSE;
}

static bool may_offer(uint8_t method)
{
    return method == SIPCHECK_METHOD_INVITE || method == SIPCHECK_METHOD_UPDATE ||
           method == SIPCHECK_METHOD_PRACK;
}

/* What can't be read may be an offer or an answer. */
static bool is_readable(const sc_step *step, sc_session *session)
{
    if (step->described == SC_UNSURE) session->object.damaged = true;
    return step->described == SC_YES;
}

void sc_session_request(sc_step *step, sc_dialog *dialog)
{
    sc_session *session = &dialog->session;
    sc_offer *other = &session->pending[!dialog->sender];
    session->object.last_ns = step->packet->ns;
    if (!may_offer(step->method) || !is_readable(step, session)) return;
    bool answers = step->method == SIPCHECK_METHOD_PRACK && other->sent != NULL &&
                   other->way == SC_ANSWER_IN_PRACK;
    if (answers)
        take_answer(step, session, dialog->sender, other->received, true);
    else
        take_offer(step, session, dialog->sender, SC_ANSWER_IN_RESPONSE);
}

static bool is_reliable(const sc_step *step)
{
    return step->message->status >= 200 || step->message->values[SIPCHECK_HEADER_RSEQ] != NULL;
}

/* The offer of a request that was refused was never made; nor was one in its responses. An answer
 * that did not come with the final response comes no more. */
static void settle(sc_step *step, sc_session *session, unsigned asker)
{
    uint32_t status = step->message->status;
    for (unsigned by = 0; by < 2 && status >= 200; by++) {
        sc_offer *offer = &session->pending[by];
        bool in_request = offer->way == SC_ANSWER_IN_RESPONSE;
        if (offer->sent == NULL || offer->cseq != step->cseq || offer->method != step->method)
            continue;
        if (in_request ? by == asker : by != asker && status >= 300)
            withdraw(step->tracker, session, by);
    }
}

/* The first description of a response to an INVITE without one. RFC 3261 §13.2.1 */
static bool offers_first(const sc_step *step, const sc_session *session, unsigned asker)
{
    const sc_transaction *t = step->transaction;
    bool had_one = session->invite_cseq == step->cseq && session->invite_sender == asker + 1;
    return step->method == SIPCHECK_METHOD_INVITE && t->request != NULL && t->described == SC_NO &&
           step->message->status < 300 && is_reliable(step) && !had_one;
}

void sc_session_response(sc_step *step, sc_dialog *dialog)
{
    sc_session *session = &dialog->session;
    unsigned asker = dialog->sender;
    sc_offer *asked = &session->pending[asker];
    session->object.last_ns = step->packet->ns;
    if (!may_offer(step->method)) return;
    bool described = step->message->status < 300 && is_readable(step, session);
    bool answers =
        asked->sent != NULL && asked->cseq == step->cseq && asked->way == SC_ANSWER_IN_RESPONSE;
    if (described && answers) {
        take_answer(step, session, !asker, step->transaction->request, is_reliable(step));
    } else if (described && offers_first(step, session, asker)) {
        session->invite_cseq = step->cseq;
        session->invite_sender = (uint8_t)(asker + 1);
        take_offer(step, session, !asker,
                   step->message->status < 200 ? SC_ANSWER_IN_PRACK : SC_ANSWER_IN_ACK);
    }
    settle(step, session, asker);
}

void sc_session_ack(sc_step *step, sc_dialog *dialog)
{
    sc_session *session = &dialog->session;
    sc_offer *other = &session->pending[!dialog->sender];
    bool waits = other->sent != NULL && other->way == SC_ANSWER_IN_ACK && other->cseq == step->cseq;
    if (!waits) return;
    if (is_readable(step, session))
        take_answer(step, session, dialog->sender, other->received, true);
    else
        withdraw(step->tracker, session, !dialog->sender);
}

void sc_session_copy(sc_step *step, sc_dialog *dialog)
{
    bool response = step->message->is_response;
    bool from_caller = (dialog->party[SC_CALLER].tag == step->from_tag) != response;
    sc_offer *offer = &dialog->session.pending[from_caller ? SC_CALLER : SC_CALLEE];
    if (offer->sent != NULL && offer->cseq == step->cseq && offer->method == step->method &&
        step->described == SC_YES)
        sc_keep_fed(step, &offer->received);
}

void sc_session_end(sc_tracker *tracker, sc_dialog *dialog, sc_events *events)
{
    sc_session *session = &dialog->session;
    if (!session->begun) return;
    session->object.damaged = session->object.damaged || dialog->tracked.object.damaged;
    sc_event *event = sc_tell(events, &session->object, SC_EVENT_END);
    sc_bind(event, SC_NAME_OFFER, session->offer);
    sc_bind(event, SC_NAME_ANSWER, session->answer);
    sc_bind(event, SC_NAME_PREVIOUS_OFFER, session->offer);
    for (size_t i = 0; i < 2; i++)
        discard(tracker, &session->pending[i]);
}
