/* SPDX-License-Identifier: MIT */
/* The values of one header line, and their links across lines. RFC 3261 §7.3.1 */
#include "message/parse.h"

/* What parts the values of a list is there, and is skipped. Privacy has semicolons in RFC 3323 §4.2
 * and commas in its erratum 5184: both are taken. */
static inline bool next_value(sc_cursor *c)
{
    return c->separator &&
           (sc_separator(c, c->separator) || (c->separator == ';' && sc_separator(c, ',')));
}

/* Behind a value: the end, or the separator of a list. A value that holds a list itself ends at
 * what is no comma. */
static SC_COLD bool undelimited(sc_cursor *c, bool holds_list)
{
    const uint8_t *start = c->p;
    bool next = next_value(c);
    c->p = start;
    if (next) return true;
    if (c->separator == ';') return sc_miss(c, "SEMI, COMMA or end of field");
    return sc_miss(c, c->separator || holds_list ? "COMMA or end of field" : "end of field");
}

static inline bool delimited(const sc_cursor *c, const uint8_t *p)
{
    return p == c->end || (c->separator && *p == c->separator);
}

/* Go behind what could not be read: to the next element of a list. */
static SC_COLD void recover(sc_cursor *c)
{
    sc_report(c);
    if (c->separator)
        sc_resync(c, ',');
    else
        c->p = c->end;
}

/* NULL when there is no memory. */
static inline sipcheck_value *parse_value(sc_cursor *c, const sc_header_grammar *grammar)
{
    sipcheck_value *value = sc_take_memory(c, grammar->size);
    if (!value) return NULL;
    const uint8_t *start = c->p;
    value->kind = grammar->kind;
    c->far = NULL;
    c->failed = false;
    bool ok = grammar->parse(c, value);
    if (!ok || !(delimited(c, c->p) || undelimited(c, grammar->kind == SIPCHECK_KIND_AUTH)))
        recover(c);
    value->raw = sc_trim(sc_slice(start, c->p));
    value->valid = !c->failed;
    return value;
}

/* The same of a token that the map shows between separators; NULL: it is something else, or there
 * is no memory. */
static inline sipcheck_value *plain_token(sc_cursor *c)
{
    const uint8_t *start = c->p, *end = sc_run(c->map, SC_MAP_TOKEN, start);
    sipcheck_slice text = sc_slice(start, end);
    if (!text.n || !delimited(c, end)) return NULL;
    sipcheck_token *out = sc_arena_take(c->faults->arena, sizeof *out);
    if (!out) return NULL;
    c->p = end;
    *out = (sipcheck_token){
        .v = { .raw = text, .kind = SIPCHECK_KIND_TOKEN, .valid = true },
        .token = text,
    };
    return &out->v;
}

static bool holds_tokens(const sc_header_grammar *grammar)
{
    return grammar->kind == SIPCHECK_KIND_TOKEN &&
           (grammar->parse == sc_parse_method_item || grammar->parse == sc_parse_token_item);
}

/* The values of the line, linked from *tail on; returns where the next one of the header is linked.
 */
static inline const sipcheck_value **parse_line(sc_cursor *c, sipcheck_header *header,
                                                uint32_t line, const sipcheck_value **tail)
{
    const sc_header_grammar *grammar = &sc_header_grammars[header->id];
    bool tokens = c->mapped && holds_tokens(grammar), more = true;
    for (uint32_t count = 1; more; count++) {
        sipcheck_value *value = tokens ? plain_token(c) : NULL;
        if (!value) value = parse_value(c, grammar);
        if (!value) break;
        value->line = line;
        header->valid &= value->valid;
        header->values = count;
        if (count == 1) header->first = value;
        *tail = value;
        tail = &value->next;
        more = c->p != c->end && next_value(c) && !c->faults->no_memory;
        c->later = true;
    }
    return tail;
}

void sc_parse_values(sc_parse *in, sc_cursor *c, sipcheck_header *header)
{
    sipcheck_message *msg = in->msg;
    uint16_t id = header->id;
    const sc_header_grammar *grammar = &sc_header_grammars[id];
    c->production = &grammar->production;
    c->separator = grammar->separator;
    if (c->p < c->end && *c->p <= ' ') sc_lws(c, 1);
    if (c->p == c->end && grammar->may_be_empty) return;
    const sipcheck_value **tail = msg->values[id] ? in->tail[id] : &msg->values[id];
    in->tail[id] = parse_line(c, header, (uint32_t)msg->header_count, tail);
}
