/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a capture held and what it lacked: the counters behind a report's "capture quality". */
#ifndef SIPCHECK_CAPTURE_QUALITY_H
#define SIPCHECK_CAPTURE_QUALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum capture_counter_id {
#define X(ID, NAME, KIND, TEXT) CAPTURE_##ID,
#include "quality.def"
#undef X
    CAPTURE_COUNTER_COUNT
};

enum capture_counter_kind {
    CAPTURE_KIND_FACT,      /* worth knowing, nothing is wrong */
    CAPTURE_KIND_LOSS,      /* the capture is not whole: what cannot be judged becomes unknown */
    CAPTURE_KIND_MALFORMED, /* packets that contradict themselves */
    CAPTURE_KIND_PASSED,    /* seen by name, not looked into */
};

/* Where something was seen: a frame, from 1, of the source'th file of the run, from 0. */
typedef struct capture_place {
    uint64_t frame;
    unsigned source;
} capture_place;

#define CAPTURE_FIRST_MAX 5

typedef struct capture_counter {
    uint64_t count;
    uint64_t bytes;                         /* where bytes were lost; else 0 */
    capture_place first[CAPTURE_FIRST_MAX]; /* the first min(count, CAPTURE_FIRST_MAX) */
} capture_counter;

typedef struct capture_counter_info {
    const char *name; /* "tcp-gaps": stable, for machines */
    const char *text; /* reads before the count */
    enum capture_counter_kind kind;
} capture_counter_info;

/* NULL for an id out of range. */
const capture_counter_info *capture_counter_info_of(unsigned id);

/* One file of a run. */
typedef struct capture_source {
    const char *path;           /* as given to capture_run, borrowed */
    uint64_t frames;            /* read */
    uint64_t bytes;             /* captured, of all frames */
    uint64_t first_ns, last_ns; /* of packets, the earliest and the latest; 0, 0: none */
    bool decrypted;             /* tshark was run for it */
    uint64_t secrets;           /* records that this gave: of what was decrypted */
    char decrypt_problem[256];  /* what it said when it failed; "": it did not */
    char damage[256];           /* why reading ended before the file did; "": it did not */
    uint64_t damage_offset;     /* where in the file, about; behind frame `frames` */
} capture_source;

/* Zero it, hand it to capture_run, read it, give it to capture_stats_clear. */
typedef struct capture_stats {
    uint64_t frames;
    uint64_t bytes;
    capture_counter counters[CAPTURE_COUNTER_COUNT];
    char link_unknown[64]; /* name of the first link type that is not decoded; "": none */
    capture_source *sources;
    size_t source_count;
} capture_stats;

/* One more of `id`. */
void capture_count(capture_stats *stats, enum capture_counter_id id, capture_place place,
                   uint64_t bytes);

/* One less: what was counted there turned out to be something else. */
void capture_uncount(capture_stats *stats, enum capture_counter_id id, capture_place place);

/* 0 where the capture is whole: how many kinds of CAPTURE_KIND_LOSS were counted. */
unsigned capture_losses(const capture_stats *stats);

/* How often whole messages may have been lost so far. */
uint64_t capture_lost(const capture_stats *stats);

/* tshark was run, had nothing to complain about, and decrypted nothing. */
bool capture_decrypted_nothing(const capture_stats *stats);

/* Free what the sources hold. */
void capture_stats_clear(capture_stats *stats);

#endif
