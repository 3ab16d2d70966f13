/* SPDX-License-Identifier: MIT */
/* A fault in what a response copies from its request is not held against who answers. */
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
    { "Contact of a response is the server's own", RESPONSE, "Contact: <sip:bob@\r\n",
      "rfc3261-syntax-contact", SIPCHECK_FAIL },
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

static void a_response_is_not_blamed_for_what_it_copies(void **state)
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
        cmocka_unit_test(a_response_is_not_blamed_for_what_it_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
