/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that show traffic share: reading captures, and saying what they lack. */
#ifndef SIPCHECK_CLI_FLOW_TRAFFIC_H
#define SIPCHECK_CLI_FLOW_TRAFFIC_H

#include "../breaks.h"
#include "../capture/capture.h"

struct traffic {
    char *format_in, *keylog; /* as given; NULL: not */
    gboolean keep_duplicates;
    capture_part_fn on_part; /* as in capture_options; NULL: nobody wants to know */
    void *part_user;
    capture_undelivered_fn on_undelivered; /* likewise; with the user of traffic_run */
    sipcheck_arena *arena;
    struct breaks_seen breaks;
    guint64 unread; /* messages beyond a limit of the library */
    capture_stats stats;
};

#define TRAFFIC_ENTRIES(traffic)                                                                   \
    { "format-in",                                                                                 \
      0,                                                                                           \
      0,                                                                                           \
      G_OPTION_ARG_STRING,                                                                         \
      &(traffic).format_in,                                                                        \
      "capture (default), or text: SIP messages in a log",                                         \
      "FORMAT" },                                                                                  \
        { "keylog",                                                                                \
          0,                                                                                       \
          0,                                                                                       \
          G_OPTION_ARG_FILENAME,                                                                   \
          &(traffic).keylog,                                                                       \
          "secrets of TLS (SSLKEYLOGFILE): tshark decrypts",                                       \
          "FILE" },                                                                                \
    {                                                                                              \
        "keep-duplicates", 0, 0, G_OPTION_ARG_NONE, &(traffic).keep_duplicates,                    \
            "show a datagram as often as it was captured", NULL                                    \
    }

/* Reads the files and hands on each message. Returns an exit code: EXIT_CLEAN, or EXIT_USAGE or
 * EXIT_UNREADABLE, complained about. To be cleared in any case. */
int traffic_run(struct traffic *traffic, char **paths, gsize count, capture_packet_fn on_packet,
                void *user);
void traffic_clear(struct traffic *traffic);

/* The message parsed, until the next call; NULL: beyond a limit, and counted. */
const sipcheck_message *traffic_parse(struct traffic *traffic, const sipcheck_packet *packet);

/* Feeds an engine as `audit` does, with what the capture lost before. As sipcheck_feed. */
int traffic_feed(struct traffic *traffic, sipcheck *engine, const sipcheck_packet *packet,
                 unsigned source);
/* Likewise what could not be delivered. */
void traffic_unreached(struct traffic *traffic, sipcheck *engine,
                       const sipcheck_packet *undelivered);

/* A file that is to be written is one of those to be read: complained about. output, keylog,
 * passwords: NULL: there is none. */
gboolean traffic_overwrites(const char *output, char *const *paths, gsize count, const char *keylog,
                            const char *passwords);

/* Secrets (NULL: none) that opened nothing: says so on stderr. */
void traffic_check_keylog(const char *keylog, const capture_stats *stats);

/* Why files could not be read; a log needs an option. */
void traffic_complain(const GError *error);

/* What is shown is not all there was: says so on stderr. EXIT_CLEAN or EXIT_INCOMPLETE. */
int traffic_complete(const struct traffic *traffic);

#endif
