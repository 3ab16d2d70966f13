/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands of `sipcheck`. To add one: a file cmd_NAME.c, a row in main.c's table. */
#ifndef SIPCHECK_CLI_COMMAND_H
#define SIPCHECK_CLI_COMMAND_H

#include <glib.h>

/* Exit codes; a contract. */
enum exit_code {
    EXIT_CLEAN = 0,      /* nothing at or above --fail-on */
    EXIT_FINDINGS = 1,   /* findings at or above it */
    EXIT_USAGE = 2,      /* a command line or a rule file that can't be used */
    EXIT_UNREADABLE = 3, /* an input that can't be read */
    EXIT_INCOMPLETE = 4, /* the judgement is incomplete, and nothing failed */
};

/* argv[0] is the subcommand's name. Each returns an exit code. */
int cmd_audit(int argc, char **argv);
int cmd_calls(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_flow(int argc, char **argv);
int cmd_parse(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_coverage(int argc, char **argv);
int cmd_fields(int argc, char **argv);
int cmd_machines(int argc, char **argv);

/* Parse options as GOption does; what remains is in argv[1..argc). usage: what follows the name,
 * "FILE…". about: shown above the options. On a mistake prints it with a hint to stderr and returns
 * false. argv is replaced by a copy that the caller frees with g_strfreev. */
gboolean command_options(int *argc, char ***argv, const char *usage, const char *about,
                         const GOptionEntry *entries);

/* --format: 0 for "text" or NULL, 1 for other, -1 when it is neither, which is complained about. */
int command_format(const char *format, const char *other);

/* "sipcheck: " and the text on stderr, hostile bytes made visible. */
void complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
