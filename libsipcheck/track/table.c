/* SPDX-License-Identifier: MIT */
#include "track/table.h"

static sc_node *first_of(sc_node *node, uint64_t key, enum sipcheck_scope scope)
{
    while (node != NULL && (node->key != key || node->owner->object.scope != scope))
        node = node->next;
    return node;
}

static size_t place_of(const sc_table *table, uint64_t key)
{
    return (size_t)(key ^ key >> 32) & (table->size - 1);
}

/* Of bits that choose no chain. */
static uint8_t kind_of(uint64_t key)
{
    return (uint8_t)(1u << (key >> 61));
}

/* NULL: the chain has no such node, which is the answer to most questions. */
static sc_node *chain_with(const sc_table *table, uint64_t key)
{
    if (table->size == 0) return NULL;
    size_t place = place_of(table, key);
    return (table->marks[place].kinds & kind_of(key)) != 0 ? table->chains[place] : NULL;
}

sc_node *sc_table_find(const sc_table *table, uint64_t key, enum sipcheck_scope scope)
{
    return first_of(chain_with(table, key), key, scope);
}

sc_node *sc_table_more(const sc_node *node)
{
    return first_of(node->next, node->key, node->owner->object.scope);
}

static void put(sc_table *table, sc_node *node)
{
    size_t place = place_of(table, node->key);
    sc_chain_mark *mark = &table->marks[place];
    node->next = table->chains[place];
    table->chains[place] = node;
    mark->kinds |= kind_of(node->key);
    if (mark->length < UINT8_MAX) mark->length++;
}

void sc_table_add(sc_table *table, sc_node *node, sc_tracked *owner, uint64_t key)
{
    *node = (sc_node){ .owner = owner, .key = key };
    put(table, node);
    table->count++;
}

/* What is removed is mostly the last of its chain, so that all of it was walked anyway. */
void sc_table_remove(sc_table *table, sc_node *node)
{
    if (node->owner == NULL) return;
    size_t place = place_of(table, node->key), length = 0;
    uint8_t kinds = 0;
    for (sc_node **at = &table->chains[place]; *at != NULL; at = &(*at)->next) {
        if (*at == node) *at = node->next;
        if (*at == NULL) break;
        kinds |= kind_of((*at)->key);
        length++;
    }
    table->marks[place] =
        (sc_chain_mark){ (uint8_t)(length < UINT8_MAX ? length : UINT8_MAX), kinds };
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
void *sc_table_move(sc_table *table, void *memory, size_t size)
{
    sc_table old = *table;
    sc_node **chains = memory;
    *table = (sc_table){ chains, (sc_chain_mark *)(chains + size), size, old.count };
    for (size_t i = 0; i < old.size; i++) {
        for (sc_node *node = reversed(old.chains[i]), *next; node != NULL; node = next) {
            next = node->next;
            put(table, node);
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

sc_tracked *sc_table_surplus(const sc_table *table, uint64_t key)
{
    if (table->size == 0) return NULL;
    size_t place = place_of(table, key);
    return table->marks[place].length >= SC_CHAIN_MAX ? oldest_of(table->chains[place]) : NULL;
}

void sc_table_expect(const sc_table *table, uint64_t key)
{
    if (table->size == 0) return;
    size_t place = place_of(table, key);
    __builtin_prefetch(&table->chains[place]);
    __builtin_prefetch(&table->marks[place]);
}

void sc_table_expect_first(const sc_table *table, uint64_t key)
{
    if (table->size == 0) return;
    size_t place = place_of(table, key);
    if (table->marks[place].length > 0) __builtin_prefetch(table->chains[place]);
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
