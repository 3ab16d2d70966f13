/* SPDX-License-Identifier: MIT */
/* The tracker as a whole: memory, time, and who looks at a message. */
#include "track/branches.h"

#define TABLE_FIRST ((size_t)256)     /* chains */
#define AT_ONE_END ((size_t)4)        /* events: a subscription, its dialog */
#define BACK_MAX (60 * 1000000000ULL) /* nanoseconds: time further back is another clock's */

sc_tracker *sc_tracker_new(const sipcheck_allocator *allocator, const sc_track_options *options)
{
    sc_tracker *tracker = allocator->alloc(allocator->user, sizeof *tracker);
    if (tracker == NULL) return NULL;
    *tracker = (sc_tracker){ .allocator = *allocator, .options = *options };
    if (options->memory_max == 0) tracker->options.memory_max = SC_TRACK_MEMORY_DEFAULT;
    sc_rings_clear(&tracker->rings);
    void *chains = sc_tracker_take(tracker, SC_TABLE_BYTES(TABLE_FIRST));
    if (chains != NULL) {
        sc_table_move(&tracker->table, chains, TABLE_FIRST);
        return tracker;
    }
    allocator->release(allocator->user, tracker);
    return NULL;
}

static void tell_gone(sc_tracker *tracker, sc_object *object)
{
    bool told = object->waits != NULL || object->followed != NULL;
    if (told && tracker->options.gone != NULL) tracker->options.gone(tracker->options.user, object);
}

/* What lives within it and is told by itself. */
static sc_object *inner_of(sc_tracked *thing)
{
    if (thing->object.scope == SIPCHECK_SCOPE_TRANSACTION)
        return (sc_object *)((sc_transaction *)thing)->hop; /* begins with it */
    if (thing->object.scope == SIPCHECK_SCOPE_DIALOG) return &((sc_dialog *)thing)->session.object;
    return NULL;
}

/* What it holds. */
static void give_back(sc_tracker *tracker, sc_tracked *thing)
{
    switch (thing->object.scope) {
    case SIPCHECK_SCOPE_TRANSACTION:
        sc_transaction_release(tracker, (sc_transaction *)thing);
        break;
    case SIPCHECK_SCOPE_DIALOG:
        sc_dialog_release(tracker, (sc_dialog *)thing);
        break;
    case SIPCHECK_SCOPE_REGISTRATION:
        sc_registration_release(tracker, (sc_registration *)thing);
        break;
    case SIPCHECK_SCOPE_SUBSCRIPTION:
        sc_subscription_release(tracker, (sc_subscription *)thing);
        break;
    default:
        if (thing->object.scope == SC_SCOPE_NONCE) sc_nonce_release(tracker, (sc_nonce *)thing);
        break;
    }
}

/* Nobody can reach it any more. */
static void release(sc_tracker *tracker, sc_tracked *thing)
{
    sc_object *inner = inner_of(thing);
    tell_gone(tracker, &thing->object);
    if (inner != NULL) {
        inner->damaged = inner->damaged || thing->object.damaged;
        tell_gone(tracker, inner);
    }
    give_back(tracker, thing);
    sc_ring_leave(thing);
    sc_tracker_give_thing(tracker, thing);
}

static void release_ring(sc_tracker *tracker, enum sc_ring ring)
{
    for (sc_tracked *thing; (thing = sc_ring_oldest(&tracker->rings, ring)) != NULL;)
        release(tracker, thing);
}

/* What the last call made visible goes. */
static void tidy(sc_tracker *tracker)
{
    sc_tracker_drop(tracker, tracker->current);
    tracker->current = NULL;
    release_ring(tracker, SC_RING_OVER);
    sc_tracker_drain(tracker);
}

void sc_tracker_begin_anew(sc_tracker *tracker)
{
    tidy(tracker);
    for (unsigned ring = 0; ring < SC_RING_COUNT; ring++)
        release_ring(tracker, (enum sc_ring)ring);
    sc_tracker_drain(tracker);
}

void sc_tracker_free(sc_tracker *tracker)
{
    if (tracker == NULL) return;
    sc_tracker_begin_anew(tracker);
    sc_tracker_give_spares(tracker);
    sc_tracker_give_blocks(tracker);
    sipcheck_arena_free(tracker->arena);
    sipcheck_allocator allocator = tracker->allocator;
    allocator.release(allocator.user, tracker->table.chains);
    allocator.release(allocator.user, tracker);
}

/* Time that goes back a little is a capture's jitter and taken as no time. Further back, another
 * clock began: from there on its time counts. */
void sc_clock_set(sc_clock *clock, uint64_t now_ns)
{
    if (now_ns >= clock->base) {
        uint64_t ahead = now_ns - clock->base;
        clock->ns += ahead < SC_CLOCK_AHEAD_MAX ? ahead : SC_CLOCK_AHEAD_MAX;
        clock->base = now_ns;
    } else if (clock->base - now_ns > BACK_MAX) {
        clock->base = now_ns;
    }
}

void sc_tracker_set_clock(sc_tracker *tracker, const sc_clock *clock)
{
    tracker->clock = clock->ns;
    tracker->base = clock->base;
    if (tracker->clock > UINT64_MAX / 2) tracker->blind_until = UINT64_MAX;
}

static void clock_set(sc_tracker *tracker, uint64_t ns)
{
    sc_clock clock = { tracker->clock, tracker->base };
    sc_clock_set(&clock, ns);
    sc_tracker_set_clock(tracker, &clock);
}

void sc_touch(sc_tracker *tracker, sc_tracked *thing, enum sc_ring ring)
{
    sc_ring_join(&tracker->rings, thing, ring, tracker->clock);
    thing->serial = tracker->serial;
    if (tracker->fed != NULL) thing->object.last_ns = tracker->fed->ns;
}

uint64_t sc_64_t1(const sc_tracker *tracker)
{
    uint64_t t1 = tracker->options.t1;
    return t1 > UINT64_MAX / 64 ? UINT64_MAX : 64 * t1;
}

static uint64_t over_at(const sc_tracker *tracker, const sc_tracked *thing)
{
    uint64_t brief = sc_64_t1(tracker);
    switch (thing->ring) {
    case SC_RING_BRIEF:
        return sc_sum(thing->touched, brief);
    case SC_RING_RINGING:
        return sc_sum(thing->touched, sc_sum(brief, tracker->options.timer_c));
    default:
        return UINT64_MAX;
    }
}

/* It could have been forgotten at any time: that is no loss to be counted. */
static void forget_nonce(sc_tracker *tracker, sc_nonce *nonce)
{
    if (nonce->used) tracker->forgotten = tracker->serial;
    release(tracker, &nonce->tracked);
    sc_tracker_drain(tracker);
}

static void lose_transaction(sc_tracker *tracker, const sc_transaction *t)
{
    uint64_t until = over_at(tracker, &t->tracked);
    if (until > tracker->blind_until) tracker->blind_until = until;
    sc_hop_lose(tracker, t);
}

/* What is known of it is lost before it was over. */
static void evict(sc_tracker *tracker, sc_tracked *thing)
{
    if (thing->object.scope == SC_SCOPE_NONCE) {
        forget_nonce(tracker, (sc_nonce *)thing);
        return;
    }
    if (thing->object.scope == SIPCHECK_SCOPE_TRANSACTION)
        lose_transaction(tracker, (sc_transaction *)thing);
    if (thing->object.scope == SIPCHECK_SCOPE_SUBSCRIPTION) tracker->subscription_lost = true;
    tracker->counts.evicted++;
    thing->object.damaged = true;
    release(tracker, thing);
    sc_tracker_drain(tracker);
}

static sc_tracked *oldest_of_all(sc_tracker *tracker)
{
    sc_tracked *oldest = NULL;
    for (unsigned ring = 0; ring < SC_RING_OVER; ring++) {
        sc_tracked *thing = sc_ring_oldest(&tracker->rings, (enum sc_ring)ring);
        if (thing != NULL && (oldest == NULL || thing->touched < oldest->touched)) oldest = thing;
    }
    return oldest;
}

static void make_room(sc_tracker *tracker)
{
    for (sc_tracked *thing; tracker->counts.memory > tracker->options.memory_max &&
                            (thing = oldest_of_all(tracker)) != NULL;)
        evict(tracker, thing);
    while (tracker->nonces > SC_NONCES_MAX)
        evict(tracker, sc_ring_oldest(&tracker->rings, SC_RING_NONCE));
}

/* Where there is no memory the chains grow longer. */
static void grow_table(sc_tracker *tracker)
{
    sc_table *table = &tracker->table;
    size_t size = table->size;
    if (table->count < size || size > SIZE_MAX / 4 / SC_TABLE_BYTES(1) ||
        tracker->counts.memory + SC_TABLE_BYTES(2 * size) > tracker->options.memory_max)
        return;
    void *memory = sc_tracker_take(tracker, SC_TABLE_BYTES(2 * size));
    if (memory == NULL) return;
    sc_tracker_give(tracker, sc_table_move(table, memory, 2 * size), SC_TABLE_BYTES(size));
}

bool sc_chain_is_full(sc_tracker *tracker, uint64_t key)
{
    bool full = sc_table_surplus(&tracker->table, key) != NULL;
    tracker->counts.evicted += full;
    return full;
}

/* What this message may be added under. Of a dialog that a NOTIFY makes the caller is in either
 * field. */
enum { KEYS = 6 };
typedef struct sc_chain_keys {
    uint64_t list[KEYS];
} sc_chain_keys;

static sc_chain_keys keys_of(const sc_step *step)
{
    bool notify = step->method == SIPCHECK_METHOD_NOTIFY;
    return (sc_chain_keys){ {
        step->branch_key,
        step->bare_key,
        step->call_key,
        sc_dialog_key(step->call_id, step->from_tag, step->to_tag),
        sc_leg_key(step->call_id, step->from_tag),
        notify ? sc_leg_key(step->call_id, step->to_tag) : step->branch_key,
    } };
}

/* The table does not fit into a cache. What is needed of it is fetched while the message is
 * copied. */
static void expect(const sc_step *step, const sc_chain_keys *keys)
{
    const sc_table *table = &step->tracker->table;
    for (size_t i = 0; i < KEYS; i++)
        sc_table_expect(table, keys->list[i]);
    if (step->upper_key != 0) sc_table_expect(table, step->upper_key);
}

static void expect_first(const sc_step *step, const sc_chain_keys *keys)
{
    const sc_table *table = &step->tracker->table;
    for (size_t i = 0; i < KEYS; i++)
        sc_table_expect_first(table, keys->list[i]);
}

static void shorten_chains(const sc_step *step, const sc_chain_keys *keys)
{
    for (size_t i = 0; i < KEYS; i++) {
        sc_tracked *surplus = sc_table_surplus(&step->tracker->table, keys->list[i]);
        if (surplus != NULL) evict(step->tracker, surplus);
    }
}

bool sc_track_is_lost(const sipcheck_message *message)
{
    sc_step step = { .message = message };
    return message->cut && !sc_step_identify(&step);
}

/* Things of a ring lie in the order in which they were touched: those before the last time are
 * damaged already. */
void sc_tracker_lose(sc_tracker *tracker)
{
    tracker->serial++;
    for (unsigned ring = 0; ring < SC_RING_OVER; ring++) {
        sc_tracked *head = &tracker->rings.heads[ring];
        for (sc_tracked *thing = head->older; thing != head && thing->serial >= tracker->seen_whole;
             thing = thing->older) {
            sc_object *inner = inner_of(thing);
            thing->object.damaged = true;
            if (inner != NULL) inner->damaged = true;
        }
    }
    tracker->seen_whole = tracker->serial;
    uint64_t until = sc_sum(tracker->clock, sc_64_t1(tracker));
    if (until > tracker->blind_until) tracker->blind_until = until;
}

int sc_track(sc_tracker *tracker, const sipcheck_packet *packet, const sipcheck_message *message,
             bool passed_on, sc_events *ret)
{
    sc_step step = { .tracker = tracker,
                     .packet = packet,
                     .message = message,
                     .events = ret,
                     .passed_on = passed_on };
    ret->count = 0;
    tidy(tracker);
    sc_tracker_expect_kept(tracker, packet);
    tracker->fed = packet;
    tracker->fed_passed_on = passed_on;
    clock_set(tracker, packet->ns);
    ret->serial = ++tracker->serial;
    if (!sc_step_identify(&step)) {
        if (message->cut) sc_tracker_lose(tracker);
        sc_step_doubt(&step);
        return 0;
    }
    grow_table(tracker);
    const sc_chain_keys keys = keys_of(&step);
    expect(&step, &keys);
    if (sc_step_describe(&step) != 0 || !sc_tracker_reserve(tracker, packet, passed_on))
        return SIPCHECK_NOMEM;
    expect_first(&step, &keys);
    make_room(tracker);
    shorten_chains(&step, &keys);
    sc_transactions_track(&step);
    sc_dialogs_track(&step);
    sc_nonces_respond(&step);
    sc_hops_track(&step);
    sc_registrations_track(&step);
    sc_subscriptions_track(&step);
    return 0;
}

/* What ends was touched long ago, and is in no cache any more. So while one thing ends, those that
 * will end behind it are fetched, a step at each end: the third is, then what finds it and what it
 * holds, then what else is found there. */
static void expect_ends(const sc_tracker *tracker, sc_tracked *thing)
{
    const sc_tracked *head = &tracker->rings.heads[thing->ring];
    for (unsigned steps = 0; steps < SC_STEPS_TO_END; steps++) {
        thing = thing->newer;
        if (thing == head || thing->object.scope != SIPCHECK_SCOPE_TRANSACTION) return;
        sc_transaction_expect_end(tracker, (sc_transaction *)thing, steps);
    }
    if (thing->newer == head) return;
    for (size_t i = 0; i < sizeof(sc_transaction); i += 64)
        __builtin_prefetch((const char *)thing->newer + i);
}

static void end(sc_tracker *tracker, sc_tracked *thing, sc_events *events)
{
    expect_ends(tracker, thing);
    if (thing->object.scope == SIPCHECK_SCOPE_TRANSACTION)
        sc_transaction_end((sc_transaction *)thing, events);
    else if (thing->object.scope == SIPCHECK_SCOPE_DIALOG)
        sc_dialog_forget(tracker, (sc_dialog *)thing, events);
    sc_ring_join(&tracker->rings, thing, SC_RING_OVER, thing->touched);
}

static sc_tracked *first_over(sc_tracker *tracker)
{
    sc_tracked *brief = sc_ring_oldest(&tracker->rings, SC_RING_BRIEF);
    sc_tracked *ringing = sc_ring_oldest(&tracker->rings, SC_RING_RINGING);
    if (brief == NULL || ringing == NULL) return brief != NULL ? brief : ringing;
    return over_at(tracker, ringing) < over_at(tracker, brief) ? ringing : brief;
}

/* By the clock. */
static uint64_t next_at(const sc_tracker *tracker)
{
    sc_tracked *over = first_over((sc_tracker *)tracker);
    const sc_due *due = sc_due_first(&tracker->dues);
    uint64_t at = over != NULL ? over_at(tracker, over) : UINT64_MAX;
    return due != NULL && due->at < at ? due->at : at;
}

static void expire(sc_tracker *tracker, sc_tracked *thing, sc_events *events)
{
    if (thing->object.scope == SIPCHECK_SCOPE_REGISTRATION)
        sc_registration_expire(tracker, (sc_registration *)thing, events);
    else
        sc_subscription_expire(tracker, (sc_subscription *)thing, events);
}

void sc_tracker_advance(sc_tracker *tracker, uint64_t now_ns, sc_events *ret)
{
    ret->count = 0;
    tidy(tracker);
    tracker->fed = NULL;
    clock_set(tracker, now_ns);
    while (ret->count + AT_ONE_END <= SC_EVENTS_AT_ONCE) {
        uint64_t at = next_at(tracker);
        const sc_due *due = sc_due_first(&tracker->dues);
        if (at == UINT64_MAX || at > tracker->clock) break;
        if (due != NULL && due->at == at)
            expire(tracker, due->owner, ret);
        else
            end(tracker, first_over(tracker), ret);
    }
}

uint64_t sc_tracker_deadline(const sc_tracker *tracker)
{
    uint64_t at = next_at(tracker);
    if (at == UINT64_MAX) return at;
    return sc_sum(tracker->base, at > tracker->clock ? at - tracker->clock : 0);
}

sc_track_counts sc_tracker_counts(const sc_tracker *tracker)
{
    return tracker->counts;
}
