/* SPDX-License-Identifier: MIT */
/* Random messages: of any lines, and of good ones. */
#ifndef TESTS_RANDOM_MESSAGE_H
#define TESTS_RANDOM_MESSAGE_H

#include <stdbool.h>

#include "random_text.h"

#define CREDENTIALS(URI)                                                                           \
    "Authorization: Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"" URI                   \
    "\", response=\"0123456789abcdef0123456789abcdef\""

/* Lines of a message: some broken, some left out, some twice. */
static const char *const starts[] = { "INVITE sip:b@x SIP/2.0\n", "FOO sip:b@x:0 SIP/2.0\n",
                                      "BYE tel:+12 SIP/2.0\n",    "REGISTER sip:x SIP/2.0\n",
                                      "SIP/2.0 200 OK\n",         "SIP/2.0 486 \n",
                                      "SIP/2.0 999 x\n",          "HELLO\n",
                                      "ACK sip:[::1 SIP/2.0\n",   "SIP/2.0 2x0 OK\n" };
static const char *const lines[] = {
    "Via: SIP/2.0/UDP h:5060;branch=z9hG4bKa;received=1.2.3.4\n",
    "v: SIP/2.0/TCP h;branch=z9hG4bKa, SIP/2.0/UDP g;branch=INVITE\n",
    "Via: nonsense\n",
    "From: \"A \\\"\" <sip:a@x>;tag=1\n",
    "From: sip:a@x;tag\n",
    "To: <sip:b@x>;tag=INVITE\n",
    "To: <sip:b@x>\n",
    "Call-ID: a@b\n",
    "Call-ID: INVITE\n",
    "CSeq: 1 INVITE\n",
    "CSeq: 2 BYE\n",
    "CSeq: x\n",
    "Contact: <sip:a@x>;expires=1, *\n",
    "Contact: <sip:a@x;lr>;q=1;x, @\n",
    "Require: 100rel\n",
    "Require: 100rel, 100rel\n",
    "Supported:\n",
    "Supported: 100rel\n",
    "Allow: INVITE, BYE\n",
    "Max-Forwards: 70\n",
    "Max-Forwards: 99999999999999999999\n",
    "Content-Length: 2\n",
    "Content-Length: -1\n",
    "Subject:\n",
    "X: y\n",
    "X-A: y\n",
    "Transfer-Encoding: chunked\n",
    "RSeq: 1\n",
    "v: SIP/2.0/UDP 1.2.3.4;branch=z9hG4bK;rport\n",
    "Via: SIP/2.0/TCP 1.2.3.4;branch=z9hG4bKb;rport=1;received\n",
    "Via: SIP/2.0/UDP h;branch;x\n",
    "From: <sip:a@x;transport=tls;lr>;tag=abcdefgh\n",
    "f: <sip:+1@x>;tag=\"abcdef\"\n",
    "From: <sip:anonymous@anonymous.invalid>;tag=abcdefgh\n",
    "From: <sip:ANONYMOUS@x;lr>;tag=abcdefgh\n",
    "Contact: <sip:a@0.0.0.0>, <sip:a@[::];lr>\n",
    "Record-Route: <sip:a;lr>\n",
    "Record-Route: <sip:a;lr>, <sip:b>\n",
    "Route: <sips:u@a;lr>\n",
    "To: <tel:+1>;tag=abcdefgh;x=y\n",
    "To: <sip:x:5060;user=phone;maddr=224.0.0.1>;tag=ABCDEFGH\n",
    "Contact: <sip:a@x;transport=udp>;expires=60\n",
    "Contact: <sip:a@x;transport=TLS;ob>;expires=99999999999;methods=\"x\", <sip:b@y>\n",
    "Contact: <sip:a@x;transport=udp;transport=tls>;q=1;q=0\n",
    "m: *\n",
    "Supported: path, foo\n",
    "k: 100REL, timer\n",
    "Allow: invite, PRACK\n",
    "Allow: INVITE, ACK, CANCEL, OPTIONS, FOO\n",
    "Allow: \n",
    "Max-Forwards: 71\n",
    "Max-Forwards: 300\n",
    "Expires: 4294967295\n",
    "Expires: 4294967296\n",
    "Expires: x\n",
    "CSeq: 4294967296 INVITE\n",
    "P-Asserted-Identity: <sip:a@x>\n",
    "P-Asserted-Identity: <tel:+1>, <sip:a@x>\n",
    "Date: Thu, 26 Nov 2026 12:00:00 GMT\n",
    "Date: Mon, 26 Nov 2026 24:00:61 GMT\n",
    "Date: Mon, 31 Feb 2026 00:00:00 GMT\n",
    "Accept: application/sdp, text/plain;q=0.5\n",
    "Accept: a/b;x=1;x=2\n",
    "Session-Expires: 90;refresher=uac\n",
    "Session-Expires: 90;refresher=uac;refresher=uac\n",
    CREDENTIALS("sip:x") "\n",
    CREDENTIALS("sip:x") ", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"c\"\n",
    CREDENTIALS("sip:x") ", nc=00000001, opaque=\"\"\n",
    CREDENTIALS("sip:x") ", algorithm=SHA-256-sess, userhash=true\n",
    CREDENTIALS("sip:x") ", username*=UTF-8''u, uri=\"/\"\n",
    CREDENTIALS("/x") ", qop=auth, nc=00000001, cnonce=\"c\"\n",
    "Authorization: Digest username=\"u\", response=\"\"\n",
    "Authorization: Basic dTpw\n",
    "Content-Type: application/sdp\n",
    "Content-Type: application/sdp;x=y\n",
    "Content-Type: text/plain\n",
    "Content-Disposition: session\n",
    "Content-Transfer-Encoding: base64\n",
};

static const char *const good_starts[] = { "INVITE sip:b@x SIP/2.0\n", "SIP/2.0 200 OK\n",
                                           "REGISTER sip:x SIP/2.0\n" };

/* Of session descriptions: the plain ones more often. */
static const char *const sdp_starts[] = {
    "v=0\no=- 1 2 IN IP4 10.0.0.1\ns=-\n",
    "v=0\no=- 1 2 IN IP4 10.0.0.1\ns=-\n",
    "v=0\no=- 1 2 IN IP4 10.0.0.1\ns=-\n",
    "v=0\no=- 99999999999999999999 2 IN IP6 ::1\ns=\xff\n",
    "v=0\no=- 1 9223372036854775807 IN IP4 h\ns= \ni=x\n",
    "v=0\no=- 1\n",
};
static const char *const sdp_sessions[] = {
    "c=IN IP4 10.0.0.1\nt=0 0\n",
    "c=IN IP4 10.0.0.1\nt=0 0\n",
    "c=IN IP4 10.0.0.1\nt=0 0\n",
    "c=IN IP4 10.0.0.1\nc=IN IP4 10.0.0.1/2\nt=0 0\n",
    "c=IN IP4 224.0.0.1/127\nt=1 0\n",
    "t=0 0\na=sendonly\n",
    "b=AS:1\nt=0 0\nk=clear:x\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\n",
    "x\nt=0 0\n",
};
static const char *const sdp_media[] = {
    "m=audio 4000 RTP/AVP 0 101\na=rtpmap:0 PCMU/8000\na=rtpmap:101 x/8000\n",
    "m=audio 4000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\na=sendrecv\n",
    "m=audio 4000 RTP/AVP 0 101\na=ptime:20\n",
    "m=video 4001 RTP/AVP 300 x\nc=IN IP6 ff02::1\nb=TIAS:1\n",
    "m=audio 0 udp t38\na=sendrecv\na=sendonly\n",
    "m=audio 9 RTP/SAVP 96\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\na=foo\n",
    "m=audio\n",
};

static inline void put_sdp(writer *w)
{
    put(w, PICK(sdp_starts));
    put(w, PICK(sdp_sessions));
    for (unsigned n = random_below(3); n > 0; n--)
        put(w, PICK(sdp_media));
}

static inline void put_message(writer *w)
{
    put(w, PICK(starts));
    for (unsigned n = random_below(14); n > 0; n--)
        put(w, PICK(lines));
    if (random_below(8)) put(w, "\n");
    if (random_below(4) == 0)
        put(w, "body");
    else if (random_below(3))
        put_sdp(w);
}

/* A message that no rule of the grammar finds fault with, so that more is foreseen of it. */
static const char *const good_lines[] = {
    "To: <sip:b@x>\n",
    "To: <sip:b@x>;tag=abcdefgh\n",
    "To: <sip:b@x>;tag=stuvwxyz\n",
    "Supported: 100rel, timer\n",
    "Supported: path, foo\n",
    "Allow: INVITE, ACK, CANCEL, BYE\n",
    "Contact: <sip:a@x>\n",
    "Contact: <sip:a@x;transport=tcp>;expires=60\n",
    "Contact: <sip:a@x>;q=1, <sip:b@x:5060;lr>;expires=1\n",
    "P-Asserted-Identity: <sip:a@x>\n",
    "Date: Thu, 26 Nov 2026 12:00:00 GMT\n",
    "Record-Route: <sip:a;lr>\n",
    "Record-Route: <sip:b;x>, <sip:a;lr>\n",
    "Route: <sip:a;lr>\n",
    "Contact: <sip:Anonymous@[::];lr>\n",
    "Date: Fri, 26 Nov 2026 12:00:00 GMT\n",
    "X-A: y\n",
    "Expires: 60\n",
    "Foo: y\n",
    "Accept: application/sdp;q=1\n",
    "Session-Expires: 90;refresher=uac\n",
    "Via: SIP/2.0/TCP 1.2.3.4;branch=z9hG4bKb;rport=1;received=1.2.3.4\n",
    "Content-Type: application/sdp\n",
};

static inline void put_good_message(writer *w)
{
    put(w, PICK(good_starts));
    put(w, "Via: SIP/2.0/UDP h;branch=z9hG4bKabc;rport\n"
           "From: <sip:a@x>;tag=abcdefgh\nCall-ID: a@b\nMax-Forwards: 70\nCSeq: 1 INVITE\n");
    for (unsigned n = random_below(8); n > 0; n--)
        put(w, PICK(good_lines));
    if (random_below(2)) put(w, "Content-Type: application/sdp\n");
    bool body = random_below(3) > 0;
    if (!body && random_below(2)) put(w, "Content-Length: 0\n");
    put(w, "\n");
    if (body) put_sdp(w);
}

#endif
