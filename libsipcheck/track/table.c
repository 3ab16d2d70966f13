/* SPDX-License-Identifier: MIT */
#include "track/table.h"

static sc_node *first_of(sc_node *node, uint64_t key, enum sipcheck_scope scope)
{
    while (node != NULL && (node->key != key || node->owner->object.scope != scope))
        node = node->next;
    return node;
}

static sc_node **chain_of(const sc_table *table, uint64_t key)
{
    return &table->chains[(size_t)(key ^ key >> 32) & (table->size - 1)];
}

sc_node *sc_table_find(const sc_table *table, uint64_t key, enum sipcheck_scope scope)
{
    return table->size > 0 ? first_of(*chain_of(table, key), key, scope) : NULL;
}

sc_node *sc_table_more(const sc_node *node)
{
    return first_of(node->next, node->key, node->owner->object.scope);
}

void sc_table_add(sc_table *table, sc_node *node, sc_tracked *owner, uint64_t key)
{
    sc_node **chain = chain_of(table, key);
    *node = (sc_node){ .next = *chain, .owner = owner, .key = key };
    *chain = node;
    table->count++;
}

void sc_table_remove(sc_table *table, sc_node *node)
{
    if (node->owner == NULL) return;
    sc_node **place = chain_of(table, node->key);
    while (*place != node)
        place = &(*place)->next;
    *place = node->next;
    node->owner = NULL;
    table->count--;
}

static sc_node *reversed(sc_node *chain)
{
    sc_node *turned = NULL;
    for (sc_node *next; chain != NULL; chain = next) {
        next = chain->next;
        chain->next = turned;
        turned = chain;
    }
    return turned;
}

/* Those of a key stay in their order, the newest first. */
sc_node **sc_table_move(sc_table *table, sc_node **chains, size_t size)
{
    sc_table old = *table;
    *table = (sc_table){ .chains = chains, .size = size, .count = old.count };
    for (size_t i = 0; i < old.size; i++) {
        for (sc_node *node = reversed(old.chains[i]), *next; node != NULL; node = next) {
            sc_node **chain = chain_of(table, node->key);
            next = node->next;
            node->next = *chain;
            *chain = node;
        }
    }
    return old.chains;
}

static sc_tracked *oldest_of(const sc_node *chain)
{
    sc_tracked *oldest = chain->owner;
    for (const sc_node *node = chain->next; node != NULL; node = node->next) {
        if (node->owner->touched <= oldest->touched) oldest = node->owner;
    }
    return oldest;
}

/* Owners are looked at only where there is one to be found: they are far away. */
sc_tracked *sc_table_surplus(const sc_table *table, uint64_t key)
{
    size_t count = 0;
    if (table->size == 0) return NULL;
    const sc_node *chain = *chain_of(table, key);
    for (const sc_node *node = chain; node != NULL; node = node->next)
        count++;
    return count >= SC_CHAIN_MAX ? oldest_of(chain) : NULL;
}

void sc_table_expect(const sc_table *table, uint64_t key)
{
    if (table->size > 0) __builtin_prefetch(chain_of(table, key));
}

void sc_table_expect_first(const sc_table *table, uint64_t key)
{
    if (table->size > 0) __builtin_prefetch(*chain_of(table, key));
}

void sc_rings_clear(sc_rings *rings)
{
    for (size_t i = 0; i < SC_RING_COUNT; i++)
        rings->heads[i].older = rings->heads[i].newer = &rings->heads[i];
}

void sc_ring_leave(sc_tracked *thing)
{
    if (thing->newer == NULL) return;
    thing->older->newer = thing->newer;
    thing->newer->older = thing->older;
    thing->older = thing->newer = NULL;
}

void sc_ring_join(sc_rings *rings, sc_tracked *thing, enum sc_ring ring, uint64_t clock)
{
    sc_tracked *head = &rings->heads[ring];
    sc_ring_leave(thing);
    thing->ring = (uint8_t)ring;
    thing->touched = clock;
    thing->older = head->older;
    thing->newer = head;
    head->older->newer = thing;
    head->older = thing;
}

sc_tracked *sc_ring_oldest(sc_rings *rings, enum sc_ring ring)
{
    sc_tracked *head = &rings->heads[ring];
    return head->newer != head ? head->newer : NULL;
}
