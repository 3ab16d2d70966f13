/* SPDX-License-Identifier: MIT */
/* Character classes: one table, a bit a class. RFC 3261 §25.1 */
#ifndef SC_TEXT_CHARS_H
#define SC_TEXT_CHARS_H

#include <stdint.h>

enum sc_class {
    SC_ALPHA = 1u << 0,
    SC_DIGIT = 1u << 1,
    SC_HEXDIG = 1u << 2,
    SC_LHEX = 1u << 3,   /* DIGIT / a-f */
    SC_TOKEN = 1u << 4,  /* token */
    SC_WORD = 1u << 5,   /* word */
    SC_HOST = 1u << 6,   /* alphanum / "-" / "." */
    SC_SCHEME = 1u << 7, /* ALPHA / DIGIT / "+" / "-" / "." */
    SC_QDTEXT = 1u << 8, /* qdtext without LWS and UTF8-NONASCII */
    SC_CTEXT = 1u << 9,  /* ctext, likewise */
    SC_TEXT = 1u << 10,  /* %x21-7E */
    /* The URI classes are without escaped, which a "%" begins. */
    SC_USER = 1u << 11,      /* unreserved / user-unreserved */
    SC_USER_BARE = 1u << 12, /* the same where ",", ";" and "?" end the URI. RFC 3261 §20 */
    SC_PASSWORD = 1u << 13,  /* unreserved / "&" / "=" / "+" / "$" / "," */
    SC_PASSWORD_BARE = 1u << 14,
    SC_PARAMCHAR = 1u << 15, /* param-unreserved / unreserved */
    SC_HNV = 1u << 16,       /* hnv-unreserved / unreserved */
    SC_URIC = 1u << 17,      /* reserved / unreserved */
    SC_URIC_BARE = 1u << 18,
    SC_REGNAME = 1u << 19,   /* reg-name */
    SC_REASON = 1u << 20,    /* Reason-Phrase without escaped and UTF8-NONASCII */
    SC_B64TOKEN = 1u << 21,  /* ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/". RFC 6750 §2.1 */
    SC_PHONE = 1u << 22,     /* phonedigit. RFC 3966 §3 */
    SC_PHONE_HEX = 1u << 23, /* phonedigit-hex */
    SC_VISUAL = 1u << 24,    /* visual-separator */
    SC_ALNUM = SC_ALPHA | SC_DIGIT,
};

extern const uint32_t sc_classes[256];

#endif
