/* SPDX-License-Identifier: MIT */
/* What lists and their elements say where only the facts of a message are known. */
#include "rules/facts.h"

#include "text/slice.h"

/* --- lists */

/* The trait with which some value of an owner has this member; 0: none tells. */
static unsigned trait_of_member(const sc_field *field)
{
    sc_getter *get = field->get;
    if (get == sc_field_addr_params) return SC_TRAIT(HEADER_PARAMS);
    if (get == sc_field_addr_expires) return SC_TRAIT(EXPIRES);
    if (get == sc_field_addr_q) return SC_TRAIT(Q);
    bool params = get == sc_field_uri_params || get == sc_field_via_params ||
                  get == sc_field_media_params || get == sc_field_number_params;
    return params ? SC_TRAIT(PARAMS) : 0;
}

/* All values of the owner lie in the list, or there is only one: some element is there. */
static bool is_filled(const sc_foresight *f, enum sc_owner owner, const sc_field *field,
                      bool of_message)
{
    unsigned trait = trait_of_member(field);
    unsigned plain = SC_TRAIT(ODD) | (of_message ? 0 : SC_TRAIT(SEVERAL));
    return trait != 0 && sc_has(f, owner, trait) && sc_lacks(f, owner, plain);
}

/* A list in each element of one. */
static unsigned bits_of_lists(unsigned outer, unsigned inner)
{
    return outer & SC_LIST_ONE ? inner : outer & inner & ~(unsigned)SC_LIST_DISTINCT;
}

/* Members of elements: those of parameters that are distinct are their names. */
static unsigned bits_of_members(unsigned bits, const sc_value *v, const sc_field *field)
{
    bool there = v->state == SC_THERE || v->state == SC_VALUE;
    bool names = field->get == sc_field_param_name;
    return bits & ((there ? (unsigned)SC_LIST_FILLED | SC_LIST_ONE : 0u) |
                   (names ? (unsigned)SC_LIST_DISTINCT : 0u));
}

sc_value sc_foretell_list(const sc_foresight *f, const sc_value *base, bool is_list,
                          const sc_field *const *path, size_t length)
{
    sc_value v = *base;
    bool of_message = sc_owner_of(base) == SC_OWNER_MESSAGE;
    unsigned bits = is_list ? (unsigned)base->number : SC_LIST_FILLED | SC_LIST_ONE;
    if (is_list && base->state != SC_THERE) return sc_anything();
    for (size_t i = 0; i < length; i++) {
        enum sc_owner owner = sc_owner_of(&v);
        v = sc_foretell(f, owner, path + i, 1);
        unsigned of_list = path[i]->type & SC_LIST && v.state == SC_THERE ? (unsigned)v.number : 0;
        if (v.state == SC_ABSENT_VALUE || of_list & SC_LIST_EMPTY)
            return sc_list_from(SC_OWNER_NONE, SC_LIST_EMPTY);
        bits = path[i]->type & SC_LIST ? bits_of_lists(bits, of_list)
                                       : bits_of_members(bits, &v, path[i]);
        if (is_filled(f, owner, path[i], of_message)) bits |= SC_LIST_FILLED;
    }
    return sc_list_from(v.state == SC_THERE ? sc_owner_of(&v) : SC_OWNER_NONE, bits);
}

sc_value sc_foretell_end(const sc_foresight *f, const sc_value *list, bool first,
                         const sc_field *const *path, size_t length)
{
    bool via = length == 1 && path[0]->header == SIPCHECK_HEADER_VIA;
    bool filled = list->number & SC_LIST_FILLED;
    enum sc_owner owner = (enum sc_owner)list->list;
    if (via && filled && sc_key_part(f->key, KEY_VIAS, 3) > 1)
        return sc_value_from(first ? SC_OWNER_TOP_VIA : SC_OWNER_LAST_VIA);
    if (!filled || owner == SC_OWNER_NONE) return sc_anything();
    return sc_value_from(owner == SC_OWNER_LINE && !first ? SC_OWNER_LAST_LINE : owner);
}

static unsigned trait_of_token(enum sc_owner owner, sipcheck_slice text)
{
    if (owner == SC_OWNER_ALLOW) {
        unsigned method = sc_method_of(text);
        return sc_named_method(method) ? 1u << method : 0;
    }
    for (unsigned i = 0; owner == SC_OWNER_SUPPORTED && i < SC_NOTED_TAGS; i++)
        if (sc_same(text, sc_noted_tags[i])) return 1u << i;
    return 0;
}

sc_value sc_foretell_in(const sc_foresight *f, const sc_value *list, const sc_value *text)
{
    enum sc_owner owner = sc_owner_of(list);
    if (text->state != SC_VALUE) return sc_anything();
    unsigned trait = trait_of_token(owner, text->raw);
    unsigned others = owner == SC_OWNER_ALLOW
                          ? 1u << SIPCHECK_METHOD_NONE | 1u << SIPCHECK_METHOD_OTHER
                          : SC_TRAIT(OTHER_TAG) | SC_TRAIT(UNKNOWN_TAG);
    if (trait != 0 && sc_has(f, owner, trait)) return sc_value_truth(true);
    return trait != 0 && sc_lacks(f, owner, trait | others) ? sc_value_truth(false) : sc_anything();
}

/* --- parameters */

static const struct known_param {
    enum sc_hint list;
    const char *name; /* NULL: any other */
    unsigned trait;
} known_params[] = {
    { SC_HINT_URI_PARAMS, "transport", SC_TRAIT(TRANSPORT) },
    { SC_HINT_URI_PARAMS, "user", SC_TRAIT(USER_PARAM) },
    { SC_HINT_URI_PARAMS, NULL, SC_TRAIT(RARE) },
    { SC_HINT_HEADER_PARAMS, "tag", SC_TRAIT(TAG) },
    { SC_HINT_HEADER_PARAMS, "expires", SC_TRAIT(EXPIRES) },
    { SC_HINT_HEADER_PARAMS, "q", SC_TRAIT(Q) },
    { SC_HINT_HEADER_PARAMS, NULL, SC_TRAIT(HEADER_RARE) },
    { SC_HINT_VIA_PARAMS, "branch", SC_TRAIT(BRANCH) },
    { SC_HINT_VIA_PARAMS, "rport", SC_TRAIT(RPORT) },
    { SC_HINT_VIA_PARAMS, "received", SC_TRAIT(RECEIVED) },
    { SC_HINT_VIA_PARAMS, NULL, SC_TRAIT(RARE) },
    { SC_HINT_AUTH_PARAMS, "username", SC_TRAIT(PARAMS) }, /* such credentials have all five */
    { SC_HINT_AUTH_PARAMS, "realm", SC_TRAIT(PARAMS) },
    { SC_HINT_AUTH_PARAMS, "nonce", SC_TRAIT(PARAMS) },
    { SC_HINT_AUTH_PARAMS, "uri", SC_TRAIT(PARAMS) },
    { SC_HINT_AUTH_PARAMS, "response", SC_TRAIT(PARAMS) },
    { SC_HINT_AUTH_PARAMS, "qop", SC_TRAIT(QOP) },
    { SC_HINT_AUTH_PARAMS, "nc", SC_TRAIT(QOP) },
    { SC_HINT_AUTH_PARAMS, "cnonce", SC_TRAIT(QOP) },
    { SC_HINT_AUTH_PARAMS, "algorithm", SC_TRAIT(ALGORITHM) },
    { SC_HINT_AUTH_PARAMS, "opaque", SC_TRAIT(OPAQUE) },
    { SC_HINT_AUTH_PARAMS, NULL, SC_TRAIT(RARE) },
};

/* All values have it, or the only one has not. */
static sc_value param_lr(const sc_foresight *f, enum sc_owner owner)
{
    if (sc_lacks(f, owner, SC_TRAIT(NO_LR))) return sc_value_in(SC_THERE);
    bool none = sc_has(f, owner, SC_TRAIT(NO_LR)) && sc_lacks(f, owner, SC_TRAIT(SEVERAL));
    return none ? sc_value_in(SC_ABSENT_VALUE) : sc_anything();
}

/* The first of that name, where it stands twice. */
sc_value sc_foretell_param(const sc_foresight *f, const sc_value *list, const sc_value *name)
{
    enum sc_owner owner = sc_owner_of(list);
    const struct known_param *known = known_params;
    const struct known_param *end = known + sizeof known_params / sizeof *known_params;
    if (list->state != SC_THERE || name->state != SC_VALUE) return sc_anything();
    if (list->number & SC_LIST_EMPTY) return sc_value_in(SC_ABSENT_VALUE);
    if (list->missing == SC_HINT_URI_PARAMS && sc_same_nocase(name->raw, "lr"))
        return param_lr(f, owner);
    while (known < end && !(known->list == (enum sc_hint)list->missing &&
                            (!known->name || sc_same_nocase(name->raw, known->name))))
        known++;
    if (known == end) return sc_anything();
    if (sc_lacks(f, owner, known->trait)) return sc_value_in(SC_ABSENT_VALUE);
    bool there =
        known->name && sc_has(f, owner, known->trait) && sc_lacks(f, owner, SC_TRAIT(SEVERAL));
    return there ? sc_value_in(SC_THERE) : sc_anything();
}
