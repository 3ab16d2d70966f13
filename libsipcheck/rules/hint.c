/* SPDX-License-Identifier: MIT */
/* What operators and functions say of values of which only a hint is known. */
#include "rules/facts.h"

#include "text/slice.h"

static enum sc_hint hint_of(const sc_value *v)
{
    return v->state == SC_THERE ? (enum sc_hint)v->missing : SC_HINT_NONE;
}

static bool has_prefix(sipcheck_slice text, sipcheck_slice prefix)
{
    return prefix.n == 0 || (text.n >= prefix.n && memcmp(text.p, prefix.p, prefix.n) == 0);
}

static bool has_suffix(sipcheck_slice text, sipcheck_slice suffix)
{
    return suffix.n == 0 ||
           (text.n >= suffix.n && memcmp(text.p + text.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* --- texts that are equal: yes, no, or nobody knows */

enum answer { NO, YES, UNKNOWN };

/* A name that no header of the message has; it may be there in its compact form, too. */
static enum answer is_name(const sc_foresight *f, enum sc_owner owner, sipcheck_slice name)
{
    unsigned id = sipcheck_header_lookup(name);
    bool x = name.n > 1 && (name.p[0] == 'X' || name.p[0] == 'x') && name.p[1] == '-';
    bool last = owner == SC_OWNER_LAST_LINE && sc_is_routing(id) &&
                sc_lacks(f, SC_OWNER_MESSAGE, SC_TRAIT(LAST_ROUTING));
    bool strange = id == SIPCHECK_HEADER_UNKNOWN && !x &&
                   sc_lacks(f, SC_OWNER_MESSAGE, SC_TRAIT(STRANGE_NAME));
    return last || strange || sc_has_none(f, id) ? NO : UNKNOWN;
}

static bool is_common_transport(sipcheck_slice text)
{
    return sc_same_nocase(text, "udp") || sc_same_nocase(text, "tcp");
}

static enum answer is_text(const sc_foresight *f, const sc_value *v, const sc_value *text)
{
    if (text->state != SC_VALUE || (!text->raw.p && text->raw.n > 0)) return UNKNOWN;
    switch (hint_of(v)) {
    case SC_HINT_PREFIX: /* compared without case at most, so that only lengths tell */
        return text->raw.n <= v->raw.n ? NO : UNKNOWN;
    case SC_HINT_TAG:
        return text->raw.n < (size_t)v->number ? NO : UNKNOWN;
    case SC_HINT_HASH:
        return text->raw.n != SC_HASH_LENGTH ? NO : UNKNOWN;
    case SC_HINT_NAME:
        return is_name(f, sc_owner_of(v), text->raw);
    case SC_HINT_COMMON_TRANSPORT:
        return is_common_transport(text->raw) ? UNKNOWN : NO;
    case SC_HINT_HOST:
        return sc_is_odd_host(text->raw) ? NO : UNKNOWN;
    case SC_HINT_USER:
        return sc_is_odd_user(text->raw) ? NO : UNKNOWN;
    case SC_HINT_CALLED:
        return sc_is_no_name(text->raw) ? NO : UNKNOWN;
    default:
        return UNKNOWN;
    }
}

static bool is_tag_of(const sc_value *v, enum sc_owner owner)
{
    return hint_of(v) == SC_HINT_TAG && sc_owner_of(v) == owner;
}

/* Two values of which hints are known. */
static enum answer are_equal(const sc_foresight *f, const sc_value *a, const sc_value *b)
{
    bool twins = hint_of(a) == SC_HINT_TWIN && hint_of(b) == SC_HINT_TWIN;
    bool tags = (is_tag_of(a, SC_OWNER_FROM) && is_tag_of(b, SC_OWNER_TO)) ||
                (is_tag_of(a, SC_OWNER_TO) && is_tag_of(b, SC_OWNER_FROM));
    bool apart = hint_of(a) == SC_HINT_APART && hint_of(b) == SC_HINT_APART;
    if (twins && a->number == b->number) return YES;
    if (apart && a->number == -b->number) return NO;
    if (tags && sc_lacks(f, SC_OWNER_MESSAGE, SC_TRAIT(SAME_TAGS))) return NO;
    return UNKNOWN;
}

/* --- numbers */

typedef struct range {
    int64_t least, most;
} range;

static bool range_of(const sc_value *v, range *ret)
{
    enum sc_hint hint = hint_of(v);
    bool low = hint == SC_HINT_LEAST || hint == SC_HINT_EVEN;
    *ret = (range){ low || v->state == SC_VALUE ? v->number : INT64_MIN,
                    hint == SC_HINT_MOST || v->state == SC_VALUE ? v->number : INT64_MAX };
    return v->state == SC_VALUE || low || hint == SC_HINT_MOST;
}

static enum answer is_below(range a, range b)
{
    if (a.most < b.least) return YES;
    return a.least >= b.most ? NO : UNKNOWN;
}

static enum answer opposite(enum answer answer)
{
    return answer == UNKNOWN ? UNKNOWN : answer == NO ? YES : NO;
}

static enum answer in_order(enum sc_op op, range a, range b)
{
    bool apart = a.most < b.least || b.most < a.least;
    switch (op) {
    case SC_OP_LESS:
        return is_below(a, b);
    case SC_OP_LESS_EQUAL:
        return opposite(is_below(b, a));
    case SC_OP_GREATER:
        return is_below(b, a);
    case SC_OP_GREATER_EQUAL:
        return opposite(is_below(a, b));
    case SC_OP_EQUAL:
        return apart ? NO : UNKNOWN;
    default:
        return apart ? YES : UNKNOWN;
    }
}

/* --- operators */

static enum answer compared(const sc_foresight *f, enum sc_op op, const sc_value *a,
                            const sc_value *b)
{
    range x, y;
    bool equality = op == SC_OP_EQUAL || op == SC_OP_UNEQUAL;
    if (range_of(a, &x) && range_of(b, &y) && (hint_of(a) || hint_of(b))) return in_order(op, x, y);
    enum answer equal = are_equal(f, a, b);
    if (equal == YES && (op == SC_OP_LESS_EQUAL || op == SC_OP_GREATER_EQUAL)) return YES;
    if (equal == YES && !equality) return NO;
    if (!equality) return UNKNOWN;
    if (equal == UNKNOWN) equal = is_text(f, a, b);
    if (equal == UNKNOWN) equal = is_text(f, b, a);
    return op == SC_OP_EQUAL ? equal : opposite(equal);
}

sc_value sc_hint_compare(const sc_foresight *f, enum sc_op op, const sc_value *left,
                         const sc_value *right)
{
    enum answer answer = compared(f, op, left, right);
    return answer == UNKNOWN ? sc_anything() : sc_value_truth(answer == YES);
}

static bool has_name(const sc_instruction *i, const sc_value *items, sipcheck_slice name)
{
    for (size_t k = 0; k < i->b; k++)
        if (sc_slices_same_nocase(items[2 * k].raw, name)) return true;
    return false;
}

/* The set has all names of what may stand in the last line. */
static bool has_routing_names(const sc_instruction *i, const sc_value *items)
{
    for (unsigned id = SIPCHECK_HEADER_UNKNOWN + 1; id < SIPCHECK_HEADER_COUNT; id++) {
        const sipcheck_header_info *info = sipcheck_header_info_of((enum sipcheck_header_id)id);
        const sipcheck_slice compact = { (const uint8_t *)&info->compact, 1 };
        if (!sc_is_routing(id)) continue;
        if (!has_name(i, items, sc_slice_of(info->name))) return false;
        if (info->compact != '\0' && !has_name(i, items, compact)) return false;
    }
    return true;
}

static bool is_routing_name(const sc_foresight *f, const sc_value *v)
{
    return hint_of(v) == SC_HINT_NAME && sc_owner_of(v) == SC_OWNER_LAST_LINE &&
           sc_has(f, SC_OWNER_MESSAGE, SC_TRAIT(LAST_ROUTING));
}

sc_value sc_hint_in_set(const sc_foresight *f, const sc_instruction *i, const sc_value *v,
                        const sc_value *items)
{
    range x;
    bool number = i->a == SC_COMPARE_NUMBER;
    if (hint_of(v) == SC_HINT_NONE || (number && !range_of(v, &x))) return sc_anything();
    if (i->a == SC_COMPARE_TOKEN && is_routing_name(f, v) && has_routing_names(i, items))
        return sc_value_truth(true);
    for (unsigned k = 0; k < i->b; k++, items += 2) {
        bool apart = number ? x.most < items[0].number || x.least > items[1].number
                            : is_text(f, v, items) == NO;
        if (!apart) return sc_anything();
    }
    return sc_value_truth(false);
}

/* The remainder of an even number by two. */
sc_value sc_hint_modulo(const sc_value *left, const sc_value *right)
{
    bool even = hint_of(left) == SC_HINT_EVEN && right->state == SC_VALUE && right->number == 2;
    return even ? (sc_value){ .number = 0 } : sc_anything();
}

static sc_value starts_with(const sc_value *v, const sc_value *start)
{
    if (hint_of(v) != SC_HINT_PREFIX || start->state != SC_VALUE) return sc_anything();
    if (has_prefix(v->raw, start->raw)) return sc_value_truth(true);
    return sc_lower(v->raw.p[0]) != sc_lower(start->raw.p[0]) ? sc_value_truth(false)
                                                              : sc_anything();
}

static sc_value contains(const sc_value *v, const sc_value *part)
{
    if (hint_of(v) != SC_HINT_PREFIX || part->state != SC_VALUE) return sc_anything();
    bool found = part->raw.n == 0;
    for (size_t i = 0; i < v->raw.n && !found; i++)
        found = has_prefix((sipcheck_slice){ v->raw.p + i, v->raw.n - i }, part->raw);
    return found ? sc_value_truth(true) : sc_anything();
}

static sc_value ends_with(const sc_value *v, const sc_value *end)
{
    bool known = hint_of(v) == SC_HINT_SUFFIX && end->state == SC_VALUE;
    return known && has_suffix(v->raw, end->raw) ? sc_value_truth(true) : sc_anything();
}

static sc_value length(const sc_value *v)
{
    bool tag = hint_of(v) == SC_HINT_TAG, prefix = hint_of(v) == SC_HINT_PREFIX;
    if (hint_of(v) == SC_HINT_HASH) return (sc_value){ .number = SC_HASH_LENGTH };
    if (!tag && !prefix) return sc_anything();
    return (sc_value){ .state = SC_THERE,
                       .missing = SC_HINT_LEAST,
                       .number = tag ? v->number : (int64_t)v->raw.n + 1 };
}

sc_value sc_hint_call(enum sc_function function, const sc_value *arguments)
{
    switch (function) {
    case SC_FUNCTION_STARTS_WITH:
        return starts_with(&arguments[0], &arguments[1]);
    case SC_FUNCTION_CONTAINS:
        return contains(&arguments[0], &arguments[1]);
    case SC_FUNCTION_ENDS_WITH:
        return ends_with(&arguments[0], &arguments[1]);
    case SC_FUNCTION_LENGTH:
        return length(&arguments[0]);
    case SC_FUNCTION_KNOWN_OPTION_TAG:
        return hint_of(&arguments[0]) == SC_HINT_OPTION_TAG ? sc_value_truth(true) : sc_anything();
    default:
        return sc_anything();
    }
}
