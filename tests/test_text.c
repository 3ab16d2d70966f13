/* SPDX-License-Identifier: MIT */
/* Slices, character classes, numbers, the arena. */
#define _GNU_SOURCE
#include "sample.h"

#include "text/arena.h"
#include "text/chars.h"
#include "text/digits.h"
#include "text/plain.h"
#include "text/slice.h"

#define ALPHA_ "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT_ "0123456789"
#define ALPHANUM ALPHA_ DIGIT_
#define UNRESERVED ALPHANUM "-_.!~*'()"
#define RESERVED ";/?:@&=+$,"

/* The lists as RFC 3261 §25.1 writes them. */
static const struct {
    uint32_t class;
    const char *bytes;
} classes[] = {
    { SC_ALPHA, ALPHA_ },
    { SC_DIGIT, DIGIT_ },
    { SC_HEXDIG, DIGIT_ "abcdefABCDEF" },
    { SC_LHEX, DIGIT_ "abcdef" },
    { SC_TOKEN, ALPHANUM "-.!%*_+`'~" },
    { SC_WORD, ALPHANUM "-.!%*_+`'~()<>:\\\"/[]?{}" },
    { SC_HOST, ALPHANUM "-." },
    { SC_SCHEME, ALPHANUM "+-." },
    { SC_USER, UNRESERVED "&=+$,;?/" },
    { SC_USER_BARE, UNRESERVED "&=+$/" },
    { SC_PASSWORD, UNRESERVED "&=+$," },
    { SC_PASSWORD_BARE, UNRESERVED "&=+$" },
    { SC_PARAMCHAR, UNRESERVED "[]/:&+$" },
    { SC_HNV, UNRESERVED "[]/?:+$" },
    { SC_URIC, RESERVED UNRESERVED },
    { SC_URIC_BARE, UNRESERVED "/:@&=+$" },
    { SC_REASON, RESERVED UNRESERVED " \t" },
    { SC_B64TOKEN, ALPHANUM "-._~+/" },
    { SC_PHONE, DIGIT_ "-.()" },
    { SC_PHONE_HEX, DIGIT_ "abcdefABCDEF*#-.()" },
    { SC_VISUAL, "-.()" },
};

static void classes_hold_the_characters_of_the_abnf(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        for (unsigned byte = 0; byte < 256; byte++) {
            bool wanted = byte && strchr(classes[i].bytes, (int)byte);
            bool there = sc_classes[byte] & classes[i].class;
            if (wanted != there) fail_msg("class %zu, byte %02x", i, byte);
        }
}

/* qdtext  =  LWS / %x21 / %x23-5B / %x5D-7E;  ctext  =  %x21-27 / %x2A-5B / %x5D-7E */
static void classes_hold_the_ranges_of_the_abnf(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        bool text = byte >= 0x21 && byte <= 0x7e;
        bool qdtext = text && byte != '"' && byte != '\\';
        bool ctext = text && byte != '(' && byte != ')' && byte != '\\';
        assert_int_equal(!!(sc_classes[byte] & SC_TEXT), text);
        assert_int_equal(!!(sc_classes[byte] & SC_QDTEXT), qdtext);
        assert_int_equal(!!(sc_classes[byte] & SC_CTEXT), ctext);
    }
}

static sipcheck_slice slice(const char *text)
{
    return (sipcheck_slice){ (const uint8_t *)text, strlen(text) };
}

static void slices(void **state)
{
    (void)state;
    uint64_t number;
    assert_true(sc_same_nocase(slice("CSeq"), "cseQ"));
    assert_false(sc_same_nocase(slice("CSeq"), "CSe"));
    assert_false(sc_same_nocase(slice("@"), "`"));
    assert_true(sc_same(slice("a"), "a") && !sc_same(slice("a"), "A"));
    assert_false(sc_same((sipcheck_slice){ NULL, 0 }, ""));
    assert_int_equal(sc_trim(slice(" \t a b\r\n ")).n, 3);
    assert_int_equal(sc_trim(slice("  ")).n, 0);
    assert_true(sc_number(slice("18446744073709551615"), &number) && number == UINT64_MAX);
    assert_false(sc_number(slice("18446744073709551616"), &number));
    assert_false(sc_number(slice("99999999999999999999999"), &number));
    assert_int_equal(sc_number32(slice("4294967294")), 4294967294u);
    assert_int_equal(sc_number32(slice("4294967296")), UINT32_MAX);
}

typedef struct counted {
    size_t allocations, live, fail_at;
} counted;

static void *counted_alloc(void *user, size_t size)
{
    counted *c = user;
    if (++c->allocations == c->fail_at) return NULL;
    c->live++;
    return malloc(size);
}

static void counted_release(void *user, void *block)
{
    if (block) ((counted *)user)->live--;
    free(block);
}

static void an_arena_gives_aligned_memory_and_takes_it_back(void **state)
{
    (void)state;
    counted count = { 0 };
    sipcheck_arena *arena =
        sipcheck_arena_new(&(sipcheck_allocator){ counted_alloc, counted_release, &count });
    for (size_t size = 0; size < 2500; size += 7) {
        uint8_t *block = sc_arena_alloc(arena, size);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 16, 0);
        memset(block, 0xff, size);
    }
    size_t used = count.allocations;
    for (int round = 0; round < 3; round++) {
        sipcheck_arena_reset(arena);
        for (size_t size = 0; size < 2500; size += 7)
            assert_non_null(sc_arena_alloc(arena, size));
    }
    assert_true(count.allocations <= used + 2);
    sipcheck_arena_free(arena);
    sipcheck_arena_free(NULL);
    assert_int_equal(count.live, 0);
}

static void an_arena_has_a_limit(void **state)
{
    (void)state;
    counted count = { 0 };
    sipcheck_arena *arena =
        sipcheck_arena_new(&(sipcheck_allocator){ counted_alloc, counted_release, &count });
    assert_null(sc_arena_alloc(arena, SIZE_MAX));
    assert_int_equal(sc_arena_error(arena), SIPCHECK_TOO_BIG);
    while (sc_arena_alloc(arena, 1 << 20))
        ;
    assert_int_equal(sc_arena_error(arena), SIPCHECK_TOO_BIG);
    sipcheck_arena_reset(arena);
    assert_non_null(sc_arena_alloc(arena, 1));
    assert_true(count.live <= 8);
    sipcheck_arena_free(arena);
    assert_int_equal(count.live, 0);
}

/* A chunk from before a reset that is too small is given up. */
static void an_arena_grows_anew_after_a_reset(void **state)
{
    (void)state;
    counted count = { 0 };
    sipcheck_arena *arena =
        sipcheck_arena_new(&(sipcheck_allocator){ counted_alloc, counted_release, &count });
    assert_non_null(sc_arena_alloc(arena, 1000));
    sipcheck_arena_reset(arena);
    uint8_t *block = sc_arena_alloc(arena, 100000);
    assert_non_null(block);
    memset(block, 0xff, 100000);
    assert_non_null(sc_arena_alloc(arena, 150000));
    sipcheck_arena_reset(arena);
    assert_non_null(sc_arena_alloc(arena, 1));
    block = sc_arena_alloc(arena, 250000);
    assert_non_null(block);
    assert_int_equal(block[249999], 0);
    sipcheck_arena_free(arena);
    assert_int_equal(count.live, 0);
}

static void an_arena_survives_a_failing_allocator(void **state)
{
    (void)state;
    counted count = { .fail_at = 1 };
    sipcheck_allocator allocator = { counted_alloc, counted_release, &count };
    assert_null(sipcheck_arena_new(&allocator));
    count.fail_at = 3;
    sipcheck_arena *arena = sipcheck_arena_new(&allocator);
    assert_null(sc_arena_alloc(arena, 1));
    assert_int_equal(sc_arena_error(arena), SIPCHECK_NOMEM);
    assert_non_null(sc_arena_alloc(arena, 1));
    sipcheck_arena_free(arena);
    assert_int_equal(count.live, 0);
}

/* --- what writers of text are made of */

static bool stands_for_itself(uint8_t byte)
{
    return byte >= 0x20 && byte <= 0x7E;
}

/* Each byte at each place of words and their ends, flush against the end of its block. */
static void plain_text_ends_at_the_first_byte_that_is_none(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 20; n++) {
        uint8_t *bytes = malloc(n + 1);
        assert_non_null(bytes);
        memset(bytes, '~', n);
        assert_int_equal(sc_printable_length(bytes, n), n);
        assert_int_equal(sc_json_plain_length(bytes, n), n);
        for (size_t at = 0; at < n; at++)
            for (unsigned byte = 0; byte < 256; byte++) {
                bytes[at] = (uint8_t)byte;
                bool fine = stands_for_itself(bytes[at]);
                bool json = fine && byte != '"' && byte != '\\';
                assert_int_equal(sc_printable_length(bytes, n), fine ? n : at);
                assert_int_equal(sc_json_plain_length(bytes, n), json ? n : at);
                bytes[at] = ' ';
            }
        free(bytes);
    }
}

static void numbers_are_written_in_decimal(void **state)
{
    (void)state;
    static const struct {
        uint64_t number;
        const char *text, *last_three;
    } cases[] = {
        { 0, "0", "000" },
        { 9, "9", "009" },
        { 10, "10", "010" },
        { 999, "999", "999" },
        { 1000, "1000", "000" },
        { 65535, "65535", "535" },
        { UINT64_MAX, "18446744073709551615", "615" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buf[SC_DECIMAL_DIGITS + 1];
        *sc_put_decimal(buf, cases[i].number) = '\0';
        assert_string_equal(buf, cases[i].text);
        *sc_put_digits(buf, cases[i].number, 3) = '\0';
        assert_string_equal(buf, cases[i].last_three);
    }
}

static uint8_t lower(unsigned byte)
{
    return (uint8_t)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
}

/* Every pair of bytes, at every place of texts that are compared a word at a time or by less. */
static void the_case_of_letters_alone_does_not_count(void **state)
{
    (void)state;
    uint8_t p[20], q[20];
    for (size_t n = 1; n <= sizeof p; n++)
        for (size_t at = 0; at < n; at++)
            for (unsigned pair = 0; pair < 0x10000; pair++) {
                memset(p, 'x', sizeof p);
                memset(q, 'X', sizeof q);
                p[at] = (uint8_t)(pair & 0xff);
                q[at] = (uint8_t)(pair >> 8);
                bool same = lower(p[at]) == lower(q[at]);
                assert_true(sc_equal_nocase(p, q, n) == same);
                assert_true(sc_slices_same_nocase((sipcheck_slice){ p, n },
                                                  (sipcheck_slice){ q, n }) == same);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_hold_the_characters_of_the_abnf),
        cmocka_unit_test(classes_hold_the_ranges_of_the_abnf),
        cmocka_unit_test(slices),
        cmocka_unit_test(the_case_of_letters_alone_does_not_count),
        cmocka_unit_test(plain_text_ends_at_the_first_byte_that_is_none),
        cmocka_unit_test(numbers_are_written_in_decimal),
        cmocka_unit_test(an_arena_gives_aligned_memory_and_takes_it_back),
        cmocka_unit_test(an_arena_has_a_limit),
        cmocka_unit_test(an_arena_grows_anew_after_a_reset),
        cmocka_unit_test(an_arena_survives_a_failing_allocator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
