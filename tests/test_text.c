/* SPDX-License-Identifier: MIT */
/* Slices, character classes, the arena. */
#define _GNU_SOURCE
#include "sample.h"

#include "text/arena.h"
#include "text/chars.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_hold_the_characters_of_the_abnf),
        cmocka_unit_test(classes_hold_the_ranges_of_the_abnf),
        cmocka_unit_test(slices),
        cmocka_unit_test(an_arena_gives_aligned_memory_and_takes_it_back),
        cmocka_unit_test(an_arena_has_a_limit),
        cmocka_unit_test(an_arena_grows_anew_after_a_reset),
        cmocka_unit_test(an_arena_survives_a_failing_allocator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
