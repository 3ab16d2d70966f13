/* SPDX-License-Identifier: MIT */
/* The rows of a machine, and the table that they make. */
#include <string.h>

#include "rules/machine_load.h"

static const char *const level_words[] = { "MUST", "SHOULD", "MAY" };

/* --- what a row claims: one name, or a list of them */

typedef int find_fn(const sc_machine_draft *draft, const sc_yaml_node *node, size_t *ret);

static int load_bits(const sc_machine_draft *draft, const sc_yaml_node *row, const char *key,
                     find_fn *find, uint64_t *ret)
{
    const sc_yaml_node *node = sc_yaml_get(row, key);
    if (node == NULL) return sc_load_fault(&draft->load, row, "\"%s\" is missing", key);
    bool list = node->kind == SC_YAML_SEQUENCE;
    if (list && node->first == NULL) return sc_load_fault(&draft->load, node, "this list is empty");
    for (const sc_yaml_node *item = list ? node->first : node; item != NULL;
         item = list ? item->next : NULL) {
        size_t at = 0;
        int code = sc_load_want_kind(&draft->load, item, SC_YAML_SCALAR);
        if (code == SIPCHECK_OK) code = find(draft, item, &at);
        if (code != SIPCHECK_OK) return code;
        if (*ret >> at & 1) return sc_load_fault(&draft->load, item, "this is named twice");
        *ret |= (uint64_t)1 << at;
    }
    return SIPCHECK_OK;
}

static int load_claim(const sc_machine_draft *draft, const sc_yaml_node *node, sc_machine_row *row)
{
    const sc_yaml_node *in = sc_yaml_get(node, "in");
    row->others = in != NULL && in->kind == SC_YAML_SCALAR && strcmp(in->text, "others") == 0;
    uint64_t states = 0;
    int code =
        row->others ? SIPCHECK_OK : load_bits(draft, node, "in", sc_machine_state_of, &states);
    row->states = (uint32_t)states;
    return code == SIPCHECK_OK ? load_bits(draft, node, "on", sc_machine_event_of, &row->events)
                               : code;
}

/* --- what comes of it */

static int forbid(const sc_machine_draft *draft, const sc_yaml_node *node, const char *key,
                  const char *why)
{
    const sc_yaml_node *there = sc_yaml_get(node, key);
    return there == NULL ? SIPCHECK_OK : sc_load_fault(&draft->load, there->key, "%s", why);
}

static int load_timers(sc_machine_draft *draft, const sc_yaml_node *node, const char *key,
                       uint32_t *all, const char *const **ret)
{
    const sc_yaml_node *list = sc_yaml_get(node, key);
    uint32_t timers = 0;
    int code = list != NULL ? sc_machine_texts(draft, list, &timers, ret) : SIPCHECK_OK;
    *all |= timers;
    return code;
}

static int load_move(sc_machine_draft *draft, const sc_yaml_node *node, const sc_yaml_node *to,
                     sc_machine_row *row)
{
    sipcheck_machine_cell *cell = &row->cell;
    const sc_yaml_node *does;
    cell->kind = SIPCHECK_CELL_MOVES;
    cell->next = SIZE_MAX; /* the same */
    int code =
        strcmp(to->text, "same") == 0 ? SIPCHECK_OK : sc_machine_state_of(draft, to, &cell->next);
    if (code == SIPCHECK_OK)
        code = sc_load_entry(&draft->load, node, "does", SC_YAML_SCALAR, SC_OPTIONAL, &does);
    if (code == SIPCHECK_OK && does != NULL) code = sc_load_text(&draft->load, does, &cell->text);
    if (code == SIPCHECK_OK) code = load_timers(draft, node, "sets", &draft->set, &cell->sets);
    if (code == SIPCHECK_OK)
        code = load_timers(draft, node, "stops", &draft->stopped, &cell->stops);
    return code == SIPCHECK_OK ? forbid(draft, node, "level", "only what is illegal has a level")
                               : code;
}

static int load_refusal(const sc_machine_draft *draft, const sc_yaml_node *node,
                        const sc_yaml_node *why, sc_machine_row *row)
{
    static const char *const of_moves[] = { "does", "sets", "stops" };
    bool illegal = strcmp(why->key->text, "illegal") == 0;
    row->cell.kind = illegal ? SIPCHECK_CELL_ILLEGAL : SIPCHECK_CELL_IGNORED;
    int code = sc_load_text(&draft->load, why, &row->cell.text);
    for (size_t i = 0; i < 3 && code == SIPCHECK_OK; i++)
        code = forbid(draft, node, of_moves[i], "only a row with \"to\" has this");
    if (code != SIPCHECK_OK) return code;
    if (!illegal) return forbid(draft, node, "level", "only what is illegal has a level");
    const sc_yaml_node *word;
    unsigned level = 0;
    code = sc_load_entry(&draft->load, node, "level", SC_YAML_SCALAR, SC_DEMANDED, &word);
    if (code == SIPCHECK_OK) code = sc_load_word(&draft->load, word, level_words, 3, &level);
    row->cell.level = (enum sipcheck_level)level;
    return code;
}

static int load_outcome(sc_machine_draft *draft, const sc_yaml_node *node, sc_machine_row *row)
{
    static const char *const keys[] = { "to", "ignore", "illegal" };
    const sc_yaml_node *found = NULL;
    for (size_t i = 0; i < 3; i++) {
        const sc_yaml_node *outcome;
        int code =
            sc_load_entry(&draft->load, node, keys[i], SC_YAML_SCALAR, SC_OPTIONAL, &outcome);
        if (code != SIPCHECK_OK) return code;
        if (outcome != NULL && found != NULL) {
            return sc_load_fault(&draft->load, outcome->key,
                                 "a row has one of \"to\", \"ignore\" and \"illegal\"");
        }
        found = outcome != NULL ? outcome : found;
    }
    if (found == NULL)
        return sc_load_fault(&draft->load, node, "\"to\", \"ignore\" or \"illegal\" is missing");
    bool moves = strcmp(found->key->text, "to") == 0;
    return moves ? load_move(draft, node, found, row) : load_refusal(draft, node, found, row);
}

static int load_row(sc_machine_draft *draft, const sc_yaml_node *node, sc_machine_row *row)
{
    static const char *const keys[] = { "in",   "on",    "to",    "ignore", "illegal",
                                        "does", "cites", "level", "sets",   "stops" };
    *row = (sc_machine_row){ .cell = { .text = "", .line = node->line } };
    int code = sc_load_check_keys(&draft->load, node, keys, sizeof keys / sizeof *keys);
    if (code == SIPCHECK_OK) code = load_claim(draft, node, row);
    if (code == SIPCHECK_OK) code = load_outcome(draft, node, row);
    const sc_yaml_node *cites = code == SIPCHECK_OK ? sc_yaml_get(node, "cites") : NULL;
    if (code != SIPCHECK_OK) return code;
    if (cites == NULL) return sc_load_fault(&draft->load, node, "\"cites\" is missing");
    draft->named |= row->events;
    return sc_machine_texts(draft, cites, NULL, &row->cell.cites);
}

int sc_machine_load_rows(sc_machine_draft *draft)
{
    sipcheck_machine *machine = draft->machine;
    int code = sc_load_entry(&draft->load, draft->load.root, "rows", SC_YAML_SEQUENCE, SC_DEMANDED,
                             &draft->rows);
    if (code != SIPCHECK_OK) return code;
    for (const sc_yaml_node *node = draft->rows->first; node != NULL; node = node->next)
        if (machine->info.rows++ == SC_MACHINE_ROWS_MAX)
            return sc_load_fault(&draft->load, node, "too many rows in one machine");
    machine->rows = sc_load_alloc(&draft->load, (machine->info.rows + 1) * sizeof *machine->rows);
    if (machine->rows == NULL) return SIPCHECK_NOMEM;
    size_t at = 0;
    for (const sc_yaml_node *node = draft->rows->first; node != NULL && code == SIPCHECK_OK;
         node = node->next)
        code = load_row(draft, node, &machine->rows[at++]);
    return code;
}

/* --- the table */

static int claim(const sc_machine_draft *draft, const sc_yaml_node *node, size_t at, size_t state,
                 size_t event)
{
    sipcheck_machine *machine = draft->machine;
    const sc_machine_row *row = &machine->rows[at];
    sc_transition *step = &machine->steps[state * machine->info.events + event];
    if (step->kind != SIPCHECK_CELL_UNSAID) {
        if (row->others) return SIPCHECK_OK;
        return sc_load_fault(&draft->load, node,
                             "\"%s\" in state \"%s\" has a row already, line %u",
                             machine->events[event].name, machine->states[state].name,
                             machine->rows[step->row].cell.line);
    }
    size_t next = row->cell.next == SIZE_MAX || row->cell.kind != SIPCHECK_CELL_MOVES
                      ? state
                      : row->cell.next;
    *step = (sc_transition){ (uint8_t)row->cell.kind, (uint8_t)next, (uint16_t)at };
    return SIPCHECK_OK;
}

static int claim_all(const sc_machine_draft *draft, const sc_yaml_node *node, size_t at)
{
    const sipcheck_machine *machine = draft->machine;
    const sc_machine_row *row = &machine->rows[at];
    int code = SIPCHECK_OK;
    for (size_t s = 0; s < machine->info.states; s++)
        for (size_t e = 0; e < machine->info.events && code == SIPCHECK_OK; e++)
            if ((row->others || row->states >> s & 1) && row->events >> e & 1)
                code = claim(draft, node, at, s, e);
    return code;
}

/* What is left for the others is known when all rows with states have claimed theirs. */
static int fill(const sc_machine_draft *draft)
{
    uint64_t left = 0; /* events that a row of others has claimed */
    for (int others = 0; others < 2; others++) {
        size_t at = 0;
        for (const sc_yaml_node *node = draft->rows->first; node != NULL; node = node->next, at++) {
            const sc_machine_row *row = &draft->machine->rows[at];
            if (row->others != (others == 1)) continue;
            if (row->others && (left & row->events) != 0)
                return sc_load_fault(&draft->load, node, "the other states have a row already");
            left |= row->others ? row->events : 0;
            int code = claim_all(draft, node, at);
            if (code != SIPCHECK_OK) return code;
        }
    }
    return SIPCHECK_OK;
}

/* --- what a table lacks */

static uint32_t reached_from(const sipcheck_machine *machine, uint32_t states)
{
    for (size_t s = 0; s < machine->info.states; s++) {
        for (size_t e = 0; e < machine->info.events && states >> s & 1; e++) {
            sc_transition step = sc_machine_step(machine, s, e);
            if (step.kind == SIPCHECK_CELL_MOVES) states |= 1u << step.next;
        }
    }
    return states;
}

static int check_states(const sc_machine_draft *draft)
{
    const sipcheck_machine *machine = draft->machine;
    uint32_t reached = 1u << machine->info.start, before = 0;
    while (reached != before) {
        before = reached;
        reached = reached_from(machine, reached);
    }
    for (size_t s = 0; s < machine->info.states; s++) {
        if (reached >> s & 1) continue;
        return sc_load_fault(&draft->load, draft->state_nodes[s], "state \"%s\" can't be reached",
                             machine->states[s].name);
    }
    return SIPCHECK_OK;
}

static bool fires(const sipcheck_machine *machine, size_t event)
{
    for (size_t s = 0; s < machine->info.states; s++)
        if (sc_machine_step(machine, s, event).kind == SIPCHECK_CELL_MOVES) return true;
    return false;
}

static int check_events(const sc_machine_draft *draft)
{
    const sipcheck_machine *machine = draft->machine;
    size_t first_timer = machine->info.events - machine->info.timers;
    for (size_t e = 0; e < first_timer; e++) {
        if (draft->named >> e & 1) continue;
        return sc_load_fault(&draft->load, draft->event_nodes[e], "no row is about event \"%s\"",
                             machine->events[e].name);
    }
    for (size_t t = 0; t < machine->info.timers; t++) {
        bool set = draft->set >> t & 1, fired = fires(machine, first_timer + t);
        if (set && fired) continue;
        return sc_load_fault(&draft->load, draft->event_nodes[first_timer + t],
                             set ? "timer \"%s\" is set, and no row says what its end does"
                                 : "timer \"%s\" is never set",
                             machine->timers[t].name);
    }
    return SIPCHECK_OK;
}

int sc_machine_compile(sc_machine_draft *draft)
{
    sipcheck_machine *machine = draft->machine;
    size_t cells = machine->info.states * machine->info.events;
    machine->steps = sc_load_alloc(&draft->load, cells * sizeof *machine->steps);
    if (machine->steps == NULL) return SIPCHECK_NOMEM;
    memset(machine->steps, 0, cells * sizeof *machine->steps);
    int code = fill(draft);
    if (code == SIPCHECK_OK) code = check_states(draft);
    return code == SIPCHECK_OK ? check_events(draft) : code;
}
