/* SPDX-License-Identifier: MIT */
/* What members of a value say where its owner lacks some traits, or has some. */
#include "rules/facts.h"

#define TEXT(LITERAL)                                                                              \
    {                                                                                              \
        (const uint8_t *)(LITERAL), sizeof(LITERAL) - 1                                            \
    }
#define ABSENT                                                                                     \
    {                                                                                              \
        .state = SC_ABSENT_VALUE                                                                   \
    }
#define THERE                                                                                      \
    {                                                                                              \
        .state = SC_THERE                                                                          \
    }
#define TRUTH(VALUE)                                                                               \
    {                                                                                              \
        .truth = (VALUE)                                                                           \
    }
#define NUMBER(VALUE)                                                                              \
    {                                                                                              \
        .number = (VALUE)                                                                          \
    }
#define HINT(HINT, NUMBER)                                                                         \
    {                                                                                              \
        .state = SC_THERE, .missing = SC_HINT_##HINT, .number = (NUMBER)                           \
    }
#define SAYS(LITERAL)                                                                              \
    {                                                                                              \
        .raw = TEXT(LITERAL)                                                                       \
    }
/* A list, with what is known of it. */
#define LIST(BITS, HINT)                                                                           \
    {                                                                                              \
        .state = SC_THERE, .missing = SC_HINT_##HINT, .number = (BITS)                             \
    }

#define ODD SC_TRAIT(ODD)
/* The only value of its kind, so that its traits are its own. */
#define SINGLE (SC_TRAIT(ODD) | SC_TRAIT(SEVERAL))
#define PARAMS SC_TRAIT(PARAMS)
#define RARE SC_TRAIT(RARE)
#define T(KIND) SC_TRAIT(KIND)

typedef struct plain_member {
    sc_getter *get;
    unsigned lacking, having;
    sc_value value; /* `list`: ignored; what is read from a record has its owner */
} plain_member;

/* The first row that fits tells. A value that is there holds for every value of its owner. */
static const plain_member of_uri[] = {
    { sc_field_uri_is_sip, ODD, 0, TRUTH(true) },
    { sc_field_uri_is_sips, ODD, 0, TRUTH(false) },
    { sc_field_uri_is_tel, ODD, 0, TRUTH(false) },
    { sc_field_uri_user, ODD | T(PHONE), 0, HINT(USER, 0) },
    { sc_field_uri_host, ODD, 0, HINT(HOST, 0) },
    { sc_field_uri_password, ODD, 0, ABSENT },
    { sc_field_uri_port, ODD | T(PORT), 0, ABSENT },
    { sc_field_uri_transport, ODD | T(TRANSPORT), 0, ABSENT },
    { sc_field_uri_transport, SINGLE | T(OTHER_TRANSPORT), T(TRANSPORT),
      HINT(COMMON_TRANSPORT, 0) },
    { sc_field_uri_user_param, ODD | T(USER_PARAM), 0, ABSENT },
    { sc_field_uri_lr, ODD | T(NO_LR), 0, TRUTH(true) },
    { sc_field_uri_lr, ODD | PARAMS, 0, TRUTH(false) },
    { sc_field_uri_lr, SINGLE, T(NO_LR), TRUTH(false) },
    { sc_field_uri_maddr, ODD | RARE, 0, ABSENT },
    { sc_field_uri_ttl, ODD | RARE, 0, ABSENT },
    { sc_field_uri_method, ODD | RARE, 0, ABSENT },
    { sc_field_uri_maddr_is_multicast, ODD | RARE, 0, ABSENT },
    { sc_field_uri_user_is_phone, ODD | T(PHONE), 0, TRUTH(false) },
    { sc_field_uri_phone_is_canonical, ODD | T(PHONE), 0, ABSENT },
    { sc_field_uri_headers, ODD, 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_uri_params, ODD | PARAMS, 0, LIST(SC_LIST_EMPTY, URI_PARAMS) },
    { sc_field_uri_params, ODD | RARE, 0, LIST(SC_LIST_DISTINCT, URI_PARAMS) },
    { sc_field_uri_params, ODD, 0, LIST(0, URI_PARAMS) },
};
static const plain_member of_address[] = {
    { sc_field_addr_uri, ODD, 0, THERE },
    { sc_field_addr_star, ODD, 0, TRUTH(false) },
    { sc_field_addr_user, ODD | T(PHONE), 0, HINT(USER, 0) },
    { sc_field_addr_host, ODD, 0, HINT(HOST, 0) },
    { sc_field_addr_port, ODD | T(PORT), 0, ABSENT },
    { sc_field_addr_tag, ODD | T(TAG), 0, ABSENT },
    { sc_field_addr_tag, SINGLE | T(SHORT_TAG), T(TAG), HINT(TAG, SC_TAG_LENGTH) },
    { sc_field_addr_tag, SINGLE, T(TAG), HINT(TAG, 0) },
    { sc_field_addr_q, ODD | T(Q), 0, ABSENT },
    { sc_field_addr_q, SINGLE, T(Q), THERE },
    { sc_field_addr_expires, ODD | T(EXPIRES), 0, ABSENT },
    { sc_field_addr_expires, SINGLE, T(EXPIRES), HINT(MOST, UINT32_MAX) },
    { sc_field_addr_params, ODD | T(HEADER_PARAMS), 0, LIST(SC_LIST_EMPTY, HEADER_PARAMS) },
    { sc_field_addr_params, ODD | T(HEADER_RARE), 0, LIST(SC_LIST_DISTINCT, HEADER_PARAMS) },
    { sc_field_addr_params, ODD, 0, LIST(0, HEADER_PARAMS) },
};
static const plain_member of_via[] = {
    { sc_field_via_protocol, ODD, 0, SAYS("SIP") },
    { sc_field_via_version, ODD, 0, SAYS("2.0") },
    { sc_field_via_transport, ODD, T(UDP), SAYS("UDP") },
    { sc_field_via_transport, ODD, T(TCP), SAYS("TCP") },
    { sc_field_via_host, ODD, 0, THERE },
    { sc_field_via_is_ip, ODD | T(IP), 0, TRUTH(false) },
    { sc_field_via_is_ip, ODD, T(IP), TRUTH(true) },
    { sc_field_via_branch,
      T(NO_BRANCH) | T(NO_COOKIE),
      0,
      { .state = SC_THERE, .missing = SC_HINT_PREFIX, .raw = TEXT(SC_COOKIE) } },
    { sc_field_via_branch, T(NO_BRANCH), 0, THERE },
    { sc_field_via_received, ODD | T(RECEIVED), 0, ABSENT },
    { sc_field_via_received, ODD, T(RECEIVED), THERE },
    { sc_field_via_rport, ODD | T(RPORT), 0, ABSENT },
    { sc_field_via_rport, ODD | T(RPORT_VALUE), 0, ABSENT },
    { sc_field_via_rport, ODD, T(RPORT_VALUE), THERE },
    { sc_field_via_maddr, ODD | RARE, 0, ABSENT },
    { sc_field_via_ttl, ODD | RARE, 0, ABSENT },
    { sc_field_via_params, ODD | PARAMS, 0, LIST(SC_LIST_EMPTY, VIA_PARAMS) },
    { sc_field_via_params, ODD | RARE, 0, LIST(SC_LIST_DISTINCT, VIA_PARAMS) },
    { sc_field_via_params, ODD, 0, LIST(0, VIA_PARAMS) },
};
static const plain_member of_number[] = {
    { sc_field_number_params, ODD | PARAMS, 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_number_params, ODD, 0, LIST(SC_LIST_DISTINCT, NONE) },
};
static const plain_member of_media_type[] = {
    { sc_field_media_params, ODD | PARAMS, 0, LIST(SC_LIST_EMPTY, NONE) },
};
static const plain_member of_cseq[] = {
    { sc_field_cseq_seq, ODD, 0, HINT(MOST, INT32_MAX) },
};
static const plain_member of_auth[] = {
    { sc_field_auth_scheme, ODD, 0, SAYS("Digest") },
    { sc_field_auth_username, ODD, 0, THERE },
    { sc_field_auth_realm, ODD, 0, THERE },
    { sc_field_auth_nonce, ODD, 0, THERE },
    { sc_field_auth_uri,
      ODD,
      0,
      { .state = SC_THERE, .missing = SC_HINT_PREFIX, .raw = TEXT(SC_URI_START) } },
    { sc_field_auth_response, ODD, 0, HINT(HASH, 0) },
    { sc_field_auth_algorithm, ODD | T(ALGORITHM), 0, ABSENT },
    { sc_field_auth_algorithm, SINGLE, T(ALGORITHM), SAYS("MD5") },
    { sc_field_auth_qop, ODD | T(QOP), 0, ABSENT },
    { sc_field_auth_qop, SINGLE, T(QOP), THERE },
    { sc_field_auth_nc, ODD | T(QOP), 0, ABSENT },
    { sc_field_auth_nc, SINGLE, T(QOP), THERE },
    { sc_field_auth_cnonce, ODD | T(QOP), 0, ABSENT },
    { sc_field_auth_cnonce, SINGLE, T(QOP), THERE },
    { sc_field_auth_params, ODD, 0, LIST(0, AUTH_PARAMS) },
};
static const plain_member of_date[] = {
    { sc_field_date_weekday, ODD | T(WRONG_WEEKDAY), 0, HINT(TWIN, 1) },
    { sc_field_date_true_weekday, ODD | T(WRONG_WEEKDAY), 0, HINT(TWIN, 1) },
    { sc_field_date_weekday, ODD, T(WRONG_WEEKDAY), HINT(APART, 1) },
    { sc_field_date_true_weekday, ODD, T(WRONG_WEEKDAY), HINT(APART, -1) },
    { sc_field_date_true_weekday, ODD, 0, THERE },
    { sc_field_date_day, ODD, 0, THERE },
    { sc_field_date_hour, ODD, 0, HINT(MOST, 23) },
    { sc_field_date_minute, ODD, 0, HINT(MOST, 59) },
    { sc_field_date_second, ODD, 0, HINT(MOST, 60) },
};
static const plain_member of_part[] = {
    { sc_field_part_type, ODD, 0, THERE },
    { sc_field_part_disposition, ODD, 0, ABSENT },
    { sc_field_part_depth, ODD, 0, NUMBER(0) },
    { sc_field_part_fragment_is_described, ODD, 0, ABSENT },
    { sc_field_part_signers, ODD, 0, ABSENT },
    { sc_field_part_certificates, ODD, 0, ABSENT },
    { sc_field_part_certificate, ODD, 0, ABSENT },
    { sc_field_part_capabilities, ODD, 0, ABSENT },
};
static const plain_member of_session[] = {
    { sc_field_sdp_descriptions, ODD, 0, NUMBER(1) },
    { sc_field_sdp_owner, ODD, 0, THERE },
    { sc_field_sdp_session_name, ODD | T(SESSION_NAME), 0, SAYS("-") },
    { sc_field_sdp_session_name, ODD, T(CALLED), HINT(CALLED, 0) },
    { sc_field_sdp_session_name, ODD, 0, THERE },
    { sc_field_sdp_session_name_is_utf8, ODD, 0, TRUTH(true) },
    { sc_field_sdp_session_info, ODD, 0, ABSENT },
    { sc_field_sdp_session_info_is_utf8, ODD, 0, ABSENT },
    { sc_field_sdp_uri, ODD, 0, ABSENT },
    { sc_field_sdp_contacts_are_utf8, ODD, 0, TRUTH(true) },
    { sc_field_sdp_uses_multicast, ODD, 0, TRUTH(false) },
    { sc_field_sdp_directions, ODD, 0, HINT(MOST, 1) },
    { sc_field_sdp_email, ODD, 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_sdp_phone, ODD, 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_sdp_repeat_time, ODD, 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_sdp_timezone, ODD, 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_sdp_encryption_key, ODD, 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_sdp_bandwidth, ODD | T(BANDWIDTH), 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_sdp_session_attr, ODD | T(SESSION_ATTRIBUTES), 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_session_attribute, ODD | T(SESSION_ATTRIBUTES), 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_sdp_connection_info, ODD | T(NO_CONNECTION), 0,
      LIST(SC_LIST_FILLED | SC_LIST_ONE, NONE) },
    { sc_field_sdp_connection_info, ODD, 0, LIST(0, NONE) },
    { sc_field_sdp_time, ODD, 0, LIST(0, NONE) },
    { sc_field_sdp_media, SINGLE, 0, LIST(SC_LIST_FILLED | SC_LIST_ONE, NONE) },
    { sc_field_sdp_media, ODD, 0, LIST(0, NONE) },
};
static const plain_member of_origin[] = {
    { sc_field_owner_sessionid_fits, ODD, 0, TRUTH(true) },
    { sc_field_owner_version_fits, ODD, 0, TRUTH(true) },
    { sc_field_owner_version, ODD, 0, HINT(MOST, INT64_MAX / 2 - 1) },
    { sc_field_owner_network_type, ODD, 0, SAYS("IN") },
    { sc_field_owner_address_type, ODD, 0, SAYS("IP4") },
    { sc_field_owner_is_ip4, ODD, 0, TRUTH(true) },
    { sc_field_owner_is_ip6, ODD, 0, TRUTH(false) },
    { sc_field_owner_is_name, ODD, 0, TRUTH(false) },
};
static const plain_member of_connection[] = {
    { sc_field_connection_network_type, ODD, 0, SAYS("IN") },
    { sc_field_connection_address_type, ODD, 0, SAYS("IP4") },
    { sc_field_connection_is_ip4, ODD, 0, TRUTH(true) },
    { sc_field_connection_is_ip6, ODD, 0, TRUTH(false) },
    { sc_field_connection_is_name, ODD, 0, TRUTH(false) },
    { sc_field_connection_is_multicast, ODD, 0, TRUTH(false) },
    { sc_field_connection_has_ttl, ODD, 0, TRUTH(false) },
    { sc_field_connection_ttl, ODD, 0, ABSENT },
    { sc_field_connection_has_num_addr, ODD, 0, TRUTH(false) },
    { sc_field_connection_num_addr, ODD, 0, ABSENT },
};
static const plain_member of_time[] = {
    { sc_field_time_start, ODD | T(TIME), 0, NUMBER(0) },
    { sc_field_time_stop, ODD | T(TIME), 0, NUMBER(0) },
};
static const plain_member of_medium[] = {
    { sc_field_media_media, ODD | T(NO_AUDIO), 0, SAYS("audio") },
    { sc_field_media_port, ODD | T(ODD_PORT), 0, HINT(EVEN, 2) },
    { sc_field_media_is_rtp, ODD, 0, TRUTH(true) },
    { sc_field_media_directions, ODD, 0, HINT(MOST, 1) },
    { sc_field_media_formats_are_payload_types, ODD, 0, TRUTH(true) },
    { sc_field_media_static_formats_are_mapped, ODD | T(STATIC_FORMATS), 0, TRUTH(true) },
    { sc_field_media_static_formats_are_mapped, SINGLE, T(STATIC_FORMATS), TRUTH(false) },
    { sc_field_media_dynamic_formats_are_mapped, ODD | T(DYNAMIC_FORMATS), 0, TRUTH(true) },
    { sc_field_media_dynamic_formats_are_mapped, SINGLE, T(DYNAMIC_FORMATS), TRUTH(false) },
    { sc_field_media_encryption_key, ODD, 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_media_bandwidth, ODD | T(BANDWIDTH), 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_media_connection_info, ODD | T(MEDIA_CONNECTION), 0, LIST(SC_LIST_EMPTY, NONE) },
    { sc_field_media_connection_info, ODD, 0, LIST(0, NONE) },
};

#define ROWS(TABLE)                                                                                \
    {                                                                                              \
        TABLE, sizeof(TABLE) / sizeof *(TABLE)                                                     \
    }
static const struct rows {
    const plain_member *first;
    size_t count;
} rows_of[SC_TYPE_COUNT] = {
    [SC_TYPE_URI] = ROWS(of_uri),          [SC_TYPE_ADDRESS] = ROWS(of_address),
    [SC_TYPE_VIA] = ROWS(of_via),          [SC_TYPE_NUMBER] = ROWS(of_number),
    [SC_TYPE_MEDIA] = ROWS(of_media_type), [SC_TYPE_CSEQ] = ROWS(of_cseq),
    [SC_TYPE_AUTH] = ROWS(of_auth),        [SC_TYPE_DATE] = ROWS(of_date),
    [SC_TYPE_PART] = ROWS(of_part),        [SC_TYPE_SDP] = ROWS(of_session),
    [SC_TYPE_ORIGIN] = ROWS(of_origin),    [SC_TYPE_CONNECTION] = ROWS(of_connection),
    [SC_TYPE_TIME] = ROWS(of_time),        [SC_TYPE_SDP_MEDIA] = ROWS(of_medium),
};

static const plain_member *find(const sc_foresight *f, enum sc_owner owner, const sc_field *field)
{
    const struct rows *rows = &rows_of[field->record];
    for (size_t i = 0; i < rows->count; i++) {
        const plain_member *m = &rows->first[i];
        if (m->get == field->get && sc_lacks(f, owner, m->lacking) && sc_has(f, owner, m->having))
            return m;
    }
    return NULL;
}

static bool is_of_user(sc_getter *get)
{
    return get == sc_field_uri_user || get == sc_field_uri_user_is_phone ||
           get == sc_field_uri_phone_is_canonical;
}

/* Numbers, tokens and media types are of several headers. */
static sc_value by_owner(const sc_foresight *f, enum sc_owner owner, const sc_field *field)
{
    static const sc_value low = HINT(MOST, 70), high = HINT(MOST, 255), length = HINT(TWIN, 0);
    static const sc_value lower = HINT(MOST, 69), seventy = NUMBER(70);
    static const sc_value word = HINT(MOST, UINT32_MAX), absent = ABSENT;
    static const sc_value type = SAYS("application"), subtype = SAYS("sdp");
    static const sc_value option_tag = HINT(OPTION_TAG, 0), once = LIST(SC_LIST_DISTINCT, NONE);
    sc_getter *get = field->get;
    bool sdp = owner == SC_OWNER_CONTENT_TYPE || owner == SC_OWNER_PARTS;
    bool tokens = owner == SC_OWNER_SUPPORTED || owner == SC_OWNER_ALLOW;
    if (tokens && get == sc_field_token_token)
        return owner == SC_OWNER_SUPPORTED && sc_lacks(f, owner, T(UNKNOWN_TAG))
                   ? option_tag
                   : sc_value_in(SC_THERE);
    if (!sc_lacks(f, owner, ODD)) return sc_value_in(SC_ANY);
    if (owner == SC_OWNER_MAX_FORWARDS && get == sc_field_number_number)
        return sc_lacks(f, owner, T(NOT_70))      ? seventy
               : !sc_lacks(f, owner, T(ABOVE_70)) ? high
               : sc_has(f, owner, T(NOT_70))      ? lower
                                                  : low;
    if (owner == SC_OWNER_EXPIRES && get == sc_field_number_number) return word;
    if (owner == SC_OWNER_REQUEST_URI && is_of_user(get) && sc_has(f, owner, T(NO_USER)))
        return absent;
    if (owner == SC_OWNER_CONTENT_LENGTH && get == sc_field_number_number) return length;
    if (sdp && get == sc_field_media_type) return type;
    if (sdp && get == sc_field_media_subtype) return subtype;
    bool params = get == sc_field_media_params && !sc_lacks(f, owner, PARAMS);
    return params && owner == SC_OWNER_ACCEPT ? once : sc_value_in(SC_ANY);
}

/* Lists that one getter gives for all of a kind; header field lines have an owner of their own. */
static sc_value of_body(const sc_foresight *f, enum sc_owner owner, const sc_field *field)
{
    static const sc_value none = LIST(SC_LIST_EMPTY, NONE);
    bool attribute =
        field->get == sc_field_session_attribute || field->get == sc_field_media_attribute;
    if (attribute && !sc_is_common_attribute(field->attribute) &&
        sc_lacks(f, owner, ODD | T(MEDIA_ATTRIBUTES)))
        return none;
    if (field->get == sc_field_part_headers && sc_lacks(f, owner, ODD))
        return (sc_value){ .state = SC_THERE, .list = SC_OWNER_LINE, .number = SC_LIST_FILLED };
    return sc_value_in(SC_ANY);
}

sc_value sc_plain_member(const sc_foresight *f, enum sc_owner owner, const sc_field *field)
{
    sc_value v = by_owner(f, owner, field);
    if (v.state == SC_ANY) v = of_body(f, owner, field);
    const plain_member *row = v.state == SC_ANY ? find(f, owner, field) : NULL;
    if (row) v = row->value;
    if (v.state == SC_THERE && !v.list) v.list = (uint8_t)owner;
    return v;
}
