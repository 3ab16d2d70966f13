/* SPDX-License-Identifier: MIT */
/* TCP of which something is missing: no message is made up, and a gap is given up. */
#include "tcp.h"

#include <stdio.h>

/* Four messages; the bodies of two hold what looks like a start of one. Returns the length. */
static size_t tricky_stream(char *out, size_t at[5])
{
    static const char *const messages[] = {
        "INVITE sip:a@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nl: 7\r\n\r\nv=0\r\no=",
        "NOTIFY sip:a@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK2\r\nl: 33\r\n\r\n"
        "SIP/2.0 100 Trying\r\nSIP/2.0 200\r\n",
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK3\r\nl: 0\r\n\r\n",
        "MESSAGE sip:a@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK4\r\nl: 28\r\n\r\n"
        "BYE sip:b@h SIP/2.0\r\n\r\nhello",
    };
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        at[i] = n;
        size_t length = strlen(messages[i]);
        memcpy(out + n, messages[i], length);
        n += length;
    }
    at[4] = n;
    return n;
}

/* Is it a message as it was sent, or, cut, the head of one? */
static bool was_sent(const bed_message *m, const char *stream, const size_t at[5])
{
    for (size_t i = 0; i < 4; i++) {
        size_t length = at[i + 1] - at[i];
        bool cut = m->flags & SIPCHECK_CUT;
        if ((cut ? m->n <= length : m->n == length) && memcmp(m->bytes, stream + at[i], m->n) == 0)
            return true;
    }
    return false;
}

/* Whatever is lost, no message comes out that nobody sent. */
static void loss_makes_up_no_message(void **state)
{
    (void)state;
    char stream[1000];
    size_t at[5], length = tricky_stream(stream, at);
    uint32_t random = 7;
    for (unsigned round = 0; round < 3000; round++) {
        bed *b = bed_new(NULL);
        unsigned lost = 0;
        if (round % 4) send_segment(b, 0, 'S', 0, 0, 0, stream);
        for (unsigned from = 0, to; from < length; from = to) {
            to = from + 1 + next_random(&random) % (1 + round % 150);
            if (to > length) to = (unsigned)length;
            if (next_random(&random) % 5)
                send_segment(b, 0, 'd', from, to, next_random(&random) % 5 ? 0 : (to - from) / 2,
                             stream);
            else
                lost++;
        }
        capture_decoder_finish(b->decoder);
        for (size_t i = 0; i < b->count; i++) {
            if (!was_sent(&b->got[i], stream, at))
                print_error("round %u, frame %u, flags %u: [%s]\n", round,
                            (unsigned)b->got[i].frame, b->got[i].flags,
                            (const char *)b->got[i].bytes);
            assert_true(was_sent(&b->got[i], stream, at));
        }
        if (!lost && !bed_count(b, CAPTURE_CUT_FRAMES)) assert_int_equal(b->count, 4);
        bed_free(b);
    }
}

static void a_gap_is_given_up_once_the_receiver_has_it(void **state)
{
    (void)state;
    char stream[300];
    make_stream(stream);
    bed *b = bed_new(NULL);
    send_segment(b, 0, 'S', 0, 0, 0, stream);
    send_segment(b, 0, 'd', 100, 200, 0, stream);
    for (unsigned i = 0; i < 40; i++)
        send_segment(b, 0, 'a', 0, 0, 0, stream);
    assert_int_equal(b->count, 0); /* it may still come */
    for (unsigned i = 0; i < 40; i++)
        send_segment(b, 0, 'a', 0, 200, 0, stream);
    assert_int_equal(b->count, 1);
    send_segment(b, 0, 'd', 200, 300, 0, stream);
    assert_int_equal(b->count, 2);
    bed_free(b);
}

static void a_gap_is_given_up_in_time(void **state)
{
    (void)state;
    char stream[300];
    make_stream(stream);
    bed *b = bed_new(&(capture_limits){ .gap_ns = 5000000000 });
    send_segment(b, 0, 'S', 0, 0, 0, stream);
    send_segment(b, 0, 'd', 100, 200, 0, stream);
    b->ns += 4000000000;
    send_segment(b, 0, 'a', 0, 0, 0, stream);
    assert_int_equal(b->count, 0);
    b->ns += 4000000000;
    send_segment(b, 0, 'a', 0, 0, 0, stream);
    assert_int_equal(b->count, 1);
    bed_free(b);
}

/* The rest of a head begins with a line that has SIP in it, and headers behind it. */
static void the_rest_of_a_head_is_no_message(void **state)
{
    (void)state;
    static const char rest[] = "anch=z9hG4bK776\r\nFrom: Bob <sip:bob@b.example>;tag=1\r\n"
                               "To: Alice <sip:alice@a.example>;tag=2\r\nCall-ID: x\r\n"
                               "CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n";
    char stream[300];
    uint8_t frame[512];
    make_stream(stream);
    bed *b = bed_new(NULL);
    size_t n = bed_tcp(frame, 33000, 5060, 1, 1, ACK, rest, strlen(rest));
    bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 1, 2, frame, n));
    assert_int_equal(b->count, 0);
    n = bed_tcp(frame, 33000, 5060, 1 + (uint32_t)strlen(rest), 1, ACK, stream, 100);
    bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 1, 2, frame, n));
    assert_int_equal(b->count, 1);
    assert_memory_equal(b->got[0].bytes, stream, 100);
    bed_free(b);
}

/* Whoever leaves Content-Length out is told so; that there is no body can't be said. */
static void a_body_without_a_length_is_not_known(void **state)
{
    (void)state;
    static const char *const heads[] = { "", "Content-Length: -1\r\n", "l: 99999999999\r\n" };
    char stream[300], first[400];
    uint8_t frame[512];
    make_stream(stream);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        bed *b = bed_new(NULL);
        int head =
            snprintf(first, sizeof first,
                     "INVITE sip:a@b SIP/2.0\r\nVia: x\r\nc : application/sdp\r\n%s\r\n", heads[i]);
        size_t body = (size_t)snprintf(first + head, 50, "v=0\r\no=a 1 1 IN IP4 a\r\n");
        uint32_t seq = 1 + (uint32_t)head + (uint32_t)body;
        send_segment(b, 0, 'S', 0, 0, 0, stream);
        size_t n = bed_tcp(frame, 33000, 5060, 1, 1, ACK, first, (size_t)head + body);
        bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 1, 2, frame, n));
        n = bed_tcp(frame, 33000, 5060, seq, 1, ACK, stream, 100);
        bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 1, 2, frame, n));
        assert_int_equal(b->count, 2);
        assert_int_equal(b->got[0].n, head);
        assert_int_equal(b->got[0].flags, SIPCHECK_STREAM | SIPCHECK_CUT);
        assert_memory_equal(b->got[1].bytes, stream, 100);
        assert_int_equal(b->got[1].flags, SIPCHECK_STREAM);
        assert_int_equal(b->stats.counters[CAPTURE_TCP_SKIPPED].bytes, body);
        bed_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_makes_up_no_message),
        cmocka_unit_test(a_gap_is_given_up_once_the_receiver_has_it),
        cmocka_unit_test(a_gap_is_given_up_in_time),
        cmocka_unit_test(the_rest_of_a_head_is_no_message),
        cmocka_unit_test(a_body_without_a_length_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
