/* SPDX-License-Identifier: MIT */
#include "track/due.h"

static void put(sc_heap *heap, size_t place, sc_due *due)
{
    heap->list[place - 1] = due;
    due->place = place;
}

static void rise(sc_heap *heap, sc_due *due)
{
    size_t place = due->place;
    for (; place > 1 && heap->list[place / 2 - 1]->at > due->at; place /= 2)
        put(heap, place, heap->list[place / 2 - 1]);
    put(heap, place, due);
}

static void sink(sc_heap *heap, sc_due *due)
{
    size_t place = due->place;
    for (size_t below; (below = 2 * place) <= heap->count; place = below) {
        if (below < heap->count && heap->list[below]->at < heap->list[below - 1]->at) below++;
        if (heap->list[below - 1]->at >= due->at) break;
        put(heap, place, heap->list[below - 1]);
    }
    put(heap, place, due);
}

void sc_due_set(sc_heap *heap, sc_due *due, sc_tracked *owner, uint64_t at)
{
    due->owner = owner;
    due->at = at;
    if (due->place == 0) put(heap, ++heap->count, due);
    rise(heap, due);
    sink(heap, due);
}

void sc_due_clear(sc_heap *heap, sc_due *due)
{
    size_t place = due->place;
    if (place == 0) return;
    sc_due *last = heap->list[--heap->count];
    due->place = 0;
    if (last == due) return;
    put(heap, place, last);
    rise(heap, last);
    sink(heap, last);
}

sc_due *sc_due_first(const sc_heap *heap)
{
    return heap->count > 0 ? heap->list[0] : NULL;
}
