/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passwords of a user's file, and the hashes that Digest is verified with. docs/auditing.md */
#ifndef SIPCHECK_CLI_CREDENTIALS_H
#define SIPCHECK_CLI_CREDENTIALS_H

#include <glib.h>
#include <sipcheck/rules.h>

#define CREDENTIALS_BYTES_MAX 4194304 /* bytes of a file */
#define CREDENTIALS_MAX 20000         /* lines that name a secret */
#define CREDENTIALS_FIELD_MAX 512     /* bytes of one of their fields */

typedef struct credentials credentials;

/* What is wrong is complained about with file, line and column, never with what stands there. */
credentials *credentials_load(const char *path);
void credentials_free(credentials *known); /* NULL is allowed */

/* NULL, of NULL. As long as they live. */
const sipcheck_digest *credentials_digest(const credentials *known);

/* The hashes alone. */
const sipcheck_digest *credentials_hashes(void);

/* --credentials, for commands that judge. */
#define CREDENTIALS_ENTRY(path)                                                                    \
    {                                                                                              \
        "credentials", 0, 0, G_OPTION_ARG_FILENAME, &(path),                                       \
            "verify Digest with the passwords of a file", "FILE"                                   \
    }

#endif
