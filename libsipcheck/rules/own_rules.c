/* SPDX-License-Identifier: MIT */
/* The rules that no file states: the grammar's, one a header and one for each other part of a
 * message, and two about waivers. */
#include <stdio.h>
#include <string.h>

#include "rules/own.h"
#include "text/slice.h"

/* Proxies pass on what they need not read, broken or not. RFC 3261 §16.3 item 1 */
#define AUTHOR SC_OWN_AUTHOR
#define ANYBODY (AUTHOR | SIPCHECK_ROLE_PROXY)

static const struct {
    sc_own_words words;
    const char *const *statements;
    unsigned binds;
    enum sipcheck_level level;
} own[SC_OWN_COUNT] = {
    [SC_OWN_REQUEST_LINE] = { { "rfc3261-syntax-request-line",
                                "The request line follows its grammar", "7.1",
                                "A request begins with method, Request-URI and SIP/2.0, one space "
                                "between them, none elsewhere, and CRLF behind them.",
                                "A server that can't read the first line can't tell what is asked "
                                "of it; many drop the request without an answer.",
                                "Write METHOD SP Request-URI SP SIP/2.0 CRLF." },
                              (const char *const[]){ "3261-7.1-1", NULL },
                              SIPCHECK_ROLE_UAC,
                              SIPCHECK_MUST },
    [SC_OWN_STATUS_LINE] = { { "rfc3261-syntax-status-line", "The status line follows its grammar",
                               "7.2",
                               "A response begins with SIP/2.0, a code of three digits and a "
                               "reason phrase, which may be empty, one space before each.",
                               "A client that can't read the status treats the request as "
                               "unanswered and repeats it.",
                               "Write SIP/2.0 SP three digits SP reason phrase CRLF." },
                             (const char *const[]){ NULL },
                             SIPCHECK_ROLE_UAS,
                             SIPCHECK_MUST },
    [SC_OWN_START_LINE] = { { "rfc3261-syntax-start-line",
                              "A message begins with a request line or a status line", "7",
                              "The first line of a message says whether it is a request or a "
                              "response.",
                              "Nobody can tell what such a message is; it is dropped.",
                              "Begin with METHOD SP Request-URI SP SIP/2.0, or with SIP/2.0 SP "
                              "status SP reason." },
                            (const char *const[]){ NULL },
                            ANYBODY,
                            SIPCHECK_MUST },
    [SC_OWN_LINE_END] = { { "rfc3261-syntax-line-end", "Every line ends in CRLF", "7",
                            "The start line, each header line and the empty line end in a carriage "
                            "return and a line feed, and neither stands alone anywhere in the "
                            "head.",
                            "A receiver that looks for CRLF joins two lines into one and loses the "
                            "second, or never finds the end of the headers.",
                            "End the line in CR LF." },
                          (const char *const[]){ "3261-7-1", NULL },
                          AUTHOR,
                          SIPCHECK_MUST },
    [SC_OWN_HEADER_LINE] = { { "rfc3261-syntax-header-line",
                               "A header line is a name, a colon and a value", "7.3.1",
                               "A header field is a name made of token characters, a colon and a "
                               "value of UTF-8 text.",
                               "A receiver takes such a line for a part of the one before it, or "
                               "refuses the message.",
                               "Write Name: value." },
                             (const char *const[]){ NULL },
                             AUTHOR,
                             SIPCHECK_MUST },
    [SC_OWN_EMPTY_LINE] = { { "rfc3261-syntax-empty-line", "An empty line ends the headers", "7",
                              "An empty line stands behind the last header, even when no body "
                              "follows.",
                              "Over a stream the receiver waits for the rest of the headers for "
                              "ever.",
                              "Send CRLF behind the last header line." },
                            (const char *const[]){ "3261-7-2", NULL },
                            ANYBODY,
                            SIPCHECK_MUST },
    [SC_OWN_WAIVER_EXPIRED] = { { "sipcheck-waiver-expired", "A waiver has expired", "",
                                  "A waiver holds until its date; the findings that it covered "
                                  "count again.",
                                  "A waiver that outlives its reason hides new defects.",
                                  "Remove the waiver, or agree on a new date with its owner." },
                                (const char *const[]){ NULL },
                                0,
                                SIPCHECK_SHOULD },
    [SC_OWN_WAIVER_UNUSED] = { { "sipcheck-waiver-unused", "A waiver covered nothing", "",
                                 "A waiver is there for findings that the capture has.",
                                 "A waiver without findings says that the defect is gone, or that "
                                 "the capture misses it.",
                                 "Remove the waiver if the defect is gone." },
                               (const char *const[]){ NULL },
                               0,
                               SIPCHECK_MAY },
};

static int add_own(sipcheck_rules *set, sc_file *file)
{
    for (unsigned i = 0; i < SC_OWN_COUNT; i++) {
        bool syntax = i < SC_OWN_WAIVER_EXPIRED;
        sc_rule *rule = sc_own_add(set, file, syntax ? 3261 : 0, &own[i].words);
        if (rule == NULL) return SIPCHECK_NOMEM;
        rule->pub.statements = own[i].statements;
        rule->pub.binds = own[i].binds;
        rule->pub.level = own[i].level;
        rule->pub.severity = (enum sipcheck_severity)(SIPCHECK_ERROR - (unsigned)own[i].level);
        rule->pub.syntax = syntax;
    }
    return SIPCHECK_OK;
}

/* --- headers */

static void write_id(char *id, size_t size, const sipcheck_header_info *info)
{
    int n = snprintf(id, size, "rfc%u-syntax-%s", (unsigned)info->rfc, info->name);
    for (int i = 0; i < n; i++)
        id[i] = (char)sc_lower((uint8_t)id[i]);
}

static void write_texts(sc_own_texts *t, const sipcheck_header_info *info)
{
    const char *name = info->name;
    write_id(t->id, sizeof t->id, info);
    snprintf(t->title, sizeof t->title, "%s follows its grammar", name);
    snprintf(
        t->asks, sizeof t->asks, "%s says: %s. Its value has the form of RFC %u section %s%s%s.",
        name, info->doc, (unsigned)info->rfc, info->section,
        info->rfc == 3261 ? ", whose ABNF stands in section 25.1 unless a later RFC replaces it"
                          : "",
        info->list ? "; several values make a list" : "");
    snprintf(t->why, sizeof t->why,
             "A strict receiver refuses the message or ignores its %s; tolerant ones guess, each "
             "in its own way, and an attacker can make use of the difference.",
             name);
    snprintf(t->fix, sizeof t->fix, "Write %s as RFC %u section %s has it.", name,
             (unsigned)info->rfc, info->section);
}

/* A Route is the client's, or it was recorded by others. */
static unsigned binds_of(enum sipcheck_header_id id)
{
    bool routing = id == SIPCHECK_HEADER_VIA || id == SIPCHECK_HEADER_RECORD_ROUTE ||
                   id == SIPCHECK_HEADER_MAX_FORWARDS;
    return routing ? ANYBODY : AUTHOR;
}

static int add_header_rule(sipcheck_rules *set, sc_file *file, enum sipcheck_header_id id)
{
    const sipcheck_header_info *info = sipcheck_header_info_of(id);
    sc_own_texts texts;
    write_texts(&texts, info);
    sc_rule *rule = sc_own_add_made(set, file, info->rfc, info->section, &texts);
    if (rule == NULL) return SIPCHECK_NOMEM;
    rule->pub.binds = binds_of(id);
    return SIPCHECK_OK;
}

static int add_all(sipcheck_rules *set, sc_file *file)
{
    int code = sc_set_reserve(set, SC_OWN_COUNT + SIPCHECK_HEADER_COUNT);
    if (code == SIPCHECK_OK) code = add_own(set, file);
    for (unsigned id = 1; id < SIPCHECK_HEADER_COUNT && code == SIPCHECK_OK; id++)
        code = add_header_rule(set, file, (enum sipcheck_header_id)id);
    if (code == SIPCHECK_OK) code = sc_add_body_rules(set, file);
    return code;
}

int sc_add_own_rules(sipcheck_rules *set)
{
    static const sc_yaml_file grammar = { .name = "(grammar)", .text = { (const uint8_t *)"", 0 } };
    sc_file *file;
    int code = sc_file_new(set, &grammar, true, &file);
    if (code == SIPCHECK_OK) {
        sc_set_keep_file(set, file);
        code = add_all(set, file);
    }
    return code;
}

/* --- from a fault to its rule */

void sc_index_own_rules(sipcheck_rules *set)
{
    for (unsigned i = 0; i < SC_OWN_COUNT; i++)
        set->own_rule[i] = sc_own_index(set, own[i].words.id);
    for (unsigned id = 1; id < SIPCHECK_HEADER_COUNT; id++) {
        char text[64];
        write_id(text, sizeof text, sipcheck_header_info_of((enum sipcheck_header_id)id));
        set->header_rule[id] = sc_own_index(set, text);
    }
    set->header_rule[SIPCHECK_HEADER_UNKNOWN] = set->own_rule[SC_OWN_HEADER_LINE];
}

/* By the production where that says it, else by the line in which the fault lies. */
static enum sc_own_rule own_of_fault(const sipcheck_message *message, const sipcheck_fault *fault)
{
    static const struct {
        const char *production;
        enum sc_own_rule own;
    } table[] = {
        { "CRLF", SC_OWN_LINE_END },
        { "Request", SC_OWN_EMPTY_LINE },
        { "Response", SC_OWN_EMPTY_LINE },
        { "message-header", SC_OWN_HEADER_LINE },
        { "extension-header", SC_OWN_HEADER_LINE },
    };
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(fault->production, table[i].production) == 0) return table[i].own;
    size_t start_line = (size_t)(message->start_line.p - message->bytes) + message->start_line.n;
    if (message->start_line.p != NULL && fault->offset > start_line) return SC_OWN_HEADER_LINE;
    return message->is_request    ? SC_OWN_REQUEST_LINE
           : message->is_response ? SC_OWN_STATUS_LINE
                                  : SC_OWN_START_LINE;
}

size_t sc_rule_of_fault(const sipcheck_rules *set, const sipcheck_message *message,
                        const sipcheck_fault *fault)
{
    bool line_end = strcmp(fault->production, "CRLF") == 0;
    bool header = fault->in_header && fault->header != SIPCHECK_HEADER_UNKNOWN && !line_end;
    return header ? set->header_rule[fault->header] : set->own_rule[own_of_fault(message, fault)];
}
