/* SPDX-License-Identifier: MIT */
/* A dialog, by its Call-ID and both tags. RFC 3261 §12 */
#ifndef SC_TRACK_DIALOG_H
#define SC_TRACK_DIALOG_H

#include "track/reliable.h"
#include "track/session.h"
#include "track/table.h"
#include "track/timer.h"
#include "track/updating.h"

enum sc_dialog_state {
    SC_DIALOG_UNKNOWN, /* the capture began in its midst */
    SC_DIALOG_EARLY,
    SC_DIALOG_CONFIRMED,
    SC_DIALOG_ENDED,
};

typedef struct sc_party {
    uint64_t tag;            /* hash; 0: none */
    const sc_kept *target;   /* its Contact is the remote target; NULL: not known */
    const sc_kept *previous; /* its last request but ACK and CANCEL; NULL: none was seen */
    const sc_kept *routes;   /* its Record-Route makes this party's route set; NULL: not known */
    uint64_t contact;        /* hash of target's Contact */
    uint64_t cseq;           /* number of `previous`; has_cseq says whether there is one */
    uint64_t method;         /* hash of its method */
    uint64_t cseq_before;    /* the same before the message that was fed last */
    /* When it sent the INVITE that waits for its final response (and that before the message fed
     * last), and the 2xx that waits for its ACK, in nanoseconds, 0: none waits; and their numbers.
     */
    uint64_t invite_ns, invite_before, accept_ns;
    uint32_t invite_cseq, accept_cseq;
    uint64_t bye_ns;      /* when it sent its first BYE, 0: none */
    uint32_t wanted_cseq; /* number of its last SUBSCRIBE or REFER; 0: none was seen */
    bool has_cseq : 1, had_cseq : 1;
    /* Such an INVITE, such a 2xx was seen before the message fed last. */
    bool invited : 1, accepted : 1;
    /* The INVITE that waits had a provisional response. */
    bool proceeding : 1, proceeding_before : 1;
    /* That INVITE was seen on its way to who sent the request that was fed last. */
    bool came : 1;
    bool referred : 1;   /* it accepted a REFER */
    bool let_go : 1;     /* it answered the other's BYE with 2xx */
    bool refreshing : 1; /* a target refresh waits for its answer: its target is not known */
    uint8_t owes; /* before the message fed last: where an answer to an offer had to travel: enum
                   * sc_answer_way + 1; 0: it owed none */
    sc_updating updating;
} sc_party;

enum { SC_CALLER, SC_CALLEE };

typedef struct sc_dialog {
    sc_tracked tracked; /* first: an sc_object */
    sc_node by_id, by_leg;
    uint64_t call_id;
    sc_party
        party[2]; /* SC_CALLER, SC_CALLEE; began_unseen: in the order in which they were seen */
    /* The response that made it, or the request that was seen first: URIs and tags of both. */
    const sc_kept *made;
    sc_reliable reliable;
    sc_timer timer;
    sc_session session;     /* of its INVITEs, where they have descriptions */
    uint64_t made_cseq;     /* number of the request that made it; began_unseen: of no meaning */
    uint64_t last_response; /* hash of which response was told last */
    uint64_t last_routes;   /* hash of Record-Route of `made` */
    bool from_is_caller;    /* the From of `made` is the caller */
    bool secure;            /* made over TLS with a SIPS Request-URI */
    uint8_t method;         /* of the request that made it: enum sipcheck_method_id */
    uint8_t usages;         /* subscriptions in it, and one for its INVITE */
    uint8_t state;          /* enum sc_dialog_state */
    /* Of the message that was fed last: */
    uint8_t state_before; /* enum sc_dialog_state */
    uint8_t sender;       /* SC_CALLER, SC_CALLEE: who sent the request of the event */
    sc_timer timer_before;
} sc_dialog;

#endif
