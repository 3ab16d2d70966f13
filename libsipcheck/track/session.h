/* SPDX-License-Identifier: MIT */
/* The session of a dialog: its offers and answers. RFC 3264, RFC 6337 */
#ifndef SC_TRACK_SESSION_H
#define SC_TRACK_SESSION_H

#include "track/event.h"

/* Where the answer to an offer travels. RFC 6337 §2.2 */
enum sc_answer_way {
    SC_ANSWER_IN_RESPONSE, /* to the request that has the offer */
    SC_ANSWER_IN_ACK,      /* the offer was in a 2xx */
    SC_ANSWER_IN_PRACK,    /* ... in a reliable 1xx */
};

/* An offer that waits for its answer. */
typedef struct sc_offer {
    const sc_kept *sent;     /* as its author sent it; NULL: none waits */
    const sc_kept *received; /* the copy nearest to who has to answer */
    uint64_t cseq;           /* of the request that has the offer, or whose response has it */
    uint8_t method;          /* of it: enum sipcheck_method_id */
    uint8_t way;             /* enum sc_answer_way */
    bool heard;              /* an answer came that may have been lost: it is not reliable */
} sc_offer;

enum sc_certainty { SC_NO, SC_YES, SC_UNSURE };

typedef struct sc_session {
    sc_object object;    /* within an sc_dialog */
    sc_offer pending[2]; /* by author: SC_CALLER, SC_CALLEE */
    /* The last that were exchanged; NULL: none was seen. */
    const sc_kept *offer, *answer;
    uint64_t invite_cseq; /* of the INVITE without an offer whose responses had one */
    uint8_t exchanges;    /* offers that were answered; it wraps */
    uint8_t invite_sender;
    uint8_t offerer; /* of `offer` */
    uint8_t vain[2]; /* offers without an answer since the author's last description, by author */
    bool begun;
    /* Of the message that was fed last: */
    uint8_t sender; /* SC_CALLER, SC_CALLEE: whose description it is */
    uint8_t
        pending_before;  /* enum sc_certainty: an offer waited for its answer, as the sender knew */
    uint64_t pending_ns; /* when that of the sender was sent, if one waited; nanoseconds */
    const sc_kept *described; /* the sender's description before it; NULL: none was seen */
    uint8_t vain_before;      /* the sender's offers since `described` that came to nothing */
} sc_session;

#endif
