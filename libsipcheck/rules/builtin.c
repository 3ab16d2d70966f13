/* SPDX-License-Identifier: MIT */
/* The rules, bases and profiles that were built in. */
#include <string.h>

#include "rules/load.h"

const sipcheck_builtin *sipcheck_builtin_at(size_t index)
{
    const sc_builtin *builtin = sc_builtin_at(index);
    return builtin != NULL ? &builtin->file : NULL;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

int sipcheck_rules_add_builtin(sipcheck_rules *rules, sipcheck_error *error)
{
    int code = SIPCHECK_OK;
    const sc_builtin *builtin;
    for (size_t i = 0; (builtin = sc_builtin_at(i)) != NULL && code == SIPCHECK_OK; i++) {
        const sipcheck_builtin *file = &builtin->file;
        const sc_load_source source = { file->path, file->text, file->length, &builtin->tree };
        sc_add_fn *add = sc_kind_of_file(file->path);
        if (add != NULL) code = add(rules, &source, error);
    }
    return code;
}

int sipcheck_rules_add_builtin_tests(sipcheck_rules *rules, sipcheck_error *error)
{
    int code = SIPCHECK_OK;
    const sc_builtin *builtin;
    for (size_t i = 0; (builtin = sc_builtin_at(i)) != NULL && code == SIPCHECK_OK; i++) {
        const sipcheck_builtin *file = &builtin->file;
        const sc_load_source source = { file->path, file->text, file->length, NULL };
        if (begins(file->path, "syntax/"))
            code = sc_add_syntax_tests(rules, &source, error);
        else if (sc_kind_of_file(file->path) == sc_add_rules)
            code = sc_add_rule_tests(rules, &source, error);
    }
    if (code != SIPCHECK_OK) sc_drop_tests(rules);
    return code;
}
