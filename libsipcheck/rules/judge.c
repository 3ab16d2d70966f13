/* SPDX-License-Identifier: MIT */
/* One rule and one message: a verdict, where, and in which words. */
#include <stdio.h>
#include <string.h>

#include "rules/set.h"

sc_judgement sc_verdict_of(enum sc_outcome outcome, enum sc_missing missing)
{
    static const enum sipcheck_verdict verdicts[] = {
        [SC_FALSE] = SIPCHECK_FAIL,
        [SC_TRUE] = SIPCHECK_PASS,
        [SC_ABSENT] = SIPCHECK_NA,
        [SC_UNKNOWN] = SIPCHECK_UNKNOWN,
    };
    return (sc_judgement){ .verdict = verdicts[outcome], .missing = missing };
}

/* The bytes as a part of the message; its start line when they lie elsewhere. */
static void point_at(sc_judgement *judgement, sipcheck_slice mark, const sipcheck_message *message)
{
    const uint8_t *end = message->bytes + message->length;
    bool inside = mark.p != NULL && mark.p >= message->bytes && mark.p <= end &&
                  mark.n <= (size_t)(end - mark.p);
    if (!inside) mark = message->start_line;
    judgement->offset = mark.p != NULL ? (uint32_t)(mark.p - message->bytes) : 0;
    judgement->length = (uint32_t)mark.n;
}

sc_judgement sc_judge_kept_rule(const sc_rule *rule, const sc_context *context, sc_scratch *scratch)
{
    if (rule->applies == NULL) return sc_verdict_of(SC_TRUE, SC_MISSING_NOTHING);
    sc_result applies = sc_program_eval(rule->applies, context, scratch);
    return sc_verdict_of(applies.outcome == SC_FALSE ? SC_ABSENT : applies.outcome,
                         applies.missing);
}

sc_judgement sc_judge_rule(const sc_rule *rule, const sc_context *context, sc_scratch *scratch,
                           const sipcheck_message *message)
{
    sc_judgement judgement = sc_judge_kept_rule(rule, context, scratch);
    return judgement.verdict != SIPCHECK_PASS ? judgement
                                              : sc_judge_assertion(rule, context, scratch, message);
}

static const sc_program *mark_of(const sc_rule *rule)
{
    return rule->mark != NULL ? rule->mark : rule->assertion;
}

bool sc_is_marked(const sc_rule *rule)
{
    return rule->mark != NULL || !sc_program_breaks_at_element(rule->assertion);
}

sc_judgement sc_judge_broken_rule(const sc_rule *rule, const sc_context *context,
                                  sc_scratch *scratch, const sipcheck_message *message)
{
    sc_judgement judgement = { .verdict = SIPCHECK_FAIL };
    if (message == NULL) return judgement;
    scratch->broken = (sipcheck_slice){ NULL, 0 };
    point_at(&judgement, sc_program_mark_in(mark_of(rule), context, message, scratch), message);
    return judgement;
}

sc_judgement sc_judge_assertion(const sc_rule *rule, const sc_context *context, sc_scratch *scratch,
                                const sipcheck_message *message)
{
    sc_result result = sc_program_eval(rule->assertion, context, scratch);
    sc_judgement judgement = sc_verdict_of(result.outcome, result.missing);
    if (judgement.verdict == SIPCHECK_FAIL && message != NULL) {
        point_at(&judgement, sc_program_mark_in(mark_of(rule), context, message, scratch), message);
    }
    return judgement;
}

sc_judgement sc_judgement_at(const sc_rule *rule, const sc_context *context, sc_scratch *scratch,
                             const sipcheck_message *message)
{
    sc_judgement judgement = { .verdict = SIPCHECK_FAIL };
    sipcheck_slice mark = { NULL, 0 };
    if (rule->mark != NULL) mark = sc_program_mark_in(rule->mark, context, message, scratch);
    point_at(&judgement, mark, message);
    return judgement;
}

const char *sc_judgement_text(const sc_rule *rule, const sc_judgement *judgement,
                              const sc_context *context, sc_scratch *scratch, char *buf,
                              size_t size)
{
    if (judgement->verdict == SIPCHECK_FAIL)
        return sc_template_text(rule->message, context, scratch, buf, size);
    return judgement->verdict == SIPCHECK_UNKNOWN ? sc_missing_text(judgement->missing) : "";
}

const char *sc_constant_message(const sc_rule *rule)
{
    return rule->message != NULL ? sc_template_constant(rule->message) : NULL;
}

const char *sc_constant_fix(const sc_rule *rule)
{
    return rule->fix != NULL ? sc_template_constant(rule->fix) : rule->pub.fix;
}

/* What stands at the fault: one printable byte as itself, else in hex. */
static void write_found(const sipcheck_fault *fault, const sipcheck_message *message, char *buf,
                        size_t size)
{
    if (fault->offset >= message->length) {
        snprintf(buf, size, "the end of the message");
        return;
    }
    uint8_t byte = message->bytes[fault->offset];
    size_t behind = fault->offset + 1;
    if (byte == '\r' && (behind == message->length || message->bytes[behind] != '\n'))
        snprintf(buf, size, "CR alone");
    else if (byte == '\r' || byte == '\n')
        snprintf(buf, size, "the end of the line");
    else if (byte > ' ' && byte <= '~')
        snprintf(buf, size, "'%c'", byte);
    else if (byte == ' ')
        snprintf(buf, size, "a space");
    else
        snprintf(buf, size, "byte 0x%02X", (unsigned)byte);
}

size_t sc_fault_text(const sipcheck_fault *fault, const sipcheck_message *message, char *buf,
                     size_t size)
{
    char found[32];
    int n;
    if (strcmp(fault->production, "CRLF") == 0) {
        bool end = fault->length == 0;
        bool cr = !end && message->bytes[fault->offset] == '\r';
        n = snprintf(buf, size, "CRLF wanted, found %s",
                     end  ? "the end of the body"
                     : cr ? "CR alone"
                          : "LF alone");
    } else {
        write_found(fault, message, found, sizeof found);
        n = snprintf(buf, size, "%s wanted in %s, found %s", fault->wanted, fault->production,
                     found);
    }
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}
