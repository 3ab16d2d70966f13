/* SPDX-License-Identifier: MIT */
/* Expressions of the rule language: compile once, evaluate often. docs/rule-language.md.
 *
 * A program is immutable: threads may share it. Evaluation allocates nothing; what it needs lies in
 * the caller's sc_scratch (one a thread). */
#ifndef SC_EXPR_H
#define SC_EXPR_H

#include <sipcheck/rules.h>

#include "fields/fields.h"

/* Limits; hitting one at compile time is an error, at evaluation it makes the outcome unknown. */
#define SC_EXPR_LENGTH_MAX 8192 /* bytes of an expression or a template */
#define SC_EXPR_DEPTH_MAX 64    /* parentheses, operators, definitions inside each other */
#define SC_EXPR_NODES_MAX 1024  /* names, literals and operators, definitions expanded */
#define SC_STACK_MAX 96         /* values on the stack */
#define SC_LOOPS_MAX 8          /* any, all ... inside each other */
#define SC_PATH_LISTS_MAX 4     /* lists inside lists in one name: sip.Contact.uri.params */
#define SC_BUDGET 65536         /* list elements visited (and 64-byte stretches of text compared) */
#define SC_TEXT_MAX 2048        /* bytes of text made while evaluating */
#define SC_FINDING_TEXT_MAX 2048 /* of a finding, with its NUL; a longer one ends in dots */

/* Where an expression stands. text: as it is in the file where possible (line breaks and
 * indentation inside are white space), so that positions in errors are exact. */
typedef struct sc_source {
    sipcheck_slice text;
    const char *file;      /* name for errors */
    unsigned line, column; /* of text.p[0], from 1 */
    sipcheck_slice whole;  /* the whole file, for the error's excerpt; absent: text stands for it */
} sc_source;

/* A name that the scope binds: `sip`, `request`, `transaction.gap`, `T1`. */
typedef struct sc_binding {
    const char *name;
    sc_type type;
    uint16_t slot; /* its value is context.slots[slot] */
} sc_binding;

/* `define: NAME, as: EXPR`. Rules of its scope see it. It sees the bindings and the definitions
 * before it. Compile it once by itself (SC_WANT_ANY) to have its errors reported where it stands.
 */
typedef struct sc_definition {
    const char *name;
    sc_source source;
    enum sipcheck_scope scope;
} sc_definition;

typedef struct sc_environment {
    const sc_binding *bindings;
    size_t binding_count;
    const sc_definition *definitions;
    size_t definition_count;
    enum sipcheck_scope scope; /* wider than the message: nothing is foreseen of a program */
} sc_environment;

/* scope: message binds `sip` to slot 0, and with it `sdp`. */
extern const sc_binding sc_message_bindings[1];

/* Wider scopes: messages and records that the scope has, and parameters, each in its enum sc_slot.
 * more: bits; the message that an expectation met, the machine that a rule names. Returns how many;
 * there are SC_SLOT_COUNT at most. scope.c */
enum { SC_BIND_NEXT = 1, SC_BIND_MACHINE = 2 };
size_t sc_scope_bindings(enum sipcheck_scope scope, unsigned more, sc_binding *ret);

/* NULL, or why `name` can't name a definition: "is a function", "is a word of the language". */
const char *sc_definition_name_fault(const sc_environment *environment, const char *name);

enum sc_want {
    SC_WANT_CONDITION, /* applies, filters: a truth; absent counts as false */
    SC_WANT_TRUTH,     /* assert */
    SC_WANT_ANY,       /* define, mark */
    SC_WANT_TEXT,      /* text, number or truth, to be printed */
    SC_WANT_DURATION,  /* within */
};

typedef struct sc_program sc_program;

/* allocator: copied, may be NULL. Returns 0, SIPCHECK_NOMEM or SIPCHECK_INVALID (*error says where
 * and why; limits, too). */
int sc_expr_compile(const sipcheck_allocator *allocator, const sc_source *source,
                    const sc_environment *environment, enum sc_want want, sc_program **ret,
                    sipcheck_error *error);
void sc_program_free(sc_program *program); /* NULL is allowed */

/* What a condition that several rules share said of the current message. */
typedef struct sc_answer {
    uint8_t outcome; /* 1 + enum sc_outcome; 0: not asked yet */
    uint8_t missing;
} sc_answer;

/* The values behind the bindings. Message scope: one slot, sc_value_observed(&observed). */
typedef struct sc_context {
    const sc_value *slots;
    size_t slot_count;
    sc_answer *answers;            /* by sc_program.answer; NULL: none are kept */
    sc_answer *const *of_messages; /* wider scopes: by slot, where of_message says so */
} sc_context;
sc_value sc_value_observed(const sc_observed *observed); /* NULL: absent */
sc_value sc_value_number(int64_t number); /* INT, DURATION (ns), RATIO (millionths) */

enum sc_outcome { SC_FALSE, SC_TRUE, SC_ABSENT, SC_UNKNOWN };

typedef struct sc_loop_level {
    sc_value list;
    const void *at;
    size_t index;
    uint8_t step; /* where in the path the list's elements go on */
} sc_loop_level;

typedef struct sc_loop {
    sc_loop_level level[SC_PATH_LISTS_MAX];
    sc_value element;
    const sc_field *const *path;
    uint8_t path_length, depth;
    uint8_t missing; /* enum sc_missing: why there may be more elements */
    bool single;     /* one element that comes from no list */
    bool plain;      /* the values of one header, none of them cut: */
    uint8_t plain_missing;
    const sipcheck_value *next;
} sc_loop;

/* Working memory of one evaluation at a time; need not be initialised. */
typedef struct sc_scratch {
    sc_value stack[SC_STACK_MAX];
    sc_loop loops[SC_LOOPS_MAX];
    sipcheck_slice broken; /* the element that broke an all() */
    uint32_t budget;
    uint32_t text_used;
    uint8_t text[SC_TEXT_MAX];
} sc_scratch;

typedef struct sc_result {
    enum sc_outcome outcome;
    enum sc_missing missing; /* of an unknown outcome: sc_missing_text() says what was missing */
} sc_result;

/* For SC_WANT_CONDITION and SC_WANT_TRUTH. */
sc_result sc_program_eval(const sc_program *program, const sc_context *context,
                          sc_scratch *scratch);

/* Where a finding points. For the program of an `assert`, right after the evaluation that gave
 * false, with the same scratch: the element that broke an all(), else the first field of the
 * expression that a message has bytes for. For a `mark` (SC_WANT_ANY), at any time: the bytes of
 * its value. Absent when there are none. The bytes lie in one of the context's messages. */
sipcheck_slice sc_program_mark(const sc_program *program, const sc_context *context,
                               sc_scratch *scratch);
/* The same within one of the messages. */
sipcheck_slice sc_program_mark_in(const sc_program *program, const sc_context *context,
                                  const sipcheck_message *only, sc_scratch *scratch);

/* An evaluation that gives false may say at which element. */
bool sc_program_breaks_at_element(const sc_program *program);

/* Templates: text with {expression} in it. */
typedef struct sc_template sc_template;
int sc_template_compile(const sipcheck_allocator *allocator, const sc_source *source,
                        const sc_environment *environment, sc_template **ret,
                        sipcheck_error *error);
void sc_template_free(sc_template *template);
/* Fill buf (size > 0, NUL-terminated, "..." at the end when it was too small). Control bytes and
 * bad UTF-8 come out as \xNN. Returns the length. */
size_t sc_template_render(const sc_template *template, const sc_context *context,
                          sc_scratch *scratch, char *buf, size_t size);
/* What is the same whatever the message, as long as the template lives; NULL: it has values, or is
 * longer than a finding's text may be. */
const char *sc_template_constant(const sc_template *template);
/* Its constant text, or else buf, filled. */
const char *sc_template_text(const sc_template *template, const sc_context *context,
                             sc_scratch *scratch, char *buf, size_t size);

/* What must hold of a message for a condition to be true or unknown; everything else is false or
 * absent. */
enum { SC_REQUEST = 1u << 0, SC_RESPONSE = 1u << 1 };
#define SC_PRE_STATUS_MAX 700
#define SC_PRE_HEADERS_MAX 4
typedef struct sc_preconditions {
    uint8_t kinds;             /* SC_REQUEST, SC_RESPONSE */
    uint32_t methods;          /* requests: bits 1u << enum sipcheck_method_id of sip.Method */
    uint32_t response_methods; /* responses: the same of sip.CSeq.method */
    uint8_t statuses[(SC_PRE_STATUS_MAX + 7) / 8]; /* responses: a bit each code below 700 */
    uint16_t headers[SC_PRE_HEADERS_MAX];          /* enum sipcheck_header_id: lines sent */
    uint8_t header_count;
    uint32_t names; /* wider scopes: bits 1u << enum sc_name: messages that are not absent */
} sc_preconditions;

/* Headers as bits of a word; two may share one. */
static inline uint64_t sc_header_bit(uint16_t header)
{
    return (uint64_t)1 << (header & 63);
}

/* What is known of a condition or a truth when none of some headers was sent, as bits of
 * sc_header_bit; 0: nothing. Not for cut messages without headers_whole. */
typedef struct sc_shortcuts {
    uint64_t true_without, false_without;
} sc_shortcuts;
sc_shortcuts sc_program_shortcuts(const sc_program *program); /* NULL: none */

/* Of a program compiled with SC_WANT_CONDITION. In wider scopes: what must hold of `request`
 * where that is a request. With SC_WANT_TRUTH: what must hold for it not to be absent. Any other,
 * and NULL (no `applies`), excludes nothing. */
sc_preconditions sc_program_preconditions(const sc_program *program);
/* In wider scopes: the same of `response` where that is a response. */
sc_preconditions sc_program_preconditions_of_response(const sc_program *program);

/* Of what excludes nothing. */
sc_preconditions sc_no_preconditions(void);

/* false: evaluating would give false or absent (a truth: absent). Knows about cut messages and
 * broken start lines: an index that asks less than this must treat messages for which neither
 * is_request nor is_response holds, and cut ones without headers_whole, as matching. */
bool sc_preconditions_match(const sc_preconditions *pre, const sipcheck_message *message);

/* The part of it that the rules' lists don't tell: headers_whole or not cut, a response. */
bool sc_preconditions_match_response(const sc_preconditions *pre, const sipcheck_message *message);

/* Bits of the slots that the program, and those behind it, read; NULL: none. */
uint64_t sc_program_slots(const sc_program *program);
uint64_t sc_template_slots(const sc_template *template);
bool sc_program_reads_gap(const sc_program *program); /* transaction.gap */
bool sc_template_reads_gap(const sc_template *template);

/* The program, or one behind it, reads something of the body; NULL: no. */
bool sc_program_reads_body(const sc_program *program);
bool sc_filter_reads_body(const sipcheck_filter *filter);

/* true only where the filter's outcome is true. */
bool sc_filter_match(const sipcheck_filter *filter, const sc_observed *observed,
                     sc_scratch *scratch);

#endif
