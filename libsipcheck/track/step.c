/* SPDX-License-Identifier: MIT */
/* What names a message: its top Via, Call-ID, tags, CSeq. */
#include "track/internal.h"

static const uint8_t cookie[] = { 'z', '9', 'h', 'G', '4', 'b', 'K' };

static const sipcheck_via *top_via(const sipcheck_message *message)
{
    return (const sipcheck_via *)message->values[SIPCHECK_HEADER_VIA];
}

static uint64_t tag_of(const sipcheck_message *message, enum sipcheck_header_id id)
{
    const sipcheck_address *address = (const sipcheck_address *)message->values[id];
    const sipcheck_param *tag =
        address != NULL ? sipcheck_param_find(address->params, "tag") : NULL;
    return tag != NULL ? sc_hash_text(tag->value) : 0;
}

/* The cookie in any case, as no sender means another by that, and something behind it. */
static bool has_cookie(const sipcheck_via *via)
{
    sipcheck_slice head = { via->branch.p, sizeof cookie };
    return via->branch.n > sizeof cookie &&
           sc_slices_same_nocase(head, (sipcheck_slice){ cookie, sizeof cookie });
}

/* A port that is not written is the default of the transport. §18.2.2 */
static uint32_t port_of(const sipcheck_via *via)
{
    if (via->port_text.p != NULL) return via->port;
    return sc_same_nocase(via->transport, "TLS") ? 5061 : 5060;
}

/* What names a transaction, with its method. §17.1.3, §17.2.3 */
static uint64_t branch_of(const sipcheck_via *via)
{
    uint64_t key = sc_mix_nocase(SC_HASH_SEED, via->host);
    key = sc_mix_word(key, port_of(via));
    return sc_mix_text(key, via->branch);
}

/* ... with the names that tell those of one branch apart; RFC 2543 needs them anyway. */
static uint64_t branch_key(const sc_step *step, uint64_t branch, uint64_t method)
{
    uint64_t key = sc_mix_word(branch, method);
    key = sc_mix_word(key, step->call_id);
    key = sc_mix_word(key, step->from_tag);
    return sc_mix_word(key, step->cseq);
}

uint64_t sc_call_key(uint64_t call_id, uint64_t from_tag, uint64_t cseq)
{
    return sc_mix_word(sc_mix_word(sc_mix_word(1, call_id), from_tag), cseq);
}

/* Outside of a dialog, subscriptions that a NOTIFY may make are found without their number. */
uint64_t sc_client_key(const sc_step *step, uint64_t cseq)
{
    bool subscribes = step->to_tag == 0 && (step->method == SIPCHECK_METHOD_SUBSCRIBE ||
                                            step->method == SIPCHECK_METHOD_REFER);
    return subscribes ? sc_leg_key(step->call_id, step->from_tag)
                      : sc_call_key(step->call_id, step->from_tag, cseq);
}

uint64_t sc_branch_key(const sc_step *step, uint64_t method_hash)
{
    return branch_key(step, branch_of(top_via(step->message)), method_hash);
}

uint64_t sc_dialog_key(uint64_t call_id, uint64_t one_tag, uint64_t other_tag)
{
    bool in_order = one_tag <= other_tag;
    uint64_t key = sc_mix_word(sc_mix_word(2, call_id), in_order ? one_tag : other_tag);
    return sc_mix_word(key, in_order ? other_tag : one_tag);
}

uint64_t sc_leg_key(uint64_t call_id, uint64_t tag)
{
    return sc_mix_word(sc_mix_word(3, call_id), tag);
}

uint64_t sc_contact_hash(const sipcheck_message *message)
{
    const sipcheck_value *contact = message->values[SIPCHECK_HEADER_CONTACT];
    return contact != NULL ? sc_hash_text(contact->raw) : 0;
}

uint64_t sc_routes_hash(const sipcheck_message *message, size_t count)
{
    uint64_t hash = 0;
    size_t there = sipcheck_count(message, SIPCHECK_HEADER_RECORD_ROUTE);
    const sipcheck_value *value = message->values[SIPCHECK_HEADER_RECORD_ROUTE];
    for (; value != NULL; value = value->next, there--) {
        if (there <= count) hash = sc_mix_text(hash, value->raw);
    }
    return hash;
}

/* Status, To tag and RSeq tell responses to a request apart. */
static uint64_t what_is_it(const sc_step *step)
{
    const sipcheck_message *message = step->message;
    const sipcheck_number *rseq = (const sipcheck_number *)message->values[SIPCHECK_HEADER_RSEQ];
    if (message->is_request) return step->method;
    uint64_t what = sc_mix_word(SC_HASH_SEED, message->status);
    what = sc_mix_word(what, step->to_tag);
    return sc_mix_word(what, rseq != NULL ? rseq->number : 0);
}

static bool has_names(const sipcheck_message *message)
{
    const sipcheck_cseq *cseq = (const sipcheck_cseq *)message->values[SIPCHECK_HEADER_CSEQ];
    return (message->is_request || message->is_response) && top_via(message) != NULL &&
           message->values[SIPCHECK_HEADER_CALL_ID] != NULL && cseq != NULL && cseq->digits.n > 0 &&
           cseq->method.n > 0 && cseq->seq != UINT64_MAX &&
           (message->is_request || cseq->method_id != SIPCHECK_METHOD_ACK); /* nobody answers it */
}

static uint64_t bare_key(uint64_t branch, uint64_t method)
{
    return sc_mix_word(7, sc_mix_word(branch, method));
}

static void name_by_vias(sc_step *step, uint64_t invite)
{
    const sipcheck_via *top = top_via(step->message), *second = (const sipcheck_via *)top->v.next;
    uint64_t branch = branch_of(top);
    step->vias = sipcheck_count(step->message, SIPCHECK_HEADER_VIA);
    step->cookie = has_cookie(top);
    step->branch_key = branch_key(step, branch, step->method_hash);
    step->invite_key = branch_key(step, branch, invite);
    step->bare_key = bare_key(branch, step->method_hash);
    step->bare_invite_key = bare_key(branch, invite);
    step->upper_key = second != NULL ? branch_key(step, branch_of(second), step->method_hash) : 0;
}

bool sc_step_identify(sc_step *step)
{
    static const uint8_t invite_name[] = { 'I', 'N', 'V', 'I', 'T', 'E' };
    const sipcheck_message *message = step->message;
    if (!has_names(message)) return false;
    const sipcheck_cseq *cseq = (const sipcheck_cseq *)message->values[SIPCHECK_HEADER_CSEQ];
    uint64_t invite = sc_hash_text((sipcheck_slice){ invite_name, sizeof invite_name });
    step->method = message->is_request ? message->method_id : cseq->method_id;
    step->method_hash = step->method == SIPCHECK_METHOD_ACK
                            ? invite
                            : sc_hash_text(message->is_request ? message->method : cseq->method);
    step->call_id = sc_hash_text(message->values[SIPCHECK_HEADER_CALL_ID]->raw);
    step->from_tag = tag_of(message, SIPCHECK_HEADER_FROM);
    step->to_tag = tag_of(message, SIPCHECK_HEADER_TO);
    step->cseq = cseq->seq;
    name_by_vias(step, invite);
    step->call_key = sc_call_key(step->call_id, step->from_tag, step->cseq);
    step->what = what_is_it(step);
    step->answer = sc_mix_word(step->what, step->cseq);
    return true;
}

void sc_step_doubt(const sc_step *step)
{
    static const char *const methods[] = { "INVITE", "BYE",     "CANCEL", "OPTIONS",   "REGISTER",
                                           "PRACK",  "UPDATE",  "INFO",   "SUBSCRIBE", "NOTIFY",
                                           "REFER",  "MESSAGE", "PUBLISH" };
    const sipcheck_via *via = top_via(step->message);
    if (via == NULL || !has_cookie(via)) return;
    uint64_t branch = branch_of(via);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        uint64_t key = bare_key(branch, sc_hash_text(sc_slice_of(methods[i])));
        sc_node *node = sc_table_find(&step->tracker->table, key, SIPCHECK_SCOPE_TRANSACTION);
        if (node != NULL) node->owner->object.damaged = true;
    }
}
