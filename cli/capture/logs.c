/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "logs.h"

#include "decode_text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE 65536

typedef struct logs {
    capture_decoder *decoder;
    capture_stats *stats;
    const capture_options *options;
    uint64_t total_bytes;
} logs;

static bool go_on(const logs *l)
{
    const capture_options *options = l->options;
    return !options->on_progress ||
           options->on_progress(options->progress_user, l->stats->bytes, l->total_bytes);
}

/* errno of what ended the reading; 0: the log did. */
static int read_to_end(const logs *l, capture_source *of, int fd, capture_text *text)
{
    uint8_t bytes[PIECE];
    ssize_t n = 0;
    while (go_on(l) && (n = read(fd, bytes, sizeof bytes)) > 0) {
        of->bytes += (uint64_t)n;
        l->stats->bytes += (uint64_t)n;
        capture_text_feed(text, bytes, (size_t)n);
    }
    return n < 0 && errno != EINTR ? errno : 0;
}

static void read_log(const logs *l, unsigned source, int fd)
{
    capture_source *of = &l->stats->sources[source];
    const capture_place place = { 0, source };
    capture_text *text = capture_text_new(l->decoder, source);
    if (!text) {
        capture_count(l->stats, CAPTURE_NO_MEMORY, place, 0);
        return;
    }
    int problem = read_to_end(l, of, fd, text);
    if (problem) {
        g_strlcpy(of->damage, g_strerror(problem), sizeof of->damage);
        of->damage_offset = of->bytes;
        capture_count(l->stats, CAPTURE_FILE_DAMAGED, place, 0);
    }
    capture_text_end(text);
    of->frames = capture_text_messages(text);
    l->stats->frames += of->frames;
    capture_text_free(text);
}

/* NULL: it may be a log. */
static const char *no_log(int fd)
{
    static const struct {
        const char *magic, *what;
    } known[] = {
        { "\xD4\xC3\xB2\xA1", "this is a capture of packets, no text log" },
        { "\xA1\xB2\xC3\xD4", "this is a capture of packets, no text log" },
        { "\x4D\x3C\xB2\xA1", "this is a capture of packets, no text log" },
        { "\xA1\xB2\x3C\x4D", "this is a capture of packets, no text log" },
        { "\x0A\x0D\x0D\x0A", "this is a capture of packets, no text log" },
        { "\x1F\x8B", "this is compressed; a text log is read as it is" },
        { "\x28\xB5\x2F\xFD", "this is compressed; a text log is read as it is" },
    };
    char head[4] = { 0 };
    if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head) return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (!memcmp(head, known[i].magic, strlen(known[i].magic))) return known[i].what;
    return NULL;
}

/* -1: refused. */
static int open_log(logs *l, const char *path, GError **error)
{
    struct stat status = { 0 };
    int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    int problem = fd < 0 ? errno : 0;
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) problem = EISDIR;
    const char *other = !problem && S_ISREG(status.st_mode) ? no_log(fd) : NULL;
    if (!problem && !other) {
        if (S_ISREG(status.st_mode)) l->total_bytes += (uint64_t)status.st_size;
        return fd;
    }
    if (fd > STDIN_FILENO) close(fd);
    g_set_error(error, CAPTURE_ERROR, other ? CAPTURE_ERROR_FORMAT : CAPTURE_ERROR_OPEN, "%s: %s",
                path, other ? other : g_strerror(problem));
    return -1;
}

bool capture_read_logs(capture_decoder *decoder, capture_stats *stats,
                       const capture_options *options, GError **error)
{
    logs l = { decoder, stats, options, 0 };
    unsigned count = (unsigned)stats->source_count, opened = 0;
    int *fds = g_new(int, count + 1);
    while (opened < count && (fds[opened] = open_log(&l, stats->sources[opened].path, error)) >= 0)
        opened++;
    for (unsigned i = 0; i < opened; i++) {
        if (opened == count) read_log(&l, i, fds[i]);
        if (fds[i] != STDIN_FILENO) close(fds[i]);
    }
    g_free(fds);
    return opened == count;
}
