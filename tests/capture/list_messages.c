/* SPDX-License-Identifier: MIT */
/* list_messages FILE...: the SIP messages of captures, a line each (frame, flags, transport, start
 * line), then what was counted. For comparing with tshark. */
#include "capture.h"

#include <stdio.h>

static bool print_message(void *user, const sipcheck_packet *packet, unsigned source)
{
    (void)user;
    size_t n = 0;
    while (n < packet->length && packet->bytes[n] != '\r' && packet->bytes[n] != '\n')
        n++;
    printf("%u\t%llu\t%u\t%.*s\n", source, (unsigned long long)packet->frame, packet->flags, (int)n,
           (const char *)packet->bytes);
    return true;
}

static void print_counters(const capture_stats *stats)
{
    for (unsigned id = 0; id < CAPTURE_COUNTER_COUNT; id++) {
        const capture_counter *counter = &stats->counters[id];
        if (!counter->count) continue;
        fprintf(stderr, "%llu %s (frame %llu ...)", (unsigned long long)counter->count,
                capture_counter_info_of(id)->text, (unsigned long long)counter->first[0].frame);
        if (counter->bytes) fprintf(stderr, ", %llu bytes", (unsigned long long)counter->bytes);
        fputc('\n', stderr);
    }
    for (size_t i = 0; i < stats->source_count; i++)
        if (stats->sources[i].damage[0])
            fprintf(stderr, "%s: after frame %llu: %s\n", stats->sources[i].path,
                    (unsigned long long)stats->sources[i].frames, stats->sources[i].damage);
}

int main(int argc, char **argv)
{
    capture_stats stats = { 0 };
    GError *error = NULL;
    bool ok = capture_run((const char *const *)argv + 1, (size_t)argc - 1, NULL, print_message,
                          NULL, &stats, &error);
    print_counters(&stats);
    if (!ok) fprintf(stderr, "%s\n", error->message);
    g_clear_error(&error);
    capture_stats_clear(&stats);
    return ok ? 0 : 3;
}
