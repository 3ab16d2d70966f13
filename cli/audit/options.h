/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line of `sipcheck audit` asks for. */
#ifndef SIPCHECK_CLI_AUDIT_OPTIONS_H
#define SIPCHECK_CLI_AUDIT_OPTIONS_H

#include "../address.h"
#include "../credentials.h"
#include "../ruleset.h"

#include <sipcheck/engine.h>

struct audit_options {
    struct ruleset_options rules;
    char *format, *fail_on, *verdicts, *filter, *keylog, *format_in, *memory,
        *credentials; /* as given; NULL: not */
    struct vantages vantages;
    struct roles roles;
    gsize memory_max;      /* bytes; 0: the default */
    char *statement;       /* as given; it is the dut then */
    char **duts;           /* as given; NULL: everybody is judged */
    GArray *dut_addresses; /* theirs; port 0: any */
    gboolean ladder;
    gboolean json, junit; /* neither: the report is for people */
    gboolean text_log;    /* the files are no captures */
    gboolean keep_duplicates;
    int jobs;       /* engines */
    int max;        /* elements that the report for people shows */
    int fail_level; /* enum sipcheck_severity; above all of them: never */
    unsigned shown; /* bits of enum sipcheck_verdict */
    sipcheck_filter *compiled_filter;
};

/* Reads them and what they mean; argv as command_options leaves it. What is wrong is complained
 * about, FALSE then. To be cleared in any case. */
gboolean audit_options_read(struct audit_options *options, int *argc, char ***argv);
void audit_options_clear(struct audit_options *options);

/* There is no --dut, or one is this element. NULL: nobody. */
gboolean audit_is_dut(const struct audit_options *options, const sipcheck_address_port *address);

#endif
