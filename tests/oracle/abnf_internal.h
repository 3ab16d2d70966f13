/* SPDX-License-Identifier: MIT */
#ifndef SIPCHECK_TESTS_ABNF_INTERNAL_H
#define SIPCHECK_TESTS_ABNF_INTERNAL_H

#include "abnf.h"

enum { NODES_MAX = 20000, RULES_MAX = 2000, LITERALS_MAX = 100000, NO_NODE = -1, MANY = 1 << 20 };

enum node_kind { LITERAL, BYTES, RANGE, REFERENCE, SEQUENCE, CHOICE, REPEAT };

/* SEQUENCE and CHOICE: first child; children are linked by next. REPEAT: one child. */
struct node {
    enum node_kind kind;
    int first, next;
    int min, max;         /* REPEAT: times; RANGE: bytes */
    int rule;             /* REFERENCE */
    const uint8_t *bytes; /* LITERAL (any case), BYTES (exact) */
    size_t n;
    const char
        *not_words; /* "q|expires": not what begins with one of these tokens; NULL: no such thing */
};

struct rule {
    char name[64];
    int node; /* NO_NODE: named, not defined */
    const char *not_words, *not_bytes, *not_names;
};

struct abnf {
    struct node nodes[NODES_MAX];
    int node_count;
    struct rule rules[RULES_MAX];
    int rule_count;
    uint8_t literals[LITERALS_MAX];
    size_t literal_count;
};

int abnf_rule(struct abnf *g, const char *name, size_t n); /* finds or makes */
_Noreturn void abnf_die(const char *what, const char *where);

#endif
