/* SPDX-License-Identifier: MIT */
/* Any text as a rule file, a state machine, a profile, base messages and a filter: an error or a
 * rule set, never a crash or a hang. */
#include <stdlib.h>
#include <string.h>

#include <sipcheck/rules.h>

static void filter(const char *text, size_t size)
{
    char *copy = malloc(size + 1);
    sipcheck_filter *made = NULL;
    sipcheck_error error;
    if (!copy) return;
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (!sipcheck_filter_new(NULL, copy, &made, &error)) sipcheck_filter_free(made);
    free(copy);
}

static void on_outcome(void *user, const sipcheck_test_outcome *outcome)
{
    (void)user;
    if (outcome->mark_offset > outcome->length) abort();
}

/* Every cell leads to a state that is there, and what is said has a source. */
static void walk(const sipcheck_rules *rules)
{
    const sipcheck_machine *machine = sipcheck_machine_at(rules, 0);
    if (!machine) return;
    const sipcheck_machine_info *info = sipcheck_machine_describe(machine);
    for (size_t s = 0; s < info->states; s++) {
        for (size_t e = 0; e < info->events; e++) {
            sipcheck_machine_cell cell = sipcheck_machine_cell_at(machine, s, e);
            if (!sipcheck_machine_state_at(machine, cell.next)) abort();
            if (cell.kind != SIPCHECK_CELL_UNSAID && !*cell.cites) abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size ? (const char *)data : "";
    sipcheck_error error;
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    if (!rules) abort();
    (void)sipcheck_rules_add_bases(rules, "bases", text, size, &error);
    (void)sipcheck_rules_add_profile(rules, "profile", text, size, &error);
    if (!sipcheck_rules_add_machine(rules, "machine", text, size, &error)) walk(rules);
    int code = sipcheck_rules_add(rules, "rules", text, size, &error);
    if (!code && !sipcheck_rules_seal(rules, &error))
        sipcheck_rules_test(rules, NULL, NULL, on_outcome, NULL);
    sipcheck_rules_free(rules);
    filter(text, size);
    return 0;
}
