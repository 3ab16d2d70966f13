/* SPDX-License-Identifier: MIT */
/* PDUs as Wireshark exports them, and the bytes that tshark finds within TLS. */
#include "bed.h"

#include <stdio.h>

#include "decoder.h"

#define SYN 2
#define ACK 16

typedef struct pdu {
    uint8_t bytes[3000];
    size_t n;
} pdu;

static void tag(pdu *p, unsigned type, const void *value, size_t n)
{
    bed_put16(p->bytes + p->n, type);
    bed_put16(p->bytes + p->n + 2, n);
    memcpy(p->bytes + p->n + 4, value, n);
    p->n += n + 4;
}

static void tag32(pdu *p, unsigned type, uint32_t value)
{
    uint8_t bytes[4];
    bed_put16(bytes, value >> 16);
    bed_put16(bytes + 2, value & 0xFFFF);
    tag(p, type, bytes, 4);
}

enum { SCTP = 1, TCP = 2, UDP = 3 };

/* 10.0.0.1:33000 to 10.0.0.2:5061, or back, in that frame of the original capture. */
static pdu exported(const char *dissector, uint32_t port_type, uint32_t frame, bool back,
                    const void *content, size_t n)
{
    pdu p = { .n = 0 };
    tag(&p, 12, dissector, (strlen(dissector) + 3) & ~(size_t)3);
    tag(&p, back ? 21 : 20, "\x0A\0\0\1", 4);
    tag(&p, back ? 20 : 21, "\x0A\0\0\2", 4);
    tag32(&p, 24, port_type);
    tag32(&p, back ? 26 : 25, 33000);
    tag32(&p, back ? 25 : 26, 5061);
    if (frame) tag32(&p, 30, frame);
    tag(&p, 0, "", 0);
    memcpy(p.bytes + p.n, content, n);
    p.n += n;
    return p;
}

static void send_pdu(bed *b, const pdu *p)
{
    bed_frame(b, CAPTURE_LINK_EXPORTED, p->bytes, p->n);
}

static void one_message(void **state)
{
    (void)state;
    static const struct {
        uint32_t port_type;
        enum sipcheck_transport transport;
    } cases[] = {
        { UDP, SIPCHECK_TRANSPORT_UDP },
        { SCTP, SIPCHECK_TRANSPORT_SCTP },
        { TCP, SIPCHECK_TRANSPORT_UNKNOWN }, /* or TLS, or WebSocket */
        { 0, SIPCHECK_TRANSPORT_UNKNOWN },
    };
    char sip[100];
    bed_sip(sip, 100, 'a');
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bed *b = bed_new(NULL);
        pdu p = exported("sip\0", cases[i].port_type, 77, false, sip, 100);
        send_pdu(b, &p);
        assert_int_equal(b->count, 1);
        const bed_message *m = &b->got[0];
        assert_int_equal(m->n, 100);
        assert_memory_equal(m->bytes, sip, 100);
        assert_int_equal(m->src.port, 33000);
        assert_int_equal(m->dst.bytes[3], 2);
        assert_int_equal(m->transport, cases[i].transport);
        assert_int_equal(m->frame, 1); /* the file's own, as Wireshark counts when it opens it */
        assert_int_equal(m->flags, 0);
        bed_free(b);
    }
}

static void ipv6(void **state)
{
    (void)state;
    char sip[100];
    bed_sip(sip, 100, 'a');
    pdu p = { .n = 0 };
    tag(&p, 22, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    tag(&p, 23, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2", 16);
    tag(&p, 0, "", 0);
    memcpy(p.bytes + p.n, sip, 100);
    p.n += 100;
    bed *b = bed_new(NULL);
    send_pdu(b, &p);
    assert_int_equal(b->got[0].src.family, 6);
    assert_int_equal(b->got[0].dst.bytes[15], 2);
    bed_free(b);
}

/* A start line that is broken is believed of what is called sip, by whichever tag. */
static void which_is_sip(void **state)
{
    (void)state;
    static const char broken[] = "OPTIONS sip:a@b\r\nVia: x\r\n\r\n";
    static const struct {
        unsigned tag, value_tag;
        const char *value;
        uint32_t number;
        size_t count;
    } cases[] = {
        { 12, 0, "sip.tcp", 0, 1 },      { 13, 0, "sip_udp", 0, 1 },
        { 12, 0, "diameter", 0, 0 },     { 14, 32, "udp.port", 5060, 1 },
        { 14, 32, "tls.port", 5061, 1 }, { 14, 32, "udp.port", 3868, 0 },
        { 33, 0, "SIP", 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pdu p = { .n = 0 };
        tag(&p, cases[i].tag, cases[i].value, strlen(cases[i].value));
        if (cases[i].value_tag) tag32(&p, cases[i].value_tag, cases[i].number);
        tag(&p, 0, "", 0);
        memcpy(p.bytes + p.n, broken, sizeof broken - 1);
        p.n += sizeof broken - 1;
        bed *b = bed_new(NULL);
        send_pdu(b, &p);
        assert_int_equal(b->count, cases[i].count);
        assert_int_equal(bed_count(b, CAPTURE_EXPORTED_OTHER), !cases[i].count);
        bed_free(b);
    }
}

/* Of a segment with two messages and a part of a third Wireshark exports all, three times. */
static void several_a_segment(void **state)
{
    (void)state;
    char sip[300];
    for (size_t i = 0; i < 3; i++)
        bed_sip(sip + 100 * i, 100, (char)('a' + i));
    bed *b = bed_new(NULL);
    pdu p = exported("sip.tcp\0", TCP, 8, false, sip, 250);
    for (int i = 0; i < 3; i++) {
        b->ns = 1000000000;
        send_pdu(b, &p);
    }
    assert_int_equal(b->count, 2);
    assert_memory_equal(b->got[1].bytes, sip + 100, 100);
    assert_int_equal(bed_count(b, CAPTURE_EXPORTED_TWICE), 2);
    assert_int_equal(bed_count(b, CAPTURE_EXPORTED_PARTIAL), 1);
    p = exported("sip", TCP, 9, false, sip + 200, 100);
    send_pdu(b, &p);
    assert_int_equal(b->count, 3);
    send_pdu(b, &p); /* later: a message that was sent again */
    assert_int_equal(b->count, 4);
    bed_free(b);
}

/* CAPTURE_EXPORTS_MAX: of one frame so many PDUs are remembered; those behind them count each time
 * they come. */
static void a_frame_of_many_pdus(void **state)
{
    (void)state;
    bed *b = bed_new(&(capture_limits){ .keep_duplicates = true });
    for (unsigned i = 0; i < 2 * (CAPTURE_EXPORTS_MAX + 1); i++) {
        char sip[100];
        bed_sip(sip, 100, (char)('a' + i % (CAPTURE_EXPORTS_MAX + 1)));
        pdu p = exported("sip", UDP, 8, false, sip, 100);
        b->ns = 1000000000;
        send_pdu(b, &p);
    }
    assert_int_equal(b->count, CAPTURE_EXPORTS_MAX + 2);
    assert_int_equal(bed_count(b, CAPTURE_EXPORTED_TWICE), CAPTURE_EXPORTS_MAX);
    bed_free(b);
}

static void hostile(void **state)
{
    (void)state;
    char sip[100];
    bed_sip(sip, 100, 'a');
    pdu p = exported("sip\0", UDP, 77, false, sip, 100);
    bed *b = bed_new(NULL);
    for (size_t n = 0; n <= p.n; n++) {
        bed_frame(b, CAPTURE_LINK_EXPORTED, p.bytes, n);
        bed_frame_cut(b, CAPTURE_LINK_EXPORTED, p.bytes, p.n, n);
        bed_frame_cut(b, CAPTURE_LINK_DECRYPTED, p.bytes, p.n, n);
    }
    for (size_t i = 0; i < p.n - 100; i++) {
        pdu lie = p;
        lie.bytes[i] = (uint8_t)~lie.bytes[i];
        send_pdu(b, &lie);
        bed_frame(b, CAPTURE_LINK_DECRYPTED, lie.bytes, lie.n);
    }
    capture_decoder_finish(b->decoder);
    assert_true(bed_count(b, CAPTURE_EXPORTED_MALFORMED) > 50);
    bed_free(b);
}

/* --- within TLS */

static void tcp_send(bed *b, uint32_t *sent, uint8_t flags, const void *bytes, size_t n)
{
    uint8_t frame[500];
    size_t length = bed_tcp(frame, 33000, 5061, *sent, 1, flags, bytes, n);
    bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 1, 2, frame, length));
    *sent += (uint32_t)n + (flags & SYN ? 1 : 0);
}

static void send_secret(bed *b, uint32_t frame, bool back, const void *bytes, size_t n)
{
    pdu p = exported("data", TCP, frame, back, bytes, n);
    bed_frame(b, CAPTURE_LINK_DECRYPTED, p.bytes, p.n);
}

static void records_are_a_stream(void **state)
{
    (void)state;
    char sip[300];
    for (size_t i = 0; i < 3; i++)
        bed_sip(sip + 100 * i, 100, (char)('a' + i));
    bed *b = bed_new(NULL);
    uint32_t sent = 1;
    tcp_send(b, &sent, SYN, "", 0);
    tcp_send(b, &sent, ACK, "\x16\x03\x01\x00\x05hello", 10);
    assert_int_equal(bed_count(b, CAPTURE_TLS), 1);
    send_secret(b, 41, false, sip, 150);
    send_secret(b, 43, true, sip + 200, 100);
    send_secret(b, 44, false, sip + 150, 50);
    assert_int_equal(b->count, 3);
    assert_int_equal(b->got[0].frame, 41);
    assert_int_equal(b->got[1].frame, 43);
    assert_int_equal(b->got[1].src.port, 5061);
    assert_int_equal(b->got[2].frame, 44);
    assert_memory_equal(b->got[2].bytes, sip + 100, 100);
    assert_int_equal(b->got[2].transport, SIPCHECK_TRANSPORT_TLS);
    assert_int_equal(b->got[2].flags, SIPCHECK_STREAM);
    assert_int_equal(bed_count(b, CAPTURE_TLS), 0);
    assert_int_equal(bed_count(b, CAPTURE_TLS_DECRYPTED), 1);
    bed_free(b);
}

static void websocket_within(void **state)
{
    (void)state;
    char sip[100];
    uint8_t frame[102] = { 0x81, 100 };
    static const char answer[] = "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\n"
                                 "Sec-WebSocket-Protocol: sip\r\n\r\n";
    bed_sip(sip, 100, 'a');
    memcpy(frame + 2, sip, 100);
    bed *b = bed_new(NULL);
    send_secret(b, 5, true, answer, sizeof answer - 1);
    send_secret(b, 6, true, frame, 102);
    assert_int_equal(b->count, 1);
    assert_int_equal(b->got[0].transport, SIPCHECK_TRANSPORT_WSS);
    bed_free(b);
}

/* A segment of the connection was cut: what was decrypted before and behind it is not put together.
 */
static void a_gap_in_a_decrypted_message(void **state)
{
    (void)state;
    char sip[300];
    for (size_t i = 0; i < 3; i++)
        bed_sip(sip + 100 * i, 100, (char)('a' + i));
    bed *b = bed_new(NULL);
    uint32_t sent = 1;
    uint8_t frame[200];
    tcp_send(b, &sent, SYN, "", 0);
    tcp_send(b, &sent, ACK, "\x16\x03\x01\x00\x05hello", 10);
    send_secret(b, 2, false, sip, 150);
    size_t n = bed_tcp(frame, 33000, 5061, sent, 1, ACK, "\x17\x03\x03\x00\x05hello", 10);
    n = bed_ipv4(frame, 6, 1, 2, frame, n);
    bed_frame_cut(b, CAPTURE_LINK_IP, frame, n, n - 5);
    send_secret(b, 3, false, sip + 170, 130);
    capture_decoder_finish(b->decoder);
    assert_int_equal(b->count, 3);
    assert_int_equal(b->got[1].n, 50);
    assert_int_equal(b->got[1].flags, SIPCHECK_STREAM | SIPCHECK_CUT);
    assert_memory_equal(b->got[2].bytes, sip + 200, 100);
    bed_free(b);
}

/* What the connection lacks is said, although none of it is read there. */
static void gaps_of_a_decrypted_connection_are_counted(void **state)
{
    (void)state;
    char sip[100];
    bed_sip(sip, 100, 'a');
    bed *b = bed_new(NULL);
    uint32_t sent = 1;
    tcp_send(b, &sent, SYN, "", 0);
    tcp_send(b, &sent, ACK, "\x16\x03\x01\x00\x05hello", 10);
    send_secret(b, 2, false, sip, 100);
    sent += 50;
    tcp_send(b, &sent, ACK, "\x17\x03\x03\x00\x05hello", 10);
    capture_decoder_finish(b->decoder);
    assert_int_equal(bed_count(b, CAPTURE_TCP_GAPS), 1);
    bed_free(b);
}

static void what_is_no_sip_is_no_matter(void **state)
{
    (void)state;
    bed *b = bed_new(NULL);
    send_secret(b, 2, false, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27);
    capture_decoder_finish(b->decoder);
    assert_int_equal(b->count, 0);
    assert_int_equal(bed_count(b, CAPTURE_TLS_DECRYPTED), 0);
    bed_free(b);
}

static void connections_are_bounded(void **state)
{
    (void)state;
    const capture_limits limits = { .flows = 2 };
    bed *b = bed_new(&limits);
    for (uint16_t port = 1; port <= 50; port++) {
        pdu p = { .n = 0 };
        tag32(&p, 24, TCP);
        tag32(&p, 25, port);
        tag(&p, 0, "", 0);
        memcpy(p.bytes + p.n, "OPTIONS sip:a@b SIP/2.0\r\nTo: x\r\n", 32);
        p.n += 32;
        bed_frame(b, CAPTURE_LINK_DECRYPTED, p.bytes, p.n);
    }
    capture_decoder_finish(b->decoder);
    assert_int_equal(b->count, 50); /* each as cut, when it has to go */
    assert_int_equal(bed_count(b, CAPTURE_CUT_MESSAGES), 50);
    bed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_message),
        cmocka_unit_test(ipv6),
        cmocka_unit_test(which_is_sip),
        cmocka_unit_test(several_a_segment),
        cmocka_unit_test(a_frame_of_many_pdus),
        cmocka_unit_test(hostile),
        cmocka_unit_test(records_are_a_stream),
        cmocka_unit_test(websocket_within),
        cmocka_unit_test(a_gap_in_a_decrypted_message),
        cmocka_unit_test(gaps_of_a_decrypted_connection_are_counted),
        cmocka_unit_test(what_is_no_sip_is_no_matter),
        cmocka_unit_test(connections_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
