/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files by libwiretap, merged by time; beside each that has secrets of TLS, what tshark makes of
 * it. */
#include "logs.h"
#include "reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PROGRESS_FRAMES 1024
#define OPEN_AT_ONCE 64 /* of more files each is opened when its time has come */

typedef struct run {
    capture_reader *readers; /* [i]: of the source i; [source_count + i]: what tshark makes of it */
    size_t *heap;            /* of indices into readers, by time, then by index */
    size_t heap_count;
    uint64_t *sizes; /* [i]: of the source i on disk; 0: of a pipe */
    uint64_t total_bytes;
    const char *keylog;
    capture_stats *stats;
    capture_decoder *decoder;
} run;

GQuark capture_error_quark(void)
{
    return g_quark_from_static_string("sipcheck-capture-error");
}

static bool refuse(GError **error, CaptureError code, const char *path, const char *why)
{
    g_set_error(error, CAPTURE_ERROR, (int)code, "%s: %s", path, why);
    return false;
}

static size_t index_of(const run *r, const capture_reader *from)
{
    return (size_t)(from - r->readers);
}

static capture_place place_of(const run *r, const capture_reader *from)
{
    size_t source = index_of(r, from) % r->stats->source_count;
    return (capture_place){ from->source->frames, (unsigned)source };
}

static void note_damage(run *r, capture_reader *from, char *text)
{
    capture_source *source = from->source;
    g_strlcpy(source->damage, text, sizeof source->damage);
    gint64 offset = from->file ? wtap_read_so_far(from->file) : 0;
    source->damage_offset = offset > 0 ? (uint64_t)offset : 0;
    capture_count(r->stats, CAPTURE_FILE_DAMAGED, place_of(r, from), 0);
}

/* --- decryption. problem is freed. */

static void note_problem(run *r, size_t source, char *problem)
{
    if (!problem) return;
    capture_source *of = &r->stats->sources[source];
    if (!*of->decrypt_problem) {
        g_strlcpy(of->decrypt_problem, problem, sizeof of->decrypt_problem);
        capture_count(r->stats, CAPTURE_UNDECRYPTED, (capture_place){ 0, (unsigned)source }, 0);
    }
    g_free(problem);
}

static void end_decrypt(run *r, capture_reader *from, bool stopped, char *damage)
{
    size_t source = index_of(r, from) - r->stats->source_count;
    capture_reader_close(from);
    char *problem = capture_decrypt_finish(from->decrypt, stopped);
    from->decrypt = NULL;
    if (problem)
        g_free(damage);
    else
        problem = damage;
    note_problem(r, source, problem);
}

/* False at the end of the file, or where it is damaged. */
static bool read_next(run *r, capture_reader *from)
{
    char *damage;
    bool there = capture_reader_next(from, &damage);
    if (there && from->decrypt && !capture_reader_is_exported(from)) {
        there = false;
        damage = g_strdup("tshark wrote no PDUs");
    }
    if (!there && from->decrypt) {
        end_decrypt(r, from, false, damage);
    } else {
        if (damage) note_damage(r, from, damage);
        if (there && !from->has_time && capture_reader_is_packet(from))
            capture_count(r->stats, CAPTURE_NO_TIME, place_of(r, from), 0);
        if (there && from->set_back)
            capture_count(r->stats, CAPTURE_CLOCK_SET_BACK, place_of(r, from), 0);
        g_free(damage);
    }
    return there;
}

/* A file whose time has come. As read_next. */
static bool wake(run *r, capture_reader *from)
{
    char *damage = NULL;
    if (!from->parked || capture_reader_wake(from, &damage)) return true;
    if (damage) note_damage(r, from, damage);
    g_free(damage);
    return false;
}

/* --- the order of records */

static bool earlier(const run *r, size_t a, size_t b)
{
    if (r->readers[a].ns != r->readers[b].ns) return r->readers[a].ns < r->readers[b].ns;
    return a < b;
}

static void swap(run *r, size_t a, size_t b)
{
    size_t index = r->heap[a];
    r->heap[a] = r->heap[b];
    r->heap[b] = index;
}

static void sift_down(run *r, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < r->heap_count; child++)
            if (earlier(r, r->heap[child], r->heap[least])) least = child;
        if (least == at) return;
        swap(r, at, least);
        at = least;
    }
}

static void push(run *r, size_t index)
{
    size_t at = r->heap_count++;
    r->heap[at] = index;
    for (; at && earlier(r, r->heap[at], r->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(r, at, (at - 1) / 2);
}

/* tshark at work on a file is one reader more. */
static void read_decrypted(run *r, size_t source, capture_decrypt *decrypt)
{
    size_t index = r->stats->source_count + source;
    capture_reader *to = &r->readers[index];
    GError *error = NULL;
    to->source = &to->hidden;
    to->decrypt = decrypt;
    if (capture_reader_open(to, capture_decrypt_output(decrypt), &error)) {
        capture_decrypt_opened(decrypt);
        if (read_next(r, to)) push(r, index);
    } else {
        end_decrypt(r, to, false, g_strdup("tshark wrote no PDUs"));
    }
    g_clear_error(&error);
}

/* Once for a file, when its first record was decoded and there are secrets for it: so of files that
 * follow each other only one has its tshark at a time. */
static void want_decryption(run *r, capture_reader *of)
{
    size_t source = index_of(r, of);
    if (source >= r->stats->source_count || of->source->decrypted) return;
    if (!r->keylog && !of->has_secrets) return;
    char *problem = NULL;
    capture_decrypt *decrypt = NULL;
    of->source->decrypted = true;
    if (strcmp(of->source->path, "-") == 0)
        problem = g_strdup("standard input cannot be read twice; save it to a file");
    else
        decrypt = capture_decrypt_start(of->source->path, r->keylog, &problem);
    if (decrypt) read_decrypted(r, source, decrypt);
    note_problem(r, source, problem);
}

/* --- the run */

static bool is_no_capture(const capture_reader *from, GError **error)
{
    int type = wtap_file_type_subtype(from->file);
    char *text = g_strdup_printf("this is no capture of packets (%s)",
                                 wtap_file_type_subtype_description(type));
    refuse(error, CAPTURE_ERROR_NO_CAPTURE, from->source->path, text);
    g_free(text);
    return false;
}

/* The first record of a file. */
static bool prime_one(run *r, size_t i, GError **error)
{
    capture_reader *from = &r->readers[i];
    const char *path = from->source->path;
    if (read_next(r, from)) {
        push(r, i);
        return capture_reader_is_packets(from) || is_no_capture(from, error);
    }
    if (wtap_read_so_far(from->file) == 0)
        return refuse(error, CAPTURE_ERROR_FORMAT, path, "the file is empty");
    if (!from->source->damage[0]) return true;
    char *text =
        g_strdup_printf("damaged before its first frame, at byte %" G_GUINT64_FORMAT ": %s",
                        from->source->damage_offset, from->source->damage);
    refuse(error, CAPTURE_ERROR_FORMAT, path, text);
    g_free(text);
    return false;
}

/* Before anything is handed on. */
static bool prime(run *r, GError **error)
{
    for (size_t i = 0; i < r->stats->source_count; i++)
        if (!r->readers[i].parked && !prime_one(r, i, error)) return false;
    return true;
}

static void name_unknown_link(capture_stats *stats, const capture_reader *from)
{
    int encap = from->record.rec_header.packet_header.pkt_encap;
    if (!stats->link_unknown[0])
        g_strlcpy(stats->link_unknown, wtap_encap_description(encap), sizeof stats->link_unknown);
}

static bool decode_record(run *r, capture_reader *from)
{
    capture_frame frame;
    capture_place place = place_of(r, from);
    if (!from->decrypt) r->stats->frames++;
    if (!capture_reader_frame(from, &frame)) {
        if (!from->decrypt) capture_count(r->stats, CAPTURE_OTHER_RECORDS, place, 0);
        return true;
    }
    frame.place = place;
    if (from->decrypt) r->stats->sources[place.source].secrets++;
    if (frame.link == CAPTURE_LINK_OTHER) name_unknown_link(r->stats, from);
    if (!from->decrypt) r->stats->bytes += frame.captured;
    from->source->bytes += frame.captured;
    return capture_decode(r->decoder, &frame);
}

/* Of one that was read to its end it is all. */
static uint64_t bytes_done(const run *r, size_t i)
{
    const capture_reader *from = &r->readers[i];
    if (from->parked) return 0;
    return from->file ? (uint64_t)MAX(wtap_read_so_far(from->file), 0) : r->sizes[i];
}

static bool report_progress(const run *r, const capture_options *options)
{
    if (!options || !options->on_progress || r->stats->frames % PROGRESS_FRAMES) return true;
    uint64_t done = 0;
    for (size_t i = 0; i < r->stats->source_count; i++)
        done += bytes_done(r, i);
    return options->on_progress(options->progress_user, done, r->total_bytes);
}

static void merge(run *r, const capture_options *options)
{
    bool go_on = true;
    while (r->heap_count && go_on) {
        capture_reader *from = &r->readers[r->heap[0]];
        bool more = wake(r, from);
        if (more) go_on = decode_record(r, from) && report_progress(r, options);
        if (go_on && !(more && read_next(r, from))) {
            capture_reader_close(from);
            r->heap[0] = r->heap[--r->heap_count];
        }
        sift_down(r, 0);
        if (go_on) want_decryption(r, from);
    }
    if (go_on) capture_decoder_finish(r->decoder);
}

static bool open_one(run *r, size_t i, const char *path, GError **error)
{
    capture_reader *to = &r->readers[i];
    to->source = &r->stats->sources[i];
    if (!capture_reader_open(to, path, error)) return false;
    int err = 0;
    gint64 size = strcmp(path, "-") ? wtap_file_size(to->file, &err) : 0;
    if (size > 0) r->sizes[i] = (uint64_t)size;
    r->total_bytes += r->sizes[i];
    return true;
}

/* Of a few files all are open at once, and what is no plain file can't be read a second time. */
static bool may_park(const run *r, const char *path)
{
    return r->stats->source_count > OPEN_AT_ONCE && g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

/* For those that overlap in time. */
static void allow_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool open_all(run *r, const char *const *paths, GError **error)
{
    if (r->stats->source_count > OPEN_AT_ONCE) allow_descriptors();
    if (r->keylog && access(r->keylog, R_OK) != 0)
        return refuse(error, CAPTURE_ERROR_OPEN, r->keylog, g_strerror(errno));
    if (r->keylog && g_file_test(r->keylog, G_FILE_TEST_IS_DIR))
        return refuse(error, CAPTURE_ERROR_OPEN, r->keylog, g_strerror(EISDIR));
    for (size_t i = 0; i < r->stats->source_count; i++) {
        if (!open_one(r, i, paths[i], error)) return false;
        if (!may_park(r, paths[i])) continue;
        if (!prime_one(r, i, error)) return false;
        capture_reader_park(&r->readers[i]);
    }
    return true;
}

static bool allocate(run *r, const char *const *paths, size_t n, const capture_options *options,
                     capture_packet_fn on_packet, void *user, GError **error)
{
    r->readers = calloc(2 * n + 1, sizeof *r->readers);
    r->heap = calloc(2 * n + 1, sizeof *r->heap);
    r->sizes = calloc(n + 1, sizeof *r->sizes);
    r->stats->sources = calloc(n + 1, sizeof *r->stats->sources);
    r->decoder = capture_decoder_new(options ? &options->limits : NULL, r->stats, on_packet, user);
    if (r->decoder && options) {
        capture_decoder_watch(r->decoder, options->on_part, options->part_user);
        capture_decoder_watch_undelivered(r->decoder, options->on_undelivered,
                                          options->undelivered_user);
    }
    if (r->stats->sources) {
        r->stats->source_count = n;
        for (size_t i = 0; i < n; i++)
            r->stats->sources[i].path = paths[i];
    }
    if (r->readers && r->heap && r->sizes && r->stats->sources && r->decoder) return true;
    g_set_error_literal(error, CAPTURE_ERROR, CAPTURE_ERROR_NOMEM, "out of memory");
    return false;
}

static void close_all(run *r)
{
    for (size_t i = 0; r->readers && i < 2 * r->stats->source_count; i++) {
        if (r->readers[i].decrypt) end_decrypt(r, &r->readers[i], true, NULL);
        capture_reader_close(&r->readers[i]);
    }
    capture_decoder_free(r->decoder);
    free(r->readers);
    free(r->heap);
    free(r->sizes);
}

bool capture_run(const char *const *paths, size_t path_count, const capture_options *options,
                 capture_packet_fn on_packet, void *user, capture_stats *stats, GError **error)
{
    capture_reader_init();
    run r = { .stats = stats, .keylog = options ? options->keylog : NULL };
    bool ok = allocate(&r, paths, path_count, options, on_packet, user, error);
    if (options && options->text) {
        ok = ok && capture_read_logs(r.decoder, stats, options, error);
    } else {
        ok = ok && open_all(&r, paths, error) && prime(&r, error);
        if (ok) merge(&r, options);
    }
    close_all(&r);
    return ok;
}
