/* SPDX-License-Identifier: MIT */
/* Members of a message and of a header field line. */
#include <string.h>

#include "fields/get.h"

/* The headers go on behind what the capture kept. */
static bool headers_cut(const sipcheck_message *msg)
{
    return msg->cut && !msg->headers_whole;
}

/* The capture's cut goes through the start line. */
bool sc_start_line_cut(const sipcheck_message *msg)
{
    sipcheck_slice line = msg->start_line;
    return headers_cut(msg) && msg->header_count == 0 &&
           (!line.p || line.p + line.n >= msg->bytes + msg->length);
}

/* A part of the start line of a message of the other kind is absent; without a start line, or with
 * a broken one, nobody knows. */
static sc_value start_line_part(const sipcheck_message *msg, bool right_kind, sipcheck_slice part)
{
    if (sc_start_line_cut(msg)) return sc_give_unknown(SC_MISSING_START_LINE);
    if (right_kind && part.p) return sc_give_text(part, true);
    if (right_kind || !(msg->is_request || msg->is_response))
        return sc_give_unknown(SC_MISSING_START_LINE);
    return sc_give_none(true);
}

static const sipcheck_message *message_of(const void *record)
{
    return ((const sc_observed *)record)->message;
}

sc_value sc_field_observed_sip(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_record(record, message_of(record)->start_line);
}

static sc_value kind_of_message(const sipcheck_message *msg, bool truth)
{
    if (sc_start_line_cut(msg)) return sc_give_unknown(SC_MISSING_START_LINE);
    return (sc_value){ .truth = truth, .raw = msg->start_line };
}

sc_value sc_field_is_request(const sc_field *self, const void *record)
{
    (void)self;
    return kind_of_message(message_of(record), message_of(record)->is_request);
}

sc_value sc_field_is_response(const sc_field *self, const void *record)
{
    (void)self;
    return kind_of_message(message_of(record), message_of(record)->is_response);
}

sc_value sc_field_request_line(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    return start_line_part(msg, msg->is_request, msg->start_line);
}

sc_value sc_field_status_line(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    return start_line_part(msg, msg->is_response, msg->start_line);
}

sc_value sc_field_method(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    return start_line_part(msg, msg->is_request, msg->method);
}

sc_value sc_field_r_uri(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    sc_value v = start_line_part(msg, msg->is_request, msg->request_uri.raw);
    v.record = &msg->request_uri;
    return v;
}

sc_value sc_field_version(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    return start_line_part(msg, true, msg->version);
}

sc_value sc_field_status_code(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    sc_value v = start_line_part(msg, msg->is_response, msg->status_text);
    v.number = msg->status == UINT32_MAX ? INT64_MAX : msg->status;
    return v;
}

sc_value sc_field_reason_phrase(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    return start_line_part(msg, msg->is_response, msg->reason);
}

sc_value sc_field_transport(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(((const sc_observed *)record)->transport, true);
}

sc_value sc_field_group(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(((const sc_observed *)record)->group, true);
}

sc_value sc_field_message_length(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    if (msg->cut) return sc_give_unknown(SC_MISSING_BODY);
    return sc_give_number(msg->length, msg->start_line);
}

sc_value sc_field_msg_body(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    if (msg->cut) return sc_give_unknown(SC_MISSING_BODY);
    return msg->body.n > 0 ? sc_give_text(msg->body, true) : sc_give_none(true);
}

sc_value sc_field_body_length(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    if (msg->cut) return sc_give_unknown(SC_MISSING_BODY);
    return sc_give_number(msg->body.n + msg->surplus.n, msg->body);
}

sc_value sc_field_headers(const sc_field *self, const void *record)
{
    (void)self;
    const sipcheck_message *msg = message_of(record);
    bool cut = headers_cut(msg);
    return (sc_value){ .raw.n = msg->header_count,
                       .record = msg->headers,
                       .list = SC_LIST_HEADERS,
                       .missing = cut ? SC_MISSING_HEADERS : SC_MISSING_NOTHING,
                       .cut_at = cut ? (uint32_t)msg->header_count - 1 : UINT32_MAX };
}

/* A line of this header was sent of which no value could be read. */
static bool has_unreadable_line(const sipcheck_message *msg, unsigned id)
{
    if (msg->valid || msg->line_count[id] == 0) return false;
    for (size_t i = 0; i < msg->header_count; i++) {
        const sipcheck_header *h = &msg->headers[i];
        if (h->id == id && h->values == 0 && !h->valid) return true;
    }
    return false;
}

static sc_value header_list(const sipcheck_message *msg, unsigned id)
{
    const sipcheck_value *first = msg->values[id];
    if (headers_cut(msg))
        return (sc_value){ .record = first,
                           .missing = SC_MISSING_HEADERS,
                           .list = SC_LIST_VALUES,
                           .cut_at = (uint32_t)msg->header_count - 1 };
    if (has_unreadable_line(msg, id))
        return (sc_value){ .record = first,
                           .missing = SC_MISSING_SYNTAX,
                           .list = SC_LIST_VALUES,
                           .cut_at = UINT32_MAX };
    return (sc_value){ .record = first, .list = SC_LIST_VALUES, .cut_at = UINT32_MAX };
}

/* The value of a line that has none because nothing is a legal value: "Subject:" */
static const sipcheck_value empty_text = { .raw = { (const uint8_t *)"", 0 }, .valid = true };

static sc_value header_one(const sipcheck_message *msg, unsigned id, sc_type type)
{
    if (msg->line_count[id] == 0)
        return headers_cut(msg) ? sc_give_unknown(SC_MISSING_HEADERS) : sc_give_none(true);
    const sipcheck_value *value = msg->values[id];
    if (!value && type == SC_TYPE_TEXT && !has_unreadable_line(msg, id)) value = &empty_text;
    if (!value) return sc_give_none(false);
    /* the last line that was kept may go on behind the cut, even when its CRLF is there: folds */
    if (headers_cut(msg) && value->line + 1 == msg->header_count)
        return sc_give_unknown(SC_MISSING_HEADERS);
    return sc_give_record(value, value->raw);
}

sc_value sc_field_header(const sc_field *self, const void *record)
{
    const sipcheck_message *msg = message_of(record);
    return self->type & SC_LIST ? header_list(msg, self->header)
                                : header_one(msg, self->header, self->type);
}

sc_value sc_header_lines(const sc_field *header, const void *record)
{
    const sipcheck_message *msg = message_of(record);
    return headers_cut(msg) ? sc_give_unknown(SC_MISSING_HEADERS)
                            : sc_give_number(msg->line_count[header->header], msg->start_line);
}

sc_value sc_header_count(const sc_field *header, const void *record)
{
    const sipcheck_message *msg = message_of(record);
    if (headers_cut(msg)) return sc_give_unknown(SC_MISSING_HEADERS);
    if (has_unreadable_line(msg, header->header)) return sc_give_unknown(SC_MISSING_SYNTAX);
    bool list = header->type & SC_LIST;
    return sc_give_number(list ? sipcheck_count(msg, header->header)
                               : msg->line_count[header->header],
                          msg->start_line);
}

/* The cut took the colon of the last line, and maybe a part of its name. */
static bool last_name_cut(const sipcheck_message *msg)
{
    if (!headers_cut(msg) || msg->header_count == 0) return false;
    sipcheck_slice line = msg->headers[msg->header_count - 1].raw;
    return line.n == 0 || !memchr(line.p, ':', line.n);
}

static bool line_sent(const sipcheck_message *msg, unsigned id)
{
    uint32_t lines = msg->line_count[id];
    if (lines == 1 && last_name_cut(msg) && msg->headers[msg->header_count - 1].id == id)
        return false;
    return lines > 0;
}

sc_value sc_header_exists(const sc_field *header, const void *record)
{
    const sipcheck_message *msg = message_of(record);
    unsigned id = header->header;
    bool list = header->type & SC_LIST;
    bool sent = line_sent(msg, id);
    if (sent && list) sent = sipcheck_count(msg, id) > 0 || has_unreadable_line(msg, id);
    return !sent && headers_cut(msg) ? sc_give_unknown(SC_MISSING_HEADERS) : sc_give_truth(sent);
}

sc_value sc_field_header_name(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(((const sipcheck_header *)record)->name, true);
}

sc_value sc_field_header_value(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_text(((const sipcheck_header *)record)->value, true);
}

sc_value sc_field_header_known(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_truth(((const sipcheck_header *)record)->id != SIPCHECK_HEADER_UNKNOWN);
}

sc_value sc_field_header_compact(const sc_field *self, const void *record)
{
    (void)self;
    return sc_give_truth(((const sipcheck_header *)record)->compact);
}
