/* SPDX-License-Identifier: MIT */
/* A parsed SIP message: strict verdict (faults) and tolerant values side by side. RFC 3261 §7, §20,
 * §25. */
#ifndef SIPCHECK_MESSAGE_H
#define SIPCHECK_MESSAGE_H

#include <sipcheck/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The longest message that is parsed, in bytes; a longer one is SIPCHECK_TOO_BIG. */
#define SIPCHECK_MESSAGE_MAX 1048576u

/* Every header the library knows, SIPCHECK_HEADER_VIA and so on; see headers.def. UNKNOWN is
 * extension-header. */
enum sipcheck_header_id {
    SIPCHECK_HEADER_UNKNOWN = 0,
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC) SIPCHECK_HEADER_##ID,
#include <sipcheck/headers.def>
#undef X
    SIPCHECK_HEADER_COUNT
};

/* The methods of the SIP family; an unknown one is OTHER. Methods are case-sensitive. RFC 3261 §7.1
 */
enum sipcheck_method_id {
    SIPCHECK_METHOD_NONE = 0, /* no method could be read */
    SIPCHECK_METHOD_OTHER,
    SIPCHECK_METHOD_INVITE,
    SIPCHECK_METHOD_ACK,
    SIPCHECK_METHOD_BYE,
    SIPCHECK_METHOD_CANCEL,
    SIPCHECK_METHOD_OPTIONS,
    SIPCHECK_METHOD_REGISTER,
    SIPCHECK_METHOD_PRACK,
    SIPCHECK_METHOD_UPDATE,
    SIPCHECK_METHOD_INFO,
    SIPCHECK_METHOD_SUBSCRIBE,
    SIPCHECK_METHOD_NOTIFY,
    SIPCHECK_METHOD_REFER,
    SIPCHECK_METHOD_MESSAGE,
    SIPCHECK_METHOD_PUBLISH,
};

/* Which structure a value is. The structures below all begin with sipcheck_value. */
enum sipcheck_kind {
    SIPCHECK_KIND_TEXT,     /* sipcheck_value itself: raw is all there is */
    SIPCHECK_KIND_TOKEN,    /* sipcheck_token: a token, maybe with parameters */
    SIPCHECK_KIND_NUMBER,   /* sipcheck_number */
    SIPCHECK_KIND_ADDRESS,  /* sipcheck_address */
    SIPCHECK_KIND_VIA,      /* sipcheck_via */
    SIPCHECK_KIND_CSEQ,     /* sipcheck_cseq */
    SIPCHECK_KIND_AUTH,     /* sipcheck_auth */
    SIPCHECK_KIND_MEDIA,    /* sipcheck_media */
    SIPCHECK_KIND_DATE,     /* sipcheck_date */
    SIPCHECK_KIND_CALL_ID,  /* sipcheck_call_id */
    SIPCHECK_KIND_WARNING,  /* sipcheck_warning */
    SIPCHECK_KIND_STAMP,    /* sipcheck_stamp: Timestamp, MIME-Version */
    SIPCHECK_KIND_RACK,     /* sipcheck_rack */
    SIPCHECK_KIND_PARAMS,   /* sipcheck_params: parameters and nothing else */
    SIPCHECK_KIND_IDENTITY, /* sipcheck_identity */
};

/* One value of a header field: all of it, or one element of its comma-separated list. */
typedef struct sipcheck_value {
    const struct sipcheck_value
        *next;          /* of the same header, in message order, across its lines; NULL: last */
    sipcheck_slice raw; /* as sent, without the white space around it; folds are inside */
    uint32_t line;      /* index into sipcheck_message.headers */
    uint8_t kind;       /* enum sipcheck_kind */
    bool valid;         /* the strict grammar took it; else members hold what could be read */
} sipcheck_value;

/* name [EQUAL value]. value.p == NULL: no "=". A quoted value keeps its quotes in `value`. RFC 3261
 * §25.1 generic-param */
typedef struct sipcheck_param {
    const struct sipcheck_param *next; /* NULL: last */
    sipcheck_slice name;
    sipcheck_slice value;
    bool quoted; /* value is a quoted-string */
} sipcheck_param;

/* A SIP, SIPS, tel or other absolute URI, as sent (nothing is unescaped). RFC 3261 §19.1, RFC 3966
 */
typedef struct sipcheck_uri {
    sipcheck_slice raw;
    sipcheck_slice scheme;         /* "sip", in the sender's case */
    sipcheck_slice user;           /* absent without "@"; for tel: the number */
    sipcheck_slice password;       /* absent without ":" */
    sipcheck_slice host;           /* IPv6 in its brackets; absent where the scheme has none */
    sipcheck_slice port_text;      /* absent without ":" */
    uint32_t port;                 /* UINT32_MAX: does not fit; 0 where absent */
    uint8_t host_kind;             /* enum sipcheck_host_kind */
    bool is_sip, is_sips, is_tel;  /* none: some other absoluteURI */
    bool valid;                    /* the strict grammar took it */
    const sipcheck_param *params;  /* ;transport=udp */
    sipcheck_slice headers_text;   /* behind "?"; absent without it */
    const sipcheck_param *headers; /* ?Subject=x&Priority=urgent */
} sipcheck_uri;

enum sipcheck_host_kind {
    SIPCHECK_HOST_NONE,
    SIPCHECK_HOST_NAME,
    SIPCHECK_HOST_IPV4,
    SIPCHECK_HOST_IPV6,
};

/* Require, Allow, Accept-Encoding, Content-Disposition, Priority ... : token *(SEMI param) */
typedef struct sipcheck_token {
    sipcheck_value v;
    sipcheck_slice token;
    const sipcheck_param *params;
} sipcheck_token;

/* Max-Forwards, Expires, Content-Length, Min-Expires, Retry-After, Session-Expires ... */
typedef struct sipcheck_number {
    sipcheck_value v;
    uint64_t number;              /* UINT64_MAX when more digits were sent than fit */
    bool overflow;                /* they did not fit */
    sipcheck_slice digits;        /* absent when there are none */
    sipcheck_slice comment;       /* Retry-After: with its parentheses */
    const sipcheck_param *params; /* Retry-After, Session-Expires ... */
} sipcheck_number;

/* From, To, Contact, Route, Record-Route, Reply-To, Refer-To ...; Alert-Info, Call-Info,
 * Error-Info (<absoluteURI>) */
typedef struct sipcheck_address {
    sipcheck_value v;
    sipcheck_slice display; /* absent, or the tokens, or the quoted-string with its quotes */
    sipcheck_uri uri;
    bool brackets; /* <...> was used */
    bool star;     /* Contact: * */
    const sipcheck_param *params;
} sipcheck_address;

/* Via. RFC 3261 §20.42 */
typedef struct sipcheck_via {
    sipcheck_value v;
    sipcheck_slice protocol;  /* SIP */
    sipcheck_slice version;   /* 2.0 */
    sipcheck_slice transport; /* UDP */
    sipcheck_slice host;      /* of sent-by */
    sipcheck_slice port_text; /* absent without ":" */
    uint32_t port;            /* UINT32_MAX: does not fit; 0 where absent */
    uint8_t host_kind;        /* enum sipcheck_host_kind */
    const sipcheck_param *params;
    sipcheck_slice branch, received, maddr, ttl,
        rport;      /* values of the known ones; absent where not sent */
    bool has_rport; /* ;rport, with or without a value. RFC 3581 */
} sipcheck_via;

/* CSeq. RFC 3261 §20.16 */
typedef struct sipcheck_cseq {
    sipcheck_value v;
    uint64_t seq; /* UINT64_MAX when it does not fit */
    sipcheck_slice digits;
    sipcheck_slice method;
    uint8_t method_id; /* enum sipcheck_method_id */
} sipcheck_cseq;

/* Authorization, Proxy-Authorization, WWW-Authenticate, Proxy-Authenticate, Authentication-Info (no
 * scheme). RFC 7616 */
typedef struct sipcheck_auth {
    sipcheck_value v;
    sipcheck_slice scheme;        /* Digest */
    bool digest;                  /* the scheme is Digest, in any case */
    const sipcheck_param *params; /* realm="..." and so on, in order */
} sipcheck_auth;

/* Content-Type, one element of Accept. */
typedef struct sipcheck_media {
    sipcheck_value v;
    sipcheck_slice type, subtype;
    const sipcheck_param *params;
} sipcheck_media;

/* Date. RFC 3261 §20.17 */
typedef struct sipcheck_date {
    sipcheck_value v;
    sipcheck_slice weekday, month, zone;
    uint32_t day, year, hour, minute, second;
} sipcheck_date;

/* Call-ID, one element of In-Reply-To: word ["@" word]; Replaces, Join, Target-Dialog: with
 * parameters */
typedef struct sipcheck_call_id {
    sipcheck_value v;
    sipcheck_slice local, host; /* host: absent without "@" */
    const sipcheck_param *params;
} sipcheck_call_id;

/* One element of Warning. RFC 3261 §20.43 */
typedef struct sipcheck_warning {
    sipcheck_value v;
    uint32_t code;                         /* UINT32_MAX: does not fit */
    sipcheck_slice code_text, agent, text; /* text with its quotes */
} sipcheck_warning;

/* Timestamp: whole [. fraction] [delay]; MIME-Version: whole . fraction */
typedef struct sipcheck_stamp {
    sipcheck_value v;
    sipcheck_slice whole, fraction, delay;
} sipcheck_stamp;

/* RAck. RFC 3262 §7.2 */
typedef struct sipcheck_rack {
    sipcheck_value v;
    uint64_t rseq, cseq; /* UINT64_MAX when it does not fit */
    sipcheck_slice rseq_digits, cseq_digits;
    sipcheck_slice method;
} sipcheck_rack;

/* P-Charging-Vector ...: param *(SEMI param) */
typedef struct sipcheck_params {
    sipcheck_value v;
    const sipcheck_param *params;
} sipcheck_params;

/* Identity: a PASSporT, or the signature that RFC 4474 had. RFC 8224 §4 */
typedef struct sipcheck_identity {
    sipcheck_value v;
    sipcheck_slice digest;         /* signed-identity-digest; RFC 4474's with its quotes */
    const sipcheck_param *params;  /* info, alg, ppt ... */
    bool full, compact;            /* which form of a PASSporT; neither: it is none */
    sipcheck_slice header, claims; /* JSON of the full form, decoded: not bytes of the message;
                                      absent where it is no base64url */
    sipcheck_uri orig, dest;       /* the URIs that the claims name, likewise; raw absent: none */
} sipcheck_identity;

/* One header field line, folds included. */
typedef struct sipcheck_header {
    sipcheck_slice name;         /* as sent */
    sipcheck_slice value;        /* behind HCOLON, without the white space around it */
    sipcheck_slice raw;          /* the whole field, from its name to before its last CRLF */
    const sipcheck_value *first; /* the first value of this line; NULL where it has none */
    uint32_t values;             /* how many */
    uint16_t id;                 /* enum sipcheck_header_id */
    bool compact;                /* sent in its compact form. RFC 3261 §7.3.3 */
    bool valid;
} sipcheck_header;

/* One place where the bytes leave the grammar. */
typedef struct sipcheck_fault {
    const struct sipcheck_fault *next; /* by offset; NULL: last */
    uint32_t offset, length;    /* into the message; length may be 0 (something is missing there) */
    uint16_t header;            /* enum sipcheck_header_id; UNKNOWN outside a known header */
    bool in_header;             /* false: start line or the message as a whole */
    sipcheck_slice header_name; /* as sent; absent outside a header */
    const char *production;     /* RFC's name: "via-parm" */
    const char *wanted;         /* "token", "LWS", "end of field" */
    const char *section;        /* "25.1" */
    uint16_t rfc;               /* 3261 */
    /* Of sipcheck_body.faults only: */
    uint8_t body;       /* enum sipcheck_body_kind of the part in which it lies */
    uint8_t sdp_line;   /* in SDP: enum sipcheck_sdp_line; SIPCHECK_SDP_LINES: the lines as a row */
    uint16_t attribute; /* in the value of an attribute: enum sipcheck_attribute_id */
} sipcheck_fault;

/* Flags for sipcheck_parse. */
enum sipcheck_parse_flag {
    SIPCHECK_STREAM = 1u << 0, /* framed out of a stream: Content-Length is what cut it */
    SIPCHECK_CUT =
        1u << 1, /* the capture kept only the head: what lies behind the last byte is not known */
    SIPCHECK_SCALAR = 1u << 2, /* byte by byte, with no SIMD: the same message, for comparing */
};

/* A message, read-only, valid until its arena is reset; the bytes are borrowed as long. */
typedef struct sipcheck_message {
    const uint8_t *bytes;
    size_t length;
    bool is_request, is_response; /* neither: no start line could be read */
    bool valid;                   /* no fault */
    bool cut;           /* SIPCHECK_CUT was given and the headers or the body are not whole */
    bool headers_whole; /* the empty line behind the headers was seen */
    bool scalar;        /* SIPCHECK_SCALAR was given: its body is read so, too */
    sipcheck_slice start_line;      /* without its line end */
    sipcheck_slice method;          /* requests */
    sipcheck_uri request_uri;       /* requests */
    sipcheck_slice version;         /* "SIP/2.0" */
    sipcheck_slice status_text;     /* responses: the digits */
    uint32_t status;                /* responses; UINT32_MAX: does not fit */
    sipcheck_slice reason;          /* responses; may be empty */
    uint8_t method_id;              /* enum sipcheck_method_id; a response: that of its CSeq */
    const sipcheck_header *headers; /* in message order */
    size_t header_count;
    const sipcheck_value
        *values[SIPCHECK_HEADER_COUNT];         /* first value of each known header; NULL: none */
    uint16_t line_count[SIPCHECK_HEADER_COUNT]; /* lines of each known header */
    sipcheck_slice head;                        /* start line, headers and empty line */
    sipcheck_slice
        body; /* what Content-Length allows of what followed; absent when headers are not whole */
    sipcheck_slice surplus;       /* bytes behind the body in the same datagram; absent: none */
    const sipcheck_fault *faults; /* by offset */
    size_t fault_count;
    bool faults_lost; /* more than SIPCHECK_FAULT_MAX: the rest was counted out */
} sipcheck_message;

#define SIPCHECK_FAULT_MAX 100
#define SIPCHECK_HEADER_FIELD_MAX 2000 /* header lines a message; more: SIPCHECK_TOO_BIG */

/* Parse one SIP message. bytes: [0,len), borrowed until the arena is reset or freed; no NUL needed,
 * NUL allowed inside; NULL where len is 0. flags: of enum sipcheck_parse_flag. Bad syntax is not an
 * error: see the message's faults. Returns 0, SIPCHECK_NOMEM or SIPCHECK_TOO_BIG; *ret_msg is set
 * on 0 only. RFC 3261 §7. */
SIPCHECK_API int sipcheck_parse(sipcheck_arena *arena, const uint8_t *bytes, size_t len,
                                unsigned flags, const sipcheck_message **ret_msg);

/* The first value of a known header, NULL where there is none or the id is out of range. Its kind
 * says what to cast it to: (const sipcheck_cseq *)sipcheck_first(msg, SIPCHECK_HEADER_CSEQ). */
SIPCHECK_API const sipcheck_value *sipcheck_first(const sipcheck_message *msg,
                                                  enum sipcheck_header_id id);

/* How many values of a known header there are, all lines together; 0 for an id out of range. */
SIPCHECK_API uint32_t sipcheck_count(const sipcheck_message *msg, enum sipcheck_header_id id);

/* The first parameter of that name (any case) in a list, or NULL. list: NULL: an empty one. */
SIPCHECK_API const sipcheck_param *sipcheck_param_find(const sipcheck_param *list,
                                                       const char *name);

/* What is known of a header: "Via", 'v' (0: none), "20.42", its line of documentation. NULL for an
 * id out of range. */
typedef struct sipcheck_header_info {
    const char *name;
    char compact;
    bool list; /* may be a list and stand on several lines. RFC 3261 §7.3.1 */
    uint8_t kind;
    uint16_t rfc;
    const char *section;
    const char *doc;
} sipcheck_header_info;
SIPCHECK_API const sipcheck_header_info *sipcheck_header_info_of(enum sipcheck_header_id id);

/* The id of a header by its name or compact form, any case; UNKNOWN when the library does not know
 * it. */
SIPCHECK_API enum sipcheck_header_id sipcheck_header_lookup(sipcheck_slice name);

/* --- streams
 * -------------------------------------------------------------------------------------------------
 */

/* What stands at the head of a stream of bytes. RFC 3261 §18.3 */
enum sipcheck_frame_kind {
    SIPCHECK_FRAME_MORE,      /* more bytes are needed to tell; length: 0 */
    SIPCHECK_FRAME_MESSAGE,   /* a message of `length` bytes */
    SIPCHECK_FRAME_KEEPALIVE, /* CRLFs between messages. RFC 3261 §7.5, RFC 5626 §3.5.1 */
    SIPCHECK_FRAME_GARBAGE,   /* bytes that are no SIP: skip `length` of them and ask again */
};
typedef struct sipcheck_frame {
    enum sipcheck_frame_kind kind;
    bool sized; /* of a MESSAGE: its end is known by a Content-Length; else the message is taken to
                   end with its headers */
    size_t length;
} sipcheck_frame;

/* Frame the next message of a stream. end: no more bytes will come, so what is there is all of it
 * (a message that is shorter than its Content-Length is then returned as MESSAGE). Never reads
 * behind len. */
SIPCHECK_API sipcheck_frame sipcheck_frame_next(const uint8_t *bytes, size_t len, bool end);

/* How much the head of these bytes looks like SIP on a port nobody announced. */
enum sipcheck_likeness {
    SIPCHECK_NOT_SIP,
    SIPCHECK_MAYBE_SIP, /* a broken start line, but "SIP/" or header lines in the right places:
                           believe it on a SIP port */
    SIPCHECK_IS_SIP,    /* a start line of RFC 3261 §7.1 or §7.2, or one slightly broken with SIP
                           headers behind it */
};
SIPCHECK_API enum sipcheck_likeness sipcheck_looks_like_sip(const uint8_t *bytes, size_t len);

#ifdef __cplusplus
}
#endif

#endif
