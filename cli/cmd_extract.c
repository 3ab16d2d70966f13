/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck extract: the packets that prove a finding, or those of a call, as a pcapng. The capture
 * is read up to three times: for what is wanted, for the frames that it stands in, for copying. */
#include "address.h"
#include "capture/writer.h"
#include "command.h"
#include "credentials.h"
#include "extract/parts.h"
#include "extract/undelivered.h"
#include "extract/wanted.h"
#include "flow/calls.h"
#include "flow/traffic.h"
#include "ruleset.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct extract {
    char *output, *rule, *frames, *call_id, *context, *keylog, *credentials; /* NULL: not given */
    credentials *known;
    gint64 frame; /* 0: not */
    gboolean keep_duplicates;
    struct ruleset_options ruleset;
    struct vantages vantages;
    struct roles roles;
    sipcheck_rules *rules;
    sipcheck *engine;
    struct wanted wanted;
    struct parts *parts;
    struct undelivered *undelivered;
    gboolean unsaid;        /* frames of ICMP may be missing */
    struct traffic traffic; /* of the reading that goes on */
    char *path;
    guint64 frames_read;
    guint64 encrypted, forgotten; /* messages that can't be read from the copy, or not to the end */
};

/* --- reading */

static int read_capture(struct extract *x, capture_packet_fn on_packet,
                        capture_undelivered_fn on_undelivered)
{
    traffic_clear(&x->traffic);
    x->traffic = (struct traffic){ .keep_duplicates = x->keep_duplicates,
                                   .keylog = g_strdup(x->keylog),
                                   .on_undelivered = on_undelivered };
    if (x->parts) {
        x->traffic.on_part = parts_note;
        x->traffic.part_user = x->parts;
    }
    int code = traffic_run(&x->traffic, &x->path, 1, on_packet, x);
    x->frames_read = x->traffic.stats.frames;
    return code;
}

static void on_finding(void *user, const sipcheck_finding *finding)
{
    struct extract *x = user;
    if (!finding->message_parsed || strcmp(finding->rule->id, x->rule) != 0) return;
    if (!x->frame || (guint64)x->frame == finding->packet->frame)
        wanted_finding(&x->wanted, finding);
}

static bool judge_packet(void *user, const sipcheck_packet *packet, unsigned source)
{
    struct extract *x = user;
    traffic_feed(&x->traffic, x->engine, packet, source);
    return true;
}

static void judge_undelivered(void *user, const sipcheck_packet *undelivered)
{
    struct extract *x = user;
    traffic_unreached(&x->traffic, x->engine, undelivered);
}

static int judge(struct extract *x)
{
    if (!vantages_read(&x->vantages) || !roles_read(&x->roles)) return EXIT_USAGE;
    x->rules = ruleset_load(&x->ruleset);
    if (!x->rules) return EXIT_USAGE;
    if (!sipcheck_rules_find(x->rules, x->rule, NULL)) {
        ruleset_suggest(x->rules, x->rule);
        return EXIT_USAGE;
    }
    if (x->credentials && !(x->known = credentials_load(x->credentials))) return EXIT_USAGE;
    sipcheck_options options = { .on_finding = on_finding,
                                 .user = x,
                                 .digest = credentials_digest(x->known) };
    vantages_set(&x->vantages, &options);
    roles_set(&x->roles, &options);
    x->engine = sipcheck_new(x->rules, &options);
    if (!x->engine) {
        complain("%s", sipcheck_strerror(SIPCHECK_NOMEM));
        return EXIT_UNREADABLE;
    }
    int code = read_capture(x, judge_packet, judge_undelivered);
    if (!code) sipcheck_finish(x->engine);
    return code;
}

static bool meet_packet(void *user, const sipcheck_packet *packet, unsigned source)
{
    struct extract *x = user;
    (void)source;
    const sipcheck_message *message = traffic_parse(&x->traffic, packet);
    if (message) wanted_meet(&x->wanted, packet, message);
    return true;
}

static void add_frame(void *user, guint64 frame)
{
    wanted_add_frame(user, frame);
}

static bool take_packet(void *user, const sipcheck_packet *packet, unsigned source)
{
    struct extract *x = user;
    (void)source;
    const sipcheck_message *message = traffic_parse(&x->traffic, packet);
    if (message && wanted_takes(&x->wanted, packet, message)) {
        if (!parts_of(x->parts, packet->frame, add_frame, &x->wanted)) x->forgotten++;
        if (!x->wanted.lost) undelivered_extract(x->undelivered, packet);
        if (packet->transport == SIPCHECK_TRANSPORT_TLS ||
            packet->transport == SIPCHECK_TRANSPORT_WSS)
            x->encrypted++;
    }
    parts_end(x->parts, packet->frame);
    return true;
}

static void take_undelivered(void *user, const sipcheck_packet *undelivered)
{
    struct extract *x = user;
    undelivered_said(x->undelivered, x->parts, undelivered);
}

/* Frames that were named without a message in them, the frames of the messages, and what ICMP says
 * of their ends. */
static int find_frames(struct extract *x)
{
    GHashTableIter iter;
    gpointer frame;
    x->parts = parts_new();
    x->undelivered = undelivered_new();
    int code = read_capture(x, take_packet, take_undelivered);
    g_hash_table_iter_init(&iter, x->wanted.named);
    while (g_hash_table_iter_next(&iter, &frame, NULL))
        if (*(guint64 *)frame <= x->frames_read) wanted_add_frame(&x->wanted, *(guint64 *)frame);
    x->unsaid = !undelivered_frames(x->undelivered, add_frame, &x->wanted);
    return code;
}

/* --- writing */

static const char *choose_frame(void *user, guint64 frame)
{
    const struct extract *x = user;
    return g_hash_table_lookup(x->wanted.frames, &frame);
}

static int write_copy(struct extract *x)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_path_get_basename(x->path);
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    g_autofree char *comment =
        g_strdup_printf("Packets of %s, chosen by sipcheck %s", valid, sipcheck_version());
    capture_copy copy = {
        .from = x->path, .to = x->output, .comment = comment, .choose = choose_frame, .user = x
    };
    if (!capture_copy_run(&copy, &error)) {
        complain("%s", error->message);
        return EXIT_UNREADABLE;
    }
    return EXIT_CLEAN;
}

/* What was asked for and is not in the copy. */
static int tell(const struct extract *x)
{
    const struct wanted *wanted = &x->wanted;
    guint missing = 0;
    GHashTableIter iter;
    gpointer frame;
    g_hash_table_iter_init(&iter, wanted->named);
    while (g_hash_table_iter_next(&iter, &frame, NULL))
        missing += *(guint64 *)frame > x->frames_read;
    if (missing) complain("frames that the capture has not: %u", missing);
    if (wanted->lost)
        complain("frames beyond the first %d, left out: %" G_GUINT64_FORMAT, WANTED_MAX,
                 wanted->lost);
    if (x->forgotten)
        complain("messages whose first packets were too long ago to be known: %" G_GUINT64_FORMAT,
                 x->forgotten);
    if (x->encrypted)
        complain("messages out of TLS: %" G_GUINT64_FORMAT
                 "; their packets are copied as they are, and can't be decrypted by themselves",
                 x->encrypted);
    if (x->unsaid) complain("ICMP said more of its messages than is kept; some is left out");
    gboolean whole = !missing && !wanted->lost && !x->forgotten && !x->encrypted && !x->unsaid;
    return whole ? EXIT_CLEAN : EXIT_INCOMPLETE;
}

/* Findings were to come from standard input, and none was about this file. */
static gboolean is_silent(const struct extract *x)
{
    return !x->rule && !x->frames && !x->call_id && !g_hash_table_size(x->wanted.named);
}

static int finish(struct extract *x)
{
    int code = find_frames(x);
    if (code) return code;
    if (x->wanted.elsewhere)
        complain("findings of other files, passed over: %" G_GUINT64_FORMAT, x->wanted.elsewhere);
    if (!g_hash_table_size(x->wanted.frames)) {
        complain(is_silent(x)
                     ? "standard input has no findings of this capture; nothing was written"
                     : "the capture has none of that; nothing was written");
        return EXIT_INCOMPLETE;
    }
    code = write_copy(x);
    return code ? code : tell(x);
}

/* --- the command line */

static gboolean read_context(const char *word, enum context *context)
{
    static const char *const words[] = { NULL, "message", "transaction", "call" };
    *context = CONTEXT_SCOPE;
    for (int i = CONTEXT_MESSAGE; word && i <= CONTEXT_CALL; i++)
        if (!strcmp(word, words[i])) *context = (enum context)i;
    if (!word || *context != CONTEXT_SCOPE) return TRUE;
    complain("--context is message, transaction or call, not '%s'", word);
    return FALSE;
}

/* An option about judging is there. */
static gboolean asks_to_judge(const struct extract *x)
{
    return x->ruleset.folders || x->ruleset.profile || x->vantages.words || x->roles.words ||
           x->credentials;
}

/* What is asked for besides findings from standard input. */
static gboolean check(const struct extract *x, int argc)
{
    int ways = (x->rule != NULL) + (x->frames != NULL) + (x->call_id != NULL);
    const char *wrong =
        argc != 2    ? "extract wants one FILE"
        : !x->output ? "extract wants -o FILE to write to"
        : !ways && isatty(STDIN_FILENO)
            ? "extract wants --rule, --frames or --call-id, or the findings of `sipcheck audit "
              "--format ndjson` from a pipe"
        : ways > 1             ? "one of --rule, --frames and --call-id"
        : x->frame && !x->rule ? "--frame is for --rule; --frames takes numbers"
        : x->frame < 0         ? "--frame is a number from 1 on"
        : asks_to_judge(x) && !x->rule
            ? "--rules, --profile, --vantage, --role and --credentials are for --rule"
        : !strcmp(x->path, "-") ? "a capture from standard input can't be read twice; "
                                  "save it to a file"
                                : NULL;
    if (wrong) complain("%s", wrong);
    return !wrong && !traffic_overwrites(x->output, &x->path, 1, x->keylog, x->credentials);
}

static int run(struct extract *x)
{
    int code = EXIT_CLEAN;
    if (x->frames && !wanted_numbers(&x->wanted, x->frames)) {
        complain("--frames is 3,4,9-12, not '%s'", x->frames);
        return EXIT_USAGE;
    }
    if (x->rule) {
        code = judge(x);
    } else if (x->call_id) {
        wanted_call(&x->wanted, x->call_id);
    } else if (!x->frames && !wanted_read(&x->wanted, x->path)) {
        return EXIT_USAGE;
    }
    if (!code && g_hash_table_size(x->wanted.named)) code = read_capture(x, meet_packet, NULL);
    if (!code) traffic_check_keylog(x->keylog, &x->traffic.stats);
    return code ? code : finish(x);
}

static gboolean read_options(struct extract *x, int *argc, char ***argv)
{
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &x->output,
          "write to this pcapng, or - for stdout", "FILE" },
        { "rule", 0, 0, G_OPTION_ARG_STRING, &x->rule, "what proves the findings of this rule",
          "ID" },
        { "frame", 0, 0, G_OPTION_ARG_INT64, &x->frame, "of --rule: only the finding in that frame",
          "N" },
        { "frames", 0, 0, G_OPTION_ARG_STRING, &x->frames,
          "these frames, and those that their messages came in", "3,4,9-12" },
        { "call-id", 0, 0, G_OPTION_ARG_FILENAME, &x->call_id, "all messages of this call", "ID" },
        { "context", 0, 0, G_OPTION_ARG_STRING, &x->context,
          "what comes with a message: message, transaction, call", "C" },
        { "keylog", 0, 0, G_OPTION_ARG_FILENAME, &x->keylog,
          "secrets of TLS (SSLKEYLOGFILE): tshark decrypts", "FILE" },
        { "keep-duplicates", 0, 0, G_OPTION_ARG_NONE, &x->keep_duplicates,
          "take a datagram as often as it was captured", NULL },
        CREDENTIALS_ENTRY(x->credentials),
        RULESET_ENTRIES(x->ruleset),
        VANTAGE_ENTRY(x->vantages),
        ROLE_ENTRY(x->roles),
        G_OPTION_ENTRY_NULL
    };
    return command_options(argc, argv, "FILE -o FILE",
                           "Copies the packets that prove findings out of a capture, with what "
                           "they prove as comments.\n"
                           "Without --rule, --frames or --call-id, findings of `sipcheck audit "
                           "--format ndjson` are read\n"
                           "from standard input. A finding comes with its transaction or, by its "
                           "rule's scope, its call.\n"
                           "Exit codes: 0 written, 2 usage, 3 input unreadable, 4 not all of it "
                           "was there, or nothing.",
                           entries);
}

static void clear(struct extract *x)
{
    sipcheck_free(x->engine);
    sipcheck_rules_free(x->rules);
    credentials_free(x->known);
    ruleset_options_clear(&x->ruleset);
    vantages_clear(&x->vantages);
    roles_clear(&x->roles);
    wanted_clear(&x->wanted);
    if (x->parts) parts_free(x->parts);
    if (x->undelivered) undelivered_free(x->undelivered);
    traffic_clear(&x->traffic);
    char *const texts[] = { x->output,  x->rule,   x->frames,     x->call_id,
                            x->context, x->keylog, x->credentials };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}

int cmd_extract(int argc, char **argv)
{
    struct extract x = { 0 };
    enum context context = CONTEXT_SCOPE;
    gboolean fine = read_options(&x, &argc, &argv);
    g_auto(GStrv) args = argv;
    x.path = argc > 1 ? args[1] : NULL;
    fine = fine && check(&x, argc) && read_context(x.context, &context);
    wanted_init(&x.wanted, context);
    int code = fine ? run(&x) : EXIT_USAGE;
    clear(&x);
    return code;
}
