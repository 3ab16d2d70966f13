/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From frames to SIP messages: link, IP and transport headers, fragments, TCP streams. Knows no
 * files; bytes and link types in, messages out. Any bytes may come: every length is checked, every
 * store is bounded. */
#ifndef SIPCHECK_CAPTURE_DECODE_H
#define SIPCHECK_CAPTURE_DECODE_H

#include <sipcheck/engine.h>

#include "quality.h"

/* One SIP message, in the order in which its last byte could be reached. packet->frame counts the
 * frames of its own file, as Wireshark does, and is the last frame that carried bytes of the
 * message; source: which path. packet->ns is that frame's time, so it may step back a little
 * where segments were reordered. Everything is valid during the call. Return true to go on. */
typedef bool (*capture_packet_fn)(void *user, const sipcheck_packet *packet, unsigned source);

/* What may grow with the input. 0: the default. */
typedef struct capture_limits {
    size_t flows;         /* TCP connections, SCTP associations open at once (65,536) */
    size_t datagrams;     /* IP datagrams being put together (1,024) */
    size_t segments;      /* segments kept behind a gap of one direction (1,024) */
    size_t total_bytes;   /* bytes kept of all streams and fragments (256 MiB) */
    size_t endpoints;     /* addresses with ports known to speak SIP (65,536) */
    size_t messages;      /* remembered, so that their mirrors are known (4,096) */
    uint64_t fragment_ns; /* how long a datagram waits for its fragments (30 s) */
    size_t copies;        /* datagrams remembered to know their copies (16,384) */
    uint64_t gap_ns;      /* how long a stream waits for a missing segment (10 s) */
    bool keep_duplicates; /* hand on a datagram as often as it was captured */
} capture_limits;

/* What a message is put together from. */
enum capture_part {
    CAPTURE_PART_FRAGMENT,
    CAPTURE_PART_STREAM,
    CAPTURE_PART_START, /* of a stream: it carried none, and nothing is before it */
};

/* A frame carried a part: one of a datagram's fragments, or bytes of one direction of a connection
 * or association, in the order in which they are read. The same key: of the same whole. Called
 * before what becomes whole with it is handed on. */
typedef void (*capture_part_fn)(void *user, enum capture_part part, uint64_t key,
                                capture_place place, uint64_t ns);

/* ICMP says that something of `undelivered`'s source did not reach its destination, one of which
 * speaks SIP. It has no bytes; its transport is what IP says. In order with what is handed on. */
typedef void (*capture_undelivered_fn)(void *user, const sipcheck_packet *undelivered);

enum capture_link {
    CAPTURE_LINK_OTHER, /* not decoded, counted */
    CAPTURE_LINK_ETHERNET,
    CAPTURE_LINK_SLL,  /* Linux cooked v1 */
    CAPTURE_LINK_SLL2, /* Linux cooked v2 */
    CAPTURE_LINK_IP,   /* v4 or v6 by its first four bits */
    CAPTURE_LINK_NULL, /* BSD loopback: address family in the byte order of some host */
    CAPTURE_LINK_LOOP, /* OpenBSD loopback: in network order */
    CAPTURE_LINK_PPP,  /* with or without HDLC's address and control bytes */
    CAPTURE_LINK_CHDLC,
    CAPTURE_LINK_WLAN,     /* IEEE 802.11 */
    CAPTURE_LINK_RADIOTAP, /* 802.11 behind radiotap's header */
    CAPTURE_LINK_PRISM,    /* behind Prism's, or AVS's, which looks different */
    CAPTURE_LINK_AVS,
    CAPTURE_LINK_PPI,
    CAPTURE_LINK_JUNIPER,   /* of its Ethernet interfaces */
    CAPTURE_LINK_PKTAP,     /* Apple's */
    CAPTURE_LINK_NFLOG,     /* Netfilter's log */
    CAPTURE_LINK_EXPORTED,  /* PDUs that Wireshark exported */
    CAPTURE_LINK_DECRYPTED, /* likewise: what tshark found in TLS, see decrypt.h */
    CAPTURE_LINK_PPPOE,     /* without its Ethernet */
    CAPTURE_LINK_LLC,       /* IEEE 802.2, as over ATM (RFC 2684) */
    CAPTURE_LINK_FDDI,
    CAPTURE_LINK_IP_OVER_FC,
    CAPTURE_LINK_IPOIB,
    CAPTURE_LINK_FRELAY,
    CAPTURE_LINK_PFLOG,       /* the log of the BSDs' packet filter */
    CAPTURE_LINK_ENC,         /* what their IPsec has decrypted */
    CAPTURE_LINK_JUNIPER_PPP, /* of its other interfaces */
    CAPTURE_LINK_JUNIPER_CHDLC,
    CAPTURE_LINK_JUNIPER_FRELAY,
    CAPTURE_LINK_COUNT,
};

/* One frame of a capture. */
typedef struct capture_frame {
    const uint8_t *bytes;
    size_t captured; /* bytes there are */
    size_t wire;     /* bytes there were */
    uint64_t ns;
    capture_place place;
    enum capture_link link;
} capture_frame;

typedef struct capture_decoder capture_decoder;

/* limits: may be NULL; stats: borrowed; NULL: no memory. */
capture_decoder *capture_decoder_new(const capture_limits *limits, capture_stats *stats,
                                     capture_packet_fn on_packet, void *user);

/* Tell of every part from now on. */
void capture_decoder_watch(capture_decoder *decoder, capture_part_fn on_part, void *user);

void capture_decoder_watch_undelivered(capture_decoder *decoder,
                                       capture_undelivered_fn on_undelivered, void *user);

/* Returns false when on_packet asked to stop. */
bool capture_decode(capture_decoder *decoder, const capture_frame *frame);

/* The end: what still waits for missing bytes is handed on as cut. As capture_decode. */
bool capture_decoder_finish(capture_decoder *decoder);

/* NULL is allowed. Nothing is handed on. */
void capture_decoder_free(capture_decoder *decoder);

#endif
