/* SPDX-License-Identifier: MIT */
/* The expectations that are open: a heap by time, a list for each object, a bounded number. */
#include <string.h>

#include "engine/sequence.h"

/* --- the heap */

static bool comes_before(const sc_wait *a, const sc_wait *b)
{
    return a->fires != b->fires ? a->fires < b->fires : a->number < b->number;
}

static void put(sc_group *g, size_t at, sc_wait *wait)
{
    g->heap[at] = wait;
    wait->at = at;
}

static void rise(sc_group *g, size_t at)
{
    sc_wait *moved = g->heap[at];
    for (; at > 0 && comes_before(moved, g->heap[(at - 1) / 2]); at = (at - 1) / 2)
        put(g, at, g->heap[(at - 1) / 2]);
    put(g, at, moved);
}

static void sink(sc_group *g, size_t at)
{
    sc_wait *moved = g->heap[at];
    for (size_t child; (child = 2 * at + 1) < g->wait_count; at = child) {
        if (child + 1 < g->wait_count && comes_before(g->heap[child + 1], g->heap[child])) child++;
        if (!comes_before(g->heap[child], moved)) break;
        put(g, at, g->heap[child]);
    }
    put(g, at, moved);
}

uint64_t sc_waits_deadline(const sc_group *group)
{
    return group->wait_count > 0 ? group->heap[0]->fires : UINT64_MAX;
}

/* --- memory */

static bool make_room(sipcheck *engine)
{
    sc_group *g = engine->sequence->group;
    if (g->wait_count < g->heap_room) return true;
    size_t room = g->heap_room > 0 ? g->heap_room * 2 : 64;
    sc_wait **heap = engine->allocator.alloc(engine->allocator.user, room * sizeof(sc_wait *));
    if (heap == NULL) return false;
    if (g->wait_count > 0) memcpy(heap, g->heap, g->wait_count * sizeof(sc_wait *));
    if (g->heap != NULL) engine->allocator.release(engine->allocator.user, g->heap);
    g->heap = heap;
    g->heap_room = room;
    return true;
}

static sc_wait *take_spare(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    sc_wait *wait = s->spare;
    if (wait != NULL)
        s->spare = wait->next;
    else
        wait = engine->allocator.alloc(engine->allocator.user, sizeof *wait);
    return wait;
}

static void drop_messages(sc_sequence *s, sc_wait *wait)
{
    for (unsigned name = 0; name < SC_NAME_COUNT; name++) {
        const sc_kept *kept = wait->event.bound[name];
        if (kept == NULL) continue;
        sc_reads_forget(s, kept);
        sc_tracker_drop(s->group->tracker, kept);
    }
}

/* The one that is fed just now has to be kept from here on. */
static bool hold_messages(sc_sequence *s, sc_wait *wait)
{
    for (unsigned name = 0; name < SC_NAME_COUNT; name++) {
        const sc_kept *kept = wait->event.bound[name];
        wait->event.bound[name] = NULL;
        if (wait->event.presence[name] != SC_THERE) continue;
        wait->event.bound[name] = kept != NULL ? sc_tracker_hold(s->group->tracker, kept)
                                               : sc_tracker_keep(s->group->tracker);
        if (wait->event.bound[name] == NULL) {
            for (unsigned rest = name + 1; rest < SC_NAME_COUNT; rest++)
                wait->event.bound[rest] = NULL;
            drop_messages(s, wait);
            return false;
        }
    }
    return true;
}

/* Each event is told to all of them. */
static bool is_crowded(const sc_object *object)
{
    unsigned count = 0;
    for (const sc_wait *wait = object->waits; wait != NULL; wait = wait->next)
        if (++count == SC_OBJECT_WAITS_MAX) return true;
    return false;
}

sc_wait *sc_wait_new(sipcheck *engine, const sc_event *event, uint64_t fires)
{
    sc_sequence *s = engine->sequence;
    sc_group *g = s->group;
    bool room = g->wait_count < SC_WAITS_MAX && !is_crowded(event->object) && make_room(engine);
    sc_wait *wait = room ? take_spare(engine) : NULL;
    if (wait == NULL) return NULL;
    *wait = (sc_wait){ .fires = fires, .number = g->wait_number++, .event = *event };
    if (!hold_messages(s, wait)) {
        wait->next = s->spare;
        s->spare = wait;
        return NULL;
    }
    wait->next = event->object->waits;
    if (wait->next != NULL) wait->next->before = wait;
    event->object->waits = wait;
    put(g, g->wait_count, wait);
    rise(g, g->wait_count++);
    return wait;
}

void sc_wait_take(sipcheck *engine, sc_wait *wait)
{
    sc_group *g = engine->sequence->group;
    if (wait->before != NULL)
        wait->before->next = wait->next;
    else
        wait->event.object->waits = wait->next;
    if (wait->next != NULL) wait->next->before = wait->before;
    size_t at = wait->at;
    sc_wait *last = g->heap[--g->wait_count];
    if (last != wait) {
        put(g, at, last);
        rise(g, at);
        sink(g, last->at);
    }
    wait->next = g->decided;
    g->decided = wait;
}

void sc_waits_release(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    while (s->group->decided != NULL) {
        sc_wait *wait = s->group->decided;
        s->group->decided = wait->next;
        drop_messages(s, wait);
        wait->next = s->spare;
        s->spare = wait;
    }
}

void sc_waits_free(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    sc_group *g = s->group;
    while (g->wait_count > 0)
        sc_wait_take(engine, g->heap[g->wait_count - 1]);
    sc_waits_release(engine);
    while (s->spare != NULL) {
        sc_wait *wait = s->spare;
        s->spare = wait->next;
        engine->allocator.release(engine->allocator.user, wait);
    }
    if (g->heap != NULL) engine->allocator.release(engine->allocator.user, g->heap);
    g->heap = NULL;
}
