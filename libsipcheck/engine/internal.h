/* SPDX-License-Identifier: MIT */
/* What the files of engine/ share. */
#ifndef SC_ENGINE_INTERNAL_H
#define SC_ENGINE_INTERNAL_H

#include <sipcheck/engine.h>

#include "engine/plan.h"
#include "rules/set.h"
#include "track/forwarded.h"

/* --- the engine */

/* A verdict of the current message that waits to be sorted. */
typedef struct sc_pending {
    uint16_t rule;
    sc_judgement judgement;
    const sipcheck_fault *fault;
    const struct sc_event *event; /* NULL: of message scope */
    const struct sc_event *next;  /* what was not to follow on it; NULL: not so */
    uint64_t words;               /* hash of what the finding says; 0: nobody has asked */
} sc_pending;

/* Messages without faults, for whose passes nobody waits. Those that have a header are counted for
 * 64 headers at once: a plane is a binary digit of all counts, and when the planes are full they
 * are added to `with`. */
enum { SC_CLEAN_PLANES = 8, SC_HEADER_WORDS = (SIPCHECK_HEADER_COUNT + 63) / 64 };
typedef struct sc_clean {
    uint64_t requests, responses;
    uint64_t planes[SC_CLEAN_PLANES][SC_HEADER_WORDS];
    unsigned noted; /* messages in the planes */
    uint64_t with[SIPCHECK_HEADER_COUNT];
} sc_clean;

struct sipcheck {
    sipcheck_allocator allocator; /* complete */
    const sipcheck_rules *rules;
    sipcheck_options options;
    const sc_rule *only; /* the rule whose flows are tested; NULL: all are judged */
    unsigned verdicts;   /* bits that reach on_finding; 0 without one */
    bool waives;         /* findings are compared with waivers */
    sipcheck_arena *arena;
    sc_scratch *scratch;
    sc_marks sent, more;     /* headers of the current message, once or in several lines */
    sc_answer *answers;      /* of the current message */
    sc_forwards *forwards;   /* of each group */
    sipcheck_router *router; /* NULL: messages only */
    unsigned group;          /* of the message that is fed, or of what time decides */
    uint64_t due;            /* the moment of that; UINT64_MAX: it is a message */
    bool copied;             /* the current message was seen to be passed on, whatever was told */
    bool passed_on;          /* the current message: its sender is not its author */
    bool author_unseen;      /* likewise, and its author's copy was not captured */
    uint64_t messages, judged, cut, unjudged; /* `messages` as the number of the current one */
    sipcheck_counts *counts; /* a rule each; [SIPCHECK_NA]: messages that got any other verdict */
    sc_clean clean;
    uint64_t *faulty;                /* a rule each: the last message that had a fault of it */
    sc_plan_slot *plans;             /* SC_PLANS_MAX */
    sc_plan_item *plan_items;        /* room to make one */
    sc_plan_pass *plan_passes;       /* likewise */
    sc_plan_likeness *plan_patterns; /* likewise */
    sc_plan_sample *plan_samples;    /* SC_PLAN_SAMPLES */
    size_t plan_sample_next;
    sc_pending *pending;
    size_t pending_count, pending_max;
    bool *waiver_used; /* a waiver each, in the order of sc_waiver_next */
    bool finished;
    bool reads_body;              /* rules or the filter want bodies parsed */
    struct sc_sequence *sequence; /* NULL: no rule of a wider scope is on */
    bool lost;                    /* a verdict of the current message, for want of memory */
    sipcheck_sequence_counts joined;
    char text[SC_FINDING_TEXT_MAX], fix[SC_FINDING_TEXT_MAX];
};

#define SC_RELATED_MAX 24

/* One message while it is judged. */
typedef struct sc_subject {
    const sipcheck_packet *packet;
    const sipcheck_message *message;
    const sipcheck_body *body; /* NULL: not read */
    const sc_context *context;
    const sipcheck_address_port *culprit;
    unsigned role;                       /* of the culprit; 0: not known */
    const sipcheck_address_port *beside; /* where the observer should have stood; NULL: anywhere */
    uint64_t related[SC_RELATED_MAX];
    size_t related_count;
} sc_subject;

/* As sipcheck_new; only: as above. */
sipcheck *sc_engine_new(const sipcheck_rules *rules, const sipcheck_options *options,
                        const sc_rule *only);

/* The rule's verdict on a message, or a body, without a fault of it: pass, or unknown for want of
 * the rest. */
void sc_engine_give_clean(sipcheck *engine, size_t rule, enum sc_missing missing);

/* A verdict that nobody waits for. */
static inline void sc_engine_count(sipcheck *engine, size_t rule, enum sipcheck_verdict verdict)
{
    engine->counts[rule].verdict[verdict]++;
    engine->counts[rule].verdict[SIPCHECK_NA]++;
}

/* Give a verdict of a rule: count it, and keep it if anybody wants it. */
void sc_engine_give(sipcheck *engine, size_t rule, const sc_judgement *judgement,
                    const sipcheck_fault *fault);

void sc_judge_syntax(sipcheck *engine, const sipcheck_message *message);
/* Passes of a rule by messages without faults, which sc_judge_syntax only counted. */
uint64_t sc_engine_clean_passes(const sipcheck *engine, size_t rule);
void sc_judge_body_syntax(sipcheck *engine, const sipcheck_message *message,
                          const sipcheck_body *body);
void sc_judge_rules(sipcheck *engine, const sc_subject *subject);
/* The same by the plan of the message's class. false: it has none. */
bool sc_judge_by_plan(sipcheck *engine, const sc_subject *subject);
/* Passes of a rule that plans counted without asking it. */
uint64_t sc_engine_planned_passes(const sipcheck *engine, size_t rule);
void sc_engine_drop_plans(sipcheck *engine);
/* Hand the verdicts that wait to the sink, sorted. subject: the message that is fed; NULL: none. */
void sc_engine_emit(sipcheck *engine, const sc_subject *subject);
/* Hand one to the sink now. */
void sc_engine_emit_one(sipcheck *engine, const sc_pending *pending, const sc_subject *subject);
/* Keep it until the message's are sorted. */
void sc_engine_keep(sipcheck *engine, const sc_pending *pending);
/* It reaches the sink, or is needed to know which waivers are used; others are only counted. */
static inline bool sc_engine_wants(const sipcheck *engine, enum sipcheck_verdict verdict)
{
    return (engine->verdicts & 1u << verdict) || (engine->waives && verdict == SIPCHECK_FAIL);
}
/* Where it is to be said what breaks a rule; NULL: nobody wants to know. */
static inline const sipcheck_message *sc_engine_pointed_at(const sipcheck *engine,
                                                           const sipcheck_message *message)
{
    return sc_engine_wants(engine, SIPCHECK_FAIL) ? message : NULL;
}
/* The end: waivers that are expired or covered nothing. */
void sc_engine_notices(sipcheck *engine);

/* --- rules of wider scopes: sequence.c. The rest is for engines that have a sequence. */
bool sc_sequence_open(sipcheck *engine); /* false: no memory */
void sc_sequence_close(sipcheck *engine);
/* A copy of the packet that stays for a while, and an arena to parse it with. NULL: it is too long,
 * or there is no memory. */
struct sc_recent *sc_recent_next(const sipcheck *engine, const sipcheck_packet *packet);
/* The message that is fed: decides what waited for it. 0 or SIPCHECK_NOMEM. */
int sc_sequence_hear(sipcheck *engine, const sc_subject *fed);
/* A cut message may have been of any group, but for that one, to which it is fed. */
void sc_sequence_lose(sipcheck *engine, unsigned but);
void sc_sequence_judge(sipcheck *engine);
void sc_sequence_emit(sipcheck *engine, const sc_pending *pending);
/* Hash of the message that its finding is about, and of what it says; never 0. */
uint64_t sc_sequence_words(sipcheck *engine, const sc_pending *pending);
/* What is over before that time is decided; then it is that time. */
void sc_sequence_advance(sipcheck *engine, uint64_t now);
uint64_t sc_sequence_deadline(const sipcheck *engine);
void sc_sequence_finish(sipcheck *engine);
void sc_sequence_gap(sipcheck *engine, unsigned group, uint64_t ns);
void sc_sequence_clock_set(sipcheck *engine, uint64_t ns);
sipcheck_sequence_counts sc_sequence_counts(const sipcheck *engine);

/* As sipcheck_route, of a packet that was parsed; message: NULL where it could not be. */
unsigned sc_route_parsed(sipcheck_router *router, const sipcheck_packet *packet,
                         const sipcheck_message *message);

/* "udp"; absent where it is not known. */
sipcheck_slice sc_transport_of(const sipcheck_packet *packet);
/* The text of a destination in 224.0.0.0/4, in buf; else absent. */
#define SC_GROUP_TEXT 16
sipcheck_slice sc_group_of(const sipcheck_packet *packet, char buf[SC_GROUP_TEXT]);

/* A rule that binds no proxy says nothing about a message that was passed on: its author's copy was
 * judged before. */
static inline bool sc_engine_excuses(const sipcheck *engine, size_t rule)
{
    return engine->passed_on && !(engine->rules->by_id[rule]->pub.binds & SIPCHECK_ROLE_PROXY);
}

/* The current message breaks a rule that binds no proxy, and a proxy has been at it since its
 * author sent it. */
static inline bool sc_engine_author_unseen(const sipcheck *engine, size_t rule)
{
    return engine->author_unseen && !(engine->rules->by_id[rule]->pub.binds & SIPCHECK_ROLE_PROXY);
}

/* The fault may stand in what the sender had to copy from a message that it received. */
bool sc_may_be_copied(const sipcheck_message *message, const sipcheck_fault *fault);

/* The sender of a response stands in its Record-Route and not in its Contact: a proxy. */
bool sc_is_recorded(const sipcheck_message *message, const sipcheck_address_port *sender);

/* As what the sender of a message was seen. 0: it can't be told. */
unsigned sc_role_of(const sipcheck_message *message, bool passed_on);
/* The same, where the user did not say what that element is. */
unsigned sc_role_told(const sipcheck *engine, const sipcheck_address_port *sender,
                      const sipcheck_message *message, bool passed_on);

/* Whose words a message has. */
enum sc_authorship {
    SC_AUTHOR,        /* its sender's, as far as is known */
    SC_AUTHOR_UNSEEN, /* another's, whose own copy was not captured */
    SC_PASSED_ON,     /* another's: its sender is a proxy */
};
/* passed_on: it was seen before, or its sender stands in its Record-Route. */
enum sc_authorship sc_authorship_of(const sipcheck *engine, const sipcheck_address_port *sender,
                                    const sipcheck_message *message, bool passed_on);

#endif
