/* SPDX-License-Identifier: MIT */
/* Are two URIs equal? RFC 3261 §19.1.4; tel: RFC 3966 §5. */
#include "rules/program.h"
#include "text/slice.h"

static int hex_digit(uint8_t b)
{
    if (b >= '0' && b <= '9') return b - '0';
    b = sc_lower(b);
    return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

/* The characters that differ from their escaped form. RFC 2396 §2.2 */
static bool is_reserved(int b)
{
    return b != 0 && b < 0x80 && strchr(";/?:@&=+$,", b);
}

/* One character, escaped or not. What was escaped and is reserved stays apart from the character
 * itself: it comes out above 255. */
static int take_character(sipcheck_slice *text)
{
    int high = text->n >= 3 && text->p[0] == '%' ? hex_digit(text->p[1]) : -1;
    int low = high >= 0 ? hex_digit(text->p[2]) : -1;
    size_t n = low >= 0 ? 3 : 1;
    int b = low >= 0 ? high * 16 + low : text->p[0];
    text->p += n;
    text->n -= n;
    return n == 3 && is_reserved(b) ? b + 256 : b;
}

static int fold(int character)
{
    return character < 256 ? sc_lower((uint8_t)character) : character;
}

/* Absent equals absent only. */
static bool same_part(sipcheck_slice a, sipcheck_slice b, bool nocase)
{
    if (!a.p || !b.p) return !a.p && !b.p;
    if (sc_slices_same(a, b)) return true;
    while (a.n > 0 && b.n > 0) {
        int x = take_character(&a), y = take_character(&b);
        if (nocase ? fold(x) != fold(y) : x != y) return false;
    }
    return a.n == 0 && b.n == 0;
}

/* An empty value and none are told apart. */
static bool same_value(const sipcheck_param *a, const sipcheck_param *b)
{
    return same_part(a->value, b->value, true);
}

static const sipcheck_param *find(const sipcheck_param *list, sipcheck_slice name)
{
    for (; list; list = list->next)
        if (same_part(list->name, name, true)) return list;
    return NULL;
}

/* Parameters that must stand in both URIs or in none. transport is among them by the sentence on
 * components with a default value. */
static bool must_be_in_both(sipcheck_slice name)
{
    static const char *const names[] = { "user", "ttl", "method", "maddr", "transport" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (same_part(name, sc_slice_of(names[i]), true)) return true;
    return false;
}

static bool params_match(const sipcheck_param *a, const sipcheck_param *b)
{
    for (const sipcheck_param *p = a; p; p = p->next) {
        const sipcheck_param *other = find(b, p->name);
        if (other ? !same_value(p, other) : must_be_in_both(p->name)) return false;
    }
    return true;
}

/* Headers are never ignored. */
static bool headers_match(const sipcheck_param *a, const sipcheck_param *b)
{
    for (const sipcheck_param *p = a; p; p = p->next) {
        const sipcheck_param *other = find(b, p->name);
        if (!other || !same_value(p, other)) return false;
    }
    return true;
}

static bool sip_equal(const sipcheck_uri *a, const sipcheck_uri *b)
{
    if (a->is_sips != b->is_sips) return false;
    if (!same_part(a->user, b->user, false) || !same_part(a->password, b->password, false))
        return false;
    bool ports = (a->port_text.p != NULL) == (b->port_text.p != NULL) && a->port == b->port;
    return ports && same_part(a->host, b->host, true) && params_match(a->params, b->params) &&
           params_match(b->params, a->params) && headers_match(a->headers, b->headers) &&
           headers_match(b->headers, a->headers);
}

static bool is_visual_separator(uint8_t b)
{
    return b == '-' || b == '.' || b == '(' || b == ')';
}

static void skip_separators(sipcheck_slice *text)
{
    while (text->n > 0 && is_visual_separator(text->p[0])) {
        text->p++;
        text->n--;
    }
}

static bool same_number(sipcheck_slice a, sipcheck_slice b)
{
    for (skip_separators(&a), skip_separators(&b); a.n > 0 && b.n > 0;
         skip_separators(&a), skip_separators(&b))
        if (fold(take_character(&a)) != fold(take_character(&b))) return false;
    return a.n == 0 && b.n == 0;
}

/* Every parameter counts, in any order. phone-context and ext may be numbers. */
static bool tel_params_match(const sipcheck_param *a, const sipcheck_param *b)
{
    for (const sipcheck_param *p = a; p; p = p->next) {
        const sipcheck_param *other = find(b, p->name);
        if (!other || !same_number(p->value, other->value)) return false;
    }
    return true;
}

static bool tel_equal(const sipcheck_uri *a, const sipcheck_uri *b)
{
    return same_number(a->user, b->user) && tel_params_match(a->params, b->params) &&
           tel_params_match(b->params, a->params);
}

bool sc_uri_equal(const sipcheck_uri *a, const sipcheck_uri *b)
{
    if (!a->valid || !b->valid || !sc_slices_same_nocase(a->scheme, b->scheme)) return false;
    if (a->is_sip || a->is_sips) return sip_equal(a, b);
    if (a->is_tel) return tel_equal(a, b);
    return sc_slices_same((sipcheck_slice){ a->raw.p + a->scheme.n, a->raw.n - a->scheme.n },
                          (sipcheck_slice){ b->raw.p + b->scheme.n, b->raw.n - b->scheme.n });
}
