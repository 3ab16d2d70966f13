/* SPDX-License-Identifier: MIT */
/* Expressions to trees.
 *
 *   expression = unary *("and" unary) / unary *("or" unary)         never mixed
 *   unary      = "not" unary / relation
 *   relation   = sum [("==" / "!=" / "<" / "<=" / ">" / ">=") sum / ["not"] "in" (set / sum)]
 *   set        = "{" item *("," item) "}"         item = ["-"] literal [".." ["-"] literal]
 *   sum        = product *(("+" / "-") product)
 *   product    = sign *(("*" / "/" / "%") sign)
 *   sign       = "-" sign / power
 *   power      = postfix ["**" sign]
 *   postfix    = primary *("." NAME)
 *   primary    = INT / DURATION / RATIO / TEXT / "true" / "false" / NAME / call / each
 *              / "(" expression ")"
 *   call       = NAME "(" expression *("," expression) ")"
 *   each       = ("any" / "all") "(" NAME "in" sum ":" expression ")"
 */
#include "rules/compiler.h"
#include "text/slice.h"

static sc_node *new_node(sc_compiler *c, enum sc_node_kind kind, uint32_t at)
{
    if (c->failed) return NULL;
    if (c->node_count == SC_EXPR_NODES_MAX) {
        sc_fail(c, c->source, at, "this expression is too large (more than %d parts)",
                SC_EXPR_NODES_MAX);
        return NULL;
    }
    sc_node *node = &c->nodes[c->node_count++];
    *node = (sc_node){
        .kind = (uint8_t)kind, .at = at, .source = c->source, .definitions = c->definitions
    };
    return node;
}

static sc_node *new_pair(sc_compiler *c, enum sc_node_kind kind, uint32_t at, int op, sc_node *a,
                         sc_node *b)
{
    sc_node *node = a && b ? new_node(c, kind, at) : NULL;
    if (!node) return NULL;
    node->op = (uint8_t)op;
    node->a = a;
    node->b = b;
    return node;
}

/* Words that other languages have between two values. */
static const char *habit(const sc_token *token)
{
    if (token->kind != SC_T_NAME) return "";
    if (sc_slices_same(token->text, sc_slice_of("contains"))) return ": write contains(a, b)";
    bool pattern = sc_slices_same(token->text, sc_slice_of("matches"));
    return pattern ? ": there are no patterns; see starts_with, ends_with, contains" : "";
}

static sc_node *wanted(sc_compiler *c, const char *what)
{
    char buf[64];
    if (c->token.kind != SC_T_BAD)
        sc_fail(c, c->source, c->token.at, "found %s where %s was wanted%s",
                sc_token_words(&c->token, buf), what, habit(&c->token));
    return NULL;
}

static bool take(sc_compiler *c, enum sc_token_kind kind)
{
    if (c->failed || c->token.kind != kind) return false;
    sc_lex_next(c);
    return true;
}

static bool expect(sc_compiler *c, enum sc_token_kind kind, const char *what)
{
    return take(c, kind) || wanted(c, what);
}

static bool enter(sc_compiler *c)
{
    if (++c->depth <= SC_EXPR_DEPTH_MAX) return true;
    return sc_fail(c, c->source, c->token.at, "nested too deeply (more than %d levels)",
                   SC_EXPR_DEPTH_MAX);
}

static sc_node *parse_sum(sc_compiler *c);

static sc_node *parse_literal(sc_compiler *c)
{
    static const sc_type types[] = {
        [SC_T_INT] = SC_TYPE_INT,     [SC_T_DURATION] = SC_TYPE_DURATION,
        [SC_T_RATIO] = SC_TYPE_RATIO, [SC_T_TEXT] = SC_TYPE_STRING,
        [SC_T_TRUE] = SC_TYPE_BOOL,   [SC_T_FALSE] = SC_TYPE_BOOL,
    };
    sc_token token = c->token;
    bool known = (size_t)token.kind < sizeof types / sizeof *types && types[token.kind];
    sc_node *node = known ? new_node(c, SC_N_LITERAL, token.at) : NULL;
    if (!node) return known ? NULL : wanted(c, "a text or a number");
    node->type = types[token.kind];
    node->text = token.text;
    node->number = token.kind == SC_T_TRUE ? 1 : token.number;
    sc_lex_next(c);
    return node;
}

static sc_node *parse_set_literal(sc_compiler *c)
{
    bool minus = take(c, SC_T_MINUS);
    sc_node *node = parse_literal(c);
    if (!node || !minus) return node;
    if (!sc_is_number(node->type)) {
        sc_fail_node(c, node, "only a number can be negative");
        return NULL;
    }
    node->number = -node->number;
    return node;
}

static sc_node *parse_set_item(sc_compiler *c)
{
    sc_node *low = parse_set_literal(c);
    uint32_t at = c->token.at;
    if (!low || !take(c, SC_T_RANGE)) return c->failed ? NULL : low;
    return new_pair(c, SC_N_RANGE, at, 0, low, parse_set_literal(c));
}

static sc_node *parse_set(sc_compiler *c)
{
    sc_node *set = new_node(c, SC_N_SET, c->token.at);
    if (!set || !expect(c, SC_T_OPEN_SET, "`{`")) return NULL;
    for (sc_node **last = &set->a;;) {
        sc_node *item = parse_set_item(c);
        if (!item) return NULL;
        *last = item;
        last = &item->next;
        if (!take(c, SC_T_COMMA)) break;
    }
    return expect(c, SC_T_CLOSE_SET, "`,` or `}`") ? set : NULL;
}

/* any(NAME in LIST: BODY), behind "(" */
static sc_node *parse_each(sc_compiler *c, uint32_t at, bool all)
{
    sc_node *each = new_node(c, SC_N_EACH, at);
    if (!each) return NULL;
    each->op = all ? SC_FLAG_ALL : 0;
    each->text = c->token.text;
    each->number = c->token.at;
    if (!expect(c, SC_T_NAME, "a name for the element: any(v in sip.Via: ...)")) return NULL;
    if (!expect(c, SC_T_IN, "`in`")) return NULL;
    each->a = parse_sum(c);
    if (!each->a || !expect(c, SC_T_COLON, "`:`")) return NULL;
    each->b = sc_parse_expression(c);
    return each->b && expect(c, SC_T_CLOSE, "`)`") ? each : NULL;
}

/* Behind "(". What the arguments must be is the checker's. */
static sc_node *parse_call(sc_compiler *c, uint32_t at, sipcheck_slice name)
{
    sc_node *call = new_node(c, SC_N_CALL, at);
    if (!call) return NULL;
    int function = sc_function_find(name);
    if (function < 0) {
        char buf[80];
        sc_nearest nearest = { .name = name };
        for (int i = 0; i < SC_FUNCTIONS; i++)
            sc_nearest_offer(&nearest, sc_function_name((enum sc_function)i));
        sc_nearest_offer(&nearest, "any");
        sc_nearest_offer(&nearest, "all");
        sc_fail_node(c, call, "there is no function `%.*s`%s", (int)(name.n < 40 ? name.n : 40),
                     (const char *)name.p, sc_nearest_text(&nearest, buf, sizeof buf));
        return NULL;
    }
    call->op = (uint8_t)function;
    for (sc_node **last = &call->a;;) {
        sc_node *argument = sc_parse_expression(c);
        if (!argument) return NULL;
        *last = argument;
        last = &argument->next;
        if (!take(c, SC_T_COMMA)) break;
    }
    return expect(c, SC_T_CLOSE, "`,` or `)`") ? call : NULL;
}

static sc_node *parse_name(sc_compiler *c)
{
    sc_token name = c->token;
    sc_lex_next(c);
    if (take(c, SC_T_OPEN)) {
        bool all = sc_slices_same(name.text, sc_slice_of("all"));
        if (all || sc_slices_same(name.text, sc_slice_of("any")))
            return parse_each(c, name.at, all);
        return parse_call(c, name.at, name.text);
    }
    sc_node *node = new_node(c, SC_N_NAME, name.at);
    if (node) node->text = name.text;
    return node;
}

static sc_node *parse_primary(sc_compiler *c)
{
    switch (c->token.kind) {
    case SC_T_NAME:
        return parse_name(c);
    case SC_T_INT:
    case SC_T_DURATION:
    case SC_T_RATIO:
    case SC_T_TEXT:
    case SC_T_TRUE:
    case SC_T_FALSE:
        return parse_literal(c);
    case SC_T_OPEN: {
        sc_lex_next(c);
        sc_node *inner = sc_parse_expression(c);
        return inner && expect(c, SC_T_CLOSE, "`)`") ? inner : NULL;
    }
    default:
        return wanted(c, "a name, a text, a number or `(`");
    }
}

static sc_node *parse_postfix(sc_compiler *c)
{
    unsigned depth = c->depth;
    sc_node *node = parse_primary(c);
    while (node && c->token.kind == SC_T_DOT && enter(c)) {
        sc_node *member = new_node(c, SC_N_PATH, c->token.at);
        if (!member) return NULL;
        member->a = node;
        member->text = c->token.text;
        node = member;
        sc_lex_next(c);
    }
    c->depth = depth;
    return c->failed ? NULL : node;
}

static sc_node *parse_sign(sc_compiler *c);

static sc_node *parse_power(sc_compiler *c)
{
    sc_node *base = parse_postfix(c);
    uint32_t at = c->token.at;
    if (!base || !take(c, SC_T_POWER)) return c->failed ? NULL : base;
    if (!enter(c)) return NULL;
    sc_node *exponent = parse_sign(c);
    c->depth--;
    return new_pair(c, SC_N_ARITHMETIC, at, SC_T_POWER, base, exponent);
}

static sc_node *parse_sign(sc_compiler *c)
{
    uint32_t at = c->token.at;
    if (!take(c, SC_T_MINUS)) return c->failed ? NULL : parse_power(c);
    if (!enter(c)) return NULL;
    sc_node *operand = parse_sign(c);
    c->depth--;
    sc_node *node = operand ? new_node(c, SC_N_NEGATE, at) : NULL;
    if (node) node->a = operand;
    return node;
}

static bool is_product_sign(enum sc_token_kind kind)
{
    return kind == SC_T_TIMES || kind == SC_T_DIVIDE || kind == SC_T_MODULO;
}

static sc_node *parse_product(sc_compiler *c)
{
    unsigned depth = c->depth;
    sc_node *left = parse_sign(c);
    while (left && is_product_sign(c->token.kind) && enter(c)) {
        sc_token sign = c->token;
        sc_lex_next(c);
        left = new_pair(c, SC_N_ARITHMETIC, sign.at, (int)sign.kind, left, parse_sign(c));
    }
    c->depth = depth;
    return c->failed ? NULL : left;
}

static sc_node *parse_sum(sc_compiler *c)
{
    unsigned depth = c->depth;
    sc_node *left = parse_product(c);
    while (left && (c->token.kind == SC_T_PLUS || c->token.kind == SC_T_MINUS) && enter(c)) {
        sc_token sign = c->token;
        sc_lex_next(c);
        left = new_pair(c, SC_N_ARITHMETIC, sign.at, (int)sign.kind, left, parse_product(c));
    }
    c->depth = depth;
    return c->failed ? NULL : left;
}

static bool compares(enum sc_token_kind kind)
{
    return kind >= SC_T_EQUAL && kind <= SC_T_GREATER_EQUAL;
}

static sc_node *parse_in(sc_compiler *c, sc_node *left, uint32_t at, bool negated)
{
    sc_node *right = c->token.kind == SC_T_OPEN_SET ? parse_set(c) : parse_sum(c);
    return new_pair(c, SC_N_IN, at, negated, left, right);
}

static sc_node *parse_relation(sc_compiler *c)
{
    sc_node *left = parse_sum(c);
    sc_token sign = c->token;
    if (!left || c->failed) return NULL;
    if (take(c, SC_T_IN)) {
        left = parse_in(c, left, sign.at, false);
    } else if (take(c, SC_T_NOT)) {
        if (!expect(c, SC_T_IN, "`in`")) return NULL;
        left = parse_in(c, left, sign.at, true);
    } else if (compares(sign.kind)) {
        sc_lex_next(c);
        left = new_pair(c, SC_N_COMPARE, sign.at, (int)sign.kind, left, parse_sum(c));
    } else {
        return left;
    }
    if (left && (compares(c->token.kind) || c->token.kind == SC_T_IN)) {
        sc_fail(c, c->source, c->token.at, "comparisons can't be chained; join two with `and`");
        return NULL;
    }
    return left;
}

static sc_node *parse_unary(sc_compiler *c)
{
    uint32_t at = c->token.at;
    if (c->failed || !enter(c)) return NULL;
    sc_node *node;
    if (take(c, SC_T_NOT)) {
        sc_node *operand = parse_unary(c);
        node = operand ? new_node(c, SC_N_NOT, at) : NULL;
        if (node) node->a = operand;
    } else {
        node = parse_relation(c);
    }
    c->depth--;
    return node;
}

sc_node *sc_parse_expression(sc_compiler *c)
{
    unsigned depth = c->depth;
    sc_node *left = parse_unary(c);
    enum sc_token_kind joint = c->token.kind;
    while (left && (c->token.kind == SC_T_AND || c->token.kind == SC_T_OR) && enter(c)) {
        sc_token sign = c->token;
        if (sign.kind != joint) {
            sc_fail(c, c->source, sign.at,
                    "`and` and `or` side by side: put parentheses to say what belongs together");
            return NULL;
        }
        sc_lex_next(c);
        left = new_pair(c, sign.kind == SC_T_AND ? SC_N_AND : SC_N_OR, sign.at, 0, left,
                        parse_unary(c));
    }
    c->depth = depth;
    return c->failed ? NULL : left;
}

sc_node *sc_parse_source(sc_compiler *c, const sc_source *source, uint16_t definitions)
{
    c->definitions = definitions;
    sc_lex_begin(c, source, 0);
    if (c->token.kind == SC_T_END) return wanted(c, "an expression");
    sc_node *node = sc_parse_expression(c);
    if (node && c->token.kind != SC_T_END) return wanted(c, "the end, `and` or `or`");
    return node;
}
