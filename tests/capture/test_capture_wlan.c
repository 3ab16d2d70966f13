/* SPDX-License-Identifier: MIT */
/* IEEE 802.11: what leads to IP, what is encrypted, what is something else. */
#include "bed.h"

static const char options[] = "OPTIONS sip:bob@example.com SIP/2.0\r\nl: 0\r\n\r\n";

#define THREE "020000000001 020000000002 020000000003 "
#define SNAP "AAAA03 000000 0800"
#define RADIOTAP "00 00 0900 02000000 "
#define PRISM "44000000 90000000 "

static size_t ip(uint8_t *out)
{
    size_t n = bed_udp(out, 5060, 5060, options, strlen(options));
    return bed_ipv4(out, 17, 1, 2, out, n);
}

static void data_frames_lead_to_ip(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum capture_link link;
        const char *header;
    } cases[] = {
        { "data", CAPTURE_LINK_WLAN, "0801 0000 " THREE "0000 " SNAP },
        { "from the access point, sent again", CAPTURE_LINK_WLAN, "080A 0000 " THREE "1000 " SNAP },
        { "between access points", CAPTURE_LINK_WLAN,
          "0803 0000 " THREE "0000 020000000004 " SNAP },
        { "QoS", CAPTURE_LINK_WLAN, "8801 0000 " THREE "0000 0600 " SNAP },
        { "QoS and HT control", CAPTURE_LINK_WLAN, "8881 0000 " THREE "0000 0600 00000000 " SNAP },
        { "QoS between access points", CAPTURE_LINK_WLAN,
          "8803 0000 " THREE "0000 020000000004 0600 " SNAP },
        { "radiotap", CAPTURE_LINK_RADIOTAP, RADIOTAP "00 0801 0000 " THREE "0000 " SNAP },
        { "radiotap that tells of padding", CAPTURE_LINK_RADIOTAP,
          RADIOTAP "20 8801 0000 " THREE "0000 0600 0000 " SNAP },
        { "radiotap with a time, two words of bits", CAPTURE_LINK_RADIOTAP,
          "00 00 1900 03000080 00000000 00000000 0102030405060708 20 8801 0000 " THREE
          "0000 0600 0000 " SNAP },
        { "Prism", CAPTURE_LINK_PRISM, "44000000 0C000000 FFFFFFFF 0801 0000 " THREE "0000 " SNAP },
        { "AVS where Prism was said", CAPTURE_LINK_PRISM,
          "80211001 0000000C FFFFFFFF 0801 0000 " THREE "0000 " SNAP },
        { "AVS", CAPTURE_LINK_AVS, "80211001 0000000C FFFFFFFF 0801 0000 " THREE "0000 " SNAP },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t frame[300];
        bed *b = bed_new(&(capture_limits){ .keep_duplicates = true });
        size_t n = bed_hex(cases[i].header, frame);
        n += ip(frame + n);
        memset(frame + n, 0xEE, 4); /* the frame check sequence */
        bed_frame(b, cases[i].link, frame, n + 4);
        if (b->count != 1) print_error("%s\n", cases[i].what);
        assert_int_equal(b->count, 1);
        assert_string_equal(b->got[0].bytes, options);
        for (size_t k = 0; k < n; k++) {
            bed_frame(b, cases[i].link, frame, k);
            bed_frame_cut(b, cases[i].link, frame, n, k);
        }
        for (size_t k = 1; k < b->count; k++)
            assert_true(b->got[k].flags & SIPCHECK_CUT);
        bed_free(b);
    }
}

static void several_frames_in_one_are_taken_apart(void **state)
{
    (void)state;
    uint8_t frame[1000];
    bed *b = bed_new(NULL);
    size_t n = bed_hex("8801 0000 " THREE "0000 8000", frame);
    for (unsigned i = 0; i < 3; i++) {
        size_t head = bed_hex("020000000001 020000000002 0000 " SNAP, frame + n);
        size_t udp =
            bed_udp(frame + n + head, 5060, 5060, options, strlen(options) - (size_t)i * 2);
        size_t length = bed_ipv4(frame + n + head, 17, (uint8_t)(i + 1), 9, frame + n + head, udp);
        frame[n + 13] = (uint8_t)(8 + length);
        n += head + length;
        while ((n - 26) % 4)
            frame[n++] = 0;
    }
    bed_frame(b, CAPTURE_LINK_WLAN, frame, n);
    assert_int_equal(b->count, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(b->got[i].src.bytes[3], i + 1);
    frame[26 + 13] = 0xFF; /* a length beyond the end */
    frame[26 + 12] = 0xFF;
    bed_frame(b, CAPTURE_LINK_WLAN, frame, n);
    for (size_t k = 0; k < n; k++)
        bed_frame(b, CAPTURE_LINK_WLAN, frame, k);
    bed_free(b);
}

static void what_is_something_else_is_counted(void **state)
{
    (void)state;
    static const struct {
        enum capture_counter_id counter;
        enum capture_link link;
        const char *frame;
    } cases[] = {
        { CAPTURE_WLAN_ENCRYPTED, CAPTURE_LINK_WLAN, "0841 0000 " THREE "0000 00000020 00000000" },
        { CAPTURE_WLAN_FRAGMENTS, CAPTURE_LINK_WLAN, "0805 0000 " THREE "0000 " SNAP },
        { CAPTURE_WLAN_FRAGMENTS, CAPTURE_LINK_WLAN, "0801 0000 " THREE "0100 " SNAP },
        { CAPTURE_NOT_IP, CAPTURE_LINK_WLAN, "8000 0000 " THREE "0000" },      /* a beacon */
        { CAPTURE_NOT_IP, CAPTURE_LINK_WLAN, "4801 0000 " THREE "0000" },      /* no data */
        { CAPTURE_NOT_IP, CAPTURE_LINK_WLAN, "C801 0000 " THREE "0000 0000" }, /* with QoS */
        { CAPTURE_NOT_IP, CAPTURE_LINK_WLAN, "D400 0000 020000000001" },       /* an ACK */
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_WLAN, "0801 0000 " THREE },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_WLAN, "8801 0000 " THREE "0000 00" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_WLAN, "" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_RADIOTAP, "00 00 0700 00000000" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_RADIOTAP, "00 00 FFFF 00000000" },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_PRISM, PRISM },
        { CAPTURE_LINK_MALFORMED, CAPTURE_LINK_AVS, "80211001 00000007" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t frame[100];
        bed *b = bed_new(NULL);
        bed_frame(b, cases[i].link, frame, bed_hex(cases[i].frame, frame));
        if (bed_count(b, cases[i].counter) != 1) print_error("%s\n", cases[i].frame);
        assert_int_equal(bed_count(b, cases[i].counter), 1);
        bed_free(b);
    }
}

/* Bits that announce more words of bits, up to the header's end and beyond. */
static void a_radiotap_header_without_an_end_ends(void **state)
{
    (void)state;
    uint8_t frame[400];
    bed *b = bed_new(NULL);
    size_t n = bed_hex("00 00 2000", frame);
    memset(frame + n, 0xFF, 28);
    n = 32 + bed_hex("0801 0000 " THREE "0000 " SNAP, frame + 32);
    n += ip(frame + n);
    bed_frame(b, CAPTURE_LINK_RADIOTAP, frame, n);
    assert_int_equal(b->count, 1);
    bed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_frames_lead_to_ip),
        cmocka_unit_test(several_frames_in_one_are_taken_apart),
        cmocka_unit_test(what_is_something_else_is_counted),
        cmocka_unit_test(a_radiotap_header_without_an_end_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
