/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all commands print with: JSON, hostile bytes made visible, lines with the bytes underlined,
 * colour. */
#ifndef SIPCHECK_CLI_OUTPUT_H
#define SIPCHECK_CLI_OUTPUT_H

#include <stdio.h>

#include <glib.h>
#include <sipcheck/base.h>

sipcheck_slice output_slice(const char *text);

/* The text holds the word, in any case of ASCII letters. */
gboolean output_holds(const char *text, const char *word);

/* A JSON string with its quotes. */
void output_json(FILE *out, sipcheck_slice text);
void output_json_text(FILE *out, const char *text);

/* Bytes for a terminal: control bytes, and what is not UTF-8, as \xNN. Returns the columns it took.
 */
size_t output_visible(FILE *out, sipcheck_slice text);

/* COLUMNS, else the terminal's, else 100; at least 40. What a line of words may take of them is at
 * most 110. */
size_t output_columns(void);
size_t output_width(void);

/* The words of a text, from column `at` of a line on; lines end at the width and go on behind
 * `indent` spaces. Ends the last line. */
void output_wrapped(FILE *out, size_t at, size_t indent, const char *text);

/* The line that holds bytes [offset, offset+length), with them underlined; of a line longer than
 * the width the part around them, "…" for the rest. CSeq: 1 BYE
 *         ^^^ */
void output_excerpt(FILE *out, const char *indent, const uint8_t *bytes, size_t n, size_t offset,
                    size_t length, gboolean colour);

/* A whole message, each line indented, the bytes underlined; offset SIZE_MAX: none. */
void output_message(FILE *out, const char *indent, const uint8_t *bytes, size_t n, size_t offset,
                    size_t length, gboolean colour);

/* stdout is a terminal that shows colour, and nobody said NO_COLOR (https://no-color.org). */
gboolean output_wants_colour(void);

enum output_style { STYLE_PLAIN, STYLE_BOLD, STYLE_RED, STYLE_YELLOW, STYLE_BLUE, STYLE_DIM };

/* The escape sequence that begins a style, "" without colour; STYLE_PLAIN ends it. */
const char *output_style(enum output_style style, gboolean colour);

#endif
