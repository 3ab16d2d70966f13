/* SPDX-License-Identifier: MIT */
/* From source to program. */
#include "fields/scopes.h"
#include "rules/compiler.h"
#include "rules/memory.h"
#include "text/slice.h"

const sc_binding sc_message_bindings[1] = { { "sip", SC_TYPE_MESSAGE, 0 } };

static size_t texts_size(const sc_compiler *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->constant_count; i++)
        n += c->constants[i].raw.n;
    return n;
}

/* The parts of a program in its one block, the strictest alignment first. */
typedef struct program_layout {
    size_t constants, paths, code, marks, texts, end;
} program_layout;

static program_layout lay_out(const sc_compiler *c)
{
    program_layout l;
    l.constants = (sizeof(sc_program) + 15) / 16 * 16;
    l.paths = l.constants + c->constant_count * sizeof *c->constants;
    l.code = l.paths + c->path_count * sizeof(void *);
    l.marks = l.code + c->code_count * sizeof *c->code;
    l.texts = l.marks + c->mark_count * sizeof *c->marks;
    l.end = l.texts + texts_size(c);
    return l;
}

static void copy_texts(sc_value *constants, size_t count, uint8_t *to)
{
    for (size_t i = 0; i < count; i++) {
        sipcheck_slice *text = &constants[i].raw;
        if (!text->p) continue;
        if (text->n > 0) memcpy(to, text->p, text->n);
        text->p = to;
        to += text->n;
    }
}

static uint64_t message_slots(const sc_environment *e)
{
    uint64_t slots = 0;
    for (size_t i = 0; i < e->binding_count; i++)
        if (e->bindings[i].type == SC_TYPE_OBSERVED || e->bindings[i].type == SC_TYPE_MESSAGE)
            slots |= (uint64_t)1 << (e->bindings[i].slot & 63);
    return slots;
}

static sc_preconditions of_name(sc_compiler *c, const sc_node *node, uint8_t name)
{
    c->about = name;
    return sc_analyse(c, node);
}

/* What can be told of its outcomes beforehand. */
static void learn(sc_compiler *c, const sc_node *node, sc_program *program)
{
    program->preconditions = program->of_response = sc_no_preconditions();
    if (c->environment->scope != SIPCHECK_SCOPE_MESSAGE) {
        if (program->want != SC_WANT_CONDITION) return;
        program->preconditions = of_name(c, node, SC_NAME_REQUEST);
        program->of_response = of_name(c, node, SC_NAME_RESPONSE);
        return;
    }
    if (program->want == SC_WANT_CONDITION) program->preconditions = sc_analyse(c, node);
    if (program->want == SC_WANT_TRUTH) program->preconditions = sc_analyse_absence(c, node);
    if (program->want == SC_WANT_CONDITION || program->want == SC_WANT_TRUTH)
        program->shortcuts = sc_find_shortcuts(c, node);
}

/* Bits of the slots that the code reads. */
static uint64_t slots_read(const sc_compiler *c)
{
    uint64_t slots = 0;
    for (size_t i = 0; i < c->code_count; i++) {
        const sc_instruction *at = &c->code[i];
        if (at->op == SC_OP_SLOT) slots |= (uint64_t)1 << (at->b & 63);
        if (at->op == SC_OP_SLOT_FACT) slots |= (uint64_t)1 << (at->a & 63);
    }
    return slots;
}

static bool reads_gap(const sc_compiler *c)
{
    for (size_t i = 0; i < c->path_count; i++)
        if (c->paths[i]->record == SC_TYPE_TRANSACTION &&
            c->paths[i]->fact == SC_FACT_TRANSACTION_GAP)
            return true;
    return false;
}

static bool reads_body(const sc_compiler *c)
{
    for (size_t i = 0; i < c->path_count; i++)
        if (sc_field_reads_body(c->paths[i])) return true;
    return false;
}

static int finish(sc_compiler *c, const sipcheck_allocator *allocator, const sc_node *node,
                  enum sc_want want, sc_program **ret)
{
    program_layout l = lay_out(c);
    uint8_t *block = sc_allocate(allocator, l.end);
    if (!block) return SIPCHECK_NOMEM;
    memcpy(block + l.constants, c->constants, l.paths - l.constants);
    memcpy(block + l.paths, c->paths, l.code - l.paths);
    memcpy(block + l.code, c->code, l.marks - l.code);
    memcpy(block + l.marks, c->marks, l.texts - l.marks);
    copy_texts((sc_value *)(void *)(block + l.constants), c->constant_count, block + l.texts);
    sc_program *program = (sc_program *)(void *)block;
    *program = (sc_program){
        .constants = (const sc_value *)(const void *)(block + l.constants),
        .paths = (const sc_field *const *)(const void *)(block + l.paths),
        .code = (const sc_instruction *)(const void *)(block + l.code),
        .marks = (const sc_mark *)(const void *)(block + l.marks),
        .code_count = c->code_count,
        .mark_count = c->mark_count,
        .message_slots = message_slots(c->environment),
        .slots = slots_read(c),
        .reads_gap = reads_gap(c),
        .reads_body = reads_body(c),
        .type = node->type,
        .want = want,
    };
    learn(c, node, program);
    if (allocator) program->allocator = *allocator;
    *ret = program;
    return SIPCHECK_OK;
}

static void free_until(sc_program *program, const sc_program *end)
{
    while (program != end) {
        sc_program *next = program->next;
        sipcheck_allocator allocator = program->allocator;
        sc_release(&allocator, program);
        program = next;
    }
}

/* A condition becomes a program for each operand of its `and`, with `next` behind the last. */
static int build(sc_compiler *c, const sipcheck_allocator *allocator, const sc_node *node,
                 enum sc_want want, sc_program *next, sc_program **ret)
{
    if (want == SC_WANT_CONDITION && node->kind == SC_N_AND) {
        sc_program *right = NULL;
        int code = build(c, allocator, node->b, want, next, &right);
        if (code != SIPCHECK_OK) return code;
        code = build(c, allocator, node->a, want, right, ret);
        if (code == SIPCHECK_OK)
            learn(c, node, *ret);
        else
            free_until(right, next);
        return code;
    }
    c->code_count = c->constant_count = c->mark_count = c->stack = 0;
    if (!sc_emit_program(c, node, want)) return SIPCHECK_INVALID;
    int code = finish(c, allocator, node, want, ret);
    if (code == SIPCHECK_OK) (*ret)->next = next;
    return code;
}

static bool check_printable(sc_compiler *c, sc_node *node)
{
    if (!sc_to_value(c, node)) return false;
    return node->type != SC_TYPE_MOMENT ||
           sc_fail_node(c, node, "%s can't be printed; the duration between two can",
                        sc_type_phrase(node->type));
}

static bool check_duration(sc_compiler *c, sc_node *node)
{
    return sc_to_value(c, node) && (node->type == SC_TYPE_DURATION ||
                                    sc_fail_node(c, node, "found %s where a duration is wanted",
                                                 sc_type_phrase(node->type)));
}

static bool check_wanted(sc_compiler *c, sc_node *node, enum sc_want want)
{
    if (!sc_check(c, node)) return false;
    if (want == SC_WANT_ANY) return true;
    if (want == SC_WANT_TEXT) return check_printable(c, node);
    if (want == SC_WANT_DURATION) return check_duration(c, node);
    return node->type == SC_TYPE_BOOL ||
           sc_fail_node(c, node, "found %s where a truth (bool) is wanted",
                        sc_type_phrase(node->type));
}

static bool check_sizes(sc_compiler *c, const sc_source *source)
{
    for (size_t i = 0; i < c->environment->binding_count; i++)
        if (c->environment->bindings[i].slot > UINT8_MAX)
            return sc_fail(c, source, 0, "this scope has too many names");
    if (source->text.n <= SC_EXPR_LENGTH_MAX) return true;
    return sc_fail(c, source, 0, "longer than %d bytes", SC_EXPR_LENGTH_MAX);
}

/* Of a template: what to print where the value is absent. */
static bool begins_else(const sc_token *token)
{
    return token->kind == SC_T_NAME && sc_slices_same(token->text, sc_slice_of("else"));
}

/* In braces: from behind `{` to before `}` or `else`. */
static sc_node *parse_braced(sc_compiler *c, const sc_source *source, uint32_t at)
{
    char buf[64];
    c->definitions = (uint16_t)c->environment->definition_count;
    sc_lex_begin(c, source, at);
    sc_node *node = sc_parse_expression(c);
    if (!node || c->token.kind == SC_T_CLOSE_SET || begins_else(&c->token)) return node;
    sc_fail(c, source, c->token.at, "found %s where `}` was wanted",
            sc_token_words(&c->token, buf));
    return NULL;
}

/* The big arrays need no clearing. */
static void prepare(sc_compiler *c, const sc_environment *environment, sipcheck_error *error)
{
    memset(c, 0, offsetof(sc_compiler, nodes));
    c->environment = environment;
    c->error = error;
}

int sc_compile_at(const sipcheck_allocator *allocator, const sc_source *source, uint32_t at,
                  bool braced, const sc_environment *environment, enum sc_want want,
                  sc_program **ret, uint32_t *ret_end, sipcheck_error *error)
{
    sc_compiler *c = sc_allocate(allocator, sizeof *c);
    if (!c) return SIPCHECK_NOMEM;
    prepare(c, environment, error);
    sc_node *node = NULL;
    if (check_sizes(c, source))
        node = braced ? parse_braced(c, source, at)
                      : sc_parse_source(c, source, (uint16_t)environment->definition_count);
    uint32_t end = c->token.at;
    bool ok = node && check_wanted(c, node, want);
    int code = ok ? build(c, allocator, node, want, NULL, ret) : SIPCHECK_INVALID;
    if (code == SIPCHECK_OK && ret_end) *ret_end = end;
    sc_release(allocator, c);
    return code;
}

int sc_expr_compile(const sipcheck_allocator *allocator, const sc_source *source,
                    const sc_environment *environment, enum sc_want want, sc_program **ret,
                    sipcheck_error *error)
{
    return sc_compile_at(allocator, source, 0, false, environment, want, ret, NULL, error);
}

void sc_program_free(sc_program *program)
{
    free_until(program, NULL);
}

sc_preconditions sc_program_preconditions(const sc_program *program)
{
    return program ? program->preconditions : sc_no_preconditions();
}

sc_preconditions sc_program_preconditions_of_response(const sc_program *program)
{
    return program ? program->of_response : sc_no_preconditions();
}

sc_shortcuts sc_program_shortcuts(const sc_program *program)
{
    return program ? program->shortcuts : (sc_shortcuts){ 0, 0 };
}

bool sc_program_reads_body(const sc_program *program)
{
    while (program && !program->reads_body)
        program = program->next;
    return program;
}

uint64_t sc_program_slots(const sc_program *program)
{
    uint64_t slots = 0;
    for (; program; program = program->next)
        slots |= program->slots;
    return slots;
}

bool sc_program_reads_gap(const sc_program *program)
{
    while (program && !program->reads_gap)
        program = program->next;
    return program;
}
