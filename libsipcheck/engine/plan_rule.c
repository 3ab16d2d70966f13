/* SPDX-License-Identifier: MIT */
/* What a plan has to say of one rule. */
#include <string.h>

#include "engine/plan.h"

enum { CONDITIONS_MAX = 16, PATTERNS_OF_RULE = 1 + SC_PLAN_OTHERS };

/* What is known of a rule beforehand. */
typedef struct outlook {
    enum sc_fate fate;
    sc_plan_entry entry;
} outlook;

/* A rule that depends on marks, or on what nobody can tell. The first pattern is the leading one,
 * unless messages that are like it break the rule. */
typedef struct question {
    size_t rule;
    sc_marks asked; /* marks that were looked at so far */
    sc_plan_likeness pattern[PATTERNS_OF_RULE];
    enum sc_fate fate[PATTERNS_OF_RULE];
    size_t pattern_count;
} question;

/* Walks `applies`; false: it does not hold. */
static bool look_at_conditions(const sc_planner *p, const sc_foresight *f, const sc_rule *rule,
                               outlook *out)
{
    unsigned at = 0;
    bool applies = true;
    for (const sc_program *c = rule->applies; c != NULL; c = c->next, at++) {
        unsigned outcome = sc_foresee(c, f, p->scratch);
        if (outcome == SC_FALSE) return false;
        if (outcome == SC_TRUE && at < CONDITIONS_MAX)
            out->entry.known |= (uint16_t)(1u << at);
        else
            applies = false;
    }
    out->fate = applies ? SC_FATE_KEPT : SC_FATE_ASKED;
    return true;
}

/* Of a rule that applies. What a finding points at may be known to the assertion alone. */
static enum sc_fate fate_of(const sc_planner *p, const sc_rule *rule, unsigned outcome)
{
    if (outcome == SC_TRUE) return SC_FATE_KEPT;
    if (outcome == SC_ABSENT) return SC_FATE_NA;
    return outcome == SC_FALSE && (!p->points || sc_is_marked(rule)) ? SC_FATE_BROKEN
                                                                     : SC_FATE_ASKED;
}

static outlook look_at(const sc_planner *p, const sc_foresight *f, size_t index)
{
    const sc_rule *rule = p->rules->by_id[index];
    outlook out = { .entry.rule = (uint16_t)index };
    if (!look_at_conditions(p, f, rule, &out)) {
        out.fate = SC_FATE_NA;
        return out;
    }
    unsigned outcome = sc_foresee(rule->assertion, f, p->scratch);
    out.entry.fate = (uint8_t)fate_of(p, rule, outcome);
    if (out.fate == SC_FATE_KEPT) out.fate = (enum sc_fate)out.entry.fate;
    return out;
}

/* --- patterns */

/* asked: takes the marks that were looked at. */
static outlook look_at_like(const sc_planner *p, const sc_foresight *f, size_t rule,
                            const sc_plan_likeness *like, sc_marks *asked)
{
    sc_foresight g = *f;
    g.none = like->lines[SC_LINES_NONE];
    g.one = like->lines[SC_LINES_ONE];
    g.more = like->lines[SC_LINES_MORE];
    g.asked = asked;
    return look_at(p, &g, rule);
}

/* The rule's fate depends on no other marks than these. */
static void keep_only(sc_plan_likeness *like, const sc_marks *asked)
{
    for (unsigned lines = 0; lines < SC_LINES_ANY; lines++)
        for (unsigned w = 0; w < SC_MARK_WORDS; w++)
            like->lines[lines].word[w] &= asked->word[w];
}

/* What need not be known for the rule to have this fate: the less is left, the more messages are
 * like that. */
static void leave_out(const sc_planner *p, const sc_foresight *f, const question *q,
                      sc_plan_likeness *like, enum sc_fate fate, unsigned lines)
{
    for (unsigned w = 0; w < SC_MARK_WORDS; w++) {
        uint64_t left = like->lines[lines].word[w];
        for (; left != 0; left &= left - 1) {
            sc_plan_likeness less = *like;
            sc_marks asked = { 0 };
            less.lines[lines].word[w] &= ~(left & -left);
            if (look_at_like(p, f, q->rule, &less, &asked).fate != fate) continue;
            keep_only(&less, &asked);
            *like = less;
            left &= less.lines[lines].word[w] | (left & -left);
        }
    }
}

static bool is_like(const sc_plan_sample *sample, const sc_plan_likeness *pattern)
{
    for (unsigned lines = 0; lines < SC_LINES_ANY; lines++)
        for (unsigned w = 0; w < SC_MARK_WORDS; w++)
            if (pattern->lines[lines].word[w] & ~sample->lines[lines].word[w]) return false;
    return true;
}

static bool is_like_any(const question *q, const sc_plan_sample *sample)
{
    for (size_t i = 0; i < q->pattern_count; i++)
        if (is_like(sample, &q->pattern[i])) return true;
    return false;
}

/* Makes the next pattern one that decides the rule, from the likeness that stands there. */
static void try_pattern(const sc_planner *p, const sc_foresight *f, question *q)
{
    sc_plan_likeness *like = &q->pattern[q->pattern_count];
    sc_marks asked = { 0 };
    enum sc_fate fate = look_at_like(p, f, q->rule, like, &asked).fate;
    for (unsigned w = 0; w < SC_MARK_WORDS; w++)
        q->asked.word[w] |= asked.word[w];
    if (fate == SC_FATE_ASKED) return;
    keep_only(like, &asked);
    leave_out(p, f, q, like, fate, SC_LINES_MORE);
    leave_out(p, f, q, like, fate, SC_LINES_ONE);
    leave_out(p, f, q, like, fate, SC_LINES_NONE);
    q->fate[q->pattern_count++] = fate;
}

static bool is_led(const question *q)
{
    return q->pattern_count > 0 && q->fate[0] != SC_FATE_BROKEN;
}

static unsigned messages_like(const sc_planner *p, const sc_plan_likeness *pattern)
{
    unsigned count = 0;
    for (size_t i = 0; i < p->sample_count; i++)
        count += is_like(p->samples[i], pattern) ? p->times[i] : 0;
    return count;
}

static void swap(question *q, size_t a, size_t b)
{
    const sc_plan_likeness pattern = q->pattern[a];
    enum sc_fate fate = q->fate[a];
    q->pattern[a] = q->pattern[b];
    q->fate[a] = q->fate[b];
    q->pattern[b] = pattern;
    q->fate[b] = fate;
}

/* Those that most messages are like come first. What is not broken costs nothing where it leads. */
static void put_in_order(const sc_planner *p, question *q)
{
    unsigned likes[PATTERNS_OF_RULE];
    for (size_t i = 0; i < q->pattern_count; i++)
        likes[i] = messages_like(p, &q->pattern[i]);
    for (size_t at = 0; at < q->pattern_count; at++) {
        size_t best = at;
        for (size_t i = at; i < q->pattern_count; i++) {
            bool leads = at > 0 || q->fate[i] != SC_FATE_BROKEN;
            bool led = at > 0 || q->fate[best] != SC_FATE_BROKEN;
            if (leads && (!led || likes[i] > likes[best])) best = i;
        }
        swap(q, at, best);
        unsigned moved = likes[at];
        likes[at] = likes[best];
        likes[best] = moved;
    }
}

static void look_for_patterns(const sc_planner *p, const sc_foresight *f, question *q)
{
    for (size_t i = 0; i < p->sample_count && q->pattern_count < PATTERNS_OF_RULE; i++) {
        if (is_like_any(q, p->samples[i])) continue;
        memcpy(q->pattern[q->pattern_count].lines, p->samples[i]->lines, sizeof q->pattern->lines);
        try_pattern(p, f, q);
    }
    put_in_order(p, q);
}

/* The rule with one header as it is in no sample. */
static bool try_header(const sc_planner *p, const sc_foresight *f, question *q, uint16_t header,
                       enum sc_lines lines)
{
    size_t before = q->pattern_count;
    if (before == PATTERNS_OF_RULE || header >= SIPCHECK_HEADER_COUNT) return false;
    q->pattern[before] = (sc_plan_likeness){ 0 };
    sc_mark_put(&q->pattern[before].lines[lines], header);
    try_pattern(p, f, q);
    return q->pattern_count > before;
}

/* The only mark of a pattern; SC_MARK_COUNT: it has another number of them. */
static uint16_t only_mark(const sc_plan_likeness *like, enum sc_lines *ret_lines)
{
    unsigned count = 0, mark = SC_MARK_COUNT;
    for (unsigned lines = 0; lines < SC_LINES_ANY; lines++)
        for (unsigned w = 0; w < SC_MARK_WORDS; w++) {
            uint64_t word = like->lines[lines].word[w];
            if (word == 0) continue;
            count += word & (word - 1) ? 2 : 1;
            mark = w * 64 + (unsigned)__builtin_ctzll(word);
            *ret_lines = (enum sc_lines)lines;
        }
    return (uint16_t)(count == 1 ? mark : SC_MARK_COUNT);
}

/* Where the first pattern is a header alone, other numbers of its lines may decide, too; where
 * there is no pattern, the lack of some header may. */
static void try_headers(const sc_planner *p, const sc_foresight *f, question *q)
{
    enum sc_lines lines = SC_LINES_NONE;
    uint16_t only = q->pattern_count > 0 ? only_mark(&q->pattern[0], &lines) : SC_MARK_COUNT;
    for (unsigned other = 0; only < SIPCHECK_HEADER_COUNT && other < SC_LINES_ANY; other++)
        if (other != lines) (void)try_header(p, f, q, only, (enum sc_lines)other);
    const sc_marks asked = q->asked;
    for (unsigned i = 1; q->pattern_count == 0 && i < SIPCHECK_HEADER_COUNT; i++)
        if (sc_mark_in(&asked, i)) (void)try_header(p, f, q, (uint16_t)i, SC_LINES_NONE);
}

/* --- one rule */

static void add_pass(sc_planner *p, size_t rule, uint8_t pattern)
{
    p->passes[p->pass_count++] = (sc_plan_pass){ (uint16_t)rule, pattern };
}

static uint64_t hash_of(const sc_plan_likeness *like)
{
    uint64_t hash = 0;
    for (unsigned lines = 0; lines < SC_LINES_ANY; lines++)
        for (unsigned w = 0; w < SC_MARK_WORDS; w++)
            hash = (hash ^ like->lines[lines].word[w]) * UINT64_C(0x9e3779b97f4a7c15);
    return hash;
}

/* The pattern's number; 0: there is no room for others. */
static uint8_t number_of(sc_plan_book *book, const sc_plan_likeness *like)
{
    size_t i = 1;
    uint64_t hash = hash_of(like);
    while (i < book->count &&
           (book->patterns[i].hash != hash ||
            memcmp(book->patterns[i].lines, like->lines, sizeof like->lines) != 0))
        i++;
    if (i == SC_PLAN_PATTERNS_MAX) return 0;
    if (i == book->count) {
        book->patterns[book->count] = *like;
        book->patterns[book->count++].hash = hash;
    }
    return (uint8_t)i;
}

/* What is known of the messages that are not like the leading pattern, which has one mark. */
static sc_plan_entry entry_unlike(const sc_planner *p, const sc_foresight *f, const question *q,
                                  sc_plan_entry plain)
{
    enum sc_lines lines = SC_LINES_NONE;
    uint16_t only = only_mark(&q->pattern[0], &lines);
    if (only >= SC_MARK_COUNT) return plain;
    sc_plan_entry all = { .rule = plain.rule, .known = UINT16_MAX };
    bool first = true;
    for (unsigned other = 0; other < SC_LINES_ANY; other++) {
        sc_plan_likeness like = { 0 };
        if (other == lines) continue;
        sc_mark_put(&like.lines[other], only);
        outlook out = look_at_like(p, f, q->rule, &like, NULL);
        all.known &= out.entry.known;
        all.fate = first || all.fate == out.entry.fate ? out.entry.fate : SC_FATE_ASKED;
        first = false;
    }
    return all;
}

static const sc_program *first_unknown(const sc_rule *rule, unsigned known)
{
    const sc_program *c = rule->applies;
    for (; c != NULL && known & 1; known >>= 1)
        c = c->next;
    return c;
}

/* Those behind the leading pattern, as far as there is room. */
static void add_others(sc_planner *p, const question *q, size_t i, sc_plan_others *others)
{
    for (size_t n = 0; i < q->pattern_count && n < SC_PLAN_OTHERS; i++, n++) {
        others->pattern[n] = number_of(&p->others, &q->pattern[i]);
        others->fate[n] = (uint8_t)q->fate[i];
        if (others->pattern[n] == 0) return;
    }
}

static void add_item(sc_planner *p, const sc_foresight *f, const question *q, sc_plan_entry plain)
{
    sc_plan_item item = { .entry = plain };
    bool led = is_led(q);
    if (led) item.pattern = number_of(&p->leading, &q->pattern[0]);
    if (item.pattern != 0) {
        item.entry = entry_unlike(p, f, q, plain);
        if (q->fate[0] == SC_FATE_KEPT) add_pass(p, q->rule, item.pattern);
    }
    add_others(p, q, led, &item.others);
    item.condition = first_unknown(p->rules->by_id[q->rule], item.entry.known);
    p->items[p->item_count++] = item;
}

void sc_plan_rule(sc_planner *planner, const sc_foresight *f, size_t rule)
{
    outlook plain = look_at(planner, f, rule);
    if (plain.fate == SC_FATE_KEPT) add_pass(planner, rule, 0);
    if (plain.fate == SC_FATE_KEPT || plain.fate == SC_FATE_NA) return;
    question q = { .rule = rule };
    if (plain.fate == SC_FATE_ASKED) {
        look_for_patterns(planner, f, &q);
        try_headers(planner, f, &q);
    }
    add_item(planner, f, &q, plain.entry);
}
