/* SPDX-License-Identifier: MIT */
/* Messages that expressions are asked of. */
#ifndef TESTS_EXPR_SAMPLES_H
#define TESTS_EXPR_SAMPLES_H

#include "expr.h"

static const char invite[] =
    "INVITE sip:bob@example.com:5070;transport=tcp;lr?Subject=x SIP/2.0\n"
    "Via: SIP/2.0/UDP p1.example.com:5060;branch=z9hG4bK1;received=192.0.2.7;rport=5061\n"
    "Via: SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK2, SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK2\n"
    "Max-Forwards: 70\n"
    "From: \"Alice \\\"A\\\"\" <sips:alice@Example.com>;tag=abc\n"
    "t: <tel:+358-555-1234567;phone-context=x>\n"
    "Call-ID: d72c7f43c48111@desk.example.com\n"
    "CSeq: 283611 INVITE\n"
    "Contact: <sip:alice@desk.example.com>;q=0.7;expires=60, <sip:alice@192.0.2.1;lr>;+foo\n"
    "Supported: 100rel, timer\n"
    "Supported:\n"
    "Allow: INVITE, ACK\n"
    "Require: 100rel\n"
    "Require: 100REL\n"
    "Subject:\n"
    "Date: Sat, 13 Nov 2010 23:29:00 GMT\n"
    "Authorization: Digest username=\"alice\", realm=\"a b\", nonce=\"\", nc=00000001\n"
    "Warning: 301 gw1.org \"No \\\"x\\\"\"\n"
    "Timestamp: 54.21 0.5\n"
    "Retry-After: 120 (on the train);duration=60\n"
    "Content-Type: application/sdp;charset=\"u\"\n"
    "X-Odd: 1\n"
    "Content-Length: 3\n"
    "\n"
    "abcdef";

static const char busy[] = "SIP/2.0 486 Busy Here\n"
                           "Via: SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK1\n"
                           "From: <sip:a@x>;tag=1\n"
                           "To: <sip:b@x>\n"
                           "Call-ID: 1\n"
                           "CSeq: 2 BYE\n"
                           "Content-Length: 0\n"
                           "\n";

/* What stands broken in it: Contact's second element, CSeq's number, From's URI. */
static const char broken[] = "OPTIONS sip:x SIP/2.0\n"
                             "Via: SIP/2.0/UDP\n"
                             "From: <sip:a b@x>;tag=1\n"
                             "To: <sip:b@x>\n"
                             "Call-ID: 1\n"
                             "CSeq: x OPTIONS\n"
                             "Contact: <sip:a@x>, @, <sip:c@x>\n"
                             "Max-Forwards: 99999999999999999999999\n"
                             "Expires: 9223372036854775808\n"
                             "\n";

typedef struct row {
    const char *message;
    const char *expression;
    enum sc_outcome wanted;
} row;

static sc_scratch scratch;

#endif
