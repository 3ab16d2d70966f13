/* SPDX-License-Identifier: MIT */
/* Frames through the capture reader's decoder and on into the parser. An input is a row of records:
 *   link (1 byte, enum capture_link)  step (1 byte, tenths of seconds; the top bit: cut by the snap
 * length) length (2 bytes, big-endian)  that many bytes of a frame */
#include "capture_target.h"

enum { RECORD_HEAD = 4, TENTH = 100000000 };

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
    target t;
    target_open(&t);
    decode(t.decoder, data, size);
    target_close(&t);
    return 0;
}
