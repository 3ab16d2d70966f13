/* SPDX-License-Identifier: MIT */
/* Frames through the capture reader's decoder and on into the parser. An input is a row of records:
 *   link (1 byte, enum capture_link)  step (1 byte, tenths of seconds; the top bit: cut by the snap
 * length) length (2 bytes, big-endian)  that many bytes of a frame */
#include <stdlib.h>

#include <sipcheck/message.h>

#include "../cli/capture/decode.h"

enum { RECORD_HEAD = 4, TENTH = 100000000 };

static bool on_packet(void *user, const sipcheck_packet *packet, unsigned source)
{
    sipcheck_arena *arena = user;
    const sipcheck_message *message = NULL;
    if (source) abort();
    sipcheck_arena_reset(arena);
    sipcheck_parse(arena, packet->bytes, packet->length, packet->flags, &message);
    return true;
}

static void decode(capture_decoder *decoder, const uint8_t *data, size_t size)
{
    capture_frame frame = { .ns = 1767225600000000000u };
    while (size >= RECORD_HEAD) {
        size_t length = (size_t)data[2] << 8 | data[3];
        if (length > size - RECORD_HEAD) length = size - RECORD_HEAD;
        frame.link = data[0] % CAPTURE_LINK_COUNT;
        frame.ns += (uint64_t)(data[1] & 127) * TENTH;
        frame.bytes = data + RECORD_HEAD;
        frame.captured = length;
        frame.wire = data[1] & 128 ? length + 100 : length;
        frame.place.frame++;
        if (!capture_decode(decoder, &frame)) abort();
        data += RECORD_HEAD + length;
        size -= RECORD_HEAD + length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Small limits, so that an input of some kilobytes reaches them. */
    const capture_limits limits = {
        .flows = 4, .datagrams = 4, .segments = 4, .total_bytes = 16384, .endpoints = 8
    };
    capture_stats stats = { 0 };
    sipcheck_arena *arena = sipcheck_arena_new(NULL);
    capture_decoder *decoder = capture_decoder_new(&limits, &stats, on_packet, arena);
    decode(decoder, data, size);
    capture_decoder_finish(decoder);
    capture_decoder_free(decoder);
    capture_stats_clear(&stats);
    sipcheck_arena_free(arena);
    return 0;
}
