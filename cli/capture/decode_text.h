/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIP messages that a log printed, one after another. What is understood stands in
 * docs/captures.md. What a log may have changed is never held against a sender: line ends are made
 * CRLF, and a message whose body does not have the length that it says is handed on without, and as
 * cut. */
#ifndef SIPCHECK_CAPTURE_DECODE_TEXT_H
#define SIPCHECK_CAPTURE_DECODE_TEXT_H

#include "decoder.h"

#define CAPTURE_TEXT_LINE_MAX 16384 /* a longer one is cut */
#define CAPTURE_TEXT_LINE_SURE                                                                     \
    1000 /* a longer one may have been cut by the log: many do at 1,024 */

typedef struct capture_text capture_text;

/* source: the index of the log; its messages count as its frames. NULL: no memory. */
capture_text *capture_text_new(capture_decoder *decoder, unsigned source);

/* The next bytes of the log. */
void capture_text_feed(capture_text *text, const uint8_t *bytes, size_t n);

/* There are no more. */
void capture_text_end(capture_text *text);

/* How many messages were found. */
uint64_t capture_text_messages(const capture_text *text);

void capture_text_free(capture_text *text);

#endif
