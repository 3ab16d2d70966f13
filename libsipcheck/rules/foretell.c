/* SPDX-License-Identifier: MIT */
/* What fields say where only the facts of a message are known. */
#include "rules/facts.h"

#include "text/slice.h"

sc_value sc_value_in(unsigned state)
{
    return (sc_value){ .state = (uint8_t)state };
}

sc_value sc_value_from(enum sc_owner owner)
{
    return (sc_value){ .state = SC_THERE, .list = (uint8_t)owner };
}

enum sc_owner sc_owner_of(const sc_value *v)
{
    bool open = v->state == SC_THERE || v->state == SC_ANY;
    return open ? (enum sc_owner)v->list : SC_OWNER_NONE;
}

/* --- marks */

static void ask(const sc_foresight *f, unsigned at, unsigned bits)
{
    if (f->asked) f->asked->word[at / 64] |= (uint64_t)bits << (at % 64);
}

static bool is_in(const sc_foresight *f, const sc_marks *marks, unsigned mark)
{
    ask(f, mark, 1);
    return sc_mark_in(marks, mark);
}

bool sc_has_none(const sc_foresight *f, unsigned header)
{
    return is_in(f, &f->none, header);
}

bool sc_has_one(const sc_foresight *f, unsigned header)
{
    return is_in(f, &f->one, header);
}

bool sc_has_more(const sc_foresight *f, unsigned header)
{
    return is_in(f, &f->more, header);
}

/* Those of an owner's traits that are in: they lie in one word, as 64 is a multiple of 16. */
static unsigned traits_in(const sc_foresight *f, const sc_marks *marks, enum sc_owner owner,
                          unsigned traits)
{
    if (owner == SC_OWNER_NONE || owner >= SC_OWNERS) return 0;
    unsigned at = sc_trait_mark(owner, 0);
    ask(f, at, traits);
    return (unsigned)(marks->word[at / 64] >> (at % 64)) & traits;
}

bool sc_lacks(const sc_foresight *f, enum sc_owner owner, unsigned traits)
{
    return traits_in(f, &f->none, owner, traits) == traits;
}

bool sc_has(const sc_foresight *f, enum sc_owner owner, unsigned traits)
{
    return traits_in(f, &f->one, owner, traits) == traits;
}

static sc_value truth(bool value)
{
    return (sc_value){ .truth = value };
}

static sc_value anything(void)
{
    return sc_value_in(SC_ANY);
}

static sc_value list_of(enum sc_owner owner, unsigned bits)
{
    return (sc_value){ .state = SC_THERE, .list = (uint8_t)owner, .number = bits };
}

static bool holds(const sc_foresight *f, unsigned at)
{
    return sc_key_holds(f->key, at);
}

static bool named_method(unsigned method)
{
    return method > SIPCHECK_METHOD_OTHER;
}

/* --- headers */

static enum sc_owner owner_of_header(unsigned header)
{
    switch (header) {
    case SIPCHECK_HEADER_FROM:
        return SC_OWNER_FROM;
    case SIPCHECK_HEADER_TO:
        return SC_OWNER_TO;
    case SIPCHECK_HEADER_CONTACT:
        return SC_OWNER_CONTACT;
    case SIPCHECK_HEADER_P_ASSERTED_IDENTITY:
        return SC_OWNER_ASSERTED;
    case SIPCHECK_HEADER_ROUTE:
        return SC_OWNER_ROUTE;
    case SIPCHECK_HEADER_RECORD_ROUTE:
        return SC_OWNER_RECORD_ROUTE;
    case SIPCHECK_HEADER_VIA:
        return SC_OWNER_TOP_VIA;
    case SIPCHECK_HEADER_CONTENT_TYPE:
        return SC_OWNER_CONTENT_TYPE;
    case SIPCHECK_HEADER_ACCEPT:
        return SC_OWNER_ACCEPT;
    case SIPCHECK_HEADER_SESSION_EXPIRES:
        return SC_OWNER_SESSION_EXPIRES;
    case SIPCHECK_HEADER_ALLOW:
        return SC_OWNER_ALLOW;
    case SIPCHECK_HEADER_SUPPORTED:
        return SC_OWNER_SUPPORTED;
    case SIPCHECK_HEADER_DATE:
        return SC_OWNER_DATE;
    case SIPCHECK_HEADER_CSEQ:
        return SC_OWNER_CSEQ;
    case SIPCHECK_HEADER_MAX_FORWARDS:
        return SC_OWNER_MAX_FORWARDS;
    case SIPCHECK_HEADER_EXPIRES:
        return SC_OWNER_EXPIRES;
    case SIPCHECK_HEADER_CONTENT_LENGTH:
        return SC_OWNER_CONTENT_LENGTH;
    case SIPCHECK_HEADER_AUTHORIZATION:
        return SC_OWNER_AUTHORIZATION;
    default:
        return SC_OWNER_NONE;
    }
}

static unsigned vias_of(const sc_foresight *f)
{
    return sc_key_part(f->key, KEY_VIAS, 3);
}

static sc_value vias(const sc_foresight *f)
{
    unsigned count = vias_of(f);
    if (count == VIAS_ANY) return anything();
    return list_of(count == 1 ? SC_OWNER_TOP_VIA : SC_OWNER_NONE,
                   (count == 0 ? (unsigned)SC_LIST_EMPTY : 0u) |
                       (count > 0 ? (unsigned)SC_LIST_FILLED : 0u) |
                       (count == 1 ? (unsigned)SC_LIST_ONE : 0u));
}

/* A list's line may hold no value, and an invalid one none that could be read. */
static sc_value list_of_header(const sc_foresight *f, unsigned header)
{
    enum sc_owner owner = owner_of_header(header);
    unsigned bits = 0;
    if (sc_has_none(f, header)) return list_of(SC_OWNER_NONE, SC_LIST_EMPTY);
    if (header == SIPCHECK_HEADER_VIA) return vias(f);
    if (!holds(f, KEY_VALID) || owner == SC_OWNER_NONE) return anything();
    bool tokens = owner == SC_OWNER_ALLOW || owner == SC_OWNER_SUPPORTED;
    if (tokens ? traits_in(f, &f->one, owner, 0xFFFF) != 0 : sc_lacks(f, owner, SC_TRAIT(ODD)))
        bits |= SC_LIST_FILLED;
    if (!tokens && sc_lacks(f, owner, SC_TRAIT(ODD) | SC_TRAIT(SEVERAL))) bits |= SC_LIST_ONE;
    return list_of(owner, bits);
}

static sc_value of_header(const sc_foresight *f, const sc_field *field)
{
    if (field->type & SC_LIST) return list_of_header(f, field->header);
    if (sc_has_none(f, field->header)) return sc_value_in(SC_ABSENT_VALUE);
    enum sc_owner owner = owner_of_header(field->header);
    bool there = owner != SC_OWNER_NONE && sc_lacks(f, owner, SC_TRAIT(ODD));
    return (sc_value){ .state = there ? SC_THERE : SC_ANY, .list = (uint8_t)owner };
}

sc_value sc_foretell_fact(const sc_foresight *f, enum sc_function fact, const sc_field *header)
{
    static const sc_value several = { .state = SC_THERE, .missing = SC_HINT_LEAST, .number = 2 };
    bool exists = fact == SC_FUNCTION_EXISTS, list = header->type & SC_LIST;
    bool one = sc_has_one(f, header->header), more = sc_has_more(f, header->header);
    if (sc_has_none(f, header->header)) return exists ? truth(false) : sc_value_number(0);
    if (fact == SC_FUNCTION_LINES) return one ? sc_value_number(1) : more ? several : anything();
    if (header->header == SIPCHECK_HEADER_VIA && vias_of(f) != VIAS_ANY)
        return exists ? truth(vias_of(f) > 0) : sc_value_number(vias_of(f));
    if (!list && exists) return one || more ? truth(true) : anything();
    if (!list) return one && holds(f, KEY_VALID) ? sc_value_number(1) : anything();
    sc_value v = list_of_header(f, header->header);
    if (v.state != SC_THERE) return anything();
    if (exists) return v.number & SC_LIST_FILLED ? truth(true) : anything();
    return v.number & SC_LIST_ONE ? sc_value_number(1) : anything();
}

/* --- other parts of a message */

/* A part of the start line that only one kind of messages has. */
static sc_value of_kind(const sc_foresight *f, bool of_requests, const sc_field *field, bool in_key)
{
    if (of_requests != holds(f, KEY_IS_REQUEST)) return sc_value_in(SC_ABSENT_VALUE);
    return in_key ? field->get(field, f->sample) : anything();
}

/* The version ends the one line and begins the other. */
static sc_value of_start_line(const sc_foresight *f, bool of_requests)
{
    static const sipcheck_slice version = { (const uint8_t *)"SIP/2.0", 7 };
    if (of_requests != holds(f, KEY_IS_REQUEST)) return sc_value_in(SC_ABSENT_VALUE);
    if (!holds(f, KEY_VALID) || !holds(f, KEY_PLAIN_VERSION)) return anything();
    return (sc_value){ .raw = version,
                       .state = SC_THERE,
                       .missing = of_requests ? SC_HINT_SUFFIX : SC_HINT_PREFIX };
}

static sc_value of_request_uri(const sc_foresight *f)
{
    if (!holds(f, KEY_IS_REQUEST)) return sc_value_in(SC_ABSENT_VALUE);
    bool there = sc_lacks(f, SC_OWNER_REQUEST_URI, SC_TRAIT(ODD));
    return (sc_value){ .state = there ? SC_THERE : SC_ANY, .list = SC_OWNER_REQUEST_URI };
}

static sc_value of_sdp(const sc_foresight *f)
{
    bool none = sc_lacks(f, SC_OWNER_MESSAGE, SC_TRAIT(SDP));
    bool there = sc_lacks(f, SC_OWNER_SDP, SC_TRAIT(ODD));
    if (none) return sc_value_in(SC_ABSENT_VALUE);
    return (sc_value){ .state = there ? SC_THERE : SC_ANY, .list = SC_OWNER_SDP };
}

static sc_value of_parts(const sc_foresight *f)
{
    bool none = sc_lacks(f, SC_OWNER_MESSAGE, SC_TRAIT(PARTS));
    if (none) return list_of(SC_OWNER_NONE, SC_LIST_EMPTY);
    bool plain = sc_lacks(f, SC_OWNER_PARTS, SC_TRAIT(ODD));
    return plain ? list_of(SC_OWNER_PARTS, SC_LIST_FILLED | SC_LIST_ONE) : anything();
}

static sc_value of_length(const sc_foresight *f)
{
    if (!sc_lacks(f, SC_OWNER_MESSAGE, SC_TRAIT(LARGE))) return anything();
    return (sc_value){ .state = SC_THERE, .missing = SC_HINT_MOST, .number = SC_LENGTH_LARGE };
}

static sc_value of_body_length(const sc_foresight *f)
{
    bool twin = sc_lacks(f, SC_OWNER_CONTENT_LENGTH, SC_TRAIT(ODD));
    return twin ? (sc_value){ .state = SC_THERE, .missing = SC_HINT_TWIN } : anything();
}

/* Of the start line, or of how the message was sent. */
static sc_value by_key(const sc_foresight *f, const sc_field *field)
{
    sc_getter *get = field->get;
    if (get == sc_field_method)
        return of_kind(f, true, field, named_method(sc_key_part(f->key, KEY_METHOD, 5)));
    if (get == sc_field_request_line) return of_start_line(f, true);
    if (get == sc_field_status_line) return of_start_line(f, false);
    if (get == sc_field_status_code) return of_kind(f, false, field, true);
    if (get == sc_field_reason_phrase) return of_kind(f, false, field, false);
    if (get == sc_field_group) return sc_value_in(holds(f, KEY_GROUP) ? SC_THERE : SC_ABSENT_VALUE);
    bool in_key = get == sc_field_is_request || get == sc_field_is_response ||
                  get == sc_field_transport ||
                  (get == sc_field_version && holds(f, KEY_PLAIN_VERSION));
    return in_key ? field->get(field, f->sample) : anything();
}

static sc_value of_message(const sc_foresight *f, const sc_field *field)
{
    sc_getter *get = field->get;
    if (get == sc_field_observed_sdp) return of_sdp(f);
    if (field->record != SC_TYPE_MESSAGE) return anything();
    if (field->header != SIPCHECK_HEADER_UNKNOWN) return of_header(f, field);
    if (get == sc_field_r_uri) return of_request_uri(f);
    if (get == sc_field_parts) return of_parts(f);
    if (get == sc_field_headers) {
        bool filled = vias_of(f) != VIAS_ANY && vias_of(f) > 0;
        return list_of(SC_OWNER_LINE, filled ? SC_LIST_FILLED : 0);
    }
    if (get == sc_field_message_length) return of_length(f);
    if (get == sc_field_body_length) return of_body_length(f);
    if (get == sc_field_msg_body)
        return sc_value_in(holds(f, KEY_BODY) ? SC_THERE : SC_ABSENT_VALUE);
    return by_key(f, field);
}

static sc_value of_line(const sc_foresight *f, enum sc_owner owner, const sc_field *field)
{
    if (field->get == sc_field_header_name)
        return (sc_value){ .state = SC_THERE, .missing = SC_HINT_NAME, .list = (uint8_t)owner };
    bool known = field->get == sc_field_header_known && sc_has_none(f, SIPCHECK_HEADER_UNKNOWN);
    return known ? truth(true) : anything();
}

/* What the key says of a member of a header. */
static sc_value member_by_key(const sc_foresight *f, enum sc_owner owner, const sc_field *field)
{
    if (owner == SC_OWNER_CSEQ && field->get == sc_field_cseq_method &&
        named_method(sc_key_part(f->key, KEY_CSEQ, 5)))
        return field->get(field, f->sample->message->values[SIPCHECK_HEADER_CSEQ]);
    if (owner == SC_OWNER_REQUEST_URI && field->get == sc_field_uri_is_sips && holds(f, KEY_SIPS))
        return truth(true);
    if (owner != SC_OWNER_TO || field->get != sc_field_addr_tag) return anything();
    enum key_tag tag = (enum key_tag)sc_key_part(f->key, KEY_TAG, 2);
    if (tag == TAG_ANY) return anything();
    return sc_value_in(tag == TAG_ABSENT ? SC_ABSENT_VALUE : SC_THERE);
}

/* --- paths */

static sc_value member(const sc_foresight *f, enum sc_owner owner, const sc_field *field)
{
    if (owner == SC_OWNER_NONE) return anything();
    if (owner == SC_OWNER_MESSAGE) return of_message(f, field);
    if (owner >= SC_OWNERS) return of_line(f, owner, field);
    sc_value v = sc_plain_member(f, owner, field);
    return v.state == SC_ANY ? member_by_key(f, owner, field) : v;
}

sc_value sc_foretell(const sc_foresight *f, enum sc_owner owner, const sc_field *const *path,
                     size_t length)
{
    sc_value v = sc_value_from(owner);
    for (size_t i = 0; i < length && v.state != SC_ABSENT_VALUE; i++)
        v = member(f, sc_owner_of(&v), path[i]);
    return v;
}

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
    if (is_list && base->state != SC_THERE) return anything();
    for (size_t i = 0; i < length; i++) {
        enum sc_owner owner = sc_owner_of(&v);
        v = member(f, owner, path[i]);
        unsigned of_list = path[i]->type & SC_LIST && v.state == SC_THERE ? (unsigned)v.number : 0;
        if (v.state == SC_ABSENT_VALUE || of_list & SC_LIST_EMPTY)
            return list_of(SC_OWNER_NONE, SC_LIST_EMPTY);
        bits = path[i]->type & SC_LIST ? bits_of_lists(bits, of_list)
                                       : bits_of_members(bits, &v, path[i]);
        if (is_filled(f, owner, path[i], of_message)) bits |= SC_LIST_FILLED;
    }
    return list_of(v.state == SC_THERE ? sc_owner_of(&v) : SC_OWNER_NONE, bits);
}

sc_value sc_foretell_end(const sc_foresight *f, const sc_value *list, bool first,
                         const sc_field *const *path, size_t length)
{
    bool via = length == 1 && path[0]->header == SIPCHECK_HEADER_VIA;
    bool filled = list->number & SC_LIST_FILLED;
    enum sc_owner owner = (enum sc_owner)list->list;
    if (via && filled && vias_of(f) > 1)
        return sc_value_from(first ? SC_OWNER_TOP_VIA : SC_OWNER_LAST_VIA);
    if (!filled || owner == SC_OWNER_NONE) return anything();
    return sc_value_from(owner == SC_OWNER_LINE && !first ? SC_OWNER_LAST_LINE : owner);
}

static unsigned trait_of_token(enum sc_owner owner, sipcheck_slice text)
{
    if (owner == SC_OWNER_ALLOW) {
        unsigned method = sc_method_of(text);
        return named_method(method) ? 1u << method : 0;
    }
    for (unsigned i = 0; owner == SC_OWNER_SUPPORTED && i < SC_NOTED_TAGS; i++)
        if (sc_same(text, sc_noted_tags[i])) return 1u << i;
    return 0;
}

sc_value sc_foretell_in(const sc_foresight *f, const sc_value *list, const sc_value *text)
{
    enum sc_owner owner = sc_owner_of(list);
    if (text->state != SC_VALUE) return anything();
    unsigned trait = trait_of_token(owner, text->raw);
    unsigned others = owner == SC_OWNER_ALLOW
                          ? 1u << SIPCHECK_METHOD_NONE | 1u << SIPCHECK_METHOD_OTHER
                          : SC_TRAIT(OTHER_TAG) | SC_TRAIT(UNKNOWN_TAG);
    if (trait != 0 && sc_has(f, owner, trait)) return truth(true);
    return trait != 0 && sc_lacks(f, owner, trait | others) ? truth(false) : anything();
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
    return none ? sc_value_in(SC_ABSENT_VALUE) : anything();
}

/* The first of that name, where it stands twice. */
sc_value sc_foretell_param(const sc_foresight *f, const sc_value *list, const sc_value *name)
{
    enum sc_owner owner = sc_owner_of(list);
    const struct known_param *known = known_params;
    const struct known_param *end = known + sizeof known_params / sizeof *known_params;
    if (list->state != SC_THERE || name->state != SC_VALUE) return anything();
    if (list->number & SC_LIST_EMPTY) return sc_value_in(SC_ABSENT_VALUE);
    if (list->missing == SC_HINT_URI_PARAMS && sc_same_nocase(name->raw, "lr"))
        return param_lr(f, owner);
    while (known < end && !(known->list == (enum sc_hint)list->missing &&
                            (!known->name || sc_same_nocase(name->raw, known->name))))
        known++;
    if (known == end) return anything();
    if (sc_lacks(f, owner, known->trait)) return sc_value_in(SC_ABSENT_VALUE);
    bool there =
        known->name && sc_has(f, owner, known->trait) && sc_lacks(f, owner, SC_TRAIT(SEVERAL));
    return there ? sc_value_in(SC_THERE) : anything();
}
