/* SPDX-License-Identifier: MIT */
/* What the passes of the compiler share: lexer, parser, checker, emitter, analysis. */
#ifndef SC_COMPILER_H
#define SC_COMPILER_H

#include "rules/error.h"
#include "rules/program.h"

enum sc_token_kind {
    SC_T_END,
    SC_T_BAD, /* the error is set */
    SC_T_INT,
    SC_T_DURATION,
    SC_T_RATIO,
    SC_T_TEXT,
    SC_T_NAME,
    SC_T_AND,
    SC_T_OR,
    SC_T_NOT,
    SC_T_IN,
    SC_T_TRUE,
    SC_T_FALSE,
    SC_T_OPEN,
    SC_T_CLOSE,
    SC_T_OPEN_SET,
    SC_T_CLOSE_SET,
    SC_T_COMMA,
    SC_T_COLON,
    SC_T_DOT, /* a member of what stands before: first(x).y; text is the name behind it */
    SC_T_RANGE,
    SC_T_EQUAL,
    SC_T_UNEQUAL,
    SC_T_LESS,
    SC_T_LESS_EQUAL,
    SC_T_GREATER,
    SC_T_GREATER_EQUAL,
    SC_T_PLUS,
    SC_T_MINUS,
    SC_T_TIMES,
    SC_T_DIVIDE,
    SC_T_MODULO,
    SC_T_POWER,
};

typedef struct sc_token {
    enum sc_token_kind kind;
    uint32_t at;         /* offset in the source */
    sipcheck_slice text; /* as written; TEXT: decoded */
    int64_t number;
} sc_token;

enum sc_node_kind {
    SC_N_LITERAL,
    SC_N_NAME, /* text: as written; after checking a PATH, or what a definition stands for */
    SC_N_PATH, /* root, or the value of `a`, then the members path[0..path_length) */
    SC_N_CALL, /* op: enum sc_function; arguments: a, a->next */
    SC_N_EACH, /* any, all: op: SC_FLAG_ALL or 0; a: the list, b: the body; text: the name */
    SC_N_NOT,
    SC_N_NEGATE,
    SC_N_SCALE, /* an int as a ratio; made by the checker */
    SC_N_AND,
    SC_N_OR,
    SC_N_COMPARE, /* op: token kind */
    SC_N_ARITHMETIC,
    SC_N_IN, /* op: 1: not in; b: a SET or a list */
    SC_N_SET,
    SC_N_RANGE, /* of a SET: a .. b */
};

enum sc_root { SC_ROOT_NODE, SC_ROOT_SLOT, SC_ROOT_LOCAL };

typedef struct sc_node {
    uint8_t kind, op;
    sc_type type;
    uint8_t root;         /* PATH: enum sc_root */
    uint8_t index;        /* PATH: slot or loop; EACH: loop */
    uint8_t compare;      /* enum sc_compare of what compares */
    uint8_t path_length;  /* PATH */
    uint16_t path;        /* PATH: index into sc_compiler.paths */
    uint16_t definitions; /* how many definitions are visible here */
    uint32_t at;
    const sc_source *source;
    sipcheck_slice text;
    int64_t number;
    struct sc_node *a, *b, *next;
} sc_node;

#define SC_CODE_MAX 4096
#define SC_CONSTANTS_MAX 1024
#define SC_PATHS_MAX 2048
#define SC_MARKS_MAX 16
#define SC_PATH_LENGTH_MAX 12
#define SC_CHECK_DEPTH_MAX 256 /* levels of the tree, definitions expanded */

/* A name bound by any() or all(). */
typedef struct sc_local {
    sipcheck_slice name;
    sc_type type;
} sc_local;

typedef struct sc_compiler {
    const sc_environment *environment;
    sipcheck_error *error;
    bool failed;
    unsigned depth, check_depth;

    /* lexer and parser */
    const sc_source *source;
    uint32_t at; /* behind `token` */
    sc_token token;
    uint16_t definitions; /* visible to what is parsed */
    size_t node_count, text_used;

    /* checker */
    sc_local locals[SC_LOOPS_MAX];
    unsigned local_count;
    unsigned local_base; /* a definition does not see the names bound around it */

    /* emitter */
    unsigned stack, loops;
    bool under_not; /* an all() that breaks here breaks nothing */
    size_t code_count, constant_count, path_count, mark_count;

    sc_node nodes[SC_EXPR_NODES_MAX];
    uint8_t texts[SC_EXPR_LENGTH_MAX]; /* literals with escapes, decoded */
    sc_instruction code[SC_CODE_MAX];
    sc_value constants[SC_CONSTANTS_MAX];
    uint8_t about; /* in a wider scope: the slot whose message sc_analyse looks at */
    const sc_field *paths[SC_PATHS_MAX];
    sc_mark marks[SC_MARKS_MAX];
} sc_compiler;

/* --- fail.c. All return false and keep the first error. */
bool sc_fail(sc_compiler *c, const sc_source *source, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool sc_fail_node(sc_compiler *c, const sc_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- lexer.c */
void sc_lex_begin(sc_compiler *c, const sc_source *source, uint32_t at);
void sc_lex_next(sc_compiler *c); /* into c->token */
const char *sc_token_words(const sc_token *token, char buf[64]);

/* --- parser.c: an expression from c->token on; stops at the first token that can't continue it. */
sc_node *sc_parse_expression(sc_compiler *c);
/* A whole source. */
sc_node *sc_parse_source(sc_compiler *c, const sc_source *source, uint16_t definitions);
/* -1: no function of that name. */
int sc_function_find(sipcheck_slice name);
bool sc_is_word(sipcheck_slice name);

/* --- names.c */
bool sc_resolve_name(sc_compiler *c, sc_node *node);
bool sc_resolve_members(sc_compiler *c, sc_node *node, sipcheck_slice members, uint32_t at);
bool sc_append_field(sc_compiler *c, sc_node *node, const sc_field *field);
/* Put the name of an any() or all() in force. */
bool sc_bind_local(sc_compiler *c, sc_node *each);
sc_node *sc_copy_node(sc_compiler *c, const sc_node *node);

/* --- check.c: types; resolves names on the way. */
bool sc_check(sc_compiler *c, sc_node *node);
/* One value that is no record: a record gives way to what it stands for. */
bool sc_to_value(sc_compiler *c, sc_node *node);
/* How two values compare, or false: they can't. Scales an int beside a ratio. */
bool sc_unify(sc_compiler *c, sc_node *a, sc_node *b, uint8_t *ret_compare);

/* --- calls.c */
bool sc_check_call(sc_compiler *c, sc_node *call);
const char *sc_function_name(enum sc_function function);

/* --- emit.c */
bool sc_emit(sc_compiler *c, const sc_node *node);
/* The instruction it becomes, or NULL: too many. pushes: by how much the stack grows. */
sc_instruction *sc_emit_op(sc_compiler *c, const sc_node *node, enum sc_op op, int pushes);
/* The whole program, its end included. */
bool sc_emit_program(sc_compiler *c, const sc_node *node, enum sc_want want);

/* --- emit_lists.c: paths, lists, calls */
bool sc_emit_path(sc_compiler *c, const sc_node *node);
bool sc_emit_call(sc_compiler *c, const sc_node *call);
bool sc_emit_each(sc_compiler *c, const sc_node *each);
bool sc_emit_in_list(sc_compiler *c, const sc_node *in);
bool sc_emit_list(sc_compiler *c, const sc_node *list, enum sc_op op, unsigned flags);

/* --- analyse.c */
sc_preconditions sc_analyse(const sc_compiler *c, const sc_node *condition);
/* What must hold of a message for a truth not to be absent. */
sc_preconditions sc_analyse_absence(const sc_compiler *c, const sc_node *truth);
bool sc_relation_holds(int op, int64_t value, int64_t literal);

/* --- shortcut.c */
sc_shortcuts sc_find_shortcuts(const sc_compiler *c, const sc_node *truth);

/* --- expr.c: for templates: compile the expression at `at` in source; *ret_end: behind it. */
int sc_compile_at(const sipcheck_allocator *allocator, const sc_source *source, uint32_t at,
                  bool braced, const sc_environment *environment, enum sc_want want,
                  sc_program **ret, uint32_t *ret_end, sipcheck_error *error);

static inline bool sc_is_text(sc_type type)
{
    return type == SC_TYPE_STRING || type == SC_TYPE_TOKEN;
}

static inline bool sc_is_number(sc_type type)
{
    return type == SC_TYPE_INT || type == SC_TYPE_DURATION || type == SC_TYPE_RATIO ||
           type == SC_TYPE_MOMENT;
}

#endif
