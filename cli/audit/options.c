/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"
#include "../address.h"
#include "../command.h"
#include "jobs.h"

#include <string.h>

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
    g_auto(GStrv) words = g_strsplit(*text ? text : ",", ",", -1);
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

/* "512M": bytes, or K, M, G, T of 1024 bytes; FALSE: complained about. */
static gboolean parse_memory(const char *text, gsize *bytes)
{
    const char *units = "KMGT";
    char *end = NULL;
    guint64 number = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : 0;
    const char *unit = end && *end ? strchr(units, g_ascii_toupper(*end)) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    gboolean fine = number > 0 && number < G_MAXUINT64 && number <= G_MAXSIZE >> shift &&
                    (unit ? !end[1] : end && !*end);
    if (!fine) complain("--memory is a number of bytes, or of K, M, G: 512M, not '%s'", text);
    *bytes = fine ? (gsize)(number << shift) : 0;
    return fine;
}

gboolean audit_is_dut(const struct audit_options *options, const sipcheck_address_port *address)
{
    const GArray *duts = options->dut_addresses;
    gboolean any = !options->duts;
    for (guint i = 0; i < duts->len && !any; i++)
        any = address_is(&g_array_index(duts, sipcheck_address_port, i), address);
    return any;
}

/* The findings of that element are counted, and none is shown. */
static gboolean settle_statement(struct audit_options *options)
{
    sipcheck_address_port address;
    if (options->duts || options->verdicts) {
        complain("--statement is about one element and all verdicts: no --dut, no --verdicts");
        return FALSE;
    }
    if (!address_parse(options->statement, &address)) {
        complain("--statement is ADDR, ADDR:PORT or [ADDR]:PORT, not '%s'", options->statement);
        return FALSE;
    }
    options->duts = g_strdupv((char *[]){ options->statement, NULL });
    options->shown = 0;
    return TRUE;
}

/* FALSE: complained about. */
static gboolean settle_format(struct audit_options *options)
{
    const char *format = options->format ? options->format : "text";
    options->json = !strcmp(format, "ndjson");
    options->junit = !strcmp(format, "junit");
    if (!options->json && !options->junit && strcmp(format, "text") != 0)
        complain("--format is text, ndjson or junit, not '%s'", format);
    else if (options->ladder && (options->json || options->junit || options->statement))
        complain("--ladder is for the report of findings as text");
    else if (options->max != G_MAXINT && (options->json || options->junit || options->statement))
        complain("--max is for the report of findings as text");
    else if (options->max < 1)
        complain("--max is a number from 1 on");
    else if (options->junit && (options->statement || options->verdicts))
        complain("--format junit has each rule: no --statement, no --verdicts");
    else
        return TRUE;
    return FALSE;
}

/* What the words mean; FALSE: complained about. */
static gboolean settle(struct audit_options *options)
{
    options->fail_level = parse_fail_on(options->fail_on ? options->fail_on : "error");
    options->shown = parse_verdicts(options->verdicts ? options->verdicts : "fail");
    options->text_log = !g_strcmp0(options->format_in, "text");
    if (options->format_in && !options->text_log && strcmp(options->format_in, "capture") != 0) {
        complain("--format-in is capture or text, not '%s'", options->format_in);
        return FALSE;
    }
    if (options->text_log && options->keylog) {
        complain("--keylog is for captures, a text log has nothing to decrypt");
        return FALSE;
    }
    if (options->fail_level < 0 || !options->shown || !settle_format(options)) return FALSE;
    if (options->statement && !settle_statement(options)) return FALSE;
    options->dut_addresses = addresses_read("--dut", options->duts);
    if (!options->dut_addresses || !vantages_read(&options->vantages) ||
        !roles_read(&options->roles))
        return FALSE;
    if (options->jobs < 1 || options->jobs > JOBS_MAX) {
        complain("--jobs is 1 to %d, not %d", JOBS_MAX, options->jobs);
        return FALSE;
    }
    if (options->memory && !parse_memory(options->memory, &options->memory_max)) return FALSE;
    sipcheck_error error = { 0 };
    if (!options->filter) return TRUE;
    return ruleset_worked(
        sipcheck_filter_new(NULL, options->filter, &options->compiled_filter, &error), &error);
}

static gboolean check_paths(char *const *paths, const char *passwords)
{
    unsigned stdins = !g_strcmp0(passwords, "-");
    if (!*paths) complain("audit wants at least one FILE, or - for standard input");
    for (char *const *path = paths; *path; path++)
        stdins += !strcmp(*path, "-");
    if (stdins > 1) complain("standard input (-) can be read once only");
    return *paths && stdins <= 1;
}

gboolean audit_options_read(struct audit_options *options, int *argc, char ***argv)
{
    struct audit_options *o = options;
    o->jobs = 1;
    o->max = G_MAXINT;
    const GOptionEntry entries[] = {
        { "format", 'f', 0, G_OPTION_ARG_STRING, &o->format,
          "text (default); ndjson, a finding a line; junit, a test a rule", "FORMAT" },
        { "fail-on", 0, 0, G_OPTION_ARG_STRING, &o->fail_on,
          "exit with 1 from this severity on: error (default), warning, info, never", "L" },
        { "verdicts", 0, 0, G_OPTION_ARG_STRING, &o->verdicts,
          "which to show: fail (default), unknown, pass, na, all", "V" },
        { "filter", 'Y', 0, G_OPTION_ARG_FILENAME, &o->filter,
          "judge only messages for which this is true", "EXPR" },
        { "statement", 0, 0, G_OPTION_ARG_STRING, &o->statement,
          "instead of findings: which statements this element kept", "ADDR" },
        { "dut", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->duts,
          "only what this element sent: ADDR or ADDR:PORT (may be given again)", "ADDR" },
        VANTAGE_ENTRY(o->vantages),
        ROLE_ENTRY(o->roles),
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &o->jobs,
          "threads that judge (1); the outcome is the same", "N" },
        { "memory", 0, 0, G_OPTION_ARG_STRING, &o->memory, "for what is tracked: 512M (default)",
          "SIZE" },
        { "max", 0, 0, G_OPTION_ARG_INT, &o->max,
          "show so many elements at most, the worst first (all)", "N" },
        { "ladder", 0, 0, G_OPTION_ARG_NONE, &o->ladder,
          "show with each kind of finding the messages of its transaction", NULL },
        { "keep-duplicates", 0, 0, G_OPTION_ARG_NONE, &o->keep_duplicates,
          "judge a datagram as often as it was captured", NULL },
        { "format-in", 0, 0, G_OPTION_ARG_STRING, &o->format_in,
          "capture (default), or text: SIP messages in a log", "FORMAT" },
        { "keylog", 0, 0, G_OPTION_ARG_FILENAME, &o->keylog,
          "secrets of TLS (SSLKEYLOGFILE): tshark decrypts", "FILE" },
        CREDENTIALS_ENTRY(o->credentials),
        RULESET_ENTRIES(o->rules),
        G_OPTION_ENTRY_NULL
    };
    gboolean fine = command_options(
        argc, argv, "FILE… | -",
        "Judges the SIP traffic of captures: pcap, pcapng, gzip, zstd and what else "
        "libwiretap reads;\n- is standard input. Several files are merged by time.\n"
        "Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage, "
        "3 input unreadable,\n4 judgement incomplete and nothing failed.",
        entries);
    return fine && check_paths(*argv + 1, o->credentials) && settle(options);
}

void audit_options_clear(struct audit_options *options)
{
    sipcheck_filter_free(options->compiled_filter);
    ruleset_options_clear(&options->rules);
    g_free(options->format);
    g_free(options->fail_on);
    g_free(options->verdicts);
    g_free(options->filter);
    g_strfreev(options->duts);
    if (options->dut_addresses) g_array_unref(options->dut_addresses);
    g_free(options->statement);
    g_free(options->keylog);
    g_free(options->format_in);
    g_free(options->memory);
    vantages_clear(&options->vantages);
    roles_clear(&options->roles);
    g_free(options->credentials);
}
