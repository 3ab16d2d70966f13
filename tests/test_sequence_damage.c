/* SPDX-License-Identifier: MIT */
/* Rules of several messages where the capture may have lost something. */
#include "sequence_flow.h"

#define ONE_MORE                                                                                   \
    SEQUENCE_RULE("r", "[uac, uas]",                                                               \
                  "  scope: dialog\n  on: request\n"                                               \
                  "  applies: request.sip.Method == \"INFO\" and exists(previous)\n"               \
                  "  assert: request.sip.CSeq.seq == previous.sip.CSeq.seq + 1\n")

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
    { ONE_MORE,
      { ASK, OK(10), IN_DIALOG(20, "2"), { 5, NULL, "clock" }, IN_DIALOG(30, "7") },
      "r:unknown@4/a",
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_have_been_lost_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
