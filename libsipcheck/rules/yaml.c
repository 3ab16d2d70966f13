/* SPDX-License-Identifier: MIT */
#include "rules/yaml.h"

#include <string.h>
#include <yaml.h>

#include "text/arena.h"

/* A place in the file that only moves forward: marks of the YAML library are lines and characters,
 * the tree wants bytes. */
typedef struct walker {
    const uint8_t *p, *end;
    size_t line, column; /* from 0 */
} walker;

typedef struct frame {
    sc_yaml_node *node;
    const sc_yaml_node **tail; /* where the next entry is hung */
    const sc_yaml_node *key;   /* read, its value is not */
    unsigned entries;
} frame;

typedef struct builder {
    yaml_parser_t parser;
    sipcheck_arena *arena;
    const sc_yaml_file *file;
    sipcheck_error *error;
    walker at;
    const sc_yaml_node *root;
    unsigned nodes, documents, depth;
    frame stack[SC_YAML_DEPTH_MAX];
} builder;

static sc_place place_at(const sc_yaml_file *file, size_t line, size_t column)
{
    return (sc_place){ file->name, file->text, (unsigned)line, (unsigned)column };
}

static int refuse(builder *b, yaml_mark_t mark, const char *why)
{
    sc_place place = place_at(b->file, mark.line + 1, mark.column + 1);
    return sc_error_set(b->error, &place, "%s", why);
}

static int too_big(builder *b, yaml_mark_t mark, const char *why)
{
    refuse(b, mark, why);
    return SIPCHECK_TOO_BIG;
}

/* --- places */

/* The byte at a mark; NULL when it lies behind. Only LF ends a line: check_line_ends saw to it. */
static const uint8_t *walk_to(walker *w, size_t line, size_t column)
{
    if (w->line > line || (w->line == line && w->column > column)) return NULL;
    while (w->p < w->end && (w->line < line || (w->line == line && w->column < column))) {
        bool newline = *w->p++ == '\n';
        while (w->p < w->end && (*w->p & 0xC0) == 0x80)
            w->p++;
        w->line += newline;
        w->column = newline ? 0 : w->column + 1;
    }
    return w->p;
}

/* Line and column of a byte. */
static sc_place place_of_offset(const sc_yaml_file *file, size_t offset)
{
    walker w = { file->text.p, file->text.p + file->text.n, 0, 0 };
    while (w.p < w.end && (size_t)(w.p - file->text.p) < offset)
        walk_to(&w, *w.p == '\n' ? w.line + 1 : w.line, *w.p == '\n' ? 0 : w.column + 1);
    return place_at(file, w.line + 1, w.column + 1);
}

/* YAML 1.1 sees line ends in a lone CR, in NEL, LS and PS; with only LF and CRLF its lines are
 * everybody's lines. */
static int check_line_ends(builder *b)
{
    const uint8_t *p = b->file->text.p;
    size_t n = b->file->text.n;
    for (size_t i = 0; i < n; i++) {
        bool cr = p[i] == '\r' && (i + 1 == n || p[i + 1] != '\n');
        bool nel = p[i] == 0xC2 && i + 1 < n && p[i + 1] == 0x85;
        bool separator = p[i] == 0xE2 && i + 2 < n && p[i + 1] == 0x80 && (p[i + 2] | 1) == 0xA9;
        if (cr || nel || separator) {
            sc_place place = place_of_offset(b->file, i);
            return sc_error_set(
                b->error, &place,
                "a line ends in LF or CRLF here; write other separators as escapes");
        }
    }
    return SIPCHECK_OK;
}

/* --- the tree */

/* What the YAML library says of the commonest mistakes, in other words. */
static const char *in_other_words(const char *problem)
{
    static const struct {
        const char *problem, *words;
    } known[] = {
        { "mapping values are not allowed in this context",
          "\": \" inside a plain text: put the text in quotes or behind \">-\"" },
        { "found character that cannot start any token",
          "no text begins with this character: put it in quotes; spaces indent, tabs don't" },
        { "did not find expected key", "a key is wanted here, indented as those before it" },
        { "did not find expected '-' indicator",
          "\"- \" is wanted here, indented as those before it" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(problem, known[i].problem) == 0) return known[i].words;
    return NULL;
}

static int library_error(builder *b)
{
    const yaml_parser_t *parser = &b->parser;
    const char *problem = parser->problem != NULL ? parser->problem : "not YAML";
    if (parser->error == YAML_MEMORY_ERROR) return SIPCHECK_NOMEM;
    if (parser->error == YAML_READER_ERROR) {
        sc_place place = place_of_offset(b->file, parser->problem_offset);
        return sc_error_set(b->error, &place, "%s", problem);
    }
    sc_place place =
        place_at(b->file, parser->problem_mark.line + 1, parser->problem_mark.column + 1);
    const char *words = in_other_words(problem);
    bool context = words == NULL && parser->context != NULL;
    return sc_error_set(b->error, &place, "%s%s%s", words != NULL ? words : problem,
                        context ? " " : "", context ? parser->context : "");
}

static sc_yaml_node *new_node(builder *b, enum sc_yaml_kind kind, yaml_mark_t mark)
{
    sc_yaml_node *node = sc_arena_alloc(b->arena, sizeof *node);
    if (node != NULL) {
        *node = (sc_yaml_node){ .kind = (uint8_t)kind,
                                .line = (unsigned)mark.line + 1,
                                .column = (unsigned)mark.column + 1 };
    }
    return node;
}

static bool same_text(const sc_yaml_node *a, const sc_yaml_node *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static int take_key(builder *b, frame *in, sc_yaml_node *node, yaml_mark_t mark)
{
    if (node->kind != SC_YAML_SCALAR) return refuse(b, mark, "a key is a text");
    for (const sc_yaml_node *entry = in->node->first; entry != NULL; entry = entry->next)
        if (same_text(entry->key, node)) return refuse(b, mark, "this key is there already");
    in->key = node;
    return in->entries++ < SC_YAML_KEYS_MAX ? SIPCHECK_OK : too_big(b, mark, "too many keys");
}

/* Hang a node where the stack says that it belongs. */
static int attach(builder *b, sc_yaml_node *node, yaml_mark_t mark)
{
    if (b->depth == 0) {
        b->root = node;
        return SIPCHECK_OK;
    }
    frame *in = &b->stack[b->depth - 1];
    if (in->node->kind == SC_YAML_MAPPING && in->key == NULL) return take_key(b, in, node, mark);
    node->key = in->key;
    in->key = NULL;
    *in->tail = node;
    in->tail = &node->next;
    return SIPCHECK_OK;
}

static int check_node(builder *b, const yaml_event_t *event, const yaml_char_t *anchor,
                      const yaml_char_t *tag)
{
    if (anchor != NULL) return refuse(b, event->start_mark, "anchors are not taken here");
    if (tag != NULL) return refuse(b, event->start_mark, "tags are not taken here");
    if (++b->nodes > SC_YAML_NODES_MAX)
        return too_big(b, event->start_mark, "too many values in one file");
    return SIPCHECK_OK;
}

static int open_node(builder *b, const yaml_event_t *event, enum sc_yaml_kind kind)
{
    if (b->depth == SC_YAML_DEPTH_MAX) return too_big(b, event->start_mark, "nested too deep");
    sc_yaml_node *node = new_node(b, kind, event->start_mark);
    if (node == NULL) return SIPCHECK_NOMEM;
    int code = attach(b, node, event->start_mark);
    if (code == SIPCHECK_OK) b->stack[b->depth++] = (frame){ .node = node, .tail = &node->first };
    return code;
}

/* Where the scalar's text stands: inside its quotes, or on the lines behind its | or >. */
static void find_source(builder *b, sc_yaml_node *node, const yaml_event_t *event)
{
    yaml_mark_t start = event->start_mark;
    yaml_scalar_style_t style = event->data.scalar.style;
    bool quoted =
        style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    node->block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    start.line += node->block;
    start.column = node->block ? 0 : start.column + quoted;
    const uint8_t *from = walk_to(&b->at, start.line, start.column);
    const uint8_t *to = walk_to(&b->at, event->end_mark.line, event->end_mark.column);
    if (from == NULL || to == NULL || to < from + quoted) return;
    node->source = (sipcheck_slice){ from, (size_t)(to - from) - quoted };
    node->source_line = (unsigned)start.line + 1;
    node->source_column = (unsigned)start.column + 1;
    if (quoted &&
        (node->source.n != node->length || memcmp(node->source.p, node->text, node->length) != 0))
        node->source = (sipcheck_slice){ 0 };
}

static int take_scalar(builder *b, const yaml_event_t *event)
{
    size_t length = event->data.scalar.length;
    const char *value = (const char *)event->data.scalar.value;
    if (length > SC_YAML_SCALAR_MAX) return too_big(b, event->start_mark, "this text is too long");
    if (memchr(value, '\0', length) != NULL)
        return refuse(b, event->start_mark, "a NUL can't stand in a text");
    sc_yaml_node *node = new_node(b, SC_YAML_SCALAR, event->start_mark);
    char *text = sc_arena_alloc(b->arena, length + 1);
    if (node == NULL || text == NULL) return SIPCHECK_NOMEM;
    memcpy(text, value, length);
    text[length] = '\0';
    node->text = text;
    node->length = length;
    find_source(b, node, event);
    return attach(b, node, event->start_mark);
}

static int take_event(builder *b, const yaml_event_t *event)
{
    int code = SIPCHECK_OK;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return b->documents++ == 0 ? SIPCHECK_OK
                                   : refuse(b, event->start_mark, "one document a file");
    case YAML_ALIAS_EVENT:
        return refuse(b, event->start_mark, "aliases are not taken here");
    case YAML_SCALAR_EVENT:
        code = check_node(b, event, event->data.scalar.anchor, event->data.scalar.tag);
        return code != SIPCHECK_OK ? code : take_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        code =
            check_node(b, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        return code != SIPCHECK_OK ? code : open_node(b, event, SC_YAML_SEQUENCE);
    case YAML_MAPPING_START_EVENT:
        code =
            check_node(b, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        return code != SIPCHECK_OK ? code : open_node(b, event, SC_YAML_MAPPING);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        b->depth--;
        return SIPCHECK_OK;
    default:
        return SIPCHECK_OK;
    }
}

static int take_events(builder *b)
{
    for (bool end = false; !end;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event)) return library_error(b);
        end = event.type == YAML_STREAM_END_EVENT;
        int code = take_event(b, &event);
        yaml_event_delete(&event);
        if (code != SIPCHECK_OK) return code;
    }
    return SIPCHECK_OK;
}

static int build(builder *b)
{
    if (b->file->text.n > SC_YAML_BYTES_MAX)
        return too_big(b, (yaml_mark_t){ 0 }, "the file is too long");
    int code = check_line_ends(b);
    if (code != SIPCHECK_OK) return code;
    if (!yaml_parser_initialize(&b->parser)) return SIPCHECK_NOMEM;
    yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b->parser, b->file->text.p, b->file->text.n);
    code = take_events(b);
    yaml_parser_delete(&b->parser);
    return code;
}

int sc_yaml_parse(sipcheck_arena *arena, const sc_yaml_file *file, const sc_yaml_node **ret,
                  sipcheck_error *error)
{
    builder b = { .arena = arena, .file = file, .error = error };
    b.at = (walker){ file->text.p, file->text.p + file->text.n, 0, 0 };
    int code = build(&b);
    if (code == SIPCHECK_OK) *ret = b.root;
    return code;
}

/* --- what readers of the tree ask */

const sc_yaml_node *sc_yaml_get(const sc_yaml_node *mapping, const char *key)
{
    for (const sc_yaml_node *entry = mapping->first; entry != NULL; entry = entry->next)
        if (*entry->key->text == *key && strcmp(entry->key->text, key) == 0) return entry;
    return NULL;
}

const char *sc_yaml_kind_name(const sc_yaml_node *node)
{
    static const char *const names[] = { "a text", "a list", "a mapping" };
    return names[node->kind];
}

sc_place sc_yaml_place(const sc_yaml_file *file, const sc_yaml_node *node)
{
    return place_at(file, node->line, node->column);
}

static sc_source source_of(const sc_yaml_file *file, const sc_yaml_node *node, bool exact)
{
    sc_source source = { .file = file->name, .whole = file->text };
    source.text =
        exact ? node->source : (sipcheck_slice){ (const uint8_t *)node->text, node->length };
    source.line = exact ? node->source_line : node->line;
    source.column = exact ? node->source_column : node->column;
    return source;
}

sc_source sc_yaml_expression(const sc_yaml_file *file, const sc_yaml_node *node)
{
    return source_of(file, node, node->source.p != NULL);
}

sc_source sc_yaml_template(const sc_yaml_file *file, const sc_yaml_node *node)
{
    bool same = node->source.p != NULL && node->source.n == node->length &&
                memcmp(node->source.p, node->text, node->length) == 0;
    return source_of(file, node, same);
}
