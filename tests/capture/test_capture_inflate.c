/* SPDX-License-Identifier: MIT */
/* Deflate: what zlib makes of one message in each way it has, and what is broken. */
#include "bed.h"
#include "inflate.h"

static const char sip[] =
    "OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/WS a.invalid;branch=z9hG4bK1\r\n"
    "From: <sip:a@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: 1\r\n"
    "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

static const struct {
    const char *what, *hex;
} packed[] = {
    { "stored", "01BE0041FF4F5054494F4E53207369703A626F62406578616D706C652E636F6D205349502F322E30"
                "0D0A5669613A205349502F322E302F575320612E696E76616C69643B6272616E63683D7A39684734"
                "624B310D0A46726F6D3A203C7369703A61406578616D706C652E636F6D3E3B7461673D310D0A546F"
                "3A203C7369703A626F62406578616D706C652E636F6D3E0D0A43616C6C2D49443A20310D0A435365"
                "713A2031204F5054494F4E530D0A436F6E74656E742D4C656E6774683A20300D0A0D0A" },
    { "with the fixed codes",
      "F30F08F1F4F70B5628CE2CB04ACA4F7248AD48CC2DC849D54BCECF5508F60CD037D233E0E50ACB4C"
      "B482F1F4C3831512F532F3CA12733253AC938A12F392336CAB2C33DC4D92BC0D79B9DC8AF273AD14"
      "6C40C625221B66675D92986E0B5410920F9546B3CD8E97CB39312747D7D3C54A01A8CC3938B510C8"
      "50F087B80F28909F57929A57A2EB939A975E9261A50074162F1700" },
    { "with codes of its own",
      "05C1DB8A83301000D0F740FE617EC0A8A52F9D5E105C5A424B1522BBCF1377A881DCAA5264BF7ECF"
      "E9FA41774F038BCB68936D78A3903DAB310530BA2F77AA92E2DB1182D17DB95355F96380948B1FF2"
      "EEF768678AE374FE3B4CB7BDBDD7525CE714104E8BCB480D6F14B26735A67039AEF43AD7520C09E1"
      "B4B88C36D986370AD9B31A53B848D192F785FE42A8A5680DBF116AE8FA41774F23459BE2CA712D1E"
      "1C5FEB84504921C53F" },
    { "behind zlib's header",
      "78DAF30F08F1F4F70B5628CE2CB04ACA4F7248AD48CC2DC849D54BCECF5508F60CD037D233E0E50A"
      "CB4CB482F1F4C3831512F532F3CA12733253AC938A12F392336CAB2C33DC4D92BC0D79B9DC8AF273"
      "AD146C40C625221B66675D92986E0B5410920F9546B3CD8E97CB39312747D7D3C54A01A8CC3938B5"
      "10C850F087B80F28909F57929A57A2EB939A975E9261A50074162F17002E5839BE" },
    { "behind gzip's header, with all it may have",
      "1F8B081E0000000000FF03006162636E616D6500636F6D6D656E74007818F30F08F1F4F70B5628CE"
      "2CB04ACA4F7248AD48CC2DC849D54BCECF5508F60CD037D233E0E50ACB4CB482F1F4C3831512F532"
      "F3CA12733253AC938A12F392336CAB2C33DC4D92BC0D79B9DC8AF273AD146C40C625221B66675D92"
      "986E0B5410920F9546B3CD8E97CB39312747D7D3C54A01A8CC3938B510C850F087B80F28909F5792"
      "9A57A2EB939A975E9261A50074162F17005B194FA6BE000000" },
};
enum { PACKED = sizeof packed / sizeof *packed };

/* Two messages of one stream: the second is short, for it repeats the first. */
static const char first[] =
    "F20F08F1F4F70B5628CE2CB04ACA4F7248AD48CC2DC849D54BCECF5508F60CD037D233E0E50ACB4C"
    "B482F1F4C3831512F532F3CA12733253AC938A12F392336CAB2C33DC4D92BC0D79B9DC8AF273AD14"
    "6C40C625221B66675D92986E0B5410920F9546B3CD8E97CB39312747D7D3C54A01A8CC3938B510C8"
    "50F087B80F28909F57929A57A2EB939A975E9261A50074162F1700";
static const char second[] = "F21FD2AE0700";

static void each_way_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < PACKED; i++) {
        uint8_t bytes[400];
        bed *b = bed_new(NULL);
        capture_inflated to = { 0 };
        size_t n = bed_hex(packed[i].hex, bytes);
        if (!capture_unzip(b->decoder, (sipcheck_slice){ bytes, n }, &to))
            fail_msg("%s", packed[i].what);
        assert_int_equal(to.n, strlen(sip));
        assert_memory_equal(to.bytes, sip, to.n);
        capture_inflated_free(b->decoder, &to);
        bed_free(b);
    }
}

static bool take(bed *b, capture_inflated *to, const char *hex)
{
    uint8_t bytes[400];
    size_t n = bed_hex(hex, bytes);
    memcpy(bytes + n, "\0\0\xFF\xFF", 4);
    return capture_inflate(b->decoder, (sipcheck_slice){ bytes, n + 4 }, to);
}

static void the_past_is_repeated(void **state)
{
    (void)state;
    bed *b = bed_new(NULL);
    capture_inflated to = { 0 };
    assert_true(take(b, &to, first));
    capture_inflated_keep(&to);
    assert_true(take(b, &to, second));
    assert_int_equal(to.past, strlen(sip));
    assert_int_equal(to.n - to.past, strlen(sip));
    assert_memory_equal(to.bytes + to.past, sip, to.past);
    to.n = to.past = 0;
    assert_false(take(b, &to, second));
    capture_inflated_free(b->decoder, &to);
    bed_free(b);
}

/* No more of the past than may be repeated stays. */
static void the_past_is_bounded(void **state)
{
    (void)state;
    bed *b = bed_new(NULL);
    capture_inflated to = { 0 };
    for (int i = 0; i < 400; i++) {
        assert_true(take(b, &to, first));
        capture_inflated_keep(&to);
    }
    assert_int_equal(to.n, 32768);
    assert_true(to.allocated <= 65536);
    capture_inflated_free(b->decoder, &to);
    bed_free(b);
}

static void more_than_a_message_may_have(void **state)
{
    (void)state;
    bed *b = bed_new(NULL);
    capture_inflated to = { 0 };
    uint8_t stored[5 + 65535] = { 0, 0xFF, 0xFF, 0, 0 };
    for (int i = 0; i < 16; i++)
        assert_true(capture_inflate(b->decoder, (sipcheck_slice){ stored, sizeof stored }, &to));
    stored[1] = 16; /* 16 * 65,535 + 16 bytes are 1 MiB */
    stored[2] = 0;
    stored[3] = 0xEF;
    stored[4] = 0xFF;
    assert_true(capture_inflate(b->decoder, (sipcheck_slice){ stored, 21 }, &to));
    assert_int_equal(to.n, SIPCHECK_MESSAGE_MAX);
    stored[1] = 1;
    stored[3] = 0xFE;
    assert_false(capture_inflate(b->decoder, (sipcheck_slice){ stored, 6 }, &to));
    assert_int_equal(to.n, SIPCHECK_MESSAGE_MAX);
    capture_inflated_free(b->decoder, &to);
    bed_free(b);
}

static void what_is_broken(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "07",                               /* a kind of block that is none */
        "01 0100 0000 41",                  /* a length that its complement denies */
        "01 0200 FDFF 41",                  /* more than there is */
        "01 01",                            /* a length that ends */
        "4B 04",                            /* a code that ends */
        "03 02",                            /* a repetition before anything came */
        "05 E0 FF FF FF FF",                /* too many codes */
        "05 00 92 24 49 92 24 49 92 24 49", /* more words than fit */
        "FD FF FF",                         /* codes that end */
        "78DA 4B04 00 00000000",            /* what checks it is wrong */
        "78DA 4B04 00",                     /* or lacks */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[64];
        bed *b = bed_new(NULL);
        capture_inflated to = { 0 };
        size_t n = bed_hex(cases[i], bytes);
        if (capture_unzip(b->decoder, (sipcheck_slice){ bytes, n }, &to)) fail_msg("%s", cases[i]);
        capture_inflated_free(b->decoder, &to);
        bed_free(b);
    }
}

/* Every prefix and every byte wrong: it comes to an end. */
static void hostile(void **state)
{
    (void)state;
    bed *b = bed_new(NULL);
    for (size_t i = 0; i < PACKED; i++) {
        uint8_t bytes[400];
        size_t n = bed_hex(packed[i].hex, bytes);
        for (size_t at = 0; at < n; at++) {
            for (int bit = 0; bit < 9; bit++) {
                uint8_t *copy = malloc(bit < 8 ? n : at + 1);
                capture_inflated to = { 0 };
                memcpy(copy, bytes, bit < 8 ? n : at);
                if (bit < 8) copy[at] ^= (uint8_t)(1 << bit);
                capture_unzip(b->decoder, (sipcheck_slice){ copy, bit < 8 ? n : at }, &to);
                assert_true(to.n <= SIPCHECK_MESSAGE_MAX);
                capture_inflated_free(b->decoder, &to);
                free(copy);
            }
        }
    }
    bed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_is_read),    cmocka_unit_test(the_past_is_repeated),
        cmocka_unit_test(the_past_is_bounded), cmocka_unit_test(more_than_a_message_may_have),
        cmocka_unit_test(what_is_broken),      cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
