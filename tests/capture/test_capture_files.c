/* SPDX-License-Identifier: MIT */
/* Files made here: byte orders, nanoseconds, several files by time, what is damaged, what is no
 * capture at all, and a pipe that grows while it is read. */
#define _POSIX_C_SOURCE 200809L

#include "bed.h"
#include "capture.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINKTYPE_RAW 101

typedef struct seen {
    size_t count;
    uint64_t frame[16], ns[16];
    unsigned source[16];
    uint8_t mark[16]; /* the letter of bed_sip */
    int tell;         /* write a byte here for every message; 0: do not */
    size_t stop_at;
    uint64_t progress_read, progress_total;
} seen;

static bool see(void *user, const sipcheck_packet *packet, unsigned source)
{
    seen *s = user;
    if (s->count < 16) {
        s->frame[s->count] = packet->frame;
        s->ns[s->count] = packet->ns;
        s->source[s->count] = source;
        s->mark[s->count] = packet->length > 12 ? packet->bytes[12] : '?';
    }
    s->count++;
    if (s->tell) assert_int_equal(write(s->tell, "x", 1), 1);
    return s->count != s->stop_at;
}

static void put32(FILE *f, uint32_t value, bool big)
{
    for (int i = 0; i < 4; i++)
        fputc((int)(value >> 8 * (big ? 3 - i : i) & 0xFF), f);
}

static void put_header(FILE *f, uint32_t magic, bool big)
{
    put32(f, magic, big);
    put32(f, big ? 2 << 16 | 4 : 4 << 16 | 2, big);
    put32(f, 0, big);
    put32(f, 0, big);
    put32(f, 65535, big);
    put32(f, LINKTYPE_RAW, big);
}

/* One OPTIONS over UDP; fraction: in the file's unit. */
static void put_packet(FILE *f, uint32_t seconds, uint32_t fraction, char mark, bool big)
{
    char sip[100];
    uint8_t frame[200];
    bed_sip(sip, sizeof sip, mark);
    size_t n = bed_udp(frame, 5060, 5060, sip, sizeof sip);
    n = bed_ipv4(frame, 17, 1, 2, frame, n);
    put32(f, seconds, big);
    put32(f, fraction, big);
    put32(f, (uint32_t)n, big);
    put32(f, (uint32_t)n, big);
    fwrite(frame, 1, n, f);
}

typedef struct folder {
    char *path;
    char *files[4];
    size_t count;
} folder;

static int make_folder(void **state)
{
    folder *dir = calloc(1, sizeof *dir);
    dir->path = g_dir_make_tmp("sipcheck-XXXXXX", NULL);
    *state = dir;
    return dir->path ? 0 : -1;
}

static int remove_folder(void **state)
{
    folder *dir = *state;
    for (size_t i = 0; i < dir->count; i++) {
        unlink(dir->files[i]);
        g_free(dir->files[i]);
    }
    rmdir(dir->path);
    g_free(dir->path);
    free(dir);
    return 0;
}

static FILE *new_file(folder *dir)
{
    char *name = g_strdup_printf("%s/%zu.pcap", dir->path, dir->count);
    dir->files[dir->count++] = name;
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    return f;
}

static bool run(const folder *dir, seen *s, capture_stats *stats, GError **error)
{
    return capture_run((const char *const *)dir->files, dir->count, NULL, see, s, stats, error);
}

static void byte_orders_and_units_of_time(void **state)
{
    static const struct {
        uint32_t magic, fraction;
        bool big;
        uint64_t ns;
    } cases[] = {
        { 0xA1B2C3D4, 123456, false, 7000000000 + 123456000 },
        { 0xA1B2C3D4, 123456, true, 7000000000 + 123456000 },
        { 0xA1B23C4D, 123456789, false, 7000000000 + 123456789 },
        { 0xA1B23C4D, 123456789, true, 7000000000 + 123456789 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        folder one = { .path = ((folder *)*state)->path };
        FILE *f = new_file(&one);
        put_header(f, cases[i].magic, cases[i].big);
        put_packet(f, 7, cases[i].fraction, 'a', cases[i].big);
        fclose(f);
        seen s = { 0 };
        capture_stats stats = { 0 };
        assert_true(run(&one, &s, &stats, NULL));
        assert_int_equal(s.count, 1);
        assert_int_equal(s.ns[0], cases[i].ns);
        assert_int_equal(stats.sources[0].frames, 1);
        assert_int_equal(stats.sources[0].first_ns, cases[i].ns);
        assert_int_equal(capture_losses(&stats), 0);
        capture_stats_clear(&stats);
        unlink(one.files[0]);
        g_free(one.files[0]);
    }
}

static void files_are_merged_by_time(void **state)
{
    static const uint32_t seconds[3][3] = { { 1, 5, 9 }, { 2, 5, 6 }, { 3, 7, 8 } };
    folder *dir = *state;
    for (unsigned i = 0; i < 3; i++) {
        FILE *f = new_file(dir);
        put_header(f, 0xA1B2C3D4, false);
        for (unsigned k = 0; k < 3; k++)
            put_packet(f, seconds[i][k], 0, (char)('a' + 3 * i + k), false);
        fclose(f);
    }
    seen s = { 0 };
    capture_stats stats = { 0 };
    assert_true(run(dir, &s, &stats, NULL));
    assert_int_equal(s.count, 9);
    assert_memory_equal(s.mark, "adgbefhic", 9); /* at the same time: as the files were given */
    static const unsigned frames[] = { 1, 1, 1, 2, 2, 3, 2, 3, 3 };
    for (unsigned i = 0; i < 9; i++) {
        assert_int_equal(s.frame[i], frames[i]);
        assert_int_equal(s.source[i], (unsigned)(s.mark[i] - 'a') / 3);
    }
    assert_int_equal(stats.frames, 9);
    capture_stats_clear(&stats);
}

static void what_could_be_read_is_handed_on(void **state)
{
    folder *dir = *state;
    FILE *f = new_file(dir);
    put_header(f, 0xA1B2C3D4, false);
    put_packet(f, 1, 0, 'a', false);
    put_packet(f, 2, 0, 'b', false);
    long whole = ftell(f);
    put_packet(f, 3, 0, 'c', false);
    fclose(f);
    assert_int_equal(truncate(dir->files[0], whole + 50), 0);
    seen s = { 0 };
    capture_stats stats = { 0 };
    assert_true(run(dir, &s, &stats, NULL));
    assert_int_equal(s.count, 2);
    assert_int_equal(stats.counters[CAPTURE_FILE_DAMAGED].count, 1);
    assert_int_equal(stats.counters[CAPTURE_FILE_DAMAGED].first[0].frame, 2);
    assert_int_equal(stats.sources[0].frames, 2);
    assert_non_null(strstr(stats.sources[0].damage, "cut short"));
    assert_true(stats.sources[0].damage_offset >= (uint64_t)whole);
    capture_stats_clear(&stats);
}

static void a_record_of_impossible_length_is_said(void **state)
{
    folder *dir = *state;
    FILE *f = new_file(dir);
    put_header(f, 0xA1B2C3D4, false);
    for (int i = 0; i < 4; i++)
        put_packet(f, 1, 0, (char)('a' + i), false);
    for (int i = 0; i < 8; i++)
        put32(f, 0xFFFFFFFF, false);
    fclose(f);
    seen s = { 0 };
    capture_stats stats = { 0 };
    assert_true(run(dir, &s, &stats, NULL));
    assert_int_equal(s.count, 4);
    assert_true(strlen(stats.sources[0].damage) > 10);
    capture_stats_clear(&stats);
}

static void what_is_no_capture_is_an_error(void **state)
{
    static const struct {
        const char *what, *bytes;
        size_t n;
        CaptureError code;
    } cases[] = {
        { "text", "INVITE sip:bob@example.com SIP/2.0\r\n\r\n", 38, CAPTURE_ERROR_NO_CAPTURE },
        { "noise", "\x01\x80\x7F\xFE\x00\x11", 6, CAPTURE_ERROR_NO_CAPTURE },
        { "nothing", "", 0, CAPTURE_ERROR_FORMAT },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        folder one = { .path = ((folder *)*state)->path };
        FILE *f = new_file(&one);
        fwrite(cases[i].bytes, 1, cases[i].n, f);
        fclose(f);
        seen s = { 0 };
        capture_stats stats = { 0 };
        GError *error = NULL;
        print_message("    %s\n", cases[i].what);
        assert_false(run(&one, &s, &stats, &error));
        assert_true(g_error_matches(error, CAPTURE_ERROR, (int)cases[i].code));
        assert_non_null(strstr(error->message, one.files[0]));
        g_clear_error(&error);
        capture_stats_clear(&stats);
        unlink(one.files[0]);
        g_free(one.files[0]);
    }
}

static void what_cannot_be_opened_stops_before_anything_is_handed_on(void **state)
{
    folder *dir = *state;
    FILE *f = new_file(dir);
    put_header(f, 0xA1B2C3D4, false);
    put_packet(f, 1, 0, 'a', false);
    fclose(f);
    static const char *const bad[] = { "/nonexistent/x.pcap", "/" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *paths[] = { dir->files[0], bad[i] };
        seen s = { 0 };
        capture_stats stats = { 0 };
        GError *error = NULL;
        assert_false(capture_run(paths, 2, NULL, see, &s, &stats, &error));
        assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN));
        assert_non_null(strstr(error->message, bad[i]));
        assert_int_equal(s.count, 0);
        g_clear_error(&error);
        capture_stats_clear(&stats);
    }
}

static void an_empty_capture_is_fine(void **state)
{
    folder *dir = *state;
    FILE *f = new_file(dir);
    put_header(f, 0xA1B2C3D4, false);
    fclose(f);
    seen s = { 0 };
    capture_stats stats = { 0 };
    assert_true(run(dir, &s, &stats, NULL));
    assert_int_equal(s.count, 0);
    assert_int_equal(capture_losses(&stats), 0);
    capture_stats_clear(&stats);
}

static bool note_progress(void *user, uint64_t done, uint64_t total)
{
    seen *s = user;
    assert_true(done >= s->progress_read && done <= total);
    s->progress_read = done;
    s->progress_total = total;
    return true;
}

static void progress_is_told_and_stopping_heard(void **state)
{
    folder *dir = *state;
    FILE *f = new_file(dir);
    put_header(f, 0xA1B2C3D4, false);
    for (uint32_t i = 0; i < 5000; i++)
        put_packet(f, i, 0, 'a', false);
    long size = ftell(f);
    fclose(f);
    seen s = { 0 };
    capture_stats stats = { 0 };
    capture_options options = { .on_progress = note_progress, .progress_user = &s };
    const char *const *paths = (const char *const *)dir->files;
    assert_true(capture_run(paths, 1, &options, see, &s, &stats, NULL));
    assert_int_equal(s.count, 5000);
    assert_int_equal(s.progress_total, size);
    assert_true(s.progress_read > (uint64_t)size / 2);
    capture_stats_clear(&stats);

    s = (seen){ .stop_at = 3 };
    assert_true(capture_run(paths, 1, NULL, see, &s, &stats, NULL));
    assert_int_equal(s.count, 3);
    capture_stats_clear(&stats);
}

/* Writes a capture packet by packet, the next one only when the last one was seen. */
static void write_slowly(int out, int heard)
{
    FILE *f = fdopen(out, "wb");
    char byte;
    put_header(f, 0xA1B2C3D4, false);
    for (uint32_t i = 0; i < 3; i++) {
        put_packet(f, i + 1, 0, (char)('a' + i), false);
        fflush(f);
        if (read(heard, &byte, 1) != 1) _exit(1);
    }
    fclose(f);
    _exit(0);
}

static void a_growing_pipe_is_read_as_it_grows(void **state)
{
    (void)state;
    int data[2], heard[2], status;
    assert_int_equal(pipe(data), 0);
    assert_int_equal(pipe(heard), 0);
    pid_t child = fork();
    if (child == 0) {
        close(data[0]);
        write_slowly(data[1], heard[0]);
    }
    close(data[1]);
    int old_stdin = dup(0);
    dup2(data[0], 0);
    alarm(20); /* where a message is held back, both sides wait for ever */
    seen s = { .tell = heard[1] };
    capture_stats stats = { 0 };
    const char *paths[] = { "-" };
    bool ok = capture_run(paths, 1, NULL, see, &s, &stats, NULL);
    alarm(0);
    dup2(old_stdin, 0);
    close(old_stdin);
    waitpid(child, &status, 0);
    assert_true(ok);
    assert_int_equal(status, 0);
    assert_int_equal(s.count, 3);
    assert_memory_equal(s.mark, "abc", 3);
    capture_stats_clear(&stats);
    close(data[0]);
    close(heard[0]);
    close(heard[1]);
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(byte_orders_and_units_of_time),
        WITH_FOLDER(files_are_merged_by_time),
        WITH_FOLDER(what_could_be_read_is_handed_on),
        WITH_FOLDER(a_record_of_impossible_length_is_said),
        WITH_FOLDER(what_is_no_capture_is_an_error),
        WITH_FOLDER(what_cannot_be_opened_stops_before_anything_is_handed_on),
        WITH_FOLDER(an_empty_capture_is_fine),
        WITH_FOLDER(progress_is_told_and_stopping_heard),
        cmocka_unit_test(a_growing_pipe_is_read_as_it_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
