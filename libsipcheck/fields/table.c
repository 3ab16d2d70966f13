/* SPDX-License-Identifier: MIT */
/* fields.def and headers.def as one table. */
#include <sipcheck/rules.h>

#include "fields/get.h"
#include "fields/order.h"
#include "fields/scopes.h"
#include "fields/words.h"
#include "grammar/grammar.h"
#include "text/slice.h"

enum {
    SC_TYPE_LIST_PARAM = SC_TYPE_PARAM | SC_LIST,
    SC_TYPE_LIST_ADDRESS = SC_TYPE_ADDRESS | SC_LIST,
    SC_TYPE_LIST_HEADER = SC_TYPE_HEADER | SC_LIST,
    SC_TYPE_LIST_TEXT = SC_TYPE_TEXT | SC_LIST,
    SC_TYPE_LIST_PART = SC_TYPE_PART | SC_LIST,
    SC_TYPE_LIST_CONNECTION = SC_TYPE_CONNECTION | SC_LIST,
    SC_TYPE_LIST_BANDWIDTH = SC_TYPE_BANDWIDTH | SC_LIST,
    SC_TYPE_LIST_TIME = SC_TYPE_TIME | SC_LIST,
    SC_TYPE_LIST_KEY = SC_TYPE_KEY | SC_LIST,
    SC_TYPE_LIST_SDP_MEDIA = SC_TYPE_SDP_MEDIA | SC_LIST,
    SC_TYPE_LIST_ATTRIBUTE = SC_TYPE_ATTRIBUTE | SC_LIST,
};

/* The record that a KIND of attributes.def is. */
enum {
    ATTRIBUTE_FLAG = SC_TYPE_TEXT,
    ATTRIBUTE_TEXT = SC_TYPE_TEXT,
    ATTRIBUTE_NUMBER = SC_TYPE_NUMBER,
    ATTRIBUTE_RTPMAP = SC_TYPE_RTPMAP,
    ATTRIBUTE_FMTP = SC_TYPE_FMTP,
    ATTRIBUTE_RTCP = SC_TYPE_RTCP,
    ATTRIBUTE_PRECONDITION = SC_TYPE_PRECONDITION,
    ATTRIBUTE_CRYPTO = SC_TYPE_CRYPTO,
    ATTRIBUTE_FINGERPRINT = SC_TYPE_FINGERPRINT,
    ATTRIBUTE_GROUP = SC_TYPE_GROUP,
    ATTRIBUTE_CANDIDATE = SC_TYPE_CANDIDATE,
};

/* The record that a KIND of headers.def is. */
enum {
    KIND_TEXT = SC_TYPE_TEXT,
    KIND_TOKEN = SC_TYPE_TOKEN_,
    KIND_NUMBER = SC_TYPE_NUMBER,
    KIND_ADDRESS = SC_TYPE_ADDRESS,
    KIND_VIA = SC_TYPE_VIA,
    KIND_CSEQ = SC_TYPE_CSEQ,
    KIND_AUTH = SC_TYPE_AUTH,
    KIND_MEDIA = SC_TYPE_MEDIA,
    KIND_DATE = SC_TYPE_DATE,
    KIND_CALL_ID = SC_TYPE_CALL_ID,
    KIND_WARNING = SC_TYPE_WARNING,
    KIND_STAMP = SC_TYPE_STAMP,
    KIND_RACK = SC_TYPE_RACK,
    KIND_PARAMS = SC_TYPE_PARAMS,
    KIND_IDENTITY = SC_TYPE_IDENTITY,
};
enum {
    HOW_LIST = SC_LIST,
    HOW_LIST0 = SC_LIST,
    HOW_SEMI = SC_LIST,
    HOW_MANY = SC_LIST,
    HOW_ONE = 0
};

static const sc_field fields[] = {
/* clang-format off */
#define X(RECORD, NAME, TYPE, ACCESSOR, DOC) \
    { SC_TYPE_##RECORD, SC_TYPE_##TYPE, sizeof NAME - 1, 0, 0, NAME, sc_field_##ACCESSOR, DOC, 0 },
#include "fields/fields.def"
#undef X
#define X(RECORD, ID, NAME, TYPE, DOC) \
    { SC_TYPE_##RECORD, SC_TYPE_##TYPE, sizeof NAME - 1, 0, 0, NAME, sc_field_fact, DOC, SC_FACT_##RECORD##_##ID },
#define SC_FACTS_END(RECORD)
#include "fields/facts.def"
#undef SC_FACTS_END
#undef X
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC) \
    { SC_TYPE_MESSAGE, KIND_##KIND | HOW_##HOW, sizeof NAME - 1, SIPCHECK_HEADER_##ID, 0, NAME, sc_field_header, DOC, 0 },
#include <sipcheck/headers.def>
#undef X
#define X(ID, NAME, LEVEL, KIND, PARSER, RFC, SECTION, DOC) \
    { SC_TYPE_SDP, ATTRIBUTE_##KIND | SC_LIST, sizeof NAME - 1, 0, SIPCHECK_ATTRIBUTE_##ID, NAME, sc_field_session_attribute, DOC, 0 }, \
    { SC_TYPE_SDP_MEDIA, ATTRIBUTE_##KIND | SC_LIST, sizeof NAME - 1, 0, SIPCHECK_ATTRIBUTE_##ID, NAME, sc_field_media_attribute, DOC, 0 },
#include <sipcheck/attributes.def>
#undef X
    /* clang-format on */
};
#define FIELD_COUNT (sizeof fields / sizeof *fields)
#include "field_order.inc"
_Static_assert(sizeof in_order / sizeof *in_order == FIELD_COUNT,
               "cmake/field_order.c has them all");

const sc_field *sc_field_at(size_t index)
{
    return index < FIELD_COUNT ? &fields[index] : NULL;
}

/* Below 0: the field stands in front of where that name would. */
static int order_of(const sc_field *field, sc_type record, sipcheck_slice name)
{
    if (field->record != record) return field->record < record ? -1 : 1;
    return sc_name_order((sipcheck_slice){ (const uint8_t *)field->name, field->length }, name);
}

const sc_field *sc_field_find(sc_type record, sipcheck_slice name)
{
    size_t from = 0, to = FIELD_COUNT;
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (order_of(&fields[in_order[middle]], record, name) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    bool found = from < FIELD_COUNT && order_of(&fields[in_order[from]], record, name) == 0;
    return found ? &fields[in_order[from]] : NULL;
}

/* The same tables in the shape of rules.h. */
#define HOW_WORD_LIST(WORD) "list of " WORD
#define HOW_WORD_LIST0(WORD) "list of " WORD
#define HOW_WORD_SEMI(WORD) "list of " WORD
#define HOW_WORD_MANY(WORD) "list of " WORD
#define HOW_WORD_ONE(WORD) WORD
#define KIND_WORD_TOKEN WORD_TOKEN_
#define KIND_WORD_TEXT WORD_TEXT
#define KIND_WORD_NUMBER WORD_NUMBER
#define KIND_WORD_ADDRESS WORD_ADDRESS
#define KIND_WORD_VIA WORD_VIA
#define KIND_WORD_CSEQ WORD_CSEQ
#define KIND_WORD_AUTH WORD_AUTH
#define KIND_WORD_MEDIA WORD_MEDIA
#define KIND_WORD_DATE WORD_DATE
#define KIND_WORD_CALL_ID WORD_CALL_ID
#define KIND_WORD_WARNING WORD_WARNING
#define KIND_WORD_STAMP WORD_STAMP
#define KIND_WORD_RACK WORD_RACK
#define KIND_WORD_PARAMS WORD_PARAMS
#define KIND_WORD_IDENTITY WORD_IDENTITY
#define ATTRIBUTE_WORD_FLAG WORD_TEXT
#define ATTRIBUTE_WORD_TEXT WORD_TEXT
#define ATTRIBUTE_WORD_NUMBER WORD_NUMBER
#define ATTRIBUTE_WORD_RTPMAP WORD_RTPMAP
#define ATTRIBUTE_WORD_FMTP WORD_FMTP
#define ATTRIBUTE_WORD_RTCP WORD_RTCP
#define ATTRIBUTE_WORD_PRECONDITION WORD_PRECONDITION
#define ATTRIBUTE_WORD_CRYPTO WORD_CRYPTO
#define ATTRIBUTE_WORD_FINGERPRINT WORD_FINGERPRINT
#define ATTRIBUTE_WORD_GROUP WORD_GROUP
#define ATTRIBUTE_WORD_CANDIDATE WORD_CANDIDATE

static const sipcheck_field_info infos[FIELD_COUNT] = {
/* clang-format off */
#define X(RECORD, NAME, TYPE, ACCESSOR, DOC) { WORD_##RECORD, NAME, WORD_##TYPE, DOC },
#include "fields/fields.def"
#undef X
#define X(RECORD, ID, NAME, TYPE, DOC) { WORD_##RECORD, NAME, WORD_##TYPE, DOC },
#define SC_FACTS_END(RECORD)
#include "fields/facts.def"
#undef SC_FACTS_END
#undef X
#define X(ID, NAME, COMPACT, HOW, KIND, PARSER, RFC, SECTION, DOC) \
    { WORD_MESSAGE, NAME, HOW_WORD_##HOW(KIND_WORD_##KIND), DOC },
#include <sipcheck/headers.def>
#undef X
#define X(ID, NAME, LEVEL, KIND, PARSER, RFC, SECTION, DOC) \
    { WORD_SDP, NAME, "list of " ATTRIBUTE_WORD_##KIND, DOC }, \
    { WORD_SDP_MEDIA, NAME, "list of " ATTRIBUTE_WORD_##KIND, DOC },
#include <sipcheck/attributes.def>
#undef X
    /* clang-format on */
};

const sipcheck_field_info *sipcheck_field_info_at(size_t index)
{
    return index < FIELD_COUNT ? &infos[index] : NULL;
}

/* A record of the wire stands for its bytes. */
static sc_value own_bytes(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(((const sipcheck_value *)record)->raw, false);
}

static sc_value uri_bytes(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(((const sipcheck_uri *)record)->raw, false);
}

static sc_value header_bytes(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(((const sipcheck_header *)record)->raw, false);
}

/* name, or name=value as sent */
static sc_value param_bytes(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(sc_param_raw(record), false);
}

static sc_value sdp_bytes(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(((const sipcheck_sdp *)record)->raw, false);
}

#define OWN(RECORD, TYPE, GET)                                                                     \
    [SC_TYPE_##RECORD] = { SC_TYPE_##RECORD, SC_TYPE_##TYPE, 0, 0, 0, "", GET, "", 0 }
static const sc_field own_values[SC_TYPE_COUNT] = {
    OWN(HEADER, STRING, header_bytes),
    OWN(PARAM, STRING, param_bytes),
    OWN(URI, STRING, uri_bytes),
    OWN(NUMBER, INT, sc_field_number_number),
    OWN(TOKEN_, TOKEN, sc_field_token_token),
    OWN(ADDRESS, STRING, own_bytes),
    OWN(VIA, STRING, own_bytes),
    OWN(CSEQ, STRING, own_bytes),
    OWN(AUTH, STRING, own_bytes),
    OWN(MEDIA, STRING, own_bytes),
    OWN(DATE, STRING, own_bytes),
    OWN(CALL_ID, STRING, own_bytes),
    OWN(WARNING, STRING, own_bytes),
    OWN(STAMP, STRING, own_bytes),
    OWN(RACK, STRING, own_bytes),
    OWN(PARAMS, STRING, own_bytes),
    OWN(IDENTITY, STRING, own_bytes),
    OWN(TEXT, STRING, own_bytes),
    OWN(PART, STRING, own_bytes),
    OWN(SDP, STRING, sdp_bytes),
    OWN(ORIGIN, STRING, own_bytes),
    OWN(CONNECTION, STRING, own_bytes),
    OWN(BANDWIDTH, STRING, own_bytes),
    OWN(TIME, STRING, own_bytes),
    OWN(KEY, STRING, own_bytes),
    OWN(SDP_MEDIA, STRING, own_bytes),
    OWN(ATTRIBUTE, STRING, own_bytes),
    OWN(RTPMAP, STRING, own_bytes),
    OWN(FMTP, STRING, own_bytes),
    OWN(RTCP, STRING, own_bytes),
    OWN(PRECONDITION, STRING, own_bytes),
    OWN(CRYPTO, STRING, own_bytes),
    OWN(FINGERPRINT, STRING, own_bytes),
    OWN(GROUP, STRING, own_bytes),
    OWN(CANDIDATE, STRING, own_bytes),
};
#undef OWN

const sc_field *sc_field_own_value(sc_type record)
{
    return record < SC_TYPE_COUNT && own_values[record].get ? &own_values[record] : NULL;
}

size_t sc_field_number(const sc_field *field)
{
    bool own = field->get && own_values[field->record].get && field == &own_values[field->record];
    return own ? FIELD_COUNT + field->record : (size_t)(field - fields);
}

const sc_field *sc_field_numbered(size_t number)
{
    return number < FIELD_COUNT ? &fields[number] : &own_values[number - FIELD_COUNT];
}

enum sipcheck_method_id sc_method_of(sipcheck_slice method)
{
    return (enum sipcheck_method_id)sc_method_id(method);
}
