/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exported.h"
#include "hep.h"
#include "scan.h"
#include "stream.h"
#include "websocket.h"

#include <stdlib.h>
#include <string.h>

#define HOLE_MAX 65536   /* a longer gap is never inside one body that is worth bridging */
#define CREDIT_A_BYTE 64 /* how often a kept byte may be looked at again, on average */
#define CREDIT_A_FEED 4096

/* What is being read: the kept bytes, or a segment where none are kept. */
typedef struct view {
    const uint8_t *p;
    size_t n;
} view;

static void count_skipped(capture_decoder *decoder, capture_stream *stream, size_t n)
{
    if (!n) return;
    if (stream->skipping) {
        decoder->stats->counters[CAPTURE_TCP_SKIPPED].bytes += n;
        return;
    }
    capture_note_bytes(decoder, CAPTURE_TCP_SKIPPED, n);
    stream->skipping = true;
}

static void found_sip(capture_decoder *decoder, capture_stream *stream, const capture_path *path)
{
    if (!stream->was_sip && !stream->from_start && !stream->decrypted)
        capture_note(decoder, CAPTURE_TCP_MIDSTREAM);
    if (!stream->was_sip) capture_learn_path(decoder, path);
    stream->was_sip = true;
    stream->skipping = false;
    stream->state = STREAM_SIP;
}

static void advance(view *v, capture_stream *stream, size_t n)
{
    v->p += n;
    v->n -= n;
    stream->hole -= stream->hole < n ? stream->hole : n;
    stream->hole_end -= stream->hole_end < n ? stream->hole_end : n;
}

/* Hand on the first n bytes; what lies behind a hole in them is not known. */
static void deliver(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                    view *v, size_t n, bool cut)
{
    size_t whole = n;
    if (stream->hole_end && stream->hole < n) {
        whole = stream->hole;
        cut = true;
    }
    if (whole)
        capture_deliver(decoder, (sipcheck_slice){ v->p, whole },
                        SIPCHECK_STREAM | (cut ? SIPCHECK_CUT : 0u), stream->origin, path,
                        stream->decrypted ? SIPCHECK_TRANSPORT_TLS : SIPCHECK_TRANSPORT_TCP);
    advance(v, stream, n);
    if (!stream->hole && stream->hole_end) { /* the gap goes on behind the message */
        advance(v, stream, stream->hole_end);
        stream->state = STREAM_RESYNC;
    }
}

/* A message that announces more than is ever kept: it ends where another one begins. */
static void deliver_too_big(capture_decoder *decoder, capture_stream *stream,
                            const capture_path *path, view *v)
{
    capture_note(decoder, CAPTURE_TCP_TOO_BIG);
    size_t line = capture_line_length(v->p, v->n), at = v->n - line;
    enum capture_scan verdict =
        line ? capture_find_start(v->p + line, v->n - line, 0, &at) : CAPTURE_SCAN_NO;
    size_t n = line + at < SIPCHECK_MESSAGE_MAX ? line + at : SIPCHECK_MESSAGE_MAX;
    deliver(decoder, stream, path, v, n, true);
    if (verdict != CAPTURE_SCAN_YES || n != line + at) stream->state = STREAM_RESYNC;
}

/* The first bytes of a stream are no SIP: what else? */
static void start_other(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                        const view *v)
{
    bool known = capture_known_path(decoder, path);
    stream->state = STREAM_OTHER;
    if (capture_is_tls(v->p, v->n)) {
        stream->tls = known;
    } else if (known) {
        stream->state = STREAM_RESYNC;
        if (stream->from_start && !stream->counted) capture_note(decoder, CAPTURE_NOT_SIP_ON_PORT);
    }
    stream->counted = true;
}

/* What a stream begins with. Where its first bytes are known, so is that a message begins there. */
static enum capture_scan judge_start(capture_decoder *decoder, const capture_stream *stream,
                                     const capture_path *path, const view *v)
{
    if (!stream->from_start) return capture_starts_message(v->p, v->n, false);
    if (!capture_line_length(v->p, v->n) && v->n < CAPTURE_START_LINE_MAX &&
        capture_printable(v->p, v->n))
        return CAPTURE_SCAN_MORE;
    enum sipcheck_likeness likeness = sipcheck_looks_like_sip(v->p, v->n);
    bool maybe = likeness == SIPCHECK_MAYBE_SIP && capture_known_path(decoder, path);
    return likeness == SIPCHECK_IS_SIP || maybe ? CAPTURE_SCAN_YES : CAPTURE_SCAN_NO;
}

/* An opening handshake is stepped over. */
static enum capture_scan step_upgrade(capture_decoder *decoder, capture_stream *stream, view *v)
{
    size_t head;
    bool sip;
    enum capture_scan verdict = capture_websocket_upgrade(v->p, v->n, &head, &sip);
    if (verdict != CAPTURE_SCAN_YES) return verdict;
    if (!capture_websocket_open(decoder, stream, sip)) return CAPTURE_SCAN_NO;
    advance(v, stream, head);
    return verdict;
}

/* Frames of a WebSocket whose handshake was before the capture. */
static bool begins_in_websocket(capture_decoder *decoder, capture_stream *stream, const view *v)
{
    return !stream->from_start && capture_starts_websocket(v->p, v->n) &&
           capture_websocket_open(decoder, stream, true);
}

/* Returns false where more bytes are needed. */
static bool step_start(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                       view *v)
{
    while (v->n && (*v->p == '\r' || *v->p == '\n' || *v->p == 0))
        advance(v, stream, 1);
    if (!v->n) return false;
    enum capture_scan hep = capture_begins_hep(v->p, v->n);
    if (hep == CAPTURE_SCAN_YES) stream->state = STREAM_HEP;
    if (hep != CAPTURE_SCAN_NO) return hep == CAPTURE_SCAN_YES;
    enum capture_scan upgrade = step_upgrade(decoder, stream, v);
    if (upgrade != CAPTURE_SCAN_NO) return upgrade == CAPTURE_SCAN_YES;
    if (begins_in_websocket(decoder, stream, v)) return true;
    enum capture_scan verdict = judge_start(decoder, stream, path, v);
    if (verdict == CAPTURE_SCAN_YES) found_sip(decoder, stream, path);
    if (verdict == CAPTURE_SCAN_NO) start_other(decoder, stream, path, v);
    return verdict != CAPTURE_SCAN_MORE;
}

/* Is a body told of whose length nothing says? */
static bool lacks_length(const sipcheck_frame *frame, const uint8_t *p)
{
    return !frame->sized && capture_head_names(p, frame->length, SIPCHECK_HEADER_CONTENT_TYPE);
}

static bool step_sip(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                     view *v, bool end, bool cut)
{
    size_t most = v->n < SIPCHECK_MESSAGE_MAX ? v->n : SIPCHECK_MESSAGE_MAX;
    sipcheck_frame frame = sipcheck_frame_next(v->p, most, end && most == v->n);
    size_t length = frame.length < most ? frame.length : most;
    switch (frame.kind) {
    case SIPCHECK_FRAME_MORE:
        if (v->n < SIPCHECK_MESSAGE_MAX) return false;
        deliver_too_big(decoder, stream, path, v);
        return true;
    case SIPCHECK_FRAME_MESSAGE:
        deliver(decoder, stream, path, v, length,
                (cut && length == v->n) || (!end && lacks_length(&frame, v->p)));
        return true;
    case SIPCHECK_FRAME_KEEPALIVE:
        capture_note(decoder, CAPTURE_KEEPALIVES);
        advance(v, stream, length ? length : 1);
        return true;
    case SIPCHECK_FRAME_GARBAGE:
        break;
    }
    count_skipped(decoder, stream, length ? length : 1);
    advance(v, stream, length ? length : 1);
    return true;
}

static bool step_resync(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                        view *v, size_t segment)
{
    size_t at;
    if (!stream->was_sip && !segment && begins_in_websocket(decoder, stream, v)) return true;
    enum capture_scan verdict = capture_find_start(v->p, v->n, segment, &at);
    if (stream->was_sip) count_skipped(decoder, stream, at);
    advance(v, stream, at);
    if (verdict != CAPTURE_SCAN_YES) return false;
    found_sip(decoder, stream, path);
    return true;
}

/* Without its SYN a stream may have begun anywhere; with it, what it is was seen at its start. HTTP
 * may become WebSocket later on. */
static bool step_other(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                       view *v)
{
    if (!stream->from_start && capture_starts_message(v->p, v->n, false) == CAPTURE_SCAN_YES) {
        found_sip(decoder, stream, path);
        return true;
    }
    if (begins_in_websocket(decoder, stream, v)) return true;
    if (step_upgrade(decoder, stream, v) == CAPTURE_SCAN_YES) return true;
    if (capture_begins_hep(v->p, v->n) == CAPTURE_SCAN_YES) {
        stream->state = STREAM_HEP;
        return true;
    }
    advance(v, stream, v->n);
    return false;
}

/* end: what is missing of the last packet will not come. */
static bool step_hep(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                     view *v, bool end)
{
    enum capture_scan verdict = capture_begins_hep(v->p, v->n);
    if (verdict == CAPTURE_SCAN_MORE && !end) return false;
    if (verdict != CAPTURE_SCAN_YES) {
        stream->state = STREAM_OTHER;
        return true;
    }
    size_t length = capture_hep_length(v->p), there = length < v->n ? length : v->n;
    if (length > there && !end) return false;
    stream->was_sip = true;
    capture_hep(decoder, path, (capture_span){ v->p, there, length }, stream->origin);
    advance(v, stream, there);
    return true;
}

static bool step_websocket(capture_decoder *decoder, capture_stream *stream,
                           const capture_path *path, view *v)
{
    size_t n = capture_websocket_take(decoder, stream, path, (sipcheck_slice){ v->p, v->n });
    advance(v, stream, n);
    return n > 0;
}

/* Take from v what can be told. segment: where in v the newest bytes begin. */
static void work(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                 view *v, size_t segment, bool end, bool cut)
{
    const uint8_t *first = v->p;
    bool go_on = true;
    while (v->n && go_on && !decoder->stopped) {
        size_t done = (size_t)(v->p - first);
        size_t here = segment > done ? segment - done : 0;
        switch ((enum stream_state)stream->state) {
        case STREAM_START:
            go_on = step_start(decoder, stream, path, v);
            break;
        case STREAM_SIP:
            go_on = step_sip(decoder, stream, path, v, end, cut);
            break;
        case STREAM_RESYNC:
            go_on = step_resync(decoder, stream, path, v, here);
            break;
        case STREAM_OTHER:
            go_on = step_other(decoder, stream, path, v);
            break;
        case STREAM_WEBSOCKET:
            go_on = step_websocket(decoder, stream, path, v);
            break;
        case STREAM_HEP:
            go_on = step_hep(decoder, stream, path, v, end);
            break;
        }
        if (v->p - first >= (ptrdiff_t)segment) stream->origin = stream->newest;
    }
}

/* What is left of the kept bytes is kept; a large buffer that is empty is not. */
static void keep_rest(capture_decoder *decoder, capture_stream *stream, const view *v)
{
    if (v->n && v->p != stream->bytes) memmove(stream->bytes, v->p, v->n);
    stream->n = v->n;
    if (!stream->n && stream->allocated > 16384) capture_stream_release(decoder, stream);
    if (!stream->n) stream->credit = 0;
}

static void work_on_kept(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                         size_t segment, bool end, bool cut)
{
    view v = { stream->bytes, stream->n };
    work(decoder, stream, path, &v, segment, end, cut);
    keep_rest(decoder, stream, &v);
}

/* missing: bytes that are not there behind those that are kept. */
static void flush_websocket(capture_decoder *decoder, capture_stream *stream,
                            const capture_path *path, size_t missing)
{
    capture_websocket_gap(decoder, stream, path, (sipcheck_slice){ stream->bytes, stream->n },
                          missing);
    stream->n = stream->credit = 0;
}

/* Everything that is kept goes out, for nothing will follow it. */
static void flush(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                  bool cut)
{
    if (stream->n) work_on_kept(decoder, stream, path, stream->n, false, false);
    if (stream->ws) {
        flush_websocket(decoder, stream, path, SIZE_MAX);
        return;
    }
    if (!stream->n) return;
    work_on_kept(decoder, stream, path, stream->n, true, cut);
    if (stream->was_sip || (stream->n && capture_known_path(decoder, path)))
        count_skipped(decoder, stream, stream->n);
    stream->n = stream->hole = stream->hole_end = stream->credit = 0;
}

/* The bytes that follow do not belong to those that are kept. */
static void lose_track(capture_decoder *decoder, capture_stream *stream, const capture_path *path)
{
    flush(decoder, stream, path, true);
    if (stream->state == STREAM_SIP) stream->state = STREAM_RESYNC;
    if (stream->state == STREAM_HEP) stream->state = STREAM_OTHER;
    if (stream->state == STREAM_START) stream->from_start = false;
}

/* The kept bytes are looked at again only as often as their number allows, so that a message in
 * many tiny segments costs no more than its length. */
static void feed_kept(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                      sipcheck_slice bytes)
{
    size_t segment = stream->n;
    if (!capture_stream_append(decoder, stream, bytes.p, bytes.n)) {
        lose_track(decoder, stream, path);
        return;
    }
    stream->credit += CREDIT_A_BYTE * bytes.n + CREDIT_A_FEED;
    if (stream->credit < stream->n && stream->n < SIPCHECK_MESSAGE_MAX) return;
    stream->credit -= stream->credit < stream->n ? stream->credit : stream->n;
    work_on_kept(decoder, stream, path, segment, false, false);
}

void capture_stream_feed(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                         sipcheck_slice bytes, capture_origin origin)
{
    stream->newest = origin;
    capture_tell_stream(decoder, CAPTURE_PART_STREAM, path, origin);
    if (!stream->n || origin.ns >= stream->origin.ns) stream->origin = origin;
    if (stream->n) {
        feed_kept(decoder, stream, path, bytes);
        return;
    }
    view v = { bytes.p, bytes.n };
    work(decoder, stream, path, &v, 0, false, false);
    if (v.n && !capture_stream_append(decoder, stream, v.p, v.n)) lose_track(decoder, stream, path);
}

static bool has_whole_head(const capture_stream *stream)
{
    return capture_contains(stream->bytes, stream->n, "\r\n\r\n") ||
           capture_contains(stream->bytes, stream->n, "\n\n");
}

void capture_stream_gap(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                        size_t missing)
{
    if (stream->was_sip || (stream->ws && stream->ws->believed))
        capture_note_bytes(decoder, CAPTURE_TCP_GAPS, missing);
    if (stream->state == STREAM_OTHER) { /* TLS, perhaps: what comes decrypted has the same gap */
        stream->from_start = false;
        capture_secret_gap(decoder, path);
    }
    if (stream->ws) {
        if (stream->n) work_on_kept(decoder, stream, path, stream->n, false, false);
        flush_websocket(decoder, stream, path, missing);
        return;
    }
    /* Behind a whole head the length of the body is known, and with it the next start. */
    if (stream->state == STREAM_SIP && missing <= HOLE_MAX && has_whole_head(stream)) {
        size_t hole = stream->hole_end ? stream->hole : stream->n;
        if (capture_stream_append(decoder, stream, NULL, missing)) {
            stream->hole = hole;
            stream->hole_end = stream->n;
            work_on_kept(decoder, stream, path, stream->n, false, false);
            return;
        }
    }
    lose_track(decoder, stream, path);
}

void capture_stream_end(capture_decoder *decoder, capture_stream *stream, const capture_path *path,
                        bool clean)
{
    flush(decoder, stream, path, !clean);
    capture_stream_drop(decoder, stream);
}

void capture_stream_drop(capture_decoder *decoder, capture_stream *stream)
{
    capture_stream_release(decoder, stream);
    capture_websocket_free(decoder, stream->ws);
    *stream = (capture_stream){ 0 };
}
