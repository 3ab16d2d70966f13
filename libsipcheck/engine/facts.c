/* SPDX-License-Identifier: MIT */
/* What the tracker knows of the thing that an event belongs to, as values of facts.def. */
#include <string.h>

#include "engine/fact.h"
#include "engine/sequence.h"
#include "text/address.h"
#include "text/arena.h"
#include "text/slice.h"
#include "track/dialog.h"
#include "track/registration.h"
#include "track/session.h"
#include "track/transaction.h"

_Static_assert(SC_FACTS_OF_DIALOG + 2 * SC_FACTS_OF_PARTY <= SC_FACTS_ROOM, "room for all facts");

bool sc_lost_since(const sc_sequence *s, const sc_object *object, uint64_t ns)
{
    return object->damaged || (s->group->gap && s->group->gap_ns >= ns);
}

/* --- a transaction */

static sc_value transaction_state(const sc_transaction *t)
{
    static const char *const words[] = {
        [SC_STATE_CALLING] = "calling",       [SC_STATE_TRYING] = "trying",
        [SC_STATE_PROCEEDING] = "proceeding", [SC_STATE_ACCEPTED] = "accepted",
        [SC_STATE_COMPLETED] = "completed",   [SC_STATE_CONFIRMED] = "confirmed",
        [SC_STATE_TERMINATED] = "terminated",
    };
    return t->state_before == SC_STATE_UNKNOWN ? unknown(SC_MISSING_REQUEST)
                                               : word(words[t->state_before]);
}

/* What waits over UDP comes again within T2: a request, or the final response to an INVITE. Of an
 * INVITE that waits for longer nothing was answered. RFC 3261 §17.1.2.2, 17.2.1, 13.3.1.4 */
static sc_value transaction_fresh(const sipcheck *engine, const sc_transaction *t)
{
    const sc_sequence *s = engine->sequence;
    const sc_object *object = &t->tracked.object;
    uint64_t began = s->began_ns, first = object->first_ns;
    uint64_t apart = engine->rules->parameters.t2;
    apart += apart / 1000000 * engine->rules->parameters.tolerance;
    if (s->group->gap && s->group->gap_ns > began)
        began = s->group->gap_ns; /* perhaps not the only */
    bool sure = !t->unreliable || (first > began && first - began > apart);
    if (object->began_unseen) return unknown(SC_MISSING_REQUEST);
    return sure ? truth(true) : unknown(SC_MISSING_BEFORE);
}

static sc_value transaction_silence(const sc_sequence *s, const sc_transaction *t)
{
    uint64_t last = 0;
    for (unsigned i = 0; i < t->responses; i++)
        if (sc_responded(t, i)->ns > last) last = sc_responded(t, i)->ns;
    if (t->responses == 0) return absent();
    return number(s->now_ns > last ? s->now_ns - last : 0);
}

static void fill_transaction(const sipcheck *engine, const sc_object *object, sc_value *facts)
{
    const sc_sequence *s = engine->sequence;
    const sc_transaction *t = (const sc_transaction *)(const void *)object;
    bool lost = sc_lost_since(s, object, object->first_ns);
    const sc_value lost_fact = unknown(SC_MISSING_LOST);
    facts[SC_FACT_TRANSACTION_UNRELIABLE] =
        t->transport_known ? truth(t->unreliable) : unknown(SC_MISSING_TRANSPORT);
    facts[SC_FACT_TRANSACTION_RETRANSMISSIONS] = number(t->requested.number);
    facts[SC_FACT_TRANSACTION_RESPONSE_RETRANSMISSIONS] = number(t->response_repetitions);
    facts[SC_FACT_TRANSACTION_GAP] = t->repeated ? number(t->gap) : absent();
    facts[SC_FACT_TRANSACTION_AGE] =
        object->began_unseen ? unknown(SC_MISSING_REQUEST) : number(age_of(s, object));
    facts[SC_FACT_TRANSACTION_SILENCE] = lost ? lost_fact : transaction_silence(s, t);
    facts[SC_FACT_TRANSACTION_WAITED] = lost || object->began_unseen ? lost_fact
                                        : t->responses == 0          ? absent()
                                                                     : number(t->waited);
    facts[SC_FACT_TRANSACTION_FRESH] = transaction_fresh(engine, t);
    facts[SC_FACT_TRANSACTION_STATE] = lost ? lost_fact : transaction_state(t);
    facts[SC_FACT_TRANSACTION_FINALS] = lost ? lost_fact : number(t->finals);
    facts[SC_FACT_TRANSACTION_PROVISIONALS] = lost ? lost_fact : number(t->provisionals);
    facts[SC_FACT_TRANSACTION_CLIENT_MAY] = sc_machines_may(t->client_end.may);
    facts[SC_FACT_TRANSACTION_SERVER_MAY] = sc_machines_may(t->server_end.may);
    facts[SC_FACT_TRANSACTION_FORBIDDEN] = sc_machines_forbidden(s, t);
    /* the other may have had its final response */
    facts[SC_FACT_TRANSACTION_MERGED] = object->began_unseen ? unknown(SC_MISSING_REQUEST)
                                        : t->merged && lost  ? lost_fact
                                                             : truth(t->merged);
    facts[SC_FACT_TRANSACTION_RELIABLE] = lost ? lost_fact : number(t->reliable);
    facts[SC_FACT_TRANSACTION_PASSED_ON] = !t->passed_on && lost ? lost_fact : truth(t->passed_on);
    facts[SC_FACT_TRANSACTION_MIN_SE] = t->too_small != 0 ? number(t->too_small) : absent();
    facts[SC_FACT_TRANSACTION_FORWARDED] =
        object->began_unseen ? unknown(SC_MISSING_REQUEST) : number(sc_branches(t));
    facts[SC_FACT_TRANSACTION_IDENTICAL] = t->repeated ? truth(t->identical) : absent();
    facts[SC_FACT_TRANSACTION_BRANCH_USED] = truth(t->branch_used);
    facts[SC_FACT_TRANSACTION_OUTSIDE] = lost ? lost_fact
                                         : t->challenge_presence == SC_NOT_CAPTURED
                                             ? unknown(SC_MISSING_CHALLENGE)
                                             : truth(t->outside);
}

/* --- a dialog */

static sc_value header_of(sipcheck *engine, const sc_kept *kept, enum sipcheck_header_id id)
{
    const sc_read *read = kept != NULL ? sc_read_kept(engine, kept, false) : NULL;
    const sipcheck_value *value = read != NULL ? read->message->values[id] : NULL;
    return value != NULL ? (sc_value){ .raw = value->raw, .record = value }
                         : unknown(SC_MISSING_MESSAGE);
}

static sc_value uri_of(sc_value address)
{
    if (address.state != SC_VALUE) return address;
    const sipcheck_address *a = address.record;
    return a->uri.raw.p != NULL ? (sc_value){ .raw = a->uri.raw, .record = &a->uri }
                                : unknown(SC_MISSING_SYNTAX);
}

static sc_value tag_of(sc_value address)
{
    if (address.state != SC_VALUE) return address;
    const sipcheck_address *a = address.record;
    const sipcheck_param *tag = sipcheck_param_find(a->params, "tag");
    return tag != NULL ? (sc_value){ .raw = tag->value } : absent();
}

/* One that came later may have been lost. */
static sc_value target_of(sipcheck *engine, const sc_dialog *d, const sc_party *party)
{
    const sc_kept *kept = party->target;
    if (party->refreshing) return unknown(SC_MISSING_RESPONSE);
    if (kept != NULL && sc_lost_since(engine->sequence, &d->tracked.object, kept->packet.ns))
        return unknown(SC_MISSING_LOST);
    return uri_of(header_of(engine, kept, SIPCHECK_HEADER_CONTACT));
}

/* A row of all values of a header; in the order of the message, or backwards. */
static sc_value row_of(sipcheck *engine, const sc_kept *kept, enum sipcheck_header_id id,
                       bool backwards)
{
    const sc_read *read = kept != NULL ? sc_read_kept(engine, kept, false) : NULL;
    if (read == NULL) return unknown(SC_MISSING_MESSAGE);
    const sipcheck_message *message = read->message;
    size_t count = sipcheck_count(message, id), at = 0;
    bool whole = message->headers_whole || !message->cut;
    const void **row = sc_arena_alloc(engine->sequence->arena, (count + 1) * sizeof *row);
    if (row == NULL || !whole) return unknown(SC_MISSING_MESSAGE);
    for (const sipcheck_value *v = message->values[id]; v != NULL && at < count; v = v->next, at++)
        row[backwards ? count - 1 - at : at] = v;
    if (at < count) return unknown(SC_MISSING_SYNTAX);
    return (sc_value){ .raw = { (const uint8_t *)row, count },
                       .record = row,
                       .list = SC_LIST_RECORDS,
                       .cut_at = UINT32_MAX };
}

/* Where the message came from, or went to. */
static void fill_place(sipcheck *engine, const sc_kept *kept, bool source, sc_value *address,
                       sc_value *port)
{
    sc_endpoint *end = NULL;
    *address = *port = unknown(SC_MISSING_MESSAGE);
    if (kept != NULL) end = sc_arena_alloc(engine->sequence->arena, sizeof *end);
    if (end == NULL) return;
    *end = (sc_endpoint){ .address = source ? kept->packet.src : kept->packet.dst };
    sc_host_text(&end->address, end->text);
    *address = word(end->text);
    *port = number(end->address.port);
}

static sc_value since_target(const sc_sequence *s, const sc_party *party)
{
    if (party->target == NULL) return unknown(SC_MISSING_MESSAGE);
    uint64_t ns = party->target->packet.ns;
    return number(s->now_ns > ns ? s->now_ns - ns : 0);
}

/* What is under way between the two, and where they were seen to learn of each other. */
static void fill_party_state(sipcheck *engine, const sc_dialog *d, unsigned index, sc_value *facts)
{
    const sc_party *party = &d->party[index];
    const sc_sequence *s = engine->sequence;
    bool lost = d->tracked.object.damaged;
    bool unseen = d->tracked.object.began_unseen;
    const sc_value lost_fact = unknown(SC_MISSING_LOST);
    facts[SC_FACT_PARTY_INVITING] =
        lost ? lost_fact : waiting(s, party->invite_before, unseen && !party->invited);
    facts[SC_FACT_PARTY_UNACKNOWLEDGED] =
        lost ? lost_fact : waiting(s, party->accept_ns, unseen && !party->accepted);
    facts[SC_FACT_PARTY_LEAVING] =
        lost ? lost_fact : waiting(s, party->bye_ns, unseen && party->bye_ns == 0);
    facts[SC_FACT_PARTY_PROCEEDING] = truth(party->proceeding_before);
    facts[SC_FACT_PARTY_INVITING_HERE] = truth(party->came);
    facts[SC_FACT_PARTY_LET_GO] = truth(party->let_go);
    if (facts[SC_FACT_PARTY_INVITING].state == SC_UNKNOWN_VALUE)
        facts[SC_FACT_PARTY_PROCEEDING] = facts[SC_FACT_PARTY_INVITING];
    fill_place(engine, party->target, false, &facts[SC_FACT_PARTY_TARGET_AT],
               &facts[SC_FACT_PARTY_TARGET_PORT]);
    facts[SC_FACT_PARTY_TARGET_AGE] = since_target(s, party);
    fill_place(engine, party->routes, index == SC_CALLEE, &facts[SC_FACT_PARTY_ROUTES_AT],
               &facts[SC_FACT_PARTY_ROUTES_PORT]);
}

static void fill_party(sipcheck *engine, const sc_dialog *d, unsigned index, sc_value *facts)
{
    const sc_party *party = &d->party[index];
    bool caller = index == SC_CALLER, told = !d->tracked.object.began_unseen;
    enum sipcheck_header_id side =
        caller == d->from_is_caller ? SIPCHECK_HEADER_FROM : SIPCHECK_HEADER_TO;
    sc_value address = header_of(engine, d->made, side);
    facts[SC_FACT_PARTY_URI] = uri_of(address);
    facts[SC_FACT_PARTY_TAG] = tag_of(address);
    facts[SC_FACT_PARTY_TARGET] = target_of(engine, d, party);
    facts[SC_FACT_PARTY_CSEQ] = party->had_cseq ? number(party->cseq_before)
                                : told          ? absent()
                                                : unknown(SC_MISSING_PREVIOUS);
    /* backwards for the caller, whose nearest proxy stands last. RFC 3261 §12.1.1, §12.1.2 */
    facts[SC_FACT_PARTY_ROUTE_SET] =
        row_of(engine, party->routes, SIPCHECK_HEADER_RECORD_ROUTE, caller);
    facts[SC_FACT_PARTY_IS_CALLER] = told ? truth(caller) : unknown(SC_MISSING_REQUEST);
    fill_party_state(engine, d, index, facts);
    sc_fill_party(engine->sequence, d, index, facts);
}

/* RFC 4916 §4.2: every response that makes a dialog has the tag, where its sender knows it. */
static sc_value from_change(sipcheck *engine, const sc_dialog *d)
{
    if (d->tracked.object.began_unseen) return unknown(SC_MISSING_REQUEST);
    const sc_read *read = d->made != NULL ? sc_read_kept(engine, d->made, false) : NULL;
    if (read == NULL || (read->message->cut && !read->message->headers_whole))
        return unknown(SC_MISSING_MESSAGE);
    const sipcheck_value *v = read->message->values[SIPCHECK_HEADER_SUPPORTED];
    for (; v != NULL; v = v->next)
        if (sc_slices_same_nocase(v->raw, sc_slice_of("from-change"))) return truth(true);
    return truth(false);
}

/* An early one may have been confirmed, or ended, by what was lost. */
static sc_value dialog_state(const sc_sequence *s, const sc_dialog *d)
{
    static const char *const words[] = { [SC_DIALOG_EARLY] = "early",
                                         [SC_DIALOG_CONFIRMED] = "confirmed",
                                         [SC_DIALOG_ENDED] = "ended" };
    const sc_object *object = &d->tracked.object;
    if (d->state_before == SC_DIALOG_UNKNOWN) return unknown(SC_MISSING_REQUEST);
    bool lost = d->state_before == SC_DIALOG_EARLY && sc_lost_since(s, object, object->first_ns);
    return lost ? unknown(SC_MISSING_LOST) : word(words[d->state_before]);
}

static const char *method_of(const sc_dialog *d)
{
    return d->method == SIPCHECK_METHOD_INVITE  ? "INVITE"
           : d->method == SIPCHECK_METHOD_REFER ? "REFER"
                                                : "SUBSCRIBE";
}

static void fill_dialog(sipcheck *engine, const sc_object *object, sc_value *facts)
{
    const sc_dialog *d = (const sc_dialog *)(const void *)object;
    sc_value *sender = facts + SC_FACTS_OF_DIALOG, *receiver = sender + SC_FACTS_OF_PARTY;
    fill_party(engine, d, d->sender, sender);
    fill_party(engine, d, !d->sender, receiver);
    facts[SC_FACT_DIALOG_STATE] = dialog_state(engine->sequence, d);
    facts[SC_FACT_DIALOG_METHOD] =
        object->began_unseen ? unknown(SC_MISSING_REQUEST) : word(method_of(d));
    facts[SC_FACT_DIALOG_SECURE] =
        object->began_unseen ? unknown(SC_MISSING_REQUEST) : truth(d->secure);
    facts[SC_FACT_DIALOG_SENDER] = (sc_value){ .record = sender };
    facts[SC_FACT_DIALOG_RECEIVER] = (sc_value){ .record = receiver };
    facts[SC_FACT_DIALOG_FROM_CHANGE] = from_change(engine, d);
    sc_fill_reliable(engine->sequence, d, facts);
    sc_fill_timer(engine->sequence, d, facts);
    facts[SC_FACT_DIALOG_AGE] = object->began_unseen ? unknown(SC_MISSING_REQUEST)
                                                     : number(age_of(engine->sequence, object));
}

/* --- a session */

/* The answer, or the refusal, of an offer that waits may have been lost. */
static sc_value pending_of(const sc_sequence *s, const sc_session *session)
{
    bool waits = session->pending_before == SC_YES;
    if (session->pending_before == SC_UNSURE) return unknown(SC_MISSING_OFFER);
    return waits && sc_lost_since(s, &session->object, session->pending_ns)
               ? unknown(SC_MISSING_LOST)
               : truth(waits);
}

static sc_value version_of(sipcheck *engine, const sc_session *session)
{
    const sc_read *read =
        session->described != NULL ? sc_read_kept(engine, session->described, true) : NULL;
    if (session->described == NULL)
        return session->object.began_unseen ? unknown(SC_MISSING_PREVIOUS_OFFER) : absent();
    const sipcheck_body *body = read != NULL ? read->observed.body : NULL;
    const sipcheck_sdp *sdp = body != NULL ? body->sdp : NULL;
    const sipcheck_value *origin = sdp != NULL ? sdp->session.lines[SIPCHECK_SDP_O] : NULL;
    return origin != NULL ? sc_field_owner_version(NULL, origin) : unknown(SC_MISSING_BODY);
}

static void fill_session(sipcheck *engine, const sc_object *object, sc_value *facts)
{
    const sc_session *session = (const sc_session *)(const void *)object;
    facts[SC_FACT_SESSION_PENDING] = pending_of(engine->sequence, session);
    facts[SC_FACT_SESSION_VERSION] = version_of(engine, session);
    facts[SC_FACT_SESSION_VAIN] = number(session->vain_before);
}

/* --- a registration */

static void fill_registration(sipcheck *engine, const sc_object *object, sc_value *facts)
{
    const sc_registration *r = (const sc_registration *)(const void *)object;
    facts[SC_FACT_REGISTRATION_BINDINGS] =
        row_of(engine, r->answer_before, SIPCHECK_HEADER_CONTACT, false);
    facts[SC_FACT_REGISTRATION_RECORD_ROUTES] =
        row_of(engine, r->answer_before, SIPCHECK_HEADER_RECORD_ROUTE, false);
    facts[SC_FACT_REGISTRATION_CONFIRMED] = truth(r->confirmed_before);
    facts[SC_FACT_REGISTRATION_GRANTED] =
        r->granted_before == UINT64_MAX ? unknown(SC_MISSING_RESPONSE) : number(r->granted_before);
}

static void fill(sipcheck *engine, const sc_event *event, sc_value *facts)
{
    const sc_sequence *s = engine->sequence;
    const sc_object *object = event->object;
    switch (object->scope) {
    case SIPCHECK_SCOPE_TRANSACTION:
        fill_transaction(engine, object, facts);
        break;
    case SIPCHECK_SCOPE_DIALOG:
        fill_dialog(engine, object, facts);
        break;
    case SIPCHECK_SCOPE_SESSION:
        fill_session(engine, object, facts);
        break;
    case SIPCHECK_SCOPE_REGISTRATION:
        fill_registration(engine, object, facts);
        break;
    case SIPCHECK_SCOPE_SUBSCRIPTION:
        sc_fill_subscription(s, object, facts);
        break;
    case SIPCHECK_SCOPE_HOP:
        sc_fill_hop(engine, event, facts);
        break;
    case SIPCHECK_SCOPE_MESSAGE:
        break;
    }
}

sc_value sc_facts_of(sipcheck *engine, const sc_event *event)
{
    fill(engine, event, engine->sequence->facts);
    return (sc_value){ .record = engine->sequence->facts };
}
