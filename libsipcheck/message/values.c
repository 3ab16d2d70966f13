/* SPDX-License-Identifier: MIT */
/* The values of one header line, and their links across lines. RFC 3261 §7.3.1 */
#include "message/parse.h"

static sipcheck_value *add_value(sc_parse *in, sc_cursor *c, sipcheck_header *header,
                                 const sc_header_grammar *grammar)
{
    sipcheck_message *msg = in->msg;
    sipcheck_value *value = sc_take_memory(c, grammar->size);
    if (!value) return NULL;
    value->kind = grammar->kind;
    value->line = (uint32_t)msg->header_count;
    if (msg->values[header->id])
        *in->tail[header->id] = value;
    else
        msg->values[header->id] = value;
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
static bool undelimited(sc_cursor *c, bool holds_list)
{
    const uint8_t *start = c->p;
    bool next = next_value(c);
    c->p = start;
    if (next) return true;
    if (c->separator == ';') return sc_miss(c, "SEMI, COMMA or end of field");
    return sc_miss(c, c->separator || holds_list ? "COMMA or end of field" : "end of field");
}

static inline bool delimited(sc_cursor *c, bool holds_list)
{
    bool plain = c->p == c->end || (c->separator && *c->p == c->separator);
    return plain || undelimited(c, holds_list);
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

static bool parse_value(sc_parse *in, sc_cursor *c, sipcheck_header *header,
                        const sc_header_grammar *grammar)
{
    sipcheck_value *value = add_value(in, c, header, grammar);
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
    const sc_header_grammar *grammar = &sc_header_grammars[header->id];
    c->production = &grammar->production;
    c->separator = grammar->separator;
    sc_lws(c, 1);
    if (c->p == c->end && grammar->may_be_empty) return;
    while (parse_value(in, c, header, grammar) && next_value(c))
        c->later = true;
}
