/* SPDX-License-Identifier: MIT */
/* Who is blamed by a rule of a wider scope, for what, and what the finding shows. */
#include <string.h>

#include "engine/sequence.h"
#include "engine/states.h"
#include "text/slice.h"
#include "track/hash.h"
#include "track/stateless.h"

/* --- excuses: as in message scope, by the message that the finding is about */

bool sc_case_excuses(const sc_rule *rule, const sc_read *read)
{
    return read->authorship == SC_PASSED_ON && !(rule->pub.binds & SIPCHECK_ROLE_PROXY);
}

bool sc_case_author_unseen(const sc_rule *rule, const sc_read *read)
{
    return read->authorship == SC_AUTHOR_UNSEEN && !(rule->pub.binds & SIPCHECK_ROLE_PROXY);
}

/* --- where the observer stood */

static const sipcheck_address_port *wanted_beside(const sc_rule *rule, const sc_read *read)
{
    const sipcheck_packet *packet = read->packet;
    bool from_client = !read->message->is_response;
    switch ((enum sc_vantage)rule->vantage) {
    case SC_VANTAGE_CLIENT:
        return from_client ? &packet->src : &packet->dst;
    case SC_VANTAGE_SERVER:
        return from_client ? &packet->dst : &packet->src;
    case SC_VANTAGE_SENDER:
        return &packet->src;
    case SC_VANTAGE_ANY:
        break;
    }
    return NULL;
}

bool sc_case_in_sight(const sipcheck *engine, const sc_rule *rule, const sc_read *read)
{
    const sipcheck_address_port *wanted = wanted_beside(rule, read);
    return wanted == NULL || sc_end_is_beside(engine, wanted);
}

bool sc_case_sees_sender(const sipcheck *engine, const sc_rule *rule, const sc_read *read)
{
    return rule->vantage == SC_VANTAGE_ANY || sc_end_is_beside(engine, &read->packet->src);
}

/* --- the element that should have sent what is absent */

/* What the server of a request, the notifier or the answerer sends. */
static bool is_of_server(unsigned kind)
{
    static const uint32_t kinds = 1u << SC_EVENT_RESPONSE | 1u << SC_EVENT_PROVISIONAL |
                                  1u << SC_EVENT_FINAL | 1u << SC_EVENT_RESPONSE_AGAIN |
                                  1u << SC_EVENT_BOUND | 1u << SC_EVENT_NOTIFY |
                                  1u << SC_EVENT_TERMINATED | 1u << SC_EVENT_ANSWER;
    return kinds >> kind & 1;
}

/* Of a hop: what comes to the element. */
static bool comes_to_proxy(unsigned kind)
{
    return kind == SC_EVENT_RECEIVED || kind == SC_EVENT_OPEN_DECLINED ||
           kind == SC_EVENT_OPEN_CANCELLED;
}

bool sc_case_awaits_other(const sc_rule *rule)
{
    if (rule->expect.own) return false;
    unsigned kind = (unsigned)__builtin_ctz(rule->expect.events);
    if (rule->pub.scope == SIPCHECK_SCOPE_HOP)
        return comes_to_proxy(kind) != comes_to_proxy(rule->on);
    return is_of_server(kind) != is_of_server(rule->on);
}

/* --- messages that nobody has to take */

/* A datagram that ends before its body does. RFC 3261 §18.3 */
static bool is_short(const sipcheck_message *message)
{
    const sipcheck_number *length = (const sipcheck_number *)(const void *)sipcheck_first(
        message, SIPCHECK_HEADER_CONTENT_LENGTH);
    return length != NULL && length->number > message->body.n;
}

/* RFC 3261 §7.1, §21.5.6 */
static bool is_of_other_version(const sipcheck_message *message)
{
    return !sc_same_nocase(message->version, "SIP/2.0");
}

bool sc_may_be_dropped(const sipcheck_message *message)
{
    static const uint8_t wanted[] = { SIPCHECK_HEADER_VIA, SIPCHECK_HEADER_FROM, SIPCHECK_HEADER_TO,
                                      SIPCHECK_HEADER_CALL_ID, SIPCHECK_HEADER_CSEQ };
    for (size_t i = 0; i < sizeof wanted; i++)
        if (message->line_count[wanted[i]] == 0) return true;
    return !message->valid || !message->headers_whole || is_short(message) ||
           is_of_other_version(message);
}

/* --- proxies without transactions */

/* What binds clients or servers binds a proxy as that, by its transactions. */
static bool is_of_transactions(const sc_rule *rule)
{
    return rule->pub.scope == SIPCHECK_SCOPE_TRANSACTION && rule->pub.binds & SIPCHECK_ROLE_PROXY &&
           rule->pub.binds & (SIPCHECK_ROLE_UAC | SIPCHECK_ROLE_UAS);
}

bool sc_case_may_be_stateless(const sipcheck *engine, const sc_rule *rule, const sc_event *event)
{
    const sc_transaction *t = (const sc_transaction *)(const void *)event->object;
    return is_of_transactions(rule) &&
           sc_may_be_passed_on(engine->sequence->group->tracker, t, event->kind);
}

bool sc_case_stateless_awaited(const sipcheck *engine, const sc_rule *rule, const sc_event *event)
{
    const sc_transaction *t = (const sc_transaction *)(const void *)event->object;
    if (!is_of_transactions(rule)) return false;
    if (is_of_server((unsigned)__builtin_ctz(rule->expect.events)))
        return sc_server_may_be_stateless(t);
    return sc_client_may_be_stateless(engine->sequence->group->tracker, t);
}

/* --- what the finding shows */

static void relate(sc_subject *subject, uint64_t frame)
{
    size_t at = subject->related_count;
    if (frame == 0 || frame == subject->packet->frame || at == SC_RELATED_MAX) return;
    for (size_t i = 0; i < at; i++)
        if (subject->related[i] == frame) return;
    for (; at > 0 && subject->related[at - 1] > frame; at--)
        subject->related[at] = subject->related[at - 1];
    subject->related[at] = frame;
    subject->related_count++;
}

/* What the rule's expressions read. */
static uint64_t slots_of(const sc_rule *rule)
{
    return sc_program_slots(rule->applies) | sc_program_slots(rule->assertion) |
           sc_program_slots(rule->mark) | sc_program_slots(rule->expect.where) |
           sc_template_slots(rule->message) | sc_template_slots(rule->fix);
}

/* Of an absence what was seen since; else the other messages that the rule looks at, and of what
 * must not come the one on which it must not. */
static void relate_all(sipcheck *engine, const sc_case *c, sc_subject *subject)
{
    for (unsigned i = 0; c->wait != NULL && i < c->wait->since_count; i++)
        relate(subject, c->wait->since[i]);
    const sc_event *event = c->bound.event;
    for (unsigned name = 0; c->wait == NULL && name < SC_NAME_COUNT; name++) {
        bool of_others = name == SC_NAME_CHALLENGE || name == SC_NAME_EARLIER;
        bool looked_at = (c->bound.next != NULL && !of_others) || slots_of(c->rule) >> name & 1;
        if (event->presence[name] != SC_THERE || !looked_at) continue;
        const sc_kept *kept = event->bound[name];
        const sc_read *fed = kept == NULL ? sc_read_kept(engine, NULL, false) : NULL;
        if (kept != NULL) relate(subject, kept->packet.frame);
        if (fed != NULL) relate(subject, fed->packet->frame);
    }
}

static sc_subject subject_of(sipcheck *engine, const sc_case *c, const sc_judgement *judgement,
                             const sc_context *context)
{
    const sc_read *about = c->about;
    const sc_expectation *expect = &c->rule->expect;
    bool other = expect->events != 0 && !expect->no && sc_case_awaits_other(c->rule);
    sc_subject subject = {
        .packet = about->packet,
        .message = about->message,
        .body = about->observed.body,
        .context = context,
        .culprit = other ? &about->packet->dst : &about->packet->src,
        .role = other ? 0
                      : sc_role_told(engine, &about->packet->src, about->message,
                                     about->authorship == SC_PASSED_ON),
    };
    if (judgement->missing == SC_MISSING_VANTAGE) subject.beside = wanted_beside(c->rule, about);
    relate_all(engine, c, &subject);
    return subject;
}

static void emit(sipcheck *engine, const sc_case *c, const sc_pending *pending)
{
    const sc_context context = sc_slots_fill(engine, &c->bound, UINT64_MAX, true);
    const sc_subject subject = subject_of(engine, c, &pending->judgement, &context);
    sc_engine_emit_one(engine, pending, &subject);
}

static sc_case case_of(sipcheck *engine, const sc_pending *pending)
{
    const sc_rule *rule = engine->rules->by_id[pending->rule];
    sc_reads_trim(engine->sequence);
    return (sc_case){
        .index = pending->rule,
        .rule = rule,
        .bound = { pending->event, pending->next, rule->machine },
        .about = sc_read_of(engine, pending->next != NULL ? pending->next : pending->event),
    };
}

void sc_sequence_emit(sipcheck *engine, const sc_pending *pending)
{
    const sc_case c = case_of(engine, pending);
    if (c.about != NULL) emit(engine, &c, pending);
}

uint64_t sc_sequence_words(sipcheck *engine, const sc_pending *pending)
{
    const sc_case c = case_of(engine, pending);
    if (c.about == NULL) return 1;
    const sc_context context = sc_slots_fill(engine, &c.bound, UINT64_MAX, true);
    const char *text = sc_judgement_text(c.rule, &pending->judgement, &context, engine->scratch,
                                         engine->text, sizeof engine->text);
    uint64_t words = sc_mix_text(SC_HASH_SEED, sc_slice_of(text));
    const char *fix =
        sc_template_text(c.rule->fix, &context, engine->scratch, engine->fix, sizeof engine->fix);
    words = sc_mix_text(words, sc_slice_of(fix));
    words = sc_mix_word(sc_mix_word(words, c.about->packet->frame), c.about->packet->ns);
    return words != 0 ? words : 1;
}

void sc_case_keep(sipcheck *engine, const sc_case *c, const sc_judgement *judgement, bool sorted)
{
    const sc_pending pending = { .rule = (uint16_t)c->index,
                                 .judgement = *judgement,
                                 .event = c->bound.event,
                                 .next = c->bound.next };
    if (sorted)
        sc_engine_keep(engine, &pending);
    else
        emit(engine, c, &pending);
}
