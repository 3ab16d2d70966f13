/* SPDX-License-Identifier: MIT */
/* multipart-body  :=  [preamble CRLF] dash-boundary transport-padding CRLF body-part
 *                     *encapsulation close-delimiter transport-padding [CRLF epilogue]
 * encapsulation    :=  delimiter transport-padding CRLF body-part
 * delimiter        :=  CRLF dash-boundary
 * close-delimiter  :=  delimiter "--"
 * dash-boundary    :=  "--" boundary
 * body-part        :=  MIME-part-headers [CRLF *OCTET]      RFC 2046 §5.1.1 */
#include "message/bodies.h"

#include <string.h>

enum { BOUNDARY_MAX = 70 };

static const sc_production self = { "multipart-body", "5.1.1", 2046 };

/* A delimiter's line. start == NULL: there is none. */
typedef struct delimiter {
    const uint8_t *start, *next;
    bool close;
} delimiter;

/* The boundary parameter without its quotes; absent where there is none. */
static sipcheck_slice boundary_of(const sipcheck_media *type)
{
    const sipcheck_param *param = sipcheck_param_find(type->params, "boundary");
    sipcheck_slice text = param ? param->value : (sipcheck_slice){ NULL, 0 };
    if (!param || !param->quoted || text.n < 2) return text;
    return (sipcheck_slice){ text.p + 1, text.n - 2 };
}

/* boundary      :=  0*69<bchars> bcharsnospace
 * bcharsnospace :=  DIGIT / ALPHA / "'" / "(" / ")" / "+" / "_" / "," / "-" / "." / "/" / ":" /
 *                   "=" / "?" */
static const uint8_t *bad_byte(sipcheck_slice boundary)
{
    for (size_t i = 0; i < boundary.n; i++) {
        uint8_t byte = boundary.p[i];
        bool plain = sc_classes[byte] & SC_ALNUM || (byte && strchr("'()+_,-./:=?", byte));
        bool space = byte == ' ' && i + 1 < boundary.n;
        if ((!plain && !space) || i == BOUNDARY_MAX) return boundary.p + i;
    }
    return boundary.n ? NULL : boundary.p;
}

static bool begins_delimiter(const sc_line *line, sipcheck_slice boundary)
{
    const uint8_t *p = line->start;
    size_t n = (size_t)(line->end - p);
    return n >= boundary.n + 2 && p[0] == '-' && p[1] == '-' &&
           memcmp(p + 2, boundary.p, boundary.n) == 0;
}

/* dash-boundary ["--"] transport-padding, and nothing else in the line */
static bool is_delimiter(const sc_line *line, sipcheck_slice boundary, bool *ret_close)
{
    if (!begins_delimiter(line, boundary)) return false;
    const uint8_t *p = line->start + 2 + boundary.n;
    *ret_close = line->end - p >= 2 && p[0] == '-' && p[1] == '-';
    if (*ret_close) p += 2;
    while (p < line->end && (*p == ' ' || *p == '\t'))
        p++;
    return p == line->end;
}

static delimiter find_delimiter(const uint8_t *p, const uint8_t *end, sipcheck_slice boundary)
{
    while (p < end) {
        sc_line line = sc_next_line(p, end, false);
        bool close;
        if (is_delimiter(&line, boundary, &close))
            return (delimiter){ line.start, line.next, close };
        p = line.next;
    }
    return (delimiter){ NULL, end, false };
}

/* The line end in front of a delimiter belongs to it. */
static const uint8_t *before_line_end(const uint8_t *start, const uint8_t *p)
{
    if (p > start && p[-1] == '\n') p--;
    if (p > start && p[-1] == '\r') p--;
    return p;
}

static void parse_body_part(sc_bodies *in, sipcheck_slice text, uint8_t depth)
{
    const sipcheck_message *head = NULL;
    int error = sc_parse_fragment(&in->faults, text, SC_FRAGMENT_HEAD, &head);
    if (error) {
        in->error = error;
        return;
    }
    sipcheck_part *part = sc_add_part(in, head->body, head, depth);
    if (part) sc_parse_part(in, part);
    in->faults.body = SIPCHECK_BODY_MULTIPART;
}

static void parse_parts(sc_bodies *in, const sipcheck_part *part, sipcheck_slice boundary)
{
    const uint8_t *end = part->v.raw.p + part->v.raw.n;
    delimiter at = find_delimiter(part->v.raw.p, end, boundary);
    if (!at.start) {
        sc_fault_add(&in->faults, part->v.raw.p, part->v.raw.n > 0, &self, "dash-boundary");
        return;
    }
    while (at.start && !at.close && !in->error && in->parts < SIPCHECK_PART_MAX) {
        const uint8_t *start = at.next;
        at = find_delimiter(start, end, boundary);
        const uint8_t *stop = at.start ? before_line_end(start, at.start) : end;
        parse_body_part(in, sc_slice(start, stop), (uint8_t)(part->depth + 1));
    }
    if (in->parts == SIPCHECK_PART_MAX) in->body->readable = false;
    if (!at.start) sc_fault_add(&in->faults, end, 0, &self, "close-delimiter");
}

/* A quoted-pair stands for another byte than itself: such a boundary is not looked for. */
static bool is_escaped(sipcheck_slice boundary)
{
    return boundary.p && memchr(boundary.p, '\\', boundary.n);
}

void sc_parse_multipart(sc_bodies *in, const sipcheck_part *part)
{
    static const sc_production grammar = { "boundary", "5.1.1", 2046 };
    sipcheck_slice boundary = boundary_of(part->type);
    if (part->depth == SIPCHECK_PART_DEPTH_MAX || is_escaped(boundary)) {
        in->body->readable = false;
        return;
    }
    const uint8_t *bad = boundary.p ? bad_byte(boundary) : part->type->v.raw.p;
    if (bad)
        sc_fault_add(&in->faults, bad, bad < in->faults.end, &grammar,
                     "boundary of 1 to 70 characters");
    if (boundary.n)
        parse_parts(in, part, boundary);
    else
        in->body->readable = false;
}
