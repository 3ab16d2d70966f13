/* SPDX-License-Identifier: MIT */
#include "rules/own.h"

#include "text/arena.h"

sc_rule *sc_own_add(sipcheck_rules *set, sc_file *file, unsigned rfc, const sc_own_words *words)
{
    static const char *const no_statement[] = { NULL };
    sc_rule *rule = sc_arena_alloc(file->arena, sizeof *rule);
    if (rule == NULL) return NULL;
    rule->pub = (sipcheck_rule){ .id = words->id,
                                 .title = words->title,
                                 .section = words->section,
                                 .statements = no_statement,
                                 .asks = words->asks,
                                 .why = words->why,
                                 .message = "",
                                 .fix = words->fix,
                                 .applies = "",
                                 .assertion = "",
                                 .expect = "",
                                 .swapped = "",
                                 .on = "",
                                 .vantage = "",
                                 .machine = "",
                                 .file = file->yaml.name,
                                 .rfc = rfc,
                                 .binds = SC_OWN_AUTHOR,
                                 .level = SIPCHECK_MUST,
                                 .severity = SIPCHECK_ERROR,
                                 .enabled = true,
                                 .syntax = true };
    sc_set_insert(set, rule);
    return rule;
}

sc_rule *sc_own_add_made(sipcheck_rules *set, sc_file *file, unsigned rfc, const char *section,
                         const sc_own_texts *texts)
{
    sc_own_texts *kept = sc_arena_alloc(file->arena, sizeof *kept);
    if (kept == NULL) return NULL;
    *kept = *texts;
    const sc_own_words words = { kept->id, kept->title, section, kept->asks, kept->why, kept->fix };
    return sc_own_add(set, file, rfc, &words);
}

uint16_t sc_own_index(const sipcheck_rules *set, const char *id)
{
    size_t index = 0;
    sipcheck_rules_find(set, id, &index);
    return (uint16_t)index;
}
