/* SPDX-License-Identifier: MIT */
/* Rules of several messages: on which event they are judged, what they expect, whom they blame, and
 * what they can't know. */
#include "sequence.h"

#include "engine/sequence.h"

#define LINES 12

typedef struct flow {
    const char *rules;
    line lines[LINES]; /* start NULL: the end */
    const char *want;
    char vantage; /* beside this host; 0: not known */
} flow;

static size_t length_of(const flow *f)
{
    size_t n = 0;
    while (n < LINES && f->lines[n].start != NULL)
        n++;
    return n;
}

static void run(const flow *f, const sipcheck_options *more, heard *h)
{
    const sipcheck_address_port vantage = { 4, { 10, 0, 0, (uint8_t)(f->vantage - 'a' + 1) }, 0 };
    sipcheck_options options = *more;
    options.on_finding = hear;
    options.user = h;
    options.vantage = &vantage;
    options.vantage_count = f->vantage != 0;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(f->rules));
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    assert_int_equal(play(engine, f->lines, length_of(f)), 0);
    assert_int_equal(sipcheck_finish(engine), 0);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static void want(const flow *f, const char *what, const heard *h)
{
    if (strcmp(h->list, f->want) != 0) fail_msg("%s: wanted %s, got %s", what, f->want, h->list);
}

/* The grammar's rules pass on each message, so only the other verdicts are looked at. */
enum { NO_PASS = 1u << SIPCHECK_FAIL | 1u << SIPCHECK_UNKNOWN };

#define RUN_ALL(FLOWS)                                                                             \
    for (size_t i = 0; i < sizeof FLOWS / sizeof *FLOWS; i++) {                                    \
        heard h = { .count = 0 };                                                                  \
        const sipcheck_options options = { .verdicts = NO_PASS };                                  \
        run(&FLOWS[i], &options, &h);                                                              \
        char what[32];                                                                             \
        snprintf(what, sizeof what, "flow %zu", i);                                                \
        want(&FLOWS[i], what, &h);                                                                 \
    }

/* --- assert */

#define COPIED                                                                                     \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: response\n"                                         \
                  "  assert: response.sip.Subject == request.sip.Subject\n")
#define ONE "Subject: one\r\n"
#define TWO "Subject: two\r\n"

/* The mark reads a message that nothing else does. */
#define MARKED                                                                                     \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: final\n"                                            \
                  "  assert: response.sip.Status-Code == 486\n  mark: request.sip.Subject\n")

static const flow asserted[] = {
    { MARKED, { { 0, "a>b", "INVITE", ONE }, { 10, "b>a", "200", ONE } }, "r:fail@2/b+1" },
    { COPIED, { { 0, "a>b", "INVITE", ONE }, { 10, "b>a", "180", ONE } }, "" },
    { COPIED, { { 0, "a>b", "INVITE", ONE }, { 10, "b>a", "180", TWO } }, "r:fail@2/b+1" },
    { COPIED, { { 10, "b>a", "180", ONE } }, "r:unknown@1/b" },
    /* each response, but no repetition */
    { COPIED,
      { { 0, "a>b", "INVITE", ONE },
        { 10, "b>a", "180", TWO },
        { 20, "b>a", "180", TWO },
        { 30, "b>a", "200", TWO } },
      "r:fail@2/b+1 r:fail@4/b+1" },
    /* the proxy's copy is the server's: it was held against that */
    { COPIED,
      { { 0, "a>p", "INVITE", ONE },
        { 1, "p>b", "INVITE", ONE, "p a" },
        { 10, "b>p", "200", TWO, "p a" },
        { 11, "p>a", "200", TWO } },
      "r:fail@3/b+2" },
};

static void assertions_are_judged_on_their_event(void **state)
{
    (void)state;
    RUN_ALL(asserted);
}

/* Conditions that they share are answered once for each event. */
#define ASKED(ID, STATUS)                                                                          \
    SEQUENCE_RULE(ID, "uas",                                                                       \
                  "  scope: transaction\n  on: response\n"                                         \
                  "  applies: exists(request.sip.Subject) and not exists(request.sip.Expires)"     \
                  " and response.sip.Status-Code == " STATUS "\n"                                  \
                  "  assert: response.sip.Subject == request.sip.Subject\n")
#define EXPIRES "Expires: 1\r\n"

static const flow shared[] = {
    { ASKED("a", "180") ASKED("b", "200") ASKED("c", "180"),
      { { 0, "a>b", "INVITE", ONE },
        { 10, "b>a", "180", TWO },
        { 20, "b>a", "200", TWO },
        { 30, "a>b", "OPTIONS", EXPIRES, "o", "2 OPTIONS" },
        { 40, "b>a", "200", ONE, "o", "2 OPTIONS" },
        { 50, "a>b", "OPTIONS", TWO, "q", "3 OPTIONS" },
        { 60, "b>a", "200", ONE, "q", "3 OPTIONS" },
        { 70, "a>b", "OPTIONS", TWO EXPIRES, "s", "4 OPTIONS" },
        { 80, "b>a", "200", ONE, "s", "4 OPTIONS" } },
      "a:fail@2/b+1 c:fail@2/b+1 b:fail@3/b+1 b:fail@7/b+6" },
};

static void what_rules_share_is_asked_of_each_event(void **state)
{
    (void)state;
    RUN_ALL(shared);
}

/* --- messages that are kept as they were parsed for a while, and parsed again later */

/* The same header field in both, in other words behind its first `length` bytes. */
static void ask_and_answer(sipcheck *engine, unsigned between, unsigned length)
{
    char more[SC_RECENT_LENGTH + 100];
    int n = snprintf(more, sizeof more, "Subject: %0*u one\r\n", (int)length, 0);
    line ask = { 0, "a>b", "INVITE", more }, answer = { 10, "b>a", "180", more };
    line other = { 5, "c>d", "OPTIONS", NULL, "o", "2 OPTIONS" };
    assert_int_equal(play(engine, &ask, 1), 0);
    for (unsigned i = 0; i < between; i++)
        assert_int_equal(play(engine, &other, 1), 0);
    more[n - 3] = 'y';
    assert_int_equal(play(engine, &answer, 1), 0);
}

static void how_long_ago_it_was_and_how_long_it_is_does_not_matter(void **state)
{
    (void)state;
    static const unsigned betweens[] = { 0, SC_RECENTS - 2, SC_RECENTS - 1, SC_RECENTS, 100 };
    for (size_t i = 0; i < 10; i++) {
        heard h = { .count = 0 };
        const sipcheck_options options = { .verdicts = NO_PASS, .on_finding = hear, .user = &h };
        sipcheck_rules *rules = ruleset_seal(ruleset_open(COPIED));
        sipcheck *engine = sipcheck_new(rules, &options);
        ask_and_answer(engine, betweens[i % 5], i < 5 ? 1 : SC_RECENT_LENGTH);
        assert_string_equal(h.list, "r:fail@1/b");
        assert_string_equal(h.text, "said");
        sipcheck_free(engine);
        sipcheck_rules_free(rules);
    }
}

/* --- expect */

#define AGAIN                                                                                      \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: final\n  vantage: server\n"                         \
                  "  applies: response.sip.Status-Code == 200\n"                                   \
                  "  expect: {event: retransmission(response), within: T1 * (1 + tolerance),"      \
                  " unless: ack}\n")
#define IN_TIME                                                                                    \
    SEQUENCE_RULE("r", "[uas, proxy]",                                                             \
                  "  scope: transaction\n  on: request\n"                                          \
                  "  applies: request.sip.Method == \"INVITE\"\n"                                  \
                  "  expect: {event: [provisional, final], within: 200ms, unless: cancel}\n")
#define BY_SERVER                                                                                  \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: request\n"                                          \
                  "  expect: {event: final, within: 200ms}\n")
#define ONE_FINAL                                                                                  \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: final\n"                                            \
                  "  expect: {no: final, where: next.sip.Status-Code != 200}\n")
/* The message's text says what the response was that it must not follow; or not. */
#define FINAL_AFTER(TEXT)                                                                          \
    "- id: r\n  title: a title\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n  binds: uas\n"          \
    "  asks: what is asked\n  why: why it matters\n  fix: Send it\n  message: \"" TEXT "\"\n"      \
    "  scope: transaction\n  on: provisional\n  expect: {no: final}\n" SEQUENCE_TESTS
#define ASK                                                                                        \
    {                                                                                              \
        0, "a>b", "INVITE"                                                                         \
    }
#define OK(MS_)                                                                                    \
    {                                                                                              \
        MS_, "b>a", "200"                                                                          \
    }
#define LATER                                                                                      \
    {                                                                                              \
        5000, NULL, "time"                                                                         \
    }

static const flow expected[] = {
    { AGAIN, { ASK, OK(20), LATER }, "r:fail@2/b", 'b' },
    { AGAIN, { ASK, OK(20), OK(520), { 600, NULL, "time" } }, "", 'b' },
    { AGAIN, { ASK, OK(20), { 90, "a>b", "ACK", NULL, "k", "1 ACK" }, LATER }, "", 'b' },
    { AGAIN, { ASK, OK(20), { 300, "b>a", "180" }, LATER }, "r:fail@2/b+3", 'b' },
    { AGAIN, { ASK, OK(20) }, "r:unknown@2/b", 'b' },
    { AGAIN, { ASK, OK(20), { 30, NULL, "gap" }, LATER }, "r:unknown@2/b", 'b' },
    { AGAIN, { ASK, OK(20), LATER }, "r:unknown@2/b", 'a' },
    { AGAIN, { ASK, OK(20), LATER }, "r:unknown@2/b", 0 },
    /* it was due at 620 ms: in time up to there */
    { AGAIN, { ASK, OK(20), OK(620), LATER }, "", 'b' },
    { AGAIN, { ASK, OK(20), OK(621), LATER }, "r:fail@2/b", 'b' },
    /* who should have answered is the receiver */
    { IN_TIME, { ASK, LATER }, "r:fail@1/b", 0 },
    { IN_TIME, { ASK, { 100, "b>a", "100" }, LATER }, "", 0 },
    { IN_TIME, { ASK, { 100, "a>b", "CANCEL", NULL, NULL, "1 CANCEL", "" }, LATER }, "", 0 },
    { IN_TIME, { ASK, { 100, "a>b", "INVITE" }, LATER }, "r:fail@1/b+2", 0 },
    /* which may be a proxy */
    { BY_SERVER, { ASK, LATER }, "r:unknown@1/b", 0 },
    { ONE_FINAL,
      { ASK, { 10, "b>a", "486" }, { 20, "b>a", "500" }, LATER },
      "r:fail@3/b+1,2 r:unknown@3/b",
      0 },
    { ONE_FINAL,
      { ASK, { 10, "b>a", "486" }, { 20, "b>a", "200" }, { 90000, NULL, "time" } },
      "",
      0 },
    { ONE_FINAL, { ASK, { 10, "b>a", "486" } }, "r:unknown@2/b", 0 },
    /* what was forbidden twice is one fault, unless it is another one in words */
    { FINAL_AFTER("said"),
      { ASK, { 10, "b>a", "180" }, { 20, "b>a", "181" }, { 30, "b>a", "182" }, OK(40) },
      "r:fail@5/b+1,3,4" },
    { FINAL_AFTER("final after {response.sip.Status-Code}"),
      { ASK, { 10, "b>a", "180" }, { 20, "b>a", "181" }, OK(40) },
      "r:fail@4/b+1,2,3 r:fail@4/b+1,2" },
};

static void expectations_are_decided_by_what_happens_first(void **state)
{
    (void)state;
    RUN_ALL(expected);
}

/* --- time that is not that of the message before */

#define ASK_TCP                                                                                    \
    {                                                                                              \
        0, "a>b", "INVITE", .tcp = true                                                            \
    }
#define OTHER(MS_)                                                                                 \
    {                                                                                              \
        MS_, "c>d", "OPTIONS", NULL, "o", "2 OPTIONS"                                              \
    }

static const flow out_of_order[] = {
    /* a stream's message that waited for a segment */
    { IN_TIME, { ASK_TCP, OTHER(5000), { 100, "b>a", "100", .tcp = true } }, "", 0 },
    { IN_TIME, { ASK_TCP, OTHER(5000), { 300, "b>a", "100", .tcp = true } }, "r:fail@1/b+3", 0 },
    { IN_TIME, { ASK_TCP, OTHER(5000) }, "r:fail@1/b", 0 },
    { IN_TIME, { ASK_TCP, OTHER(50) }, "r:unknown@1/b", 0 },
    { IN_TIME, { ASK_TCP, { 12000, NULL, "time" } }, "r:fail@1/b", 0 },
    /* a clock that was set back */
    { IN_TIME, { OTHER(3600000), ASK, { 100, "b>a", "100" } }, "", 0 },
    { IN_TIME, { OTHER(3600000), ASK, { 2000, "b>a", "100" } }, "", 0 },
};

static void time_may_go_back(void **state)
{
    (void)state;
    RUN_ALL(out_of_order);
}

static void absences_are_found_before_the_message_that_passed_them(void **state)
{
    (void)state;
    static const flow f = { IN_TIME SEQUENCE_RULE("s", "[uac, uas, proxy]",
                                                  "  scope: transaction\n  on: request\n"
                                                  "  assert: request.sip.Subject == \"one\"\n"),
                            { ASK, { 900, "a>b", "OPTIONS", TWO, "o", "2 OPTIONS" } },
                            "r:fail@1/b s:fail@2/a",
                            0 };
    heard h = { .count = 0 };
    run(&f, &(sipcheck_options){ .verdicts = 1u << SIPCHECK_FAIL }, &h);
    want(&f, "absence", &h);
}

/* Whom a verdict is about does not depend on what it is. */
static void who_should_have_answered_is_named_in_any_case(void **state)
{
    (void)state;
    static const flow f = { SEQUENCE_RULE("r", "[uas, proxy]",
                                          "  scope: transaction\n  on: request\n  vantage: server\n"
                                          "  expect: {event: final, within: 200ms}\n"),
                            { ASK, LATER },
                            "r:unknown@1/b",
                            0 };
    heard h = { .count = 0 };
    run(&f, &(sipcheck_options){ .verdicts = NO_PASS }, &h);
    want(&f, "vantage", &h);
}

static void what_the_observer_did_not_stand_beside_is_told(void **state)
{
    (void)state;
    heard h = { .count = 0 };
    run(&expected[6], &(sipcheck_options){ .verdicts = 1u << SIPCHECK_UNKNOWN }, &h);
    assert_string_equal(h.text, "the capture was not taken beside 10.0.0.2:5060");
}

/* --- damage */

#define ONE_MORE                                                                                   \
    SEQUENCE_RULE("r", "[uac, uas]",                                                               \
                  "  scope: dialog\n  on: request\n"                                               \
                  "  applies: request.sip.Method == \"INFO\" and exists(previous)\n"               \
                  "  assert: request.sip.CSeq.seq == previous.sip.CSeq.seq + 1\n")
#define IN_DIALOG(MS_, CSEQ)                                                                       \
    {                                                                                              \
        MS_, "a>b", "INFO", NULL, CSEQ, CSEQ " INFO"                                               \
    }

#define NOT_EARLY                                                                                  \
    SEQUENCE_RULE("r", "[uac, uas]",                                                               \
                  "  scope: dialog\n  on: request\n"                                               \
                  "  applies: request.sip.Method == \"BYE\"\n"                                     \
                  "  assert: dialog.state != \"early\"\n")
#define TO_TARGET                                                                                  \
    SEQUENCE_RULE("r", "[uac, uas]",                                                               \
                  "  scope: dialog\n  on: request\n"                                               \
                  "  assert: uri_equal(request.sip.r-uri, dialog.receiver.target)\n")
#define CANCELLED                                                                                  \
    SEQUENCE_RULE("r", "[uas, proxy]",                                                             \
                  "  scope: transaction\n  on: cancel\n"                                           \
                  "  applies: transaction.finals == 0 and transaction.state == \"proceeding\"\n"   \
                  "    and transaction.provisionals == 1 and transaction.reliable == 0\n"          \
                  "  expect: {event: final, within: 1s}\n")
#define CANCEL(MS_)                                                                                \
    {                                                                                              \
        MS_, "a>b", "CANCEL", NULL, "a", "1 CANCEL"                                                \
    }
#define RELEASED                                                                                   \
    SEQUENCE_RULE("r", "[uac, uas]",                                                               \
                  "  scope: dialog\n  on: request\n"                                               \
                  "  expect: {no: request, within: 5s, unless: response}\n")
#define ONE_OFFER                                                                                  \
    SEQUENCE_RULE("r", "[uac, uas]",                                                               \
                  "  scope: session\n  on: offer\n  assert: not session.pending\n")
#define SDP                                                                                        \
    "Content-Type: application/sdp\r\nContent-Length: 82\r\n\r\n"                                  \
    "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP "    \
    "0\r\n"
#define UPDATE(MS_, NUMBER)                                                                        \
    {                                                                                              \
        MS_, "a>b", "UPDATE", SDP, NUMBER, NUMBER " UPDATE"                                        \
    }
#define GAP(MS_)                                                                                   \
    {                                                                                              \
        MS_, NULL, "gap"                                                                           \
    }

#define ONE_EACH                                                                                   \
    SEQUENCE_RULE(                                                                                 \
        "r", "uas",                                                                                \
        "  scope: transaction\n  on: retransmission(response)\n"                                   \
        "  applies: transaction.finals > 0\n"                                                      \
        "  assert: transaction.response_retransmissions <= transaction.retransmissions\n")
#define PASSED_ON                                                                                  \
    SEQUENCE_RULE(                                                                                 \
        "r", "proxy",                                                                              \
        "  scope: transaction\n  on: provisional\n  applies: transaction.forwarded > 0\n"          \
        "  assert: transaction.passed_on\n")
#define AS_UPDATED                                                                                 \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: dialog\n  on: final\n  applies: request.sip.Method == \"INVITE\"\n"    \
                  "  assert: dialog.receiver.as_updated\n")
#define RINGS(MS_)                                                                                 \
    {                                                                                              \
        MS_, "b>a", "180"                                                                          \
    }
#define UPDATED(MS_)                                                                               \
    { MS_, "a>b", "UPDATE", NULL, "2", "2 UPDATE" },                                               \
    {                                                                                              \
        MS_ + 10, "b>a", "200", NULL, "2", "2 UPDATE"                                              \
    }
#define MOVED(MS_)                                                                                 \
    {                                                                                              \
        MS_, "b>a", "200 OK\r\nContact: <sip:y@example.com>\r\nX-Y:"                               \
    }

static const flow damaged[] = {
    { ONE_MORE, { ASK, OK(10), IN_DIALOG(20, "2"), IN_DIALOG(30, "3") }, "", 0 },
    { ONE_MORE, { ASK, OK(10), IN_DIALOG(20, "2"), IN_DIALOG(30, "7") }, "r:fail@4/a+3", 0 },
    /* what was before was seen behind a proxy alone, which may have changed it */
    { ONE_MORE,
      { ASK, OK(10), { 20, "p>b", "INFO", NULL, "p2 2", "2 INFO" }, IN_DIALOG(30, "7") },
      "r:unknown@4/a+3",
      0 },
    /* what came between may have been lost */
    { ONE_MORE,
      { ASK, OK(10), IN_DIALOG(20, "2"), { 25, NULL, "gap" }, IN_DIALOG(30, "7") },
      "r:unknown@4/a+3",
      0 },
    /* the 2xx */
    { NOT_EARLY,
      { ASK, { 10, "b>a", "180" }, { 20, "a>b", "BYE", NULL, "2", "2 BYE" } },
      "r:fail@3/a",
      0 },
    { NOT_EARLY,
      { ASK, { 10, "b>a", "180" }, GAP(15), { 20, "a>b", "BYE", NULL, "2", "2 BYE" } },
      "r:unknown@3/a",
      0 },
    /* a request with another Contact */
    { TO_TARGET, { ASK, OK(10), IN_DIALOG(20, "2") }, "r:fail@3/a", 0 },
    { TO_TARGET, { ASK, OK(10), GAP(15), IN_DIALOG(20, "2") }, "r:unknown@3/a", 0 },
    /* the INVITE, again */
    { ONE_EACH, { ASK, { 10, "b>a", "486" }, { 20, "b>a", "486" } }, "r:fail@3/b", 0 },
    { ONE_EACH, { ASK, { 10, "b>a", "486" }, GAP(15), { 20, "b>a", "486" } }, "r:unknown@3/b", 0 },
    /* the 183 on its way to the proxy */
    { PASSED_ON,
      { { 0, "a>p", "INVITE" }, { 10, "p>b", "INVITE", NULL, "p a" }, { 30, "p>a", "183" } },
      "r:fail@3/p",
      0 },
    { PASSED_ON,
      { { 0, "a>p", "INVITE" },
        { 10, "p>b", "INVITE", NULL, "p a" },
        GAP(20),
        { 30, "p>a", "183" } },
      "r:unknown@3/p",
      0 },
    /* an UPDATE with yet another Contact */
    { AS_UPDATED, { ASK, RINGS(10), UPDATED(20), MOVED(40) }, "r:fail@5/b+1", 0 },
    { AS_UPDATED, { ASK, RINGS(10), UPDATED(20), GAP(35), MOVED(40) }, "r:unknown@5/b+1", 0 },
    /* the final response, before the CANCEL */
    { CANCELLED, { ASK, { 10, "b>a", "180" }, CANCEL(20), LATER }, "r:fail@3/b", 0 },
    { CANCELLED, { ASK, { 10, "b>a", "180" }, GAP(15), CANCEL(20), LATER }, "r:unknown@3/b", 0 },
    /* what releases */
    { RELEASED,
      { ASK, OK(10), IN_DIALOG(20, "2"), IN_DIALOG(30, "3") },
      "r:fail@4/a+1,3 r:unknown@4/a",
      0 },
    { RELEASED,
      { ASK, OK(10), IN_DIALOG(20, "2"), GAP(25), IN_DIALOG(30, "3") },
      "r:unknown@4/a+1,3 r:unknown@4/a",
      0 },
    /* the answer */
    { ONE_OFFER,
      { { 0, "a>b", "INVITE", SDP }, { 10, "b>a", "200", SDP }, UPDATE(20, "2"), UPDATE(30, "3") },
      "r:fail@4/a",
      0 },
    { ONE_OFFER,
      { { 0, "a>b", "INVITE", SDP },
        { 10, "b>a", "200", SDP },
        UPDATE(20, "2"),
        GAP(25),
        UPDATE(30, "3") },
      "r:unknown@4/a",
      0 },
    /* the capture began within the dialog */
    { ONE_MORE, { IN_DIALOG(20, "2"), IN_DIALOG(30, "7") }, "r:unknown@1/a r:fail@2/a+1", 0 },
};

static void what_may_have_been_lost_is_unknown(void **state)
{
    (void)state;
    RUN_ALL(damaged);
}

/* --- what an event shows may be no one's but the event's: it has to live as long as a wait */

#define NONE_AFTER                                                                                 \
    SEQUENCE_RULE(                                                                                 \
        "r", "[uac, uas]",                                                                         \
        "  scope: dialog\n  on: request\n"                                                         \
        "  applies: request.sip.Method == \"INFO\"\n"                                              \
        "  expect: {no: request, where: next.sip.CSeq.seq == previous.sip.CSeq.seq + 3}\n")

#define REFRESHED                                                                                  \
    SEQUENCE_RULE("r", "uac",                                                                      \
                  "  scope: registration\n  on: bound\n"                                           \
                  "  applies: response.sip.CSeq.seq == 2\n"                                        \
                  "  expect: {event: register, within: 50s}\n")
#define REGISTER(MS_, NUMBER)                                                                      \
    {                                                                                              \
        MS_, "a>b", "REGISTER", NULL, "a" NUMBER, NUMBER " REGISTER"                               \
    }

static const flow long_lived[] = {
    { NONE_AFTER,
      { ASK,
        OK(10),
        IN_DIALOG(20, "2"),
        IN_DIALOG(30, "3"),
        IN_DIALOG(40, "4"),
        { 90000, NULL, "time" } },
      "r:fail@5/a+1,3 r:unknown@4/a+5 r:unknown@5/a",
      0 },
    /* facts of the second wait read the first 2xx, which nothing else holds any more */
    { REFRESHED,
      { REGISTER(0, "1"),
        { 10, "b>a", "200", NULL, "a1", "1 REGISTER" },
        REGISTER(100000, "2"),
        { 100010, "b>a", "200", NULL, "a2", "2 REGISTER" },
        { 100020, "a>b", "OPTIONS", NULL, "c", "1 OPTIONS" },
        { 190000, NULL, "time" } },
      "r:fail@4/a",
      0 },
};

static void messages_live_as_long_as_what_waits(void **state)
{
    (void)state;
    RUN_ALL(long_lived);
}

/* --- filter, counts, switches */

static void the_filter_chooses_messages_and_all_are_tracked(void **state)
{
    (void)state;
    sipcheck_filter *filter = NULL;
    sipcheck_error error;
    static const flow f = {
        COPIED,
        { { 0, "a>b", "INVITE", ONE }, { 10, "b>a", "180", TWO }, { 30, "b>a", "200", TWO } },
        "r:fail@3/b+1",
        0
    };
    assert_int_equal(sipcheck_filter_new(NULL, "sip.Status-Code == 200", &filter, &error), 0);
    heard h = { .count = 0 };
    run(&f, &(sipcheck_options){ .filter = filter }, &h);
    want(&f, "filter", &h);
    sipcheck_filter_free(filter);
}

static sipcheck_counts counts_after(const flow *f, sipcheck_options options,
                                    sipcheck_sequence_counts *sequences)
{
    size_t index = 0;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(f->rules));
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    assert_int_equal(play(engine, f->lines, length_of(f)), 0);
    assert_int_equal(sipcheck_finish(engine), 0);
    assert_non_null(sipcheck_rules_find(rules, "r", &index));
    sipcheck_counts counts = sipcheck_rule_counts(engine, index);
    *sequences = sipcheck_sequences(engine);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
    return counts;
}

static void verdicts_are_counted_by_event(void **state)
{
    (void)state;
    sipcheck_sequence_counts s;
    sipcheck_counts n = counts_after(&asserted[4], (sipcheck_options){ 0 }, &s);
    assert_int_equal(n.verdict[SIPCHECK_FAIL], 2);
    assert_int_equal(n.verdict[SIPCHECK_PASS] + n.verdict[SIPCHECK_NA], 0);
    assert_true(s.tracked);
    assert_int_equal(s.transactions, 1);
    assert_int_equal(s.dialogs, 1);
    n = counts_after(&expected[2], (sipcheck_options){ 0 }, &s);
    assert_int_equal(n.verdict[SIPCHECK_UNKNOWN], 1); /* without a vantage */
    n = counts_after(&expected[17], (sipcheck_options){ 0 }, &s);
    assert_int_equal(n.verdict[SIPCHECK_UNKNOWN], 1);
}

static void messages_only_tracks_nothing(void **state)
{
    (void)state;
    sipcheck_sequence_counts s;
    sipcheck_counts n = counts_after(&asserted[4], (sipcheck_options){ .messages_only = true }, &s);
    assert_int_equal(n.verdict[SIPCHECK_FAIL], 0);
    assert_false(s.tracked);
    assert_int_equal(s.transactions, 0);
}

/* --- the same every time, and without memory */

static void the_same_packets_give_the_same_findings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        heard a = { .count = 0 }, b = { .count = 0 };
        const sipcheck_options options = { .verdicts = 15 };
        run(&expected[i], &options, &a);
        run(&expected[i], &options, &b);
        assert_string_equal(a.list, b.list);
    }
}

#define ROUTES                                                                                     \
    SEQUENCE_RULE(                                                                                 \
        "routes", "[uac, uas]",                                                                    \
        "  scope: dialog\n  on: request\n"                                                         \
        "  assert: uri_list_equal(request.sip.Route.uri, dialog.sender.route_set.uri)\n")

static void any_allocation_may_fail(void **state)
{
    (void)state;
    static const flow f = {
        IN_TIME ROUTES,
        { ASK, { 10, "b>a", "200", "Record-Route: <sip:p;lr>\r\n" }, IN_DIALOG(20, "2"), LATER },
        "",
        0
    };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(f.rules));
    bool failed = true;
    for (long left = 0; failed; left++) {
        failing memory = { .left = left, .once = true };
        const sipcheck_allocator allocator = failing_allocator(&memory);
        heard h = { .count = 0 };
        const sipcheck_options options = {
            .allocator = &allocator, .verdicts = 15, .on_finding = hear, .user = &h
        };
        sipcheck *engine = sipcheck_new(rules, &options);
        if (engine != NULL) {
            int code = play(engine, f.lines, length_of(&f));
            assert_true(code == 0 || code == SIPCHECK_NOMEM);
            code = sipcheck_finish(engine);
            assert_true(code == 0 || code == SIPCHECK_NOMEM);
        }
        sipcheck_free(engine);
        assert_int_equal(memory.out, 0);
        failed = memory.left < 0;
        assert_true(left < 999);
    }
    sipcheck_rules_free(rules);
}

#define DESCRIBED(ID, ON)                                                                          \
    SEQUENCE_RULE(ID, "uas", "  scope: transaction\n  on: " ON "\n  assert: exists(request.sdp)\n")

/* Too long to be kept as it was parsed; its description has many lines. */
static void write_described(char *more, size_t size)
{
    enum { LINES_OF_A = 200 };
    static const char head[] = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n";
    static const char attribute[] = "a=x\r\n";
    size_t length = sizeof head - 1 + LINES_OF_A * (sizeof attribute - 1);
    int n = snprintf(more, size,
                     "Subject: %0*u\r\nContent-Type: application/sdp\r\n"
                     "Content-Length: %zu\r\n\r\n%s",
                     SC_RECENT_LENGTH, 0, length, head);
    for (unsigned i = 0; i < LINES_OF_A; i++)
        n += snprintf(more + n, size - (size_t)n, "%s", attribute);
}

static void a_body_for_which_there_was_no_memory_is_not_missing(void **state)
{
    (void)state;
    char more[8000];
    write_described(more, sizeof more);
    const line lines[] = { { 0, "a>b", "INVITE", more }, { 10, "b>a", "200" } };
    sipcheck_rules *rules =
        ruleset_seal(ruleset_open(DESCRIBED("d1", "response") DESCRIBED("d2", "final")));
    bool failed = true;
    for (long left = 0; failed; left++) {
        failing memory = { .left = left, .once = true };
        const sipcheck_allocator allocator = failing_allocator(&memory);
        heard h = { .count = 0 };
        const sipcheck_options options = {
            .allocator = &allocator, .verdicts = NO_PASS, .on_finding = hear, .user = &h
        };
        sipcheck *engine = sipcheck_new(rules, &options);
        if (engine != NULL) (void)play(engine, lines, 2);
        sipcheck_free(engine);
        assert_null(strstr(h.list, "d1:fail"));
        assert_null(strstr(h.list, "d2:fail"));
        failed = memory.left < 0;
        assert_true(left < 999);
    }
    sipcheck_rules_free(rules);
}

/* --- limits */

/* Count INVITEs at once, each of a transaction of its own, and then silence. */
static sipcheck_counts counts_of_many(unsigned count, size_t memory_max,
                                      sipcheck_sequence_counts *s)
{
    char branch[16], cseq[24];
    heard h = { .count = 0 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(IN_TIME));
    const sipcheck_options options = { .on_finding = hear, .user = &h, .memory_max = memory_max };
    sipcheck *engine = sipcheck_new(rules, &options);
    size_t index = 0;
    assert_non_null(engine);
    for (unsigned i = 0; i < count; i++) {
        snprintf(branch, sizeof branch, "n%u", i);
        snprintf(cseq, sizeof cseq, "%u INVITE", i);
        const line l = { .way = "a>b", .start = "INVITE", .vias = branch, .cseq = cseq };
        assert_int_equal(play(engine, &l, 1), 0);
    }
    const line later = { .ms = 5000, .start = "time" };
    assert_int_equal(play(engine, &later, 1), 0);
    assert_int_equal(sipcheck_finish(engine), 0);
    assert_non_null(sipcheck_rules_find(rules, "r", &index));
    sipcheck_counts counts = sipcheck_rule_counts(engine, index);
    *s = sipcheck_sequences(engine);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
    return counts;
}

static void more_than_may_wait_is_unknown(void **state)
{
    (void)state;
    sipcheck_sequence_counts s;
    sipcheck_counts n = counts_of_many(SC_WAITS_MAX + 1, 0, &s);
    assert_int_equal(n.verdict[SIPCHECK_FAIL], SC_WAITS_MAX);
    assert_int_equal(n.verdict[SIPCHECK_UNKNOWN], 1);
    assert_int_equal(s.refused, 1);
    assert_int_equal(s.evicted, 0);
}

static void more_than_may_wait_on_one_dialog_is_unknown(void **state)
{
    (void)state;
    char number[16], cseq[24];
    static const line before[] = { ASK, OK(10) };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(NONE_AFTER));
    sipcheck *engine = sipcheck_new(rules, NULL);
    assert_non_null(engine);
    assert_int_equal(play(engine, before, 2), 0);
    for (unsigned i = 0; i <= SC_OBJECT_WAITS_MAX; i++) {
        snprintf(number, sizeof number, "%u", 10 + 10 * i);
        snprintf(cseq, sizeof cseq, "%s INFO", number);
        const line l = {
            .ms = 20 + i, .way = "a>b", .start = "INFO", .vias = number, .cseq = cseq
        };
        assert_int_equal(play(engine, &l, 1), 0);
    }
    assert_int_equal(sipcheck_sequences(engine).refused, 1);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static void what_was_forgotten_is_unknown(void **state)
{
    (void)state;
    sipcheck_sequence_counts s;
    sipcheck_counts n = counts_of_many(1000, (size_t)256 << 10, &s);
    assert_true(s.evicted > 0);
    assert_true(s.memory_most < (size_t)260 << 10);
    assert_int_equal(n.verdict[SIPCHECK_FAIL] + n.verdict[SIPCHECK_UNKNOWN], 1000);
    assert_true(n.verdict[SIPCHECK_UNKNOWN] >= s.evicted);
}

#define AFTER(MS_)                                                                                 \
    {                                                                                              \
        MS_, "a>b", "INVITE"                                                                       \
    }

static void an_absence_names_so_many_frames(void **state)
{
    (void)state;
    static const flow f = { IN_TIME,
                            { ASK, AFTER(10), AFTER(20), AFTER(30), AFTER(40), AFTER(50), AFTER(60),
                              AFTER(70), AFTER(80), AFTER(90), LATER },
                            "r:fail@1/b+2,3,4,5,6,7,8,9",
                            0 };
    heard h = { .count = 0 };
    run(&f, &(sipcheck_options){ .verdicts = 1u << SIPCHECK_FAIL }, &h);
    want(&f, "since", &h);
}

#define ORDERED                                                                                    \
    SEQUENCE_RULE("r", "proxy",                                                                    \
                  "  scope: hop\n  on: forwarded\n  applies: in.sip.is_request\n"                  \
                  "  assert: not hop.reordered\n")
#define SUBJECT "Subject: one\r\n"
#define AGENT "User-Agent: one\r\n"

static void header_fields_keep_their_order(void **state)
{
    (void)state;
    static const flow flows[] = {
        { ORDERED,
          { { 0, "a>p", "INVITE", SUBJECT AGENT },
            { 10, "p>b", "INVITE", SUBJECT "X-Mine: 1\r\n" AGENT, "p a" } },
          "" },
        { ORDERED,
          { { 0, "a>p", "INVITE", SUBJECT AGENT }, { 10, "p>b", "INVITE", AGENT SUBJECT, "p a" } },
          "r:fail@2/p+1" },
        /* another value is not the same line, nor is one of two */
        { ORDERED,
          { { 0, "a>p", "INVITE", SUBJECT AGENT },
            { 10, "p>b", "INVITE", AGENT "Subject: two\r\n", "p a" } },
          "" },
        { ORDERED,
          { { 0, "a>p", "INVITE", SUBJECT AGENT },
            { 10, "p>b", "INVITE", AGENT SUBJECT SUBJECT, "p a" } },
          "" },
        /* a proxy may have made it its own */
        { ORDERED,
          { { 0, "a>p", "INVITE", "P-Asserted-Identity: <sip:a@b>\r\n" AGENT },
            { 10, "p>b", "INVITE", AGENT "P-Asserted-Identity: <sip:a@b>\r\n", "p a" } },
          "" },
    };
    RUN_ALL(flows)
}

/* What counts as long as no branch begins behind it. */
#define CHOICE                                                                                     \
    SEQUENCE_RULE("informed", "proxy",                                                             \
                  "  scope: hop\n  on: forwarded\n  applies: out.sip.is_response\n"                \
                  "  assert: not hop.informed\n")                                                  \
    SEQUENCE_RULE("asked", "proxy",                                                                \
                  "  scope: hop\n  on: forwarded\n  applies: out.sip.is_response\n"                \
                  "  assert: hop.challenges == 0\n")                                               \
    SEQUENCE_RULE("class", "proxy",                                                                \
                  "  scope: hop\n  on: forwarded\n  applies: out.sip.is_response\n"                \
                  "  assert: hop.lowest >= 4\n")
#define BRANCHES                                                                                   \
    { 0, "a>p", "INVITE" }, { 10, "p>b", "INVITE", NULL, "p a" },                                  \
    {                                                                                              \
        20, "p>c", "INVITE", NULL, "p2 a"                                                          \
    }
#define CHALLENGED                                                                                 \
    {                                                                                              \
        30, "b>p", "407", "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n", "p a"         \
    }
#define REFUSED                                                                                    \
    { 90, "c>p", "486", NULL, "p2 a" },                                                            \
    {                                                                                              \
        100, "p>a", "486"                                                                          \
    }
#define LOST                                                                                       \
    {                                                                                              \
        50, NULL, "gap"                                                                            \
    }

static void what_a_branch_makes_good_is_unknown_where_one_may_be_lost(void **state)
{
    (void)state;
    static const flow flows[] = {
        { CHOICE, { BRANCHES, CHALLENGED, REFUSED }, "asked:fail@6/p informed:fail@6/p" },
        { CHOICE,
          { BRANCHES, CHALLENGED, LOST, REFUSED },
          "asked:unknown@6/p informed:unknown@6/p" },
        { CHOICE, { BRANCHES, { 30, "b>p", "302", NULL, "p a" }, REFUSED }, "class:fail@6/p" },
        { CHOICE,
          { BRANCHES, { 30, "b>p", "302", NULL, "p a" }, LOST, REFUSED },
          "class:unknown@6/p" },
        { CHOICE, { BRANCHES, { 30, "b>p", "404", NULL, "p a" }, LOST, REFUSED }, "" },
    };
    RUN_ALL(flows)
}

static void the_order_of_many_header_lines_is_unknown(void **state)
{
    (void)state;
    enum { OTHERS = 8, MOST = 100 }; /* that write_message and one Via make; compared */
    static const char line_[] = "X: 1\r\n";
    char more[(MOST + 1) * sizeof line_] = "";
    for (unsigned count = 1; count <= MOST - OTHERS + 1; count++) {
        strcat(more, line_);
        if (count < MOST - OTHERS) continue;
        const flow f = { ORDERED,
                         { { 0, "a>p", "INVITE", more }, { 10, "p>b", "INVITE", NULL, "p a" } },
                         count == MOST - OTHERS ? "" : "r:unknown@2/p+1" };
        heard h = { .count = 0 };
        run(&f, &(sipcheck_options){ .verdicts = NO_PASS }, &h);
        want(&f, "lines", &h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assertions_are_judged_on_their_event),
        cmocka_unit_test(what_rules_share_is_asked_of_each_event),
        cmocka_unit_test(how_long_ago_it_was_and_how_long_it_is_does_not_matter),
        cmocka_unit_test(expectations_are_decided_by_what_happens_first),
        cmocka_unit_test(time_may_go_back),
        cmocka_unit_test(absences_are_found_before_the_message_that_passed_them),
        cmocka_unit_test(who_should_have_answered_is_named_in_any_case),
        cmocka_unit_test(what_the_observer_did_not_stand_beside_is_told),
        cmocka_unit_test(what_may_have_been_lost_is_unknown),
        cmocka_unit_test(messages_live_as_long_as_what_waits),
        cmocka_unit_test(the_filter_chooses_messages_and_all_are_tracked),
        cmocka_unit_test(verdicts_are_counted_by_event),
        cmocka_unit_test(messages_only_tracks_nothing),
        cmocka_unit_test(the_same_packets_give_the_same_findings),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(a_body_for_which_there_was_no_memory_is_not_missing),
        cmocka_unit_test(more_than_may_wait_is_unknown),
        cmocka_unit_test(more_than_may_wait_on_one_dialog_is_unknown),
        cmocka_unit_test(what_was_forgotten_is_unknown),
        cmocka_unit_test(an_absence_names_so_many_frames),
        cmocka_unit_test(header_fields_keep_their_order),
        cmocka_unit_test(what_a_branch_makes_good_is_unknown_where_one_may_be_lost),
        cmocka_unit_test(the_order_of_many_header_lines_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
