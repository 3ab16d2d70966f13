/* SPDX-License-Identifier: MIT */
#include "text/cursor.h"

#include <string.h>

void sc_report(sc_cursor *c)
{
    if (c->far && !c->quiet)
        sc_fault_add(c->faults, c->far, c->far < c->end ? 1 : 0, c->missed, c->wanted);
    c->failed = true;
    c->far = NULL;
}

/* CRLF followed by white space. A bare LF folds too: whoever split the lines has reported it. */
static const uint8_t *fold_behind(const uint8_t *p, const uint8_t *end)
{
    if (p < end && *p == '\r') p++;
    if (p == end || *p != '\n') return NULL;
    p++;
    return p < end && (*p == ' ' || *p == '\t') ? p : NULL;
}

bool sc_fold(sc_cursor *c, unsigned folds)
{
    bool any = false;
    const uint8_t *behind;
    while (folds-- && (behind = fold_behind(c->p, c->end)) != NULL) {
        c->p = behind;
        while (sc_at(c, ' ') || sc_at(c, '\t'))
            c->p++;
        any = true;
    }
    return any;
}

void sc_take_fold_before(sc_cursor *c, const char *bytes)
{
    const uint8_t *start = c->p;
    if (!sc_fold(c, 1)) return;
    bool there = c->p < c->end && *c->p && strchr(bytes, *c->p);
    if (!there) c->p = start;
}

bool sc_spaced_separator(sc_cursor *c, uint8_t byte)
{
    const uint8_t *start = c->p;
    sc_lws(c, 1);
    if (sc_skip(c, byte)) {
        sc_lws(c, 1);
        return true;
    }
    c->p = start;
    return false;
}

bool sc_miss_separator(sc_cursor *c, const char *wanted)
{
    const uint8_t *start = c->p;
    sc_lws(c, 1);
    sc_miss(c, wanted);
    c->p = start;
    return false;
}

/* How many bytes a lead byte asks for, and the range of the second one:
 *   UTF8-2 = %xC2-DF UTF8-tail
 *   UTF8-3 = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) / %xED %x80-9F UTF8-tail /
 *            %xEE-EF 2( UTF8-tail )
 *   UTF8-4 = %xF0 %x90-BF 2( UTF8-tail ) / %xF1-F3 3( UTF8-tail ) / %xF4 %x80-8F 2( UTF8-tail )
 *                                                                              RFC 3629 §4 */
static unsigned utf8_length(uint8_t lead, uint8_t *low, uint8_t *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) return 2;
    if (lead == 0xe0) *low = 0xa0;
    if (lead == 0xed) *high = 0x9f;
    if (lead >= 0xe0 && lead <= 0xef) return 3;
    if (lead == 0xf0) *low = 0x90;
    if (lead == 0xf4) *high = 0x8f;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

SC_HOT bool sc_utf8(sc_cursor *c)
{
    static const sc_production utf8 = { "UTF8-NONASCII", "4", 3629 };
    uint8_t low, high;
    unsigned length = c->p < c->end ? utf8_length(*c->p, &low, &high) : 0;
    const sc_production *outer = sc_enter(c, &utf8);
    if (!length) return sc_leave(c, outer, sc_miss(c, "UTF-8 character"));
    for (unsigned i = 1; i < length; i++) {
        const uint8_t *at = c->p + i;
        if (at == c->end || *at < low || *at > high)
            return sc_leave(c, outer, sc_miss_at(c, at, "rest of a UTF-8 character"));
        low = 0x80;
        high = 0xbf;
    }
    c->p += length;
    return sc_leave(c, outer, true);
}

bool sc_literal_nocase(sc_cursor *c, const char *text, const char *wanted)
{
    const uint8_t *p = c->p;
    for (const char *t = text; *t; t++, p++)
        if (p == c->end || sc_lower(*p) != sc_lower((uint8_t)*t)) return sc_miss_at(c, p, wanted);
    c->p = p;
    return true;
}

SC_HOT bool sc_take_count(sc_cursor *c, uint32_t classes, size_t least, size_t most,
                          const char *wanted, sipcheck_slice *out)
{
    const uint8_t *start = c->p;
    sc_span(c, classes);
    size_t n = (size_t)(c->p - start);
    if (n < least) return sc_miss(c, wanted);
    if (n > most) return sc_miss_at(c, start + most, wanted);
    if (out) *out = sc_slice(start, c->p);
    return true;
}

/* The byte behind the quoted-string that begins at p; NULL: nothing closes it. */
static const uint8_t *behind_quotes(const uint8_t *p, const uint8_t *end)
{
    while (++p < end)
        if (*p == '\\' && p + 1 < end)
            p++;
        else if (*p == '"')
            return p + 1;
    return NULL;
}

static const uint8_t *behind_angle(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *close = memchr(p, '>', (size_t)(end - p));
    return close ? close + 1 : NULL;
}

/* What is not closed is passed like any other byte, and not looked for again: the time stays linear
 * in the length of the field. */
static const uint8_t *behind_pair(sc_cursor *c, const uint8_t *p)
{
    const uint8_t *behind = NULL;
    if (*p == '"' && !c->unquoted) {
        behind = behind_quotes(p, c->end);
        c->unquoted = !behind;
    } else if (*p == '<' && !c->unangled) {
        behind = behind_angle(p, c->end);
        c->unangled = !behind;
    }
    return behind ? behind : p + 1;
}

void sc_resync(sc_cursor *c, uint8_t byte)
{
    const uint8_t *p = c->p;
    while (p < c->end && *p != byte && !(c->separator && *p == c->separator))
        p = behind_pair(c, p);
    c->p = p;
}
