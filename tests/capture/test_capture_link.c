/* SPDX-License-Identifier: MIT */
/* Link headers, IP headers and UDP: what is a SIP message, and what is counted as what. */
#include "bed.h"

static const char options[] = "OPTIONS sip:bob@example.com SIP/2.0\r\nl: 0\r\n\r\n";

#define MACS "020000000002 020000000001 "

static const struct {
    const char *what;
    enum capture_link link;
    const char *header;
    int version;
} links[] = {
    { "Ethernet", CAPTURE_LINK_ETHERNET, MACS "0800", 4 },
    { "Ethernet, IPv6", CAPTURE_LINK_ETHERNET, MACS "86DD", 6 },
    { "VLAN", CAPTURE_LINK_ETHERNET, MACS "8100 0064 0800", 4 },
    { "QinQ", CAPTURE_LINK_ETHERNET, MACS "88A8 0001 8100 0064 86DD", 6 },
    { "three tags", CAPTURE_LINK_ETHERNET, MACS "9100 0001 8100 0002 8100 0003 0800", 4 },
    { "VN-Tag and VLAN", CAPTURE_LINK_ETHERNET, MACS "8926 80010002 8100 0064 0800", 4 },
    { "802.1BR", CAPTURE_LINK_ETHERNET, MACS "893F 000000010000 86DD", 6 },
    { "HSR", CAPTURE_LINK_ETHERNET, MACS "892F 00400001 0800", 4 },
    { "a security group tag", CAPTURE_LINK_ETHERNET, MACS "8909 0101 0001 0007 0800", 4 },
    { "802.1ah", CAPTURE_LINK_ETHERNET, MACS "88A8 0001 88E7 00000001 " MACS "0800", 4 },
    { "FabricPath", CAPTURE_LINK_ETHERNET, MACS "8903 0040 " MACS "8100 0064 0800", 4 },
    { "802.3 with SNAP", CAPTURE_LINK_ETHERNET, MACS "0100 AAAA03 000000 0800", 4 },
    { "802.3 with IP's own LLC", CAPTURE_LINK_ETHERNET, MACS "0100 060603", 4 },
    { "PPPoE", CAPTURE_LINK_ETHERNET, MACS "8864 1100 0001 0100 0021", 4 },
    { "VLAN, PPPoE, IPv6", CAPTURE_LINK_ETHERNET, MACS "8100 0064 8864 1100 0001 0100 0057", 6 },
    { "Linux cooked v1", CAPTURE_LINK_SLL, "0000 0001 0006 0200000000010000 0800", 4 },
    { "cooked v1, VLAN", CAPTURE_LINK_SLL, "0000 0001 0006 0200000000010000 8100 0064 86DD", 6 },
    { "Linux cooked v2", CAPTURE_LINK_SLL2, "0800 0000 00000001 0001 00 06 0200000000010000", 4 },
    { "raw IPv4", CAPTURE_LINK_IP, "", 4 },
    { "raw IPv6", CAPTURE_LINK_IP, "", 6 },
    { "loopback, little-endian", CAPTURE_LINK_NULL, "02000000", 4 },
    { "loopback, big-endian", CAPTURE_LINK_NULL, "00000002", 4 },
    { "loopback, Darwin's IPv6", CAPTURE_LINK_NULL, "1E000000", 6 },
    { "loopback, OpenBSD", CAPTURE_LINK_LOOP, "00000018", 6 },
    { "PPP", CAPTURE_LINK_PPP, "0021", 4 },
    { "PPP with address and control", CAPTURE_LINK_PPP, "FF03 0057", 6 },
    { "PPP, short protocol", CAPTURE_LINK_PPP, "21", 4 },
    { "PPI, Ethernet", CAPTURE_LINK_PPI, "00 00 0C00 01000000 FFFFFFFF " MACS "0800", 4 },
    { "PPI, raw IP", CAPTURE_LINK_PPI, "00 00 0800 65000000", 6 },
    { "Juniper", CAPTURE_LINK_JUNIPER, "4D4743 01 " MACS "0800", 4 },
    { "Juniper, values before it", CAPTURE_LINK_JUNIPER,
      "4D4743 80 0006 030400000001 " MACS "8100 0064 86DD", 6 },
    { "Juniper, no link header", CAPTURE_LINK_JUNIPER, "4D4743 02 02000000", 4 },
    { "PKTAP", CAPTURE_LINK_PKTAP, "10000000 01000000 01000000 FFFFFFFF " MACS "86DD", 6 },
    { "PKTAP, loopback", CAPTURE_LINK_PKTAP, "0C000000 01000000 00000000 1E000000", 6 },
    { "NFLOG", CAPTURE_LINK_NFLOG, "02 00 0000 0800 0100 08000100 0500 0A00 00 000000 8000 0900",
      4 },
    { "NFLOG, big-endian", CAPTURE_LINK_NFLOG, "02 00 0000 0008 0001 08000100 0080 0009", 4 },
    { "Cisco HDLC", CAPTURE_LINK_CHDLC, "0F00 0800", 4 },
    { "Frame Relay, long address, IPv6", CAPTURE_LINK_FRELAY, "18 40 40 41 03 8E", 6 },
    { "Frame Relay with SNAP", CAPTURE_LINK_FRELAY, "1841 03 00 80 000000 0800", 4 },
    { "Frame Relay of Cisco", CAPTURE_LINK_FRELAY, "1841 86DD", 6 },
    { "Juniper's Frame Relay, no link header", CAPTURE_LINK_JUNIPER_FRELAY, "4D4743 02 02000000",
      4 },
    { "a jumbo frame with SNAP", CAPTURE_LINK_ETHERNET, MACS "8870 AAAA03 000000 0800", 4 },
    { "MACsec that does not encrypt", CAPTURE_LINK_ETHERNET, MACS "88E5 00000000 0001 0800", 4 },
    { "MACsec with an identifier", CAPTURE_LINK_ETHERNET,
      MACS "88E5 20000000 0001 0200000000010001 86DD", 6 },
    { "NSH, IPv4", CAPTURE_LINK_ETHERNET, MACS "894F 0FC2 01 01 000001FF", 4 },
    { "NSH, IPv6", CAPTURE_LINK_ETHERNET, MACS "894F 0FC3 02 02 000001FF 00000000", 6 },
    { "NSH, Ethernet", CAPTURE_LINK_ETHERNET, MACS "894F 0FC2 01 03 000001FF " MACS "0800", 4 },
};

static void every_link_header_leads_to_sip(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        uint8_t frame[256];
        bed *b = bed_new(NULL);
        size_t n = bed_hex(links[i].header, frame);
        uint8_t *ip = frame + n;
        size_t udp = bed_udp(ip, 5060, 5070, options, strlen(options));
        n += links[i].version == 4 ? bed_ipv4(ip, 17, 1, 2, ip, udp)
                                   : bed_ipv6(ip, 17, 1, 2, ip, udp);
        memset(frame + n, 0xEE, 6); /* a trailer: nobody's */
        bed_frame(b, links[i].link, frame, n + 6);
        if (b->count != 1) print_error("%s\n", links[i].what);
        assert_int_equal(b->count, 1);
        assert_string_equal(b->got[0].bytes, options);
        assert_int_equal(b->got[0].src.family, links[i].version);
        assert_int_equal(b->got[0].src.port, 5060);
        assert_int_equal(b->got[0].dst.port, 5070);
        assert_int_equal(b->got[0].dst.bytes[links[i].version == 4 ? 3 : 15], 2);
        assert_int_equal(b->got[0].flags, 0);
        bed_free(b);
    }
}

static void extension_headers_are_stepped_over(void **state)
{
    (void)state;
    static const struct {
        const char *what, *headers;
        uint8_t first;
        size_t found;
    } cases[] = {
        { "hop-by-hop", "11 00 050200000100", 0, 1 },
        { "hop-by-hop, routing, destination",
          "2B 00 050200000100 3C 00 000000000000 11 00 010400000000", 0, 1 },
        { "authentication header", "11 04 0000 00000001 00000001 000000000000000000000000", 51, 1 },
        { "a fragment header on a whole datagram", "11 00 0000 00000001", 44, 1 },
        { "ESP", "11 00 0000 00000001", 50, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t frame[256];
        bed *b = bed_new(NULL);
        size_t n = bed_hex(cases[i].headers, frame);
        n += bed_udp(frame + n, 5060, 5070, options, strlen(options));
        bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv6(frame, cases[i].first, 1, 2, frame, n));
        if (b->count != cases[i].found) print_error("%s\n", cases[i].what);
        assert_int_equal(b->count, cases[i].found);
        assert_int_equal(bed_count(b, CAPTURE_ESP), !cases[i].found);
        bed_free(b);
    }
}

static void what_is_passed_over_is_counted_by_name(void **state)
{
    (void)state;
    static const struct {
        enum capture_counter_id counter;
        enum capture_link link;
        const char *frame;
    } cases[] = {
        { CAPTURE_NOT_IP, CAPTURE_LINK_ETHERNET, MACS "0806 0001 0800 0604" },
        { CAPTURE_NOT_IP, CAPTURE_LINK_ETHERNET, MACS "0026 424203 0000" },
        { CAPTURE_NOT_IP, CAPTURE_LINK_PPP, "C021 0101" },
        { CAPTURE_NOT_IP, CAPTURE_LINK_NULL, "0000FF00" },
        { CAPTURE_MPLS, CAPTURE_LINK_ETHERNET, MACS "8847 00064040 000640" },
        { CAPTURE_LINK_UNKNOWN, CAPTURE_LINK_OTHER, "00" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_ETHERNET, "020000" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_ETHERNET, MACS "8100 00" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_SLL, "0000 0001" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_ETHERNET, MACS "8909 0101 0001 0007 08" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_PPI, "00 00 0700 01000000" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_JUNIPER, "4D4744 00 " MACS "0800" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_JUNIPER, "4D4743 80 FFFF 00" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_PKTAP, "FFFFFFFF 01000000 01000000" },
        { CAPTURE_LINK_UNKNOWN, CAPTURE_LINK_PKTAP, "0C000000 01000000 FF000000" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_NFLOG, "02 00 0000 0800 0100 08000100" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_NFLOG, "02 00 0000 0000 0900" },
        { CAPTURE_IP_MALFORMED, CAPTURE_LINK_ETHERNET, MACS "0800 450000" },
        { CAPTURE_IP_MALFORMED, CAPTURE_LINK_IP,
          "4400 0014 0000 0000 4011 0000 0A000001 0A000002" },
        { CAPTURE_IP_MALFORMED, CAPTURE_LINK_IP,
          "4500 0010 0000 0000 4011 0000 0A000001 0A000002" },
        { CAPTURE_GRE, CAPTURE_LINK_IP, "4500 0014 0000 0000 402F 0000 0A000001 0A000002" },
        { CAPTURE_IN_IPIP, CAPTURE_LINK_IP, "4500 0014 0000 0000 4004 0000 0A000001 0A000002" },
        { CAPTURE_L2TP, CAPTURE_LINK_IP, "4500 0014 0000 0000 4073 0000 0A000001 0A000002" },
        { CAPTURE_SCTP_MALFORMED, CAPTURE_LINK_IP,
          "4500 0014 0000 0000 4084 0000 0A000001 0A000002" },
        { CAPTURE_IP_OTHER, CAPTURE_LINK_IP, "4500 0014 0000 0000 4001 0000 0A000001 0A000002" },
        { CAPTURE_UDP_MALFORMED, CAPTURE_LINK_IP,
          "4500 0018 0000 0000 4011 0000 0A000001 0A000002 13C413C4" },
        { CAPTURE_TCP_MALFORMED, CAPTURE_LINK_IP,
          "4500 0018 0000 0000 4006 0000 0A000001 0A000002 13C413C4" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t frame[256];
        bed *b = bed_new(NULL);
        bed_frame(b, cases[i].link, frame, bed_hex(cases[i].frame, frame));
        if (bed_count(b, cases[i].counter) != 1)
            print_error("%s: %s\n", cases[i].frame,
                        capture_counter_info_of(cases[i].counter)->name);
        assert_int_equal(bed_count(b, cases[i].counter), 1);
        assert_int_equal(b->stats.counters[cases[i].counter].first[0].frame, 1);
        bed_free(b);
    }
}

static void endless_headers_end(void **state)
{
    (void)state;
    uint8_t frame[2000];
    bed *b = bed_new(NULL);
    size_t n = bed_hex(MACS, frame);
    for (; n < 400; n += 4)
        bed_hex("8100 0001", frame + n);
    bed_frame(b, CAPTURE_LINK_ETHERNET, frame, n);
    memset(frame, 0, 800); /* hop-by-hop options behind each other */
    bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv6(frame, 0, 1, 2, frame, 800));
    assert_int_equal(bed_count(b, CAPTURE_NESTED_TOO_DEEP), 2);
    bed_free(b);
}

static void sip_is_found_by_content(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint16_t port;
        const char *bytes;
        size_t n;
        enum capture_counter_id counter;
    } cases[] = {
#define BYTES(S) (S), sizeof(S) - 1
        { "a request on an odd port", 40000, BYTES("BYE sip:a@b SIP/2.0\r\nl: 0\r\n\r\n"),
          CAPTURE_MESSAGES },
        { "a response", 9, BYTES("SIP/2.0 200 OK\r\nl: 0\r\n\r\n"), CAPTURE_MESSAGES },
        { "CRLF before the start line", 40000, BYTES("\r\n\r\nBYE sip:a@b SIP/2.0\r\nl: 0\r\n\r\n"),
          CAPTURE_MESSAGES },
        { "a control byte in the start line", 5060, BYTES("BYE sip:a\0@b SIP/2.0\r\nl: 0\r\n\r\n"),
          CAPTURE_MESSAGES },
        { "the same on a port that nobody knows", 40000,
          BYTES("BYE sip:a\0@b SIP/2.0\r\nl: 0\r\n\r\n"), CAPTURE_NOT_SIP },
        { "STUN", 5060,
          BYTES("\0\1\0\0\x21\x12\xa4\x42"
                "123456789012"),
          CAPTURE_NOT_SIP_ON_PORT },
        { "RTP", 40000, BYTES("\x80\0\0\1\0\0\0\xa0\0\0\0\1payload"), CAPTURE_NOT_SIP },
        { "RTCP", 40001, BYTES("\x80\xc8\0\6\0\0\0\1"), CAPTURE_NOT_SIP },
        { "DNS", 53, BYTES("ab\1\0\0\1\0\0\0\0\0\0\3www\0\0\1\0\1"), CAPTURE_NOT_SIP },
        { "SSDP", 1900, BYTES("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n"),
          CAPTURE_NOT_SIP },
        { "an answer of HTTP", 1900, BYTES("HTTP/1.1 200 OK\r\nST: upnp\r\n\r\n"),
          CAPTURE_NOT_SIP },
        { "MGCP", 2427, BYTES("AUEP 1200 *@gw.example MGCP 1.0\r\nF: A\r\n"), CAPTURE_NOT_SIP },
        { "text", 514, BYTES("<34>Oct 11 22:14:15 host su: failed for sip:x\r\n"),
          CAPTURE_NOT_SIP },
        { "keep-alive: CRLFCRLF", 5060, BYTES("\r\n\r\n"), CAPTURE_KEEPALIVES },
        { "keep-alive: CRLF", 5060, BYTES("\r\n"), CAPTURE_KEEPALIVES },
        { "keep-alive: NULs", 5060, BYTES("\0\0\0\0"), CAPTURE_KEEPALIVES },
        { "keep-alive: nothing", 5060, BYTES(""), CAPTURE_KEEPALIVES },
        { "nothing, elsewhere", 40000, BYTES(""), CAPTURE_NOT_SIP },
        { "GTP-U", 2152, BYTES("\x30\x01\0\0\0\0\0\0"), CAPTURE_GTP },
        { "VXLAN", 4789, BYTES("\x08\0\0\0\0\0\1\0"), CAPTURE_IN_VXLAN },
        { "DTLS", 5061, BYTES("\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x01\0"), CAPTURE_DTLS },
#undef BYTES
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bed *b = bed_new(NULL);
        bed_datagram(b, 30000, cases[i].port, cases[i].bytes, cases[i].n);
        if (bed_count(b, cases[i].counter) != 1) print_error("%s\n", cases[i].what);
        assert_int_equal(bed_count(b, cases[i].counter), 1);
        assert_int_equal(b->count, cases[i].counter == CAPTURE_MESSAGES);
        if (b->count) assert_int_equal(b->got[0].n, cases[i].n);
        bed_free(b);
    }
}

static void a_broken_start_line_is_believed_where_sip_was_spoken(void **state)
{
    (void)state;
    static const char broken[] = "INVITE sip:bob@example.com SIP/7.0.1\r\nVia: SIP/2.0/UDP h\r\n"
                                 "\r\n";
    bed *b = bed_new(NULL);
    bed_datagram(b, 7000, 8000, broken, strlen(broken));
    assert_int_equal(b->count, 0);
    bed_datagram(b, 7000, 8000, options, strlen(options));
    bed_datagram(b, 7000, 8000, broken, strlen(broken));
    bed_datagram(b, 9000, 8000, broken, strlen(broken)); /* to an address that spoke it */
    assert_int_equal(b->count, 3);
    bed_datagram(b, 30000, 5060, broken, strlen(broken));
    assert_int_equal(b->count, 4);
    bed_free(b);
}

static void a_datagram_that_was_cut_says_so(void **state)
{
    (void)state;
    uint8_t frame[256];
    bed *b = bed_new(&(capture_limits){ .keep_duplicates = true });
    size_t n = bed_udp(frame, 5060, 5060, options, strlen(options));
    n = bed_ipv4(frame, 17, 1, 2, frame, n);
    bed_frame_cut(b, CAPTURE_LINK_IP, frame, n, n - 4);
    assert_int_equal(b->count, 1);
    assert_int_equal(b->got[0].n, strlen(options) - 4);
    assert_int_equal(b->got[0].flags, SIPCHECK_CUT);
    assert_int_equal(bed_count(b, CAPTURE_CUT_MESSAGES), 1);
    assert_int_equal(bed_count(b, CAPTURE_CUT_FRAMES), 1);
    bed_frame(b, CAPTURE_LINK_IP, frame, n - 4); /* cut by someone who does not say so */
    assert_int_equal(b->got[1].flags, SIPCHECK_CUT);
    for (size_t cut = 0; cut < n; cut++)
        bed_frame_cut(b, CAPTURE_LINK_IP, frame, n, cut);
    assert_int_equal(capture_losses(&b->stats), 1);
    bed_free(b);
}

static void lengths_of_udp_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int add; /* to the length in the header */
        size_t wanted;
        uint64_t malformed;
    } cases[] = {
        { "shorter than IP's: the rest is nobody's", -2, sizeof options - 3, 0 },
        { "longer than IP's", 10, sizeof options - 1, 1 },
        { "shorter than its header", -(int)sizeof options - 2, sizeof options - 1, 1 },
        { "zero: left to the network card", -(int)sizeof options - 7, sizeof options - 1, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t frame[256];
        bed *b = bed_new(NULL);
        size_t n = bed_udp(frame, 5060, 5060, options, strlen(options));
        frame[5] = (uint8_t)(frame[5] + cases[i].add);
        bed_frame(b, CAPTURE_LINK_IP, frame, bed_ipv4(frame, 17, 1, 2, frame, n));
        assert_int_equal(b->count, 1);
        assert_int_equal(b->got[0].n, cases[i].wanted);
        assert_int_equal(b->got[0].flags, 0);
        assert_int_equal(bed_count(b, CAPTURE_UDP_MALFORMED), cases[i].malformed);
        bed_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_link_header_leads_to_sip),
        cmocka_unit_test(extension_headers_are_stepped_over),
        cmocka_unit_test(what_is_passed_over_is_counted_by_name),
        cmocka_unit_test(endless_headers_end),
        cmocka_unit_test(sip_is_found_by_content),
        cmocka_unit_test(a_broken_start_line_is_believed_where_sip_was_spoken),
        cmocka_unit_test(a_datagram_that_was_cut_says_so),
        cmocka_unit_test(lengths_of_udp_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
