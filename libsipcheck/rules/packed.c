/* SPDX-License-Identifier: MIT */
#include "rules/packed.h"

#include "text/arena.h"

typedef struct reader {
    const uint8_t *p;
    const uint8_t *text; /* of the file */
    sc_yaml_node *free;  /* nodes, as many as there are */
    unsigned line;       /* of the node before */
} reader;

static size_t number(reader *r)
{
    size_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = *r->p++;
        value |= (size_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
}

static void read_scalar(reader *r, sc_yaml_node *node, uint8_t head)
{
    node->length = number(r);
    if (head & SC_PACKED_SOURCE) {
        node->source.p = r->text + number(r);
        node->source.n = number(r);
        node->source_line = node->line + (unsigned)number(r);
        node->source_column = (unsigned)number(r);
    }
    node->text = (const char *)r->p;
    r->p += node->length + 1;
}

/* Depth is that of a tree that yaml.c took. */
// NOLINTNEXTLINE(misc-no-recursion)
static sc_yaml_node *read_node(reader *r)
{
    sc_yaml_node *node = r->free++;
    uint8_t head = *r->p++;
    r->line += (unsigned)number(r);
    *node = (sc_yaml_node){ .kind = head & SC_PACKED_KIND,
                            .block = (head & SC_PACKED_BLOCK) != 0,
                            .line = r->line,
                            .column = (unsigned)number(r) };
    if (node->kind == SC_YAML_SCALAR) {
        read_scalar(r, node, head);
        return node;
    }
    const sc_yaml_node **tail = &node->first;
    for (size_t left = number(r); left > 0; left--) {
        const sc_yaml_node *key = node->kind == SC_YAML_MAPPING ? read_node(r) : NULL;
        sc_yaml_node *entry = read_node(r);
        entry->key = key;
        *tail = entry;
        tail = &entry->next;
    }
    return node;
}

int sc_packed_read(sipcheck_arena *arena, const sc_packed *packed, const sc_yaml_file *file,
                   const sc_yaml_node **ret)
{
    *ret = NULL;
    if (packed->nodes == 0) return SIPCHECK_OK;
    sc_yaml_node *nodes = sc_arena_take(arena, packed->nodes * sizeof *nodes);
    if (nodes == NULL) return sc_arena_error(arena);
    reader r = { .p = (const uint8_t *)packed->bytes, .text = file->text.p, .free = nodes };
    *ret = read_node(&r);
    return SIPCHECK_OK;
}
