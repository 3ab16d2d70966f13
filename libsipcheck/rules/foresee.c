/* SPDX-License-Identifier: MIT */
#include "rules/foresee.h"

#include "rules/ops.h"
#include "text/slice.h"

/* States of a value beside enum sc_state. */
enum { SC_THERE = SC_UNKNOWN_VALUE + 1, SC_ANY };

/* --- the facts */

enum {
    KEY_STATUS = 0,      /* 10 bits */
    KEY_METHOD = 10,     /* 5 bits: enum sipcheck_method_id */
    KEY_CSEQ = 15,       /* 5 bits: of the CSeq; NONE, OTHER: not known */
    KEY_TRANSPORT = 20,  /* 3 bits */
    KEY_VIAS = 23,       /* 3 bits; VIAS_ANY: not known */
    KEY_TAG = 26,        /* 2 bits: enum key_tag */
    KEY_URI = 28,        /* 2 bits: enum key_uri */
    KEY_IS_REQUEST = 30, /* one bit each */
    KEY_VALID,
    KEY_PLAIN_VERSION,
    KEY_BODY,
    KEY_GROUP,
    KEY_PASSED_ON,
    KEY_IN_CLASS,
};
enum { VIAS_ANY = 7, STATUS_MAX = 999 };
enum key_tag { TAG_ANY, TAG_ABSENT, TAG_THERE };
enum key_uri { URI_ANY, URI_OTHER, URI_SIP, URI_SIPS };

static unsigned part(uint64_t key, unsigned at, unsigned bits)
{
    return (unsigned)(key >> at) & ((1u << bits) - 1u);
}

static uint64_t bit(bool set, unsigned at)
{
    return (uint64_t)set << at;
}

static enum key_tag tag_of(const sipcheck_message *msg)
{
    const sipcheck_address *to = (const sipcheck_address *)msg->values[SIPCHECK_HEADER_TO];
    if (!to || !to->v.valid) return TAG_ANY;
    for (const sipcheck_param *p = to->params; p; p = p->next)
        if (p->name.n == 3 && sc_slices_same_nocase(p->name, sc_slice_of("tag")))
            return p->value.p ? TAG_THERE : TAG_ABSENT;
    return TAG_ABSENT;
}

static enum key_uri uri_of(const sipcheck_message *msg)
{
    const sipcheck_uri *uri = &msg->request_uri;
    if (!msg->is_request || !uri->raw.p || !uri->scheme.p) return URI_ANY;
    return uri->is_sips ? URI_SIPS : uri->is_sip ? URI_SIP : URI_OTHER;
}

static unsigned cseq_of(const sipcheck_message *msg)
{
    const sipcheck_cseq *cseq = (const sipcheck_cseq *)msg->values[SIPCHECK_HEADER_CSEQ];
    return cseq && cseq->method.p ? cseq->method_id : SIPCHECK_METHOD_NONE;
}

static bool is_plain(sipcheck_slice version)
{
    return version.n == 7 && memcmp(version.p, "SIP/2.0", 7) == 0;
}

uint64_t sc_class_key(const sc_observed *observed, uint8_t transport, bool passed_on)
{
    const sipcheck_message *msg = observed->message;
    bool read =
        msg->is_request ? msg->method.p != NULL : msg->is_response && msg->status_text.p != NULL;
    uint32_t vias = msg->value_count[SIPCHECK_HEADER_VIA];
    if (!read || msg->cut || msg->status > STATUS_MAX || transport > 7) return 0;
    return (uint64_t)msg->status << KEY_STATUS | (uint64_t)msg->method_id << KEY_METHOD |
           (uint64_t)cseq_of(msg) << KEY_CSEQ | (uint64_t)transport << KEY_TRANSPORT |
           (uint64_t)(msg->valid && vias < VIAS_ANY ? vias : VIAS_ANY) << KEY_VIAS |
           (uint64_t)tag_of(msg) << KEY_TAG | (uint64_t)uri_of(msg) << KEY_URI |
           bit(msg->is_request, KEY_IS_REQUEST) | bit(msg->valid, KEY_VALID) |
           bit(is_plain(msg->version), KEY_PLAIN_VERSION) | bit(msg->body.n > 0, KEY_BODY) |
           bit(observed->group.p != NULL, KEY_GROUP) | bit(passed_on, KEY_PASSED_ON) |
           bit(true, KEY_IN_CLASS);
}

/* --- reading them */

static sc_value value_in(unsigned state)
{
    return (sc_value){ .state = (uint8_t)state };
}

static sc_value truth(bool value)
{
    return (sc_value){ .truth = value };
}

static bool holds(const sc_foresight *f, unsigned at)
{
    return f->key >> at & 1;
}

static bool is_known(const sc_value *v)
{
    return v->state <= SC_UNKNOWN_VALUE;
}

static bool named_method(unsigned method)
{
    return method > SIPCHECK_METHOD_OTHER;
}

/* Members of a header's record of which something is known. */
static sc_value foretell_member(const sc_foresight *f, const sc_field *const *path)
{
    sc_value v = value_in(SC_ANY);
    if (path[0]->header == SIPCHECK_HEADER_CSEQ && path[1]->get == sc_field_cseq_method &&
        named_method(part(f->key, KEY_CSEQ, 5))) {
        v = sc_field_header(path[0], f->sample);
        sc_read_path(&v, path + 1, 1);
    }
    if (path[0]->header == SIPCHECK_HEADER_TO && path[1]->get == sc_field_addr_tag) {
        enum key_tag tag = (enum key_tag)part(f->key, KEY_TAG, 2);
        if (tag != TAG_ANY) v = value_in(tag == TAG_ABSENT ? SC_ABSENT_VALUE : SC_THERE);
    }
    return v;
}

static sc_value foretell_header(const sc_foresight *f, const sc_field *const *path, size_t length)
{
    bool none = sc_header_in(&f->none, path[0]->header);
    if (none && !(path[0]->type & SC_LIST)) return value_in(SC_ABSENT_VALUE);
    return length == 2 ? foretell_member(f, path) : value_in(SC_ANY);
}

static sc_value foretell_uri(const sc_foresight *f, const sc_field *const *path, size_t length)
{
    if (!holds(f, KEY_IS_REQUEST)) return value_in(SC_ABSENT_VALUE);
    bool kind = length == 2 &&
                (path[1]->get == sc_field_uri_is_sip || path[1]->get == sc_field_uri_is_sips);
    if (!kind || part(f->key, KEY_URI, 2) == URI_ANY) return value_in(SC_ANY);
    return path[1]->get(path[1], &f->sample->message->request_uri);
}

/* A part of the start line that only one kind of messages has. */
static sc_value foretell_part(const sc_foresight *f, bool of_requests, const sc_field *field,
                              bool in_key)
{
    if (of_requests != holds(f, KEY_IS_REQUEST)) return value_in(SC_ABSENT_VALUE);
    return in_key ? field->get(field, f->sample) : value_in(SC_ANY);
}

/* sip.NAME, and what stands behind it. */
static sc_value foretell(const sc_foresight *f, const sc_field *const *path, size_t length)
{
    const sc_field *field = path[0];
    sc_getter *get = field->get;
    if (field->record != SC_TYPE_MESSAGE) return value_in(SC_ANY);
    if (field->header != SIPCHECK_HEADER_UNKNOWN) return foretell_header(f, path, length);
    if (get == sc_field_r_uri) return foretell_uri(f, path, length);
    if (get == sc_field_method)
        return foretell_part(f, true, field, named_method(part(f->key, KEY_METHOD, 5)));
    if (get == sc_field_request_line) return foretell_part(f, true, field, false);
    if (get == sc_field_status_code) return foretell_part(f, false, field, true);
    if (get == sc_field_status_line || get == sc_field_reason_phrase)
        return foretell_part(f, false, field, false);
    if (get == sc_field_msg_body) return value_in(holds(f, KEY_BODY) ? SC_THERE : SC_ABSENT_VALUE);
    if (get == sc_field_group) return value_in(holds(f, KEY_GROUP) ? SC_THERE : SC_ABSENT_VALUE);
    bool in_key = get == sc_field_is_request || get == sc_field_is_response ||
                  get == sc_field_transport ||
                  (get == sc_field_version && holds(f, KEY_PLAIN_VERSION));
    return in_key ? field->get(field, f->sample) : value_in(SC_ANY);
}

static sc_value foretell_vias(const sc_foresight *f, enum sc_function fact)
{
    unsigned vias = part(f->key, KEY_VIAS, 3);
    if (vias == VIAS_ANY || fact == SC_FUNCTION_LINES) return value_in(SC_ANY);
    return fact == SC_FUNCTION_EXISTS ? truth(vias > 0) : sc_value_number(vias);
}

/* exists, count, lines of a header. A list's line may hold no value, and an invalid one none that
 * could be read. */
static sc_value foretell_fact(const sc_foresight *f, enum sc_function fact, const sc_field *header)
{
    bool exists = fact == SC_FUNCTION_EXISTS, list = header->type & SC_LIST;
    bool one = sc_header_in(&f->one, header->header);
    if (sc_header_in(&f->none, header->header)) return exists ? truth(false) : sc_value_number(0);
    if (header->header == SIPCHECK_HEADER_VIA && fact != SC_FUNCTION_LINES)
        return foretell_vias(f, fact);
    if (!one && !sc_header_in(&f->more, header->header)) return value_in(SC_ANY);
    if (exists) return list ? value_in(SC_ANY) : truth(true);
    bool counted = fact == SC_FUNCTION_LINES || (!list && holds(f, KEY_VALID));
    return one && counted ? sc_value_number(1) : value_in(SC_ANY);
}

/* --- operations on what is known */

/* Two operands: what was not sent stays so whatever the other is. */
static sc_value joint(const sc_value *a, const sc_value *b)
{
    bool absent = a->state == SC_ABSENT_VALUE || b->state == SC_ABSENT_VALUE;
    return value_in(absent ? SC_ABSENT_VALUE : SC_ANY);
}

static bool decides(const sc_value *v, bool decisive)
{
    return v->state == SC_VALUE && v->truth == decisive;
}

static sc_value logic(const sc_instruction *i, sc_value *a, sc_value *b)
{
    bool decisive = i->op == SC_OP_OR;
    for (int k = 0; k < 2 && i->flags & SC_FLAG_CONDITION; k++) {
        sc_value *v = k ? b : a;
        if (v->state == SC_ABSENT_VALUE) *v = truth(false);
    }
    if (decides(a, decisive) || decides(b, decisive)) return truth(decisive);
    if (!is_known(a) || !is_known(b)) return value_in(SC_ANY);
    return decisive ? sc_or(a, b) : sc_and(a, b);
}

static sc_value exists(const sc_value *v)
{
    if (v->state == SC_ANY) return value_in(SC_ANY);
    return v->state == SC_UNKNOWN_VALUE ? *v : truth(v->state != SC_ABSENT_VALUE);
}

/* What the operations of lists give where the list is empty; below: the value of `in`. */
static sc_value of_nothing(const sc_instruction *i, const sc_value *below)
{
    switch ((enum sc_op)i->op) {
    case SC_OP_LIST_EXISTS:
        return truth(false);
    case SC_OP_LIST_COUNT:
        return sc_value_number(0);
    case SC_OP_LIST_DISTINCT:
        return truth(true);
    case SC_OP_LOOP:
        return truth(i->flags & SC_FLAG_ALL);
    case SC_OP_LIST_IN:
        return below->state == SC_VALUE || below->state == SC_THERE ? truth(false) : *below;
    default: /* first, last */
        return value_in(SC_ABSENT_VALUE);
    }
}

typedef struct vision {
    sc_run_state run;
    const sc_foresight *f;
    int known_lines; /* the loop over sip.headers whose elements headers.def has; -1: none */
} vision;

/* sip.NAME of a list operation whose base is the message; NULL: it goes over something else. */
static const sc_field *listed(const vision *v, const sc_instruction *i, const sc_value *base)
{
    bool message = base->state == SC_THERE && base->record == v->f->sample && i->a > 0;
    return message ? v->run.program->paths[i->c] : NULL;
}

/* The list is empty: its header was not sent, or it hangs on what is absent. */
static bool over_nothing(const vision *v, const sc_instruction *i, const sc_value *base)
{
    if (base->state == SC_ABSENT_VALUE) return true;
    const sc_field *field = listed(v, i, base);
    return field && field->header != SIPCHECK_HEADER_UNKNOWN &&
           sc_header_in(&v->f->none, field->header);
}

/* Nothing of the list is missing, and no header in it is an unknown one. */
static bool over_known_lines(const vision *v, const sc_instruction *i, const sc_value *base)
{
    const sc_field *field = listed(v, i, base);
    return field && field->get == sc_field_headers && i->a == 1 &&
           sc_header_in(&v->f->none, SIPCHECK_HEADER_UNKNOWN);
}

static sc_value *list_op(const vision *v, const sc_instruction *i, sc_value *top)
{
    bool nothing = over_nothing(v, i, top);
    if (i->op == SC_OP_LIST_IN) top--;
    *top = nothing ? of_nothing(i, top) : value_in(SC_ANY);
    return top;
}

static sc_value *compare(const vision *v, const sc_instruction *i, sc_value *top)
{
    const sc_value *right = i->b ? v->run.program->constants + i->c : top;
    sc_value *left = i->b ? top : top - 1;
    if (is_known(left) && is_known(right)) return sc_compare_op(&v->run, i, top);
    *left = joint(left, right);
    return left;
}

/* How many operands it takes. */
static int operands(const sc_instruction *i)
{
    if (i->op == SC_OP_CALL) return i->flags;
    bool one = i->op == SC_OP_NOT || i->op == SC_OP_NEGATE || i->op == SC_OP_SCALE ||
               i->op == SC_OP_IN_SET;
    return one ? 1 : 2;
}

static sc_value *plain(const vision *v, const sc_instruction *i, sc_value *top)
{
    sc_value *first = top - (operands(i) - 1);
    bool known = true;
    for (const sc_value *operand = first; operand <= top; operand++)
        known = known && is_known(operand);
    if (known) return sc_plain_op(&v->run, i, top);
    *first = joint(first, top);
    return first;
}

static sc_value slot_path(const vision *v, const sc_instruction *i)
{
    if (i->b != 0) return value_in(SC_ANY);
    if (i->a == 0) return (sc_value){ .state = SC_THERE, .record = v->f->sample };
    return foretell(v->f, v->run.program->paths + i->c, i->a);
}

/* The element of a loop, and what the path says of it. */
static sc_value local_path(const vision *v, const sc_instruction *i)
{
    bool asks = i->a == 1 && v->run.program->paths[i->c]->get == sc_field_header_known;
    return asks && i->b == v->known_lines ? truth(true) : value_in(SC_ANY);
}

/* A body that says the same of each element: what leaves a loop undecided to its end is what it is
 * over nothing. */
static sc_value loop_end(const sc_instruction *i, const sc_value *body)
{
    bool all = i->flags & SC_FLAG_ALL;
    bool passes = body->state == SC_ABSENT_VALUE || decides(body, all);
    return passes ? truth(all) : value_in(SC_ANY);
}

/* Every operand is looked at: jumping over one only saves time. */
static sc_value *step(const vision *v, const sc_instruction *i, sc_value *top)
{
    switch ((enum sc_op)i->op) {
    case SC_OP_CONSTANT:
        *++top = v->run.program->constants[i->c];
        return top;
    case SC_OP_SLOT:
        *++top = slot_path(v, i);
        return top;
    case SC_OP_LOCAL:
        *++top = local_path(v, i);
        return top;
    case SC_OP_GET:
        if (top->state != SC_ABSENT_VALUE) *top = value_in(SC_ANY);
        return top;
    case SC_OP_CONDITION:
        if (top->state == SC_ABSENT_VALUE) *top = truth(false);
        return top;
    case SC_OP_AND:
    case SC_OP_OR:
        top--;
        *top = logic(i, top, top + 1);
        return top;
    case SC_OP_JUMP_FALSE:
    case SC_OP_JUMP_TRUE:
    case SC_OP_LOOP_NEXT:
        return top;
    case SC_OP_LOOP_STEP:
        top--;
        *top = loop_end(i, top + 1);
        return top;
    case SC_OP_EXISTS:
        *top = exists(top);
        return top;
    case SC_OP_HEADER_FACT:
        *top = value_in(SC_ANY);
        return top;
    case SC_OP_SLOT_FACT:
        *++top = i->a ? value_in(SC_ANY)
                      : foretell_fact(v->f, (enum sc_function)i->b, v->run.program->paths[i->c]);
        return top;
    default:
        if (i->op >= SC_OP_EQUAL && i->op <= SC_OP_GREATER_EQUAL) return compare(v, i, top);
        return i->op >= SC_OP_LIST_EXISTS ? list_op(v, i, top) : plain(v, i, top);
    }
}

unsigned sc_foresee(const sc_program *program, const sc_foresight *f, sc_scratch *scratch)
{
    vision v = { { program, NULL, scratch }, f, -1 };
    sc_value *top = scratch->stack;
    scratch->budget = SC_BUDGET;
    scratch->text_used = 0;
    for (const sc_instruction *i = program->code; i->op != SC_OP_END; i++) {
        bool known = i->op == SC_OP_LOOP && over_known_lines(&v, i, top);
        if (known) v.known_lines = i->b;
        top = step(&v, i, top);
        if (i->op == SC_OP_LOOP && !known) i = program->code + i[1].c - 1; /* its body is skipped */
    }
    if (top->state == SC_VALUE) return top->truth ? SC_TRUE : SC_FALSE;
    if (top->state == SC_ABSENT_VALUE) return SC_ABSENT;
    return top->state == SC_UNKNOWN_VALUE ? SC_UNKNOWN : SC_VARIES;
}

/* --- headers */

static size_t note(uint16_t *headers, size_t count, size_t max, uint16_t header)
{
    for (size_t i = 0; i < count; i++)
        if (headers[i] == header) return count;
    if (count < max) headers[count++] = header;
    return count;
}

size_t sc_program_headers(const sc_program *program, uint16_t *headers, size_t count, size_t max)
{
    for (; program; program = program->next)
        for (const sc_instruction *i = program->code; i->op != SC_OP_END; i++) {
            size_t names = sc_names_read(i);
            const sc_field *field = names > 0 ? program->paths[i->c] : NULL;
            if (!field || field->record != SC_TYPE_MESSAGE) continue;
            if (field->header != SIPCHECK_HEADER_UNKNOWN || field->get == sc_field_headers)
                count = note(headers, count, max, field->header);
        }
    return count;
}
