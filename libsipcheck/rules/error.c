/* SPDX-License-Identifier: MIT */
#include "rules/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text/utf8.h"

#define NAME_MAX_COMPARED 64

/* Line `number` of a text, from 1, without its end. */
static sipcheck_slice line_of(sipcheck_slice text, unsigned number)
{
    const uint8_t *p = text.p, *end = text.p + text.n;
    for (unsigned line = 1; line < number && p < end; line++) {
        const uint8_t *newline = memchr(p, '\n', (size_t)(end - p));
        p = newline ? newline + 1 : end;
    }
    const uint8_t *stop = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
    size_t n = (size_t)((stop ? stop : end) - p);
    return (sipcheck_slice){ p, n > 0 && p[n - 1] == '\r' ? n - 1 : n };
}

/* Files are untrusted, and errors are shown on terminals: what is no printable character becomes
 * "?", a tab a space, so that columns stay what they are. */
static void copy_text(char *to, size_t size, sipcheck_slice text)
{
    size_t n = 0;
    for (size_t i = 0, taken; i < text.n; i += taken) {
        size_t length = sc_utf8_length(text.p + i, text.n - i);
        bool c1 = length == 2 && text.p[i] == 0xC2 && text.p[i + 1] < 0xA0;
        bool control = length == 1 && (text.p[i] < 0x20 || text.p[i] == 0x7F);
        bool shown = length > 0 && !c1 && !control;
        size_t made = shown ? length : 1;
        taken = length > 0 ? length : 1;
        if (n + made >= size) break;
        memcpy(to + n, shown ? (const char *)text.p + i : text.p[i] == '\t' ? " " : "?", made);
        n += made;
    }
    to[n] = '\0';
}

static void copy_string(char *to, size_t size, const char *text)
{
    copy_text(to, size, (sipcheck_slice){ (const uint8_t *)text, strlen(text) });
}

int sc_error_set(sipcheck_error *error, const sc_place *place, const char *format, ...)
{
    if (error == NULL) return SIPCHECK_INVALID;
    copy_string(error->file, sizeof error->file, place->file != NULL ? place->file : "");
    error->line = place->line;
    error->column = place->column;
    error->excerpt[0] = '\0';
    if (place->whole.p != NULL && place->line > 0)
        copy_text(error->excerpt, sizeof error->excerpt, line_of(place->whole, place->line));
    char message[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    copy_string(error->message, sizeof error->message, message);
    return SIPCHECK_INVALID;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Levenshtein's distance, one row at a time. */
static size_t distance(sipcheck_slice a, sipcheck_slice b)
{
    size_t row[NAME_MAX_COMPARED + 1];
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 0; i < a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b.n; j++) {
            size_t swap = diagonal + (lower(a.p[i]) != lower(b.p[j]));
            size_t step = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            diagonal = row[j + 1];
            row[j + 1] = swap < step ? swap : step;
        }
    }
    return row[b.n];
}

void sc_nearest_offer(sc_nearest *nearest, const char *known)
{
    sipcheck_slice candidate = { (const uint8_t *)known, strlen(known) };
    if (nearest->name.n > NAME_MAX_COMPARED || candidate.n > NAME_MAX_COMPARED) return;
    size_t apart = distance(nearest->name, candidate);
    size_t tolerated = nearest->name.n < 4 ? 1 : 1 + nearest->name.n / 4;
    if (apart <= tolerated && (nearest->best == NULL || apart < nearest->distance)) {
        nearest->best = known;
        nearest->distance = apart;
    }
}

const char *sc_nearest_text(const sc_nearest *nearest, char *buf, size_t size)
{
    buf[0] = '\0';
    if (nearest->best != NULL) snprintf(buf, size, ", did you mean \"%s\"?", nearest->best);
    return buf;
}
