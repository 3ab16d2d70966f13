/* SPDX-License-Identifier: MIT */
/* ESP without encryption: what proves itself is read, and nothing else. */
#include "bed.h"

static const char options[] = "OPTIONS sip:bob@example.com SIP/2.0\r\nl: 0\r\n\r\n";

static uint32_t words(uint32_t sum, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
    return sum;
}

static void put_checksum(uint8_t *at, uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    at[0] = (uint8_t)(~sum >> 8);
    at[1] = (uint8_t)~sum;
}

/* Over the pseudo-header of 10.0.0.1 to 10.0.0.2 too. */
static void transport_checksum(uint8_t *p, size_t n, uint8_t protocol, size_t at)
{
    static const uint8_t addresses[] = { 10, 0, 0, 1, 10, 0, 0, 2 };
    p[at] = p[at + 1] = 0;
    put_checksum(p + at, words(words((uint32_t)n + protocol, addresses, 8), p, n));
}

/* Header, payload (which may stand at out + 8 already), padding, trailer, check value. */
static size_t esp(uint8_t *out, uint8_t next, const uint8_t *payload, size_t n, size_t check)
{
    memmove(out + 8, payload, n);
    memcpy(out, (uint8_t[]){ 0, 0, 0x12, 0x34, 0, 0, 0, 1 }, 8);
    uint8_t pad = (uint8_t)((4 - (n + 2) % 4) % 4);
    n += 8;
    for (uint8_t i = 1; i <= pad; i++)
        out[n++] = i;
    out[n++] = pad;
    out[n++] = next;
    memset(out + n, 0xC5, check);
    return n + check;
}

enum inside { IN_UDP, IN_UDP_UNSUMMED, IN_TCP, IN_IPV4, IN_IPV6 };

static size_t carried(enum inside inside, uint8_t *out, uint8_t *ret_next)
{
    size_t n;
    static const uint8_t next[] = { 17, 17, 6, 4, 41 };
    *ret_next = next[inside];
    if (inside == IN_TCP) {
        n = bed_tcp(out, 5062, 5060, 1000, 1, 0x18, options, strlen(options));
        transport_checksum(out, n, 6, 16);
        return n;
    }
    n = bed_udp(out, 5062, 5060, options, strlen(options));
    transport_checksum(out, n, 17, 6);
    if (inside == IN_UDP_UNSUMMED) out[6] = out[7] = 0;
    if (inside == IN_IPV6) return bed_ipv6(out, 17, 1, 2, out, n);
    if (inside != IN_IPV4) return n;
    n = bed_ipv4(out, 17, 1, 2, out, n);
    put_checksum(out + 10, words(0, out, 24));
    return n;
}

static size_t build(uint8_t *packet, enum inside inside, size_t check)
{
    uint8_t next;
    size_t n = carried(inside, packet, &next);
    n = esp(packet, next, packet, n, check);
    return bed_ipv4(packet, 50, 1, 2, packet, n);
}

static void what_is_not_encrypted_is_read(void **state)
{
    (void)state;
    static const size_t checks[] = { 12, 16, 24, 32 };
    for (enum inside inside = IN_UDP; inside <= IN_IPV6; inside++) {
        for (size_t i = 0; i < 4; i++) {
            uint8_t packet[300];
            bed *b = bed_new(NULL);
            bed_frame(b, CAPTURE_LINK_IP, packet, build(packet, inside, checks[i]));
            assert_int_equal(b->count, 1);
            assert_string_equal(b->got[0].bytes, options);
            assert_int_equal(b->got[0].src.port, 5062);
            assert_int_equal(bed_count(b, CAPTURE_IN_ESP), 1);
            assert_int_equal(bed_count(b, CAPTURE_ESP), 0);
            bed_free(b);
        }
    }
}

static void behind_a_nat_it_is_in_udp(void **state)
{
    (void)state;
    uint8_t packet[300], next;
    bed *b = bed_new(NULL);
    size_t n = carried(IN_TCP, packet, &next);
    n = bed_udp(packet, 4500, 4500, packet, esp(packet, next, packet, n, 12));
    bed_frame(b, CAPTURE_LINK_IP, packet, bed_ipv4(packet, 17, 1, 2, packet, n));
    assert_int_equal(b->count, 1);
    assert_int_equal(b->got[0].transport, SIPCHECK_TRANSPORT_TCP);
    bed_free(b);
}

/* Each layer costs sums over all that is inside of it. */
static void esp_in_esp_is_read_to_a_depth(void **state)
{
    (void)state;
    uint8_t packet[2000], next;
    bed *b = bed_new(NULL);
    size_t n = carried(IN_UDP, packet, &next);
    for (unsigned depth = 0; depth < 40; depth++) {
        n = bed_udp(packet, 4500, 4500, packet, esp(packet, 17, packet, n, 12));
        transport_checksum(packet, n, 17, 6);
        bed_frame(b, CAPTURE_LINK_IP, packet, bed_ipv4(packet, 17, 1, 2, packet, n));
        memmove(packet, packet + 24, n);
    }
    /* With the IP header there are 24. Each frame has the datagram of the first one inside. */
    assert_int_equal(b->count + bed_count(b, CAPTURE_DUPLICATES), 23);
    assert_int_equal(bed_count(b, CAPTURE_NESTED_TOO_DEEP), 17);
    bed_free(b);
}

/* What a cipher makes of it looks like none of these. */
static void what_does_not_prove_itself_is_not_read(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum inside inside;
        int at; /* which byte is changed: from the start of ESP, or (negative) from its end */
    } cases[] = {
        { "a TCP checksum that is wrong", IN_TCP, 8 + 16 },
        { "a byte of TCP's payload", IN_TCP, 8 + 30 },
        { "a next header that nobody knows", IN_UDP, -13 },
        { "padding that does not count", IN_UDP, -15 },
        { "more padding than there is", IN_TCP, -14 },
        { "UDP's length", IN_UDP_UNSUMMED, 8 + 5 },
        { "the length of the IPv4 packet inside", IN_IPV4, 8 + 3 },
        { "the header checksum of the IPv4 packet inside", IN_IPV4, 8 + 10 },
        { "the length of the IPv6 packet inside", IN_IPV6, 8 + 5 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t packet[300];
        size_t n = build(packet, cases[i].inside, 12);
        bed *b = bed_new(NULL);
        uint8_t *at = cases[i].at > 0 ? packet + 24 + cases[i].at : packet + n + cases[i].at;
        *at ^= 0x55;
        bed_frame(b, CAPTURE_LINK_IP, packet, n);
        if (b->count) print_error("%s\n", cases[i].what);
        assert_int_equal(b->count, 0);
        assert_int_equal(bed_count(b, CAPTURE_ESP), 1);
        bed_free(b);
    }
}

static void what_is_cut_lacks_its_proof(void **state)
{
    (void)state;
    uint8_t packet[300];
    bed *b = bed_new(NULL);
    size_t n = build(packet, IN_TCP, 12);
    for (size_t k = 0; k < n; k++) {
        bed_frame_cut(b, CAPTURE_LINK_IP, packet, n, k);
        bed_frame(b, CAPTURE_LINK_IP, packet, k);
    }
    assert_int_equal(b->count, 0);
    assert_int_equal(bed_count(b, CAPTURE_IN_ESP), 0);
    bed_free(b);
}

/* Random bytes behind a header: as if encrypted. */
static void noise_is_never_a_message(void **state)
{
    (void)state;
    uint64_t r = 1;
    bed *b = bed_new(NULL);
    enum { ROUNDS = 20000 };
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8_t packet[200];
        size_t n = 40 + i % 100;
        for (size_t k = 0; k < n; k++) {
            r = r * 6364136223846793005u + 1442695040888963407u;
            packet[k] = (uint8_t)(r >> 56);
        }
        bed_frame(b, CAPTURE_LINK_IP, packet, bed_ipv4(packet, 50, 1, 2, packet, n));
    }
    assert_int_equal(bed_count(b, CAPTURE_ESP), ROUNDS);
    assert_int_equal(b->count, 0);
    bed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_encrypted_is_read),
        cmocka_unit_test(behind_a_nat_it_is_in_udp),
        cmocka_unit_test(esp_in_esp_is_read_to_a_depth),
        cmocka_unit_test(what_does_not_prove_itself_is_not_read),
        cmocka_unit_test(what_is_cut_lacks_its_proof),
        cmocka_unit_test(noise_is_never_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
