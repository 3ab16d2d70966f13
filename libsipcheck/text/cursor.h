/* SPDX-License-Identifier: MIT */
/* A place in the bytes of one start line or one header field, and the farthest place a production
 * failed at: that is the position to report. Nothing is read outside [p, end). */
#ifndef SC_TEXT_CURSOR_H
#define SC_TEXT_CURSOR_H

#include "text/chars.h"
#include "text/cold.h"
#include "text/faults.h"
#include "text/slice.h"

typedef struct sc_cursor {
    const uint8_t *p, *end;
    const uint8_t *far;              /* the farthest miss; NULL: none */
    const char *wanted;              /* what would have fitted there */
    const sc_production *missed;     /* the production that wanted it */
    const sc_production *production; /* the one being parsed */
    sc_faults *faults;
    const sc_classmap *map; /* of bytes around p; NULL: none */
    bool mapped;            /* it maps all up to the end and a CRLF behind it, no fold is there */
    uint8_t separator;      /* ends the value, for it is an element of a list; 0: it is none */
    bool later;             /* other elements of the list are in front */
    bool quiet;             /* what is wrong was reported: only values are wanted now */
    bool failed;            /* the farthest miss was reported at least once */
    bool unquoted;          /* no quote closes any more */
    bool unangled;          /* no angle bracket closes any more */
} sc_cursor;

/* A cursor over [p, end) for the value of `production`. */
static inline sc_cursor sc_cursor_over(const uint8_t *p, const uint8_t *end, sc_faults *faults,
                                       const sc_production *production)
{
    return (sc_cursor){
        .p = p, .end = end, .faults = faults, .map = faults->map, .production = production
    };
}

/* Every production that has a name of its own is entered and left, so that a miss can name it. */
static inline const sc_production *sc_enter(sc_cursor *c, const sc_production *self)
{
    const sc_production *outer = c->production;
    c->production = self;
    return outer;
}

static inline bool sc_leave(sc_cursor *c, const sc_production *outer, bool ok)
{
    c->production = outer;
    return ok;
}

/* Always false. Of two misses at one place the later one is kept. */
static inline bool sc_miss_at(sc_cursor *c, const uint8_t *at, const char *wanted)
{
    if (!c->far || at >= c->far) {
        c->far = at;
        c->wanted = wanted;
        c->missed = c->production;
    }
    return false;
}

static inline bool sc_miss(sc_cursor *c, const char *wanted)
{
    return sc_miss_at(c, c->p, wanted);
}

/* Make the farthest miss a fault and forget it; the value is not valid any more. */
SC_COLD void sc_report(sc_cursor *c);

/* The byte here is `byte`. */
static inline bool sc_at(const sc_cursor *c, uint8_t byte)
{
    return c->p < c->end && *c->p == byte;
}

/* The byte here is of one of these classes. */
static inline bool sc_at_class(const sc_cursor *c, uint32_t classes)
{
    return c->p < c->end && sc_classes[*c->p] & classes;
}

/* Skip one byte of that value; not a miss. */
static inline bool sc_skip(sc_cursor *c, uint8_t byte)
{
    if (!sc_at(c, byte)) return false;
    c->p++;
    return true;
}

static inline bool sc_take(sc_cursor *c, uint8_t byte, const char *wanted)
{
    return sc_skip(c, byte) || sc_miss(c, wanted);
}

/* The end of what is of these classes from p on. */
static inline const uint8_t *sc_span_end(const sc_cursor *c, const uint8_t *p, uint32_t classes)
{
    enum sc_map which = sc_map_within(classes);
    bool all = which == sc_map_of(classes);
    while (which != SC_MAP_NONE && c->map) {
        size_t at = (size_t)(p - c->map->base);
        uint64_t bits = at < c->map->n ? sc_map_bits(c->map, which, at) : 0;
        if (!bits) break;
        p = c->map->base + at + (unsigned)__builtin_ctzll(bits);
        if (p >= c->end) return c->end;
        if (all || !(sc_classes[*p] & classes)) return p;
        p++;
    }
    while (p < c->end && sc_classes[*p] & classes)
        p++;
    return p;
}

/* Skip what is of these classes, however little. */
static inline void sc_span(sc_cursor *c, uint32_t classes)
{
    c->p = sc_span_end(c, c->p, classes);
}

/* 1*class; out may be NULL. */
static inline bool sc_take_span(sc_cursor *c, uint32_t classes, const char *wanted,
                                sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    sc_span(c, classes);
    if (c->p == start) return sc_miss(c, wanted);
    if (out) *out = sc_slice(start, c->p);
    return true;
}

/* token; out may be NULL. */
static inline bool sc_token(sc_cursor *c, sipcheck_slice *out)
{
    return sc_take_span(c, SC_TOKEN, "token", out);
}

/* 1*DIGIT; out may be NULL. */
static inline bool sc_digits(sc_cursor *c, sipcheck_slice *out)
{
    return sc_take_span(c, SC_DIGIT, "digit", out);
}

/* The end of the field. */
static inline bool sc_end(sc_cursor *c)
{
    return c->p == c->end || sc_miss(c, "end of field");
}

SC_COLD bool sc_fold(sc_cursor *c, unsigned folds);

/* Up to `folds` times LWS, which the grammar may leave in a row; whether there was any.
 * LWS = [*WSP CRLF] 1*WSP      RFC 3261 §25.1; erratum 7529's reading is part of this one */
static inline bool sc_lws(sc_cursor *c, unsigned folds)
{
    const uint8_t *p = c->p, *start = p, *end = c->end;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    c->p = p;
    if (p < end && (*p == '\r' || *p == '\n')) return sc_fold(c, folds) || p > start;
    return p > start;
}

/* One more SWS, which belongs to one of these bytes, behind that of a separator: a second fold. */
SC_COLD void sc_take_fold_before(sc_cursor *c, const char *bytes);
static inline void sc_fold_before(sc_cursor *c, const char *bytes)
{
    if (c->p < c->end && *c->p < ' ') sc_take_fold_before(c, bytes);
}

/* SWS byte SWS, or nothing at all: not a miss. */
bool sc_spaced_separator(sc_cursor *c, uint8_t byte);
static inline bool sc_separator(sc_cursor *c, uint8_t byte)
{
    const uint8_t *p = c->p, *end = c->end;
    if (p == end || (*p > ' ' && *p != byte)) return false;
    bool space = end - p > 2 && p[1] == ' ';
    p += space;
    if (*c->p != byte || (p + 1 < end && p[1] <= ' ')) return sc_spaced_separator(c, byte);
    c->p = p + 1;
    return true;
}

/* The same where it is needed. */
SC_COLD bool sc_miss_separator(sc_cursor *c, const char *wanted);
static inline bool sc_need_separator(sc_cursor *c, uint8_t byte, const char *wanted)
{
    return sc_separator(c, byte) || sc_miss_separator(c, wanted);
}

/* One character of UTF8-NONASCII, well-formed as of RFC 3629 §4. A miss is at the byte that does
 * not fit. */
bool sc_utf8(sc_cursor *c);

/* The text in any case, as ABNF's literals are; `wanted` is what a miss says. */
bool sc_literal_nocase(sc_cursor *c, const char *text, const char *wanted);

/* n to m bytes of these classes, not followed by another one; out may be NULL. */
bool sc_take_count(sc_cursor *c, uint32_t classes, size_t least, size_t most, const char *wanted,
                   sipcheck_slice *out);

#define SC_ANY_FOLDS UINT32_MAX

/* Go to the next `byte` (or the separator of a list) outside quotes and angle brackets, or to the
 * end. */
SC_COLD void sc_resync(sc_cursor *c, uint8_t byte);

#endif
