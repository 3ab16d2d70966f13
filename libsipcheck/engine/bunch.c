/* SPDX-License-Identifier: MIT */
/* The rules that are judged at an event, in bunches of 64 at most, a bit each: what was sent as its
 * request and its response, and what was not sent, leaves those that can apply. */
#include <string.h>

#include "engine/sequence.h"

/* --- which rules */

bool sc_sequence_judges(const sipcheck *engine, const sc_rule *rule)
{
    bool on = engine->only != NULL ? rule == engine->only : rule->pub.enabled;
    return on && rule->pub.scope != SIPCHECK_SCOPE_MESSAGE &&
           (rule->assertion != NULL || rule->expect.events != 0);
}

static sc_sequence_rule entry_of(const sc_rule *rule, size_t index)
{
    const sc_expectation *expect = &rule->expect;
    return (sc_sequence_rule){
        .rule = (uint16_t)index,
        .applies_body = sc_program_reads_body(rule->applies),
        .applies_slots = sc_program_slots(rule->applies),
        .reads_body = sc_program_reads_body(rule->applies) ||
                      sc_program_reads_body(rule->assertion) || sc_program_reads_body(rule->mark) ||
                      sc_program_reads_body(expect->within),
        .slots = sc_program_slots(rule->applies) | sc_program_slots(rule->assertion) |
                 sc_program_slots(rule->mark) | sc_program_slots(expect->within),
        .machine = rule->machine,
        .alike = sc_alike_of(rule->assertion),
    };
}

/* --- what leaves a rule */

enum { REQUEST, RESPONSE, KINDS };

static const sc_preconditions *needs_of(const sc_rule *rule, unsigned kind)
{
    return kind == REQUEST ? &rule->needs : &rule->response_needs;
}

/* The rule needs a line of that header, in the message of that kind. */
static void add_demand(sc_sequence *s, sc_bunch *bunch, unsigned kind, uint16_t header,
                       uint64_t bit)
{
    sc_demand *demand = &s->demands[bunch->demands[kind]];
    const sc_demand *end = &s->demands[bunch->demands[kind + 1]];
    while (demand < end && demand->header != header)
        demand++;
    if (demand == end) {
        *demand = (sc_demand){ .header = header };
        bunch->demands[kind + 1]++;
    }
    demand->rules |= bit;
}

static void add_needs(sc_sequence *s, sc_bunch *bunch, unsigned kind, const sc_preconditions *needs,
                      uint64_t bit)
{
    bool fits = needs->kinds & (kind == REQUEST ? SC_REQUEST : SC_RESPONSE);
    uint32_t methods = kind == REQUEST ? needs->methods : needs->response_methods;
    for (unsigned m = 0; m < SC_BUCKET_METHODS; m++)
        if (fits && methods >> m & 1) bunch->by_method[kind][m] |= bit;
    for (unsigned i = 0; i < needs->header_count; i++)
        add_demand(s, bunch, kind, needs->headers[i], bit);
}

static void add_names(sc_bunch *bunch, uint32_t names, uint64_t bit)
{
    bunch->names |= names;
    for (; names != 0; names &= names - 1)
        bunch->by_name[__builtin_ctz(names)] |= bit;
}

static void add_blame(sc_bunch *bunch, const sc_rule *rule, uint64_t bit)
{
    bool awaiting = rule->expect.events != 0 && sc_case_awaits_other(rule);
    if (!(rule->pub.binds & SIPCHECK_ROLE_PROXY)) bunch->no_proxy |= bit;
    if (awaiting) bunch->awaiting |= bit;
}

/* Some rule could be left out by what a message of that kind is. */
static bool is_narrow(const sc_bunch *bunch, unsigned kind)
{
    uint64_t left = UINT64_MAX;
    for (unsigned m = 0; m < SC_BUCKET_METHODS; m++)
        left &= bunch->by_method[kind][m];
    for (unsigned code = 0; kind == RESPONSE && code < SC_PRE_STATUS_MAX; code++)
        left &= bunch->by_status[code];
    return left != sc_bunch_all(bunch) || bunch->demands[kind] < bunch->demands[kind + 1];
}

static const sc_preconditions *needs_in(const sipcheck *engine, const sc_bunch *bunch, unsigned i,
                                        unsigned kind, const sc_preconditions *none)
{
    uint16_t rule = engine->sequence->rules[bunch->first + i].rule;
    return engine->rules->by_id[rule]->applies != NULL ? needs_of(engine->rules->by_id[rule], kind)
                                                       : none;
}

/* Most rules can apply to responses of any status: these are put in together. */
static void fill_statuses(const sipcheck *engine, sc_bunch *bunch, const sc_preconditions *none)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < bunch->count; i++) {
        const uint8_t *statuses = needs_in(engine, bunch, i, RESPONSE, none)->statuses;
        bool all = memcmp(statuses, none->statuses, sizeof none->statuses) == 0;
        any |= (uint64_t)all << i;
        for (unsigned code = 0; !all && code < SC_PRE_STATUS_MAX; code++)
            bunch->by_status[code] |= (uint64_t)(statuses[code / 8] >> code % 8 & 1) << i;
    }
    for (unsigned code = 0; code < SC_PRE_STATUS_MAX; code++)
        bunch->by_status[code] |= any;
}

/* A kind of messages after the other, as the demands of each lie in a row. */
static void fill_bunch(const sipcheck *engine, sc_bunch *bunch)
{
    sc_sequence *s = engine->sequence;
    const sc_preconditions none = sc_no_preconditions();
    bunch->demands[REQUEST] = bunch > s->bunches ? bunch[-1].demands[KINDS] : 0;
    for (unsigned i = 0; i < bunch->count; i++)
        add_blame(bunch, engine->rules->by_id[s->rules[bunch->first + i].rule], UINT64_C(1) << i);
    fill_statuses(engine, bunch, &none);
    for (unsigned kind = 0; kind < KINDS; kind++) {
        bunch->demands[kind + 1] = bunch->demands[kind];
        for (unsigned i = 0; i < bunch->count; i++) {
            const sc_preconditions *needs = needs_in(engine, bunch, i, kind, &none);
            add_needs(s, bunch, kind, needs, UINT64_C(1) << i);
            add_names(bunch, needs->names, UINT64_C(1) << i);
        }
        bunch->narrow |= (uint8_t)(is_narrow(bunch, kind) << kind);
    }
}

/* --- birth */

/* Their number; where there is room for them they are made, each with its rules. */
static size_t cut_lists(sc_sequence *s, const uint16_t start[SC_LISTS + 1], sc_bunch *bunches)
{
    size_t n = 0;
    for (unsigned l = 0; l < SC_LISTS; l++) {
        s->lists[l] = (uint16_t)n;
        for (unsigned first = start[l]; first < start[l + 1]; first += SC_BUNCH_RULES, n++) {
            unsigned left = start[l + 1] - first;
            if (bunches == NULL) continue;
            bunches[n].first = (uint16_t)first;
            bunches[n].count = (uint8_t)(left < SC_BUNCH_RULES ? left : SC_BUNCH_RULES);
        }
    }
    s->lists[SC_LISTS] = (uint16_t)n;
    return n;
}

/* start[l + 1] counts list l's rules, then each list's end is known, and its entries go in. */
static void fill_lists(sc_sequence *s, const sipcheck *engine, uint16_t start[SC_LISTS + 1])
{
    const sipcheck_rules *rules = engine->rules;
    uint16_t at[SC_LISTS];
    for (size_t i = 0; i < rules->count; i++)
        if (sc_sequence_judges(engine, rules->by_id[i]))
            start[sc_list_of(rules->by_id[i]->pub.scope, rules->by_id[i]->on) + 1]++;
    for (unsigned l = 0; l < SC_LISTS; l++) {
        start[l + 1] = (uint16_t)(start[l + 1] + start[l]);
        at[l] = start[l];
    }
    for (size_t i = 0; i < rules->count; i++) {
        const sc_rule *rule = rules->by_id[i];
        if (sc_sequence_judges(engine, rule))
            s->rules[at[sc_list_of(rule->pub.scope, rule->on)]++] = entry_of(rule, i);
    }
}

bool sc_bunches_open(sipcheck *engine, size_t count)
{
    sc_sequence *s = engine->sequence;
    const sipcheck_allocator *a = &engine->allocator;
    uint16_t start[SC_LISTS + 1] = { 0 };
    s->rules = a->alloc(a->user, count * sizeof *s->rules);
    s->demands = a->alloc(a->user, count * KINDS * SC_PRE_HEADERS_MAX * sizeof *s->demands);
    if (s->rules == NULL || s->demands == NULL) return false;
    fill_lists(s, engine, start);
    size_t bunches = cut_lists(s, start, NULL);
    s->bunches = a->alloc(a->user, bunches * sizeof *s->bunches);
    if (s->bunches == NULL) return false;
    memset(s->bunches, 0, bunches * sizeof *s->bunches);
    (void)cut_lists(s, start, s->bunches);
    for (size_t i = 0; i < bunches; i++)
        fill_bunch(engine, &s->bunches[i]);
    return true;
}

void sc_bunches_free(const sipcheck *engine)
{
    const sc_sequence *s = engine->sequence;
    const sipcheck_allocator *a = &engine->allocator;
    if (s->rules != NULL) a->release(a->user, s->rules);
    if (s->demands != NULL) a->release(a->user, s->demands);
    if (s->bunches != NULL) a->release(a->user, s->bunches);
}

uint64_t sc_bunches_events(const sipcheck *engine, size_t rule)
{
    const sc_sequence *s = engine->sequence;
    if (s == NULL) return 0;
    for (size_t b = 0; b < s->lists[SC_LISTS]; b++)
        for (unsigned i = 0; i < s->bunches[b].count; i++)
            if (s->rules[s->bunches[b].first + i].rule == rule) return s->bunches[b].events;
    return 0;
}

/* --- at an event */

/* Whole as far as this asks; of others each rule is asked by itself. */
static bool is_plain(const sipcheck_message *message)
{
    bool whole = !message->cut || message->headers_whole;
    bool numbered = message->status_text.p != NULL && message->status < SC_PRE_STATUS_MAX;
    return whole && (message->is_request || numbered);
}

static uint64_t left_one_by_one(const sipcheck *engine, const sc_bunch *bunch, unsigned kind,
                                const sipcheck_message *message)
{
    uint64_t left = sc_bunch_all(bunch);
    for (unsigned i = 0; i < bunch->count; i++) {
        const sc_sequence_rule *entry = &engine->sequence->rules[bunch->first + i];
        const sc_rule *rule = engine->rules->by_id[entry->rule];
        bool fits = rule->applies == NULL || sc_preconditions_match(needs_of(rule, kind), message);
        if (!fits) left &= ~(UINT64_C(1) << i);
    }
    return left;
}

static uint64_t left_by_message(const sipcheck *engine, const sc_bunch *bunch, unsigned kind,
                                const sipcheck_message *message)
{
    if (!is_plain(message)) return left_one_by_one(engine, bunch, kind, message);
    uint64_t left = bunch->by_method[kind][message->method_id];
    if (kind == RESPONSE) left &= bunch->by_status[message->status];
    const sc_demand *end = &engine->sequence->demands[bunch->demands[kind + 1]];
    for (const sc_demand *d = &engine->sequence->demands[bunch->demands[kind]]; d < end; d++)
        if (message->line_count[d->header] == 0) left &= ~d->rules;
    return left;
}

/* NULL: not seen, or not what its name says. */
static const sipcheck_message *message_of(sipcheck *engine, const sc_event *event, unsigned kind)
{
    unsigned name = kind == REQUEST ? SC_NAME_REQUEST : SC_NAME_RESPONSE;
    if (event->presence[name] != SC_THERE) return NULL;
    const sc_read *read = sc_read_kept(engine, event->bound[name], false);
    bool fits =
        read != NULL && (kind == REQUEST ? read->message->is_request : read->message->is_response);
    return fits ? read->message : NULL;
}

/* Rules that bind no proxy, where one passed the message on. What is to be sent by another than its
 * sender is not excused by who that was; but where the receiver is a proxy by the Vias of a
 * response, it is a rule for it or none. */
static uint64_t excused(const sc_bunch *bunch, const sc_read *about)
{
    const sipcheck_message *message = about->message;
    uint64_t out = 0;
    if (about->authorship == SC_PASSED_ON) out |= bunch->no_proxy & ~bunch->awaiting;
    if (message->is_response && sipcheck_count(message, SIPCHECK_HEADER_VIA) > 1)
        out |= bunch->no_proxy & bunch->awaiting;
    return out;
}

uint64_t sc_bunch_left(sipcheck *engine, const sc_bunch *bunch, const sc_event *event,
                       const sc_read *about)
{
    uint64_t left = sc_bunch_all(bunch) & ~excused(bunch, about);
    for (unsigned kind = 0; kind < KINDS; kind++) {
        const sipcheck_message *message = NULL;
        if (bunch->narrow >> kind & 1) message = message_of(engine, event, kind);
        if (message != NULL) left &= left_by_message(engine, bunch, kind, message);
    }
    for (uint32_t names = bunch->names; names != 0; names &= names - 1) {
        unsigned name = (unsigned)__builtin_ctz(names);
        if (sc_name_is_absent(engine, event, name)) left &= ~bunch->by_name[name];
    }
    return left;
}
