/* SPDX-License-Identifier: MIT */
/* The machines that are built in say what every event means in every state, and cite what exists;
 * what they forbid is judged. */
#include "ruleset.h"

#include "long_text.h"

#include "rules/machine.h"

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
        cmocka_unit_test(every_cell_is_said),          cmocka_unit_test(only_ends_have_no_way_out),
        cmocka_unit_test(rules_judge_what_is_illegal), cmocka_unit_test(citations_exist),
        cmocka_unit_test(ways_lead_where_they_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
