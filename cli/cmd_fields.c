/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck fields: the reference of names, as text or as docs/fields.md. */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include <sipcheck/rules.h>

static void print_markdown(void)
{
    const char *record = "";
    puts("# Fields\n\nMade by `sipcheck fields --format markdown` from headers.def and fields.def; "
         "a test holds it "
         "against them.");
    for (size_t i = 0; sipcheck_field_info_at(i); i++) {
        const sipcheck_field_info *field = sipcheck_field_info_at(i);
        if (strcmp(record, field->record) != 0)
            printf("\n## %s\n\n| name | type | meaning |\n|---|---|---|\n", field->record);
        record = field->record;
        printf("| `%s` | %s | %s |\n", field->name, field->type, field->doc);
    }
}

static void print_text(const char *word)
{
    for (size_t i = 0; sipcheck_field_info_at(i); i++) {
        const sipcheck_field_info *field = sipcheck_field_info_at(i);
        g_autofree char *name = g_strdup_printf("%s.%s", field->record, field->name);
        if (!word || strstr(name, word) || strstr(field->doc, word))
            printf("%-32s %-16s %s\n", name, field->type, field->doc);
    }
}

int cmd_fields(int argc, char **argv)
{
    g_autofree char *format = NULL;
    const GOptionEntry entries[] = { { "format", 'f', 0, G_OPTION_ARG_STRING, &format,
                                       "text (default) or markdown", "FORMAT" },
                                     G_OPTION_ENTRY_NULL };
    gboolean fine = command_options(
        &argc, &argv, "[WORD]",
        "Lists the fields that rules and filters can name, all or those that hold WORD.", entries);
    g_auto(GStrv) args = argv;
    if (!fine) return EXIT_USAGE;
    if (format && !strcmp(format, "markdown"))
        print_markdown();
    else
        print_text(args[1]);
    return EXIT_CLEAN;
}
