/* SPDX-License-Identifier: MIT */
/* Messages out of streams, and what looks like SIP. RFC 3261 §7.5, §18.3 */
#define _GNU_SOURCE
#include "sample.h"

#include <sipcheck/message.h>

#define INVITE "INVITE sip:a@b SIP/2.0\r\nl: 3\r\n\r\n" /* 32 bytes */

static const struct {
    const char *what, *text;
    bool end;
    enum sipcheck_frame_kind kind;
    size_t length;
} frames[] = {
    { "nothing", "", false, SIPCHECK_FRAME_MORE, 0 },
    { "nothing at the end", "", true, SIPCHECK_FRAME_MORE, 0 },
    { "a message", INVITE "abc", false, SIPCHECK_FRAME_MESSAGE, 35 },
    { "a message and a half", INVITE "abcINVITE sip:", false, SIPCHECK_FRAME_MESSAGE, 35 },
    { "half a body", INVITE "ab", false, SIPCHECK_FRAME_MORE, 0 },
    { "half a body and no more", INVITE "ab", true, SIPCHECK_FRAME_MESSAGE, 34 },
    { "half of the headers", "INVITE sip:a@b SIP/2.0\r\nl: 3\r\n", false, SIPCHECK_FRAME_MORE, 0 },
    { "half of the headers and no more", "INVITE sip:a@b SIP/2.0\r\nl: 3\r\n", true,
      SIPCHECK_FRAME_MESSAGE, 30 },
    { "half a start line", "INVITE sip:a", false, SIPCHECK_FRAME_MORE, 0 },
    { "response", "SIP/2.0 200 OK\r\nContent-Length : \r\n 0\r\n\r\nSIP", false,
      SIPCHECK_FRAME_MESSAGE, 41 },
    { "no Content-Length", "SIP/2.0 200 OK\r\n\r\nabc", false, SIPCHECK_FRAME_MESSAGE, 18 },
    { "a bad Content-Length", "SIP/2.0 200 OK\r\nl: -1\r\n\r\nabc", false, SIPCHECK_FRAME_MESSAGE,
      25 },
    { "a huge Content-Length", "SIP/2.0 200 OK\r\nl: 99999999999999999999999\r\n\r\nabc", false,
      SIPCHECK_FRAME_MESSAGE, 46 },
    { "lines ended by LF", "SIP/2.0 200 OK\nl: 1\n\nabc", false, SIPCHECK_FRAME_MESSAGE, 22 },
    { "keep-alive ping", "\r\n\r\nINVITE", false, SIPCHECK_FRAME_KEEPALIVE, 4 },
    { "keep-alive pong", "\r\n", false, SIPCHECK_FRAME_KEEPALIVE, 2 },
    { "noise in front", "abc def\r\nINVITE sip:a@b SIP/2.0\r\n", false, SIPCHECK_FRAME_GARBAGE, 9 },
    { "noise whose last line may be the head of a message", "\x01\x02\r\nINVITE sip", false,
      SIPCHECK_FRAME_GARBAGE, 4 },
    { "noise without an end", "\x01\x02\x03", false, SIPCHECK_FRAME_GARBAGE, 3 },
    { "another protocol", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false, SIPCHECK_FRAME_GARBAGE, 27 },
    { "a broken start line",
      "INVITE  sip:a@b SIP/2.0 \r\nVia: SIP/2.0/TCP a\r\nCSeq: 1 A\r\nl: 0\r\n\r\nx", false,
      SIPCHECK_FRAME_MESSAGE, 65 },
    { "what a body left over that was longer than its Content-Length",
      "a=rtpmap:0 PCMU/8000\r\nACK sip:a@b SIP/2.0\r\nVia: x\r\nFrom: x\r\nTo: x\r\nl: 0\r\n\r\n",
      false, SIPCHECK_FRAME_GARBAGE, 22 },
    { "the same, whose headers have not come", "v=0\r\nVia: x\r\nFrom: x\r\nSIP/2.0 200 OK\r\nVi",
      false, SIPCHECK_FRAME_GARBAGE, 22 },
    { "a broken start line in front of a message",
      "INVITE  sip:a@b SIP/2.0\r\nVia: x\r\nCSeq: 1 A\r\n\r\nACK sip:a SIP/2.0\r\n", false,
      SIPCHECK_FRAME_MESSAGE, 46 },
};

static void the_head_of_a_stream(void **state)
{
    (void)state;
    fenced fence = fence_new(4096);
    size_t bad = 0;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        size_t n = strlen(frames[i].text);
        const uint8_t *bytes = fence_put(&fence, frames[i].text, n);
        sipcheck_frame frame = sipcheck_frame_next(bytes, n, frames[i].end);
        if (frame.kind != frames[i].kind || frame.length != frames[i].length)
            print_error("%s: %d, %zu bytes\n", frames[i].what, (int)frame.kind, frame.length),
                bad++;
    }
    fence_free(&fence);
    assert_int_equal(bad, 0);
}

static void a_content_length_tells_the_end(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool sized;
    } heads[] = {
        { "SIP/2.0 200 OK\r\nl: 0\r\n\r\n", true },
        { "SIP/2.0 200 OK\r\nl: 2\r\n\r\nab", true },
        { "SIP/2.0 200 OK\r\n\r\n", false },
        { "SIP/2.0 200 OK\r\nl: -1\r\n\r\n", false },
        { "SIP/2.0 200 OK\r\nl: 99999999999\r\n\r\n", false },
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t n = strlen(heads[i].text);
        sipcheck_frame frame = sipcheck_frame_next((const uint8_t *)heads[i].text, n, false);
        assert_int_equal(frame.kind, SIPCHECK_FRAME_MESSAGE);
        assert_int_equal(frame.length, n);
        assert_int_equal(frame.sized, heads[i].sized);
    }
}

/* However the bytes arrive, and whatever they are, a stream comes to its end. */
static void a_stream_is_framed_alike_byte_by_byte(void **state)
{
    (void)state;
    static const char stream[] = "\r\n" INVITE "abc\r\n\r\nxx\r\n" INVITE "def" INVITE "gh";
    size_t n = sizeof stream - 1, at = 0, messages = 0, garbage = 0;
    for (size_t there = 1; there <= n + 1; there++) {
        bool end = there > n;
        size_t until = end ? n : there;
        for (;;) {
            const uint8_t *bytes = (const uint8_t *)stream + at;
            sipcheck_frame frame = sipcheck_frame_next(bytes, until - at, end);
            if (frame.kind == SIPCHECK_FRAME_MORE) break;
            assert_true(frame.length > 0 && frame.length <= until - at);
            at += frame.length;
            messages += frame.kind == SIPCHECK_FRAME_MESSAGE;
            garbage += frame.kind == SIPCHECK_FRAME_GARBAGE;
        }
    }
    assert_int_equal(at, n);
    assert_int_equal(messages, 3);
    assert_int_equal(garbage, 1);
}

#define CORE "Via: SIP/2.0/UDP a\r\nFrom: <sip:a>\r\nCall-ID: 1\r\nCSeq: 1 A\r\n\r\n"

static const struct {
    const char *what, *text;
    enum sipcheck_likeness likeness;
} payloads[] = {
    { "request", "OPTIONS sip:a SIP/2.0\r\n", SIPCHECK_IS_SIP },
    { "response", "SIP/2.0 200 OK\r\n", SIPCHECK_IS_SIP },
    { "another version", "INVITE sip:a SIP/7.0\r\n", SIPCHECK_IS_SIP },
    { "CRLF in front", "\r\n\r\nINVITE sip:a SIP/2.0\r\n", SIPCHECK_IS_SIP },
    { "spaces too many", "INVITE  sip:a  SIP/2.0 \r\n" CORE, SIPCHECK_IS_SIP },
    { "no version", "INVITE sip:a\r\n" CORE, SIPCHECK_IS_SIP },
    { "a long status code", "SIP/2.0 4294967301 no\r\n" CORE, SIPCHECK_IS_SIP },
    { "a broken start line alone", "INVITE sip:a\r\n", SIPCHECK_MAYBE_SIP },
    { "headers alone", "x\r\n" CORE, SIPCHECK_MAYBE_SIP },
    { "nothing", "", SIPCHECK_NOT_SIP },
    { "keep-alive", "\r\n\r\n", SIPCHECK_NOT_SIP },
    { "SSDP", "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n", SIPCHECK_NOT_SIP },
    { "SSDP search", "M-SEARCH * HTTP/1.1\r\nST: sip:x\r\n\r\n", SIPCHECK_NOT_SIP },
    { "RTSP", "OPTIONS rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\nVia: x\r\nFrom: y\r\n\r\n",
      SIPCHECK_NOT_SIP },
    { "HTTP", "HTTP/1.1 200 OK\r\nVia: 1.1 a\r\n\r\n", SIPCHECK_NOT_SIP },
    { "MSRP", "MSRP d93kswow SEND\r\nTo-Path: msrp://a\r\n", SIPCHECK_NOT_SIP },
    { "STUN", "\x01\x01\x01\x0c!\x12\xa4\x42", SIPCHECK_NOT_SIP },
    { "RTP", "\x80\x08\x12\x34", SIPCHECK_NOT_SIP },
    { "text", "hello: world\r\n", SIPCHECK_NOT_SIP },
    { "SDP", "v=0\r\no=- 1 1 IN IP4 a\r\n", SIPCHECK_NOT_SIP },
    { "control bytes", "INVITE sip:a\x01 SIP/2.0\r\n", SIPCHECK_MAYBE_SIP },
};

static void what_looks_like_sip(void **state)
{
    (void)state;
    fenced fence = fence_new(4096);
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
        size_t n = strlen(payloads[i].text);
        const uint8_t *bytes = fence_put(&fence, payloads[i].text, n);
        int likeness = (int)sipcheck_looks_like_sip(bytes, n);
        if (likeness != (int)payloads[i].likeness) fail_msg("%s: %d", payloads[i].what, likeness);
    }
    fence_free(&fence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head_of_a_stream),
        cmocka_unit_test(a_content_length_tells_the_end),
        cmocka_unit_test(a_stream_is_framed_alike_byte_by_byte),
        cmocka_unit_test(what_looks_like_sip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
