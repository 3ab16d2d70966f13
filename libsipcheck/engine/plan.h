/* SPDX-License-Identifier: MIT */
/* What is left to ask of a message once its class is known (rules/foresee.h).
 *
 * Most rules are about headers that a message lacks, or hold whatever else it says. A plan has, for
 * each mark and how many lines of it there are, the rules that have to be asked then; the others
 * do not apply or are kept, and are not touched: they are counted when somebody wants to know. */
#ifndef SC_ENGINE_PLAN_H
#define SC_ENGINE_PLAN_H

#include "rules/foresee.h"
#include "rules/set.h"

/* A rule that has to be asked. */
typedef struct sc_plan_entry {
    uint16_t rule;
    uint16_t
        known; /* bits: conditions of its `applies` that hold, so that they need not be asked */
    bool kept; /* its assertion holds */
} sc_plan_entry;

/* Entries that do not apply where `condition` does not hold; NULL: there is no such condition. */
typedef struct sc_plan_group {
    const sc_program *condition;
    uint32_t first, count;
} sc_plan_group;

typedef struct sc_plan_list {
    uint32_t first, count; /* groups */
} sc_plan_list;

/* What is asked where one of some marks is there, or one of others is not there once. */
typedef struct sc_plan_any {
    sc_marks none, once;
    sc_plan_list list;
    uint64_t asked; /* messages */
} sc_plan_any;

/* A rule that is kept, without being asked, by messages with some numbers of lines of a header, or
 * with or without a trait. */
typedef struct sc_plan_pass {
    uint16_t rule;
    uint16_t by; /* the mark; SC_BY_NOTHING: kept by every message; from SC_BY_ANY on: by those that
                    have no mark of that sc_plan_any */
    uint8_t lines; /* of a header: bits 1u << enum sc_lines */
} sc_plan_pass;
enum { SC_BY_NOTHING = UINT16_MAX, SC_BY_ANY = SC_MARK_COUNT };

typedef struct sc_plan {
    const sc_plan_entry *entries;
    const sc_plan_group *groups;
    const sc_plan_pass *passes; /* by rule */
    sc_plan_any *any;
    size_t pass_count, any_count;
    sc_plan_list always;
    sc_plan_list lists[SC_LINES_ANY][SC_MARK_COUNT];
    sc_marks noticed;                            /* headers that lists or passes name */
    sc_marks missed;                             /* headers whose lack is a reason to ask */
    uint64_t seen;                               /* messages */
    uint64_t lines[SC_LINES_ANY][SC_MARK_COUNT]; /* of them, with so many lines */
} sc_plan;

/* Classes that are remembered, SC_PLAN_WAYS of them with the same hash, and after how many messages
 * one of them gets its plan. */
#define SC_PLANS_MAX 256
#define SC_PLAN_WAYS 8
#define SC_PLAN_AFTER 32
#define SC_PLAN_CREDIT_MAX 4096
#define SC_PLAN_ANY_MAX 128 /* sets of marks in a plan */

typedef struct sc_plan_slot {
    uint64_t key; /* 0: free */
    uint32_t
        credit;    /* messages of the class; one of another class that hashes here takes one away */
    sc_plan *plan; /* NULL: none yet */
} sc_plan_slot;

/* What a plan is made of while it is made. */
typedef struct sc_plan_item {
    uint32_t list; /* 0: always; 1 + mark * SC_LINES_ANY + lines; those of sc_plan_any behind */
    const sc_program *condition;
    sc_plan_entry entry;
} sc_plan_item;

typedef struct sc_planner {
    const sipcheck_allocator *allocator;
    const sipcheck_rules *rules;
    sc_scratch *scratch;
    sc_plan_item *items;  /* room for SC_LINES_ANY a rule */
    sc_plan_pass *passes; /* room for one a rule */
    sc_plan_any *any;     /* room for SC_PLAN_ANY_MAX */
    size_t item_count, pass_count, any_count;
    sc_marks sent, more; /* of the sample */
} sc_planner;

/* The plan of the class of f->key; excused: rules that bind no proxy are left out. NULL: no
 * memory. */
sc_plan *sc_plan_make(sc_planner *planner, const sc_foresight *f, bool excused);

/* How many messages of the plan kept the rule without being asked. */
uint64_t sc_plan_passes(const sc_plan *plan, size_t rule);

#endif
