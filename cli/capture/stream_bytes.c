/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept of a stream. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

static bool reserve(capture_decoder *decoder, capture_stream *stream, size_t n)
{
    size_t before = stream->allocated;
    bool grown = capture_grow(decoder, &stream->bytes, &stream->allocated, n);
    decoder->kept_bytes += stream->allocated - before;
    return grown;
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
