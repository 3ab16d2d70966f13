/* SPDX-License-Identifier: MIT */
/* Who signed an S/MIME body, and with which certificate, as far as its outermost structure tells.
 * Nothing is verified. RFC 5652 §3, §5.1, §5.3; BER: X.690 §8.1 */
#include <string.h>

#include "fields/get.h"
#include "text/slice.h"

#define CMS_DEPTH_MAX 16 /* elements of indefinite length inside each other */

enum {
    TAG_INTEGER = 0x02,
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_0 = 0xa0, /* [0], constructed */
    TAG_1 = 0xa1,
};

static const uint8_t signed_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };
static const uint8_t capabilities[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0f };

typedef struct element {
    uint8_t tag;
    sipcheck_slice content;
} element;

static bool take(sipcheck_slice *rest, element *ret, unsigned depth);

static void drop(sipcheck_slice *rest, size_t n)
{
    rest->p += n;
    rest->n -= n;
}

/* Content without a length ends with an element that is all zero. */
static bool take_indefinite(sipcheck_slice *rest, element *ret, unsigned depth)
{
    const uint8_t *begin = rest->p;
    element child;
    if (depth == CMS_DEPTH_MAX) return false;
    while (rest->n >= 2 && (rest->p[0] != 0 || rest->p[1] != 0))
        if (!take(rest, &child, depth + 1)) return false;
    if (rest->n < 2) return false;
    ret->content = (sipcheck_slice){ begin, (size_t)(rest->p - begin) };
    drop(rest, 2);
    return true;
}

/* Up to four bytes of length; tags of one byte. */
static bool take(sipcheck_slice *rest, element *ret, unsigned depth)
{
    if (rest->n < 2 || (rest->p[0] & 0x1f) == 0x1f) return false;
    ret->tag = rest->p[0];
    uint8_t first = rest->p[1];
    drop(rest, 2);
    if (first == 0x80) return (ret->tag & 0x20) != 0 && take_indefinite(rest, ret, depth);
    size_t length = first, bytes = first & 0x7f;
    if (first > 0x80) {
        if (bytes > 4 || rest->n < bytes) return false;
        length = 0;
        for (size_t i = 0; i < bytes; i++)
            length = length << 8 | rest->p[i];
        drop(rest, bytes);
    }
    if (length > rest->n) return false;
    ret->content = (sipcheck_slice){ rest->p, length };
    drop(rest, length);
    return true;
}

/* The next one is of that tag: its content. */
static bool enter(sipcheck_slice *rest, uint8_t tag, sipcheck_slice *content)
{
    element found;
    if (!take(rest, &found, 0) || found.tag != tag) return false;
    *content = found.content;
    return true;
}

/* The same where it may be left out; false: it can't be read. */
static bool enter_optional(sipcheck_slice *rest, uint8_t tag, sipcheck_slice *content)
{
    *content = (sipcheck_slice){ NULL, 0 };
    return rest->n == 0 || rest->p[0] != tag || enter(rest, tag, content);
}

static bool is_oid(sipcheck_slice content, const uint8_t oid[9])
{
    return content.n == 9 && memcmp(content.p, oid, 9) == 0;
}

typedef struct cms {
    sipcheck_slice certificates, signers; /* elements in a row */
} cms;

/* ContentInfo of SignedData. absent: of something else. */
static enum sc_state read_cms(sipcheck_slice rest, cms *ret)
{
    sipcheck_slice info, type, outer, data, ignored;
    if (!enter(&rest, TAG_SEQUENCE, &info) || !enter(&info, TAG_OID, &type))
        return SC_UNKNOWN_VALUE;
    if (!is_oid(type, signed_data)) return SC_ABSENT_VALUE;
    bool read = enter(&info, TAG_0, &outer) && enter(&outer, TAG_SEQUENCE, &data) &&
                enter(&data, TAG_INTEGER, &ignored) && enter(&data, TAG_SET, &ignored) &&
                enter(&data, TAG_SEQUENCE, &ignored) &&
                enter_optional(&data, TAG_0, &ret->certificates) &&
                enter_optional(&data, TAG_1, &ignored) && enter(&data, TAG_SET, &ret->signers);
    return read ? SC_VALUE : SC_UNKNOWN_VALUE;
}

static bool is_signature(const sipcheck_media *type)
{
    return type != NULL && sc_same_nocase(type->type, "application") &&
           (sc_same_nocase(type->subtype, "pkcs7-signature") ||
            sc_same_nocase(type->subtype, "x-pkcs7-signature") ||
            sc_same_nocase(type->subtype, "pkcs7-mime") ||
            sc_same_nocase(type->subtype, "x-pkcs7-mime"));
}

static enum sc_state cms_of(const void *record, cms *ret)
{
    const sipcheck_part *part = record;
    return is_signature(part->type) ? read_cms(part->v.raw, ret) : SC_ABSENT_VALUE;
}

static sc_value none(enum sc_state state)
{
    return sc_give_none(state == SC_ABSENT_VALUE);
}

static sc_value count(sipcheck_slice rest)
{
    element found;
    uint64_t n = 0;
    sipcheck_slice whole = rest;
    for (; rest.n > 0; n++)
        if (!take(&rest, &found, 0)) return sc_give_unknown(SC_MISSING_SYNTAX);
    return sc_give_number(n, whole);
}

sc_value sc_field_part_certificates(const sc_field *self, const void *record)
{
    cms c;
    (void)self;
    enum sc_state state = cms_of(record, &c);
    return state == SC_VALUE ? count(c.certificates) : none(state);
}

sc_value sc_field_part_signers(const sc_field *self, const void *record)
{
    cms c;
    (void)self;
    enum sc_state state = cms_of(record, &c);
    return state == SC_VALUE ? count(c.signers) : none(state);
}

sc_value sc_field_part_certificate(const sc_field *self, const void *record)
{
    cms c;
    element first;
    (void)self;
    enum sc_state state = cms_of(record, &c);
    if (state != SC_VALUE) return none(state);
    if (c.certificates.n == 0) return sc_give_none(true);
    return take(&c.certificates, &first, 0) ? sc_give_text(first.content, true)
                                            : sc_give_unknown(SC_MISSING_SYNTAX);
}

/* SignerInfo = version, sid, digestAlgorithm, [0] signedAttrs, ...; Attribute = type, values */
static bool read_signer(sipcheck_slice signer, bool *capable)
{
    sipcheck_slice attributes, attribute, type;
    element ignored;
    for (unsigned i = 0; i < 3; i++)
        if (!take(&signer, &ignored, 0)) return false;
    if (!enter_optional(&signer, TAG_0, &attributes)) return false;
    while (attributes.n > 0) {
        if (!enter(&attributes, TAG_SEQUENCE, &attribute) || !enter(&attribute, TAG_OID, &type))
            return false;
        *capable = *capable || is_oid(type, capabilities);
    }
    return true;
}

sc_value sc_field_part_capabilities(const sc_field *self, const void *record)
{
    cms c;
    sipcheck_slice signer;
    bool capable = false;
    (void)self;
    enum sc_state state = cms_of(record, &c);
    if (state != SC_VALUE) return none(state);
    while (c.signers.n > 0)
        if (!enter(&c.signers, TAG_SEQUENCE, &signer) || !read_signer(signer, &capable))
            return sc_give_unknown(SC_MISSING_SYNTAX);
    return sc_give_truth(capable);
}
