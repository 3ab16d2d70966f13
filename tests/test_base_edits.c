/* SPDX-License-Identifier: MIT */
/* What the edits of a rule's own tests make of a base message. */
#include "ruleset.h"

#include "rules/bases.h"
#include "rules/set.h"

#define START "OPTIONS sip:bob@example.com SIP/2.0\r\n"
#define VIA "Via: SIP/2.0/UDP desk.example.com;branch=z9hG4bK371decbad5b\r\n"
#define MIDDLE                                                                                     \
    "Max-Forwards: 70\r\n"                                                                         \
    "From: <sip:alice@example.com>;tag=1ezbbd31pd2s\r\n"                                           \
    "To: <sip:bob@example.com>\r\n"                                                                \
    "Call-ID: 3119849255785412322@desk.example.com\r\n"
#define CSEQ "CSeq: 1 OPTIONS\r\n"
#define LENGTH "Content-Length: 0\r\n"

typedef struct edit_case {
    const char *what, *edits, *made; /* made: "!..." the reason why it can't be */
} edit_case;

static const edit_case cases[] = {
    { "nothing", "base: ping", START VIA MIDDLE CSEQ LENGTH "\r\n" },
    { "set a header", "base: ping, set: {CSeq: 2 BYE}",
      START VIA MIDDLE "CSeq: 2 BYE\r\n" LENGTH "\r\n" },
    { "set in any case keeps the name that is there", "base: ping, set: {cseq: 2 BYE}",
      START VIA MIDDLE "CSeq: 2 BYE\r\n" LENGTH "\r\n" },
    { "set a header that is not there", "base: ping, set: {Subject: hi}",
      START VIA MIDDLE CSEQ LENGTH "Subject: hi\r\n\r\n" },
    { "set to nothing", "base: ping, set: {CSeq: ''}",
      START VIA MIDDLE "CSeq: \r\n" LENGTH "\r\n" },
    { "set folded", "base: ping, set: {CSeq: \"1\\r\\n OPTIONS\"}",
      START VIA MIDDLE "CSeq: 1\r\n OPTIONS\r\n" LENGTH "\r\n" },
    { "set the method", "base: ping, set: {Method: INVITE}",
      "INVITE sip:bob@example.com SIP/2.0\r\n" VIA MIDDLE CSEQ LENGTH "\r\n" },
    { "set the Request-URI", "base: ping, set: {Request-URI: 'sip:a b'}",
      "OPTIONS sip:a b SIP/2.0\r\n" VIA MIDDLE CSEQ LENGTH "\r\n" },
    { "set the version", "base: ping, set: {Version: SIP/3.0}",
      "OPTIONS sip:bob@example.com SIP/3.0\r\n" VIA MIDDLE CSEQ LENGTH "\r\n" },
    { "a request has no status", "base: ping, set: {Status-Code: 200}",
      "!set: this start line has no Status-Code" },
    { "set a status", "base: ok, set: {Status-Code: 404, Reason-Phrase: Not Found Here}",
      "SIP/2.0 404 Not Found Here\r\nVia: x\r\n\r\n" },
    { "a response has no method", "base: ok, set: {Method: BYE}",
      "!set: this start line has no Method" },
    { "remove a header", "base: ping, remove: [CSeq]", START VIA MIDDLE LENGTH "\r\n" },
    { "remove all of a name", "base: two, remove: [via]", "SIP/2.0 200 OK\r\nTo: z\r\n\r\n" },
    { "remove what is not there", "base: ping, remove: [Subject]", "!remove: there is no Subject" },
    { "add behind the last of the name", "base: two, add: {Via: c}",
      "SIP/2.0 200 OK\r\nVia: a\r\nVia: b\r\n ;folded\r\nVia: c\r\nTo: z\r\n\r\n" },
    { "add at the end", "base: ping, add: {Subject: hi}",
      START VIA MIDDLE CSEQ LENGTH "Subject: hi\r\n\r\n" },
    { "add a list", "base: ok, add: {Via: [y, z]}",
      "SIP/2.0 200 OK\r\nVia: x\r\nVia: y\r\nVia: z\r\n\r\n" },
    { "a body, and its length", "base: ping, body: \"v=0\\r\\n\"",
      START VIA MIDDLE CSEQ "Content-Length: 5\r\n\r\nv=0\r\n" },
    { "a body, its length set", "base: ping, body: hello, set: {Content-Length: 3}",
      START VIA MIDDLE CSEQ "Content-Length: 3\r\n\r\nhello" },
    { "a body without a length", "base: ok, body: hello", "SIP/2.0 200 OK\r\nVia: x\r\n\r\nhello" },
    { "replace bytes", "base: ok, replace: {from: \"\\r\\nVia\", to: \"\\nVia\"}",
      "SIP/2.0 200 OK\nVia: x\r\n\r\n" },
    { "replace twice", "base: ok, replace: [{from: OK, to: No}, {from: x, to: ''}]",
      "SIP/2.0 200 No\r\nVia: \r\n\r\n" },
    { "replace what is not there", "base: ok, replace: {from: BYE, to: x}",
      "!replace: \"BYE\" does not occur" },
    { "the order of edits is not the order in the file",
      "replace: {from: '2 BYE', to: '3 BYE'}, set: {CSeq: 2 BYE}, base: ping",
      START VIA MIDDLE "CSeq: 3 BYE\r\n" LENGTH "\r\n" },
    { "an empty reason", "base: ok, set: {Reason-Phrase: ''}", "SIP/2.0 200 \r\nVia: x\r\n\r\n" },
};

static const char more_bases[] = "ok: |+\n"
                                 "  SIP/2.0 200 OK\n"
                                 "  Via: x\n"
                                 "\n"
                                 "\n"
                                 "two: |\n"
                                 "  SIP/2.0 200 OK\n"
                                 "  Via: a\n"
                                 "  Via: b\n"
                                 "   ;folded\n"
                                 "  To: z\n"
                                 "sdp: |\n"
                                 "  SIP/2.0 200 OK\n"
                                 "  Content-Length: auto\n"
                                 "\n"
                                 "  v=0\n"
                                 "  s=-\n";

static sipcheck_rules *rules_with(const char *edits)
{
    char text[2048];
    sipcheck_error error = { .line = 0 };
    snprintf(text, sizeof text,
             RULE_HEAD("a-b") "  assert: sip.is_request\n  message: m\n  fix: f\n"
                              "  tests:\n    pass: [{%s}]\n    fail: [{base: ok}]\n",
             edits);
    sipcheck_rules *rules = ruleset_open(text);
    if (sipcheck_rules_add_bases(rules, "more", more_bases, strlen(more_bases), &error) != 0)
        fail_msg("%u: %s", error.line, error.message);
    return ruleset_seal(rules);
}

static void check_case(const edit_case *c)
{
    char why[SC_TEST_WHY_MAX] = "";
    sipcheck_slice made;
    sipcheck_rules *rules = rules_with(c->edits);
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sc_rule *rule = (const sc_rule *)sipcheck_rules_find(rules, "a-b", NULL);
    assert_int_equal(sc_test_build(rules, rule->tests, arena, &made, why), 0);
    bool refused = c->made[0] == '!';
    bool good = refused ? made.p == NULL && strcmp(why, c->made + 1) == 0
                        : made.p != NULL && made.n == strlen(c->made) &&
                              memcmp(made.p, c->made, made.n) == 0;
    if (!good) fail_msg("%s: made (%s)\n%.*s", c->what, why, (int)made.n, (const char *)made.p);
    sipcheck_arena_free(arena);
    sipcheck_rules_free(rules);
}

static void each_edit_makes_what_the_reference_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&cases[i]);
}

static void auto_becomes_the_length_in_crlf(void **state)
{
    (void)state;
    static const char made[] = "SIP/2.0 200 OK\r\nContent-Length: 10\r\n\r\nv=0\r\ns=-\r\n";
    sipcheck_rules *rules = rules_with("base: sdp");
    const sc_base *base = sc_base_find(rules, "sdp");
    assert_int_equal(base->bytes.n, sizeof made - 1);
    assert_memory_equal(base->bytes.p, made, sizeof made - 1);
    sipcheck_rules_free(rules);
}

static void a_base_of_a_known_name_is_refused(void **state)
{
    (void)state;
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = ruleset_open("");
    const char *text = "# again\nping: |\n  x\n";
    assert_int_equal(sipcheck_rules_add_bases(rules, "more", text, strlen(text), &error),
                     SIPCHECK_INVALID);
    assert_int_equal(error.line, 2);
    assert_string_equal(error.message, "a base \"ping\" is there already");
    sipcheck_rules_free(rules);
}

static const struct {
    const char *edits;
    enum sipcheck_verdict wanted, got;
    bool ok;
    const char *text;
} outcomes[] = {
    { "pass: [{base: ping}]\n    fail: [{base: ping}]", SIPCHECK_FAIL, SIPCHECK_PASS, false, "" },
    { "pass: [{base: ping}]\n    fail: [{base: ping, set: {CSeq: 1 BYE}, text: CSeq says BYE}]",
      SIPCHECK_FAIL, SIPCHECK_FAIL, true, "CSeq says BYE" },
    { "pass: [{base: ping}]\n    fail: [{base: ping, set: {CSeq: 1 BYE}, text: BYE}]",
      SIPCHECK_FAIL, SIPCHECK_FAIL, false, "the text is \"CSeq says BYE\", wanted is \"BYE\"" },
    { "pass: [{base: ping}]\n    fail: [{base: ping, cut: 60}]", SIPCHECK_FAIL, SIPCHECK_UNKNOWN,
      false, NULL },
    { "pass: [{base: ping}]\n    fail:\n      - base: ping\n        set: {CSeq: 1 BYE}\n"
      "        body: |\n          v=0\n          s=-\n        replace: {from: \"v=0\\r\\ns\", to: "
      "x}",
      SIPCHECK_FAIL, SIPCHECK_FAIL, true, "CSeq says BYE" },
    { "pass: [{base: ping}]\n    fail: [{base: ping, remove: [CSeq]}]", SIPCHECK_FAIL, SIPCHECK_NA,
      false, "" },
};

typedef struct seen {
    unsigned count;
    sipcheck_test_outcome last;
    char text[256];
} seen;

static void keep_last(void *user, const sipcheck_test_outcome *outcome)
{
    seen *s = user;
    s->count++;
    s->last = *outcome;
    snprintf(s->text, sizeof s->text, "%s", outcome->text);
}

static void a_test_tells_wanted_and_got(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        char text[2048];
        seen s = { 0 };
        snprintf(text, sizeof text,
                 RULE_HEAD("a-b") "  assert: sip.CSeq.method == sip.Method\n  message: \"CSeq says "
                                  "{sip.CSeq.method}\"\n  fix: f\n  tests:\n    %s\n",
                 outcomes[i].edits);
        sipcheck_rules *rules = ruleset_seal(ruleset_open(text));
        assert_int_equal(sipcheck_rules_test(rules, NULL, NULL, keep_last, &s), 0);
        assert_int_equal(s.count, 2);
        assert_int_equal(s.last.wanted, outcomes[i].wanted);
        assert_int_equal(s.last.got, outcomes[i].got);
        assert_int_equal(s.last.ok, outcomes[i].ok);
        if (outcomes[i].text != NULL) assert_string_equal(s.text, outcomes[i].text);
        sipcheck_rules_free(rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_edit_makes_what_the_reference_says),
        cmocka_unit_test(auto_becomes_the_length_in_crlf),
        cmocka_unit_test(a_base_of_a_known_name_is_refused),
        cmocka_unit_test(a_test_tells_wanted_and_got),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
