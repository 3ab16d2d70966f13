/* SPDX-License-Identifier: MIT */
/* What dialogs ask of their sessions. step->message is of that dialog, and its author's copy. */
#ifndef SC_TRACK_SESSIONS_H
#define SC_TRACK_SESSIONS_H

#include "track/internal.h"

/* A response made the dialog: the INVITE's offer is its first. authors: the copy of the INVITE that
 * its author sent. */
void sc_session_make(sc_step *step, sc_dialog *dialog, const sc_kept *authors);
void sc_session_request(sc_step *step, sc_dialog *dialog);
void sc_session_response(sc_step *step, sc_dialog *dialog);
void sc_session_ack(sc_step *step, sc_dialog *dialog);
/* A copy that a proxy passed on, which may have another description. */
void sc_session_copy(sc_step *step, sc_dialog *dialog);
/* It has waited for so long, when a message is fed, that its request has failed, or rings. */
bool sc_offer_is_old(const sc_tracker *tracker, const sc_offer *offer);
void sc_session_end(sc_tracker *tracker, sc_dialog *dialog, sc_events *events);
void sc_session_release(sc_tracker *tracker, sc_session *session);

#endif
