/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept of a stream. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

static bool reserve(capture_decoder *decoder, capture_stream *stream, size_t n)
{
    if (n <= stream->allocated) return true;
    size_t size = stream->allocated ? stream->allocated : 4096;
    while (size < n)
        size *= 2;
    uint8_t *bytes = realloc(stream->bytes, size);
    if (!bytes) {
        capture_note(decoder, CAPTURE_NO_MEMORY);
        return false;
    }
    decoder->kept_bytes += size - stream->allocated;
    stream->bytes = bytes;
    stream->allocated = size;
    return true;
}

void capture_stream_release(capture_decoder *decoder, capture_stream *stream)
{
    free(stream->bytes);
    decoder->kept_bytes -= stream->allocated;
    stream->bytes = NULL;
    stream->allocated = 0;
}

bool capture_stream_append(capture_decoder *decoder, capture_stream *stream, const uint8_t *p,
                           size_t n)
{
    if (!reserve(decoder, stream, stream->n + n)) return false;
    if (p)
        memcpy(stream->bytes + stream->n, p, n);
    else
        memset(stream->bytes + stream->n, 0, n);
    stream->n += n;
    return true;
}
