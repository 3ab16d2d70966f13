/* SPDX-License-Identifier: GPL-2.0-or-later */
#define ZLIB_CONST
#include "inflate.h"

#include <sipcheck/message.h>

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define WINDOW 32768 /* how far back what is repeated may lie */
#define STEP 8192    /* room that is made for what comes */

/* What zlib calls its formats. */
enum { BARE = -15, WITH_HEADER = 15 + 32 /* of zlib or gzip */ };

static bool reserve(capture_decoder *decoder, capture_inflated *to, size_t n)
{
    size_t before = to->allocated;
    bool fine = capture_grow(decoder, &to->bytes, &to->allocated, to->n + n);
    decoder->kept_bytes += to->allocated - before;
    return fine;
}

/* Between two blocks, where a message may end. */
static bool is_between(const z_stream *z)
{
    return z->data_type & 128;
}

/* A block, or as much of it as there is room for. */
static int step(capture_decoder *decoder, z_stream *z, capture_inflated *to)
{
    size_t left = SIPCHECK_MESSAGE_MAX - (to->n - to->past), room = left < STEP ? left : STEP;
    if (!reserve(decoder, to, room + 1)) return Z_MEM_ERROR;
    z->next_out = to->bytes + to->n;
    z->avail_out = (uInt)room;
    int code = inflate(z, Z_BLOCK);
    to->n += room - z->avail_out;
    return code;
}

/* What has a header has an end, too; else it may go on in another message. */
static bool run(capture_decoder *decoder, z_stream *z, int format, capture_inflated *to)
{
    int code;
    do
        code = step(decoder, z, to);
    while (code == Z_OK && (z->avail_in > 0 || (z->avail_out == 0 && !is_between(z))));
    return code == Z_STREAM_END || (code == Z_OK && format == BARE && is_between(z));
}

static bool unpack(capture_decoder *decoder, sipcheck_slice in, int format, capture_inflated *to)
{
    z_stream z = { .next_in = in.p, .avail_in = (uInt)in.n };
    size_t known = to->n < WINDOW ? to->n : WINDOW;
    if (in.n > (size_t)2 * SIPCHECK_MESSAGE_MAX || inflateInit2(&z, format) != Z_OK) return false;
    bool fine =
        known == 0 || inflateSetDictionary(&z, to->bytes + to->n - known, (uInt)known) == Z_OK;
    fine = fine && run(decoder, &z, format, to);
    inflateEnd(&z);
    return fine;
}

bool capture_inflate(capture_decoder *decoder, sipcheck_slice in, capture_inflated *to)
{
    return unpack(decoder, in, BARE, to);
}

bool capture_unzip(capture_decoder *decoder, sipcheck_slice in, capture_inflated *to)
{
    bool gzip = in.n >= 2 && in.p[0] == 0x1F && in.p[1] == 0x8B;
    bool zlib = in.n >= 2 && (in.p[0] & 15) == 8 && (in.p[0] << 8 | in.p[1]) % 31 == 0;
    return unpack(decoder, in, gzip || zlib ? WITH_HEADER : BARE, to);
}

void capture_inflated_keep(capture_inflated *of)
{
    if (of->n > WINDOW) {
        memmove(of->bytes, of->bytes + of->n - WINDOW, WINDOW);
        of->n = WINDOW;
    }
    of->past = of->n;
}

void capture_inflated_free(capture_decoder *decoder, capture_inflated *of)
{
    decoder->kept_bytes -= of->allocated;
    free(of->bytes);
    *of = (capture_inflated){ 0 };
}
