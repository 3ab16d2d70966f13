/* SPDX-License-Identifier: MIT */
/* Mirrored messages: HEP of versions 1 to 3, over UDP and TCP, beside the wire and alone. */
#include "bed.h"

#include <stdio.h>

#define SYN 2
#define ACK 16

/* A packet of version 3 that is being written. */
typedef struct hep {
    uint8_t bytes[2000];
    size_t n;
} hep;

static void chunk(hep *h, unsigned vendor, unsigned type, const void *value, size_t n)
{
    if (!h->n) memcpy(h->bytes, "HEP3", 4), h->n = 6;
    bed_put16(h->bytes + h->n, vendor);
    bed_put16(h->bytes + h->n + 2, type);
    bed_put16(h->bytes + h->n + 4, n + 6);
    memcpy(h->bytes + h->n + 6, value, n);
    h->n += n + 6;
    bed_put16(h->bytes + 4, h->n);
}

static void number(hep *h, unsigned type, uint32_t value, size_t size)
{
    uint8_t bytes[4];
    bed_put32(bytes, value);
    chunk(h, 0, type, bytes + 4 - size, size);
}

/* 10.0.0.1:5061 to 10.0.0.2:5060 at that second, by that agent, without a payload. */
static hep hep_head(uint8_t protocol, uint32_t seconds, uint32_t agent)
{
    hep h = { .n = 0 };
    number(&h, 1, 2, 1);
    number(&h, 2, protocol, 1);
    chunk(&h, 0, 3, "\x0A\0\0\1", 4);
    chunk(&h, 0, 4, "\x0A\0\0\2", 4);
    number(&h, 7, 5061, 2);
    number(&h, 8, 5060, 2);
    if (seconds) number(&h, 9, seconds, 4);
    if (seconds) number(&h, 10, 250000, 4);
    number(&h, 12, agent, 4);
    chunk(&h, 0, 14, "secret", 6);
    chunk(&h, 7, 15, "of a vendor", 11);
    return h;
}

static hep mirrored(const char *sip, size_t n, uint32_t agent)
{
    hep h = hep_head(17, 0, agent);
    number(&h, 11, 1, 1);
    chunk(&h, 0, 15, sip, n);
    return h;
}

static void assert_inner(const bed_message *m, const char *sip, size_t n)
{
    assert_int_equal(m->n, n);
    assert_memory_equal(m->bytes, sip, n);
    assert_int_equal(m->src.family, 4);
    assert_memory_equal(m->src.bytes, "\x0A\0\0\1", 4);
    assert_memory_equal(m->dst.bytes, "\x0A\0\0\2", 4);
    assert_int_equal(m->src.port, 5061);
    assert_int_equal(m->dst.port, 5060);
}

static void version_3(void **state)
{
    (void)state;
    static const struct {
        uint8_t protocol;
        enum sipcheck_transport transport;
    } cases[] = {
        { 17, SIPCHECK_TRANSPORT_UDP },
        { 6, SIPCHECK_TRANSPORT_UNKNOWN }, /* or TLS, or WebSocket */
        { 22, SIPCHECK_TRANSPORT_TLS },
        { 50, SIPCHECK_TRANSPORT_UNKNOWN }, /* WebSocket, in TLS or not */
        { 132, SIPCHECK_TRANSPORT_SCTP },
    };
    char sip[100];
    bed_sip(sip, 100, 'a');
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bed *b = bed_new(NULL);
        hep h = hep_head(cases[i].protocol, 3, 42);
        number(&h, 11, 1, 1);
        chunk(&h, 0, 15, sip, 100);
        bed_datagram(b, 5060, 9060, h.bytes, h.n);
        assert_int_equal(b->count, 1);
        assert_inner(&b->got[0], sip, 100);
        assert_int_equal(b->got[0].transport, cases[i].transport);
        assert_int_equal(b->got[0].ns, 3250000000u);
        assert_int_equal(b->got[0].frame, 1);
        bed_free(b);
    }
}

/* An agent that knows no streams, or no fragments, mirrors what a packet held. */
static void parts_of_messages(void **state)
{
    (void)state;
    char sip[300];
    for (size_t i = 0; i < 3; i++)
        bed_sip(sip + 100 * i, 100, (char)('a' + i));
    bed *b = bed_new(NULL);
    hep h = hep_head(6, 3, 42);
    chunk(&h, 0, 15, sip, 250);
    bed_datagram(b, 5060, 9060, h.bytes, h.n);
    assert_int_equal(b->count, 3);
    assert_inner(&b->got[1], sip + 100, 100);
    assert_int_equal(b->got[1].flags, 0);
    assert_int_equal(b->got[2].n, 50);
    assert_int_equal(b->got[2].flags, SIPCHECK_CUT);
    h = hep_head(17, 3, 42);
    chunk(&h, 0, 15, sip, 90);
    bed_datagram(b, 5060, 9060, h.bytes, h.n);
    assert_int_equal(b->got[3].flags, SIPCHECK_CUT);
    bed_free(b);
}

static void ipv6(void **state)
{
    (void)state;
    char sip[100];
    bed_sip(sip, 100, 'a');
    hep h = { .n = 0 };
    number(&h, 1, 10, 1);
    chunk(&h, 0, 5, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    chunk(&h, 0, 6, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2", 16);
    chunk(&h, 0, 15, sip, 100);
    bed *b = bed_new(NULL);
    bed_datagram(b, 5060, 9060, h.bytes, h.n);
    assert_int_equal(b->got[0].src.family, 6);
    assert_int_equal(b->got[0].dst.bytes[15], 2);
    bed_free(b);
}

static void other_payloads_are_counted(void **state)
{
    (void)state;
    static const struct {
        unsigned type, chunk;
        const char *payload;
        enum capture_counter_id counter;
    } cases[] = {
        { 5, 15, "{\"rtcp\":1}", CAPTURE_HEP_OTHER },
        { 100, 15, "OPTIONS sip:a@b SIP/2.0\r\nl: 0\r\n\r\n", CAPTURE_HEP_OTHER },
        { 1, 15, "\r\n\r\n", CAPTURE_KEEPALIVES },
        { 1, 15, "\x01\x02", CAPTURE_HEP_OTHER },
        { 1, 16, "x\x9c\x0b\x01", CAPTURE_HEP_COMPRESSED },
        { 5, 16, "x\x9c\x0b\x01", CAPTURE_HEP_OTHER },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bed *b = bed_new(NULL);
        hep h = hep_head(17, 3, 42);
        number(&h, 11, cases[i].type, 1);
        chunk(&h, 0, cases[i].chunk, cases[i].payload, strlen(cases[i].payload));
        bed_datagram(b, 5060, 9060, h.bytes, h.n);
        assert_int_equal(b->count, 0);
        assert_int_equal(bed_count(b, cases[i].counter), 1);
        bed_free(b);
    }
}

static void a_compressed_payload_is_read(void **state)
{
    (void)state;
    uint8_t stored[105] = { 1, 100, 0, (uint8_t)~100, 0xFF };
    char sip[100];
    bed_sip(sip, 100, 'a');
    memcpy(stored + 5, sip, 100);
    bed *b = bed_new(NULL);
    hep h = hep_head(17, 3, 42);
    number(&h, 11, 1, 1);
    chunk(&h, 0, 16, stored, sizeof stored);
    bed_datagram(b, 5060, 9060, h.bytes, h.n);
    assert_int_equal(b->count, 1);
    assert_inner(&b->got[0], sip, 100);
    assert_int_equal(bed_count(b, CAPTURE_HEP_COMPRESSED), 0);
    bed_free(b);
}

static void a_clock_that_is_days_off_is_not_believed(void **state)
{
    (void)state;
    char sip[100];
    bed_sip(sip, 100, 'a');
    bed *b = bed_new(NULL);
    hep h = hep_head(17, 4000000000u, 42);
    chunk(&h, 0, 15, sip, 100);
    bed_datagram(b, 5060, 9060, h.bytes, h.n);
    assert_int_equal(b->got[0].ns, b->ns);
    assert_int_equal(bed_count(b, CAPTURE_HEP_CLOCK), 1);
    bed_free(b);
}

static size_t old_head(uint8_t *out, uint8_t version, uint8_t length, uint8_t family)
{
    memset(out, 0, 60);
    out[0] = version;
    out[1] = length;
    out[2] = family;
    out[3] = 17;
    bed_put16(out + 4, 5061);
    bed_put16(out + 6, 5060);
    memcpy(out + 8, family == 2 ? "\x0A\0\0\1\x0A\0\0\2" : "\x20\1", family == 2 ? 8 : 2);
    if (version == 2) out[(family == 2 ? 16 : 40)] = 3; /* seconds, least byte first */
    return length;
}

static void versions_1_and_2(void **state)
{
    (void)state;
    static const struct {
        uint8_t version, length, family;
        uint64_t seconds;
    } cases[] = { { 1, 16, 2, 1 }, { 1, 40, 10, 1 }, { 2, 26, 2, 3 },
                  { 2, 28, 2, 3 }, { 2, 50, 10, 3 }, { 2, 52, 28, 3 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t packet[200];
        size_t head = old_head(packet, cases[i].version, cases[i].length, cases[i].family);
        bed_sip((char *)packet + head, 100, 'a');
        bed *b = bed_new(NULL);
        bed_datagram(b, 5060, 9060, packet, head + 100);
        assert_int_equal(b->count, 1);
        assert_int_equal(b->got[0].n, 100);
        assert_int_equal(b->got[0].src.family, cases[i].family == 2 ? 4 : 6);
        assert_int_equal(b->got[0].src.port, 5061);
        assert_int_equal(b->got[0].ns / 1000000000u, cases[i].seconds);
        packet[1]++;
        bed_datagram(b, 5060, 9060, packet, head + 100);
        packet[1]--;
        packet[head] = 0;
        bed_datagram(b, 5060, 9060, packet, head + 100);
        assert_int_equal(b->count, 1);
        bed_free(b);
    }
}

/* w: on the wire, a, b: in the mirror of an agent; capitals: another message; +: three seconds. */
static void a_message_is_counted_once(void **state)
{
    (void)state;
    static const struct {
        const char *seen;
        size_t count, mirrored;
    } cases[] = {
        { "wa", 1, 1 },   { "aw", 1, 1 },   { "ab", 1, 1 },   { "wab", 1, 2 },    { "ww", 2, 0 },
        { "aa", 2, 0 },   { "wwaa", 2, 2 }, { "wawa", 2, 2 }, { "abwabw", 2, 4 }, { "wA", 2, 0 },
        { "wAaW", 2, 2 }, { "w+a", 2, 0 },  { "w+w", 2, 0 },  { "wa+wa", 2, 2 },
    };
    char sip[2][100];
    bed_sip(sip[0], 100, 'a');
    bed_sip(sip[1], 100, 'b');
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bed *b = bed_new(NULL);
        for (const char *c = cases[i].seen; *c; c++) {
            b->ns +=
                *c == '+' ? 3000000000u : 150000000u; /* further apart than copies of two taps */
            const char *text = sip[*c < 'a'];
            char who = (char)(*c | 32);
            hep h = mirrored(text, 100, (uint32_t)who);
            if (who == 'w') bed_datagram(b, 5061, 5060, text, 100);
            if (who == 'a' || who == 'b') bed_datagram(b, 5060, 9060, h.bytes, h.n);
        }
        assert_int_equal(b->count, cases[i].count);
        assert_int_equal(bed_count(b, CAPTURE_MIRRORED), cases[i].mirrored);
        bed_free(b);
    }
}

/* Five seconds late, by its own clock in time, by one that is wrong, and before the wire. */
static void a_mirror_may_be_late(void **state)
{
    (void)state;
    static const struct {
        uint32_t seconds; /* of the mirror; that of the wire is 10 */
        bool before;
        size_t count;
    } cases[] = { { 10, false, 1 },   { 11, false, 1 }, { 14, false, 2 },
                  { 7000, false, 2 }, { 5, true, 1 },   { 7000, true, 1 } };
    char sip[100];
    bed_sip(sip, 100, 'a');
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bed *b = bed_new(NULL);
        hep h = hep_head(17, cases[i].seconds, 1);
        chunk(&h, 0, 15, sip, 100);
        b->ns = 10000000000u;
        if (cases[i].before) bed_datagram(b, 5060, 9060, h.bytes, h.n);
        bed_datagram(b, 5061, 5060, sip, 100);
        b->ns = 15000000000u;
        if (!cases[i].before) bed_datagram(b, 5060, 9060, h.bytes, h.n);
        assert_int_equal(b->count, cases[i].count);
        bed_free(b);
    }
}

static void what_is_remembered_is_bounded(void **state)
{
    (void)state;
    const capture_limits limits = { .messages = 4 };
    bed *b = bed_new(&limits);
    char sip[100];
    for (int c = 'a'; c <= 'z'; c++) {
        bed_sip(sip, 100, (char)c);
        bed_datagram(b, 5061, 5060, sip, 100);
    }
    for (int c = 'a'; c <= 'z'; c++) {
        bed_sip(sip, 100, (char)c);
        hep h = mirrored(sip, 100, 1);
        bed_datagram(b, 5060, 9060, h.bytes, h.n);
    }
    assert_true(bed_count(b, CAPTURE_MIRRORED) <= 4);
    bed_free(b);
}

static void tcp_send(bed *b, uint32_t *sent, const void *bytes, size_t n)
{
    uint8_t frame[5000];
    size_t length = bed_tcp(frame, 33000, 9060, *sent, 1, ACK, bytes, n);
    bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 7, 8, frame, length));
    *sent += (uint32_t)n;
}

static void over_tcp_split_anywhere(void **state)
{
    (void)state;
    char sip[200];
    uint8_t stream[2000];
    bed_sip(sip, 100, 'a');
    bed_sip(sip + 100, 100, 'b');
    hep one = mirrored(sip, 100, 1), two = mirrored(sip + 100, 100, 1);
    memcpy(stream, one.bytes, one.n);
    memcpy(stream + one.n, two.bytes, two.n);
    size_t n = one.n + two.n;
    for (size_t at = 1; at < n; at++) {
        bed *b = bed_new(NULL);
        uint32_t sent = 1;
        tcp_send(b, &sent, stream, at);
        tcp_send(b, &sent, stream + at, n - at);
        assert_int_equal(b->count, 2);
        assert_inner(&b->got[0], sip, 100);
        assert_inner(&b->got[1], sip + 100, 100);
        bed_free(b);
    }
}

static void over_tcp_behind_a_gap(void **state)
{
    (void)state;
    char sip[200];
    bed_sip(sip, 100, 'a');
    bed_sip(sip + 100, 100, 'b');
    hep one = mirrored(sip, 100, 1), two = mirrored(sip + 100, 100, 1);
    bed *b = bed_new(NULL);
    uint32_t sent = 1;
    tcp_send(b, &sent, two.bytes, two.n);
    tcp_send(b, &sent, one.bytes, one.n - 20);
    sent += 20;
    tcp_send(b, &sent, two.bytes, two.n);
    capture_decoder_finish(b->decoder);
    assert_int_equal(b->count, 3);
    assert_int_equal(b->got[1].flags, SIPCHECK_CUT);
    assert_int_equal(b->got[1].n, 80);
    assert_inner(&b->got[2], sip + 100, 100);
    bed_free(b);
}

/* Every prefix, as sent and as cut by the snap length, and every length wrong. */
static void hostile(void **state)
{
    (void)state;
    char sip[100];
    bed_sip(sip, 100, 'a');
    hep h = mirrored(sip, 100, 1);
    bed *b = bed_new(NULL);
    uint8_t frame[2100];
    for (size_t n = 0; n <= h.n; n++) {
        size_t length = bed_udp(frame, 5060, 9060, h.bytes, n);
        bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 17, 7, 8, frame, length));
        length = bed_udp(frame, 5060, 9060, h.bytes, h.n);
        length = bed_ipv4(frame, 17, 7, 8, frame, length);
        bed_frame_cut(b, CAPTURE_LINK_IP, frame, length, length - n);
    }
    for (size_t i = 4; i < h.n; i++) {
        hep lie = h;
        lie.bytes[i] = (uint8_t)~lie.bytes[i];
        bed_datagram(b, 5060, 9060, lie.bytes, lie.n);
    }
    assert_true(bed_count(b, CAPTURE_HEP_MALFORMED) > 10);
    for (size_t i = 0; i < b->count; i++)
        assert_true(b->got[i].n <= 111); /* none but the payload: a vendor's chunk may become one */
    bed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_3),
        cmocka_unit_test(parts_of_messages),
        cmocka_unit_test(ipv6),
        cmocka_unit_test(other_payloads_are_counted),
        cmocka_unit_test(a_compressed_payload_is_read),
        cmocka_unit_test(a_clock_that_is_days_off_is_not_believed),
        cmocka_unit_test(versions_1_and_2),
        cmocka_unit_test(a_message_is_counted_once),
        cmocka_unit_test(a_mirror_may_be_late),
        cmocka_unit_test(what_is_remembered_is_bounded),
        cmocka_unit_test(over_tcp_split_anywhere),
        cmocka_unit_test(over_tcp_behind_a_gap),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
