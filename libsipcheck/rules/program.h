/* SPDX-License-Identifier: MIT */
/* Compiled expressions: what emit.c makes and vm.c runs. */
#ifndef SC_PROGRAM_H
#define SC_PROGRAM_H

#include "rules/expr.h"

/* One instruction. The stack holds sc_value; "top" is its last. Operands that are unknown, else
 * absent, give their own state as the result unless said otherwise. */
enum sc_op {
    SC_OP_CONSTANT,  /* push constants[c] */
    SC_OP_SLOT,      /* push slots[b], then read the path (a fields from paths[c]) */
    SC_OP_LOCAL,     /* push the element of loop b, then read the path */
    SC_OP_GET,       /* top: read the path */
    SC_OP_NOT,       /* top */
    SC_OP_CONDITION, /* top: absent becomes false. The four below do so first with SC_FLAG_CONDITION
                      */
    SC_OP_AND,       /* two: three-valued */
    SC_OP_OR,
    SC_OP_JUMP_FALSE,     /* to c when top is false; keeps it */
    SC_OP_JUMP_TRUE,      /* to c when top is true; keeps it, forgets a broken all() */
    SC_OP_EQUAL,          /* two; b: the right one is constants[c]. a: enum sc_compare */
    SC_OP_UNEQUAL,        /* likewise, as the four below, which take numbers */
    SC_OP_LESS,           /**/
    SC_OP_LESS_EQUAL,     /**/
    SC_OP_GREATER,        /**/
    SC_OP_GREATER_EQUAL,  /**/
    SC_OP_IN_SET,         /* top, a: enum sc_compare, b pairs from constants[c] */
    SC_OP_ADD,            /* two numbers, and so on */
    SC_OP_SUBTRACT,       /**/
    SC_OP_MULTIPLY,       /**/
    SC_OP_MULTIPLY_RATIO, /* the product in millionths, scaled back */
    SC_OP_DIVIDE,         /**/
    SC_OP_DIVIDE_RATIO,   /* by a ratio */
    SC_OP_MODULO,         /**/
    SC_OP_POWER,          /**/
    SC_OP_NEGATE,         /* top */
    SC_OP_SCALE,          /* top: int to ratio */
    SC_OP_EXISTS,         /* top: definite unless unknown */
    SC_OP_HEADER_FACT,    /* top, a record of MESSAGE: b: enum sc_function; its header: paths[c] */
    SC_OP_SLOT_FACT,      /* push slots[a], then as HEADER_FACT */
    SC_OP_FIND_PARAM,     /* a list of parameters and a name: the parameter */
    SC_OP_CALL,           /* b: enum sc_function, a: SC_COMPARE_TOKEN or not */

    /* lists: top is the base, a fields from paths[c] lead to the elements; loop b.
     * flags & SC_FLAG_LIST: the base is the list itself */
    SC_OP_LIST_EXISTS,
    SC_OP_LIST_COUNT,
    SC_OP_LIST_FIRST,
    SC_OP_LIST_LAST,
    SC_OP_LIST_DISTINCT, /* flags: enum sc_compare << 4; uses loop b + 1, too */
    SC_OP_LIST_IN,       /* below the base: the value; flags: enum sc_compare << 4 */
    SC_OP_LIST_HOLD,     /* starts loop b for LIST_PAIR; top: what hinders, or true */
    SC_OP_LIST_PAIR,     /* below: of LIST_HOLD, loop b - 1. flags: enum sc_compare << 4, and
                            SC_FLAG_ALL: the second is the end of the first; else they are equal */
    SC_OP_LOOP,          /* starts loop b; top becomes what it is over nothing: SC_FLAG_ALL: true */
    SC_OP_LOOP_NEXT,     /* to c when loop b is exhausted */
    SC_OP_LOOP_STEP,     /* the body's outcome on top: into the one below; to c unless decided */
    SC_OP_END,
};

enum sc_compare {
    SC_COMPARE_NUMBER,
    SC_COMPARE_BOOL,
    SC_COMPARE_STRING,
    SC_COMPARE_TOKEN,
    SC_COMPARE_URI, /* these in LIST_PAIR alone */
    SC_COMPARE_VIA,
};

enum {
    SC_FLAG_LIST = 1u << 0,
    SC_FLAG_ALL = 1u << 1,
    SC_FLAG_MARK = 1u << 2, /* an element that breaks this all() is what a finding points at */
    SC_FLAG_CONDITION = 1u << 3,
    SC_FLAG_COMPARE_SHIFT = 4,
};

typedef struct sc_instruction {
    uint8_t op, a;
    uint8_t b, flags;
    uint32_t c;
} sc_instruction;

enum sc_function {
#define X(ID, NAME, ARGUMENTS, RESULT) SC_FUNCTION_##ID,
#include "rules/functions.def"
#undef X
    SC_FUNCTIONS
};

/* A field that the expression names, for sc_program_mark. */
typedef struct sc_mark {
    uint8_t slot, length;
    uint16_t path;
} sc_mark;

/* What must hold of `request`, or of the message, and of `response`. */
typedef struct sc_learned {
    sc_preconditions request, response;
} sc_learned;

struct sc_program {
    sipcheck_allocator allocator;
    sc_program *next;           /* a condition `a and b`: a, and then b; each is asked by itself */
    uint16_t answer;            /* index into sc_context.answers; 0: no other rule asks this */
    bool of_message;            /* wider scopes: one message alone decides it, that of `slots` */
    const sc_instruction *code; /* ends with SC_OP_END */
    const sc_value *constants;
    const sc_field *const *paths;
    const sc_mark *marks;
    size_t code_count, mark_count;
    uint64_t message_slots; /* bits: slots that are messages, whether it reads them or not */
    uint64_t slots;         /* bits: slots that it reads */
    bool reads_gap;         /* transaction.gap, which means something beside the sender alone */
    bool reads_body;        /* a field of it is something of the body */
    sc_type type;
    enum sc_want want;
    const sc_learned *learned; /* NULL: nothing, or its rule has it (rules/image.c) */
    sc_shortcuts shortcuts;
};

/* A program is one block: the structure, and behind it its parts, the strictest alignment first. */
typedef struct sc_program_sizes {
    size_t constants, paths, code, learned, marks, texts; /* learned: 0 or 1; texts: bytes */
} sc_program_sizes;
typedef struct sc_program_parts {
    sc_value *constants;
    const sc_field **paths;
    sc_instruction *code;
    sc_learned *learned;
    sc_mark *marks;
    uint8_t *texts;
} sc_program_parts;

/* Cleared, but for its parts, and pointing at these. NULL: no memory. */
sc_program *sc_program_new(const sipcheck_allocator *allocator, const sc_program_sizes *sizes);
sc_program_parts sc_program_parts_of(sc_program *program, const sc_program_sizes *sizes);
sc_program_sizes sc_program_sizes_of(const sc_program *program);

/* Run to the end; the result is the last value, which stays until the scratch is used again. */
const sc_value *sc_run(const sc_program *program, const sc_context *context, sc_scratch *scratch);

/* One condition by itself, without those behind it; answered once a message where its answer is
 * kept. */
sc_result sc_program_ask(const sc_program *program, const sc_context *context, sc_scratch *scratch);

/* How many names at paths[c] an instruction reads; 0: c is no such index. */
size_t sc_names_read(const sc_instruction *i);

/* --- loop.c: lists, flattened */
/* Set up the loop so that sc_loop_next gives the elements of base.path. */
void sc_loop_begin(sc_loop *loop, const sc_value *base, const sc_field *const *path, size_t length,
                   bool is_list);
/* The next element; false: none is left (loop->missing: what more there may be) or the budget is
 * spent (likewise). */
bool sc_loop_next(sc_loop *loop, uint32_t *budget);
/* Why there may be elements before the one that is shown. */
enum sc_missing sc_loop_missing_before(const sc_loop *loop);
void sc_read_path(sc_value *v, const sc_field *const *path, size_t length);

/* --- text.c: functions of texts. *budget is charged; 0: it is spent */
static inline bool sc_charge(uint32_t *budget, uint64_t units)
{
    if (units > *budget) {
        *budget = 0;
        return false;
    }
    *budget -= (uint32_t)units;
    return true;
}
sc_value sc_call(enum sc_function function, bool nocase, const sc_value *arguments,
                 sc_scratch *scratch);

/* --- list_pair.c: two lists, element by element */
sc_value sc_list_pair(const sc_program *program, const sc_instruction *i, const sc_value *held,
                      const sc_value *second, sc_scratch *scratch);

/* --- equal.c */
sc_value sc_hosts_equal(sipcheck_slice a, sipcheck_slice b);
/* Records of that type; unknown where one of them could not be read. */
sc_value sc_uris_equal(const void *a, const void *b, uint32_t *budget);
sc_value sc_vias_equal(const void *a, const void *b, uint32_t *budget);
sc_value sc_addresses_equal(const void *a, const void *b, uint32_t *budget);

/* --- digest.c: sipcheck_auth, sc_observed. RFC 7616 §3.4.1, §3.5 */
/* The response of the credentials of a request. Absent: they are no Digest. */
sc_value sc_digest_valid(const void *credentials, const void *request);
/* rspauth of an Authentication-Info. Absent: it has none. */
sc_value sc_rspauth_valid(const void *info, const void *credentials, const void *response);
/* Bytes that this looks at. */
uint64_t sc_digest_cost(const void *observed);

/* --- uri_equal.c: RFC 3261 §19.1.4. False, too, when one of them is not valid. */
bool sc_uri_equal(const sipcheck_uri *a, const sipcheck_uri *b);

#endif
