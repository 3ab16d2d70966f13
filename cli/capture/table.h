/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bounded hash table whose entries know their age. Hostile keys can only displace each other:
 * chains are bounded too. */
#ifndef SIPCHECK_CAPTURE_TABLE_H
#define SIPCHECK_CAPTURE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* First member of an entry; its key follows at once. Keys have no padding that is not zero. */
typedef struct capture_node {
    struct capture_node *chain;
    struct capture_node *newer, *older;
    uint64_t hash;
} capture_node;

typedef struct capture_table {
    capture_node **buckets;
    size_t mask;
    size_t key_size; /* a multiple of eight */
    size_t count, limit;
    capture_node *newest, *oldest; /* by last use */
} capture_table;

#define CAPTURE_CHAIN_MAX 32

uint64_t capture_hash(const void *bytes, size_t size);

bool capture_table_init(capture_table *table, size_t limit, size_t key_size);

/* The buckets only: the entries are the caller's. */
void capture_table_free(capture_table *table);

/* The entry of that key, which becomes the newest, or NULL. */
capture_node *capture_table_find(capture_table *table, const void *key);

/* Which entry has to go before this key may come in; NULL: none. */
capture_node *capture_table_victim(const capture_table *table, const void *key);

/* Its key stands behind the node already, and is not in the table. */
void capture_table_insert(capture_table *table, capture_node *node);

/* The same with the key's capture_hash, where it is known. */
capture_node *capture_table_find_hashed(capture_table *table, const void *key, uint64_t hash);
capture_node *capture_table_victim_hashed(const capture_table *table, uint64_t hash);
void capture_table_insert_hashed(capture_table *table, capture_node *node, uint64_t hash);

void capture_table_remove(capture_table *table, capture_node *node);

#endif
