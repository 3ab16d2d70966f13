/* SPDX-License-Identifier: MIT */
/* What the files of the tracker share. */
#ifndef SC_TRACK_INTERNAL_H
#define SC_TRACK_INTERNAL_H

#include "track/dialog.h"
#include "track/due.h"
#include "track/hash.h"
#include "track/nonce.h"
#include "track/registration.h"
#include "track/subscription.h"
#include "track/table.h"
#include "track/track.h"
#include "track/transaction.h"

#define SC_SCOPES (SC_SCOPE_NONCE + 1)
#define SC_SECOND UINT64_C(1000000000) /* nanoseconds */

/* Free blocks of equal size, in sizes up to 256 steps. */
typedef struct sc_block sc_block;
enum { SC_BLOCK_CLASSES = 257 };

/* The INVITEs that the last ACKs of 2xx named. */
#define SC_ACKS_MAX 8
typedef struct sc_acked {
    uint64_t call_key, ns;
} sc_acked;

struct sc_tracker {
    sipcheck_allocator allocator;
    sc_track_options options;
    sipcheck_arena *arena; /* of bodies of several parts; NULL: there was none */
    sc_table table;
    sc_rings rings;
    sc_heap dues;
    sc_block *blocks[SC_BLOCK_CLASSES];
    size_t spare_bytes;            /* in them; they count as nobody's */
    sc_tracked *spares[SC_SCOPES]; /* cleared, so that nothing fails in the midst of a message */
    sc_replies *spare_replies;
    sc_hop *spare_hop;
    const sipcheck_packet *fed;
    bool fed_passed_on;
    sc_kept *current;       /* the copy of what is fed; NULL: none was made */
    sc_kept *retired;       /* held by nobody, but events may show them */
    uint64_t clock;         /* nanoseconds that passed; does not go back */
    uint64_t base;          /* the capture's time at that */
    uint64_t blind_until;   /* by the clock: repetitions of what was evicted may come until then */
    uint64_t serial;        /* of the message that is fed */
    uint64_t texts;         /* MESSAGEs so far */
    uint64_t seen_whole;    /* things that were touched before that are damaged already */
    uint64_t forgotten;     /* serial at which the use of a nonce was forgotten last; 0: none was */
    bool subscription_lost; /* one was forgotten, or is not tracked */
    size_t nonces;
    sc_acked acks[SC_ACKS_MAX];
    unsigned next_ack;
    sc_track_counts counts;
};

/* The message that is fed, and what was found of it. */
typedef struct sc_step {
    sc_tracker *tracker;
    const sipcheck_packet *packet;
    const sipcheck_message *message;
    sc_events *events;
    bool passed_on;
    uint8_t method;                     /* enum sipcheck_method_id; a response: of its CSeq */
    uint64_t method_hash;               /* ACK counts as INVITE */
    uint64_t call_id, from_tag, to_tag; /* hashes; a tag that is not there: 0 */
    uint64_t cseq;
    uint64_t branch_key, invite_key,
        call_key;                       /* of transactions; invite_key: what a CANCEL cancels */
    bool cookie;                        /* the branch is one of RFC 3261 */
    uint64_t what;                      /* tells messages of its transaction from each other */
    uint64_t bare_key, bare_invite_key; /* the same by branch alone */
    uint64_t upper_key;                 /* of the transaction that the second Via names; 0: none */
    uint32_t vias;
    uint64_t answer;             /* the same wherever it is seen */
    sc_transaction *transaction; /* the one it belongs to; NULL: none, or not to be told */
    uint8_t described;           /* enum sc_certainty: it has a description of the session */
    sc_transaction *cancelled;   /* by the CANCEL that is fed */
    bool again;                  /* a repetition */
    bool disordered;             /* it was seen behind what answers it, or before what it answers */
} sc_step;

/* --- memory (memory.c, kept.c) */

void *sc_tracker_take_raw(sc_tracker *tracker, size_t size); /* as sc_tracker_take, not cleared */

/* The machine fetches the memory where the message will be kept. */
void sc_tracker_expect_kept(const sc_tracker *tracker, const sipcheck_packet *packet);
void sc_tracker_expect_take(const sc_tracker *tracker, size_t size);

/* A cleared thing of that scope, from the spares. Never fails once sc_tracker_reserve did not. */
void *sc_tracker_make(sc_step *step, enum sipcheck_scope scope, enum sc_ring ring);
/* Likewise, of what a transaction may need; one message needs one of each at most. */
sc_replies *sc_tracker_make_replies(sc_tracker *tracker);
sc_hop *sc_tracker_make_hop(sc_tracker *tracker);
bool sc_tracker_reserve(sc_tracker *tracker, const sipcheck_packet *packet, bool passed_on);
void sc_tracker_give_thing(sc_tracker *tracker, sc_tracked *thing);
void sc_tracker_give_spares(sc_tracker *tracker);
void sc_tracker_give_blocks(sc_tracker *tracker);
void sc_tracker_drain(sc_tracker *tracker); /* frees what was retired */

/* *place holds the message that is fed instead of what it held. */
void sc_keep_fed(sc_step *step, const sc_kept **place);
/* *place holds another's, which may be NULL. */
void sc_keep_other(sc_tracker *tracker, const sc_kept **place, const sc_kept *kept);

/* --- time and forgetting (tracker.c) */

void sc_touch(sc_tracker *tracker, sc_tracked *thing, enum sc_ring ring);
uint64_t sc_64_t1(const sc_tracker *tracker);

/* No sum is beyond the end of time. */
static inline uint64_t sc_sum(uint64_t a, uint64_t b)
{
    return a + b < a ? UINT64_MAX : a + b;
}

/* It is not made longer: what would be the next is not tracked, which counts as evicted. */
bool sc_chain_is_full(sc_tracker *tracker, uint64_t key);

/* What the thing holds is given back. */
void sc_transaction_release(sc_tracker *tracker, sc_transaction *transaction);
void sc_dialog_release(sc_tracker *tracker, sc_dialog *dialog);
void sc_registration_release(sc_tracker *tracker, sc_registration *registration);
void sc_subscription_release(sc_tracker *tracker, sc_subscription *subscription);
void sc_nonce_release(sc_tracker *tracker, sc_nonce *nonce);

/* They are over without a message. */
void sc_registration_expire(sc_tracker *tracker, sc_registration *registration, sc_events *events);
void sc_subscription_expire(sc_tracker *tracker, sc_subscription *subscription, sc_events *events);

/* --- what a message is (step.c) */

/* false: it names no transaction and no dialog. */
bool sc_step_identify(sc_step *step);
/* Of a message that names no transaction: what its branch names is damaged, as it may have been an
 * answer to it, or its ACK. */
void sc_step_doubt(const sc_step *step);
/* Look for a description. Returns 0 or SIPCHECK_NOMEM. */
int sc_step_describe(sc_step *step);
uint64_t sc_call_key(uint64_t call_id, uint64_t from_tag, uint64_t cseq);
/* Requests that the sender of the fed one sent under its names, with that number. */
uint64_t sc_client_key(const sc_step *step, uint64_t cseq);
/* As branch_key, of another method. */
uint64_t sc_branch_key(const sc_step *step, uint64_t method_hash);
uint64_t sc_dialog_key(uint64_t call_id, uint64_t one_tag, uint64_t other_tag);
uint64_t sc_leg_key(uint64_t call_id, uint64_t tag);
uint64_t sc_contact_hash(const sipcheck_message *message);
/* Of the last `count` values of Record-Route, or of as many as there are. */
uint64_t sc_routes_hash(const sipcheck_message *message, size_t count);

/* --- what its client asked before (tried.c) */

void sc_find_tried(sc_step *step, sc_transaction *made);

/* --- what a transaction remembers of its request (asked.c) */

void sc_note_asked(const sc_step *step, sc_transaction *t);
/* The same for URIs of one scheme, user, host and port; 0: there is none. */
uint64_t sc_uri_hash(const sipcheck_uri *uri);
uint64_t sc_seconds(sipcheck_slice digits); /* in nanoseconds; UINT64_MAX: it is no number */
uint32_t sc_min_se(const sipcheck_message *message);  /* 0: none */
uint8_t sc_allow_of(const sipcheck_message *message); /* enum sc_allow */
bool sc_knows_timers(const sipcheck_message *message);
void sc_timer_retry(const sc_step *step, sc_transaction *retry);
void sc_timer_refused(const sc_step *step, sc_transaction *t);
uint64_t sc_refer_package(void); /* hash of what REFERs subscribe to */

/* --- events (tell.c) */

/* One more event, with nothing bound; NULL: there are too many, and the object is damaged. */
sc_event *sc_tell(sc_events *events, sc_object *object, enum sc_event_kind kind);
/* kept NULL: not sent, or not captured where the object can't tell. event may be NULL. */
void sc_bind(sc_event *event, enum sc_name name, const sc_kept *kept);
void sc_bind_lost(sc_event *event, enum sc_name name, const sc_kept *kept); /* NULL: not captured */
void sc_bind_fed(sc_event *event, enum sc_name name);

/* --- addresses and matching (match.c) */

/* The same host; one that is not known may be any. */
bool sc_same_host(const sipcheck_address_port *a, const sipcheck_address_port *b);

/* Whose request is sent again; NULL: nobody's. */
sc_transaction *sc_match_request(const sc_step *step);
/* Whose response it is, whom an ACK or, by invite_key, a CANCEL belongs to. *ret_vague: some that
 * it may belong to are damaged, and it is nobody's. */
sc_transaction *sc_match_response(const sc_step *step, bool *ret_vague);
sc_transaction *sc_match_followup(const sc_step *step, bool *ret_vague);

/* --- what each subject makes of it */

void sc_transactions_track(sc_step *step);
void sc_acks_track(sc_step *step);
/* An event with everything bound as it is known; the caller binds what is fed over it. */
sc_event *sc_transaction_tell(sc_events *events, sc_transaction *t, enum sc_event_kind kind);
/* What is fed is of it. sent: where it is repeated, what was sent first. */
void sc_transaction_set(sc_transaction *t, const sc_sent *sent, const sc_step *step, bool repeated);
/* It lives longer. */
void sc_transaction_touch(const sc_step *step, sc_transaction *t);
/* The response that an ACK of that To tag acknowledges; NULL: it was not seen. */
const sc_kept *sc_acknowledged(const sc_transaction *t, uint64_t to_tag);
bool sc_refreshes_target(uint8_t method);
void sc_overlaps_note(const sc_step *step, sc_transaction *t);           /* its request is fed */
void sc_overlaps_tell(const sc_step *step, const sc_transaction *first); /* its response is */
void sc_transaction_end(sc_transaction *transaction, sc_events *events);
/* So many end before it: the machine fetches what it is found by and what it holds, or then what
 * else is found there. */
enum { SC_STEPS_TO_END = 2 };
void sc_transaction_expect_end(const sc_tracker *tracker, sc_transaction *transaction,
                               unsigned steps);
/* Of a request: what its credentials answer, and who used their nonce before. */
void sc_nonces_request(sc_step *step, sc_transaction *transaction);
void sc_nonces_respond(sc_step *step);
void sc_hops_track(sc_step *step);
void sc_dialogs_track(sc_step *step);
void sc_registrations_track(sc_step *step);
void sc_subscriptions_track(sc_step *step);
void sc_dialog_forget(sc_tracker *tracker, sc_dialog *dialog, sc_events *events);

#endif
