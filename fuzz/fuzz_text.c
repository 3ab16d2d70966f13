/* SPDX-License-Identifier: MIT */
/* A text log, read in pieces: the first byte, plus one, is their length. */
#include "../cli/capture/decode_text.h"
#include "capture_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    target t;
    target_open(&t);
    capture_text *text = capture_text_new(t.decoder, 0);
    if (!text) abort();
    size_t piece = (size_t)data[0] + 1;
    data++, size--;
    while (size) {
        size_t n = size < piece ? size : piece;
        capture_text_feed(text, data, n);
        data += n;
        size -= n;
    }
    capture_text_end(text);
    capture_text_free(text);
    target_close(&t);
    return 0;
}
