/* SPDX-License-Identifier: MIT */
#include "message/values.h"

/* What parts the values of a list is there, and is skipped. Privacy has semicolons in RFC 3323 §4.2
 * and commas in its erratum 5184: both are taken. */
static inline bool next_value(sc_cursor *c)
{
    return c->separator &&
           (sc_separator(c, c->separator) || (c->separator == ';' && sc_separator(c, ',')));
}

static inline bool delimited(const sc_cursor *c, const uint8_t *p)
{
    return p == c->end || (c->separator && *p == c->separator);
}

/* Behind a value: the end, or the separator of a list, with white space; or else that is missed. A
 * value that holds a list itself ends at what is no comma. */
static SC_COLD bool undelimited(sc_cursor *c, bool holds_list)
{
    const uint8_t *start = c->p;
    bool next = next_value(c);
    c->p = start;
    if (next) return true;
    if (c->separator == ';') return sc_miss(c, "SEMI, COMMA or end of field");
    return sc_miss(c, c->separator || holds_list ? "COMMA or end of field" : "end of field");
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

static inline sipcheck_token *take_token(sc_cursor *c, sipcheck_slice text, uint32_t line)
{
    sipcheck_token *out = sc_arena_take(c->faults->arena, sizeof *out);
    if (!out) return NULL;
    *out = (sipcheck_token){
        .v = { .raw = text, .line = line, .kind = SIPCHECK_KIND_TOKEN, .valid = true },
        .token = text,
    };
    return out;
}

/* token *( "," [ SP ] token ): as much of it as the map shows, linked from *tail on. Returns where
 * the next value is linked; c->p is behind the last one.
 * Where the tokens end is read from one word of the map, for as long as that lasts: the next one
 * need not wait for the bytes in front of it. Not inline: who calls it would run out of registers.
 */
static const sipcheck_value **plain_tokens(sc_cursor *c, sipcheck_header *header, uint32_t line,
                                           const sipcheck_value **tail)
{
    const uint8_t *p = c->p, *from = p, *behind = p;
    uint64_t stops = sc_map_bits(c->map, SC_MAP_TOKEN, (size_t)(p - c->map->base));
    uint32_t count = 0;
    while (stops && sc_classes[*p] & SC_TOKEN) {
        const uint8_t *end = from + (unsigned)__builtin_ctzll(stops);
        sipcheck_token *out = delimited(c, end) ? take_token(c, sc_slice(p, end), line) : NULL;
        if (!out) break;
        *tail = &out->v;
        tail = &out->v.next;
        count++;
        behind = end;
        if (end == c->end) break;
        p = end + 1 + (end[1] == ' ');
        stops &= stops + (stops & -stops); /* without the lowest ones in a row */
        if (stops) continue;
        from = p;
        stops = sc_map_bits(c->map, SC_MAP_TOKEN, (size_t)(p - c->map->base));
    }
    header->values += count;
    c->p = behind;
    return tail;
}

static inline bool holds_tokens(const sc_header_grammar *grammar)
{
    return grammar->kind == SIPCHECK_KIND_TOKEN &&
           (grammar->parse == sc_parse_method_item || grammar->parse == sc_parse_token_item);
}

/* More values behind the first one. */
static inline bool more_values(sc_cursor *c)
{
    return c->p != c->end && next_value(c) && !c->faults->no_memory;
}

/* What its parser, which said `ok`, left of a value that begins at start. */
static inline void end_value(sc_cursor *c, const sc_header_grammar *grammar, const uint8_t *start,
                             bool ok, sipcheck_value *value)
{
    if (!ok || (!delimited(c, c->p) && !undelimited(c, grammar->kind == SIPCHECK_KIND_AUTH)))
        recover(c);
    value->raw = sc_trim(sc_slice(start, c->p));
    value->kind = grammar->kind;
    value->valid = !c->failed;
}

/* A value that was parsed from start on, and those behind it. The header has none yet. */
static SC_HOT void link_values(sc_parse *in, sc_cursor *c, sipcheck_header *header,
                               const uint8_t *start, sipcheck_value *value, bool ok)
{
    uint32_t line = (uint32_t)(header - in->headers);
    const sc_header_grammar *grammar = &sc_header_grammars[header->id];
    const sipcheck_value **tail = sc_value_tail(in, header->id);
    header->first = value;
    for (;;) {
        end_value(c, grammar, start, ok, value);
        value->line = line;
        header->valid &= value->valid;
        header->values++;
        *tail = value;
        tail = &value->next;
        if (!more_values(c)) break;
        c->later = true;
        c->far = NULL;
        c->failed = false;
        if (c->mapped && holds_tokens(grammar)) {
            const sipcheck_value **before = tail;
            tail = plain_tokens(c, header, line, tail);
            if (tail != before && !more_values(c)) break;
        }
        value = sc_take_value(c, grammar);
        if (!value) break;
        start = c->p;
        ok = grammar->parse(c, value);
    }
    in->tail[header->id] = tail;
}

SC_HOT void sc_parse_behind(sc_parse *in, sc_cursor *c, sipcheck_header *header,
                            sipcheck_value *value, bool ok)
{
    header->values = 0;
    header->compact = header->name.n == 1;
    header->valid = true;
    link_values(in, c, header, header->value.p, value, ok);
}

void sc_parse_values(sc_parse *in, sc_cursor *c, sipcheck_header *header)
{
    const sc_header_grammar *grammar = &sc_header_grammars[header->id];
    c->production = &grammar->production;
    c->separator = grammar->separator;
    if (c->p == c->end && grammar->may_be_empty) return;
    const uint8_t *start = c->p;
    sipcheck_value *value = sc_take_value(c, grammar);
    if (!value) return;
    link_values(in, c, header, start, value, grammar->parse(c, value));
}
