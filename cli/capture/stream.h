/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One direction of a TCP connection, its bytes in order: where messages begin and end. */
#ifndef SIPCHECK_CAPTURE_STREAM_H
#define SIPCHECK_CAPTURE_STREAM_H

#include "decoder.h"

enum stream_state {
    STREAM_START,  /* nothing is known yet */
    STREAM_SIP,    /* the next byte begins a message, or belongs to the one that is being kept */
    STREAM_RESYNC, /* looking for the next start of a message */
    STREAM_OTHER,  /* another protocol */
    STREAM_WEBSOCKET,
    STREAM_HEP,
};

typedef struct capture_stream {
    uint8_t *bytes; /* of a message that is not whole yet */
    size_t n, allocated;
    size_t hole, hole_end; /* zeros that stand for bytes that were not captured; 0, 0: none */
    size_t credit;         /* bytes that may still be looked at again */
    capture_origin origin; /* the latest frame that carried bytes of the first message kept */
    capture_origin newest; /* the frame that was fed last */
    uint8_t state;         /* enum stream_state */
    bool from_start;       /* the SYN was seen: no byte is missing before the first */
    bool was_sip;          /* a message was found in it */
    bool counted;          /* what else it is was counted already */
    bool skipping;         /* the current stretch of skipped bytes is counted already */
    bool tls;              /* it is TLS, on a SIP port */
    bool decrypted;        /* these bytes went over the wire in TLS */
    struct capture_websocket *ws; /* STREAM_WEBSOCKET; else NULL */
} capture_stream;

/* The next bytes of the stream. */
void capture_stream_feed(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                         sipcheck_slice bytes, capture_origin origin);

/* missing bytes are not there and will not come. */
void capture_stream_gap(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                        size_t missing);

/* No more bytes. clean: the sender said so; else what is kept is cut. The stream is as new then. */
void capture_stream_end(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                        bool clean);

/* Keep n bytes more; p: NULL: zeros. False: no memory, noted. */
bool capture_stream_append(capture_decoder *decoder, capture_stream *stream, const uint8_t *p,
                           size_t n);
void capture_stream_release(capture_decoder *decoder, capture_stream *stream);

void capture_stream_drop(capture_decoder *decoder, capture_stream *stream);

#endif
