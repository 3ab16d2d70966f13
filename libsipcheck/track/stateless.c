/* SPDX-License-Identifier: MIT */
#include "track/stateless.h"

#include "track/branches.h"

bool sc_client_may_be_stateless(const sc_tracker *tracker, const sc_transaction *t)
{
    const sc_transaction *upper = t->vias > 1 ? sc_hop_upper(tracker, t) : NULL;
    return t->vias > 1 && (upper == NULL || !upper->hop->stateful);
}

bool sc_server_may_be_stateless(const sc_transaction *t)
{
    return sc_branches(t) > 0 && !t->hop->stateful;
}

/* What the network doubles comes twice, and is handed on once: the capture can't tell it from what
 * a tap doubled (docs/captures.md). Nothing of that is later than this, in nanoseconds. */
#define DOUBLED_NS (SC_SECOND * 45 / 100)

/* The client may have received the request as often as it sent it. */
static bool came_as_often(const sc_transaction *upper, const sc_transaction *t)
{
    return upper->requested.number >= t->requested.number ||
           t->requested.ns < sc_sum(upper->requested.ns, DOUBLED_NS);
}

bool sc_may_be_passed_on(const sc_tracker *tracker, const sc_transaction *t,
                         enum sc_event_kind kind)
{
    if (kind == SC_EVENT_RESPONSE_AGAIN || kind == SC_EVENT_PROVISIONAL)
        return sc_server_may_be_stateless(t);
    if (!sc_client_may_be_stateless(tracker, t)) return false;
    const sc_transaction *upper = sc_hop_upper(tracker, t);
    if (kind == SC_EVENT_REQUEST_AGAIN) return upper == NULL || came_as_often(upper, t);
    return kind == SC_EVENT_CANCEL && (upper == NULL || upper->hop->cancelled);
}
