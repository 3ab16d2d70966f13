/* SPDX-License-Identifier: MIT */
/* Lines and header fields. RFC 3261 §7.3.1 */
#include "message/values.h"

#include <string.h>

static bool blank_at(const uint8_t *p, const uint8_t *end)
{
    return p < end && (*p == ' ' || *p == '\t');
}

sc_line sc_next_line(const uint8_t *p, const uint8_t *end, bool folds)
{
    sc_line line = { .start = p, .end = end, .next = end };
    const uint8_t *lf;
    while (p < end && (lf = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        bool crlf = lf > line.start && lf[-1] == '\r';
        line.bare |= !crlf;
        p = lf + 1;
        if (folds && blank_at(p, end)) continue;
        line.end = crlf ? lf - 1 : lf;
        line.next = p;
        line.ended = true;
        line.whole = p < end;
        break;
    }
    return line;
}

SC_HOT sc_line sc_take_odd_line(sc_parse *in, const uint8_t *p, bool folds)
{
    const uint8_t *end = in->faults.end;
    sc_line line = sc_next_line(p, end, folds);
    while (in->line < in->map.lf_count && in->map.base + in->map.lf[in->line] < line.next)
        in->line++;
    return line;
}

void sc_report_bare(sc_parse *in, const sc_line *line)
{
    static const sc_production self = { "CRLF", "7", 3261 };
    const uint8_t *p = line->start;
    const uint8_t *lf;
    while (line->bare && p < line->next &&
           (lf = memchr(p, '\n', (size_t)(line->next - p))) != NULL) {
        if (lf == line->start || lf[-1] != '\r') sc_fault_add(&in->faults, lf, 1, &self, "CRLF");
        p = lf + 1;
    }
}

/* header-name HCOLON
 * HCOLON  =  *( SP / HTAB ) ":" SWS; the SWS is left to the value */
static bool name_and_colon(sc_cursor *c, sipcheck_header *header)
{
    if (!sc_take_span(c, SC_TOKEN, "header-name", &header->name)) return false;
    while (sc_at(c, ' ') || sc_at(c, '\t'))
        c->p++;
    return sc_take(c, ':', "HCOLON");
}

/* A name that is no token reaches up to the colon all the same; without a colon it is all there
 * is. */
static void salvage_name(sc_cursor *c, const sc_line *line, sipcheck_header *header)
{
    const uint8_t *colon = memchr(line->start, ':', (size_t)(line->end - line->start));
    header->name = sc_trim(sc_slice(line->start, colon ? colon : line->end));
    c->p = colon ? colon + 1 : line->end;
    if (!colon) c->end = line->end;
}

SC_HOT void sc_parse_extension(sc_cursor *c, sipcheck_header *header)
{
    static const sc_production extension = { "extension-header", "25.1", 3261 };
    c->production = &extension;
    if (!sc_header_value(c)) {
        sc_report(c);
        header->valid = false;
    }
}

/* The name, and what is wrong with the line as a whole; whether there is a colon. */
static bool read_name(sc_parse *in, sc_cursor *c, const sc_line *line, sipcheck_header *header)
{
    bool named = name_and_colon(c, header), colon = named;
    if (!named) {
        salvage_name(c, line, header);
        colon = c->p > line->start && c->p[-1] == ':';
    }
    header->id = (uint16_t)sipcheck_header_lookup(header->name);
    in->faults.muted = in->cut && !line->whole;
    if (line->bare) sc_report_bare(in, line);
    if (!named) sc_report(c);
    header->valid = named && !line->bare;
    return colon;
}

bool sc_parse_header(sc_parse *in, const sc_line *line, sipcheck_header *header)
{
    static const sc_production self = { "message-header", "25.1", 3261 };
    sc_cursor c = sc_cursor_over(line->start, line->end, &in->faults, &self);
    *header = (sipcheck_header){ .name.p = NULL };
    in->faults.header = header;
    header->raw = sc_slice(line->start, line->end);
    bool colon = read_name(in, &c, line, header);
    header->compact = header->name.n == 1 && header->id != SIPCHECK_HEADER_UNKNOWN;
    in->msg->line_count[header->id]++;
    header->value = sc_trim(sc_slice(c.p, c.end));
    c.far = NULL;
    c.failed = false;
    if (colon && header->id != SIPCHECK_HEADER_UNKNOWN) {
        sc_lws(&c, 1);
        sc_parse_values(in, &c, header);
    } else if (colon) {
        sc_parse_extension(&c, header);
    }
    in->faults.header = NULL;
    in->faults.muted = false;
    return !in->faults.no_memory;
}
