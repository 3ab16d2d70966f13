/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ladder as SVG: one file, no script, no font or image from elsewhere. */
#include "ladder.h"

#include <string.h>

enum {
    LETTER = 8, /* width of one, a little more than monospace needs at this size */
    MARGIN = 190,
    HEAD = 84,
    ROW = 34,
    MARK = 16, /* height of a rule's line */
    GAP_LEAST = 220,
    GAP_WIDEST = 460,
};

struct drawing {
    FILE *out;
    const struct ladder *ladder;
    guint gap, y;
};

/* Texts hold no control characters: step_text made them visible. */
static void write_escaped(FILE *out, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    fputs(escaped, out);
}

static guint column(const struct drawing *d, guint party)
{
    return MARGIN + d->gap / 2 + party * d->gap;
}

static void write_text(const struct drawing *d, const char *kind, guint x, guint y,
                       const char *text)
{
    fprintf(d->out, "<text class=\"%s\" x=\"%u\" y=\"%u\">", kind, x, y);
    write_escaped(d->out, text);
    fputs("</text>\n", d->out);
}

static guint marks_of(const struct step *step)
{
    return (step->marks ? step->marks->len : 0) + (step->more_marks > 0);
}

static guint height_of(const struct ladder *ladder)
{
    guint height = HEAD + ROW;
    for (guint i = 0; i < ladder->steps->len; i++)
        height += ROW + MARK * marks_of(ladder->steps->pdata[i]);
    return height;
}

static guint gap_of(const struct ladder *ladder)
{
    guint gap = GAP_LEAST;
    for (guint i = 0; i < ladder->names->len; i++)
        gap = MAX(gap, (guint)text_columns(ladder->names->pdata[i]) * LETTER + 3 * LETTER);
    return MIN(gap, GAP_WIDEST);
}

static void write_head(const struct drawing *d, guint width, guint height)
{
    g_autofree char *summary = ladder_summary(d->ladder);
    fprintf(d->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
            "viewBox=\"0 0 %u %u\">\n<title>",
            width, height, width, height);
    write_escaped(d->out, d->ladder->title);
    fputs("</title>\n<style>text{font:12px monospace;fill:#222}.middle,.party{text-anchor:middle}"
          ".title,.party{font-weight:bold}.small{fill:#666}.mark{fill:#b00020}"
          "line{stroke:#444}.life{stroke:#bbb}.answer{stroke-dasharray:6 3}</style>\n",
          d->out);
    fprintf(d->out, "<rect width=\"%u\" height=\"%u\" fill=\"#fff\"/>\n", width, height);
    write_text(d, "title", 12, 20, d->ladder->title);
    write_text(d, "small", 12, 38, summary);
}

static void write_parties(const struct drawing *d, guint height)
{
    for (guint i = 0; i < d->ladder->names->len; i++) {
        guint x = column(d, i);
        g_autofree char *name = text_fit(d->ladder->names->pdata[i], d->gap / LETTER - 2);
        write_text(d, "party", x, HEAD - 18, name);
        fprintf(d->out, "<line class=\"life\" x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\"/>\n", x,
                HEAD - 8, x, height - 10);
    }
}

static void write_arrow(const struct drawing *d, const struct step *step, guint from, guint to)
{
    guint a = column(d, from), b = column(d, to), y = d->y;
    fprintf(d->out, "<line%s x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\"/>\n",
            step->is_request ? "" : " class=\"answer\"", a, y, b, y);
    guint tail = a < b ? b - 8 : b + 8;
    fprintf(d->out, "<path d=\"M%u %uL%u %uL%u %uz\" fill=\"#444\"/>\n", b, y, tail, y - 4, tail,
            y + 4);
    g_autofree char *label = step_label(step, (MAX(a, b) - MIN(a, b)) / LETTER - 2);
    write_text(d, "middle", (a + b) / 2, y - 5, label);
}

static void write_self(const struct drawing *d, const struct step *step, guint party)
{
    guint x = column(d, party);
    fprintf(d->out, "<circle cx=\"%u\" cy=\"%u\" r=\"4\" fill=\"#444\"/>\n", x, d->y);
    g_autofree char *label = step_label(step, d->gap / LETTER - 2);
    write_text(d, "small", x + 10, d->y - 5, label);
}

static void write_step(struct drawing *d, guint index)
{
    char offset[STEP_OFFSET_TEXT];
    const struct step *step = d->ladder->steps->pdata[index];
    guint from = d->ladder->from[index], to = d->ladder->to[index];
    g_autofree char *frame = ladder_frame(d->ladder, step);
    g_autofree char *margin =
        g_strdup_printf("%s  %s", frame, step_offset(step->ns, d->ladder->ns, offset));
    write_text(d, "small", 12, d->y, margin);
    if (from == to)
        write_self(d, step, from);
    else
        write_arrow(d, step, from, to);
    char *mark;
    for (guint i = 0; (mark = ladder_mark(step, i)); i++) {
        d->y += MARK;
        write_text(d, "mark", column(d, MIN(from, to)) + 6, d->y - 2, mark);
        g_free(mark);
    }
    d->y += ROW;
}

void ladder_svg(FILE *out, const struct ladder *ladder)
{
    struct drawing d = { .out = out, .ladder = ladder, .gap = gap_of(ladder), .y = HEAD + 20 };
    guint width = MARGIN + d.gap * MAX(ladder->names->len, 2), height = height_of(ladder);
    write_head(&d, width, height);
    write_parties(&d, height);
    for (guint i = 0; i < ladder->steps->len; i++)
        write_step(&d, i);
    fputs("</svg>\n", out);
}
