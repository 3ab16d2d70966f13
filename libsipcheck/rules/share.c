/* SPDX-License-Identifier: MIT */
/* Conditions that several rules ask: a definition, sip.is_request, exists(sip.Contact). Each gets a
 * number, under which its answer for a message is kept, or in wider scopes for an event. What asks
 * one message alone, though a rule of a wider scope does, has its answer kept with that message. */
#include <string.h>

#include "rules/program.h"
#include "rules/set.h"

static bool same_value(const sc_value *a, const sc_value *b)
{
    bool same_text = a->raw.n == b->raw.n && !a->raw.p == !b->raw.p;
    return same_text &&
           (a->raw.p == NULL || b->raw.p == NULL || memcmp(a->raw.p, b->raw.p, a->raw.n) == 0) &&
           a->number == b->number && a->state == b->state;
}

static bool same_constants(const sc_value *a, const sc_value *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!same_value(&a[i], &b[i])) return false;
    return true;
}

size_t sc_names_read(const sc_instruction *i)
{
    bool path = i->op == SC_OP_SLOT || i->op == SC_OP_LOCAL || i->op == SC_OP_GET ||
                (i->op >= SC_OP_LIST_EXISTS && i->op <= SC_OP_LOOP);
    bool fact = i->op == SC_OP_HEADER_FACT || i->op == SC_OP_SLOT_FACT;
    return fact ? 1 : path ? i->a : 0;
}

static size_t constants_read(const sc_instruction *i)
{
    bool comparison = i->op >= SC_OP_EQUAL && i->op <= SC_OP_GREATER_EQUAL;
    if (comparison) {
        return i->b;
    }
    return i->op == SC_OP_CONSTANT ? 1 : i->op == SC_OP_IN_SET ? 2u * i->b : 0;
}

static bool jumps(const sc_instruction *i)
{
    return i->op == SC_OP_JUMP_FALSE || i->op == SC_OP_JUMP_TRUE || i->op == SC_OP_LOOP_NEXT ||
           i->op == SC_OP_LOOP_STEP;
}

static bool same_instruction(const sc_program *p, const sc_instruction *i, const sc_program *q,
                             const sc_instruction *k)
{
    size_t names = sc_names_read(i), constants = constants_read(i);
    if (i->op != k->op || i->a != k->a || i->b != k->b || i->flags != k->flags) return false;
    if (names > 0) return memcmp(p->paths + i->c, q->paths + k->c, names * sizeof *p->paths) == 0;
    if (constants > 0) return same_constants(p->constants + i->c, q->constants + k->c, constants);
    return !jumps(i) || i->c == k->c;
}

static bool same_program(const sc_program *p, const sc_program *q)
{
    if (p->code_count != q->code_count || p->want != q->want) return false;
    for (size_t i = 0; i < p->code_count; i++)
        if (!same_instruction(p, &p->code[i], q, &q->code[i])) return false;
    return true;
}

/* It reads one message and nothing else. */
static bool asks_one_message(const sc_program *p)
{
    return p->slots != 0 && (p->slots & (p->slots - 1)) == 0 && p->slots >> SC_NAME_COUNT == 0;
}

/* A program, and what those that are the same have in common, to be told apart without a look. */
typedef struct kind {
    sc_program *program;
    uint64_t sign;
    struct kind *next; /* whose sign leads to the same list */
} kind;

static uint64_t sign_of(const sc_program *p)
{
    uint64_t sign = p->code_count;
    for (size_t i = 0; i < p->code_count; i++)
        sign = sign * 31 + p->code[i].op;
    return sign * 31 + (uint64_t)p->want;
}

/* Programs that were met, one of each kind, and how many numbers were given to them. */
enum { LISTS = 256 };
typedef struct sharing {
    kind *known, *lists[LISTS];
    size_t count, answers;
} sharing;

static uint16_t next_answer(sharing *s)
{
    return (uint16_t)(s->answers < UINT16_MAX ? s->answers++ : 0);
}

/* always: it gets a number though no other program asks the same. */
static void share(sc_program *program, sharing *s, bool always)
{
    if (program->slots >> SC_SLOT_MACHINE & 1) return; /* each rule has its own */
    uint64_t sign = sign_of(program);
    kind **list = &s->lists[sign % LISTS];
    for (kind *k = *list; k != NULL; k = k->next) {
        if (k->sign != sign || !same_program(program, k->program)) continue;
        if (k->program->answer == 0) k->program->answer = next_answer(s);
        program->answer = k->program->answer;
        return;
    }
    if (always) program->answer = next_answer(s);
    s->known[s->count] = (kind){ program, sign, *list };
    *list = &s->known[s->count++];
}

/* 0 is for what is kept nowhere. */
static size_t number_of_messages(const sipcheck_rules *set, kind *known)
{
    sharing s = { .known = known, .answers = 1 };
    for (const sc_rule *rule = set->first; rule != NULL; rule = rule->next)
        for (sc_program *p = rule->applies; p != NULL; p = p->next)
            if (rule->pub.scope == SIPCHECK_SCOPE_MESSAGE) share(p, &s, false);
    return s.answers;
}

/* What one message answers first: its answers are kept longer than those of an event. */
static void number_of_events(sipcheck_rules *set, kind *known)
{
    sharing s = { .known = known, .answers = 1 };
    for (unsigned one = 2; one-- > 0;) {
        for (const sc_rule *rule = set->first; rule != NULL; rule = rule->next)
            for (sc_program *p = rule->applies; p != NULL; p = p->next) {
                if (rule->pub.scope == SIPCHECK_SCOPE_MESSAGE || asks_one_message(p) != one)
                    continue;
                p->of_message = one;
                share(p, &s, one);
            }
        if (one) set->message_answer_count = s.answers;
    }
    set->event_answer_count = s.answers;
}

int sc_share_answers(sipcheck_rules *set)
{
    size_t programs = 0;
    for (const sc_rule *rule = set->first; rule != NULL; rule = rule->next)
        for (const sc_program *p = rule->applies; p != NULL; p = p->next)
            programs++;
    kind *known = sc_set_alloc(set, (programs + 1) * sizeof *known);
    if (known == NULL) return SIPCHECK_NOMEM;
    set->answer_count = number_of_messages(set, known);
    number_of_events(set, known);
    sc_set_release(set, known);
    return SIPCHECK_OK;
}
