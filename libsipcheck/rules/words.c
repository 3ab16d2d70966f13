/* SPDX-License-Identifier: MIT */
/* The words of the public enumerations. */
#include <sipcheck/rules.h>

static const char *name_at(const char *const *names, size_t count, unsigned index)
{
    return index < count ? names[index] : "unknown";
}

#define NAME(NAMES, INDEX) name_at(NAMES, sizeof NAMES / sizeof *NAMES, (unsigned)(INDEX))

const char *sipcheck_level_name(enum sipcheck_level level)
{
    static const char *const names[] = { "MUST", "SHOULD", "MAY" };
    return NAME(names, level);
}

const char *sipcheck_severity_name(enum sipcheck_severity severity)
{
    static const char *const names[] = { "info", "warning", "error" };
    return NAME(names, severity);
}

const char *sipcheck_scope_name(enum sipcheck_scope scope)
{
    static const char *const names[] = { "message",      "transaction",  "dialog", "session",
                                         "registration", "subscription", "hop" };
    return NAME(names, scope);
}

const char *sipcheck_verdict_name(enum sipcheck_verdict verdict)
{
    static const char *const names[] = { "pass", "fail", "na", "unknown" };
    return NAME(names, verdict);
}

const char *sipcheck_role_name(enum sipcheck_role role)
{
    static const char *const names[] = { "uac", "uas", "proxy", "registrar", "redirect" };
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (role == 1u << i) return names[i];
    return "unknown";
}
