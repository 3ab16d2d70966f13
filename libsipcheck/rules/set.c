/* SPDX-License-Identifier: MIT */
#include "rules/set.h"
#include "rules/machine.h"

#include <stdlib.h>
#include <string.h>

#include "text/arena.h"

static void *default_alloc(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void default_release(void *user, void *block)
{
    (void)user;
    free(block);
}

sipcheck_allocator sc_default_allocator(void)
{
    return (sipcheck_allocator){ default_alloc, default_release, NULL };
}

void *sc_set_alloc(const sipcheck_rules *set, size_t size)
{
    return set->allocator.alloc(set->allocator.user, size);
}

void sc_set_release(const sipcheck_rules *set, void *block)
{
    if (block != NULL) set->allocator.release(set->allocator.user, block);
}

/* --- files */

static const char *copy_name(sipcheck_arena *arena, const char *name)
{
    size_t size = strlen(name) + 1;
    char *copy = sc_arena_alloc(arena, size);
    return copy != NULL ? memcpy(copy, name, size) : NULL;
}

static bool copy_file(sc_file *file, const sc_yaml_file *from)
{
    size_t length = from->text.n;
    uint8_t *copy = sc_arena_alloc(file->arena, length + 1);
    file->yaml.name = copy_name(file->arena, from->name);
    if (copy == NULL || file->yaml.name == NULL) return false;
    if (length > 0) memcpy(copy, from->text.p, length);
    copy[length] = '\0';
    file->yaml.text = (sipcheck_slice){ copy, length };
    return true;
}

int sc_file_new(const sipcheck_rules *set, const sc_yaml_file *yaml, bool built_in, sc_file **ret)
{
    sc_file *file = sc_set_alloc(set, sizeof *file);
    if (file == NULL) return SIPCHECK_NOMEM;
    *file = (sc_file){ .arena = sipcheck_arena_new(&set->allocator), .yaml = *yaml };
    if (file->arena == NULL || (!built_in && !copy_file(file, yaml))) {
        sc_file_free(set, file);
        return SIPCHECK_NOMEM;
    }
    *ret = file;
    return SIPCHECK_OK;
}

void sc_file_free(const sipcheck_rules *set, sc_file *file)
{
    if (file != NULL) {
        sipcheck_arena_free(file->arena);
        sc_set_release(set, file);
    }
}

void sc_set_keep_file(sipcheck_rules *set, sc_file *file)
{
    file->next = set->files;
    set->files = file;
}

/* --- rules */

int sc_set_reserve(sipcheck_rules *set, size_t more)
{
    if (more > SC_RULES_MAX - set->count) return SIPCHECK_TOO_BIG;
    if (set->count + more <= set->capacity) return SIPCHECK_OK;
    size_t capacity = (set->count + more) * 2;
    sc_rule **grown = sc_set_alloc(set, capacity * sizeof(sc_rule *));
    if (grown == NULL) return SIPCHECK_NOMEM;
    if (set->count > 0) memcpy(grown, set->by_id, set->count * sizeof(sc_rule *));
    sc_set_release(set, set->by_id);
    set->by_id = grown;
    set->capacity = capacity;
    return SIPCHECK_OK;
}

/* Where a rule of that id stands or would stand. */
static size_t position_of(const sipcheck_rules *set, const char *id)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(set->by_id[middle]->pub.id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void sc_set_insert(sipcheck_rules *set, sc_rule *rule)
{
    size_t at = position_of(set, rule->pub.id);
    memmove(set->by_id + at + 1, set->by_id + at, (set->count - at) * sizeof(sc_rule *));
    set->by_id[at] = rule;
    set->count++;
    rule->next = NULL;
    *set->last = rule;
    set->last = &rule->next;
}

void sc_rule_clear(sc_rule *rule)
{
    sc_program_free(rule->applies);
    sc_program_free(rule->assertion);
    sc_program_free(rule->expect.where);
    sc_program_free(rule->expect.within);
    sc_program_free(rule->mark);
    sc_template_free(rule->message);
    sc_template_free(rule->fix);
}

/* --- the public face */

sipcheck_rules *sipcheck_rules_new(const sipcheck_allocator *allocator)
{
    sipcheck_allocator chosen = allocator != NULL ? *allocator : sc_default_allocator();
    sipcheck_rules *set = chosen.alloc(chosen.user, sizeof *set);
    if (set == NULL) return NULL;
    *set = (sipcheck_rules){ .allocator = chosen };
    set->last = &set->first;
    if (sc_add_own_rules(set) != SIPCHECK_OK) {
        sipcheck_rules_free(set);
        return NULL;
    }
    return set;
}

void sipcheck_rules_free(sipcheck_rules *rules)
{
    if (rules == NULL) return;
    for (sc_rule *rule = rules->first; rule != NULL; rule = rule->next)
        sc_rule_clear(rule);
    for (sipcheck_machine *machine = rules->machines; machine != NULL; machine = machine->next)
        sc_machine_clear(machine);
    sc_set_release(rules, rules->index.entries);
    sc_set_release(rules, rules->by_id);
    while (rules->files != NULL) {
        sc_file *file = rules->files;
        rules->files = file->next;
        sc_file_free(rules, file);
    }
    sc_set_release(rules, rules);
}

static int check_base(const sipcheck_rules *set, const sc_test *test, sipcheck_error *error)
{
    if (test->base == NULL || sc_base_find(set, test->base) != NULL) return SIPCHECK_OK;
    sc_nearest nearest = { .name = { (const uint8_t *)test->base, strlen(test->base) } };
    for (const sc_base *base = set->bases; base != NULL; base = base->next)
        sc_nearest_offer(&nearest, base->name);
    char hint[128];
    return sc_error_set(error, &test->place, "no base message is called \"%.64s\"%s", test->base,
                        sc_nearest_text(&nearest, hint, sizeof hint));
}

static int check_bases_of(const sipcheck_rules *set, const sc_test *test, sipcheck_error *error)
{
    int code = check_base(set, test, error);
    const sc_step *step = test->flow != NULL ? test->flow->steps : NULL;
    for (; step != NULL && code == SIPCHECK_OK; step = step->next)
        code = check_base(set, &step->message, error);
    return code;
}

static int check_bases(const sipcheck_rules *set, sipcheck_error *error)
{
    int code = SIPCHECK_OK;
    for (const sc_rule *rule = set->first; rule != NULL; rule = rule->next)
        for (const sc_test *test = rule->tests; test != NULL && code == SIPCHECK_OK;
             test = test->next)
            code = check_bases_of(set, test, error);
    return code;
}

int sipcheck_rules_seal(sipcheck_rules *rules, sipcheck_error *error)
{
    if (rules->sealed) return SIPCHECK_OK;
    int code = check_bases(rules, error);
    if (code == SIPCHECK_OK) code = sc_profile_apply(rules, error);
    if (code == SIPCHECK_OK) code = sc_share_answers(rules);
    if (code == SIPCHECK_OK) code = sc_index_build(rules);
    if (code == SIPCHECK_OK) {
        for (size_t i = 0; i < rules->count; i++)
            rules->by_id[i]->index = (uint16_t)i;
        sc_index_own_rules(rules);
        sc_index_body_rules(rules);
        rules->sealed = true;
    }
    return code;
}

size_t sipcheck_rules_count(const sipcheck_rules *rules)
{
    return rules->count;
}

const sipcheck_rule *sipcheck_rules_at(const sipcheck_rules *rules, size_t index)
{
    return index < rules->count ? &rules->by_id[index]->pub : NULL;
}

const sipcheck_rule *sipcheck_rules_find(const sipcheck_rules *rules, const char *id,
                                         size_t *ret_index)
{
    size_t at = position_of(rules, id);
    if (at == rules->count || strcmp(rules->by_id[at]->pub.id, id) != 0) return NULL;
    if (ret_index != NULL) *ret_index = at;
    return &rules->by_id[at]->pub;
}
