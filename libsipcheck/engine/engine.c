/* SPDX-License-Identifier: MIT */
/* feed → parse → verdicts → findings. What is needed for a message is allocated once, here. */
#include <arpa/inet.h>
#include <string.h>

#include "engine/sequence.h"
#include "text/slice.h"
#include "track/track.h"

/* --- birth and death */

static void *room(const sipcheck *engine, size_t size)
{
    return engine->allocator.alloc(engine->allocator.user, size + 1);
}

static void *zeroed(const sipcheck *engine, size_t size)
{
    void *block = room(engine, size);
    return block != NULL ? memset(block, 0, size + 1) : NULL;
}

static void release(const sipcheck *engine, void *block)
{
    if (block != NULL) engine->allocator.release(engine->allocator.user, block);
}

/* A message has at most one verdict of each rule, and a finding for each fault, its body as well.
 */
static bool allocate(sipcheck *engine)
{
    size_t rules = engine->rules->count;
    engine->pending_max = rules + (size_t)2 * SIPCHECK_FAULT_MAX;
    engine->arena = sipcheck_arena_new(&engine->allocator);
    engine->scratch = zeroed(engine, sizeof *engine->scratch);
    engine->answers = zeroed(engine, engine->rules->answer_count * sizeof *engine->answers);
    engine->counts = zeroed(engine, rules * sizeof *engine->counts);
    engine->faulty = zeroed(engine, rules * sizeof *engine->faulty);
    engine->pending = zeroed(engine, engine->pending_max * sizeof *engine->pending);
    engine->plans = zeroed(engine, SC_PLANS_MAX * sizeof *engine->plans);
    engine->plan_items = room(engine, rules * sizeof *engine->plan_items);
    engine->plan_passes = room(engine, rules * sizeof *engine->plan_passes);
    engine->plan_patterns =
        room(engine, (size_t)2 * SC_PLAN_PATTERNS_MAX * sizeof *engine->plan_patterns);
    engine->plan_samples = room(engine, SC_PLAN_SAMPLES * sizeof *engine->plan_samples);
    engine->forwards = zeroed(engine, SIPCHECK_GROUPS * sizeof *engine->forwards);
    if (!engine->options.messages_only) engine->router = sipcheck_router_new(&engine->allocator);
    engine->waiver_used = zeroed(engine, sc_waiver_count(engine->rules) * sizeof(bool));
    return engine->arena != NULL && engine->scratch != NULL && engine->answers != NULL &&
           engine->counts != NULL && engine->faulty != NULL && engine->pending != NULL &&
           engine->waiver_used != NULL && engine->forwards != NULL &&
           (engine->router != NULL || engine->options.messages_only) && engine->plans != NULL &&
           engine->plan_items != NULL && engine->plan_passes != NULL &&
           engine->plan_patterns != NULL && engine->plan_samples != NULL;
}

sipcheck *sc_engine_new(const sipcheck_rules *rules, const sipcheck_options *options,
                        const sc_rule *only)
{
    const sipcheck_options none = { 0 };
    const sipcheck_options *chosen = options != NULL ? options : &none;
    sipcheck_allocator allocator =
        chosen->allocator != NULL ? *chosen->allocator : sc_default_allocator();
    sipcheck *engine = rules->sealed ? allocator.alloc(allocator.user, sizeof *engine) : NULL;
    if (engine == NULL) return NULL;
    *engine =
        (sipcheck){ .allocator = allocator, .rules = rules, .options = *chosen, .only = only };
    engine->options.allocator = NULL; /* may not outlive this call */
    engine->reads_body =
        rules->reads_body || (chosen->filter != NULL && sc_filter_reads_body(chosen->filter));
    engine->due = UINT64_MAX;
    engine->verdicts = chosen->verdicts != 0 ? chosen->verdicts : 1u << SIPCHECK_FAIL;
    if (chosen->on_finding == NULL) engine->verdicts = 0;
    engine->waives = sc_waiver_count(rules) > 0;
    if (!allocate(engine) || !sc_sequence_open(engine)) {
        sipcheck_free(engine);
        return NULL;
    }
    return engine;
}

sipcheck *sipcheck_new(const sipcheck_rules *rules, const sipcheck_options *options)
{
    return sc_engine_new(rules, options, NULL);
}

void sipcheck_free(sipcheck *engine)
{
    if (engine == NULL) return;
    sc_sequence_close(engine);
    if (engine->plans != NULL) sc_engine_drop_plans(engine);
    release(engine, engine->plans);
    release(engine, engine->plan_items);
    release(engine, engine->plan_passes);
    release(engine, engine->plan_patterns);
    release(engine, engine->plan_samples);
    release(engine, engine->waiver_used);
    release(engine, engine->forwards);
    sipcheck_router_free(engine->router);
    release(engine, engine->pending);
    release(engine, engine->faulty);
    release(engine, engine->counts);
    release(engine, engine->answers);
    release(engine, engine->scratch);
    sipcheck_arena_free(engine->arena);
    release(engine, engine);
}

/* --- a message */

/* Message rules fit in; what a message means to sequences has no bound that is worth its memory. */
static bool grow_pending(sipcheck *engine)
{
    size_t max = engine->pending_max * 2;
    sc_pending *grown = zeroed(engine, max * sizeof *grown);
    if (grown == NULL) return false;
    memcpy(grown, engine->pending, engine->pending_count * sizeof *grown);
    release(engine, engine->pending);
    engine->pending = grown;
    engine->pending_max = max;
    return true;
}

void sc_engine_keep(sipcheck *engine, const sc_pending *pending)
{
    if (engine->pending_count == engine->pending_max && !grow_pending(engine))
        engine->lost = true;
    else
        engine->pending[engine->pending_count++] = *pending;
}

void sc_engine_give(sipcheck *engine, size_t rule, const sc_judgement *judgement,
                    const sipcheck_fault *fault)
{
    enum sipcheck_verdict verdict = judgement->verdict;
    if (!engine->rules->by_id[rule]->pub.enabled) return;
    if (verdict != SIPCHECK_NA) {
        bool again = fault != NULL && engine->faulty[rule] == engine->messages;
        engine->counts[rule].verdict[verdict]++;
        engine->counts[rule].verdict[SIPCHECK_NA] += !again;
    }
    if (sc_engine_wants(engine, verdict)) {
        const sc_pending pending = { .rule = (uint16_t)rule,
                                     .judgement = *judgement,
                                     .fault = fault };
        sc_engine_keep(engine, &pending);
    }
}

sipcheck_slice sc_transport_of(const sipcheck_packet *packet)
{
    if (packet->transport == SIPCHECK_TRANSPORT_UNKNOWN) return (sipcheck_slice){ 0 };
    const char *name = sipcheck_transport_name(packet->transport);
    return (sipcheck_slice){ (const uint8_t *)name, strlen(name) };
}

sipcheck_slice sc_group_of(const sipcheck_packet *packet, char buf[SC_GROUP_TEXT])
{
    bool group = packet->dst.family == 4 && (packet->dst.bytes[0] & 0xf0) == 0xe0;
    return group && inet_ntop(AF_INET, packet->dst.bytes, buf, SC_GROUP_TEXT) != NULL
               ? sc_slice_of(buf)
               : (sipcheck_slice){ 0 };
}

static void judge_message(sipcheck *engine, const sc_subject *subject)
{
    engine->judged++;
    memset(engine->answers, 0, engine->rules->answer_count * sizeof *engine->answers);
    sc_note_headers(subject->message, &engine->sent, &engine->more);
    sc_judge_syntax(engine, subject->message);
    if (subject->body != NULL) sc_judge_body_syntax(engine, subject->message, subject->body);
    sc_judge_rules(engine, subject);
}

static int judge(sipcheck *engine, const sipcheck_packet *packet, const sipcheck_message *message,
                 const sipcheck_body *body)
{
    char group[SC_GROUP_TEXT];
    const sc_observed observed = { .message = message,
                                   .transport = sc_transport_of(packet),
                                   .group = sc_group_of(packet, group),
                                   .body = body,
                                   .packet = packet,
                                   .digest = engine->options.digest };
    const sc_value slot = sc_value_observed(&observed);
    const sc_context context = { .slots = &slot, .slot_count = 1, .answers = engine->answers };
    const sc_subject subject = { .packet = packet,
                                 .message = message,
                                 .body = body,
                                 .context = &context,
                                 .culprit = &packet->src };
    const sipcheck_filter *filter = engine->options.filter;
    int code = engine->sequence != NULL ? sc_sequence_hear(engine, &subject) : SIPCHECK_OK;
    if (engine->only == NULL &&
        (filter == NULL || sc_filter_match(filter, &observed, engine->scratch)))
        judge_message(engine, &subject);
    if (engine->sequence != NULL) sc_sequence_judge(engine);
    sc_engine_emit(engine, &subject);
    if (engine->lost) code = SIPCHECK_NOMEM;
    engine->unjudged += code != SIPCHECK_OK;
    return code;
}

/* Copies are looked for in the message's group; where there are none, anywhere. */
static bool is_copy(sipcheck *engine, const sipcheck_message *message)
{
    bool any = engine->router == NULL;
    return sc_forwards_note(&engine->forwards[any ? 0 : engine->group], any ? SIPCHECK_GROUPS : 1,
                            message);
}

static void note_author(sipcheck *engine, const sipcheck_packet *packet,
                        const sipcheck_message *message)
{
    engine->copied =
        is_copy(engine, message) || (message->is_response && sc_is_recorded(message, &packet->src));
    enum sc_authorship authorship = sc_authorship_of(engine, &packet->src, message, engine->copied);
    engine->passed_on = authorship == SC_PASSED_ON;
    engine->author_unseen = authorship == SC_AUTHOR_UNSEEN;
}

/* A body is what its Content-Type says: without one it is not looked at. */
static int parse(const sipcheck *engine, sipcheck_arena *arena, const sipcheck_packet *packet,
                 const sipcheck_message **message, const sipcheck_body **body)
{
    int code = sipcheck_parse(arena, packet->bytes, packet->length, packet->flags, message);
    bool typed = code == SIPCHECK_OK && (*message)->line_count[SIPCHECK_HEADER_CONTENT_TYPE] > 0;
    return typed && engine->reads_body ? sipcheck_body_parse(arena, *message, body) : code;
}

/* What is not there of a message, its group lacks; and all do where that is not known. */
static void note_loss(sipcheck *engine, uint64_t ns, unsigned group)
{
    for (unsigned g = 0; engine->sequence != NULL && g < SIPCHECK_GROUPS; g++)
        if (group == g || group >= SIPCHECK_GROUPS) sc_sequence_gap(engine, g, ns);
}

static void begin(sipcheck *engine, const sipcheck_packet *packet)
{
    sipcheck_arena_reset(engine->arena);
    engine->lost = false;
    if (engine->sequence != NULL) sc_sequence_advance(engine, packet->ns);
}

/* Where nothing goes beyond one message, there are no groups. */
static unsigned group_of(const sipcheck *engine, const sipcheck_packet *packet,
                         const sipcheck_message *message)
{
    return engine->router != NULL ? sc_route_parsed(engine->router, packet, message) : 0;
}

/* told: the group. NULL: it is looked for, which costs less once the message is parsed. */
static int feed(sipcheck *engine, const sipcheck_packet *fed, const unsigned *told)
{
    const sipcheck_message *message = NULL;
    const sipcheck_body *body = NULL;
    engine->messages++;
    begin(engine, fed);
    sc_recent *recent = engine->sequence != NULL ? sc_recent_next(engine, fed) : NULL;
    const sipcheck_packet *packet = recent != NULL ? &recent->packet : fed;
    int code =
        parse(engine, recent != NULL ? recent->arena : engine->arena, packet, &message, &body);
    unsigned group = told != NULL ? *told : group_of(engine, packet, message);
    engine->group = group < SIPCHECK_GROUPS ? group : 0;
    if (code != SIPCHECK_OK) {
        engine->unjudged++;
        note_loss(engine, packet->ns, group);
        return code;
    }
    engine->cut += message->cut;
    if (message->cut && !message->headers_whole) note_loss(engine, packet->ns, group);
    if (group >= SIPCHECK_GROUPS && engine->sequence != NULL && sc_track_is_lost(message))
        sc_sequence_lose(engine, 0);
    note_author(engine, packet, message);
    if (engine->options.on_message != NULL)
        engine->options.on_message(engine->options.user, packet, message);
    return judge(engine, packet, message, body);
}

int sipcheck_feed_group(sipcheck *engine, const sipcheck_packet *packet, unsigned group)
{
    return feed(engine, packet, &group);
}

int sipcheck_feed(sipcheck *engine, const sipcheck_packet *packet)
{
    return feed(engine, packet, NULL);
}

int sipcheck_overhear(sipcheck *engine, const sipcheck_packet *packet, unsigned group)
{
    const sipcheck_message *message;
    begin(engine, packet);
    if (group >= SIPCHECK_GROUPS && engine->sequence != NULL) {
        int code =
            sipcheck_parse(engine->arena, packet->bytes, packet->length, packet->flags, &message);
        if (code != SIPCHECK_OK || (message->cut && !message->headers_whole))
            note_loss(engine, packet->ns, group);
        if (code == SIPCHECK_OK && sc_track_is_lost(message))
            sc_sequence_lose(engine, SIPCHECK_GROUPS);
    }
    return engine->lost ? SIPCHECK_NOMEM : SIPCHECK_OK;
}

/* --- time */

uint64_t sipcheck_deadline(const sipcheck *engine)
{
    return engine->sequence != NULL ? sc_sequence_deadline(engine) : UINT64_MAX;
}

int sipcheck_advance(sipcheck *engine, uint64_t now_ns)
{
    engine->lost = false;
    if (engine->sequence != NULL) sc_sequence_advance(engine, now_ns);
    return engine->lost ? SIPCHECK_NOMEM : SIPCHECK_OK;
}

void sipcheck_gap(sipcheck *engine, uint64_t ns)
{
    note_loss(engine, ns, SIPCHECK_GROUPS);
}

void sipcheck_unreached(sipcheck *engine, const sipcheck_packet *undelivered)
{
    if (engine->sequence != NULL) sc_unreached_note(engine->sequence, undelivered);
}

void sipcheck_clock_set(sipcheck *engine, uint64_t ns)
{
    if (engine->sequence != NULL) sc_sequence_clock_set(engine, ns);
}

int sipcheck_finish(sipcheck *engine)
{
    if (engine->finished) return SIPCHECK_OK;
    engine->finished = true;
    engine->lost = false;
    if (engine->sequence != NULL) sc_sequence_finish(engine);
    engine->group = 0;
    if (!engine->options.part) sc_engine_notices(engine);
    return engine->lost ? SIPCHECK_NOMEM : SIPCHECK_OK;
}
