/* SPDX-License-Identifier: MIT */
/* The messages that rules of wider scopes look at. A kept one that is not among the recent
 * ones is parsed again, once a packet, whatever the number of rules. */
#include <string.h>

#include "engine/sequence.h"
#include "text/slice.h"

static sc_read *add(sc_sequence *s)
{
    if (s->read_count == SC_READS_MAX) return NULL;
    sc_read *read = &s->reads[s->read_count];
    memset(read, 0, sizeof *read);
    return read;
}

static void observe(const sipcheck *engine, sc_read *read, bool copied)
{
    const sipcheck_packet *packet = read->packet;
    read->authorship = sc_authorship_of(engine, &packet->src, read->message, copied);
    read->source.address = packet->src;
    read->destination.address = packet->dst;
    read->observed.message = read->message;
    read->observed.packet = packet;
    read->observed.source = &read->source;
    read->observed.destination = &read->destination;
    read->observed.transport = sc_transport_of(packet);
    read->observed.group = sc_group_of(packet, read->group);
    read->observed.digest = engine->options.digest;
}

sc_read *sc_read_fed(sipcheck *engine, const sc_subject *fed, sc_answer *answers)
{
    sc_sequence *s = engine->sequence;
    sc_read *read = add(s);
    if (read == NULL) return NULL;
    read->packet = fed->packet;
    read->message = fed->message;
    read->body_read = true;
    read->answers = answers;
    read->observed.body = fed->body;
    observe(engine, read, engine->copied);
    s->read_count++;
    return read;
}

static sc_read *find(sc_sequence *s, const sc_kept *kept)
{
    for (size_t i = 0; i < s->read_count; i++)
        if (s->reads[i].kept == kept && s->reads[i].message != NULL) return &s->reads[i];
    return NULL;
}

static bool parse(sc_sequence *s, sc_read *read)
{
    const sipcheck_packet *packet = &read->kept->packet;
    read->packet = packet;
    return sipcheck_parse(s->arena, packet->bytes, packet->length, packet->flags, &read->message) ==
           SIPCHECK_OK;
}

/* As it was parsed when it was fed, or again. */
static sc_read *recall(const sipcheck *engine, const sc_kept *kept)
{
    sc_sequence *s = engine->sequence;
    sc_read *read = kept != NULL ? add(s) : NULL;
    if (read == NULL) return NULL;
    const sc_recent *recent = sc_recent_find(s, kept->serial);
    read->kept = kept;
    if (recent != NULL) {
        read->packet = &recent->packet;
        read->message = recent->message;
        read->answers = recent->answers;
        read->observed.body = recent->body;
        read->body_read = engine->reads_body;
    } else if (!parse(s, read)) {
        return NULL;
    }
    observe(engine, read, kept->passed_on);
    s->read_count++;
    return read;
}

/* As of the message that is fed: a body without Content-Type is not looked at. */
static bool parse_body(sc_sequence *s, sc_read *read)
{
    read->body_read =
        read->message->line_count[SIPCHECK_HEADER_CONTENT_TYPE] == 0 ||
        sipcheck_body_parse(s->arena, read->message, &read->observed.body) == SIPCHECK_OK;
    return read->body_read;
}

sc_read *sc_read_kept(sipcheck *engine, const sc_kept *kept, bool body)
{
    sc_sequence *s = engine->sequence;
    sc_read *read = find(s, kept);
    if (read == NULL) read = recall(engine, kept);
    if (read != NULL && body && !read->body_read && !parse_body(s, read)) return NULL;
    return read;
}

static const sc_kept *later(const sc_kept *a, const sc_kept *b)
{
    return a == NULL || b->packet.ns > a->packet.ns ||
                   (b->packet.ns == a->packet.ns && b->packet.frame > a->packet.frame)
               ? b
               : a;
}

sc_read *sc_read_of(sipcheck *engine, const sc_event *event)
{
    const sc_kept *last = NULL;
    for (unsigned name = 0; name < SC_NAME_COUNT; name++) {
        if (event->presence[name] != SC_THERE) continue;
        if (event->bound[name] == NULL) return sc_read_kept(engine, NULL, false);
        last = later(last, event->bound[name]);
    }
    sc_read *read = last != NULL ? sc_read_kept(engine, last, false) : NULL;
    engine->lost = engine->lost || (last != NULL && read == NULL);
    return read;
}

void sc_reads_reset(sc_sequence *sequence)
{
    if (sequence->read_count > 0) sipcheck_arena_reset(sequence->arena);
    sequence->read_count = 0;
    sc_slots_reset(sequence);
}

void sc_reads_trim(sc_sequence *sequence)
{
    if (sequence->read_count <= SC_READS_MAX / 2) return;
    const sc_read *first = &sequence->reads[0];
    sequence->read_count = first->kept == NULL && first->message != NULL ? 1 : 0;
    sipcheck_arena_reset(sequence->arena);
    sc_slots_reset(sequence);
}

/* Another message may come to lie where it was. */
void sc_reads_forget(sc_sequence *sequence, const sc_kept *kept)
{
    sc_read *read = kept != NULL ? find(sequence, kept) : NULL;
    if (read == NULL) return;
    read->message = NULL;
    read->kept = NULL;
    sc_slots_reset(sequence);
}
