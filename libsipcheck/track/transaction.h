/* SPDX-License-Identifier: MIT */
/* A transaction as it was seen on one hop. RFC 3261 §17 */
#ifndef SC_TRACK_TRANSACTION_H
#define SC_TRACK_TRANSACTION_H

#include "track/hop.h"
#include "track/session.h"
#include "track/table.h"

enum sc_transaction_state {
    SC_STATE_UNKNOWN, /* its request was not seen */
    SC_STATE_CALLING,
    SC_STATE_TRYING,
    SC_STATE_PROCEEDING,
    SC_STATE_ACCEPTED, /* RFC 6026 */
    SC_STATE_COMPLETED,
    SC_STATE_CONFIRMED,
    SC_STATE_TERMINATED,
};

/* Kinds of responses (status, To tag, RSeq) that a transaction tells from each other; more damage
 * it. */
#define SC_RESPONSES_MAX 8
/* 2xx to an INVITE, by To tag, that are held for their ACKs; more damage it. */
#define SC_ANSWERS_MAX 4

/* A message and its repetitions. */
typedef struct sc_sent {
    uint64_t what;   /* which message */
    uint64_t bytes;  /* hash of what was sent first */
    uint64_t answer; /* a response: the same wherever it is seen */
    uint64_t ns;     /* when it was sent last */
    uint32_t number; /* repetitions */
} sc_sent;

/* What one end may do by its machine (rules/machines/). The engine's: engine/machines.c. */
enum sc_may {
    SC_MAY_NOTHING, /* the message that was fed last is not its own */
    SC_MAY,
    SC_MAY_NOT,
    SC_MAY_BESIDE, /* that can be told only beside it */
    SC_MAY_UNSEEN, /* something that was sent to it may not have been captured */
    SC_MAY_ORDER,  /* what was sent within so short a time may have changed its order */
    SC_MAY_TAKEN,  /* what was sent to it was perhaps dropped: it is not as it should be */
};

typedef struct sc_end_states {
    uint64_t heard;      /* events that were sent to it, whether they came or not: bits */
    uint64_t moved_ns;   /* when its states changed last */
    uint32_t states;     /* that it can be in after what it sent itself: bits; 0: not begun */
    uint16_t row;        /* of SC_MAY_NOT: that forbids it */
    uint8_t may;         /* enum sc_may */
    bool by_hearing : 1; /* it was something sent to it that changed them */
    bool dropped : 1;    /* some of `heard` is not as it should be */
} sc_end_states;

/* What most transactions do without: memory of its own from when it is needed. */
typedef struct sc_replies {
    sc_sent more[SC_RESPONSES_MAX - 1]; /* kinds of responses behind the first */
    const sc_kept *answers[SC_ANSWERS_MAX];
    uint64_t answer_tags[SC_ANSWERS_MAX];
} sc_replies;

typedef struct sc_transaction {
    sc_tracked tracked;  /* first: an sc_object */
    sc_hop *hop;         /* what the server did with it; NULL: it was not seen to send it on */
    sc_replies *replies; /* NULL: there was one kind of response at most, and no 2xx to an INVITE */
    sc_node by_branch, by_bare, by_call, by_upper;
    sc_node by_peer;                        /* of a MESSAGE */
    uint64_t text;                          /* which MESSAGE it is, in the order of the capture */
    const sc_kept *request;                 /* the first copy of it; NULL: not captured */
    const sc_kept *response, *ack, *cancel; /* the last of each; NULL: none was seen */
    uint64_t acked_ahead;     /* To tag of an ACK that was seen before the 2xx; 0: none was */
    const sc_kept *challenge; /* gave the nonce of its credentials; NULL: not known */
    const sc_kept *earlier;   /* the client's request that used that nonce before; likewise */
    uint64_t realm;           /* of its credentials: hash */
    /* What its client had asked before, and what came of it, where this came (track/tried.c). */
    const sc_kept *tried, *outcome;
    uint64_t call_id, from_tag, to_tag, cseq; /* of the request: hashes; to_tag 0: none */
    uint64_t contact, routes;                 /* hashes of its Contact and its Record-Route */
    uint64_t contact_uri;         /* of a REGISTER: hash of the URI in its first Contact */
    uint64_t registrar;           /* hash of its Request-URI */
    uint64_t package, package_id; /* hashes of Event and its id; 0: none */
    /* Of a MESSAGE, or where the branch has no cookie: hash of the Request-URI as it was written.
     */
    uint64_t target;
    uint64_t route;    /* outside of a dialog: hash of its Route as it was written */
    uint32_t contacts; /* how many */
    uint32_t breadth;  /* its Max-Breadth; UINT32_MAX: none that is read, or none so small */
    uint32_t min_se;   /* of Min-SE; 0: none */
    /* Min-SE of the 422 that refused it; the largest of the 422s to those right before it, with its
     * Call-ID and From tag; 0: none. */
    uint32_t refused_min, too_small;
    bool knows_timers;    /* Supported of the request has timer */
    uint8_t allow;        /* enum sc_allow */
    uint64_t last_answer; /* hash of which response came last */
    uint64_t waited;      /* nanoseconds until its first response */
    uint64_t upper; /* key of the transaction that it is a branch of, where by_upper is in use */
    uint32_t vias, response_vias; /* of the request, and of the last response */
    uint32_t route_count;
    uint32_t finals, provisionals; /* repetitions not counted */
    uint32_t reliable;             /* provisional ones with RSeq */
    sc_sent requested, responded;  /* responded: the first kind of response */
    sipcheck_address_port client, server;
    uint64_t method_hash; /* of the name */
    uint8_t method;       /* enum sipcheck_method_id */
    uint8_t state;        /* enum sc_transaction_state */
    uint8_t responses;    /* kinds of them: see sc_responded */
    uint8_t answered;     /* of `answers` */
    bool hop_damaged;     /* ... which is to be said of `hop` from its beginning */
    bool overlap_told;    /* a MESSAGE that did not wait for the one before */
    bool no_subscription; /* a REFER that demands that it makes none */
    bool declined;        /* 6xx came */
    bool outcome_lost;    /* what came of `tried` is not known */
    bool merged;          /* where it came, its server was at work on the same on another way */
    bool unreliable;      /* over UDP, or nobody knows */
    bool transport_known;
    bool secure;           /* over TLS with a SIPS Request-URI */
    uint8_t described;     /* enum sc_certainty: its request has a description of the session */
    bool alone;            /* its branch was never seen with other names */
    bool branch_used;      /* by its client, for another request before */
    bool outside;          /* the request that `challenge` refused was in no dialog, nor is it */
    bool ends_differ;      /* somebody sent from elsewhere than client and server */
    bool response_differs; /* the last one came again, and was not the same in each byte */
    uint8_t challenge_presence, earlier_presence; /* enum sc_presence */
    bool authorised;                              /* it has Digest credentials */
    sc_end_states client_end, server_end;
    /* Of the message that was fed last: */
    uint8_t state_before;          /* enum sc_transaction_state */
    bool passed_on;                /* by its sender, not made */
    bool repeated;                 /* it was sent before: gap and identical say something */
    bool identical;                /* byte for byte as it was sent first */
    uint64_t gap;                  /* nanoseconds since it was sent last */
    uint32_t response_repetitions; /* of the last response, or the one that is fed */
} sc_transaction;

static inline bool sc_may_be_udp(const sipcheck_packet *packet)
{
    return packet->transport == SIPCHECK_TRANSPORT_UDP ||
           packet->transport == SIPCHECK_TRANSPORT_UNKNOWN;
}

static inline const sc_sent *sc_responded(const sc_transaction *t, size_t kind)
{
    return kind == 0 ? &t->responded : &t->replies->more[kind - 1];
}

/* Requests that its server sent on. */
static inline uint32_t sc_branches(const sc_transaction *t)
{
    return t->hop != NULL ? t->hop->branches : 0;
}

#endif
