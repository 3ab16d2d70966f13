/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last line of `--format ndjson`; the findings before it are written as they come. */
#include "../output.h"
#include "report.h"

#include <stdio.h>

#include <sipcheck/report.h>

static void number(const char *name, guint64 value)
{
    printf("\"%s\":%" G_GUINT64_FORMAT, name, value);
}

/* Who decrypted, and the first thing that went wrong there. */
static void print_decryption(const struct audit_summary *s)
{
    const char *problem = "";
    gboolean decrypted = FALSE;
    for (size_t i = 0; i < s->capture.source_count; i++) {
        const capture_source *source = &s->capture.sources[i];
        decrypted = decrypted || source->secrets;
        if (!*problem) problem = source->decrypt_problem;
    }
    if (decrypted) printf(",\"decrypted_by\":\"tshark\"");
    if (!*problem) return;
    printf(",\"decryption_problem\":");
    output_json_text(stdout, problem);
}

static void print_capture(const struct audit_summary *s)
{
    printf(",\"capture\":{");
    number("frames", s->capture.frames);
    printf(",\"incomplete\":%s", s->incomplete ? "true" : "false");
    if (s->interrupted) printf(",\"interrupted\":true");
    print_decryption(s);
    for (unsigned id = 0; id < CAPTURE_COUNTER_COUNT; id++) {
        if (!s->capture.counters[id].count) continue;
        putchar(',');
        number(capture_counter_info_of(id)->name, s->capture.counters[id].count);
    }
    putchar('}');
}

/* Null where nothing was tracked: no rule that is on needs it, and 0 would say there were none. */
static void print_sequences(const struct audit_summary *s)
{
    const sipcheck_sequence_counts *n = &s->sequences;
    if (!n->tracked) {
        printf(",\"transactions\":null,\"dialogs\":null");
        return;
    }
    putchar(',');
    number("transactions", n->transactions);
    putchar(',');
    number("dialogs", n->dialogs);
    if (!n->evicted && !n->refused) return;
    putchar(',');
    number("evicted", n->evicted + n->refused);
}

void report_ndjson_summary(const struct audit_summary *s)
{
    printf("{\"summary\":{");
    number("messages", s->tally.messages);
    print_sequences(s);
    printf(",\"rules\":{");
    number("exercised", s->totals.exercised);
    putchar(',');
    number("passed", s->totals.passed);
    putchar(',');
    number("failed", s->totals.failed);
    putchar(',');
    number("unknown", s->totals.unknown);
    printf("},\"findings\":{");
    number("error", s->tally.findings[SIPCHECK_ERROR]);
    putchar(',');
    number("warning", s->tally.findings[SIPCHECK_WARNING]);
    putchar(',');
    number("info", s->tally.findings[SIPCHECK_INFO]);
    putchar(',');
    number("waived", s->tally.waived);
    putchar('}');
    print_capture(s);
    if (s->not_judged) {
        putchar(',');
        number("not_judged", s->not_judged);
    }
    puts("}}");
}
