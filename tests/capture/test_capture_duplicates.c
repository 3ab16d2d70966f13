/* SPDX-License-Identifier: MIT */
/* The same datagram captured twice is one message; a message sent twice is two. */
#include "bed.h"

#define SIZE 200
#define MS UINT64_C(1000000)

/* What a datagram is like. */
typedef struct sample {
    uint16_t id;
    bool dont_fragment;
    uint8_t ttl, from;
    uint16_t port, checksum;
    char mark;
} sample;

static size_t ipv4(uint8_t *out, const sample *s)
{
    char text[SIZE];
    bed_sip(text, SIZE, s->mark);
    size_t n = bed_udp(out, 5060, s->port, text, SIZE);
    out[6] = (uint8_t)(s->checksum >> 8);
    out[7] = (uint8_t)s->checksum;
    n = bed_ipv4(out, 17, s->from, 2, out, n);
    out[4] = (uint8_t)(s->id >> 8);
    out[5] = (uint8_t)s->id;
    out[6] = s->dont_fragment ? 0x40 : 0;
    out[8] = s->ttl;
    return n;
}

static void put(bed *b, uint64_t ns, const sample *s)
{
    uint8_t packet[SIZE + 100];
    size_t n = ipv4(packet, s);
    b->ns = ns - MS; /* bed_frame adds it */
    bed_frame(b, CAPTURE_LINK_IP, packet, n);
}

enum change { NOTHING, TTL, CHECKSUM, ID, BYTES, SENDER, PORT };

static sample changed(sample s, enum change change)
{
    switch (change) {
    case NOTHING:
        break;
    case TTL:
        s.ttl--;
        break;
    case CHECKSUM:
        s.checksum++;
        break;
    case ID:
        s.id++;
        break;
    case BYTES:
        s.mark++;
        break;
    case SENDER:
        s.from += 2;
        break;
    case PORT:
        s.port += 2;
        break;
    }
    return s;
}

static void copies_are_told_from_what_is_sent_again(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint16_t id;
        bool dont_fragment;
        enum change change; /* of the second one */
        unsigned after_ms;
        bool one;
    } cases[] = {
        { "the same", 7, false, NOTHING, 2, true },
        { "behind a router", 7, false, TTL, 2, true },
        { "before and behind the card that sums", 7, false, CHECKSUM, 2, true },
        { "a tap whose clock differs", 7, false, NOTHING, 390, true },
        { "the identification after half a second", 7, false, NOTHING, 500, false },
        { "sent again at once", 7, false, ID, 2, false },
        { "sent again after T1", 7, false, ID, 500, false },
        { "other bytes", 7, false, BYTES, 2, false },
        { "another sender", 7, false, SENDER, 2, false },
        { "another port", 7, false, PORT, 2, false },
        { "no identification, at once", 0, true, NOTHING, 20, true },
        { "no identification, sent again after T1", 0, true, NOTHING, 500, false },
        { "no identification, and T1 is short", 0, true, NOTHING, 200, false },
        { "zero though it may be fragmented", 0, false, NOTHING, 200, false },
        { "an identification that means nothing, at once", 9, true, NOTHING, 20, true },
        { "an identification that means nothing, later", 9, true, NOTHING, 200, false },
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        size_t k = i / 2;
        bool keep = i % 2, one = cases[k].one && !keep;
        bed *b = bed_new(&(capture_limits){ .keep_duplicates = keep });
        sample first = { cases[k].id, cases[k].dont_fragment, 64, 1, 5060, 1, 'a' };
        sample second = changed(first, cases[k].change);
        put(b, 1000000000, &first);
        put(b, 1000000000 + cases[k].after_ms * MS, &second);
        if (b->count != (one ? 1 : 2)) print_error("%s\n", cases[k].what);
        assert_int_equal(b->count, one ? 1 : 2);
        assert_int_equal(b->got[0].frame, 1);
        assert_int_equal(bed_count(b, CAPTURE_DUPLICATES), one);
        assert_int_equal(bed_count(b, CAPTURE_MESSAGES), b->count);
        bed_free(b);
    }
}

static void files_may_step_back_in_time(void **state)
{
    (void)state;
    const sample s = { 7, false, 64, 1, 5060, 1, 'a' };
    bed *b = bed_new(NULL);
    put(b, 1000000000, &s);
    put(b, 1000000000 - 5 * MS, &s);
    assert_int_equal(b->count, 1);
    put(b, 1000000000 - 500 * MS, &s);
    assert_int_equal(b->count, 2);
    bed_free(b);
}

static void links_and_tunnels_make_no_difference(void **state)
{
    (void)state;
    const sample s = { 7, false, 64, 1, 5060, 1, 'a' };
    uint8_t packet[SIZE + 200];
    static const struct {
        enum capture_link link;
        const char *header;
    } around[] = {
        { CAPTURE_LINK_ETHERNET, "020000000002 020000000001 0800" },
        { CAPTURE_LINK_ETHERNET, "020000000002 020000000001 8100 0064 0800" },
        { CAPTURE_LINK_SLL, "0000 0001 0006 0200000000010000 0800" },
        { CAPTURE_LINK_WLAN, "0801 0000 020000000001 020000000002 020000000003 0000 AAAA03 000000 "
                             "0800" },
    };
    bed *b = bed_new(NULL);
    for (size_t i = 0; i < 4; i++) {
        size_t n = bed_hex(around[i].header, packet);
        bed_frame(b, around[i].link, packet, n + ipv4(packet + n, &s));
    }
    size_t n = ipv4(packet, &s);
    bed_frame(b, CAPTURE_LINK_IP, packet, bed_ipv4(packet, 4, 9, 8, packet, n));
    n = 4 + ipv4(packet + 4, &s);
    bed_hex("0000 0800", packet);
    bed_frame(b, CAPTURE_LINK_IP, packet, bed_ipv4(packet, 47, 9, 8, packet, n));
    assert_int_equal(b->count, 1);
    assert_int_equal(bed_count(b, CAPTURE_DUPLICATES), 5);
    bed_free(b);
}

static void ipv6_has_only_time_to_tell(void **state)
{
    (void)state;
    char text[SIZE];
    uint8_t packet[SIZE + 100];
    bed *b = bed_new(NULL);
    bed_sip(text, SIZE, 'a');
    size_t n = bed_udp(packet, 5060, 5060, text, SIZE);
    n = bed_ipv6(packet, 17, 1, 2, packet, n);
    bed_frame(b, CAPTURE_LINK_IP, packet, n);
    bed_frame(b, CAPTURE_LINK_IP, packet, n);
    assert_int_equal(b->count, 1);
    b->ns += 500 * MS;
    bed_frame(b, CAPTURE_LINK_IP, packet, n);
    assert_int_equal(b->count, 2);
    bed_free(b);
}

/* A datagram in fragments, of both taps, one behind the other or between each other. */
static void fragments_are_counted_once(void **state)
{
    (void)state;
    static const unsigned orders[2][4] = { { 0, 1, 0, 1 }, { 0, 0, 1, 1 } };
    char text[SIZE];
    uint8_t whole[SIZE + 8], packet[SIZE + 100];
    bed_sip(text, SIZE, 'a');
    bed_udp(whole, 5060, 5060, text, SIZE);
    for (unsigned i = 0; i < 2; i++) {
        bed *b = bed_new(NULL);
        for (unsigned k = 0; k < 4; k++) {
            size_t from = orders[i][k] ? 104 : 0, n = from ? SIZE + 8 - 104 : 104;
            n = bed_ipv4_fragment(packet, 5, from, !from, whole + from, n);
            bed_frame(b, CAPTURE_LINK_IP, packet, n);
        }
        assert_int_equal(b->count, 1);
        assert_int_equal(bed_count(b, CAPTURE_DUPLICATES), i == 0);
        assert_int_equal(bed_count(b, CAPTURE_FRAGMENTS_OVERLAP), 0);
        capture_decoder_finish(b->decoder);
        assert_int_equal(bed_count(b, CAPTURE_FRAGMENTS_INCOMPLETE), 0);
        bed_free(b);
    }
}

/* SYN, three messages, then FIN or RST; the second tap is `late` frames behind. */
static void a_connection_seen_by_two_taps_is_one(void **state)
{
    (void)state;
    enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, FRAMES = 5 };
    for (unsigned round = 0; round < 2 * (FRAMES + 1); round++) {
        unsigned late = round / 2;
        uint8_t end = round & 1 ? RST : FIN, packet[SIZE + 100];
        char text[SIZE];
        bed *b = bed_new(NULL);
        for (unsigned i = 0; i < FRAMES + late; i++) {
            for (unsigned tap = 0; tap < 2; tap++) {
                unsigned k = tap ? i - late : i;
                if (k >= FRAMES) continue;
                bool data = k > 0 && k < FRAMES - 1;
                uint8_t flags = k == 0 ? SYN : data ? ACK : end | ACK;
                bed_sip(text, SIZE, (char)('a' + k));
                uint32_t seq = k == 0 ? 100 : 101 + (k - 1) * SIZE;
                size_t n = bed_tcp(packet, 33000, 5060, seq, 1, flags, text, data ? SIZE : 0);
                bed_frame(b, CAPTURE_LINK_IP, packet, bed_ipv4(packet, 6, 1, 2, packet, n));
            }
        }
        capture_decoder_finish(b->decoder);
        assert_int_equal(b->count, 3);
        assert_int_equal(capture_losses(&b->stats), 0);
        bed_free(b);
    }
}

static void what_is_remembered_has_a_limit(void **state)
{
    (void)state;
    sample s = { 1, false, 64, 1, 5060, 1, 'a' };
    bed *b = bed_new(&(capture_limits){ .copies = 4 });
    for (s.id = 1; s.id <= 6; s.id++)
        put(b, 1000000000, &s);
    assert_int_equal(bed_count(b, CAPTURE_DUPLICATES_FORGOTTEN), 2);
    s.id = 6;
    put(b, 1000000000, &s);
    assert_int_equal(b->count, 6);
    bed_free(b);
    b = bed_new(&(capture_limits){ .total_bytes = 16000 });
    for (s.id = 1; s.id <= 6; s.id++)
        put(b, 1000000000, &s);
    assert_in_range(bed_count(b, CAPTURE_DUPLICATES_FORGOTTEN), 2, 5);
    bed_free(b);
    b = bed_new(&(capture_limits){ .copies = 4 });
    for (s.id = 1; s.id <= 30; s.id++) /* time makes room */
        put(b, UINT64_C(1000000000) * s.id, &s);
    assert_int_equal(bed_count(b, CAPTURE_DUPLICATES_FORGOTTEN), 0);
    bed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_told_from_what_is_sent_again),
        cmocka_unit_test(files_may_step_back_in_time),
        cmocka_unit_test(links_and_tunnels_make_no_difference),
        cmocka_unit_test(ipv6_has_only_time_to_tell),
        cmocka_unit_test(fragments_are_counted_once),
        cmocka_unit_test(a_connection_seen_by_two_taps_is_one),
        cmocka_unit_test(what_is_remembered_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
