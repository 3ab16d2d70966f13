/* SPDX-License-Identifier: MIT */
/* Rule sets: YAML text in, typed and compiled rules out. docs/rule-language.md is the reference of
 * the language. */
#ifndef SIPCHECK_RULES_H
#define SIPCHECK_RULES_H

#include <sipcheck/message.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The RFC's word (RFC 2119). */
enum sipcheck_level { SIPCHECK_MUST, SIPCHECK_SHOULD, SIPCHECK_MAY };

/* What follows from it unless a profile overrides it: MUST error, SHOULD warning, MAY info. */
enum sipcheck_severity { SIPCHECK_INFO, SIPCHECK_WARNING, SIPCHECK_ERROR };

enum sipcheck_scope {
    SIPCHECK_SCOPE_MESSAGE,
    SIPCHECK_SCOPE_TRANSACTION,
    SIPCHECK_SCOPE_DIALOG,
    SIPCHECK_SCOPE_SESSION,
    SIPCHECK_SCOPE_REGISTRATION,
    SIPCHECK_SCOPE_SUBSCRIPTION,
    SIPCHECK_SCOPE_HOP,
};

enum sipcheck_verdict { SIPCHECK_PASS, SIPCHECK_FAIL, SIPCHECK_NA, SIPCHECK_UNKNOWN };

/* Roles as bits: who a rule binds, or what an element was seen to be. */
enum sipcheck_role {
    SIPCHECK_ROLE_UAC = 1u << 0,
    SIPCHECK_ROLE_UAS = 1u << 1,
    SIPCHECK_ROLE_PROXY = 1u << 2,
    SIPCHECK_ROLE_REGISTRAR = 1u << 3,
    SIPCHECK_ROLE_REDIRECT = 1u << 4,
};

/* "MUST", "error", "message", "fail", "uac"; never NULL: "unknown" for what is none of them. Roles:
 * one bit. */
SIPCHECK_API const char *sipcheck_level_name(enum sipcheck_level level);
SIPCHECK_API const char *sipcheck_severity_name(enum sipcheck_severity severity);
SIPCHECK_API const char *sipcheck_scope_name(enum sipcheck_scope scope);
SIPCHECK_API const char *sipcheck_verdict_name(enum sipcheck_verdict verdict);
SIPCHECK_API const char *sipcheck_role_name(enum sipcheck_role role);

/* A rule as its users see it; strings live as long as the rule set. The rules that the grammar
 * itself stands for (one a header, and the start lines, the line ends ...: "rfc3261-syntax-via")
 * are in the set too, with syntax == true. */
typedef struct sipcheck_rule {
    const char *id;
    const char *title;
    const char *section;           /* "8.1.1.5" */
    const char *const *statements; /* "3261-8.1.1.5-2"; NULL-terminated */
    const char *asks;              /* what the RFC asks, in our words */
    const char *why;               /* why it matters on a network */
    const char *message;           /* template: "{sip.Method}" */
    const char *fix;               /* template */
    const char *applies;           /* source text; "" where the rule has none */
    const char *assertion;         /* source text; "" for syntax rules, and where it expects */
    const char *expect;  /* what must follow, or must not: source text; "" where it asserts */
    const char *swapped; /* what shows that it asserts too soon, for the order of a capture */
    const char *on;      /* the event at which it is judged: "response"; "" in message scope */
    const char *vantage; /* beside whom the observer has to stand: "client"; "": anywhere */
    const char *machine; /* name of the machine that it asks; "": none */
    const char *file;    /* the file it came from */
    unsigned line;       /* where its id stands */
    unsigned rfc;        /* 3261 */
    unsigned binds;      /* bits of enum sipcheck_role */
    enum sipcheck_level level;
    enum sipcheck_severity severity; /* after the profile */
    enum sipcheck_scope scope;
    bool enabled; /* after the profile */
    bool syntax;
} sipcheck_rule;

/* What is wrong in a rule or profile file. Functions that take one accept NULL, and fill it in
 * where they return SIPCHECK_INVALID or SIPCHECK_TOO_BIG. */
typedef struct sipcheck_error {
    char file[256];
    unsigned line, column; /* from 1; 0: not known */
    char message[512]; /* what was found and what was wanted, with the nearest known name where one
                          is near */
    char excerpt[256]; /* the line of the file, for a caret under `column`; may be empty */
} sipcheck_error;

typedef struct sipcheck_rules sipcheck_rules;

/* An empty set, with the syntax rules in it. NULL: no memory. allocator: copied, may be NULL. The
 * way of a set: add, use a profile, seal; then it judges until it is freed. */
SIPCHECK_API sipcheck_rules *sipcheck_rules_new(const sipcheck_allocator *allocator);

/* Behind all engines that use it. NULL is allowed. */
SIPCHECK_API void sipcheck_rules_free(sipcheck_rules *rules);

/* The files that were built in, for ever: path ("rfc3261/8.1.1.yaml", "bases.yaml",
 * "profiles/default.yaml", "statements/rfc3261.csv") and text. Returns NULL behind the last. */
typedef struct sipcheck_builtin {
    const char *path;
    const char *text;
    size_t length;
} sipcheck_builtin;
SIPCHECK_API const sipcheck_builtin *sipcheck_builtin_at(size_t index);

/* Add every rule, base message, machine and profile that was built in: all but the rules' own
 * tests. As sipcheck_rules_add. */
SIPCHECK_API int sipcheck_rules_add_builtin(sipcheck_rules *rules, sipcheck_error *error);

/* Behind it, and before sealing: their own tests, for sipcheck_rules_test. Takes several times as
 * long, for most of what stands in the files are tests. On an error the set has none. */
SIPCHECK_API int sipcheck_rules_add_builtin_tests(sipcheck_rules *rules, sipcheck_error *error);

/* Add the rules of one file. name: copied, for messages. text: borrowed during the call; no NUL
 * needed. Returns 0,
 * SIPCHECK_NOMEM, SIPCHECK_TOO_BIG or SIPCHECK_INVALID (error says where; the set is as before). */
SIPCHECK_API int sipcheck_rules_add(sipcheck_rules *rules, const char *name, const char *text,
                                    size_t length, sipcheck_error *error);

/* Add a file of base messages for the rules' own tests (the form of rules/bases.yaml). As
 * sipcheck_rules_add. */
SIPCHECK_API int sipcheck_rules_add_bases(sipcheck_rules *rules, const char *name, const char *text,
                                          size_t length, sipcheck_error *error);

/* Make a profile known under its own name, so that others can extend it. As sipcheck_rules_add. */
SIPCHECK_API int sipcheck_rules_add_profile(sipcheck_rules *rules, const char *name,
                                            const char *text, size_t length, sipcheck_error *error);

/* Choose a profile that was added, by its name or by that of its file; without one every rule is on
 * (`sipcheck audit` uses "default", which leaves out those for private networks). today
 * ("YYYY-MM-DD"): what waivers expire against; NULL: they do not. Chosen again, the last one
 * counts. Returns 0 or SIPCHECK_INVALID (there is none, or it extends what is not there). */
SIPCHECK_API int sipcheck_rules_use_profile(sipcheck_rules *rules, const char *profile,
                                            const char *today, sipcheck_error *error);

/* Call when all files are added and the profile is chosen: checks cross references, builds the
 * index. Before it, a set can't judge; behind it, nothing can be added and the set is read-only
 * (threads may share it). Returns 0 (also where it is sealed already), SIPCHECK_NOMEM or
 * SIPCHECK_INVALID. */
SIPCHECK_API int sipcheck_rules_seal(sipcheck_rules *rules, sipcheck_error *error);

/* The rules in the order of their ids, those too that are switched off. NULL behind the last. */
SIPCHECK_API size_t sipcheck_rules_count(const sipcheck_rules *rules);
SIPCHECK_API const sipcheck_rule *sipcheck_rules_at(const sipcheck_rules *rules, size_t index);

/* NULL: there is none. ret_index: for sipcheck_rules_at; may be NULL. */
SIPCHECK_API const sipcheck_rule *sipcheck_rules_find(const sipcheck_rules *rules, const char *id,
                                                      size_t *ret_index);

/* Hash algorithms of Digest. RFC 7616 §3.2, RFC 8760 */
enum sipcheck_hash { SIPCHECK_HASH_MD5, SIPCHECK_HASH_SHA_256, SIPCHECK_HASH_SHA_512_256 };
#define SIPCHECK_HASH_HEX 64 /* digits, of the longest of them; MD5 has 32 */

/* Hashes and passwords, of which the library has none: with them it verifies Digest. */
typedef struct sipcheck_digest {
    /* The hash of the parts, one behind the other, in lower-case hex without a NUL. Of a part that
     * is empty p may be NULL. false: this algorithm is not known. */
    bool (*hash)(void *user, enum sipcheck_hash hash, const sipcheck_slice *parts, size_t count,
                 char ret[SIPCHECK_HASH_HEX]);
    /* The same of username ":" realm ":" password. hashed: username is itself the hash of username
     * ":" realm (RFC 7616 §3.4.4). false: the password is not known. NULL: none is. */
    bool (*secret)(void *user, enum sipcheck_hash hash, sipcheck_slice username, bool hashed,
                   sipcheck_slice realm, char ret[SIPCHECK_HASH_HEX]);
    void *user;
} sipcheck_digest;

/* One message of a rule's own test of a flow. */
typedef struct sipcheck_test_step {
    uint64_t ns;           /* since the first */
    const char *from, *to; /* names of elements, or addresses */
    const uint8_t *bytes;
    size_t length;
} sipcheck_test_step;

/* One outcome of a rule's own tests; everything in it is valid during the callback. */
typedef struct sipcheck_test_outcome {
    const sipcheck_rule *rule;
    enum sipcheck_verdict wanted, got;
    unsigned line; /* where the test stands in its file */
    bool ok;
    const uint8_t *bytes; /* the message that was made, of a flow the one that was judged */
    size_t length;
    const sipcheck_test_step *steps; /* of a flow; NULL: a test of one message */
    size_t step_count;
    size_t mark_offset, mark_length; /* what the finding points at; 0, 0 unless it failed */
    const char *text;                /* the finding's message, or why the test could not be made */
} sipcheck_test_outcome;
typedef void (*sipcheck_test_fn)(void *user, const sipcheck_test_outcome *outcome);

/* Run the tests of one rule, or of all (rule NULL), in the order of the files; rules that were
 * built in have some only behind sipcheck_rules_add_builtin_tests. digest: its hashes are for tests
 * that give credentials, which are left out where it is NULL. Returns 0 or SIPCHECK_NOMEM. */
SIPCHECK_API int sipcheck_rules_test(const sipcheck_rules *rules, const sipcheck_rule *rule,
                                     const sipcheck_digest *digest, sipcheck_test_fn fn,
                                     void *user);

/* An expression of the rule language as a filter on messages (-Y). allocator: copied, may be NULL;
 * expression: ends with a NUL, borrowed during the call. *ret is set on 0 only, and freed behind
 * the engines that use it. Returns 0, SIPCHECK_NOMEM or SIPCHECK_INVALID (error says where: file
 * "filter", line and column). */
typedef struct sipcheck_filter sipcheck_filter;
SIPCHECK_API int sipcheck_filter_new(const sipcheck_allocator *allocator, const char *expression,
                                     sipcheck_filter **ret, sipcheck_error *error);
SIPCHECK_API void sipcheck_filter_free(sipcheck_filter *filter); /* NULL is allowed */

/* Names, types and docs of every field, for reference docs and completion. Returns NULL behind the
 * last. */
typedef struct sipcheck_field_info {
    const char *record; /* "sip", "uri", "via" */
    const char *name;   /* "Method" */
    const char *type;   /* "string", "int", "list of param" */
    const char *doc;
} sipcheck_field_info;
SIPCHECK_API const sipcheck_field_info *sipcheck_field_info_at(size_t index);

/* --- state machines: what may follow what. docs/machines.md is the reference of their files. */

/* Whose doing an event is: the element's whose states these are, that of the element across, one
 * within the element, by its user or its transport (nothing of it is seen on the wire), a timer's.
 */
enum sipcheck_maker {
    SIPCHECK_BY_OWNER,
    SIPCHECK_BY_PEER,
    SIPCHECK_BY_INSIDE,
    SIPCHECK_BY_TIMER,
};

/* What an event means in a state. */
enum sipcheck_cell_kind {
    SIPCHECK_CELL_UNSAID, /* the machine says nothing of it */
    SIPCHECK_CELL_MOVES,  /* to another state or to the same */
    SIPCHECK_CELL_IGNORED,
    SIPCHECK_CELL_ILLEGAL,
};

/* "owner", "moves"; never NULL. */
SIPCHECK_API const char *sipcheck_maker_name(enum sipcheck_maker maker);
SIPCHECK_API const char *sipcheck_cell_kind_name(enum sipcheck_cell_kind kind);

typedef struct sipcheck_machine sipcheck_machine;

/* Strings of machines live as long as the rule set; "" where nothing was written. */
typedef struct sipcheck_machine_info {
    const char *name;
    const char *title;
    const char *owner; /* "client", "notifier": whose states these are */
    const char *about;
    const char *file;
    unsigned line;
    enum sipcheck_scope scope; /* the thing that has these states */
    size_t states, events, timers, rows;
    size_t start; /* the state that it begins in */
} sipcheck_machine_info;

typedef struct sipcheck_machine_state {
    const char *name;
    const char *title;
    bool end; /* it is over */
} sipcheck_machine_state;

/* The firing of a timer is an event, too: "timer A". They are behind the others. */
typedef struct sipcheck_machine_event {
    const char *name;
    const char *title;
    enum sipcheck_maker by;
    const char *on, *where; /* how it shows: an event of the scope, a condition; "": not said */
} sipcheck_machine_event;

typedef struct sipcheck_machine_timer {
    const char *name;
    const char *title;
    const char *value;        /* "64*T1" */
    const char *const *cites; /* as in cells */
} sipcheck_machine_timer;

typedef struct sipcheck_machine_cell {
    enum sipcheck_cell_kind kind;
    size_t next;               /* the state behind it; that before it unless it moves */
    const char *text;          /* moves: what is done; ignored: why; illegal: what is asked */
    const char *const *cites;  /* "3261-17.1.1.2-15" a statement, "3261-17.1.1.2" a section, or
                                  another document's title; NULL-terminated, NULL if unsaid */
    const char *const *sets;   /* names of timers; NULL-terminated, may be NULL */
    const char *const *stops;  /* likewise */
    enum sipcheck_level level; /* of illegal: the cited statement's */
    unsigned line;             /* of the row in the file */
} sipcheck_machine_cell;

/* Add a machine's file (the form of rules/machines/). As sipcheck_rules_add. */
SIPCHECK_API int sipcheck_rules_add_machine(sipcheck_rules *rules, const char *name,
                                            const char *text, size_t length, sipcheck_error *error);

/* In the order in which they were added. NULL behind the last; NULL where none has the name. */
SIPCHECK_API const sipcheck_machine *sipcheck_machine_at(const sipcheck_rules *rules, size_t index);
SIPCHECK_API const sipcheck_machine *sipcheck_machine_find(const sipcheck_rules *rules,
                                                           const char *name);
SIPCHECK_API const sipcheck_machine_info *
sipcheck_machine_describe(const sipcheck_machine *machine);

/* NULL behind the last. */
SIPCHECK_API const sipcheck_machine_state *
sipcheck_machine_state_at(const sipcheck_machine *machine, size_t state);
SIPCHECK_API const sipcheck_machine_event *
sipcheck_machine_event_at(const sipcheck_machine *machine, size_t event);
SIPCHECK_API const sipcheck_machine_timer *
sipcheck_machine_timer_at(const sipcheck_machine *machine, size_t timer);

/* What the event means in the state; unsaid where there is no such state or event. */
SIPCHECK_API sipcheck_machine_cell sipcheck_machine_cell_at(const sipcheck_machine *machine,
                                                            size_t state, size_t event);

#ifdef __cplusplus
}
#endif

#endif
