/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `--jobs`: engines in threads of their own share what one thread reads, and what they find is
 * handed on by that thread, in the order in which one engine would. Memory is bounded: where the
 * engines fall behind, reading waits. */
#ifndef SIPCHECK_CLI_AUDIT_JOBS_H
#define SIPCHECK_CLI_AUDIT_JOBS_H

#include "../breaks.h"
#include "../flow/step.h"
#include "tally.h"

#include <sipcheck/engine.h>

enum { JOBS_MAX = SIPCHECK_GROUPS };

/* What is handed on. Everything in it is valid during the call, but for what is given away. */
struct jobs_face {
    const sipcheck_rules *rules;
    sipcheck_options options; /* of each engine; its callbacks and user are set here */
    unsigned shown;           /* bits of verdicts whose findings are shown */
    gboolean json;            /* as lines of JSON, which `finding` gets */
    gboolean ladder; /* transactions and steps are wanted, which the receiver has to free */
    /* Asked in any thread: findings of that element are handed on. */
    gboolean (*is_wanted)(const void *user, const sipcheck_address_port *culprit);
    void (*message)(void *user, const sipcheck_packet *packet, const struct tally_heard *heard,
                    GBytes *transaction, struct step *step);
    /* Its texts and its packet's bytes are there where it is the first of its kind. */
    void (*finding)(void *user, const sipcheck_finding *finding, GBytes *transaction,
                    const char *line, gsize length);
    void (*not_judged)(void *user);
    void *user;
};

struct jobs;
/* count: 1 to JOBS_MAX. NULL: no memory, or no threads. */
struct jobs *jobs_new(const struct jobs_face *face, guint count);

/* A message, and what happened to the capture right before it (breaks.h). */
void jobs_feed(struct jobs *jobs, const sipcheck_packet *packet, struct breaks breaks);

/* Not a message, but what was not delivered (breaks_undelivered). */
void jobs_unreached(struct jobs *jobs, const sipcheck_packet *undelivered, struct breaks breaks);

/* The end: all is handed on, and what was counted is joined to `whole`. Frees jobs; NULL is
 * allowed. */
void jobs_finish(struct jobs *jobs, sipcheck *whole);

#endif
