/* SPDX-License-Identifier: MIT */
/* A fault in what the sender had to copy from others is not held against it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sipcheck/engine.h>

struct copied_case {
    const char *what, *start_line, *headers, *rule;
    enum sipcheck_verdict wanted;
};

#define RESPONSE "SIP/2.0 486 Busy Here"
#define REQUEST "BYE sip:bob@192.0.2.4 SIP/2.0"
#define IN_DIALOG "To: <sip:bob@example.com>;tag=2\r\n"
#define TOP "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKb\r\n"
#define BELOW "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"

static const struct copied_case cases[] = {
    { "From of a response is the client's", RESPONSE, "From: <sip:alice@example.com;tag=1\r\n",
      "rfc3261-syntax-from", SIPCHECK_UNKNOWN },
    { "From of a request is the sender's", REQUEST, "From: <sip:alice@example.com;tag=1\r\n",
      "rfc3261-syntax-from", SIPCHECK_FAIL },
    { "two faulty Vias of a response are one unknown", RESPONSE,
      "Via: SIP/2.0/UDP a b\r\nVia: SIP/2.0/UDP c d\r\n", "rfc3261-syntax-via", SIPCHECK_UNKNOWN },
    { "Call-ID of a response", RESPONSE, "Call-ID: a@b@c\r\n", "rfc3261-syntax-call-id",
      SIPCHECK_UNKNOWN },
    { "CSeq of a response", RESPONSE, "CSeq: 1INVITE\r\n", "rfc3261-syntax-cseq",
      SIPCHECK_UNKNOWN },
    { "History-Info of a response is the request's", RESPONSE,
      "History-Info: <sip:bob@example.com>;index=01\r\n", "rfc7044-syntax-history-info",
      SIPCHECK_UNKNOWN },
    { "History-Info of a request is the sender's", REQUEST,
      "History-Info: <sip:bob@example.com>;index=01\r\n", "rfc7044-syntax-history-info",
      SIPCHECK_FAIL },
    { "the remote UUID of a response is the client's", RESPONSE,
      "Session-ID: 0f1e2d3c4b5a69788796a5b4c3d2e1f0;remote=1\r\n", "rfc7989-syntax-session-id",
      SIPCHECK_UNKNOWN },
    { "the local one is the sender's", RESPONSE, "Session-ID: 1\r\n", "rfc7989-syntax-session-id",
      SIPCHECK_FAIL },
    { "in a dialog the remote UUID is the peer's", REQUEST,
      IN_DIALOG "Session-ID: 0f1e2d3c4b5a69788796a5b4c3d2e1f0;remote=1\r\n",
      "rfc7989-syntax-session-id", SIPCHECK_UNKNOWN },
    { "Contact of a response is the server's own", RESPONSE, "Contact: <sip:bob@\r\n",
      "rfc3261-syntax-contact", SIPCHECK_FAIL },
    { "Contact of a redirection is the registrar's or the user's", "SIP/2.0 302 Moved",
      "Contact: <sip:bob@\r\n", "rfc3261-syntax-contact", SIPCHECK_UNKNOWN },
    { "in a dialog the peer may have written From", REQUEST,
      IN_DIALOG "From: <sip:alice@example.com;tag=1\r\n", "rfc3261-syntax-from", SIPCHECK_UNKNOWN },
    { "in a dialog the peer has recorded the route", REQUEST, IN_DIALOG "Route: <sip:p1;lr\r\n",
      "rfc3261-syntax-route", SIPCHECK_UNKNOWN },
    { "in a dialog the Request-URI is the peer's Contact", "BYE tel:5551212 SIP/2.0", IN_DIALOG,
      "rfc3261-syntax-request-line", SIPCHECK_UNKNOWN },
    { "outside of it the client chose it", "INVITE tel:5551212 SIP/2.0", "",
      "rfc3261-syntax-request-line", SIPCHECK_FAIL },
    { "the rest of the line is the sender's", "BYE  sip:bob@192.0.2.4 SIP/2.0", IN_DIALOG,
      "rfc3261-syntax-request-line", SIPCHECK_FAIL },
    { "a proxy found From as it is", REQUEST, TOP BELOW "From: <sip:alice@example.com;tag=1\r\n",
      "rfc3261-syntax-from", SIPCHECK_UNKNOWN },
    { "a proxy found the Request-URI as it is", "INVITE tel:5551212 SIP/2.0", TOP BELOW,
      "rfc3261-syntax-request-line", SIPCHECK_UNKNOWN },
    { "a proxy's own Via", REQUEST, "Via: SIP/2.0/UDP a b\r\n" BELOW, "rfc3261-syntax-via",
      SIPCHECK_FAIL },
    { "the Via below it", REQUEST, TOP "Via: SIP/2.0/UDP a b\r\n", "rfc3261-syntax-via",
      SIPCHECK_UNKNOWN },
    { "Replaces may come from Refer-To", "INVITE sip:bob@192.0.2.4 SIP/2.0",
      "Replaces: 9f3c@h;to-tag;from-tag=u\r\n", "rfc3891-syntax-replaces", SIPCHECK_UNKNOWN },
    { "the referrer comes from REFER", "INVITE sip:bob@192.0.2.4 SIP/2.0",
      "Referred-By: <sip:carol@example.com>;cid=x\r\n", "rfc3892-syntax-referred-by",
      SIPCHECK_UNKNOWN },
    { "REFER names it first", "REFER sip:bob@192.0.2.4 SIP/2.0",
      "Referred-By: <sip:carol@example.com>;cid=x\r\n", "rfc3892-syntax-referred-by",
      SIPCHECK_FAIL },
    { "the Call-ID of Target-Dialog may be the peer's", "REFER sip:bob@192.0.2.4 SIP/2.0",
      "Target-Dialog: 9f@3c@h;local-tag=u\r\n", "rfc4538-syntax-target-dialog", SIPCHECK_UNKNOWN },
    { "its parameters are the sender's", "REFER sip:bob@192.0.2.4 SIP/2.0",
      "Target-Dialog: 9f@h;local-tag\r\n", "rfc4538-syntax-target-dialog", SIPCHECK_FAIL },
    { "an entity-tag is the server's", "PUBLISH sip:bob@example.com SIP/2.0",
      "SIP-If-Match: \"w5h\"\r\n", "rfc3903-syntax-sip-if-match", SIPCHECK_UNKNOWN },
    { "who made it is to blame", "SIP/2.0 200 OK", "SIP-ETag: \"w5h\"\r\n",
      "rfc3903-syntax-sip-etag", SIPCHECK_FAIL },
    { "a CANCEL has From of its request", "CANCEL sip:bob@192.0.2.4 SIP/2.0",
      "From: <sip:alice@example.com;tag=1\r\n", "rfc3261-syntax-from", SIPCHECK_UNKNOWN },
    { "and the Request-URI", "CANCEL tel:5551212 SIP/2.0", "", "rfc3261-syntax-request-line",
      SIPCHECK_UNKNOWN },
    { "but a Via of its own", "CANCEL sip:bob@192.0.2.4 SIP/2.0", "Via: SIP/2.0/UDP a b\r\n",
      "rfc3261-syntax-via", SIPCHECK_FAIL },
    { "a CANCEL has the reason of another", "CANCEL sip:bob@192.0.2.4 SIP/2.0",
      "Reason: SIP;cause=\"200\"\r\n", "rfc3326-syntax-reason", SIPCHECK_UNKNOWN },
    { "a BYE has its own", REQUEST, "Reason: SIP;cause=\"200\"\r\n", "rfc3326-syntax-reason",
      SIPCHECK_FAIL },
    { "what a server offered is repeated", "REGISTER sip:example.com SIP/2.0",
      "Security-Verify: tls;q=2\r\n", "rfc3329-syntax-security-verify", SIPCHECK_UNKNOWN },
    { "what a client offers is its own", "REGISTER sip:example.com SIP/2.0",
      "Security-Client: tls;q=2\r\n", "rfc3329-syntax-security-client", SIPCHECK_FAIL },
    { "a registrar repeats Path", "SIP/2.0 200 OK", "CSeq: 1 REGISTER\r\nPath: sip:p1\r\n",
      "rfc3327-syntax-path", SIPCHECK_UNKNOWN },
    { "the Path below the proxy's own", "REGISTER sip:example.com SIP/2.0",
      TOP BELOW "Path: <sip:p1;lr>\r\nPath: sip:p2\r\n", "rfc3327-syntax-path", SIPCHECK_UNKNOWN },
    { "the proxy's own Path", "REGISTER sip:example.com SIP/2.0",
      TOP BELOW "Path: sip:p1\r\nPath: <sip:p2;lr>\r\n", "rfc3327-syntax-path", SIPCHECK_UNKNOWN },
    { "the charging vector of a response comes from its request", RESPONSE,
      "P-Charging-Vector: x\r\n", "rfc7315-syntax-p-charging-vector", SIPCHECK_UNKNOWN },
    { "a whole From of a response", RESPONSE, "From: <sip:alice@example.com>;tag=1\r\n",
      "rfc3261-syntax-from", SIPCHECK_PASS },
};

struct heard {
    const char *rule;
    unsigned count;
    enum sipcheck_verdict verdict;
};

static void hear(void *user, const sipcheck_finding *finding)
{
    struct heard *heard = user;
    if (strcmp(finding->rule->id, heard->rule) == 0) {
        heard->count++;
        heard->verdict = finding->verdict;
    }
}

static void judge(const sipcheck_rules *rules, const struct copied_case *c, struct heard *heard)
{
    char bytes[512];
    int n = snprintf(bytes, sizeof bytes, "%s\r\n%sContent-Length: 0\r\n\r\n", c->start_line,
                     c->headers);
    const sipcheck_options options = { .verdicts = 15, .on_finding = hear, .user = heard };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    const sipcheck_packet packet = { .bytes = (const uint8_t *)bytes,
                                     .length = (size_t)n,
                                     .frame = 1,
                                     .transport = SIPCHECK_TRANSPORT_UDP };
    assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_OK);
    sipcheck_free(engine);
}

static void nobody_is_blamed_for_what_he_copies(void **state)
{
    (void)state;
    sipcheck_error error;
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_non_null(rules);
    assert_int_equal(sipcheck_rules_seal(rules, &error), SIPCHECK_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct heard heard = { .rule = cases[i].rule };
        judge(rules, &cases[i], &heard);
        print_message("%s\n", cases[i].what);
        assert_int_equal(heard.count, 1);
        assert_string_equal(sipcheck_verdict_name(heard.verdict),
                            sipcheck_verdict_name(cases[i].wanted));
    }
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_blamed_for_what_he_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
