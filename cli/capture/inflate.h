/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deflate (RFC 1951), read: payloads of HEP, messages of WebSocket. */
#ifndef SIPCHECK_CAPTURE_INFLATE_H
#define SIPCHECK_CAPTURE_INFLATE_H

#include "decoder.h"

/* What was compressed. All of it is the owner's, who frees bytes. */
typedef struct capture_inflated {
    uint8_t *bytes;
    size_t allocated;
    size_t past; /* bytes in front that came before, which what follows may repeat */
    size_t n;    /* with them */
} capture_inflated;

/* Whole blocks up to the last one, or to the end of `in`. False: they are broken, repeat what is
 * not known, or are more than one message may have. to->n is then what could be read. */
bool capture_inflate(capture_decoder *decoder, sipcheck_slice in, capture_inflated *to);

/* The same with what zlib or gzip (RFC 1950 §2.2, RFC 1952 §2.3) put in front and, to check it,
 * behind; or bare. */
bool capture_unzip(capture_decoder *decoder, sipcheck_slice in, capture_inflated *to);

/* What is there becomes the past. */
void capture_inflated_keep(capture_inflated *of);
void capture_inflated_free(capture_decoder *decoder, capture_inflated *of);

#endif
