/* SPDX-License-Identifier: MIT */
/* SIP over WebSocket, made by hand: handshakes, frames, fragments, and what is no such thing. */
#include "bed.h"

#include <stdio.h>

#define SYN 2
#define ACK 16
#define FIN_TEXT 0x81
#define FIN_BINARY 0x82
#define TEXT 0x01
#define MORE 0x00
#define LAST 0x80
#define PING 0x89
#define DEFLATED 0xC1

static const char request[] =
    "GET /chat HTTP/1.1\r\nHost: a\r\nUPGRADE: WebSocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: msrp, sip\r\n\r\n";
static const char answer[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
static const char without_sip[] =
    "GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sipx, xsip\r\n\r\n";

/* One connection: what is sent is put behind what was sent. */
typedef struct link {
    bed *b;
    uint32_t sent;
} link;

static link link_new(bool with_syn)
{
    link l = { bed_new(NULL), 1 };
    uint8_t frame[100];
    if (with_syn)
        bed_frame(l.b, CAPTURE_LINK_IP, frame,
                  bed_ipv4(frame, 6, 1, 2, frame, bed_tcp(frame, 33000, 8443, 0, 0, SYN, "", 0)));
    return l;
}

static void link_send(link *l, const void *bytes, size_t n)
{
    uint8_t *frame = malloc(n + 100);
    size_t length = bed_tcp(frame, 33000, 8443, l->sent, 1, ACK, bytes, n);
    bed_frame(l->b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 1, 2, frame, length));
    l->sent += (uint32_t)n;
    free(frame);
}

static void link_done(link *l)
{
    capture_decoder_finish(l->b->decoder);
    bed_free(l->b);
}

/* A frame of RFC 6455 §5.2. */
static size_t ws_frame(uint8_t *out, uint8_t first, bool masked, const void *payload, size_t n)
{
    static const uint8_t mask[4] = { 0x12, 0xF0, 0x0D, 0x80 };
    size_t at = 0;
    out[at++] = first;
    out[at++] = (uint8_t)((masked ? 0x80 : 0) | (n < 126 ? n : n < 65536 ? 126 : 127));
    int bytes = n < 126 ? 0 : n < 65536 ? 2 : 8;
    for (int i = bytes - 1; i >= 0; i--)
        out[at++] = (uint8_t)((uint64_t)n >> (8 * i));
    if (masked) memcpy(out + at, mask, 4), at += 4;
    for (size_t i = 0; i < n; i++)
        out[at + i] = ((const uint8_t *)payload)[i] ^ (masked ? mask[i & 3] : 0);
    return at + n;
}

static void assert_message(const bed_message *m, const char *sip, size_t n, bool cut)
{
    assert_int_equal(m->n, n);
    assert_memory_equal(m->bytes, sip, n);
    assert_int_equal(m->flags, cut ? SIPCHECK_CUT : 0);
    assert_int_equal(m->transport, SIPCHECK_TRANSPORT_WS);
}

/* The handshake and three messages: masked text, in fragments with a ping between, binary. */
static size_t make_stream(uint8_t *out, const char *sip)
{
    size_t n = sizeof request - 1;
    memcpy(out, request, n);
    n += ws_frame(out + n, FIN_TEXT, true, sip, 100);
    n += ws_frame(out + n, TEXT, true, sip + 100, 10);
    n += ws_frame(out + n, PING, true, "hello", 5);
    n += ws_frame(out + n, MORE, true, sip + 110, 60);
    n += ws_frame(out + n, LAST, true, sip + 170, 30);
    n += ws_frame(out + n, FIN_BINARY, true, sip + 200, 200);
    return n + ws_frame(out + n, FIN_TEXT, true, "\r\n\r\n", 4);
}

static void make_messages(char sip[400])
{
    bed_sip(sip, 100, 'a');
    bed_sip(sip + 100, 100, 'b');
    bed_sip(sip + 200, 200, 'c');
}

static void assert_three(const bed *b, const char *sip)
{
    assert_int_equal(b->count, 3);
    assert_message(&b->got[0], sip, 100, false);
    assert_message(&b->got[1], sip + 100, 100, false);
    assert_message(&b->got[2], sip + 200, 200, false);
    assert_int_equal(bed_count(b, CAPTURE_KEEPALIVES), 2);
}

static void split_anywhere(void **state)
{
    (void)state;
    char sip[400];
    uint8_t stream[1000];
    make_messages(sip);
    size_t n = make_stream(stream, sip);
    for (size_t at = 0; at <= n; at++) {
        link l = link_new(true);
        if (at) link_send(&l, stream, at);
        if (at < n) link_send(&l, stream + at, n - at);
        assert_three(l.b, sip);
        link_done(&l);
    }
    link l = link_new(true);
    for (size_t i = 0; i < n; i++)
        link_send(&l, stream + i, 1);
    assert_three(l.b, sip);
    link_done(&l);
}

/* What there is of each prefix comes out, whole messages as whole, the last as cut. */
static void every_prefix(void **state)
{
    (void)state;
    char sip[400];
    uint8_t stream[1000];
    make_messages(sip);
    size_t n = make_stream(stream, sip);
    for (size_t at = 1; at < n; at++) {
        link l = link_new(true);
        link_send(&l, stream, at);
        capture_decoder_finish(l.b->decoder);
        size_t expected = 0;
        for (size_t i = 0; i < l.b->count; i++) {
            const bed_message *m = &l.b->got[i];
            assert_memory_equal(m->bytes, sip + expected, m->n);
            assert_int_equal(m->flags, m->n < (i < 2 ? 100u : 200u) ? SIPCHECK_CUT : 0);
            expected += 100;
        }
        bed_free(l.b);
    }
}

static void servers_do_not_mask(void **state)
{
    (void)state;
    char sip[70000];
    uint8_t stream[70100];
    bed_sip(sip, 70000, 'a');
    memcpy(stream, answer, sizeof answer - 1);
    size_t n = sizeof answer - 1;
    n += ws_frame(stream + n, FIN_TEXT, false, sip, 70000);
    link l = link_new(true);
    for (size_t at = 0; at < n; at += 1400)
        link_send(&l, stream + at, n - at < 1400 ? n - at : 1400);
    assert_int_equal(l.b->count, 1);
    assert_message(&l.b->got[0], sip, 70000, false);
    assert_int_equal(l.b->got[0].frame, l.b->frame);
    link_done(&l);
}

static void the_handshake_was_not_captured(void **state)
{
    (void)state;
    char sip[400];
    uint8_t stream[500];
    make_messages(sip);
    for (int masked = 0; masked < 2; masked++) {
        link l = link_new(false);
        link_send(&l, "\x89\x00", 2);
        link_send(&l, stream, ws_frame(stream, FIN_TEXT, masked, sip, 100));
        link_send(&l, stream, ws_frame(stream, FIN_TEXT, masked, "SIP/2.0", 7));
        assert_int_equal(l.b->count, 2);
        assert_message(&l.b->got[0], sip, 100, false);
        assert_int_equal(bed_count(l.b, CAPTURE_TCP_MIDSTREAM), 1);
        link_done(&l);
    }
}

/* The other direction has spoken SIP already, so that this one is no stranger. */
static void the_answers_begin_without_handshake(void **state)
{
    (void)state;
    char sip[400];
    uint8_t stream[500], frame[600];
    make_messages(sip);
    link l = link_new(false);
    link_send(&l, stream, ws_frame(stream, FIN_TEXT, true, sip, 100));
    for (unsigned i = 0; i < 2; i++) {
        size_t n = ws_frame(stream, FIN_TEXT, false, sip + 100, 100);
        n = bed_tcp(frame, 8443, 33000, 1 + i * (uint32_t)n, 109, ACK, stream, n);
        bed_frame(l.b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 2, 1, frame, n));
    }
    assert_int_equal(l.b->count, 3);
    assert_message(&l.b->got[1], sip + 100, 100, false);
    link_done(&l);
}

/* RFC 6455 §5.2 wants the shortest; what was meant is clear all the same. */
static void lengths_may_be_longer_than_they_need_to(void **state)
{
    (void)state;
    char sip[400];
    uint8_t stream[500] = { FIN_TEXT, 127, 0, 0, 0, 0, 0, 0, 0, 100 };
    make_messages(sip);
    link l = link_new(true);
    link_send(&l, answer, sizeof answer - 1);
    memcpy(stream + 10, sip, 100);
    link_send(&l, stream, 110);
    memcpy(stream, "\x81\x7E\x00\x64", 4);
    memcpy(stream + 4, sip + 100, 100);
    link_send(&l, stream, 104);
    assert_int_equal(l.b->count, 2);
    assert_message(&l.b->got[1], sip + 100, 100, false);
    link_done(&l);
}

/* A start line that is broken is believed where sip was negotiated; other content is counted. */
static void other_content(void **state)
{
    (void)state;
    static const char broken[] = "OPTIONS sip:a@b\r\nVia: x\r\n\r\n";
    uint8_t stream[500];
    link l = link_new(true);
    link_send(&l, request, sizeof request - 1);
    link_send(&l, stream, ws_frame(stream, FIN_TEXT, true, broken, sizeof broken - 1));
    link_send(&l, stream, ws_frame(stream, FIN_TEXT, true, "{\"a\":1}", 7));
    assert_int_equal(l.b->count, 1);
    assert_int_equal(bed_count(l.b, CAPTURE_WEBSOCKET_OTHER), 1);
    link_done(&l);
}

static void connections_for_something_else_are_silent(void **state)
{
    (void)state;
    char sip[400];
    uint8_t stream[70100];
    uint8_t *junk = calloc(1, 70000);
    make_messages(sip);
    link l = link_new(true);
    link_send(&l, without_sip, sizeof without_sip - 1);
    size_t n = ws_frame(stream, FIN_BINARY, true, junk, 70000);
    for (size_t at = 0; at < n; at += 1400)
        link_send(&l, stream + at, n - at < 1400 ? n - at : 1400);
    link_send(&l, stream, ws_frame(stream, FIN_TEXT, true, "{\"a\":1}", 7));
    link_send(&l, stream, ws_frame(stream, PING, true, "", 0));
    assert_int_equal(l.b->count, 0);
    for (int id = 0; id < CAPTURE_COUNTER_COUNT; id++)
        assert_int_equal(l.b->stats.counters[id].count, 0);
    link_send(&l, stream, ws_frame(stream, FIN_TEXT, true, sip, 100)); /* after all */
    assert_int_equal(l.b->count, 1);
    free(junk);
    link_done(&l);
}

/* A block that is stored and the begin of an empty one, whose end RFC 7692 leaves out. */
static size_t deflated(uint8_t *out, const char *sip, uint8_t n)
{
    memcpy(out, (const uint8_t[]){ 0, n, 0, (uint8_t)~n, 0xFF }, 5);
    memcpy(out + 5, sip, n);
    out[5 + n] = 0;
    return 6u + n;
}

static void compressed_is_read(void **state)
{
    (void)state;
    char sip[400];
    uint8_t stream[500], packed[200];
    make_messages(sip);
    link l = link_new(true);
    link_send(&l, request, sizeof request - 1);
    size_t n = deflated(packed, sip, 100);
    link_send(&l, stream, ws_frame(stream, DEFLATED, true, packed, n));
    n = deflated(packed, sip + 100, 100);
    link_send(&l, stream, ws_frame(stream, DEFLATED & 0x7F, true, packed, 50));
    link_send(&l, stream, ws_frame(stream, LAST, true, packed + 50, n - 50));
    assert_int_equal(l.b->count, 2);
    assert_message(&l.b->got[0], sip, 100, false);
    assert_message(&l.b->got[1], sip + 100, 100, false);
    assert_int_equal(bed_count(l.b, CAPTURE_WEBSOCKET_COMPRESSED), 0);
    link_done(&l);
}

static void compressed_is_counted(void **state)
{
    (void)state;
    char sip[400];
    uint8_t stream[500];
    make_messages(sip);
    link l = link_new(true);
    link_send(&l, request, sizeof request - 1);
    link_send(&l, stream, ws_frame(stream, DEFLATED & 0x7F, true, "\x4A\x4A", 2));
    link_send(&l, stream, ws_frame(stream, LAST, true, "\x4A\x4A", 2));
    link_send(&l, stream, ws_frame(stream, FIN_TEXT, true, sip, 100));
    assert_int_equal(bed_count(l.b, CAPTURE_WEBSOCKET_COMPRESSED), 1);
    assert_int_equal(l.b->count, 1);
    link_done(&l);
}

/* [0,at) of two messages in frames of 108 bytes was captured, `missing` bytes were not. */
static void lose(size_t at, size_t missing, const char *sip, link *l)
{
    uint8_t stream[500];
    link_send(l, request, sizeof request - 1);
    size_t n = ws_frame(stream, FIN_TEXT, true, sip, 100);
    n += ws_frame(stream + n, FIN_TEXT, true, sip + 100, 100);
    link_send(l, stream, at);
    l->sent += (uint32_t)missing;
    link_send(l, stream + at + missing, n - at - missing);
    n = ws_frame(stream, FIN_TEXT, true, sip + 200, 200);
    link_send(l, stream, n);
    capture_decoder_finish(l->b->decoder);
}

static void bytes_that_are_missing(void **state)
{
    (void)state;
    static const struct {
        size_t at, missing, count, first; /* messages, and bytes of the first of them */
    } cases[] = {
        { 90, 10, 3, 84 },  /* within a frame: the next one begins where its head said */
        { 90, 16, 3, 84 },  /* up to its end */
        { 90, 30, 2, 84 },  /* beyond it: the next segment that begins with one is taken */
        { 106, 60, 2, 100 } /* from the very begin of a frame */
    };
    char sip[400];
    make_messages(sip);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        link l = link_new(true);
        lose(cases[i].at, cases[i].missing, sip, &l);
        assert_int_equal(l.b->count, cases[i].count);
        assert_message(&l.b->got[0], sip, cases[i].first, cases[i].first < 100);
        assert_message(&l.b->got[l.b->count - 1], sip + 200, 200, false);
        assert_int_equal(bed_count(l.b, CAPTURE_TCP_GAPS), 1);
        bed_free(l.b);
    }
}

static void heads_that_no_frame_has(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } cases[] = {
        { "\x83\x00", 2 },         /* reserved opcodes */
        { "\x8B\x00", 2 },         /* */
        { "\xA1\x00", 2 },         /* RSV2 */
        { "\x09\x00", 2 },         /* a ping in fragments */
        { "\x89\x7E\x01\x00", 4 }, /* a ping too long */
        { "\x81\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10 },
    };
    char sip[400];
    uint8_t stream[500];
    make_messages(sip);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        link l = link_new(true);
        link_send(&l, request, sizeof request - 1);
        link_send(&l, stream, ws_frame(stream, FIN_TEXT, true, sip, 100));
        link_send(&l, cases[i].bytes, cases[i].n);
        link_send(&l, stream, ws_frame(stream, FIN_TEXT, true, sip + 100, 100));
        assert_int_equal(l.b->count, 2);
        assert_int_equal(bed_count(l.b, CAPTURE_TCP_SKIPPED), 1);
        link_done(&l);
    }
}

/* A frame or a message beyond the limit is counted; what follows it is read. */
static void too_long(void **state)
{
    (void)state;
    enum { PIECE = 65000 };
    char sip[400];
    uint8_t *stream = calloc(1, 70000);
    make_messages(sip);
    link l = link_new(true);
    link_send(&l, request, sizeof request - 1);
    link_send(&l, "\x81\x7F\0\0\0\0\0\x20\0\0", 10);
    for (int i = 0; i < 32; i++)
        link_send(&l, stream, 65536 - 100);
    link_send(&l, stream, 3200);
    assert_int_equal(bed_count(l.b, CAPTURE_TCP_TOO_BIG), 1);
    for (int i = 0; i < 20; i++)
        link_send(&l, stream, ws_frame(stream, i ? MORE : TEXT, false, stream + 20, PIECE));
    assert_int_equal(bed_count(l.b, CAPTURE_TCP_TOO_BIG), 2);
    link_send(&l, stream, ws_frame(stream, LAST, false, "", 0));
    link_send(&l, stream, ws_frame(stream, FIN_TEXT, false, sip, 100));
    assert_int_equal(l.b->count, 1);
    free(stream);
    link_done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split_anywhere),
        cmocka_unit_test(every_prefix),
        cmocka_unit_test(servers_do_not_mask),
        cmocka_unit_test(the_handshake_was_not_captured),
        cmocka_unit_test(the_answers_begin_without_handshake),
        cmocka_unit_test(lengths_may_be_longer_than_they_need_to),
        cmocka_unit_test(other_content),
        cmocka_unit_test(connections_for_something_else_are_silent),
        cmocka_unit_test(compressed_is_read),
        cmocka_unit_test(compressed_is_counted),
        cmocka_unit_test(bytes_that_are_missing),
        cmocka_unit_test(heads_that_no_frame_has),
        cmocka_unit_test(too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
