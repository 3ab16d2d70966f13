/* SPDX-License-Identifier: MIT */
/* More files than may be open at once, merged by time. */
#define _POSIX_C_SOURCE 200809L

#include "bed.h"
#include "capture.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILES 300
#define DESCRIPTORS 60

typedef struct rotation {
    char *folder;
    char *paths[FILES];
    uint64_t last_ns;
    size_t count;
    const char *vanishes; /* when the first message is handed on; NULL: none */
} rotation;

static void put32(FILE *f, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        fputc((int)(value >> 8 * i & 0xFF), f);
}

static void put_packet(FILE *f, uint32_t seconds, char mark)
{
    char sip[100];
    uint8_t frame[200];
    bed_sip(sip, sizeof sip, mark);
    size_t n = bed_udp(frame, 5060, 5060, sip, sizeof sip);
    n = bed_ipv4(frame, 17, 1, 2, frame, n);
    put32(f, seconds);
    put32(f, 0);
    put32(f, (uint32_t)n);
    put32(f, (uint32_t)n);
    fwrite(frame, 1, n, f);
}

/* The latest file first; one begins every ten seconds. */
static int write_files(void **state, uint32_t lasts)
{
    rotation *r = calloc(1, sizeof *r);
    *state = r;
    r->folder = g_dir_make_tmp("sipcheck-XXXXXX", NULL);
    if (!r->folder) return -1;
    for (uint32_t i = 0; i < FILES; i++) {
        r->paths[i] = g_strdup_printf("%s/%u.pcap", r->folder, i);
        FILE *f = fopen(r->paths[i], "wb");
        if (!f) return -1;
        static const uint32_t header[6] = { 0xA1B2C3D4, 4u << 16 | 2, 0, 0, 65535, 101 };
        for (unsigned k = 0; k < 6; k++)
            put32(f, header[k]);
        put_packet(f, 10 * (FILES - i), 'a');
        put_packet(f, 10 * (FILES - i) + lasts, 'b');
        fclose(f);
    }
    return 0;
}

/* Each begins before the one before it in time has ended. */
static int write_a_row(void **state)
{
    return write_files(state, 15);
}

static int write_side_by_side(void **state)
{
    return write_files(state, 10 * FILES);
}

static int remove_files(void **state)
{
    rotation *r = *state;
    for (size_t i = 0; i < FILES; i++) {
        unlink(r->paths[i]);
        g_free(r->paths[i]);
    }
    rmdir(r->folder);
    g_free(r->folder);
    free(r);
    return 0;
}

static bool see(void *user, const sipcheck_packet *packet, unsigned source)
{
    rotation *r = user;
    (void)source;
    assert_true(packet->ns >= r->last_ns);
    r->last_ns = packet->ns;
    if (!r->count++ && r->vanishes) unlink(r->vanishes);
    return true;
}

static void run(rotation *r, capture_stats *stats)
{
    struct rlimit before, low;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = (struct rlimit){ DESCRIPTORS / 2, DESCRIPTORS };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    GError *error = NULL;
    bool fine = capture_run((const char *const *)r->paths, FILES, NULL, see, r, stats, &error);
    if (error) print_error("%s\n", error->message);
    g_clear_error(&error);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_true(fine);
}

static void they_are_opened_when_their_time_comes(void **state)
{
    rotation *r = *state;
    capture_stats stats = { 0 };
    run(r, &stats);
    assert_int_equal(r->count, 2 * FILES);
    assert_int_equal(stats.frames, 2 * FILES);
    assert_int_equal(capture_losses(&stats), 0);
    for (size_t i = 0; i < FILES; i++)
        assert_int_equal(stats.sources[i].frames, 2);
    capture_stats_clear(&stats);
}

static void one_that_vanished_meanwhile_is_said(void **state)
{
    rotation *r = *state;
    capture_stats stats = { 0 };
    r->vanishes = r->paths[7];
    run(r, &stats);
    assert_int_equal(r->count, 2 * FILES - 2);
    assert_int_equal(stats.counters[CAPTURE_FILE_DAMAGED].count, 1);
    assert_true(strlen(stats.sources[7].damage) > 10);
    capture_stats_clear(&stats);
}

/* The hard limit is the system's; nobody gets beyond it. */
static void more_side_by_side_than_descriptors_are_said(void **state)
{
    rotation *r = *state;
    capture_stats stats = { 0 };
    run(r, &stats);
    uint64_t damaged = stats.counters[CAPTURE_FILE_DAMAGED].count;
    assert_in_range(damaged, FILES - DESCRIPTORS, FILES - DESCRIPTORS / 2);
    assert_int_equal(r->count, 2 * (FILES - damaged));
    capture_stats_clear(&stats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(they_are_opened_when_their_time_comes, write_a_row,
                                        remove_files),
        cmocka_unit_test_setup_teardown(one_that_vanished_meanwhile_is_said, write_a_row,
                                        remove_files),
        cmocka_unit_test_setup_teardown(more_side_by_side_than_descriptors_are_said,
                                        write_side_by_side, remove_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
