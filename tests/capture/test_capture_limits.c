/* SPDX-License-Identifier: MIT */
/* Limits of the capture reader that its other tests don't hit: just kept, then broken by one.
 * docs/limits.md names the test of every limit. */
#include "bed.h"

#include "decoder.h"
#include "scan.h"
#include "stream.h"
#include "table.h"
#include "websocket.h"

typedef struct entry {
    capture_node node;
    uint64_t key;
} entry;

/* CAPTURE_CHAIN_MAX: keys that were made to meet in one bucket displace each other. */
static void chains_of_a_table_are_bounded(void **state)
{
    (void)state;
    static entry entries[CAPTURE_CHAIN_MAX + 1];
    capture_table table;
    assert_true(capture_table_init(&table, 4096, sizeof(uint64_t)));
    uint64_t key = 0;
    for (size_t i = 0; i <= CAPTURE_CHAIN_MAX; i++, key++) {
        while (capture_hash(&key, sizeof key) & table.mask)
            key++;
        const capture_node *victim = capture_table_victim(&table, &key);
        assert_ptr_equal(victim, i < CAPTURE_CHAIN_MAX ? NULL : &entries[0].node);
        entries[i].key = key;
        if (!victim) capture_table_insert(&table, &entries[i].node);
    }
    capture_table_free(&table);
}

/* Entries are found while a table grows, and behind a removal. */
static void a_table_grows_with_its_entries(void **state)
{
    (void)state;
    static entry entries[5000];
    capture_table table;
    assert_true(capture_table_init(&table, 5000, sizeof(uint64_t)));
    for (size_t i = 0; i < 5000; i++) {
        entries[i].key = i;
        assert_null(capture_table_find(&table, &entries[i].key));
        assert_null(capture_table_victim(&table, &entries[i].key));
        capture_table_insert(&table, &entries[i].node);
        if (i % 3 == 2) capture_table_remove(&table, &entries[i - 1].node);
    }
    assert_int_equal(table.count, 5000 - 1666);
    for (uint64_t i = 0; i < 5000; i++) {
        bool gone = i % 3 == 1 && i < 4999;
        assert_ptr_equal(capture_table_find(&table, &i), gone ? NULL : &entries[i].node);
    }
    assert_ptr_equal(table.oldest, &entries[0].node);
    capture_table_free(&table);
}

/* CAPTURE_START_LINE_MAX */
static void a_start_line_is_waited_for_so_long(void **state)
{
    (void)state;
    uint8_t line[CAPTURE_START_LINE_MAX];
    memset(line, 'x', sizeof line);
    assert_int_equal(capture_starts_message(line, sizeof line - 1, true), CAPTURE_SCAN_MORE);
    assert_int_equal(capture_starts_message(line, sizeof line, true), CAPTURE_SCAN_NO);
}

/* HEAD_MAX of decode_websocket.c */
static void a_handshake_is_waited_for_so_long(void **state)
{
    (void)state;
    enum { MOST = 16384 };
    static uint8_t head[MOST];
    size_t length = 0;
    bool sip = false;
    memset(head, 'x', sizeof head);
    memcpy(head, "GET / HTTP/1.1\r\nX: ", 19);
    assert_int_equal(capture_websocket_upgrade(head, MOST - 1, &length, &sip), CAPTURE_SCAN_MORE);
    assert_int_equal(capture_websocket_upgrade(head, MOST, &length, &sip), CAPTURE_SCAN_NO);
}

/* CAPTURE_FIRST_MAX: of what is counted so many places are kept. */
static void first_places_are_kept(void **state)
{
    (void)state;
    capture_stats stats = { 0 };
    for (uint64_t i = 1; i <= CAPTURE_FIRST_MAX + 2; i++)
        capture_count(&stats, CAPTURE_TLS, (capture_place){ i, 0 }, 0);
    assert_int_equal(stats.counters[CAPTURE_TLS].count, CAPTURE_FIRST_MAX + 2);
    assert_int_equal(stats.counters[CAPTURE_TLS].first[CAPTURE_FIRST_MAX - 1].frame,
                     CAPTURE_FIRST_MAX);
}

#define ACK 16

static void send_tcp(bed *b, uint32_t at, const void *bytes, size_t n)
{
    static uint8_t frame[2000];
    size_t length = bed_tcp(frame, 33000, 5060, 1 + at, 1, ACK, bytes, n);
    bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 1, 2, frame, length));
}

/* Returns how many messages are read when a body lacks `missing` bytes in its middle, behind which
 * it goes on with what looks like a message. */
static size_t messages_around(size_t missing)
{
    static const char head[] = "OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n"
                               "Content-Length: 100000\r\n\r\n";
    char sip[100];
    bed_sip(sip, 100, 'a');
    bed *b = bed_new(NULL);
    send_tcp(b, 0, head, sizeof head - 1);
    for (uint32_t i = 0; i < 20; i++)
        send_tcp(b, (uint32_t)(sizeof head - 1 + missing) + i * 100, sip, 100);
    capture_decoder_finish(b->decoder);
    size_t count = b->count;
    assert_int_equal(bed_count(b, CAPTURE_TCP_GAPS), 1);
    bed_free(b);
    return count;
}

/* HOLE_MAX: a longer gap is given up, and what stands behind it is looked at afresh. */
static void a_gap_in_a_body_is_bridged_so_far(void **state)
{
    (void)state;
    enum { MOST = 65536 };
    assert_int_equal(messages_around(MOST), 1);
    assert_true(messages_around(MOST + 1) > 10);
}

/* capture_limits.endpoints: a broken start line is believed where SIP was spoken, as long as that
 * is remembered. */
static void endpoints_are_forgotten(void **state)
{
    (void)state;
    static const char broken[] = "INVITE sip:a@b SIP/7.0.1\r\nVia: SIP/2.0/UDP h\r\n\r\n";
    for (uint16_t others = 0; others < 2; others++) {
        char sip[100];
        bed_sip(sip, 100, 'a');
        bed *b = bed_new(&(capture_limits){ .endpoints = 2 });
        for (uint16_t i = 0; i <= others; i++)
            bed_datagram(b, (uint16_t)(7000 + 2 * i), (uint16_t)(7001 + 2 * i), sip, 100);
        size_t before = b->count;
        bed_datagram(b, 7000, 7001, broken, sizeof broken - 1);
        assert_int_equal(b->count, before + (others ? 0 : 1));
        bed_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_grows_with_its_entries),
        cmocka_unit_test(chains_of_a_table_are_bounded),
        cmocka_unit_test(a_start_line_is_waited_for_so_long),
        cmocka_unit_test(a_handshake_is_waited_for_so_long),
        cmocka_unit_test(first_places_are_kept),
        cmocka_unit_test(a_gap_in_a_body_is_bridged_so_far),
        cmocka_unit_test(endpoints_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
