/* SPDX-License-Identifier: MIT */
/* Limits that a message hits: each is just kept, then broken by one, which is said.
 * docs/limits.md names the test of every limit. */
#define _GNU_SOURCE
#include "ruleset.h"
#include "values.h"

#include <sipcheck/body.h>

#include "engine/internal.h"
#include "text/arena.h"

static const char start[] = "OPTIONS sip:a SIP/2.0\r\n";

/* begin, part as often as is said, and an empty line. Static memory, ended by NUL. */
static const char *made(const char *begin, const char *part, size_t parts, const char *end)
{
    static char *text;
    size_t n = strlen(begin), each = strlen(part);
    free(text);
    text = malloc(n + each * parts + strlen(end) + 1);
    assert_non_null(text);
    memcpy(text, begin, n);
    for (size_t i = 0; i < parts; i++, n += each)
        memcpy(text + n, part, each);
    strcpy(text + n, end);
    return text;
}

static int parse(sipcheck_arena *arena, const char *text, size_t n, const sipcheck_message **ret)
{
    sipcheck_arena_reset(arena);
    return sipcheck_parse(arena, (const uint8_t *)text, n, 0, ret);
}

/* SIPCHECK_MESSAGE_MAX, SIPCHECK_HEADER_FIELD_MAX */
static void messages_end_at_their_limits(void **state)
{
    (void)state;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_message *message = NULL;
    const char *text = made(start, "a", SIPCHECK_MESSAGE_MAX, "");
    assert_int_equal(parse(arena, text, SIPCHECK_MESSAGE_MAX, &message), SIPCHECK_OK);
    assert_int_equal(parse(arena, text, SIPCHECK_MESSAGE_MAX + 1, &message), SIPCHECK_TOO_BIG);
    for (size_t more = 0; more < 2; more++) {
        text = made(start, "a:\r\n", SIPCHECK_HEADER_FIELD_MAX + more, "\r\n");
        assert_int_equal(parse(arena, text, strlen(text), &message),
                         more ? SIPCHECK_TOO_BIG : SIPCHECK_OK);
    }
    sipcheck_arena_free(arena);
}

/* SIPCHECK_FAULT_MAX */
static void faults_end_at_their_limit(void **state)
{
    (void)state;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    const sipcheck_message *message = NULL;
    for (size_t more = 0; more < 2; more++) {
        const char *text = made(start, "no colon\r\n", SIPCHECK_FAULT_MAX + more, "\r\n");
        assert_int_equal(parse(arena, text, strlen(text), &message), SIPCHECK_OK);
        assert_int_equal(message->fault_count, SIPCHECK_FAULT_MAX);
        assert_int_equal(message->faults_lost, more);
    }
    sipcheck_arena_free(arena);
}

/* ARENA_MAX: a message of many small things; it is not judged, and counted so. */
static void small_things_fill_an_arena(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(RULE_CSEQ("a-b")));
    const sipcheck_options options = { .verdicts = 0 };
    sipcheck *engine = sipcheck_new(rules, &options);
    for (size_t most = 2000; most < SIPCHECK_MESSAGE_MAX; most *= 400) {
        const char *text = made("OPTIONS sip:a SIP/2.0\r\nVia: a", ",a", most / 2, "\r\n\r\n");
        const sipcheck_packet packet = { .bytes = (const uint8_t *)text,
                                         .length = strlen(text),
                                         .frame = 1 };
        assert_int_equal(sipcheck_feed(engine, &packet), most < 10000 ? 0 : SIPCHECK_TOO_BIG);
    }
    assert_int_equal(sipcheck_message_count(engine), 2);
    assert_int_equal(sipcheck_unjudged_count(engine), 1);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

typedef struct held {
    size_t bytes, sizes[64];
    void *blocks[64];
} held;

static void *held_alloc(void *user, size_t size)
{
    held *h = user;
    size_t i = 0;
    while (h->blocks[i])
        assert_true(++i < 64);
    h->blocks[i] = malloc(size);
    h->bytes += h->sizes[i] = size;
    return h->blocks[i];
}

static void held_release(void *user, void *block)
{
    held *h = user;
    for (size_t i = 0; i < 64; i++)
        if (block && h->blocks[i] == block) {
            h->bytes -= h->sizes[i];
            h->blocks[i] = NULL;
        }
    free(block);
}

/* KEEP_MAX: what one huge message took is given back. */
static void a_reset_keeps_little(void **state)
{
    (void)state;
    held h = { 0 };
    const sipcheck_allocator allocator = { held_alloc, held_release, &h };
    sipcheck_arena *arena = sipcheck_arena_new(&allocator);
    for (size_t i = 0; i < 16; i++)
        assert_non_null(sc_arena_alloc(arena, (size_t)1 << 20));
    assert_true(h.bytes > (size_t)16 << 20);
    sipcheck_arena_reset(arena);
    assert_true(h.bytes <= ((size_t)1 << 20) + 4096);
    sipcheck_arena_free(arena);
    assert_int_equal(h.bytes, 0);
}

/* LINES_MAX: core headers behind a broken start line are looked for in so many lines. */
static void likeness_looks_so_far(void **state)
{
    (void)state;
    static const char core[] = "Via: x\r\nFrom: x\r\nCall-ID: x\r\n";
    for (size_t more = 0; more < 2; more++) {
        const char *text = made("hello\r\n", "X: y\r\n", 37 + more, core);
        assert_int_equal(sipcheck_looks_like_sip((const uint8_t *)text, strlen(text)),
                         more ? SIPCHECK_NOT_SIP : SIPCHECK_MAYBE_SIP);
    }
}

/* START_LINE_MAX: so long a stream's line may be before it is none of a message. */
static void a_line_is_waited_for_so_long(void **state)
{
    (void)state;
    enum { MOST = 64 * 1024 };
    const uint8_t *text = (const uint8_t *)made("", "a", MOST + 1, "");
    assert_int_equal(sipcheck_frame_next(text, MOST, false).kind, SIPCHECK_FRAME_MORE);
    assert_int_equal(sipcheck_frame_next(text, MOST + 1, false).kind, SIPCHECK_FRAME_GARBAGE);
}

/* TRIES_MAX: of many parameters none of which can be the URI's. */
static void a_bare_uri_ends_in_the_end(void **state)
{
    (void)state;
    for (size_t n = 14; n < 40; n += 2) {
        const value_case cases[] = {
            { "parameters that no URI has", made("sip:a@b", ";x=\"y\"", n, ""), -1, NULL },
        };
        CHECK_VALUES("Trigger-Consent", cases);
        const value_case list[] = {
            { "more of a list than tries", made("sip:a@b", ",sip:a,b@c", n, ""), -1, NULL },
        };
        CHECK_VALUES("Policy-ID", list);
        const value_case behind[] = {
            { "an at sign of another one", made("sip:a", ",sip:a", n, ",sip:a@b"), -1, NULL },
        };
        CHECK_VALUES("Policy-ID", behind);
    }
}

/* BOUNDARY_MAX */
static void a_boundary_has_a_limit(void **state)
{
    (void)state;
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    for (size_t more = 0; more < 2; more++) {
        const sipcheck_message *message = NULL;
        const sipcheck_body *body = NULL;
        char boundary[80], text[512];
        memset(boundary, 'b', sizeof boundary);
        boundary[70 + more] = '\0';
        int n = snprintf(text, sizeof text,
                         "%sContent-Type: multipart/mixed;boundary=%s\r\n\r\n"
                         "--%s\r\n\r\nx\r\n--%s--\r\n",
                         start, boundary, boundary, boundary);
        assert_int_equal(parse(arena, text, (size_t)n, &message), SIPCHECK_OK);
        assert_int_equal(sipcheck_body_parse(arena, message, &body), SIPCHECK_OK);
        assert_int_equal(body->fault_count, more);
    }
    sipcheck_arena_free(arena);
}

/* --- findings and plans */

static void keep_text(void *user, const sipcheck_finding *finding)
{
    snprintf(user, SC_FINDING_TEXT_MAX, "%s", finding->text);
}

/* SC_FINDING_TEXT_MAX: a longer text ends in dots. */
static void texts_of_findings_end_in_dots(void **state)
{
    (void)state;
    static const char rule[] =
        RULE_HEAD("a-b") "  assert: sip.Subject == \"\"\n"
                         "  message: \""
                         "{sip.Subject}{sip.Subject}{sip.Subject}"
                         "{sip.Subject}{sip.Subject}{sip.Subject}{sip.Subject}"
                         "{sip.Subject}{sip.Subject}\"\n  fix: f\n" RULE_TESTS;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(rule));
    char heard[SC_FINDING_TEXT_MAX] = "";
    const sipcheck_options options = { .on_finding = keep_text, .user = heard };
    sipcheck *engine = sipcheck_new(rules, &options);
    const char *text = made("OPTIONS sip:a SIP/2.0\r\nSubject: ", "x", 250, "\r\n\r\n");
    const sipcheck_packet packet = { .bytes = (const uint8_t *)text,
                                     .length = strlen(text),
                                     .frame = 1 };
    assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_OK);
    size_t n = strlen(heard);
    assert_int_equal(n, SC_FINDING_TEXT_MAX - 1);
    assert_string_equal(heard + n - 4, "x...");
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

/* One rule a pair of headers: more patterns than SC_PLAN_PATTERNS_MAX. */
static sipcheck_rules *rules_of_pairs(void)
{
    static const char *const names[] = {
        "Accept",       "Alert-Info", "Allow",       "Call-Info",    "Contact",    "Date",
        "Error-Info",   "Expires",    "Geolocation", "History-Info", "Join",       "Min-Expires",
        "Organization", "Path",       "Priority",    "Reason",       "Require",    "Route",
        "Server",       "Subject",    "Supported",   "Unsupported",  "User-Agent", "Warning"
    };
    enum { NAMES = sizeof names / sizeof *names };
    sipcheck_rules *rules = ruleset_open("");
    sipcheck_error error;
    for (unsigned i = 0; i < NAMES; i++)
        for (unsigned k = i + 1; k < NAMES; k++) {
            char text[1024];
            snprintf(text, sizeof text,
                     "- id: a-%u-%u\n%s  applies: exists(sip.%s) or exists(sip.%s)\n"
                     "  assert: sip.Call-ID != \"x\"\n  message: m\n  fix: f\n%s",
                     i, k, strchr(RULE_HEAD(""), '\n') + 1, names[i], names[k], RULE_TESTS);
            if (ruleset_add(rules, text, &error) != 0) fail_msg("%s", error.message);
        }
    return ruleset_seal(rules);
}

static const char *const plan_messages[] = {
    PING, "OPTIONS sip:a SIP/2.0\r\nDate: x\r\nRoute: <sip:b>\r\n\r\n",
    "OPTIONS sip:a SIP/2.0\r\nServer: x\r\nCall-ID: 1\r\n\r\n"
};

static void feed_all(sipcheck *engine)
{
    for (size_t i = 0; i < (size_t)6 * SC_PLAN_AFTER; i++) {
        const char *text = plan_messages[i % 3];
        const sipcheck_packet packet = { .bytes = (const uint8_t *)text,
                                         .length = strlen(text),
                                         .frame = i + 1 };
        assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_OK);
    }
}

static size_t most_patterns(const sipcheck *engine)
{
    size_t most = 0;
    for (size_t i = 0; i < SC_PLANS_MAX; i++) {
        const sc_plan *plan = engine->plans[i].plan;
        if (plan && plan->pattern_count > most) most = plan->pattern_count;
    }
    return most;
}

/* SC_PLAN_PATTERNS_MAX: the rules that a plan has no room for are asked, with the same outcome. */
static void full_plans_change_nothing(void **state)
{
    (void)state;
    sipcheck_rules *rules = rules_of_pairs();
    const sipcheck_options by_plan = { .verdicts = 0 }, one_by_one = { .verdicts = 15 };
    sipcheck *fast = sipcheck_new(rules, &by_plan), *slow = sipcheck_new(rules, &one_by_one);
    feed_all(fast);
    feed_all(slow);
    assert_int_equal(most_patterns(fast), SC_PLAN_PATTERNS_MAX);
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++) {
        sipcheck_counts a = sipcheck_rule_counts(fast, i), b = sipcheck_rule_counts(slow, i);
        assert_memory_equal(&a, &b, sizeof a);
    }
    sipcheck_free(fast);
    sipcheck_free(slow);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_end_at_their_limits),
        cmocka_unit_test(faults_end_at_their_limit),
        cmocka_unit_test(small_things_fill_an_arena),
        cmocka_unit_test(a_reset_keeps_little),
        cmocka_unit_test(likeness_looks_so_far),
        cmocka_unit_test(a_line_is_waited_for_so_long),
        cmocka_unit_test(a_bare_uri_ends_in_the_end),
        cmocka_unit_test(a_boundary_has_a_limit),
        cmocka_unit_test(texts_of_findings_end_in_dots),
        cmocka_unit_test(full_plans_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
