/* SPDX-License-Identifier: MIT */
#include "calls.h"

#include <stdio.h>

#define MS UINT64_C(1000000)

/* Message of a call: %u stands for the call's number; branch: of its transaction. */
typedef struct step {
    const char *start, *cseq, *more;
    char branch;
    bool response, tagged, described;
} step;

static const step steps[BENCH_CALL_STEPS] = {
    { "INVITE sip:bob@example.com SIP/2.0", "1 INVITE", "Allow: INVITE, ACK, CANCEL, BYE\r\n", 'i',
      false, false, true },
    { "SIP/2.0 100 Trying", "1 INVITE", "", 'i', true, false, false },
    { "SIP/2.0 180 Ringing", "1 INVITE", "", 'i', true, true, false },
    { "SIP/2.0 200 OK", "1 INVITE", "Allow: INVITE, ACK, CANCEL, BYE\r\nSupported: timer\r\n", 'i',
      true, true, true },
    { "ACK sip:bob@192.0.2.4 SIP/2.0", "1 ACK", "", 'a', false, true, false },
    { "BYE sip:bob@192.0.2.4 SIP/2.0", "2 BYE", "", 'b', false, true, false },
    { "SIP/2.0 200 OK", "2 BYE", "", 'b', true, true, false },
};

static const char description[] = "v=0\r\n"
                                  "o=alice 2754969329 2754969329 IN IP4 192.0.2.1\r\n"
                                  "s=-\r\n"
                                  "c=IN IP4 192.0.2.1\r\n"
                                  "t=0 0\r\n"
                                  "m=audio 49170 RTP/AVP 0 8\r\n"
                                  "a=rtpmap:0 PCMU/8000\r\n"
                                  "a=rtpmap:8 PCMA/8000\r\n";

static size_t write_step(const step *s, unsigned call, char *buf)
{
    int n = snprintf(
        buf, BENCH_CALL_BYTES,
        "%s\r\nVia: SIP/2.0/UDP desk.example.com:5060;branch=z9hG4bK%c%u\r\n%s"
        "From: \"Alice\" <sip:alice@example.com>;tag=f%u\r\nTo: \"Bob\" <sip:bob@example.com>%s"
        "\r\nCall-ID: %u@desk.example.com\r\nCSeq: %s\r\nContact: <sip:%s>\r\n%s%s"
        "Content-Length: %zu\r\n\r\n%s",
        s->start, s->branch, call, s->response ? "" : "Max-Forwards: 70\r\n", call,
        s->tagged ? ";tag=t" : "", call, s->cseq,
        s->response ? "bob@192.0.2.4" : "alice@desk.example.com", s->more,
        s->described ? "Content-Type: application/sdp\r\n" : "",
        s->described ? sizeof description - 1 : 0, s->described ? description : "");
    return n > 0 && n < BENCH_CALL_BYTES ? (size_t)n : 0;
}

void bench_calls_make(bench_calls *calls, unsigned round)
{
    const sipcheck_address_port alice = { 4, { 192, 0, 2, 1 }, 5060 };
    const sipcheck_address_port bob = { 4, { 192, 0, 2, 4 }, 5060 };
    for (unsigned i = 0; i < BENCH_CALL_MESSAGES; i++) {
        unsigned call = round * BENCH_CALLS + i / BENCH_CALL_STEPS;
        const step *s = &steps[i % BENCH_CALL_STEPS];
        calls->packets[i] = (sipcheck_packet){
            .bytes = calls->bytes[i],
            .length = write_step(s, call, (char *)calls->bytes[i]),
            .frame = i + 1,
            .ns = ((uint64_t)call * 100 + i % BENCH_CALL_STEPS * 10) * MS,
            .src = s->response ? bob : alice,
            .dst = s->response ? alice : bob,
            .transport = SIPCHECK_TRANSPORT_UDP,
        };
    }
}
