/* SPDX-License-Identifier: MIT */
/* Which messages their sender only passed on.
 *
 * What a proxy passes on keeps method or status, Call-ID, CSeq and tags (RFC 3261 §16.6, §16.7): a
 * request that was seen before with fewer Vias, or a response seen with more, is somebody else's
 * message. A B2BUA gives its side a Call-ID or tags of its own and is an author. */
#ifndef SC_TRACK_FORWARDED_H
#define SC_TRACK_FORWARDED_H

#include <sipcheck/message.h>

/* Messages of a group that are remembered, some of each hash. A newer one takes the place of the
 * oldest of its hash: a copy whose original was forgotten counts as its sender's own. */
#define SC_FORWARDS_MAX 512
#define SC_FORWARDS_WAYS 4

/* What a message is called, as bits of a hash that are not all 0, and behind them how many Vias it
 * had: of a request the fewest seen, of a response the most. 0: none. In one word, as its place in
 * memory is seldom near. */
#define SC_FORWARD_VIA_BITS 20
_Static_assert(SIPCHECK_MESSAGE_MAX <= 1u << SC_FORWARD_VIA_BITS, "a Via has more than a byte");

typedef struct sc_forwards {
    uint64_t seen[SC_FORWARDS_MAX / SC_FORWARDS_WAYS][SC_FORWARDS_WAYS]; /* the newest first */
} sc_forwards;

/* Remember the message in one of them, which its name tells (zeroed at first; count: a power of
 * two). true: its sender passed it on. */
bool sc_forwards_note(sc_forwards *forwards, size_t count, const sipcheck_message *message);

#endif
