/* SPDX-License-Identifier: MIT */
#include "abnf_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What the name of a URI parameter may hold besides the bytes of a token; no other parameter's name
 * is followed by one. */
#define PARAMETER_BYTES "[]/:&$()"

/* A set of places in the text, 0 to ABNF_TEXT_MAX. */
enum { WORDS = (ABNF_TEXT_MAX + 64) / 64 };
struct places {
    uint64_t bits[WORDS];
};

struct match {
    const struct abnf *g;
    const uint8_t *text;
    size_t n;
    struct places **memo; /* [rule * (n + 1) + at] */
};

static void put(struct places *set, size_t at)
{
    set->bits[at / 64] |= 1ull << at % 64;
}

static bool has(const struct places *set, size_t at)
{
    return set->bits[at / 64] >> at % 64 & 1;
}

static bool empty(const struct places *set)
{
    for (size_t i = 0; i < WORDS; i++)
        if (set->bits[i]) return false;
    return true;
}

static void unite(struct places *set, const struct places *other)
{
    for (size_t i = 0; i < WORDS; i++)
        set->bits[i] |= other->bits[i];
}

static bool is_token_byte(uint8_t c)
{
    return isalnum(c) || (c && strchr("-.!%*_+`'~", c));
}

static bool begins_with_word(const char *words, const char *more, const uint8_t *text, size_t n)
{
    size_t token = 0;
    while (token < n && (is_token_byte(text[token]) || (text[token] && strchr(more, text[token]))))
        token++;
    for (const char *word = words; *word; word += strcspn(word, "|"), word += *word == '|')
        if (token && strcspn(word, "|") == token && !strncasecmp(word, (const char *)text, token))
            return true;
    return false;
}

static bool begins_with_name(const char *names, const uint8_t *text, size_t n)
{
    size_t token = 0;
    while (token < n &&
           (is_token_byte(text[token]) || (text[token] && strchr("#$&^{|}", text[token]))))
        token++;
    for (const char *name = names; *name; name += strcspn(name, "|"), name += *name == '|')
        if (token && strcspn(name, "|") == token && !memcmp(name, text, token)) return true;
    return false;
}

static void match_node(struct match *m, int node, size_t at, struct places *ends);

static void match_bytes(const struct match *m, const struct node *node, size_t at,
                        struct places *ends)
{
    if (m->n - at < node->n) return;
    const char *here = (const char *)m->text + at;
    bool same = node->kind == LITERAL ? !strncasecmp(here, (const char *)node->bytes, node->n)
                                      : !memcmp(here, node->bytes, node->n);
    if (same) put(ends, at + node->n);
}

/* Where the child ends when it begins at any of these places. */
static void step(struct match *m, int child, const struct places *from, struct places *to)
{
    for (size_t at = 0; at <= m->n; at++)
        if (has(from, at)) match_node(m, child, at, to);
}

static void match_sequence(struct match *m, const struct node *node, size_t at, struct places *ends)
{
    struct places here = { 0 };
    put(&here, at);
    for (int child = node->first; child != NO_NODE; child = m->g->nodes[child].next) {
        struct places next = { 0 };
        step(m, child, &here, &next);
        here = next;
        if (empty(&here)) return;
    }
    unite(ends, &here);
}

static void match_repeat(struct match *m, const struct node *node, size_t at, struct places *ends)
{
    struct places here = { 0 }, reached = { 0 };
    put(&here, at);
    if (!node->min) reached = here;
    for (int times = 1; times <= node->max && !empty(&here); times++) {
        struct places next = { 0 };
        step(m, node->first, &here, &next);
        if (times >= node->min) {
            for (size_t i = 0; i < WORDS; i++)
                next.bits[i] &= ~reached.bits[i];
            unite(&reached, &next);
        }
        here = next;
    }
    unite(ends, &reached);
}

/* What a rule must not hold, struck out of where it may end. */
static void strike(const struct match *m, const struct rule *rule, size_t at, struct places *ends)
{
    if (rule->not_words && begins_with_word(rule->not_words, "", m->text + at, m->n - at))
        *ends = (struct places){ 0 };
    if (rule->not_names && begins_with_name(rule->not_names, m->text + at, m->n - at))
        *ends = (struct places){ 0 };
    if (!rule->not_bytes) return;
    size_t clean = at;
    while (clean < m->n && !(m->text[clean] && strchr(rule->not_bytes, m->text[clean])))
        clean++;
    for (size_t end = clean + 1; end <= m->n; end++)
        ends->bits[end / 64] &= ~(1ull << end % 64);
}

static void match_rule(struct match *m, int rule, size_t at, struct places *ends)
{
    struct places **memo = &m->memo[(size_t)rule * (m->n + 1) + at];
    if (!*memo) {
        struct places fresh = { 0 };
        match_node(m, m->g->rules[rule].node, at, &fresh);
        strike(m, &m->g->rules[rule], at, &fresh);
        *memo = malloc(sizeof fresh);
        if (!*memo) abnf_die("no memory", "");
        **memo = fresh;
    }
    unite(ends, *memo);
}

static void match_choice(struct match *m, const struct node *node, size_t at, struct places *ends)
{
    for (int child = node->first; child != NO_NODE; child = m->g->nodes[child].next) {
        const char *words = m->g->nodes[child].not_words;
        if (words && begins_with_word(words, PARAMETER_BYTES, m->text + at, m->n - at)) continue;
        match_node(m, child, at, ends);
    }
}

static void match_node(struct match *m, int index, size_t at, struct places *ends)
{
    const struct node *node = &m->g->nodes[index];
    switch (node->kind) {
    case LITERAL:
    case BYTES:
        match_bytes(m, node, at, ends);
        break;
    case RANGE:
        if (at < m->n && m->text[at] >= node->min && m->text[at] <= node->max) put(ends, at + 1);
        break;
    case REFERENCE:
        match_rule(m, node->rule, at, ends);
        break;
    case SEQUENCE:
        match_sequence(m, node, at, ends);
        break;
    case CHOICE:
        match_choice(m, node, at, ends);
        break;
    case REPEAT:
        match_repeat(m, node, at, ends);
        break;
    }
}

bool abnf_match(struct abnf *g, const char *name, const uint8_t *text, size_t n)
{
    if (n > ABNF_TEXT_MAX - 1) abnf_die("the text is too long", name);
    size_t cells = (size_t)g->rule_count * (n + 1);
    struct match m = { g, text, n, calloc(cells, sizeof *m.memo) };
    if (!m.memo) abnf_die("no memory", name);
    struct places ends = { 0 };
    match_rule(&m, abnf_rule(g, name, strlen(name)), 0, &ends);
    for (size_t i = 0; i < cells; i++)
        free(m.memo[i]);
    free(m.memo);
    return has(&ends, n);
}
