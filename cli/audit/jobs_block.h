/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of jobs share: the ring of blocks, and who works at it. */
#ifndef SIPCHECK_CLI_AUDIT_JOBS_BLOCK_H
#define SIPCHECK_CLI_AUDIT_JOBS_BLOCK_H

#include "jobs.h"

#include <pthread.h>

#include <sipcheck/report.h>

enum {
    BLOCKS = 8,
    BLOCK_ITEMS = 256,
    BLOCK_ITEMS_ALL = 16,      /* where passes and the like are reported: hundreds a message */
    BLOCK_BYTES = 1024 * 1024, /* a block is full with the message that reaches this */
};

struct item {
    sipcheck_packet packet;
    gsize offset; /* of its bytes in the block */
    unsigned group;
    struct breaks breaks; /* before it */
    /* By the engine that it was fed to: */
    gboolean judged, heard_of;
    struct tally_heard heard;
    GBytes *transaction;
    struct step *step;
};

struct record {
    guint item;
    sipcheck_finding finding;
    sipcheck_packet packet;
    sipcheck_address_port culprit;
    char *text, *fix;    /* NULL: it is not the first of its kind there; so `bytes` */
    const guint8 *bytes; /* the block's, or `kept` */
    guint8 *kept;        /* of a message before */
    GBytes *transaction;
    gsize line, line_length; /* in the share's lines */
};

/* What an engine made of a block. */
struct share {
    GArray *records; /* of struct record */
    GString *lines;
    guint next;   /* record that is to be handed on */
    guint failed; /* messages that it could not overhear for want of memory */
};

struct block {
    struct item items[BLOCK_ITEMS];
    guint count;
    GByteArray *bytes;
    struct share shares[JOBS_MAX];
    guint pending; /* engines that are not done with it */
};

struct worker {
    struct jobs *jobs;
    guint number;
    pthread_t thread;
    sipcheck *engine;
    sipcheck_json *json;
    struct tally seen; /* which kinds of findings there were */
    struct block *block;
    guint item;
};

struct jobs {
    struct jobs_face face;
    guint count, block_items; /* block_items: messages of a full block */
    struct worker workers[JOBS_MAX];
    sipcheck_router *router;
    struct block *blocks;
    guint64 merged;       /* blocks that were handed on; block n stands at n % BLOCKS */
    pthread_mutex_t lock; /* for what follows, and the blocks' `pending` */
    pthread_cond_t filled_more, done;
    guint64 filled;
    gboolean over;
};

/* In the order in which one engine would have found it; the block is empty then. */
void jobs_hand_on(struct jobs *jobs, struct block *block);

/* What time decided right before that message. */
void jobs_hand_on_due(struct jobs *jobs, struct block *block, guint item);

void jobs_clear_block(struct jobs *jobs, struct block *block);

#endif
