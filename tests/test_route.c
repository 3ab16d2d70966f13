/* SPDX-License-Identifier: MIT */
/* Which group a message is of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <sipcheck/engine.h>

#include "failing.h"
#include "random_next.h"
#include "track/glance.h"

#define ROUTES 4096 /* SC_ROUTES_MAX */

static unsigned route(sipcheck_router *router, const char *text)
{
    const sipcheck_packet packet = { .bytes = (const uint8_t *)text, .length = strlen(text) };
    return sipcheck_route(router, &packet);
}

#define PICK(LIST_) LIST_[random_next(rng, sizeof LIST_ / sizeof *LIST_)]

/* --- a look at the bytes */

typedef struct look {
    const char *title, *text, *call_id, *branch, *to, *cseq;
} look;

#define VIA "Via: SIP/2.0/UDP h;branch=z9hG4bKa\r\n"

static const look looks[] = {
    { "a request", "INFO sip:b SIP/2.0\r\n" VIA "Call-ID: x@y\r\n\r\n", "x@y", "z9hG4bKa", NULL,
      NULL },
    { "compact forms",
      "INFO sip:b SIP/2.0\r\nv:SIP/2.0/UDP h ; BRANCH = Z9HG4BKb;x\r\ni : x\r\n\r\n", "x",
      "Z9HG4BKb", NULL, NULL },
    { "folded",
      "INFO sip:b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n ;branch=z9hG4bKa\r\nCall-ID:\r\n\tx\r\n\r\n",
      "x", "z9hG4bKa", NULL, NULL },
    { "the first Via", "INFO sip:b SIP/2.0\r\n" VIA "Via: q;branch=z9hG4bKc\r\nCall-ID: x\r\n\r\n",
      "x", "z9hG4bKa", NULL, NULL },
    { "of older elements",
      "INFO sip:b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=1\r\nCall-ID: x\r\n\r\n", "x", NULL, NULL,
      NULL },
    { "a longer name", "INFO sip:b SIP/2.0\r\nViable: x;branch=z9hG4bKa\r\nCall-IDs: x\r\n\r\n",
      NULL, NULL, NULL, NULL },
    { "line feeds alone", "\r\n\nINFO sip:b SIP/2.0\nCall-ID: x\n" VIA "\n", "x", "z9hG4bKa", NULL,
      NULL },
    { "behind the head", "INFO sip:b SIP/2.0\r\n\r\nCall-ID: x\r\n" VIA, NULL, NULL, NULL, NULL },
    { "cut in the name", "INFO sip:b SIP/2.0\r\n" VIA "Call-ID: x", NULL, "z9hG4bKa", NULL, NULL },
    { "a response", "SIP/2.0 200 OK\r\n" VIA "To: <sip:b@h>\r\nCSeq: 1 INFO \r\nCall-ID: x\r\n\r\n",
      "x", "z9hG4bKa", NULL, "1 INFO" },
    { "a response to REGISTER",
      "SIP/2.0 200 OK\r\n" VIA "To: <sip:b@h>\r\nCSeq: 1 REGISTER\r\nCall-ID: x\r\n\r\n", "x",
      "z9hG4bKa", "sip:b@h", "1 REGISTER" },
    { "a response to what ends like REGISTER",
      "SIP/2.0 200 OK\r\n" VIA "To: <sip:b@h>\r\nCSeq: 1 UNREGISTER\r\nCall-ID: x\r\n\r\n", "x",
      "z9hG4bKa", NULL, "1 UNREGISTER" },
    { "REGISTER",
      "REGISTER sip:h SIP/2.0\r\n" VIA "Call-ID: x\r\nTo: \"<a>\" <sip:b;c@h;d?e>;f\r\n\r\n", "x",
      "z9hG4bKa", "sip:b;c@h", NULL },
    { "without brackets", "REGISTER sip:h SIP/2.0\r\n" VIA "Call-ID: x\r\nt: sip:b@h;tag=1\r\n\r\n",
      "x", "z9hG4bKa", "sip:b@h", NULL },
    { "nothing", "", NULL, NULL, NULL, NULL },
    { "no text", "\xff\r\n\xfe;;;\r\n", NULL, NULL, NULL, NULL },
};

static void want(const look *l, const char *what, sipcheck_slice found, const char *wanted)
{
    size_t n = wanted != NULL ? strlen(wanted) : 0;
    bool same = (found.p != NULL) == (wanted != NULL) && found.n == n &&
                (n == 0 || memcmp(found.p, wanted, n) == 0);
    if (!same) fail_msg("%s: %s is '%.*s'", l->title, what, (int)found.n, (const char *)found.p);
}

static void names_are_seen(void **state)
{
    (void)state;
    for (const look *l = looks; l < looks + sizeof looks / sizeof *looks; l++) {
        const sc_glance glance = sc_glance_at((const uint8_t *)l->text, strlen(l->text));
        want(l, "Call-ID", glance.call_id, l->call_id);
        want(l, "branch", glance.branch, l->branch);
        want(l, "To", glance.to, l->to);
        want(l, "CSeq", glance.cseq, l->cseq);
    }
}

/* Behind each prefix memory ends, which sanitizers see. */
static void nothing_is_read_beyond_the_end(void **state)
{
    (void)state;
    for (const look *l = looks; l < looks + sizeof looks / sizeof *looks; l++) {
        for (size_t n = 0; n <= strlen(l->text); n++) {
            uint8_t *bytes = malloc(n > 0 ? n : 1);
            assert_non_null(bytes);
            memcpy(bytes, l->text, n);
            const sc_glance glance = sc_glance_at(bytes, n);
            assert_true(glance.call_id.p == NULL || glance.call_id.p < bytes + n);
            free(bytes);
        }
    }
}

/* --- of what was parsed */

typedef struct both {
    sipcheck_arena *arena;
    uint64_t rng;
    size_t compared;
} both;

static void want_same(sipcheck_slice a, sipcheck_slice b, const uint8_t *bytes, size_t n)
{
    if ((a.p == NULL) != (b.p == NULL) || !sc_slices_same(a, b))
        fail_msg("'%.*s' or '%.*s' of %.*s", (int)a.n, (const char *)a.p, (int)b.n,
                 (const char *)b.p, (int)n, (const char *)bytes);
}

static void look_twice(both *both_, const uint8_t *bytes, size_t n)
{
    const sipcheck_message *message = NULL;
    sc_glance parsed;
    sipcheck_arena_reset(both_->arena);
    if (sipcheck_parse(both_->arena, bytes, n, 0, &message) != 0) return;
    if (!sc_glance_of(message, &parsed)) return;
    const sc_glance seen = sc_glance_at(bytes, n);
    want_same(parsed.call_id, seen.call_id, bytes, n);
    want_same(parsed.cseq, seen.cseq, bytes, n);
    want_same(parsed.to, seen.to, bytes, n);
    want_same(parsed.branch, seen.branch, bytes, n);
    assert_int_equal(parsed.is_response, seen.is_response);
    assert_int_equal(parsed.is_register, seen.is_register);
    assert_int_equal(parsed.follows, seen.follows);
    both_->compared++;
}

/* With some bytes put in, of those on which names, values and lines depend. */
static void look_at_changed(void *user, const sipcheck_test_outcome *outcome)
{
    static const char *const parts[] = {
        ";",       ",",        "\"", "=", " ",        "\r\n ",
        "\r\n",    "<",        ">",  "?", ";branch=", ";x=\";branch=z9hG4bKq\"",
        "\r\nv: ", "z9hG4bKa", "\t", ":", "@",        "\r\nTo:"
    };
    both *both_ = user;
    uint64_t *rng = &both_->rng;
    if (outcome->bytes == NULL || outcome->length == 0) return;
    uint8_t *bytes = malloc(outcome->length + 80);
    assert_non_null(bytes);
    for (unsigned round = 0; round < 60; round++) {
        size_t n = outcome->length;
        memcpy(bytes, outcome->bytes, n);
        for (unsigned changes = random_next(rng, 4); changes > 0; changes--) {
            const char *part = PICK(parts);
            size_t at = random_next(rng, (uint32_t)n);
            memmove(bytes + at + strlen(part), bytes + at, n - at);
            memcpy(bytes + at, part, strlen(part));
            n += strlen(part);
        }
        look_twice(both_, bytes, n);
    }
    free(bytes);
}

static void what_was_parsed_tells_the_same(void **state)
{
    both both_ = { .arena = sipcheck_arena_new(NULL), .rng = 1 };
    for (const look *l = looks; l < looks + sizeof looks / sizeof *looks; l++)
        look_twice(&both_, (const uint8_t *)l->text, strlen(l->text));
    assert_int_equal(sipcheck_rules_test(*state, NULL, NULL, look_at_changed, &both_), 0);
    assert_true(both_.compared > 10000);
    sipcheck_arena_free(both_.arena);
}

/* --- groups */

static void groups_share_the_messages(void **state)
{
    (void)state;
    unsigned messages[SIPCHECK_GROUPS] = { 0 };
    sipcheck_router *router = sipcheck_router_new(NULL);
    for (unsigned i = 0; i < 1600; i++) {
        char text[200];
        snprintf(text, sizeof text, "INFO sip:b SIP/2.0\r\nVia: x\r\nCall-ID: %u\r\n\r\n", i);
        messages[route(router, text)]++;
    }
    for (unsigned g = 0; g < SIPCHECK_GROUPS; g++)
        assert_in_range(messages[g], 50, 150);
    sipcheck_router_free(router);
}

#define REQUEST(CALL_, BRANCH_)                                                                    \
    "INFO sip:b SIP/2.0\r\nVia: h;branch=z9hG4bK" BRANCH_ "\r\nCall-ID: " CALL_ "\r\n\r\n"
#define RESPONSE(CALL_, BRANCH_)                                                                   \
    "SIP/2.0 200 OK\r\nVia: h;branch=z9hG4bK" BRANCH_ "\r\nCall-ID: " CALL_                        \
    "\r\nCSeq: 1 INFO\r\n\r\n"
#define REGISTER(CALL_, TO_)                                                                       \
    "REGISTER sip:h SIP/2.0\r\nVia: h\r\nTo: " TO_ "\r\nCall-ID: " CALL_ "\r\n\r\n"

static void what_belongs_together_is_of_one_group(void **state)
{
    (void)state;
    sipcheck_router *router = sipcheck_router_new(NULL);
    unsigned one = route(router, REQUEST("1", "a")), two = route(router, REQUEST("2", "b"));
    assert_int_not_equal(one, two);
    assert_int_equal(route(router, RESPONSE("1", "a")), one);
    assert_int_equal(route(router, RESPONSE("2", "a")), one);      /* another Call-ID, a fault */
    assert_int_equal(route(router, RESPONSE("2", "unseen")), two); /* no request was captured */
    assert_int_equal(route(router, "SIP/2.0 200 OK\r\nVia: h;branch=z9hG4bKb\r\n\r\n"), two);
    assert_int_equal(route(router, "SIP/2.0 200 OK\r\nVia: h\r\n\r\n"), SIPCHECK_GROUPS);
    (void)route(router, REQUEST("2", "a")); /* from here on the branch tells nothing */
    assert_int_equal(route(router, RESPONSE("2", "a")), two);
    unsigned bob = route(router, REGISTER("1", "<sip:bob@h>"));
    assert_int_equal(route(router, REGISTER("2", "sip:bob@H;x")), bob);
    assert_int_equal(route(router, "REGISTER sip:h SIP/2.0\r\nCall-ID: 1\r\n\r\n"),
                     SIPCHECK_GROUPS);
    assert_int_equal(sipcheck_route(router, &(sipcheck_packet){ .bytes = NULL }), SIPCHECK_GROUPS);
    sipcheck_router_free(router);
}

static void the_oldest_branch_is_forgotten(void **state)
{
    (void)state;
    sipcheck_router *router = sipcheck_router_new(NULL);
    unsigned one = route(router, REQUEST("1", "a")), two = route(router, REQUEST("2", "b"));
    assert_int_equal(route(router, RESPONSE("2", "a")), one);
    for (unsigned i = 0; i < 20 * ROUTES; i++) {
        char text[200];
        snprintf(text, sizeof text, REQUEST("2", "%u"), i);
        assert_int_equal(route(router, text), two);
    }
    assert_int_equal(route(router, RESPONSE("2", "a")), two);
    sipcheck_router_free(router);
}

static void a_router_needs_memory(void **state)
{
    (void)state;
    failing f = { .left = 0 };
    const sipcheck_allocator allocator = failing_allocator(&f);
    assert_null(sipcheck_router_new(&allocator));
    sipcheck_router_free(NULL);
}

static int open_rules(void **state)
{
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    sipcheck_error error;
    *state = rules;
    return rules == NULL || sipcheck_rules_add_builtin(rules, &error) != 0 ||
           sipcheck_rules_add_builtin_tests(rules, &error) != 0 ||
           sipcheck_rules_seal(rules, &error) != 0;
}

static int close_rules(void **state)
{
    sipcheck_rules_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_seen),
        cmocka_unit_test(nothing_is_read_beyond_the_end),
        cmocka_unit_test_setup_teardown(what_was_parsed_tells_the_same, open_rules, close_rules),
        cmocka_unit_test(groups_share_the_messages),
        cmocka_unit_test(what_belongs_together_is_of_one_group),
        cmocka_unit_test(the_oldest_branch_is_forgotten),
        cmocka_unit_test(a_router_needs_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
