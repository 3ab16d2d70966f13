/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder of a call: who takes part, and the messages between them. To add a form of drawing: a
 * file beside these and a word in cmd_flow.c. */
#ifndef SIPCHECK_CLI_FLOW_LADDER_H
#define SIPCHECK_CLI_FLOW_LADDER_H

#include "step.h"

#include <stdio.h>

enum { LADDER_PARTIES_MAX = 64 }; /* who comes later is drawn as "others" */

/* --name ADDR=NAME */
struct ladder_name {
    sipcheck_address_port address; /* port 0: any */
    const char *name;
};

struct ladder {
    char *title;      /* the Call-ID, as it can be printed */
    GPtrArray *steps; /* of struct step, by time as they were captured; borrowed */
    GPtrArray *names; /* of the parties, from left to right */
    guint *from, *to; /* by step: which party */
    guint64 ns;       /* of the first step */
    gboolean several; /* files: frames are written FILE:FRAME */
};

/* Addresses that differ by their port alone are one party unless they speak to each other. names:
 * an array of struct ladder_name, may be empty. */
void ladder_arrange(struct ladder *ladder, const char *title, GPtrArray *steps,
                    const GArray *names);
void ladder_clear(struct ladder *ladder);

/* "17", or "2:17" of several files. To be freed. */
char *ladder_frame(const struct ladder *ladder, const struct step *step);

/* "first time, 11 messages, frames 1 to 17" */
char *ladder_summary(const struct ladder *ladder);

/* A line for a rule at a step, the last one for those that are not named; NULL behind it. */
char *ladder_mark(const struct step *step, guint index);

/* width: columns of a line, as far as there is a choice. ascii: nothing but ASCII is written. */
void ladder_text(FILE *out, const struct ladder *ladder, gsize width, gboolean ascii);
void ladder_mermaid(FILE *out, const struct ladder *ladder);
void ladder_svg(FILE *out, const struct ladder *ladder);

#endif
