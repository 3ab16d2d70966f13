/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One direction of a WebSocket connection. RFC 6455 §5, RFC 7118 §5 */
#ifndef SIPCHECK_CAPTURE_WEBSOCKET_H
#define SIPCHECK_CAPTURE_WEBSOCKET_H

#include "inflate.h"
#include "scan.h"
#include "stream.h"

struct capture_websocket {
    uint8_t *message; /* the payloads of the fragments so far */
    size_t n, allocated;
    size_t skip;   /* bytes of the current frame that are stepped over */
    bool open;     /* a fragment came, its last one did not */
    bool passing;  /* the open message is of no interest */
    bool believed; /* sip was negotiated, or seen: a broken start line is one, too */
    bool deflated; /* the open message is (RFC 7692) */
    capture_inflated inflated;
    bool lost; /* where the next frame begins is not known */
};

/* Does an opening handshake stand at p? *ret_head: its length, *ret_sip: it names the subprotocol
 * sip. MORE: it is not whole. RFC 6455 §4, RFC 7118 §4 */
enum capture_scan capture_websocket_upgrade(const uint8_t *p, size_t n, size_t *ret_head,
                                            bool *ret_sip);

/* A frame whose payload begins as a SIP message: for streams whose handshake was not captured. */
bool capture_starts_websocket(const uint8_t *p, size_t n);

/* From here on the stream is frames. False: no memory. */
bool capture_websocket_open(capture_decoder *decoder, capture_stream *stream, bool sip);

/* Take a frame from the head of bytes, or as much as can be told. Returns how many bytes were
 * taken; 0: more are needed. */
size_t capture_websocket_take(capture_decoder *decoder, capture_stream *stream,
                              const capture_path *path, sipcheck_slice bytes);

/* missing bytes will not come; kept: those of the frame before them. */
void capture_websocket_gap(capture_decoder *decoder, capture_stream *stream,
                           const capture_path *path, sipcheck_slice kept, size_t missing);

void capture_websocket_free(capture_decoder *decoder, struct capture_websocket *ws);

#endif
