/* SPDX-License-Identifier: MIT */
/* The rules, bases and profiles that were built in. */
#include <string.h>

#include "rules/load.h"

const sipcheck_builtin *sipcheck_builtin_at(size_t index)
{
    const sc_builtin *builtin = sc_builtin_at(index);
    return builtin != NULL ? &builtin->file : NULL;
}

typedef sc_add_fn *choice_fn(const char *path);

static sc_add_fn *tests_of_file(const char *path)
{
    return strncmp(path, "syntax/", 7) == 0        ? sc_add_syntax_tests
           : sc_kind_of_file(path) == sc_add_rules ? sc_add_rule_tests
                                                   : NULL;
}

/* Of the files that `choose` has something for. */
static int add_files(sipcheck_rules *rules, choice_fn *choose, bool trees, sipcheck_error *error)
{
    int code = SIPCHECK_OK;
    const sc_builtin *builtin;
    for (size_t i = 0; (builtin = sc_builtin_at(i)) != NULL && code == SIPCHECK_OK; i++) {
        const sipcheck_builtin *file = &builtin->file;
        const sc_load_source source = { file->path, file->text, file->length,
                                        trees ? &builtin->tree : NULL };
        sc_add_fn *add = choose(file->path);
        if (add != NULL) code = add(rules, &source, error);
    }
    return code;
}

int sipcheck_rules_add_builtin(sipcheck_rules *rules, sipcheck_error *error)
{
    return add_files(rules, sc_kind_of_file, true, error);
}

int sipcheck_rules_add_builtin_tests(sipcheck_rules *rules, sipcheck_error *error)
{
    int code = add_files(rules, tests_of_file, false, error);
    if (code != SIPCHECK_OK) sc_drop_tests(rules);
    return code;
}
