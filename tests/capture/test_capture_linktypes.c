/* SPDX-License-Identifier: MIT */
/* The link types of files, as libwiretap tells them: each leads to what decodes it. */
#define _POSIX_C_SOURCE 200809L

#include "bed.h"
#include "capture.h"

#include <stdio.h>
#include <unistd.h>

#define MACS "020000000002 020000000001 "
#define WLAN "0801 0000 020000000001 020000000002 020000000003 0000 AAAA03 000000 0800"
/* Endace: time, type, flags, lengths of record and wire. */
#define ERF(TYPE, RECORD) "0000000064000000" TYPE "04" RECORD "0000 0100"

static const struct {
    const char *what;
    uint32_t type;
    const char *header;
} links[] = {
    { "loopback", 0, "02000000" },
    { "Ethernet", 1, MACS "0800" },
    { "PPPoE without its Ethernet", 51, "1100 0001 00A0 0021" },
    { "FDDI", 10, "50 " MACS "AAAA03 000000 0800" },
    { "LLC over ATM", 100, "AAAA03 000000 0800" },
    { "Frame Relay", 107, "1841 03CC" },
    { "what IPsec decrypted", 109, "02000000 00000001 00000000" },
    { "the packet filter's log", 117,
      "3D020000 656D3000000000000000000000000000 00000000000000000000000000000000 "
      "00000000 00000000 00000000 00000000 00000000 00000000 00 000000" },
    { "IP over Fibre Channel", 122, "0000020000000002 0000020000000001 AAAA03 000000 0800" },
    { "Juniper's PPP", 179, "4D4743 01 FF03 0021" },
    { "Juniper's Frame Relay", 180, "4D4743 01 1841 03CC" },
    { "Juniper's Cisco HDLC", 181, "4D4743 01 0F00 0800" },
    { "InfiniBand", 242,
      "0000000000000000000000000000000000000000000000000000000000000000000000000000FFFF 0800 "
      "0000" },
    { "PPP", 9, "FF03 0021" },
    { "raw IP", 101, "" },
    { "Cisco HDLC", 104, "0F00 0800" },
    { "802.11", 105, WLAN },
    { "OpenBSD's loopback", 108, "00000002" },
    { "Linux cooked", 113, "0000 0001 0006 0200000000010000 0800" },
    { "Prism", 119, "44000000 0C000000 FFFFFFFF " WLAN },
    { "radiotap", 127, "00 00 0900 02000000 00 " WLAN },
    { "AVS", 163, "80211001 0000000C FFFFFFFF " WLAN },
    { "Juniper", 178, "4D4743 01 " MACS "0800" },
    { "PPI", 192, "00 00 0800 65000000" },
    { "ERF, Ethernet", 197, ERF("02", "00B8") "0000 " MACS "0800" },
    { "ERF, Ethernet with a colour", 197, ERF("0B", "00B8") "0000 " MACS "0800" },
    { "ERF, IPv4", 197, ERF("16", "00A8") },
    { "NFLOG", 239, "02 00 0000 0C80 0900" },
    { "PKTAP", 258,
      "6C000000 01000000 01000000 000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000" MACS "0800" },
    { "Linux cooked, version 2", 276, "0800 0000 00000001 0001 00 06 0200000000010000" },
};

static void put32(FILE *f, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        fputc((int)(value >> 8 * i & 0xFF), f);
}

static void write_file(const char *path, uint32_t type, const uint8_t *frame, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    const uint32_t header[] = { 0xA1B2C3D4, 4u << 16 | 2, 0, 0,           65535,
                                type,       100,          0, (uint32_t)n, (uint32_t)n };
    for (size_t i = 0; i < sizeof header / sizeof *header; i++)
        put32(f, header[i]);
    fwrite(frame, 1, n, f);
    fclose(f);
}

static bool see(void *user, const sipcheck_packet *packet, unsigned source)
{
    (void)source;
    assert_int_equal(packet->length, 100);
    ++*(size_t *)user;
    return true;
}

static void each_leads_to_sip(void **state)
{
    (void)state;
    char path[] = "/tmp/sipcheck-XXXXXX", sip[100];
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    bed_sip(sip, sizeof sip, 'a');
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        uint8_t frame[400];
        size_t n = bed_hex(links[i].header, frame), count = 0;
        size_t udp = bed_udp(frame + n, 5060, 5060, sip, sizeof sip);
        n += bed_ipv4(frame + n, 17, 1, 2, frame + n, udp);
        write_file(path, links[i].type, frame, n);
        capture_stats stats = { 0 };
        const char *paths[] = { path };
        bool fine = capture_run(paths, 1, NULL, see, &count, &stats, NULL);
        if (!fine || count != 1) print_error("%s\n", links[i].what);
        assert_true(fine);
        assert_int_equal(count, 1);
        capture_stats_clear(&stats);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_leads_to_sip) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
