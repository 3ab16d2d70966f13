/* SPDX-License-Identifier: MIT */
/* The parser against the RFCs' own grammar: random derivations and mutations of every header and
 * start line of RFC 3261, matched once by the library and once by an independent reading of the
 * ABNF text in ../shared/rfc. The other RFCs' headers are in tests/test_oracle_*.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "oracle/oracle.h"

static struct abnf *grammar;

static int load_grammar(void **state)
{
    (void)state;
    if (oracle_absent()) return 0;
    grammar = oracle_base();
    return grammar && oracle_finish(grammar, "SIP-message") ? 0 : -1;
}

static int free_grammar(void **state)
{
    (void)state;
    if (grammar) abnf_free(grammar);
    return 0;
}

static void every_header_agrees_with_the_grammar(void **state)
{
    (void)state;
    if (!grammar) skip();
    static const char *const headers[] = {
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "Alert-Info",
        "Allow",
        "Authentication-Info",
        "Authorization",
        "Call-ID",
        "Call-Info",
        "Contact",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
        "Content-Type",
        "CSeq",
        "Date",
        "Error-Info",
        "Expires",
        "From",
        "In-Reply-To",
        "Max-Forwards",
        "Min-Expires",
        "MIME-Version",
        "Organization",
        "Priority",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Require",
        "Record-Route",
        "Reply-To",
        "Require",
        "Retry-After",
        "Route",
        "Server",
        "Subject",
        "Supported",
        "Timestamp",
        "To",
        "Unsupported",
        "User-Agent",
        "Via",
        "Warning",
        "WWW-Authenticate",
        NULL,
    };
    assert_int_equal(oracle_run_headers(grammar, headers), 0);
}

static void the_start_lines_agree_with_the_grammar(void **state)
{
    (void)state;
    if (!grammar) skip();
    abnf_add(grammar, "Request-Line-text = Method SP Request-URI SP SIP-Version\n"
                      "Status-Line-text = SIP-Version SP Status-Code SP Reason-Phrase\n"
                      "start-line-text = Request-Line-text / Status-Line-text\n");
    static const struct oracle_subject subject = { "start-line-text", "",
                                                   "\r\nSubject: x\r\n\r\n" };
    assert_int_equal(oracle_run(grammar, &subject, false), 0);
}

static void unknown_headers_agree_with_the_grammar(void **state)
{
    (void)state;
    if (!grammar) skip();
    abnf_add(grammar, "X-extension = \"X-Never-Heard-Of\" HCOLON header-value\n");
    static const struct oracle_subject subject = { "X-extension",
                                                   "OPTIONS sip:a@example.com SIP/2.0\r\n",
                                                   "\r\n\r\n" };
    assert_int_equal(oracle_run(grammar, &subject, true), 0);
}

/* The oracle can tell right from wrong itself. */
static void the_oracle_knows_plain_cases(void **state)
{
    (void)state;
    if (!grammar) skip();
    static const struct oracle_case cases[] = {
        { "CSeq", "CSeq: 1 INVITE", true, 0 },
        { "CSeq", "cseq\t:\r\n 0009\r\n  INVITE", true, 0 },
        { "CSeq", "CSeq: 1INVITE", false, 0 },
        { "Via",
          "v: SIP / 2.0 / UDP h.example ; branch = z9hG4bKx , SIP/2.0/TCP [2001:db8::1]:5060", true,
          0 },
        { "Via", "Via: SIP/2.0/UDP a_b.example", false, 0 },
        { "Via", "Via: SIP/2.0/UDP h;branch=\"x\"", false, 0 },
        { "Contact", "Contact: *", true, 0 },
        { "Contact", "Contact: <sip:a@b>;q=1.001", false, 0 },
        { "Contact", "Contact: sip:a@b?x=y", false, 0 },
        { "Contact", "Contact: \"x\\\x00\" <sip:a@b>", true,
          sizeof "Contact: \"x\\\x00\" <sip:a@b>" - 1 },
        { "From", "From: a@b", false, 0 },
        { "Route", "Route: <sip:p.example;lr=on>", true, 0 },
        { "Supported", "Supported:", true, 0 },
        { "Require", "Require:", false, 0 },
        { "To", "To: <tel:+49-30;isub=1>", true, 0 },
        { "To", "To: <tel:abc>", false, 0 },
        { NULL, NULL, false, 0 },
    };
    assert_int_equal(oracle_check(grammar, cases), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracle_knows_plain_cases),
        cmocka_unit_test(every_header_agrees_with_the_grammar),
        cmocka_unit_test(the_start_lines_agree_with_the_grammar),
        cmocka_unit_test(unknown_headers_agree_with_the_grammar),
    };
    return cmocka_run_group_tests(tests, load_grammar, free_grammar);
}
