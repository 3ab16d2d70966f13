/* SPDX-License-Identifier: MIT */
/* What fields say where only the facts of a message are known. */
#include "rules/facts.h"

sc_value sc_value_in(unsigned state)
{
    return (sc_value){ .state = (uint8_t)state };
}

sc_value sc_value_from(enum sc_origin origin)
{
    return (sc_value){ .state = SC_THERE, .list = (uint8_t)origin };
}

enum sc_origin sc_origin_of(const sc_value *v)
{
    return v->state == SC_THERE ? (enum sc_origin)v->list : SC_FROM_NOWHERE;
}

static sc_value truth(bool value)
{
    return (sc_value){ .truth = value };
}

static bool holds(const sc_foresight *f, unsigned at)
{
    return sc_key_holds(f->key, at);
}

static bool named_method(unsigned method)
{
    return method > SIPCHECK_METHOD_OTHER;
}

static bool lacks(const sc_foresight *f, enum sc_trait_owner owner, unsigned traits)
{
    for (unsigned kind = 0; traits >> kind; kind++)
        if (traits >> kind & 1 && !sc_mark_in(&f->none, sc_trait(owner, (enum sc_trait_kind)kind)))
            return false;
    return true;
}

/* --- by traits */

#define TRAIT(KIND) (1u << SC_TRAIT_##KIND)

/* Members that are those of a plain record where these traits are lacking. */
static const struct plain_member {
    sc_getter *get;
    unsigned traits;
} plain_members[] = {
    { sc_field_uri_is_sip, TRAIT(ODD) },
    { sc_field_uri_is_sips, TRAIT(ODD) },
    { sc_field_uri_is_tel, TRAIT(ODD) },
    { sc_field_uri_password, TRAIT(ODD) },
    { sc_field_uri_port, TRAIT(ODD) | TRAIT(PORT) },
    { sc_field_uri_transport, TRAIT(ODD) | TRAIT(PARAMS) },
    { sc_field_uri_user_param, TRAIT(ODD) | TRAIT(PARAMS) },
    { sc_field_uri_lr, TRAIT(ODD) | TRAIT(PARAMS) },
    { sc_field_uri_maddr, TRAIT(ODD) | TRAIT(RARE) },
    { sc_field_uri_ttl, TRAIT(ODD) | TRAIT(RARE) },
    { sc_field_uri_method, TRAIT(ODD) | TRAIT(RARE) },
    { sc_field_uri_maddr_is_multicast, TRAIT(ODD) | TRAIT(RARE) },
    { sc_field_uri_user_is_phone, TRAIT(ODD) | TRAIT(PHONE) },
    { sc_field_uri_phone_is_canonical, TRAIT(ODD) | TRAIT(PHONE) },
    { sc_field_media_type, TRAIT(ODD) },
    { sc_field_media_subtype, TRAIT(ODD) },
    { sc_field_via_protocol, TRAIT(ODD) },
    { sc_field_via_version, TRAIT(ODD) },
    { sc_field_via_is_ip, TRAIT(ODD) | TRAIT(IP) },
    { sc_field_via_maddr, TRAIT(ODD) | TRAIT(RARE) },
    { sc_field_via_ttl, TRAIT(ODD) | TRAIT(RARE) },
};

#define TEXT(LITERAL)                                                                              \
    {                                                                                              \
        (const uint8_t *)(LITERAL), sizeof(LITERAL) - 1                                            \
    }
static const sipcheck_uri plain_uri = { .raw = TEXT("sip:u@h"),
                                        .scheme = TEXT("sip"),
                                        .user = TEXT("u"),
                                        .host = TEXT("h"),
                                        .is_sip = true,
                                        .valid = true };
static const sipcheck_via plain_via = { .v.valid = true,
                                        .transport = TEXT("UDP"),
                                        .protocol = TEXT("SIP"),
                                        .version = TEXT("2.0"),
                                        .host = TEXT("h") };

static const sipcheck_media plain_media = { .v.valid = true,
                                            .type = TEXT("application"),
                                            .subtype = TEXT("sdp") };

static const void *plain_record(enum sc_trait_owner owner)
{
    if (owner == SC_OWNER_CONTENT_TYPE) return &plain_media;
    return owner == SC_OWNER_TOP_VIA ? (const void *)&plain_via : &plain_uri;
}

static const struct plain_member *plain_member(const sc_field *field)
{
    for (size_t i = 0; i < sizeof plain_members / sizeof *plain_members; i++)
        if (plain_members[i].get == field->get) return &plain_members[i];
    return NULL;
}

/* Members of a URI or a Via that has an owner, or lists of them. */
static sc_value of_owner(const sc_foresight *f, enum sc_trait_owner owner,
                         const sc_field *const *path, size_t length)
{
    if (owner == SC_OWNERS) return sc_value_in(SC_ANY);
    if (length == 0) return sc_value_in(lacks(f, owner, TRAIT(ODD)) ? SC_THERE : SC_ANY);
    if (path[0]->get == sc_field_uri_params && length == 1 &&
        lacks(f, owner, TRAIT(ODD) | TRAIT(PARAMS)))
        return sc_value_in(SC_ABSENT_VALUE); /* what is looked for in it is */
    const struct plain_member *member = plain_member(path[0]);
    if (!member || length != 1 || !lacks(f, owner, member->traits)) return sc_value_in(SC_ANY);
    return path[0]->get(path[0], plain_record(owner));
}

/* Whose traits tell of the record that a path leads to; *ret_skip: members up to it. */
static enum sc_trait_owner owner_of(enum sc_origin origin, const sc_field *const *path,
                                    size_t length, size_t *ret_skip)
{
    *ret_skip = 0;
    if (origin == SC_FROM_TOP_VIA) return SC_OWNER_TOP_VIA;
    if (length == 0) return SC_OWNERS;
    *ret_skip = 1;
    if (origin == SC_FROM_CONTACT && path[0]->get == sc_field_addr_uri) return SC_OWNER_CONTACT;
    if (origin != SC_FROM_MESSAGE) return SC_OWNERS;
    if (path[0]->get == sc_field_r_uri) return SC_OWNER_REQUEST_URI;
    if (path[0]->header == SIPCHECK_HEADER_CONTENT_TYPE) return SC_OWNER_CONTENT_TYPE;
    *ret_skip = 2;
    if (length < 2 || path[1]->get != sc_field_addr_uri) return SC_OWNERS;
    if (path[0]->header == SIPCHECK_HEADER_FROM) return SC_OWNER_FROM;
    return path[0]->header == SIPCHECK_HEADER_TO ? SC_OWNER_TO : SC_OWNERS;
}

/* --- by the key */

/* Members of a header's record. */
static sc_value key_member(const sc_foresight *f, const sc_field *const *path)
{
    sc_value v = sc_value_in(SC_ANY);
    if (path[0]->header == SIPCHECK_HEADER_CSEQ && path[1]->get == sc_field_cseq_method &&
        named_method(sc_key_part(f->key, KEY_CSEQ, 5))) {
        v = sc_field_header(path[0], f->sample);
        sc_read_path(&v, path + 1, 1);
    }
    if (path[0]->header == SIPCHECK_HEADER_TO && path[1]->get == sc_field_addr_tag) {
        enum key_tag tag = (enum key_tag)sc_key_part(f->key, KEY_TAG, 2);
        if (tag != TAG_ANY) v = sc_value_in(tag == TAG_ABSENT ? SC_ABSENT_VALUE : SC_THERE);
    }
    return v;
}

static sc_value of_header(const sc_foresight *f, const sc_field *const *path, size_t length)
{
    bool none = sc_mark_in(&f->none, path[0]->header);
    if (none && !(path[0]->type & SC_LIST)) return sc_value_in(SC_ABSENT_VALUE);
    return length == 2 ? key_member(f, path) : sc_value_in(SC_ANY);
}

/* A part of the start line that only one kind of messages has. */
static sc_value of_kind(const sc_foresight *f, bool of_requests, const sc_field *field, bool in_key)
{
    if (of_requests != holds(f, KEY_IS_REQUEST)) return sc_value_in(SC_ABSENT_VALUE);
    return in_key ? field->get(field, f->sample) : sc_value_in(SC_ANY);
}

static sc_value of_request_uri(const sc_foresight *f, const sc_field *const *path, size_t length)
{
    if (!holds(f, KEY_IS_REQUEST)) return sc_value_in(SC_ABSENT_VALUE);
    bool sips = length == 2 && path[1]->get == sc_field_uri_is_sips && holds(f, KEY_SIPS);
    return sips ? truth(true) : of_owner(f, SC_OWNER_REQUEST_URI, path + 1, length - 1);
}

/* sip.NAME, and what stands behind it. */
static sc_value of_message(const sc_foresight *f, const sc_field *const *path, size_t length)
{
    const sc_field *field = path[0];
    sc_getter *get = field->get;
    if (field->header != SIPCHECK_HEADER_UNKNOWN) return of_header(f, path, length);
    if (get == sc_field_r_uri) return of_request_uri(f, path, length);
    if (get == sc_field_method)
        return of_kind(f, true, field, named_method(sc_key_part(f->key, KEY_METHOD, 5)));
    if (get == sc_field_request_line) return of_kind(f, true, field, false);
    if (get == sc_field_status_code) return of_kind(f, false, field, true);
    if (get == sc_field_status_line || get == sc_field_reason_phrase)
        return of_kind(f, false, field, false);
    if (get == sc_field_msg_body)
        return sc_value_in(holds(f, KEY_BODY) ? SC_THERE : SC_ABSENT_VALUE);
    if (get == sc_field_group) return sc_value_in(holds(f, KEY_GROUP) ? SC_THERE : SC_ABSENT_VALUE);
    bool in_key = get == sc_field_is_request || get == sc_field_is_response ||
                  get == sc_field_transport ||
                  (get == sc_field_version && holds(f, KEY_PLAIN_VERSION));
    return in_key ? field->get(field, f->sample) : sc_value_in(SC_ANY);
}

/* first(sip.Via).NAME */
static sc_value of_top_via(const sc_foresight *f, const sc_field *const *path, size_t length)
{
    bool udp = sc_mark_in(&f->one, sc_trait(SC_OWNER_TOP_VIA, SC_TRAIT_UDP));
    bool is_ip = sc_mark_in(&f->one, sc_trait(SC_OWNER_TOP_VIA, SC_TRAIT_IP));
    if (length == 1 && path[0]->get == sc_field_via_is_ip && is_ip) return truth(true);
    if (length == 1 && path[0]->get == sc_field_via_transport && udp)
        return path[0]->get(path[0], &plain_via);
    bool branch = length == 1 && path[0]->get == sc_field_via_branch;
    if (branch && lacks(f, SC_OWNER_TOP_VIA, 1u << SC_TRAIT_NO_BRANCH))
        return sc_value_in(SC_THERE);
    return of_owner(f, SC_OWNER_TOP_VIA, path, length);
}

sc_value sc_foretell(const sc_foresight *f, enum sc_origin origin, const sc_field *const *path,
                     size_t length)
{
    size_t skip;
    if (length == 0) return sc_value_from(origin);
    if (origin == SC_FROM_MESSAGE && path[0]->get == sc_field_observed_sdp)
        return sc_value_in(sc_mark_in(&f->none, SC_MARK_SDP) ? SC_ABSENT_VALUE : SC_ANY);
    enum sc_trait_owner owner = owner_of(origin, path, length, &skip);
    if (origin == SC_FROM_TOP_VIA) return of_top_via(f, path, length);
    if (origin == SC_FROM_LINES && length == 1 && path[0]->get == sc_field_header_known)
        return truth(true);
    sc_value v = origin == SC_FROM_MESSAGE && path[0]->record == SC_TYPE_MESSAGE
                     ? of_message(f, path, length)
                     : sc_value_in(SC_ANY);
    return v.state == SC_ANY ? of_owner(f, owner, path + skip, length - skip) : v;
}

/* --- facts of headers, lists */

static sc_value fact_of_vias(const sc_foresight *f, enum sc_function fact)
{
    unsigned vias = sc_key_part(f->key, KEY_VIAS, 3);
    if (vias == VIAS_ANY) return sc_value_in(SC_ANY);
    return fact == SC_FUNCTION_EXISTS ? truth(vias > 0) : sc_value_number(vias);
}

/* A list's line may hold no value, and an invalid one none that could be read. */
sc_value sc_foretell_fact(const sc_foresight *f, enum sc_function fact, const sc_field *header)
{
    bool exists = fact == SC_FUNCTION_EXISTS, list = header->type & SC_LIST;
    bool one = sc_mark_in(&f->one, header->header);
    if (sc_mark_in(&f->none, header->header)) return exists ? truth(false) : sc_value_number(0);
    if (header->header == SIPCHECK_HEADER_VIA && fact != SC_FUNCTION_LINES)
        return fact_of_vias(f, fact);
    if (!one && !sc_mark_in(&f->more, header->header)) return sc_value_in(SC_ANY);
    if (exists && header->header == SIPCHECK_HEADER_CONTACT)
        return lacks(f, SC_OWNER_CONTACT, TRAIT(ODD)) ? truth(true) : sc_value_in(SC_ANY);
    if (exists) return list ? sc_value_in(SC_ANY) : truth(true);
    bool counted = fact == SC_FUNCTION_LINES || (!list && holds(f, KEY_VALID));
    return one && counted ? sc_value_number(1) : sc_value_in(SC_ANY);
}

/* Parameters: params: there are some; rare: one that is not common, or one twice. path: from the
 * list on. */
static unsigned of_params(const sc_foresight *f, enum sc_trait_owner owner, unsigned params,
                          unsigned rare, const sc_field *const *path, size_t length)
{
    if (!lacks(f, owner, TRAIT(ODD))) return 0;
    bool names = length == 2 && path[1]->get == sc_field_param_name;
    bool filled = params && sc_mark_in(&f->one, sc_trait(owner, (enum sc_trait_kind)params));
    return (params && lacks(f, owner, 1u << params) ? (unsigned)SC_LIST_EMPTY : 0u) |
           (filled && length == 1 ? (unsigned)SC_LIST_FILLED : 0u) |
           (names && rare && lacks(f, owner, 1u << rare) ? (unsigned)SC_LIST_DISTINCT : 0u);
}

/* The parameters of an address itself. */
static unsigned of_address(const sc_foresight *f, enum sc_origin origin,
                           const sc_field *const *path, size_t length)
{
    enum sc_trait_owner owner = SC_OWNERS;
    size_t skip = origin == SC_FROM_MESSAGE;
    if (length <= skip || path[skip]->get != sc_field_addr_params) return 0;
    if (origin == SC_FROM_CONTACT) owner = SC_OWNER_CONTACT;
    if (origin == SC_FROM_MESSAGE && path[0]->header == SIPCHECK_HEADER_FROM) owner = SC_OWNER_FROM;
    if (origin == SC_FROM_MESSAGE && path[0]->header == SIPCHECK_HEADER_TO) owner = SC_OWNER_TO;
    return owner == SC_OWNERS ? 0
                              : of_params(f, owner, SC_TRAIT_HEADER_PARAMS, SC_TRAIT_HEADER_RARE,
                                          path + skip, length - skip);
}

unsigned sc_foretell_list(const sc_foresight *f, enum sc_origin origin, const sc_field *const *path,
                          size_t length)
{
    size_t skip;
    bool parts = origin == SC_FROM_MESSAGE && length > 0 && path[0]->get == sc_field_parts;
    if (parts) return sc_mark_in(&f->none, SC_MARK_PARTS) ? SC_LIST_EMPTY : 0;
    bool of_header =
        origin == SC_FROM_MESSAGE && length > 0 && path[0]->header != SIPCHECK_HEADER_UNKNOWN;
    if (of_header && sc_mark_in(&f->none, path[0]->header)) return SC_LIST_EMPTY;
    unsigned address = of_address(f, origin, path, length);
    enum sc_trait_owner owner = owner_of(origin, path, length, &skip);
    if (address || owner == SC_OWNERS || length == skip) return address;
    path += skip;
    length -= skip;
    sc_getter *get = path[0]->get;
    if (get == sc_field_uri_headers && lacks(f, owner, TRAIT(ODD))) return SC_LIST_EMPTY;
    if (get == sc_field_uri_params)
        return of_params(f, owner, SC_TRAIT_PARAMS, SC_TRAIT_RARE, path, length);
    if (get == sc_field_media_params) return of_params(f, owner, SC_TRAIT_PARAMS, 0, path, length);
    return get == sc_field_via_params
               ? of_params(f, owner, SC_TRAIT_HEADER_PARAMS, SC_TRAIT_RARE, path, length)
               : 0;
}

/* The first Via, which is the last where there is one; a Contact that is like all of them. */
enum sc_origin sc_foretell_end(const sc_foresight *f, bool first, uint16_t header)
{
    unsigned vias = sc_key_part(f->key, KEY_VIAS, 3);
    bool via = header == SIPCHECK_HEADER_VIA && vias != VIAS_ANY && vias > 0;
    if (via && (first || vias == 1)) return SC_FROM_TOP_VIA;
    bool contact = header == SIPCHECK_HEADER_CONTACT && holds(f, KEY_VALID) &&
                   lacks(f, SC_OWNER_CONTACT, TRAIT(ODD));
    return contact ? SC_FROM_CONTACT : SC_FROM_NOWHERE;
}

enum sc_origin sc_foretell_elements(const sc_foresight *f, enum sc_origin origin,
                                    const sc_field *const *path, size_t length)
{
    if (origin != SC_FROM_MESSAGE || length != 1) return SC_FROM_NOWHERE;
    if (path[0]->get == sc_field_headers && sc_mark_in(&f->none, SIPCHECK_HEADER_UNKNOWN))
        return SC_FROM_LINES;
    if (!holds(f, KEY_VALID)) return SC_FROM_NOWHERE;
    return path[0]->header == SIPCHECK_HEADER_CONTACT ? SC_FROM_CONTACT : SC_FROM_NOWHERE;
}
