/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_prefix.h"

static bool strip_none(const text_prefix *prefix, text_line *l)
{
    size_t spaces = prefix->last ? 0 : prefix->width;
    size_t there = text_indentation(*l);
    if (text_trimmed(*l).n == 0) {
        l->n = 0;
        return true;
    }
    if (there < spaces) return false;
    *l = (text_line){ l->p + spaces, l->n - spaces };
    return true;
}

/* Its visible part ends where it did before the start line; white space at a line's end may be
 * gone. */
static bool strip_width(const text_prefix *prefix, text_line *l)
{
    size_t n = l->n < prefix->width ? l->n : prefix->width;
    text_line before = text_trimmed((text_line){ l->p, n });
    if (before.n != prefix->visible || before.p[before.n - 1] != prefix->last) return false;
    *l = (text_line){ l->p + n, l->n - n };
    return true;
}

static bool strip_words(const text_prefix *prefix, text_line *l)
{
    size_t at = 0;
    for (size_t words = 0; words < prefix->words; words++) {
        while (at < l->n && text_is_blank(l->p[at]))
            at++;
        if (at == l->n) return false;
        while (at < l->n && !text_is_blank(l->p[at]))
            at++;
    }
    if (!at || l->p[at - 1] != prefix->last) return false;
    if (at < l->n) at++;
    *l = (text_line){ l->p + at, l->n - at };
    return true;
}

static bool strip_kind(const text_prefix *prefix, text_line *l)
{
    switch (prefix->kind) {
    case TEXT_PREFIX_WIDTH:
        return strip_width(prefix, l);
    case TEXT_PREFIX_WORDS:
        return strip_words(prefix, l);
    case TEXT_PREFIX_NONE:
        break;
    }
    return strip_none(prefix, l);
}

static bool strip_mark(text_line *l, size_t mark)
{
    if (text_cr_mark(*l) != mark) return false;
    l->n -= mark;
    return true;
}

bool text_prefix_strip(const text_prefix *prefix, text_line *l)
{
    text_line rest = *l;
    if (!strip_kind(prefix, &rest) || (prefix->mark && !strip_mark(&rest, prefix->mark)))
        return false;
    *l = rest;
    return true;
}

text_prefix text_prefix_before(text_line l, size_t at)
{
    text_line before = { l.p, at }, visible = text_trimmed(before);
    return (text_prefix){ .width = at,
                          .words = text_count_words(before),
                          .visible = visible.n,
                          .last = (char)(visible.n ? visible.p[visible.n - 1] : '\0') };
}

bool text_prefix_learn(text_prefix *prefix, text_line *l, size_t mark)
{
    for (int kind = TEXT_PREFIX_NONE; kind <= TEXT_PREFIX_WIDTH; kind++) {
        text_line rest = *l;
        size_t name;
        prefix->kind = (enum text_prefix_kind)kind;
        if (kind != TEXT_PREFIX_NONE && !prefix->last) break;
        if (kind == TEXT_PREFIX_WORDS && prefix->width != prefix->visible + 1) continue;
        if (!strip_kind(prefix, &rest)) continue;
        bool own = kind == TEXT_PREFIX_NONE && !prefix->width && text_header_name(rest, &name);
        if (!own && !text_is_known_header(rest)) continue;
        prefix->mark = strip_mark(&rest, mark) ? mark : 0;
        *l = rest;
        return true;
    }
    return false;
}
