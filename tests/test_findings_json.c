/* SPDX-License-Identifier: MIT */
/* The finding record: keys and their order, escapes, times, addresses. */
#include "ruleset.h"

#include <sipcheck/report.h>

typedef struct text {
    char bytes[8192];
    size_t n;
    int stop_after; /* calls; 0: never */
} text;

static int append(void *user, const char *bytes, size_t length)
{
    text *t = user;
    assert_true(t->n + length < sizeof t->bytes);
    memcpy(t->bytes + t->n, bytes, length);
    t->n += length;
    t->bytes[t->n] = '\0';
    return t->stop_after > 0 && --t->stop_after == 0 ? 7 : 0;
}

static void write_finding(void *user, const sipcheck_finding *finding)
{
    assert_int_equal(sipcheck_finding_json(finding, append, user), 0);
}

/* The lines of the two writers, one that keeps nothing and one that keeps what it can. */
typedef struct both {
    text fresh, kept;
    sipcheck_json *json;
    size_t findings;
} both;

static void write_both(void *user, const sipcheck_finding *finding)
{
    both *b = user;
    b->fresh.n = b->kept.n = 0;
    b->findings++;
    assert_int_equal(sipcheck_finding_json(finding, append, &b->fresh), 0);
    assert_int_equal(sipcheck_json_finding(b->json, finding, append, &b->kept), 0);
    assert_string_equal(b->kept.bytes, b->fresh.bytes);
}

static const char cseq_finding[] =
    "{\"verdict\":\"fail\",\"rule\":\"rfc3261-8.1.1.5-cseq\",\"rfc\":3261,\"section\":\"8.1.1.5\","
    "\"statements\":[\"3261-8.1.1.5-2\"],\"level\":\"MUST\",\"severity\":\"error\","
    "\"scope\":\"message\",\"frame\":7,\"time\":\"2026-01-01T10:00:00.123456Z\","
    "\"src\":\"10.0.0.1:5060\",\"dst\":\"[2001:db8::2]:5061\",\"transport\":\"tls\","
    "\"call_id\":\"a\\\"b\",\"culprit\":\"10.0.0.1:5060\",\"role\":\"uac\",\"offset\":67,"
    "\"length\":3,\"message\":\"CSeq says BYE\",\"fix\":\"Send CSeq: 1 OPTIONS\",\"related\":[]}\n";

static void a_finding_has_the_keys_of_the_contract_in_their_order(void **state)
{
    (void)state;
    static const char message[] =
        "OPTIONS sip:b@x SIP/2.0\r\nVia: SIP/2.0/TLS a\r\nCall-ID: a\"b\r\n"
        "CSeq: 1 BYE\r\n\r\n";
    text t = { .n = 0 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(RULE_CSEQ("rfc3261-8.1.1.5-cseq")));
    const sipcheck_options options = { .on_finding = write_finding, .user = &t };
    sipcheck *engine = sipcheck_new(rules, &options);
    const sipcheck_packet packet = {
        .bytes = (const uint8_t *)message,
        .length = sizeof message - 1,
        .frame = 7,
        .ns = UINT64_C(1767261600123456000),
        .src = { 4, { 10, 0, 0, 1 }, 5060 },
        .dst = { 6, { 0x20, 0x01, 0x0D, 0xB8, [15] = 2 }, 5061 },
        .transport = SIPCHECK_TRANSPORT_TLS,
    };
    assert_int_equal(sipcheck_feed(engine, &packet), 0);
    assert_string_equal(t.bytes, cseq_finding);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static void a_finding_about_a_waiver_has_no_packet(void **state)
{
    (void)state;
    static const char profile[] =
        "name: x\nwaivers: [{rule: a-b, party: 10.0.0.1, reason: r, owner: o, "
        "expires: 2026-01-01}]\n";
    text t = { .n = 0 };
    sipcheck_error error;
    sipcheck_rules *rules = ruleset_open(RULE_CSEQ("a-b"));
    assert_int_equal(sipcheck_rules_add_profile(rules, "p", profile, strlen(profile), &error), 0);
    assert_int_equal(sipcheck_rules_use_profile(rules, "x", "2026-01-02", &error), 0);
    ruleset_seal(rules);
    const sipcheck_options options = { .on_finding = write_finding, .user = &t };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_int_equal(sipcheck_finish(engine), 0);
    assert_non_null(strstr(t.bytes,
                           "\"rule\":\"sipcheck-waiver-expired\",\"rfc\":0,\"section\":\"\","
                           "\"statements\":[],\"level\":\"SHOULD\",\"severity\":\"warning\""));
    assert_non_null(strstr(t.bytes,
                           "\"frame\":null,\"time\":null,\"src\":null,\"dst\":null,"
                           "\"transport\":null,\"call_id\":null,\"culprit\":\"10.0.0.1:0\","
                           "\"role\":\"unknown\""));
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

#define RULE_CONSTANT(ID)                                                                          \
    RULE_HEAD(ID)                                                                                  \
    "  assert: sip.CSeq.method == sip.Method\n"                                                    \
    "  message: \"CSeq says \\\"another\\\" {{method}\"\n"                                         \
    "  fix: Send the right one\n" RULE_TESTS

static const char *const messages[] = {
    "OPTIONS sip:b@x SIP/2.0\r\nCall-ID: a\"b\r\nCSeq: 1 BYE\r\n\r\n",
    "OPTIONS sip:b@x SIP/2.0\r\nCall-ID: c\r\nCSeq: 2 BYE\r\nVia: ?\r\n\r\n",
    "OPTIONS sip:b@x SIP/2.0\r\nCSeq: 3 \x01\r\n\r\n",
};

/* Packets that differ in one thing each, and in none. */
static const sipcheck_packet packets[] = {
    { .frame = 7, .ns = 1000, .src = { 4, { 10, 0, 0, 1 }, 5060 }, .transport = 1 },
    { .frame = 8, .ns = 1000, .src = { 4, { 10, 0, 0, 1 }, 5060 }, .transport = 1 },
    { .frame = 8, .ns = 1001, .src = { 4, { 10, 0, 0, 1 }, 5060 }, .transport = 1 },
    { .frame = 8, .ns = 1001, .src = { 4, { 10, 0, 0, 1 }, 5061 }, .transport = 1 },
    { .frame = 8, .ns = 1001, .src = { 4, { 10, 0, 0, 2 }, 5061 }, .transport = 1 },
    { .frame = 8, .ns = 1001, .src = { 6, { 10, 0, 0, 2 }, 5061 }, .transport = 1 },
    { .frame = 8, .ns = 1001, .src = { 6, { 10, 0, 0, 2 }, 5061 }, .transport = 2 },
    { .frame = 8, .ns = 1001, .dst = { 6, { 10, 0, 0, 2 }, 5061 }, .transport = 2 },
    { .frame = 8, .ns = 1001, .dst = { 6, { 10, 0, 0, 2 }, 5061 }, .transport = 2 },
    { .frame = 8, .ns = 1001, .dst = { 6, { 10, 0, 0, 3 }, 5061 }, .transport = 2 },
};

/* Each packet with each message, all of them in one buffer. */
static void feed_all(sipcheck *engine)
{
    uint8_t buffer[256];
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++)
        for (size_t m = 0; m < sizeof messages / sizeof *messages; m++) {
            sipcheck_packet packet = packets[i];
            packet.bytes = buffer;
            packet.length = strlen(messages[m]);
            packet.flags = m == 1 ? SIPCHECK_CUT : 0;
            memcpy(buffer, messages[m], packet.length);
            assert_int_equal(sipcheck_feed(engine, &packet), 0);
        }
}

/* failing: the allocator of what is kept. Returns how many findings there were; 0: no writer. */
static size_t write_all(const sipcheck_rules *rules, failing *memory)
{
    static both b;
    const sipcheck_allocator allocator = failing_allocator(memory);
    const sipcheck_options options = { .verdicts = 15, .on_finding = write_both, .user = &b };
    b = (both){ .json = sipcheck_json_new(rules, &allocator) };
    if (b.json == NULL) return 0;
    sipcheck *engine = sipcheck_new(rules, &options);
    feed_all(engine);
    sipcheck_free(engine);
    sipcheck_json_free(b.json);
    return b.findings;
}

static void what_is_kept_of_rules_and_packets_is_never_stale(void **state)
{
    (void)state;
    failing memory = { .left = -1 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(RULE_CSEQ("a-b") RULE_CONSTANT("c-d")));
    size_t findings = write_all(rules, &memory);
    assert_true(findings > 100);
    assert_int_equal(memory.out, 0);
    for (long left = 0; left < memory.given; left++) {
        failing less = { .left = left };
        size_t n = write_all(rules, &less);
        assert_int_equal(n, left < 2 ? 0 : findings);
        assert_int_equal(less.out, 0);
    }
    sipcheck_rules_free(rules);
}

static void related_frames_are_a_list(void **state)
{
    (void)state;
    text t = { .n = 0 };
    static const uint64_t frames[] = { 3, 17 };
    sipcheck_rules *rules = ruleset_seal(ruleset_open(RULE_CSEQ("a-b")));
    const sipcheck_packet packet = { .bytes = NULL };
    const sipcheck_address_port culprit = { 0 };
    size_t at = 0;
    const sipcheck_finding finding = { .rule = sipcheck_rules_find(rules, "a-b", &at),
                                       .verdict = SIPCHECK_FAIL,
                                       .packet = &packet,
                                       .culprit = &culprit,
                                       .text = "",
                                       .fix = "",
                                       .related = frames,
                                       .related_count = 2 };
    assert_int_equal(sipcheck_finding_json(&finding, append, &t), 0);
    assert_non_null(strstr(t.bytes, "\"related\":[3,17]"));
    sipcheck_rules_free(rules);
}

static void strings_are_escaped_and_are_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *what, *in;
        size_t n;
        const char *out;
    } cases[] = {
        { "nothing", "", 0, "\"\"" },
        { "plain", "abc", 3, "\"abc\"" },
        { "quote and backslash", "a\"b\\c", 5, "\"a\\\"b\\\\c\"" },
        { "short escapes", "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"" },
        { "control bytes", "\0\x1F\x7F", 3, "\"\\u0000\\u001f\\u007f\"" },
        { "two bytes", "\xC3\xA9", 2, "\"\xC3\xA9\"" },
        { "three bytes", "\xE2\x82\xAC", 3, "\"\xE2\x82\xAC\"" },
        { "four bytes", "\xF0\x9F\x98\x80", 4, "\"\xF0\x9F\x98\x80\"" },
        { "a byte of none",
          "a\xFF"
          "b",
          3,
          "\"a\xEF\xBF\xBD"
          "b\"" },
        { "cut short", "\xE2\x82", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
        { "overlong", "\xC0\xAF", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
        { "a surrogate", "\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
        { "above U+10FFFF", "\xF4\x90\x80\x80", 4,
          "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text t = { .n = 0 };
        const sipcheck_slice in = { (const uint8_t *)cases[i].in, cases[i].n };
        assert_int_equal(sipcheck_json_string(in, append, &t), 0);
        if (strcmp(t.bytes, cases[i].out) != 0) fail_msg("%s: %s", cases[i].what, t.bytes);
    }
}

static void a_string_that_is_longer_than_a_piece_is_whole(void **state)
{
    (void)state;
    static uint8_t in[6000];
    for (size_t plain = 4080; plain < 4110; plain++) {
        text t = { .n = 0 };
        memset(in, 'x', sizeof in);
        in[plain] = '\n';
        assert_int_equal(sipcheck_json_string((sipcheck_slice){ in, sizeof in }, append, &t), 0);
        assert_int_equal(t.n, sizeof in + 3);
        assert_memory_equal(t.bytes + 1 + plain, "\\nx", 3);
        assert_memory_equal(t.bytes + t.n - 2, "x\"", 2);
    }
}

/* Every byte needs an escape of six, so that they are written in several pieces. */
static void what_the_writer_returns_stops_the_writing(void **state)
{
    (void)state;
    static const uint8_t in[1000];
    text t = { .stop_after = 1 };
    assert_int_equal(sipcheck_json_string((sipcheck_slice){ in, sizeof in }, append, &t), 7);
    assert_true(t.n > 0 && t.n < 6000);
}

static void times_are_utc(void **state)
{
    (void)state;
    static const struct {
        uint64_t ns;
        const char *text;
    } cases[] = {
        { 0, "1970-01-01T00:00:00.000000Z" },
        { 1, "1970-01-01T00:00:00.000000001Z" },
        { UINT64_C(951782399999999000), "2000-02-28T23:59:59.999999Z" },
        { UINT64_C(951782400000000000), "2000-02-29T00:00:00.000000Z" },
        { UINT64_C(951868800000000000), "2000-03-01T00:00:00.000000Z" },
        { UINT64_C(1767261600123456000), "2026-01-01T10:00:00.123456Z" },
        { UINT64_C(1767261600123456789), "2026-01-01T10:00:00.123456789Z" },
        { UINT64_C(4107542400000000000), "2100-03-01T00:00:00.000000Z" },
        { UINT64_MAX, "2554-07-21T23:34:33.709551615Z" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buf[SIPCHECK_TIME_TEXT];
        assert_string_equal(sipcheck_time_text(cases[i].ns, buf), cases[i].text);
    }
}

static void addresses_are_as_rfc_5952_writes_them(void **state)
{
    (void)state;
    static const struct {
        sipcheck_address_port address;
        const char *text;
    } cases[] = {
        { { 0, { 0 }, 5060 }, "?" },
        { { 9, { 0 }, 5060 }, "?" },
        { { 4, { 192, 0, 2, 1 }, 5060 }, "192.0.2.1:5060" },
        { { 4, { 192, 0, 2, 1 }, 0 }, "192.0.2.1:0" },
        { { 6, { [15] = 1 }, 5060 }, "[::1]:5060" },
        { { 6, { 0 }, 65535 }, "[::]:65535" },
        { { 6, { 0x20, 0x01, 0x0D, 0xB8, [15] = 1 }, 5060 }, "[2001:db8::1]:5060" },
        { { 6, { 0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 }, 1 },
          "[2001:db8:0:1::1]:1" },
        { { 6, { 0xAB, 0xCD, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 }, 1 },
          "[abcd:0:1:1:1:1:1:1]:1" },
        { { 6, { 0x20, 0x01, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 }, 1 }, "[2001:0:0:1::1]:1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buf[SIPCHECK_ADDRESS_TEXT];
        assert_string_equal(sipcheck_address_text(&cases[i].address, buf), cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_has_the_keys_of_the_contract_in_their_order),
        cmocka_unit_test(a_finding_about_a_waiver_has_no_packet),
        cmocka_unit_test(what_is_kept_of_rules_and_packets_is_never_stale),
        cmocka_unit_test(related_frames_are_a_list),
        cmocka_unit_test(strings_are_escaped_and_are_utf8),
        cmocka_unit_test(a_string_that_is_longer_than_a_piece_is_whole),
        cmocka_unit_test(what_the_writer_returns_stops_the_writing),
        cmocka_unit_test(times_are_utc),
        cmocka_unit_test(addresses_are_as_rfc_5952_writes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
