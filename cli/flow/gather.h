/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages that `sipcheck flow` draws, by Call-ID, with the rules that they broke. */
#ifndef SIPCHECK_CLI_FLOW_GATHER_H
#define SIPCHECK_CLI_FLOW_GATHER_H

#include "../address.h"
#include "../credentials.h"
#include "../ruleset.h"
#include "calls.h"
#include "step.h"
#include "traffic.h"

enum { FLOW_MAX = 20000 }; /* messages that are kept, unless --max says otherwise */

struct gather {
    struct traffic traffic;
    GBytes *wanted; /* Call-ID; NULL: of all calls, or of the one there is */
    gboolean all;
    gboolean findings;
    struct ruleset_options rules;
    struct vantages vantages;
    struct roles roles;
    char *credentials_path; /* NULL: none */
    credentials *known;
    guint64 max;
    guint64 messages;     /* of any call */
    struct calls calls;   /* of those that may be wanted */
    GHashTable *steps;    /* Call-ID → GPtrArray of struct step */
    guint64 kept, lost;   /* messages; lost: beyond max */
    guint64 found;        /* messages of the calls that are wanted */
    GHashTable *sent;     /* digests: what was sent before */
    struct step *current; /* the message being judged; NULL: not kept */
    sipcheck *engine;
    sipcheck_rules *ruleset;
};

/* Reads the files; an exit code, what is wrong is complained about. To be cleared in any case. */
int gather_run(struct gather *gather, char **paths, gsize count);
void gather_clear(struct gather *gather);

/* The messages of a call; NULL: none is kept. */
GPtrArray *gather_steps(const struct gather *gather, sipcheck_slice id);

#endif
