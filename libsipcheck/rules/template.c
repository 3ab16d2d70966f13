/* SPDX-License-Identifier: MIT */
/* Templates: text with {expression} in it, or {expression else words}; {{ is a brace. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/compiler.h"
#include "rules/image.h"
#include "rules/memory.h"
#include "text/digits.h"
#include "text/plain.h"

#define PIECES_MAX 32
#define SHOWN_MAX 256 /* bytes of one value that are printed */

typedef struct template_piece {
    sipcheck_slice text;   /* printed before the value */
    sc_program *program;   /* NULL: no value */
    sipcheck_slice absent; /* printed where the value is; p NULL: the stopgap */
} template_piece;

struct sc_template {
    sipcheck_allocator allocator;
    size_t count;
    char *texts; /* of the pieces, one behind the other, and a NUL */
    template_piece pieces[];
};

typedef struct builder {
    const sipcheck_allocator *allocator;
    const sc_source *source;
    const sc_environment *environment;
    sipcheck_error *error;
    sc_template *template;
    size_t room; /* for pieces */
    uint32_t at;
    uint8_t *to; /* where the next byte of text goes */
} builder;

/* As many as there can be: each but the last ends at a brace. */
static size_t most_pieces(sipcheck_slice text)
{
    size_t most = 1;
    for (size_t i = 0; i < text.n && most < PIECES_MAX; i++)
        most += text.p[i] == '{';
    return most;
}

static bool looking_at(const builder *b, uint8_t c, uint32_t ahead)
{
    return b->at + ahead < b->source->text.n && b->source->text.p[b->at + ahead] == c;
}

/* Up to a `{` that begins an expression, or the end. */
static void take_text(builder *b, template_piece *piece)
{
    piece->text.p = b->to;
    while (b->at < b->source->text.n) {
        if (looking_at(b, '{', 0)) {
            if (!looking_at(b, '{', 1)) break;
            b->at++;
        }
        *b->to++ = b->source->text.p[b->at++];
    }
    piece->text.n = (size_t)(b->to - piece->text.p);
}

static int wrong(const builder *b, const char *message)
{
    sc_place place = { b->source->file, b->source->whole, b->source->line, b->source->column };
    return sc_error_set(b->error, &place, "%s", message);
}

/* " else words}": the words. */
static int take_else(builder *b, template_piece *piece)
{
    b->at += (uint32_t)strlen("else");
    if (looking_at(b, ' ', 0)) b->at++;
    piece->absent.p = b->to;
    while (b->at < b->source->text.n && !looking_at(b, '}', 0))
        *b->to++ = b->source->text.p[b->at++];
    piece->absent.n = (size_t)(b->to - piece->absent.p);
    if (b->at >= b->source->text.n) return wrong(b, "behind `else` and its words `}` is wanted");
    return SIPCHECK_OK;
}

static int take_expression(builder *b, template_piece *piece)
{
    uint32_t end = 0;
    int code = sc_compile_at(b->allocator, b->source, b->at + 1, true, b->environment, SC_WANT_TEXT,
                             &piece->program, &end, b->error);
    b->at = end;
    if (code == SIPCHECK_OK && !looking_at(b, '}', 0)) code = take_else(b, piece);
    b->at++;
    return code;
}

static int build(builder *b)
{
    sc_template *t = b->template;
    while (b->at < b->source->text.n) {
        if (t->count == b->room) return wrong(b, "too many values in this template");
        template_piece *piece = &t->pieces[t->count++];
        take_text(b, piece);
        if (b->at >= b->source->text.n) break;
        int code = take_expression(b, piece);
        if (code != SIPCHECK_OK) return code;
    }
    return SIPCHECK_OK;
}

/* size: of all texts. */
static sc_template *allocate(const sipcheck_allocator *allocator, size_t pieces, size_t size)
{
    size_t head = sizeof(sc_template) + pieces * sizeof(template_piece);
    sc_template *t = sc_allocate(allocator, head + size + 1);
    if (!t) return NULL;
    memset(t, 0, head);
    if (allocator) t->allocator = *allocator;
    t->texts = (char *)t + head;
    return t;
}

int sc_template_compile(const sipcheck_allocator *allocator, const sc_source *source,
                        const sc_environment *environment, sc_template **ret, sipcheck_error *error)
{
    builder b = {
        .allocator = allocator, .source = source, .environment = environment, .error = error
    };
    if (source->text.n > SC_EXPR_LENGTH_MAX) return wrong(&b, "this template is too long");
    b.room = most_pieces(source->text);
    sc_template *t = allocate(allocator, b.room, source->text.n);
    if (!t) return SIPCHECK_NOMEM;
    b.template = t;
    b.to = (uint8_t *)t->texts;
    int code = build(&b);
    *b.to = '\0';
    if (code == SIPCHECK_OK)
        *ret = t;
    else
        sc_template_free(t);
    return code;
}

void sc_template_free(sc_template *template)
{
    if (!template) return;
    sipcheck_allocator allocator = template->allocator;
    for (size_t i = 0; i < template->count; i++)
        sc_program_free(template->pieces[i].program);
    sc_release(&allocator, template);
}

/* Where the text goes. length counts what did not fit, too. */
typedef struct output {
    char *buf;
    size_t size, length;
} output;

static void put(output *out, const char *text, size_t n)
{
    size_t room = out->length + 1 < out->size ? out->size - 1 - out->length : 0;
    if (n > 0 && room > 0) memcpy(out->buf + out->length, text, n < room ? n : room);
    out->length += n;
}

static void put_string(output *out, const char *text)
{
    put(out, text, strlen(text));
}

/* How many bytes the UTF-8 character at p has; 0: it is none. RFC 3629 §4 */
static size_t character_length(const uint8_t *p, size_t n)
{
    static const struct {
        uint8_t first, last, second_low, second_high, length;
    } forms[] = {
        { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 },
        { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 },
        { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
    if (p[0] >= 0x20 && p[0] <= 0x7E) return 1;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (p[0] < forms[i].first || p[0] > forms[i].last) continue;
        size_t length = forms[i].length;
        if (length > n) return 0;
        if (length > 1 && (p[1] < forms[i].second_low || p[1] > forms[i].second_high)) return 0;
        for (size_t k = 2; k < length; k++)
            if ((p[k] & 0xC0) != 0x80) return 0;
        return length;
    }
    return 0;
}

/* Text of the wire: what is no printable character is written as \xNN. C1 controls count as such.
 */
static void put_wire_text(output *out, sipcheck_slice text)
{
    size_t plain = sc_printable_length(text.p, text.n < SHOWN_MAX ? text.n : SHOWN_MAX);
    put(out, (const char *)text.p, plain);
    for (size_t i = plain; i < text.n;) {
        char hex[5];
        size_t n = character_length(text.p + i, text.n - i);
        if (i >= SHOWN_MAX) {
            put_string(out, "...");
            return;
        }
        if (n == 0 || (n == 2 && text.p[i] == 0xC2 && text.p[i + 1] < 0xA0)) {
            snprintf(hex, sizeof hex, "\\x%02X", text.p[i]);
            put_string(out, hex);
            i++;
        } else {
            put(out, (const char *)text.p + i, n);
            i += n;
        }
    }
}

static void put_number(output *out, int64_t number)
{
    char digits[SC_DECIMAL_DIGITS];
    uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    if (number < 0) put_string(out, "-");
    put(out, digits, (size_t)(sc_put_decimal(digits, magnitude) - digits));
}

/* In millionths; no more digits than needed. */
static void put_ratio(output *out, int64_t millionths)
{
    char digits[32];
    int64_t part = millionths % 1000000;
    int n = snprintf(digits, sizeof digits, "%s%" PRId64 ".%06" PRId64, millionths < 0 ? "-" : "",
                     millionths / 1000000 * (millionths < 0 ? -1 : 1), part < 0 ? -part : part);
    while (n > 0 && digits[n - 1] == '0')
        n--;
    if (n > 0 && digits[n - 1] == '.') n--;
    put(out, digits, (size_t)n);
}

/* Nanoseconds are millionths of a millisecond. */
static void put_duration(output *out, int64_t ns)
{
    put_ratio(out, ns);
    put_string(out, " ms");
}

static void put_value(output *out, const sc_value *v, sc_type type)
{
    if (v->state == SC_ABSENT_VALUE)
        put_string(out, "(absent)");
    else if (v->state == SC_UNKNOWN_VALUE)
        put_string(out, "(unknown)");
    else if (type == SC_TYPE_INT)
        put_number(out, v->number);
    else if (type == SC_TYPE_RATIO)
        put_ratio(out, v->number);
    else if (type == SC_TYPE_DURATION)
        put_duration(out, v->number);
    else if (type == SC_TYPE_BOOL)
        put_string(out, v->truth ? "true" : "false");
    else
        put_wire_text(out, v->raw);
}

/* Cut at the end of a character, "..." behind it. */
static void end_output(output *out)
{
    size_t n = out->length;
    if (n >= out->size) {
        n = out->size > 3 ? out->size - 4 : 0;
        while (n > 0 && ((uint8_t)out->buf[n] & 0xC0) == 0x80)
            n--;
        for (int i = 0; i < 3 && n + 1 < out->size; i++)
            out->buf[n++] = '.';
    }
    out->buf[n] = '\0';
    out->length = n;
}

size_t sc_template_render(const sc_template *template, const sc_context *context,
                          sc_scratch *scratch, char *buf, size_t size)
{
    output out = { .size = size };
    out.buf = buf;
    for (size_t i = 0; i < template->count; i++) {
        const template_piece *piece = &template->pieces[i];
        put(&out, (const char *)piece->text.p, piece->text.n);
        if (!piece->program) continue;
        const sc_value *v = sc_run(piece->program, context, scratch);
        if (v->state == SC_ABSENT_VALUE && piece->absent.p)
            put(&out, (const char *)piece->absent.p, piece->absent.n);
        else
            put_value(&out, v, piece->program->type);
    }
    end_output(&out);
    return out.length;
}

const char *sc_template_constant(const sc_template *template)
{
    const template_piece *only = template->pieces;
    if (template->count > 1 || only->program) return NULL;
    return only->text.n < SC_FINDING_TEXT_MAX ? template->texts : NULL;
}

const char *sc_template_text(const sc_template *template, const sc_context *context,
                             sc_scratch *scratch, char *buf, size_t size)
{
    const char *constant = sc_template_constant(template);
    if (constant) return constant;
    sc_template_render(template, context, scratch, buf, size);
    return buf;
}

uint64_t sc_template_slots(const sc_template *template)
{
    uint64_t slots = 0;
    for (size_t i = 0; i < template->count; i++)
        slots |= sc_program_slots(template->pieces[i].program);
    return slots;
}

bool sc_template_reads_gap(const sc_template *template)
{
    for (size_t i = 0; i < template->count; i++)
        if (sc_program_reads_gap(template->pieces[i].program)) return true;
    return false;
}

/* --- as bytes */

/* Where a text of a piece lies among all of them. */
static void transfer_slice(sc_image *image, const sc_template *t, sipcheck_slice *slice)
{
    bool there = slice->p != NULL;
    size_t at = there ? (size_t)(slice->p - (const uint8_t *)t->texts) : 0;
    SC_IMAGE_MEMBER(image, there);
    SC_IMAGE_MEMBER(image, at);
    SC_IMAGE_MEMBER(image, slice->n);
    slice->p = there ? (const uint8_t *)t->texts + at : NULL;
}

int sc_image_template(sc_image *image, const sipcheck_allocator *allocator, sc_template **template)
{
    bool reads = sc_image_reads(image);
    sc_template *t = reads ? NULL : *template;
    bool there = t != NULL;
    SC_IMAGE_MEMBER(image, there);
    if (reads) *template = NULL;
    if (!there) return SIPCHECK_OK;
    size_t count = t ? t->count : 0, size = t ? strlen(t->texts) : 0;
    SC_IMAGE_MEMBER(image, count);
    SC_IMAGE_MEMBER(image, size);
    if (reads) t = allocate(allocator, count, size);
    if (!t) return SIPCHECK_NOMEM;
    sc_image_bytes(image, t->texts, size);
    t->texts[size] = '\0';
    int code = SIPCHECK_OK;
    for (size_t i = 0; i < count && code == SIPCHECK_OK; i++) {
        transfer_slice(image, t, &t->pieces[i].text);
        transfer_slice(image, t, &t->pieces[i].absent);
        code = sc_image_program(image, allocator, &t->pieces[i].program);
        t->count = i + 1;
    }
    *template = code == SIPCHECK_OK ? t : NULL;
    if (code != SIPCHECK_OK) sc_template_free(t);
    return code;
}
