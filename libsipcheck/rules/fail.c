/* SPDX-License-Identifier: MIT */
/* What is wrong in an expression, and where. */
#include <stdarg.h>
#include <stdio.h>

#include "rules/compiler.h"

/* Line and column of an offset, both counted in characters from where the source begins. */
static sc_place locate(const sc_source *source, size_t at)
{
    sc_place place = { source->file, source->whole, source->line, source->column };
    for (size_t i = 0; i < at && i < source->text.n; i++) {
        if (source->text.p[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if ((source->text.p[i] & 0xC0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

/* Without the whole file, the source itself is quoted. */
static void set_error(sc_compiler *c, const sc_source *source, size_t at, const char *message)
{
    sc_place place = locate(source, at);
    unsigned line = place.line;
    if (!source->whole.p && source->column == 1) {
        place.whole = source->text;
        place.line = line - source->line + 1;
    }
    sc_error_set(c->error, &place, "%s", message);
    if (c->error) c->error->line = line;
}

static void report(sc_compiler *c, const sc_source *source, uint32_t at, const char *format,
                   va_list arguments)
{
    char message[sizeof c->error->message];
    if (c->failed) return;
    c->failed = true;
    vsnprintf(message, sizeof message, format, arguments);
    set_error(c, source, at, message);
}

bool sc_fail(sc_compiler *c, const sc_source *source, uint32_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(c, source, at, format, arguments);
    va_end(arguments);
    return false;
}

bool sc_fail_node(sc_compiler *c, const sc_node *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(c, node->source, node->at, format, arguments);
    va_end(arguments);
    return false;
}
