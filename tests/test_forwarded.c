/* SPDX-License-Identifier: MIT */
/* A message that was passed on is told from one its sender wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipcheck/engine.h>

#include "track/forwarded.h"

enum { OWN = 0, PASSED_ON = 1 };

/* One message of a capture: what its start line, CSeq, To tag and number of Vias are. */
typedef struct sight {
    const char *start, *call_id, *cseq, *to_tag;
    unsigned vias;
    int wanted;
} sight;

static const char request[] = "INVITE sip:bob@example.com SIP/2.0";
static const char ok[] = "SIP/2.0 200 OK";

static size_t write_message(const sight *s, char *buf, size_t size)
{
    int n = snprintf(buf, size, "%s\r\n", s->start);
    for (unsigned i = 0; i < s->vias; i++)
        n += snprintf(buf + n, size - (size_t)n, "Via: SIP/2.0/UDP h%u;branch=z9hG4bK%u\r\n", i, i);
    n += snprintf(buf + n, size - (size_t)n,
                  "From: <sip:a@example.com>;tag=f\r\nTo: <sip:b@example.com>%s%s\r\n"
                  "Call-ID: %s\r\nCSeq: %s\r\n\r\n",
                  s->to_tag ? ";tag=" : "", s->to_tag ? s->to_tag : "", s->call_id, s->cseq);
    return (size_t)n;
}

static void expect_sights(const sight *sights, size_t count)
{
    sc_forwards *forwards = calloc(1, sizeof *forwards);
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    assert_non_null(forwards);
    assert_non_null(arena);
    for (size_t i = 0; i < count; i++) {
        char buf[1024];
        const sipcheck_message *message;
        size_t n = write_message(&sights[i], buf, sizeof buf);
        sipcheck_arena_reset(arena);
        assert_int_equal(sipcheck_parse(arena, (const uint8_t *)buf, n, 0, &message), 0);
        bool passed_on = sc_forwards_note(forwards, 1, message);
        if (passed_on != (sights[i].wanted == PASSED_ON))
            fail_msg("message %zu (%s): %d", i + 1, sights[i].start, passed_on);
    }
    sipcheck_arena_free(arena);
    free(forwards);
}
#define EXPECT(...)                                                                                \
    expect_sights((const sight[]){ __VA_ARGS__ },                                                  \
                  sizeof((const sight[]){ __VA_ARGS__ }) / sizeof(const sight))

static void a_request_with_more_vias_was_passed_on(void **state)
{
    (void)state;
    EXPECT({ request, "c", "1 INVITE", NULL, 1, OWN },
           { request, "c", "1 INVITE", NULL, 2, PASSED_ON },
           { request, "c", "1 INVITE", NULL, 3, PASSED_ON });
}

static void a_response_with_fewer_vias_was_passed_on(void **state)
{
    (void)state;
    EXPECT({ ok, "c", "1 INVITE", "t", 3, OWN }, { ok, "c", "1 INVITE", "t", 2, PASSED_ON },
           { ok, "c", "1 INVITE", "t", 1, PASSED_ON });
}

static void a_repetition_stays_what_it_was(void **state)
{
    (void)state;
    EXPECT({ request, "c", "1 INVITE", NULL, 1, OWN },
           { request, "c", "1 INVITE", NULL, 2, PASSED_ON },
           { request, "c", "1 INVITE", NULL, 1, OWN },
           { request, "c", "1 INVITE", NULL, 2, PASSED_ON }, { ok, "c", "1 INVITE", "t", 2, OWN },
           { ok, "c", "1 INVITE", "t", 2, OWN });
}

static void what_differs_is_another_message(void **state)
{
    (void)state;
    EXPECT({ request, "c", "1 INVITE", NULL, 1, OWN }, { request, "d", "1 INVITE", NULL, 2, OWN },
           { request, "c", "2 INVITE", NULL, 2, OWN }, { request, "c", "1 INVITE", "t", 2, OWN },
           { ok, "c", "1 INVITE", "t", 2, OWN }, { ok, "c", "1 INVITE", "u", 1, OWN },
           { "SIP/2.0 180 Ringing", "c", "1 INVITE", "t", 1, OWN },
           { ok, "c", "1 BYE", "t", 1, OWN });
}

static void every_hop_has_its_own_100(void **state)
{
    (void)state;
    EXPECT({ "SIP/2.0 100 Trying", "c", "1 INVITE", NULL, 2, OWN },
           { "SIP/2.0 100 Trying", "c", "1 INVITE", NULL, 1, OWN },
           { "SIP/2.0 100 Trying", "c", "1 INVITE", "t", 2, OWN },
           { "SIP/2.0 100 Trying", "c", "1 INVITE", "t", 1, OWN });
}

/* A server that forgot the tag is not excused by it, nor is the proxy behind it blamed. */
static void a_response_without_a_to_tag_is_passed_on_likewise(void **state)
{
    (void)state;
    EXPECT({ ok, "c", "1 INVITE", NULL, 2, OWN }, { ok, "c", "1 INVITE", NULL, 1, PASSED_ON },
           { ok, "c", "1 INVITE", "t", 1, OWN }, { ok, "c", "2 INVITE", NULL, 1, OWN });
}

static void memory_is_bounded_and_forgets_the_oldest(void **state)
{
    (void)state;
    enum { MANY = SC_FORWARDS_MAX * 16 };
    sight *sights = calloc(MANY + 2, sizeof *sights);
    char(*ids)[16] = calloc(MANY, sizeof *ids);
    assert_non_null(sights);
    assert_non_null(ids);
    sights[0] = (sight){ request, "first", "1 INVITE", NULL, 1, OWN };
    for (size_t i = 0; i < MANY; i++) {
        snprintf(ids[i], sizeof ids[i], "c%zu", i);
        sights[i + 1] = (sight){ request, ids[i], "1 INVITE", NULL, 1, OWN };
    }
    sights[MANY + 1] = (sight){ request, "first", "1 INVITE", NULL, 2, OWN };
    expect_sights(sights, MANY + 2);
    free(ids);
    free(sights);
}

/* Of a thousand calls at once, each is passed on when many others have been seen. */
static void what_comes_between_does_not_matter(void **state)
{
    (void)state;
    enum { CALLS = 1000, BETWEEN = 16 };
    static sight sights[2 * CALLS];
    static char ids[CALLS][16];
    size_t n = 0;
    for (size_t i = 0; i < CALLS + BETWEEN; i++) {
        if (i < CALLS) {
            snprintf(ids[i], sizeof ids[i], "c%zu", i);
            sights[n++] = (sight){ ok, ids[i], "1 INVITE", "t", 2, OWN };
        }
        if (i >= BETWEEN)
            sights[n++] = (sight){ ok, ids[i - BETWEEN], "1 INVITE", "t", 1, PASSED_ON };
    }
    expect_sights(sights, n);
}

/* --- in the engine */

typedef struct tally {
    unsigned no_contact, no_received;
    unsigned roles;
} tally;

static void count_finding(void *user, const sipcheck_finding *finding)
{
    tally *t = user;
    t->no_contact += strcmp(finding->rule->id, "rfc3261-12.1.1-contact-in-2xx") == 0;
    t->no_received += strcmp(finding->rule->id, "rfc3261-18.2.1-received-in-response") == 0;
    t->roles |= finding->role;
}

static tally judge_response(sipcheck *engine, tally *now, const char *call_id, unsigned vias)
{
    char buf[1024];
    const sight s = { ok, call_id, "1 INVITE", "t", vias, OWN };
    size_t n = write_message(&s, buf, sizeof buf);
    const sipcheck_packet packet = { .bytes = (const uint8_t *)buf, .length = n };
    *now = (tally){ 0 };
    assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_OK);
    return *now;
}

static sipcheck_rules *all_rules(void)
{
    sipcheck_error error;
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    assert_non_null(rules);
    assert_int_equal(sipcheck_rules_add_builtin(rules, &error), SIPCHECK_OK);
    assert_int_equal(sipcheck_rules_seal(rules, &error), SIPCHECK_OK);
    return rules;
}

/* The UAS forgot Contact, the proxy forgot received: each is told its own fault. */
static void a_proxy_answers_for_its_own_part_only(void **state)
{
    (void)state;
    sipcheck_rules *rules = all_rules();
    tally now;
    const sipcheck_options options = { .on_finding = count_finding, .user = &now };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);

    tally uas = judge_response(engine, &now, "c", 2);
    assert_int_equal(uas.no_contact, 1);
    assert_int_equal(uas.roles, SIPCHECK_ROLE_UAS);
    tally proxy = judge_response(engine, &now, "c", 1);
    assert_int_equal(proxy.no_contact, 0);
    assert_int_equal(proxy.no_received, 1);
    assert_int_equal(proxy.roles, SIPCHECK_ROLE_PROXY);

    sipcheck_free(engine);
    sipcheck_rules_free(rules);
}

static unsigned copies_known(const sipcheck_rules *rules, bool messages_only, unsigned calls)
{
    tally now;
    unsigned known = 0;
    const sipcheck_options options = { .on_finding = count_finding,
                                       .user = &now,
                                       .messages_only = messages_only };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    for (unsigned i = 0; i < 2 * calls; i++) {
        char call_id[16];
        snprintf(call_id, sizeof call_id, "c%u", i % calls);
        tally t = judge_response(engine, &now, call_id, i < calls ? 2 : 1);
        known += i >= calls && t.no_contact == 0;
    }
    sipcheck_free(engine);
    return known;
}

/* What is remembered by groups is remembered without them, too. */
static void as_many_copies_are_known_where_nothing_is_tracked(void **state)
{
    (void)state;
    enum { CALLS = 5 * SC_FORWARDS_MAX };
    sipcheck_rules *rules = all_rules();
    unsigned tracked = copies_known(rules, false, CALLS), alone = copies_known(rules, true, CALLS);
    if (tracked < CALLS * 95 / 100 || alone < CALLS * 95 / 100)
        fail_msg("of %u copies %u are known, %u without tracking", CALLS, tracked, alone);
    sipcheck_rules_free(rules);
}

/* --- where the author's copy was not captured */

typedef struct contact_verdict {
    enum sipcheck_verdict verdict;
    enum sipcheck_role role;
    char text[64];
} contact_verdict;

static void keep_contact(void *user, const sipcheck_finding *finding)
{
    contact_verdict *v = user;
    if (strcmp(finding->rule->id, "rfc3261-20-contact-not-applicable") == 0) {
        v->verdict = finding->verdict;
        v->role = finding->role;
        snprintf(v->text, sizeof v->text, "%s", finding->text);
    }
}

static contact_verdict judge_contact(const sipcheck_rules *rules, const char *text)
{
    contact_verdict v = { 0 };
    const sipcheck_options options = { .verdicts = 15, .on_finding = keep_contact, .user = &v };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    const sipcheck_packet packet = { .bytes = (const uint8_t *)text,
                                     .length = strlen(text),
                                     .src = { 4, { 192, 0, 2, 9 }, 5060 } };
    assert_int_equal(sipcheck_feed(engine, &packet), SIPCHECK_OK);
    sipcheck_free(engine);
    return v;
}

#define FROM_TO "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>;tag=2\r\nCall-ID: c\r\nCSeq: 1 BYE\r\n"
#define VIA_OF(HOST) "Via: SIP/2.0/UDP " HOST ";branch=z9hG4bK" HOST "\r\n"
#define CONTACT "Contact: <sip:a@192.0.2.1>\r\n\r\n"

/* BYE has no Contact; the proxy is not who put it there. */
static void a_proxy_is_not_blamed_for_a_request_whose_first_leg_was_not_captured(void **state)
{
    (void)state;
    sipcheck_rules *rules = all_rules();
    contact_verdict own =
        judge_contact(rules, "BYE sip:b@x SIP/2.0\r\n" VIA_OF("192.0.2.9") FROM_TO CONTACT);
    assert_int_equal(own.verdict, SIPCHECK_FAIL);
    contact_verdict relayed = judge_contact(rules, "BYE sip:b@x SIP/2.0\r\n" VIA_OF("192.0.2.9")
                                                       VIA_OF("192.0.2.1") FROM_TO CONTACT);
    assert_int_equal(relayed.verdict, SIPCHECK_UNKNOWN);
    assert_string_equal(relayed.text, "the request as its author sent it");
    sipcheck_rules_free(rules);
}

static void who_stands_in_record_route_only_is_a_proxy(void **state)
{
    (void)state;
    sipcheck_rules *rules = all_rules();
    contact_verdict proxy =
        judge_contact(rules, "SIP/2.0 200 OK\r\n" VIA_OF("192.0.2.1") FROM_TO
                      "Record-Route: <sip:p2.example.com;lr>, <sip:192.0.2.9;lr>\r\n" CONTACT);
    assert_int_equal(proxy.verdict, SIPCHECK_NA);
    assert_int_equal(proxy.role, SIPCHECK_ROLE_PROXY);
    contact_verdict server = judge_contact(
        rules, "SIP/2.0 200 OK\r\n" VIA_OF("192.0.2.1") FROM_TO
        "Record-Route: <sip:192.0.2.9;lr>\r\nContact: <sip:b@192.0.2.9:5060>\r\n\r\n");
    assert_int_equal(server.verdict, SIPCHECK_FAIL);
    assert_int_equal(server.role, SIPCHECK_ROLE_UAS);
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_with_more_vias_was_passed_on),
        cmocka_unit_test(a_response_with_fewer_vias_was_passed_on),
        cmocka_unit_test(a_repetition_stays_what_it_was),
        cmocka_unit_test(what_differs_is_another_message),
        cmocka_unit_test(every_hop_has_its_own_100),
        cmocka_unit_test(a_response_without_a_to_tag_is_passed_on_likewise),
        cmocka_unit_test(memory_is_bounded_and_forgets_the_oldest),
        cmocka_unit_test(what_comes_between_does_not_matter),
        cmocka_unit_test(as_many_copies_are_known_where_nothing_is_tracked),
        cmocka_unit_test(a_proxy_answers_for_its_own_part_only),
        cmocka_unit_test(a_proxy_is_not_blamed_for_a_request_whose_first_leg_was_not_captured),
        cmocka_unit_test(who_stands_in_record_route_only_is_a_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
