/* SPDX-License-Identifier: MIT */
/* What a file of rules/ holds, by its path. */
#include <string.h>

#include "rules/load.h"

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
    size_t n = strlen(text), m = strlen(with);
    return n >= m && strcmp(text + n - m, with) == 0;
}

sc_add_fn *sc_kind_of_file(const char *path)
{
    return !ends(path, ".yaml") || begins(path, "syntax/") ? NULL
           : strcmp(path, "bases.yaml") == 0               ? sc_add_bases
           : begins(path, "machines/")                     ? sc_add_machine
           : begins(path, "profiles/")                     ? sc_add_profile
                                                           : sc_add_rules;
}
