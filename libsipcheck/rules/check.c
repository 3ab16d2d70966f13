/* SPDX-License-Identifier: MIT */
/* Types of expressions. */
#include "rules/compiler.h"

#define MILLION 1000000

bool sc_to_value(sc_compiler *c, sc_node *node)
{
    if (node->type & SC_LIST)
        return sc_fail_node(c, node,
                            "found %s where one value is wanted: write any, all, first or last",
                            sc_type_phrase(node->type));
    if (node->type < SC_TYPE_FIRST_RECORD) return true;
    const sc_field *own = sc_field_own_value(node->type);
    if (!own)
        return sc_fail_node(c, node, "found %s where a text or a number is wanted",
                            sc_type_phrase(node->type));
    return sc_append_field(c, node, own);
}

static bool want_bool(sc_compiler *c, const sc_node *node, const char *who)
{
    if (node->type == SC_TYPE_BOOL) return true;
    return sc_fail_node(c, node, "%s wants a truth (bool); this is %s", who,
                        sc_type_phrase(node->type));
}

/* An int beside a ratio counts in millionths, too. */
static bool scale(sc_compiler *c, sc_node *node)
{
    if (node->kind == SC_N_LITERAL) {
        node->type = SC_TYPE_RATIO;
        if (!__builtin_mul_overflow(node->number, MILLION, &node->number)) return true;
        return sc_fail_node(c, node, "this number is too large beside a decimal one");
    }
    sc_node *copy = sc_copy_node(c, node);
    if (!copy) return false;
    node->kind = SC_N_SCALE;
    node->type = SC_TYPE_RATIO;
    node->a = copy;
    return true;
}

static bool scale_the_int(sc_compiler *c, sc_node *a, sc_node *b)
{
    if (a->type == SC_TYPE_INT && b->type == SC_TYPE_RATIO) return scale(c, a);
    if (b->type == SC_TYPE_INT && a->type == SC_TYPE_RATIO) return scale(c, b);
    return true;
}

/* How values of two types compare; false: they can't. */
static bool comparison(sc_type a, sc_type b, uint8_t *ret_compare)
{
    if (sc_is_text(a) && sc_is_text(b)) {
        bool token = a == SC_TYPE_TOKEN || b == SC_TYPE_TOKEN;
        *ret_compare = token ? SC_COMPARE_TOKEN : SC_COMPARE_STRING;
        return true;
    }
    *ret_compare = a == SC_TYPE_BOOL ? SC_COMPARE_BOOL : SC_COMPARE_NUMBER;
    return a == b && (sc_is_number(a) || a == SC_TYPE_BOOL);
}

bool sc_unify(sc_compiler *c, sc_node *a, sc_node *b, uint8_t *ret_compare)
{
    return scale_the_int(c, a, b) && comparison(a->type, b->type, ret_compare);
}

static bool check_comparison(sc_compiler *c, sc_node *node)
{
    if (!sc_check(c, node->a) || !sc_check(c, node->b)) return false;
    if (!sc_to_value(c, node->a) || !sc_to_value(c, node->b)) return false;
    sc_type a = node->a->type, b = node->b->type;
    if (!sc_unify(c, node->a, node->b, &node->compare))
        return sc_fail_node(c, node, "%s can't be compared with %s", sc_type_phrase(a),
                            sc_type_phrase(b));
    bool equality = node->op == SC_T_EQUAL || node->op == SC_T_UNEQUAL;
    if (!equality && node->compare != SC_COMPARE_NUMBER)
        return sc_fail_node(c, node, "only numbers have an order; these are %s and %s",
                            sc_type_name(a), sc_type_name(b));
    node->type = SC_TYPE_BOOL;
    return true;
}

/* NONE: there is no such arithmetic. */
static sc_type arithmetic_type(int op, sc_type a, sc_type b)
{
    bool same = a == b && sc_is_number(a) && a != SC_TYPE_MOMENT;
    bool moves = a == SC_TYPE_MOMENT && b == SC_TYPE_DURATION;
    switch (op) {
    case SC_T_PLUS:
        return same || moves ? a : SC_TYPE_NONE;
    case SC_T_MINUS:
        if (a == SC_TYPE_MOMENT && b == SC_TYPE_MOMENT) return SC_TYPE_DURATION;
        return same || moves ? a : SC_TYPE_NONE;
    case SC_T_TIMES:
        if (a == SC_TYPE_MOMENT || b == SC_TYPE_MOMENT) return SC_TYPE_NONE;
        if (a == SC_TYPE_DURATION || b == SC_TYPE_DURATION)
            return same ? SC_TYPE_NONE : SC_TYPE_DURATION;
        return same ? a : SC_TYPE_NONE;
    case SC_T_DIVIDE:
        if (a == SC_TYPE_DURATION) return b == SC_TYPE_INT || b == SC_TYPE_RATIO ? a : SC_TYPE_NONE;
        return same ? a : SC_TYPE_NONE;
    default: /* % and ** */
        return same && a == SC_TYPE_INT ? a : SC_TYPE_NONE;
    }
}

static bool check_arithmetic(sc_compiler *c, sc_node *node)
{
    if (!sc_check(c, node->a) || !sc_check(c, node->b)) return false;
    if (!sc_to_value(c, node->a) || !sc_to_value(c, node->b)) return false;
    sc_type a = node->a->type, b = node->b->type;
    bool numbers = sc_is_number(a) && sc_is_number(b);
    if (numbers && !scale_the_int(c, node->a, node->b)) return false;
    if (numbers) node->type = arithmetic_type(node->op, node->a->type, node->b->type);
    if (node->type == SC_TYPE_NONE)
        return sc_fail_node(c, node, "there is no such arithmetic of %s and %s", sc_type_name(a),
                            sc_type_name(b));
    return true;
}

static bool check_negation(sc_compiler *c, sc_node *node)
{
    if (!sc_check(c, node->a) || !sc_to_value(c, node->a)) return false;
    node->type = node->a->type;
    return (sc_is_number(node->type) && node->type != SC_TYPE_MOMENT) ||
           sc_fail_node(c, node, "only a number can be negative; this is %s",
                        sc_type_phrase(node->type));
}

static bool check_item(sc_compiler *c, const sc_node *in, sc_node *item)
{
    uint8_t compare;
    if (item->type == SC_TYPE_INT && in->a->type == SC_TYPE_RATIO && !scale(c, item)) return false;
    if (comparison(in->a->type, item->type, &compare)) return true;
    return sc_fail_node(c, item, "%s can't be compared with %s", sc_type_phrase(in->a->type),
                        sc_type_phrase(item->type));
}

static bool check_range(sc_compiler *c, const sc_node *in, sc_node *range)
{
    if (!check_item(c, in, range->a) || !check_item(c, in, range->b)) return false;
    if (!sc_is_number(range->a->type)) return sc_fail_node(c, range, "only numbers have ranges");
    return range->a->number <= range->b->number ||
           sc_fail_node(c, range, "nothing is in this range: its end is before its beginning");
}

static bool check_set(sc_compiler *c, sc_node *in)
{
    sc_node *item = in->b->a; /* the grammar has no empty set */
    sc_type literal = item->kind == SC_N_RANGE ? item->a->type : item->type;
    do {
        if (item->kind == SC_N_RANGE ? !check_range(c, in, item) : !check_item(c, in, item))
            return false;
        item = item->next;
    } while (item);
    if (in->a->type == SC_TYPE_RATIO && literal == SC_TYPE_INT) literal = SC_TYPE_RATIO;
    return comparison(in->a->type, literal, &in->compare);
}

static bool check_in_list(sc_compiler *c, sc_node *in)
{
    if (!sc_check(c, in->b)) return false;
    if (!(in->b->type & SC_LIST))
        return sc_fail_node(c, in->b, "`in` wants a list or a set {...}; this is %s",
                            sc_type_phrase(in->b->type));
    const sc_field *own = sc_field_own_value(in->b->type & (sc_type)~SC_LIST);
    if (own && !sc_append_field(c, in->b, own)) return false;
    sc_type element = in->b->type & (sc_type)~SC_LIST;
    return comparison(in->a->type, element, &in->compare) ||
           sc_fail_node(c, in, "%s can't be in %s", sc_type_phrase(in->a->type),
                        sc_type_phrase(in->b->type));
}

static bool check_in(sc_compiler *c, sc_node *in)
{
    in->type = SC_TYPE_BOOL;
    if (!sc_check(c, in->a) || !sc_to_value(c, in->a)) return false;
    return in->b->kind == SC_N_SET ? check_set(c, in) : check_in_list(c, in);
}

static bool check_each(sc_compiler *c, sc_node *each)
{
    const char *name = each->op == SC_FLAG_ALL ? "all()" : "any()";
    each->type = SC_TYPE_BOOL;
    if (!sc_check(c, each->a)) return false;
    if (!(each->a->type & SC_LIST))
        return sc_fail_node(c, each->a, "%s wants a list; this is %s", name,
                            sc_type_phrase(each->a->type));
    if (!sc_bind_local(c, each)) return false;
    bool ok = sc_check(c, each->b) && want_bool(c, each->b, name);
    c->local_count--;
    return ok;
}

static bool check_logic(sc_compiler *c, sc_node *node)
{
    const char *who = node->kind == SC_N_AND ? "`and`" : node->kind == SC_N_OR ? "`or`" : "`not`";
    node->type = SC_TYPE_BOOL;
    if (!sc_check(c, node->a) || !want_bool(c, node->a, who)) return false;
    return !node->b || (sc_check(c, node->b) && want_bool(c, node->b, who));
}

/* x.member where x is no name */
static bool check_member(sc_compiler *c, sc_node *node)
{
    sipcheck_slice members = node->text;
    sc_node *next = node->next;
    uint32_t at = node->at;
    if (!sc_check(c, node->a)) return false;
    *node = *node->a;
    node->next = next;
    return sc_resolve_members(c, node, members, at);
}

static bool check_kind(sc_compiler *c, sc_node *node)
{
    switch ((enum sc_node_kind)node->kind) {
    case SC_N_NAME:
        return sc_resolve_name(c, node);
    case SC_N_PATH:
        return check_member(c, node);
    case SC_N_CALL:
        return sc_check_call(c, node);
    case SC_N_EACH:
        return check_each(c, node);
    case SC_N_NOT:
    case SC_N_AND:
    case SC_N_OR:
        return check_logic(c, node);
    case SC_N_NEGATE:
        return check_negation(c, node);
    case SC_N_COMPARE:
        return check_comparison(c, node);
    case SC_N_ARITHMETIC:
        return check_arithmetic(c, node);
    case SC_N_IN:
        return check_in(c, node);
    default: /* literals have their type; sets and ranges are seen to by `in` */
        return true;
    }
}

bool sc_check(sc_compiler *c, sc_node *node)
{
    if (c->check_depth >= SC_CHECK_DEPTH_MAX) return sc_fail_node(c, node, "nested too deeply");
    c->check_depth++;
    bool ok = check_kind(c, node);
    c->check_depth--;
    return ok;
}
