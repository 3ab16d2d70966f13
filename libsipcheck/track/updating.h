/* SPDX-License-Identifier: MIT */
/* UPDATEs of one party of a dialog. RFC 3311 */
#ifndef SC_TRACK_UPDATING_H
#define SC_TRACK_UPDATING_H

#include <stdbool.h>
#include <stdint.h>

enum { SC_ALLOW_SENT = 1, SC_ALLOW_UPDATE = 2, SC_ALLOW_CUT = 4 };

/* Whether a Contact is that of the UPDATE before it. */
enum sc_as_updated { SC_AS_NOTHING, SC_AS_UPDATED, SC_AS_OTHER, SC_AS_UNREAD };

typedef struct sc_updating {
    uint64_t ns;        /* when the UPDATE was sent that waits for its final response */
    uint32_t cseq;      /* of it; 0: none waits */
    uint32_t soon_cseq; /* of the last that came too soon; 0: none */
    /* Hash of its Contact in an UPDATE, or a 2xx to one, while the other's INVITE waited; 0: none
     * was sent, or the UPDATE was refused. */
    uint32_t contact;
    uint8_t allow; /* bits */
    /* Of the one that came too soon: an earlier one, or an offer, of its own waited; an offer of
     * the other one did. */
    bool hasty, crossing;
    /* Of the message that was fed last: */
    bool crossed;         /* when its last INVITE was sent an offer of the other one waited */
    uint8_t exchanges;    /* of the session, when its last INVITE was sent */
    bool executed;        /* of the answer to that: one came to its end meanwhile */
    uint8_t allow_before; /* `allow` before it */
    bool is_hasty, is_crossing;
    uint8_t as_updated; /* enum sc_as_updated: of a 2xx to INVITE that it sent */
} sc_updating;

#endif
