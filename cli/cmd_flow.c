/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck flow: the ladder of a call. */
#include "address.h"
#include "command.h"
#include "flow/gather.h"
#include "flow/ladder.h"
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CHOICE_SHOWN = 20 }; /* calls that are named where one is to be chosen */

enum form { FORM_TEXT, FORM_MERMAID, FORM_SVG, FORM_NONE };

struct flow {
    struct gather gather;
    char *format, *output, *call_id; /* as given; NULL: not */
    char **names;
    gboolean ascii, guessed; /* guessed: the last argument is no file, so it is the Call-ID */
    gint max;
    enum form form;
    GArray *parties; /* of struct ladder_name */
};

static enum form form_of(const char *format)
{
    static const char *const words[] = { "text", "mermaid", "svg" };
    for (int i = FORM_TEXT; i < FORM_NONE; i++)
        if (!format || !strcmp(format, words[i])) return (enum form)i;
    complain("--format is text, mermaid or svg, not '%s'", format);
    return FORM_NONE;
}

static gboolean read_names(struct flow *flow)
{
    for (char **word = flow->names; word && *word; word++) {
        struct ladder_name name = { 0 };
        char *equals = strchr(*word, '=');
        if (equals) *equals = '\0';
        if (!equals || !equals[1] || !address_parse(*word, &name.address)) {
            complain("--name is ADDR=NAME, not '%s%s%s'", *word, equals ? "=" : "",
                     equals ? equals + 1 : "");
            return FALSE;
        }
        name.name = equals + 1;
        g_array_append_val(flow->parties, name);
    }
    return TRUE;
}

static GBytes *key_of(const char *call_id)
{
    return call_key((sipcheck_slice){ (const guint8 *)call_id, strlen(call_id) });
}

/* FILE… [CALL-ID]: how many are files; 0: complained about. */
static gsize read_arguments(struct flow *flow, char **args, gsize count)
{
    const char *last = count > 1 ? args[count - 1] : NULL;
    if (flow->call_id) {
        flow->gather.wanted = key_of(flow->call_id);
    } else if (last && strcmp(last, "-") != 0 && !g_file_test(last, G_FILE_TEST_EXISTS)) {
        flow->guessed = TRUE;
        flow->gather.wanted = key_of(last);
        count--;
    }
    if (!count) complain("flow wants at least one FILE, or - for standard input");
    if (!flow->gather.wanted || !flow->gather.all) return count;
    complain("--all draws every call, and a Call-ID one of them");
    return 0;
}

static void draw(const struct flow *flow, FILE *out, const struct call *call)
{
    GPtrArray *steps = gather_steps(&flow->gather, call->id);
    struct ladder ladder = { .several = flow->gather.traffic.stats.source_count > 1 };
    if (!steps) return;
    g_autofree char *id = text_visible(call->id);
    g_autofree char *title = g_strdup_printf("Call-ID: %s", *id ? id : "none");
    ladder_arrange(&ladder, title, steps, flow->parties);
    gboolean ascii = flow->ascii || !g_get_charset(NULL);
    if (flow->form == FORM_TEXT) ladder_text(out, &ladder, output_columns(), ascii);
    if (flow->form == FORM_MERMAID) ladder_mermaid(out, &ladder);
    if (flow->form == FORM_SVG) ladder_svg(out, &ladder);
    ladder_clear(&ladder);
}

static void draw_all(const struct flow *flow, FILE *out)
{
    const char *separator = "";
    const struct calls *calls = &flow->gather.calls;
    for (guint i = 0; i < calls->list->len; i++) {
        const struct call *call = calls->list->pdata[i];
        if (!call->first_of_id || !gather_steps(&flow->gather, call->id)) continue;
        fputs(separator, out);
        draw(flow, out, call);
        separator = "\n";
    }
}

/* The file is opened when there is something to write: what was there before stays till then. */
static gboolean write_out(const struct flow *flow)
{
    gboolean file = flow->output && strcmp(flow->output, "-") != 0;
    FILE *out = file ? fopen(flow->output, "w") : stdout;
    if (out) draw_all(flow, out);
    if (out == stdout) return TRUE;
    gboolean fine = out && !ferror(out);
    if (out && fclose(out) != 0) fine = FALSE;
    if (!fine) complain("%s: %s", flow->output, g_strerror(errno));
    return fine;
}

static int choose(const struct flow *flow)
{
    const GPtrArray *list = flow->gather.calls.list;
    complain("there are %u Call-IDs; name one, or draw them all with --all:",
             g_hash_table_size(flow->gather.calls.by_id));
    for (guint i = 0; i < MIN(list->len, CHOICE_SHOWN); i++) {
        const struct call *call = list->pdata[i];
        g_autofree char *id = text_visible(call->id);
        fprintf(stderr, "  %-14s %6" G_GUINT64_FORMAT " message%s  %s\n", call_kind(call),
                call->messages, call->messages == 1 ? " " : "s", id);
    }
    if (list->len > CHOICE_SHOWN) fputs("  … `sipcheck calls` lists them all\n", stderr);
    return EXIT_USAGE;
}

static int nothing(const struct flow *flow, const char *last)
{
    if (!flow->gather.messages) {
        complain("no SIP message was found");
        return EXIT_INCOMPLETE;
    }
    complain(flow->guessed ? "there is no call with the Call-ID '%s', and no such file"
                           : "there is no call with the Call-ID '%s'",
             flow->guessed ? last : flow->call_id);
    return EXIT_USAGE;
}

static int finish(const struct flow *flow, const char *last)
{
    const struct gather *gather = &flow->gather;
    guint drawn = g_hash_table_size(gather->steps);
    if (!gather->wanted && !gather->all && g_hash_table_size(gather->calls.by_id) > 1)
        return choose(flow);
    if (!gather->found) return nothing(flow, last);
    if (drawn > 1 && flow->form != FORM_TEXT) {
        complain("--format %s draws one call, and there are %u; name one by its Call-ID",
                 flow->format, drawn);
        return EXIT_USAGE;
    }
    if (!write_out(flow)) return EXIT_UNREADABLE;
    int code = traffic_complete(&gather->traffic);
    if (!gather->lost && !gather->calls.lost) return code;
    complain("--max: only the first %" G_GUINT64_FORMAT
             " messages are drawn, not %" G_GUINT64_FORMAT " more",
             gather->kept, gather->lost + (gather->all ? gather->calls.lost : 0));
    return EXIT_INCOMPLETE;
}

/* An option about judging where nothing is judged: complained about. */
static gboolean asks_in_vain(const struct gather *gather)
{
    gboolean asks = gather->rules.folders || gather->rules.profile || gather->vantages.words ||
                    gather->roles.words || gather->credentials_path;
    if (!asks || gather->findings) return FALSE;
    complain("--rules, --profile, --vantage, --role and --credentials are for --findings");
    return TRUE;
}

/* Standard input is a capture and the passwords: complained about. */
static gboolean reads_twice(const struct gather *gather, char *const *paths, gsize count)
{
    gboolean twice = FALSE;
    for (gsize i = 0; !g_strcmp0(gather->credentials_path, "-") && i < count; i++)
        twice |= !strcmp(paths[i], "-");
    if (twice) complain("standard input (-) can be read once only");
    return twice;
}

static int run(struct flow *flow, char **args, gsize count)
{
    flow->form = form_of(flow->format);
    flow->gather.max = flow->max > 0 ? (guint64)flow->max : 0;
    if (flow->form == FORM_NONE || !read_names(flow) || asks_in_vain(&flow->gather))
        return EXIT_USAGE;
    if (flow->max < 1) {
        complain("--max is a number from 1 on");
        return EXIT_USAGE;
    }
    gsize files = read_arguments(flow, args, count);
    if (!files || reads_twice(&flow->gather, args, files) ||
        traffic_overwrites(flow->output, args, files, flow->gather.traffic.keylog,
                           flow->gather.credentials_path))
        return EXIT_USAGE;
    int code = gather_run(&flow->gather, args, files);
    return code ? code : finish(flow, args[count - 1]);
}

static gboolean read_options(struct flow *flow, int *argc, char ***argv)
{
    struct gather *gather = &flow->gather;
    const GOptionEntry entries[] = {
        { "format", 'f', 0, G_OPTION_ARG_STRING, &flow->format, "text (default), mermaid or svg",
          "FORMAT" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &flow->output,
          "write it to this file, or - for stdout", "FILE" },
        { "all", 0, 0, G_OPTION_ARG_NONE, &gather->all, "every call there is, as text", NULL },
        { "call-id", 0, 0, G_OPTION_ARG_FILENAME, &flow->call_id,
          "the call, where its Call-ID is also a file's name", "ID" },
        { "findings", 0, 0, G_OPTION_ARG_NONE, &gather->findings,
          "judge too, and name the broken rules below each message", NULL },
        { "name", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &flow->names, "call an address so",
          "ADDR=NAME" },
        { "ascii", 0, 0, G_OPTION_ARG_NONE, &flow->ascii, "draw with ASCII alone", NULL },
        { "max", 0, 0, G_OPTION_ARG_INT, &flow->max, "draw so many messages at most (20000)", "N" },
        CREDENTIALS_ENTRY(gather->credentials_path),
        RULESET_ENTRIES(gather->rules),
        VANTAGE_ENTRY(gather->vantages),
        ROLE_ENTRY(gather->roles),
        TRAFFIC_ENTRIES(gather->traffic),
        G_OPTION_ENTRY_NULL
    };
    return command_options(
        argc, argv, "FILE… [CALL-ID]",
        "Draws the messages of a call between its elements. Without a CALL-ID: the call there is;\n"
        "of several `sipcheck calls` lists the Call-IDs. FILE - is standard input.\n"
        "Exit codes: 0 drawn, 2 usage, or a call to be chosen, 3 input unreadable,\n"
        "4 drawn, but not all of it: a limit was hit or the capture lacks something.",
        entries);
}

int cmd_flow(int argc, char **argv)
{
    struct flow flow = { .max = FLOW_MAX };
    flow.parties = g_array_new(FALSE, FALSE, sizeof(struct ladder_name));
    gboolean fine = read_options(&flow, &argc, &argv);
    g_auto(GStrv) args = argv;
    int code = fine ? run(&flow, args + 1, (gsize)argc - 1) : EXIT_USAGE;
    gather_clear(&flow.gather);
    g_array_unref(flow.parties);
    g_strfreev(flow.names);
    g_free(flow.format);
    g_free(flow.output);
    g_free(flow.call_id);
    return code;
}
