/* SPDX-License-Identifier: MIT */
/* Trees of YAML as the build packs them, so that the rules that are built in need no parser of
 * YAML. cmake/embed.c writes them, packed.c reads them; both are built from the same commit, so
 * there are no versions.
 *
 *     node     = head *field
 *     head     = a byte of enum sc_packed_head
 *     field    = numbers of 7 bits a byte, the lowest first, bit 7: more follow
 *
 *     every node:  lines behind the node before it; column
 *     a scalar:    length; where its source is (SC_PACKED_SOURCE): offset in the file, length,
 * lines behind its own, column; then the text itself and a NUL a sequence:  how many items; then
 * these a mapping:   how many entries; then key and value of each
 */
#ifndef SC_PACKED_H
#define SC_PACKED_H

#include "rules/yaml.h"

enum sc_packed_head {
    SC_PACKED_KIND = 3,       /* enum sc_yaml_kind */
    SC_PACKED_BLOCK = 1 << 2, /* a | or > scalar */
    SC_PACKED_SOURCE = 1 << 3,
};

typedef struct sc_packed {
    const char *bytes; /* NULL: this file has no tree */
    size_t nodes;      /* keys are nodes, too; 0: a document without content */
    const char *rules; /* of a file of rules, instead: how many, and then these (rules/image.h) */
} sc_packed;

/* A file that was built in. */
typedef struct sc_builtin {
    sipcheck_builtin file;
    sc_packed tree;
} sc_builtin;

/* NULL behind the last. */
const sc_builtin *sc_builtin_at(size_t index);

/* The tree of that file; its texts are those of the packed one. As sc_yaml_parse, but that nothing
 * can be wrong with it. */
int sc_packed_read(sipcheck_arena *arena, const sc_packed *packed, const sc_yaml_file *file,
                   const sc_yaml_node **ret);

#endif
