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

/* One that has a name in the table of methods. */
static inline bool sc_named_method(unsigned method)
{
    return method > SIPCHECK_METHOD_OTHER;
}

/* Whose traits are known. A record that is reached from one of these has its owner's traits, and
 * the values of a list share those of all of them. */
enum sc_owner {
    SC_OWNER_NONE,
    SC_OWNER_MESSAGE,
    SC_OWNER_REQUEST_URI,
    SC_OWNER_FROM,
    SC_OWNER_TO,
    SC_OWNER_CONTACT,
    SC_OWNER_ASSERTED, /* P-Asserted-Identity */
    SC_OWNER_ROUTE,
    SC_OWNER_RECORD_ROUTE,
    SC_OWNER_TOP_VIA,
    SC_OWNER_LAST_VIA, /* of several */
    SC_OWNER_CONTENT_TYPE,
    SC_OWNER_ACCEPT,
    SC_OWNER_SESSION_EXPIRES,
    SC_OWNER_ALLOW,     /* traits: bits of enum sipcheck_method_id */
    SC_OWNER_SUPPORTED, /* traits: bits of sc_noted_tags, and two more */
    SC_OWNER_DATE,
    SC_OWNER_CSEQ,
    SC_OWNER_MAX_FORWARDS,
    SC_OWNER_EXPIRES,
    SC_OWNER_CONTENT_LENGTH,
    SC_OWNER_AUTHORIZATION,
    SC_OWNER_PARTS,
    SC_OWNER_SDP,
    SC_OWNERS,
    SC_OWNER_LINE = SC_OWNERS, /* any header field line; what follows has no traits */
    SC_OWNER_LAST_LINE,
};
_Static_assert(SC_OWNERS - 1 == SC_TRAIT_OWNERS, "traits for each owner");

/* Traits, as bits; without any of them a value is as plain as can be. Where one name stands for
 * several kinds of values, it means the same of all of them. */
#define SC_TRAIT(KIND) (1u << SC_TRAIT_##KIND)
enum {
    SC_TRAIT_ODD, /* absent, not valid, or with what is rare: each kind of value says what */
    /* parameters: there are some; others than the common ones are among them, or one twice */
    SC_TRAIT_PARAMS,
    SC_TRAIT_RARE,
    /* addresses and their URIs; odd: not sip, with a password or headers, or one of few hosts and
     * users (sc_is_odd_host, sc_is_odd_user); expires that is no number of 32 bits */
    SC_TRAIT_PORT,
    SC_TRAIT_PHONE, /* no user, or one that begins with + */
    SC_TRAIT_TRANSPORT,
    SC_TRAIT_OTHER_TRANSPORT, /* neither udp nor tcp */
    SC_TRAIT_NO_LR,
    SC_TRAIT_USER_PARAM,
    SC_TRAIT_HEADER_PARAMS, /* of the address */
    SC_TRAIT_HEADER_RARE,   /* others than tag, expires and q, or one of them twice */
    SC_TRAIT_TAG,
    SC_TRAIT_SHORT_TAG, /* less than SC_TAG_LENGTH bytes */
    SC_TRAIT_EXPIRES,
    SC_TRAIT_Q,
    SC_TRAIT_SEVERAL, /* values: each other trait may be that of another of them */
    /* Via; odd: not SIP/2.0. Rare: others than branch, rport and received, or one of them twice */
    SC_TRAIT_IP = SC_TRAIT_PORT, /* sent by an address, not by a name */
    SC_TRAIT_UDP,
    SC_TRAIT_TCP,
    SC_TRAIT_NO_BRANCH,
    SC_TRAIT_NO_COOKIE, /* the branch is not SC_COOKIE and something behind it */
    SC_TRAIT_BRANCH,    /* the parameter, with or without a value */
    SC_TRAIT_RPORT,     /* with or without a value */
    SC_TRAIT_RPORT_VALUE,
    SC_TRAIT_RECEIVED,
    /* Authorization; odd: see traits_of_credentials. Rare: a parameter of another name, or twice */
    SC_TRAIT_QOP = SC_TRAIT_PORT, /* with nc and cnonce */
    SC_TRAIT_ALGORITHM,           /* MD5 */
    SC_TRAIT_OPAQUE,
    /* Date; odd: no day or time that there is */
    SC_TRAIT_WRONG_WEEKDAY = SC_TRAIT_PARAMS,
    /* the Request-URI, which has no parameters of an address */
    SC_TRAIT_NO_USER = SC_TRAIT_HEADER_PARAMS,
    /* Max-Forwards; odd: above 255 */
    SC_TRAIT_ABOVE_70 = SC_TRAIT_PORT,
    SC_TRAIT_NOT_70,
    /* Supported: tags that option_tags.def has besides sc_noted_tags; that it has not */
    SC_TRAIT_OTHER_TAG = 14,
    SC_TRAIT_UNKNOWN_TAG,
    /* the session description; odd: see sc_traits_of_sdp. Several: not one medium */
    SC_TRAIT_SESSION_ATTRIBUTES = 1,
    SC_TRAIT_MEDIA_ATTRIBUTES, /* of a medium others than those of sc_is_common_attribute */
    SC_TRAIT_SESSION_NAME,     /* not "-" */
    SC_TRAIT_BANDWIDTH,        /* of the session or a medium */
    SC_TRAIT_TIME,             /* not "0 0" */
    SC_TRAIT_NO_CONNECTION,    /* of the session, or several */
    SC_TRAIT_MEDIA_CONNECTION,
    SC_TRAIT_STATIC_FORMATS,  /* without an rtpmap */
    SC_TRAIT_DYNAMIC_FORMATS, /* likewise */
    SC_TRAIT_NO_AUDIO,        /* a medium that is not "audio" */
    SC_TRAIT_ODD_PORT,        /* or one below 2 */
    SC_TRAIT_CALLED,          /* a session name that is not sc_is_no_name */
    /* the message */
    SC_TRAIT_STRANGE_NAME =
        0,                 /* a header unknown to headers.def whose name does not begin with X- */
    SC_TRAIT_LAST_ROUTING, /* the last header is one of sc_is_routing */
    SC_TRAIT_LARGE,        /* above SC_LENGTH_LARGE bytes */
    SC_TRAIT_SAME_TAGS,    /* From and To have tags, and the same */
    SC_TRAIT_PARTS,        /* of the body, or nobody knows */
    SC_TRAIT_SDP,          /* likewise */
};
#define SC_COOKIE "z9hG4bK"
#define SC_URI_START "sip:"
enum { SC_TAG_LENGTH = 6, SC_LENGTH_LARGE = 1300, SC_HASH_LENGTH = 32 };

/* Traits go on where headers end. */
static inline unsigned sc_trait_mark(enum sc_owner owner, unsigned kind)
{
    return SC_TRAITS_FROM + ((unsigned)owner - 1) * SC_TRAITS_EACH + kind;
}

/* traits.c */
#define SC_NOTED_TAGS 14
extern const char *const sc_noted_tags[SC_NOTED_TAGS];
/* Via, Route and what else RFC 3261 §7.3.1 wants near the top. */
bool sc_is_routing(unsigned header);
/* rtpmap, fmtp, ptime and the like: a medium has them often. */
bool sc_is_common_attribute(unsigned attribute);
/* Of which rules speak: the unspecified and the broadcast address, and those of anonymous users. */
bool sc_is_odd_host(sipcheck_slice host);
bool sc_is_odd_user(sipcheck_slice user);
/* What is recommended for a session: a dash or a space. */
bool sc_is_no_name(sipcheck_slice name);

/* --- foretell.c, foretell_list.c, plain.c */

/* States of a value beside enum sc_state: it is there, but nobody knows what it says; nothing is
 * known of it. `list` is the owner of what is read from it; `missing` says what is known of it,
 * nevertheless: */
enum { SC_THERE = SC_UNKNOWN_VALUE + 1, SC_ANY };
enum sc_hint {
    SC_HINT_NONE,
    SC_HINT_PREFIX,           /* a text that begins with raw, and goes on */
    SC_HINT_SUFFIX,           /* that ends with raw */
    SC_HINT_TAG,              /* the owner's tag, at least `number` bytes */
    SC_HINT_HASH,             /* a text of SC_HASH_LENGTH bytes */
    SC_HINT_NAME,             /* the name of a header field line */
    SC_HINT_COMMON_TRANSPORT, /* udp or tcp */
    SC_HINT_HOST,             /* not sc_is_odd_host */
    SC_HINT_USER,             /* not sc_is_odd_user */
    SC_HINT_CALLED,           /* not sc_is_no_name */
    SC_HINT_OPTION_TAG,       /* one that option_tags.def has */
    SC_HINT_LEAST,            /* a number, at least `number` */
    SC_HINT_MOST,             /* at most */
    SC_HINT_EVEN,             /* an even one, at least `number` */
    SC_HINT_TWIN,             /* equal to all others of the same `number` */
    SC_HINT_APART,            /* no text that is equal to that of the negative `number` */
    SC_HINT_URI_PARAMS,       /* lists of parameters, of the owner */
    SC_HINT_HEADER_PARAMS,
    SC_HINT_VIA_PARAMS,
    SC_HINT_AUTH_PARAMS,
};

sc_value sc_value_in(unsigned state);
static inline sc_value sc_anything(void)
{
    return sc_value_in(SC_ANY);
}
sc_value sc_value_from(enum sc_owner owner); /* it is there */
enum sc_owner sc_owner_of(const sc_value *v);

/* The message is known to lack a header, to have one line of it, or several. */
bool sc_has_none(const sc_foresight *f, unsigned header);
bool sc_has_one(const sc_foresight *f, unsigned header);
bool sc_has_more(const sc_foresight *f, unsigned header);
/* All of these traits are known to be lacking. */
bool sc_lacks(const sc_foresight *f, enum sc_owner owner, unsigned traits);
/* All of these are known to be there. */
bool sc_has(const sc_foresight *f, enum sc_owner owner, unsigned traits);

/* A list: `number` is what is known of it, as bits, `list` the owner of its elements. */
enum {
    SC_LIST_EMPTY = 1u << 0,
    SC_LIST_FILLED = 1u << 1,
    SC_LIST_DISTINCT = 1u << 2,
    SC_LIST_ONE = 1u << 3
};
static inline sc_value sc_list_from(enum sc_owner owner, unsigned bits)
{
    return (sc_value){ .state = SC_THERE, .list = (uint8_t)owner, .number = bits };
}

/* A member of what has that owner, where its traits tell of it: plain.c. */
sc_value sc_plain_member(const sc_foresight *f, enum sc_owner owner, const sc_field *field);

/* A member, or a member's member, of what has an owner. */
sc_value sc_foretell(const sc_foresight *f, enum sc_owner owner, const sc_field *const *path,
                     size_t length);
/* exists, count, lines of a header. */
sc_value sc_foretell_fact(const sc_foresight *f, enum sc_function fact, const sc_field *header);
/* The list that a path leads to, lists in lists as one; is_list: base is a list already. Anything:
 * nothing is known of it. */
sc_value sc_foretell_list(const sc_foresight *f, const sc_value *base, bool is_list,
                          const sc_field *const *path, size_t length);
/* The first or the last element of a list. */
sc_value sc_foretell_end(const sc_foresight *f, const sc_value *list, bool first,
                         const sc_field *const *path, size_t length);
/* A text in a list of tokens: a truth, or anything. */
sc_value sc_foretell_in(const sc_foresight *f, const sc_value *list, const sc_value *text);
/* A parameter by its name. */
sc_value sc_foretell_param(const sc_foresight *f, const sc_value *list, const sc_value *name);

/* --- hint.c: what hints tell; where they don't, anything */
sc_value sc_hint_compare(const sc_foresight *f, enum sc_op op, const sc_value *left,
                         const sc_value *right);
sc_value sc_hint_in_set(const sc_foresight *f, const sc_instruction *i, const sc_value *v,
                        const sc_value *items);
sc_value sc_hint_call(enum sc_function function, const sc_value *arguments);
sc_value sc_hint_modulo(const sc_value *left, const sc_value *right);

#endif
