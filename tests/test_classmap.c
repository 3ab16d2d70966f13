/* SPDX-License-Identifier: MIT */
/* SIMD and its twins: the map of each kind of machine code against the table of classes, and whole
 * messages parsed with each of them. */
#define _GNU_SOURCE /* mmap's MAP_ANONYMOUS */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../fuzz/same_message.h"
#include "message/parse.h"
#include "random_next.h"
#include "sample.h"

/* The byte that a map is about, or 0. */
static uint8_t byte_of(unsigned map)
{
    return map == SC_MAP_DOT ? '.' : map == SC_MAP_HYPHEN ? '-' : 0;
}

static uint32_t classes_of(unsigned map)
{
    static const uint32_t all[] = { SC_TOKEN, SC_HOST, SC_DIGIT, SC_USER, SC_QDTEXT };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if ((unsigned)sc_map_of(all[i]) == map) return all[i];
    return 0;
}

static bool expected(unsigned map, uint8_t byte)
{
    return byte_of(map) ? byte == byte_of(map) : !(sc_classes[byte] & classes_of(map));
}

/* What a map within classes shows is of them. */
static void maps_within_classes_hold_nothing_else(void **state)
{
    static const uint32_t all[] = { SC_WORD, SC_CTEXT, SC_PARAMCHAR, SC_URIC, SC_REASON, SC_TEXT };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (unsigned byte = 0; byte < 256; byte++)
            assert_true(expected(sc_map_within(all[i]), (uint8_t)byte) ||
                        (sc_classes[byte] & all[i]));
}

static size_t check_bits(const sc_classmap *map)
{
    size_t wrong = 0;
    for (unsigned m = 0; m < SC_MAP_COUNT; m++)
        for (size_t at = 0; at < map->n; at++)
            wrong += (sc_map_bits(map, (enum sc_map)m, at) & 1) != expected(m, map->base[at]);
    return wrong;
}

static size_t check_lines(const sc_classmap *map)
{
    size_t seen = 0;
    for (size_t at = 0; at < map->n; at++)
        if (map->base[at] == '\n' && (seen >= map->lf_count || map->lf[seen++] != at)) return 1;
    return seen != map->lf_count;
}

static void each_simd(void check(enum sc_simd simd))
{
    static const char *const names[] = { "", "AVX2", "AVX-512" };
    for (int simd = SC_SIMD_AVX2; simd <= SC_SIMD_BEST; simd++)
        if (sc_simd_here((enum sc_simd)simd))
            check((enum sc_simd)simd);
        else
            printf("SKIPPED: no %s here\n", names[simd]);
}

static void check_maps(enum sc_simd simd)
{
    static sc_classmap map;
    fenced fence = fence_new(4096);
    uint64_t seed = 20260101;
    size_t wrong = 0;
    for (size_t n = 0; n < 2300; n += n < 300 ? 1 : 97) {
        uint8_t bytes[2400];
        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)random_next(&seed, 256);
        /* Now and then more line feeds than are noted at once. */
        for (size_t i = n / 2; n % 4 == 0 && i < n; i++)
            if (i % 2) bytes[i] = '\n';
        const uint8_t *p = fence_put(&fence, (const char *)bytes, n);
        sc_classmap_fill(&map, p, p + n, simd);
        wrong += check_bits(&map) + check_lines(&map) + (map.n > n) + (n < 64 && map.n < n);
    }
    fence_free(&fence);
    assert_int_equal(wrong, 0);
}

static void maps_are_what_the_table_of_classes_says(void **state)
{
    (void)state;
    each_simd(check_maps);
}

/* Where the map ends: in the block with the empty line, wherever in it that is. */
static void check_end(enum sc_simd simd)
{
    static sc_classmap map;
    static const char *const ends[] = { "\r\n\r\n", "\n\n", "\n\r\n" };
    for (size_t at = 0; at < 200; at++)
        for (size_t e = 0; e < 3; e++) {
            char text[512];
            memset(text, 'x', sizeof text);
            memcpy(text + at, ends[e], strlen(ends[e]));
            size_t last = at + strlen(ends[e]) - 1;
            const uint8_t *p = (const uint8_t *)text;
            sc_classmap_fill(&map, p, p + sizeof text, simd);
            assert_int_equal(map.n, (last / 64 + 1) * 64);
        }
}

static void maps_end_behind_the_empty_line(void **state)
{
    (void)state;
    each_simd(check_end);
}

static void without_simd_nothing_is_mapped(void **state)
{
    (void)state;
    static sc_classmap map;
    static const uint8_t text[] = "a token";
    sc_classmap_fill(&map, text, text + sizeof text, SC_SIMD_NONE);
    assert_int_equal(map.n, 0);
}

/* --- whole messages */

static const char message[] =
    "INVITE sip:bob@192.0.2.4:5060;transport=udp;lr SIP/2.0\r\n"
    "Via: SIP/2.0/UDP pc-33.example.com:5060;branch=z9hG4bK776a;rport;received=192.0.2.1,\r\n"
    " SIP / 2.0 / TCP [2001:db8::9:1];branch=z9hG4bKnashds8;maddr=10.1.2.3;ttl=16\r\n"
    "Max-Forwards: 70\r\nTo: \"B. \\\"ob\" <sip:b%6fb@biloxi.example.com>\r\n"
    "f: sip:alice@at-lanta.example.com;tag=1928301774\r\nCall-ID: a84b4c76e66710@pc33\r\n"
    "CSeq: 314159 INVITE\r\nContact: <sip:alice@256.1.1.1>, *\r\nx-y: \xc3\xa9t\xff\r\n"
    "Authorization: Digest username=\"a\", realm=\"x.y\", nonce=\"84\", uri=\"sip:x.y\",\r\n"
    " response=\"0123456789abcdef0123456789abcdef\", nc=00000001\r\n"
    "User-Agent: Soft phone/1.0 (build (2))\r\nAllow: INVITE, ACK,, BYE\r\n"
    "Content-Length: 3\r\n\r\nabc";

static void compare(const uint8_t *bytes, size_t n, enum sc_simd simd)
{
    const sipcheck_message *a = NULL, *b = NULL;
    sipcheck_arena *first = sipcheck_arena_new(NULL), *second = sipcheck_arena_new(NULL);
    assert_int_equal(sc_parse_message(first, bytes, n, 0, SC_SIMD_NONE, &a), 0);
    assert_int_equal(sc_parse_message(second, bytes, n, 0, simd, &b), 0);
    if (!same_message(a, b)) fail_msg("%d: not the same: %.*s", (int)simd, (int)n, bytes);
    sipcheck_arena_free(first);
    sipcheck_arena_free(second);
}

static void check_messages(enum sc_simd simd)
{
    static const char odd[] = "\r\n\t \",;:<>=?@[]()%/.-*\\0z\x01\x7f\x80\xc3";
    fenced fence = fence_new(4096);
    uint64_t seed = 7;
    for (int run = 0; run < 4000; run++) {
        char text[sizeof message];
        memcpy(text, message, sizeof message);
        for (uint32_t changes = random_next(&seed, 4); changes; changes--)
            text[random_next(&seed, sizeof text - 1)] = odd[random_next(&seed, sizeof odd - 1)];
        size_t n = run % 4 ? sizeof text - 1 : random_next(&seed, sizeof text);
        compare(fence_put(&fence, text, n), n, simd);
    }
    fence_free(&fence);
}

static void messages_are_the_same_with_each(void **state)
{
    (void)state;
    each_simd(check_messages);
}

/* Fields that go over the end of the map, and lines behind it. */
static void check_long_message(enum sc_simd simd)
{
    enum { LONG = 9000 };
    for (size_t shift = 0; shift < 70; shift++) {
        uint8_t *bytes = malloc(LONG);
        int n = snprintf((char *)bytes, LONG, "OPTIONS sip:a@b SIP/2.0\r\nSubject: %*s\r\n",
                         (int)shift + 1, "x");
        while (n < LONG - 3000)
            n += snprintf((char *)bytes + n, LONG - (size_t)n,
                          "Via: SIP/2.0/UDP host-%d.example.com;branch=z9hG4bK%0*d\r\n", n,
                          n % 2 ? 20 : 1900, n);
        n += snprintf((char *)bytes + n, LONG - (size_t)n, "Content-Length: 0\r\n\r\n");
        compare(bytes, (size_t)n, simd);
        free(bytes);
    }
}

static void long_messages_are_the_same_with_each(void **state)
{
    (void)state;
    each_simd(check_long_message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_are_what_the_table_of_classes_says),
        cmocka_unit_test(maps_within_classes_hold_nothing_else),
        cmocka_unit_test(maps_end_behind_the_empty_line),
        cmocka_unit_test(without_simd_nothing_is_mapped),
        cmocka_unit_test(messages_are_the_same_with_each),
        cmocka_unit_test(long_messages_are_the_same_with_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
