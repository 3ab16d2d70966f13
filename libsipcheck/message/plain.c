/* SPDX-License-Identifier: MIT */
/* Header lines of the shape that nearly all have, with the map's help:
 *
 *     token ":" [ SP ] *( any byte ) CRLF      and no white space behind, so that no line folds
 *
 * The first line of another shape is left to lines.c, which takes these as well, with the same
 * outcome. */
#include "message/values.h"

/* In front of the CRLF of the line at p, or NULL. */
static inline const uint8_t *plain_end(const sc_parse *in, const uint8_t *p)
{
    if (in->line >= in->map.lf_count) return NULL;
    const uint8_t *lf = in->map.base + in->map.lf[in->line];
    if (lf <= p || lf[-1] != '\r' || lf + 1 >= in->faults.end) return NULL;
    return lf[1] != ' ' && lf[1] != '\t' ? lf - 1 : NULL;
}

static inline sipcheck_slice plain_value(const uint8_t *p, const uint8_t *end)
{
    sipcheck_slice value = sc_slice(p, end);
    return p < end && (*p <= ' ' || end[-1] <= ' ') ? sc_trim_blanks(value) : value;
}

static void parse_line(sc_parse *in, const uint8_t *start, const uint8_t *colon, const uint8_t *end)
{
    sipcheck_header *header = &in->headers[in->msg->header_count];
    const uint8_t *value = colon + 1 + (colon[1] == ' ');
    sipcheck_slice name = sc_slice(start, colon);
    enum sipcheck_header_id id = sc_header_of(name, in->faults.end);
    *header = (sipcheck_header){ .name = name,
                                 .value = plain_value(value, end),
                                 .raw = sc_slice(start, end),
                                 .id = (uint16_t)id,
                                 .compact = name.n == 1 && id != SIPCHECK_HEADER_UNKNOWN,
                                 .valid = true };
    in->msg->line_count[id]++;
    in->faults.header = header;
    sc_cursor c = sc_cursor_over(value, end, &in->faults, NULL);
    c.mapped = true;
    if (id != SIPCHECK_HEADER_UNKNOWN)
        sc_parse_values(in, &c, header);
    else
        sc_parse_extension(&c, header);
    in->faults.header = NULL;
    in->msg->header_count++;
}

const uint8_t *sc_parse_plain_lines(sc_parse *in, const uint8_t *p)
{
    const uint8_t *end;
    while (in->msg->header_count < in->capacity && (end = plain_end(in, p)) != NULL) {
        const uint8_t *colon = sc_run(&in->map, SC_MAP_TOKEN, p);
        if (colon == p || *colon != ':') break;
        parse_line(in, p, colon, end);
        p = end + 2;
        in->line++;
        if (in->faults.no_memory) break;
    }
    return p;
}
