/* SPDX-License-Identifier: MIT */
/* SCTP: bundled, fragmented, reordered, repeated chunks; what is missing; limits. */
#include "bed.h"

#include <stdio.h>

#define SIZE 200
#define WHOLE 3 /* B and E */
#define BEGIN 2
#define MIDDLE 0
#define END 1
#define UNORDERED 4

/* One chunk of data; stream and its number as one. */
static size_t data(uint8_t *out, uint8_t flags, uint32_t tsn, uint32_t stream, const void *payload,
                   size_t n)
{
    uint8_t head[16] = { 0, flags, (uint8_t)((n + 16) >> 8), (uint8_t)(n + 16) };
    for (unsigned i = 0; i < 4; i++) {
        head[4 + i] = (uint8_t)(tsn >> (24 - 8 * i));
        head[8 + i] = (uint8_t)(stream >> (24 - 8 * i));
    }
    memcpy(out, head, 16);
    memcpy(out + 16, payload, n);
    memset(out + 16 + n, 0, 3);
    return (n + 16 + 3) & ~(size_t)3;
}

static void send_chunks(bed *b, uint8_t tag, const uint8_t *chunks, size_t n)
{
    uint8_t packet[4096] = { 0x13, 0xC4, 0x13, 0xC4, 0, 0, 0, tag };
    memcpy(packet + 12, chunks, n);
    bed_frame(b, CAPTURE_LINK_IP, packet, bed_ipv4(packet, 132, 1, 2, packet, n + 12));
}

/* A part of a message of SIZE bytes, or all of it. */
static void send_part(bed *b, uint8_t flags, uint32_t tsn, uint32_t stream, char mark, size_t from,
                      size_t to)
{
    char text[SIZE];
    uint8_t chunk[SIZE + 20];
    bed_sip(text, SIZE, mark);
    send_chunks(b, 1, chunk, data(chunk, flags, tsn, stream, text + from, to - from));
}

static void assert_message(const bed *b, size_t index, char mark, uint64_t frame)
{
    char text[SIZE];
    bed_sip(text, SIZE, mark);
    assert_true(b->count > index);
    assert_int_equal(b->got[index].n, SIZE);
    assert_memory_equal(b->got[index].bytes, text, SIZE);
    assert_int_equal(b->got[index].flags, 0);
    assert_int_equal(b->got[index].frame, frame);
    assert_int_equal(b->got[index].transport, SIPCHECK_TRANSPORT_SCTP);
    assert_int_equal(b->got[index].src.port, 5060);
}

static void bundled_chunks_are_messages(void **state)
{
    (void)state;
    char text[SIZE];
    uint8_t chunks[1000] = { 3, 0, 0, 16 }; /* a SACK before them */
    size_t n = 16;
    bed *b = bed_new(NULL);
    for (unsigned i = 0; i < 3; i++) {
        bed_sip(text, SIZE - i, (char)('a' + i));
        n += data(chunks + n, WHOLE, 10 + i, i, text, SIZE - i);
    }
    send_chunks(b, 1, chunks, n);
    assert_int_equal(b->count, 3);
    assert_message(b, 0, 'a', 1);
    assert_int_equal(b->got[1].n, SIZE - 1);
    assert_int_equal(b->got[2].n, SIZE - 2);
    bed_free(b);
}

/* Parts [0,80) [80,160) [160,200), over the end of the numbers. */
static void fragments_come_in_any_order(void **state)
{
    (void)state;
    static const unsigned orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                           { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    static const uint8_t flags[] = { BEGIN, MIDDLE, END };
    for (unsigned i = 0; i < 12; i++) {
        bed *b = bed_new(NULL);
        uint8_t u = i < 6 ? 0 : UNORDERED; /* whose numbers in the stream mean nothing */
        for (unsigned k = 0; k < 3; k++) {
            unsigned part = orders[i % 6][k], to = part == 2 ? SIZE : 80 * part + 80;
            send_part(b, flags[part] | u, 0xFFFFFFFFu + part, 0x10001 + (u ? part : 0), 'a',
                      (size_t)80 * part, to);
        }
        assert_int_equal(b->count, 1);
        assert_message(b, 0, 'a', 3);
        capture_decoder_finish(b->decoder);
        assert_int_equal(b->count, 1);
        bed_free(b);
    }
}

/* Two streams whose fragments stand between each other cannot be: TSNs are consecutive. But a
 * message in one chunk may arrive between the parts of another. */
static void messages_are_not_mixed(void **state)
{
    (void)state;
    bed *b = bed_new(NULL);
    send_part(b, BEGIN, 1, 0x10000, 'a', 0, 100);
    send_part(b, WHOLE, 3, 0x20000, 'b', 0, SIZE);
    send_part(b, BEGIN, 4, 0x10001, 'c', 0, 100);
    send_part(b, END, 2, 0x10000, 'a', 100, SIZE);
    send_part(b, END, 5, 0x20001, 'd', 100, SIZE); /* of another stream: not c's end */
    assert_int_equal(b->count, 2);
    assert_message(b, 0, 'b', 2);
    assert_message(b, 1, 'a', 4);
    capture_decoder_finish(b->decoder);
    assert_int_equal(b->count, 3);
    assert_int_equal(b->got[2].n, 100);
    assert_int_equal(b->got[2].flags, SIPCHECK_CUT);
    assert_int_equal(bed_count(b, CAPTURE_SCTP_INCOMPLETE), 1);
    bed_free(b);
}

/* A part of an interleaved message: its stream, its number there, the part's number. */
static void send_interleaved(bed *b, uint8_t flags, uint32_t tsn, uint8_t stream, uint32_t message,
                             uint32_t part, char mark)
{
    char text[SIZE];
    uint8_t chunk[SIZE + 24], data_chunk[SIZE + 20];
    size_t from = (size_t)80 * part, to = part == 2 ? SIZE : from + 80;
    bed_sip(text, SIZE, mark);
    if (flags == WHOLE) to = SIZE;
    data(data_chunk, flags, tsn, (uint32_t)stream << 16, text + from, to - from);
    memcpy(chunk, data_chunk, 12);
    chunk[0] = 64;
    bed_put16(chunk + 2, to - from + 20);
    bed_put32(chunk + 12, message);
    bed_put32(chunk + 16, flags & BEGIN ? 46 : part);
    memcpy(chunk + 20, text + from, to - from);
    memset(chunk + 20 + to - from, 0, 4);
    send_chunks(b, 1, chunk, (to - from + 23) & ~(size_t)3);
}

/* RFC 8260: parts of three messages of two streams, and of one that is not ordered. */
static void interleaved_messages_are_told_apart(void **state)
{
    (void)state;
    bed *b = bed_new(NULL);
    send_interleaved(b, BEGIN, 0xFFFFFFFE, 1, 7, 0, 'a');
    send_interleaved(b, BEGIN, 0xFFFFFFFF, 2, 7, 0, 'b');
    send_interleaved(b, MIDDLE, 0, 1, 7, 1, 'a');
    send_interleaved(b, BEGIN | UNORDERED, 1, 1, 7, 0, 'c');
    send_interleaved(b, END, 3, 2, 7, 2, 'b');
    send_interleaved(b, WHOLE, 4, 1, 8, 0, 'd');
    send_interleaved(b, END, 5, 1, 7, 2, 'a');
    send_interleaved(b, MIDDLE, 2, 2, 7, 1, 'b');
    send_interleaved(b, MIDDLE, 2, 2, 7, 1, 'b');
    send_interleaved(b, MIDDLE | UNORDERED, 6, 1, 7, 1, 'c');
    send_interleaved(b, END | UNORDERED, 7, 1, 7, 2, 'c');
    assert_int_equal(b->count, 4);
    assert_message(b, 0, 'd', 6);
    assert_message(b, 1, 'a', 7);
    assert_message(b, 2, 'b', 8);
    assert_message(b, 3, 'c', 11);
    assert_int_equal(bed_count(b, CAPTURE_SCTP_RETRANSMITTED), 1);
    bed_free(b);
}

static void a_chunk_seen_again_is_no_message(void **state)
{
    (void)state;
    bed *b = bed_new(NULL);
    for (unsigned again = 0; again < 2; again++) {
        send_part(b, WHOLE, 100, 0, 'a', 0, SIZE);
        send_part(b, BEGIN, 101, 1, 'b', 0, 100);
        send_part(b, END, 102, 1, 'b', 100, SIZE);
        send_part(b, WHOLE, 103 + 900, 2, 'c', 0, SIZE); /* what is between has not come yet */
    }
    assert_int_equal(b->count, 3);
    assert_int_equal(bed_count(b, CAPTURE_SCTP_RETRANSMITTED), 4);
    send_part(b, WHOLE, 500, 3, 'd', 0, SIZE);
    assert_message(b, 3, 'd', 9);
    send_part(b, WHOLE, 1003 + 5000, 4, 'e', 0, SIZE); /* the capture lost thousands */
    assert_message(b, 4, 'e', 10);
    send_part(b, WHOLE, 1003, 2, 'c', 0, SIZE); /* too old to know: it came in all likelihood */
    assert_int_equal(b->count, 5);
    send_part(b, WHOLE, 1000000, 0, 'f', 0, SIZE);
    send_part(b, WHOLE, 7, 0, 'g', 0, SIZE); /* far back: another association's */
    assert_message(b, 6, 'g', 13);
    bed_free(b);
}

static void associations_and_directions_are_kept_apart(void **state)
{
    (void)state;
    char text[SIZE];
    uint8_t chunk[SIZE + 20], packet[SIZE + 100];
    bed *b = bed_new(NULL);
    bed_sip(text, SIZE, 'a');
    size_t n = data(chunk, WHOLE, 1, 0, text, SIZE);
    send_chunks(b, 1, chunk, n);
    send_chunks(b, 2, chunk, n); /* another verification tag */
    memcpy(packet, (uint8_t[]){ 0x13, 0xC4, 0x13, 0xC4, 0, 0, 0, 1, 0, 0, 0, 0 }, 12);
    memcpy(packet + 12, chunk, n);
    bed_frame(b, CAPTURE_LINK_IP, packet, bed_ipv4(packet, 132, 2, 1, packet, n + 12));
    assert_int_equal(b->count, 3);
    bed_free(b);
}

static void it_is_found_in_udp_too(void **state)
{
    (void)state;
    char text[SIZE];
    uint8_t packet[SIZE + 200] = { 0x13, 0xC4, 0x13, 0xC4, 0, 0, 0, 1 };
    bed *b = bed_new(NULL);
    bed_sip(text, SIZE, 'a');
    size_t n = 12 + data(packet + 12, WHOLE, 1, 0, text, SIZE);
    n = bed_udp(packet, 9899, 9899, packet, n);
    bed_frame(b, CAPTURE_LINK_IP, packet, bed_ipv4(packet, 17, 1, 2, packet, n));
    assert_message(b, 0, 'a', 1);
    bed_free(b);
}

static void what_is_missing_is_said(void **state)
{
    (void)state;
    bed *b = bed_new(&(capture_limits){ .gap_ns = 1000000000 });
    send_part(b, WHOLE, 1, 0, 'a', 0, SIZE);
    send_part(b, BEGIN, 2, 1, 'b', 0, 100);
    send_part(b, END, 5, 2, 'c', 100, SIZE); /* without its head */
    assert_int_equal(b->count, 1);
    b->ns += 1100000000;
    send_part(b, WHOLE, 6, 3, 'd', 0, SIZE);
    assert_int_equal(b->count, 3);
    assert_int_equal(b->got[2].n, 100);
    assert_int_equal(b->got[2].flags, SIPCHECK_CUT);
    assert_int_equal(b->got[2].frame, 2);
    assert_int_equal(bed_count(b, CAPTURE_SCTP_INCOMPLETE), 1);
    bed_free(b);
}

static void a_cut_chunk_cuts_the_message(void **state)
{
    (void)state;
    char text[SIZE];
    uint8_t packet[SIZE + 200];
    bed *b = bed_new(NULL);
    bed_sip(text, SIZE, 'a');
    for (unsigned part = 0; part < 3; part++) {
        static const uint8_t flags[] = { WHOLE, BEGIN, END };
        size_t from = part == 2 ? 100 : 0, to = part == 1 ? 100 : SIZE;
        memcpy(packet, (uint8_t[]){ 0x13, 0xC4, 0x13, 0xC4, 0, 0, 0, 1, 0, 0, 0, 0 }, 12);
        size_t n = 12 + data(packet + 12, flags[part], part, 0, text + from, to - from);
        n = bed_ipv4(packet, 132, 1, 2, packet, n);
        bed_frame_cut(b, CAPTURE_LINK_IP, packet, n, part == 1 ? n : n - 10);
    }
    assert_int_equal(b->count, 2);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(b->got[i].n, SIZE - 10);
        assert_int_equal(b->got[i].flags, SIPCHECK_CUT);
    }
    bed_free(b);
}

static void what_is_not_sip_is_counted(void **state)
{
    (void)state;
    static const struct {
        const char *what, *chunks;
        enum capture_counter_id counter;
    } cases[] = {
        { "a message of Diameter", "0003 0018 00000001 00000000 0000002E 0100001480000101",
          CAPTURE_NOT_SIP_ON_PORT },
        { "interleaved data", "4003 0018 00000001 00000000 00000000 00000000 41424344",
          CAPTURE_NOT_SIP_ON_PORT },
        { "interleaved data without any", "4003 0014 00000001 00000000 00000000 00000000",
          CAPTURE_SCTP_MALFORMED },
        { "no data", "0003 0010 00000001 00000000 00000000", CAPTURE_SCTP_MALFORMED },
        { "a chunk of length 0", "0003 0000 00000001", CAPTURE_SCTP_MALFORMED },
        { "a chunk longer than the packet", "0003 00FF 00000001 00000000 00000000 41",
          CAPTURE_SCTP_MALFORMED },
        { "half a header of data", "0003 0008 00000001", CAPTURE_SCTP_MALFORMED },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t chunks[100];
        bed *b = bed_new(NULL);
        send_chunks(b, 1, chunks, bed_hex(cases[i].chunks, chunks));
        if (bed_count(b, cases[i].counter) != 1) print_error("%s\n", cases[i].what);
        assert_int_equal(bed_count(b, cases[i].counter), 1);
        assert_int_equal(b->count, 0);
        bed_free(b);
    }
}

static void limits_hold(void **state)
{
    (void)state;
    bed *b = bed_new(&(capture_limits){ .flows = 2, .segments = 3 });
    send_part(b, WHOLE, 1, 0, 'a', 0, SIZE);
    for (uint32_t tsn = 10; tsn < 40; tsn += 2)
        send_part(b, BEGIN, tsn, tsn, 'b', 0, 100); /* without their ends */
    assert_int_equal(b->count, 1 + 15 - 3);
    for (uint8_t tag = 2; tag < 5; tag++) {
        char text[SIZE];
        uint8_t chunk[SIZE + 20];
        bed_sip(text, SIZE, 'c');
        send_chunks(b, tag, chunk, data(chunk, WHOLE, 1, 0, text, SIZE));
    }
    assert_int_equal(bed_count(b, CAPTURE_SCTP_EVICTED), 2);
    assert_int_equal(b->count, 1 + 15 + 3);
    bed_free(b);
    b = bed_new(&(capture_limits){ .total_bytes = 32000 });
    for (uint8_t tag = 0; tag < 40; tag++) {
        uint8_t chunk[SIZE];
        char text[SIZE];
        bed_sip(text, SIZE, 'd');
        send_chunks(b, tag, chunk, data(chunk, BEGIN, 1, 0, text, 100));
    }
    assert_true(b->count > 20); /* given up, and handed on as cut */
    bed_free(b);
}

/* Two mebibytes in fragments: it is given up at the limit of a message. */
static void an_endless_message_ends(void **state)
{
    (void)state;
    bed *b = bed_new(&(capture_limits){ .segments = 10000 });
    uint8_t chunk[1400] = { 0 }, text[1300];
    memset(text, 'x', sizeof text);
    bed_sip((char *)text, 1000, 'a');
    memset(text + 1000, 'x', 300);
    for (uint32_t tsn = 1; tsn < 2u * 1048576 / 1300; tsn++)
        send_chunks(b, 1, chunk, data(chunk, tsn == 1 ? BEGIN : MIDDLE, tsn, 0, text, 1300));
    assert_int_equal(b->count, 1);
    assert_int_equal(b->got[0].flags, SIPCHECK_CUT);
    assert_int_equal(b->got[0].n, SIPCHECK_MESSAGE_MAX);
    bed_free(b);
}

static void every_prefix_and_any_bytes(void **state)
{
    (void)state;
    char text[SIZE];
    uint8_t packet[600], copy[600];
    uint64_t r = 3;
    bed *b = bed_new(&(capture_limits){ .flows = 3, .segments = 2, .total_bytes = 16384 });
    bed_sip(text, SIZE, 'a');
    memcpy(packet, (uint8_t[]){ 0x13, 0xC4, 0x13, 0xC4, 0, 0, 0, 1, 0, 0, 0, 0 }, 12);
    size_t n = 12 + data(packet + 12, WHOLE, 1, 0, text, SIZE);
    n += data(packet + n, BEGIN, 2, 1, text, 100);
    n += data(packet + n, END, 3, 1, text + 100, SIZE - 100);
    for (unsigned i = 0; i < 20000; i++) {
        memcpy(copy, packet, n);
        for (unsigned k = 0; k < i % 5; k++) {
            r = r * 6364136223846793005u + 1442695040888963407u;
            copy[(r >> 33) % n] = (uint8_t)(r >> 56);
        }
        size_t length = bed_ipv4(copy, 132, (uint8_t)(i % 3), 2, copy, i % 2 ? n : i % n);
        bed_frame_cut(b, CAPTURE_LINK_IP, copy, length, i % 7 ? length : i % length);
    }
    capture_decoder_finish(b->decoder);
    bed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bundled_chunks_are_messages),
        cmocka_unit_test(fragments_come_in_any_order),
        cmocka_unit_test(messages_are_not_mixed),
        cmocka_unit_test(interleaved_messages_are_told_apart),
        cmocka_unit_test(a_chunk_seen_again_is_no_message),
        cmocka_unit_test(associations_and_directions_are_kept_apart),
        cmocka_unit_test(it_is_found_in_udp_too),
        cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(a_cut_chunk_cuts_the_message),
        cmocka_unit_test(what_is_not_sip_is_counted),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(an_endless_message_ends),
        cmocka_unit_test(every_prefix_and_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
