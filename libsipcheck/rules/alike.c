/* SPDX-License-Identifier: MIT */
/* Runs a program on two messages of which nothing is known but that a header is the same in both. A
 * jump leads to where its own value stands behind `and` or `or`, so that it can be passed over. */
#include "rules/alike.h"

#include "fields/scopes.h"
#include "text/slice.h"

/* --- by the program */

/* What is known of a value. */
enum known {
    MESSAGE,
    MEMBER,       /* of a header's value, or the value itself */
    HELD,         /* all values of a header */
    EXISTS,       /* whether the member does */
    LACKS,        /* ... does not */
    TRUE_OR_NONE, /* absent where the member is */
    SURELY_TRUE,
};

typedef struct item {
    enum known known;
    unsigned slot;
    const sc_field *const *path; /* from the header on */
    size_t length;
} item;

typedef struct prover {
    const sc_program *program;
    sc_alike alike;
    item stack[SC_STACK_MAX];
    size_t count;
} prover;

static item *top_of(prover *p, size_t below)
{
    return p->count > below ? &p->stack[p->count - 1 - below] : NULL;
}

static bool is_known(prover *p, size_t below, enum known known)
{
    const item *it = top_of(p, below);
    return it != NULL && it->known == known;
}

static bool same_path(const item *a, const item *b)
{
    return a->length == b->length &&
           memcmp(a->path, b->path, a->length * sizeof(const sc_field *)) == 0;
}

/* Where a value that can be read has that member. */
static bool is_sure(const item *member)
{
    const sc_field *field = member->path[member->length - 1];
    bool own = field->length == 0;
    if (member->length == 1) return true;
    return member->length == 2 &&
           (own || field->get == sc_field_cseq_seq || field->get == sc_field_cseq_method ||
            field->get == sc_field_addr_uri);
}

static bool note_header(sc_alike *alike, uint16_t header)
{
    for (unsigned i = 0; i < alike->count; i++)
        if (alike->headers[i] == header) return true;
    if (alike->count == SC_ALIKE_HEADERS_MAX) return false;
    alike->headers[alike->count++] = header;
    return true;
}

/* The two operands are the same part of both messages. */
static bool are_pair(prover *p, enum known known)
{
    if (!is_known(p, 0, known) || !is_known(p, 1, known)) return false;
    const item *a = top_of(p, 1), *b = top_of(p, 0);
    unsigned low = a->slot < b->slot ? a->slot : b->slot;
    unsigned high = a->slot < b->slot ? b->slot : a->slot;
    if (low == high || !same_path(a, b)) return false;
    bool first = p->alike.count == 0;
    if (first) {
        p->alike.slots[0] = (uint8_t)low;
        p->alike.slots[1] = (uint8_t)high;
    }
    return p->alike.slots[0] == low && p->alike.slots[1] == high &&
           note_header(&p->alike, a->path[0]->header);
}

/* A header of the message in a slot, and members of it. */
static bool push(prover *p, const sc_instruction *i)
{
    const sc_field *const *path = p->program->paths + i->c;
    if (p->count == SC_STACK_MAX || i->b >= SC_NAME_COUNT) return false;
    bool message = i->a == 0;
    bool header =
        !message && path[0]->header != SIPCHECK_HEADER_UNKNOWN && !(path[0]->type & SC_LIST);
    if (!message && !header) return false;
    p->stack[p->count++] =
        message ? (item){ MESSAGE, i->b, NULL, 0 } : (item){ MEMBER, i->b, path, i->a };
    return true;
}

static bool turn(prover *p, enum known from, enum known to)
{
    if (!is_known(p, 0, from)) return false;
    top_of(p, 0)->known = to;
    return true;
}

static bool compare(prover *p)
{
    if (!are_pair(p, MEMBER)) return false;
    p->count--;
    item *left = top_of(p, 0);
    left->known = is_sure(left) ? SURELY_TRUE : TRUE_OR_NONE;
    return true;
}

static bool call(prover *p, const sc_instruction *i)
{
    bool equality = i->b == SC_FUNCTION_URI_EQUAL || i->b == SC_FUNCTION_ADDRESS_EQUAL ||
                    i->b == SC_FUNCTION_VIA_EQUAL || i->b == SC_FUNCTION_HOST_EQUAL;
    return equality && compare(p);
}

/* All values of a header of the message on top. */
static bool hold(prover *p, const sc_instruction *i)
{
    const sc_field *const *path = p->program->paths + i->c;
    bool header =
        i->a == 1 && path[0]->header != SIPCHECK_HEADER_UNKNOWN && path[0]->type & SC_LIST;
    if (!header || !turn(p, MESSAGE, HELD)) return false;
    top_of(p, 0)->path = path;
    top_of(p, 0)->length = 1;
    return true;
}

static bool pair(prover *p, const sc_instruction *i)
{
    if (!hold(p, i) || !are_pair(p, HELD)) return false;
    p->count--;
    return turn(p, HELD, SURELY_TRUE);
}

/* Without the member the left side is true; with it the right one. */
static bool join(prover *p, enum sc_op op)
{
    bool both = op == SC_OP_AND && is_known(p, 0, SURELY_TRUE) && is_known(p, 1, SURELY_TRUE);
    bool either = op == SC_OP_OR && is_known(p, 0, TRUE_OR_NONE) && is_known(p, 1, LACKS) &&
                  same_path(top_of(p, 0), top_of(p, 1));
    if (!both && !either) return false;
    p->count--;
    top_of(p, 0)->known = SURELY_TRUE;
    return true;
}

static bool step(prover *p, const sc_instruction *i)
{
    switch ((enum sc_op)i->op) {
    case SC_OP_SLOT:
        return push(p, i);
    case SC_OP_EQUAL:
        return i->b == 0 && compare(p);
    case SC_OP_CALL:
        return call(p, i);
    case SC_OP_EXISTS:
        return turn(p, MEMBER, EXISTS);
    case SC_OP_NOT:
        return turn(p, EXISTS, LACKS);
    case SC_OP_JUMP_FALSE:
        return is_known(p, 0, SURELY_TRUE);
    case SC_OP_JUMP_TRUE:
        return is_known(p, 0, LACKS);
    case SC_OP_AND:
    case SC_OP_OR:
        return join(p, (enum sc_op)i->op);
    case SC_OP_LIST_HOLD:
        return hold(p, i);
    case SC_OP_LIST_PAIR:
        return pair(p, i);
    default:
        return false;
    }
}

sc_alike sc_alike_of(const sc_program *program)
{
    const sc_alike nothing = { .count = 0 };
    prover p = { .program = program };
    if (program == NULL || program->next != NULL) return nothing;
    const sc_instruction *i = program->code;
    while (i->op != SC_OP_END && step(&p, i))
        i++;
    return i->op == SC_OP_END && is_known(&p, 0, SURELY_TRUE) ? p.alike : nothing;
}

/* --- by two messages */

static const sipcheck_message *message_in(const sc_context *context, unsigned slot)
{
    const sc_value *v = &context->slots[slot];
    if (slot >= context->slot_count || v->state != SC_VALUE) return NULL;
    const sipcheck_message *message = ((const sc_observed *)v->record)->message;
    return message->cut ? NULL : message;
}

static bool is_readable(const sipcheck_value *value)
{
    if (!value->valid || value->raw.n > SC_ALIKE_LENGTH_MAX) return false;
    if (value->kind != SIPCHECK_KIND_ADDRESS) return true;
    const sipcheck_address *address = (const sipcheck_address *)(const void *)value;
    return !address->star && address->uri.valid;
}

/* All of its lines could be read. */
static bool is_whole(const sipcheck_message *message, uint16_t header)
{
    return message->line_count[header] == 1 || message->valid;
}

/* As many values, at least one, and as many lines; each the same, in order. */
static bool has_same(const sipcheck_message *a, const sipcheck_message *b, uint16_t header)
{
    const sipcheck_value *x = a->values[header], *y = b->values[header];
    size_t length = 0;
    if (x == NULL || !is_whole(a, header) || !is_whole(b, header)) return false;
    if (a->line_count[header] != b->line_count[header]) return false;
    for (; x != NULL && y != NULL; x = x->next, y = y->next) {
        length += x->raw.n;
        if (length > SC_ALIKE_LENGTH_MAX || !is_readable(x) || !y->valid) return false;
        if (!sc_slices_same(x->raw, y->raw)) return false;
    }
    return x == NULL && y == NULL;
}

bool sc_are_alike(const sc_alike *alike, const sc_context *context)
{
    const sipcheck_message *a, *b;
    if (alike->count == 0) return false;
    a = message_in(context, alike->slots[0]);
    b = message_in(context, alike->slots[1]);
    bool ret = a != NULL && b != NULL;
    for (unsigned i = 0; ret && i < alike->count; i++)
        ret = has_same(a, b, alike->headers[i]);
    return ret;
}
