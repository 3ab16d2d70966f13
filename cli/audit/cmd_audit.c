/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck audit: captures in, findings out. */
#include "../breaks.h"
#include "../capture/capture.h"
#include "../command.h"
#include "../flow/calls.h"
#include "../flow/traffic.h"
#include "../interrupt.h"
#include "../output.h"
#include "absent.h"
#include "jobs.h"
#include "report.h"
#include "statement.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sipcheck/report.h>

enum { OUTPUT_BUFFER = 64 * 1024 };

struct audit {
    struct audit_options options;
    struct audit_summary summary;
    credentials *known; /* NULL: no password is */
    sipcheck_options engine_options;
    sipcheck *engine;
    sipcheck_json *json; /* NULL: the report is for people */
    struct jobs *jobs;   /* NULL: the engine is fed */
    GArray *absent;      /* elements that options name, of which no message was seen so far */
    guint64 fed;         /* messages */
    struct breaks_seen breaks;
    gboolean broken_pipe;
    gboolean progress; /* is shown */
    gboolean live;
};

/* transaction, step: where there are excerpts. */
static void take_message(void *user, const sipcheck_packet *packet, const struct tally_heard *heard,
                         GBytes *transaction, struct step *step)
{
    struct audit *audit = user;
    tally_message(&audit->summary.tally, packet, heard);
    absent_meet(audit->absent, packet);
    if (audit->summary.excerpts) excerpts_message(audit->summary.excerpts, transaction, step);
    const GArray *duts = audit->options.dut_addresses;
    for (guint i = 0; i < duts->len; i++)
        if (address_is(&g_array_index(duts, sipcheck_address_port, i), &packet->src))
            audit->summary.dut_messages[i]++;
}

static void on_message(void *user, const sipcheck_packet *packet, const sipcheck_message *message)
{
    const struct audit *audit = user;
    const struct tally_heard heard = tally_hear(packet, message);
    gboolean ladder = audit->summary.excerpts != NULL;
    take_message(user, packet, &heard, ladder ? call_transaction(message) : NULL,
                 ladder ? step_new(packet, message, packet->source) : NULL);
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

/* line: what is written of it, where it is JSON; NULL: it is made here. */
static void take_finding(void *user, const sipcheck_finding *finding, GBytes *transaction,
                         const char *line, gsize length)
{
    struct audit *audit = user;
    gboolean about_waiver = !finding->message_parsed;
    if (audit->options.duts) {
        size_t index = 0;
        if (sipcheck_rules_find(audit->summary.rules, finding->rule->id, &index))
            audit->summary.totals.counts[index].verdict[finding->verdict]++;
    }
    gboolean shown = (audit->options.shown & 1u << finding->verdict) != 0;
    const capture_stats *capture = &audit->summary.capture;
    gboolean several = capture->source_count > 1 && !about_waiver;
    const char *source = several ? capture->sources[finding->packet->source].path : NULL;
    tally_finding(&audit->summary.tally, finding, source, shown);
    if (shown && audit->summary.excerpts && !about_waiver)
        excerpts_finding(audit->summary.excerpts, finding, transaction);
    if (!shown || !audit->json) return;
    int code = line ? write_line(&source, line, length)
                    : sipcheck_json_finding(audit->json, finding, write_line, &source);
    if (code) audit->broken_pipe = TRUE;
}

static gboolean is_wanted(const void *user, const sipcheck_address_port *culprit)
{
    const struct audit *audit = user;
    return audit_is_dut(&audit->options, culprit);
}

static void on_finding(void *user, const sipcheck_finding *finding)
{
    gboolean about_waiver = !finding->message_parsed;
    if (about_waiver || is_wanted(user, finding->culprit))
        take_finding(user, finding, NULL, NULL, 0);
}

static void take_not_judged(void *user)
{
    struct audit *audit = user;
    audit->summary.not_judged++;
}

/* The report shows the texts of the first of its kind; each line of JSON has its own. */
static bool wants_texts(void *user, const sipcheck_finding *finding)
{
    const struct audit *audit = user;
    if (!(audit->options.shown & 1u << finding->verdict)) return false;
    if (!is_wanted(user, finding->culprit)) return false;
    return audit->options.json || tally_is_new(&audit->summary.tally, finding);
}

static bool on_packet(void *user, const sipcheck_packet *packet, unsigned source)
{
    struct audit *audit = user;
    struct audit_summary *summary = &audit->summary;
    sipcheck_packet fed = *packet;
    fed.source = source;
    struct breaks breaks = breaks_since(&audit->breaks, &summary->capture, packet, source);
    audit->fed++;
    if (audit->jobs) {
        jobs_feed(audit->jobs, &fed, breaks);
    } else {
        breaks_tell(audit->engine, breaks, packet);
        if (sipcheck_feed(audit->engine, &fed)) take_not_judged(audit);
    }
    return !audit->broken_pipe && !interrupt_came();
}

static void on_undelivered(void *user, const sipcheck_packet *undelivered)
{
    struct audit *audit = user;
    struct breaks breaks = breaks_undelivered(&audit->breaks, &audit->summary.capture);
    if (audit->jobs)
        jobs_unreached(audit->jobs, undelivered, breaks);
    else
        breaks_tell(audit->engine, breaks, undelivered);
}

/* A line of progress on a terminal, wiped when done; a live pipe has no total. */
static bool on_progress(void *user, uint64_t read, uint64_t total)
{
    struct audit *audit = user;
    if (!audit->progress) return !audit->broken_pipe && !interrupt_came();
    if (total)
        fprintf(stderr, "\r%3u%%", (unsigned)(read * 100 / total));
    else
        fprintf(stderr, "\r%" G_GUINT64_FORMAT " messages", audit->fed);
    fflush(stderr);
    return !audit->broken_pipe && !interrupt_came();
}

/* Rules about waivers (of no RFC) are not among them. */
static void add_totals(struct rule_totals *totals, const sipcheck_rules *rules)
{
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++) {
        if (!sipcheck_rules_at(rules, i)->rfc) continue;
        const uint64_t *n = totals->counts[i].verdict;
        totals->exercised += n[SIPCHECK_PASS] + n[SIPCHECK_FAIL] + n[SIPCHECK_UNKNOWN] > 0;
        totals->passed += n[SIPCHECK_PASS] > 0 && !n[SIPCHECK_FAIL] && !n[SIPCHECK_UNKNOWN];
        totals->failed += n[SIPCHECK_FAIL] > 0;
        totals->unknown += n[SIPCHECK_UNKNOWN] > 0;
    }
}

gboolean capture_is_incomplete(const capture_stats *capture)
{
    static const enum capture_counter_id hidden[] = { CAPTURE_TLS, CAPTURE_DTLS,
                                                      CAPTURE_WEBSOCKET_COMPRESSED,
                                                      CAPTURE_HEP_COMPRESSED };
    for (gsize i = 0; i < G_N_ELEMENTS(hidden); i++)
        if (capture->counters[hidden[i]].count) return TRUE;
    return capture_losses(capture) > 0;
}

static void write_report(struct audit *audit)
{
    struct audit_summary *summary = &audit->summary;
    size_t rules = sipcheck_rules_count(summary->rules);
    for (size_t i = 0; i < rules && !audit->options.duts; i++)
        summary->totals.counts[i] = sipcheck_rule_counts(audit->engine, i);
    add_totals(&summary->totals, summary->rules);
    gboolean nothing = !summary->tally.messages || !summary->totals.exercised;
    for (guint i = 0; i < audit->options.dut_addresses->len; i++)
        nothing |= !summary->dut_messages[i];
    summary->sequences = sipcheck_sequences(audit->engine);
    summary->incomplete = nothing || summary->interrupted || summary->not_judged ||
                          capture_is_incomplete(&summary->capture);
    summary->colour = output_wants_colour();
    if (audit->options.json) {
        if (audit->options.statement) statement_ndjson(summary);
        report_ndjson_summary(summary);
        return;
    }
    if (audit->options.statement) {
        statement_text(summary);
        return;
    }
    tally_sort(&summary->tally);
    if (audit->options.junit)
        report_junit(summary);
    else
        report_text(summary);
}

static int exit_code(const struct audit *audit)
{
    for (int severity = audit->options.fail_level; severity <= SIPCHECK_ERROR; severity++)
        if (audit->summary.tally.findings[severity]) return EXIT_FINDINGS;
    return audit->summary.incomplete ? EXIT_INCOMPLETE : EXIT_CLEAN;
}

/* A live capture may have no end but ^C, and its findings are wanted as they come. */
static void expect_live(struct audit *audit, char **paths)
{
    audit->live = interrupt_is_live(paths, g_strv_length(paths));
    interrupt_catch(audit->live);
    if (audit->options.json) setvbuf(stdout, NULL, audit->live ? _IOLBF : _IOFBF, OUTPUT_BUFFER);
}

/* FALSE: no memory. Of a live capture findings are wanted as they come, not when a block of
 * messages is full. */
static gboolean start_jobs(struct audit *audit)
{
    const struct audit_options *asked = &audit->options;
    if (asked->jobs == 1 || audit->live) return TRUE;
    const struct jobs_face face = {
        .rules = audit->summary.rules,
        .options = audit->engine_options,
        .shown = asked->shown,
        .json = asked->json,
        .ladder = asked->ladder,
        .is_wanted = is_wanted,
        .message = take_message,
        .finding = take_finding,
        .not_judged = take_not_judged,
        .user = audit,
    };
    audit->jobs = jobs_new(&face, (guint)asked->jobs);
    return audit->jobs != NULL;
}

static int no_memory(void)
{
    complain("%s", sipcheck_strerror(SIPCHECK_NOMEM));
    return EXIT_UNREADABLE;
}

static int run(struct audit *audit, char **paths)
{
    struct audit_summary *summary = &audit->summary;
    gboolean mixed = audit->options.json && isatty(STDOUT_FILENO);
    gboolean progress = isatty(STDERR_FILENO) && !mixed;
    audit->progress = progress;
    const capture_options options = { .limits.keep_duplicates = audit->options.keep_duplicates,
                                      .on_progress = on_progress,
                                      .progress_user = audit,
                                      .on_undelivered = on_undelivered,
                                      .undelivered_user = audit,
                                      .text = audit->options.text_log,
                                      .keylog = audit->options.keylog };
    g_autoptr(GError) error = NULL;
    expect_live(audit, paths);
    if (!start_jobs(audit)) return no_memory();
    bool fine = capture_run((const char *const *)paths, g_strv_length(paths), &options, on_packet,
                            audit, &summary->capture, &error);
    jobs_finish(audit->jobs, audit->engine);
    interrupt_done();
    summary->interrupted = interrupt_came() && !audit->live;
    if (progress) fprintf(stderr, "\r%32s\r", "");
    if (!fine) {
        traffic_complain(error);
        return EXIT_UNREADABLE;
    }
    traffic_check_keylog(audit->options.keylog, &summary->capture);
    absent_complain(audit->absent);
    if (sipcheck_finish(audit->engine)) summary->not_judged++;
    write_report(audit);
    return exit_code(audit);
}

static int judge_with(struct audit *audit, char **paths)
{
    struct audit_options *asked = &audit->options;
    struct audit_summary *summary = &audit->summary;
    sipcheck_rules *rules = ruleset_load(&asked->rules);
    if (!rules) return EXIT_USAGE;
    summary->rules = rules;
    summary->options = asked;
    summary->totals.counts = g_new0(sipcheck_counts, sipcheck_rules_count(rules));
    summary->dut_messages = g_new0(guint64, asked->dut_addresses->len + 1);
    tally_init(&summary->tally);
    if (asked->ladder) summary->excerpts = excerpts_new();
    audit->engine_options = (sipcheck_options){
        .verdicts = asked->duts ? 15 : asked->shown | 1u << SIPCHECK_FAIL,
        .filter = asked->compiled_filter,
        .on_finding = on_finding,
        .wants_texts = wants_texts,
        .on_message = on_message,
        .user = audit,
        .memory_max = asked->memory_max,
        .digest = credentials_digest(audit->known),
    };
    audit->absent = absent_new(asked->vantages.words, asked->roles.words);
    vantages_set(&asked->vantages, &audit->engine_options);
    roles_set(&asked->roles, &audit->engine_options);
    audit->engine = sipcheck_new(rules, &audit->engine_options);
    if (asked->json) audit->json = sipcheck_json_new(rules, NULL);
    bool memory = audit->engine && (audit->json || !asked->json);
    int code = memory ? run(audit, paths) : no_memory();
    sipcheck_json_free(audit->json);
    sipcheck_free(audit->engine);
    tally_clear(&summary->tally);
    g_array_unref(audit->absent);
    excerpts_free(summary->excerpts);
    capture_stats_clear(&summary->capture);
    g_free(summary->totals.counts);
    g_free(summary->dut_messages);
    sipcheck_rules_free(rules);
    return code;
}

static int judge(struct audit *audit, char **paths)
{
    const char *path = audit->options.credentials;
    if (path && !(audit->known = credentials_load(path))) return EXIT_USAGE;
    int code = judge_with(audit, paths);
    credentials_free(audit->known);
    return code;
}

int cmd_audit(int argc, char **argv)
{
    struct audit audit = { 0 };
    gboolean fine = audit_options_read(&audit.options, &argc, &argv);
    g_auto(GStrv) args = argv;
    int code = fine ? judge(&audit, args + 1) : EXIT_USAGE;
    audit_options_clear(&audit.options);
    return code;
}
