/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck: which element broke which statement of the SIP RFCs, with proof. */
#include "command.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include <sipcheck/base.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    { "audit", cmd_audit, "judge the SIP traffic of captures: who broke what, with proof" },
    { "parse", cmd_parse, "check the syntax of messages, a message a file" },
    { "explain", cmd_explain,
      "what a rule asks for, why it matters, a passing and a failing message" },
    { "rules", cmd_rules, "list the rules, or run their own tests" },
    { "coverage", cmd_coverage, "every normative statement of an RFC and what became of it" },
    { "fields", cmd_fields, "the names that rules and filters can use" },
};

static void print_help(FILE *out)
{
    fputs("usage: sipcheck COMMAND [OPTION…] …\n\n"
          "sipcheck tells whether SIP traffic keeps the RFCs, and which element broke which "
          "statement.\n\n",
          out);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\n`sipcheck COMMAND --help` shows a command's options.\n"
          "Exit codes: 0 nothing found, 1 findings, 2 usage, 3 input unreadable, 4 judgement "
          "incomplete.\n",
          out);
}

void complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    fprintf(stderr, "sipcheck: %s\n", text);
}

gboolean command_options(int *argc, char ***argv, const char *usage, const char *about,
                         const GOptionEntry *entries)
{
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_autoptr(GError) error = NULL;
    g_autofree char *program = g_strdup_printf("sipcheck %s", (*argv)[0]);
    GStrv copy = g_strdupv(*argv);

    g_set_prgname(program);
    g_option_context_set_summary(context, about);
    g_option_context_add_main_entries(context, entries, NULL);
    gboolean fine = g_option_context_parse_strv(context, &copy, &error);
    *argv = copy;
    *argc = (int)g_strv_length(copy);
    if (!fine) complain("%s; `%s --help` shows the options", error->message, program);
    return fine;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    const char *name = argc > 1 ? argv[1] : "";
    if (!strcmp(name, "--version") || !strcmp(name, "version")) {
        printf("sipcheck %s\n", sipcheck_version());
        return EXIT_CLEAN;
    }
    if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
        print_help(stdout);
        return EXIT_CLEAN;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (!strcmp(name, commands[i].name)) return commands[i].run(argc - 1, argv + 1);
    if (argc > 1) complain("there is no command '%s'", name);
    print_help(stderr);
    return EXIT_USAGE;
}
