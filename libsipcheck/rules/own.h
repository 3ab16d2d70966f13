/* SPDX-License-Identifier: MIT */
/* What rules are made of that no file states: own_rules.c has those of messages, body_rules.c those
 * of bodies. */
#ifndef SC_RULES_OWN_H
#define SC_RULES_OWN_H

#include "rules/set.h"

/* Who writes a message, and does not pass it on. */
#define SC_OWN_AUTHOR (SIPCHECK_ROLE_UAC | SIPCHECK_ROLE_UAS)

/* They outlive the set. */
typedef struct sc_own_words {
    const char *id, *title, *section, *asks, *why, *fix;
} sc_own_words;

/* Words that are made of what is known of a header or an attribute. */
typedef struct sc_own_texts {
    char id[64], title[64], asks[256], why[256], fix[160];
} sc_own_texts;

/* Put a rule of the grammar into the set, which has room for it: a MUST of that RFC that binds
 * authors, of no statement. NULL: no memory. */
sc_rule *sc_own_add(sipcheck_rules *set, sc_file *file, unsigned rfc, const sc_own_words *words);

/* The same; texts: copied. */
sc_rule *sc_own_add_made(sipcheck_rules *set, sc_file *file, unsigned rfc, const char *section,
                         const sc_own_texts *texts);

/* From sealing on: of a rule that is there. */
uint16_t sc_own_index(const sipcheck_rules *set, const char *id);

#endif
