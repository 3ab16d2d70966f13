/* SPDX-License-Identifier: MIT */
/* Reliable provisional responses and their PRACKs. RFC 3262 §3, §4; each branch of a fork counts
 * for itself (errata 4600, 4603). */
#include "track/dialogs.h"

static unsigned place_of(const sc_reliable *r, uint64_t rseq)
{
    unsigned i = 0;
    while (i < r->count && r->rseq[i] != rseq)
        i++;
    return i < r->count ? i : SC_RELIABLE_MAX;
}

static bool has(uint8_t bits, unsigned at)
{
    return bits >> at & 1;
}

static uint8_t count_of(uint8_t bits)
{
    uint8_t n = 0;
    for (; bits != 0; bits = (uint8_t)(bits & (bits - 1)))
        n++;
    return n;
}

static bool is_of(const sc_reliable *r, const sc_dialog *dialog, uint64_t invite_cseq)
{
    return r->cseq != 0 && r->cseq == invite_cseq && r->asker == dialog->sender;
}

void sc_reliable_before(const sc_step *step, sc_dialog *dialog)
{
    sc_reliable *r = &dialog->reliable;
    bool invite = step->method == SIPCHECK_METHOD_INVITE;
    r->any_before = invite ? is_of(r, dialog, step->cseq) : r->cseq != 0;
    r->lost_before = r->lost && r->any_before;
    r->last_before = r->last;
    r->in_row_before = r->in_row;
    r->count_before = r->any_before ? r->count : 0;
    r->open_before = r->any_before ? count_of(r->open) : 0;
    r->open_described_before = r->any_before ? count_of(r->open & r->described) : 0;
    r->rack = SC_RACK_NONE;
}

static enum sc_rack state_of(const sc_reliable *r, unsigned place)
{
    if (r->over) return SC_RACK_UNKNOWN;
    if (place == SC_RELIABLE_MAX) return r->more || r->lost ? SC_RACK_UNKNOWN : SC_RACK_NOTHING;
    if (has(r->open, place)) return SC_RACK_OPEN;
    return has(r->answered, place) ? SC_RACK_ANSWERED : SC_RACK_ACKNOWLEDGED;
}

static enum sc_rack named_by(const sipcheck_rack *rack, sc_dialog *dialog)
{
    static const uint8_t invite[] = { 'I', 'N', 'V', 'I', 'T', 'E' };
    sc_reliable *r = &dialog->reliable;
    r->place = SC_RELIABLE_MAX;
    if (rack == NULL || !rack->v.valid) return SC_RACK_UNKNOWN;
    if (!sc_slices_same(rack->method, (sipcheck_slice){ invite, sizeof invite }))
        return SC_RACK_NOTHING;
    if (!is_of(r, dialog, rack->cseq)) {
        bool ours = r->cseq == 0 || r->asker == dialog->sender; /* the other's took its place */
        bool seen =
            ours && dialog->party[dialog->sender].invite_cseq == rack->cseq && rack->cseq != 0;
        return seen ? SC_RACK_NOTHING : SC_RACK_UNKNOWN;
    }
    r->place = (uint8_t)place_of(r, rack->rseq);
    return state_of(r, r->place);
}

void sc_reliable_prack(const sc_step *step, sc_dialog *dialog)
{
    sc_reliable *r = &dialog->reliable;
    r->prack_cseq = (uint32_t)step->cseq;
    r->prack_of_callee = dialog->sender == SC_CALLEE;
    r->named = (uint8_t)named_by((const sipcheck_rack *)step->message->values[SIPCHECK_HEADER_RACK],
                                 dialog);
    r->rack = r->named;
    r->lost |= r->named == SC_RACK_NOTHING; /* what it names may be seen behind it */
    if (r->named == SC_RACK_OPEN) r->open = (uint8_t)(r->open & ~(1u << r->place));
}

/* What a refused PRACK named may be named again. */
static void answer_prack(const sc_step *step, sc_reliable *r, bool of_callee)
{
    bool last = step->cseq == r->prack_cseq && of_callee == r->prack_of_callee && !r->over;
    r->rack = last ? r->named : (uint8_t)SC_RACK_UNKNOWN;
    if (!last || step->message->status < 200 || r->place >= r->count) return;
    unsigned bit = 1u << r->place;
    if (step->message->status < 300)
        r->answered = (uint8_t)(r->answered | bit);
    else if (r->named == SC_RACK_OPEN)
        r->open = (uint8_t)(r->open | bit);
}

static uint8_t without(uint8_t bits, unsigned at)
{
    unsigned below = (1u << at) - 1;
    return (uint8_t)((bits & below) | (bits >> 1 & ~below));
}

/* The oldest that was acknowledged. */
static void forget_one(sc_reliable *r)
{
    unsigned at = 0;
    while (at < r->count && has(r->open, at))
        at++;
    if (at == r->count) return;
    r->count--;
    memmove(r->rseq + at, r->rseq + at + 1, (r->count - at) * sizeof *r->rseq);
    r->open = without(r->open, at);
    r->answered = without(r->answered, at);
    r->described = without(r->described, at);
    r->place = SC_RELIABLE_MAX;
    r->more = true;
}

static void add(const sc_step *step, sc_reliable *r, uint32_t rseq)
{
    if (r->count == SC_RELIABLE_MAX) forget_one(r);
    if (r->count == SC_RELIABLE_MAX) {
        r->lost = true;
        return;
    }
    uint8_t bit = (uint8_t)(1u << r->count);
    r->rseq[r->count++] = rseq;
    r->open |= bit;
    if (step->described == SC_YES) r->described |= bit;
    if (step->described == SC_UNSURE) r->lost = true;
    r->last = rseq;
    if (r->count == 1 && !r->more) r->in_row = rseq;
    while (place_of(r, (uint64_t)r->in_row + 1) < SC_RELIABLE_MAX)
        r->in_row++;
}

static void note_reliable(const sc_step *step, sc_dialog *dialog, const sipcheck_number *rseq)
{
    sc_reliable *r = &dialog->reliable;
    /* A PRACK for nothing may have been seen before this. */
    bool named = r->named == SC_RACK_NOTHING || r->named == SC_RACK_UNKNOWN;
    if (!is_of(r, dialog, step->cseq))
        *r = (sc_reliable){ .cseq = (uint32_t)step->cseq,
                            .asker = dialog->sender,
                            .place = SC_RELIABLE_MAX,
                            .lost = named || step->transaction->request == NULL };
    if (!rseq->v.valid || rseq->number > UINT32_MAX)
        r->lost = true;
    else if (place_of(r, rseq->number) == SC_RELIABLE_MAX)
        add(step, r, (uint32_t)rseq->number);
    if (r->named == SC_RACK_NOTHING) r->named = SC_RACK_UNKNOWN;
}

static const sipcheck_number *rseq_of(const sc_step *step)
{
    uint32_t status = step->message->status;
    bool may = step->method == SIPCHECK_METHOD_INVITE && status > 100 && status < 200;
    return may ? (const sipcheck_number *)step->message->values[SIPCHECK_HEADER_RSEQ] : NULL;
}

void sc_reliable_response(const sc_step *step, sc_dialog *dialog)
{
    sc_reliable *r = &dialog->reliable;
    const sipcheck_number *rseq = rseq_of(step);
    if (step->method == SIPCHECK_METHOD_PRACK) answer_prack(step, r, dialog->sender == SC_CALLEE);
    if (rseq != NULL) note_reliable(step, dialog, rseq);
    if (step->method == SIPCHECK_METHOD_INVITE && step->message->status >= 300 &&
        is_of(r, dialog, step->cseq))
        r->over = true;
}

/* RFC 3261 §17.2.1: an INVITE that comes again gets the last provisional response again. */
static bool is_demanded(const sc_step *step)
{
    const sc_transaction *t = step->transaction;
    return t->requested.number > 0 && sc_sum(t->requested.ns, t->gap) >= step->packet->ns;
}

void sc_reliable_again(const sc_step *step, sc_dialog *dialog)
{
    sc_reliable *r = &dialog->reliable;
    const sipcheck_number *rseq = is_demanded(step) ? NULL : rseq_of(step);
    if (rseq != NULL && is_of(r, dialog, step->cseq))
        r->rack = (uint8_t)state_of(r, place_of(r, rseq->number));
}

void sc_reliable_cancel(const sc_step *step, sc_dialog *dialog)
{
    if (is_of(&dialog->reliable, dialog, step->cseq)) dialog->reliable.over = true;
}
