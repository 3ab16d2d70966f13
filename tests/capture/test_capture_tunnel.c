/* SPDX-License-Identifier: MIT */
/* Packets inside of packets: each kind of tunnel, depth, and what is cut or lies about its length.
 */
#include "bed.h"

static const char options[] = "OPTIONS sip:bob@example.com SIP/2.0\r\nl: 0\r\n\r\n";

#define MACS "020000000002 020000000001 "

enum inside { IN_IPV4, IN_IPV6, IN_FRAME }; /* what the tunnel carries; a frame has IPv4 */

/* protocol: in an outer IPv4 packet, from 9 to 8; 17: with that destination port. length_at: where
 * in the header a length of two bytes stands, that counts from length_from. */
typedef struct tunnel {
    const char *what, *header;
    uint8_t protocol;
    uint16_t port;
    enum inside inside;
    enum capture_counter_id counter;
    size_t length_at, length_from;
} tunnel;

static const tunnel tunnels[] = {
    { "IPv4 in IPv4", "", 4, 0, IN_IPV4, CAPTURE_IN_IPIP, 0, 0 },
    { "IPv6 in IPv4", "", 41, 0, IN_IPV6, CAPTURE_IN_IPIP, 0, 0 },
    { "AH in tunnel mode", "0404 0000 00000001 00000001 000000000000000000000000", 51, 0, IN_IPV4,
      CAPTURE_IN_IPIP, 0, 0 },
    { "GRE", "0000 0800", 47, 0, IN_IPV4, CAPTURE_IN_GRE, 0, 0 },
    { "GRE with a checksum", "8000 86DD BADBAD00", 47, 0, IN_IPV6, CAPTURE_IN_GRE, 0, 0 },
    { "GRE with all options", "B000 0800 BADBAD00 00000001 00000002", 47, 0, IN_IPV4,
      CAPTURE_IN_GRE, 0, 0 },
    { "Ethernet in GRE", "0000 6558", 47, 0, IN_FRAME, CAPTURE_IN_GRE, 0, 0 },
    { "NVGRE", "2000 6558 00010000", 47, 0, IN_FRAME, CAPTURE_IN_GRE, 0, 0 },
    { "MPLS in GRE", "0000 8847 00064140", 47, 0, IN_IPV4, CAPTURE_IN_MPLS, 0, 0 },
    { "ERSPAN, version 1", "0000 88BE", 47, 0, IN_FRAME, CAPTURE_IN_GRE, 0, 0 },
    { "ERSPAN, version 2", "1000 88BE 00000001 1001006400000000", 47, 0, IN_FRAME, CAPTURE_IN_GRE,
      0, 0 },
    { "ERSPAN, version 3", "1000 22EB 00000001 200100640000000000000000", 47, 0, IN_FRAME,
      CAPTURE_IN_GRE, 0, 0 },
    { "ERSPAN, version 3, a platform's header",
      "1000 22EB 00000001 200100640000000000000001 0102030405060708", 47, 0, IN_FRAME,
      CAPTURE_IN_GRE, 0, 0 },
    { "PPTP", "3081 880B 0040 0001 00000001 00000001 FF03 0021", 47, 0, IN_IPV4, CAPTURE_IN_GRE, 0,
      0 },
    { "GRE in UDP", "0000 0800", 17, 4754, IN_IPV4, CAPTURE_IN_GRE, 0, 0 },
    { "MPLS in IP", "00064040 00064140", 137, 0, IN_IPV6, CAPTURE_IN_MPLS, 0, 0 },
    { "MPLS in UDP", "00064140", 17, 6635, IN_IPV4, CAPTURE_IN_MPLS, 0, 0 },
    { "Ethernet behind a label", "00064140", 137, 0, IN_FRAME, CAPTURE_IN_MPLS, 0, 0 },
    { "Ethernet behind a label and a control word", "00064140 00000000", 137, 0, IN_FRAME,
      CAPTURE_IN_MPLS, 0, 0 },
    { "GTP-U", "30FF 0000 00000001", 17, 2152, IN_IPV4, CAPTURE_IN_GTP, 2, 8 },
    { "GTP-U with a sequence number", "32FF 0000 00000001 0001 00 00", 17, 2152, IN_IPV6,
      CAPTURE_IN_GTP, 2, 8 },
    { "GTP-U with two extension headers", "34FF 0000 00000001 0000 00 85 01 0000 C0 01 0000 00", 17,
      2152, IN_IPV4, CAPTURE_IN_GTP, 2, 8 },
    { "GTP-U on an odd port", "30FF 0000 00000001", 17, 40000, IN_IPV6, CAPTURE_IN_GTP, 2, 8 },
    { "VXLAN", "08000000 00000100", 17, 4789, IN_FRAME, CAPTURE_IN_VXLAN, 0, 0 },
    { "VXLAN on Linux' port", "08000000 00000100", 17, 8472, IN_FRAME, CAPTURE_IN_VXLAN, 0, 0 },
    { "VXLAN on an odd port", "08000000 00000100", 17, 40000, IN_FRAME, CAPTURE_IN_VXLAN, 0, 0 },
    { "VXLAN-GPE, IPv4", "0C000001 00000100", 17, 4790, IN_IPV4, CAPTURE_IN_VXLAN, 0, 0 },
    { "VXLAN-GPE, IPv6", "0C000002 00000100", 17, 4790, IN_IPV6, CAPTURE_IN_VXLAN, 0, 0 },
    { "VXLAN-GPE, Ethernet", "0C000003 00000100", 17, 4790, IN_FRAME, CAPTURE_IN_VXLAN, 0, 0 },
    { "GENEVE", "0000 6558 00000100", 17, 6081, IN_FRAME, CAPTURE_IN_GENEVE, 0, 0 },
    { "GENEVE with options", "0200 0800 00000100 0102030405060708", 17, 6081, IN_IPV4,
      CAPTURE_IN_GENEVE, 0, 0 },
    { "L2TP", "0002 0001 0001 FF03 0021", 17, 1701, IN_IPV4, CAPTURE_IN_L2TP, 0, 0 },
    { "L2TP with length, numbers and an offset",
      "4A02 0000 0001 0001 0001 0001 0002 EEEE FF03 0057", 17, 1701, IN_IPV6, CAPTURE_IN_L2TP, 2,
      0 },
    { "EtherIP", "3000", 97, 0, IN_FRAME, CAPTURE_IN_ETHERIP, 0, 0 },
    { "Ethernet of SRv6", "", 143, 0, IN_FRAME, CAPTURE_IN_ETHERIP, 0, 0 },
    { "TZSP", "01 00 0001 01", 17, 37008, IN_FRAME, CAPTURE_IN_TZSP, 0, 0 },
    { "TZSP with tags", "01 01 0001 00 0A 01 55 12 00 01", 17, 37008, IN_FRAME, CAPTURE_IN_TZSP, 0,
      0 },
    { "802.11 in TZSP",
      "01 00 0012 01 0801 0000 020000000001 020000000002 020000000003 0000 "
      "AAAA03 000000 0800",
      17, 37008, IN_IPV4, CAPTURE_IN_TZSP, 0, 0 },
    { "CAPWAP", "00 100200 00000000", 17, 5247, IN_FRAME, CAPTURE_IN_CAPWAP, 0, 0 },
    { "802.11 in CAPWAP",
      "00 200310 00000000 0402000000000001 0801 0000 020000000001 020000000002 "
      "020000000003 0000 AAAA03 000000 86DD",
      17, 5247, IN_IPV6, CAPTURE_IN_CAPWAP, 0, 0 },
    { "Teredo", "", 17, 3544, IN_IPV6, CAPTURE_IN_TEREDO, 0, 0 },
    { "Teredo with authentication and origin",
      "0001 01 02 AA BBBB 0000000000000000 00 0000 FFFF FFFFFFFF", 17, 3544, IN_IPV6,
      CAPTURE_IN_TEREDO, 0, 0 },
};
enum { TUNNELS = sizeof tunnels / sizeof *tunnels };

/* A SIP message from 1 to 2, in IP or in a whole frame. */
static size_t carried(enum inside inside, uint8_t *out)
{
    size_t n = inside == IN_FRAME ? bed_hex(MACS "0800", out) : 0;
    size_t udp = bed_udp(out + n, 5060, 5070, options, strlen(options));
    return n + (inside == IN_IPV6 ? bed_ipv6(out + n, 17, 1, 2, out + n, udp)
                                  : bed_ipv4(out + n, 17, 1, 2, out + n, udp));
}

static size_t outer(uint8_t protocol, uint16_t port, uint8_t *packet, size_t n)
{
    if (protocol == 17) n = bed_udp(packet, 40001, port, packet, n);
    return bed_ipv4(packet, protocol, 9, 8, packet, n);
}

static size_t build(const tunnel *t, uint8_t *packet)
{
    size_t header = bed_hex(t->header, packet);
    size_t n = header + carried(t->inside, packet + header);
    if (t->length_at) {
        packet[t->length_at] = (uint8_t)((n - t->length_from) >> 8);
        packet[t->length_at + 1] = (uint8_t)(n - t->length_from);
    }
    return outer(t->protocol, t->port, packet, n);
}

static void each_tunnel_leads_to_what_it_carries(void **state)
{
    (void)state;
    for (size_t i = 0; i < TUNNELS; i++) {
        const tunnel *t = &tunnels[i];
        uint8_t packet[512];
        bed *b = bed_new(NULL);
        size_t n = build(t, packet);
        bed_frame(b, CAPTURE_LINK_IP, packet, n);
        if (b->count != 1) print_error("%s\n", t->what);
        assert_int_equal(b->count, 1);
        assert_string_equal(b->got[0].bytes, options);
        assert_int_equal(b->got[0].flags, 0);
        assert_int_equal(b->got[0].src.family, t->inside == IN_IPV6 ? 6 : 4);
        assert_int_equal(b->got[0].src.bytes[t->inside == IN_IPV6 ? 15 : 3], 1);
        assert_int_equal(b->got[0].dst.port, 5070);
        assert_int_equal(bed_count(b, t->counter), 1);
        bed_free(b);
    }
}

static void a_tunnel_that_is_cut_anywhere_harms_nobody(void **state)
{
    (void)state;
    for (size_t i = 0; i < TUNNELS; i++) {
        uint8_t packet[512];
        size_t n = build(&tunnels[i], packet);
        bed *b = bed_new(&(capture_limits){ .keep_duplicates = true });
        for (size_t k = 0; k < n; k++) {
            bed_frame_cut(b, CAPTURE_LINK_IP, packet, n, k);
            bed_frame(b, CAPTURE_LINK_IP, packet, k);
            uint8_t inner[512]; /* what is inside ends early, the packet around it does not */
            size_t header = tunnels[i].protocol == 17 ? 32 : 24;
            if (k < header) continue;
            memcpy(inner, packet + header, k - header);
            bed_frame(b, CAPTURE_LINK_IP, inner,
                      outer(tunnels[i].protocol, tunnels[i].port, inner, k - header));
        }
        for (size_t k = 0; k < b->count; k++)
            assert_true(b->got[k].n < strlen(options) && b->got[k].flags & SIPCHECK_CUT);
        bed_free(b);
    }
}

static void what_is_no_tunnel_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *what, *bytes;
        uint8_t protocol;
        uint16_t port;
        enum capture_counter_id counter;
    } cases[] = {
        { "GRE with routing", "4000 0800 0000 0000", 47, 0, CAPTURE_GRE },
        { "GRE of a version to come", "0002 0800", 47, 0, CAPTURE_GRE },
        { "GRE without its key", "2000 0800 0000", 47, 0, CAPTURE_GRE },
        { "ERSPAN without its header", "1000 88BE 00000001 10010064", 47, 0, CAPTURE_GRE },
        { "labels without a last one", "00064040 00064040", 137, 0, CAPTURE_MPLS },
        { "GTP: an echo", "3201 0004 00000000 0001 00 00", 17, 2152, CAPTURE_GTP },
        { "GTP: extension headers without an end", "34FF 0008 00000001 0000 00 85 01 0000 85", 17,
          2152, CAPTURE_GTP },
        { "GTP: an extension header of length 0", "34FF 0008 00000001 0000 00 85 00 0000 00", 17,
          2152, CAPTURE_GTP },
        { "GTP that lies about its length, anywhere", "30FF 0006 00000001 45000014", 17, 40000,
          CAPTURE_NOT_SIP },
        { "VXLAN's bits, anywhere", "08000000 00000100 020000000002 020000000001 0800 46", 17,
          40000, CAPTURE_NOT_SIP },
        { "GENEVE: options longer than the packet", "3F00 0800 00000100", 17, 6081,
          CAPTURE_NOT_SIP },
        { "L2TP: control", "C802 000C 0001 0000 0000 0000", 17, 1701, CAPTURE_L2TP },
        { "L2TP: an offset beyond the end", "0202 0001 0001 FFFF 0021", 17, 1701, CAPTURE_L2TP },
        { "Teredo: lengths beyond the end", "0001 FF FF 0000", 17, 3544, CAPTURE_NOT_SIP },
        { "RTP on L2TP's port", "80080001 00000001 00000002 41424344", 17, 1701, CAPTURE_NOT_SIP },
        { "RTP on GRE's port", "80080001 00000001 00000002 41424344", 17, 4754, CAPTURE_NOT_SIP },
        { "RTP on SCTP's port", "80080001 00000001 00000002 41424344", 17, 9899, CAPTURE_NOT_SIP },
        { "RTP on MPLS's port", "80080101 00000001 00000002 41424344", 17, 6635, CAPTURE_NOT_SIP },
        { "IKE beside ESP", "00000000 0102030405060708", 17, 4500, CAPTURE_NOT_SIP },
        { "EtherIP of a version to come", "4000 45000014", 97, 0, CAPTURE_IP_OTHER },
        { "TZSP: tags without an end", "01 00 0001 0A 02 00 00", 17, 37008, CAPTURE_NOT_SIP },
        { "TZSP: a tag beyond the end", "01 00 0001 0A FF 01", 17, 37008, CAPTURE_NOT_SIP },
        { "TZSP: of what nobody knows", "01 00 00FF 01 45", 17, 37008, CAPTURE_NOT_SIP },
        { "TZSP: a keep-alive", "01 04 0000 01", 17, 37008, CAPTURE_NOT_SIP },
        { "CAPWAP: encrypted", "01 000000 0102030405060708", 17, 5247, CAPTURE_CAPWAP },
        { "CAPWAP: a fragment", "00 100280 00010000 0102", 17, 5247, CAPTURE_CAPWAP },
        { "CAPWAP: of another radio", "00 100500 00000000 0102", 17, 5247, CAPTURE_CAPWAP },
        { "CAPWAP: a header beyond the end", "00 F80200 00000000 0102", 17, 5247, CAPTURE_CAPWAP },
        { "a NAT's keep-alive", "FF", 17, 4500, CAPTURE_NOT_SIP },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t packet[256];
        bed *b = bed_new(NULL);
        size_t n = bed_hex(cases[i].bytes, packet);
        bed_frame(b, CAPTURE_LINK_IP, packet, outer(cases[i].protocol, cases[i].port, packet, n));
        if (bed_count(b, cases[i].counter) != 1) print_error("%s\n", cases[i].what);
        assert_int_equal(bed_count(b, cases[i].counter), 1);
        assert_int_equal(b->count, 0);
        bed_free(b);
    }
}

/* GRE in GRE in GRE ..., then IP in IP around it. */
static void tunnels_in_tunnels_are_read_to_a_depth(void **state)
{
    (void)state;
    uint8_t packet[4096];
    bed *b = bed_new(NULL);
    size_t n = carried(IN_IPV4, packet);
    for (unsigned depth = 0; depth < 10; depth++) {
        memmove(packet + 4, packet, n);
        bed_hex("0000 0800", packet);
        n = bed_ipv4(packet, 47, 9, 8, packet, n + 4);
    }
    bed_frame(b, CAPTURE_LINK_IP, packet, n);
    assert_int_equal(b->count, 1);
    assert_int_equal(bed_count(b, CAPTURE_IN_GRE), 10);
    for (unsigned depth = 0; depth < 20; depth++)
        n = bed_ipv4(packet, 4, 9, 8, packet, n);
    bed_frame(b, CAPTURE_LINK_IP, packet, n);
    assert_int_equal(b->count, 1);
    assert_int_equal(bed_count(b, CAPTURE_NESTED_TOO_DEEP), 1);
    bed_free(b);
}

/* The outer packet comes in fragments, the one inside too, and neither is taken for the other. */
static void fragments_inside_and_outside_are_kept_apart(void **state)
{
    (void)state;
    uint8_t whole[600], packet[1200];
    char text[500];
    bed_sip(text, 500, 'a');
    bed_udp(whole, 5060, 5060, text, 500);
    bed *b = bed_new(NULL);
    for (unsigned last = 0; last < 2; last++) {
        size_t from = last ? 256 : 0, n = last ? 508 - 256 : 256;
        n = bed_ipv4_fragment(packet, 5, from, !last, whole + from, n); /* from 1 to 2 */
        uint8_t inner[600];
        memcpy(inner, packet, n);
        for (unsigned tail = 0; tail < 2; tail++) { /* the same addresses and identification */
            size_t at = tail ? 128 : 0, size = tail ? n - 128 : 128;
            size_t length = bed_ipv4_fragment(packet, 5, at, !tail, inner + at, size);
            packet[9] = 4;
            bed_frame(b, CAPTURE_LINK_IP, packet, length);
        }
    }
    assert_int_equal(b->count, 1);
    assert_int_equal(b->got[0].n, 500);
    assert_memory_equal(b->got[0].bytes, text, 500);
    bed_free(b);
}

/* How long the packet was inside of one that lacks fragments, nobody knows: nobody lied about it.
 */
static void a_fragment_that_is_missing_accuses_nobody(void **state)
{
    (void)state;
    for (size_t i = 0; i < TUNNELS; i++) {
        uint8_t packet[600], part[600];
        size_t n = build(&tunnels[i], packet) - 24, head = (n - 20) / 8 * 8;
        bed *b = bed_new(NULL);
        memcpy(part, packet + 24, n);
        size_t length = bed_ipv4_fragment(packet, 5, 0, true, part, head);
        packet[9] = tunnels[i].protocol;
        bed_frame(b, CAPTURE_LINK_IP, packet, length);
        capture_decoder_finish(b->decoder);
        for (unsigned id = 0; id < CAPTURE_COUNTER_COUNT; id++)
            if (capture_counter_info_of(id)->kind == CAPTURE_KIND_MALFORMED && bed_count(b, id)) {
                print_error("%s: %s\n", tunnels[i].what, capture_counter_info_of(id)->name);
                fail();
            }
        uint16_t port = tunnels[i].port;
        bool anywhere = port == 40000 || port == 6635; /* there every length has to fit */
        if (b->count == anywhere) print_error("%s\n", tunnels[i].what);
        assert_int_equal(b->count, !anywhere);
        if (b->count) assert_int_equal(b->got[0].flags, SIPCHECK_CUT);
        bed_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_tunnel_leads_to_what_it_carries),
        cmocka_unit_test(a_tunnel_that_is_cut_anywhere_harms_nobody),
        cmocka_unit_test(what_is_no_tunnel_is_said),
        cmocka_unit_test(tunnels_in_tunnels_are_read_to_a_depth),
        cmocka_unit_test(fragments_inside_and_outside_are_kept_apart),
        cmocka_unit_test(a_fragment_that_is_missing_accuses_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
