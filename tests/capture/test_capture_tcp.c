/* SPDX-License-Identifier: MIT */
/* TCP: which messages come of which segments. The stream is three messages of 100 bytes, a head of
 * 80 and a body of 20 each; a case is a list of segments and the messages that must come of it. */
#include "tcp.h"

#include <stdio.h>

/* segments: S syn, dA-B the bytes [A,B) of the stream, cA-B/M likewise but only [A,M) was captured,
 * FA and RA fin and reset behind byte A, N another connection on the same ports begins.
 * messages: A-B@F the bytes [A,B), of frame F; ! the message is cut.
 * counted: the counter, how often, how many bytes. */
typedef struct test_case {
    const char *what, *segments, *messages, *counted;
} test_case;

static const test_case cases[] = {
    { "a message a segment", "S d0-100 d100-200 d200-300", "0-100@2 100-200@3 200-300@4", "" },
    { "three messages in a segment", "S d0-300", "0-100@2 100-200@2 200-300@2", "" },
    { "messages over segments", "S d0-10 d10-90 d90-150 d150-300", "0-100@4 100-200@5 200-300@5",
      "" },
    { "reordered", "S d50-100 d0-50 d200-300 d100-200", "0-100@3 100-200@5 200-300@4",
      "tcp-reordered 2 0" },
    { "retransmitted", "S S d0-150 d0-150 d150-300 d0-300", "0-100@3 100-200@5 200-300@5",
      "tcp-retransmitted 2 0" },
    { "overlapping", "S d0-60 d40-120 d110-300", "0-100@3 100-200@4 200-300@4", "" },
    { "overlapping while they wait", "S d40-120 d110-300 d40-90 d0-60",
      "0-100@5 100-200@3 200-300@3", "" },
    { "lost in a body: where the next message begins is known", "S d0-90 d95-150 d150-300",
      "0-90@3! 100-200@4 200-300@4", "tcp-gaps 1 5" },
    { "lost in a head: the next message is looked for", "S d0-40 d60-300",
      "0-40@2! 100-200@3 200-300@3", "tcp-gaps 1 20 tcp-skipped 1 40" },
    { "lost over the border of two messages", "S d0-90 d150-300", "0-90@2! 200-300@3",
      "tcp-gaps 1 60 tcp-skipped 1 50" },
    { "lost at the border of two messages", "S d0-100 d200-300", "0-100@2 200-300@3",
      "tcp-gaps 1 100" },
    { "lost, and more behind it", "S d0-90 d95-190 d195-300", "0-90@3! 100-190@4! 200-300@4",
      "tcp-gaps 2 10" },
    { "a segment that was cut", "S c0-100/60 d100-300", "0-60@2! 100-200@3 200-300@3",
      "tcp-gaps 1 40" },
    { "a segment that was cut in a body", "S c0-100/85 d100-300", "0-85@2! 100-200@3 200-300@3",
      "tcp-gaps 1 15" },
    { "the capture begins in a message", "d50-120 d120-300", "100-200@2 200-300@2",
      "tcp-midstream 1 0" },
    { "the capture begins at a message", "d100-200 d200-300 d0-100", "100-200@1 200-300@2",
      "tcp-midstream 1 0 tcp-before-start 1 0" },
    { "the SYN comes late", "d0-100 S d100-300", "0-100@1 100-200@3 200-300@3", "" },
    { "the sender closes in a message", "S d0-190 F190", "0-100@2 100-190@2", "" },
    { "the FIN comes early", "S F190 d0-190 F190", "0-100@3 100-190@3", "" },
    { "the capture ends in a message", "S d0-190", "0-100@2 100-190@2!", "cut-messages 1 0" },
    { "the connection is reset in a message", "S d0-190 R190", "0-100@2 100-190@2!", "" },
    { "the same ports again", "S d0-150 N d0-100", "0-100@2 100-150@2! 0-100@4", "" },
    { "the same ports again, after a close", "S d0-100 F100 N d0-100", "0-100@2 0-100@5", "" },
};

/* The number behind the next byte of text, which is stepped over; 0: there is none. */
static unsigned take_number(const char **at)
{
    char *end;
    unsigned long number = strtoul(*at + 1, &end, 10);
    *at = end;
    return (unsigned)number;
}

static void run_segments(bed *b, const char *segments, uint32_t isn, const char *stream)
{
    for (const char *at = segments; *at; at += strspn(at, " ")) {
        char what = *at;
        bool range = what == 'd' || what == 'c', number = range || what == 'F' || what == 'R';
        unsigned from = number ? take_number(&at) : 0;
        unsigned to = range ? take_number(&at) : from;
        unsigned captured = what == 'c' ? take_number(&at) : to;
        if (!number) at++;
        if (what == 'N') {
            isn += 0x5EED0000;
            what = 'S';
        }
        send_segment(b, isn, what, from, to, to - captured, stream);
    }
    capture_decoder_finish(b->decoder);
}

static void check_message(const bed_message *m, const char **at, const char *stream)
{
    --*at; /* take_number steps over a byte */
    unsigned from = take_number(at), to = take_number(at), frame = take_number(at);
    bool cut = **at == '!';
    *at += cut;
    assert_int_equal(m->n, to - from);
    assert_memory_equal(m->bytes, stream + from, m->n);
    assert_int_equal(m->flags, SIPCHECK_STREAM | (cut ? SIPCHECK_CUT : 0u));
    assert_int_equal(m->frame, frame);
    assert_int_equal(m->transport, SIPCHECK_TRANSPORT_TCP);
    assert_int_equal(m->src.port, 33000);
}

static void check_messages(const bed *b, const char *messages, const char *stream)
{
    size_t count = 0;
    for (const char *at = messages; *at; at += strspn(at, " ")) {
        assert_true(count < b->count);
        check_message(&b->got[count++], &at, stream);
    }
    assert_int_equal(b->count, count);
}

static const capture_counter *counter_of(const bed *b, const char *name, size_t n)
{
    for (unsigned id = 0; id < CAPTURE_COUNTER_COUNT; id++) {
        const char *known = capture_counter_info_of(id)->name;
        if (strlen(known) == n && memcmp(known, name, n) == 0) return &b->stats.counters[id];
    }
    fail_msg("no such counter: %s", name);
    return NULL;
}

static void check_counters(const bed *b, const char *counted)
{
    for (const char *at = counted; *at; at += strspn(at, " ")) {
        const capture_counter *counter = counter_of(b, at, strcspn(at, " "));
        at += strcspn(at, " ");
        assert_int_equal(counter->count, take_number(&at));
        assert_int_equal(counter->bytes, take_number(&at));
    }
}

static void segments_become_messages(void **state)
{
    (void)state;
    /* The sequence numbers begin at 0, and so that they wrap at every kind of place. */
    static const uint32_t starts[] = { 0,          0x7FFFFF80, 0xFFFFFFFF, 0xFFFFFFCD,
                                       0xFFFFFF9B, 0xFFFFFF42, 0xFFFFFED4 };
    char stream[300];
    make_stream(stream);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) {
            bed *b = bed_new(NULL);
            if (k == 0) print_message("    %s\n", cases[i].what);
            run_segments(b, cases[i].segments, starts[k], stream);
            check_messages(b, cases[i].messages, stream);
            check_counters(b, cases[i].counted);
            bed_free(b);
        }
    }
}

/* Cut the stream into parts of random size, twice, and shuffle them. Returns how many. */
static unsigned random_parts(unsigned parts[][2], uint32_t *random, unsigned largest)
{
    unsigned n = 0;
    for (unsigned copy = 0; copy < 2; copy++) {
        for (unsigned at = 0; at < 300; at = parts[n++][1]) {
            unsigned to = at + 1 + next_random(random) % largest;
            parts[n][0] = at;
            parts[n][1] = to < 300 ? to : 300;
        }
    }
    for (unsigned i = n - 1; i > 0; i--) {
        unsigned k = next_random(random) % (i + 1), from = parts[i][0], to = parts[i][1];
        memcpy(parts[i], parts[k], sizeof parts[i]);
        parts[k][0] = from;
        parts[k][1] = to;
    }
    return n;
}

/* Nothing is lost, nothing is there twice. */
static void any_order_gives_the_same_messages(void **state)
{
    (void)state;
    char stream[300];
    make_stream(stream);
    uint32_t random = 1;
    for (unsigned round = 0; round < 300; round++) {
        unsigned parts[600][2];
        unsigned n = random_parts(parts, &random, 1 + round % 90);
        bed *b = bed_new(NULL);
        send_segment(b, 0xFFFFFF00, 'S', 0, 0, 0, stream);
        for (unsigned i = 0; i < n; i++)
            send_segment(b, 0xFFFFFF00, 'd', parts[i][0], parts[i][1], 0, stream);
        assert_int_equal(b->count, 3);
        for (unsigned i = 0; i < 3; i++)
            assert_memory_equal(b->got[i].bytes, stream + (size_t)100 * i, 100);
        assert_int_equal(capture_losses(&b->stats), 0);
        bed_free(b);
    }
}

static void keepalives_stand_between_messages(void **state)
{
    (void)state;
    char stream[300], text[308];
    make_stream(stream);
    memcpy(text, stream, 100);
    memset(text + 100, '\n', 4);
    memcpy(text + 104, stream + 100, 100);
    memset(text + 204, '\n', 4);
    for (unsigned step = 1; step <= 208; step++) {
        bed *b = bed_new(NULL);
        send_segment(b, 9, 'S', 0, 0, 0, text);
        for (unsigned at = 0; at < 208; at += step)
            send_segment(b, 9, 'd', at, at + step < 208 ? at + step : 208, 0, text);
        assert_int_equal(b->count, 2);
        for (unsigned i = 0; i < 2; i++)
            assert_memory_equal(b->got[i].bytes, stream + (size_t)100 * i, 100);
        assert_true(bed_count(b, CAPTURE_KEEPALIVES) >= 2);
        bed_free(b);
    }
}

static void other_protocols_are_not_sip(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text;
        enum capture_counter_id counter;
        uint64_t count;
    } streams[] = {
        { "TLS", "\x16\x03\x01\x02\x01\x01 handshake", CAPTURE_TLS, 1 },
        { "HTTP", "GET /sip:a@b HTTP/1.1\r\nHost: h\r\n\r\n", CAPTURE_NOT_SIP_ON_PORT, 1 },
        { "binary", "\x01\x02\x03\x80\x81", CAPTURE_NOT_SIP_ON_PORT, 1 },
    };
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        bed *b = bed_new(NULL);
        send_segment(b, 9, 'S', 0, 0, 0, "");
        send_segment(b, 9, 'd', 0, (unsigned)strlen(streams[i].text), 0, streams[i].text);
        capture_decoder_finish(b->decoder);
        assert_int_equal(b->count, 0);
        assert_int_equal(bed_count(b, streams[i].counter), streams[i].count);
        bed_free(b);
    }
}

static void a_head_that_never_ends_is_cut(void **state)
{
    (void)state;
    enum { PART = 60000 };
    static char part[PART], frame[PART + 100];
    static const char head[] = "OPTIONS sip:a@b SIP/2.0\r\nX: ";
    memset(part, 'x', PART);
    memcpy(part, head, sizeof head - 1);
    bed *b = bed_new(NULL);
    uint8_t *out = (uint8_t *)frame;
    for (uint32_t i = 0; i < 20; i++) {
        size_t n = bed_tcp(out, 33000, 5060, 1 + i * PART, 1, ACK, part, PART);
        bed_frame(b, CAPTURE_LINK_IP, out, bed_ipv4(out, 6, 1, 2, out, n));
        memset(part, 'x', PART);
    }
    char stream[300];
    make_stream(stream);
    send_segment(b, 20 * PART, 'd', 0, 300, 0, stream);
    assert_int_equal(bed_count(b, CAPTURE_TCP_TOO_BIG), 1);
    assert_int_equal(b->got[0].flags, SIPCHECK_STREAM | SIPCHECK_CUT);
    assert_true(b->got[0].n <= SIPCHECK_MESSAGE_MAX);
    assert_int_equal(b->count, 4);
    bed_free(b);
}

static void limits_are_kept(void **state)
{
    (void)state;
    char stream[300];
    make_stream(stream);
    bed *b = bed_new(&(capture_limits){ .flows = 4, .segments = 3 });
    uint8_t frame[512];
    for (uint16_t port = 1; port <= 6; port++) {
        size_t n = bed_tcp(frame, port, 5060, 1, 1, ACK, stream, 150);
        bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 1, 2, frame, n));
    }
    assert_int_equal(bed_count(b, CAPTURE_TCP_EVICTED), 2);
    assert_int_equal(b->count, 6 + 2); /* the two that were given up hand on what they had */
    for (unsigned i = 0; i < 5; i++)
        send_segment(b, 0, 'd', 5 + 10 * i, 10 + 10 * i, 0, stream);
    assert_int_equal(bed_count(b, CAPTURE_TCP_REORDERED), 4);
    bed_free(b);

    b = bed_new(&(capture_limits){ .total_bytes = 20000 });
    for (uint16_t port = 1; port <= 20; port++) {
        size_t n = bed_tcp(frame, port, 5060, 1, 1, ACK, stream, 50);
        bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 1, 2, frame, n));
    }
    assert_true(bed_count(b, CAPTURE_TCP_EVICTED) >= 10);
    bed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_become_messages),
        cmocka_unit_test(any_order_gives_the_same_messages),
        cmocka_unit_test(keepalives_stand_between_messages),
        cmocka_unit_test(other_protocols_are_not_sip),
        cmocka_unit_test(a_head_that_never_ends_is_cut),
        cmocka_unit_test(limits_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
