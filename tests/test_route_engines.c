/* SPDX-License-Identifier: MIT */
/* Engines that share the groups of messages find what one finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <sipcheck/engine.h>

#include "random_next.h"

#define PICK(LIST_) LIST_[random_next(rng, sizeof LIST_ / sizeof *LIST_)]

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

static void unreached(team *t, sipcheck *one, const sipcheck_packet *packet)
{
    sipcheck_unreached(one, packet);
    for (unsigned i = 0; i < t->count; i++)
        sipcheck_unreached(t->engines[i], packet);
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
    (void)state;
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    sipcheck_error error;
    assert_int_equal(sipcheck_rules_add_builtin(rules, &error), 0);
    assert_int_equal(sipcheck_rules_seal(rules, &error), 0);
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
            if (random_next(&rng, 100) == 0) unreached(&t, one, &packet);
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
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(several_engines_find_what_one_finds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
