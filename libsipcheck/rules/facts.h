/* SPDX-License-Identifier: MIT */
/* How the facts of a message are kept (facts.c), for what reads them (foretell.c). */
#ifndef SC_FACTS_H
#define SC_FACTS_H

#include "rules/foresee.h"

/* sc_class_key, from the low bits on. */
enum {
    KEY_STATUS = 0,      /* 10 bits */
    KEY_METHOD = 10,     /* 5 bits: enum sipcheck_method_id */
    KEY_CSEQ = 15,       /* 5 bits: of the CSeq; NONE, OTHER: not known */
    KEY_TRANSPORT = 20,  /* 3 bits */
    KEY_VIAS = 23,       /* 3 bits; VIAS_ANY: not known */
    KEY_TAG = 26,        /* 2 bits: enum key_tag */
    KEY_TOP_VIA = 28,    /* 3 bits: enum key_via */
    KEY_IS_REQUEST = 28, /* one bit each */
    KEY_SIPS,
    KEY_VALID,
    KEY_PLAIN_VERSION,
    KEY_BODY,
    KEY_GROUP,
    KEY_PASSED_ON,
    KEY_IN_CLASS,
};
enum { VIAS_ANY = 7, STATUS_MAX = 999 };
enum key_tag { TAG_ANY, TAG_ABSENT, TAG_THERE };

static inline unsigned sc_key_part(uint64_t key, unsigned at, unsigned bits)
{
    return (unsigned)(key >> at) & ((1u << bits) - 1u);
}

static inline bool sc_key_holds(uint64_t key, unsigned at)
{
    return key >> at & 1;
}

/* What a URI, the address around it, the first Via or Content-Type may have; without all of them it
 * is as plain as can be. */
enum sc_trait_kind {
    SC_TRAIT_ODD,    /* absent, not valid, not sip, or with a password or headers; Via: not SIP/2.0;
                        Content-Type: not application/sdp */
    SC_TRAIT_PORT,   /* a port */
    SC_TRAIT_PARAMS, /* parameters */
    SC_TRAIT_RARE,   /* among them others than transport, lr and user, or one of them twice; Via:
                        others than branch, rport and received, or one of them twice */
    SC_TRAIT_PHONE,  /* no user, or one that begins with + */
    SC_TRAIT_HEADER_PARAMS, /* of the address, or of a Via: parameters */
    SC_TRAIT_HEADER_RARE,   /* others than tag, expires and q, or one of them twice */
    SC_TRAIT_KINDS,
    SC_TRAIT_IP = SC_TRAIT_PORT,               /* of a Via: sent by an address, not by a name */
    SC_TRAIT_UDP = SC_TRAIT_PARAMS,            /* of a Via: over "UDP" */
    SC_TRAIT_NO_BRANCH = SC_TRAIT_HEADER_RARE, /* of a Via */
};
enum sc_trait_owner {
    SC_OWNER_REQUEST_URI,
    SC_OWNER_FROM,
    SC_OWNER_TO,
    SC_OWNER_CONTACT, /* any of them; odd, too, where there is none */
    SC_OWNER_TOP_VIA,
    SC_OWNER_CONTENT_TYPE,
    SC_OWNERS, /* of no traits */
};

/* Traits go on where headers end. */
static inline unsigned sc_trait(enum sc_trait_owner owner, enum sc_trait_kind kind)
{
    return SIPCHECK_HEADER_COUNT + (unsigned)owner * SC_TRAIT_KINDS + (unsigned)kind;
}

/* Of the body: it has parts, a session description; or nobody knows. */
enum { SC_MARK_PARTS = SIPCHECK_HEADER_COUNT + SC_OWNERS * SC_TRAIT_KINDS, SC_MARK_SDP };
_Static_assert(SC_MARK_SDP + 1 == SC_MARK_COUNT, "a mark for each header and each trait");

/* --- foretell.c */

/* States of a value beside enum sc_state: it is there, but nobody knows what it says; nothing is
 * known of it. */
enum { SC_THERE = SC_UNKNOWN_VALUE + 1, SC_ANY };

/* A record of which something is known. */
enum sc_origin {
    SC_FROM_NOWHERE,
    SC_FROM_MESSAGE,
    SC_FROM_LINES,
    SC_FROM_CONTACT,
    SC_FROM_TOP_VIA
};

sc_value sc_value_in(unsigned state);
sc_value sc_value_from(enum sc_origin origin);
enum sc_origin sc_origin_of(const sc_value *v);

/* A member, or a member's member, of what has an origin. */
sc_value sc_foretell(const sc_foresight *f, enum sc_origin origin, const sc_field *const *path,
                     size_t length);
/* exists, count, lines of a header. */
sc_value sc_foretell_fact(const sc_foresight *f, enum sc_function fact, const sc_field *header);
/* What is known of a list, reached by that path: bits. */
enum { SC_LIST_EMPTY = 1u << 0, SC_LIST_FILLED = 1u << 1, SC_LIST_DISTINCT = 1u << 2 };
unsigned sc_foretell_list(const sc_foresight *f, enum sc_origin origin, const sc_field *const *path,
                          size_t length);
/* The first or the last value of a header; SC_FROM_NOWHERE: nothing is known of it. */
enum sc_origin sc_foretell_end(const sc_foresight *f, bool first, uint16_t header);
/* The elements of a list of which none is missing; SC_FROM_NOWHERE: nothing is known of them. */
enum sc_origin sc_foretell_elements(const sc_foresight *f, enum sc_origin origin,
                                    const sc_field *const *path, size_t length);

#endif
