/* SPDX-License-Identifier: MIT */
/* Reliable responses, UPDATEs and session timers of a dialog, as values of facts.def. */
#include "engine/fact.h"

static bool lost_ever(const sc_sequence *s, const sc_dialog *d)
{
    return sc_lost_since(s, &d->tracked.object, d->tracked.object.first_ns);
}

/* --- RFC 3262 */

static sc_value rack_of(const sc_sequence *s, const sc_dialog *d)
{
    static const char *const words[] = { [SC_RACK_NOTHING] = "nothing",
                                         [SC_RACK_OPEN] = "open",
                                         [SC_RACK_ACKNOWLEDGED] = "acknowledged",
                                         [SC_RACK_ANSWERED] = "answered" };
    uint8_t rack = d->reliable.rack;
    if (rack == SC_RACK_NONE) return absent();
    if (rack == SC_RACK_UNKNOWN) return unknown(SC_MISSING_RESPONSE);
    return lost_ever(s, d) ? unknown(SC_MISSING_LOST) : word(words[rack]);
}

static sc_value executed(const sc_sequence *s, const sc_dialog *d)
{
    const sc_party *asked = &d->party[d->sender];
    if (d->tracked.object.began_unseen && !asked->invited) return unknown(SC_MISSING_REQUEST);
    bool lost = lost_ever(s, d) || d->session.object.damaged;
    return lost ? unknown(SC_MISSING_LOST) : truth(asked->updating.executed);
}

void sc_fill_reliable(const sc_sequence *s, const sc_dialog *d, sc_value *facts)
{
    const sc_reliable *r = &d->reliable;
    bool lost = lost_ever(s, d) || r->lost_before;
    bool unseen = d->tracked.object.began_unseen && !r->any_before;
    const sc_value doubt = unknown(lost ? SC_MISSING_LOST : SC_MISSING_RESPONSE);
    bool doubtful = lost || unseen;
    facts[SC_FACT_DIALOG_RSEQ] = doubtful        ? doubt
                                 : r->any_before ? number(r->last_before)
                                                 : absent();
    facts[SC_FACT_DIALOG_RSEQ_IN_ROW] = doubtful        ? doubt
                                        : r->any_before ? number(r->in_row_before)
                                                        : absent();
    facts[SC_FACT_DIALOG_RELIABLE] = doubtful ? doubt : number(r->count_before);
    facts[SC_FACT_DIALOG_OPEN] = doubtful ? doubt : number(r->open_before);
    facts[SC_FACT_DIALOG_OPEN_DESCRIBED] = doubtful ? doubt : number(r->open_described_before);
    facts[SC_FACT_DIALOG_RACK] = rack_of(s, d);
    facts[SC_FACT_DIALOG_EXECUTED] = executed(s, d);
}

/* --- RFC 4028 */

#define SECOND UINT64_C(1000000000) /* nanoseconds */

/* Why it is not known what the timer is; SC_MISSING_NOTHING: it is known. */
static enum sc_missing doubt_of(const sc_sequence *s, const sc_dialog *d)
{
    const sc_timer *timer = &d->timer_before;
    if (timer->refreshed_ns == 0)
        return d->tracked.object.began_unseen ? SC_MISSING_RESPONSE : SC_MISSING_NOTHING;
    if (timer->unsure) return SC_MISSING_RESPONSE;
    bool lost = sc_lost_since(s, &d->tracked.object, timer->refreshed_ns);
    return lost ? SC_MISSING_LOST : SC_MISSING_NOTHING;
}

void sc_fill_timer(const sc_sequence *s, const sc_dialog *d, sc_value *facts)
{
    const sc_timer *timer = &d->timer_before;
    enum sc_missing doubt = doubt_of(s, d);
    bool known = doubt == SC_MISSING_NOTHING, any = timer->refreshed_ns != 0;
    uint64_t since = s->now_ns > timer->refreshed_ns ? s->now_ns - timer->refreshed_ns : 0;
    facts[SC_FACT_DIALOG_INTERVAL] = !known                 ? unknown(doubt)
                                     : timer->interval == 0 ? absent()
                                                            : number(timer->interval * SECOND);
    facts[SC_FACT_DIALOG_REFRESHED] = !known ? unknown(doubt) : any ? number(since) : absent();
    facts[SC_FACT_DIALOG_REFUSALS] =
        lost_ever(s, d) ? unknown(SC_MISSING_LOST) : number(timer->refusals);
    facts[SC_FACT_DIALOG_TRIED] = !known ? unknown(doubt) : any ? truth(timer->tried) : absent();
}

static sc_value refreshes(const sc_sequence *s, const sc_dialog *d, unsigned index)
{
    const sc_timer *timer = &d->timer_before;
    enum sc_missing doubt = doubt_of(s, d);
    if (doubt != SC_MISSING_NOTHING) return unknown(doubt);
    if (timer->interval == 0) return absent();
    if (!timer->caller_refreshes && !timer->callee_refreshes) return unknown(SC_MISSING_RESPONSE);
    return truth(index == SC_CALLER ? timer->caller_refreshes : timer->callee_refreshes);
}

static sc_value min_se(const sc_sequence *s, const sc_dialog *d, unsigned index)
{
    uint32_t received = d->timer_before.min_se[index];
    if (received != 0) return number(received);
    if (d->tracked.object.began_unseen) return unknown(SC_MISSING_REQUEST);
    return lost_ever(s, d) ? unknown(SC_MISSING_LOST) : absent();
}

/* --- RFC 3311 */

static sc_value owes(const sc_sequence *s, const sc_dialog *d, const sc_party *party)
{
    static const char *const words[] = { [SC_ANSWER_IN_RESPONSE] = "response",
                                         [SC_ANSWER_IN_ACK] = "ack",
                                         [SC_ANSWER_IN_PRACK] = "prack" };
    if (d->session.object.damaged || lost_ever(s, d)) return unknown(SC_MISSING_LOST);
    if (party->owes != 0) return word(words[party->owes - 1]);
    return d->tracked.object.began_unseen ? unknown(SC_MISSING_OFFER) : absent();
}

static sc_value updates(const sc_sequence *s, const sc_dialog *d, uint8_t allow)
{
    if (allow & SC_ALLOW_UPDATE) return truth(true);
    if (d->tracked.object.began_unseen || allow & SC_ALLOW_CUT) return unknown(SC_MISSING_MESSAGE);
    return lost_ever(s, d) ? unknown(SC_MISSING_LOST) : truth(false);
}

/* Another UPDATE may have come behind the one that it differs from. */
static sc_value as_updated(const sc_sequence *s, const sc_dialog *d, const sc_updating *u)
{
    if (u->as_updated == SC_AS_UNREAD) return unknown(SC_MISSING_MESSAGE);
    if (u->as_updated == SC_AS_OTHER && lost_ever(s, d)) return unknown(SC_MISSING_LOST);
    return u->as_updated == SC_AS_NOTHING ? absent() : truth(u->as_updated == SC_AS_UPDATED);
}

void sc_fill_party(const sc_sequence *s, const sc_dialog *d, unsigned index, sc_value *facts)
{
    const sc_party *party = &d->party[index];
    const sc_updating *u = &party->updating;
    bool lost = lost_ever(s, d) || d->session.object.damaged;
    const sc_value lost_fact = unknown(SC_MISSING_LOST);
    facts[SC_FACT_PARTY_OWES] = owes(s, d, party);
    facts[SC_FACT_PARTY_UPDATES] = updates(s, d, u->allow_before);
    facts[SC_FACT_PARTY_HASTY] = lost ? lost_fact : truth(u->is_hasty);
    facts[SC_FACT_PARTY_CROSSING] = lost ? lost_fact : truth(u->is_crossing);
    facts[SC_FACT_PARTY_AS_UPDATED] = as_updated(s, d, u);
    facts[SC_FACT_PARTY_REFRESHES] = refreshes(s, d, index);
    facts[SC_FACT_PARTY_MIN_SE] = min_se(s, d, index);
}
