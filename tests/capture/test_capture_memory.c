/* SPDX-License-Identifier: MIT */
/* The Nth allocation fails, for every N: nothing breaks, and what could not be judged is counted.
 * Linked with malloc, calloc and realloc wrapped. */
#include "bed.h"
#include "decode_text.h"
#include "decoder.h"

/* NOLINTBEGIN(bugprone-reserved-identifier): the names that the linker asks for. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static unsigned fails_in; /* 1: the next one; 0: none */
static bool failed;

static bool fails(void)
{
    bool now = fails_in == 1;
    failed = failed || now;
    if (fails_in) fails_in--;
    return now;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails() ? NULL : __real_realloc(block, size);
}

/* NOLINTEND(bugprone-reserved-identifier) */

static bool ignore(void *user, const sipcheck_packet *packet, unsigned source)
{
    (void)user;
    (void)source;
    (void)packet;
    return true;
}

static void decode(capture_decoder *decoder, uint64_t frame, const uint8_t *p, size_t n)
{
    capture_frame f = { p, n, n, frame * 1000, { frame, 0 }, CAPTURE_LINK_IP };
    capture_decode(decoder, &f);
}

/* A message in two chunks of SCTP. */
static void run_sctp(capture_decoder *decoder)
{
    char text[200];
    uint8_t frame[300];
    bed_sip(text, 200, 's');
    for (uint8_t last = 0; last < 2; last++) {
        uint8_t head[28] = { 0x13, 0xC4, 0x13, 0xC4, [13] = last ? 1 : 2, [15] = 116, [19] = last };
        memcpy(frame, head, 28);
        memcpy(frame + 28, text + (size_t)100 * last, 100);
        decode(decoder, 20u + last, frame, bed_ipv4(frame, 132, 1, 2, frame, 128));
    }
}

/* One message in two WebSocket frames, from the server. */
static void run_websocket(capture_decoder *decoder)
{
    static const char answer[] = "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\n"
                                 "Sec-WebSocket-Protocol: sip\r\n\r\n";
    char text[200];
    uint8_t frame[400], bytes[300];
    bed_sip(text, 200, 'w');
    size_t n = bed_tcp(frame, 80, 33001, 1, 1, 16, answer, sizeof answer - 1);
    decode(decoder, 30, frame, bed_ipv4(frame, 6, 1, 2, frame, n));
    for (uint8_t last = 0; last < 2; last++) {
        bytes[0] = last ? 0x80 : 0x01;
        bytes[1] = 100;
        memcpy(bytes + 2, text + (size_t)100 * last, 100);
        n = bed_tcp(frame, 80, 33001, (uint32_t)(sizeof answer + 102u * last), 1, 16, bytes, 102);
        decode(decoder, 31u + last, frame, bed_ipv4(frame, 6, 1, 2, frame, n));
    }
}

/* One message of HEP version 1, one exported, one out of two TLS records. */
static void run_wrapped(capture_decoder *decoder)
{
    static const uint8_t hep[16] = {
        1, 16, 2, 17, 0x13, 0xC5, 0x13, 0xC4, 10, 0, 0, 5, 10, 0, 0, 6
    };
    static const uint8_t tags[] = { 0, 24, 0, 4, 0, 0, 0, 2, 0, 0, 0, 0 };
    char text[200];
    uint8_t frame[400], bytes[300];
    bed_sip(text, 200, 'h');
    memcpy(bytes, hep, 16);
    memcpy(bytes + 16, text, 200);
    size_t n = bed_udp(frame, 9060, 9060, bytes, 216);
    decode(decoder, 40, frame, bed_ipv4(frame, 17, 1, 2, frame, n));
    bed_sip(text, 200, 'e');
    memcpy(bytes, tags, sizeof tags);
    memcpy(bytes + sizeof tags, text, 200);
    capture_frame f = { bytes, 212, 212, 50000, { 50, 0 }, CAPTURE_LINK_EXPORTED };
    capture_decode(decoder, &f);
    for (size_t i = 0; i < 2; i++) {
        memcpy(bytes + sizeof tags, text + 100 * i, 100);
        f = (capture_frame){ bytes, 112, 112, 51000, { 51, 0 }, CAPTURE_LINK_DECRYPTED };
        capture_decode(decoder, &f);
    }
}

static void run_text(capture_decoder *decoder)
{
    static const char log[] = "OPTIONS sip:a@b SIP/2.0\nVia: x\nl: 0\n\n";
    capture_text *text = capture_text_new(decoder, 0);
    if (!text) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return;
    }
    capture_text_feed(text, (const uint8_t *)log, sizeof log - 1);
    capture_text_end(text);
    capture_text_free(text);
}

/* A fragmented datagram, and a stream of three messages with a segment that comes early. */
static void run_scenario(capture_decoder *decoder)
{
    static const unsigned parts[][2] = {
        { 0, 30 }, { 70, 150 }, { 30, 70 }, { 150, 240 }, { 240, 300 }
    };
    char text[300];
    uint8_t frame[600], datagram[300];
    bed_sip(text, 280, 'x');
    bed_udp(datagram, 7000, 7001, text, 280);
    decode(decoder, 1, frame, bed_ipv4_fragment(frame, 1, 0, true, datagram, 200));
    decode(decoder, 2, frame, bed_ipv4_fragment(frame, 1, 200, false, datagram + 200, 88));
    for (size_t i = 0; i < 3; i++)
        bed_sip(text + 100 * i, 100, (char)('a' + i));
    for (unsigned i = 0; i < 5; i++) {
        unsigned from = parts[i][0], to = parts[i][1];
        size_t n = bed_tcp(frame, 33000, 5060, from, 1, 16, text + from, to - from);
        decode(decoder, 3 + i, frame, bed_ipv4(frame, 6, 1, 2, frame, n));
    }
    run_sctp(decoder);
    run_websocket(decoder);
    run_wrapped(decoder);
    run_text(decoder);
    capture_decoder_finish(decoder);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    unsigned n = 0;
    do {
        capture_stats stats = { 0 };
        failed = false;
        fails_in = ++n;
        capture_decoder *decoder = capture_decoder_new(NULL, &stats, ignore, NULL);
        assert_true(decoder || failed);
        if (decoder) run_scenario(decoder);
        capture_decoder_free(decoder);
        fails_in = 0;
        bool all = stats.counters[CAPTURE_MESSAGES].count == 10 &&
                   !stats.counters[CAPTURE_CUT_MESSAGES].count;
        assert_true(!decoder || all || stats.counters[CAPTURE_NO_MEMORY].count);
        assert_true(failed || all);
    } while (failed);
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation_may_fail) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
