/* SPDX-License-Identifier: MIT */
/* A subscription: what a SUBSCRIBE or REFER made, and its NOTIFYs. RFC 6665, RFC 3515 */
#ifndef SC_TRACK_SUBSCRIPTION_H
#define SC_TRACK_SUBSCRIPTION_H

#include "track/due.h"

enum sc_subscription_state {
    SC_SUBSCRIPTION_UNKNOWN, /* no NOTIFY said it yet, or it was another word */
    SC_SUBSCRIPTION_PENDING,
    SC_SUBSCRIPTION_ACTIVE,
    SC_SUBSCRIPTION_TERMINATED,
};

typedef struct sc_subscription {
    sc_tracked tracked; /* first: an sc_object */
    sc_node by_name;
    sc_due due;                             /* when it is over unless it is refreshed */
    uint64_t call_id, subscriber, notifier; /* hashes: of the dialog, and both tags */
    uint64_t package, id;                   /* hashes of Event and its id; 0: no id */
    uint64_t refer_id;      /* of a REFER: hash of the id that its NOTIFYs may have; 0: not known */
    const sc_kept *request; /* the last SUBSCRIBE, or the REFER; NULL: not captured */
    const sc_kept *notify;  /* the last NOTIFY; NULL: none was seen */
    uint64_t notify_cseq;
    uint64_t until; /* when it expires, by the capture's time; UINT64_MAX: not known */
    uint8_t state;  /* enum sc_subscription_state */
    bool over;
    /* Of the message that was fed last: */
    uint64_t until_before;
    uint8_t state_before;
} sc_subscription;

#endif
