/* SPDX-License-Identifier: MIT */
/* Runs while the library is built: writes the files of rules/ as the table behind
 * sipcheck_builtin_at.   embed OUTPUT DIRECTORY PATH... */
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "embed: can't %s %s\n", what, name);
    exit(EXIT_FAILURE);
}

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

static long put_file(FILE *out, const char *directory, const char *path)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/%s", directory, path);
    FILE *in = fopen(name, "rb");
    if (in == NULL) fail("read", name);
    long length = 0;
    for (int c; (c = fgetc(in)) != EOF; length++)
        put_byte(out, c);
    fclose(in);
    return length;
}

int main(int argc, char **argv)
{
    if (argc < 3) fail("run without", "OUTPUT DIRECTORY PATH...");
    FILE *out = fopen(argv[1], "wb");
    if (out == NULL) fail("write", argv[1]);
    fputs("/* Made by cmake/embed.c. */\n#include <sipcheck/rules.h>\n\n"
          "static const sipcheck_builtin files[] = {\n",
          out);
    for (int i = 3; i < argc; i++) {
        fprintf(out, "{ \"%s\",\n\"", argv[i]);
        long length = put_file(out, argv[2], argv[i]);
        fprintf(out, "\", %ld },\n", length);
    }
    fputs("};\n\nconst sipcheck_builtin *sipcheck_builtin_at(size_t index)\n{\n"
          "    return index < sizeof files / sizeof *files ? &files[index] : NULL;\n}\n",
          out);
    if (fclose(out) != 0) fail("write", argv[1]);
    return EXIT_SUCCESS;
}
