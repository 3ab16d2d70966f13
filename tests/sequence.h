/* SPDX-License-Identifier: MIT */
/* Flows through the engine: a line a message in, a word a finding out. */
#ifndef TESTS_SEQUENCE_H
#define TESTS_SEQUENCE_H

#include "ruleset.h"

/* Lines leave out what they don't say. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define MS UINT64_C(1000000)

/* The tests that a rule has to have; they are not run here. */
#define SEQUENCE_FLOW "[{flow: [{from: alice, to: bob, base: ping}]}]\n"
#define SEQUENCE_TESTS                                                                             \
    "  tests:\n"                                                                                   \
    "    pass: " SEQUENCE_FLOW "    fail: " SEQUENCE_FLOW "    unknown: " SEQUENCE_FLOW

/* A rule of a wider scope; WHAT: from `scope` to what is asserted or expected. */
#define SEQUENCE_RULE(ID, BINDS, WHAT)                                                             \
    "- id: " ID "\n"                                                                               \
    "  title: a title\n"                                                                           \
    "  cites: [3261-8.1.1.5-2]\n"                                                                  \
    "  level: MUST\n"                                                                              \
    "  binds: " BINDS "\n"                                                                         \
    "  asks: what is asked\n"                                                                      \
    "  why: why it matters\n"                                                                      \
    "  message: said\n"                                                                            \
    "  fix: Send it\n" WHAT SEQUENCE_TESTS

/* One message. */
typedef struct line {
    unsigned ms; /* when; the flow begins at one second */
    const char
        *way; /* "a>b": hosts are letters; NULL: time passes, or the capture lost something */
    const char *start; /* "INVITE", "200"; "unreached": something was not delivered; way NULL:
                          "time", "gap", "clock" */
    const char *more;  /* headers beside those below, each with its CRLF; NULL: none; with
                          Content-Length also an empty line and the body */
    const char *vias;  /* branches, the top one first: "p a"; NULL: "a" */
    const char *cseq;  /* NULL: "1 INVITE" */
    const char *to;    /* tag; NULL: none in an INVITE, else "b" */
    bool tcp;          /* else over UDP */
} line;

typedef struct heard {
    char list[8192]; /* "id:verdict@frame/culprit[related] " a finding */
    char text[256];  /* of the last */
    unsigned count;
} heard;

static inline sipcheck_address_port host(char letter)
{
    return (sipcheck_address_port){ 4, { 10, 0, 0, (uint8_t)(letter - 'a' + 1) }, 5060 };
}

static inline void hear(void *user, const sipcheck_finding *f)
{
    heard *h = user;
    size_t used = strlen(h->list);
    h->count++;
    snprintf(h->text, sizeof h->text, "%s", f->text);
    if (used + 100 > sizeof h->list || f->message_parsed == NULL) return;
    used += (size_t)snprintf(h->list + used, sizeof h->list - used, "%s%s:%s@%u/%c",
                             used > 0 ? " " : "", f->rule->id, sipcheck_verdict_name(f->verdict),
                             (unsigned)f->packet->frame, 'a' + f->culprit->bytes[3] - 1);
    for (size_t i = 0; i < f->related_count; i++)
        used += (size_t)snprintf(h->list + used, sizeof h->list - used, "%c%u", i > 0 ? ',' : '+',
                                 (unsigned)f->related[i]);
}

static inline size_t write_vias(const char *vias, char *buf, size_t size)
{
    size_t n = 0;
    for (const char *p = vias; *p != '\0'; p += *p == ' ') {
        size_t length = strcspn(p, " ");
        n += (size_t)snprintf(buf + n, size - n,
                              "Via: SIP/2.0/UDP h%.1s.example.com;branch=z9hG4bK%.*s\r\n", p,
                              (int)length, p);
        p += length;
    }
    return n;
}

static inline size_t write_message(const line *l, char *buf, size_t size)
{
    bool response = l->start[0] >= '1' && l->start[0] <= '6';
    bool body = l->more != NULL && strstr(l->more, "\r\n\r\n") != NULL;
    bool first = l->to == NULL && strcmp(l->start, "INVITE") == 0;
    const char *tag = l->to != NULL ? l->to : first || strcmp(l->start, "100") == 0 ? "" : "b";
    size_t n = response ? (size_t)snprintf(buf, size, "SIP/2.0 %s Word\r\n", l->start)
                        : (size_t)snprintf(buf, size, "%s sip:b@example.com SIP/2.0\r\n", l->start);
    n += write_vias(l->vias != NULL ? l->vias : "a", buf + n, size - n);
    n += (size_t)snprintf(buf + n, size - n,
                          "Max-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=a\r\n"
                          "To: <sip:b@example.com>%s%s\r\nCall-ID: call\r\nCSeq: %s\r\n"
                          "Contact: <sip:x@example.com>\r\n%s%s",
                          *tag != '\0' ? ";tag=" : "", tag, l->cseq != NULL ? l->cseq : "1 INVITE",
                          l->more != NULL ? l->more : "", body ? "" : "Content-Length: 0\r\n\r\n");
    return n;
}

/* Returns what the first call that did not work returned. */
static inline int play(sipcheck *engine, const line *lines, size_t count)
{
    char text[8192];
    uint64_t frame = 0;
    int code = 0;
    for (size_t i = 0; i < count && code == 0; i++) {
        const line *l = &lines[i];
        uint64_t ns = (1000 + l->ms) * MS;
        if (l->way == NULL && strcmp(l->start, "gap") == 0) sipcheck_gap(engine, ns);
        if (l->way == NULL && strcmp(l->start, "clock") == 0) sipcheck_clock_set(engine, ns);
        if (l->way == NULL && strcmp(l->start, "time") == 0) code = sipcheck_advance(engine, ns);
        if (l->way == NULL) continue;
        bool unreached = strcmp(l->start, "unreached") == 0;
        frame += !unreached;
        const sipcheck_packet packet = { .bytes = (const uint8_t *)text,
                                         .length = write_message(l, text, sizeof text),
                                         .frame = frame,
                                         .ns = ns,
                                         .src = host(l->way[0]),
                                         .dst = host(l->way[2]),
                                         .transport = l->tcp ? SIPCHECK_TRANSPORT_TCP
                                                             : SIPCHECK_TRANSPORT_UDP };
        if (unreached)
            sipcheck_unreached(engine, &packet);
        else
            code = sipcheck_feed(engine, &packet);
    }
    return code;
}

/* Of rule "r"; behind it there is no engine and no set any more. */
static inline sipcheck_counts counts_at_the_end(sipcheck_rules *rules, sipcheck *engine,
                                                sipcheck_sequence_counts *sequences)
{
    size_t index = 0;
    assert_int_equal(sipcheck_finish(engine), 0);
    assert_non_null(sipcheck_rules_find(rules, "r", &index));
    sipcheck_counts counts = sipcheck_rule_counts(engine, index);
    *sequences = sipcheck_sequences(engine);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
    return counts;
}

#endif
