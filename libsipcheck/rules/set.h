/* SPDX-License-Identifier: MIT */
/* What a rule set is made of. */
#ifndef SC_SET_H
#define SC_SET_H

#include <sipcheck/packet.h>

#include "fields/scopes.h"
#include "rules/expr.h"
#include "rules/yaml.h"

#define SC_RULES_MAX 10000
#define SC_TEST_EDITS_MAX 64             /* of one test, or of one step of a flow */
#define SC_PATTERN_MAX 200               /* bytes of a pattern of rule ids */
#define SC_TEST_SECRETS_MAX 8            /* credentials that one test gives */
#define SC_FLOW_STEPS_MAX 64             /* of one test */
#define SC_FLOW_NAME_MAX 40              /* bytes of an element's name */
#define SC_FLOW_TIME_MAX 86400000000000u /* nanoseconds from a flow's first message on: a day */
/* When the first message of a flow is seen. */
#define SC_FLOW_BEGIN_NS (UINT64_C(1700000000) * 1000000000)

enum sc_edit_kind { SC_EDIT_SET, SC_EDIT_REMOVE, SC_EDIT_ADD, SC_EDIT_BODY, SC_EDIT_REPLACE };

/* One change of a base message. */
typedef struct sc_edit {
    const struct sc_edit *next; /* in the order in which they are applied */
    sipcheck_slice name;        /* header, part of the start line; REPLACE: what is looked for */
    sipcheck_slice value;
    uint8_t kind;
} sc_edit;

/* A password that a test gives. */
typedef struct sc_secret {
    const struct sc_secret *next;
    sipcheck_slice user, realm, password;
} sc_secret;

/* A rule's own test: a message to make, or a flow of them, and the verdict that it must get. */
typedef struct sc_test {
    const struct sc_test *next;
    enum sipcheck_verdict wanted;
    sc_place place;             /* where its base, or its flow, is named */
    const struct sc_flow *flow; /* NULL: one message */
    const char *base;           /* NULL: a flow, or a step `like` another */
    const sc_edit *edits;
    const sc_secret *secrets;
    const char *text;      /* the finding's message; NULL: any */
    const char *transport; /* "udp" */
    const char *group;     /* "224.0.1.75"; NULL: not sent to a group */
    size_t cut;            /* bytes kept; SIZE_MAX: all */
} sc_test;

/* One message of a flow: what to make, when, between whom. */
typedef struct sc_step {
    const struct sc_step *next;
    sc_test message;       /* base, edits, transport, cut, place */
    uint64_t at_ns;        /* since the first; never before the step before */
    const char *from, *to; /* elements: sc_flow_address */
    unsigned like;         /* > 0: its bytes are those of that step, from 1, and then the edits */
} sc_step;

typedef struct sc_flow {
    const sc_step *steps;
    size_t count;
    uint64_t end_ns;       /* the capture goes on so long; 0: it ends with the last message */
    const char *transport; /* where a step does not say its own */
    const char *vantage;   /* the element beside whom the observer stands; NULL: nobody */
    const char *culprit;   /* the element that the finding must name; NULL: any */
    unsigned frame;        /* that the finding must point at; 0: any */
} sc_flow;

/* Beside whom the observer has to stand. */
enum sc_vantage { SC_VANTAGE_ANY, SC_VANTAGE_CLIENT, SC_VANTAGE_SERVER, SC_VANTAGE_SENDER };

/* What must follow, or must not; or, beside an assertion, what shows that messages changed places.
 * docs/sequence-rules.md */
typedef struct sc_expectation {
    uint32_t events;    /* bits 1u << enum sc_event_kind: any of them; 0: nothing is expected */
    uint32_t unless;    /* likewise: they release from it */
    bool no;            /* the events must not come */
    bool swapped;       /* beside an assertion */
    bool own;           /* they are to come from who sent the message of `on` */
    sc_program *where;  /* NULL: whatever comes */
    sc_program *within; /* a duration; NULL: as long as the scope lives */
} sc_expectation;

typedef struct sc_rule {
    sipcheck_rule pub;   /* first: a sipcheck_rule of a set is an sc_rule */
    sc_program *applies; /* NULL: always */
    sc_program *assertion;
    sc_expectation expect;           /* instead of an assertion, or swapped */
    uint8_t on;                      /* enum sc_event_kind, in scopes wider than the message */
    uint8_t vantage;                 /* enum sc_vantage */
    const sipcheck_machine *machine; /* that `machine` is about; NULL: none */
    sc_program *mark;                /* NULL: where assertion says */
    sc_template *message, *fix;
    sc_preconditions needs;          /* of applies, else of assertion: na without them */
    sc_preconditions response_needs; /* in wider scopes, of applies; `needs` is of the request */
    const sc_test *tests;
    uint16_t index;       /* by id; from sealing on */
    struct sc_rule *next; /* in the order of loading */
} sc_rule;

/* A message to start tests from. */
typedef struct sc_base {
    const struct sc_base *next;
    const char *name;
    sipcheck_slice bytes;
} sc_base;

/* What was loaded from one file lives as long as the set. */
typedef struct sc_file {
    struct sc_file *next;
    sipcheck_arena *arena;
    sc_yaml_file yaml; /* name and text, copied */
} sc_file;

/* Times of RFC 3261 §17, in nanoseconds, and how much later than they say something may come. */
typedef struct sc_parameters {
    uint64_t t1, t2, t4, timer_c;
    uint64_t reorder;   /* how far apart messages may be that changed places at the tap */
    uint32_t tolerance; /* millionths */
} sc_parameters;

/* Who a waiver is for. */
typedef struct sc_waived {
    uint8_t family; /* 4, 6 */
    uint8_t bytes[16];
    uint16_t port; /* 0: any */
} sc_waived;

typedef struct sc_waiver {
    const struct sc_waiver *next;
    sc_place place;
    const char *rule; /* id or pattern */
    const char *party_text;
    sc_waived party;
    const char *reason, *owner, *expires;
} sc_waiver;

/* rules: {ID or PATTERN: {enabled: ..., severity: ...}} */
typedef struct sc_override {
    const struct sc_override *next;
    sc_place place;
    const char *pattern;
    int8_t enabled;  /* -1: not said */
    int8_t severity; /* -1: not said */
} sc_override;

typedef struct sc_profile {
    struct sc_profile *next;
    sc_place place;
    const char *name;
    const char *file;    /* where it stands, as it was added */
    const char *extends; /* NULL: nothing */
    const sc_override *overrides;
    const sc_waiver *waivers;
    uint64_t t1, t2, t4, timer_c; /* 0: not said */
    uint64_t reorder;             /* UINT64_MAX: not said */
    int64_t tolerance;            /* -1: not said */
} sc_profile;

/* Rules of the set that no file states: the grammar's besides headers, and waivers'. */
enum sc_own_rule {
    SC_OWN_REQUEST_LINE,
    SC_OWN_STATUS_LINE,
    SC_OWN_START_LINE,
    SC_OWN_LINE_END,
    SC_OWN_HEADER_LINE,
    SC_OWN_EMPTY_LINE,
    SC_OWN_WAIVER_EXPIRED,
    SC_OWN_WAIVER_UNUSED,
    SC_OWN_COUNT
};

/* Likewise about bodies: one a line type of SDP, by enum sipcheck_sdp_line, and these. */
enum sc_body_rule {
    SC_BODY_SDP_LINES = SIPCHECK_SDP_LINES,
    SC_BODY_SDP_LINE_END,
    SC_BODY_MULTIPART,
    SC_BODY_SIPFRAG,
    SC_BODY_RULES
};

/* --- which rules a message can concern: a list for each request method and each class of
 * responses, and one of all rules that are judged */
enum {
    SC_BUCKET_METHODS = SIPCHECK_METHOD_PUBLISH + 1,
    SC_BUCKET_CLASSES = 8,                              /* 1xx to 6xx; 0: any other status */
    SC_BUCKETS = SC_BUCKET_METHODS + SC_BUCKET_CLASSES, /* the list of all */
};

typedef struct sc_index_entry {
    uint64_t headers;      /* bits of headers that have to be there */
    uint64_t na_without;   /* one of these has to be there; 0: none */
    uint64_t pass_without; /* where it applies, it passes without these; 0: nothing is known */
    uint16_t rule;
} sc_index_entry;

typedef struct sc_index {
    sc_index_entry *entries;
    uint32_t start[SC_BUCKETS + 2]; /* list b: [b] up to [b + 1] */
} sc_index;

/* The list of a message; SC_BUCKETS: it can't be told which, every rule has to be asked. */
unsigned sc_index_bucket(const sipcheck_message *message);
/* The bits of the headers that were sent. */
uint64_t sc_index_headers(const sipcheck_message *message);

struct sipcheck_rules {
    sipcheck_allocator allocator; /* complete */
    sc_file *files;
    sc_rule **by_id;
    size_t count, capacity;
    sc_rule *first, **last; /* in the order of loading */
    const sc_base *bases;
    sipcheck_machine *machines; /* in the order of loading */
    sc_profile *profiles;
    const sc_profile *profile; /* NULL: none chosen */
    char today[11];            /* "": not known */
    sc_parameters parameters;
    bool sealed;
    /* from sealing on */
    uint16_t header_rule[SIPCHECK_HEADER_COUNT]; /* index of each header's syntax rule */
    uint16_t own_rule[SC_OWN_COUNT];
    uint16_t body_rule[SC_BODY_RULES];
    uint16_t attribute_rule[SIPCHECK_ATTRIBUTE_COUNT];
    bool reads_body; /* some rule that is on reads bodies */
    sc_index index;
    size_t answer_count;       /* conditions that rules share, and one more */
    size_t event_answer_count; /* likewise in wider scopes; first those that ask one message */
    size_t message_answer_count;
};

/* malloc and free. */
sipcheck_allocator sc_default_allocator(void);

/* Memory of the set. */
void *sc_set_alloc(const sipcheck_rules *set, size_t size);
void sc_set_release(const sipcheck_rules *set, void *block);

/* A new file of the set; not part of the set before sc_set_keep_file. Name and text are copied,
 * unless they were built in. */
int sc_file_new(const sipcheck_rules *set, const sc_yaml_file *yaml, bool built_in, sc_file **ret);
void sc_file_free(const sipcheck_rules *set, sc_file *file); /* NULL is allowed */
void sc_set_keep_file(sipcheck_rules *set, sc_file *file);

/* Make room for so many rules more, so that sc_set_insert can't fail. */
int sc_set_reserve(sipcheck_rules *set, size_t more);
void sc_set_insert(sipcheck_rules *set, sc_rule *rule);
void sc_rule_clear(sc_rule *rule); /* frees its programs */

/* Put the syntax rules, and those about waivers, into an empty set. 0 or SIPCHECK_NOMEM. */
int sc_add_own_rules(sipcheck_rules *set);
/* From sealing on: the index of the rule that a fault breaks. */
size_t sc_rule_of_fault(const sipcheck_rules *set, const sipcheck_message *message,
                        const sipcheck_fault *fault);
void sc_index_own_rules(sipcheck_rules *set);

/* The same of bodies: sc_add_own_rules calls the first, sealing the second, when profiles are
 * applied. sc_rule_of_body_fault gives set->count where nobody may be blamed: what a message inside
 * of another says was copied from somebody. */
int sc_add_body_rules(sipcheck_rules *set, sc_file *file);
void sc_index_body_rules(sipcheck_rules *set);
size_t sc_rule_of_body_fault(const sipcheck_rules *set, const sipcheck_fault *fault);
int sc_index_build(sipcheck_rules *set); /* 0 or SIPCHECK_NOMEM */
/* Number the conditions that several rules ask, so that a message, or an event, answers each once.
 */
int sc_share_answers(sipcheck_rules *set); /* 0 or SIPCHECK_NOMEM */

const sc_base *sc_base_find(const sipcheck_rules *set, const char *name);

const sc_profile *sc_profile_find(const sipcheck_rules *set, const char *name);
bool sc_is_date(const char *text); /* YYYY-MM-DD */

/* Apply the chosen profile. 0 or SIPCHECK_INVALID. */
int sc_profile_apply(sipcheck_rules *set, sipcheck_error *error);
/* The next waiver that holds under the chosen profile, from the profile itself to what it extends;
 * NULL after: the first. */
typedef struct sc_waiver_walk {
    const sc_profile *profile;
    const sc_waiver *waiver;
} sc_waiver_walk;
const sc_waiver *sc_waiver_next(const sipcheck_rules *set, sc_waiver_walk *walk);
size_t sc_waiver_count(const sipcheck_rules *set);
bool sc_waiver_expired(const sipcheck_rules *set, const sc_waiver *waiver);

/* "rfc3261-20.*": * stands for any bytes, everything else for itself. */
bool sc_pattern_match(const char *pattern, const char *text);
bool sc_waived_parse(const char *text, sc_waived *out);

/* Messages for tests. The bytes live in the arena. why: a buffer for the reason when the test can't
 * be made (then *ret is absent). 0 or SIPCHECK_NOMEM. */
#define SC_TEST_WHY_MAX 256
int sc_test_build(const sipcheck_rules *set, const sc_test *test, sipcheck_arena *arena,
                  sipcheck_slice *ret, char why[SC_TEST_WHY_MAX]);

/* The same of any message to start from. */
int sc_test_edit(const sc_test *test, sipcheck_slice start, sipcheck_arena *arena,
                 sipcheck_slice *ret, char why[SC_TEST_WHY_MAX]);

/* The packets of a test's flow, of whose room max is, numbered from 1; the bytes live in the arena.
 * As sc_test_build. */
int sc_flow_build(const sipcheck_rules *set, const sc_test *test, sipcheck_arena *arena,
                  sipcheck_packet *packets, size_t max, size_t *ret_count,
                  char why[SC_TEST_WHY_MAX]);
/* Where an element of flows is: "10.0.0.1" or "10.0.0.1:5070" is that, a name always has the same
 * address. Port 5060, for TLS and WSS 5061. */
sipcheck_address_port sc_flow_address(const char *name, const char *transport);

/* What one rule says about one message; where that is, unless the message is NULL below. */
typedef struct sc_judgement {
    enum sipcheck_verdict verdict;
    enum sc_missing missing; /* of unknown */
    uint32_t offset, length; /* of fail: the offending bytes */
} sc_judgement;
sc_judgement sc_judge_rule(const sc_rule *rule, const sc_context *context, sc_scratch *scratch,
                           const sipcheck_message *message);
/* The same where it is known to apply. */
sc_judgement sc_judge_assertion(const sc_rule *rule, const sc_context *context, sc_scratch *scratch,
                                const sipcheck_message *message);
/* The same where it is known to be broken, too, and sc_is_marked. */
sc_judgement sc_judge_broken_rule(const sc_rule *rule, const sc_context *context,
                                  sc_scratch *scratch, const sipcheck_message *message);
/* What its findings point at can be told without running the assertion. */
bool sc_is_marked(const sc_rule *rule);
/* Fail, for another reason than the assertion: at the mark, else the start line. */
sc_judgement sc_judgement_at(const sc_rule *rule, const sc_context *context, sc_scratch *scratch,
                             const sipcheck_message *message);
sc_judgement sc_verdict_of(enum sc_outcome outcome, enum sc_missing missing);
/* The same where its assertion is known to be true. */
sc_judgement sc_judge_kept_rule(const sc_rule *rule, const sc_context *context,
                                sc_scratch *scratch);
/* The finding's text for that judgement, made in buf or constant; it needs the context of the
 * judgement. */
const char *sc_judgement_text(const sc_rule *rule, const sc_judgement *judgement,
                              const sc_context *context, sc_scratch *scratch, char *buf,
                              size_t size);
/* What all findings of the rule say; NULL: values of messages are in it. */
const char *sc_constant_message(const sc_rule *rule);
const char *sc_constant_fix(const sc_rule *rule);
/* The text of a fault. */
size_t sc_fault_text(const sipcheck_fault *fault, const sipcheck_message *message, char *buf,
                     size_t size);

#endif
