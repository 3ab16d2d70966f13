/* SPDX-License-Identifier: MIT */
/* What an element did with a request that it received: what it sent on, and which of the responses
 * it sent back. It is a proxy: its Via stands in front of those it received, and the names of the
 * dialog are kept. A B2BUA writes a message of its own, which has no such Via. RFC 3261 §16.6 */
#ifndef SC_TRACK_HOP_H
#define SC_TRACK_HOP_H

#include "track/event.h"

typedef struct sc_hop {
    sc_object object;  /* within the sc_transaction of the request as it was received */
    uint32_t branches; /* requests sent on, the one that is fed included */
    bool declined;     /* a branch had been answered with 6xx, before what is fed was sent */
} sc_hop;

#endif
