/* SPDX-License-Identifier: MIT */
/* A YAML document as a small tree that knows its places. The YAML library is known to yaml.c alone.
 *
 * Taken: one document of mappings, sequences and scalars. Not taken: aliases and anchors (they can
 * make a small file huge), tags (every scalar is a text here), two keys of one name. */
#ifndef SC_YAML_H
#define SC_YAML_H

#include "rules/error.h"
#include "rules/expr.h"

#define SC_YAML_BYTES_MAX ((size_t)1 << 20)
#define SC_YAML_NODES_MAX 100000
#define SC_YAML_DEPTH_MAX 16
#define SC_YAML_SCALAR_MAX ((size_t)64 * 1024)
#define SC_YAML_KEYS_MAX 1000 /* in one mapping */

enum sc_yaml_kind { SC_YAML_SCALAR, SC_YAML_SEQUENCE, SC_YAML_MAPPING };

typedef struct sc_yaml_node {
    const struct sc_yaml_node *next;  /* item of the same sequence, entry of the same mapping */
    const struct sc_yaml_node *first; /* of a sequence or mapping; NULL: empty */
    const struct sc_yaml_node *key;   /* of a mapping's entry */
    const char *text;                 /* of a scalar; NUL-terminated, a NUL inside is refused */
    size_t length;
    sipcheck_slice source; /* where a scalar's text stands in the file, without quotes or block
                              indicator; absent where escapes make it differ */
    unsigned line, column; /* from 1 */
    unsigned source_line, source_column;
    uint8_t kind;
    bool block; /* a | or > scalar */
} sc_yaml_node;

/* What a tree was read from. */
typedef struct sc_yaml_file {
    const char *name;
    sipcheck_slice text;
} sc_yaml_file;

/* The tree lives in the arena; *ret is NULL for a document without content. Returns 0,
 * SIPCHECK_NOMEM, SIPCHECK_TOO_BIG (a limit above) or SIPCHECK_INVALID; *error is filled for the
 * last two. */
int sc_yaml_parse(sipcheck_arena *arena, const sc_yaml_file *file, const sc_yaml_node **ret,
                  sipcheck_error *error);

/* The entry of that key, or NULL. */
const sc_yaml_node *sc_yaml_get(const sc_yaml_node *mapping, const char *key);

/* "a text", "a list", "a mapping" */
const char *sc_yaml_kind_name(const sc_yaml_node *node);

sc_place sc_yaml_place(const sc_yaml_file *file, const sc_yaml_node *node);

/* A scalar as an expression: as it stands in the file, where that means the same. */
sc_source sc_yaml_expression(const sc_yaml_file *file, const sc_yaml_node *node);

/* A scalar as a template: its text, byte for byte. */
sc_source sc_yaml_template(const sc_yaml_file *file, const sc_yaml_node *node);

#endif
