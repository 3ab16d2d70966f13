/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "traffic.h"
#include "../command.h"
#include "../interrupt.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean settle(const struct traffic *traffic, char **paths, gsize count)
{
    gsize stdins = 0;
    for (gsize i = 0; i < count; i++)
        stdins += !strcmp(paths[i], "-");
    const char *in = traffic->format_in;
    gboolean text = !g_strcmp0(in, "text");
    if (in && !text && strcmp(in, "capture") != 0)
        complain("--format-in is capture or text, not '%s'", in);
    else if (text && traffic->keylog)
        complain("--keylog is for captures, a text log has nothing to decrypt");
    else if (stdins > 1)
        complain("standard input (-) can be read once only");
    else
        return TRUE;
    return FALSE;
}

static bool go_on(void *user, uint64_t read, uint64_t total)
{
    (void)user, (void)read, (void)total;
    return !interrupt_came();
}

int traffic_run(struct traffic *traffic, char **paths, gsize count, capture_packet_fn on_packet,
                void *user)
{
    if (!settle(traffic, paths, count)) return EXIT_USAGE;
    const capture_options options = { .limits.keep_duplicates = traffic->keep_duplicates,
                                      .text = !g_strcmp0(traffic->format_in, "text"),
                                      .on_progress = go_on,
                                      .on_part = traffic->on_part,
                                      .part_user = traffic->part_user,
                                      .on_undelivered = traffic->on_undelivered,
                                      .undelivered_user = user,
                                      .keylog = traffic->keylog };
    g_autoptr(GError) error = NULL;
    traffic->arena = sipcheck_arena_new(NULL);
    if (!traffic->arena) {
        complain("%s", sipcheck_strerror(SIPCHECK_NOMEM));
        return EXIT_UNREADABLE;
    }
    if (interrupt_is_live(paths, count)) interrupt_catch(TRUE);
    bool fine = capture_run((const char *const *)paths, count, &options, on_packet, user,
                            &traffic->stats, &error);
    interrupt_done();
    if (!fine) traffic_complain(error);
    return fine ? EXIT_CLEAN : EXIT_UNREADABLE;
}

void traffic_complain(const GError *error)
{
    gboolean log = g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_NO_CAPTURE);
    complain("%s%s", error->message, log ? "; a log of SIP messages wants --format-in text" : "");
}

const sipcheck_message *traffic_parse(struct traffic *traffic, const sipcheck_packet *packet)
{
    const sipcheck_message *message = NULL;
    sipcheck_arena_reset(traffic->arena);
    if (!sipcheck_parse(traffic->arena, packet->bytes, packet->length, packet->flags, &message))
        return message;
    traffic->unread++;
    return NULL;
}

int traffic_feed(struct traffic *traffic, sipcheck *engine, const sipcheck_packet *packet,
                 unsigned source)
{
    sipcheck_packet fed = *packet;
    fed.source = source;
    breaks_tell(engine, breaks_since(&traffic->breaks, &traffic->stats, packet, source), packet);
    int code = sipcheck_feed(engine, &fed);
    if (code) traffic->unread++;
    return code;
}

void traffic_unreached(struct traffic *traffic, sipcheck *engine,
                       const sipcheck_packet *undelivered)
{
    breaks_tell(engine, breaks_undelivered(&traffic->breaks, &traffic->stats), undelivered);
}

void traffic_clear(struct traffic *traffic)
{
    sipcheck_arena_free(traffic->arena);
    capture_stats_clear(&traffic->stats);
    g_free(traffic->format_in);
    g_free(traffic->keylog);
}

/* Of a device nothing is lost. */
static gboolean is_output(const char *path, const GStatBuf *output)
{
    GStatBuf in;
    int failed = strcmp(path, "-") ? g_stat(path, &in) : fstat(STDIN_FILENO, &in);
    return !failed && S_ISREG(in.st_mode) && in.st_dev == output->st_dev &&
           in.st_ino == output->st_ino;
}

gboolean traffic_overwrites(const char *output, char *const *paths, gsize count, const char *keylog,
                            const char *passwords)
{
    const char *const secrets[] = { keylog, passwords };
    const char *lost = NULL;
    GStatBuf out;
    if (!output || !strcmp(output, "-") || g_stat(output, &out)) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(secrets) && !lost; i++)
        if (secrets[i] && is_output(secrets[i], &out)) lost = secrets[i];
    for (gsize i = 0; i < count && !lost; i++)
        if (is_output(paths[i], &out)) lost = paths[i];
    if (lost) complain("-o %s would overwrite what is read: %s", output, lost);
    return lost != NULL;
}

void traffic_check_keylog(const char *keylog, const capture_stats *stats)
{
    if (keylog && capture_decrypted_nothing(stats))
        complain("--keylog %s: nothing was decrypted; is there TLS in the capture, with its "
                 "handshakes, and are these its secrets?",
                 keylog);
}

int traffic_complete(const struct traffic *traffic)
{
    gboolean whole = TRUE;
    traffic_check_keylog(traffic->keylog, &traffic->stats);
    for (unsigned id = 0; id < CAPTURE_COUNTER_COUNT; id++) {
        const capture_counter_info *info = capture_counter_info_of(id);
        guint64 count = traffic->stats.counters[id].count;
        if (info->kind != CAPTURE_KIND_LOSS || !count) continue;
        complain("not all was captured: %s: %" G_GUINT64_FORMAT, info->text, count);
        whole = FALSE;
    }
    if (!traffic->unread) return whole ? EXIT_CLEAN : EXIT_INCOMPLETE;
    complain("messages beyond a limit, not shown: %" G_GUINT64_FORMAT, traffic->unread);
    return EXIT_INCOMPLETE;
}
