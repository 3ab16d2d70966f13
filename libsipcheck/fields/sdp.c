/* SPDX-License-Identifier: MIT */
/* Members of the values of a session description. What the grammar did not take may miss members:
 * those are unknown. */
#include "fields/get.h"
#include "text/chars.h"
#include "text/slice.h"

/* One accessor a member: a text, digits, a number that was read, a list of words, a kind of
 * address. */
#define TEXT(ACCESSOR, RECORD, MEMBER)                                                             \
    sc_value sc_field_##ACCESSOR(const sc_field *self, const void *record)                         \
    {                                                                                              \
        (void)self;                                                                                \
        const RECORD *r = record;                                                                  \
        return sc_give_text(r->MEMBER, r->v.valid);                                                \
    }
#define DIGITS(ACCESSOR, RECORD, MEMBER)                                                           \
    sc_value sc_field_##ACCESSOR(const sc_field *self, const void *record)                         \
    {                                                                                              \
        (void)self;                                                                                \
        const RECORD *r = record;                                                                  \
        return sc_give_digits(r->MEMBER, r->v.valid);                                              \
    }
#define WORDS(ACCESSOR, RECORD, MEMBER)                                                            \
    sc_value sc_field_##ACCESSOR(const sc_field *self, const void *record)                         \
    {                                                                                              \
        (void)self;                                                                                \
        const RECORD *r = record;                                                                  \
        return words(r->MEMBER, r->v.valid);                                                       \
    }
#define KIND(ACCESSOR, RECORD, HOST)                                                               \
    sc_value sc_field_##ACCESSOR(const sc_field *self, const void *record)                         \
    {                                                                                              \
        (void)self;                                                                                \
        const RECORD *r = record;                                                                  \
        return address_is(r->address, r->address_kind == SIPCHECK_HOST_##HOST);                    \
    }

static sc_value words(const sipcheck_value *first, bool whole)
{
    return (sc_value){ .record = first,
                       .list = SC_LIST_VALUES,
                       .cut_at = UINT32_MAX,
                       .missing = whole ? SC_MISSING_NOTHING : SC_MISSING_SYNTAX };
}

static sc_value address_is(sipcheck_slice address, bool truth)
{
    if (!address.p) return sc_give_none(false);
    return (sc_value){ .truth = truth, .raw = address };
}

/* --- o= */

TEXT(owner_username, sipcheck_origin, username)
DIGITS(owner_sessionid, sipcheck_origin, sess_id)
DIGITS(owner_version, sipcheck_origin, sess_version)
TEXT(owner_network_type, sipcheck_origin, nettype)
TEXT(owner_address_type, sipcheck_origin, addrtype)
TEXT(owner_address, sipcheck_origin, address)
KIND(owner_is_ip4, sipcheck_origin, IPV4)
KIND(owner_is_ip6, sipcheck_origin, IPV6)
KIND(owner_is_name, sipcheck_origin, NAME)

static sc_value fits(sipcheck_slice digits, uint64_t number)
{
    if (!digits.p) return sc_give_none(false);
    return (sc_value){ .truth = number <= INT64_MAX, .raw = digits };
}

sc_value sc_field_owner_sessionid_fits(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_origin *owner = record;
    return fits(owner->sess_id, owner->id);
}

sc_value sc_field_owner_version_fits(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_origin *owner = record;
    return fits(owner->sess_version, owner->version);
}

/* --- c= */

TEXT(connection_network_type, sipcheck_connection, nettype)
TEXT(connection_address_type, sipcheck_connection, addrtype)
TEXT(connection_address, sipcheck_connection, address)
DIGITS(connection_ttl, sipcheck_connection, ttl)
DIGITS(connection_num_addr, sipcheck_connection, count_text)
KIND(connection_is_ip4, sipcheck_connection, IPV4)
KIND(connection_is_ip6, sipcheck_connection, IPV6)
KIND(connection_is_name, sipcheck_connection, NAME)

sc_value sc_field_connection_has_ttl(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_connection *connection = record;
    return address_is(connection->address, connection->ttl.p);
}

sc_value sc_field_connection_has_num_addr(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_connection *connection = record;
    return address_is(connection->address, connection->count_text.p);
}

sc_value sc_field_connection_is_multicast(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_connection *connection = record;
    return address_is(connection->address, connection->multicast);
}

/* --- b=, t=, k= */

TEXT(bandwidth_modifier, sipcheck_bandwidth, type)

sc_value sc_field_bandwidth_is_alphanumeric(const sc_field *self, const void *record)
{
    (void)self;
    sipcheck_slice type = ((const sipcheck_bandwidth *)record)->type;
    size_t n = 0;
    if (!type.p) return sc_give_none(false);
    while (n < type.n && sc_classes[type.p[n]] & SC_ALNUM)
        n++;
    return (sc_value){ .truth = n == type.n, .raw = type };
}

DIGITS(bandwidth_value, sipcheck_bandwidth, digits)
DIGITS(time_start, sipcheck_time, start_text)
DIGITS(time_stop, sipcheck_time, stop_text)
TEXT(key_type, sipcheck_key, method)
TEXT(key_data, sipcheck_key, key)

/* --- m= */

TEXT(media_media, sipcheck_sdp_media, media)
DIGITS(media_port, sipcheck_sdp_media, port_text)
DIGITS(media_portcount, sipcheck_sdp_media, count_text)
TEXT(media_proto, sipcheck_sdp_media, protocol)

sc_value sc_field_media_place(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_sdp_media *media = record;
    return (sc_value){ .number = media->place, .raw = media->v.raw };
}

WORDS(media_format, sipcheck_sdp_media, formats)

/* --- a= */

TEXT(attribute_field, sipcheck_attribute, name)
TEXT(attribute_value, sipcheck_attribute, value)

sc_value sc_field_attribute_known(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_attribute *attribute = record;
    if (!attribute->name.p) return sc_give_none(false);
    return sc_give_truth(attribute->id != SIPCHECK_ATTRIBUTE_UNKNOWN);
}

TEXT(rtpmap_payload_type, sipcheck_rtpmap, payload_type)
TEXT(rtpmap_encoding, sipcheck_rtpmap, encoding)
DIGITS(rtpmap_clock_rate, sipcheck_rtpmap, clock_rate)
DIGITS(rtpmap_channels, sipcheck_rtpmap, channels)
TEXT(fmtp_format, sipcheck_fmtp, format)
TEXT(fmtp_parameters, sipcheck_fmtp, parameters)
DIGITS(rtcp_port, sipcheck_rtcp, port)
TEXT(rtcp_network_type, sipcheck_rtcp, nettype)
TEXT(rtcp_address_type, sipcheck_rtcp, addrtype)
TEXT(rtcp_address, sipcheck_rtcp, address)
TEXT(precondition_type, sipcheck_precondition, type)
TEXT(precondition_strength, sipcheck_precondition, strength)
TEXT(precondition_status, sipcheck_precondition, status)
TEXT(precondition_direction, sipcheck_precondition, direction)
DIGITS(crypto_tag, sipcheck_crypto, tag)
TEXT(crypto_suite, sipcheck_crypto, suite)
TEXT(crypto_keys, sipcheck_crypto, keys)
WORDS(crypto_session, sipcheck_crypto, session)
TEXT(fingerprint_hash, sipcheck_fingerprint, hash)
TEXT(fingerprint_fingerprint, sipcheck_fingerprint, fingerprint)
TEXT(group_semantics, sipcheck_group, semantics)
WORDS(group_tags, sipcheck_group, tags)
TEXT(candidate_foundation, sipcheck_candidate, foundation)
DIGITS(candidate_componentid, sipcheck_candidate, component)
TEXT(candidate_transport, sipcheck_candidate, transport)
DIGITS(candidate_priority, sipcheck_candidate, priority)
TEXT(candidate_address, sipcheck_candidate, address)
DIGITS(candidate_port, sipcheck_candidate, port)
TEXT(candidate_type, sipcheck_candidate, type)
TEXT(candidate_raddr, sipcheck_candidate, related_address)
DIGITS(candidate_rport, sipcheck_candidate, related_port)
