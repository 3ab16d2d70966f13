/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck fields: the reference of names, as text or as docs/fields.md. */
#include "command.h"
#include "output.h"

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
    unsigned shown = 0;
    for (size_t i = 0; sipcheck_field_info_at(i); i++) {
        const sipcheck_field_info *field = sipcheck_field_info_at(i);
        g_autofree char *name = g_strdup_printf("%s.%s", field->record, field->name);
        if (word && !output_holds(name, word) && !output_holds(field->doc, word)) continue;
        printf("%-32s %-16s %s\n", name, field->type, field->doc);
        shown++;
    }
    if (!shown) complain("no field's name or meaning holds '%s'", word);
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
    int markdown = fine ? command_format(format, "markdown") : -1;
    if (fine && argc > 2) complain("fields wants one WORD at most");
    if (markdown < 0 || argc > 2) return EXIT_USAGE;
    if (markdown)
        print_markdown();
    else
        print_text(args[1]);
    return EXIT_CLEAN;
}
