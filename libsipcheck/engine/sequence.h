/* SPDX-License-Identifier: MIT */
/* Rules of scopes wider than the message: events of the tracker in, verdicts out. */
#ifndef SC_ENGINE_SEQUENCE_H
#define SC_ENGINE_SEQUENCE_H

#include "engine/internal.h"
#include "rules/alike.h"
#include "rules/machine.h"
#include "track/track.h"
#include "track/transaction.h"

#define SC_READS_MAX 64         /* messages that rules look at, a packet */
#define SC_WAITS_MAX 4096       /* expectations that are open in a group; beyond them: unknown */
#define SC_OBJECT_WAITS_MAX 256 /* of one transaction, dialog and so on */
#define SC_SINCE_MAX 8          /* frames that a finding of an absence names */

/* A message as rules see it; parsed again if it is a kept one, once a packet. */
typedef struct sc_read {
    const sc_kept *kept; /* NULL: the one that is fed */
    const sipcheck_packet *packet;
    const sipcheck_message *message;
    enum sc_authorship authorship;
    bool body_read;
    sc_answer *answers; /* to conditions about it alone; NULL: they are kept nowhere */
    sc_observed observed;
    char group[SC_GROUP_TEXT];
    sc_endpoint source, destination;
} sc_read;

/* A message that was fed a little while ago, and its bytes. */
#define SC_RECENTS 32
#define SC_RECENT_LENGTH 4096 /* longer ones are parsed again */
typedef struct sc_recent {
    uint64_t serial; /* sc_kept.serial, of that group; 0: nothing to be found */
    const struct sc_group *group;
    sipcheck_packet packet;
    const sipcheck_message *message;
    const sipcheck_body *body; /* NULL: none, or not read */
    sipcheck_arena *arena;
    sc_answer *answers; /* sipcheck_rules.message_answer_count */
    uint8_t bytes[SC_RECENT_LENGTH];
} sc_recent;

/* What an event has to be followed by, or must not. */
typedef struct sc_wait {
    struct sc_wait *next, *before; /* of the same object; of the free ones: next */
    size_t at;                     /* in the heap */
    uint64_t deadline;             /* nanoseconds; UINT64_MAX: as long as the object lives */
    uint64_t fires;                /* when all that was sent up to there has been handed on */
    uint64_t number;               /* in the order in which they were set */
    uint64_t begun_ns;
    uint64_t since[SC_SINCE_MAX];
    uint8_t since_count;
    uint16_t rule;
    sc_event event; /* that set it; its messages are held */
} sc_wait;

/* A rule that is on, in the lists of its scope and event. */
typedef struct sc_sequence_rule {
    uint16_t rule;
    bool reads_body, applies_body;
    uint64_t slots, applies_slots;   /* bits: what its conditions read, what `applies` reads */
    const sipcheck_machine *machine; /* the rule's */
    sc_alike alike;                  /* where its assertion is true */
} sc_sequence_rule;

/* Rules that don't apply where a message has no line of that header. */
typedef struct sc_demand {
    uint16_t header;
    uint64_t rules;
} sc_demand;

/* Rules of one event, a bit each: which can apply, by what is seen of its messages. */
#define SC_BUNCH_RULES 64u
typedef struct sc_bunch {
    uint16_t first; /* in sc_sequence.rules */
    uint8_t count;
    uint8_t narrow;      /* bits: some depend on the request, the response */
    uint16_t demands[3]; /* of the request: [0] up to [1], of the response: up to [2] */
    uint64_t no_proxy;   /* rules that bind none */
    uint64_t awaiting;   /* rules of what is to come from another than who sent the message */
    uint64_t events;     /* that came; those at which a rule applied are taken from its own NA */
    uint32_t names;      /* bits of enum sc_name: some don't apply where that one is absent */
    uint64_t by_name[SC_NAME_COUNT];          /* which these are */
    uint64_t by_method[2][SC_BUCKET_METHODS]; /* which may apply, by the request's method ... */
    uint64_t by_status[SC_PRE_STATUS_MAX];    /* ... by the status of the response */
} sc_bunch;

/* What a fact lists: pointers in a row. */
#define SC_FACTS_ROOM 72

enum { SC_LISTS = (SIPCHECK_SCOPE_HOP + 1) * SC_EVENT_COUNT };

/* A machine that transactions are stepped by, and its events by what is seen. */
#define SC_STEPPED_MACHINES 4
#define SC_STEPPED_EVENTS 14
#define SC_NO_EVENT UINT8_MAX
typedef struct sc_stepped {
    const sipcheck_machine *machine; /* NULL: the rule set has none of that name */
    uint64_t peers;                  /* bits: events that are sent to its owner */
    uint8_t instant;
    uint8_t events[SC_STEPPED_EVENTS];
} sc_stepped;

/* Groups of messages (sipcheck_route) have nothing to do with each other, so that engines can share
 * them. What is decided by time at one moment is decided group after group. */
typedef struct sc_group {
    sc_tracker *tracker;
    sc_wait **heap; /* by `fires`, then number */
    sc_wait *decided;
    size_t wait_count, heap_room;
    uint64_t wait_number, refused;
    uint64_t end;    /* when the tracker has something that is over, by its deadline */
    uint64_t gap_ns; /* when the capture lost something last */
    bool gap;        /* it did */
} sc_group;

/* Between whom datagrams could not be delivered. Where there are more pairs, those that were told
 * of longest ago are forgotten, and everybody is in doubt up to then. */
#define SC_UNREACHED_MAX 256
typedef struct sc_unreached_pair {
    sipcheck_address_port src, dst;
    uint64_t ns; /* when it was said last */
} sc_unreached_pair;
typedef struct sc_unreached {
    sc_unreached_pair pairs[SC_UNREACHED_MAX];
    size_t count;
    uint64_t forgotten_ns;
    bool forgotten;
} sc_unreached;

typedef struct sc_sequence {
    sc_group groups[SIPCHECK_GROUPS];
    sc_group *group; /* the one that is looked at */
    sc_clock clock;
    uint64_t next; /* what is soonest of all deadlines */
    sc_stepped machines[SC_STEPPED_MACHINES];
    const sipcheck_machine *followed[SC_MACHINES_MAX]; /* that rules ask */
    unsigned followed_count;
    uint8_t followed_of[SIPCHECK_SCOPE_HOP + 1]; /* how many of each scope */
    uint64_t fed; /* messages so far, and moments at which things end */
    sc_sequence_rule *rules;
    sc_demand *demands;
    sc_bunch *bunches;
    uint16_t lists[SC_LISTS + 1]; /* bunches of list l: [l] up to [l + 1] */
    sc_answer *answers;           /* of the event that is judged */
    sc_answer *of_unseen;         /* of messages that are not there: by name, why, and answer */
    sc_events events;

    sipcheck_arena *arena; /* of the messages that are parsed again */
    sc_read reads[SC_READS_MAX];
    size_t read_count;
    sc_recent *recents[SC_RECENTS];
    size_t recent_next; /* modulo SC_RECENTS */

    sc_value slots[SC_SLOT_COUNT];
    sc_answer *of_messages[SC_NAME_COUNT]; /* with each message in its slot; else of the event */
    uint64_t filled, filled_bodies; /* bits: they hold what filled_event binds; with bodies */
    const sc_event *filled_event, *filled_next;
    sc_value facts[SC_FACTS_ROOM]; /* of filled_event */
    const sipcheck_machine *filled_machine;
    sc_value machine_facts[SC_FACTS_OF_MACHINE]; /* of both */

    sc_wait *spare;
    uint64_t now_ns;
    uint64_t began_ns; /* the capture, or what of it has this clock */
    sc_unreached unreached;
} sc_sequence;

/* --- unreached.c */
void sc_unreached_note(sc_sequence *sequence, const sipcheck_packet *undelivered);
/* Since then, or shortly before, something could not be delivered to or from one of the packet's
 * two ends: the one may not have heard, the other may have given up. RFC 3261 §18.4 */
bool sc_unreached_since(const sc_sequence *sequence, const sipcheck_packet *packet, uint64_t ns);

/* --- reads.c */
/* answers: as above. */
sc_read *sc_read_fed(sipcheck *engine, const sc_subject *fed, sc_answer *answers);
/* kept: NULL: the one that is fed. NULL: no memory. Valid until sc_reads_reset. */
sc_read *sc_read_kept(sipcheck *engine, const sc_kept *kept, bool body);
/* The message that the event is about: the one that is fed, else the last one. NULL: no memory, or
 * none was captured. */
sc_read *sc_read_of(sipcheck *engine, const sc_event *event);
void sc_reads_reset(sc_sequence *sequence);
/* Between one event, or wait, and the next: where there are many, all but the one that is fed are
 * forgotten, and parsed again when they are needed. */
void sc_reads_trim(sc_sequence *sequence);
void sc_reads_forget(sc_sequence *sequence, const sc_kept *kept);

/* --- recent.c */
bool sc_recents_open(sipcheck *engine); /* false: no memory */
/* The fed one is among them from here on. NULL: it is too long for that. */
sc_recent *sc_recent_note(sc_sequence *sequence, const sc_subject *fed);
const sc_recent *sc_recent_find(const sc_sequence *sequence, uint64_t serial); /* NULL: it's gone */
void sc_recents_free(sipcheck *engine);

/* --- slots.c: the context of an event; next: the event behind it whose message is bound as `next`,
 * NULL: none; machine: the rule's, NULL: none */
typedef struct sc_bound {
    const sc_event *event, *next;
    const sipcheck_machine *machine;
} sc_bound;
#define SC_SLOTS_OF_MESSAGES ((UINT64_C(1) << SC_NAME_COUNT) - 1)
void sc_slots_turn(sipcheck *engine, const sc_bound *bound, uint64_t slots, bool bodies);
static inline bool sc_slots_are_filled(const sc_sequence *s, const sc_bound *bound, uint64_t slots,
                                       bool bodies)
{
    bool of_machine = slots >> SC_SLOT_MACHINE & 1;
    return s->filled_event == bound->event && s->filled_next == bound->next &&
           (slots & ~s->filled) == 0 &&
           (!bodies || (slots & SC_SLOTS_OF_MESSAGES & ~s->filled_bodies) == 0) &&
           (!of_machine || s->filled_machine == bound->machine);
}
static inline sc_context sc_slots_fill(sipcheck *engine, const sc_bound *bound, uint64_t slots,
                                       bool bodies)
{
    const sc_sequence *s = engine->sequence;
    if (!sc_slots_are_filled(s, bound, slots, bodies)) sc_slots_turn(engine, bound, slots, bodies);
    return (sc_context){ .slots = s->slots, .slot_count = SC_SLOT_COUNT };
}
/* What the name stands for was surely not sent. */
bool sc_name_is_absent(const sipcheck *engine, const sc_event *event, unsigned name);
void sc_slots_open(sipcheck *engine); /* the sequence is cleared, its parameters are known */
void sc_slots_reset(sc_sequence *sequence);

/* --- facts.c: those of the event's object, in sequence->facts */
/* Something may not have been seen of what happened to the object from that time on. */
bool sc_lost_since(const sc_sequence *sequence, const sc_object *object, uint64_t ns);
sc_value sc_facts_of(sipcheck *engine, const sc_event *event);

/* --- order.c: hop.reordered */
sc_value sc_order_changed(sipcheck *engine, const sc_event *event);

/* --- judge_event.c */
void sc_judge_event(sipcheck *engine, const sc_event *event);

/* --- case.c: what a verdict of a rule of a wider scope is about */
typedef struct sc_case {
    size_t index; /* of the rule */
    const sc_rule *rule;
    sc_bound bound;
    sc_read *about;      /* the message that a finding points at */
    const sc_wait *wait; /* of an absence; else NULL */
} sc_case;
/* Give it to the sink now, or, `sorted`, with those of the message that is fed. */
void sc_case_keep(sipcheck *engine, const sc_case *c, const sc_judgement *judgement, bool sorted);
/* Count it, and the same where somebody wants it. */
static inline void sc_case_give(sipcheck *engine, const sc_case *c, const sc_judgement *judgement,
                                bool sorted)
{
    engine->counts[c->index].verdict[judgement->verdict]++;
    if (sc_engine_wants(engine, judgement->verdict)) sc_case_keep(engine, c, judgement, sorted);
}
/* Who sent the message only passed it on, and the rule binds no proxy. */
bool sc_case_excuses(const sc_rule *rule, const sc_read *read);
/* Likewise, and its author's copy was not captured. */
bool sc_case_author_unseen(const sc_rule *rule, const sc_read *read);
/* Its receiver may take it for none, and do nothing about it: it breaks the grammar, lacks what
 * every message has, ends too soon, or is of another version. RFC 3261 §7.1, §8.1.3, §18.3 */
bool sc_may_be_dropped(const sipcheck_message *message);
/* The observer stood beside whom the rule asks for. */
bool sc_case_in_sight(const sipcheck *engine, const sc_rule *rule, const sc_read *read);
/* ... and beside who sent what must not come. */
bool sc_case_sees_sender(const sipcheck *engine, const sc_rule *rule, const sc_read *read);
/* What is absent should have come from the receiver of the event's message. */
bool sc_case_awaits_other(const sc_rule *rule);
/* A rule of transactions, and a proxy that may have none: it sent the event's message as it came;
 * nothing came to it that it could send as what is absent. */
bool sc_case_may_be_stateless(const sipcheck *engine, const sc_rule *rule, const sc_event *event);
bool sc_case_stateless_awaited(const sipcheck *engine, const sc_rule *rule, const sc_event *event);

/* --- expect.c */
/* false: it can't wait, and *missing says why. */
bool sc_wait_set(sipcheck *engine, const sc_sequence_rule *rule, const sc_event *event,
                 const sc_read *about, enum sc_missing *missing);
/* An event of the message that is fed, for those that were set by earlier ones. */
void sc_waits_hear(sipcheck *engine, const sc_event *event);
/* The object is over; it can't be observed any more. */
void sc_waits_end(sipcheck *engine, sc_object *object);
void sc_waits_give_up(sipcheck *engine, sc_object *object, enum sc_missing missing);
/* The first one's time has passed; it will not come as the capture has ended. */
void sc_waits_fire(sipcheck *engine);
void sc_waits_finish(sipcheck *engine);

/* --- waits.c: their memory and their order. What is not said to be of a group is of the one that
 * is looked at. */
uint64_t sc_waits_deadline(const sc_group *group);
sc_wait *sc_wait_new(sipcheck *engine, const sc_event *event, uint64_t fires);
/* Out of the heap and its object's list, to be released by sc_waits_release. */
void sc_wait_take(sipcheck *engine, sc_wait *wait);
void sc_waits_release(sipcheck *engine);
void sc_waits_free(sipcheck *engine);

/* --- machines.c: the ends of transactions by their machines. Opened: the sequence is cleared. */
void sc_machines_open(sipcheck *engine);
void sc_machines_hear(const sipcheck *engine, const sc_event *event, const sc_subject *fed);
sc_value sc_machines_may(unsigned may); /* enum sc_may */
sc_value sc_machines_forbidden(const sc_sequence *sequence, const sc_transaction *t);

/* --- followed.c: machines that rules name. Opened: the sequence is cleared. */
void sc_followed_open(sipcheck *engine);
/* One of sequence->events. A thing's first one stands for all that the message is to it. */
void sc_followed_hear(sipcheck *engine, const sc_event *event, const sc_subject *fed);
void sc_followed_end(sipcheck *engine, sc_object *object);
/* Of the message that is fed. */
sc_value sc_followed_facts(sipcheck *engine, const sc_event *event,
                           const sipcheck_machine *machine);

/* --- bunch.c */
/* It is on, and of a wider scope. */
bool sc_sequence_judges(const sipcheck *engine, const sc_rule *rule);
/* count: how many are judged. false: no memory. */
bool sc_bunches_open(sipcheck *engine, size_t count);
void sc_bunches_free(const sipcheck *engine);
/* Events of the rule that were counted once for all of its bunch; 0: it has none. */
uint64_t sc_bunches_events(const sipcheck *engine, size_t rule);
static inline unsigned sc_list_of(unsigned scope, unsigned kind)
{
    return scope * SC_EVENT_COUNT + kind;
}
static inline uint64_t sc_bunch_all(const sc_bunch *bunch)
{
    return UINT64_MAX >> (SC_BUNCH_RULES - bunch->count);
}
/* The rules that may apply at the event, with a finding about that message. */
uint64_t sc_bunch_left(sipcheck *engine, const sc_bunch *bunch, const sc_event *event,
                       const sc_read *about);

#endif
