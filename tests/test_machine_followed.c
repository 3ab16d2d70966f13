/* SPDX-License-Identifier: MIT */
/* Machines that rules name: which event a message is, what each end can know, what is unknown. */
#include "sequence.h"

#define LINES 8

/* Who answers an INVITE says what goes on: ringing, then media, never the other way round. */
#define HEAD                                                                                       \
    "machine: ring\ntitle: what a callee lets hear\nscope: transaction\nowner: callee\n"           \
    "start: idle\n"                                                                                \
    "states: [{name: idle, title: i}, {name: ringing, title: r}, {name: shown, title: s},"         \
    " {name: over, title: o}]\n"
#define EVENTS                                                                                     \
    "- {name: ring, by: owner, title: r, on: provisional,"                                         \
    " where: 'response.sip.Status-Code in {180, 182}'}\n"                                          \
    "- {name: early, by: owner, title: e, on: provisional,"                                        \
    " where: response.sip.Status-Code == 183}\n"                                                   \
    "- {name: answer, by: owner, title: a, on: final}\n"                                           \
    "- {name: cancel, by: peer, title: c, on: cancel}\n"
#define ROWS                                                                                       \
    "- {in: idle, on: ring, to: ringing, cites: x}\n"                                              \
    "- {in: shown, on: ring, illegal: media goes on, level: MUST, cites: x}\n"                     \
    "- {in: over, on: ring, ignore: late, cites: x}\n"                                             \
    "- {in: [idle, ringing, shown], on: early, to: shown, cites: x}\n"                             \
    "- {in: others, on: [answer, cancel], to: over, cites: x}\n"
#define ONCE "- {in: ringing, on: ring, illegal: it rings already, level: MUST, cites: x}\n"
#define RING HEAD "events:\n" EVENTS "rows:\n" ROWS ONCE
/* The ringing ends by itself. */
#define TIMED                                                                                      \
    HEAD "events:\n" EVENTS "timers: [{name: calm, value: 10s, title: c, cites: x}]\nrows:\n"      \
         "- {in: idle, on: ring, to: ringing, sets: calm, cites: x}\n"                             \
         "- {in: ringing, on: timer calm, to: idle, cites: x}\n" ONCE                              \
         "- {in: shown, on: ring, illegal: media goes on, level: MUST, cites: x}\n"                \
         "- {in: [idle, ringing], on: early, to: shown, cites: x}\n"                               \
         "- {in: [idle, ringing, shown], on: [answer, cancel], to: over, cites: x}\n"
/* The request says whether the first 180 counts. */
#define ASKED                                                                                      \
    HEAD "events:\n- {name: quiet, by: owner, title: q, on: provisional,"                          \
         " where: request.sip.Subject == \"quiet\"}\n" EVENTS                                      \
         "rows:\n- {in: others, on: quiet, ignore: n, cites: x}\n" ROWS ONCE

/* A final response is a response, too: one message, and one event. */
#define TWICE                                                                                      \
    "machine: ring\ntitle: t\nscope: transaction\nowner: callee\nstart: idle\n"                    \
    "states: [{name: idle, title: i}, {name: over, title: o}]\nevents:\n"                          \
    "- {name: answer, by: owner, title: a, on: final}\n"                                           \
    "- {name: word, by: owner, title: w, on: response}\nrows:\n"                                   \
    "- {in: idle, on: word, to: over, cites: x}\n"                                                 \
    "- {in: over, on: word, illegal: one word, level: MUST, cites: x}\n"                           \
    "- {in: over, on: answer, illegal: no answer, level: MUST, cites: x}\n"                        \
    "- {in: idle, on: answer, to: over, cites: x}\n"

#define RULE                                                                                       \
    SEQUENCE_RULE("r", "uas",                                                                      \
                  "  scope: transaction\n  on: provisional\n  machine: ring\n"                     \
                  "  assert: machine.may\n")

#define HEAD_OF_RULE                                                                               \
    "- id: r\n  title: a title\n  cites: [3261-8.1.1.5-2]\n  level: MUST\n  binds: uas\n"          \
    "  asks: what is asked\n  why: why it matters\n"

typedef struct flow {
    const char *machine;
    line lines[LINES]; /* start NULL: the end */
    const char *want;
    char vantage; /* beside this host; 0: not known */
} flow;

#define INVITE                                                                                     \
    {                                                                                              \
        0, "a>b", "INVITE"                                                                         \
    }
#define SAYS(MS_, STATUS)                                                                          \
    {                                                                                              \
        MS_, "b>a", STATUS                                                                         \
    }
#define CANCEL(MS_)                                                                                \
    {                                                                                              \
        MS_, "a>b", "CANCEL", NULL, "a", "1 CANCEL"                                                \
    }

static const flow flows[] = {
    { RING, { INVITE, SAYS(10, "180"), SAYS(2000, "183"), SAYS(4000, "200") }, "", 0 },
    { RING, { INVITE, SAYS(10, "183"), SAYS(2000, "180") }, "r:fail@3/b", 0 },
    { RING, { INVITE, SAYS(10, "180"), SAYS(2000, "182") }, "r:fail@3/b", 0 },
    /* none of its events: 100 is another transaction's business */
    { RING, { INVITE, SAYS(10, "183"), SAYS(2000, "181") }, "", 0 },
    /* two datagrams within T1 */
    { RING, { INVITE, SAYS(10, "183"), SAYS(300, "180") }, "r:unknown@3/b", 0 },
    /* who got the CANCEL may ring; beside it, it is seen to have come */
    { RING, { INVITE, SAYS(10, "183"), CANCEL(1000), SAYS(2000, "180") }, "r:unknown@4/b", 0 },
    { RING, { INVITE, SAYS(10, "183"), CANCEL(1000), SAYS(2000, "180") }, "", 'b' },
    /* the capture began within: any state, until something shows it */
    { RING, { SAYS(10, "180") }, "r:unknown@1/b", 0 },
    { RING, { SAYS(10, "183"), SAYS(2000, "180") }, "r:fail@2/b", 0 },
    /* a CANCEL may have been lost */
    { RING,
      { INVITE, SAYS(10, "183"), { 1000, NULL, "gap" }, SAYS(2000, "180") },
      "r:unknown@3/b",
      0 },
    /* but nothing that was lost before the 183 */
    { RING, { INVITE, { 5, NULL, "gap" }, SAYS(10, "183"), SAYS(2000, "180") }, "r:fail@3/b", 0 },
    /* nobody saw the timer */
    { TIMED, { INVITE, SAYS(10, "180"), SAYS(2000, "182") }, "r:unknown@3/b", 0 },
    { TIMED, { INVITE, SAYS(10, "183"), SAYS(2000, "182") }, "r:fail@3/b", 0 },
    /* an event that nobody can tell from another */
    { ASKED, { SAYS(10, "183"), SAYS(2000, "180") }, "r:unknown@1/b r:unknown@2/b", 0 },
    { ASKED, { INVITE, SAYS(10, "183"), SAYS(2000, "180") }, "r:fail@3/b", 0 },
};

static void add(sipcheck_rules *rules, const char *machine, const char *rule)
{
    sipcheck_error error = { .line = 0 };
    if (sipcheck_rules_add_machine(rules, "ring.yaml", machine, strlen(machine), &error) != 0 ||
        ruleset_add(rules, rule, &error) != 0)
        fail_msg("%s:%u:%u: %s", error.file, error.line, error.column, error.message);
}

static sipcheck_rules *rules_of(const char *machine, const char *rule)
{
    sipcheck_rules *rules = ruleset_open("");
    add(rules, machine, rule);
    return ruleset_seal(rules);
}

/* allocator: NULL: malloc */
static int run(const flow *f, const sipcheck_rules *rules, const sipcheck_allocator *allocator,
               heard *h)
{
    const sipcheck_address_port vantage = { 4, { 10, 0, 0, (uint8_t)(f->vantage - 'a' + 1) }, 0 };
    const sipcheck_options options = { .verdicts = 1u << SIPCHECK_FAIL | 1u << SIPCHECK_UNKNOWN,
                                       .on_finding = hear,
                                       .user = h,
                                       .allocator = allocator,
                                       .vantage = &vantage,
                                       .vantage_count = f->vantage != 0 };
    size_t n = 0;
    while (n < LINES && f->lines[n].start != NULL)
        n++;
    sipcheck *engine = sipcheck_new(rules, &options);
    int code = engine != NULL ? play(engine, f->lines, n) : SIPCHECK_NOMEM;
    if (code == SIPCHECK_OK) code = sipcheck_finish(engine);
    sipcheck_free(engine);
    return code;
}

static void who_sends_is_judged_by_what_he_can_know(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
        heard h = { .count = 0 };
        sipcheck_rules *rules = rules_of(flows[i].machine, RULE);
        assert_int_equal(run(&flows[i], rules, NULL, &h), SIPCHECK_OK);
        if (strcmp(h.list, flows[i].want) != 0)
            fail_msg("flow %zu: wanted \"%s\", got \"%s\"", i, flows[i].want, h.list);
        sipcheck_rules_free(rules);
    }
}

static void a_finding_says_what_the_machine_asks(void **state)
{
    (void)state;
    static const char rule[] = HEAD_OF_RULE
        "  scope: transaction\n  on: provisional\n  machine: ring\n"
        "  applies: machine.event == \"ring\"\n  assert: machine.may\n"
        "  message: \"{machine.event}: {machine.forbidden}\"\n  fix: f\n" SEQUENCE_TESTS;
    heard h = { .count = 0 };
    sipcheck_rules *rules = rules_of(RING, rule);
    assert_int_equal(run(&flows[1], rules, NULL, &h), SIPCHECK_OK);
    assert_string_equal(h.list, "r:fail@3/b");
    assert_string_equal(h.text, "ring: media goes on");
    sipcheck_rules_free(rules);
}

/* It may offer nothing. */
#define BARE                                                                                       \
    "machine: ring\ntitle: t\nscope: transaction\nowner: caller\nstart: idle\n"                    \
    "states: [{name: idle, title: i}, {name: over, title: o}]\nevents:\n"                          \
    "- {name: offer, by: owner, title: o, on: request, where: exists(request.sdp)}\n"              \
    "- {name: answer, by: peer, title: a, on: final}\nrows:\n"                                     \
    "- {in: others, on: offer, illegal: no offer, level: MUST, cites: x}\n"                        \
    "- {in: others, on: answer, to: over, cites: x}\n"

static void a_machine_sees_bodies_that_no_rule_reads(void **state)
{
    (void)state;
    static const char profile[] = "name: x\nrules: {\"*\": {enabled: false}, r: {enabled: true}}\n";
    static const flow f = { BARE,
                            { { 0, "a>b", "INVITE",
                                "Content-Type: application/sdp\r\nContent-Length: 47\r\n\r\n"
                                "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n" } },
                            "r:fail@1/a",
                            0 };
    heard h = { .count = 0 };
    sipcheck_error error;
    sipcheck_rules *rules = ruleset_open("");
    add(rules, BARE,
        SEQUENCE_RULE("r", "uac",
                      "  scope: transaction\n  on: request\n  machine: ring\n"
                      "  assert: machine.may\n"));
    assert_int_equal(sipcheck_rules_add_profile(rules, "p", profile, strlen(profile), &error), 0);
    assert_int_equal(sipcheck_rules_use_profile(rules, "x", NULL, &error), 0);
    ruleset_seal(rules);
    assert_int_equal(run(&f, rules, NULL, &h), SIPCHECK_OK);
    assert_string_equal(h.list, f.want);
    sipcheck_rules_free(rules);
}

/* What was sent last may have been another's, or this one's. */
static void nothing_is_sent_where_time_ends_it(void **state)
{
    (void)state;
    static const flow f = {
        RING, { INVITE, SAYS(10, "183"), SAYS(2000, "180"), { 1000000, NULL, "time" } }, "", 0
    };
    heard h = { .count = 0 };
    sipcheck_rules *rules =
        rules_of(RING, SEQUENCE_RULE("r", "uas",
                                     "  scope: transaction\n  on: end\n  machine: ring\n"
                                     "  assert: machine.may\n"));
    assert_int_equal(run(&f, rules, NULL, &h), SIPCHECK_OK);
    assert_string_equal(h.list, f.want);
    sipcheck_rules_free(rules);
}

static void a_message_is_one_event(void **state)
{
    (void)state;
    static const flow ways[] = {
        { TWICE, { { 0, "a>b", "INVITE", .tcp = true }, { 10, "b>a", "200", .tcp = true } }, "" },
        { TWICE,
          { { 0, "a>b", "INVITE", .tcp = true },
            { 10, "b>a", "180", .tcp = true },
            { 2000, "b>a", "486", .tcp = true } },
          "r:fail@3/b" },
    };
    sipcheck_rules *rules =
        rules_of(TWICE, SEQUENCE_RULE("r", "uas",
                                      "  scope: transaction\n  on: final\n  machine: ring\n"
                                      "  assert: machine.may\n"));
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        heard h = { .count = 0 };
        assert_int_equal(run(&ways[i], rules, NULL, &h), SIPCHECK_OK);
        assert_string_equal(h.list, ways[i].want);
    }
    sipcheck_rules_free(rules);
}

static void memory_that_ends_accuses_nobody(void **state)
{
    (void)state;
    sipcheck_rules *rules = rules_of(RING, RULE);
    int code = SIPCHECK_NOMEM;
    for (long n = 0; code != SIPCHECK_OK; n++) {
        failing f = { .left = n, .once = true };
        const sipcheck_allocator allocator = failing_allocator(&f);
        heard h = { .count = 0 };
        code = run(&flows[0], rules, &allocator, &h);
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_NOMEM);
        assert_null(strstr(h.list, "fail"));
        assert_int_equal(f.out, 0);
        assert_true(n < 1000);
    }
    sipcheck_rules_free(rules);
}

/* Many INVITEs that ring. */
static sipcheck_sequence_counts counts_of(const char *rule, unsigned invites, size_t memory_max)
{
    sipcheck_rules *rules = rules_of(RING, rule);
    const sipcheck_options options = { .memory_max = memory_max };
    sipcheck *engine = sipcheck_new(rules, &options);
    assert_non_null(engine);
    for (unsigned i = 0; i < invites; i++) {
        char branch[16], cseq[24];
        snprintf(branch, sizeof branch, "%u", i);
        snprintf(cseq, sizeof cseq, "%u INVITE", i + 1);
        const line lines[] = {
            { .ms = i, .way = "a>b", .start = "INVITE", .vias = branch, .cseq = cseq },
            { .ms = i, .way = "b>a", .start = "180", .vias = branch, .cseq = cseq }
        };
        assert_int_equal(play(engine, lines, 2), SIPCHECK_OK);
    }
    const sipcheck_sequence_counts counts = sipcheck_sequences(engine);
    sipcheck_free(engine);
    sipcheck_rules_free(rules);
    return counts;
}

static void it_counts_as_memory(void **state)
{
    (void)state;
    enum { INVITES = 2000, LEAST = 64 };
    static const char plain[] = SEQUENCE_RULE(
        "r", "uas", "  scope: transaction\n  on: provisional\n  assert: exists(response)\n");
    size_t without = counts_of(plain, INVITES, 0).memory;
    size_t with = counts_of(RULE, INVITES, 0).memory;
    assert_true(with >= without + (size_t)INVITES * LEAST);
    /* all are of one group, and have room there without what is followed */
    size_t limit = SIPCHECK_GROUPS * without;
    assert_int_equal(counts_of(plain, INVITES, limit).evicted, 0);
    const sipcheck_sequence_counts few = counts_of(RULE, INVITES, limit);
    assert_true(few.evicted > 0 && few.memory_most < with);
}

/* --- what a rule may name */

typedef struct bad_rule {
    const char *machine, *keys;
    unsigned line;
    const char *message;
} bad_rule;

#define MUTE                                                                                       \
    HEAD "events: [{name: ring, by: owner, title: r}]\nrows:\n"                                    \
         "- {in: idle, on: ring, to: ringing, cites: x}\n"                                         \
         "- {in: ringing, on: ring, to: shown, cites: x}\n"                                        \
         "- {in: shown, on: ring, to: over, cites: x}\n"

static const bad_rule bad_rules[] = {
    { RING, "  scope: message\n  machine: ring\n  assert: sip.is_request\n", 9,
      "\"machine\" is for wider scopes than message" },
    { RING, "  scope: transaction\n  on: final\n  machine: rang\n  assert: machine.may\n", 10,
      "no machine is called \"rang\", did you mean \"ring\"?" },
    { RING, "  scope: dialog\n  on: request\n  machine: ring\n  assert: machine.may\n", 10,
      "the machine's scope is transaction" },
    { MUTE, "  scope: transaction\n  on: final\n  machine: ring\n  assert: machine.may\n", 10,
      "nothing moves it" },
    { RING, "  scope: transaction\n  on: request\n  machine: ring\n  expect: {no: final}\n", 10,
      "a machine is asked by \"assert\"" },
    { RING, "  scope: transaction\n  on: final\n  assert: machine.may\n", 10, "machine" },
};

static void rules_name_machines_that_can_be_followed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_rules / sizeof *bad_rules; i++) {
        const bad_rule *bad = &bad_rules[i];
        char text[2048];
        sipcheck_error error = { .line = 0 };
        sipcheck_rules *rules = ruleset_open("");
        assert_int_equal(sipcheck_rules_add_machine(rules, "ring.yaml", bad->machine,
                                                    strlen(bad->machine), &error),
                         SIPCHECK_OK);
        snprintf(text, sizeof text, "%s%s  message: \"m\"\n  fix: \"f\"\n%s", HEAD_OF_RULE,
                 bad->keys, SEQUENCE_TESTS);
        assert_int_equal(ruleset_add(rules, text, &error), SIPCHECK_INVALID);
        if (error.line != bad->line || strstr(error.message, bad->message) == NULL)
            fail_msg("rule %zu: %u: %s", i, error.line, error.message);
        sipcheck_rules_free(rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_sends_is_judged_by_what_he_can_know),
        cmocka_unit_test(a_finding_says_what_the_machine_asks),
        cmocka_unit_test(a_machine_sees_bodies_that_no_rule_reads),
        cmocka_unit_test(nothing_is_sent_where_time_ends_it),
        cmocka_unit_test(a_message_is_one_event),
        cmocka_unit_test(memory_that_ends_accuses_nobody),
        cmocka_unit_test(it_counts_as_memory),
        cmocka_unit_test(rules_name_machines_that_can_be_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
