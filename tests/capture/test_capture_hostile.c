/* SPDX-License-Identifier: MIT */
/* Any bytes: random frames, mutated frames, every prefix, tiny limits. With sanitizers this is a
 * search for memory errors; without them it shows that the decoder comes back, within its bounds.
 */
#include "bed.h"

typedef struct random_source {
    uint64_t state;
} random_source;

static uint32_t next(random_source *r, uint32_t below)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(r->state >> 33) % below;
}

static const capture_limits tiny = { .flows = 3,
                                     .datagrams = 2,
                                     .segments = 2,
                                     .total_bytes = 16384,
                                     .endpoints = 2,
                                     .fragment_ns = 20000000,
                                     .gap_ns = 20000000 };

static void random_bytes(void **state)
{
    (void)state;
    for (int link = 0; link <= CAPTURE_LINK_COUNT; link++) {
        random_source r = { (uint64_t)link };
        bed *b = bed_new(&tiny);
        for (unsigned i = 0; i < 5000; i++) {
            uint8_t frame[200];
            size_t n = next(&r, sizeof frame);
            for (size_t k = 0; k < n; k++)
                frame[k] = (uint8_t)next(&r, next(&r, 3) ? 256 : 8);
            if (n && next(&r, 2)) frame[0] = next(&r, 2) ? 0x45 : 0x60;
            bed_frame_cut(b, (enum capture_link)link, frame, n, n ? next(&r, (uint32_t)n + 1) : 0);
        }
        capture_decoder_finish(b->decoder);
        bed_free(b);
    }
}

/* A message in SCTP, whole or a part of one. */
static size_t some_sctp(random_source *r, uint8_t *out, const char *sip, size_t size)
{
    uint8_t head[28] = { 0x13, 0xC4, 0x13, 0xC4, 0, 0, 0, (uint8_t)next(r, 6) };
    head[13] = (uint8_t)next(r, 8);
    head[14] = (uint8_t)((size + 16) >> 8);
    head[15] = (uint8_t)(size + 16);
    head[19] = (uint8_t)next(r, 20);
    memcpy(out, head, sizeof head);
    memcpy(out + sizeof head, sip, size);
    return bed_ipv4(out, 132, 1, 2, out, size + sizeof head);
}

/* A frame of one of the kinds that the decoder knows best. */
static size_t some_plain_frame(random_source *r, uint8_t *out)
{
    char sip[300];
    size_t size = 70 + next(r, 200), n;
    bed_sip(sip, size, 'a');
    uint16_t port = (uint16_t)(5060 + next(r, 4));
    switch (next(r, 6)) {
    case 0:
        n = bed_udp(out, port, 5060, sip, size);
        return bed_ipv4(out, 17, 1, 2, out, n);
    case 1:
        n = bed_udp(out, port, 5060, sip, size);
        return bed_ipv6(out, 17, 1, 2, out, n);
    case 2:
        return bed_ipv4_fragment(out, (uint16_t)next(r, 4), (size_t)8 * next(r, 20), next(r, 2),
                                 sip, size);
    case 3:
        return bed_ipv6_fragment(out, next(r, 4), (size_t)8 * next(r, 20), next(r, 2), sip, size);
    case 4:
        return some_sctp(r, out, sip, size);
    default:
        n = bed_tcp(out, port, 5060, 0xFFFFFF00 + next(r, 600), next(r, 600), (uint8_t)next(r, 64),
                    sip, size);
        return bed_ipv4(out, 6, (uint8_t)next(r, 3), 2, out, n);
    }
}

/* Half of them in a tunnel, which may be in fragments. */
static size_t some_frame(random_source *r, uint8_t *out)
{
    static const struct {
        uint8_t protocol;
        uint16_t port;
        const char *header;
    } around[] = { { 4, 0, "" },
                   { 47, 0, "B000 0800 00000000 00000000 00000000" },
                   { 137, 0, "00064140" },
                   { 17, 2152, "30FF 0200 00000001" },
                   { 17, 4789, "08000000 00000000 000000000000 000000000000 0800" },
                   { 17, 6081, "0000 0800 00000000" },
                   { 17, 1701, "0002 0001 0001 0021" },
                   { 50, 0, "00000001 00000001" } };
    size_t n = some_plain_frame(r, out), kind = next(r, 16);
    if (kind >= sizeof around / sizeof *around) return n;
    uint8_t header[32];
    size_t length = bed_hex(around[kind].header, header);
    memmove(out + length, out, n);
    memcpy(out, header, length);
    n += length;
    if (around[kind].protocol == 17) n = bed_udp(out, 4000, around[kind].port, out, n);
    if (next(r, 4)) return bed_ipv4(out, around[kind].protocol, 3, 4, out, n);
    size_t part = n / 16 * 8;
    n = next(r, 2) ? bed_ipv4_fragment(out, 77, 0, true, out, part)
                   : bed_ipv4_fragment(out, 77, part, false, out + part, n - part);
    out[9] = around[kind].protocol;
    return n;
}

static void run_mutated(const capture_limits *limits, unsigned mutations, uint64_t seed)
{
    random_source r = { seed };
    bed *b = bed_new(limits);
    for (unsigned i = 0; i < 40000; i++) {
        uint8_t frame[600];
        size_t n = some_frame(&r, frame);
        for (unsigned k = next(&r, mutations + 1); k > 0; k--)
            frame[next(&r, (uint32_t)n)] = (uint8_t)next(&r, 256);
        size_t captured = next(&r, 4) ? n : next(&r, (uint32_t)n + 1);
        bed_frame_cut(b, CAPTURE_LINK_IP, frame, n, captured);
    }
    capture_decoder_finish(b->decoder);
    assert_true(b->stats.counters[CAPTURE_MESSAGES].count > 1000);
    if (limits) {
        assert_true(bed_count(b, CAPTURE_FRAGMENTS_EVICTED) > 0);
        assert_true(bed_count(b, CAPTURE_TCP_EVICTED) > 0);
        assert_true(bed_count(b, CAPTURE_TCP_GAPS) > 0);
    }
    bed_free(b);
}

static void mutated_frames(void **state)
{
    (void)state;
    run_mutated(NULL, 0, 1);
    run_mutated(NULL, 4, 2);
    run_mutated(&tiny, 0, 3);
    run_mutated(&tiny, 8, 4);
}

static void every_prefix_of_a_frame(void **state)
{
    (void)state;
    random_source r = { 5 };
    bed *b = bed_new(NULL);
    for (unsigned i = 0; i < 50; i++) {
        uint8_t frame[600];
        size_t n = some_frame(&r, frame);
        for (size_t k = 0; k <= n; k++) {
            bed_frame(b, CAPTURE_LINK_IP, frame, k);
            bed_frame_cut(b, CAPTURE_LINK_IP, frame, n, k);
        }
    }
    capture_decoder_finish(b->decoder);
    bed_free(b);
}

/* A megabyte a byte at a time: each byte is looked at a bounded number of times. */
static void tiny_segments_cost_what_they_carry(void **state)
{
    (void)state;
    enum { SIZE = 300000 };
    static const char head[] = "OPTIONS sip:a@b SIP/2.0\r\nl: 300000\r\n\r\n";
    bed *b = bed_new(NULL);
    for (uint32_t i = 0; i < SIZE + sizeof head - 1; i++) {
        uint8_t frame[100];
        const char *byte = i < sizeof head - 1 ? head + i : "\n";
        size_t n = bed_tcp(frame, 33000, 5060, 1 + i, 1, 16, byte, 1);
        bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 6, 1, 2, frame, n));
    }
    capture_decoder_finish(b->decoder);
    assert_int_equal(b->count, 1);
    assert_int_equal(b->got[0].n, SIZE + sizeof head - 1);
    assert_int_equal(b->got[0].flags, SIPCHECK_STREAM);
    bed_free(b);
}

static bool stop(void *user, const sipcheck_packet *packet, unsigned source)
{
    (void)packet;
    (void)source;
    ++*(int *)user;
    return false;
}

static void stopping_is_heard(void **state)
{
    (void)state;
    int calls = 0;
    capture_stats stats = { 0 };
    capture_decoder *decoder = capture_decoder_new(NULL, &stats, stop, &calls);
    char sip[200], two[400];
    uint8_t frame[600];
    bed_sip(sip, 200, 'a');
    memcpy(two, sip, 200);
    memcpy(two + 200, sip, 200);
    size_t n = bed_tcp(frame, 33000, 5060, 1, 1, 16, two, 400);
    n = bed_ipv4(frame, 6, 1, 2, frame, n);
    capture_frame f = { frame, n, n, 1, { 1, 0 }, CAPTURE_LINK_IP };
    assert_false(capture_decode(decoder, &f));
    assert_false(capture_decode(decoder, &f));
    assert_false(capture_decoder_finish(decoder));
    assert_int_equal(calls, 1);
    capture_decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_bytes),
        cmocka_unit_test(mutated_frames),
        cmocka_unit_test(every_prefix_of_a_frame),
        cmocka_unit_test(tiny_segments_cost_what_they_carry),
        cmocka_unit_test(stopping_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
