/* SPDX-License-Identifier: MIT */
/* IP fragments: any order, copies, contradictions, what is missing, limits. */
#include "bed.h"

#include <stdio.h>

#define SIZE 1000 /* of the message */
#define WHOLE (SIZE + 8)

/* The UDP datagram that is cut into fragments. */
static void datagram(uint8_t out[WHOLE])
{
    char text[SIZE];
    bed_sip(text, SIZE, 'a');
    bed_udp(out, 5060, 5060, text, SIZE);
}

static void send_part(bed *b, int version, uint16_t id, const uint8_t *whole, size_t from,
                      size_t to, bool more)
{
    uint8_t frame[70000];
    size_t n = version == 4 ? bed_ipv4_fragment(frame, id, from, more, whole + from, to - from)
                            : bed_ipv6_fragment(frame, id, from, more, whole + from, to - from);
    bed_frame(b, CAPTURE_LINK_IP, frame, n);
}

/* Fragments [0,400) [400,808) [808,1008). */
static void send_number(bed *b, int version, uint16_t id, const uint8_t *whole, unsigned number)
{
    static const size_t at[] = { 0, 400, 808, WHOLE };
    send_part(b, version, id, whole, at[number], at[number + 1], number < 2);
}

static void assert_whole(const bed *b, size_t index, uint64_t frame)
{
    char text[SIZE];
    bed_sip(text, SIZE, 'a');
    assert_int_equal(b->got[index].n, SIZE);
    assert_memory_equal(b->got[index].bytes, text, SIZE);
    assert_int_equal(b->got[index].flags, 0);
    assert_int_equal(b->got[index].frame, frame);
}

static void fragments_come_in_any_order(void **state)
{
    (void)state;
    static const char orders[][4] = { "012", "021", "102", "120", "201", "210" };
    uint8_t whole[WHOLE];
    datagram(whole);
    for (int version = 4; version <= 6; version += 2) {
        bed *b = bed_new(NULL);
        for (uint16_t i = 0; i < 6; i++) {
            for (unsigned k = 0; k < 3; k++)
                send_number(b, version, i, whole, (unsigned)(orders[i][k] - '0'));
            assert_int_equal(b->count, i + 1u);
            assert_whole(b, i, 3 * (i + UINT64_C(1)));
        }
        capture_decoder_finish(b->decoder);
        assert_int_equal(bed_count(b, CAPTURE_REASSEMBLED), 6);
        assert_int_equal(capture_losses(&b->stats), 0);
        bed_free(b);
    }
}

static void two_datagrams_are_not_mixed(void **state)
{
    (void)state;
    uint8_t whole[WHOLE];
    datagram(whole);
    bed *b = bed_new(NULL);
    for (unsigned k = 0; k < 3; k++)
        for (uint16_t id = 1; id <= 2; id++)
            send_number(b, 4, id, whole, k);
    assert_int_equal(b->count, 2);
    assert_whole(b, 0, 5);
    assert_whole(b, 1, 6);
    bed_free(b);
}

static void the_copies_of_a_second_tap_open_nothing(void **state)
{
    (void)state;
    uint8_t whole[WHOLE];
    datagram(whole);
    bed *b = bed_new(NULL);
    for (unsigned k = 0; k < 6; k++)
        send_number(b, 4, 1, whole, k / 2);
    capture_decoder_finish(b->decoder);
    assert_int_equal(b->count, 1);
    assert_int_equal(capture_losses(&b->stats), 0);
    bed_free(b);
}

static void an_identification_is_used_again(void **state)
{
    (void)state;
    uint8_t whole[WHOLE], other[WHOLE];
    datagram(whole);
    memcpy(other, whole, WHOLE);
    other[20] = 'X'; /* in the Request-URI */
    bed *b = bed_new(NULL);
    for (unsigned k = 0; k < 3; k++)
        send_number(b, 4, 1, whole, k);
    send_number(b, 4, 1, other, 0);
    send_number(b, 4, 1, other, 1);
    send_number(b, 4, 1, other, 2);
    assert_int_equal(b->count, 2);
    assert_memory_equal(b->got[1].bytes, other + 8, SIZE);
    bed_free(b);
}

static void overlaps_keep_what_came_first(void **state)
{
    (void)state;
    uint8_t whole[WHOLE], evil[WHOLE];
    datagram(whole);
    memset(evil, 'X', WHOLE);
    bed *b = bed_new(NULL);
    send_part(b, 4, 1, whole, 0, 400, true);
    send_part(b, 4, 1, whole, 200, 600, true);
    assert_int_equal(bed_count(b, CAPTURE_FRAGMENTS_OVERLAP), 0); /* it says the same */
    send_part(b, 4, 1, evil, 400, 600, true);
    assert_int_equal(bed_count(b, CAPTURE_FRAGMENTS_OVERLAP), 1);
    send_part(b, 4, 1, whole, 600, WHOLE, false);
    assert_int_equal(b->count, 1);
    assert_whole(b, 0, 4);
    bed_free(b);
}

static void two_ends_contradict_each_other(void **state)
{
    (void)state;
    uint8_t whole[WHOLE];
    datagram(whole);
    bed *b = bed_new(NULL);
    send_part(b, 4, 1, whole, 800, WHOLE, true);
    send_part(b, 4, 1, whole, 400, 800, false);
    assert_int_equal(bed_count(b, CAPTURE_FRAGMENTS_OVERLAP), 1);
    bed_free(b);
}

/* What is missing, and how much of the message is handed on as cut. */
static void what_is_missing_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *what, *numbers;
        size_t messages, length;
    } cases[] = {
        { "the head", "12", 0, 0 },       { "the middle", "02", 1, 392 },
        { "the end", "01", 1, 800 },      { "all but the head", "0", 1, 392 },
        { "all but the end", "2", 0, 0 },
    };
    uint8_t whole[WHOLE];
    datagram(whole);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bed *b = bed_new(NULL);
        for (const char *k = cases[i].numbers; *k; k++)
            send_number(b, 6, 1, whole, (unsigned)(*k - '0'));
        assert_int_equal(b->count, 0);
        capture_decoder_finish(b->decoder);
        assert_int_equal(b->count, cases[i].messages);
        assert_int_equal(bed_count(b, CAPTURE_FRAGMENTS_INCOMPLETE), 1);
        assert_int_equal(bed_count(b, CAPTURE_UDP_MALFORMED), 0);
        if (b->count) {
            assert_int_equal(b->got[0].n, cases[i].length);
            assert_int_equal(b->got[0].flags, SIPCHECK_CUT);
            assert_int_equal(b->got[0].frame, strlen(cases[i].numbers));
        }
        bed_free(b);
    }
}

static void a_cut_fragment_cuts_the_message(void **state)
{
    (void)state;
    uint8_t whole[WHOLE], frame[WHOLE + 100];
    datagram(whole);
    bed *b = bed_new(NULL);
    send_part(b, 4, 1, whole, 0, 400, true);
    size_t n = bed_ipv4_fragment(frame, 1, 400, false, whole + 400, WHOLE - 400);
    bed_frame_cut(b, CAPTURE_LINK_IP, frame, n, n - 403);
    capture_decoder_finish(b->decoder);
    assert_int_equal(b->count, 1);
    assert_int_equal(b->got[0].n, 592); /* whole blocks of eight */
    assert_int_equal(b->got[0].flags, SIPCHECK_CUT);
    bed_free(b);
}

static void fragments_of_other_protocols_are_no_loss(void **state)
{
    (void)state;
    uint8_t rtp[WHOLE];
    bed_udp(rtp, 40000, 40000, memset(rtp, 0x80, WHOLE), WHOLE - 8);
    bed *b = bed_new(NULL);
    send_part(b, 4, 1, rtp, 0, 400, true);
    capture_decoder_finish(b->decoder);
    assert_int_equal(capture_losses(&b->stats), 0);
    assert_int_equal(bed_count(b, CAPTURE_FRAGMENTS_OTHER), 1);
    bed_free(b);
}

static void waiting_ends(void **state)
{
    (void)state;
    uint8_t whole[WHOLE];
    datagram(whole);
    bed *b = bed_new(&(capture_limits){ .datagrams = 2, .fragment_ns = 1000000000 });
    send_number(b, 4, 1, whole, 0);
    b->ns += 2000000000;
    send_number(b, 4, 2, whole, 0); /* the first is too old now */
    assert_int_equal(b->count, 1);
    send_number(b, 4, 3, whole, 0);
    assert_int_equal(b->count, 1);
    send_number(b, 4, 4, whole, 0); /* one too many */
    assert_int_equal(b->count, 2);
    assert_int_equal(bed_count(b, CAPTURE_FRAGMENTS_EVICTED), 1);
    bed_free(b);
}

static void impossible_fragments_are_refused(void **state)
{
    (void)state;
    uint8_t whole[WHOLE], frame[WHOLE + 100];
    datagram(whole);
    bed *b = bed_new(NULL);
    bed_frame(b, CAPTURE_LINK_IP, frame,
              bed_ipv4_fragment(frame, 1, 65528, false, whole, 16)); /* ends behind 65,535 */
    bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4_fragment(frame, 2, 8, false, whole, 0));
    assert_int_equal(bed_count(b, CAPTURE_IP_MALFORMED), 2);
    bed_free(b);
}

/* In two fragments, each of them in two fragments again, and so on. */
static void send_nested(bed *b, unsigned level, uint8_t next, const uint8_t *payload, size_t n)
{
    uint8_t frame[WHOLE + 200], part[WHOLE + 200];
    if (!level) {
        bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv6(frame, next, 1, 2, payload, n));
        return;
    }
    uint32_t id = (uint32_t)b->frame + 1000 * level;
    for (unsigned last = 0; last < 2; last++) {
        size_t from = last ? 8 : 0, size = last ? n - 8 : 8;
        memcpy(part, (uint8_t[]){ next, 0, 0, last ? 8 : 1, 0, 0, (uint8_t)(id >> 8), (uint8_t)id },
               8);
        memcpy(part + 8, payload + from, size);
        send_nested(b, level - 1, 44, part, size + 8);
    }
}

static void fragments_in_fragments_are_read_to_a_depth(void **state)
{
    (void)state;
    uint8_t whole[WHOLE];
    datagram(whole);
    for (unsigned level = 1; level <= 5; level++) {
        bed *b = bed_new(NULL);
        send_nested(b, level, 17, whole, WHOLE);
        assert_int_equal(b->count, level < 5);
        if (b->count) assert_int_equal(b->got[0].n, SIZE);
        assert_int_equal(bed_count(b, CAPTURE_NESTED_TOO_DEEP), level < 5 ? 0 : 2);
        capture_decoder_finish(b->decoder);
        bed_free(b);
    }
}

/* A datagram in fragments that carries one with its own addresses and identification. */
static void a_datagram_in_itself_is_refused(void **state)
{
    (void)state;
    uint8_t frame[200], inner[32] = { 44, 0, 0, 1, 0, 0, 0, 9, 44, 0, 0, 1, 0, 0, 0, 9 };
    bed *b = bed_new(NULL);
    for (unsigned i = 0; i < 2; i++) {
        memcpy(frame + 48, inner + (size_t)16 * i, 16);
        memcpy(frame + 40, (uint8_t[]){ 44, 0, 0, (uint8_t)(i * 16 + !i), 0, 0, 0, 9 }, 8);
        bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv6(frame, 44, 1, 2, frame + 40, 24));
    }
    assert_int_equal(bed_count(b, CAPTURE_NESTED_TOO_DEEP), 1);
    bed_free(b);
}

/* The only place is taken by the datagram that is being read. */
static void a_datagram_that_is_read_is_not_displaced(void **state)
{
    (void)state;
    uint8_t whole[WHOLE];
    datagram(whole);
    bed *b = bed_new(&(capture_limits){ .datagrams = 1 });
    send_nested(b, 2, 17, whole, WHOLE);
    assert_int_equal(b->count, 0);
    assert_int_equal(bed_count(b, CAPTURE_NESTED_TOO_DEEP), 2);
    bed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragments_come_in_any_order),
        cmocka_unit_test(two_datagrams_are_not_mixed),
        cmocka_unit_test(the_copies_of_a_second_tap_open_nothing),
        cmocka_unit_test(an_identification_is_used_again),
        cmocka_unit_test(overlaps_keep_what_came_first),
        cmocka_unit_test(two_ends_contradict_each_other),
        cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(a_cut_fragment_cuts_the_message),
        cmocka_unit_test(fragments_of_other_protocols_are_no_loss),
        cmocka_unit_test(waiting_ends),
        cmocka_unit_test(impossible_fragments_are_refused),
        cmocka_unit_test(fragments_in_fragments_are_read_to_a_depth),
        cmocka_unit_test(a_datagram_in_itself_is_refused),
        cmocka_unit_test(a_datagram_that_is_read_is_not_displaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
