/* SPDX-License-Identifier: MIT */
/* Members of Identity and of the PASSporT in it. RFC 8224 §4, RFC 8225 */
#include <string.h>

#include "fields/get.h"
#include "text/json.h"
#include "text/slice.h"

sc_value sc_field_identity_digest(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_identity *i = record;
    return sc_give_text(i->digest, i->v.valid);
}

sc_value sc_field_identity_form(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_identity *i = record;
    if (!i->digest.p || (!i->full && !i->compact)) return sc_give_none(i->digest.p != NULL);
    return sc_give_text(sc_slice_of(i->full ? "full" : "compact"), true);
}

sc_value sc_field_identity_params(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_identity *i = record;
    return sc_give_params(i->params, i->v.valid);
}

sc_value sc_field_identity_info(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_identity *i = record;
    sc_value v = sc_give_param(i->params, "info", i->v.valid);
    const uint8_t *end = v.raw.n ? v.raw.p + v.raw.n - 1 : NULL;
    if (v.state == SC_VALUE && v.raw.n >= 2 && *v.raw.p == '<' && *end == '>')
        v.raw = sc_slice(v.raw.p + 1, end);
    return v;
}

sc_value sc_field_identity_alg(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_identity *i = record;
    return sc_give_param(i->params, "alg", i->v.valid);
}

sc_value sc_field_identity_ppt(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_identity *i = record;
    return sc_give_param(i->params, "ppt", i->v.valid);
}

/* A string without its quotes; one with escapes would have to be written anew, and is unknown. */
static sc_value text_of(sipcheck_slice value)
{
    if (value.n < 2 || value.p[0] != '"') return sc_give_text(value, true);
    if (memchr(value.p, '\\', value.n)) return sc_give_none(false);
    return sc_give_text((sipcheck_slice){ value.p + 1, value.n - 2 }, true);
}

/* A member of one of the two objects, which only the full form has. */
static sc_value member_of(const sipcheck_identity *i, sipcheck_slice object, const char *name)
{
    sipcheck_slice value;
    if (!i->full) return sc_give_none(i->v.valid);
    switch (sc_json_member(object, name, &value)) {
    case SC_JSON_FOUND:
        return text_of(value);
    case SC_JSON_NONE:
        return sc_give_none(true);
    case SC_JSON_BROKEN:
    default:
        return sc_give_none(false);
    }
}

/* One accessor a member. */
#define MEMBER(NAME, OBJECT)                                                                       \
    sc_value sc_field_passport_##NAME(const sc_field *self, const void *record)                    \
    {                                                                                              \
        (void)self;                                                                                \
        const sipcheck_identity *i = record;                                                       \
        return member_of(i, i->OBJECT, #NAME);                                                     \
    }
MEMBER(typ, header)
MEMBER(alg, header)
MEMBER(x5u, header)
MEMBER(ppt, header)
MEMBER(orig, claims)
MEMBER(dest, claims)
MEMBER(mky, claims)
#undef MEMBER

/* Seconds; RFC 8225 §7.1 has it in quotes. */
sc_value sc_field_passport_iat(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_identity *i = record;
    sc_value v = member_of(i, i->claims, "iat");
    if (v.state != SC_VALUE) return v;
    v = sc_give_digits(v.raw, false);
    return v.state == SC_VALUE ? v : sc_give_none(false);
}

/* tn of orig, or the one tn of dest; of several nobody can tell which is meant. */
static sc_value number_of(const sipcheck_identity *i, const char *claim)
{
    sipcheck_slice value;
    sc_value identity = member_of(i, i->claims, claim);
    if (identity.state != SC_VALUE) return identity;
    enum sc_json found = sc_json_member(identity.raw, "tn", &value);
    if (found != SC_JSON_FOUND) return sc_give_none(found == SC_JSON_NONE);
    if (value.p[0] == '[' && sc_json_only_element(value, &value) != SC_JSON_FOUND)
        return sc_give_none(false);
    return text_of(value);
}

sc_value sc_field_passport_orig_tn(const sc_field *self, const void *record)
{
    (void)self;
    return number_of(record, "orig");
}

sc_value sc_field_passport_dest_tn(const sc_field *self, const void *record)
{
    (void)self;
    return number_of(record, "dest");
}

static sc_value uri_of(const sipcheck_identity *i, const sipcheck_uri *uri, const char *claim)
{
    if (uri->raw.p) return sc_give_uri(uri, true);
    sipcheck_slice value;
    sc_value identity = member_of(i, i->claims, claim);
    if (identity.state != SC_VALUE) return identity;
    return sc_give_none(sc_json_member(identity.raw, "uri", &value) == SC_JSON_NONE);
}

sc_value sc_field_passport_orig_uri(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_identity *i = record;
    return uri_of(i, &i->orig, "orig");
}

sc_value sc_field_passport_dest_uri(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_identity *i = record;
    return uri_of(i, &i->dest, "dest");
}
