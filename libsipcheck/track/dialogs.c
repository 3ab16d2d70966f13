/* SPDX-License-Identifier: MIT */
/* Dialogs: what a message is to the one it belongs to. RFC 3261 §12, §13, §15
 *
 * A message that goes through proxies is one message of the dialog: only the copy that its author
 * sent is told. Of the others it is noted where a proxy changed what the dialog remembers. */
#include "track/dialogs.h"

#include "track/sessions.h"

_Static_assert(sizeof(sc_dialog) <= 736, "a live dialog takes less than 2,048 bytes");

void sc_dialog_release(sc_tracker *tracker, sc_dialog *dialog)
{
    sc_table_remove(&tracker->table, &dialog->by_id);
    sc_table_remove(&tracker->table, &dialog->by_leg);
    sc_session_release(tracker, &dialog->session);
    sc_tracker_drop(tracker, dialog->made);
    for (size_t i = 0; i < 2; i++) {
        sc_tracker_drop(tracker, dialog->party[i].target);
        sc_tracker_drop(tracker, dialog->party[i].previous);
        sc_tracker_drop(tracker, dialog->party[i].routes);
    }
}

sc_dialog *sc_dialog_of(const sc_tracker *tracker, uint64_t call_id, uint64_t one_tag,
                        uint64_t other_tag)
{
    sc_node *node = sc_table_find(&tracker->table, sc_dialog_key(call_id, one_tag, other_tag),
                                  SIPCHECK_SCOPE_DIALOG);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_dialog *dialog = (sc_dialog *)node->owner;
        uint64_t caller = dialog->party[SC_CALLER].tag, callee = dialog->party[SC_CALLEE].tag;
        if (dialog->call_id == call_id && ((caller == one_tag && callee == other_tag) ||
                                           (caller == other_tag && callee == one_tag)))
            return dialog;
    }
    return NULL;
}

sc_dialog *sc_dialog_find(const sc_step *step)
{
    return sc_dialog_of(step->tracker, step->call_id, step->from_tag, step->to_tag);
}

sc_dialog *sc_dialog_make(sc_step *step, uint64_t caller, uint64_t callee)
{
    sc_tracker *tracker = step->tracker;
    sc_dialog *dialog = sc_tracker_make(step, SIPCHECK_SCOPE_DIALOG, SC_RING_LIVE);
    tracker->counts.dialogs++;
    dialog->call_id = step->call_id;
    dialog->party[SC_CALLER].tag = caller;
    dialog->party[SC_CALLEE].tag = callee;
    sc_keep_fed(step, &dialog->made);
    sc_table_add(&tracker->table, &dialog->by_id, &dialog->tracked,
                 sc_dialog_key(step->call_id, caller, callee));
    sc_table_add(&tracker->table, &dialog->by_leg, &dialog->tracked,
                 sc_leg_key(step->call_id, caller));
    return dialog;
}

void sc_dialog_touch(const sc_step *step, sc_dialog *dialog)
{
    static const uint8_t rings[] = {
        [SC_DIALOG_UNKNOWN] = SC_RING_LIVE,
        [SC_DIALOG_EARLY] = SC_RING_RINGING,
        [SC_DIALOG_CONFIRMED] = SC_RING_LIVE,
        [SC_DIALOG_ENDED] = SC_RING_BRIEF,
    };
    sc_touch(step->tracker, &dialog->tracked, (enum sc_ring)rings[dialog->state]);
}

/* A copy of the INVITE of `party` that waits was sent to who sends this. */
static bool invite_came(const sc_step *step, const sc_party *party)
{
    if (party->invite_ns == 0 || step->message->is_response) return false;
    uint64_t key = sc_call_key(step->call_id, party->tag, party->invite_cseq);
    sc_node *node = sc_table_find(&step->tracker->table, key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (t->method == SIPCHECK_METHOD_INVITE && t->call_id == step->call_id &&
            t->from_tag == party->tag && (uint32_t)t->cseq == party->invite_cseq &&
            sc_same_host(&t->server, &step->packet->src))
            return true;
    }
    return false;
}

void sc_dialog_set_before(const sc_step *step, sc_dialog *dialog, unsigned sender)
{
    dialog->sender = (uint8_t)sender;
    dialog->state_before = dialog->state;
    for (size_t i = 0; i < 2; i++) {
        sc_party *party = &dialog->party[i];
        party->invite_before = party->invite_ns;
        party->proceeding_before = party->proceeding;
        party->came = i != sender && invite_came(step, party);
        party->invited = party->invite_cseq != 0;
        party->accepted = party->accept_cseq != 0;
        const sc_offer *asked = &dialog->session.pending[!i];
        party->owes = asked->sent != NULL ? (uint8_t)(asked->way + 1) : 0;
    }
    dialog->timer_before = dialog->timer;
    sc_reliable_before(step, dialog);
    sc_updating_before(step, dialog);
}

void sc_dialog_invited(sc_party *party, uint64_t cseq, uint64_t ns)
{
    party->invite_cseq = (uint32_t)cseq;
    party->invite_ns = ns != 0 ? ns : 1;
    party->proceeding = false;
}

/* Who sent the request that the message is, or answers. */
static unsigned sender_of(const sc_dialog *dialog, const sc_step *step)
{
    return dialog->party[SC_CALLER].tag == step->from_tag ? SC_CALLER : SC_CALLEE;
}

static void set_fed(sc_dialog *dialog, const sc_step *step)
{
    sc_dialog_set_before(step, dialog, sender_of(dialog, step));
    sc_party *sender = &dialog->party[dialog->sender];
    if (step->message->is_response) return;
    sender->cseq_before = sender->cseq;
    sender->had_cseq = sender->has_cseq;
}

static sc_event *tell(const sc_step *step, sc_dialog *dialog, enum sc_event_kind kind)
{
    const sc_transaction *t = step->transaction;
    sc_event *event = sc_tell(step->events, &dialog->tracked.object, kind);
    sc_bind_lost(event, SC_NAME_REQUEST, t != NULL ? t->request : NULL);
    sc_bind(event, SC_NAME_RESPONSE, NULL);
    sc_bind(event, SC_NAME_ACK, NULL);
    sc_bind(event, SC_NAME_CANCEL, NULL);
    sc_bind_lost(event, SC_NAME_PREVIOUS, NULL);
    return event;
}

void sc_dialog_tell(const sc_step *step, sc_dialog *dialog, enum sc_event_kind kind)
{
    bool response = step->message->is_response;
    sc_event *event = tell(step, dialog, kind);
    sc_bind_fed(event, response ? SC_NAME_RESPONSE : SC_NAME_REQUEST);
    if (kind == SC_EVENT_REQUEST || (kind == SC_EVENT_BEGIN && !response))
        sc_bind(event, SC_NAME_PREVIOUS, dialog->party[dialog->sender].previous);
}

void sc_dialog_end(const sc_step *step, sc_dialog *dialog)
{
    if (dialog->state == SC_DIALOG_ENDED) return;
    dialog->state = SC_DIALOG_ENDED;
    sc_dialog_tell(step, dialog, SC_EVENT_END);
    sc_session_end(step->tracker, dialog, step->events);
    sc_dialog_touch(step, dialog);
}

/* A dialog that nobody spoke of any more. What became of it was not seen. */
void sc_dialog_forget(sc_tracker *tracker, sc_dialog *dialog, sc_events *events)
{
    if (dialog->state == SC_DIALOG_ENDED) return;
    dialog->tracked.object.damaged = true;
    dialog->state_before = dialog->state;
    dialog->state = SC_DIALOG_ENDED;
    sc_event *event = sc_tell(events, &dialog->tracked.object, SC_EVENT_END);
    sc_bind_lost(event, SC_NAME_REQUEST, NULL);
    sc_bind_lost(event, SC_NAME_RESPONSE, NULL);
    sc_bind(event, SC_NAME_PREVIOUS, NULL);
    sc_session_end(tracker, dialog, events);
}

bool sc_refreshes_target(uint8_t method)
{
    return method == SIPCHECK_METHOD_INVITE || method == SIPCHECK_METHOD_UPDATE ||
           method == SIPCHECK_METHOD_SUBSCRIBE || method == SIPCHECK_METHOD_NOTIFY ||
           method == SIPCHECK_METHOD_REFER;
}

/* Another hop's copy, or the same request again with another branch. */
static bool was_told(const sc_party *sender, const sc_step *step)
{
    return sender->has_cseq && sender->cseq == step->cseq && sender->method == step->method_hash;
}

static void note_request(sc_step *step, sc_dialog *dialog)
{
    sc_party *sender = &dialog->party[dialog->sender];
    sender->cseq = step->cseq;
    sender->method = step->method_hash;
    sender->has_cseq = true;
    sender->refreshing = sender->refreshing ||
                         (sc_refreshes_target(step->method) && sc_contact_hash(step->message) != 0);
    sc_keep_fed(step, &sender->previous);
    if (step->method == SIPCHECK_METHOD_BYE && sender->bye_ns == 0)
        sender->bye_ns = step->packet->ns != 0 ? step->packet->ns : 1;
    if (step->method == SIPCHECK_METHOD_INVITE)
        sc_dialog_invited(sender, step->cseq, step->packet->ns);
}

/* A request within a dialog whose beginning was not captured. */
static sc_dialog *make_unseen(sc_step *step)
{
    sc_dialog *dialog = sc_dialog_make(step, step->from_tag, step->to_tag);
    dialog->tracked.object.began_unseen = true;
    dialog->from_is_caller = true;
    sc_session_make(step, dialog, NULL);
    if (sc_refreshes_target(step->method)) dialog->method = step->method;
    return dialog;
}

static bool lives_in_dialogs(const sc_step *step)
{
    return step->to_tag != 0 && step->method != SIPCHECK_METHOD_REGISTER &&
           step->method != SIPCHECK_METHOD_PUBLISH && step->method != SIPCHECK_METHOD_CANCEL;
}

/* A number below that of the request which came just before. */
static bool is_overtaken(const sc_step *step, const sc_party *sender)
{
    return !step->passed_on && !step->again && sender->has_cseq && step->cseq < sender->cseq &&
           sender->previous != NULL &&
           step->packet->ns < sc_sum(sender->previous->packet.ns, step->tracker->options.reorder);
}

/* The final response to an INVITE, behind one that was sent later. */
static bool is_late_final(const sc_step *step, const sc_party *asker)
{
    return step->message->is_response && step->message->status >= 200 && !step->passed_on &&
           step->method == SIPCHECK_METHOD_INVITE && step->transaction->cseq == step->cseq &&
           step->cseq < asker->invite_cseq && asker->previous != NULL &&
           step->packet->ns < sc_sum(asker->previous->packet.ns, step->tracker->options.reorder);
}

/* Two taps, or two clocks: what came before what is not known. */
void sc_dialog_note_order(const sc_step *step, sc_dialog *dialog)
{
    const sc_party *sender = &dialog->party[sender_of(dialog, step)];
    bool overtaken = step->message->is_request && step->method != SIPCHECK_METHOD_ACK &&
                     is_overtaken(step, sender);
    overtaken = overtaken || is_late_final(step, sender);
    if (!step->disordered && !overtaken) return;
    dialog->tracked.object.damaged = true;
    dialog->session.object.damaged = true;
}

/* Something that this side sent; NULL: nothing was seen. */
static const sc_kept *sent_by(const sc_dialog *dialog, unsigned side)
{
    const sc_kept *previous = dialog->party[side].previous;
    bool made = previous == NULL && side == SC_CALLEE && !dialog->tracked.object.began_unseen;
    return made ? dialog->made : previous;
}

static bool is_same_place(const sipcheck_address_port *a, const sipcheck_address_port *b)
{
    return sc_same_host(a, b) && a->port == b->port;
}

/* From has one side's tag, and it was sent from where the other side stands: who made it of what it
 * received may have left the tags as they were. */
static bool is_in_others_name(const sc_step *step, const sc_dialog *dialog)
{
    unsigned named = sender_of(dialog, step);
    const sc_kept *by_named = sent_by(dialog, named), *by_other = sent_by(dialog, !named);
    const sipcheck_address_port *src = &step->packet->src;
    return by_named != NULL && by_other != NULL && !is_same_place(&by_named->packet.src, src) &&
           is_same_place(&by_other->packet.src, src);
}

/* A copy behind a proxy is noted, and so is a repetition that does not look like one. */
static void track_request(sc_step *step)
{
    if (!lives_in_dialogs(step)) return;
    sc_dialog *dialog = sc_dialog_find(step);
    if (dialog == NULL && step->method == SIPCHECK_METHOD_NOTIFY)
        dialog = sc_dialog_by_notify(step);
    if (dialog == NULL) dialog = make_unseen(step);
    sc_dialog_note_order(step, dialog);
    sc_party *sender = &dialog->party[sender_of(dialog, step)];
    if (step->passed_on) {
        sc_dialog_compare(step, dialog);
        sc_session_copy(step, dialog);
    } else if (is_in_others_name(step, dialog)) {
        dialog->tracked.object.damaged = dialog->session.object.damaged = true;
    } else if (!step->again && !was_told(sender, step)) {
        set_fed(dialog, step);
        sc_dialog_tell(step, dialog, SC_EVENT_REQUEST);
        sc_updating_request(step, dialog);
        sc_timer_request(step, dialog);
        if (step->method == SIPCHECK_METHOD_PRACK) sc_reliable_prack(step, dialog);
        sc_session_request(step, dialog);
        note_request(step, dialog);
    }
    sc_dialog_touch(step, dialog);
}

/* An ACK shows that its INVITE waits no more, even where the final response was not seen. */
static void note_ack(sc_dialog *dialog, const sc_step *step)
{
    sc_party *sender = &dialog->party[dialog->sender], *other = &dialog->party[!dialog->sender];
    if (sender->invite_cseq == step->cseq) sender->invite_ns = 0;
    if (other->accept_cseq == step->cseq) other->accept_ns = 0;
}

static void track_ack(sc_step *step)
{
    const sc_transaction *t = step->transaction;
    sc_dialog *dialog = sc_dialog_find(step);
    if (dialog != NULL) sc_dialog_note_order(step, dialog);
    if (dialog == NULL || step->passed_on || (t != NULL && t->answered == 0)) return;
    set_fed(dialog, step);
    sc_event *event = tell(step, dialog, SC_EVENT_ACK);
    sc_bind_fed(event, SC_NAME_ACK);
    sc_bind_lost(event, SC_NAME_RESPONSE, t != NULL ? sc_acknowledged(t, step->to_tag) : NULL);
    sc_session_ack(step, dialog);
    note_ack(dialog, step);
    sc_dialog_touch(step, dialog);
}

/* Of an INVITE that makes a dialog all early ones, else the one it belongs to. */
static void track_cancel(sc_step *step)
{
    if (step->passed_on || step->again) return;
    sc_dialog *own = step->to_tag != 0 ? sc_dialog_find(step) : NULL;
    uint64_t leg = own == NULL ? sc_leg_key(step->call_id, step->from_tag) : 0;
    sc_node *node = own != NULL ? &own->by_id
                                : sc_table_find(&step->tracker->table, leg, SIPCHECK_SCOPE_DIALOG);
    for (; node != NULL; node = own == NULL ? sc_table_more(node) : NULL) {
        sc_dialog *dialog = (sc_dialog *)node->owner;
        if (dialog->call_id != step->call_id || (own == NULL && dialog->made_cseq != step->cseq))
            continue;
        set_fed(dialog, step);
        sc_event *event = tell(step, dialog, SC_EVENT_CANCEL);
        sc_bind_lost(event, SC_NAME_REQUEST,
                     step->cancelled != NULL ? step->cancelled->request : NULL);
        sc_bind_fed(event, SC_NAME_CANCEL);
        sc_reliable_cancel(step, dialog);
    }
}

void sc_dialogs_track(sc_step *step)
{
    if (step->message->is_response)
        sc_dialogs_track_response(step);
    else if (step->method == SIPCHECK_METHOD_ACK)
        track_ack(step);
    else if (step->method == SIPCHECK_METHOD_CANCEL)
        track_cancel(step);
    else
        track_request(step);
}
