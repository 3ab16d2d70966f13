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
    sc_node by_name, by_dialog;
    sc_node by_wish; /* it ended: who wanted what */
    sc_due due; /* when it is over unless it is refreshed; ended: until when it is remembered */
    uint64_t call_id, subscriber, notifier; /* hashes: of the dialog, and both tags */
    uint64_t package, id;                   /* hashes of Event and its id; 0: no id */
    uint64_t refer_id;      /* of a REFER: hash of the id that its NOTIFYs may have; 0: not known */
    const sc_kept *request; /* the last SUBSCRIBE, or the REFER; NULL: not captured */
    const sc_kept *notify;  /* the last NOTIFY; NULL: none was seen */
    uint64_t notify_cseq, asked_cseq;
    uint64_t late_cseq;      /* of the first NOTIFY behind its end; UINT64_MAX: none was seen */
    uint64_t wish;           /* hash of who subscribes to what; 0: not known */
    uint64_t over_ns;        /* when it ended */
    uint64_t notify_ns;      /* when the NOTIFY was sent that waits for its answer; 0: none waits */
    uint64_t until;          /* when it expires, by the capture's time; UINT64_MAX: not known */
    uint64_t granted;        /* by the last 2xx to its SUBSCRIBE; UINT64_MAX: not known */
    uint32_t notifies;       /* that were seen */
    uint16_t notify_refused; /* status of the answer that ended it; 0: none did */
    uint16_t refresh_refused;
    uint8_t state; /* enum sc_subscription_state */
    bool over;
    bool alone;    /* its dialog ended with it */
    bool forked;   /* the SUBSCRIBE had made another dialog before */
    bool earlier;  /* the notifier had accepted a REFER of that dialog before */
    bool asking;   /* `request` waits for its final response */
    bool notified; /* a NOTIFY came since */
    bool answered; /* `notify` had a 2xx */
    bool outrun;   /* a NOTIFY was sent while the one before it had no final response */
    /* Of the message that was fed last: */
    uint64_t until_before, granted_before, notify_before;
    uint32_t notifies_before;
    uint8_t state_before;
    bool late; /* it is a NOTIFY behind its end, or answers one */
    bool over_before, asking_before, notified_before, answered_before;
} sc_subscription;

#endif
