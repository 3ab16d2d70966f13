/* SPDX-License-Identifier: MIT */
/* The engine: which verdicts a message gets, and who is blamed. */
#include "ruleset.h"

#include "rules/set.h"

/* --- what the sink saw */

typedef struct seen {
    unsigned count, waived, messages;
    char list[4096]; /* "rule@offset;" for each finding */
    char text[256], culprit[SIPCHECK_ADDRESS_TEXT];
    enum sipcheck_role role;
    enum sipcheck_verdict verdict;
    bool message;
} seen;

static void keep(void *user, const sipcheck_finding *f)
{
    seen *s = user;
    size_t used = strlen(s->list);
    s->count++;
    s->waived += f->waived;
    s->role = f->role;
    s->verdict = f->verdict;
    s->message = f->message_parsed != NULL;
    snprintf(s->list + used, sizeof s->list - used, "%s@%zu;", f->rule->id, f->offset);
    snprintf(s->text, sizeof s->text, "%s", f->text);
    sipcheck_address_text(f->culprit, s->culprit);
}

static void count_message(void *user, const sipcheck_packet *packet,
                          const sipcheck_message *message)
{
    seen *s = user;
    (void)packet;
    (void)message;
    s->messages++;
}

static sipcheck *engine_with(const sipcheck_rules *rules, seen *s, unsigned verdicts)
{
    const sipcheck_options options = {
        .verdicts = verdicts, .on_finding = keep, .on_message = count_message, .user = s
    };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    return engine;
}

static sipcheck_counts counts_of(const sipcheck *engine, const sipcheck_rules *rules,
                                 const char *id)
{
    size_t index = 0;
    assert_non_null(sipcheck_rules_find(rules, id, &index));
    return sipcheck_rule_counts(engine, index);
}

static void judge_once(const sipcheck_rules *rules, const char *text, unsigned flags, seen *s)
{
    sipcheck *engine = engine_with(rules, s, 0);
    sipcheck_packet packet = packet_of(text);
    packet.flags = flags;
    assert_int_equal(sipcheck_feed(engine, &packet), 0);
    sipcheck_free(engine);
}

/* --- syntax */

#define VIA "Via: SIP/2.0/UDP a.example.com;branch=z9hG4bKx\r\n"
#define REST "To: <sip:b@example.com>\r\nContent-Length: 0\r\n\r\n"

static void each_fault_is_a_finding_of_its_rule(void **state)
{
    (void)state;
    static const struct {
        const char *text, *list;
    } cases[] = {
        { "BYE sip:b@example.com SIP/2.0\r\n" VIA REST, "" },
        { "BYE  sip:b@example.com SIP/2.0\r\n" VIA REST, "rfc3261-syntax-request-line@4;" },
        { "SIP/2.0 2000 OK\r\n" VIA REST, "rfc3261-syntax-status-line@11;" },
        { "nonsense\r\n" VIA REST, "rfc3261-syntax-start-line@8;" },
        { "BYE sip:b@example.com SIP/2.0\r\nVia: x\r\n" REST, "rfc3261-syntax-via@37;" },
        { "BYE sip:b@example.com SIP/2.0\r\nAccept: x\r\nAccept: y\r\n" REST,
          "rfc3261-syntax-accept@40;rfc3261-syntax-accept@51;" },
        { "BYE sip:b@example.com SIP/2.0\nTo: <sip:b@example.com>\r\n\r\n",
          "rfc3261-syntax-line-end@29;" },
        { "BYE sip:b@example.com SIP/2.0\r\nTo: <sip:b@example.com>\n\r\n",
          "rfc3261-syntax-line-end@54;" },
        { "BYE sip:b@example.com SIP/2.0\r\nno colon\r\n" REST, "rfc3261-syntax-header-line@34;" },
        { "BYE sip:b@example.com SIP/2.0\r\nX-Mine: a\x01"
          "b\r\n" REST,
          "rfc3261-syntax-header-line@40;" },
        { "BYE sip:b@example.com SIP/2.0\r\nTo: <sip:b@example.com>\r\n",
          "rfc3261-syntax-empty-line@56;" },
    };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(""));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen s = { 0 };
        judge_once(rules, cases[i].text, 0, &s);
        if (strcmp(s.list, cases[i].list) != 0)
            fail_msg("%s\ngot %s\nwanted %s", cases[i].text, s.list, cases[i].list);
    }
    sipcheck_rules_free(rules);
}

static void a_fault_is_told_in_words(void **state)
{
    (void)state;
    seen s = { 0 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(""));
    judge_once(rules, "BYE sip:b@example.com SIP/2.0\r\nMax-Forwards: x\r\n" REST, 0, &s);
    assert_string_equal(s.text, "digit wanted in Max-Forwards, found 'x'");
    sipcheck_rules_free(rules);
}

static void a_clean_header_passes_its_rule(void **state)
{
    (void)state;
    seen s = { 0 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(""));
    sipcheck *engine = engine_with(rules, &s, 0);
    const sipcheck_packet clean = packet_of(PING);
    const sipcheck_packet broken = packet_of("BYE sip:b@x SIP/2.0\r\nVia: x y\r\nVia: z\r\n\r\n");
    assert_int_equal(sipcheck_feed(engine, &clean), 0);
    assert_int_equal(sipcheck_feed(engine, &clean), 0);
    assert_int_equal(sipcheck_feed(engine, &broken), 0);
    sipcheck_counts via = counts_of(engine, rules, "rfc3261-syntax-via");
    assert_int_equal(via.verdict[SIPCHECK_PASS], 2);
    assert_int_equal(via.verdict[SIPCHECK_FAIL], 1); /* the Via below is not the sender's */
    assert_int_equal(via.verdict[SIPCHECK_NA], 0);
    sipcheck_counts to = counts_of(engine, rules, "rfc3261-syntax-to");
    assert_int_equal(to.verdict[SIPCHECK_PASS], 2);
    assert_int_equal(to.verdict[SIPCHECK_NA], 1);
    sipcheck_counts route = counts_of(engine, rules, "rfc3261-syntax-route");
    assert_int_equal(route.verdict[SIPCHECK_NA], 3);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static void a_cut_line_is_unknown_and_not_passed(void **state)
{
    (void)state;
    seen s = { 0 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(""));
    sipcheck *engine = engine_with(rules, &s, 0);
    sipcheck_packet packet = packet_of("BYE sip:b@example.com SIP/2.0\r\n" VIA "To: <sip:b@exa");
    packet.flags = SIPCHECK_CUT;
    assert_int_equal(sipcheck_feed(engine, &packet), 0);
    assert_string_equal(s.list, "");
    assert_int_equal(sipcheck_cut_count(engine), 1);
    assert_int_equal(counts_of(engine, rules, "rfc3261-syntax-via").verdict[SIPCHECK_PASS], 1);
    assert_int_equal(counts_of(engine, rules, "rfc3261-syntax-to").verdict[SIPCHECK_UNKNOWN], 1);
    assert_int_equal(
        counts_of(engine, rules, "rfc3261-syntax-empty-line").verdict[SIPCHECK_UNKNOWN], 1);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

/* --- rules of messages */

#define RULE_AT(ID, ASSERT)                                                                        \
    RULE_HEAD(ID)                                                                                  \
    "  assert: " ASSERT "\n  message: m\n  fix: f\n" RULE_TESTS

static void findings_are_sorted_by_offset_then_rule(void **state)
{
    (void)state;
    seen s = { 0 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(
        RULE_AT("d-to", "sip.To.uri.host == \"x\"") RULE_AT("c-to", "sip.To.uri.host == \"y\"")
            RULE_AT("b-from", "sip.From.uri.host == \"x\"")
                RULE_AT("a-cseq", "sip.CSeq.seq == 7")));
    judge_once(rules, PING, 0, &s);
    assert_string_equal(s.list, "b-from@133;c-to@177;d-to@177;a-cseq@244;");
    sipcheck_rules_free(rules);
}

static void a_finding_names_address_and_role(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum sipcheck_role role;
    } cases[] = {
        { "BYE sip:b@x SIP/2.0\r\n" VIA "\r\n", SIPCHECK_ROLE_UAC },
        { "BYE sip:b@x SIP/2.0\r\n\r\n", SIPCHECK_ROLE_UAC },
        { "BYE sip:b@x SIP/2.0\r\n" VIA VIA "\r\n", SIPCHECK_ROLE_PROXY },
        { "BYE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a, SIP/2.0/UDP b\r\n\r\n", SIPCHECK_ROLE_PROXY },
        { "SIP/2.0 200 OK\r\n" VIA "CSeq: 1 BYE\r\n\r\n", SIPCHECK_ROLE_UAS },
        { "SIP/2.0 200 OK\r\n" VIA VIA "CSeq: 1 BYE\r\n\r\n", SIPCHECK_ROLE_UAS },
        { "SIP/2.0 200 OK\r\n" VIA "CSeq: 1 REGISTER\r\n\r\n", SIPCHECK_ROLE_REGISTRAR },
        { "SIP/2.0 302 Moved\r\n" VIA "CSeq: 1 INVITE\r\n\r\n", SIPCHECK_ROLE_REDIRECT },
        { "junk\r\n" VIA "\r\n", 0 },
    };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(RULE_AT("a-b", "exists(sip.Subject)")));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen s = { 0 };
        judge_once(rules, cases[i].text, 0, &s);
        if (s.count == 0 || s.role != cases[i].role)
            fail_msg("%s: %s", cases[i].text, sipcheck_role_name(s.role));
        assert_string_equal(s.culprit, "10.0.0.1:5060");
    }
    sipcheck_rules_free(rules);
}

static void only_the_verdicts_asked_for_reach_the_sink(void **state)
{
    (void)state;
    static const struct {
        unsigned verdicts;
        const char *list;
    } cases[] = {
        { 0, "f-fail@0;" },
        { 1u << SIPCHECK_FAIL, "f-fail@0;" },
        { 1u << SIPCHECK_UNKNOWN, "u-unknown@0;" },
        { 1u << SIPCHECK_NA | 1u << SIPCHECK_FAIL, "f-fail@0;n-na@0;" },
    };
    static const char text[] =
        RULE_AT("f-fail", "exists(sip.Subject)") RULE_AT("n-na", "sip.Subject == \"x\"")
            RULE_AT("u-unknown", "sip.Max-Forwards / 0 == 1") RULE_AT("p-pass", "sip.is_request");
    sipcheck_rules *rules = ruleset_open(text);
    sipcheck_error error;
    const char *profile = "name: x\nrules: {\"rfc*\": {enabled: false}}\n";
    assert_int_equal(sipcheck_rules_add_profile(rules, "p", profile, strlen(profile), &error), 0);
    assert_int_equal(sipcheck_rules_use_profile(rules, "x", NULL, &error), 0);
    ruleset_seal(rules);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen s = { 0 };
        sipcheck *engine = engine_with(rules, &s, cases[i].verdicts);
        const sipcheck_packet packet = packet_of(PING);
        assert_int_equal(sipcheck_feed(engine, &packet), 0);
        assert_string_equal(s.list, cases[i].list);
        assert_int_equal(counts_of(engine, rules, "f-fail").verdict[SIPCHECK_FAIL], 1);
        assert_int_equal(counts_of(engine, rules, "n-na").verdict[SIPCHECK_NA], 1);
        assert_int_equal(counts_of(engine, rules, "u-unknown").verdict[SIPCHECK_UNKNOWN], 1);
        assert_int_equal(counts_of(engine, rules, "p-pass").verdict[SIPCHECK_PASS], 1);
        sipcheck_free(engine);
    }
    sipcheck_rules_free(rules);
}

static void what_is_unknown_says_what_was_missing(void **state)
{
    (void)state;
    seen s = { 0 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(RULE_AT("a-b", "exists(sip.Subject)")));
    sipcheck *engine = engine_with(rules, &s, 1u << SIPCHECK_UNKNOWN);
    sipcheck_packet packet = packet_of("BYE sip:b@example.com SIP/2.0\r\n" VIA "To: <s");
    packet.flags = SIPCHECK_CUT;
    assert_int_equal(sipcheck_feed(engine, &packet), 0);
    assert_non_null(strstr(s.list, "a-b@0;"));
    assert_string_equal(s.text, sc_missing_text(SC_MISSING_HEADERS));
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static void only_messages_of_the_filter_are_judged(void **state)
{
    (void)state;
    seen s = { 0 };
    sipcheck_error error;
    sipcheck_filter *filter = NULL;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(RULE_AT("a-b", "exists(sip.Subject)")));
    assert_int_equal(sipcheck_filter_new(NULL, "sip.Method == \"BYE\"", &filter, &error), 0);
    const sipcheck_options options = {
        .filter = filter, .on_finding = keep, .on_message = count_message, .user = &s
    };
    sipcheck *engine = sipcheck_new(rules, &options);
    const sipcheck_packet ping = packet_of(PING), bye = packet_of("BYE sip:b@x SIP/2.0\r\n\r\n");
    assert_int_equal(sipcheck_feed(engine, &ping), 0);
    assert_int_equal(s.count, 0);
    assert_int_equal(sipcheck_feed(engine, &bye), 0);
    assert_string_equal(s.list, "a-b@0;");
    assert_int_equal(s.messages, 2);
    assert_int_equal(sipcheck_message_count(engine), 2);
    assert_int_equal(counts_of(engine, rules, "a-b").verdict[SIPCHECK_NA], 0);
    sipcheck_free(engine);
    sipcheck_filter_free(filter);
    sipcheck_rules_free(rules);
}

/* What has no bytes of its own is found at the start line, behind the empty lines before it. */
static void the_lack_of_a_header_is_at_the_start_line(void **state)
{
    (void)state;
    seen s = { 0 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(RULE_AT("a-b", "exists(sip.Subject)")));
    sipcheck *engine = engine_with(rules, &s, 0);
    const sipcheck_packet bye = packet_of("\r\n\r\nBYE sip:b@x SIP/2.0\r\n\r\n");
    assert_int_equal(sipcheck_feed(engine, &bye), 0);
    assert_non_null(strstr(s.list, "a-b@4;"));
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static void a_disabled_rule_says_nothing(void **state)
{
    (void)state;
    seen s = { 0 };
    sipcheck_error error;
    const char *profile =
        "name: x\nrules: {a-b: {enabled: false}, rfc3261-syntax-via: {enabled: false}}\n";
    sipcheck_rules *rules = ruleset_open(RULE_AT("a-b", "exists(sip.Subject)"));
    assert_int_equal(sipcheck_rules_add_profile(rules, "p", profile, strlen(profile), &error), 0);
    assert_int_equal(sipcheck_rules_use_profile(rules, "x", NULL, &error), 0);
    ruleset_seal(rules);
    judge_once(rules, "BYE sip:b@x SIP/2.0\r\nVia: x\r\n\r\n", 0, &s);
    assert_string_equal(s.list, "");
    sipcheck_rules_free(rules);
}

static void a_message_too_big_is_counted_and_not_judged(void **state)
{
    (void)state;
    seen s = { 0 };
    char *bytes = calloc(1, SIPCHECK_MESSAGE_MAX + 1);
    sipcheck_rules *rules = ruleset_seal(ruleset_open(""));
    sipcheck *engine = engine_with(rules, &s, 0);
    sipcheck_packet packet = packet_of("");
    packet.bytes = (const uint8_t *)bytes;
    packet.length = SIPCHECK_MESSAGE_MAX + 1;
    assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_TOO_BIG);
    assert_int_equal(sipcheck_message_count(engine), 1);
    assert_int_equal(sipcheck_unjudged_count(engine), 1);
    assert_int_equal(s.count, 0);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
    free(bytes);
}

/* --- waivers */

static const char waivers[] =
    "name: x\n"
    "waivers:\n"
    "- {rule: a-*, party: 10.0.0.1, reason: r, owner: ann, expires: 2026-12-31}\n"
    "- {rule: a-b, party: 10.0.0.9, reason: r, owner: bob, expires: 2026-12-31}\n"
    "- {rule: c-d, party: \"10.0.0.1:5060\", reason: r, owner: eve, expires: 2026-01-31}\n";

static void a_waiver_covers_and_is_reported_when_it_does_not(void **state)
{
    (void)state;
    seen s = { 0 };
    sipcheck_error error;
    sipcheck_rules *rules =
        ruleset_open(RULE_AT("a-b", "exists(sip.Subject)") RULE_AT("c-d", "exists(sip.Subject)"));
    assert_int_equal(sipcheck_rules_add_profile(rules, "p.yaml", waivers, strlen(waivers), &error),
                     0);
    assert_int_equal(sipcheck_rules_use_profile(rules, "x", "2026-06-01", &error), 0);
    ruleset_seal(rules);
    sipcheck *engine = engine_with(rules, &s, 0);
    const sipcheck_packet packet = packet_of(PING);
    assert_int_equal(sipcheck_feed(engine, &packet), 0);
    assert_string_equal(s.list, "a-b@0;c-d@0;");
    assert_int_equal(s.waived, 1);
    s = (seen){ 0 };
    assert_int_equal(sipcheck_finish(engine), 0);
    assert_int_equal(sipcheck_finish(engine), 0);
    assert_string_equal(s.list, "sipcheck-waiver-unused@0;sipcheck-waiver-expired@0;");
    assert_string_equal(s.culprit, "10.0.0.1:5060");
    assert_string_equal(s.text, "waiver of c-d for 10.0.0.1:5060, owner eve, until 2026-01-31: r "
                                "(p.yaml line 5)");
    assert_false(s.message);
    assert_int_equal(s.role, 0);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static void without_a_day_no_waiver_expires(void **state)
{
    (void)state;
    seen s = { 0 };
    sipcheck_error error;
    sipcheck_rules *rules =
        ruleset_open(RULE_AT("a-b", "exists(sip.Subject)") RULE_AT("c-d", "exists(sip.Subject)"));
    assert_int_equal(sipcheck_rules_add_profile(rules, "p", waivers, strlen(waivers), &error), 0);
    assert_int_equal(sipcheck_rules_use_profile(rules, "x", NULL, &error), 0);
    ruleset_seal(rules);
    judge_once(rules, PING, 0, &s);
    assert_int_equal(s.waived, 2);
    sipcheck_rules_free(rules);
}

/* --- deadlines */

static void time_has_no_deadline_yet(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(""));
    sipcheck *engine = sipcheck_new(rules, NULL);
    assert_true(sipcheck_deadline(engine) == UINT64_MAX);
    assert_int_equal(sipcheck_advance(engine, 1), 0);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_a_finding_of_its_rule),
        cmocka_unit_test(a_fault_is_told_in_words),
        cmocka_unit_test(a_clean_header_passes_its_rule),
        cmocka_unit_test(a_cut_line_is_unknown_and_not_passed),
        cmocka_unit_test(findings_are_sorted_by_offset_then_rule),
        cmocka_unit_test(a_finding_names_address_and_role),
        cmocka_unit_test(only_the_verdicts_asked_for_reach_the_sink),
        cmocka_unit_test(what_is_unknown_says_what_was_missing),
        cmocka_unit_test(the_lack_of_a_header_is_at_the_start_line),
        cmocka_unit_test(only_messages_of_the_filter_are_judged),
        cmocka_unit_test(a_disabled_rule_says_nothing),
        cmocka_unit_test(a_message_too_big_is_counted_and_not_judged),
        cmocka_unit_test(a_waiver_covers_and_is_reported_when_it_does_not),
        cmocka_unit_test(without_a_day_no_waiver_expires),
        cmocka_unit_test(time_has_no_deadline_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
