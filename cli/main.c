/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipcheck: which element broke which statement of the SIP RFCs, with proof. */
#include "command.h"
#include "nearest.h"
#include "output.h"

#include <errno.h>
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
    { "calls", cmd_calls, "list calls, registrations and the like, with their outcome" },
    { "extract", cmd_extract, "copy the packets that prove a finding, or those of a call" },
    { "flow", cmd_flow, "draw a call: its messages between its elements, as text, Mermaid or SVG" },
    { "parse", cmd_parse, "check the syntax of messages, a message a file" },
    { "explain", cmd_explain,
      "what a rule asks for, why it matters, a passing and a failing message" },
    { "rules", cmd_rules, "list the rules, or run their own tests" },
    { "coverage", cmd_coverage, "every normative statement of an RFC and what became of it" },
    { "fields", cmd_fields, "the names that rules and filters can use" },
    { "machines", cmd_machines,
      "the state machines: what may follow what, and where that is said" },
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
    fputs("sipcheck: ", stderr);
    output_visible(stderr, output_slice(text));
    fputc('\n', stderr);
}

int command_format(const char *format, const char *other)
{
    if (!format || !strcmp(format, "text")) return 0;
    if (!strcmp(format, other)) return 1;
    complain("--format is text or %s, not '%s'", other, format);
    return -1;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (!strcmp(name, commands[i].name)) return &commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[G_N_ELEMENTS(commands) + 1] = { NULL };
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        names[i] = commands[i].name;
    const char *near = nearest(name, names, 3);
    if (near)
        complain("there is no command '%s', did you mean '%s'?", name, near);
    else
        complain("there is no command '%s'; `sipcheck --help` shows what there is", name);
    return EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (!*name) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (!strcmp(name, "--version") || !strcmp(name, "-V") || !strcmp(name, "version")) {
        printf("sipcheck %s\n", sipcheck_version());
        return EXIT_CLEAN;
    }
    gboolean help = !strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help");
    if (help && argc == 2) {
        print_help(stdout);
        return EXIT_CLEAN;
    }
    const char *wanted = help ? argv[2] : name;
    const struct command *command = find_command(wanted);
    if (!command) return unknown_command(wanted);
    if (help) return command->run(2, (char *[]){ argv[2], "--help", NULL });
    return command->run(argc - 1, argv + 1);
}

/* A report that did not arrive is no report. Who closed the pipe has read enough: no complaint. */
static int finish_output(int code)
{
    errno = 0;
    gboolean lost = ferror(stdout) != 0;
    lost |= fflush(stdout) != 0;
    if (!lost) return code;
    if (errno != EPIPE)
        complain("standard output could not be written to the end: %s",
                 errno ? g_strerror(errno) : "write error");
    return EXIT_UNREADABLE;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    return finish_output(run(argc, argv));
}
