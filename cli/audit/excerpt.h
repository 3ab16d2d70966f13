/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of each kind of finding at each element, the ladder of its first occurrence: the messages with
 * its Call-ID and CSeq. For --ladder; memory is bounded. */
#ifndef SIPCHECK_CLI_AUDIT_EXCERPT_H
#define SIPCHECK_CLI_AUDIT_EXCERPT_H

#include "../flow/step.h"
#include "tally.h"

enum {
    EXCERPT_RING_MAX = 1024, /* messages that are remembered for findings to come */
    EXCERPT_STEPS_MAX = 8,   /* messages of one excerpt */
    EXCERPTS_MAX = 1000,
};

struct excerpts;
struct excerpts *excerpts_new(void);
void excerpts_free(struct excerpts *excerpts); /* NULL is allowed */

/* Of a message: call_transaction and step_new; both are taken. */
void excerpts_message(struct excerpts *excerpts, GBytes *transaction, struct step *step);
/* transaction: of the finding's message; NULL: it is made where it is needed. */
void excerpts_finding(struct excerpts *excerpts, const sipcheck_finding *finding,
                      GBytes *transaction);

/* Below a finding: a line a message, the culprit's with a mark. several: files, whose number stands
 * before the frame's. excerpts: NULL: nothing is printed. */
void excerpts_print(const struct excerpts *excerpts, const sipcheck_address_port *element,
                    const struct tally_group *group, const char *indent, gboolean several);

#endif
