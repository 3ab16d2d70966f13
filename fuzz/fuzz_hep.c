/* SPDX-License-Identifier: MIT */
/* HEP packets. The first byte: 1 they are a TCP stream; else each is a datagram. Then a row of
 * records: cut (1 byte: that many bytes more were sent)  length (2 bytes, big-endian)  the packet
 */
#include "../cli/capture/stream.h"
#include "capture_target.h"

static void datagram(target *t, const capture_path *path, const uint8_t *bytes, size_t n,
                     size_t cut)
{
    uint8_t *copy = calloc(1, n + 8);
    if (!copy) abort();
    memcpy(copy + 8, bytes, n);
    copy[0] = 9060 >> 8;
    copy[1] = 9060 & 255;
    copy[2] = 9060 >> 8;
    copy[3] = 9060 & 255;
    capture_udp(t->decoder, path, (capture_span){ copy, n + 8, n + 8 + cut });
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    target t;
    target_open(&t);
    const capture_path path = target_path(false);
    capture_stream stream = { .from_start = true };
    bool tcp = data[0] & 1;
    data++, size--;
    while (size >= 3) {
        size_t n = (size_t)data[1] << 8 | data[2];
        if (n > size - 3) n = size - 3;
        target_tick(&t, 1);
        if (tcp)
            capture_stream_feed(t.decoder, &stream, &path, (sipcheck_slice){ data + 3, n },
                                t.decoder->origin);
        else
            datagram(&t, &path, data + 3, n, data[0]);
        if (tcp && data[0]) capture_stream_gap(t.decoder, &stream, &path, data[0]);
        data += n + 3;
        size -= n + 3;
    }
    capture_stream_end(t.decoder, &stream, &path, true);
    target_close(&t);
    return 0;
}
