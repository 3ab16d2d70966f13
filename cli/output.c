/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <string.h>
#include <unistd.h>

#include <sipcheck/report.h>

enum { EXCERPT_BEFORE = 60, EXCERPT_COLUMNS = 100 };

gboolean output_is_json(const char *format)
{
    return format && (!strcmp(format, "ndjson") || !strcmp(format, "json"));
}

static int write_file(void *user, const char *text, size_t length)
{
    return fwrite(text, 1, length, user) == length ? 0 : -1;
}

void output_json(FILE *out, sipcheck_slice text)
{
    sipcheck_json_string(text, write_file, out);
}

void output_json_text(FILE *out, const char *text)
{
    output_json(out, (sipcheck_slice){ (const uint8_t *)text, strlen(text) });
}

/* The bytes of the printable character at p, 0 when it is to be escaped. */
static size_t printable(const uint8_t *p, size_t n)
{
    gunichar c = g_utf8_get_char_validated((const char *)p, (gssize)n);
    if ((gint32)c < 0 || !g_unichar_isprint(c)) return 0;
    return (size_t)(g_utf8_next_char((const char *)p) - (const char *)p);
}

static size_t one_visible(FILE *out, const uint8_t *p, size_t n, size_t *columns)
{
    size_t took = *p ? printable(p, n) : 0;
    if (!took) {
        *columns += (size_t)fprintf(out, "\\x%02x", *p);
        return 1;
    }
    fwrite(p, 1, took, out);
    *columns += g_unichar_iswide(g_utf8_get_char((const char *)p)) ? 2 : 1;
    return took;
}

size_t output_visible(FILE *out, sipcheck_slice text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.n;)
        i += one_visible(out, text.p + i, text.n - i, &columns);
    return columns;
}

static void fill(FILE *out, char c, size_t n)
{
    while (n--)
        fputc(c, out);
}

/* Bytes [from, to) of one line and, where they meet [mark, mark_end), carets below. */
static void marked_line(FILE *out, const char *indent, const uint8_t *bytes, size_t from, size_t to,
                        size_t mark, size_t mark_end, gboolean colour)
{
    size_t start = CLAMP(mark, from, to), end = CLAMP(mark_end, start, to);
    fputs(indent, out);
    size_t before = output_visible(out, (sipcheck_slice){ bytes + from, start - from });
    fputs(output_style(STYLE_RED, colour), out);
    size_t marked = output_visible(out, (sipcheck_slice){ bytes + start, end - start });
    fputs(output_style(STYLE_PLAIN, colour), out);
    output_visible(out, (sipcheck_slice){ bytes + end, to - end });
    fputc('\n', out);
    gboolean here = mark_end > mark ? start < end : mark >= from && mark <= to;
    if (!here) return;
    fputs(indent, out);
    fill(out, ' ', before);
    fputs(output_style(STYLE_RED, colour), out);
    fill(out, '^', MAX(marked, 1));
    fputs(output_style(STYLE_PLAIN, colour), out);
    fputc('\n', out);
}

static size_t line_start(const uint8_t *bytes, size_t at)
{
    while (at > 0 && bytes[at - 1] != '\n')
        at--;
    return at;
}

/* Where the line's text ends: before CRLF or LF, or at n. */
static size_t line_end(const uint8_t *bytes, size_t n, size_t at)
{
    const uint8_t *lf = memchr(bytes + at, '\n', n - at);
    size_t end = lf ? (size_t)(lf - bytes) : n;
    return end > at && bytes[end - 1] == '\r' ? end - 1 : end;
}

void output_excerpt(FILE *out, const char *indent, const uint8_t *bytes, size_t n, size_t offset,
                    size_t length, gboolean colour)
{
    offset = MIN(offset, n);
    length = MIN(length, n - offset);
    size_t from = line_start(bytes, offset), to = MAX(line_end(bytes, n, from), from);
    if (offset - from > EXCERPT_BEFORE) from = offset - EXCERPT_BEFORE;
    while (from < offset && (bytes[from] & 0xc0) == 0x80)
        from++;
    to = MIN(to, from + EXCERPT_COLUMNS);
    while (to > from && to < n && (bytes[to] & 0xc0) == 0x80)
        to--;
    marked_line(out, indent, bytes, from, MAX(to, MIN(offset, n)), offset, offset + length, colour);
}

void output_message(FILE *out, const char *indent, const uint8_t *bytes, size_t n, size_t offset,
                    size_t length, gboolean colour)
{
    size_t mark = length ? offset : n + 1;
    for (size_t at = 0; at < n;) {
        const uint8_t *lf = memchr(bytes + at, '\n', n - at);
        size_t next = lf ? (size_t)(lf - bytes) + 1 : n;
        marked_line(out, indent, bytes, at, line_end(bytes, n, at), mark, mark + length, colour);
        at = next;
    }
}

gboolean output_wants_colour(void)
{
    const char *no = g_getenv("NO_COLOR"), *term = g_getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

const char *output_style(enum output_style style, gboolean colour)
{
    static const char *const sequences[] = { "\033[0m",  "\033[1m",  "\033[1;31m",
                                             "\033[33m", "\033[34m", "\033[2m" };
    return colour ? sequences[style] : "";
}
