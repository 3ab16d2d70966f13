/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck calls: what a capture holds, by Call-ID, and what became of it. */
#include "command.h"
#include "flow/calls.h"
#include "flow/traffic.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

#include <sipcheck/report.h>

struct listing {
    struct traffic traffic;
    struct calls calls;
    gboolean json;
};

static bool on_packet(void *user, const sipcheck_packet *packet, unsigned source)
{
    struct listing *listing = user;
    const sipcheck_message *message = traffic_parse(&listing->traffic, packet);
    if (message) calls_take(&listing->calls, packet, message, source);
    return true;
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const struct call *x = *(struct call *const *)a, *y = *(struct call *const *)b;
    return (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
}

static void write_seconds(guint64 ns)
{
    printf("%" G_GUINT64_FORMAT ".%03" G_GUINT64_FORMAT, ns / 1000000000,
           ns % 1000000000 / 1000000);
}

/* --- ndjson */

static void json_text(const char *name, sipcheck_slice text)
{
    printf(",\"%s\":", name);
    if (text.p)
        output_json(stdout, text);
    else
        fputs("null", stdout);
}

static void json_number(const char *name, gboolean known, guint64 number)
{
    if (known)
        printf(",\"%s\":%" G_GUINT64_FORMAT, name, number);
    else
        printf(",\"%s\":null", name);
}

static void json_file(const struct listing *listing, const struct call *call)
{
    if (listing->traffic.stats.source_count < 2) return;
    printf(",\"file\":");
    output_json_text(stdout, listing->traffic.stats.sources[call->first.source].path);
}

static void json_time(const char *name, guint64 ns)
{
    char text[SIPCHECK_TIME_TEXT];
    if (ns)
        printf(",\"%s\":\"%s\"", name, sipcheck_time_text(ns, text));
    else
        printf(",\"%s\":null", name);
}

static void print_json(const struct listing *listing, const struct call *call)
{
    guint64 ns = 0;
    printf("{\"kind\":\"%s\"", call_kind(call));
    json_time("start", call->first_ns);
    json_time("end", call->last_ns);
    json_text("from", call->from);
    json_text("to", call->to);
    json_text("call_id", call->id);
    json_text("method", call->method);
    printf(",\"outcome\":\"%s\"", call_outcome_name(call_outcome_of(call)));
    json_number("status", call->status > 0, call->status);
    printf(",\"reason\":");
    output_json_text(stdout, call->status ? call->reason : "");
    printf(",\"duration\":");
    if (call_duration(call, &ns))
        write_seconds(ns);
    else
        fputs("null", stdout);
    json_number("expires", call->expires >= 0, (guint64)call->expires);
    json_number("messages", TRUE, call->messages);
    json_number("first_frame", TRUE, call->first.frame);
    json_number("last_frame", TRUE, call->last.frame);
    json_file(listing, call);
    puts("}");
}

static void print_json_summary(const struct listing *listing)
{
    printf("{\"summary\":{\"listed\":%u,\"messages\":%" G_GUINT64_FORMAT
           ",\"messages_not_listed\":%" G_GUINT64_FORMAT "}}\n",
           listing->calls.list->len, listing->calls.messages, listing->calls.lost);
}

/* --- text */

static void print_call_outcome(const struct call *call)
{
    guint64 ns = 0;
    if (call_duration(call, &ns)) {
        fputs(", ", stdout);
        write_seconds(ns);
        fputs(" s until BYE", stdout);
    } else if (call->bye_ns) {
        fputs(", ended by BYE", stdout);
    } else if (call->answered_ns && call->begun) {
        fputs(", no BYE in the capture", stdout);
    }
}

static void print_outcome(const struct call *call)
{
    enum call_outcome outcome = call_outcome_of(call);
    const char *words = outcome == CALL_UNANSWERED ? "no answer in the capture"
                        : outcome == CALL_RINGING  ? "no final answer in the capture"
                        : outcome == CALL_PARTIAL  ? "its beginning is not in the capture"
                                                   : call_outcome_name(outcome);
    fputs(words, stdout);
    if (call->status)
        printf(" (%u%s%s)", call->status, *call->reason ? " " : "", call->reason);
    else if (call->provisional)
        printf(" (%u)", call->provisional);
    if (call->expires >= 0 && outcome != CALL_UNREGISTERED)
        printf(", expires after %" G_GINT64_FORMAT " s", call->expires);
    if (call->over) fputs(", ended by NOTIFY", stdout);
    print_call_outcome(call);
}

static void print_word(sipcheck_slice text)
{
    if (text.n)
        output_visible(stdout, text);
    else
        putchar('?');
}

static void print_text(const struct listing *listing, const struct call *call)
{
    char start[SIPCHECK_TIME_TEXT];
    const capture_stats *stats = &listing->traffic.stats;
    printf("%s  %s  ", call->first_ns ? sipcheck_time_text(call->first_ns, start) : "no time",
           call_kind(call));
    print_outcome(call);
    fputs("\n    ", stdout);
    print_word(call->method);
    fputs("  ", stdout);
    print_word(call->from);
    fputs(" to ", stdout);
    print_word(call->to);
    printf("\n    %" G_GUINT64_FORMAT " message%s, frame%s %" G_GUINT64_FORMAT, call->messages,
           call->messages == 1 ? "" : "s", call->messages == 1 ? "" : "s", call->first.frame);
    if (call->messages > 1) printf(" to %" G_GUINT64_FORMAT, call->last.frame);
    if (stats->source_count > 1) {
        fputs(" of ", stdout);
        output_visible(stdout, output_slice(stats->sources[call->first.source].path));
    }
    fputs("  Call-ID: ", stdout);
    print_word(call->id);
    putchar('\n');
}

static int print(struct listing *listing)
{
    struct calls *calls = &listing->calls;
    g_ptr_array_sort(calls->list, by_time);
    for (guint i = 0; i < calls->list->len; i++) {
        if (listing->json)
            print_json(listing, calls->list->pdata[i]);
        else
            print_text(listing, calls->list->pdata[i]);
    }
    if (listing->json) print_json_summary(listing);
    if (!calls->messages) complain("no SIP message was found");
    if (calls->lost)
        complain("--max: only the first %" G_GUINT64_FORMAT
                 " are listed; messages of others: %" G_GUINT64_FORMAT,
                 calls->max, calls->lost);
    int code = traffic_complete(&listing->traffic);
    return calls->lost || !calls->messages ? EXIT_INCOMPLETE : code;
}

int cmd_calls(int argc, char **argv)
{
    struct listing listing = { 0 };
    g_autofree char *format = NULL;
    gint max = CALLS_MAX;
    const GOptionEntry entries[] = { { "format", 'f', 0, G_OPTION_ARG_STRING, &format,
                                       "text (default) or ndjson, one a line", "FORMAT" },
                                     { "max", 0, 0, G_OPTION_ARG_INT, &max,
                                       "list so many at most (100000)", "N" },
                                     TRAFFIC_ENTRIES(listing.traffic),
                                     G_OPTION_ENTRY_NULL };
    gboolean fine = command_options(
        &argc, &argv, "FILE… | -",
        "Lists what captures hold, by Call-ID: calls, registrations, subscriptions and so on,\n"
        "with their outcome. `sipcheck flow FILE CALL-ID` draws one.\n"
        "Exit codes: 0 listed, 2 usage, 3 input unreadable,\n"
        "4 listed, but not all of it: a limit was hit or the capture lacks something.",
        entries);
    g_auto(GStrv) args = argv;
    int json = fine ? command_format(format, "ndjson") : -1, code = EXIT_USAGE;
    listing.json = json > 0;
    calls_init(&listing.calls, max > 0 ? (guint64)max : 0);
    if (json >= 0 && argc < 2) complain("calls wants at least one FILE, or - for standard input");
    if (json >= 0 && max < 1) complain("--max is a number from 1 on");
    if (json >= 0 && argc > 1 && max > 0) {
        code = traffic_run(&listing.traffic, args + 1, (gsize)argc - 1, on_packet, &listing);
        if (!code) code = print(&listing);
    }
    calls_clear(&listing.calls);
    traffic_clear(&listing.traffic);
    return code;
}
