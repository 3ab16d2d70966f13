/* SPDX-License-Identifier: MIT */
/* The rules, bases and profiles that were built in. */
#include <string.h>

#include "rules/set.h"

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
    size_t n = strlen(text), m = strlen(with);
    return n >= m && strcmp(text + n - m, with) == 0;
}

static int add_one(sipcheck_rules *rules, const sipcheck_builtin *file, sipcheck_error *error)
{
    if (begins(file->path, "statements/") || !ends(file->path, ".yaml")) return SIPCHECK_OK;
    if (strcmp(file->path, "bases.yaml") == 0)
        return sipcheck_rules_add_bases(rules, file->path, file->text, file->length, error);
    if (begins(file->path, "syntax/"))
        return sc_add_syntax_tests(rules, file->path, file->text, file->length, error);
    if (begins(file->path, "machines/"))
        return sipcheck_rules_add_machine(rules, file->path, file->text, file->length, error);
    if (begins(file->path, "profiles/"))
        return sipcheck_rules_add_profile(rules, file->path, file->text, file->length, error);
    return sipcheck_rules_add(rules, file->path, file->text, file->length, error);
}

int sipcheck_rules_add_builtin(sipcheck_rules *rules, sipcheck_error *error)
{
    int code = SIPCHECK_OK;
    const sipcheck_builtin *file;
    for (size_t i = 0; (file = sipcheck_builtin_at(i)) != NULL && code == SIPCHECK_OK; i++)
        code = add_one(rules, file, error);
    return code;
}
