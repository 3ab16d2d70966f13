/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* Buckets; powers of two. */
#define FEWEST ((size_t)64)
#define MOST ((size_t)1 << 20)

uint64_t capture_hash(const void *bytes, size_t size)
{
    const uint8_t *p = bytes;
    uint64_t hash = size, word;
    for (; size >= sizeof word; p += sizeof word, size -= sizeof word) {
        memcpy(&word, p, sizeof word);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    word = 0;
    memcpy(&word, p, size);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

static bool same_key(const capture_table *table, const capture_node *node, const void *key)
{
    return memcmp(node + 1, key, table->key_size) == 0;
}

static capture_node **new_buckets(size_t count)
{
    return calloc(count, sizeof(capture_node *)); /* NOLINT(bugprone-sizeof-expression) */
}

bool capture_table_init(capture_table *table, size_t limit, size_t key_size)
{
    *table = (capture_table){ .mask = FEWEST - 1, .key_size = key_size, .limit = limit };
    table->buckets = new_buckets(FEWEST);
    return table->buckets;
}

static void link_chain(capture_table *table, capture_node *node)
{
    capture_node **bucket = &table->buckets[node->hash & table->mask];
    node->chain = *bucket;
    *bucket = node;
}

/* As few buckets as there are entries: they stay in the cache. Without memory for more, chains get
 * longer. */
static void grow(capture_table *table)
{
    size_t count = table->mask + 1;
    if (table->count < count || count >= MOST) return;
    capture_node **buckets = new_buckets(count * 2);
    if (!buckets) return;
    free(table->buckets);
    table->buckets = buckets;
    table->mask = count * 2 - 1;
    for (capture_node *node = table->oldest; node; node = node->newer)
        link_chain(table, node);
}

void capture_table_free(capture_table *table)
{
    free(table->buckets);
    *table = (capture_table){ 0 };
}

static void unlink_age(capture_table *table, capture_node *node)
{
    if (node->newer)
        node->newer->older = node->older;
    else
        table->newest = node->older;
    if (node->older)
        node->older->newer = node->newer;
    else
        table->oldest = node->newer;
}

static void link_newest(capture_table *table, capture_node *node)
{
    node->newer = NULL;
    node->older = table->newest;
    if (table->newest)
        table->newest->newer = node;
    else
        table->oldest = node;
    table->newest = node;
}

capture_node *capture_table_find_hashed(capture_table *table, const void *key, uint64_t hash)
{
    for (capture_node *node = table->buckets[hash & table->mask]; node; node = node->chain) {
        if (node->hash != hash || !same_key(table, node, key)) continue;
        if (node != table->newest) {
            unlink_age(table, node);
            link_newest(table, node);
        }
        return node;
    }
    return NULL;
}

capture_node *capture_table_find(capture_table *table, const void *key)
{
    return capture_table_find_hashed(table, key, capture_hash(key, table->key_size));
}

capture_node *capture_table_victim_hashed(const capture_table *table, uint64_t hash)
{
    size_t length = 0;
    capture_node *last = NULL;
    for (capture_node *node = table->buckets[hash & table->mask]; node; node = node->chain) {
        last = node;
        length++;
    }
    if (length >= CAPTURE_CHAIN_MAX) return last;
    return table->count >= table->limit ? table->oldest : NULL;
}

capture_node *capture_table_victim(const capture_table *table, const void *key)
{
    return capture_table_victim_hashed(table, capture_hash(key, table->key_size));
}

void capture_table_insert_hashed(capture_table *table, capture_node *node, uint64_t hash)
{
    grow(table);
    node->hash = hash;
    link_chain(table, node);
    link_newest(table, node);
    table->count++;
}

void capture_table_insert(capture_table *table, capture_node *node)
{
    capture_table_insert_hashed(table, node, capture_hash(node + 1, table->key_size));
}

void capture_table_remove(capture_table *table, capture_node *node)
{
    capture_node **at = &table->buckets[node->hash & table->mask];
    while (*at != node)
        at = &(*at)->chain;
    *at = node->chain;
    unlink_age(table, node);
    table->count--;
}
