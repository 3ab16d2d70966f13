/* SPDX-License-Identifier: MIT */
/* The registrations of an address of record at a registrar. RFC 3261 §10 */
#ifndef SC_TRACK_REGISTRATION_H
#define SC_TRACK_REGISTRATION_H

#include "track/due.h"

typedef struct sc_registration {
    sc_tracked tracked; /* first: an sc_object */
    sc_node by_name;
    sc_due due;                    /* when the bindings of the last REGISTER end */
    uint64_t aor, registrar;       /* hashes of the To URI and of the Request-URI's host */
    const sc_kept *request;        /* the last REGISTER */
    const sc_kept *asked, *answer; /* the last REGISTER with a 2xx, and that; NULL: none was seen */
    uint64_t call_id, cseq;        /* of `request` */
    bool credentials;              /* `request` has some */
    bool confirmed;                /* `request` has a 2xx */
    uint64_t granted;              /* nanoseconds; UINT64_MAX: not known */
    /* Of the message that was fed last: */
    const sc_kept *answer_before; /* the last 2xx before it; NULL: none was seen */
    uint64_t granted_before;
    bool confirmed_before;
} sc_registration;

#endif
