/* SPDX-License-Identifier: MIT */
#include <sipcheck/base.h>

const char *sipcheck_version(void)
{
    return SIPCHECK_VERSION;
}

const char *sipcheck_strerror(int code)
{
    switch (code) {
    case SIPCHECK_OK:
        return "no error";
    case SIPCHECK_NOMEM:
        return "out of memory";
    case SIPCHECK_TOO_BIG:
        return "a limit of the library was hit";
    case SIPCHECK_INVALID:
        return "not valid";
    default:
        return "unknown error";
    }
}
