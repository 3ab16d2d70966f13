/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ladder for a terminal: a column a party, or, where they are too many for its width, a line a
 * message with both addresses. */
#include "ladder.h"

#include <string.h>

enum {
    GAP_LEAST = 13,   /* between two parties; in less no method fits */
    LABEL_LEAST = 18, /* for it a line is not broken */
    GAP_WIDEST = 48,
};

/* What lines and arrows are made of. */
struct pen {
    gunichar down, across, right, left, self;
};
static const struct pen pens[2] = {
    { 0x2502, 0x2500, 0x25B6, 0x25C0, 0x25CF },
    { '|', '-', '>', '<', '*' },
};

struct canvas {
    FILE *out;
    const struct ladder *ladder;
    const struct pen *pen;
    gboolean ascii;
    gsize width, margin, gap;
    int frames;    /* columns of the frame numbers */
    GArray *cells; /* of gunichar: the line being drawn; 0: behind a wide character */
};

static void put(struct canvas *c, gsize at, gunichar character)
{
    static const gunichar space = ' ';
    while (c->cells->len <= at)
        g_array_append_val(c->cells, space);
    g_array_index(c->cells, gunichar, at) = character;
}

static void put_text(struct canvas *c, gsize at, const char *text)
{
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar character = g_utf8_get_char(text);
        if (g_unichar_iszerowidth(character)) continue;
        put(c, at++, character);
        if (g_unichar_iswide(character)) put(c, at++, 0);
    }
}

static void write_character(const struct canvas *c, gunichar character)
{
    char utf8[7] = "";
    int n = character ? g_unichar_to_utf8(character, utf8) : 0;
    if (!c->ascii || n < 2)
        fwrite(utf8, 1, (size_t)n, c->out);
    else if (character == 0x2026)
        fputc('~', c->out);
    else
        for (int i = 0; i < n; i++)
            fprintf(c->out, "\\x%02x", (guchar)utf8[i]);
}

static void write_text(const struct canvas *c, const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        write_character(c, g_utf8_get_char(text));
}

static void end_line(struct canvas *c)
{
    gsize n = c->cells->len;
    while (n && g_array_index(c->cells, gunichar, n - 1) == ' ')
        n--;
    for (gsize i = 0; i < n; i++)
        write_character(c, g_array_index(c->cells, gunichar, i));
    fputc('\n', c->out);
    g_array_set_size(c->cells, 0);
}

static gsize column(const struct canvas *c, guint party)
{
    return c->margin + party * c->gap;
}

static void put_parties(struct canvas *c)
{
    for (guint i = 0; i < c->ladder->names->len; i++)
        put(c, column(c, i), c->pen->down);
}

static void put_margin(struct canvas *c, const struct step *step)
{
    char offset[STEP_OFFSET_TEXT];
    g_autofree char *frame = ladder_frame(c->ladder, step);
    g_autofree char *text =
        g_strdup_printf("%*s  %s", c->frames, frame, step_offset(step->ns, c->ladder->ns, offset));
    put_text(c, 0, text);
}

/* "│── label ──▶│" */
static void put_arrow(struct canvas *c, const struct step *step, guint from, guint to)
{
    gsize left = column(c, MIN(from, to)) + 1, right = column(c, MAX(from, to)) - 1;
    for (gsize at = left; at <= right; at++)
        put(c, at, c->pen->across);
    put(c, from < to ? right : left, from < to ? c->pen->right : c->pen->left);
    g_autofree char *label = step_label(step, right - left - 3);
    g_autofree char *spaced = g_strdup_printf(" %s ", label);
    put_text(c, left + 1 + (right - left - 1 - text_columns(label) - 2) / 2, spaced);
}

/* To itself: no arrow has room. */
static void put_self(struct canvas *c, const struct step *step, guint party)
{
    gsize at = column(c, party), room = c->width > at + 2 ? c->width - at - 2 : 0;
    g_autofree char *label = step_label(step, MAX(room, GAP_LEAST));
    put(c, at, c->pen->self);
    put_text(c, at + 2, label);
}

/* Below the arrow, from its left end on if the line has room for it. */
static void draw_mark(struct canvas *c, gsize at, const char *rule)
{
    g_autofree char *text = g_strdup_printf("! %s ", rule);
    gsize columns = text_columns(text), end = c->width > columns ? c->width - columns : 0;
    put_parties(c);
    put_text(c, MAX(MIN(at, end), c->margin), text);
    end_line(c);
}

static void draw_step(struct canvas *c, guint index)
{
    const struct step *step = c->ladder->steps->pdata[index];
    guint from = c->ladder->from[index], to = c->ladder->to[index];
    put_parties(c);
    put_margin(c, step);
    if (from == to)
        put_self(c, step, from);
    else
        put_arrow(c, step, from, to);
    end_line(c);
    char *mark;
    for (guint i = 0; (mark = ladder_mark(step, i)); i++) {
        draw_mark(c, column(c, MIN(from, to)) + 2, mark);
        g_free(mark);
    }
}

/* Names over their columns, each as near to the middle as the lines around it leave it. */
static void draw_names(struct canvas *c)
{
    gsize free_from = 0;
    for (guint i = 0; i < c->ladder->names->len; i++) {
        g_autofree char *name = text_fit(c->ladder->names->pdata[i], c->gap - 2);
        gsize half = text_columns(name) / 2, at = column(c, i);
        put_text(c, MAX(at > half ? at - half : 0, free_from), name);
        free_from = MAX(at > half ? at - half : 0, free_from) + text_columns(name) + 1;
    }
    end_line(c);
    put_parties(c);
    end_line(c);
}

static void list_step(struct canvas *c, guint index)
{
    const struct step *step = c->ladder->steps->pdata[index];
    const char *from = c->ladder->names->pdata[c->ladder->from[index]],
               *to = c->ladder->names->pdata[c->ladder->to[index]];
    put_margin(c, step);
    g_autofree char *way = g_strdup_printf("%s %s %s", from, c->ascii ? "->" : "→", to);
    gsize behind = c->margin + text_columns(way) + 2, at = behind;
    put_text(c, c->margin, way);
    if (c->width < behind + LABEL_LEAST) {
        end_line(c);
        at = c->margin + 2;
    }
    g_autofree char *label = step_label(step, MAX(c->width, at + LABEL_LEAST) - at);
    put_text(c, at, label);
    end_line(c);
    char *mark;
    for (guint i = 0; (mark = ladder_mark(step, i)); i++) {
        put_text(c, c->margin + 2, "! ");
        put_text(c, c->margin + 4, mark);
        end_line(c);
        g_free(mark);
    }
}

/* Columns that frame numbers and times take. */
static void measure_margin(struct canvas *c)
{
    gsize times = 0;
    for (guint i = 0; i < c->ladder->steps->len; i++) {
        char offset[STEP_OFFSET_TEXT];
        const struct step *step = c->ladder->steps->pdata[i];
        g_autofree char *frame = ladder_frame(c->ladder, step);
        c->frames = MAX(c->frames, (int)strlen(frame));
        times = MAX(times, strlen(step_offset(step->ns, c->ladder->ns, offset)));
    }
    c->margin = (gsize)c->frames + 2 + times + 2;
}

/* The first and the last party's names stick out to the sides. */
static void measure(struct canvas *c)
{
    const GPtrArray *names = c->ladder->names;
    guint n = names->len;
    measure_margin(c);
    gsize half = n ? text_columns(names->pdata[n - 1]) / 2 + 1 : 0;
    half = MIN(half, GAP_LEAST / 2);
    gsize room = c->width > c->margin + half ? c->width - c->margin - half : 0;
    c->gap = n > 1 ? MIN(room / (n - 1), GAP_WIDEST) : GAP_WIDEST;
}

void ladder_text(FILE *out, const struct ladder *ladder, gsize width, gboolean ascii)
{
    struct canvas c = { .out = out,
                        .ladder = ladder,
                        .pen = &pens[ascii],
                        .ascii = ascii,
                        .width = width,
                        .frames = 4 };
    g_autofree char *summary = ladder_summary(ladder);
    c.cells = g_array_new(FALSE, FALSE, sizeof(gunichar));
    measure(&c);
    write_text(&c, ladder->title);
    fprintf(out, "\n%s\n\n", summary);
    gboolean columns = c.gap >= GAP_LEAST;
    if (columns) draw_names(&c);
    for (guint i = 0; i < ladder->steps->len; i++)
        columns ? draw_step(&c, i) : list_step(&c, i);
    g_array_unref(c.cells);
}
