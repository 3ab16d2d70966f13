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
    const sipcheck_packet *packet;          /* never NULL */
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
} sipcheck_finding;

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
    /* Every message, before its findings. May be NULL. */
    void (*on_message)(void *user, const sipcheck_packet *packet, const sipcheck_message *message);
    void *user;
} sipcheck_options;

/* How often each verdict was given. */
typedef struct sipcheck_counts {
    uint64_t verdict[4]; /* by enum sipcheck_verdict */
} sipcheck_counts;

typedef struct sipcheck sipcheck;

/* rules: sealed, borrowed. options: copied. NULL: no memory, or the rules are not sealed. */
SIPCHECK_API sipcheck *sipcheck_new(const sipcheck_rules *rules, const sipcheck_options *options);
SIPCHECK_API void sipcheck_free(sipcheck *engine);

/* Judge one message. Returns 0, SIPCHECK_NOMEM or SIPCHECK_TOO_BIG (the message was not judged, and
 * is counted so: sipcheck_unjudged_count). */
SIPCHECK_API int sipcheck_feed(sipcheck *engine, const sipcheck_packet *packet);

/* The next moment at which something that did not happen becomes a finding; UINT64_MAX: none. */
SIPCHECK_API uint64_t sipcheck_deadline(const sipcheck *engine);
SIPCHECK_API int sipcheck_advance(sipcheck *engine, uint64_t now_ns);

/* The end of the capture: what waits for a deadline becomes unknown; waivers that are expired or
 * covered nothing become findings, with an empty packet and no message (docs/findings.md). */
SIPCHECK_API int sipcheck_finish(sipcheck *engine);

SIPCHECK_API uint64_t sipcheck_message_count(const sipcheck *engine);  /* fed, judged or not */
SIPCHECK_API uint64_t sipcheck_unjudged_count(const sipcheck *engine); /* feed returned an error */
SIPCHECK_API uint64_t sipcheck_cut_count(const sipcheck *engine); /* messages cut by the capture */
/* index: as sipcheck_rules_at. */
SIPCHECK_API sipcheck_counts sipcheck_rule_counts(const sipcheck *engine, size_t index);

#ifdef __cplusplus
}
#endif

#endif
