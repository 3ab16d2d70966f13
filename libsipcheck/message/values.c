/* SPDX-License-Identifier: MIT */
/* The values of one header line, and their links across lines. RFC 3261 §7.3.1 */
#include "message/parse.h"

static size_t size_of(uint8_t kind)
{
    static const uint16_t sizes[] = {
        [SIPCHECK_KIND_TEXT] = sizeof(sipcheck_value),
        [SIPCHECK_KIND_TOKEN] = sizeof(sipcheck_token),
        [SIPCHECK_KIND_NUMBER] = sizeof(sipcheck_number),
        [SIPCHECK_KIND_ADDRESS] = sizeof(sipcheck_address),
        [SIPCHECK_KIND_VIA] = sizeof(sipcheck_via),
        [SIPCHECK_KIND_CSEQ] = sizeof(sipcheck_cseq),
        [SIPCHECK_KIND_AUTH] = sizeof(sipcheck_auth),
        [SIPCHECK_KIND_MEDIA] = sizeof(sipcheck_media),
        [SIPCHECK_KIND_DATE] = sizeof(sipcheck_date),
        [SIPCHECK_KIND_CALL_ID] = sizeof(sipcheck_call_id),
        [SIPCHECK_KIND_WARNING] = sizeof(sipcheck_warning),
        [SIPCHECK_KIND_STAMP] = sizeof(sipcheck_stamp),
        [SIPCHECK_KIND_RACK] = sizeof(sipcheck_rack),
        [SIPCHECK_KIND_PARAMS] = sizeof(sipcheck_params),
        [SIPCHECK_KIND_IDENTITY] = sizeof(sipcheck_identity),
    };
    return sizes[kind];
}

static sipcheck_value *add_value(sc_parse *in, sc_cursor *c, sipcheck_header *header)
{
    sipcheck_message *msg = in->msg;
    uint8_t kind = sc_header_grammar_of(header->id)->kind;
    sipcheck_value *value = sc_take_memory(c, size_of(kind));
    if (!value) return NULL;
    value->kind = kind;
    value->line = (uint32_t)msg->header_count;
    if (!msg->values[header->id]) in->tail[header->id] = &msg->values[header->id];
    *in->tail[header->id] = value;
    in->tail[header->id] = &value->next;
    msg->value_count[header->id]++;
    if (!header->first) header->first = value;
    header->values++;
    return value;
}

/* What parts the values of a list is there, and is skipped. Privacy has semicolons in RFC 3323 §4.2
 * and commas in its erratum 5184: both are taken. */
static bool next_value(sc_cursor *c)
{
    return c->separator &&
           (sc_separator(c, c->separator) || (c->separator == ';' && sc_separator(c, ',')));
}

/* Behind a value: the end, or the separator of a list. A value that holds a list itself ends at
 * what is no comma. */
static bool delimited(sc_cursor *c, bool holds_list)
{
    if (c->p == c->end) return true;
    const uint8_t *start = c->p;
    bool next = next_value(c);
    c->p = start;
    if (next) return true;
    if (c->separator == ';') return sc_miss(c, "SEMI, COMMA or end of field");
    return sc_miss(c, c->separator || holds_list ? "COMMA or end of field" : "end of field");
}

/* Go behind what could not be read: to the next element of a list. */
static void recover(sc_cursor *c)
{
    sc_report(c);
    if (c->separator)
        sc_resync(c, ',');
    else
        c->p = c->end;
}

static bool parse_value(sc_parse *in, sc_cursor *c, sipcheck_header *header)
{
    const sc_header_grammar *grammar = sc_header_grammar_of(header->id);
    sipcheck_value *value = add_value(in, c, header);
    if (!value) return false;
    const uint8_t *start = c->p;
    c->far = NULL;
    c->failed = false;
    if (!grammar->parse(c, value) || !delimited(c, grammar->kind == SIPCHECK_KIND_AUTH)) recover(c);
    value->raw = sc_trim(sc_slice(start, c->p));
    value->valid = !c->failed;
    header->valid &= value->valid;
    return !c->faults->no_memory;
}

void sc_parse_values(sc_parse *in, sc_cursor *c, sipcheck_header *header)
{
    const sc_header_grammar *grammar = sc_header_grammar_of(header->id);
    c->production = &grammar->production;
    c->separator = grammar->separator;
    sc_lws(c, 1);
    if (c->p == c->end && grammar->may_be_empty) return;
    while (parse_value(in, c, header) && next_value(c))
        c->later = true;
}
