/* SPDX-License-Identifier: MIT */
/* The engine: packets in, findings out. Time is an argument; the same packets give the same
 * findings. */
#ifndef SIPCHECK_ENGINE_H
#define SIPCHECK_ENGINE_H

#include <sipcheck/packet.h>
#include <sipcheck/rules.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One finding. Everything in it is valid during the callback. */
typedef struct sipcheck_finding {
    const sipcheck_rule *rule;
    enum sipcheck_verdict verdict;
    enum sipcheck_severity severity;
    const sipcheck_packet *packet;          /* never NULL; may be a copy of what was fed */
    const sipcheck_message *message_parsed; /* NULL: a finding about a waiver */
    sipcheck_slice call_id;                 /* absent: none */
    const sipcheck_address_port *culprit;   /* who sent the offending bytes */
    enum sipcheck_role role;                /* as what; evidence of this message; 0: not known */
    size_t offset, length;                  /* of the offending bytes in packet->bytes */
    const char *text; /* the rule's message, filled in; for unknown: what was missing; never NULL */
    const char *fix;  /* never NULL */
    const uint64_t *related; /* other frames that matter */
    size_t related_count;
    const sipcheck_fault *fault; /* syntax findings, else NULL */
    bool waived;                 /* a waiver of the profile covers it */
    uint64_t due; /* when it was decided, where the passing of time did; UINT64_MAX - 1: by the end
                     alone; else UINT64_MAX */
    unsigned group; /* that it belongs to, as of sipcheck_route; of a waiver 0, and so where only
                       messages are judged and nobody told */
} sipcheck_finding;

/* What an element is, where more is known of it than one message tells. */
typedef struct sipcheck_element {
    sipcheck_address_port address; /* port 0: any of its ports */
    unsigned roles; /* bits of enum sipcheck_role; a user agent or a B2BUA: UAC and UAS */
} sipcheck_element;

typedef struct sipcheck_options {
    const sipcheck_allocator *allocator; /* NULL: malloc */
    unsigned verdicts; /* bits 1u << enum sipcheck_verdict that reach on_finding; 0: fails only */
    const sipcheck_filter
        *filter; /* only messages for which it is true are judged; NULL: all; borrowed */
    /* Findings of one message come sorted by offset, then rule id. May be NULL. */
    void (*on_finding)(void *user, const sipcheck_finding *finding);
    /* Asked before a finding's text and fix are written, which is most of what a finding costs;
     * false: they stay "". NULL: every finding gets them. */
    bool (*wants_texts)(void *user, const sipcheck_finding *finding);
    /* Every message, before its findings; packet: may be a copy of what was fed. May be NULL. */
    void (*on_message)(void *user, const sipcheck_packet *packet, const sipcheck_message *message);
    void *user;
    /* Where the capture was taken, for rules about time: beside these elements (port 0: any port of
     * theirs). Borrowed. 0: not known. */
    const sipcheck_address_port *vantage;
    size_t vantage_count;
    /* Instead of what their messages tell; the first that has an address counts. Borrowed. */
    const sipcheck_element *elements;
    size_t element_count;
    const sipcheck_digest *digest; /* verifies Digest; NULL: that is unknown. Borrowed; engines that
                                      share a capture ask it from their threads */
    size_t memory_max;             /* bytes for what is tracked; 0: 512 MiB */
    bool messages_only; /* rules of scopes wider than the message are not judged: no groups */
    bool part;          /* one of several engines, see below: waivers are left to another */
} sipcheck_options;

/* How often each verdict was given. */
typedef struct sipcheck_counts {
    uint64_t verdict[4]; /* by enum sipcheck_verdict */
} sipcheck_counts;

typedef struct sipcheck sipcheck;

/* rules: sealed, borrowed. options: copied, but for what it points to; NULL: none. NULL: no memory,
 * or the rules are not sealed. An engine is one thread's at a time, and its callbacks call none of
 * its functions. */
SIPCHECK_API sipcheck *sipcheck_new(const sipcheck_rules *rules, const sipcheck_options *options);
SIPCHECK_API void sipcheck_free(sipcheck *engine); /* NULL is allowed */

/* Judge one message; messages come in the order in which they were seen. packet: borrowed during
 * the call, its bytes too. Returns 0, SIPCHECK_NOMEM or SIPCHECK_TOO_BIG (the message was not
 * judged, or not by every rule, and is counted so: sipcheck_unjudged_count). */
SIPCHECK_API int sipcheck_feed(sipcheck *engine, const sipcheck_packet *packet);

/* --- several engines for one capture
 *
 * Messages that can have to do with each other are of one group, by their bytes alone. Engines that
 * share the groups find together what one would, each in a thread of its own: every packet is
 * either fed to an engine or overheard by it. What they find at a packet comes in this order: what
 * is due, by `due`, then `group`; then what was fed. sipcheck_join makes one of them in the end. */
#define SIPCHECK_GROUPS 16
typedef struct sipcheck_router sipcheck_router;

/* allocator: copied, may be NULL. NULL: no memory. */
SIPCHECK_API sipcheck_router *sipcheck_router_new(const sipcheck_allocator *allocator);
SIPCHECK_API void sipcheck_router_free(sipcheck_router *router); /* NULL is allowed */

/* The group of a packet, from 0; packets come in their order. SIPCHECK_GROUPS: any, as it can't be
 * read; it is fed to whose group 0 is. */
SIPCHECK_API unsigned sipcheck_route(sipcheck_router *router, const sipcheck_packet *packet);

/* As sipcheck_feed, of an engine whose group that is; an engine is fed by one of both. */
SIPCHECK_API int sipcheck_feed_group(sipcheck *engine, const sipcheck_packet *packet,
                                     unsigned group);

/* The packet is fed to another engine. Returns 0 or SIPCHECK_NOMEM. */
SIPCHECK_API int sipcheck_overhear(sipcheck *engine, const sipcheck_packet *packet, unsigned group);

/* What `part`, which is finished, counted and used of the waivers counts for the engine too. Both
 * have the same rules. To be freed as ever. */
SIPCHECK_API void sipcheck_join(sipcheck *engine, const sipcheck *part);

/* The next moment at which something that did not happen may become a finding; UINT64_MAX: none.
 * sipcheck_feed sees to those before its packet's time, whose findings come first. */
SIPCHECK_API uint64_t sipcheck_deadline(const sipcheck *engine);
/* Time goes on to now_ns without a packet. Before the first packet: since when the capture shows
 * what passes. Returns 0 or SIPCHECK_NOMEM. */
SIPCHECK_API int sipcheck_advance(sipcheck *engine, uint64_t now_ns);

/* The capture lost messages at about that time: what was open then may have gone on unseen. */
SIPCHECK_API void sipcheck_gap(sipcheck *engine, uint64_t ns);
/* The network said that a datagram, or a segment, of src could not be delivered to dst (ICMP, RFC
 * 792, RFC 4443 §3), at about ns; nothing else of the packet is read. What either of them does not
 * do is unknown, if it was due then or its message came up to SIPCHECK_UNREACHED_NS later: the one
 * may not have heard, the other may have given up. RFC 3261 §18.4 */
#define SIPCHECK_UNREACHED_NS UINT64_C(5000000000)
SIPCHECK_API void sipcheck_unreached(sipcheck *engine, const sipcheck_packet *undelivered);
/* The capture's clock was set, and is at ns now: moments before and behind that can't be compared.
 * What is open becomes unknown; what comes is as in a capture that begins here. */
SIPCHECK_API void sipcheck_clock_set(sipcheck *engine, uint64_t ns);

/* The end of the capture: what waits for a deadline becomes unknown; waivers that are expired or
 * covered nothing become findings, with an empty packet and no message (docs/findings.md). Once;
 * again it does nothing. Returns 0 or SIPCHECK_NOMEM. */
SIPCHECK_API int sipcheck_finish(sipcheck *engine);

SIPCHECK_API uint64_t sipcheck_message_count(const sipcheck *engine);  /* fed, judged or not */
SIPCHECK_API uint64_t sipcheck_unjudged_count(const sipcheck *engine); /* feed returned an error */
SIPCHECK_API uint64_t sipcheck_cut_count(const sipcheck *engine); /* messages cut by the capture */

/* What was tracked. */
typedef struct sipcheck_sequence_counts {
    bool tracked; /* false: no rule of a wider scope than the message is on, all is 0 */
    uint64_t transactions, dialogs, sessions, registrations, subscriptions, hops;
    uint64_t evicted; /* forgotten too soon, for want of memory: what they would show is unknown */
    uint64_t refused; /* expectations beyond those that may wait at once, likewise */
    size_t memory, memory_most; /* bytes: now, and the most there was */
} sipcheck_sequence_counts;
SIPCHECK_API sipcheck_sequence_counts sipcheck_sequences(const sipcheck *engine);

/* index: as sipcheck_rules_at. */
SIPCHECK_API sipcheck_counts sipcheck_rule_counts(const sipcheck *engine, size_t index);

#ifdef __cplusplus
}
#endif

#endif
