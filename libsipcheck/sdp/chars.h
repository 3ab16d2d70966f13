/* SPDX-License-Identifier: MIT */
/* Character classes of SDP and of what it borrows. RFC 8866 §9, RFC 3986, RFC 5322 §3.2.3 */
#ifndef SC_SDP_CHARS_H
#define SC_SDP_CHARS_H

#include <stdint.h>

enum sc_sdp_class {
    SC_SDP_TOKEN = 1u << 0,   /* token-char */
    SC_SDP_WORD = 1u << 1,    /* VCHAR / %x80-FF */
    SC_SDP_TEXT = 1u << 2,    /* byte-string: all but NUL, CR and LF */
    SC_SDP_EMAIL = 1u << 3,   /* email-safe */
    SC_SDP_PCHAR = 1u << 4,   /* pchar of RFC 3986 without pct-encoded */
    SC_SDP_REGNAME = 1u << 5, /* unreserved / sub-delims */
    SC_SDP_BASE64 = 1u << 6,  /* base64-char, ice-char */
    SC_SDP_ATEXT = 1u << 7,   /* atext of RFC 5322 */
};

extern const uint8_t sc_sdp_classes[256];

#endif
