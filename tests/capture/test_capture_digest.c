/* SPDX-License-Identifier: MIT */
/* What tells messages apart: every bit of their bytes, how many there are, and who sent them. */
#include "bed.h"

#include "digest.h"

#define LENGTHS 100

static int by_bits(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(capture_digest));
}

static void check_distinct(capture_digest *digests, size_t count)
{
    qsort(digests, count, sizeof *digests, by_bits);
    for (size_t i = 1; i < count; i++) {
        assert_int_not_equal(digests[i - 1].hash[0], digests[i].hash[0]);
        assert_memory_not_equal(&digests[i - 1], &digests[i], sizeof *digests);
    }
}

/* Zeros, of each length and with each bit set; flush against the end of their block. */
static void every_bit_counts(void **state)
{
    (void)state;
    static capture_digest digests[LENGTHS * (8 * LENGTHS + 1)];
    size_t count = 0;
    for (size_t n = 0; n < LENGTHS; n++) {
        uint8_t *bytes = calloc(n + 1, 1), *end = bytes + 1;
        assert_non_null(bytes);
        digests[count++] = capture_digest_bytes(end, n);
        for (size_t bit = 0; bit < 8 * n; bit++) {
            end[bit / 8] ^= (uint8_t)(1u << bit % 8);
            digests[count++] = capture_digest_bytes(end, n);
            end[bit / 8] = 0;
        }
        free(bytes);
    }
    check_distinct(digests, count);
}

static void both_ends_count(void **state)
{
    (void)state;
    static const sipcheck_address_port addresses[] = {
        { 0, { 0 }, 0 },       { 4, { 0 }, 0 },           { 6, { 0 }, 0 }, { 4, { 1 }, 0 },
        { 6, { [7] = 1 }, 0 }, { 6, { [8] = 1 }, 0 },     { 4, { 0 }, 1 }, { 4, { 0 }, 256 },
        { 4, { 0 }, 5060 },    { 6, { [15] = 1 }, 5060 },
    };
    enum { COUNT = sizeof addresses / sizeof *addresses };
    const capture_digest content = capture_digest_bytes((const uint8_t *)"x", 1);
    capture_digest digests[COUNT * COUNT];
    for (size_t i = 0; i < COUNT * COUNT; i++)
        digests[i] = capture_digest_from(&content, &addresses[i / COUNT], &addresses[i % COUNT]);
    check_distinct(digests, COUNT * COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(both_ends_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
