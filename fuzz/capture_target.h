/* SPDX-License-Identifier: MIT */
/* What the targets below the capture reader share: a decoder with small limits, so that an input of
 * some kilobytes reaches them, whose messages go through the parser. */
#ifndef SIPCHECK_FUZZ_CAPTURE_TARGET_H
#define SIPCHECK_FUZZ_CAPTURE_TARGET_H

#include <stdlib.h>
#include <string.h>

#include <sipcheck/message.h>

#include "../cli/capture/decoder.h"

typedef struct target {
    capture_stats stats;
    sipcheck_arena *arena;
    capture_decoder *decoder;
} target;

static inline bool target_message(void *user, const sipcheck_packet *packet, unsigned source)
{
    target *t = user;
    const sipcheck_message *message = NULL;
    if (source) abort();
    sipcheck_arena_reset(t->arena);
    sipcheck_parse(t->arena, packet->bytes, packet->length, packet->flags, &message);
    return true;
}

static inline void target_open(target *t)
{
    const capture_limits limits = {
        .flows = 4, .datagrams = 4, .segments = 4, .total_bytes = 16384, .endpoints = 8
    };
    *t = (target){ .arena = sipcheck_arena_new(NULL) };
    t->decoder = capture_decoder_new(&limits, &t->stats, target_message, t);
    if (!t->decoder) abort();
}

static inline void target_close(target *t)
{
    capture_decoder_finish(t->decoder);
    capture_decoder_free(t->decoder);
    capture_stats_clear(&t->stats);
    sipcheck_arena_free(t->arena);
}

static inline void target_tick(target *t, unsigned tenths)
{
    t->decoder->origin.ns += (uint64_t)tenths * 100000000;
    t->decoder->origin.place.frame++;
    t->decoder->depth = 0;
}

/* 192.0.2.1 to 192.0.2.2, or back. */
static inline capture_path target_path(bool back)
{
    capture_path path = { .src = { 4, { 192, 0, 2, 1 }, 33000 },
                          .dst = { 4, { 192, 0, 2, 2 }, 5060 } };
    return back ? (capture_path){ path.dst, path.src } : path;
}

#endif
