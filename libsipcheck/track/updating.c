/* SPDX-License-Identifier: MIT */
/* UPDATEs that meet others, or an INVITE. RFC 3311 §4, §5 */
#include "track/dialogs.h"
#include "track/sessions.h"

uint8_t sc_allow_of(const sipcheck_message *message)
{
    const sipcheck_value *v = message->values[SIPCHECK_HEADER_ALLOW];
    uint8_t allow = message->cut ? SC_ALLOW_CUT : 0;
    for (; v != NULL; v = v->next) {
        const sipcheck_token *method = (const sipcheck_token *)v;
        allow |= SC_ALLOW_SENT;
        if (sc_slices_same(method->token, sc_slice_of("UPDATE"))) allow |= SC_ALLOW_UPDATE;
    }
    return allow;
}

static uint32_t contact_of(const sipcheck_message *message)
{
    const sipcheck_address *contact =
        (const sipcheck_address *)message->values[SIPCHECK_HEADER_CONTACT];
    return contact != NULL ? (uint32_t)sc_uri_hash(&contact->uri) : 0;
}

void sc_updating_before(const sc_step *step, sc_dialog *dialog)
{
    for (unsigned i = 0; i < 2; i++) {
        sc_updating *u = &dialog->party[i].updating;
        bool asked = i == dialog->sender && u->soon_cseq != 0 && u->soon_cseq == step->cseq;
        u->is_hasty = asked && u->hasty;
        u->is_crossing = asked && u->crossing;
        u->as_updated = SC_AS_NOTHING;
        u->allow_before = u->allow;
        u->executed = !u->crossed && u->exchanges != dialog->session.exchanges;
    }
}

/* An answer to an INVITE's offer may have come in a response that is not reliable. */
static bool waits(const sc_offer *offer)
{
    return offer->sent != NULL && !offer->heard;
}

static void update(const sc_step *step, sc_dialog *dialog)
{
    sc_updating *u = &dialog->party[dialog->sender].updating;
    const sc_offer *pending = dialog->session.pending;
    bool offers = step->described == SC_YES,
         soon = step->packet->ns < u->ns || step->packet->ns - u->ns < sc_64_t1(step->tracker),
         unsure = offers && (sc_offer_is_old(step->tracker, &pending[SC_CALLER]) ||
                             sc_offer_is_old(step->tracker, &pending[SC_CALLEE]));
    /* where both hold, either answer is right */
    u->hasty = unsure || (u->cseq != 0 && soon) || (offers && waits(&pending[dialog->sender]));
    u->crossing = unsure || (offers && waits(&pending[!dialog->sender]));
    u->soon_cseq = u->hasty || u->crossing ? (uint32_t)step->cseq : 0;
    u->is_hasty = u->hasty;
    u->is_crossing = u->crossing;
    u->cseq = (uint32_t)step->cseq;
    u->ns = step->packet->ns;
    if (dialog->party[!dialog->sender].invite_ns != 0) u->contact = contact_of(step->message);
}

void sc_updating_request(const sc_step *step, sc_dialog *dialog)
{
    sc_updating *u = &dialog->party[dialog->sender].updating;
    u->allow |= sc_allow_of(step->message);
    if (step->method == SIPCHECK_METHOD_INVITE) {
        dialog->party[!dialog->sender].updating.contact = 0;
        u->exchanges = dialog->session.exchanges;
        u->crossed = dialog->session.pending[!dialog->sender].sent != NULL;
    }
    if (step->method == SIPCHECK_METHOD_UPDATE) update(step, dialog);
}

/* One that is refused moves no target. */
static void answer_update(const sc_step *step, sc_dialog *dialog)
{
    sc_party *asked = &dialog->party[dialog->sender], *answered = &dialog->party[!dialog->sender];
    if (asked->updating.cseq == step->cseq) asked->updating.cseq = 0;
    if (step->message->status >= 300) asked->updating.contact = 0;
    if (step->message->status < 300 && asked->invite_ns != 0)
        answered->updating.contact = contact_of(step->message);
}

static void accept_invite(const sc_step *step, sc_updating *answered)
{
    uint32_t contact = contact_of(step->message);
    if (answered->contact != 0 && contact == 0) answered->as_updated = SC_AS_UNREAD;
    if (answered->contact != 0 && contact != 0)
        answered->as_updated = contact == answered->contact ? SC_AS_UPDATED : SC_AS_OTHER;
    answered->contact = 0;
}

void sc_updating_response(const sc_step *step, sc_dialog *dialog)
{
    sc_updating *answered = &dialog->party[!dialog->sender].updating;
    uint32_t status = step->message->status;
    answered->allow |= sc_allow_of(step->message);
    if (step->method == SIPCHECK_METHOD_UPDATE && status >= 200) answer_update(step, dialog);
    if (step->method == SIPCHECK_METHOD_INVITE && status / 100 == 2) accept_invite(step, answered);
}
