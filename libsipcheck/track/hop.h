/* SPDX-License-Identifier: MIT */
/* What an element did with a request that it received: what it sent on, and which of the responses
 * it sent back. It is a proxy: its Via stands in front of those it received, and the names of the
 * dialog are kept. A B2BUA writes a message of its own, which has no such Via. RFC 3261 §16.6 */
#ifndef SC_TRACK_HOP_H
#define SC_TRACK_HOP_H

#include "track/event.h"

/* What is remembered of the responses to the branches of a request; what is more is not. */
#define SC_HOP_STATUSES_MAX 8   /* status codes from 200 on, each once */
#define SC_HOP_TARGETS_MAX 4    /* Contacts of 3xx */
#define SC_HOP_CHALLENGES_MAX 8 /* of 401 and 407, each once */

/* What is known of a SUBSCRIBE that came by before. */
enum sc_recorded {
    SC_RECORDED_UNSEEN, /* it did not, or whether it had come by before that is not known */
    SC_RECORDED_LOST,   /* something of it may have been lost */
    SC_RECORDED_NOT,
    SC_RECORDED, /* the element put itself into the route */
};

typedef struct sc_hop {
    sc_object object;  /* of the sc_transaction of the request as it was received */
    uint32_t branches; /* requests sent on, the one that is fed included */
    uint32_t finals;   /* final responses that they were answered with */
    uint64_t
        breadth; /* of the branches without a final response, together; UINT64_MAX: not known */
    uint32_t waiting, open; /* branches without one; of those, which could be cancelled */
    uint64_t targets[SC_HOP_TARGETS_MAX];       /* hashes of their URIs */
    uint64_t challenges[SC_HOP_CHALLENGES_MAX]; /* since the last branch began */
    uint16_t statuses[SC_HOP_STATUSES_MAX];
    uint8_t target_count, challenge_count, status_count;
    uint8_t tried;        /* bits: of the targets */
    bool followed;        /* a branch began behind a 3xx */
    bool statuses_lost;   /* there were more */
    bool rewrites;        /* it changed a body, or wrote a To tag of its own: a B2BUA */
    bool cancelled;       /* a CANCEL came */
    bool informed;        /* 401, 407, 415, 420 or 484 came, and no branch began since */
    bool stateful;        /* it sent a response that came from no branch. RFC 3261 §16.11 */
    uint64_t answered_ns; /* when it sent a final response back; 0: it did not */
    uint64_t accepted;    /* when it sent the first 2xx back, in nanoseconds; 0: it sent none */
    /* Of the message that was fed last: */
    uint8_t answered_before;  /* enum sc_certainty: it had sent a final response back before it */
    uint64_t accepted_before; /* `accepted`, before it */
    uint64_t waited;  /* nanoseconds that its branch waited for a response; UINT64_MAX: not known */
    bool declined;    /* a branch had been answered with 6xx before it was sent */
    bool known;       /* a branch was answered with its status */
    bool looped;      /* the request had come by before, and was forked */
    bool to_target;   /* it goes to one of the targets */
    bool lists_tried; /* one of its Contacts was tried */
    uint8_t recorded; /* enum sc_recorded: of the SUBSCRIBE that a NOTIFY belongs to */
} sc_hop;

#endif
