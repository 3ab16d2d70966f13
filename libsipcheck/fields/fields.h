/* SPDX-License-Identifier: MIT */
/* What a rule can read from a message: types, values, and fields.def + headers.def as one table. */
#ifndef SC_FIELDS_H
#define SC_FIELDS_H

#include <sipcheck/body.h>
#include <sipcheck/packet.h>
#include <sipcheck/rules.h>

/* A type of the rule language. A list is its element's type with SC_LIST set. */
typedef uint8_t sc_type;
enum {
    SC_TYPE_NONE,
    SC_TYPE_BOOL,
    SC_TYPE_INT,
    SC_TYPE_STRING, /* text that is compared as sent */
    SC_TYPE_TOKEN,  /* text that is compared without regard to case */
    SC_TYPE_DURATION,
    SC_TYPE_RATIO,  /* a decimal number; a tolerance */
    SC_TYPE_MOMENT, /* a point in time: the difference of two is a duration */
    SC_TYPE_FIRST_RECORD,
    SC_TYPE_OBSERVED = SC_TYPE_FIRST_RECORD, /* request, response, in, out ... : sc_observed */
    SC_TYPE_MESSAGE,                         /* sip: sc_observed, too */
    SC_TYPE_ENDPOINT,                        /* sc_endpoint */
    SC_TYPE_TRANSACTION, /* this and those that follow: sc_value [], by facts.def */
    SC_TYPE_DIALOG,
    SC_TYPE_PARTY,
    SC_TYPE_SESSION,
    SC_TYPE_REGISTRATION,
    SC_TYPE_SUBSCRIPTION,
    SC_TYPE_HOP,
    SC_TYPE_MACHINE,
    SC_TYPE_HEADER, /* sipcheck_header */
    SC_TYPE_PARAM,  /* sipcheck_param */
    SC_TYPE_URI,    /* sipcheck_uri; the others begin with sipcheck_value */
    SC_TYPE_ADDRESS,
    SC_TYPE_VIA,
    SC_TYPE_CSEQ,
    SC_TYPE_TOKEN_,
    SC_TYPE_NUMBER,
    SC_TYPE_AUTH,
    SC_TYPE_MEDIA,
    SC_TYPE_DATE,
    SC_TYPE_CALL_ID,
    SC_TYPE_WARNING,
    SC_TYPE_STAMP,
    SC_TYPE_RACK,
    SC_TYPE_PARAMS,
    SC_TYPE_IDENTITY,
    SC_TYPE_TEXT,
    SC_TYPE_PART, /* sipcheck_part */
    SC_TYPE_SDP,  /* sipcheck_sdp; those that follow are in it */
    SC_TYPE_ORIGIN,
    SC_TYPE_CONNECTION,
    SC_TYPE_BANDWIDTH,
    SC_TYPE_TIME,
    SC_TYPE_KEY,
    SC_TYPE_SDP_MEDIA,
    SC_TYPE_ATTRIBUTE,
    SC_TYPE_RTPMAP,
    SC_TYPE_FMTP,
    SC_TYPE_RTCP,
    SC_TYPE_PRECONDITION,
    SC_TYPE_CRYPTO,
    SC_TYPE_FINGERPRINT,
    SC_TYPE_GROUP,
    SC_TYPE_CANDIDATE,
    SC_TYPE_COUNT,
    SC_LIST = 0x80,
};

/* "int", "list of via"; never NULL. */
const char *sc_type_name(sc_type type);
/* "an int", "a list of via"; never NULL. */
const char *sc_type_phrase(sc_type type);

/* Where a message came from or went to. */
typedef struct sc_endpoint {
    sipcheck_address_port address;
    char text[SIPCHECK_ADDRESS_TEXT]; /* "10.0.0.1", "[2001:db8::1]"; "": nobody asked yet, or not
                                         known */
} sc_endpoint;

/* One message as it was seen. */
typedef struct sc_observed {
    const sipcheck_message *message;
    sipcheck_slice transport;          /* "udp"; absent where it is not known */
    sipcheck_slice group;              /* "224.0.1.75"; absent where it was not sent to a group */
    const sipcheck_body *body;         /* NULL: the message has no Content-Type, or nobody asks */
    const sipcheck_packet *packet;     /* when, from where; NULL: nobody asks (message scope) */
    sc_endpoint *source, *destination; /* likewise */
    const sipcheck_digest *digest;     /* NULL: no password is known */
} sc_observed;

enum sc_state { SC_VALUE, SC_ABSENT_VALUE, SC_UNKNOWN_VALUE };

/* Why something is unknown. */
enum sc_missing {
    SC_MISSING_NOTHING,
    SC_MISSING_START_LINE,
    SC_MISSING_HEADERS,
    SC_MISSING_BODY,
    SC_MISSING_SYNTAX,
    SC_MISSING_NUMBER,
    SC_MISSING_BUDGET,
    SC_MISSING_MESSAGE,
    SC_MISSING_SOURCE,
    SC_MISSING_AUTHOR,
    SC_MISSING_PASSWORD,
    SC_MISSING_ALGORITHM,
    SC_MISSING_SESSION,
    SC_MISSING_VANTAGE, /* scopes wider than the message, from here on */
    SC_MISSING_END,
    SC_MISSING_LOST,
    SC_MISSING_MEMORY,
    SC_MISSING_ORDER,
    SC_MISSING_ROLE,
    SC_MISSING_STATE,
    SC_MISSING_REACHED,
    SC_MISSING_TAKEN,
    SC_MISSING_BEFORE,
    SC_MISSING_TRANSPORT,
    SC_MISSING_REQUEST, /* in the order of names.def */
    SC_MISSING_RESPONSE,
    SC_MISSING_ACK,
    SC_MISSING_CANCEL,
    SC_MISSING_PREVIOUS,
    SC_MISSING_TRIED,
    SC_MISSING_OUTCOME,
    SC_MISSING_OFFER,
    SC_MISSING_ANSWER,
    SC_MISSING_PREVIOUS_OFFER,
    SC_MISSING_IN,
    SC_MISSING_OUT,
    SC_MISSING_COPY,
    SC_MISSING_CHALLENGE,
    SC_MISSING_EARLIER,
    SC_MISSING_SUBSCRIBE,
    SC_MISSING_NEXT,
    SC_MISSING_COUNT,
};
/* "headers behind the cut" and so on; never NULL. */
const char *sc_missing_text(enum sc_missing missing);

/* How the elements of a list hang together. */
enum sc_list_kind {
    SC_LIST_VALUES,  /* sipcheck_value.next */
    SC_LIST_PARAMS,  /* sipcheck_param.next */
    SC_LIST_HEADERS, /* raw.n sipcheck_header in a row */
    SC_LIST_RECORDS, /* raw.n pointers in a row (what track/ remembers) */
};

/* A value while it is looked at. Nothing is owned: texts and records lie in messages, constants or
 * the scratch. */
typedef struct sc_value {
    sipcheck_slice raw; /* text: itself; else where it stands in its message, absent: nowhere */
    union {
        uint64_t truth; /* 0 or 1 */
        int64_t number; /* INT; DURATION, MOMENT in nanoseconds; RATIO in millionths */
        const void *record;
    };
    uint8_t state;   /* enum sc_state */
    uint8_t missing; /* enum sc_missing: UNKNOWN: why. A list: why it may have more elements */
    uint16_t list;   /* enum sc_list_kind */
    uint32_t cut_at; /* SC_LIST_VALUES: this line's values are cut; UINT32_MAX: none */
} sc_value;

static inline sc_value sc_value_truth(bool truth)
{
    return (sc_value){ .truth = truth };
}

/* As *to = *from of a value that was made just now. Compilers copy a structure in vectors, and
 * those wait until all the members that make up a vector, stored one by one, have left the
 * processor's store buffer. */
static inline void sc_value_copy(sc_value *to, const sc_value *from)
{
    to->raw.p = from->raw.p;
    to->raw.n = from->raw.n;
    to->number = from->number;
    to->state = from->state;
    to->missing = from->missing;
    to->list = from->list;
    to->cut_at = from->cut_at;
}

typedef struct sc_field sc_field;

/* Read a member of a record that is there. Sets all of *out. */
typedef sc_value sc_getter(const sc_field *self, const void *record);

struct sc_field {
    sc_type record, type;
    uint8_t length;     /* of the name */
    uint16_t header;    /* enum sipcheck_header_id; UNKNOWN: no header */
    uint16_t attribute; /* enum sipcheck_attribute_id; UNKNOWN: no attribute */
    const char *name;
    sc_getter *get;
    const char *doc;
    uint16_t fact; /* of records that facts.def has: index of its value */
};

/* What a record stands for where text or a number is wanted, as a member without a name: a number,
 * a token, else its bytes as sent. NULL: records that stand for nothing, and what is no record. */
const sc_field *sc_field_own_value(sc_type record);

/* Facts of a header that its values don't tell; header: a member of MESSAGE with header != UNKNOWN,
 * record: sc_observed. */
sc_getter sc_header_exists; /* BOOL: was sent; a LIST: is not empty */
sc_getter sc_header_count;  /* INT: values sent, over all lines */
sc_getter sc_header_lines;  /* INT: lines sent */

/* The member of a record that has that name in any case; NULL: none. */
const sc_field *sc_field_find(sc_type record, sipcheck_slice name);

/* Every field, in the order of the tables; NULL behind the last. */
const sc_field *sc_field_at(size_t index);

/* A number that stands for the field, in one build. */
size_t sc_field_number(const sc_field *field);
const sc_field *sc_field_numbered(size_t number);

#define X(RECORD, NAME, TYPE, ACCESSOR, DOC) sc_getter sc_field_##ACCESSOR;
#include "fields/fields.def"
#undef X
sc_getter sc_field_fact;              /* transaction.gap: by self->fact */
sc_getter sc_field_header;            /* sip.Via: by self->header */
sc_getter sc_field_session_attribute; /* sdp.group: by self->attribute */
sc_getter sc_field_media_attribute;   /* of SDP_MEDIA */

/* The field is something of the body: it has to be parsed. */
bool sc_field_reads_body(const sc_field *field);

/* The capture's cut goes through the start line: nothing is known of the message. */
bool sc_start_line_cut(const sipcheck_message *msg);

/* SIPCHECK_METHOD_OTHER for what is none of the family, NONE for an empty text. */
enum sipcheck_method_id sc_method_of(sipcheck_slice method);

/* option_tags.def has it. Tokens: in any case. */
bool sc_known_option_tag(sipcheck_slice tag);

#endif
