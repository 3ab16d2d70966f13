/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mirrored messages. */
#ifndef SIPCHECK_CAPTURE_HEP_H
#define SIPCHECK_CAPTURE_HEP_H

#include "decoder.h"
#include "scan.h"

/* Does a packet of version 3 begin at p, n > 0? Six bytes tell. */
enum capture_scan capture_begins_hep(const uint8_t *p, size_t n);
/* What it says of its length, at least six. */
size_t capture_hep_length(const uint8_t *p);
/* Take one. span: from its first byte on, at least six of them. */
void capture_hep(capture_decoder *decoder, const capture_path *outer, capture_span span,
                 capture_origin origin);

/* A datagram of version 1 or 2 that carries SIP. False: it is none, and was not taken. */
bool capture_hep_old(capture_decoder *decoder, const capture_path *outer, capture_span span);

#endif
