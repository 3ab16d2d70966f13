/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outputs of `sipcheck audit`. To add one: a file beside these, a word in options.c, a call in
 * cmd_audit.c. */
#ifndef SIPCHECK_CLI_AUDIT_REPORT_H
#define SIPCHECK_CLI_AUDIT_REPORT_H

#include "../capture/capture.h"
#include "excerpt.h"
#include "options.h"
#include "tally.h"

/* How often each rule gave each verdict, and the totals of that. */
struct rule_totals {
    guint exercised, passed, failed,
        unknown; /* rules: with a pass, fail or unknown; only passes; a fail; an unknown */
    sipcheck_counts *counts; /* by rule index */
};

struct audit_summary {
    char **paths;
    const sipcheck_rules *rules;
    struct tally tally;
    struct rule_totals totals;
    capture_stats capture;
    sipcheck_sequence_counts sequences;
    guint64 not_judged;    /* messages beyond a limit of the library */
    gboolean incomplete;   /* something was cut, lost or undecryptable, or nothing was judged */
    gboolean interrupted;  /* ^C came before the end of the files */
    guint64 *dut_messages; /* sent by each --dut */
    const struct audit_options *options;
    gboolean colour;
    struct excerpts *excerpts; /* NULL: they are not wanted */
};

/* The capture lacked something of the SIP traffic it shows: cut, lost, or encrypted. */
gboolean capture_is_incomplete(const capture_stats *capture);

/* What the capture was, and what it lacks: how a report for people begins. */
void report_capture(const struct audit_summary *summary);

/* For people. */
void report_text(const struct audit_summary *summary);

/* "frames 3, 7, …" of a group: the first; "" where it has none. */
char *report_frames(const struct tally_group *group);

/* For servers of CI. */
void report_junit(const struct audit_summary *summary);

/* The last line of ndjson. */
void report_ndjson_summary(const struct audit_summary *summary);

#endif
