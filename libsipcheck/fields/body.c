/* SPDX-License-Identifier: MIT */
/* The session description and the parts of a message's body, and what in them is a list. */
#include <string.h>

#include "fields/get.h"
#include "text/slice.h"
#include "text/utf8.h"

bool sc_field_reads_body(const sc_field *field)
{
    return field->type == SC_TYPE_SDP || field->type == (SC_TYPE_PART | SC_LIST);
}

static bool headers_cut(const sipcheck_message *msg)
{
    return msg->cut && !msg->headers_whole;
}

/* Why nothing can be said of the body; SC_MISSING_NOTHING: all of it is there and was read. */
static enum sc_missing body_missing(const sc_observed *observed)
{
    if (headers_cut(observed->message)) return SC_MISSING_HEADERS;
    if (observed->message->cut) return SC_MISSING_BODY;
    if (!observed->body) return SC_MISSING_NOTHING;
    if (!observed->body->whole) return SC_MISSING_BODY;
    return observed->body->readable ? SC_MISSING_NOTHING : SC_MISSING_SYNTAX;
}

sc_value sc_field_observed_sdp(const sc_field *self, const void *record)
{
    (void)self;
    const sc_observed *observed = record;
    const sipcheck_sdp *sdp = observed->body ? observed->body->sdp : NULL;
    enum sc_missing missing = body_missing(observed);
    bool typed = observed->message->line_count[SIPCHECK_HEADER_CONTENT_TYPE] > 0;
    if (!typed && missing == SC_MISSING_BODY) return sc_give_none(true); /* whatever it is */
    if (sdp) return sc_give_record(sdp, sdp->raw);
    return missing ? sc_give_unknown(missing) : sc_give_none(true);
}

static sc_value give_list(const sipcheck_value *first, enum sc_missing missing)
{
    return (sc_value){
        .record = first, .list = SC_LIST_VALUES, .cut_at = UINT32_MAX, .missing = (uint8_t)missing
    };
}

sc_value sc_field_parts(const sc_field *self, const void *record)
{
    (void)self;
    const sc_observed *observed = record;
    const sipcheck_body *body = observed->body;
    return give_list(body && body->parts ? &body->parts->v : NULL, body_missing(observed));
}

/* --- a part */

sc_value sc_field_part_type(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_part *part = record;
    if (part->type) return sc_give_record(part->type, part->type->v.raw);
    return sc_give_none(!part->head->line_count[SIPCHECK_HEADER_CONTENT_TYPE]);
}

sc_value sc_field_part_disposition(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_part *part = record;
    const sipcheck_value *value = part->head->values[SIPCHECK_HEADER_CONTENT_DISPOSITION];
    if (value) return sc_give_record(value, value->raw);
    return sc_give_none(!part->head->line_count[SIPCHECK_HEADER_CONTENT_DISPOSITION]);
}

sc_value sc_field_part_id(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *head = ((const sipcheck_part *)record)->head;
    for (size_t i = 0; i < head->header_count; i++)
        if (sc_same_nocase(head->headers[i].name, "Content-ID"))
            return sc_give_text(head->headers[i].value, true);
    return sc_give_none(true);
}

sc_value sc_field_part_depth(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_part *part = record;
    return sc_give_number(part->depth, part->v.raw);
}

sc_value sc_field_part_headers(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *head = ((const sipcheck_part *)record)->head;
    return (sc_value){ .raw.n = head->header_count,
                       .record = head->headers,
                       .list = SC_LIST_HEADERS,
                       .cut_at = UINT32_MAX };
}

sc_value sc_field_part_content(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(((const sipcheck_part *)record)->v.raw, true);
}

/* Line ends alone are nothing that a type could tell of. */
static bool says_nothing(sipcheck_slice text)
{
    size_t at = 0;
    while (at < text.n && (text.p[at] == '\r' || text.p[at] == '\n'))
        at++;
    return at == text.n;
}

sc_value sc_field_part_fragment_is_described(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_part *part = record;
    const sipcheck_message *fragment = part->body == SIPCHECK_BODY_SIPFRAG ? part->message : NULL;
    if (!fragment || says_nothing(fragment->body)) return sc_give_none(true);
    return (sc_value){ .truth = fragment->line_count[SIPCHECK_HEADER_CONTENT_TYPE] > 0,
                       .raw = fragment->body };
}

sc_value sc_field_part_sdp(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_sdp *sdp = ((const sipcheck_part *)record)->sdp;
    return sdp ? sc_give_record(sdp, sdp->raw) : sc_give_none(true);
}

/* --- lines of the session */

static const sipcheck_value *line(const void *record, enum sipcheck_sdp_line type)
{
    return ((const sipcheck_sdp *)record)->session.lines[type];
}

static bool damaged(const void *record)
{
    return ((const sipcheck_sdp *)record)->session.damaged;
}

sc_value sc_field_sdp_version(const sc_field *self, const void *record)
{
    const sipcheck_value *first = line(record, SIPCHECK_SDP_V);
    return first ? sc_field_number_number(self, first) : sc_give_none(!damaged(record));
}

sc_value sc_field_sdp_descriptions(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_sdp *sdp = record;
    if (sdp->session.damaged) return sc_give_none(false);
    return sc_give_number(sdp->descriptions, sdp->raw);
}

sc_value sc_field_sdp_owner(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_value *first = line(record, SIPCHECK_SDP_O);
    return first ? sc_give_record(first, first->raw) : sc_give_none(!damaged(record));
}

static sc_value text_of(const sipcheck_value *first, bool whole)
{
    return first ? sc_give_text(first->raw, true) : sc_give_none(whole);
}

static sc_value is_utf8(const sipcheck_value *first, bool whole)
{
    if (!first) return sc_give_none(whole);
    sipcheck_slice text = first->raw;
    for (size_t i = 0, n; i < text.n; i += n) {
        n = text.p[i] < 0x80 ? 1 : sc_utf8_length(text.p + i, text.n - i);
        if (!n) return (sc_value){ .truth = false, .raw = text };
    }
    return (sc_value){ .truth = true, .raw = text };
}

/* The first of the lines that is not. */
static const sipcheck_value *find_other(const sipcheck_value *v)
{
    while (v && is_utf8(v, true).truth)
        v = v->next;
    return v;
}

sc_value sc_field_sdp_contacts_are_utf8(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_value *other = find_other(line(record, SIPCHECK_SDP_E));
    if (!other) other = find_other(line(record, SIPCHECK_SDP_P));
    if (!other && damaged(record)) return sc_give_none(false);
    return (sc_value){ .truth = !other, .raw = other ? other->raw : (sipcheck_slice){ NULL, 0 } };
}

sc_value sc_field_sdp_session_name(const sc_field *self, const void *record)
{
    (void)self;
    return text_of(line(record, SIPCHECK_SDP_S), !damaged(record));
}

sc_value sc_field_sdp_session_name_is_utf8(const sc_field *self, const void *record)
{
    (void)self;
    return is_utf8(line(record, SIPCHECK_SDP_S), !damaged(record));
}

sc_value sc_field_sdp_session_info(const sc_field *self, const void *record)
{
    (void)self;
    return text_of(line(record, SIPCHECK_SDP_I), !damaged(record));
}

sc_value sc_field_sdp_session_info_is_utf8(const sc_field *self, const void *record)
{
    (void)self;
    return is_utf8(line(record, SIPCHECK_SDP_I), !damaged(record));
}

sc_value sc_field_sdp_uri(const sc_field *self, const void *record)
{
    (void)self;
    return text_of(line(record, SIPCHECK_SDP_U), !damaged(record));
}

/* --- lists of a section */

static sc_value lines_of(const sipcheck_sdp_section *section, enum sipcheck_sdp_line type)
{
    return give_list(section->lines[type],
                     section->damaged ? SC_MISSING_SYNTAX : SC_MISSING_NOTHING);
}

static const sipcheck_sdp_section *session_of(const void *record)
{
    return &((const sipcheck_sdp *)record)->session;
}

static const sipcheck_sdp_section *section_of(const void *record)
{
    return &((const sipcheck_sdp_media *)record)->section;
}

/* One accessor a list. */
#define LINES(ACCESSOR, SECTION, LINE)                                                             \
    sc_value sc_field_##ACCESSOR(const sc_field *self, const void *record)                         \
    {                                                                                              \
        (void)self;                                                                                \
        return lines_of(SECTION(record), SIPCHECK_SDP_##LINE);                                     \
    }
LINES(sdp_email, session_of, E)
LINES(sdp_phone, session_of, P)
LINES(sdp_connection_info, session_of, C)
LINES(sdp_bandwidth, session_of, B)
LINES(sdp_time, session_of, T)
LINES(sdp_repeat_time, session_of, R)
LINES(sdp_timezone, session_of, Z)
LINES(sdp_encryption_key, session_of, K)
LINES(sdp_session_attr, session_of, A)
LINES(sdp_media, session_of, M)
LINES(media_connection_info, section_of, C)
LINES(media_bandwidth, section_of, B)
LINES(media_encryption_key, section_of, K)
LINES(media_attr, section_of, A)
#undef LINES

sc_value sc_field_media_title(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_sdp_section *section = section_of(record);
    return text_of(section->lines[SIPCHECK_SDP_I], !section->damaged);
}

static sc_value attributes_of(const sipcheck_sdp_section *section, uint16_t attribute)
{
    return give_list(section->attributes[attribute],
                     section->damaged ? SC_MISSING_SYNTAX : SC_MISSING_NOTHING);
}

sc_value sc_field_session_attribute(const sc_field *self, const void *record)
{
    return attributes_of(session_of(record), self->attribute);
}

sc_value sc_field_media_attribute(const sc_field *self, const void *record)
{
    return attributes_of(section_of(record), self->attribute);
}
