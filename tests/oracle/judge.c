/* SPDX-License-Identifier: MIT */
#include "oracle/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipcheck/message.h>

enum { RUNS = 700, DERIVED_MAX = 260, SHOWN_MAX = 6 };

/* --- one text, judged twice
 * ------------------------------------------------------------------------------------------ */

/* The text as the message that the subject makes of it; valid until the next call. */
static const uint8_t *message_of(const struct oracle_subject *subject, const uint8_t *text,
                                 size_t *n)
{
    static uint8_t bytes[ABNF_TEXT_MAX + 400];
    size_t before = strlen(subject->before), after = strlen(subject->after);
    memcpy(bytes, subject->before, before);
    memcpy(bytes + before, text, *n);
    memcpy(bytes + before + *n, subject->after, after);
    *n += before + after;
    return bytes;
}

static bool library_says(const struct oracle_way *way, const uint8_t *bytes, size_t n)
{
    if (way->valid) return way->valid(bytes, n);
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_message *message = NULL;
    if (sipcheck_parse(arena, bytes, n, 0, &message) != 0) {
        fprintf(stderr, "oracle: a message could not be parsed\n");
        exit(1);
    }
    bool valid = message->valid;
    sipcheck_arena_free(arena);
    return valid;
}

/* A CRLF that no fold follows would begin another line: such a text is not one field. */
static bool is_one_field(const uint8_t *text, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (text[i] == '\r' && text[i + 1] == '\n' &&
            (i + 2 == n || (text[i + 2] != ' ' && text[i + 2] != '\t')))
            return false;
    return n == 0 || text[n - 1] != '\r';
}

static void show(const uint8_t *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf(text[i] < 0x20 || text[i] > 0x7e || text[i] == '\\' ? "\\x%02x" : "%c", text[i]);
}

static unsigned judge(struct abnf *grammar, const struct oracle_subject *subject,
                      const struct oracle_way *way, const uint8_t *text, size_t n, unsigned shown)
{
    if (!way->valid && !is_one_field(text, n)) return 0;
    size_t length = n;
    const uint8_t *bytes = message_of(subject, text, &length);
    bool grammar_says = way->whole
                            ? abnf_match(grammar, way->whole, bytes + way->skip, length - way->skip)
                            : abnf_match(grammar, subject->production, text, n);
    if (grammar_says == library_says(way, bytes, length)) return 0;
    if (shown < SHOWN_MAX) {
        printf("%s: the grammar says %s: ", subject->production,
               grammar_says ? "valid" : "invalid");
        show(text, n);
        printf("\n");
    }
    return 1;
}

/* --- mutations
 * ----------------------------------------------------------------------------------------------------------
 */

static const char *const snippets[] = {
    " ",     "\t",     "\r\n ", "\r\n\t", "\r\n",     "\r",     "\n",   "\"",       "\\",
    "<",     ">",      "(",     ")",      ",",        ";",      ";;",   ",,",       "=",
    ":",     "@",      "?",     "&",      "%",        "%41",    "%4",   "[",        "]",
    "[::1]", "[1:2]",  "::",    ".",      "..",       "-",      "*",    "/",        "0",
    "9",     "99999",  "1.5",   "q=0.5",  "q=1.001",  ";tag=x", ";lr",  ";ttl=1",   "sip:",
    "sips:", "tel:+1", "a",     "Z",      "\xc3\xa9", "\xff",   "\x80", "\xc0\x80", "\xed\xa0\x80",
    "\x7f",  "\x01",   "{",     "'",      "$",        "!",      "#",    "1.2.3.4",  "256.1.1.1",
};

static size_t splice(uint8_t *text, size_t n, size_t at, size_t drop, const char *in, size_t in_n)
{
    if (n - drop + in_n > DERIVED_MAX + 60) return n;
    memmove(text + at + in_n, text + at + drop, n - at - drop);
    memcpy(text + at, in, in_n);
    return n - drop + in_n;
}

/* from: bytes before it (the header's name) stay. */
static size_t mutate(const struct oracle_way *way, uint8_t *text, size_t n, size_t from,
                     uint64_t *seed)
{
    if (n <= from) return n;
    size_t at = from + (size_t)(abnf_random(seed) >> 20) % (n - from);
    const char *snippet = way->snippets[(abnf_random(seed) >> 20) % way->snippet_count];
    char copy[16];
    size_t span = 1 + (size_t)(abnf_random(seed) >> 20) % 4;
    if (span > n - at) span = n - at;
    switch (abnf_random(seed) >> 20 & 3) {
    case 0:
        return splice(text, n, at, span, "", 0);
    case 1:
        return splice(text, n, at, 0, snippet, strlen(snippet));
    case 2:
        return splice(text, n, at, 1, snippet, strlen(snippet));
    default:
        memcpy(copy, text + at, span);
        return splice(text, n, at, 0, copy, span);
    }
}

static unsigned long setting(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

/* Each derivation as it is, then with one, two ... changes. */
static unsigned run_by(struct abnf *grammar, const struct oracle_subject *subject, bool from_colon,
                       const struct oracle_way *way)
{
    uint64_t seed = setting("SIPCHECK_ORACLE_SEED", 20260101);
    unsigned long runs = setting("SIPCHECK_ORACLE_RUNS", RUNS);
    for (const char *c = subject->production; *c; c++)
        seed = seed * 31 + (uint8_t)*c;
    unsigned wrong = 0;
    uint8_t text[ABNF_TEXT_MAX];
    for (unsigned long run = 0; run < runs;) {
        size_t n = abnf_derive(grammar, subject->production, &seed, text, DERIVED_MAX);
        if (!n) continue;
        const uint8_t *colon = memchr(text, ':', n);
        size_t from = from_colon && colon ? (size_t)(colon - text) + 1 : 0;
        wrong += judge(grammar, subject, way, text, n, wrong);
        for (size_t changes = abnf_random(&seed) >> 20 & 3; changes; changes--, run++) {
            n = mutate(way, text, n, from, &seed);
            wrong += judge(grammar, subject, way, text, n, wrong);
        }
        run++;
    }
    return wrong;
}

unsigned oracle_run(struct abnf *grammar, const struct oracle_subject *subject, bool from_colon)
{
    static const struct oracle_way of_heads = { .snippets = snippets,
                                                .snippet_count =
                                                    sizeof snippets / sizeof *snippets };
    return run_by(grammar, subject, from_colon, &of_heads);
}

unsigned oracle_run_by(struct abnf *grammar, const struct oracle_subject *subject,
                       const struct oracle_way *way)
{
    return run_by(grammar, subject, false, way);
}

unsigned oracle_run_headers(struct abnf *grammar, const char *const *names)
{
    unsigned wrong = 0;
    for (; *names; names++) {
        struct oracle_subject subject = { *names, "OPTIONS sip:a@example.com SIP/2.0\r\n",
                                          "\r\n\r\n" };
        unsigned more = oracle_run(grammar, &subject, true);
        if (more) printf("%s: %u disagreements\n", *names, more);
        wrong += more > 0;
    }
    return wrong;
}
