/* SPDX-License-Identifier: MIT */
/* The expectations that are open: a heap by time, a list for each object, a bounded number. */
#include <string.h>

#include "engine/sequence.h"

/* --- the heap */

static bool comes_before(const sc_wait *a, const sc_wait *b)
{
    return a->fires != b->fires ? a->fires < b->fires : a->number < b->number;
}

static void put(sc_sequence *s, size_t at, sc_wait *wait)
{
    s->heap[at] = wait;
    wait->at = at;
}

static void rise(sc_sequence *s, size_t at)
{
    sc_wait *moved = s->heap[at];
    for (; at > 0 && comes_before(moved, s->heap[(at - 1) / 2]); at = (at - 1) / 2)
        put(s, at, s->heap[(at - 1) / 2]);
    put(s, at, moved);
}

static void sink(sc_sequence *s, size_t at)
{
    sc_wait *moved = s->heap[at];
    for (size_t child; (child = 2 * at + 1) < s->wait_count; at = child) {
        if (child + 1 < s->wait_count && comes_before(s->heap[child + 1], s->heap[child])) child++;
        if (!comes_before(s->heap[child], moved)) break;
        put(s, at, s->heap[child]);
    }
    put(s, at, moved);
}

uint64_t sc_waits_deadline(const sc_sequence *sequence)
{
    return sequence->wait_count > 0 ? sequence->heap[0]->fires : UINT64_MAX;
}

/* --- memory */

static bool make_room(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    if (s->wait_count < s->heap_room) return true;
    size_t room = s->heap_room > 0 ? s->heap_room * 2 : 256;
    sc_wait **heap = engine->allocator.alloc(engine->allocator.user, room * sizeof(sc_wait *));
    if (heap == NULL) return false;
    if (s->wait_count > 0) memcpy(heap, s->heap, s->wait_count * sizeof(sc_wait *));
    if (s->heap != NULL) engine->allocator.release(engine->allocator.user, s->heap);
    s->heap = heap;
    s->heap_room = room;
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
        sc_tracker_drop(s->tracker, kept);
    }
}

/* The one that is fed just now has to be kept from here on. */
static bool hold_messages(sc_sequence *s, sc_wait *wait)
{
    for (unsigned name = 0; name < SC_NAME_COUNT; name++) {
        const sc_kept *kept = wait->event.bound[name];
        wait->event.bound[name] = NULL;
        if (wait->event.presence[name] != SC_THERE) continue;
        wait->event.bound[name] =
            kept != NULL ? sc_tracker_hold(s->tracker, kept) : sc_tracker_keep(s->tracker);
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
    bool room = s->wait_count < SC_WAITS_MAX && !is_crowded(event->object) && make_room(engine);
    sc_wait *wait = room ? take_spare(engine) : NULL;
    if (wait == NULL) return NULL;
    *wait = (sc_wait){ .fires = fires, .number = s->wait_number++, .event = *event };
    if (!hold_messages(s, wait)) {
        wait->next = s->spare;
        s->spare = wait;
        return NULL;
    }
    wait->next = event->object->waits;
    if (wait->next != NULL) wait->next->before = wait;
    event->object->waits = wait;
    put(s, s->wait_count, wait);
    rise(s, s->wait_count++);
    return wait;
}

void sc_wait_take(sipcheck *engine, sc_wait *wait)
{
    sc_sequence *s = engine->sequence;
    if (wait->before != NULL)
        wait->before->next = wait->next;
    else
        wait->event.object->waits = wait->next;
    if (wait->next != NULL) wait->next->before = wait->before;
    size_t at = wait->at;
    sc_wait *last = s->heap[--s->wait_count];
    if (last != wait) {
        put(s, at, last);
        rise(s, at);
        sink(s, last->at);
    }
    wait->next = s->decided;
    s->decided = wait;
}

void sc_waits_release(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    while (s->decided != NULL) {
        sc_wait *wait = s->decided;
        s->decided = wait->next;
        drop_messages(s, wait);
        wait->next = s->spare;
        s->spare = wait;
    }
}

void sc_waits_free(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    while (s->wait_count > 0)
        sc_wait_take(engine, s->heap[s->wait_count - 1]);
    sc_waits_release(engine);
    while (s->spare != NULL) {
        sc_wait *wait = s->spare;
        s->spare = wait->next;
        engine->allocator.release(engine->allocator.user, wait);
    }
    if (s->heap != NULL) engine->allocator.release(engine->allocator.user, s->heap);
    s->heap = NULL;
}
