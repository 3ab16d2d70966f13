/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck parse: syntax only, a message a file, a line a file. */
#include "command.h"
#include "input.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

#include <sipcheck/message.h>
#include <sipcheck/report.h>

enum { NAME_SHOWN = 60 }; /* bytes of a header's name in the report for people */

struct parse_run {
    sipcheck_arena *arena;
    gboolean json;
    gboolean invalid, unreadable;
};

static void json_fault(FILE *out, const sipcheck_fault *fault)
{
    fprintf(out, "{\"offset\":%u,\"length\":%u,\"header\":", fault->offset, fault->length);
    if (fault->in_header)
        output_json(out, fault->header_name);
    else
        fputs("null", out);
    fputs(",\"production\":", out);
    output_json_text(out, fault->production);
    fputs(",\"wanted\":", out);
    output_json_text(out, fault->wanted);
    fprintf(out, ",\"section\":\"%s\",\"rfc\":%u}", fault->section, fault->rfc);
}

static void json_line(FILE *out, const char *path, const sipcheck_message *msg)
{
    fputs("{\"file\":", out);
    output_json_text(out, path);
    fprintf(out, ",\"valid\":%s,\"errors\":[", msg->valid ? "true" : "false");
    for (const sipcheck_fault *fault = msg->faults; fault; fault = fault->next) {
        if (fault != msg->faults) fputc(',', out);
        json_fault(out, fault);
    }
    fprintf(out, "]%s}\n", msg->faults_lost ? ",\"more\":true" : "");
}

/* A name that is none may be as long as the message. */
static void show_header(FILE *out, sipcheck_slice name)
{
    gboolean long_name = name.n > NAME_SHOWN;
    output_visible(out, (sipcheck_slice){ name.p, long_name ? NAME_SHOWN : name.n });
    fputs(long_name ? "…, " : ", ", out);
}

static gboolean is_named(sipcheck_slice name, const char *production)
{
    return name.n == strlen(production) &&
           !g_ascii_strncasecmp((const char *)name.p, production, name.n);
}

static void text_lines(FILE *out, const char *path, const sipcheck_message *msg)
{
    output_visible(out, output_slice(path));
    fprintf(out, ": %s\n", msg->valid ? "valid" : "invalid");
    for (const sipcheck_fault *fault = msg->faults; fault; fault = fault->next) {
        fprintf(out, "  byte %u: ", fault->offset);
        if (fault->in_header && !is_named(fault->header_name, fault->production))
            show_header(out, fault->header_name);
        fprintf(out, "%s: wanted %s (RFC %u §%s)\n", fault->production, fault->wanted, fault->rfc,
                fault->section);
        output_excerpt(out, "    ", msg->bytes, msg->length, fault->offset, fault->length, FALSE);
    }
    if (msg->faults_lost) fputs("  there are more faults than are shown\n", out);
}

/* A file that could not be judged still gets its line. */
static void not_judged(struct parse_run *run, const char *path, const char *why)
{
    run->unreadable = TRUE;
    complain("%s: %s", path, why);
    if (!run->json) return;
    fputs("{\"file\":", stdout);
    output_json_text(stdout, path);
    fputs(",\"valid\":null,\"errors\":[],\"problem\":", stdout);
    output_json_text(stdout, why);
    fputs("}\n", stdout);
}

static void parse_file(struct parse_run *run, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = input_read(path, &error);
    if (!bytes) {
        not_judged(run, path, error->message);
        return;
    }
    gsize length = 0;
    const uint8_t *data = g_bytes_get_data(bytes, &length);
    const sipcheck_message *msg = NULL;
    sipcheck_arena_reset(run->arena);
    int code = sipcheck_parse(run->arena, data ? data : (const uint8_t *)"", length, 0, &msg);
    if (code) {
        not_judged(run, path,
                   code == SIPCHECK_TOO_BIG
                       ? "larger than a SIP message may be here (1 MiB, 2000 header fields)"
                       : sipcheck_strerror(code));
        return;
    }
    run->invalid |= !msg->valid;
    if (run->json)
        json_line(stdout, path, msg);
    else
        text_lines(stdout, path, msg);
}

int cmd_parse(int argc, char **argv)
{
    g_autofree char *format = NULL;
    const GOptionEntry entries[] = { { "format", 'f', 0, G_OPTION_ARG_STRING, &format,
                                       "text (default) or ndjson", "FORMAT" },
                                     G_OPTION_ENTRY_NULL };
    gboolean fine = command_options(
        &argc, &argv, "PATH…",
        "Checks each file as one SIP message (- is standard input, folders are walked)\n"
        "against the grammar of RFC 3261 with its verified errata and "
        "replacements.\n"
        "Exit codes: 0 all valid, 1 some not, 2 usage, 3 some unreadable.",
        entries);
    g_auto(GStrv) args = argv;
    if (!fine) return EXIT_USAGE;
    if (argc < 2) {
        complain("parse wants at least one PATH");
        return EXIT_USAGE;
    }
    int json = command_format(format, "ndjson");
    if (json < 0) return EXIT_USAGE;
    struct parse_run run = { .json = json };
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    run.unreadable = !input_collect(args + 1, files);
    if (!files->len && !run.unreadable) {
        complain("there is no file in these folders");
        run.unreadable = TRUE;
    }
    run.arena = sipcheck_arena_new(NULL);
    for (guint i = 0; run.arena && i < files->len; i++)
        parse_file(&run, files->pdata[i]);
    sipcheck_arena_free(run.arena);
    if (run.unreadable || !run.arena) return EXIT_UNREADABLE;
    return run.invalid ? EXIT_FINDINGS : EXIT_CLEAN;
}
