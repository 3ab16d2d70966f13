/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck machines [list] | show NAME. */
#include "command.h"
#include "nearest.h"
#include "output.h"
#include "ruleset.h"

#include <stdio.h>
#include <string.h>

/* --- texts of a cell */

static char *joined(const char *const *texts)
{
    return texts ? g_strjoinv(", ", (char **)texts) : g_strdup("");
}

static void add_note(GString *text, const char *label, const char *note)
{
    if (!*note) return;
    if (text->len) g_string_append(text, "; ");
    g_string_append_printf(text, "%s%s", label, note);
}

static char *notes(const sipcheck_machine_cell *cell)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *sets = joined(cell->sets), *stops = joined(cell->stops);
    add_note(text, "", cell->text);
    add_note(text, cell->sets && cell->sets[1] ? "sets timers " : "sets timer ", sets);
    add_note(text, cell->stops && cell->stops[1] ? "stops timers " : "stops timer ", stops);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *outcome(const sipcheck_machine *machine, size_t state,
                     const sipcheck_machine_cell *cell)
{
    switch (cell->kind) {
    case SIPCHECK_CELL_MOVES:
        return cell->next == state
                   ? g_strdup("stays")
                   : g_strdup_printf("-> %s", sipcheck_machine_state_at(machine, cell->next)->name);
    case SIPCHECK_CELL_ILLEGAL:
        return g_strdup_printf("illegal (%s)", sipcheck_level_name(cell->level));
    default:
        return g_strdup(sipcheck_cell_kind_name(cell->kind));
    }
}

/* --- as a table: a part for each state, a line for each event */

static void print_cell(const sipcheck_machine *machine, size_t state, size_t event)
{
    const sipcheck_machine_cell cell = sipcheck_machine_cell_at(machine, state, event);
    g_autofree char *becomes = outcome(machine, state, &cell), *text = notes(&cell);
    g_autofree char *cites = joined(cell.cites);
    g_autofree char *all =
        g_strdup_printf("%s%s%s%s", text, *cites ? " [" : "", cites, *cites ? "]" : "");
    int at = printf("  %-18s %-17s ", sipcheck_machine_event_at(machine, event)->name, becomes);
    output_wrapped(stdout, (size_t)at, 39, all);
}

static void print_state(const sipcheck_machine *machine, size_t at, gboolean colour)
{
    const sipcheck_machine_info *info = sipcheck_machine_describe(machine);
    const sipcheck_machine_state *state = sipcheck_machine_state_at(machine, at);
    printf("\n%s%s%s%s%s: %s\n", output_style(STYLE_BOLD, colour), state->name,
           output_style(STYLE_PLAIN, colour), at == info->start ? " (start)" : "",
           state->end ? " (end)" : "", state->title);
    for (size_t event = 0; event < info->events; event++)
        print_cell(machine, at, event);
}

/* What it is, and how it shows. */
static char *title_of(const sipcheck_machine_event *event)
{
    if (!*event->on) return g_strdup(event->title);
    return g_strdup_printf("%s (on %s%s%s)", event->title, event->on,
                           *event->where ? " where " : "", event->where);
}

static void print_events(const sipcheck_machine *machine)
{
    const sipcheck_machine_info *info = sipcheck_machine_describe(machine);
    puts("\nevents");
    for (size_t i = 0; i < info->events - info->timers; i++) {
        const sipcheck_machine_event *event = sipcheck_machine_event_at(machine, i);
        g_autofree char *text = title_of(event);
        int at = printf("  %-18s %-17s ", event->name, sipcheck_maker_name(event->by));
        output_wrapped(stdout, (size_t)at, 39, text);
    }
    if (info->timers) puts("\ntimers");
    for (size_t i = 0; i < info->timers; i++) {
        const sipcheck_machine_timer *timer = sipcheck_machine_timer_at(machine, i);
        g_autofree char *cites = joined(timer->cites);
        g_autofree char *text = g_strdup_printf("%s: %s [%s]", timer->title, timer->value, cites);
        int at = printf("  %-18s ", timer->name);
        output_wrapped(stdout, (size_t)at, 21, text);
    }
}

static void print_table(const sipcheck_machine *machine)
{
    const sipcheck_machine_info *info = sipcheck_machine_describe(machine);
    gboolean colour = output_wants_colour();
    printf("%s%s%s: %s\n  of a %s, as the %s sees it\n", output_style(STYLE_BOLD, colour),
           info->name, output_style(STYLE_PLAIN, colour), info->title,
           sipcheck_scope_name(info->scope), info->owner);
    if (*info->about) {
        fputs("  ", stdout);
        output_wrapped(stdout, 2, 2, info->about);
    }
    print_events(machine);
    for (size_t i = 0; i < info->states; i++)
        print_state(machine, i, colour);
}

/* --- as Mermaid: transitions alone, one line for all events between two states */

/* Mermaid's ids are words. */
static char *mermaid_id(const char *name)
{
    char *id = g_strdup(name);
    for (char *p = id; *p; p++)
        if (!g_ascii_isalnum(*p)) *p = '_';
    return id;
}

static char *labels(const sipcheck_machine *machine, size_t from, size_t to)
{
    const sipcheck_machine_info *info = sipcheck_machine_describe(machine);
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t event = 0; event < info->events; event++) {
        const sipcheck_machine_cell cell = sipcheck_machine_cell_at(machine, from, event);
        if (cell.kind != SIPCHECK_CELL_MOVES || cell.next != to) continue;
        g_string_append_printf(text, "%s%s", text->len ? ", " : "",
                               sipcheck_machine_event_at(machine, event)->name);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void print_arrows(const sipcheck_machine *machine, size_t from)
{
    const sipcheck_machine_info *info = sipcheck_machine_describe(machine);
    g_autofree char *id = mermaid_id(sipcheck_machine_state_at(machine, from)->name);
    for (size_t to = 0; to < info->states; to++) {
        g_autofree char *target = mermaid_id(sipcheck_machine_state_at(machine, to)->name);
        g_autofree char *events = labels(machine, from, to);
        if (*events) printf("    %s --> %s: %s\n", id, target, events);
    }
    if (sipcheck_machine_state_at(machine, from)->end) printf("    %s --> [*]\n", id);
}

static void print_mermaid(const sipcheck_machine *machine)
{
    const sipcheck_machine_info *info = sipcheck_machine_describe(machine);
    puts("stateDiagram-v2");
    for (size_t i = 0; i < info->states; i++) {
        const char *name = sipcheck_machine_state_at(machine, i)->name;
        g_autofree char *id = mermaid_id(name);
        if (strcmp(id, name) != 0) printf("    state \"%s\" as %s\n", name, id);
    }
    g_autofree char *start = mermaid_id(sipcheck_machine_state_at(machine, info->start)->name);
    printf("    [*] --> %s\n", start);
    for (size_t i = 0; i < info->states; i++)
        print_arrows(machine, i);
}

/* --- the command */

static void list_machines(const sipcheck_rules *rules)
{
    const sipcheck_machine *machine;
    for (size_t i = 0; (machine = sipcheck_machine_at(rules, i)); i++) {
        const sipcheck_machine_info *info = sipcheck_machine_describe(machine);
        printf("%-20s %-13s %2zu states %2zu events  %s\n", info->name,
               sipcheck_scope_name(info->scope), info->states, info->events, info->title);
    }
}

static int no_machine(const sipcheck_rules *rules, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const sipcheck_machine *machine;
    for (size_t i = 0; (machine = sipcheck_machine_at(rules, i)); i++)
        g_ptr_array_add(names, (gpointer)sipcheck_machine_describe(machine)->name);
    g_ptr_array_add(names, NULL);
    const char *near = nearest(name, (const char *const *)names->pdata, 3);
    if (near)
        complain("there is no machine '%s', did you mean '%s'?", name, near);
    else
        complain("there is no machine '%s'; `sipcheck machines` shows what there is", name);
    return EXIT_USAGE;
}

static int show_machine(const sipcheck_rules *rules, const char *name, gboolean mermaid)
{
    const sipcheck_machine *machine = sipcheck_machine_find(rules, name);
    if (!machine) return no_machine(rules, name);
    if (mermaid)
        print_mermaid(machine);
    else
        print_table(machine);
    return EXIT_CLEAN;
}

int cmd_machines(int argc, char **argv)
{
    struct ruleset_options options = { 0 };
    g_autofree char *format = NULL;
    const GOptionEntry entries[] = { RULESET_ENTRIES(options),
                                     { "format", 'f', 0, G_OPTION_ARG_STRING, &format,
                                       "for show: text (default) or mermaid", "FORMAT" },
                                     G_OPTION_ENTRY_NULL };
    gboolean fine = command_options(
        &argc, &argv, "[list] | show NAME",
        "Lists the state machines, or shows one: what each event means in each state, and where "
        "that is said.",
        entries);
    g_auto(GStrv) args = argv;
    gboolean show = argc > 1 && !strcmp(args[1], "show");
    gboolean list = argc == 1 || (argc == 2 && !strcmp(args[1], "list"));
    gboolean known = list || (show && argc == 3);
    if (fine && !known) complain("machines wants nothing, `list`, or `show` and a machine's name");
    int mermaid = fine && known ? command_format(format, "mermaid") : -1;
    if (mermaid > 0 && list) {
        complain("--format mermaid is for show");
        mermaid = -1;
    }
    sipcheck_rules *rules = mermaid >= 0 ? ruleset_load(&options) : NULL;
    ruleset_options_clear(&options);
    if (!rules) return EXIT_USAGE;
    int code = EXIT_CLEAN;
    if (show)
        code = show_machine(rules, args[2], mermaid == 1);
    else
        list_machines(rules);
    sipcheck_rules_free(rules);
    return code;
}
