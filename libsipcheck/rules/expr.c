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

sc_program_parts sc_program_parts_of(sc_program *program, const sc_program_sizes *sizes)
{
    sc_program_parts parts;
    uint8_t *at = (uint8_t *)program + (sizeof *program + 15) / 16 * 16;
    parts.constants = (sc_value *)(void *)at;
    at += sizes->constants * sizeof *parts.constants;
    parts.paths = (const sc_field **)(void *)at;
    at += sizes->paths * sizeof *parts.paths;
    parts.code = (sc_instruction *)(void *)at;
    at += sizes->code * sizeof *parts.code;
    parts.learned = (sc_learned *)(void *)at;
    at += sizes->learned * sizeof *parts.learned;
    parts.marks = (sc_mark *)(void *)at;
    parts.texts = at + sizes->marks * sizeof *parts.marks;
    return parts;
}

sc_program *sc_program_new(const sipcheck_allocator *allocator, const sc_program_sizes *sizes)
{
    size_t size = (sizeof(sc_program) + 15) / 16 * 16 + sizes->constants * sizeof(sc_value) +
                  sizes->paths * sizeof(sc_field *) + sizes->code * sizeof(sc_instruction) +
                  sizes->learned * sizeof(sc_learned) + sizes->marks * sizeof(sc_mark) +
                  sizes->texts;
    sc_program *program = sc_allocate(allocator, size);
    if (!program) return NULL;
    sc_program_parts parts = sc_program_parts_of(program, sizes);
    *program = (sc_program){ .constants = parts.constants,
                             .paths = parts.paths,
                             .code = parts.code,
                             .learned = sizes->learned ? parts.learned : NULL,
                             .marks = parts.marks,
                             .code_count = sizes->code,
                             .mark_count = sizes->marks };
    if (allocator) program->allocator = *allocator;
    return program;
}

sc_program_sizes sc_program_sizes_of(const sc_program *program)
{
    const uint8_t *paths = (const uint8_t *)program->paths;
    sc_program_sizes sizes = { .code = program->code_count,
                               .learned = program->learned != NULL,
                               .marks = program->mark_count };
    sizes.constants = (size_t)(paths - (const uint8_t *)program->constants) / sizeof(sc_value);
    sizes.paths = (size_t)((const uint8_t *)program->code - paths) / sizeof(sc_field *);
    for (size_t i = 0; i < sizes.constants; i++)
        sizes.texts += program->constants[i].raw.p ? program->constants[i].raw.n : 0;
    return sizes;
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

/* Of what something can be told beforehand. */
static bool learns(const sc_compiler *c, enum sc_want want)
{
    bool truth = want == SC_WANT_TRUTH && c->environment->scope == SIPCHECK_SCOPE_MESSAGE;
    return want == SC_WANT_CONDITION || truth;
}

/* What can be told of its outcomes. */
static void learn(sc_compiler *c, const sc_node *node, sc_program *program)
{
    if (program->learned == NULL) return;
    const sc_program_sizes sizes = sc_program_sizes_of(program);
    sc_learned *learned = sc_program_parts_of(program, &sizes).learned;
    if (c->environment->scope != SIPCHECK_SCOPE_MESSAGE) {
        learned->request = of_name(c, node, SC_NAME_REQUEST);
        learned->response = of_name(c, node, SC_NAME_RESPONSE);
        return;
    }
    learned->request =
        program->want == SC_WANT_CONDITION ? sc_analyse(c, node) : sc_analyse_absence(c, node);
    learned->response = sc_no_preconditions();
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
    const sc_program_sizes sizes = { c->constant_count, c->path_count, c->code_count,
                                     learns(c, want),   c->mark_count, texts_size(c) };
    sc_program *program = sc_program_new(allocator, &sizes);
    if (!program) return SIPCHECK_NOMEM;
    sc_program_parts parts = sc_program_parts_of(program, &sizes);
    memcpy(parts.constants, c->constants, c->constant_count * sizeof *parts.constants);
    memcpy(parts.paths, c->paths, c->path_count * sizeof *parts.paths);
    memcpy(parts.code, c->code, c->code_count * sizeof *parts.code);
    memcpy(parts.marks, c->marks, c->mark_count * sizeof *parts.marks);
    copy_texts(parts.constants, c->constant_count, parts.texts);
    program->message_slots = message_slots(c->environment);
    program->slots = slots_read(c);
    program->reads_gap = reads_gap(c);
    program->reads_body = reads_body(c);
    program->type = node->type;
    program->want = want;
    learn(c, node, program);
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
    return program && program->learned ? program->learned->request : sc_no_preconditions();
}

sc_preconditions sc_program_preconditions_of_response(const sc_program *program)
{
    return program && program->learned ? program->learned->response : sc_no_preconditions();
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
