/* SPDX-License-Identifier: MIT */
/* One direction of a WebSocket connection. The first byte: 1 the handshake was captured, 2 the
 * stream was decrypted. Then a row of records:
 *   gap (1 byte: that many bytes are missing)  length (2 bytes, big-endian)  bytes of the stream */
#include "../cli/capture/stream.h"
#include "capture_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    target t;
    target_open(&t);
    const capture_path path = target_path(false);
    capture_stream stream = { .from_start = data[0] & 1, .decrypted = data[0] & 2 };
    data++, size--;
    while (size >= 3) {
        size_t n = (size_t)data[1] << 8 | data[2];
        if (n > size - 3) n = size - 3;
        target_tick(&t, 1);
        if (data[0]) capture_stream_gap(t.decoder, &stream, &path, data[0]);
        capture_stream_feed(t.decoder, &stream, &path, (sipcheck_slice){ data + 3, n },
                            t.decoder->origin);
        data += n + 3;
        size -= n + 3;
    }
    capture_stream_end(t.decoder, &stream, &path, true);
    if (t.decoder->kept_bytes) abort();
    target_close(&t);
    return 0;
}
