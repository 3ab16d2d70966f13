/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files by libwiretap, merged by time. */
#include "capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <wiretap/wtap.h>
#include <wsutil/wslog.h>

#define PROGRESS_FRAMES 1024
#define NS_PER_S 1000000000u

/* One file, and the record that comes next from it. */
typedef struct reader {
    wtap *file;
    wtap_rec record;
    Buffer buffer;
    capture_source *source;
    uint64_t ns;
} reader;

typedef struct run {
    reader *readers;
    size_t reader_count;
    size_t *heap; /* of indices into readers, by time, then by index */
    size_t heap_count;
    uint64_t total_bytes;
    capture_stats *stats;
    capture_decoder *decoder;
} run;

GQuark capture_error_quark(void)
{
    return g_quark_from_static_string("sipcheck-capture-error");
}

static void init_wiretap_once(void)
{
    static gsize done;
    if (!g_once_init_enter(&done)) return;
    ws_log_init("sipcheck", NULL); /* else it prints every record it reads */
    ws_log_set_level(LOG_LEVEL_ERROR);
    wtap_init(FALSE);
    g_once_init_leave(&done, 1);
}

static enum capture_link link_of(int encap)
{
    static const struct {
        int encap;
        enum capture_link link;
    } links[] = {
        { WTAP_ENCAP_ETHERNET, CAPTURE_LINK_ETHERNET },
        { WTAP_ENCAP_SLL, CAPTURE_LINK_SLL },
        { WTAP_ENCAP_SLL2, CAPTURE_LINK_SLL2 },
        { WTAP_ENCAP_RAW_IP, CAPTURE_LINK_IP },
        { WTAP_ENCAP_RAW_IP4, CAPTURE_LINK_IP },
        { WTAP_ENCAP_RAW_IP6, CAPTURE_LINK_IP },
        { WTAP_ENCAP_NULL, CAPTURE_LINK_NULL },
        { WTAP_ENCAP_LOOP, CAPTURE_LINK_LOOP },
        { WTAP_ENCAP_PPP, CAPTURE_LINK_PPP },
        { WTAP_ENCAP_PPP_WITH_PHDR, CAPTURE_LINK_PPP },
        { WTAP_ENCAP_CHDLC, CAPTURE_LINK_CHDLC },
        { WTAP_ENCAP_CHDLC_WITH_PHDR, CAPTURE_LINK_CHDLC },
        { WTAP_ENCAP_IEEE_802_11, CAPTURE_LINK_WLAN },
        { WTAP_ENCAP_IEEE_802_11_WITH_RADIO, CAPTURE_LINK_WLAN },
        { WTAP_ENCAP_IEEE_802_11_RADIOTAP, CAPTURE_LINK_RADIOTAP },
        { WTAP_ENCAP_IEEE_802_11_PRISM, CAPTURE_LINK_PRISM },
        { WTAP_ENCAP_IEEE_802_11_AVS, CAPTURE_LINK_AVS },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(links); i++)
        if (links[i].encap == encap) return links[i].link;
    return CAPTURE_LINK_OTHER;
}

/* "why (details)" of an error of libwiretap; details are freed. */
static char *error_text(int err, char *details)
{
    const char *why = err == WTAP_ERR_SHORT_READ
                          ? "the file was cut short in the middle of a record"
                          : wtap_strerror(err);
    char *text = details ? g_strdup_printf("%s (%s)", why, details) : g_strdup(why);
    g_free(details);
    return text;
}

static bool refuse(GError **error, CaptureError code, const char *path, const char *why)
{
    g_set_error(error, CAPTURE_ERROR, (int)code, "%s: %s", path, why);
    return false;
}

static bool open_reader(reader *r, const char *path, GError **error)
{
    int err = 0;
    char *details = NULL;
    r->file = wtap_open_offline(path, WTAP_TYPE_AUTO, &err, &details, FALSE);
    if (r->file) return true;
    bool open = err > 0 || err == WTAP_ERR_NOT_REGULAR_FILE || err == WTAP_ERR_CANT_OPEN;
    char *text = error_text(err, details);
    refuse(error, open ? CAPTURE_ERROR_OPEN : CAPTURE_ERROR_FORMAT, path, text);
    g_free(text);
    return false;
}

static void note_damage(run *r, reader *from, int err, char *details)
{
    capture_source *source = from->source;
    char *text = error_text(err, details);
    g_strlcpy(source->damage, text, sizeof source->damage);
    g_free(text);
    gint64 offset = wtap_read_so_far(from->file);
    source->damage_offset = offset > 0 ? (uint64_t)offset : 0;
    capture_place place = { source->frames, (unsigned)(source - r->stats->sources) };
    capture_count(r->stats, CAPTURE_FILE_DAMAGED, place, 0);
}

static void take_time(run *r, reader *from)
{
    capture_source *source = from->source;
    const nstime_t *ts = &from->record.ts;
    if (!(from->record.presence_flags & WTAP_HAS_TS) || ts->secs < 0 || ts->nsecs < 0) {
        capture_place place = { source->frames, (unsigned)(source - r->stats->sources) };
        capture_count(r->stats, CAPTURE_NO_TIME, place, 0);
        return;
    }
    from->ns = (uint64_t)ts->secs * NS_PER_S + (uint64_t)ts->nsecs;
    if (!source->first_ns || from->ns < source->first_ns) source->first_ns = from->ns;
    if (from->ns > source->last_ns) source->last_ns = from->ns;
}

/* False at the end of the file, or where it is damaged. */
static bool read_next(run *r, reader *from)
{
    int err = 0;
    char *details = NULL;
    gint64 offset;
    wtap_rec_reset(&from->record);
    if (!wtap_read(from->file, &from->record, &from->buffer, &err, &details, &offset)) {
        /* The face asked a live capture to end by a signal: that is an end. */
        if (err && err != EINTR) note_damage(r, from, err, details);
        return false;
    }
    from->source->frames++;
    take_time(r, from);
    return true;
}

static bool earlier(const run *r, size_t a, size_t b)
{
    if (r->readers[a].ns != r->readers[b].ns) return r->readers[a].ns < r->readers[b].ns;
    return a < b;
}

static void sift_down(run *r, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < r->heap_count; child++)
            if (earlier(r, r->heap[child], r->heap[least])) least = child;
        if (least == at) return;
        size_t swap = r->heap[at];
        r->heap[at] = r->heap[least];
        r->heap[least] = swap;
        at = least;
    }
}

/* libwiretap also reads pictures, programs and so on, as one record without a time. */
static bool is_packets(const reader *from)
{
    const wtap_rec *record = &from->record;
    return record->rec_type != REC_TYPE_PACKET || record->presence_flags & WTAP_HAS_TS ||
           link_of(record->rec_header.packet_header.pkt_encap) != CAPTURE_LINK_OTHER;
}

/* The first record of a file. */
static bool prime_one(run *r, size_t i, GError **error)
{
    reader *from = &r->readers[i];
    const char *path = from->source->path;
    if (read_next(r, from)) {
        r->heap[r->heap_count++] = i;
        if (is_packets(from)) return true;
        int type = wtap_file_type_subtype(from->file);
        char *text = g_strdup_printf("this is no capture of packets (%s)",
                                     wtap_file_type_subtype_description(type));
        refuse(error, CAPTURE_ERROR_FORMAT, path, text);
        g_free(text);
        return false;
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
    for (size_t i = 0; i < r->reader_count; i++)
        if (!prime_one(r, i, error)) return false;
    for (size_t i = r->heap_count / 2; i-- > 0;)
        sift_down(r, i);
    return true;
}

static void name_unknown_link(capture_stats *stats, int encap)
{
    if (!stats->link_unknown[0])
        g_strlcpy(stats->link_unknown, wtap_encap_description(encap), sizeof stats->link_unknown);
}

static bool decode_record(run *r, reader *from)
{
    capture_place place = { from->source->frames, (unsigned)(from - r->readers) };
    r->stats->frames++;
    if (from->record.rec_type != REC_TYPE_PACKET) {
        capture_count(r->stats, CAPTURE_OTHER_RECORDS, place, 0);
        return true;
    }
    const wtap_packet_header *header = &from->record.rec_header.packet_header;
    capture_frame frame = {
        .bytes = ws_buffer_start_ptr(&from->buffer),
        .captured = header->caplen,
        .wire = header->len,
        .ns = from->ns,
        .place = place,
        .link = link_of(header->pkt_encap),
    };
    if (frame.link == CAPTURE_LINK_OTHER) name_unknown_link(r->stats, header->pkt_encap);
    r->stats->bytes += frame.captured;
    from->source->bytes += frame.captured;
    return capture_decode(r->decoder, &frame);
}

static bool report_progress(const run *r, const capture_options *options)
{
    if (!options || !options->on_progress || r->stats->frames % PROGRESS_FRAMES) return true;
    uint64_t done = 0;
    for (size_t i = 0; i < r->reader_count; i++)
        done += (uint64_t)MAX(wtap_read_so_far(r->readers[i].file), 0);
    return options->on_progress(options->progress_user, done, r->total_bytes);
}

static void merge(run *r, const capture_options *options)
{
    bool go_on = true;
    while (r->heap_count && go_on) {
        reader *from = &r->readers[r->heap[0]];
        go_on = decode_record(r, from) && report_progress(r, options);
        if (go_on && !read_next(r, from)) r->heap[0] = r->heap[--r->heap_count];
        sift_down(r, 0);
    }
    if (go_on) capture_decoder_finish(r->decoder);
}

static bool open_all(run *r, const char *const *paths, GError **error)
{
    for (size_t i = 0; i < r->stats->source_count; i++) {
        reader *to = &r->readers[i];
        to->source = &r->stats->sources[i];
        if (!open_reader(to, paths[i], error)) return false;
        wtap_rec_init(&to->record);
        ws_buffer_init(&to->buffer, 2048);
        r->reader_count++;
        int err = 0;
        gint64 size = strcmp(paths[i], "-") ? wtap_file_size(to->file, &err) : 0;
        if (size > 0) r->total_bytes += (uint64_t)size;
    }
    return true;
}

static bool allocate(run *r, const char *const *paths, size_t n, const capture_options *options,
                     capture_packet_fn on_packet, void *user, GError **error)
{
    r->readers = calloc(n + 1, sizeof *r->readers);
    r->heap = calloc(n + 1, sizeof *r->heap);
    r->stats->sources = calloc(n + 1, sizeof *r->stats->sources);
    r->decoder = capture_decoder_new(options ? &options->limits : NULL, r->stats, on_packet, user);
    if (r->stats->sources) {
        r->stats->source_count = n;
        for (size_t i = 0; i < n; i++)
            r->stats->sources[i].path = paths[i];
    }
    if (r->readers && r->heap && r->stats->sources && r->decoder) return true;
    g_set_error_literal(error, CAPTURE_ERROR, CAPTURE_ERROR_NOMEM, "out of memory");
    return false;
}

static void close_all(run *r)
{
    for (size_t i = 0; i < r->reader_count; i++) {
        wtap_rec_cleanup(&r->readers[i].record);
        ws_buffer_free(&r->readers[i].buffer);
        wtap_close(r->readers[i].file);
    }
    capture_decoder_free(r->decoder);
    free(r->readers);
    free(r->heap);
}

bool capture_run(const char *const *paths, size_t path_count, const capture_options *options,
                 capture_packet_fn on_packet, void *user, capture_stats *stats, GError **error)
{
    init_wiretap_once();
    run r = { .stats = stats };
    bool ok = allocate(&r, paths, path_count, options, on_packet, user, error) &&
              open_all(&r, paths, error) && prime(&r, error);
    if (ok) merge(&r, options);
    close_all(&r);
    return ok;
}
