/* SPDX-License-Identifier: MIT */
/* What the tracker knows of a subscription, as values of facts.def. */
#include "engine/fact.h"
#include "track/subscription.h"

static sc_value subscription_state(const sc_subscription *subscription)
{
    static const char *const words[] = { [SC_SUBSCRIPTION_PENDING] = "pending",
                                         [SC_SUBSCRIPTION_ACTIVE] = "active",
                                         [SC_SUBSCRIPTION_TERMINATED] = "terminated" };
    return subscription->state_before == SC_SUBSCRIPTION_UNKNOWN
               ? unknown(SC_MISSING_MESSAGE)
               : word(words[subscription->state_before]);
}

/* SC_MISSING_NOTHING: what the messages say of it is all. */
static enum sc_missing missing_of(const sc_sequence *s, const sc_object *object)
{
    bool lost = sc_lost_since(s, object, object->first_ns);
    return lost                   ? SC_MISSING_LOST
           : object->began_unseen ? SC_MISSING_SUBSCRIBE
                                  : SC_MISSING_NOTHING;
}

static sc_value status_of(uint16_t status)
{
    return status != 0 ? number(status) : absent();
}

/* What may be otherwise where something was not seen. */
static void fill_course(const sc_sequence *s, const sc_subscription *u, sc_value *facts)
{
    static const uint8_t ids[] = {
        SC_FACT_SUBSCRIPTION_GRANTED,    SC_FACT_SUBSCRIPTION_ASKING, SC_FACT_SUBSCRIPTION_NOTIFIED,
        SC_FACT_SUBSCRIPTION_NOTIFIES,   SC_FACT_SUBSCRIPTION_FORKED, SC_FACT_SUBSCRIPTION_EARLIER,
        SC_FACT_SUBSCRIPTION_UNANSWERED,
    };
    enum sc_missing missing = missing_of(s, &u->tracked.object);
    facts[SC_FACT_SUBSCRIPTION_GRANTED] =
        u->granted_before == UINT64_MAX ? unknown(SC_MISSING_RESPONSE) : number(u->granted_before);
    facts[SC_FACT_SUBSCRIPTION_ASKING] = truth(u->asking_before);
    facts[SC_FACT_SUBSCRIPTION_NOTIFIED] = truth(u->notified_before);
    facts[SC_FACT_SUBSCRIPTION_NOTIFIES] = number(u->notifies_before);
    facts[SC_FACT_SUBSCRIPTION_UNANSWERED] = waiting(s, u->notify_before, false);
    facts[SC_FACT_SUBSCRIPTION_FORKED] = truth(u->forked);
    facts[SC_FACT_SUBSCRIPTION_EARLIER] = truth(u->earlier);
    for (size_t i = 0; missing != SC_MISSING_NOTHING && i < sizeof ids; i++)
        facts[ids[i]] = unknown(missing);
}

/* That it ended was seen, or not. */
static void fill_end(const sc_sequence *s, const sc_subscription *u, sc_value *facts)
{
    bool over = u->over_before;
    uint64_t since = s->now_ns > u->over_ns ? s->now_ns - u->over_ns : 0;
    facts[SC_FACT_SUBSCRIPTION_OVER] = over ? number(since) : absent();
    facts[SC_FACT_SUBSCRIPTION_ALONE] = over ? truth(u->alone) : absent();
    facts[SC_FACT_SUBSCRIPTION_NOTIFY_REFUSED] = over ? status_of(u->notify_refused) : absent();
    facts[SC_FACT_SUBSCRIPTION_REFRESH_REFUSED] = over ? status_of(u->refresh_refused) : absent();
    facts[SC_FACT_SUBSCRIPTION_LATE] = truth(u->late);
    facts[SC_FACT_SUBSCRIPTION_ANSWERED] = truth(u->answered_before);
    facts[SC_FACT_SUBSCRIPTION_OUTRUN] = truth(u->outrun);
}

void sc_fill_subscription(const sc_sequence *s, const sc_object *object, sc_value *facts)
{
    const sc_subscription *subscription = (const sc_subscription *)(const void *)object;
    uint64_t until = subscription->until_before;
    facts[SC_FACT_SUBSCRIPTION_EXPIRES] = until == UINT64_MAX ? unknown(SC_MISSING_MESSAGE)
                                          : until > s->now_ns ? number(until - s->now_ns)
                                                              : number(0);
    facts[SC_FACT_SUBSCRIPTION_STATE] = subscription_state(subscription);
    fill_course(s, subscription, facts);
    fill_end(s, subscription, facts);
}
