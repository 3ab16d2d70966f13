/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck audit: captures in, findings out. */
#include "../capture/capture.h"
#include "../command.h"
#include "../output.h"
#include "../ruleset.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sipcheck/report.h>

struct audit_options {
    struct ruleset_options rules;
    char *format, *fail_on, *verdicts, *filter, *dut;
    gboolean json;
    int fail_level; /* enum sipcheck_severity; above all of them: never */
};

struct audit {
    struct audit_options options;
    struct audit_summary summary;
    sipcheck *engine;
    const char
        *source;    /* the file that the packet being judged came from; NULL: there is only one */
    unsigned shown; /* verdicts that reach the output */
    gboolean broken_pipe;
};

static int parse_fail_on(const char *word)
{
    static const char *const words[] = { "info", "warning", "error", "never" };
    for (int i = 0; i < (int)G_N_ELEMENTS(words); i++)
        if (!strcmp(word, words[i])) return i;
    complain("--fail-on is error, warning, info or never, not '%s'", word);
    return -1;
}

/* "fail,unknown" as bits; 0: wrong, and complained about. */
static unsigned parse_verdicts(const char *text)
{
    unsigned bits = 0;
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    for (char **word = words; *word; word++) {
        unsigned bit = strcmp(*word, "all") ? 0 : 15;
        for (int v = SIPCHECK_PASS; v <= SIPCHECK_UNKNOWN; v++)
            if (!strcmp(*word, sipcheck_verdict_name((enum sipcheck_verdict)v))) bit = 1u << v;
        if (!bit) {
            complain(
                "--verdicts takes fail, unknown, pass, na (with commas between) or all, not '%s'",
                *word);
            return 0;
        }
        bits |= bit;
    }
    return bits;
}

/* ADDR, ADDR:PORT, [V6], [V6]:PORT against an address. */
static gboolean is_dut(const char *dut, const sipcheck_address_port *address)
{
    char text[SIPCHECK_ADDRESS_TEXT];
    if (!dut) return TRUE;
    if (!address) return FALSE;
    sipcheck_address_text(address, text);
    if (!strcmp(dut, text)) return TRUE;
    char *colon = strrchr(text, ':');
    if (colon) *colon = '\0';
    if (!strcmp(dut, text)) return TRUE;
    gsize n = strlen(text);
    return *text == '[' && n > 2 && strlen(dut) == n - 2 && !strncmp(dut, text + 1, n - 2);
}

static void on_message(void *user, const sipcheck_packet *packet, const sipcheck_message *message)
{
    struct audit *audit = user;
    tally_message(&audit->summary.tally, packet, message);
}

/* Writes to stdout; at the first call, with several captures, puts the file's name behind the
 * opening brace. */
static int write_line(void *user, const char *text, size_t length)
{
    const char **source = user;
    if (*source && length && *text == '{') {
        fputs("{\"file\":", stdout);
        output_json_text(stdout, *source);
        fputc(',', stdout);
        text++, length--;
    }
    *source = NULL;
    return fwrite(text, 1, length, stdout) == length ? 0 : -1;
}

static void on_finding(void *user, const sipcheck_finding *finding)
{
    struct audit *audit = user;
    if (!is_dut(audit->options.dut, finding->culprit)) return;
    if (audit->options.dut) {
        size_t index = 0;
        if (sipcheck_rules_find(audit->summary.rules, finding->rule->id, &index))
            audit->summary.totals.counts[index].verdict[finding->verdict]++;
    }
    if (!(audit->shown & 1u << finding->verdict)) return;
    tally_finding(&audit->summary.tally, finding, audit->source);
    const char *source = audit->source;
    if (audit->options.json && sipcheck_finding_json(finding, write_line, &source))
        audit->broken_pipe = TRUE;
}

static bool on_packet(void *user, const sipcheck_packet *packet, unsigned source)
{
    struct audit *audit = user;
    struct audit_summary *summary = &audit->summary;
    if (summary->capture.source_count > 1) audit->source = summary->capture.sources[source].path;
    int code = sipcheck_feed(audit->engine, packet);
    if (code) summary->not_judged++;
    return !audit->broken_pipe;
}

/* A line of progress on a terminal, wiped when done; a live pipe has no total. */
static bool on_progress(void *user, uint64_t read, uint64_t total)
{
    struct audit *audit = user;
    if (total)
        fprintf(stderr, "\r%3u%%", (unsigned)(read * 100 / total));
    else
        fprintf(stderr, "\r%" G_GUINT64_FORMAT " messages", sipcheck_message_count(audit->engine));
    fflush(stderr);
    return !audit->broken_pipe;
}

static void add_totals(struct rule_totals *totals, size_t rules)
{
    for (size_t i = 0; i < rules; i++) {
        const uint64_t *n = totals->counts[i].verdict;
        totals->exercised += n[SIPCHECK_PASS] + n[SIPCHECK_FAIL] + n[SIPCHECK_UNKNOWN] > 0;
        totals->passed += n[SIPCHECK_PASS] > 0 && !n[SIPCHECK_FAIL] && !n[SIPCHECK_UNKNOWN];
        totals->failed += n[SIPCHECK_FAIL] > 0;
        totals->unknown += n[SIPCHECK_UNKNOWN] > 0;
    }
}

gboolean capture_is_incomplete(const capture_stats *capture)
{
    return capture_losses(capture) || capture->counters[CAPTURE_TLS].count ||
           capture->counters[CAPTURE_DTLS].count || capture->counters[CAPTURE_WEBSOCKET].count;
}

static void write_report(struct audit *audit)
{
    struct audit_summary *summary = &audit->summary;
    size_t rules = sipcheck_rules_count(summary->rules);
    for (size_t i = 0; i < rules && !audit->options.dut; i++)
        summary->totals.counts[i] = sipcheck_rule_counts(audit->engine, i);
    add_totals(&summary->totals, rules);
    summary->incomplete = capture_is_incomplete(&summary->capture) || summary->not_judged;
    summary->colour = output_wants_colour();
    if (audit->options.json) {
        report_ndjson_summary(summary);
        return;
    }
    tally_sort(&summary->tally);
    report_text(summary);
}

static int exit_code(const struct audit *audit)
{
    for (int severity = audit->options.fail_level; severity <= SIPCHECK_ERROR; severity++)
        if (audit->summary.tally.findings[severity]) return EXIT_FINDINGS;
    return audit->summary.incomplete ? EXIT_INCOMPLETE : EXIT_CLEAN;
}

static int run(struct audit *audit, char **paths)
{
    struct audit_summary *summary = &audit->summary;
    gboolean progress = isatty(STDERR_FILENO) && isatty(STDOUT_FILENO);
    const capture_options options = { .on_progress = progress ? on_progress : NULL,
                                      .progress_user = audit };
    g_autoptr(GError) error = NULL;
    bool fine = capture_run((const char *const *)paths, g_strv_length(paths), &options, on_packet,
                            audit, &summary->capture, &error);
    if (progress) fprintf(stderr, "\r%32s\r", "");
    if (!fine) {
        complain("%s", error->message);
        return EXIT_UNREADABLE;
    }
    if (sipcheck_finish(audit->engine)) summary->not_judged++;
    write_report(audit);
    if (fflush(stdout) || audit->broken_pipe) {
        complain("the report could not be written to the end: %s", g_strerror(errno));
        return EXIT_UNREADABLE;
    }
    return exit_code(audit);
}

/* What the words of the command line mean; FALSE: complained about. */
static gboolean settle(struct audit *audit, sipcheck_filter **filter)
{
    struct audit_options *options = &audit->options;
    options->json = output_is_json(options->format);
    if (options->format && !options->json && strcmp(options->format, "text")) {
        complain("--format is text or ndjson, not '%s'", options->format);
        return FALSE;
    }
    options->fail_level = parse_fail_on(options->fail_on ? options->fail_on : "error");
    audit->shown = parse_verdicts(options->verdicts ? options->verdicts : "fail");
    if (options->fail_level < 0 || !audit->shown) return FALSE;
    sipcheck_error error = { 0 };
    int code = options->filter ? sipcheck_filter_new(NULL, options->filter, filter, &error) : 0;
    if (code == SIPCHECK_NOMEM)
        complain("%s", sipcheck_strerror(code));
    else if (code)
        ruleset_complain(&error);
    return code == 0;
}

static int judge(struct audit *audit, const sipcheck_filter *filter, char **paths)
{
    struct audit_summary *summary = &audit->summary;
    sipcheck_rules *rules = ruleset_load(&audit->options.rules);
    if (!rules) return EXIT_USAGE;
    summary->rules = rules;
    summary->verdicts = audit->shown;
    summary->dut = audit->options.dut;
    summary->totals.counts = g_new0(sipcheck_counts, sipcheck_rules_count(rules));
    tally_init(&summary->tally);
    const sipcheck_options options = {
        .verdicts = audit->options.dut ? 15 : audit->shown | 1u << SIPCHECK_FAIL,
        .filter = filter,
        .on_finding = on_finding,
        .on_message = on_message,
        .user = audit,
    };
    audit->engine = sipcheck_new(rules, &options);
    if (!audit->engine) complain("%s", sipcheck_strerror(SIPCHECK_NOMEM));
    int code = audit->engine ? run(audit, paths) : EXIT_UNREADABLE;
    sipcheck_free(audit->engine);
    tally_clear(&summary->tally);
    capture_stats_clear(&summary->capture);
    g_free(summary->totals.counts);
    sipcheck_rules_free(rules);
    return code;
}

static void options_clear(struct audit_options *options)
{
    ruleset_options_clear(&options->rules);
    g_free(options->format);
    g_free(options->fail_on);
    g_free(options->verdicts);
    g_free(options->filter);
    g_free(options->dut);
}

int cmd_audit(int argc, char **argv)
{
    struct audit audit = { 0 };
    struct audit_options *o = &audit.options;
    const GOptionEntry entries[] = {
        { "format", 'f', 0, G_OPTION_ARG_STRING, &o->format,
          "text (default) or ndjson, a finding a line", "FORMAT" },
        { "fail-on", 0, 0, G_OPTION_ARG_STRING, &o->fail_on,
          "exit with 1 from this severity on: error (default), warning, info, never", "L" },
        { "verdicts", 0, 0, G_OPTION_ARG_STRING, &o->verdicts,
          "which to show: fail (default), unknown, pass, na, all", "V" },
        { "filter", 'Y', 0, G_OPTION_ARG_STRING, &o->filter,
          "judge only messages for which this is true", "EXPR" },
        { "dut", 0, 0, G_OPTION_ARG_STRING, &o->dut,
          "only what this element sent: ADDR or ADDR:PORT", "ADDR" },
        RULESET_ENTRIES(o->rules),
        G_OPTION_ENTRY_NULL
    };
    gboolean fine =
        command_options(&argc, &argv, "FILE… | -",
                        "Judges the SIP traffic of captures (pcap, pcapng, gzip, zstd and what "
                        "else libwiretap reads; - is standard input).\n"
                        "Several files are merged by time. Exit codes: 0 nothing at or above "
                        "--fail-on, 1 findings, 2 usage,\n"
                        "3 input unreadable, 4 judgement incomplete and nothing failed.",
                        entries);
    g_auto(GStrv) args = argv;
    sipcheck_filter *filter = NULL;
    if (fine && argc < 2) complain("audit wants at least one FILE, or - for standard input");
    int code = EXIT_USAGE;
    if (fine && argc > 1 && settle(&audit, &filter)) code = judge(&audit, filter, args + 1);
    sipcheck_filter_free(filter);
    options_clear(o);
    return code;
}
