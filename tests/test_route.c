/* SPDX-License-Identifier: MIT */
/* Which group a message is of, and that engines that share the groups find what one finds. */
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

/* --- several engines */

#define MESSAGES 4000
#define ENGINES_MAX 5

/* Of few names, so that they meet; some are not whole, one is too long. */
static void make_message(uint64_t *rng, sipcheck_packet *packet, char *text, size_t size)
{
    static const char *const starts[] = { "INVITE",   "INVITE", "ACK",  "BYE",       "CANCEL",
                                          "REGISTER", "PRACK",  "INFO", "SUBSCRIBE", "NOTIFY" };
    static const char *const answers[] = { "100 Trying", "180 Ringing", "200 OK",
                                           "200 OK",     "401 No",      "487 Gone" };
    static const char *const mores[] = { "", "Expires: 5\r\n",
                                         "Event: e\r\nSubscription-State: active;expires=9\r\n",
                                         "RSeq: 1\r\nRequire: 100rel\r\n",
                                         "Record-Route: <sip:p;lr>\r\n" };
    static const unsigned steps[] = { 0, 0, 1, 10, 200, 700, 4000, 40000, 300000 };
    const char *method = PICK(starts);
    bool response = random_next(rng, 2) == 0;
    char start[80];
    if (response)
        snprintf(start, sizeof start, "SIP/2.0 %s", PICK(answers));
    else
        snprintf(start, sizeof start, "%s sip:b@h SIP/2.0", method);
    unsigned call = random_next(rng, 40), to = random_next(rng, 3);
    int n = snprintf(text, size,
                     "%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%u\r\n%sMax-Forwards: 70\r\nFrom: "
                     "<sip:a@h>;tag=%u\r\n"
                     "To: <sip:b%u@h>%s\r\nContact: <sip:a@h>\r\n%s%u\r\nCSeq: %u %s\r\n%s"
                     "Content-Length: 0\r\n\r\n",
                     start, random_next(rng, 8) == 0 ? 0 : 2 * call + random_next(rng, 2),
                     random_next(rng, 6) == 0 ? "Via: SIP/2.0/UDP q;branch=z9hG4bKq\r\n" : "",
                     random_next(rng, 2), call % 7,
                     to == 0   ? ""
                     : to == 1 ? ";tag=t"
                               : ";tag=u",
                     random_next(rng, 60) == 0 ? "Call: " : "Call-ID: ",
                     random_next(rng, 30) == 0 ? random_next(rng, 40) : call,
                     random_next(rng, 3) + 1, method, PICK(mores));
    bool cut = random_next(rng, 80) == 0, back = random_next(rng, 50) == 0;
    uint64_t step = UINT64_C(1000000) * PICK(steps);
    packet->bytes = (const uint8_t *)text;
    packet->length = cut ? random_next(rng, (uint32_t)n) : (size_t)n;
    packet->flags = cut ? SIPCHECK_CUT : 0;
    packet->frame++;
    packet->ns = back ? packet->ns - step : packet->ns + step;
    if (random_next(rng, 1000) == 0) packet->ns += UINT64_C(90) * 24 * 3600 * 1000000000;
    packet->src = (sipcheck_address_port){ 4, { 10, 0, 0, (uint8_t)random_next(rng, 3) }, 5060 };
    packet->dst = (sipcheck_address_port){ 4, { 10, 0, 0, (uint8_t)random_next(rng, 3) }, 5060 };
    packet->transport = random_next(rng, 4) == 0 ? SIPCHECK_TRANSPORT_TCP : SIPCHECK_TRANSPORT_UDP;
}

/* Findings as numbers, in their order. */
typedef struct said {
    uint64_t due, hash;
    unsigned group;
} said;
typedef struct heard {
    said *list;
    size_t count, room;
} heard;

static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void hear(void *user, const sipcheck_finding *f)
{
    heard *h = user;
    if (h->count == h->room) {
        h->room = h->room > 0 ? 2 * h->room : 1024;
        h->list = realloc(h->list, h->room * sizeof *h->list);
        assert_non_null(h->list);
    }
    uint64_t hash = mix(1, f->rule->id, strlen(f->rule->id));
    hash = mix(hash, &f->verdict, sizeof f->verdict);
    hash = mix(hash, &f->packet->frame, sizeof f->packet->frame);
    hash = mix(hash, f->text, strlen(f->text));
    hash = mix(hash, &f->offset, sizeof f->offset);
    if (f->related_count > 0) hash = mix(hash, f->related, f->related_count * sizeof *f->related);
    h->list[h->count++] = (said){ f->due, hash, f->group };
}

/* What was found at a packet behind `from`, in its order; the lists of engines are. */
static void order(said *list, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        said moved = list[i];
        size_t at = i;
        for (; at > 0 && (moved.due < list[at - 1].due ||
                          (moved.due == list[at - 1].due && moved.group < list[at - 1].group));
             at--)
            list[at] = list[at - 1];
        list[at] = moved;
    }
}

typedef struct team {
    sipcheck *engines[ENGINES_MAX];
    unsigned count;
    heard heard;
} team;

static void team_open(team *t, const sipcheck_rules *rules, unsigned count)
{
    *t = (team){ .count = count };
    for (unsigned i = 0; i < count; i++) {
        const sipcheck_options options = { .verdicts = 1u << SIPCHECK_FAIL | 1u << SIPCHECK_UNKNOWN,
                                           .on_finding = hear,
                                           .user = &t->heard,
                                           .memory_max = (size_t)512 << 10,
                                           .part = true };
        t->engines[i] = sipcheck_new(rules, &options);
        assert_non_null(t->engines[i]);
    }
}

static void team_feed(team *t, const sipcheck_packet *packet, unsigned group, bool lost)
{
    size_t from = t->heard.count;
    unsigned feeds = group % SIPCHECK_GROUPS % t->count;
    for (unsigned i = 0; i < t->count; i++) {
        if (lost) sipcheck_gap(t->engines[i], packet->ns);
        if (i != feeds) assert_int_equal(sipcheck_overhear(t->engines[i], packet, group), 0);
    }
    (void)sipcheck_feed_group(t->engines[feeds], packet, group);
    if (t->heard.count > from) order(t->heard.list + from, t->heard.count - from);
}

static void team_finish(team *t, sipcheck *whole)
{
    size_t from = t->heard.count;
    for (unsigned i = 0; i < t->count; i++) {
        assert_int_equal(sipcheck_finish(t->engines[i]), 0);
        sipcheck_join(whole, t->engines[i]);
    }
    if (t->heard.count > from) order(t->heard.list + from, t->heard.count - from);
}

static void team_close(team *t)
{
    for (unsigned i = 0; i < t->count; i++)
        sipcheck_free(t->engines[i]);
    free(t->heard.list);
}

static void compare(const sipcheck_rules *rules, const sipcheck *one, const sipcheck *whole)
{
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++) {
        const sipcheck_counts a = sipcheck_rule_counts(one, i), b = sipcheck_rule_counts(whole, i);
        if (memcmp(&a, &b, sizeof a) != 0) fail_msg("%s", sipcheck_rules_at(rules, i)->id);
    }
    const sipcheck_sequence_counts s = sipcheck_sequences(one), t = sipcheck_sequences(whole);
    assert_memory_equal(&s, &t, offsetof(sipcheck_sequence_counts, memory));
    assert_int_equal(sipcheck_message_count(one), sipcheck_message_count(whole));
    assert_int_equal(sipcheck_cut_count(one), sipcheck_cut_count(whole));
}

/* The memory runs out as well. */
static void several_engines_find_what_one_finds(void **state)
{
    sipcheck_rules *rules = *state;
    for (unsigned count = 1; count <= ENGINES_MAX; count++) {
        heard h = { NULL, 0, 0 };
        uint64_t rng = count;
        char text[2000];
        team t;
        const sipcheck_options options = { .verdicts = 1u << SIPCHECK_FAIL | 1u << SIPCHECK_UNKNOWN,
                                           .on_finding = hear,
                                           .user = &h,
                                           .memory_max = (size_t)512 << 10 };
        sipcheck *one = sipcheck_new(rules, &options), *whole = sipcheck_new(rules, NULL);
        sipcheck_router *router = sipcheck_router_new(NULL);
        assert_true(one != NULL && whole != NULL && router != NULL);
        sipcheck_packet packet = { .ns = UINT64_C(1700000000000000000) };
        team_open(&t, rules, count);
        for (unsigned i = 0; i < MESSAGES; i++) {
            bool lost = random_next(&rng, 500) == 0;
            make_message(&rng, &packet, text, sizeof text);
            if (lost) sipcheck_gap(one, packet.ns);
            (void)sipcheck_feed(one, &packet);
            team_feed(&t, &packet, sipcheck_route(router, &packet), lost);
        }
        assert_int_equal(sipcheck_finish(one), 0);
        team_finish(&t, whole);
        assert_int_equal(sipcheck_finish(whole), 0);
        assert_true(h.count > MESSAGES);
        for (size_t i = 0; i < h.count && i < t.heard.count; i++)
            if (h.list[i].hash != t.heard.list[i].hash)
                fail_msg("%u engines: finding %zu is another", count, i);
        assert_int_equal(h.count, t.heard.count);
        compare(rules, one, whole);
        assert_true(sipcheck_sequences(one).dialogs > 100 && sipcheck_sequences(one).evicted > 0);
        team_close(&t);
        sipcheck_router_free(router);
        sipcheck_free(whole);
        sipcheck_free(one);
        free(h.list);
    }
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
        cmocka_unit_test_setup_teardown(several_engines_find_what_one_finds, open_rules,
                                        close_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
