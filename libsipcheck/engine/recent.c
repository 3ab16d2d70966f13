/* SPDX-License-Identifier: MIT */
/* The last messages that were fed stay as they were parsed: most of those that a rule wants to see
 * again are among them. */
#include <string.h>

#include "engine/sequence.h"
#include "text/arena.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#endif

/* What is behind the message must not be read. */
#ifdef SANITIZED
#include <sanitizer/asan_interface.h>
static void guard(sc_recent *recent)
{
    ASAN_UNPOISON_MEMORY_REGION(recent->bytes, sizeof recent->bytes);
    ASAN_POISON_MEMORY_REGION(recent->bytes + recent->packet.length,
                              sizeof recent->bytes - recent->packet.length);
}
#else
static void guard(sc_recent *recent)
{
    (void)recent;
}
#endif

static size_t size_of_answers(const sipcheck *engine)
{
    return engine->rules->message_answer_count * sizeof(sc_answer);
}

static void release(const sipcheck *engine, sc_recent *recent)
{
    sipcheck_arena_free(recent->arena);
    if (recent->answers != NULL) engine->allocator.release(engine->allocator.user, recent->answers);
    engine->allocator.release(engine->allocator.user, recent);
}

/* NULL: no memory. An arena that could not even begin would be of no use. */
static sc_recent *make(const sipcheck *engine)
{
    sc_recent *recent = engine->allocator.alloc(engine->allocator.user, sizeof *recent);
    if (recent == NULL) return NULL;
    recent->arena = sipcheck_arena_new(&engine->allocator);
    *recent = (sc_recent){ .arena = recent->arena };
    recent->answers = engine->allocator.alloc(engine->allocator.user, size_of_answers(engine));
    if (recent->answers != NULL && recent->arena != NULL && sc_arena_grow(recent->arena, 1) != NULL)
        return recent;
    release(engine, recent);
    return NULL;
}

bool sc_recents_open(sipcheck *engine)
{
    sc_recent **recents = engine->sequence->recents;
    for (size_t i = 0; i < SC_RECENTS; i++)
        if ((recents[i] = make(engine)) == NULL) return false;
    return true;
}

sc_recent *sc_recent_next(const sipcheck *engine, const sipcheck_packet *packet)
{
    sc_sequence *s = engine->sequence;
    sc_recent **place = &s->recents[s->recent_next % SC_RECENTS];
    if (packet->length > SC_RECENT_LENGTH) return NULL;
    sc_recent *recent = *place;
    recent->packet = *packet;
    guard(recent);
    if (packet->length > 0) memcpy(recent->bytes, packet->bytes, packet->length);
    recent->packet.bytes = recent->bytes;
    recent->serial = 0;
    recent->body = NULL;
    memset(recent->answers, 0, size_of_answers(engine));
    sipcheck_arena_reset(recent->arena);
    return recent;
}

sc_recent *sc_recent_note(sc_sequence *s, const sc_subject *fed)
{
    sc_recent *recent = s->recents[s->recent_next % SC_RECENTS];
    if (fed->packet != &recent->packet) return NULL;
    recent->serial = s->events.serial;
    recent->group = s->group;
    recent->message = fed->message;
    recent->body = fed->body;
    s->recent_next++;
    return recent;
}

const sc_recent *sc_recent_find(const sc_sequence *s, uint64_t serial)
{
    for (size_t i = 0; i < SC_RECENTS; i++)
        if (s->recents[i]->serial == serial && s->recents[i]->group == s->group)
            return s->recents[i];
    return NULL;
}

void sc_recents_free(sipcheck *engine)
{
    for (size_t i = 0; i < SC_RECENTS; i++) {
        sc_recent *recent = engine->sequence->recents[i];
        if (recent == NULL) continue;
        recent->packet.length = sizeof recent->bytes;
        guard(recent);
        release(engine, recent);
    }
}
