/* SPDX-License-Identifier: MIT */
/* What is in the body of a message: session descriptions (RFC 8866), the parts of a multipart body
 * (RFC 2046, RFC 5621), messages and fragments of messages (RFC 3420). Strict verdict and tolerant
 * values side by side, as in message.h. */
#ifndef SIPCHECK_BODY_H
#define SIPCHECK_BODY_H

#include <sipcheck/message.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Limits. Behind one nothing is read: `limited` says so, and what was read stays. */
#define SIPCHECK_SDP_LINE_MAX 4000 /* lines of a description */
#define SIPCHECK_SDP_MEDIA_MAX 200 /* media descriptions of it */
#define SIPCHECK_PART_MAX 100      /* parts of a body, nested ones included */
#define SIPCHECK_PART_DEPTH_MAX 4  /* multiparts inside each other */

/* The types of lines, in the order of RFC 8866 §9. The media description's i=, c=, b=, k= and a=
 * have the same. */
enum sipcheck_sdp_line {
    SIPCHECK_SDP_V,
    SIPCHECK_SDP_O,
    SIPCHECK_SDP_S,
    SIPCHECK_SDP_I,
    SIPCHECK_SDP_U,
    SIPCHECK_SDP_E,
    SIPCHECK_SDP_P,
    SIPCHECK_SDP_C,
    SIPCHECK_SDP_B,
    SIPCHECK_SDP_T,
    SIPCHECK_SDP_R,
    SIPCHECK_SDP_Z,
    SIPCHECK_SDP_K,
    SIPCHECK_SDP_A,
    SIPCHECK_SDP_M,
    SIPCHECK_SDP_LINES,
};

/* Every attribute that has a grammar here, SIPCHECK_ATTRIBUTE_RTPMAP and so on; see attributes.def.
 */
enum sipcheck_attribute_id {
    SIPCHECK_ATTRIBUTE_UNKNOWN = 0,
#define X(ID, NAME, LEVEL, KIND, PARSER, RFC, SECTION, DOC) SIPCHECK_ATTRIBUTE_##ID,
#include <sipcheck/attributes.def>
#undef X
    SIPCHECK_ATTRIBUTE_COUNT
};

/* --- values. Each begins with sipcheck_value: raw is what stands behind "=" (an attribute: behind
 * ":"), line the line's number in the description from 1, next the next one of the same type (an
 * attribute: of the same name) in the same section. v=, ptime ... are sipcheck_number; s=, i=, u=,
 * e=, p=, mid, setup, flags ... sipcheck_value itself. */

/* o= : RFC 8866 §5.2 */
typedef struct sipcheck_origin {
    sipcheck_value v;
    sipcheck_slice username, sess_id, sess_version, nettype, addrtype, address;
    uint64_t id, version; /* UINT64_MAX: does not fit */
    uint8_t address_kind; /* enum sipcheck_host_kind; IPv6 without brackets. NONE: extn-addr */
} sipcheck_origin;

/* c= : RFC 8866 §5.7 */
typedef struct sipcheck_connection {
    sipcheck_value v;
    sipcheck_slice nettype, addrtype;
    sipcheck_slice address;         /* without what a slash parts off */
    sipcheck_slice ttl, count_text; /* absent without their slash */
    uint8_t address_kind;           /* enum sipcheck_host_kind; NONE: extn-addr */
    bool multicast;                 /* 224.0.0.0/4, ff00::/8 */
} sipcheck_connection;

/* b= : RFC 8866 §5.8 */
typedef struct sipcheck_bandwidth {
    sipcheck_value v;
    sipcheck_slice type, digits;
    uint64_t number; /* UINT64_MAX: does not fit */
} sipcheck_bandwidth;

/* r= : RFC 8866 §5.10 */
typedef struct sipcheck_repeat {
    sipcheck_value v;
    sipcheck_slice interval, duration;
    const sipcheck_value *offsets; /* raw: "25h" */
} sipcheck_repeat;

/* t= : RFC 8866 §5.9 */
typedef struct sipcheck_time {
    sipcheck_value v;
    sipcheck_slice start_text, stop_text;
    uint64_t start, stop; /* seconds since 1900; UINT64_MAX: does not fit */
} sipcheck_time;

/* z= : RFC 8866 §5.11 */
typedef struct sipcheck_zone {
    sipcheck_value v;
    const sipcheck_value *adjustments; /* raw: time and offset, "3730928400 -1h" */
} sipcheck_zone;

/* k= : RFC 8866 §5.12 */
typedef struct sipcheck_key {
    sipcheck_value v;
    sipcheck_slice method, key; /* key: absent without ":" */
} sipcheck_key;

/* a= : RFC 8866 §5.13 */
typedef struct sipcheck_attribute {
    sipcheck_value v; /* next: the next attribute of any name */
    sipcheck_slice name;
    sipcheck_slice value;         /* absent without ":" */
    uint16_t id;                  /* enum sipcheck_attribute_id */
    const sipcheck_value *parsed; /* its value by its own grammar; NULL where id is UNKNOWN */
} sipcheck_attribute;

/* a=rtpmap */
typedef struct sipcheck_rtpmap {
    sipcheck_value v;
    sipcheck_slice payload_type, encoding, clock_rate, channels; /* channels: absent without it */
} sipcheck_rtpmap;

/* a=fmtp */
typedef struct sipcheck_fmtp {
    sipcheck_value v;
    sipcheck_slice format, parameters;
} sipcheck_fmtp;

/* a=rtcp; the last three are absent where only a port was sent */
typedef struct sipcheck_rtcp {
    sipcheck_value v;
    sipcheck_slice port, nettype, addrtype, address;
} sipcheck_rtcp;

/* a=curr, a=des, a=conf */
typedef struct sipcheck_precondition {
    sipcheck_value v;
    sipcheck_slice type, strength, status, direction; /* strength: of des */
} sipcheck_precondition;

/* a=crypto */
typedef struct sipcheck_crypto {
    sipcheck_value v;
    sipcheck_slice tag, suite, keys;
    const sipcheck_value *session; /* session parameters, a word each */
} sipcheck_crypto;

/* a=fingerprint */
typedef struct sipcheck_fingerprint {
    sipcheck_value v;
    sipcheck_slice hash, fingerprint;
} sipcheck_fingerprint;

/* a=group: semantics and tags; a=ice-options: tags */
typedef struct sipcheck_group {
    sipcheck_value v;
    sipcheck_slice semantics;
    const sipcheck_value *tags;
} sipcheck_group;

/* a=candidate; related_*: absent where not sent */
typedef struct sipcheck_candidate {
    sipcheck_value v;
    sipcheck_slice foundation, component, transport, priority, address, port, type;
    sipcheck_slice related_address, related_port;
} sipcheck_candidate;

/* The lines of the session, or of one media description. */
typedef struct sipcheck_sdp_section {
    const sipcheck_value *lines[SIPCHECK_SDP_LINES]; /* the first of each type; NULL: none */
    const sipcheck_value *attributes[SIPCHECK_ATTRIBUTE_COUNT]; /* parsed, the first of each name */
    bool damaged; /* it holds a line of which the type could not be read */
} sipcheck_sdp_section;

/* m= and the lines below it. RFC 8866 §5.14 */
typedef struct sipcheck_sdp_media {
    sipcheck_value v;
    sipcheck_slice media, port_text, count_text, protocol; /* count_text: absent without "/" */
    uint32_t port;                                         /* UINT32_MAX: does not fit */
    uint32_t place;                                        /* among the media, from 1 */
    const sipcheck_value *formats;                         /* a word each */
    sipcheck_sdp_section section;
} sipcheck_sdp_media;

/* A session description. Its media descriptions are session.lines[SIPCHECK_SDP_M]. */
typedef struct sipcheck_sdp {
    sipcheck_slice raw;
    sipcheck_sdp_section session;
    uint32_t descriptions;    /* v= lines; only what is in front of the second was read */
    uint32_t lines_seen;      /* bits 1u << enum sipcheck_sdp_line */
    uint64_t attributes_seen; /* bits 1 << enum sipcheck_attribute_id */
    bool limited;
    bool valid; /* no fault */
} sipcheck_sdp;

/* --- parts */

enum sipcheck_body_kind {
    SIPCHECK_BODY_OTHER,     /* a type that is not parsed */
    SIPCHECK_BODY_ENCODED,   /* a Content-Encoding or Content-Transfer-Encoding hides it */
    SIPCHECK_BODY_SDP,       /* application/sdp */
    SIPCHECK_BODY_MULTIPART, /* multipart/...; its parts follow it */
    SIPCHECK_BODY_SIP,       /* message/sip */
    SIPCHECK_BODY_SIPFRAG,   /* message/sipfrag */
};

/* The body, and each part of a multipart one, outer ones first, in the order of the bytes. */
typedef struct sipcheck_part {
    sipcheck_value v;             /* raw: its content, without header fields; next: the next part */
    uint8_t body;                 /* enum sipcheck_body_kind */
    uint8_t depth;                /* 0: the message's body itself */
    const sipcheck_message *head; /* whose header fields say what it is */
    const sipcheck_media *type;   /* Content-Type; NULL: none, or not to be read */
    const sipcheck_sdp *sdp;      /* of SDP */
    const sipcheck_message *message; /* of SIP and SIPFRAG; its faults stand in sipcheck_body */
} sipcheck_part;

/* The body of a message, read-only, valid until the arena is reset; the message has to live as
 * long. */
typedef struct sipcheck_body {
    const sipcheck_part *parts;   /* the first; NULL: the message has no body, or it is not whole */
    const sipcheck_sdp *sdp;      /* the first description of the session; NULL: none */
    const sipcheck_fault *faults; /* by offset in the message; not among sipcheck_message.faults */
    size_t fault_count;
    bool faults_lost; /* more than SIPCHECK_FAULT_MAX */
    bool whole;       /* all bytes that Content-Length promises are there, and no more */
    bool readable;    /* each part's type, encoding, boundary was known, and no limit was hit */
    bool valid;       /* no fault */
} sipcheck_body;

/* Parse the body of a message that sipcheck_parse made, into the same arena or another. Bad syntax
 * is not an error: see faults. Content-Type says what it is. Returns 0, SIPCHECK_NOMEM or
 * SIPCHECK_TOO_BIG; *ret_body is set on 0 only. RFC 3261 §7.4 */
SIPCHECK_API int sipcheck_body_parse(sipcheck_arena *arena, const sipcheck_message *message,
                                     const sipcheck_body **ret_body);

/* What is known of an attribute: "rtpmap", 8866, "6.6", its line of documentation. NULL for an id
 * out of range. */
typedef struct sipcheck_attribute_info {
    const char *name;
    uint16_t rfc;
    const char *section;
    const char *doc;
} sipcheck_attribute_info;
SIPCHECK_API const sipcheck_attribute_info *
sipcheck_attribute_info_of(enum sipcheck_attribute_id id);

/* The id of an attribute by its name, case-sensitive; UNKNOWN when the library does not know it. */
SIPCHECK_API enum sipcheck_attribute_id sipcheck_attribute_lookup(sipcheck_slice name);

#ifdef __cplusplus
}
#endif

#endif
