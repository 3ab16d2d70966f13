/* SPDX-License-Identifier: MIT */
/* What the files of this room share while one message is parsed. */
#ifndef SC_MESSAGE_PARSE_H
#define SC_MESSAGE_PARSE_H

#include "message/headers.h"

typedef struct sc_parse {
    sc_faults faults;
    sipcheck_message *msg;
    sipcheck_header *headers; /* capacity of them; msg->header_count are filled */
    size_t capacity;
    bool cut;      /* SIPCHECK_CUT */
    bool fragment; /* a part of a message: it may end anywhere */
    enum sc_simd simd;
    /* Not cleared at the beginning: */
    const sipcheck_value **tail[SIPCHECK_HEADER_COUNT]; /* where the next value is linked, if any */
    sc_classmap map;
    size_t line; /* map.lf from here on are in front */
} sc_parse;

/* sipcheck_parse with no more than that machine code. */
int sc_parse_message(sipcheck_arena *arena, const uint8_t *bytes, size_t len, unsigned flags,
                     enum sc_simd simd, const sipcheck_message **ret_msg);

/* A line, its folds included. */
typedef struct sc_line {
    const uint8_t *start, *end; /* without its line end */
    const uint8_t *next;        /* behind its line end */
    bool whole;                 /* it has a line end, and the byte behind it was seen */
    bool ended;                 /* it has a line end */
    bool bare;                  /* a LF without CR is in it or ends it */
} sc_line;

/* folds: lines that begin with white space continue it. */
sc_line sc_next_line(const uint8_t *p, const uint8_t *end, bool folds);

/* The same, by the map, which is renewed where p lies behind it. */
sc_line sc_take_odd_line(sc_parse *in, const uint8_t *p, bool folds);
static inline sc_line sc_take_line(sc_parse *in, const uint8_t *p, bool folds)
{
    const uint8_t *end = in->faults.end;
    if ((size_t)(p - in->map.base) >= in->map.n) {
        sc_classmap_fill(&in->map, p, end, in->simd);
        in->line = 0;
    }
    if (in->line < in->map.lf_count) {
        const uint8_t *lf = in->map.base + in->map.lf[in->line];
        bool crlf = lf > p && lf[-1] == '\r', more = lf + 1 < end;
        if (crlf && more && !(folds && (lf[1] == ' ' || lf[1] == '\t'))) {
            in->line++;
            return (sc_line){ p, lf - 1, lf + 1, true, true, false };
        }
    }
    return sc_take_odd_line(in, p, folds);
}

/* A fault for each LF of the line that has no CR in front. */
void sc_report_bare(sc_parse *in, const sc_line *line);

/* Parse a header line of any shape into `header`. false when there is no memory. */
SC_COLD bool sc_parse_header(sc_parse *in, const sc_line *line, sipcheck_header *header);

/* Parse the header lines from p on as long as they are plain, and there is room for them in
 * in->headers; returns where the next one begins. */
const uint8_t *sc_parse_plain_lines(sc_parse *in, const uint8_t *p);

/* The value of an extension-header: c is behind its colon. */
void sc_parse_extension(sc_cursor *c, sipcheck_header *header);

/* The first Content-Length that could be read; UINT64_MAX: none. */
uint64_t sc_content_length(const sipcheck_message *msg);

/* Body and surplus behind the headers, by Content-Length. */
void sc_split_body(sipcheck_message *msg, const uint8_t *rest, bool cut);

#endif
