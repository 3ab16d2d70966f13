/* SPDX-License-Identifier: MIT */
/* What a condition demands of a message, so that most rules need not be evaluated at all.
 *
 * The result is never narrower than the truth: of a message that it excludes, the condition is
 * false or absent. A tree is looked at together with whether it stands under `not`. */
#include "fields/scopes.h"
#include "rules/compiler.h"
#include "text/slice.h"

#define ALL_METHODS UINT32_MAX

sc_preconditions sc_no_preconditions(void)
{
    sc_preconditions p = { .kinds = SC_REQUEST | SC_RESPONSE,
                           .methods = ALL_METHODS,
                           .response_methods = ALL_METHODS };
    memset(p.statuses, 0xFF, sizeof p.statuses);
    return p;
}

static bool demands_header(const sc_preconditions *p, uint16_t header)
{
    for (unsigned i = 0; i < p->header_count; i++)
        if (p->headers[i] == header) return true;
    return false;
}

/* One that has no room is dropped: that excludes less. */
static void demand_header(sc_preconditions *p, uint16_t header)
{
    if (p->header_count < SC_PRE_HEADERS_MAX && !demands_header(p, header))
        p->headers[p->header_count++] = header;
}

static sc_preconditions both(sc_preconditions a, const sc_preconditions *b)
{
    a.kinds &= b->kinds;
    a.methods &= b->methods;
    a.response_methods &= b->response_methods;
    a.names |= b->names;
    for (size_t i = 0; i < sizeof a.statuses; i++)
        a.statuses[i] &= b->statuses[i];
    for (unsigned i = 0; i < b->header_count; i++)
        demand_header(&a, b->headers[i]);
    return a;
}

/* A kind that one side excludes says nothing about that kind in the other. */
static sc_preconditions either(const sc_preconditions *a, const sc_preconditions *b)
{
    sc_preconditions p = { .kinds = a->kinds | b->kinds, .names = a->names & b->names };
    bool request[2] = { a->kinds & SC_REQUEST, b->kinds & SC_REQUEST };
    bool response[2] = { a->kinds & SC_RESPONSE, b->kinds & SC_RESPONSE };
    p.methods = (request[0] ? a->methods : 0) | (request[1] ? b->methods : 0);
    p.response_methods =
        (response[0] ? a->response_methods : 0) | (response[1] ? b->response_methods : 0);
    for (size_t i = 0; i < sizeof p.statuses; i++)
        p.statuses[i] =
            (uint8_t)((response[0] ? a->statuses[i] : 0) | (response[1] ? b->statuses[i] : 0));
    for (unsigned i = 0; i < a->header_count; i++)
        if (demands_header(b, a->headers[i])) demand_header(&p, a->headers[i]);
    return p;
}

static bool is_message_scope(const sc_compiler *c)
{
    return c->environment->scope == SIPCHECK_SCOPE_MESSAGE;
}

/* The member of `sip` that a node is, or NULL. member: the one behind it, or NULL. In a wider scope
 * `sip` is itself a member, of many. */
static const sc_field *sip_member(const sc_compiler *c, const sc_node *node,
                                  const sc_field **ret_member)
{
    *ret_member = NULL;
    if (node->kind != SC_N_PATH || node->root != SC_ROOT_SLOT || node->path_length == 0)
        return NULL;
    const sc_field *const *path = c->paths + node->path, *const *end = path + node->path_length;
    if (!is_message_scope(c) && (node->index != c->about || path[0]->type != SC_TYPE_MESSAGE))
        return NULL;
    if (!is_message_scope(c)) path++;
    if (path == end || path[0]->record != SC_TYPE_MESSAGE) return NULL;
    if (path + 1 < end) *ret_member = path[1];
    return path[0];
}

static bool named(const sc_field *field, const char *name)
{
    return field && strcmp(field->name, name) == 0;
}

/* `sdp`, or a member of it: a body is what its Content-Type says. */
static bool is_description(const sc_compiler *c, const sc_node *node)
{
    return node->kind == SC_N_PATH && node->root == SC_ROOT_SLOT && node->path_length > 0 &&
           (is_message_scope(c) || node->index == c->about) &&
           c->paths[node->path]->type == SC_TYPE_SDP;
}

/* Without the message that a path begins with, it is absent. */
static void demand_message(const sc_compiler *c, const sc_node *node, sc_preconditions *p)
{
    bool named = node->kind == SC_N_PATH && node->root == SC_ROOT_SLOT && !is_message_scope(c);
    if (named && node->index < SC_NAME_COUNT) p->names |= 1u << node->index;
}

/* Without this field, a comparison with it is absent. */
static void demand_field(const sc_compiler *c, const sc_node *node, sc_preconditions *p)
{
    demand_message(c, node, p);
    if (is_description(c, node)) demand_header(p, SIPCHECK_HEADER_CONTENT_TYPE);
    const sc_field *member;
    const sc_field *field = sip_member(c, node, &member);
    if (!field) return;
    if (field->header != SIPCHECK_HEADER_UNKNOWN) demand_header(p, field->header);
    if (named(field, "Method") || named(field, "r-uri") || named(field, "Request-Line"))
        p->kinds &= SC_REQUEST;
    if (named(field, "Status-Code") || named(field, "Reason-Phrase") || named(field, "Status-Line"))
        p->kinds &= SC_RESPONSE;
}

/* A comparison or call of plain values is absent when one of its fields is. Some calls are definite
 * whatever their argument is. */
static void demand_operands(const sc_compiler *c, const sc_node *node, sc_preconditions *p);

static void demand_arguments(const sc_compiler *c, const sc_node *call, sc_preconditions *p)
{
    switch ((enum sc_function)call->op) {
    case SC_FUNCTION_EXISTS:
    case SC_FUNCTION_COUNT:
    case SC_FUNCTION_LINES:
    case SC_FUNCTION_DISTINCT:
    case SC_FUNCTION_HAS_PARAM:
    case SC_FUNCTION_LIST_EQUAL:
    case SC_FUNCTION_URI_LIST_EQUAL:
    case SC_FUNCTION_VIA_LIST_EQUAL:
    case SC_FUNCTION_LIST_ENDS_WITH:
    case SC_FUNCTION_URI_LIST_ENDS_WITH:
    case SC_FUNCTION_VIA_LIST_ENDS_WITH:
        break;
    case SC_FUNCTION_FIRST:
    case SC_FUNCTION_LAST:
        demand_field(c, call->a, p);
        break;
    case SC_FUNCTION_PARAM:
        demand_field(c, call->a, p);
        demand_operands(c, call->a->next, p);
        break;
    default:
        for (const sc_node *a = call->a; a; a = a->next)
            demand_operands(c, a, p);
        break;
    }
}

static void demand_operands(const sc_compiler *c, const sc_node *node, sc_preconditions *p)
{
    switch ((enum sc_node_kind)node->kind) {
    case SC_N_PATH:
        demand_field(c, node, p);
        if (node->root == SC_ROOT_NODE) demand_operands(c, node->a, p);
        break;
    case SC_N_ARITHMETIC:
        demand_operands(c, node->b, p);
        demand_operands(c, node->a, p);
        break;
    case SC_N_NEGATE:
    case SC_N_SCALE:
        demand_operands(c, node->a, p);
        break;
    case SC_N_CALL:
        demand_arguments(c, node, p);
        break;
    default:
        break;
    }
}

bool sc_relation_holds(int op, int64_t value, int64_t literal)
{
    switch (op) {
    case SC_T_EQUAL:
        return value == literal;
    case SC_T_UNEQUAL:
        return value != literal;
    case SC_T_LESS:
        return value < literal;
    case SC_T_LESS_EQUAL:
        return value <= literal;
    case SC_T_GREATER:
        return value > literal;
    default:
        return value >= literal;
    }
}

/* Bits of the eight statuses from `first` on that are one of the items, or lie in one. */
static uint8_t statuses_among(const sc_node *item, int64_t first)
{
    uint8_t bits = 0;
    for (; item; item = item->next) {
        bool range = item->kind == SC_N_RANGE;
        int64_t low = range ? item->a->number : item->number;
        int64_t high = range ? item->b->number : item->number;
        for (int64_t i = low > first ? low - first : 0; i < 8 && first + i <= high; i++)
            bits |= (uint8_t)(1u << i);
    }
    return bits;
}

/* The same of those that stand in a relation to a literal, which changes at the literal alone. */
static uint8_t statuses_related(int op, int64_t literal, int64_t first)
{
    uint8_t bits = 0;
    if (literal < first || literal > first + 7)
        return sc_relation_holds(op, first, literal) ? 0xFF : 0;
    for (int i = 0; i < 8; i++)
        bits |= (uint8_t)(sc_relation_holds(op, first + i, literal) << i);
    return bits;
}

static void restrict_statuses(const sc_node *test, bool negated, sc_preconditions *p)
{
    for (int64_t first = 0; first < SC_PRE_STATUS_MAX; first += 8) {
        uint8_t held = test->kind == SC_N_IN ? statuses_among(test->b->a, first)
                                             : statuses_related(test->op, test->b->number, first);
        p->statuses[first / 8] &= negated ? (uint8_t)~held : held;
    }
}

/* NONE stays: a method that could not be read makes the condition unknown. So does OTHER when it is
 * to be unlike a method of that name. */
static uint32_t methods_of(const sc_node *test, bool negated)
{
    uint32_t named_ones = 0;
    const sc_node *item = test->kind == SC_N_IN ? test->b->a : test->b;
    for (; item; item = test->kind == SC_N_IN ? item->next : NULL)
        named_ones |= (uint32_t)1 << sc_method_of(item->text);
    if (!negated) return named_ones | 1u << SIPCHECK_METHOD_NONE;
    return ~named_ones | 1u << SIPCHECK_METHOD_NONE | 1u << SIPCHECK_METHOD_OTHER;
}

/* FIELD in {...} or FIELD == literal, where the field is one that the index knows. */
static void restrict_by(const sc_compiler *c, const sc_node *test, bool negated,
                        sc_preconditions *p)
{
    bool set = test->kind == SC_N_IN && test->b->kind == SC_N_SET;
    bool comparison = test->kind == SC_N_COMPARE && test->b->kind == SC_N_LITERAL;
    const sc_field *member;
    const sc_field *field = sip_member(c, test->a, &member);
    if (!field || (!set && !comparison)) return;
    if (test->kind == SC_N_IN) negated = negated != (test->op != 0);
    bool text = test->compare == SC_COMPARE_STRING;
    if (comparison && text && test->op == SC_T_UNEQUAL) negated = !negated;
    if (named(field, "Status-Code"))
        restrict_statuses(test, negated, p);
    else if (text && named(field, "Method"))
        p->methods &= methods_of(test, negated);
    else if (text && named(field, "CSeq") && named(member, "method"))
        p->response_methods &= methods_of(test, negated);
}

static void look_at_call(const sc_compiler *c, const sc_node *call, bool negated,
                         sc_preconditions *p)
{
    bool asks_for_field = call->op == SC_FUNCTION_EXISTS || call->op == SC_FUNCTION_HAS_PARAM;
    if (asks_for_field && !negated)
        demand_field(c, call->a, p);
    else if (!asks_for_field)
        demand_arguments(c, call, p);
}

static void look_at_in(const sc_compiler *c, const sc_node *in, bool negated, sc_preconditions *p)
{
    demand_operands(c, in->a, p);
    restrict_by(c, in, negated, p);
    /* an unknown value in an empty list: absent or false, nobody can tell */
    bool must_be_in = negated == (in->op != 0) && in->a->kind == SC_N_LITERAL;
    if (in->b->kind != SC_N_SET && must_be_in) demand_field(c, in->b, p);
}

static void look_at_flag(const sc_compiler *c, const sc_node *path, bool negated,
                         sc_preconditions *p)
{
    const sc_field *member;
    const sc_field *field = sip_member(c, path, &member);
    if (named(field, "is_request")) p->kinds &= negated ? SC_RESPONSE : SC_REQUEST;
    if (named(field, "is_response")) p->kinds &= negated ? SC_REQUEST : SC_RESPONSE;
    demand_operands(c, path, p);
}

/* lines(FIELD) > 0 and the like: what 0 does not satisfy demands the field. */
static void look_at_count(const sc_compiler *c, const sc_node *test, bool negated,
                          sc_preconditions *p)
{
    const sc_node *call = test->a, *literal = test->b;
    bool counts =
        call->kind == SC_N_CALL && (call->op == SC_FUNCTION_LINES || call->op == SC_FUNCTION_COUNT);
    if (!counts || literal->kind != SC_N_LITERAL) return;
    if (sc_relation_holds(test->op, 0, literal->number) == negated) demand_field(c, call->a, p);
}

static void look_at(const sc_compiler *c, const sc_node *node, bool negated, sc_preconditions *p)
{
    switch ((enum sc_node_kind)node->kind) {
    case SC_N_NOT:
        look_at(c, node->a, !negated, p);
        break;
    case SC_N_PATH:
        look_at_flag(c, node, negated, p);
        break;
    case SC_N_CALL:
        look_at_call(c, node, negated, p);
        break;
    case SC_N_EACH: /* any() over nothing is false */
        if (node->op != SC_FLAG_ALL && !negated) demand_field(c, node->a, p);
        break;
    case SC_N_IN:
        look_at_in(c, node, negated, p);
        break;
    case SC_N_COMPARE:
        demand_operands(c, node->a, p);
        demand_operands(c, node->b, p);
        restrict_by(c, node, negated, p);
        look_at_count(c, node, negated, p);
        break;
    default: /* `and` and `or` under `not` */
        break;
    }
}

sc_preconditions sc_analyse(const sc_compiler *c, const sc_node *condition)
{
    sc_preconditions p = sc_no_preconditions();
    if (condition->kind == SC_N_AND || condition->kind == SC_N_OR) {
        sc_preconditions a = sc_analyse(c, condition->a), b = sc_analyse(c, condition->b);
        return condition->kind == SC_N_AND ? both(a, &b) : either(&a, &b);
    }
    look_at(c, condition, false, &p);
    return p;
}

sc_preconditions sc_analyse_absence(const sc_compiler *c, const sc_node *truth)
{
    sc_preconditions p = sc_no_preconditions();
    if (truth->kind == SC_N_AND || truth->kind == SC_N_OR) {
        sc_preconditions a = sc_analyse_absence(c, truth->a), b = sc_analyse_absence(c, truth->b);
        return either(&a, &b);
    }
    if (truth->kind == SC_N_NOT) return sc_analyse_absence(c, truth->a);
    if (truth->kind == SC_N_COMPARE) demand_operands(c, truth->b, &p);
    if (truth->kind == SC_N_COMPARE || (truth->kind == SC_N_IN && truth->b->kind == SC_N_SET))
        demand_operands(c, truth->a, &p);
    return p;
}

static bool has_headers(const sc_preconditions *pre, const sipcheck_message *message)
{
    for (unsigned i = 0; i < pre->header_count; i++)
        if (message->line_count[pre->headers[i]] == 0) return false;
    return true;
}

/* A status that could not be read excludes nothing, nor does a CSeq that the cut may go through. */
static bool response_matches(const sc_preconditions *pre, const sipcheck_message *message, bool cut)
{
    uint32_t status = message->status;
    if (!(pre->kinds & SC_RESPONSE)) return false;
    if (!cut && !(pre->response_methods >> message->method_id & 1)) return false;
    return !message->status_text.p || status >= SC_PRE_STATUS_MAX ||
           pre->statuses[status / 8] >> status % 8 & 1;
}

bool sc_preconditions_match_response(const sc_preconditions *pre, const sipcheck_message *message)
{
    return response_matches(pre, message, false);
}

bool sc_preconditions_match(const sc_preconditions *pre, const sipcheck_message *message)
{
    bool cut = message->cut && !message->headers_whole;
    if (sc_start_line_cut(message)) return true;
    if (!cut && !has_headers(pre, message)) return false;
    if (message->is_request)
        return pre->kinds & SC_REQUEST && pre->methods >> message->method_id & 1;
    return !message->is_response || response_matches(pre, message, cut);
}
