/* SPDX-License-Identifier: MIT */
/* What the files about dialogs share. */
#ifndef SC_TRACK_DIALOGS_H
#define SC_TRACK_DIALOGS_H

#include "track/internal.h"

sc_dialog *sc_dialog_find(const sc_step *step); /* by Call-ID and both tags; NULL: none */
sc_dialog *sc_dialog_of(const sc_tracker *tracker, uint64_t call_id, uint64_t one_tag,
                        uint64_t other_tag);
sc_dialog *sc_dialog_make(sc_step *step, uint64_t caller, uint64_t callee);
void sc_dialog_touch(const sc_step *step, sc_dialog *dialog);
/* It, and its session, are doubtful where the message was seen out of order. */
void sc_dialog_note_order(const sc_step *step, sc_dialog *dialog);
void sc_dialog_tell(const sc_step *step, sc_dialog *dialog, enum sc_event_kind kind);
/* What waits is what waited before the message that is fed; sender: of the request that it is, or
 * answers. */
void sc_dialog_set_before(const sc_step *step, sc_dialog *dialog, unsigned sender);
void sc_dialog_invited(sc_party *party, uint64_t cseq, uint64_t ns);
void sc_dialog_end(const sc_step *step, sc_dialog *dialog);

/* A copy that a proxy passed on: what it changed is not known any more. */
void sc_dialog_compare(const sc_step *step, sc_dialog *dialog);

/* The dialog that a NOTIFY makes, of a SUBSCRIBE or REFER that was seen; NULL: none. RFC 6665
 * §4.4.1 */
/* The transaction that a NOTIFY answers which overtook its 2xx; NULL: none was seen. */
const sc_transaction *sc_subscribe_of(const sc_step *step);
sc_dialog *sc_dialog_by_notify(sc_step *step);
void sc_dialogs_track_response(sc_step *step);

/* --- reliable.c, timer.c, updating.c: of the copy that its author sent. `before`: once
 * dialog->sender is known. */
void sc_reliable_before(const sc_step *step, sc_dialog *dialog);
void sc_reliable_prack(const sc_step *step, sc_dialog *dialog);
void sc_reliable_response(const sc_step *step, sc_dialog *dialog);
void sc_reliable_again(const sc_step *step, sc_dialog *dialog);
void sc_reliable_cancel(const sc_step *step, sc_dialog *dialog);
void sc_timer_request(const sc_step *step, sc_dialog *dialog);
void sc_timer_response(const sc_step *step, sc_dialog *dialog);
void sc_timer_copy(const sc_step *step, sc_dialog *dialog); /* passed on */
void sc_updating_before(const sc_step *step, sc_dialog *dialog);
void sc_updating_request(const sc_step *step, sc_dialog *dialog); /* its offer is not taken yet */
void sc_updating_response(const sc_step *step, sc_dialog *dialog);

#endif
