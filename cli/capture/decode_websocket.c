/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIP in WebSocket messages. A message is a SIP message, whole or in fragments; control frames may
 * stand between those. RFC 6455 §5, RFC 7118 §5 */
#include "websocket.h"

#include <sipcheck/message.h>

#include <stdlib.h>
#include <string.h>

#define KEEP 16384 /* a larger buffer goes with its message */
#define LOOK 1024  /* of a payload, to tell whether it is SIP */

enum opcode { CONTINUATION = 0, TEXT = 1, BINARY = 2, CONTROL = 8, CLOSE = 8 };

typedef struct frame_head {
    bool fin, compressed, masked;
    uint8_t opcode;
    uint8_t mask[4];
    size_t size; /* of the head itself */
    size_t length;
} frame_head;

/* --- frames */

/* Is the length written in as few bytes as it can be? Who does not is wrong, and understood. */
static bool is_minimal(const uint8_t *p, const frame_head *h)
{
    unsigned form = p[1] & 0x7F;
    return form < 126 || h->length >= (form == 126 ? 126u : 0x10000u);
}

/* RFC 6455 §5.2. NO: no frame begins so. */
static enum capture_scan read_head(const uint8_t *p, size_t n, frame_head *h)
{
    if (n < 2) return CAPTURE_SCAN_MORE;
    size_t short_length = p[1] & 0x7F;
    size_t extra = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
    *h = (frame_head){ .fin = p[0] & 0x80,
                       .compressed = p[0] & 0x40,
                       .masked = p[1] & 0x80,
                       .opcode = p[0] & 15,
                       .size = 2 + extra + (p[1] & 0x80 ? 4u : 0u) };
    bool control = h->opcode >= CONTROL;
    if (p[0] & 0x30 || (h->opcode & 7) > BINARY) return CAPTURE_SCAN_NO;
    if (control && (!h->fin || h->compressed || short_length > 125)) return CAPTURE_SCAN_NO;
    if (n < h->size) return CAPTURE_SCAN_MORE;
    h->length = extra == 2 ? capture_u16(p + 2) : extra == 8 ? capture_u32(p + 6) : short_length;
    if (extra == 8 && capture_u32(p + 2)) return CAPTURE_SCAN_NO;
    if (h->masked) memcpy(h->mask, p + h->size - 4, 4);
    return CAPTURE_SCAN_YES;
}

static void unmask(const frame_head *h, uint8_t *to, const uint8_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[i] ^ h->mask[i & 3];
}

/* What there is of a payload looks like the head of a SIP message. n > 0 */
static enum sipcheck_likeness likeness(const frame_head *h, const uint8_t *payload, size_t n)
{
    uint8_t head[LOOK];
    if (n > h->length) n = h->length;
    if (n > sizeof head) n = sizeof head;
    unmask(h, head, payload, n);
    return n && head[0] > ' ' && head[0] < 0x7F ? sipcheck_looks_like_sip(head, n)
                                                : SIPCHECK_NOT_SIP;
}

bool capture_starts_websocket(const uint8_t *p, size_t n)
{
    frame_head h;
    if (read_head(p, n, &h) != CAPTURE_SCAN_YES || h.compressed || !is_minimal(p, &h)) return false;
    if (h.opcode != TEXT && h.opcode != BINARY) return false;
    return likeness(&h, p + h.size, n - h.size) == SIPCHECK_IS_SIP;
}

bool capture_websocket_open(capture_decoder *decoder, capture_stream *stream, bool sip)
{
    if (!stream->ws) stream->ws = calloc(1, sizeof *stream->ws);
    if (!stream->ws) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return false;
    }
    stream->ws->believed = stream->ws->believed || sip;
    stream->ws->lost = false;
    stream->state = STREAM_WEBSOCKET;
    return true;
}

void capture_websocket_free(capture_decoder *decoder, struct capture_websocket *ws)
{
    if (!ws) return;
    decoder->kept_bytes -= ws->allocated;
    free(ws->message);
    capture_inflated_free(decoder, &ws->inflated);
    free(ws);
}

/* --- messages */

static bool is_blank(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != '\r' && p[i] != '\n' && p[i] != ' ' && p[i]) return false;
    return true;
}

static void found(capture_decoder *decoder, capture_stream *stream, const capture_path *path)
{
    stream->ws->believed = true;
    if (stream->was_sip) return;
    if (!stream->from_start && !stream->decrypted) capture_note(decoder, CAPTURE_TCP_MIDSTREAM);
    capture_learn_path(decoder, path);
    stream->was_sip = true;
}

static bool reserve(capture_decoder *decoder, struct capture_websocket *ws, size_t n)
{
    size_t before = ws->allocated;
    bool grown = capture_grow(decoder, &ws->message, &ws->allocated, n);
    decoder->kept_bytes += ws->allocated - before;
    return grown;
}

static void take_message(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                         sipcheck_slice message, bool cut)
{
    struct capture_websocket *ws = stream->ws;
    const frame_head plain = { .length = message.n };
    enum sipcheck_likeness like = likeness(&plain, message.p, message.n);
    if (like == SIPCHECK_IS_SIP || (like == SIPCHECK_MAYBE_SIP && ws->believed)) {
        found(decoder, stream, path);
        capture_deliver(decoder, message, cut ? SIPCHECK_CUT : 0u, stream->origin, path,
                        stream->decrypted ? SIPCHECK_TRANSPORT_WSS : SIPCHECK_TRANSPORT_WS);
    } else if (ws->believed && !cut) {
        capture_note(decoder,
                     is_blank(message.p, message.n) ? CAPTURE_KEEPALIVES : CAPTURE_WEBSOCKET_OTHER);
    }
}

/* What came before a message that was not read is not known: what repeats it can't be read, either.
 */
static void forget_past(struct capture_websocket *ws)
{
    ws->inflated.past = ws->inflated.n = 0;
}

/* RFC 7692 §7.2.2: an empty block that ends each message is left out. */
static void take_deflated(capture_decoder *decoder, capture_stream *stream,
                          const capture_path *path, bool cut)
{
    static const uint8_t tail[] = { 0x00, 0x00, 0xFF, 0xFF };
    struct capture_websocket *ws = stream->ws;
    capture_inflated *to = &ws->inflated;
    bool fine = !cut && reserve(decoder, ws, ws->n + sizeof tail);
    if (fine) {
        memcpy(ws->message + ws->n, tail, sizeof tail);
        fine = capture_inflate(decoder, (sipcheck_slice){ ws->message, ws->n + sizeof tail }, to);
    }
    if (!fine) {
        capture_note(decoder, CAPTURE_WEBSOCKET_COMPRESSED);
        forget_past(ws);
        return;
    }
    if (to->n > to->past)
        take_message(decoder, stream, path,
                     (sipcheck_slice){ to->bytes + to->past, to->n - to->past }, false);
    capture_inflated_keep(to);
}

/* A message is whole, or nothing more of it will come. */
static void end_message(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                        bool cut)
{
    struct capture_websocket *ws = stream->ws;
    if (ws->deflated)
        take_deflated(decoder, stream, path, cut);
    else
        take_message(decoder, stream, path, (sipcheck_slice){ ws->message, ws->n }, cut);
    ws->n = 0;
    ws->open = false;
    if (ws->allocated <= KEEP) return;
    decoder->kept_bytes -= ws->allocated;
    free(ws->message);
    ws->message = NULL;
    ws->allocated = 0;
}

/* False: the rest of the message is passed over. */
static bool add_payload(capture_decoder *decoder, struct capture_websocket *ws, const frame_head *h,
                        const uint8_t *payload, size_t n)
{
    if (ws->n + n > SIPCHECK_MESSAGE_MAX) {
        if (ws->believed) capture_note(decoder, CAPTURE_TCP_TOO_BIG);
        return false;
    }
    if (!reserve(decoder, ws, ws->n + n)) return false;
    if (n) unmask(h, ws->message + ws->n, payload, n);
    ws->n += n;
    return true;
}

/* The frame begins a message, unless it goes on with one. */
static void begin_message(capture_decoder *decoder, capture_stream *stream,
                          const capture_path *path, const frame_head *h)
{
    struct capture_websocket *ws = stream->ws;
    if (h->opcode == CONTINUATION && ws->open) return;
    if (ws->open && !ws->passing) end_message(decoder, stream, path, true);
    ws->n = 0;
    ws->open = true;
    ws->deflated = h->compressed;
    ws->passing = h->opcode == CONTINUATION || (h->compressed && !ws->believed);
}

/* Nothing of a frame is kept; returns how many of the bytes there are belong to it. */
static size_t pass_over(struct capture_websocket *ws, const frame_head *h, size_t n)
{
    size_t whole = h->size + h->length, there = n < whole ? n : whole;
    ws->skip = whole - there;
    if (h->opcode < CONTROL && h->fin) ws->open = false;
    return there;
}

/* Is a frame not worth waiting for? A first one by its payload's head, further ones with it. */
static bool of_no_interest(const struct capture_websocket *ws, const frame_head *h,
                           const uint8_t *payload, size_t n)
{
    if (h->opcode >= CONTROL || h->length > SIPCHECK_MESSAGE_MAX) return true;
    if (h->opcode == CONTINUATION) return !ws->open || ws->passing;
    if (h->compressed) return !ws->believed;
    return !ws->believed && n >= 64 && likeness(h, payload, n) == SIPCHECK_NOT_SIP;
}

static void note_passed(capture_decoder *decoder, const struct capture_websocket *ws,
                        const frame_head *h)
{
    if (!ws->believed || h->opcode == CLOSE) return;
    if (h->opcode > CLOSE) capture_note(decoder, CAPTURE_KEEPALIVES);
    if (h->length > SIPCHECK_MESSAGE_MAX) capture_note(decoder, CAPTURE_TCP_TOO_BIG);
}

static size_t take_frame(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                         const frame_head *h, sipcheck_slice bytes)
{
    struct capture_websocket *ws = stream->ws;
    if (of_no_interest(ws, h, bytes.p + h->size, bytes.n - h->size)) {
        note_passed(decoder, ws, h);
        if (h->opcode < CONTROL) {
            begin_message(decoder, stream, path, h);
            ws->passing = true;
            forget_past(ws);
        }
        return pass_over(ws, h, bytes.n);
    }
    if (bytes.n - h->size < h->length) return 0;
    begin_message(decoder, stream, path, h);
    if (!add_payload(decoder, ws, h, bytes.p + h->size, h->length)) {
        ws->passing = true;
        forget_past(ws);
    }
    if (h->fin && !ws->passing) end_message(decoder, stream, path, false);
    if (h->fin) ws->open = false;
    return h->size + h->length;
}

static void lose(capture_decoder *decoder, capture_stream *stream, const capture_path *path)
{
    struct capture_websocket *ws = stream->ws;
    if (ws->open && !ws->passing && ws->n) end_message(decoder, stream, path, true);
    ws->open = false;
    ws->skip = 0;
    ws->lost = true;
    forget_past(ws);
}

/* Where frames begin is not known: a segment may begin with one. */
static size_t look_for_frame(capture_decoder *decoder, capture_stream *stream, sipcheck_slice bytes)
{
    size_t head;
    bool sip;
    if (capture_starts_websocket(bytes.p, bytes.n)) {
        stream->ws->lost = false;
        return SIZE_MAX;
    }
    if (capture_websocket_upgrade(bytes.p, bytes.n, &head, &sip) == CAPTURE_SCAN_YES) {
        capture_websocket_open(decoder, stream, sip);
        return head;
    }
    if (stream->was_sip || stream->ws->believed)
        capture_note_bytes(decoder, CAPTURE_TCP_SKIPPED, bytes.n);
    return bytes.n;
}

size_t capture_websocket_take(capture_decoder *decoder, capture_stream *stream,
                              const capture_path *path, sipcheck_slice bytes)
{
    struct capture_websocket *ws = stream->ws;
    if (ws->skip) {
        size_t n = ws->skip < bytes.n ? ws->skip : bytes.n;
        ws->skip -= n;
        return n;
    }
    if (ws->lost) {
        size_t n = look_for_frame(decoder, stream, bytes);
        if (n != SIZE_MAX) return n;
    }
    frame_head h;
    enum capture_scan verdict = read_head(bytes.p, bytes.n, &h);
    if (verdict == CAPTURE_SCAN_MORE) return 0;
    if (verdict == CAPTURE_SCAN_YES) return take_frame(decoder, stream, path, &h, bytes);
    lose(decoder, stream, path);
    return look_for_frame(decoder, stream, bytes);
}

/* What there is of a frame that lacks its end. */
static void take_partial(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                         const frame_head *h, sipcheck_slice kept)
{
    struct capture_websocket *ws = stream->ws;
    begin_message(decoder, stream, path, h);
    if (!ws->passing && add_payload(decoder, ws, h, kept.p + h->size, kept.n - h->size))
        end_message(decoder, stream, path, true);
    ws->open = !h->fin;
    ws->passing = true;
    forget_past(ws);
    ws->skip = h->size + h->length - kept.n;
}

void capture_websocket_gap(capture_decoder *decoder, capture_stream *stream,
                           const capture_path *path, sipcheck_slice kept, size_t missing)
{
    struct capture_websocket *ws = stream->ws;
    frame_head h;
    if (kept.n && read_head(kept.p, kept.n, &h) == CAPTURE_SCAN_YES)
        take_partial(decoder, stream, path, &h, kept);
    /* Where the frame ends is known, and with it where the next one begins. */
    if (ws->skip && missing <= ws->skip)
        ws->skip -= missing;
    else
        lose(decoder, stream, path);
}
