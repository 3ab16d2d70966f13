/* SPDX-License-Identifier: MIT */
/* What is fed, and the passing of time, to the trackers of all groups, and their events to who
 * judges them. */
#include "engine/sequence.h"

#include <string.h>

/* --- birth and death */

/* Released at once: the memory is needed. */
static void on_gone(void *user, sc_object *object)
{
    sc_waits_give_up(user, object, object->damaged ? SC_MISSING_MEMORY : SC_MISSING_END);
    sc_waits_release(user);
    sc_followed_end(user, object);
}

static sc_tracker *new_tracker(sipcheck *engine)
{
    const sc_parameters *p = &engine->rules->parameters;
    size_t memory = engine->options.memory_max;
    if (memory == 0) memory = SC_TRACK_MEMORY_DEFAULT;
    const sc_track_options options = { .memory_max = (memory - 1) / SIPCHECK_GROUPS + 1,
                                       .t1 = p->t1,
                                       .t2 = p->t2,
                                       .t4 = p->t4,
                                       .timer_c = p->timer_c,
                                       .reorder = p->reorder,
                                       .gone = on_gone,
                                       .user = engine };
    return sc_tracker_new(&engine->allocator, &options);
}

static bool open_groups(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    bool memory = true;
    for (sc_group *g = s->groups; g < s->groups + SIPCHECK_GROUPS; g++) {
        g->tracker = new_tracker(engine);
        g->end = UINT64_MAX;
        memory = memory && g->tracker != NULL;
    }
    s->group = s->groups;
    s->next = UINT64_MAX;
    return memory;
}

static sc_answer *unseen_answers(const sipcheck *engine)
{
    size_t size = (size_t)2 * SC_NAME_COUNT * engine->rules->message_answer_count;
    sc_answer *answers = engine->allocator.alloc(engine->allocator.user, size * sizeof(sc_answer));
    return answers != NULL ? memset(answers, 0, size * sizeof(sc_answer)) : NULL;
}

bool sc_sequence_open(sipcheck *engine)
{
    size_t count = 0;
    for (size_t i = 0; i < engine->rules->count; i++)
        count += sc_sequence_judges(engine, engine->rules->by_id[i]);
    if (count == 0 || engine->options.messages_only) return true;
    const sipcheck_allocator *a = &engine->allocator;
    sc_sequence *s = a->alloc(a->user, sizeof *s);
    if (s == NULL) return false;
    memset(s, 0, sizeof *s);
    engine->sequence = s;
    s->arena = sipcheck_arena_new(a);
    s->answers = a->alloc(a->user, engine->rules->event_answer_count * sizeof *s->answers);
    s->of_unseen = unseen_answers(engine);
    if (!open_groups(engine) || s->answers == NULL || s->of_unseen == NULL || s->arena == NULL ||
        !sc_bunches_open(engine, count) || !sc_recents_open(engine))
        return false;
    sc_slots_open(engine);
    sc_machines_open(engine);
    sc_followed_open(engine);
    return true;
}

void sc_sequence_close(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    if (s == NULL) return;
    for (s->group = s->groups; s->group < s->groups + SIPCHECK_GROUPS; s->group++) {
        if (s->group->tracker != NULL) sc_waits_free(engine);
        sc_tracker_free(s->group->tracker);
    }
    sc_recents_free(engine);
    sc_bunches_free(engine);
    if (s->answers != NULL) engine->allocator.release(engine->allocator.user, s->answers);
    if (s->of_unseen != NULL) engine->allocator.release(engine->allocator.user, s->of_unseen);
    sipcheck_arena_free(s->arena);
    engine->allocator.release(engine->allocator.user, s);
}

/* --- groups */

/* Work on that one: its tracker goes by the time that all go by. */
static void turn_to(sipcheck *engine, sc_group *group)
{
    sc_sequence *s = engine->sequence;
    s->group = group;
    engine->group = (unsigned)(group - s->groups);
    sc_tracker_set_clock(group->tracker, &s->clock);
}

/* When the group has something to decide; ends behind `until` do not count. In time is what comes
 * up to a deadline itself. */
static uint64_t next_of(const sc_group *group, uint64_t until)
{
    uint64_t wait = sc_waits_deadline(group), end = group->end;
    if (wait < UINT64_MAX) wait++;
    return end > until || wait < end ? wait : end;
}

/* The first of those that are due soonest. */
static sc_group *soonest(sc_sequence *s, uint64_t until)
{
    sc_group *first = s->groups;
    s->next = UINT64_MAX;
    for (sc_group *g = s->groups; g < s->groups + SIPCHECK_GROUPS; g++) {
        uint64_t next = next_of(g, until);
        if (next >= s->next) continue;
        s->next = next;
        first = g;
    }
    return first;
}

/* It was worked on. */
static void note_end(sc_sequence *s)
{
    s->group->end = sc_tracker_deadline(s->group->tracker);
}

/* --- the message that is fed */

int sc_sequence_hear(sipcheck *engine, const sc_subject *fed)
{
    sc_sequence *s = engine->sequence;
    turn_to(engine, &s->groups[engine->group]);
    sc_reads_reset(s);
    int code = sc_track(s->group->tracker, fed->packet, fed->message, engine->copied, &s->events);
    sc_waits_release(engine);
    sc_reads_reset(s);
    if (code != SIPCHECK_OK) {
        s->events.count = 0;
        sc_sequence_gap(engine, engine->group, fed->packet->ns);
    }
    const sc_recent *recent = sc_recent_note(s, fed);
    sc_read_fed(engine, fed, recent != NULL ? recent->answers : NULL);
    s->fed++;
    for (size_t i = 0; i < s->events.count; i++)
        sc_machines_hear(engine, &s->events.list[i], fed);
    for (size_t i = 0; i < s->events.count; i++)
        sc_followed_hear(engine, &s->events.list[i], fed);
    for (size_t i = 0; i < s->events.count; i++)
        sc_waits_hear(engine, &s->events.list[i]);
    return code;
}

void sc_sequence_judge(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    for (size_t i = 0; i < s->events.count; i++) {
        sc_reads_trim(s);
        sc_judge_event(engine, &s->events.list[i]);
    }
    note_end(s);
    (void)soonest(s, UINT64_MAX);
}

void sc_sequence_lose(sipcheck *engine, unsigned but)
{
    sc_sequence *s = engine->sequence;
    for (unsigned g = 0; g < SIPCHECK_GROUPS; g++) {
        if (g == but) continue;
        sc_tracker_set_clock(s->groups[g].tracker, &s->clock);
        sc_tracker_lose(s->groups[g].tracker);
    }
}

/* --- time */

/* What is over at that moment. false: nothing was, and nothing will be. */
static bool end_what_is_over(sipcheck *engine, uint64_t moment)
{
    sc_sequence *s = engine->sequence;
    s->fed++; /* nothing was sent just now */
    sc_reads_reset(s);
    sc_tracker_advance(s->group->tracker, moment, &s->events);
    sc_waits_release(engine);
    sc_reads_reset(s);
    for (size_t i = 0; i < s->events.count; i++) {
        sc_waits_hear(engine, &s->events.list[i]);
        sc_judge_event(engine, &s->events.list[i]);
        sc_engine_emit(engine, NULL);
        sc_waits_release(engine);
        sc_reads_reset(s);
    }
    note_end(s);
    return s->events.count > 0 || s->group->end > moment;
}

/* All of the group that is due up to that moment, and over until that. false: nothing was. */
static bool decide_group(sipcheck *engine, uint64_t moment, uint64_t until)
{
    sc_sequence *s = engine->sequence;
    for (bool some = false;; some = true) {
        uint64_t wait = sc_waits_deadline(s->group), end = s->group->end;
        if (wait < moment && wait <= end) {
            sc_reads_reset(s);
            sc_waits_fire(engine);
            sc_waits_release(engine);
        } else if (end > moment || end > until || !end_what_is_over(engine, end)) {
            return some;
        }
    }
}

/* Where time leapt it is another's: moments of the one before are other ones now. */
static void set_clock(sipcheck *engine, uint64_t now)
{
    sc_sequence *s = engine->sequence;
    const sc_clock before = s->clock;
    sc_clock_set(&s->clock, now);
    if (before.ns == 0) s->began_ns = now;
    if (s->clock.ns - before.ns == s->clock.base - before.base) return;
    s->began_ns = now;
    for (sc_group *g = s->groups; g < s->groups + SIPCHECK_GROUPS; g++) {
        turn_to(engine, g);
        note_end(s);
    }
    (void)soonest(s, UINT64_MAX);
}

void sc_sequence_advance(sipcheck *engine, uint64_t now)
{
    sc_sequence *s = engine->sequence;
    uint64_t until = UINT64_MAX; /* no more time than that passes at once */
    if (now > s->clock.base && now - s->clock.base > SC_CLOCK_AHEAD_MAX)
        until = s->clock.base + SC_CLOCK_AHEAD_MAX;
    while (s->next <= now) {
        sc_group *group = soonest(s, until);
        if (s->next > now) break;
        engine->due = s->next;
        turn_to(engine, group);
        if (!decide_group(engine, s->next, until)) break;
        (void)soonest(s, until);
    }
    engine->due = UINT64_MAX;
    set_clock(engine, now);
    if (now > s->now_ns) s->now_ns = now;
}

uint64_t sc_sequence_deadline(const sipcheck *engine)
{
    return engine->sequence->next;
}

/* In the order in which they would be due; those that no time ends come last. */
void sc_sequence_finish(sipcheck *engine)
{
    sc_sequence *s = engine->sequence;
    for (;;) {
        sc_group *first = NULL;
        for (sc_group *g = s->groups; g < s->groups + SIPCHECK_GROUPS; g++) {
            if (g->wait_count == 0) continue;
            if (first == NULL || sc_waits_deadline(g) < sc_waits_deadline(first)) first = g;
        }
        if (first == NULL) break;
        uint64_t deadline = sc_waits_deadline(first);
        engine->due = deadline < UINT64_MAX ? deadline : UINT64_MAX - 1;
        turn_to(engine, first);
        sc_waits_finish(engine);
    }
    engine->due = UINT64_MAX;
    s->next = UINT64_MAX;
}

void sc_sequence_clock_set(sipcheck *engine, uint64_t ns)
{
    sc_sequence *s = engine->sequence;
    sc_sequence_finish(engine);
    for (sc_group *g = s->groups; g < s->groups + SIPCHECK_GROUPS; g++) {
        turn_to(engine, g);
        sc_tracker_begin_anew(g->tracker);
        g->gap = false;
        note_end(s);
    }
    s->unreached.count = 0;
    s->unreached.forgotten = false;
    s->unreached.forgotten_ns = 0;
    s->clock.base = s->began_ns = s->now_ns = ns;
    s->events.count = 0;
    sc_reads_reset(s);
}

sipcheck_sequence_counts sc_sequence_counts(const sipcheck *engine)
{
    const sc_sequence *s = engine->sequence;
    sipcheck_sequence_counts all = { .tracked = true };
    for (const sc_group *g = s->groups; g < s->groups + SIPCHECK_GROUPS; g++) {
        const sc_track_counts counts = sc_tracker_counts(g->tracker);
        all.transactions += counts.transactions;
        all.dialogs += counts.dialogs;
        all.sessions += counts.sessions;
        all.registrations += counts.registrations;
        all.subscriptions += counts.subscriptions;
        all.hops += counts.hops;
        all.evicted += counts.evicted;
        all.refused += g->refused;
        all.memory += counts.memory;
        all.memory_most += counts.memory_most;
    }
    return all;
}

void sc_sequence_gap(sipcheck *engine, unsigned group, uint64_t ns)
{
    sc_group *g = &engine->sequence->groups[group];
    g->gap_ns = g->gap && g->gap_ns > ns ? g->gap_ns : ns;
    g->gap = true;
}
