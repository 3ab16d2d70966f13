/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ladder as Mermaid's sequenceDiagram. */
#include "ladder.h"

#include <string.h>

/* All but what is sure to mean nothing to Mermaid, or to the HTML around it, as #CODE; */
static void write_escaped(FILE *out, const char *text)
{
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        gboolean plain = c < 128 ? g_ascii_isalnum((char)c) || strchr(" .-_+=/@()[],:?", (int)c)
                                 : g_unichar_isalnum(c) || c == 0x2026;
        if (plain)
            fwrite(text, 1, (size_t)(g_utf8_next_char(text) - text), out);
        else
            fprintf(out, "#%u;", c);
    }
}

static void write_marks(FILE *out, const struct step *step, guint from, guint to)
{
    char *mark;
    for (guint i = 0; (mark = ladder_mark(step, i)); i++) {
        fprintf(out, "    Note over P%u", MIN(from, to));
        if (from != to) fprintf(out, ",P%u", MAX(from, to));
        fputs(": ", out);
        write_escaped(out, mark);
        fputc('\n', out);
        g_free(mark);
    }
}

static void write_step(FILE *out, const struct ladder *ladder, guint index)
{
    char offset[STEP_OFFSET_TEXT];
    const struct step *step = ladder->steps->pdata[index];
    guint from = ladder->from[index], to = ladder->to[index];
    g_autofree char *label = step_label(step, (gsize)4 * STEP_TEXT_MAX);
    g_autofree char *frame = ladder_frame(ladder, step);
    fprintf(out, "    P%u%sP%u: ", from, step->is_request ? "->>" : "-->>", to);
    write_escaped(out, label);
    fprintf(out, " [%s, %s]\n", frame, step_offset(step->ns, ladder->ns, offset));
    write_marks(out, step, from, to);
}

void ladder_mermaid(FILE *out, const struct ladder *ladder)
{
    fputs("sequenceDiagram\n", out);
    for (guint i = 0; i < ladder->names->len; i++) {
        fprintf(out, "    participant P%u as ", i);
        write_escaped(out, ladder->names->pdata[i]);
        fputc('\n', out);
    }
    for (guint i = 0; i < ladder->steps->len; i++)
        write_step(out, ladder, i);
}
