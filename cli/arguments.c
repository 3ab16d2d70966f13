/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a subcommand, by GOption; what it is silent about is said here. */
#include "command.h"
#include "nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* GOption leaves "--" where it is when an option-like word follows it. */
static void drop_separator(GStrv argv)
{
    while (*argv && strcmp(*argv, "--") != 0)
        argv++;
    if (!*argv) return;
    g_free(*argv);
    for (; *argv; argv++)
        argv[0] = argv[1];
}

/* "--name", "--name=value", "-n", "-nvalue"; NULL: it is none of them. */
static const GOptionEntry *entry_of(const GOptionEntry *entries, const char *word)
{
    gsize n = strcspn(word, "=");
    if (word[0] != '-' || !word[1]) return NULL;
    for (; entries->long_name; entries++)
        if (word[1] != '-' ? word[1] == entries->short_name
                           : n > 2 && n - 2 == strlen(entries->long_name) &&
                                 !strncmp(word + 2, entries->long_name, n - 2))
            return entries;
    return NULL;
}

static gboolean is_valued(const GOptionEntry *entry)
{
    return entry && entry->arg != G_OPTION_ARG_NONE;
}

/* Its value stands in the word itself. */
static gboolean is_whole(const char *word)
{
    return word[1] == '-' ? strchr(word, '=') != NULL : word[2] != '\0';
}

/* GOption knows -j 2 and no -j2. */
static GStrv part_values(char *const *argv, const GOptionEntry *entries)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    for (gboolean over = FALSE; *argv; argv++) {
        over |= !strcmp(*argv, "--");
        const GOptionEntry *entry = over ? NULL : entry_of(entries, *argv);
        gboolean attached = is_valued(entry) && argv[0][1] != '-' && argv[0][2];
        g_autofree char *word = g_strndup(*argv, attached ? 2 : strlen(*argv));
        g_strv_builder_add(words, word);
        if (attached) g_strv_builder_add(words, *argv + 2);
        if (is_valued(entry) && !attached && !is_whole(*argv) && argv[1])
            g_strv_builder_add(words, *++argv);
    }
    return g_strv_builder_end(words);
}

typedef const char *(*look_fn)(void *user, const GOptionEntry *entry, const char *word);

/* Goes over the words that are options, until one is told. */
static const char *look(char *const *words, const GOptionEntry *entries, look_fn fn, void *user)
{
    for (words++; *words && strcmp(*words, "--") != 0; words++) {
        const GOptionEntry *entry = entry_of(entries, *words);
        const char *told = **words == '-' && words[0][1] ? fn(user, entry, *words) : NULL;
        if (told) return told;
        if (is_valued(entry) && !is_whole(*words) && words[1]) words++;
    }
    return NULL;
}

/* An option that keeps one value would forget the first in silence. */
static const char *given_again(void *user, const GOptionEntry *entry, const char *word)
{
    GHashTable *seen = user;
    (void)word;
    gboolean one = is_valued(entry) && entry->arg != G_OPTION_ARG_STRING_ARRAY &&
                   entry->arg != G_OPTION_ARG_FILENAME_ARRAY;
    return one && !g_hash_table_add(seen, (gpointer)entry->long_name) ? entry->long_name : NULL;
}

static const char *not_known(void *user, const GOptionEntry *entry, const char *word)
{
    (void)user;
    gboolean help = !strcmp(word, "-h") || !strcmp(word, "--help");
    return entry || help ? NULL : word;
}

static const char *asks_for_help(void *user, const GOptionEntry *entry, const char *word)
{
    (void)user, (void)entry;
    return !strcmp(word, "-h") || !strcmp(word, "--help") ? word : NULL;
}

/* GOption prints its ellipses as "?" where the locale has none. */
static int print_help(GOptionContext *context)
{
    g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
    g_auto(GStrv) parts = g_strsplit(help, "…", -1);
    g_autofree char *plain = g_strjoinv("...", parts);
    fputs(g_get_charset(NULL) ? help : plain, stdout);
    return fflush(stdout) ? EXIT_UNREADABLE : EXIT_CLEAN;
}

static const char *nearest_option(const GOptionEntry *entries, const char *word)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *name = g_strndup(word, strcspn(word, "="));
    for (const GOptionEntry *entry = entries; entry->long_name; entry++)
        g_ptr_array_add(names, (gpointer)entry->long_name);
    g_ptr_array_add(names, NULL);
    if (!g_str_has_prefix(name, "--")) return NULL;
    return nearest(name + 2, (const char *const *)names->pdata, (guint)strlen(name + 2) / 3);
}

static void complain_of(const GError *error, char *const *words, const GOptionEntry *entries)
{
    gboolean unknown = g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION);
    const char *word = unknown ? look(words, entries, not_known, NULL) : NULL;
    const char *near = word ? nearest_option(entries, word) : NULL;
    if (near)
        complain("there is no option %s, did you mean --%s?", word, near);
    else if (word)
        complain("there is no option %s; `%s --help` shows the options", word, g_get_prgname());
    else
        complain("%s; `%s --help` shows the options", error->message, g_get_prgname());
}

/* rest: what remains of the words, also where FALSE says that something was complained about. */
static gboolean parse(GOptionContext *context, char **words, const GOptionEntry *entries,
                      GStrv *rest)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GError) error = NULL;
    *rest = g_strdupv(words);
    gboolean fine = g_option_context_parse_strv(context, rest, &error);
    if (!fine) complain_of(error, words, entries);
    const char *again = fine ? look(words, entries, given_again, seen) : NULL;
    if (again) complain("--%s is given twice; it has one value", again);
    drop_separator(*rest);
    return fine && !again;
}

/* --help ends the program, as GOption's own does. */
gboolean command_options(int *argc, char ***argv, const char *usage, const char *about,
                         const GOptionEntry *entries)
{
    GOptionContext *context = g_option_context_new(usage);
    char *program = g_strdup_printf("sipcheck %s", (*argv)[0]);
    GStrv words = part_values(*argv, entries), rest = NULL;

    g_set_prgname(program);
    g_free(program);
    g_option_context_set_summary(context, about);
    g_option_context_add_main_entries(context, entries, NULL);
    gboolean help = look(words, entries, asks_for_help, NULL) != NULL;
    int code = help ? print_help(context) : EXIT_CLEAN;
    gboolean fine = !help && parse(context, words, entries, &rest);
    g_option_context_free(context);
    g_strfreev(words);
    if (help) exit(code);
    *argv = rest;
    *argc = (int)g_strv_length(rest);
    return fine;
}
