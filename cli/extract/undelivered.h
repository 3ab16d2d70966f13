/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ICMP says was not delivered, as far as it concerns who sent or received what is extracted:
 * without it a copy would accuse of silence whom the capture as a whole does not. */
#ifndef SIPCHECK_CLI_EXTRACT_UNDELIVERED_H
#define SIPCHECK_CLI_EXTRACT_UNDELIVERED_H

#include "parts.h"

#include <sipcheck/engine.h>

enum {
    UNDELIVERED_MAX = 100000,      /* frames of ICMP that may belong to what is extracted */
    UNDELIVERED_RECENT_MAX = 1024, /* that are remembered until a message of their ends comes */
    UNDELIVERED_AFTER_S = 32, /* behind the last message: who sent it may still wait, 64 * T1 */
};

struct undelivered;
struct undelivered *undelivered_new(void);
void undelivered_free(struct undelivered *all);

/* In the order of the capture: what ICMP says, of capture_undelivered_fn, whose frames the parts
 * know; and what is extracted. */
void undelivered_said(struct undelivered *all, const struct parts *parts,
                      const sipcheck_packet *undelivered);
void undelivered_extract(struct undelivered *all, const sipcheck_packet *message);

/* In the end: the frames of what was said of an end of the messages, from as long before the first
 * message of that end as the engine remembers it. FALSE: there may be more, beyond a limit. */
gboolean undelivered_frames(const struct undelivered *all, parts_fn fn, void *user);

#endif
