/* SPDX-License-Identifier: MIT */
/* Runs while the library is built: writes the files of rules/ as the table behind sc_builtin_at,
 * those of YAML also as trees (rules/packed.h), and rules as they are once loaded (rules/image.h).
 *   embed OUTPUT DIRECTORY PATH... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/image.h"
#include "rules/load.h"

typedef struct buffer {
    char *bytes;
    size_t n, room;
} buffer;

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "embed: can't %s %s\n", what, name);
    exit(EXIT_FAILURE);
}

static void append(buffer *to, const void *bytes, size_t n)
{
    if (to->room - to->n < n) {
        to->room = (to->n + n) * 2;
        to->bytes = realloc(to->bytes, to->room);
        if (to->bytes == NULL) fail("get memory for", "a file");
    }
    if (n > 0) memcpy(to->bytes + to->n, bytes, n);
    to->n += n;
}

/* --- packing */

static size_t packed_nodes;
static unsigned packed_line;

static void append_byte(buffer *to, unsigned byte)
{
    const uint8_t c = (uint8_t)byte;
    append(to, &c, 1);
}

static void append_number(buffer *to, size_t number)
{
    for (; number > 0x7F; number >>= 7)
        append_byte(to, (unsigned)(number & 0x7F) | 0x80);
    append_byte(to, (unsigned)number);
}

static void append_scalar(buffer *to, const sc_yaml_node *node, const uint8_t *text)
{
    append_number(to, node->length);
    if (node->source.p != NULL) {
        append_number(to, (size_t)(node->source.p - text));
        append_number(to, node->source.n);
        append_number(to, node->source_line - node->line);
        append_number(to, node->source_column);
    }
    append(to, node->text, node->length + 1);
}

// NOLINTNEXTLINE(misc-no-recursion): yaml.c limits the depth
static void append_node(buffer *to, const sc_yaml_node *node, const uint8_t *text)
{
    packed_nodes++;
    append_byte(to, node->kind | (node->block ? SC_PACKED_BLOCK : 0u) |
                        (node->source.p != NULL ? SC_PACKED_SOURCE : 0u));
    append_number(to, node->line - packed_line);
    append_number(to, node->column);
    packed_line = node->line;
    if (node->kind == SC_YAML_SCALAR) {
        append_scalar(to, node, text);
        return;
    }
    size_t count = 0;
    for (const sc_yaml_node *entry = node->first; entry != NULL; entry = entry->next)
        count++;
    append_number(to, count);
    for (const sc_yaml_node *entry = node->first; entry != NULL; entry = entry->next) {
        if (entry->key != NULL) append_node(to, entry->key, text);
        append_node(to, entry, text);
    }
}

static buffer pack(const char *path, const buffer *text)
{
    const sc_yaml_file file = { path, { (const uint8_t *)text->bytes, text->n } };
    const sc_yaml_node *root = NULL;
    sipcheck_error error = { .line = 0 };
    buffer packed = { .n = 0 };
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    if (arena == NULL || sc_yaml_parse(arena, &file, &root, &error) != SIPCHECK_OK) {
        fprintf(stderr, "%s:%u:%u: %s\n", error.file, error.line, error.column, error.message);
        fail("read", path);
    }
    packed_nodes = 0;
    packed_line = 0;
    if (root != NULL) append_node(&packed, root, file.text.p);
    sipcheck_arena_free(arena);
    return packed;
}

/* --- rules */

/* Nothing is built in yet. */
const sc_builtin *sc_builtin_at(size_t index)
{
    (void)index;
    return NULL;
}

static void complain(const sipcheck_error *error)
{
    fprintf(stderr, "%s:%u:%u: %s\n", error->file, error->line, error->column, error->message);
    exit(EXIT_FAILURE);
}

static void load(sipcheck_rules *rules, const char *path, const buffer *text)
{
    sipcheck_error error = { .line = 0 };
    const sc_load_source source = { path, text->bytes, text->n, NULL };
    sc_add_fn *add = sc_kind_of_file(path);
    if (add != NULL && add(rules, &source, &error) != SIPCHECK_OK) complain(&error);
}

static void put_image(void *user, const void *bytes, size_t n)
{
    append(user, bytes, n);
}

/* Those of a file, and in front of them how many. */
static buffer images(const sipcheck_rules *rules, const char *path)
{
    buffer all = { .n = 0 };
    sc_image image = { .put = put_image, .user = &all };
    size_t count = 0;
    for (const sc_rule *rule = rules->first; rule != NULL; rule = rule->next)
        count += strcmp(rule->pub.file, path) == 0;
    SC_IMAGE_MEMBER(&image, count);
    for (sc_rule *rule = rules->first; rule != NULL; rule = rule->next)
        if (strcmp(rule->pub.file, path) == 0) sc_image_rule(&image, NULL, rule);
    return all;
}

/* --- C */

static void put_byte(FILE *out, int c)
{
    if (c == '\n')
        fputs("\\n\"\n\"", out);
    else if (c == '"' || c == '\\' || c == '?')
        fprintf(out, "\\%c", c);
    else if (c >= ' ' && c <= '~')
        fputc(c, out);
    else
        fprintf(out, "\\%03o", (unsigned)c);
}

static void put_bytes(FILE *out, const buffer *bytes)
{
    fputs("\n\"", out);
    for (size_t i = 0; i < bytes->n; i++)
        put_byte(out, (unsigned char)bytes->bytes[i]);
    fputs("\"", out);
}

static buffer read_file(const char *directory, const char *path)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/%s", directory, path);
    FILE *in = fopen(name, "rb");
    if (in == NULL) fail("read", name);
    buffer text = { .n = 0 };
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, in)) > 0;)
        append(&text, piece, n);
    if (ferror(in)) fail("read", name);
    fclose(in);
    append(&text, "", 1); /* of an empty file, too, there are bytes */
    text.n--;
    return text;
}

static void put_rules(FILE *out, const sipcheck_rules *rules, const char *path)
{
    buffer all = images(rules, path);
    fputs(", .tree = { .rules =", out);
    put_bytes(out, &all);
    fputs(" }", out);
    free(all.bytes);
}

static void put_tree(FILE *out, const char *path, const buffer *text)
{
    buffer packed = pack(path, text);
    fputs(", .tree = { .bytes =", out);
    put_bytes(out, &packed);
    fprintf(out, ", .nodes = %zu }", packed_nodes);
    free(packed.bytes);
}

static void put_file(FILE *out, const sipcheck_rules *rules, const char *path, const buffer *text)
{
    fprintf(out, "{ .file = { \"%s\",", path);
    put_bytes(out, text);
    fprintf(out, ", %zu }", text->n);
    sc_add_fn *kind = sc_kind_of_file(path);
    if (kind == sc_add_rules)
        put_rules(out, rules, path);
    else if (kind != NULL)
        put_tree(out, path, text);
    fputs(" },\n", out);
}

static void put_files(FILE *out, const char *directory, char **paths, size_t count)
{
    sipcheck_rules *rules = sipcheck_rules_new(NULL);
    buffer *texts = calloc(count + 1, sizeof *texts);
    if (rules == NULL || texts == NULL) fail("get memory for", "rules");
    for (size_t i = 0; i < count; i++) {
        texts[i] = read_file(directory, paths[i]);
        load(rules, paths[i], &texts[i]);
    }
    for (size_t i = 0; i < count; i++) {
        put_file(out, rules, paths[i], &texts[i]);
        free(texts[i].bytes);
    }
    free(texts);
    sipcheck_rules_free(rules);
}

int main(int argc, char **argv)
{
    if (argc < 3) fail("run without", "OUTPUT DIRECTORY PATH...");
    FILE *out = fopen(argv[1], "wb");
    if (out == NULL) fail("write", argv[1]);
    fputs("/* Made by cmake/embed.c. */\n#include \"rules/packed.h\"\n\n"
          "static const sc_builtin files[] = {\n",
          out);
    put_files(out, argv[2], argv + 3, (size_t)argc - 3);
    fputs("};\n\nconst sc_builtin *sc_builtin_at(size_t index)\n{\n"
          "    return index < sizeof files / sizeof *files ? &files[index] : NULL;\n}\n",
          out);
    if (fclose(out) != 0) fail("write", argv[1]);
    return EXIT_SUCCESS;
}
