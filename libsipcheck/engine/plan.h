/* SPDX-License-Identifier: MIT */
/* What is left to ask of a message once its class is known (rules/foresee.h).
 *
 * Most rules are about headers that a message lacks, or hold whatever else it says. A plan has
 * patterns: some marks that are lacking, or there once, or in several lines. Where a message is
 * like a pattern, some rules do not apply or are kept, and they are not touched: they are counted
 * when somebody wants to know. Patterns are taken from messages that were met, so that what is
 * usual costs nothing: only marks that break a pattern are looked at. */
#ifndef SC_ENGINE_PLAN_H
#define SC_ENGINE_PLAN_H

#include "rules/foresee.h"
#include "rules/set.h"

/* What is known of a rule without asking it. Broken: it applies, its assertion does not hold, and
 * sc_is_marked or nobody wants to know where. */
enum sc_fate { SC_FATE_ASKED, SC_FATE_NA, SC_FATE_KEPT, SC_FATE_BROKEN };

/* A rule that has to be asked. */
typedef struct sc_plan_entry {
    uint16_t rule;
    uint16_t
        known;     /* bits: conditions of its `applies` that hold, so that they need not be asked */
    uint16_t fate; /* enum sc_fate, where all of them hold */
} sc_plan_entry;

/* Leading patterns of a plan by their numbers; no message is like the first. */
#define SC_PLAN_PATTERNS_MAX 256
#define SC_PATTERN_WORDS (SC_PLAN_PATTERNS_MAX / 64)
typedef struct sc_pattern_set {
    uint64_t word[SC_PATTERN_WORDS];
} sc_pattern_set;

/* More patterns that decide entries are looked at only where the leading one is broken: they stand
 * as lists, a mark after the other. */
typedef struct sc_plan_sign {
    uint16_t mark;
    uint8_t lines; /* enum sc_lines: so many it has */
    uint8_t fate;  /* enum sc_fate, of messages that are like the pattern, which ends here;
                      SC_FATE_ASKED: it goes on */
} sc_plan_sign;

/* Entries that are asked alike. Its signs are behind it, then its entries, then the next group. */
typedef struct sc_plan_group {
    uint16_t shared;         /* what is to be asked first of all of them is one condition */
    uint16_t signs, entries; /* how many */
} sc_plan_group;

/* Its groups are behind it: asked where a message is not like the pattern. */
typedef struct sc_plan_pattern {
    uint64_t unlike; /* messages */
    uint16_t groups;
} sc_plan_pattern;

/* A rule that is kept, without being asked, by messages that are like the pattern; 0: by all. */
typedef struct sc_plan_pass {
    uint16_t rule;
    uint8_t pattern;
} sc_plan_pass;

/* One block, and what is read together stands together: there are many plans, and the machine waits
 * for memory longer than for anything else that they ask of it. */
typedef struct sc_plan {
    uint64_t seen;              /* messages */
    const sc_plan_pass *passes; /* by rule */
    const sc_pattern_set *rows; /* broken by one of the marks below */
    uint16_t pattern_count, pass_count;
    uint16_t first_row[SC_LINES_ANY][SC_MARK_WORDS]; /* of the marks of a word */
    sc_marks breaks[SC_LINES_ANY];                   /* marks with which some pattern is broken */
    uint16_t pattern_at[];                           /* in steps from the plan on */
} sc_plan;
#define SC_PLAN_STEP 8

/* As much as is read of any plan, of those that have up to a hundred patterns. */
#define SC_PLAN_HEAD 512

static inline sc_plan_pattern *sc_plan_pattern_of(sc_plan *plan, size_t number)
{
    return (sc_plan_pattern *)(void *)((uint8_t *)plan +
                                       (size_t)plan->pattern_at[number] * SC_PLAN_STEP);
}

/* How many bits are set; a processor may have no instruction for it. */
static inline unsigned sc_count_bits(uint64_t word)
{
    const uint64_t pairs = UINT64_C(0x5555555555555555), fours = UINT64_C(0x3333333333333333),
                   bytes = UINT64_C(0x0f0f0f0f0f0f0f0f), each = UINT64_C(0x0101010101010101);
    word -= word >> 1 & pairs;
    word = (word & fours) + (word >> 2 & fours);
    return (unsigned)(((word + (word >> 4)) & bytes) * each >> 56);
}

/* Of a mark that breaks patterns when there are so many of it; bit: its place in a word of marks.
 */
static inline const sc_pattern_set *sc_plan_row(const sc_plan *plan, unsigned lines, unsigned word,
                                                uint64_t bit)
{
    unsigned before = sc_count_bits(plan->breaks[lines].word[word] & (bit - 1));
    return plan->rows + plan->first_row[lines][word] + before;
}

/* Classes that are remembered, SC_PLAN_WAYS of them with the same hash, and after how many messages
 * one of them gets its plan. */
#define SC_PLANS_MAX 256
#define SC_PLAN_WAYS 8
#define SC_PLAN_AFTER 48
#define SC_PLAN_CREDIT_MAX 4096

typedef struct sc_plan_slot {
    uint64_t key; /* 0: free */
    uint32_t
        credit;    /* messages of the class; one of another class that hashes here takes one away */
    sc_plan *plan; /* NULL: none yet */
} sc_plan_slot;

/* A message without a plan, to take patterns from, and how many of a class are looked at. */
#define SC_PLAN_SAMPLES 2048
#define SC_PLAN_SAMPLES_OF_CLASS 48
typedef struct sc_plan_sample {
    uint64_t key;
    sc_marks lines[SC_LINES_ANY];
} sc_plan_sample;

/* --- what a plan is made of while it is made */

/* Numbers of more patterns that decide an entry; 0: none. */
enum { SC_PLAN_OTHERS = 3 };
typedef struct sc_plan_others {
    uint8_t pattern[SC_PLAN_OTHERS];
    uint8_t fate[SC_PLAN_OTHERS];
} sc_plan_others;

typedef struct sc_plan_item {
    const sc_program *condition;
    sc_plan_entry entry;
    uint8_t pattern; /* where a message is like it, the entry is not asked */
    sc_plan_others others;
} sc_plan_item;

typedef struct sc_plan_likeness {
    sc_marks lines[SC_LINES_ANY];
    uint64_t hash; /* of those, in a book */
} sc_plan_likeness;

/* Patterns and their numbers. */
typedef struct sc_plan_book {
    sc_plan_likeness *patterns; /* room for SC_PLAN_PATTERNS_MAX; the first is none */
    size_t count;
} sc_plan_book;

typedef struct sc_planner {
    const sipcheck_allocator *allocator;
    const sipcheck_rules *rules;
    sc_scratch *scratch;
    bool points;          /* findings say where */
    sc_plan_item *items;  /* room for one a rule */
    sc_plan_pass *passes; /* likewise */
    sc_plan_book leading, others;
    size_t item_count, pass_count;
    const sc_plan_sample *samples[SC_PLAN_SAMPLES_OF_CLASS]; /* no two that are the same */
    unsigned times[SC_PLAN_SAMPLES_OF_CLASS];                /* each was met */
    size_t sample_count;
} sc_planner;

/* The plan of the class of f->key; excused: rules that bind no proxy are left out. NULL: no
 * memory. */
sc_plan *sc_plan_make(sc_planner *planner, const sc_foresight *f, bool excused);
/* One rule: adds what has to be asked, and what need not be. */
void sc_plan_rule(sc_planner *planner, const sc_foresight *f, size_t rule);

/* How many messages of the plan kept the rule without being asked, as far as its first pattern
 * tells. */
uint64_t sc_plan_passes(sc_plan *plan, size_t rule);

#endif
