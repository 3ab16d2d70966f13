/* SPDX-License-Identifier: MIT */
/* Random derivations, and the changes to a grammar that its prose makes. */
#include "abnf_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 60, DEPTH_SHY = 25 };

uint64_t abnf_random(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * 2685821657736338717ull;
}

struct derivation {
    const struct abnf *g;
    uint64_t *seed;
    uint8_t *out;
    size_t n, max;
    bool lost;
};

static size_t below(struct derivation *d, size_t limit)
{
    return (size_t)(abnf_random(d->seed) >> 16) % limit;
}

static void emit(struct derivation *d, uint8_t c)
{
    if (d->n == d->max)
        d->lost = true;
    else
        d->out[d->n++] = c;
}

static void derive(struct derivation *d, int index, unsigned depth);

static void derive_choice(struct derivation *d, const struct node *node, unsigned depth)
{
    size_t children = 0;
    for (int child = node->first; child != NO_NODE; child = d->g->nodes[child].next)
        children++;
    size_t pick = depth > DEPTH_SHY ? 0 : below(d, children);
    int child = node->first;
    while (pick--)
        child = d->g->nodes[child].next;
    derive(d, child, depth + 1);
}

/* Mostly few, now and then a handful. */
static void derive_repeat(struct derivation *d, const struct node *node, unsigned depth)
{
    size_t spread = depth > DEPTH_SHY ? 1 : below(d, 8) ? 3 : 8;
    size_t times = (size_t)node->min + below(d, spread);
    if (times > (size_t)node->max) times = (size_t)node->max;
    while (times--)
        derive(d, node->first, depth + 1);
}

static void derive_literal(struct derivation *d, const struct node *node)
{
    bool other_case = node->kind == LITERAL && !below(d, 8);
    for (size_t i = 0; i < node->n; i++) {
        uint8_t c = node->bytes[i];
        emit(d, other_case ? (uint8_t)(islower(c) ? toupper(c) : tolower(c)) : c);
    }
}

static void derive(struct derivation *d, int index, unsigned depth)
{
    const struct node *node = &d->g->nodes[index];
    if (depth > DEPTH_MAX) d->lost = true;
    if (d->lost) return;
    switch (node->kind) {
    case LITERAL:
    case BYTES:
        derive_literal(d, node);
        break;
    case RANGE:
        emit(d, (uint8_t)(node->min + (int)below(d, (size_t)(node->max - node->min + 1))));
        break;
    case REFERENCE:
        derive(d, d->g->rules[node->rule].node, depth + 1);
        break;
    case SEQUENCE:
        for (int child = node->first; child != NO_NODE; child = d->g->nodes[child].next)
            derive(d, child, depth + 1);
        break;
    case CHOICE:
        derive_choice(d, node, depth);
        break;
    case REPEAT:
        derive_repeat(d, node, depth);
        break;
    }
}

size_t abnf_derive(const struct abnf *g, const char *name, uint64_t *seed, uint8_t *out, size_t max)
{
    struct derivation d = { g, seed, out, 0, max, false };
    for (int i = 0; i < g->rule_count; i++)
        if (!strcasecmp(g->rules[i].name, name)) derive(&d, g->rules[i].node, 0);
    return d.lost ? 0 : d.n;
}

/* --- what the prose says
 * ------------------------------------------------------------------------------------------ */

void abnf_refuse_words(struct abnf *g, const char *name, const char *words)
{
    g->rules[abnf_rule(g, name, strlen(name))].not_words = words;
}

void abnf_refuse_names(struct abnf *g, const char *name, const char *words)
{
    g->rules[abnf_rule(g, name, strlen(name))].not_names = words;
}

void abnf_refuse_bytes(struct abnf *g, const char *name, const char *bytes)
{
    g->rules[abnf_rule(g, name, strlen(name))].not_bytes = bytes;
}

/* The one thing that a node is, seen through choices and sequences of one. */
static int sole(const struct abnf *g, int index)
{
    const struct node *node = &g->nodes[index];
    while ((node->kind == CHOICE || node->kind == SEQUENCE) && node->first != NO_NODE &&
           g->nodes[node->first].next == NO_NODE) {
        index = node->first;
        node = &g->nodes[index];
    }
    return index;
}

static bool is_rule(const struct abnf *g, int index, int rule)
{
    for (int hops = 0; hops < 8; hops++) {
        index = sole(g, index);
        if (g->nodes[index].kind != REFERENCE) return false;
        if (g->nodes[index].rule == rule) return true;
        index = g->rules[g->nodes[index].rule].node;
        if (index == NO_NODE) return false;
    }
    return false;
}

/* "name" EQUAL ..., or "name=" ...: appends name to words. A name that may stand alone is not
 * specific. */
static void add_words(const struct abnf *g, int index, char *words, int depth)
{
    index = sole(g, index);
    const struct node *node = &g->nodes[index];
    if (depth > 8) return;
    if (node->kind == REFERENCE && g->rules[node->rule].node != NO_NODE)
        add_words(g, g->rules[node->rule].node, words, depth + 1);
    if (node->kind == CHOICE)
        for (int child = node->first; child != NO_NODE; child = g->nodes[child].next)
            add_words(g, child, words, depth + 1);
    if (node->kind != SEQUENCE || node->first == NO_NODE) return;
    const struct node *first = &g->nodes[node->first];
    if (first->kind != LITERAL || !first->n) return;
    size_t n = first->n - (first->bytes[first->n - 1] == '=');
    bool equal =
        n < first->n || (first->next != NO_NODE && g->nodes[first->next].kind == REFERENCE &&
                         !strcasecmp(g->rules[g->nodes[first->next].rule].name, "EQUAL"));
    if (equal)
        sprintf(words + strlen(words), "%s%.*s", *words ? "|" : "", (int)n,
                (const char *)first->bytes);
}

static void settle_choice(struct abnf *g, struct node *choice, int generic)
{
    static char store[100][300];
    static size_t used;
    for (int child = choice->first; child != NO_NODE; child = g->nodes[child].next) {
        if (!is_rule(g, child, generic)) continue;
        if (used == sizeof store / sizeof *store) abnf_die("too many choices", "");
        char *words = store[used];
        *words = '\0';
        for (int other = choice->first; other != NO_NODE; other = g->nodes[other].next)
            if (other != child) add_words(g, other, words, 0);
        if (!*words) continue;
        g->nodes[child].not_words = words;
        used++;
    }
}

void abnf_specific_first(struct abnf *g, const char *generic)
{
    int rule = abnf_rule(g, generic, strlen(generic));
    for (int i = 0; i < g->node_count; i++)
        if (g->nodes[i].kind == CHOICE) settle_choice(g, &g->nodes[i], rule);
}

static bool complete(const struct abnf *g, int index, bool *seen)
{
    const struct node *node = &g->nodes[index];
    bool fine = true;
    for (int child = node->first; child != NO_NODE; child = g->nodes[child].next)
        fine &= complete(g, child, seen);
    if (node->kind != REFERENCE || seen[node->rule]) return fine;
    seen[node->rule] = true;
    if (g->rules[node->rule].node != NO_NODE)
        return complete(g, g->rules[node->rule].node, seen) && fine;
    fprintf(stderr, "abnf: no rule '%s'\n", g->rules[node->rule].name);
    return false;
}

bool abnf_complete(const struct abnf *g, const char *root)
{
    bool seen[RULES_MAX] = { 0 };
    for (int i = 0; i < g->rule_count; i++)
        if (!strcasecmp(g->rules[i].name, root))
            return g->rules[i].node != NO_NODE && complete(g, g->rules[i].node, seen);
    fprintf(stderr, "abnf: no rule '%s'\n", root);
    return false;
}
