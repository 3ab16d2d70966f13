/* SPDX-License-Identifier: MIT */
/* Header lines of the shape that nearly all have, with the map's help:
 *
 *     token ":" [ SP ] *( any byte ) CRLF      and no white space behind, so that no line folds
 *
 * The first line of another shape is left to lines.c, which takes these as well, with the same
 * outcome. */
#include "message/values.h"

/* A line that was split; end is NULL where the next one is not plain. */
typedef struct plain_line {
    const uint8_t *colon, *end; /* without its CRLF */
    enum sipcheck_header_id id;
} plain_line;

/* In front of the CRLF of the line at p, or NULL. */
static inline const uint8_t *plain_end(const sc_parse *in, const uint8_t *p, size_t line)
{
    if (line >= in->map.lf_count) return NULL;
    const uint8_t *lf = in->map.base + in->map.lf[line];
    /* An empty line is the first that is asked for: it ends all loops at the same place. */
    if (lf - p < 2 || lf[-1] != '\r' || lf + 1 >= in->faults.end) return NULL;
    return lf[1] > ' ' || (lf[1] != ' ' && lf[1] != '\t') ? lf - 1 : NULL;
}

static inline plain_line split(const sc_parse *in, const uint8_t *p, size_t line)
{
    const uint8_t *end = plain_end(in, p, line);
    if (!end) return (plain_line){ .end = NULL };
    const uint8_t *colon = sc_run(&in->map, SC_MAP_TOKEN, p);
    if (colon == p || *colon != ':') return (plain_line){ .end = NULL };
    return (plain_line){ colon, end, sc_header_of(sc_slice(p, colon), in->faults.end) };
}

/* One by one: a whole structure would be cleared first. */
static inline void fill_header(sipcheck_header *header, const uint8_t *start, const uint8_t *value,
                               plain_line line)
{
    header->name = sc_slice(start, line.colon);
    header->value = sc_slice(value, line.end);
    header->raw = sc_slice(start, line.end);
    header->first = NULL;
    header->values = 0;
    header->id = (uint16_t)line.id;
    header->compact = line.colon - start == 1 && line.id != SIPCHECK_HEADER_UNKNOWN;
    header->valid = true;
}

static inline void parse_line(sc_parse *in, sipcheck_header *header, const uint8_t *start,
                              plain_line line)
{
    const uint8_t *value = line.colon + 1 + (line.colon[1] == ' ');
    sc_cursor c = sc_cursor_over(value, line.end, &in->faults, NULL);
    c.mapped = true;
    fill_header(header, start, value, line);
    if (value == line.end || *value <= ' ' || line.end[-1] <= ' ') {
        header->value = sc_trim_blanks(header->value);
        if (line.id != SIPCHECK_HEADER_UNKNOWN) sc_lws(&c, 1);
    }
    in->msg->line_count[line.id]++;
    in->faults.header = header;
    if (line.id != SIPCHECK_HEADER_UNKNOWN)
        sc_parse_values(in, &c, header, (uint32_t)(header - in->headers));
    else
        sc_parse_extension(&c, header);
}

/* What the next line is gets known while the machine still waits for the parser of this one. */
const uint8_t *sc_parse_plain_lines(sc_parse *in, const uint8_t *p)
{
    size_t number = in->line;
    sipcheck_header *header = in->headers + in->msg->header_count;
    const sipcheck_header *last = in->headers + in->capacity;
    plain_line next = split(in, p, number);
    while (next.end && header < last) {
        const uint8_t *start = p;
        plain_line line = next;
        p = line.end + 2;
        next = split(in, p, ++number);
        parse_line(in, header++, start, line);
        if (in->faults.no_memory) break;
    }
    in->faults.header = NULL;
    in->line = number;
    in->msg->header_count = (size_t)(header - in->headers);
    return p;
}
