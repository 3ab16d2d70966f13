/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sipcheck/report.h>

enum { WIDTH_MIN = 40, WIDTH = 100, WIDTH_MAX = 110 };

sipcheck_slice output_slice(const char *text)
{
    return (sipcheck_slice){ (const uint8_t *)text, strlen(text) };
}

gboolean output_holds(const char *text, const char *word)
{
    g_autofree char *in = g_ascii_strdown(text, -1), *what = g_ascii_strdown(word, -1);
    return strstr(in, what) != NULL;
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
    output_json(out, output_slice(text));
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

static size_t columns_of(const char *text)
{
    size_t columns = 0;
    for (; *text; text = g_utf8_next_char(text))
        columns += g_unichar_iswide(g_utf8_get_char(text)) ? 2 : 1;
    return columns;
}

size_t output_columns(void)
{
    const char *columns = g_getenv("COLUMNS");
    guint64 width = columns ? g_ascii_strtoull(columns, NULL, 10) : 0;
    struct winsize size;
    if (!width && isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
        width = size.ws_col;
    return width ? MAX(width, WIDTH_MIN) : WIDTH;
}

size_t output_width(void)
{
    return MIN(output_columns(), WIDTH_MAX);
}

void output_wrapped(FILE *out, size_t at, size_t indent, const char *text)
{
    size_t width = output_width(), begin = MAX(at, indent);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_auto(GStrv) words = g_strsplit_set(valid, " \n", -1);
    for (char **word = words; *word; word++) {
        if (!**word) continue;
        if (at > begin && at + 1 + columns_of(*word) > width) at = 0, fputc('\n', out);
        if (at < indent)
            at += (size_t)fprintf(out, "%*s", (int)(indent - at), "");
        else if (at > begin)
            at++, fputc(' ', out);
        at += output_visible(out, output_slice(*word));
        begin = indent;
    }
    fputc('\n', out);
}

static void fill(FILE *out, char c, size_t n)
{
    while (n--)
        fputc(c, out);
}

/* Bytes of one line: what is shown of it, what is underlined, whether it is whole. */
struct line {
    size_t from, to, mark, mark_end;
    gboolean cut_before, cut_behind;
};

/* And, where they meet [mark, mark_end), carets below. */
static void marked_line(FILE *out, const char *indent, const uint8_t *bytes,
                        const struct line *line, gboolean colour)
{
    size_t from = line->from, to = line->to;
    size_t start = CLAMP(line->mark, from, to), end = CLAMP(line->mark_end, start, to);
    fprintf(out, "%s%s", indent, line->cut_before ? "…" : "");
    size_t before = output_visible(out, (sipcheck_slice){ bytes + from, start - from });
    fputs(output_style(STYLE_RED, colour), out);
    size_t marked = output_visible(out, (sipcheck_slice){ bytes + start, end - start });
    fputs(output_style(STYLE_PLAIN, colour), out);
    output_visible(out, (sipcheck_slice){ bytes + end, to - end });
    fputs(line->cut_behind ? "…\n" : "\n", out);
    gboolean here = line->mark <= to && (line->mark >= from || line->mark_end > from);
    if (!here) return;
    fputs(indent, out);
    fill(out, ' ', before + (line->cut_before ? 1 : 0));
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

static gboolean inside_character(const uint8_t *bytes, size_t at)
{
    return (bytes[at] & 0xc0) == 0x80;
}

/* Of a line longer than `columns` the part that shows its mark, and what stands before it. */
static void narrow(struct line *line, const uint8_t *bytes, size_t columns)
{
    size_t whole = line->to, first = line->from;
    size_t shown = MIN(line->mark_end - line->mark, columns * 2 / 3);
    if (whole - first <= columns) return;
    if (line->mark + shown - first > columns)
        line->from = line->mark - MIN(columns / 2, columns - shown - 2);
    while (line->from < line->mark && inside_character(bytes, line->from))
        line->from++;
    line->to = MIN(whole, line->from + columns - 2);
    while (line->to > line->from && line->to < whole && inside_character(bytes, line->to))
        line->to--;
    line->cut_before = line->from > first;
    line->cut_behind = line->to < whole;
}

void output_excerpt(FILE *out, const char *indent, const uint8_t *bytes, size_t n, size_t offset,
                    size_t length, gboolean colour)
{
    offset = MIN(offset, n);
    length = MIN(length, n - offset);
    size_t from = line_start(bytes, offset);
    /* A mark may lie on the line's end. */
    size_t to = MAX(line_end(bytes, n, from), offset);
    struct line line = { .from = from, .to = to, .mark = offset, .mark_end = offset + length };
    narrow(&line, bytes, output_width() - strlen(indent));
    marked_line(out, indent, bytes, &line, colour);
}

void output_message(FILE *out, const char *indent, const uint8_t *bytes, size_t n, size_t offset,
                    size_t length, gboolean colour)
{
    /* What is missing at the end is missing on a line of its own. */
    for (size_t at = 0; at < n || (at == n && offset == n);) {
        const uint8_t *lf = memchr(bytes + at, '\n', n - at);
        size_t next = lf ? (size_t)(lf - bytes) + 1 : n + (at == n);
        struct line line = {
            .from = at, .to = line_end(bytes, n, at), .mark = offset, .mark_end = offset + length
        };
        marked_line(out, indent, bytes, &line, colour);
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
