/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "quality.h"

#include <stdlib.h>

static const capture_counter_info infos[CAPTURE_COUNTER_COUNT] = {
#define X(ID, NAME, KIND, TEXT) [CAPTURE_##ID] = { NAME, TEXT, CAPTURE_KIND_##KIND },
#include "quality.def"
#undef X
};

const capture_counter_info *capture_counter_info_of(unsigned id)
{
    return id < CAPTURE_COUNTER_COUNT ? &infos[id] : NULL;
}

void capture_count(capture_stats *stats, enum capture_counter_id id, capture_place place,
                   uint64_t bytes)
{
    capture_counter *counter = &stats->counters[id];
    if (counter->count < CAPTURE_FIRST_MAX) counter->first[counter->count] = place;
    counter->count++;
    counter->bytes += bytes;
}

void capture_uncount(capture_stats *stats, enum capture_counter_id id, capture_place place)
{
    capture_counter *counter = &stats->counters[id];
    size_t kept = counter->count < CAPTURE_FIRST_MAX ? counter->count : CAPTURE_FIRST_MAX, to = 0;
    if (!counter->count) return;
    for (size_t i = 0; i < kept; i++)
        if (counter->first[i].frame != place.frame || counter->first[i].source != place.source)
            counter->first[to++] = counter->first[i];
    for (; to < kept; to++) /* a place that is not kept: 0 is none */
        counter->first[to] = (capture_place){ 0 };
    counter->count--;
}

unsigned capture_losses(const capture_stats *stats)
{
    unsigned losses = 0;
    for (unsigned id = 0; id < CAPTURE_COUNTER_COUNT; id++)
        losses += infos[id].kind == CAPTURE_KIND_LOSS && stats->counters[id].count > 0;
    return losses;
}

uint64_t capture_lost(const capture_stats *stats)
{
    uint64_t lost = 0;
#define X(ID, NAME, KIND, TEXT)                                                                    \
    if (CAPTURE_KIND_##KIND == CAPTURE_KIND_LOSS) lost += stats->counters[CAPTURE_##ID].count;
#include "quality.def"
#undef X
    return lost - stats->counters[CAPTURE_CUT_MESSAGES].count -
           stats->counters[CAPTURE_DUPLICATES_FORGOTTEN].count;
}

bool capture_decrypted_nothing(const capture_stats *stats)
{
    bool tried = false;
    for (size_t i = 0; i < stats->source_count; i++) {
        const capture_source *source = &stats->sources[i];
        if (source->secrets || *source->decrypt_problem) return false;
        tried = tried || source->decrypted;
    }
    return tried;
}

void capture_stats_clear(capture_stats *stats)
{
    free(stats->sources);
    *stats = (capture_stats){ 0 };
}
