/* SPDX-License-Identifier: MIT */
/* Which messages their sender only passed on.
 *
 * What a proxy passes on keeps method or status, Call-ID, CSeq and tags (RFC 3261 §16.6, §16.7): a
 * request that was seen before with fewer Vias, or a response seen with more, is somebody else's
 * message. A B2BUA gives its side a Call-ID or tags of its own and is an author. */
#ifndef SC_TRACK_FORWARDED_H
#define SC_TRACK_FORWARDED_H

#include <sipcheck/message.h>

/* Messages of a group that are remembered. Newer ones take the place of older ones: a copy whose
 * original was forgotten counts as its sender's own. */
#define SC_FORWARDS_MAX 512

typedef struct sc_forwards {
    struct {
        uint64_t key;
        uint32_t vias; /* a request: the fewest seen; a response: the most */
    } seen[SC_FORWARDS_MAX];
} sc_forwards;

/* Remember the message (forwards: zeroed at first). true: its sender passed it on. */
bool sc_forwards_note(sc_forwards *forwards, const sipcheck_message *message);

#endif
