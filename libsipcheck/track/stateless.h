/* SPDX-License-Identifier: MIT */
/* Who may be a stateless proxy: it has no transactions, and passes each message on as it comes,
 * repetitions, too. RFC 3261 §16.11 */
#ifndef SC_TRACK_STATELESS_H
#define SC_TRACK_STATELESS_H

#include "track/track.h"
#include "track/transaction.h"

/* As far as is known the transaction's client only passed the request on, its server only the
 * responses. */
bool sc_client_may_be_stateless(const sc_tracker *tracker, const sc_transaction *t);
bool sc_server_may_be_stateless(const sc_transaction *t);
/* What was fed as that event of the transaction may be such a proxy's copy of what came to it. */
bool sc_may_be_passed_on(const sc_tracker *tracker, const sc_transaction *t,
                         enum sc_event_kind kind);

#endif
