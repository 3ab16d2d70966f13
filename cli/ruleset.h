/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules a command works with: those built in, a user's own, a profile. */
#ifndef SIPCHECK_CLI_RULESET_H
#define SIPCHECK_CLI_RULESET_H

#include <glib.h>
#include <sipcheck/rules.h>

/* What --rules and --profile said. */
struct ruleset_options {
    char **folders; /* --rules, may be given several times; NULL: none */
    char *profile;  /* --profile: a name, or a YAML file; NULL: default */
    gboolean tests; /* the tests of what is built in, too; those of --rules are always read */
};

/* Loads and seals. What is wrong is complained about (file, line, column, a caret); NULL then. Free
 * with sipcheck_rules_free. */
sipcheck_rules *ruleset_load(const struct ruleset_options *options);

/* A call that takes rules, a profile or an expression has worked; if not, says why on stderr: file,
 * line, column, the line with a caret. */
gboolean ruleset_worked(int code, const sipcheck_error *error);

/* Complains that there is no such rule, and says which may have been meant: those that hold the
 * text, those that stand for a statement of that id, or the nearest. */
void ruleset_suggest(const sipcheck_rules *rules, const char *wanted);

/* Of a test of a flow a line a message: when, between whom, its start line. */
void ruleset_show_flow(const sipcheck_test_outcome *outcome);

/* The options as GOption entries, for commands that take them. */
#define RULESET_ENTRIES(options)                                                                   \
    { "rules",                                                                                     \
      'r',                                                                                         \
      0,                                                                                           \
      G_OPTION_ARG_FILENAME_ARRAY,                                                                 \
      &(options).folders,                                                                          \
      "add the rules of a folder of YAML files, or of one file",                                   \
      "DIR" },                                                                                     \
    {                                                                                              \
        "profile", 'p', 0, G_OPTION_ARG_STRING, &(options).profile,                                \
            "a profile by name, or a YAML file", "P"                                               \
    }

void ruleset_options_clear(struct ruleset_options *options);

#endif
