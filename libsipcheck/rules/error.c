/* SPDX-License-Identifier: MIT */
#include "rules/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

/* As much of a text as fits, not cut inside a character. */
static void copy_text(char *to, size_t size, sipcheck_slice text)
{
    size_t n = text.n < size ? text.n : size - 1;
    while (n > 0 && n < text.n && (text.p[n] & 0xC0) == 0x80) {
        n--;
    }
    if (n > 0) {
        memcpy(to, text.p, n);
    }
    to[n] = '\0';
}

int sc_error_set(sipcheck_error *error, const sc_place *place, const char *format, ...)
{
    if (error == NULL) {
        return SIPCHECK_INVALID;
    }
    const char *file = place->file != NULL ? place->file : "";
    copy_text(error->file, sizeof error->file,
              (sipcheck_slice){ (const uint8_t *)file, strlen(file) });
    error->line = place->line;
    error->column = place->column;
    error->excerpt[0] = '\0';
    if (place->whole.p != NULL && place->line > 0) {
        copy_text(error->excerpt, sizeof error->excerpt, line_of(place->whole, place->line));
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
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
    for (size_t j = 0; j <= b.n; j++) {
        row[j] = j;
    }
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
    if (nearest->name.n > NAME_MAX_COMPARED || candidate.n > NAME_MAX_COMPARED) {
        return;
    }
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
    if (nearest->best != NULL) {
        snprintf(buf, size, ", did you mean \"%s\"?", nearest->best);
    }
    return buf;
}
