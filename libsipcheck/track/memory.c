/* SPDX-License-Identifier: MIT */
/* The tracker's memory: counted, and used again for blocks of the same size, so that a capture that
 * goes on and on allocates no more than it did at first. */
#include "track/internal.h"

#define STEP ((size_t)16)                   /* sizes are multiples of it */
#define SPARE_BYTES_MAX ((size_t)256 << 10) /* of blocks that wait to be used again */

struct sc_block {
    sc_block *next;
};

static size_t class_of(size_t size)
{
    return (size + STEP - 1) / STEP;
}

void *sc_tracker_take(sc_tracker *tracker, size_t size)
{
    void *block = sc_tracker_take_raw(tracker, size);
    return block != NULL ? memset(block, 0, size) : NULL;
}

void *sc_tracker_take_raw(sc_tracker *tracker, size_t size)
{
    size_t class = class_of(size);
    sc_block *block = class < SC_BLOCK_CLASSES ? tracker->blocks[class] : NULL;
    if (block != NULL) {
        tracker->blocks[class] = block->next;
        tracker->spare_bytes -= class * STEP;
    } else {
        block = tracker->allocator.alloc(tracker->allocator.user, class * STEP);
    }
    if (block == NULL) return NULL;
    sc_track_counts *counts = &tracker->counts;
    counts->memory += class * STEP;
    if (counts->memory > counts->memory_most) counts->memory_most = counts->memory;
    return block;
}

void sc_tracker_expect_take(const sc_tracker *tracker, size_t size)
{
    size_t class = class_of(size);
    const char *block = class < SC_BLOCK_CLASSES ? (const char *)tracker->blocks[class] : NULL;
    if (block == NULL) return;
    for (size_t i = 0; i < size; i += 64)
        __builtin_prefetch(block + i, 1);
}

void sc_tracker_give(sc_tracker *tracker, void *given, size_t size)
{
    size_t class = class_of(size);
    sc_block *block = given;
    if (block == NULL) return;
    tracker->counts.memory -= class * STEP;
    if (class >= SC_BLOCK_CLASSES || tracker->spare_bytes + class * STEP > SPARE_BYTES_MAX) {
        tracker->allocator.release(tracker->allocator.user, block);
        return;
    }
    block->next = tracker->blocks[class];
    tracker->blocks[class] = block;
    tracker->spare_bytes += class * STEP;
}

void sc_tracker_give_blocks(sc_tracker *tracker)
{
    for (size_t i = 0; i < SC_BLOCK_CLASSES; i++) {
        for (sc_block *block = tracker->blocks[i], *next; block != NULL; block = next) {
            next = block->next;
            tracker->allocator.release(tracker->allocator.user, block);
        }
    }
}
