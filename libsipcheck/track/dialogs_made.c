/* SPDX-License-Identifier: MIT */
/* Dialogs: how responses make them, change them and end them. RFC 3261 §12.1, §12.2, §15 */
#include "track/dialogs.h"

#include "track/sessions.h"

static bool makes_dialogs(uint8_t method)
{
    return method == SIPCHECK_METHOD_INVITE || method == SIPCHECK_METHOD_SUBSCRIBE ||
           method == SIPCHECK_METHOD_REFER;
}

/* §12.1: a 1xx makes one by its To tag; a 2xx of an older UAS may lack it. */
static bool makes_one(const sc_step *step)
{
    uint32_t status = step->message->status;
    if (!makes_dialogs(step->method) || status <= 100 || status >= 300) return false;
    if (status < 200) return step->method == SIPCHECK_METHOD_INVITE && step->to_tag != 0;
    return true;
}

/* The Contact of what is fed. An answer shows who answered, and the request who asked. */
static void set_target(sc_step *step, sc_party *party)
{
    uint64_t contact = sc_contact_hash(step->message);
    if (contact == 0) return;
    party->contact = contact;
    sc_keep_fed(step, &party->target);
}

/* Proxies put their Record-Route in front of those that the request came with, and the callee
 * copies them all. Where it did not, nobody knows which of both it follows. */
static void set_routes(sc_step *step, sc_dialog *dialog)
{
    const sc_transaction *t = step->transaction;
    size_t count = sipcheck_count(step->message, SIPCHECK_HEADER_RECORD_ROUTE);
    bool copied = t->request != NULL && count >= t->route_count &&
                  sc_routes_hash(step->message, t->route_count) == t->routes;
    const sc_kept *routes = copied ? step->tracker->current : NULL;
    dialog->last_routes = sc_routes_hash(step->message, count);
    sc_keep_other(step->tracker, &dialog->party[SC_CALLER].routes, routes);
    sc_keep_other(step->tracker, &dialog->party[SC_CALLEE].routes, routes);
}

/* The copy that its author sent, of a request that is seen on several hops; *ret_agree: all have
 * the same Contact. */
static const sc_kept *authors_copy(const sc_step *step, bool *ret_agree)
{
    const sc_transaction *own = step->transaction;
    const sc_kept *copy = own->request;
    *ret_agree = true;
    sc_node *node =
        sc_table_find(&step->tracker->table, own->by_call.key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (t->request == NULL || t->call_id != own->call_id || t->method != own->method ||
            t->cseq != own->cseq)
            continue;
        if (t->contact != own->contact) *ret_agree = false;
        if (!t->request->passed_on) copy = t->request;
    }
    return copy;
}

/* Whose request was accepted. */
static void set_asker(sc_step *step, sc_party *asker)
{
    const sc_transaction *t = step->transaction;
    bool agree;
    (void)authors_copy(step, &agree);
    if (t->contact == 0) return;
    asker->contact = t->contact;
    sc_keep_other(step->tracker, &asker->target, agree ? t->request : NULL);
}

static void set_caller(sc_step *step, sc_dialog *dialog)
{
    bool agree;
    sc_party *caller = &dialog->party[SC_CALLER];
    caller->cseq = step->cseq;
    caller->method = step->method_hash;
    caller->has_cseq = true;
    sc_keep_other(step->tracker, &caller->previous, authors_copy(step, &agree));
    if (step->method == SIPCHECK_METHOD_INVITE)
        sc_dialog_invited(caller, step->cseq, step->transaction->request->packet.ns);
    set_asker(step, caller);
    caller->updating.allow = step->transaction->allow;
}

/* The response makes it, of a request that was sent outside of any. */
static sc_dialog *make(sc_step *step)
{
    const sc_transaction *t = step->transaction;
    sc_dialog *dialog = sc_dialog_make(step, step->from_tag, step->to_tag);
    dialog->from_is_caller = true;
    dialog->made_cseq = step->cseq;
    dialog->method = step->method;
    dialog->secure = t->secure;
    dialog->tracked.object.began_unseen = t->request == NULL || t->to_tag != 0;
    dialog->tracked.object.damaged |= t->tracked.object.damaged;
    if (!dialog->tracked.object.began_unseen) {
        dialog->state = SC_DIALOG_EARLY;
        set_caller(step, dialog);
        set_routes(step, dialog);
        set_target(step, &dialog->party[SC_CALLEE]);
    }
    sc_session_make(step, dialog, dialog->party[SC_CALLER].previous);
    return dialog;
}

/* §13.2.2.4: the route set is computed anew from the 2xx, but not from one to PRACK or UPDATE. */
static void confirm(sc_step *step, sc_dialog *dialog)
{
    bool made_by_it = step->method == dialog->method && step->cseq == dialog->made_cseq &&
                      dialog->sender == SC_CALLER;
    if (dialog->state != SC_DIALOG_EARLY || !made_by_it || step->message->status / 100 != 2) return;
    dialog->state = SC_DIALOG_CONFIRMED;
    sc_keep_fed(step, &dialog->made);
    set_routes(step, dialog);
    set_target(step, &dialog->party[SC_CALLEE]);
}

/* RFC 6141 §4.6: a refresh that is refused in the end was taken before, where a reliable response,
 * or a request of who got it, told so. */
static bool may_be_taken(const sc_step *step, const sc_dialog *dialog)
{
    const sc_transaction *t = step->transaction;
    const sc_party *asked = &dialog->party[dialog->sender],
                   *answered = &dialog->party[!dialog->sender];
    const sc_reliable *r = &dialog->reliable;
    const sc_kept *since = answered->previous;
    if (t->contact == 0 || t->contact == asked->contact) return false;
    return t->request == NULL || (r->cseq == step->cseq && r->asker == dialog->sender) ||
           (since != NULL && since->packet.ns >= t->request->packet.ns);
}

/* §12.2.1.2, §12.2.2: both targets are those of a refresh that was accepted; after a refused one
 * it depends on what happened in between. RFC 6141 §4 */
static void refresh_targets(sc_step *step, sc_dialog *dialog)
{
    const sc_transaction *t = step->transaction;
    uint32_t status = step->message->status;
    sc_party *asked = &dialog->party[dialog->sender], *answered = &dialog->party[!dialog->sender];
    if (status < 200 || !sc_refreshes_target(step->method) || step->cseq != asked->cseq) return;
    asked->refreshing = false;
    if (status >= 300 && may_be_taken(step, dialog))
        sc_keep_other(step->tracker, &asked->target, NULL);
    if (status >= 300 || t->to_tag == 0) return;
    set_asker(step, asked);
    set_target(step, answered);
}

/* Once its author gets a refusal all is over that its INVITE made. Behind a proxy that forked it,
 * other branches go on. */
static void end_early_ones(sc_step *step)
{
    const sc_transaction *t = step->transaction;
    bool at_author = t->request != NULL && !t->request->passed_on && t->to_tag == 0;
    if (step->method != SIPCHECK_METHOD_INVITE || step->message->status < 300 || !at_author) return;
    sc_node *node = sc_table_find(&step->tracker->table, sc_leg_key(step->call_id, step->from_tag),
                                  SIPCHECK_SCOPE_DIALOG);
    for (; node != NULL; node = sc_table_more(node)) {
        sc_dialog *dialog = (sc_dialog *)node->owner;
        if (dialog->call_id != step->call_id || dialog->made_cseq != step->cseq ||
            dialog->state != SC_DIALOG_EARLY)
            continue;
        dialog->state_before = dialog->state;
        dialog->sender = SC_CALLER;
        sc_dialog_end(step, dialog);
    }
}

/* §15.1.1: a BYE ends it whatever its answer, but for a challenge. Of the dialogs that an INVITE
 * makes early, a refusal ends the one that it names. */
static bool is_over(const sc_step *step, const sc_dialog *dialog)
{
    uint32_t status = step->message->status;
    if (step->method == SIPCHECK_METHOD_BYE) return status >= 200 && status != 401 && status != 407;
    return dialog->state == SC_DIALOG_EARLY && step->method == SIPCHECK_METHOD_INVITE &&
           step->cseq == dialog->made_cseq && dialog->sender == SC_CALLER && status >= 300;
}

static unsigned sender_of(const sc_dialog *dialog, const sc_step *step)
{
    return dialog->party[SC_CALLER].tag == step->from_tag ? SC_CALLER : SC_CALLEE;
}

static void tell(sc_step *step, sc_dialog *dialog, bool is_new)
{
    sc_dialog_set_before(step, dialog, sender_of(dialog, step));
    dialog->last_response = step->answer;
    if (is_new && !dialog->tracked.object.began_unseen)
        sc_dialog_tell(step, dialog, SC_EVENT_BEGIN);
    sc_dialog_tell(step, dialog, SC_EVENT_RESPONSE);
    sc_dialog_tell(step, dialog,
                   step->message->status < 200 ? SC_EVENT_PROVISIONAL : SC_EVENT_FINAL);
}

static void tell_again(const sc_step *step, sc_dialog *dialog)
{
    sc_dialog_set_before(step, dialog, sender_of(dialog, step));
    sc_reliable_again(step, dialog);
    sc_dialog_tell(step, dialog, SC_EVENT_RESPONSE_AGAIN);
}

/* §12.2.2: who does not know the dialog yet has no number of it, as where the 2xx that makes it was
 * overtaken or lost. */
static void forget_number(const sc_step *step, const sc_dialog *dialog, sc_party *asked)
{
    if (step->message->status == 481 && dialog->state == SC_DIALOG_UNKNOWN &&
        asked->cseq == step->cseq)
        asked->has_cseq = false;
}

static void note_response(const sc_step *step, sc_dialog *dialog)
{
    sc_party *asked = &dialog->party[dialog->sender], *answered = &dialog->party[!dialog->sender];
    uint32_t status = step->message->status;
    if (step->method == SIPCHECK_METHOD_BYE && status / 100 == 2) answered->let_go = true;
    forget_number(step, dialog, asked);
    if (step->method != SIPCHECK_METHOD_INVITE || asked->invite_cseq != step->cseq) return;
    asked->proceeding = true;
    if (status < 200) return;
    asked->invite_ns = 0;
    if (status >= 300) return;
    answered->accept_cseq = (uint32_t)step->cseq;
    answered->accept_ns = step->packet->ns != 0 ? step->packet->ns : 1;
}

static void track(sc_step *step, sc_dialog *dialog, bool is_new)
{
    if (dialog->last_response == step->answer) return;
    tell(step, dialog, is_new);
    sc_updating_response(step, dialog);
    sc_timer_response(step, dialog);
    sc_reliable_response(step, dialog);
    note_response(step, dialog);
    sc_session_response(step, dialog);
    refresh_targets(step, dialog);
    confirm(step, dialog);
    if (is_over(step, dialog)) sc_dialog_end(step, dialog);
}

/* Its routes as the caller gets them are those of the copy nearest to it. */
static void compare_routes(const sc_step *step, sc_dialog *dialog)
{
    size_t all = sipcheck_count(step->message, SIPCHECK_HEADER_RECORD_ROUTE);
    const sc_transaction *t = step->transaction;
    if (!step->message->is_response || t->to_tag != 0 || step->method != dialog->method ||
        step->cseq != dialog->made_cseq || step->message->status >= 300)
        return;
    if (sc_routes_hash(step->message, all) != dialog->last_routes)
        sc_keep_other(step->tracker, &dialog->party[SC_CALLER].routes, NULL);
}

void sc_dialog_compare(const sc_step *step, sc_dialog *dialog)
{
    bool response = step->message->is_response;
    bool from_caller = (dialog->party[SC_CALLER].tag == step->from_tag) != response;
    sc_party *author = &dialog->party[from_caller ? SC_CALLER : SC_CALLEE];
    uint64_t contact = sc_contact_hash(step->message);
    if (response) {
        compare_routes(step, dialog);
        sc_timer_copy(step, dialog);
    }
    if (!sc_refreshes_target(step->method) || (response && step->message->status >= 300)) return;
    if (contact != 0 && contact != author->contact && !author->refreshing)
        sc_keep_other(step->tracker, &author->target, NULL);
}

const sc_transaction *sc_subscribe_of(const sc_step *step)
{
    uint64_t key = sc_leg_key(step->call_id, step->to_tag);
    sc_node *node = sc_table_find(&step->tracker->table, key, SIPCHECK_SCOPE_TRANSACTION);
    for (; node != NULL; node = sc_table_more(node)) {
        const sc_transaction *t = (const sc_transaction *)node->owner;
        if (t->request != NULL && t->call_id == step->call_id && t->from_tag == step->to_tag &&
            t->to_tag == 0 && t->package == step->transaction->package)
            return t;
    }
    return NULL;
}

sc_dialog *sc_dialog_by_notify(sc_step *step)
{
    const sc_transaction *t = step->transaction != NULL ? sc_subscribe_of(step) : NULL;
    if (t == NULL) return NULL;
    sc_dialog *dialog = sc_dialog_make(step, step->to_tag, step->from_tag);
    sc_party *caller = &dialog->party[SC_CALLER];
    dialog->state = SC_DIALOG_CONFIRMED;
    dialog->method = t->method;
    dialog->made_cseq = t->cseq;
    dialog->secure = t->secure;
    caller->cseq = t->cseq;
    caller->method = t->method_hash;
    caller->has_cseq = true;
    caller->contact = t->contact;
    sc_keep_other(step->tracker, &caller->previous, t->request);
    if (t->contact != 0) sc_keep_other(step->tracker, &caller->target, t->request);
    set_target(step, &dialog->party[SC_CALLEE]);
    sc_session_make(step, dialog, NULL);
    dialog->state_before = SC_DIALOG_EARLY;
    dialog->sender = SC_CALLEE;
    sc_dialog_tell(step, dialog, SC_EVENT_BEGIN);
    return dialog;
}

void sc_dialogs_track_response(sc_step *step)
{
    const sc_transaction *t = step->transaction;
    if (t == NULL || step->method == SIPCHECK_METHOD_CANCEL) return;
    sc_dialog *dialog = sc_dialog_find(step);
    if (dialog != NULL) sc_dialog_note_order(step, dialog);
    if (step->again) {
        if (dialog != NULL && !step->passed_on) tell_again(step, dialog);
        return;
    }
    if (dialog != NULL && step->passed_on) {
        sc_dialog_compare(step, dialog);
        sc_session_copy(step, dialog);
    } else if (!step->passed_on) {
        bool is_new = dialog == NULL && makes_one(step);
        if (is_new) dialog = make(step);
        if (dialog != NULL) track(step, dialog, is_new);
        end_early_ones(step);
    }
    if (dialog != NULL) sc_dialog_touch(step, dialog);
}
