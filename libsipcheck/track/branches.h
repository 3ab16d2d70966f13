/* SPDX-License-Identifier: MIT */
/* The branches of a request that an element sent on, and what they were answered with. */
#ifndef SC_TRACK_BRANCHES_H
#define SC_TRACK_BRANCHES_H

#include "track/internal.h"

/* A message may leave so many branches open; of more nothing is said. */
#define SC_HOP_OPEN_MAX 8

bool sc_hop_same_names(const sc_transaction *t, const sc_transaction *other);

/* The first branch of that request, and the next one; NULL: none. */
sc_node *sc_hop_branch(const sc_tracker *tracker, const sc_transaction *upper);
sc_node *sc_hop_more(const sc_transaction *upper, sc_node *node);

/* A CANCEL could end it: 1xx came, no final response, and none was sent. */
bool sc_hop_is_open(const sc_transaction *branch);

/* Whose branch it is; NULL: nobody's that is known, or several may be meant. */
sc_transaction *sc_hop_upper(const sc_tracker *tracker, const sc_transaction *branch);
void sc_hop_join(sc_step *step, sc_transaction *upper, sc_transaction *branch);
/* It is forgotten before it was over: how many there are is not known any more. */
void sc_hop_lose(const sc_tracker *tracker, const sc_transaction *branch);

/* What it says of the others, as the message is fed. */
void sc_hop_look(const sc_step *step, sc_transaction *upper);
/* Remember the request that is sent on; the response that a branch was answered with. */
void sc_hop_note_branch(const sc_step *step, sc_hop *hop);
void sc_hop_note_response(const sc_step *step, sc_transaction *upper);

/* It was received and is sent with another body. */
bool sc_hop_rewritten(const sc_step *step, const sc_kept *in);

#endif
