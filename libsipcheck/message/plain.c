/* SPDX-License-Identifier: MIT */
/* Header lines of the shape that nearly all have, with the map's help:
 *
 *     token ":" [ SP ] value CRLF
 *
 * with a value that neither begins nor ends with white space, and none behind, so that no line
 * folds. The first line of another shape is left to lines.c, which takes these as well, with the
 * same outcome. */
#include "message/values.h"

/* A line that was split; end is NULL where the next one is not plain. */
typedef struct plain_line {
    const uint8_t *value, *end; /* without its CRLF */
    size_t name;                /* its length */
    enum sipcheck_header_id id;
} plain_line;

/* In front of the CRLF of the line at p, or NULL. */
static inline const uint8_t *plain_end(const sc_parse *in, const uint8_t *p, size_t line,
                                       size_t lines)
{
    if (line >= lines) return NULL;
    const uint8_t *lf = in->map.base + in->map.lf[line];
    /* An empty line is the first that is asked for: it ends all loops at the same place. */
    if (lf - p < 2 || lf[-1] != '\r') return NULL;
    return lf[1] > ' ' || (lf[1] != ' ' && lf[1] != '\t') ? lf - 1 : NULL;
}

static inline plain_line split(const sc_parse *in, const uint8_t *p, size_t line, size_t lines)
{
    const uint8_t *end = plain_end(in, p, line, lines);
    if (!end) return (plain_line){ .end = NULL };
    const uint8_t *colon = sc_run(&in->map, SC_MAP_TOKEN, p);
    if (colon == p || *colon != ':') return (plain_line){ .end = NULL };
    const uint8_t *value = colon + 1 + (colon[1] == ' ');
    /* Of an empty value, the first of them is the CR. */
    if (*value <= ' ' || end[-1] <= ' ') return (plain_line){ .end = NULL };
    sipcheck_slice name = sc_slice(p, colon);
    return (plain_line){ value, end, name.n, sc_header_of(name, in->faults.end) };
}

/* How many of the map's lines may be plain: there is a byte behind them, and room in in->headers.
 */
static inline size_t count_lines(const sc_parse *in)
{
    const sc_classmap *map = &in->map;
    size_t lines = map->lf_count, room = in->line + in->capacity - in->msg->header_count;
    if (lines && map->base + map->lf[lines - 1] + 1 == in->faults.end) lines--;
    return lines < room ? lines : room;
}

typedef bool parse_fn(sc_cursor *c, sipcheck_value *out);

/* So that the call is one of a register, which is loaded early: where it goes is known some cycles
 * later if it is one of memory, and it is mostly foreseen wrongly. */
static inline parse_fn *in_register(parse_fn *parse)
{
#if defined(__GNUC__)
    __asm__("" : "+r"(parse));
#endif
    return parse;
}

/* The only value of a line. */
static inline void complete(sc_parse *in, const sc_cursor *c, sipcheck_header *header,
                            sipcheck_value *value)
{
    uint16_t id = header->id;
    bool valid = !c->failed;
    value->raw = sc_slice(header->value.p, c->end);
    value->line = (uint32_t)(header - in->headers);
    value->kind = sc_header_grammars[id].kind;
    value->valid = valid;
    header->first = value;
    header->values = 1;
    header->compact = header->name.n == 1;
    header->valid = valid;
    *sc_value_tail(in, id) = value;
    in->tail[id] = &value->next;
}

/* The value of a known header, or the first of them. In front of the call of its parser nothing is
 * done but what must be. */
static inline void parse_known(sc_parse *in, sc_cursor *c, sipcheck_header *header,
                               enum sipcheck_header_id id, parse_fn *parse)
{
    const sc_header_grammar *grammar = &sc_header_grammars[id];
    c->production = &grammar->production;
    c->separator = grammar->separator;
    sipcheck_value *value = sc_take_value(c, grammar);
    if (!value) return;
    bool ok = parse(c, value);
    if (ok && c->p == c->end)
        complete(in, c, header, value);
    else
        sc_parse_behind(in, c, header, value, ok);
}

static inline void parse_unknown(sc_cursor *c, sipcheck_header *header)
{
    header->first = NULL;
    header->values = 0;
    header->compact = false;
    header->valid = true;
    sc_parse_extension(c, header);
}

/* What is known of a line before it is parsed: of the header what faults want to know. */
static inline void begin_line(sc_parse *in, sc_cursor *c, sipcheck_header *header,
                              const uint8_t *start, plain_line line)
{
    header->name = (sipcheck_slice){ start, line.name };
    header->value.p = c->p = line.value;
    header->id = (uint16_t)line.id;
    c->end = line.end;
    c->far = NULL;
    c->mapped = true;
    c->separator = 0;
    c->later = c->quiet = c->failed = c->unquoted = c->unangled = false;
    in->faults.header = header;
}

static inline void parse_line(sc_parse *in, sc_cursor *c, sipcheck_header *header,
                              enum sipcheck_header_id id, parse_fn *parse)
{
    if (id != SIPCHECK_HEADER_UNKNOWN)
        parse_known(in, c, header, id, parse);
    else
        parse_unknown(c, header);
    const uint8_t *first = header->name.p, *end = c->end;
    header->value.n = (size_t)(end - header->value.p);
    header->raw = sc_slice(first, end);
    in->msg->line_count[header->id]++;
}

/* What the next line is gets known while the machine still waits for the parser of this one. */
SC_HOT const uint8_t *sc_parse_plain_lines(sc_parse *in, const uint8_t *p)
{
    size_t number = in->line, lines = count_lines(in);
    sipcheck_header *header = in->headers + in->msg->header_count;
    sc_cursor c = sc_cursor_over(p, p, &in->faults, NULL);
    plain_line next = split(in, p, number, lines);
    while (next.end) {
        enum sipcheck_header_id id = next.id;
        parse_fn *parse = in_register(sc_header_grammars[id].parse);
        begin_line(in, &c, header, p, next);
        p = next.end + 2;
        next = split(in, p, ++number, lines);
        parse_line(in, &c, header++, id, parse);
        if (in->faults.no_memory) break;
    }
    in->faults.header = NULL;
    in->line = number;
    in->msg->header_count = (size_t)(header - in->headers);
    return p;
}
