/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a capture holds, by Call-ID: calls, registrations, subscriptions and what else begins with
 * a request, each with what became of it. Memory is bounded. */
#ifndef SIPCHECK_CLI_FLOW_CALLS_H
#define SIPCHECK_CLI_FLOW_CALLS_H

#include "../capture/capture.h"

enum {
    CALLS_MAX = 100000,  /* that are kept, unless --max says otherwise */
    CALL_TEXT_MAX = 255, /* bytes kept of a URI or Call-ID; one that is longer ends in a digest */
};

enum call_outcome {
    CALL_UNANSWERED, /* no final response was captured */
    CALL_RINGING,    /* likewise, but a provisional one was */
    CALL_PARTIAL,    /* its first request was not captured */
    CALL_ANSWERED,
    CALL_BUSY,
    CALL_CANCELLED,
    CALL_DECLINED,
    CALL_CHALLENGED,
    CALL_REDIRECTED,
    CALL_REFUSED, /* any other 4xx */
    CALL_FAILED,  /* 5xx, 6xx */
    CALL_REGISTERED,
    CALL_UNREGISTERED,
};

struct call {
    struct call *next; /* of the same Call-ID; NULL: last */
    gboolean first_of_id;
    sipcheck_slice id, from, to; /* own their bytes; p NULL: none */
    sipcheck_slice method;       /* of the request that began it */
    uint8_t method_id;
    capture_place first, last;
    guint64 first_ns, last_ns;
    guint64 messages;
    gboolean begun;              /* its first request was captured */
    guint64 seq;                 /* CSeq of the latest request that counts for the outcome */
    gboolean asked;              /* there was one */
    gboolean leaves;             /* it asked for an expiry of 0 */
    guint status, provisional;   /* the response that counts so far; 0: none */
    char *reason;                /* of `status`, as it can be printed */
    guint64 answered_ns, bye_ns; /* 0: not */
    gint64 expires;              /* granted, in seconds; -1: not known */
    gboolean over;               /* of a subscription: a NOTIFY said so */
};

struct calls {
    GHashTable *by_id; /* Call-ID → the first of it */
    GPtrArray *list;   /* of struct call, as first seen */
    guint64 max;
    guint64 lost; /* messages of those beyond it */
    guint64 messages;
};

void calls_init(struct calls *calls, guint64 max);
void calls_clear(struct calls *calls);

/* The call of a message, made where it is new; NULL: beyond the limit, and counted. Of one Call-ID
 * there may be several, as a registration and a call; what is sent in a dialog belongs to it. */
struct call *calls_take(struct calls *calls, const sipcheck_packet *packet,
                        const sipcheck_message *message, unsigned source);

/* "call", "registration", "subscription", "options" and so on. */
const char *call_kind(const struct call *call);
enum call_outcome call_outcome_of(const struct call *call);
const char *call_outcome_name(enum call_outcome outcome);

/* Nanoseconds from the 2xx to the BYE. FALSE: they were not both captured. */
gboolean call_duration(const struct call *call, guint64 *ns);

/* As a key: the bytes of a Call-ID, with a digest for what is beyond CALL_TEXT_MAX. */
GBytes *call_key(sipcheck_slice id);
/* Likewise: a Call-ID and the number of a CSeq. */
GBytes *call_transaction(const sipcheck_message *message);
sipcheck_slice call_id_of(const sipcheck_message *message);

#endif
