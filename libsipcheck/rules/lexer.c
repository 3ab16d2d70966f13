/* SPDX-License-Identifier: MIT */
/* Words of the rule language.
 *
 *   NAME     = (ALPHA / "_") *(ALPHA / DIGIT / "_" / "-" / ".")    not ending in "-" or "."
 *   INT      = 1*DIGIT                     DURATION = 1*DIGIT ("ms" / "s" / "min" / "h")
 *   RATIO    = 1*DIGIT "." 1*6DIGIT        TEXT     = DQUOTE *(any but DQUOTE / "\" (DQUOTE / "\"))
 * DQUOTE
 *
 * "-" and "." belong to the name they stand in: a-b is one name, a - b is a subtraction.
 */
#include <stdio.h>

#include "rules/compiler.h"
#include "text/slice.h"

static bool is_digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

static bool begins_name(uint8_t b)
{
    uint8_t l = sc_lower(b);
    return (l >= 'a' && l <= 'z') || b == '_';
}

static bool continues_name(uint8_t b)
{
    return begins_name(b) || is_digit(b) || b == '-' || b == '.';
}

/* The byte at an offset; NUL behind the end (and for a NUL, which no token takes). */
static uint8_t byte_at(const sc_compiler *c, size_t at)
{
    return at < c->source->text.n ? c->source->text.p[at] : 0;
}

static void bad(sc_compiler *c, uint32_t at, const char *message)
{
    c->token.kind = SC_T_BAD;
    sc_fail(c, c->source, at, "%s", message);
}

static bool take_digits(sc_compiler *c, int64_t *number)
{
    int64_t n = 0;
    bool fits = true;
    for (; is_digit(byte_at(c, c->at)); c->at++)
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, byte_at(c, c->at) - '0', &n))
            fits = false;
    *number = n;
    return fits;
}

/* Digits behind the dot, to millionths. */
static void take_ratio(sc_compiler *c)
{
    int64_t unit = 1000000;
    int64_t part = 0;
    uint32_t begin = c->at++;
    for (; is_digit(byte_at(c, c->at)); c->at++) {
        if (unit == 1) {
            bad(c, begin, "a decimal number has at most six digits behind the dot");
            return;
        }
        unit /= 10;
        part += (byte_at(c, c->at) - '0') * unit;
    }
    c->token.kind = SC_T_RATIO;
    if (__builtin_mul_overflow(c->token.number, 1000000, &c->token.number) ||
        __builtin_add_overflow(c->token.number, part, &c->token.number))
        bad(c, c->token.at, "this number is too large");
}

static void take_unit(sc_compiler *c)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {
        { "ms", 1000000 }, { "s", 1000000000 }, { "min", 60000000000 }, { "h", 3600000000000 }
    };
    uint32_t begin = c->at;
    while (begins_name(byte_at(c, c->at)))
        c->at++;
    sipcheck_slice unit = { c->source->text.p + begin, c->at - begin };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!sc_slices_same(unit, sc_slice_of(units[i].name))) continue;
        c->token.kind = SC_T_DURATION;
        if (__builtin_mul_overflow(c->token.number, units[i].ns, &c->token.number))
            bad(c, c->token.at, "this time is too long");
        return;
    }
    bad(c, begin, "behind a number only a unit of time may stand: ms, s, min or h");
}

static void take_number(sc_compiler *c)
{
    c->token.kind = SC_T_INT;
    if (!take_digits(c, &c->token.number))
        bad(c, c->token.at, "this number is too large; the largest is 9223372036854775807");
    else if (byte_at(c, c->at) == '.' && is_digit(byte_at(c, c->at + 1)))
        take_ratio(c);
    else if (begins_name(byte_at(c, c->at)))
        take_unit(c);
    if (c->token.kind != SC_T_BAD && byte_at(c, c->at) == '.' && is_digit(byte_at(c, c->at + 1)))
        bad(c, c->token.at, "an address is a text: it stands in double quotes");
}

static void take_name(sc_compiler *c)
{
    while (continues_name(byte_at(c, c->at)))
        c->at++;
    for (uint8_t last = byte_at(c, c->at - 1); last == '-' || last == '.';
         last = byte_at(c, c->at - 1))
        c->at--;
    c->token.kind = SC_T_NAME;
    c->token.text = (sipcheck_slice){ c->source->text.p + c->token.at, c->at - c->token.at };
}

/* Decode what stands between the quotes; without a backslash the source itself serves. */
static void decode_text(sc_compiler *c, uint32_t begin, uint32_t end)
{
    uint8_t *to = c->texts + c->text_used;
    size_t n = 0;
    if (end - begin > sizeof c->texts - c->text_used) {
        bad(c, begin, "the texts of this expression are too long");
        return;
    }
    for (uint32_t i = begin; i < end; i++) {
        uint8_t b = byte_at(c, i);
        if (b == '\\') {
            b = byte_at(c, ++i);
            if (b != '"' && b != '\\') {
                bad(c, i - 1, "a backslash in a text stands before `\"` or `\\` only");
                return;
            }
        }
        to[n++] = b;
    }
    c->text_used += n;
    c->token.text = (sipcheck_slice){ to, n };
}

static void take_text(sc_compiler *c)
{
    uint32_t begin = ++c->at;
    bool escaped = false;
    c->token.kind = SC_T_TEXT;
    for (; c->at < c->source->text.n && byte_at(c, c->at) != '"'; c->at++) {
        if (byte_at(c, c->at) != '\\') continue;
        escaped = true;
        c->at++;
    }
    if (c->at >= c->source->text.n) {
        bad(c, begin - 1, "this text has no end: a `\"` is missing");
        return;
    }
    c->token.text = (sipcheck_slice){ c->source->text.p + begin, c->at - begin };
    if (escaped) decode_text(c, begin, c->at);
    c->at++;
}

static const struct {
    const char *text;
    enum sc_token_kind kind;
} signs[] = {
    /* the longer before the shorter */
    { "==", SC_T_EQUAL },         { "!=", SC_T_UNEQUAL }, { "<=", SC_T_LESS_EQUAL },
    { ">=", SC_T_GREATER_EQUAL }, { "..", SC_T_RANGE },   { "**", SC_T_POWER },
    { "<", SC_T_LESS },           { ">", SC_T_GREATER },  { "(", SC_T_OPEN },
    { ")", SC_T_CLOSE },          { "{", SC_T_OPEN_SET }, { "}", SC_T_CLOSE_SET },
    { ",", SC_T_COMMA },          { ":", SC_T_COLON },    { "+", SC_T_PLUS },
    { "-", SC_T_MINUS },          { "*", SC_T_TIMES },    { "/", SC_T_DIVIDE },
    { "%", SC_T_MODULO },
};

static const struct {
    const char *text;
    const char *message;
} habits[] = {
    { "=~", "there are no patterns; see starts_with, ends_with, contains" },
    { "=", "equality is written `==`" },
    { "&&", "this is written `and`" },
    { "||", "this is written `or`" },
    { "!", "this is written `not`" },
    { "'", "texts stand in double quotes" },
    { "[", "there is no index; see first, last, any, all" },
};

static bool stands_at(const sc_compiler *c, const char *text)
{
    size_t n = strlen(text);
    return n <= c->source->text.n - c->at && memcmp(c->source->text.p + c->at, text, n) == 0;
}

static void take_sign(sc_compiler *c)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!stands_at(c, signs[i].text)) continue;
        c->token.kind = signs[i].kind;
        c->token.text = sc_slice_of(signs[i].text);
        c->at += (uint32_t)c->token.text.n;
        return;
    }
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++) {
        if (!stands_at(c, habits[i].text)) continue;
        bad(c, c->at, habits[i].message);
        return;
    }
    bad(c, c->at, "no word of the language begins with this byte");
}

/* first(x).member */
static void take_member(sc_compiler *c)
{
    c->at++;
    c->token.at = c->at;
    take_name(c);
    c->token.kind = SC_T_DOT;
}

static const struct {
    const char *name;
    enum sc_token_kind kind;
} words[] = { { "and", SC_T_AND }, { "or", SC_T_OR },     { "not", SC_T_NOT },
              { "in", SC_T_IN },   { "true", SC_T_TRUE }, { "false", SC_T_FALSE } };

static enum sc_token_kind word_kind(sipcheck_slice name)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (sc_slices_same(name, sc_slice_of(words[i].name))) return words[i].kind;
    return SC_T_NAME;
}

bool sc_is_word(sipcheck_slice name)
{
    return word_kind(name) != SC_T_NAME;
}

void sc_lex_next(sc_compiler *c)
{
    for (uint8_t b = byte_at(c, c->at); b == ' ' || b == '\t' || b == '\r' || b == '\n';
         b = byte_at(c, c->at))
        c->at++;
    c->token = (sc_token){ .at = c->at };
    if (c->at >= c->source->text.n) return;
    uint8_t b = byte_at(c, c->at);
    if (is_digit(b)) {
        take_number(c);
    } else if (begins_name(b)) {
        take_name(c);
        c->token.kind = word_kind(c->token.text);
    } else if (b == '"') {
        take_text(c);
    } else if (b == '.' && begins_name(byte_at(c, c->at + 1))) {
        take_member(c);
    } else {
        take_sign(c);
    }
}

void sc_lex_begin(sc_compiler *c, const sc_source *source, uint32_t at)
{
    c->source = source;
    c->at = at;
    sc_lex_next(c);
}

const char *sc_token_words(const sc_token *token, char buf[64])
{
    int n = token->text.n < 40 ? (int)token->text.n : 40;
    if (token->kind == SC_T_END) return "the end";
    if (token->kind == SC_T_TEXT)
        snprintf(buf, 64, "\"%.*s\"", n, (const char *)token->text.p);
    else if (token->kind == SC_T_INT)
        snprintf(buf, 64, "%lld", (long long)token->number);
    else if (token->kind == SC_T_DURATION)
        return "a duration";
    else if (token->kind == SC_T_RATIO)
        return "a decimal number";
    else
        snprintf(buf, 64, "`%.*s`", n, (const char *)token->text.p);
    return buf;
}
