/* SPDX-License-Identifier: MIT */
/* Files of state machines: what the loader refuses and where, and what it makes of the others. */
#include "ruleset.h"

#include "long_text.h"

#include "rules/machine.h"

/* --- loading */

#define HEAD                                                                                       \
    "machine: lamp\ntitle: a lamp\nscope: dialog\nowner: lamp\nstart: dark\n"                      \
    "states: [{name: dark, title: d}, {name: lit, title: l}]\n"                                    \
    "events: [{name: press, by: peer, title: p}, {name: pull, by: owner, title: u}]\n"
#define TIMER "timers: [{name: out, value: 1s, title: o, cites: Lamp Guide 1}]\n"
#define ON "- {in: dark, on: press, to: lit, sets: out, cites: Lamp Guide 1}\n"
#define OFF "- {in: lit, on: [timer out, pull], to: dark, cites: [Lamp Guide 1, 3261-12-1]}\n"
#define LAMP HEAD TIMER "rows:\n" ON OFF /* the rows are lines 9 and 10 */

static int add(sipcheck_rules *rules, const char *text, sipcheck_error *error)
{
    return sipcheck_rules_add_machine(rules, "lamp.yaml", text, strlen(text), error);
}

typedef struct bad_machine {
    const char *what, *text;
    unsigned line, column;
    const char *message;
} bad_machine;

static const bad_machine bad_machines[] = {
    { "nothing", "", 0, 0, "no machine in this file" },
    { "a list", "- machine: x\n", 1, 1, "a mapping is wanted here" },
    { "an unknown key", HEAD "row: []\n", 8, 1, "did you mean \"rows\"?" },
    { "no title", "machine: x\n", 1, 1, "\"title\" is missing" },
    { "a name with a space", "machine: a lamp\n", 1, 10, "a name is made of" },
    { "a name that means something", "machine: same\n", 1, 10, "means something in rows" },
    { "a scope that has no states", "machine: x\ntitle: t\nowner: o\nscope: message\n", 4, 8,
      "one of transaction" },
    { "a state twice",
      "machine: x\ntitle: t\nowner: o\nscope: hop\n"
      "states:\n- {name: a, title: t}\n- {name: a, title: t}\n",
      7, 10, "there already" },
    { "an unknown key of a state",
      "machine: x\ntitle: t\nowner: o\nscope: hop\nstates: [{name: a, titel: t}]\n", 5, 20,
      "did you mean \"title\"?" },
    { "no states", "machine: x\ntitle: t\nowner: o\nscope: hop\nstates: []\n", 5, 9, "empty" },
    { "an end that is no truth",
      "machine: x\ntitle: t\nowner: o\nscope: hop\nstates: [{name: a, title: t, end: maybe}]\n", 5,
      35, "one of false true" },
    { "an event by nobody",
      "machine: x\ntitle: t\nowner: o\nscope: hop\nstates: [{name: a, title: t}]\n"
      "events: [{name: e, title: t, by: tap}]\n",
      6, 34, "one of owner peer inside" },
    { "a start that is no state",
      "machine: x\ntitle: t\nowner: o\nscope: hop\nstates: [{name: ab, title: t}]\n"
      "events: [{name: e, title: t, by: peer}]\nstart: ac\n",
      7, 8, "did you mean \"ab\"?" },
    { "a timer without a citation", HEAD "timers: [{name: out, value: 1s, title: o}]\n", 8, 10,
      "\"cites\" is missing" },
    { "a state that is not declared", HEAD TIMER "rows:\n" ON "- {in: dusk, on: pull, to: dark}\n",
      11, 8, "no state of this machine is called \"dusk\"" },
    { "an event that is not declared", HEAD TIMER "rows:\n" ON "- {in: lit, on: pul, to: dark}\n",
      11, 17, "did you mean \"pull\"?" },
    { "a target that is not declared", HEAD TIMER "rows:\n" ON "- {in: lit, on: pull, to: dar}\n",
      11, 27, "did you mean \"dark\"?" },
    { "a timer that is not declared",
      HEAD TIMER "rows:\n- {in: dark, on: press, to: lit, sets: outt, cites: x}\n", 10, 40,
      "did you mean \"out\"?" },
    { "a row without a citation", HEAD TIMER "rows:\n- {in: dark, on: press, to: lit}\n", 10, 3,
      "\"cites\" is missing" },
    { "no citations in the list", HEAD TIMER "rows:\n- {in: dark, on: press, to: lit, cites: []}\n",
      10, 41, "empty" },
    { "a citation that is none",
      HEAD TIMER "rows:\n- {in: dark, on: press, to: lit, cites: [3261-12-1, 3261/12]}\n", 10, 53,
      "a citation is RFC-SECTION-NUMBER" },
    { "a row that claims nothing", HEAD TIMER "rows:\n- {in: dark, to: lit, cites: x}\n", 10, 3,
      "\"on\" is missing" },
    { "a row that says nothing", HEAD TIMER "rows:\n- {in: dark, on: press, cites: x}\n", 10, 3,
      "\"to\", \"ignore\" or \"illegal\" is missing" },
    { "a row that says two things",
      HEAD TIMER "rows:\n- {in: dark, on: press, to: lit, ignore: y, cites: x}\n", 10, 34,
      "a row has one of" },
    { "illegal without a level",
      HEAD TIMER "rows:\n- {in: dark, on: press, illegal: y, cites: x}\n", 10, 3,
      "\"level\" is missing" },
    { "a level of a move",
      HEAD TIMER "rows:\n- {in: dark, on: press, to: lit, level: MUST, cites: x}\n", 10, 34,
      "only what is illegal has a level" },
    { "a level of what is ignored",
      HEAD TIMER "rows:\n- {in: dark, on: press, ignore: y, level: MUST, cites: x}\n", 10, 36,
      "only what is illegal has a level" },
    { "a timer of what is ignored",
      HEAD TIMER "rows:\n- {in: dark, on: press, ignore: y, sets: out, cites: x}\n", 10, 36,
      "only a row with \"to\" has this" },
    { "a state that a row names twice",
      HEAD TIMER "rows:\n- {in: [dark, dark], on: press, to: lit, cites: x}\n", 10, 15, "twice" },
    { "a cell that two rows claim", LAMP "- {in: lit, on: pull, to: same, cites: x}\n", 12, 3,
      "\"pull\" in state \"lit\" has a row already, line 11" },
    { "others twice",
      LAMP "- {in: others, on: press, to: same, cites: x}\n"
           "- {in: others, on: press, to: same, cites: x}\n",
      13, 3, "the other states have a row already" },
    { "a state that can't be reached",
      HEAD "rows:\n- {in: lit, on: [press, pull], to: dark, cites: x}\n", 6, 34,
      "state \"lit\" can't be reached" },
    { "an event without a row", HEAD "rows:\n- {in: dark, on: press, to: lit, cites: x}\n", 7, 52,
      "no row is about event \"pull\"" },
    { "a timer that is never set",
      HEAD TIMER "rows:\n- {in: dark, on: press, to: lit, cites: x}\n" OFF, 8, 17,
      "timer \"out\" is never set" },
    { "a timer that is set and never used",
      HEAD TIMER "rows:\n" ON "- {in: lit, on: pull, to: dark, cites: x}\n", 8, 17,
      "no row says what its end does" },
    { "a timer that is set and always ignored",
      HEAD TIMER "rows:\n" ON "- {in: lit, on: pull, to: dark, cites: x}\n"
                 "- {in: lit, on: timer out, ignore: y, cites: x}\n",
      8, 17, "no row says what its end does" },
};

#define SHOWN(SIGN)                                                                                \
    "machine: x\ntitle: t\nowner: o\nscope: dialog\nstart: a\nstates: [{name: a, title: t}]\n"     \
    "events:\n- {name: e, title: t, by: peer, " SIGN "}\n"

static const bad_machine bad_signs[] = {
    { "where without on", SHOWN("where: exists(request)"), 8, 33, "\"on\" is missing" },
    { "an event of another scope", SHOWN("on: offer"), 8, 37,
      "scope dialog has no event \"offer\"" },
    { "what comes without a message", SHOWN("on: end"), 8, 37, "no message is sent at \"end\"" },
    { "a name that the scope does not bind", SHOWN("on: request, where: exists(offer)"), 8, 60,
      "offer" },
    { "no truth", SHOWN("on: request, where: 1"), 8, 53, "truth" },
    { "what nobody sees",
      "machine: x\ntitle: t\nowner: o\nscope: dialog\nstart: a\nstates: [{name: a, title: t}]\n"
      "events:\n- {name: e, title: t, by: inside, on: request}\n",
      8, 35, "nobody sees" },
};

static void faults_are_told_with_their_place(void **state)
{
    (void)state;
    const size_t all = sizeof bad_machines / sizeof *bad_machines,
                 more = sizeof bad_signs / sizeof *bad_signs;
    for (size_t i = 0; i < all + more; i++) {
        const bad_machine *bad = i < all ? &bad_machines[i] : &bad_signs[i - all];
        sipcheck_rules *rules = sipcheck_rules_new(NULL);
        sipcheck_error error = { .line = 0 };
        int code = add(rules, bad->text, &error);
        if (code != SIPCHECK_INVALID || error.line != bad->line || error.column != bad->column ||
            strstr(error.message, bad->message) == NULL) {
            fail_msg("%s: %d, %u:%u: %s\n  %s", bad->what, code, error.line, error.column,
                     error.message, error.excerpt);
        }
        assert_null(sipcheck_machine_at(rules, 0));
        sipcheck_rules_free(rules);
    }
}

static sipcheck_rules *with_lamp(void)
{
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    if (add(rules, LAMP, &error) != SIPCHECK_OK)
        fail_msg("%u:%u: %s", error.line, error.column, error.message);
    return rules;
}

static void a_machine_is_a_table(void **state)
{
    (void)state;
    sipcheck_rules *rules = with_lamp();
    const sipcheck_machine *lamp = sipcheck_machine_find(rules, "lamp");
    assert_ptr_equal(sipcheck_machine_at(rules, 0), lamp);
    assert_null(sipcheck_machine_at(rules, 1));
    assert_null(sipcheck_machine_find(rules, "candle"));
    const sipcheck_machine_info *info = sipcheck_machine_describe(lamp);
    assert_string_equal(info->title, "a lamp");
    assert_string_equal(info->owner, "lamp");
    assert_string_equal(info->about, "");
    assert_string_equal(info->file, "lamp.yaml");
    assert_int_equal(info->scope, SIPCHECK_SCOPE_DIALOG);
    assert_int_equal(info->states, 2);
    assert_int_equal(info->events, 3);
    assert_int_equal(info->timers, 1);
    assert_int_equal(info->start, 0);
    assert_string_equal(sipcheck_machine_state_at(lamp, 1)->name, "lit");
    assert_null(sipcheck_machine_state_at(lamp, 2));
    assert_string_equal(sipcheck_machine_event_at(lamp, 2)->name, "timer out");
    assert_int_equal(sipcheck_machine_event_at(lamp, 2)->by, SIPCHECK_BY_TIMER);
    assert_null(sipcheck_machine_event_at(lamp, 3));
    assert_string_equal(sipcheck_machine_timer_at(lamp, 0)->value, "1s");
    assert_null(sipcheck_machine_timer_at(lamp, 1));
    sipcheck_rules_free(rules);
}

static void cells_say_what_the_rows_say(void **state)
{
    (void)state;
    sipcheck_rules *rules = with_lamp();
    const sipcheck_machine *lamp = sipcheck_machine_at(rules, 0);
    sipcheck_machine_cell cell = sipcheck_machine_cell_at(lamp, 0, 0);
    assert_int_equal(cell.kind, SIPCHECK_CELL_MOVES);
    assert_int_equal(cell.next, 1);
    assert_int_equal(cell.line, 10);
    assert_string_equal(cell.sets[0], "out");
    assert_null(cell.sets[1]);
    assert_null(cell.stops);
    assert_string_equal(cell.cites[0], "Lamp Guide 1");
    assert_null(cell.cites[1]);
    cell = sipcheck_machine_cell_at(lamp, 1, 0); /* no row is about it */
    assert_int_equal(cell.kind, SIPCHECK_CELL_UNSAID);
    assert_int_equal(cell.next, 1);
    assert_string_equal(cell.text, "");
    assert_null(cell.cites);
    assert_int_equal(sipcheck_machine_cell_at(lamp, 2, 0).kind, SIPCHECK_CELL_UNSAID);
    assert_int_equal(sipcheck_machine_cell_at(lamp, 0, 3).kind, SIPCHECK_CELL_UNSAID);
    sc_transition step = sc_machine_step(lamp, 1, 2);
    assert_int_equal(step.kind, SIPCHECK_CELL_MOVES);
    assert_int_equal(step.next, 0);
    assert_string_equal(sipcheck_cell_kind_name(SIPCHECK_CELL_ILLEGAL), "illegal");
    assert_string_equal(sipcheck_maker_name(SIPCHECK_BY_INSIDE), "inside");
    sipcheck_rules_free(rules);
}

static void names_of_machines_are_unique(void **state)
{
    (void)state;
    sipcheck_rules *rules = with_lamp();
    sipcheck_error error = { .line = 0 };
    assert_int_equal(add(rules, LAMP, &error), SIPCHECK_INVALID);
    assert_string_equal(error.message, "a machine \"lamp\" is there already");
    assert_int_equal(sipcheck_rules_use_profile(rules, "none", NULL, &error), SIPCHECK_INVALID);
    sipcheck_rules_free(rules);
}

static void a_sealed_set_takes_no_machine(void **state)
{
    (void)state;
    sipcheck_rules *rules = ruleset_seal(ruleset_open(""));
    sipcheck_error error = { .line = 0 };
    assert_int_equal(add(rules, LAMP, &error), SIPCHECK_INVALID);
    assert_non_null(strstr(error.message, "sealed"));
    sipcheck_rules_free(rules);
}

static void memory_may_end_anywhere(void **state)
{
    (void)state;
    failing f = { .left = -1 };
    sipcheck_allocator allocator = failing_allocator(&f);
    int code = SIPCHECK_NOMEM;
    for (long most = 0; code != SIPCHECK_OK; most++) {
        f.left = -1;
        sipcheck_rules *rules = sipcheck_rules_new(&allocator);
        sipcheck_error error = { .line = 0 };
        f.left = most;
        code = add(rules, LAMP, &error);
        assert_true(code == SIPCHECK_OK || code == SIPCHECK_NOMEM);
        sipcheck_rules_free(rules);
        assert_int_equal(f.out, 0);
    }
}

/* --- limits: each is just kept, then broken by one */

static void put_head(long_text *t)
{
    put(t, "machine: x\ntitle: t\nowner: o\nscope: hop\nstart: s0\n");
}

static void make_states(long_text *t, size_t count)
{
    put_head(t);
    put(t, "events:\n- {name: e, title: t, by: peer}\nstates:\n");
    for (size_t i = 0; i < count; i++)
        put_number(t, "- {name: s%zu, title: t}\n", i);
    put(t, "rows:\n");
    for (size_t i = 0; i < count; i++) {
        put_number(t, "- {in: s%zu, on: e, cites: x", i);
        put_number(t, ", to: s%zu}\n", (i + 1) % count);
    }
}

static void make_events(long_text *t, size_t count)
{
    put_head(t);
    put(t, "states:\n- {name: s0, title: t}\nevents:\n");
    for (size_t i = 0; i < count; i++)
        put_number(t, "- {name: e%zu, title: t, by: peer}\n", i);
    put(t, "rows:\n");
    for (size_t i = 0; i < count; i++)
        put_number(t, "- {in: s0, to: same, cites: x, on: e%zu}\n", i);
}

static void make_timers(long_text *t, size_t count)
{
    put_head(t);
    put(t, "states:\n- {name: s0, title: t}\nevents:\n- {name: e, title: t, by: peer}\ntimers:\n");
    for (size_t i = 0; i < count; i++)
        put_number(t, "- {name: t%zu, title: t, value: 1s, cites: x}\n", i);
    put(t, "rows:\n- {in: s0, on: e, to: same, cites: x}\n");
    for (size_t i = 0; i < count; i++) {
        put_number(t, "- {in: s0, to: same, cites: x, on: timer t%zu", i);
        put_number(t, ", sets: t%zu}\n", i);
    }
}

/* Rows of 24 states and 22 events: 528 cells. */
static void make_rows(long_text *t, size_t count)
{
    put_head(t);
    put(t, "states:\n");
    for (size_t i = 0; i < 24; i++)
        put_number(t, "- {name: s%zu, title: t}\n", i);
    put(t, "events:\n");
    for (size_t i = 0; i < 22; i++)
        put_number(t, "- {name: e%zu, title: t, by: peer}\n", i);
    put(t, "rows:\n");
    for (size_t i = 0; i < count; i++) {
        put_number(t, "- {in: s%zu", i % 24);
        put_number(t, ", on: e%zu", i / 24);
        put_number(t, ", to: s%zu, cites: x}\n", (i % 24 + 1) % 24);
    }
}

static void make_cites(long_text *t, size_t count)
{
    put_head(t);
    put(t, "states:\n- {name: s0, title: t}\nevents:\n- {name: e, title: t, by: peer}\nrows:\n"
           "- {in: s0, on: e, to: same, cites: [x0");
    for (size_t i = 1; i < count; i++)
        put_number(t, ", x%zu", i);
    put(t, "]}\n");
}

static void make_name(long_text *t, size_t count)
{
    put(t,
        "title: t\nowner: o\nscope: hop\nstart: s0\nstates:\n- {name: s0, title: t}\n"
        "events:\n- {name: e, title: t, by: peer}\nrows:\n- {in: s0, on: e, to: same, cites: x}\n"
        "machine: ");
    put_times(t, "m", count);
    put(t, "\n");
}

static void make_cite(long_text *t, size_t count)
{
    put_head(t);
    put(t, "states:\n- {name: s0, title: t}\nevents:\n- {name: e, title: t, by: peer}\nrows:\n"
           "- {in: s0, on: e, to: same, cites: ");
    put_times(t, "x", count);
    put(t, "}\n");
}

static const struct {
    const char *what;
    void (*make)(long_text *t, size_t count);
    size_t most;
    const char *message;
} limits[] = {
    { "SC_MACHINE_STATES_MAX", make_states, SC_MACHINE_STATES_MAX, "too many states" },
    { "SC_MACHINE_EVENTS_MAX", make_events, SC_MACHINE_EVENTS_MAX, "too many events" },
    { "SC_MACHINE_TIMERS_MAX", make_timers, SC_MACHINE_TIMERS_MAX, "too many timers" },
    { "SC_MACHINE_ROWS_MAX", make_rows, SC_MACHINE_ROWS_MAX, "too many rows" },
    { "SC_MACHINE_CITES_MAX", make_cites, SC_MACHINE_CITES_MAX, "more than 16 in one row" },
    { "NAME_LENGTH_MAX", make_name, 64, "a name is made of" },
    { "CITE_LENGTH_MAX", make_cite, 120, "a citation has 120 bytes at most" },
};

static void machines_end_at_their_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        for (size_t more = 0; more < 2; more++) {
            long_text t = { 0 };
            limits[i].make(&t, limits[i].most + more);
            sipcheck_rules *rules = sipcheck_rules_new(NULL);
            sipcheck_error error = { .line = 0 };
            int code = sipcheck_rules_add_machine(rules, "x.yaml", t.p, t.n, &error);
            bool told = code == SIPCHECK_INVALID && strstr(error.message, limits[i].message);
            if (more ? !told : code != SIPCHECK_OK)
                fail_msg("%s: %d, line %u: %s", limits[i].what, code, error.line, error.message);
            sipcheck_rules_free(rules);
            free(t.p);
        }
    }
}

static void a_set_has_so_many_machines(void **state)
{
    (void)state;
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    sipcheck_error error = { .line = 0 };
    for (size_t i = 0; i <= SC_MACHINES_MAX; i++) {
        long_text t = { 0 };
        make_name(&t, i / 2 + 1);
        if (i % 2) t.p[t.n - 2] = 'n';
        int code = sipcheck_rules_add_machine(rules, "x.yaml", t.p, t.n, &error);
        free(t.p);
        assert_int_equal(code, i < SC_MACHINES_MAX ? SIPCHECK_OK : SIPCHECK_TOO_BIG);
    }
    assert_string_equal(error.message, "more than 64 machines");
    assert_null(sipcheck_machine_at(rules, SC_MACHINES_MAX));
    sipcheck_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_told_with_their_place),
        cmocka_unit_test(a_machine_is_a_table),
        cmocka_unit_test(cells_say_what_the_rows_say),
        cmocka_unit_test(names_of_machines_are_unique),
        cmocka_unit_test(a_sealed_set_takes_no_machine),
        cmocka_unit_test(memory_may_end_anywhere),
        cmocka_unit_test(machines_end_at_their_limits),
        cmocka_unit_test(a_set_has_so_many_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
