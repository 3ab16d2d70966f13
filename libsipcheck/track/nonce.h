/* SPDX-License-Identifier: MIT */
/* Nonces of Digest: which message gave one to a client, and which request used it last. RFC 7616 */
#ifndef SC_TRACK_NONCE_H
#define SC_TRACK_NONCE_H

#include "track/table.h"

/* Tracked like the rest, but nothing is judged of it by itself. */
#define SC_SCOPE_NONCE ((enum sipcheck_scope)(SIPCHECK_SCOPE_HOP + 1))

/* Of a tracker. Those that were heard of least recently are forgotten: what they were is unknown
 * then. */
#define SC_NONCES_MAX 2048
/* Of one message; the others are not remembered. */
#define SC_CHALLENGES_MAX 8

typedef struct sc_nonce {
    sc_tracked tracked;
    sc_node by_key;
    const sc_kept *message; /* the first that gave it, or the last that used it */
    uint64_t said;          /* hash of the challenge */
    bool used;              /* it is the use of a nonce */
    bool vague;             /* given more than once, with different words */
    bool outside;           /* given to requests without To tags only */
} sc_nonce;

#endif
