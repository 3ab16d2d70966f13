/* SPDX-License-Identifier: MIT */
/* State machines: what the loader refuses and where; the machines that are built in say what every
 * event means in every state, and cite what exists. */
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

/* --- what is built in */

static sipcheck_rules *builtin_rules(void)
{
    sipcheck_error error = { .line = 0 };
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    if (sipcheck_rules_add_builtin(rules, &error) != SIPCHECK_OK)
        fail_msg("%s:%u:%u: %s", error.file, error.line, error.column, error.message);
    return rules;
}

/* --- what is illegal is judged */

static bool is_cited(const sipcheck_rules *rules, const char *cite)
{
    for (size_t i = 0; i < sipcheck_rules_count(rules); i++) {
        const char *const *id = sipcheck_rules_at(rules, i)->statements;
        for (; id != NULL && *id != NULL; id++)
            if (strcmp(*id, cite) == 0) return true;
    }
    return false;
}

static unsigned unjudged(const sipcheck_rules *rules, const sipcheck_machine *machine, size_t s,
                         size_t e)
{
    const sipcheck_machine_cell cell = sipcheck_machine_cell_at(machine, s, e);
    if (cell.kind != SIPCHECK_CELL_ILLEGAL) return 0;
    for (const char *const *cite = cell.cites; *cite != NULL; cite++)
        if (is_cited(rules, *cite)) return 0;
    print_error("%s:%u: no rule is of %s\n", sipcheck_machine_describe(machine)->file, cell.line,
                cell.cites[0]);
    return 1;
}

/* What a machine forbids, a rule says of a capture. */
static void rules_judge_what_is_illegal(void **state)
{
    (void)state;
    unsigned failures = 0;
    sipcheck_rules *rules = builtin_rules();
    const sipcheck_machine *machine;
    for (size_t m = 0; (machine = sipcheck_machine_at(rules, m)) != NULL; m++)
        for (size_t s = 0; s < sipcheck_machine_describe(machine)->states; s++)
            for (size_t e = 0; e < sipcheck_machine_describe(machine)->events; e++)
                failures += unjudged(rules, machine, s, e);
    assert_int_equal(failures, 0);
    sipcheck_rules_free(rules);
}

/* --- every cell is said */

static unsigned cell_faults(const sipcheck_machine *machine, size_t s, size_t e)
{
    const sipcheck_machine_cell cell = sipcheck_machine_cell_at(machine, s, e);
    bool cited = cell.cites != NULL && cell.cites[0] != NULL;
    bool reasoned = cell.kind == SIPCHECK_CELL_MOVES || cell.text[0] != '\0';
    if (cell.kind != SIPCHECK_CELL_UNSAID && cited && reasoned) return 0;
    printf("%s: %s in %s: %s\n", sipcheck_machine_describe(machine)->name,
           sipcheck_machine_event_at(machine, e)->name, sipcheck_machine_state_at(machine, s)->name,
           sipcheck_cell_kind_name(cell.kind));
    return 1;
}

static void every_cell_is_said(void **state)
{
    (void)state;
    sipcheck_rules *rules = builtin_rules();
    unsigned faults = 0;
    size_t machines = 0;
    const sipcheck_machine *machine;
    for (; (machine = sipcheck_machine_at(rules, machines)) != NULL; machines++) {
        const sipcheck_machine_info *info = sipcheck_machine_describe(machine);
        for (size_t s = 0; s < info->states; s++)
            for (size_t e = 0; e < info->events; e++)
                faults += cell_faults(machine, s, e);
    }
    assert_int_equal(faults, 0);
    assert_int_equal(machines, 9);
    sipcheck_rules_free(rules);
}

/* Only an end may be without a way out, and it is one. */
static void only_ends_have_no_way_out(void **state)
{
    (void)state;
    sipcheck_rules *rules = builtin_rules();
    const sipcheck_machine *machine;
    for (size_t i = 0; (machine = sipcheck_machine_at(rules, i)) != NULL; i++) {
        const sipcheck_machine_info *info = sipcheck_machine_describe(machine);
        for (size_t s = 0; s < info->states; s++) {
            bool out = false;
            for (size_t e = 0; e < info->events; e++)
                out |= sc_machine_step(machine, s, e).next != s;
            if (out == sipcheck_machine_state_at(machine, s)->end)
                fail_msg("%s: %s", info->name, sipcheck_machine_state_at(machine, s)->name);
        }
    }
    sipcheck_rules_free(rules);
}

/* --- citations exist, and a level is that of a cited statement */

static char *file_text(const char *format, const char *cite)
{
    char path[512];
    snprintf(path, sizeof path, format, (int)strcspn(cite, "-"), cite);
    FILE *f = fopen(path, "rb");
    if (f == NULL) return NULL;
    long_text t = { 0 };
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof part - 1, f)) > 0;) {
        part[n] = '\0';
        put(&t, part);
    }
    fclose(f);
    return t.p;
}

/* The statement's line of the shared list begins with its id. It has the level as its own, or as a
 * word of a sentence that has a stronger one, too. */
static bool statement_has(const char *cite, const char *level)
{
    char line[160], own[32], word[32];
    char *text = file_text(SIPCHECK_SHARED_DIR "/statements/rfc%.*s.csv", cite);
    if (text == NULL) return false;
    snprintf(line, sizeof line, "\n%s,", cite);
    snprintf(own, sizeof own, ",%s,", level != NULL ? level : "");
    snprintf(word, sizeof word, " %s ", level != NULL ? level : "");
    char *at = strstr(text, line);
    if (at != NULL && strchr(at + 1, '\n') != NULL) *strchr(at + 1, '\n') = '\0';
    bool there =
        at != NULL && (level == NULL || strstr(at, own) != NULL || strstr(at, word) != NULL);
    free(text);
    return there;
}

/* A heading: the section's number alone, with or without a dot, then a space. */
static bool section_exists(const char *cite)
{
    char *text = file_text(SIPCHECK_SHARED_DIR "/rfc/rfc%.*s.txt", cite);
    if (text == NULL) return false;
    bool found = false;
    for (int form = 0; form < 2 && !found; form++) {
        char heading[64];
        snprintf(heading, sizeof heading, "\n%s%s ", strchr(cite, '-') + 1, form ? "." : "");
        found = strstr(text, heading) != NULL;
    }
    free(text);
    return found;
}

static bool is_statement(const char *cite)
{
    const char *dash = strchr(cite, '-');
    return dash != NULL && strchr(dash + 1, '-') != NULL;
}

static unsigned row_faults(const sipcheck_machine *machine, const sc_machine_row *row)
{
    const sipcheck_machine_cell *cell = &row->cell;
    bool illegal = cell->kind == SIPCHECK_CELL_ILLEGAL, level_found = !illegal;
    unsigned faults = 0;
    for (const char *const *cite = cell->cites; *cite != NULL; cite++) {
        bool there = is_statement(*cite) ? statement_has(*cite, NULL) : section_exists(*cite);
        if (illegal) level_found |= statement_has(*cite, sipcheck_level_name(cell->level));
        faults += !there;
        if (!there) printf("%s:%u: no %s\n", machine->info.file, cell->line, *cite);
    }
    if (!level_found) printf("%s:%u: another level\n", machine->info.file, cell->line);
    return faults + !level_found;
}

static void citations_exist(void **state)
{
    (void)state;
    char *there = file_text(SIPCHECK_SHARED_DIR "/statements/rfc%.*s.csv", "3261-1");
    if (there == NULL) {
        printf("SKIPPED: ../shared is not here\n");
        skip();
    }
    free(there);
    sipcheck_rules *rules = builtin_rules();
    unsigned faults = 0;
    const sipcheck_machine *machine;
    for (size_t i = 0; (machine = sipcheck_machine_at(rules, i)) != NULL; i++)
        for (size_t r = 0; r < machine->info.rows; r++)
            faults += row_faults(machine, &machine->rows[r]);
    assert_int_equal(faults, 0);
    sipcheck_rules_free(rules);
}

/* --- ways through them */

static const struct {
    const char *machine;
    const char *events; /* separated by commas, from the start */
    const char *state;  /* behind them; of an illegal event: before it */
    enum sipcheck_cell_kind last;
} ways[] = {
    { "invite-client", "invite,1xx,1xx,2xx,2xx,timer M", "terminated", SIPCHECK_CELL_MOVES },
    { "invite-client", "invite,timer A,invite-again,3xx-6xx,ack,3xx-6xx,ack,timer D", "terminated",
      SIPCHECK_CELL_MOVES },
    { "invite-client", "invite,timer B", "terminated", SIPCHECK_CELL_MOVES },
    { "invite-client", "invite,cancel", "calling", SIPCHECK_CELL_ILLEGAL },
    { "invite-client", "invite,1xx,cancel,3xx-6xx,ack", "completed", SIPCHECK_CELL_MOVES },
    { "invite-client", "invite,1xx,cancel,2xx,cancel", "accepted", SIPCHECK_CELL_ILLEGAL },
    { "invite-client", "invite,2xx,1xx", "accepted", SIPCHECK_CELL_IGNORED },
    { "invite-server", "invite,timer trying,1xx,2xx,invite-again,2xx-again,ack,timer L",
      "terminated", SIPCHECK_CELL_MOVES },
    { "invite-server", "invite,1xx,3xx-6xx,timer G,3xx-6xx-again,ack,ack,timer I", "terminated",
      SIPCHECK_CELL_MOVES },
    { "invite-server", "invite,2xx,1xx", "accepted", SIPCHECK_CELL_ILLEGAL },
    { "invite-server", "invite,2xx,2xx", "accepted", SIPCHECK_CELL_MOVES },
    { "invite-server", "invite,3xx-6xx,2xx", "completed", SIPCHECK_CELL_ILLEGAL },
    { "invite-server", "invite,3xx-6xx,timer H", "terminated", SIPCHECK_CELL_MOVES },
    { "non-invite-client", "request,request-again,1xx,timer E,final,final,timer K", "terminated",
      SIPCHECK_CELL_MOVES },
    { "non-invite-client", "request,final,request-again", "completed", SIPCHECK_CELL_ILLEGAL },
    { "non-invite-server", "request,100,request-again,final,request-again,final-again,timer J",
      "terminated", SIPCHECK_CELL_MOVES },
    { "non-invite-server", "request,101-199", "trying", SIPCHECK_CELL_ILLEGAL },
    { "non-invite-server", "request,408", "trying", SIPCHECK_CELL_ILLEGAL },
    { "non-invite-server", "request,final,final", "completed", SIPCHECK_CELL_ILLEGAL },
    { "dialog", "1xx,1xx,2xx,ack,request,peer-request,bye,bye-done", "terminated",
      SIPCHECK_CELL_MOVES },
    { "dialog", "1xx,2xx-other,timer early", "terminated", SIPCHECK_CELL_MOVES },
    { "dialog", "1xx,2xx-other,2xx,ack", "confirmed", SIPCHECK_CELL_MOVES },
    { "dialog", "1xx,peer-bye", "early", SIPCHECK_CELL_ILLEGAL },
    { "dialog", "1xx,bye", "ending", SIPCHECK_CELL_MOVES },
    { "dialog", "2xx,peer-bye", "answered", SIPCHECK_CELL_ILLEGAL },
    { "dialog", "2xx,timer ack,peer-bye,bye-challenged,peer-bye,bye-done", "terminated",
      SIPCHECK_CELL_MOVES },
    { "dialog", "2xx,ack,bye,bye-done,bye", "terminated", SIPCHECK_CELL_ILLEGAL },
    { "offer-answer", "offer,peer-answer,peer-offer,answer", "agreed", SIPCHECK_CELL_MOVES },
    { "offer-answer", "offer,peer-answer,offer,peer-offer", "sent", SIPCHECK_CELL_MOVES },
    { "offer-answer", "offer,peer-answer,offer,peer-refusal", "agreed", SIPCHECK_CELL_MOVES },
    { "offer-answer", "offer,peer-refusal", "none", SIPCHECK_CELL_MOVES },
    { "offer-answer", "offer,offer", "first-sent", SIPCHECK_CELL_ILLEGAL },
    { "offer-answer", "peer-offer,answer,peer-offer,offer", "received", SIPCHECK_CELL_ILLEGAL },
    { "offer-answer", "peer-offer,answer,answer-again,failure", "agreed", SIPCHECK_CELL_MOVES },
    { "reliable-provisional", "reliable-sdp,again,prack,reliable,prack,2xx", "over",
      SIPCHECK_CELL_MOVES },
    { "reliable-provisional", "reliable,reliable", "first", SIPCHECK_CELL_ILLEGAL },
    { "reliable-provisional", "reliable-sdp,2xx", "first-sdp", SIPCHECK_CELL_ILLEGAL },
    { "reliable-provisional", "reliable,2xx,prack", "over", SIPCHECK_CELL_MOVES },
    { "reliable-provisional", "reliable,timer give-up,reliable", "over", SIPCHECK_CELL_ILLEGAL },
    { "registration", "register,challenge,register,listed,register,listed,unregister,unlisted",
      "unbound", SIPCHECK_CELL_MOVES },
    { "registration", "register,register", "registering", SIPCHECK_CELL_ILLEGAL },
    { "registration", "register,listed,register,timer expiry,refused", "unbound",
      SIPCHECK_CELL_MOVES },
    { "subscription", "subscribe,notify-pending,2xx,notify-active,refresh,2xx,notify-terminated",
      "terminated", SIPCHECK_CELL_MOVES },
    { "subscription", "notify-active", "none", SIPCHECK_CELL_ILLEGAL },
    { "subscription", "subscribe,2xx,timer N", "terminated", SIPCHECK_CELL_MOVES },
};

static size_t event_of(const sipcheck_machine *machine, const char *name, size_t length)
{
    for (size_t e = 0; e < machine->info.events; e++)
        if (strlen(machine->events[e].name) == length &&
            memcmp(machine->events[e].name, name, length) == 0)
            return e;
    fail_msg("%s: no event %s", machine->info.name, name);
    return 0;
}

static void ways_lead_where_they_should(void **state)
{
    (void)state;
    sipcheck_rules *rules = builtin_rules();
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const sipcheck_machine *machine = sipcheck_machine_find(rules, ways[i].machine);
        sc_transition step = { .next = (uint8_t)machine->info.start };
        for (const char *at = ways[i].events; *at != '\0';) {
            size_t length = strcspn(at, ",");
            step = sc_machine_step(machine, step.next, event_of(machine, at, length));
            at += length + (at[length] == ',');
            if (*at != '\0' && step.kind == SIPCHECK_CELL_ILLEGAL)
                fail_msg("%s: %s: illegal before %s", ways[i].machine, ways[i].events, at);
        }
        if (strcmp(machine->states[step.next].name, ways[i].state) != 0 ||
            step.kind != ways[i].last) {
            fail_msg("%s: %s: %s, %s", ways[i].machine, ways[i].events,
                     machine->states[step.next].name,
                     sipcheck_cell_kind_name((enum sipcheck_cell_kind)step.kind));
        }
    }
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
        cmocka_unit_test(rules_judge_what_is_illegal),
        cmocka_unit_test(machines_end_at_their_limits),
        cmocka_unit_test(a_set_has_so_many_machines),
        cmocka_unit_test(every_cell_is_said),
        cmocka_unit_test(only_ends_have_no_way_out),
        cmocka_unit_test(citations_exist),
        cmocka_unit_test(ways_lead_where_they_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
