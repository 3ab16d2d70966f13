/* SPDX-License-Identifier: MIT */
/* What a proxy did with a request, as values of facts.def. */
#include "engine/fact.h"
#include "track/hop.h"

/* 401 and 407 may be the proxy's own affair, as it may have credentials; so are 3xx that it
 * follows. RFC 3261 §16.7 items 4, 6 */
static unsigned lowest_class(const sc_hop *hop)
{
    unsigned lowest = 0;
    for (size_t i = 0; i < hop->status_count; i++) {
        unsigned status = hop->statuses[i], class = status / 100;
        bool own = status == 401 || status == 407 || (class == 3 && hop->followed);
        if (!own && (lowest == 0 || class < lowest)) lowest = class;
    }
    return lowest;
}

/* A branch that was lost may have begun behind them. */
static void fill_refusals(const sc_sequence *s, const sc_hop *hop, sc_value *facts)
{
    bool lost = sc_lost_since(s, &hop->object, hop->object.first_ns);
    unsigned lowest = lowest_class(hop);
    const sc_value doubt = unknown(SC_MISSING_LOST);
    facts[SC_FACT_HOP_LOWEST] = lowest == 0           ? absent()
                                : lost && lowest == 3 ? doubt
                                                      : number(lowest);
    facts[SC_FACT_HOP_INFORMED] = hop->informed && lost ? doubt : truth(hop->informed);
    facts[SC_FACT_HOP_CHALLENGES] =
        hop->challenge_count > 0 && lost ? doubt : number(hop->challenge_count);
}

static sc_value answered(const sc_hop *hop, bool lost)
{
    if (hop->answered_before == SC_UNSURE) return unknown(SC_MISSING_ORDER);
    bool yes = hop->answered_before == SC_YES;
    return !yes && lost ? unknown(SC_MISSING_LOST) : truth(yes);
}

static sc_value accepted(const sc_sequence *s, const sc_hop *hop, bool lost)
{
    uint64_t since = hop->accepted_before;
    if (since == 0) return lost ? unknown(SC_MISSING_LOST) : absent();
    return number(s->now_ns > since ? s->now_ns - since : 0);
}

static sc_value waited(const sc_hop *hop, bool lost)
{
    if (hop->waited == UINT64_MAX) return absent();
    return lost ? unknown(SC_MISSING_LOST) : number(hop->waited);
}

/* What seems not to have come, or to be there still, may have been lost. */
static void fill_branches(const sc_sequence *s, const sc_hop *hop, sc_value *facts)
{
    const sc_object *object = &hop->object;
    bool lost = sc_lost_since(s, object, object->first_ns);
    const sc_value doubt = unknown(SC_MISSING_LOST);
    facts[SC_FACT_HOP_FINALS] = lost ? doubt : number(hop->finals);
    facts[SC_FACT_HOP_WAITING] = lost ? doubt : number(hop->waiting);
    facts[SC_FACT_HOP_OPEN] = lost ? doubt : number(hop->open);
    facts[SC_FACT_HOP_BREADTH] = hop->breadth == UINT64_MAX ? absent() : number(hop->breadth);
    if (lost) facts[SC_FACT_HOP_BREADTH] = doubt;
    facts[SC_FACT_HOP_KNOWN] =
        !hop->known && (lost || hop->statuses_lost) ? doubt : truth(hop->known);
    facts[SC_FACT_HOP_ANSWERED] = answered(hop, lost);
    facts[SC_FACT_HOP_ACCEPTED] = accepted(s, hop, lost);
    facts[SC_FACT_HOP_WAITED] = waited(hop, lost);
    facts[SC_FACT_HOP_CANCELLED] = !hop->cancelled && lost ? doubt : truth(hop->cancelled);
}

static sc_value recorded_of(const sc_sequence *s, const sc_hop *hop)
{
    bool lost = s->group->gap || hop->recorded == SC_RECORDED_LOST;
    if (hop->recorded == SC_RECORDED_UNSEEN) return absent();
    return lost ? unknown(SC_MISSING_LOST) : truth(hop->recorded == SC_RECORDED);
}

void sc_fill_hop(sipcheck *engine, const sc_event *event, sc_value *facts)
{
    const sc_sequence *s = engine->sequence;
    const sc_object *object = event->object;
    const sc_hop *hop = (const sc_hop *)(const void *)object;
    facts[SC_FACT_HOP_ROLE] = word(hop->rewrites ? "b2bua" : "proxy");
    facts[SC_FACT_HOP_BRANCHES] = number(hop->branches);
    facts[SC_FACT_HOP_DECLINED] = truth(hop->declined);
    facts[SC_FACT_HOP_AGE] = number(age_of(s, object));
    facts[SC_FACT_HOP_LOOPED] = truth(hop->looped);
    facts[SC_FACT_HOP_TO_TARGET] = truth(hop->to_target);
    facts[SC_FACT_HOP_LISTS_TRIED] = truth(hop->lists_tried);
    facts[SC_FACT_HOP_REORDERED] = sc_order_changed(engine, event);
    facts[SC_FACT_HOP_STATEFUL] = hop->stateful ? truth(true) : unknown(SC_MISSING_STATE);
    facts[SC_FACT_HOP_RECORDED] = recorded_of(s, hop);
    fill_refusals(s, hop, facts);
    fill_branches(s, hop, facts);
}
