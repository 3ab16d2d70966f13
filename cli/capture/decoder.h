/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the decoder share. One way down: link → ip → fragments → udp, tcp → stream,
 * sctp; tunnels lead back to link or ip. */
#ifndef SIPCHECK_CAPTURE_DECODER_H
#define SIPCHECK_CAPTURE_DECODER_H

#include "decode.h"
#include "digest.h"
#include "table.h"

#define CAPTURE_DATAGRAM_KEY_SIZE 40
#define CAPTURE_FLOW_KEY_SIZE 40
#define CAPTURE_SIGHT_KEY_SIZE 16
#define CAPTURE_ASSOCIATION_KEY_SIZE 48
#define CAPTURE_COPY_KEY_SIZE 56
#define CAPTURE_EXPORTS_MAX 16

/* Bytes of a frame from some header on. wire ≥ n: what lies between was not captured. */
typedef struct capture_span {
    const uint8_t *p;
    size_t n;
    size_t wire;
} capture_span;

/* The frame that bytes came from. */
typedef struct capture_origin {
    capture_place place;
    uint64_t ns;
} capture_origin;

/* Who sent bytes to whom. The ports are filled in by the transport. */
typedef struct capture_path {
    sipcheck_address_port src, dst;
} capture_path;

/* What tells an IP datagram from another one that says the same. */
typedef struct capture_identity {
    uint32_t id;
    bool proves; /* its sender uses it for no other one within minutes. RFC 6864 §4.2 */
} capture_identity;

/* Memory of what was forgotten, by its size in steps. */
#define CAPTURE_SPARE_STEP 256
#define CAPTURE_SPARE_CLASSES 32
typedef struct capture_spares {
    capture_node *lists[CAPTURE_SPARE_CLASSES];
    size_t bytes;
} capture_spares;

/* A message that was on the wire. */
typedef struct capture_sending {
    capture_digest key;
    uint64_t ns;
} capture_sending;

/* What was exported of one packet. */
typedef struct capture_exports {
    uint32_t frame;
    uint64_t ns;
    unsigned count;
    capture_digest digests[CAPTURE_EXPORTS_MAX];
} capture_exports;

struct capture_decoder {
    capture_limits limits;
    capture_stats *stats;
    capture_packet_fn on_packet;
    void *user;
    capture_part_fn on_part; /* NULL: nobody wants to know */
    void *part_user;
    capture_undelivered_fn on_undelivered; /* likewise */
    void *undelivered_user;
    bool stopped;              /* on_packet said so */
    unsigned depth;            /* of headers in the frame being decoded */
    unsigned datagrams_open;   /* put together from fragments and being decoded */
    capture_origin origin;     /* the frame being decoded */
    capture_identity identity; /* of the datagram being decoded */
    capture_table datagrams, flows, associations, endpoints, copies, sights, secrets;
    capture_exports exports;
    capture_sending *sent; /* the last ones, as long as there was no mirror: limits.messages */
    size_t sent_count;
    bool has_mirrors;
    size_t kept_bytes;   /* of streams and fragments */
    size_t chunk_bytes;  /* of SCTP messages in parts */
    size_t copied_bytes; /* of datagrams, by which copies are known */
    capture_spares spares;
};

static inline uint16_t capture_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t capture_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint32_t capture_little32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Step over n bytes; false (and the span as before) where they are not there. */
static inline bool capture_skip(capture_span *span, size_t n)
{
    if (span->n < n) return false;
    *span = (capture_span){ span->p + n, span->n - n, span->wire - n };
    return true;
}

/* Whatever lies behind the first n bytes belongs to nobody (padding, trailers). */
static inline void capture_trim(capture_span *span, size_t n)
{
    if (span->wire > n) span->wire = n;
    if (span->n > n) span->n = n;
}

/* One more of that, seen in the frame being decoded. */
void capture_note(capture_decoder *decoder, enum capture_counter_id id);
void capture_note_bytes(capture_decoder *decoder, enum capture_counter_id id, uint64_t bytes);

/* Room for n bytes behind *bytes (NULL: none yet), in powers of two. False: no memory, noted. */
bool capture_grow(capture_decoder *decoder, uint8_t **bytes, size_t *allocated, size_t n);

/* identity: bytes that tell the whole from others. */
void capture_tell_part(const capture_decoder *decoder, enum capture_part part, const void *identity,
                       size_t n, capture_origin origin);

/* Of a stream's. */
void capture_tell_stream(const capture_decoder *decoder, enum capture_part part,
                         const capture_path *path, capture_origin origin);

/* Where a message was seen: on the wire, or in a mirror of it. */
typedef struct capture_vantage {
    sipcheck_address_port from; /* who mirrors */
    uint32_t agent;             /* as what */
    uint64_t ns;                /* when, by who mirrors: its packet may be late */
    bool mirror;
} capture_vantage;

/* False: it was seen elsewhere before, within two seconds by either time, and is handed on already.
 * Counted. key: of the message's bytes and addresses. */
bool capture_first_sight(capture_decoder *decoder, const capture_vantage *vantage,
                         const capture_digest *key, capture_origin origin);
bool capture_first_on_wire(capture_decoder *decoder, const capture_digest *key,
                           capture_origin origin);
void capture_drop_sights(capture_decoder *decoder);

/* Hand one message on, wherever else it was seen. flags: of enum sipcheck_parse_flag. */
void capture_hand_on(capture_decoder *decoder, sipcheck_slice bytes, unsigned flags,
                     capture_origin origin, const capture_path *path,
                     enum sipcheck_transport transport);

/* Hand on one message that was seen on the wire, unless a mirror of it was handed on. */
void capture_deliver(capture_decoder *decoder, sipcheck_slice bytes, unsigned flags,
                     capture_origin origin, const capture_path *path,
                     enum sipcheck_transport transport);

/* The same of a datagram of the frame being decoded. content: of its bytes. */
void capture_deliver_datagram(capture_decoder *decoder, capture_span span,
                              const capture_digest *content, const capture_path *path);

/* Ports of RFC 3261 §19.1.2, and what has spoken SIP before. */
bool capture_known_endpoint(capture_decoder *decoder, const sipcheck_address_port *address);
bool capture_known_path(capture_decoder *decoder, const capture_path *path);
void capture_learn_path(capture_decoder *decoder, const capture_path *path);

/* One header more inside of another. False: too many, and counted. */
bool capture_enter(capture_decoder *decoder);

void capture_link(capture_decoder *decoder, enum capture_link link, capture_span span);

#define CAPTURE_TYPE_LLC 0x0004      /* as Linux says in cooked captures */
#define CAPTURE_TYPE_ETHERNET 0x6558 /* a whole frame */
#define CAPTURE_TYPE_PPP 0x880B
void capture_ethertype(capture_decoder *decoder, uint16_t type, capture_span span);

/* IEEE 802.11, alone or behind what a receiver noted about it. */
void capture_wlan(capture_decoder *decoder, capture_span span);
void capture_radiotap(capture_decoder *decoder, capture_span span);
void capture_prism(capture_decoder *decoder, capture_span span);
void capture_avs(capture_decoder *decoder, capture_span span);

void capture_ppi(capture_decoder *decoder, capture_span span);
void capture_juniper(capture_decoder *decoder, capture_span span);
void capture_juniper_ppp(capture_decoder *decoder, capture_span span);
void capture_juniper_chdlc(capture_decoder *decoder, capture_span span);
void capture_juniper_frelay(capture_decoder *decoder, capture_span span);
void capture_pflog(capture_decoder *decoder, capture_span span);
void capture_enc(capture_decoder *decoder, capture_span span);
void capture_fddi(capture_decoder *decoder, capture_span span);
void capture_ip_over_fc(capture_decoder *decoder, capture_span span);
void capture_ipoib(capture_decoder *decoder, capture_span span);
void capture_frelay(capture_decoder *decoder, capture_span span);
void capture_pktap(capture_decoder *decoder, capture_span span);
void capture_nflog(capture_decoder *decoder, capture_span span);

void capture_ip(capture_decoder *decoder, capture_span span);
/* What an IP header announced, of a whole datagram. */
void capture_ip_payload(capture_decoder *decoder, uint8_t protocol, const capture_path *path,
                        capture_span span);
#define CAPTURE_EXTENSIONS_MAX 16 /* headers behind that of IP */
/* The length of a header that stands between IP and its payload, other than that of fragments; 0:
 * it is none, or too short to tell. */
size_t capture_extension_length(uint8_t protocol, const capture_path *path, const capture_span *at);
void capture_udp(capture_decoder *decoder, const capture_path *ip, capture_span span);
void capture_tcp(capture_decoder *decoder, const capture_path *ip, capture_span span);
void capture_sctp(capture_decoder *decoder, const capture_path *ip, capture_span span);
void capture_icmp4(capture_decoder *decoder, const capture_path *ip, capture_span span);
void capture_icmp6(capture_decoder *decoder, const capture_path *ip, capture_span span);
void capture_esp(capture_decoder *decoder, const capture_path *path, capture_span span);
void capture_ipip(capture_decoder *decoder, const capture_path *path, capture_span span);
void capture_etherip(capture_decoder *decoder, const capture_path *path, capture_span span);
void capture_srv6_ethernet(capture_decoder *decoder, const capture_path *path, capture_span span);
void capture_gre(capture_decoder *decoder, const capture_path *path, capture_span span);
void capture_mpls(capture_decoder *decoder, const capture_path *path, capture_span span);

/* The payload of a datagram that is not SIP, if it is a tunnel's. */
bool capture_udp_tunnel(capture_decoder *decoder, const capture_path *path, capture_span span);

/* Two of them. False: it is none. */
bool capture_tzsp(capture_decoder *decoder, const capture_path *path, capture_span span);
bool capture_capwap(capture_decoder *decoder, const capture_path *path, capture_span span);

/* How long the IP packet is that begins there, as its header says; 0: none does, or it is longer
 * than what there was. */
size_t capture_ip_length(const capture_span *span);

/* Is one message of UDP or SCTP SIP? Where it is sure, the path is learnt. */
bool capture_is_sip(capture_decoder *decoder, const capture_path *path, const uint8_t *p, size_t n);

/* Has this datagram been handed on already, from another point of its way? Remembers it if not.
 * content: of its bytes. */
bool capture_seen_before(capture_decoder *decoder, const capture_path *path, capture_span span,
                         const capture_digest *content);
void capture_forget_copies(capture_decoder *decoder);

/* One fragment of a datagram. */
typedef struct capture_fragment {
    const capture_path *path;
    uint32_t id;
    uint8_t protocol;
    size_t offset;
    bool more;
    capture_span span;
} capture_fragment;
void capture_take_fragment(capture_decoder *decoder, const capture_fragment *fragment);
void capture_end_fragments(capture_decoder *decoder);  /* hand on what there is */
void capture_drop_fragments(capture_decoder *decoder); /* free only */

void capture_end_associations(capture_decoder *decoder);
void capture_drop_associations(capture_decoder *decoder);

/* The bytes of that connection come decrypted from elsewhere: it is not hidden any more. Returns
 * whether this direction was seen from its start without a gap. */
bool capture_flow_decrypted(capture_decoder *decoder, const capture_path *path);
void capture_end_flows(capture_decoder *decoder);
void capture_drop_flows(capture_decoder *decoder);

#endif
