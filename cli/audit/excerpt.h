/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of each kind of finding at each element, the ladder of its first occurrence: the messages with
 * its Call-ID and CSeq. For --ladder; memory is bounded. */
#ifndef SIPCHECK_CLI_AUDIT_EXCERPT_H
#define SIPCHECK_CLI_AUDIT_EXCERPT_H

#include "tally.h"

enum {
    EXCERPT_RING_MAX = 1024, /* messages that are remembered for findings to come */
    EXCERPT_STEPS_MAX = 8,   /* messages of one excerpt */
    EXCERPTS_MAX = 1000,
};

struct excerpts;
struct excerpts *excerpts_new(void);
void excerpts_free(struct excerpts *excerpts); /* NULL is allowed */

void excerpts_message(struct excerpts *excerpts, const sipcheck_packet *packet,
                      const sipcheck_message *message);
void excerpts_finding(struct excerpts *excerpts, const sipcheck_finding *finding);

/* Below a finding: a line a message, the culprit's with a mark. several: files, whose number stands
 * before the frame's. excerpts: NULL: nothing is printed. */
void excerpts_print(const struct excerpts *excerpts, const sipcheck_address_port *element,
                    const struct tally_group *group, const char *indent, gboolean several);

#endif
