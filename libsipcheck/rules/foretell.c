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

static bool holds(const sc_foresight *f, unsigned at)
{
    return sc_key_holds(f->key, at);
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
    if (count == VIAS_ANY) return sc_anything();
    return sc_list_from(count == 1 ? SC_OWNER_TOP_VIA : SC_OWNER_NONE,
                        (count == 0 ? (unsigned)SC_LIST_EMPTY : 0u) |
                            (count > 0 ? (unsigned)SC_LIST_FILLED : 0u) |
                            (count == 1 ? (unsigned)SC_LIST_ONE : 0u));
}

/* A list's line may hold no value, and an invalid one none that could be read. */
static sc_value list_of_header(const sc_foresight *f, unsigned header)
{
    enum sc_owner owner = owner_of_header(header);
    unsigned bits = 0;
    if (sc_has_none(f, header)) return sc_list_from(SC_OWNER_NONE, SC_LIST_EMPTY);
    if (header == SIPCHECK_HEADER_VIA) return vias(f);
    if (!holds(f, KEY_VALID) || owner == SC_OWNER_NONE) return sc_anything();
    bool tokens = owner == SC_OWNER_ALLOW || owner == SC_OWNER_SUPPORTED;
    if (tokens ? traits_in(f, &f->one, owner, 0xFFFF) != 0 : sc_lacks(f, owner, SC_TRAIT(ODD)))
        bits |= SC_LIST_FILLED;
    if (!tokens && sc_lacks(f, owner, SC_TRAIT(ODD) | SC_TRAIT(SEVERAL))) bits |= SC_LIST_ONE;
    return sc_list_from(owner, bits);
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
    if (sc_has_none(f, header->header)) return exists ? sc_value_truth(false) : sc_value_number(0);
    if (fact == SC_FUNCTION_LINES) return one ? sc_value_number(1) : more ? several : sc_anything();
    if (header->header == SIPCHECK_HEADER_VIA && vias_of(f) != VIAS_ANY)
        return exists ? sc_value_truth(vias_of(f) > 0) : sc_value_number(vias_of(f));
    if (!list && exists) return one || more ? sc_value_truth(true) : sc_anything();
    if (!list) return one && holds(f, KEY_VALID) ? sc_value_number(1) : sc_anything();
    sc_value v = list_of_header(f, header->header);
    if (v.state != SC_THERE) return sc_anything();
    if (exists) return v.number & SC_LIST_FILLED ? sc_value_truth(true) : sc_anything();
    return v.number & SC_LIST_ONE ? sc_value_number(1) : sc_anything();
}

/* --- other parts of a message */

/* A part of the start line that only one kind of messages has. */
static sc_value of_kind(const sc_foresight *f, bool of_requests, const sc_field *field, bool in_key)
{
    if (of_requests != holds(f, KEY_IS_REQUEST)) return sc_value_in(SC_ABSENT_VALUE);
    return in_key ? field->get(field, f->sample) : sc_anything();
}

/* The version ends the one line and begins the other. */
static sc_value of_start_line(const sc_foresight *f, bool of_requests)
{
    static const sipcheck_slice version = { (const uint8_t *)"SIP/2.0", 7 };
    if (of_requests != holds(f, KEY_IS_REQUEST)) return sc_value_in(SC_ABSENT_VALUE);
    if (!holds(f, KEY_VALID) || !holds(f, KEY_PLAIN_VERSION)) return sc_anything();
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
    if (none) return sc_list_from(SC_OWNER_NONE, SC_LIST_EMPTY);
    bool plain = sc_lacks(f, SC_OWNER_PARTS, SC_TRAIT(ODD));
    return plain ? sc_list_from(SC_OWNER_PARTS, SC_LIST_FILLED | SC_LIST_ONE) : sc_anything();
}

static sc_value of_length(const sc_foresight *f)
{
    if (!sc_lacks(f, SC_OWNER_MESSAGE, SC_TRAIT(LARGE))) return sc_anything();
    return (sc_value){ .state = SC_THERE, .missing = SC_HINT_MOST, .number = SC_LENGTH_LARGE };
}

static sc_value of_body_length(const sc_foresight *f)
{
    bool twin = sc_lacks(f, SC_OWNER_CONTENT_LENGTH, SC_TRAIT(ODD));
    return twin ? (sc_value){ .state = SC_THERE, .missing = SC_HINT_TWIN } : sc_anything();
}

/* Of the start line, or of how the message was sent. */
static sc_value by_key(const sc_foresight *f, const sc_field *field)
{
    sc_getter *get = field->get;
    if (get == sc_field_method)
        return of_kind(f, true, field, sc_named_method(sc_key_part(f->key, KEY_METHOD, 5)));
    if (get == sc_field_request_line) return of_start_line(f, true);
    if (get == sc_field_status_line) return of_start_line(f, false);
    if (get == sc_field_status_code) return of_kind(f, false, field, true);
    if (get == sc_field_reason_phrase) return of_kind(f, false, field, false);
    if (get == sc_field_group) return sc_value_in(holds(f, KEY_GROUP) ? SC_THERE : SC_ABSENT_VALUE);
    bool in_key = get == sc_field_is_request || get == sc_field_is_response ||
                  get == sc_field_transport ||
                  (get == sc_field_version && holds(f, KEY_PLAIN_VERSION));
    return in_key ? field->get(field, f->sample) : sc_anything();
}

static sc_value of_message(const sc_foresight *f, const sc_field *field)
{
    sc_getter *get = field->get;
    if (get == sc_field_observed_sdp) return of_sdp(f);
    if (field->record != SC_TYPE_MESSAGE) return sc_anything();
    if (field->header != SIPCHECK_HEADER_UNKNOWN) return of_header(f, field);
    if (get == sc_field_r_uri) return of_request_uri(f);
    if (get == sc_field_parts) return of_parts(f);
    if (get == sc_field_headers) {
        bool filled = vias_of(f) != VIAS_ANY && vias_of(f) > 0;
        return sc_list_from(SC_OWNER_LINE, filled ? SC_LIST_FILLED : 0);
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
    return known ? sc_value_truth(true) : sc_anything();
}

/* What the key says of a member of a header. */
static sc_value member_by_key(const sc_foresight *f, enum sc_owner owner, const sc_field *field)
{
    if (owner == SC_OWNER_CSEQ && field->get == sc_field_cseq_method &&
        sc_named_method(sc_key_part(f->key, KEY_CSEQ, 5)))
        return field->get(field, f->sample->message->values[SIPCHECK_HEADER_CSEQ]);
    if (owner == SC_OWNER_REQUEST_URI && field->get == sc_field_uri_is_sips && holds(f, KEY_SIPS))
        return sc_value_truth(true);
    if (owner != SC_OWNER_TO || field->get != sc_field_addr_tag) return sc_anything();
    enum key_tag tag = (enum key_tag)sc_key_part(f->key, KEY_TAG, 2);
    if (tag == TAG_ANY) return sc_anything();
    return sc_value_in(tag == TAG_ABSENT ? SC_ABSENT_VALUE : SC_THERE);
}

/* --- paths */

static sc_value member(const sc_foresight *f, enum sc_owner owner, const sc_field *field)
{
    if (owner == SC_OWNER_NONE) return sc_anything();
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
