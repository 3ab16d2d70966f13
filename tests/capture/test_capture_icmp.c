/* SPDX-License-Identifier: MIT */
/* What ICMP says was not delivered: of which quotes that can be told, and of which not. */
#include "bed.h"

#include "decoder.h"

typedef struct told {
    unsigned count;
    sipcheck_packet last;
} told;

static void note(void *user, const sipcheck_packet *undelivered)
{
    told *t = user;
    t->count++;
    t->last = *undelivered;
}

#define IP4(PROTOCOL_, FRAGMENT_)                                                                  \
    "4500 0100 0001 " FRAGMENT_ " 40" PROTOCOL_ " 0000 0A000003 0A000004 "
#define IP6(PROTOCOL_)                                                                             \
    "60000000 0100 " PROTOCOL_ " 40 20010DB8000000000000000000000003 "                             \
    "20010DB8000000000000000000000004 "
#define UNREACHABLE4 "0303 0000 00000000 "
#define UNREACHABLE6 "0104 0000 00000000 "
#define PORTS "13C4 13C5 0008 0000"
#define EXTENSION(NEXT_) NEXT_ "00 0104 00000000 "
#define FRAGMENT(NEXT_, PLACE_) NEXT_ "00 " PLACE_ " 00000007 "

typedef struct quote {
    const char *what, *bytes;
    bool six; /* ICMPv6 in IPv6 */
    bool told;
    enum sipcheck_transport transport;
} quote;

static const quote quotes[] = {
    { "port unreachable", UNREACHABLE4 IP4("11", "0000") PORTS, false, true,
      SIPCHECK_TRANSPORT_UDP },
    { "host unreachable", "0301 0000 00000000" IP4("11", "4000") PORTS, false, true,
      SIPCHECK_TRANSPORT_UDP },
    { "time exceeded", "0B00 0000 00000000" IP4("11", "0000") PORTS, false, true,
      SIPCHECK_TRANSPORT_UDP },
    { "parameter problem", "0C00 0000 00000000" IP4("11", "0000") PORTS, false, true,
      SIPCHECK_TRANSPORT_UDP },
    { "of a segment", UNREACHABLE4 IP4("06", "0000") PORTS, false, true, SIPCHECK_TRANSPORT_TCP },
    { "of a chunk", UNREACHABLE4 IP4("84", "0000") PORTS, false, true, SIPCHECK_TRANSPORT_SCTP },
    { "the first fragment", UNREACHABLE4 IP4("11", "2000") PORTS, false, true,
      SIPCHECK_TRANSPORT_UDP },
    { "options in the quoted header",
      UNREACHABLE4 "4600 0100 0001 0000 4011 0000 0A000003 0A000004 01010101" PORTS, false, true,
      SIPCHECK_TRANSPORT_UDP },
    { "nothing but the ports", UNREACHABLE4 IP4("11", "0000") "13C4 13C5", false, true,
      SIPCHECK_TRANSPORT_UDP },
    { "no route", UNREACHABLE6 IP6("11") PORTS, true, true, SIPCHECK_TRANSPORT_UDP },
    { "too big", "0200 0000 00000000" IP6("11") PORTS, true, true, SIPCHECK_TRANSPORT_UDP },
    { "extension headers",
      UNREACHABLE6 IP6("00") EXTENSION("2B") EXTENSION("3C") EXTENSION("87") EXTENSION("11") PORTS,
      true, true, SIPCHECK_TRANSPORT_UDP },
    { "a long one", UNREACHABLE6 IP6("3C") "0601 0104 00000000 01060000 00000000" PORTS, true, true,
      SIPCHECK_TRANSPORT_TCP },
    { "the first fragment of IPv6", UNREACHABLE6 IP6("2C") FRAGMENT("11", "0001") PORTS, true, true,
      SIPCHECK_TRANSPORT_UDP },
    { "one that is the whole", UNREACHABLE6 IP6("2C") FRAGMENT("3C", "0000") EXTENSION("11") PORTS,
      true, true, SIPCHECK_TRANSPORT_UDP },
    { "what is authenticated", UNREACHABLE4 IP4("33", "0000") "1101 0000 00000001 00000001" PORTS,
      false, true, SIPCHECK_TRANSPORT_UDP },
    { "what ICMP says behind the quote, RFC 4884",
      "0303 0000 00070000" IP4("11", "0000") PORTS "2000 0000 0008 0101 00000000", false, true,
      SIPCHECK_TRANSPORT_UDP },
    /* of these it can't be told, or they are no errors */
    { "another fragment", UNREACHABLE4 IP4("11", "0001") PORTS, false, false, 0 },
    { "of ICMP", UNREACHABLE4 IP4("01", "0000") PORTS, false, false, 0 },
    { "of ICMP that quotes", UNREACHABLE4 IP4("01", "0000") UNREACHABLE4 IP4("11", "0000") PORTS,
      false, false, 0 },
    { "of ICMPv6 that quotes", UNREACHABLE6 IP6("3A") UNREACHABLE6 IP6("11") PORTS, true, false,
      0 },
    { "of a tunnel", UNREACHABLE4 IP4("04", "0000") IP4("11", "0000") PORTS, false, false, 0 },
    { "another fragment of IPv6", UNREACHABLE6 IP6("2C") FRAGMENT("11", "0008") PORTS, true, false,
      0 },
    { "another fragment behind others",
      UNREACHABLE6 IP6("00") EXTENSION("2C") FRAGMENT("11", "0009") PORTS, true, false, 0 },
    { "fragments of IPv6 in IPv4", UNREACHABLE4 IP4("2C", "0000") FRAGMENT("11", "0001") PORTS,
      false, false, 0 },
    { "extension headers of IPv6 in IPv4", UNREACHABLE4 IP4("00", "0000") EXTENSION("11") PORTS,
      false, false, 0 },
    { "an extension header beyond the end", UNREACHABLE6 IP6("00") "11FF 0104 00000000" PORTS, true,
      false, 0 },
    { "half an extension header", UNREACHABLE6 IP6("00") "11", true, false, 0 },
    { "half a fragment header", UNREACHABLE6 IP6("2C") "1100 0001", true, false, 0 },
    { "no next header", UNREACHABLE6 IP6("3B") PORTS, true, false, 0 },
    { "IPv6 in ICMP of IPv4", UNREACHABLE4 IP6("11") PORTS, false, false, 0 },
    { "IPv4 in ICMP of IPv6", UNREACHABLE6 IP4("11", "0000") PORTS, true, false, 0 },
    { "a header that is longer than what there is",
      UNREACHABLE4 "4F00 0100 0001 0000 4011 0000 0A000003 0A000004" PORTS, false, false, 0 },
    { "a part of the header of IPv6",
      UNREACHABLE6 "60000000 0100 11 40 20010DB8000000000000000000000003", true, false, 0 },
    { "ports of others", UNREACHABLE4 IP4("11", "0000") "4001 4002 0008 0000", false, false, 0 },
    { "a part of the ports", UNREACHABLE4 IP4("11", "0000") "13C4 13", false, false, 0 },
    { "a part of the header", UNREACHABLE4 "4500 0100 0001 0000 4011 0000 0A00", false, false, 0 },
    { "a header that is too short", UNREACHABLE4 "4400 0100 0001 0000 4011 0000 0A000003 0A000004",
      false, false, 0 },
    { "no IP", UNREACHABLE4 "0000 0000", false, false, 0 },
    { "nothing quoted", UNREACHABLE4, false, false, 0 },
    { "half an error", "0303 0000", false, false, 0 },
    { "a ping", "0800 0000 00000000" IP4("11", "0000") PORTS, false, false, 0 },
    { "a redirect", "0501 0000 00000000" IP4("11", "0000") PORTS, false, false, 0 },
    { "a neighbour's", "8800 0000 00000000" IP6("11") PORTS, true, false, 0 },
};

static size_t make(const quote *q, uint8_t *frame)
{
    uint8_t payload[256];
    size_t n = bed_hex(q->bytes, payload);
    return q->six ? bed_ipv6(frame, 58, 1, 2, payload, n) : bed_ipv4(frame, 1, 1, 2, payload, n);
}

static void want_told(const quote *q, const told *t)
{
    static const uint8_t src[] = { 10, 0, 0, 3 }, dst[] = { 10, 0, 0, 4 };
    assert_int_equal(t->last.src.family, q->six ? 6 : 4);
    assert_int_equal(t->last.src.port, 5060);
    assert_int_equal(t->last.dst.port, 5061);
    assert_int_equal(t->last.src.bytes[q->six ? 15 : 3], 3);
    assert_int_equal(t->last.dst.bytes[q->six ? 15 : 3], 4);
    if (!q->six) assert_memory_equal(t->last.src.bytes, src, sizeof src);
    if (!q->six) assert_memory_equal(t->last.dst.bytes, dst, sizeof dst);
    assert_int_equal(t->last.transport, q->transport);
    assert_int_equal(t->last.frame, 1);
    assert_int_equal(t->last.length, 0);
}

static void each_quote_is_told_as_far_as_it_goes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        const quote *q = &quotes[i];
        uint8_t frame[512];
        told t = { .count = 0 };
        bed *b = bed_new(NULL);
        capture_decoder_watch_undelivered(b->decoder, note, &t);
        bed_frame(b, CAPTURE_LINK_IP, frame, make(q, frame));
        if (t.count != q->told) fail_msg("%s: told %u times", q->what, t.count);
        assert_int_equal(bed_count(b, CAPTURE_UNDELIVERED), q->told);
        assert_int_equal(bed_count(b, CAPTURE_IP_OTHER), !q->told);
        assert_int_equal(b->count, 0);
        if (q->told) want_told(q, &t);
        bed_free(b);
    }
}

static unsigned told_of(const uint8_t *frame, size_t n, size_t cut)
{
    told t = { .count = 0 };
    bed *b = bed_new(NULL);
    capture_decoder_watch_undelivered(b->decoder, note, &t);
    bed_frame_cut(b, CAPTURE_LINK_IP, frame, n, cut);
    assert_int_equal(b->count, 0);
    bed_free(b);
    return t.count;
}

/* Bytes end where the frame does. Nothing is told before the ports are there, and nothing else
 * behind them. */
static void every_prefix_is_read(void **state)
{
    (void)state;
    uint8_t frame[512];
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        const quote *q = &quotes[i];
        size_t n = make(q, frame), first = n + 1;
        for (size_t cut = 0; cut <= n; cut++) {
            unsigned count = told_of(frame, n, cut);
            if (count && cut < first) first = cut;
            if (count != (cut >= first)) fail_msg("%s: told %u times of %zu", q->what, count, cut);
        }
        if (first <= n && memcmp(frame + first - 4, "\x13\xC4\x13\xC5", 4) != 0)
            fail_msg("%s: told by %zu bytes", q->what, first);
    }
}

static void endless_headers_end(void **state)
{
    (void)state;
    for (unsigned count = CAPTURE_EXTENSIONS_MAX - 1; count <= CAPTURE_EXTENSIONS_MAX; count++) {
        uint8_t payload[256], frame[512];
        size_t n = bed_hex(UNREACHABLE6 IP6("00"), payload);
        for (unsigned i = 1; i <= count; i++)
            n += bed_hex(i < count ? EXTENSION("00") : EXTENSION("11"), payload + n);
        n += bed_hex(PORTS, payload + n);
        n = bed_ipv6(frame, 58, 1, 2, payload, n);
        assert_int_equal(told_of(frame, n, n), count < CAPTURE_EXTENSIONS_MAX);
    }
}

/* ICMP itself may come in parts. */
static void a_quote_in_fragments_is_told_once(void **state)
{
    (void)state;
    uint8_t payload[256], frame[512];
    told t = { .count = 0 };
    bed *b = bed_new(NULL);
    size_t n = bed_hex(UNREACHABLE6 IP6("11") PORTS, payload);
    capture_decoder_watch_undelivered(b->decoder, note, &t);
    for (size_t at = 0; at < n; at += 24) {
        size_t part = n - at < 24 ? n - at : 24;
        size_t length = bed_ipv6_fragment(frame, 7, at, at + part < n, payload + at, part);
        frame[40] = 58;
        assert_int_equal(t.count, 0);
        bed_frame(b, CAPTURE_LINK_IP, frame, length);
    }
    assert_int_equal(t.count, 1);
    assert_int_equal(t.last.frame, b->frame);
    bed_free(b);
}

static void ports_that_have_spoken_sip_count(void **state)
{
    (void)state;
    static const char options[] = "OPTIONS sip:bob@example.com SIP/2.0\r\nl: 0\r\n\r\n";
    static const char quoted[] =
        UNREACHABLE4 "4500 0100 0001 0000 4011 0000 0A000001 0A000002 4001 4002 0008 0000";
    const quote q = { "", quoted, false, true, SIPCHECK_TRANSPORT_UDP };
    uint8_t frame[512];
    told t = { .count = 0 };
    bed *b = bed_new(NULL);
    capture_decoder_watch_undelivered(b->decoder, note, &t);
    bed_frame(b, CAPTURE_LINK_IP, frame, make(&q, frame));
    assert_int_equal(t.count, 0);
    bed_datagram(b, 0x4001, 0x4002, options, sizeof options - 1);
    bed_frame(b, CAPTURE_LINK_IP, frame, make(&q, frame));
    assert_int_equal(t.count, 1);
    bed_free(b);
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    uint8_t frame[512];
    bed *b = bed_new(NULL);
    bed_frame(b, CAPTURE_LINK_IP, frame, make(&quotes[0], frame));
    assert_int_equal(bed_count(b, CAPTURE_UNDELIVERED), 1);
    bed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_quote_is_told_as_far_as_it_goes),
        cmocka_unit_test(every_prefix_is_read),
        cmocka_unit_test(endless_headers_end),
        cmocka_unit_test(a_quote_in_fragments_is_told_once),
        cmocka_unit_test(ports_that_have_spoken_sip_count),
        cmocka_unit_test(nobody_has_to_listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
