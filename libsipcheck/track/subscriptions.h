/* SPDX-License-Identifier: MIT */
/* What the files about subscriptions share. */
#ifndef SC_TRACK_SUBSCRIPTIONS_H
#define SC_TRACK_SUBSCRIPTIONS_H

#include "track/dialogs.h"

void sc_subscription_tell(const sc_step *step, sc_subscription *s, enum sc_event_kind kind,
                          const sc_kept *previous);
void sc_subscription_set_fed(sc_subscription *s);

/* Beside others of its dialog, and what is known of who wants what (wishes.c). */
void sc_subscription_place(const sc_step *step, sc_subscription *s, const sc_transaction *asked);
/* It ended: a SUBSCRIBE for the same is told as long as it is remembered. */
void sc_subscription_remember(const sc_step *step, sc_subscription *s);

sc_party *sc_party_of(const sc_step *step, uint64_t tag); /* of the dialog; NULL: there is none */
/* The last SUBSCRIBE or REFER that the receiver of the NOTIFY sent in its dialog; NULL: none. */
const sc_transaction *sc_subscription_asked(const sc_step *step);
void sc_subscription_note_asked(const sc_step *step); /* it is fed */

/* The SUBSCRIBE, outside of any dialog, wants what has ended. */
void sc_subscription_wished(const sc_step *step);
/* The message is within a dialog and names none of its subscriptions; one of those is told. */
void sc_subscription_stray(const sc_step *step);
/* It answers a SUBSCRIBE of the dialog that was not seen: which of the subscriptions that changed
 * is not known. */
void sc_subscription_unasked(const sc_step *step);

#endif
